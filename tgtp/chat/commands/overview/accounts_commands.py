"""/accounts: all of them in a list."""

from __future__ import annotations

from collections.abc import Mapping

from telegram import Update

from tgtp.chat.commands.arguments import Unclear
from tgtp.chat.commands.context import Context, Handler, Press, Reception
from tgtp.chat.commands.overview import accounts_view
from tgtp.chat.commands.overview.account_view_model import seen_now
from tgtp.chat.texts import say


class AccountsRoom:
    """Answers /accounts."""

    def __init__(self, reception: Reception) -> None:
        self._reception = reception

    def commands(self) -> Mapping[str, Handler]:
        """Give what answers each command of this room."""
        return {"accounts": self.accounts}

    def presses(self) -> Mapping[str, Press]:
        """Give what answers each kind of button of this room."""
        return {"ac": self._press}

    async def accounts(self, update: Update, context: Context) -> None:
        """List the accounts. Raises Unclear."""
        setting, accounts = self._reception.setting(update), self._reception.accounts
        if context.args:
            known = ", ".join(accounts.names)
            raise Unclear(say(setting.language, "accounts.words", word=" ".join(context.args)[:40], names=known))
        await self._reply(update, context)

    async def _press(self, update: Update, context: Context, _: str) -> None:
        await self._reply(update, context)

    async def _reply(self, update: Update, context: Context) -> None:
        reception, now = self._reception, self._reception.clock.now()
        seen = [seen_now(reception, account) for account in reception.accounts]
        exchange = reception.checker.exchange_name
        await reception.reply(update, context, accounts_view.accounts(reception.setting(update), seen, exchange, now))
