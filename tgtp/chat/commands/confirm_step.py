"""The one way to a yes: a card asks, its buttons are answered once, and a press that was no yes is told what became of it."""

from __future__ import annotations

import contextlib
from types import TracebackType
from typing import Generic, Literal, Self, TypeVar

from telegram import Update
from telegram.error import TelegramError

from tgtp.chat.access.confirmation import VALID, Answer, Confirmations
from tgtp.chat.commands.arguments import NoAnswer
from tgtp.chat.commands.handlers import Context
from tgtp.chat.commands.session import Session, query_of
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.messages.send import answer
from tgtp.errors import Problem, TgtpError

Subject = TypeVar("Subject")


class ConfirmStep(Generic[Subject]):
    """The open questions of one kind of card.

    ``texts`` begins the keys of what is said of it: ``.cancelled``, and ``.working`` where that is said. ``nothing`` names what
    was not done after a press that was no answer.
    """

    def __init__(self, session: Session, texts: str, nothing: Literal["sent", "changed"]) -> None:
        self._session = session
        self._texts = texts
        self._nothing = nothing
        self._questions: Confirmations[Subject] = Confirmations(session.clock)

    def ask(self, subject: Subject, user_id: int) -> str:
        """Remember a question; its nonce goes into the buttons."""
        return self._questions.ask(subject, user_id)

    async def take(
        self,
        update: Update,
        context: Context,
        nonce: str,
        *,
        consents: bool,
        again: Button | None = None,
        back: Button | None = None,
    ) -> Subject | None:
        """Take a press; return what it confirms, to be done now, or None once the person was told what became of it.

        ``again`` asks anew where it is too late, ``back`` leads on where it was cancelled.
        """
        query, reader = query_of(update), self._session.reader(update)
        said, subject = self._questions.take(nonce, query.from_user.id, consents=consents)
        if said in (Answer.USED, Answer.FOREIGN):
            # The card shows, or will show, what became of it.
            await answer(query, reader.plain(f"confirm.{said.value}"))
        elif said is Answer.HASTY:
            await answer(query, reader.plain(f"confirm.hasty.{self._nothing}"))
        elif not consents:
            await self._end(update, context, Message(reader.say(f"{self._texts}.cancelled")), back)
        elif said is not Answer.YES:
            words = reader.say(f"confirm.{said.value}.{self._nothing}", seconds=VALID)
            await self._end(update, context, Message(words), again)
        else:
            return subject
        return None

    async def say_working(self, update: Update, *, if_checking: bool = False) -> bool:
        """Answer the press, and say on the card that it is under way; ``if_checking``: only where a check must end first.

        With one try: the person has confirmed, and that Telegram is slow, or takes no edit, must not keep it back. Return
        whether the card may say so now.
        """
        query, reader = query_of(update), self._session.reader(update)
        await answer(query)
        if if_checking and not self._session.checker.is_busy:
            return False
        with contextlib.suppress(TelegramError):
            await self._session.change_now(query, Message(reader.say(f"{self._texts}.working")))
        return True

    def under_way(self, update: Update, *, if_checking: bool = False) -> UnderWay:
        """Have ``say_working`` said, and on the card too that what is done inside broke off, if it did."""
        return UnderWay(self, update, if_checking=if_checking)

    async def say_broken(self, update: Update, exc: Exception) -> None:
        """Say on the card that what was confirmed broke off. What came of it is told by itself."""
        reader = self._session.reader(update)
        with contextlib.suppress(TelegramError):
            await self._session.change(query_of(update), Message(reader.say("confirm.broken", why=unforeseen(exc))))

    async def _end(self, update: Update, context: Context, message: Message, button: Button | None) -> None:
        rows = ((button,),) if button is not None else ()
        await self._session.reply(update, context, message._replace(buttons=rows))


class UnderWay:
    """What was confirmed is being done: no card says for ever that it still is, when it broke off."""

    def __init__(self, step: ConfirmStep[Subject], update: Update, *, if_checking: bool = False) -> None:
        self._step, self._update, self._if_checking = step, update, if_checking
        self._said = False

    async def __aenter__(self) -> Self:
        self._said = await self._step.say_working(self._update, if_checking=self._if_checking)
        return self

    async def __aexit__(self, _: type[BaseException] | None, exc: BaseException | None, __: TracebackType | None) -> None:
        # That Telegram does not take the outcome is another matter, and at an end of the program the outbox tells it.
        if self._said and isinstance(exc, Exception) and not isinstance(exc, (TelegramError, NoAnswer)):
            await self._step.say_broken(self._update, exc)


def unforeseen(exc: Exception) -> Problem:
    """Return why something broke off; of what nobody foresaw its kind alone, the log has the details."""
    return exc.problem if isinstance(exc, TgtpError) else Problem("problem.unforeseen", what=type(exc).__name__)
