"""/code: the code of an authenticator that something waits for."""

from __future__ import annotations

import contextlib
import logging

from telegram import CallbackQuery, Update
from telegram import Message as TelegramMessage
from telegram.error import TelegramError

from tgtp.chat.access.totp import DIGITS, VALID, Go, TotpQuestions
from tgtp.chat.commands.handlers import Context, HandlerGroup, command
from tgtp.chat.commands.session import Session, user_id
from tgtp.chat.messages.message import Message
from tgtp.chat.messages.send import answer, surely
from tgtp.chat.texts import Language, say
from tgtp.chat.texts.formats.numbers import when
from tgtp.errors import LedgerWriteFailed

log = logging.getLogger(__name__)


def ask_code(codes: TotpQuestions, language: Language, user: int, go: Go, key: str) -> Message:
    """Ask for the code that ``go`` waits for; or say until when none is taken. ``key`` is the text that asks."""
    if (until := codes.locked_until) is not None:
        return Message(say(language, "code.locked", until=until))
    codes.ask(user, go)
    return Message(say(language, key, seconds=VALID))


async def ask_code_below(
    session: Session, codes: TotpQuestions, query: CallbackQuery, language: Language, go: Go, key: str
) -> None:
    """Ask for it below the message whose button was pressed."""
    await answer(query)
    await session.below(query, ask_code(codes, language, query.from_user.id, go, key))


class TotpCommand(HandlerGroup):
    """Takes the codes that people send, with /code or as they are, and goes on with what they were asked for."""

    def __init__(self, session: Session, codes: TotpQuestions) -> None:
        self._session = session
        self._codes = codes

    def is_meant(self, update: Update, text: str) -> bool:
        """Return whether a text is a code: digits that this person was asked for, or what looks like one that came too late."""
        digits = "".join(text.split())
        if not digits.isdecimal() or update.effective_user is None:
            return False
        # A late one may be good for a moment still: it must not stay in the chat.
        late = self._codes.is_needed and len(digits) == DIGITS
        return late or self._codes.is_asked(update.effective_user.id)

    @command("code", topic="upkeep", place=3)
    async def code(self, update: Update, context: Context) -> None:
        """Take a code that was sent with the command."""
        await self.take(update, context, "".join(context.args or ()))

    async def take(self, update: Update, context: Context, text: str) -> None:
        """Take a code, and take it out of the chat; the right one is answered where it was asked for."""
        reader, user = self._session.reader(update), user_id(update)
        try:
            taken, go = self._codes.take(user, text)
        finally:
            if update.effective_message is not None:
                # Beside: while Telegram is slow a /pause must not queue behind it.
                context.application.create_task(_delete(update.effective_message), update)
        until = self._codes.locked_until
        values = {"left": self._codes.tries_left(user), "until": when(until) if until is not None else ""}
        await self._session.reply(update, context, Message(reader.say(f"code.{taken.value}", **values)))
        if go is not None:
            # It takes as long as the exchange does: a /pause must not queue behind it.
            context.application.create_task(self._carry_out(go, update, context), update)

    async def _carry_out(self, go: Go, update: Update, context: Context) -> None:
        try:
            await go()
        except LedgerWriteFailed as exc:
            log.error("what a code was sent for could not be written down: %s", exc)
            words = self._session.reader(update).say("not_written", what=exc.problem)
            await self._session.reply(update, context, Message(words))


async def _delete(message: TelegramMessage) -> None:
    # That it stays does not undo what it was sent for: it is good for nothing any more.
    with contextlib.suppress(TelegramError):
        await surely(message.delete)
