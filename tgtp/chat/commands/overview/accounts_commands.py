"""/accounts: all of them in a list."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import Update

from tgtp.chat.commands.arguments import Unclear
from tgtp.chat.commands.handlers import Context, HandlerGroup, button, command
from tgtp.chat.commands.overview import accounts_view
from tgtp.chat.commands.session import Session
from tgtp.chat.formatting.left_out import below_left_out
from tgtp.chat.state.account_overview import seen_now
from tgtp.chat.texts.formats.numbers import names
from tgtp.domain.events import LeftOut


class AccountsCommands(HandlerGroup):
    """Answers /accounts."""

    def __init__(self, session: Session, left_out: Sequence[LeftOut] = ()) -> None:
        """``left_out`` are the accounts that were not started."""
        self._session = session
        self._left_out = left_out

    @command("accounts", topic="look", place=3)
    async def accounts(self, update: Update, context: Context) -> None:
        """List the accounts. Raises Unclear."""
        reader, accounts = self._session.reader(update), self._session.accounts
        if context.args:
            known = names(list(accounts.names))
            raise Unclear(reader.say("accounts.words", word=" ".join(context.args)[:40], names=known))
        await self._reply(update, context)

    @button("ac")
    async def _press(self, update: Update, context: Context, _: str) -> None:
        await self._reply(update, context)

    async def _reply(self, update: Update, context: Context) -> None:
        session, now = self._session, self._session.clock.now()
        seen = [seen_now(account, session.clock.now()) for account in session.accounts]
        exchange = session.checker.exchange_name
        reader = session.reader(update)
        message = accounts_view.accounts(reader, seen, exchange, now)
        text = below_left_out(reader.language, message.text, self._left_out)
        await session.reply(update, context, message._replace(text=text))
