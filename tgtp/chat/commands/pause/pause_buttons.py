"""The buttons that pause a coin from an alert, and that end a pause below its answer or its reminder."""

from __future__ import annotations

from telegram import Update

from tgtp.chat.commands.handlers import Context, HandlerGroup, button
from tgtp.chat.commands.pause.parse import PauseWish
from tgtp.chat.commands.pause.pause_commands import AccountPauseCommands, PauseCommands
from tgtp.chat.commands.session import Session, query_of
from tgtp.chat.events import standing_pauses
from tgtp.chat.messages.send import answer
from tgtp.domain.pauses import Scope


class PauseButtons(HandlerGroup):
    """Does by a press what /pause and /resume do by words: in one account, or in all of them.

    ``here`` answers in the place of what was pressed, ``below`` leaves it: an alert stays in the chat.
    """

    def __init__(
        self, session: Session, here: AccountPauseCommands | PauseCommands, below: AccountPauseCommands | PauseCommands
    ) -> None:
        self._session = session
        self._here = here
        self._below = below

    @button(standing_pauses.PAUSE)
    async def _press_pause(self, update: Update, context: Context, rest: str) -> None:
        if (scope := await self._scope(update, rest)) is not None:
            # Also where the leg is gone: it is what comes next that shall be left alone.
            await self._below.carry_out_pause(PauseWish(scope), update, context)

    @button(standing_pauses.RESUME, raises_risk=("",))
    async def _press_resume(self, update: Update, context: Context, rest: str) -> None:
        where, _, name = rest.partition(":")
        of = self._below if where == standing_pauses.BELOW else self._here
        if (scope := await self._scope(update, name)) is not None:
            await of.carry_out_resume(scope, update, context)

    async def _scope(self, update: Update, name: str) -> Scope | None:
        """Read the scope that a button names; without a name it would be everything."""
        if Scope.is_name(name):
            return Scope.of(name)
        await answer(query_of(update), self._session.reader(update).plain("button.old", command="pause"))
        return None
