"""/unpair: the owner who had paired gives the bot up, so that somebody else can."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from telegram import Update

from tgtp.chat.access.confirmation import VALID
from tgtp.chat.commands.confirm_step import ConfirmStep
from tgtp.chat.commands.handlers import Context, HandlerGroup, button, command
from tgtp.chat.commands.session import Session, query_of, user_id
from tgtp.chat.messages.message import Button, Message
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
        # Of the owner who is asked.
        self._confirm: ConfirmStep[int] = ConfirmStep(session, "unpair", "changed")

    @command("unpair", topic="bot", place=7)
    async def unpair(self, update: Update, context: Context) -> None:
        """Ask, or say who names the owners here."""
        reader = self._session.reader(update)
        if self._announce is None or self._ledger.note("owner") != user_id(update):
            await self._session.reply(update, context, Message(reader.say("unpair.set")))
            return
        nonce = self._confirm.ask(user_id(update), user_id(update))
        buttons = (
            Button(reader.plain("button.unpair"), f"{YES}:{nonce}", "danger"),
            Button(reader.plain("button.unpair.not"), f"{NO}:{nonce}"),
        )
        await self._session.reply(update, context, Message(reader.say("unpair.ask", seconds=VALID), (buttons,)))

    @button(YES, NO)
    async def _press(self, update: Update, context: Context, rest: str) -> None:
        consents = (query_of(update).data or "").startswith(f"{YES}:")
        owner = await self._confirm.take(update, context, rest, consents=consents)
        if owner is None or self._announce is None:
            return
        self._actions.release_owner(owner)
        self._announce()
        reader = self._session.reader(update)
        await self._session.reply(update, context, Message(reader.say("unpair.done", pair=typed("pair"))))
