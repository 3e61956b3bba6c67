"""Questions that are answered once, in time, by the person who was asked.

They live in memory only: after a restart every pending question must be dead.
"""

from __future__ import annotations

import secrets
from enum import Enum, unique
from typing import Generic, NamedTuple, TypeVar

from tgtp.bounded_dict import BoundedDict
from tgtp.engine.ports import Clock

# Seconds, by the clock that never jumps.
VALID = 60
# The second tap of a double tap on the button that the card has taken the place of is no answer to the card.
TOO_SOON = 1.0
KEPT = 200

Subject = TypeVar("Subject")


@unique
class Answer(str, Enum):
    """What became of a press."""

    YES = "yes"
    EXPIRED = "expired"
    USED = "used"
    FOREIGN = "foreign"
    OLD = "old"
    HASTY = "hasty"


class _Question(NamedTuple):
    subject: object
    user_id: int
    asked_at: float


class Confirmations(Generic[Subject]):
    """Open questions by nonce."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._open: BoundedDict[str, _Question] = BoundedDict(KEPT)
        self._used: BoundedDict[str, int] = BoundedDict(KEPT)

    def ask(self, subject: Subject, user_id: int) -> str:
        """Remember a question; its nonce goes into the buttons."""
        nonce = secrets.token_hex(4)
        self._open[nonce] = _Question(subject, user_id, self._clock.monotonic())
        return nonce

    def take(self, nonce: str, user_id: int, *, consents: bool) -> tuple[Answer, Subject | None]:
        """Answer a question: it works once, for one person, for a minute; a consent not before it can have been read."""
        if nonce in self._used:
            return Answer.USED, None
        question = self._open.get(nonce)
        if question is None:
            return Answer.OLD, None
        if question.user_id != user_id:
            return Answer.FOREIGN, None
        age = self._clock.monotonic() - question.asked_at
        if consents and age < TOO_SOON:
            return Answer.HASTY, None
        del self._open[nonce]
        self._used[nonce] = user_id
        if age > VALID:
            return Answer.EXPIRED, None
        return Answer.YES, question.subject  # type: ignore[return-value] # what was put in under this nonce
