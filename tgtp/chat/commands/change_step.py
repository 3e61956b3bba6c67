"""The one way to another rule: a card shows what it does, and what would close something at once takes a code besides."""

from __future__ import annotations

import logging
from typing import Generic, NamedTuple, Protocol, TypeVar

from telegram import Update

from tgtp.chat.access.totp import TotpQuestions
from tgtp.chat.commands.confirm_step import ConfirmStep
from tgtp.chat.commands.handlers import Context
from tgtp.chat.commands.session import Session, query_of
from tgtp.chat.commands.upkeep.totp_command import ask_code
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.messages.send import answer
from tgtp.chat.texts import Html
from tgtp.errors import LedgerWriteFailed

log = logging.getLogger(__name__)

LONGEST_DATA = 64
SHOW_ALL = "ls:1:"

Subject = TypeVar("Subject")
Subject_contra = TypeVar("Subject_contra", contravariant=True)


class Asked(NamedTuple, Generic[Subject]):
    """What a card asked, as it was shown; ``closes``: it said that something would be closed at once."""

    subject: Subject
    closes: bool


class Change(Protocol[Subject_contra]):
    """What can be asked for, and done."""

    def closes(self, update: Update, subject: Subject_contra, /) -> bool:
        """Return whether it would close something at once, or may."""

    def card(self, update: Update, subject: Subject_contra, /) -> Message | None:
        """Ask for it as it is now, or say that nothing would change; None where there is nothing to ask any more."""

    async def carry_out(self, update: Update, subject: Subject_contra, /) -> Message | Html:
        """Do it and say so; or give why not, where it is not as it was shown. Raises LedgerWriteFailed."""


class ChangeStep(ConfirmStep[Asked[Subject]]):
    """The open questions of one kind of change. What is confirmed is what was shown: anything else is asked again."""

    def __init__(
        self,
        session: Session,
        codes: TotpQuestions,
        change: Change[Subject],
        texts: str = "ladders",
        *,
        back: tuple[str, str] = ("button.tiers", SHOW_ALL),
        code: str = "ladders.code",
    ) -> None:
        """``back`` is the button that leads on from there, its text and its data; ``code`` the text that asks for a code."""
        super().__init__(session, texts, "changed")
        self._codes, self._change, self._back, self._code = codes, change, back, code

    async def press(self, update: Update, context: Context, rest: str) -> None:
        """Take a press of ``yes_no``, ``rest`` what stands behind the kind, and do what it confirms."""
        query, reader = query_of(update), self._session.reader(update)
        nonce, verb, again = (*rest.split(":", 2), "", "")[:3]
        back = Button(reader.plain(self._back[0]), self._back[1])
        ask_again = Button(reader.plain("button.ask.again"), again) if again else back
        asked = await self.take(update, context, nonce, consents=verb == "y", again=ask_again, back=back)
        if asked is None:
            return

        async def go() -> None:
            async with self.under_way(update, if_checking=True):
                await self._session.change(query, await self._carried_out(update, asked.subject))

        closes = self._change.closes(update, asked.subject)
        card = self._change.card(update, asked.subject) if closes and not asked.closes else None
        if card is not None:
            await answer(query)
            await self._session.change(query, headed(reader.say("ladders.now.closes"), card))
        elif closes and self._codes.is_needed:
            await answer(query)
            await self._session.change(query, ask_code(self._codes, reader.language, query.from_user.id, go, self._code))
        else:
            await go()

    async def _carried_out(self, update: Update, subject: Subject) -> Message:
        """Say that it was done, or why not, with the question anew."""
        try:
            done = await self._change.carry_out(update, subject)
        except LedgerWriteFailed as exc:
            log.error("what was confirmed could not be written down: %s", exc)
            done = self._session.reader(update).say("not_written", what=exc.problem)
        return done if isinstance(done, Message) else headed(done, self._change.card(update, subject))


def headed(head: Html, card: Message | None) -> Message:
    """Say something above a card; alone where there is none."""
    return Message(head) if card is None else card._replace(text=Html(f"{head}\n\n{card.text}"))


def yes_no(kind: str, nonce: str, again: str = "") -> tuple[str, str]:
    """Return what the buttons Yes and No carry; ``again`` is the button that asks anew when it is too late."""
    yes, no = (f"{kind}:{nonce}:{verb}:{again}".removesuffix(":") for verb in "yn")
    return (yes, no) if len(yes.encode()) <= LONGEST_DATA else yes_no(kind, nonce, SHOW_ALL)
