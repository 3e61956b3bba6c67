"""The one way to a yes: a card asks, its buttons are answered once, and a press that was no yes is told what became of it."""

from __future__ import annotations

import contextlib
from typing import Generic, Literal, TypeVar

from telegram import Update
from telegram.error import TelegramError

from tgtp.chat.access.confirmation import VALID, Answer, Confirmations
from tgtp.chat.commands.handlers import Context
from tgtp.chat.commands.session import Session, query_of
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.messages.send import answer

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

    async def say_working(self, update: Update, *, if_checking: bool = False) -> None:
        """Answer the press, and say on the card that it is under way; ``if_checking``: only where a check must end first.

        With one try: the person has confirmed, and that Telegram is slow, or takes no edit, must not keep it back.
        """
        query, reader = query_of(update), self._session.reader(update)
        await answer(query)
        if not if_checking or self._session.checker.is_busy:
            with contextlib.suppress(TelegramError):
                await self._session.change_now(query, Message(reader.say(f"{self._texts}.working")))

    async def _end(self, update: Update, context: Context, message: Message, button: Button | None) -> None:
        rows = ((button,),) if button is not None else ()
        await self._session.reply(update, context, message._replace(buttons=rows))
