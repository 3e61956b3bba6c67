"""/accounts: all of them in a list."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import Update

from tgtp.chat.commands.arguments import Unclear
from tgtp.chat.commands.context import Reception
from tgtp.chat.commands.handlers import Context, HandlerGroup, button, command
from tgtp.chat.commands.overview import accounts_view
from tgtp.chat.commands.overview.account_view_model import seen_now
from tgtp.chat.formatting.left_out import below_left_out
from tgtp.chat.formatting.numbers import names
from tgtp.chat.texts import say
from tgtp.domain.events import LeftOut


class AccountsRoom(HandlerGroup):
    """Answers /accounts."""

    def __init__(self, reception: Reception, left_out: Sequence[LeftOut] = ()) -> None:
        """``left_out`` are the accounts that were not started."""
        self._reception = reception
        self._left_out = left_out

    @command("accounts", topic="look", place=3)
    async def accounts(self, update: Update, context: Context) -> None:
        """List the accounts. Raises Unclear."""
        setting, accounts = self._reception.setting(update), self._reception.accounts
        if context.args:
            known = names(list(accounts.names))
            raise Unclear(say(setting.language, "accounts.words", word=" ".join(context.args)[:40], names=known))
        await self._reply(update, context)

    @button("ac")
    async def _press(self, update: Update, context: Context, _: str) -> None:
        await self._reply(update, context)

    async def _reply(self, update: Update, context: Context) -> None:
        reception, now = self._reception, self._reception.clock.now()
        seen = [seen_now(reception, account) for account in reception.accounts]
        exchange = reception.checker.exchange_name
        setting = reception.setting(update)
        message = accounts_view.accounts(setting, seen, exchange, now)
        text = below_left_out(setting.language, message.text, self._left_out)
        await reception.reply(update, context, message._replace(text=text))
