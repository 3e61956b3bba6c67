"""/unpair: the owner who had paired gives the bot up, so that somebody else can."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from telegram import Update

from tgtp.chat.access.confirmation import VALID, Answer, Confirmations
from tgtp.chat.commands.handlers import Context, HandlerGroup, button, command
from tgtp.chat.commands.session import Session, query_of, user_id
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.messages.send import answer
from tgtp.engine.manual.actions import ManualActions
from tgtp.typed import typed

# What the buttons begin with.
YES: Final = "uq"
NO: Final = "un"


class UnpairCommand(HandlerGroup):
    """Answers /unpair. ``announce`` shows a code for the next owner on the console; None where no code makes one."""

    def __init__(self, session: Session, actions: ManualActions, announce: Callable[[], object] | None) -> None:
        self._session = session
        self._actions = actions
        self._announce = announce
        self._ledger = session.checker.journal.ledger
        self._open: Confirmations[None] = Confirmations(session.clock)

    @command("unpair", topic="bot", place=6)
    async def unpair(self, update: Update, context: Context) -> None:
        """Ask, or say who names the owners here."""
        reader = self._session.reader(update)
        if self._announce is None or self._ledger.note("owner") != user_id(update):
            await self._session.reply(update, context, Message(reader.say("unpair.set")))
            return
        nonce = self._open.ask(None, user_id(update))
        buttons = (
            Button(reader.plain("button.unpair"), f"{YES}:{nonce}", "danger"),
            Button(reader.plain("button.unpair.not"), f"{NO}:{nonce}"),
        )
        await self._session.reply(update, context, Message(reader.say("unpair.ask", seconds=VALID), (buttons,)))

    @button(YES, NO)
    async def _press(self, update: Update, context: Context, rest: str) -> None:
        query, reader = query_of(update), self._session.reader(update)
        consents = (query.data or "").startswith(f"{YES}:")
        said, _ = self._open.take(rest, query.from_user.id, consents=consents)
        if said is Answer.HASTY:
            await answer(query, reader.plain("ladders.hasty"))
            return
        if said is not Answer.YES:
            await answer(query, reader.plain("unpair.old"))
            return
        if consents and self._announce is not None:
            self._actions.release_owner(query.from_user.id)
            self._announce()
        done = reader.say("unpair.done", pair=typed("pair")) if consents else reader.say("unpair.kept")
        await self._session.reply(update, context, Message(done))
