"""/pause and /resume for all accounts."""

from __future__ import annotations

from telegram import Update

from tgtp.chat.commands.handlers import Context, HandlerGroup, command
from tgtp.chat.commands.positions.status_command import PositionCommands
from tgtp.chat.commands.session import Session, user_id
from tgtp.chat.commands.vocabulary import ALL_WORDS
from tgtp.chat.events import pause_lines
from tgtp.chat.messages.message import Message
from tgtp.chat.texts.formats.numbers import names


class PauseCommands(HandlerGroup):
    """Answers /pause and /resume without the name of an account, where there are several: all of them, or a coin of main."""

    def __init__(self, session: Session, main: PositionCommands) -> None:
        self._session = session
        self._main = main

    @command("pause")
    async def pause(self, update: Update, context: Context) -> None:
        """Stop closing, in all accounts at once."""
        if not _all_meant(context):
            await self._main.pause(update, context)
            return
        done = self._session.accounts.pause_all(user_id(update))
        await self._tell(update, context, "accounts.paused" if done else "accounts.paused.already")

    @command("resume")
    async def resume(self, update: Update, context: Context) -> None:
        """Go on, in all accounts at once."""
        if not _all_meant(context):
            await self._main.resume(update, context)
            return
        done = self._session.accounts.resume_all(user_id(update))
        reader = self._session.reader(update)
        language = reader.language
        stands = pause_lines.standing_anywhere(language, self._session.accounts.stay_paused())
        await self._tell(update, context, "accounts.resumed" if done else "accounts.resumed.already", stands)

    async def _tell(self, update: Update, context: Context, key: str, stands: Message | None = None) -> None:
        reader, of = self._session.reader(update), names(list(self._session.accounts.names))
        if stands is None or not stands.text:
            message = Message(reader.say(key, names=of))
        elif key == "accounts.resumed":
            message = pause_lines.below(Message(reader.say("resume.but", coin=of)), stands)
        else:
            message = stands
        await self._session.reply(update, context, message)


def _all_meant(context: Context) -> bool:
    words = [word.lower() for word in context.args or ()]
    return not words or (len(words) == 1 and words[0] in ALL_WORDS)
