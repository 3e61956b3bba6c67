"""The buttons that pause a coin from an alert, and that end a pause below its answer or its reminder."""

from __future__ import annotations

from telegram import Update

from tgtp.chat.commands.arguments import NoAnswer
from tgtp.chat.commands.handlers import Context, Handler, HandlerGroup, button
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
        await self._said(self._below.pause, update, context, rest)

    @button(standing_pauses.RESUME, raises_risk=("",))
    async def _press_resume(self, update: Update, context: Context, rest: str) -> None:
        where, _, name = rest.partition(":")
        of = self._below if where == standing_pauses.BELOW else self._here
        await self._said(of.resume, update, context, name)

    async def _said(self, command: Handler, update: Update, context: Context, name: str) -> None:
        """Carry out a command as if a scope had been named behind it. Raises NoAnswer."""
        try:
            # Without a name it would be everything.
            context.args = Scope.of(name).name.split()
        except ValueError:
            await answer(query_of(update), self._session.reader(update).plain("button.old", command="pause"))
            return
        try:
            await command(update, context)
        except NoAnswer as exc:
            raise NoAnswer(exc.text, anew=True) from exc
