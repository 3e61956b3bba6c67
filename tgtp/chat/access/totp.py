"""The code of an authenticator app, asked for before anything that raises risk.

Codes are never logged. Wrong ones are counted over all questions and restarts, and one that was taken is not taken again.
"""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Callable, Coroutine
from enum import Enum, unique
from typing import Any, NamedTuple

import pyotp

from tgtp.chat.formatting.half_width import half_width
from tgtp.domain.events import CodeLocked
from tgtp.domain.model import Moment, Value
from tgtp.engine.journal import Journal

# Seconds for which a question waits, by the clock that never jumps.
VALID = 60
# Wrong codes that end one question, and those in a row, whatever they were sent for, after which none is taken for a while.
MOST_TRIES = 3
MOST_WRONG = 5
LOCKED_FOR = dt.timedelta(hours=1)
# A code holds for half a minute; one before and one after are taken too, as clocks differ.
WINDOW = 1
DIGITS = 6
NOTE = "codes"

Go = Callable[[], Coroutine[Any, Any, None]]


@unique
class Taken(str, Enum):
    """What became of a code."""

    RIGHT = "right"
    WRONG = "wrong"
    SPENT = "spent"
    LOCKED = "locked"
    NOBODY = "nobody"


class _Question(NamedTuple):
    go: Go
    asked_at: float
    tries: int


class _Count(Value):
    """What is on disk: ``wrong`` codes in a row, and the last half minute (counted from 1970) whose code was ``used``."""

    wrong: int = 0
    locked_until: Moment | None = None
    used: int = -1


class TotpQuestions:
    """Open questions for a code, by person; without a ``secret`` no code is ever needed.

    The count lies in the ledger of ``journal``.
    """

    def __init__(self, secret: str | None, journal: Journal) -> None:
        self._totp = pyotp.TOTP(secret) if secret is not None else None
        self._journal = journal
        self._open: dict[int, _Question] = {}
        self._count = _Count(**(journal.ledger.note(NOTE) or {}))

    @property
    def is_needed(self) -> bool:
        """Return whether a code is asked for."""
        return self._totp is not None

    @property
    def locked_until(self) -> dt.datetime | None:
        """Return until when no code is taken; None when they are."""
        until, now = self._count.locked_until, self._journal.now()
        # Later than an hour from now it was counted by a clock that was ahead: that clock is why the codes were wrong.
        return until if until is not None and now < until <= now + LOCKED_FOR else None

    def ask(self, user_id: int, go: Go) -> None:
        """Remember what to do when this person sends the right code; it takes the place of an earlier question."""
        self._open[user_id] = _Question(go, self._journal.monotonic(), 0)

    def drop(self, user_id: int) -> None:
        """Forget a person's question."""
        self._open.pop(user_id, None)

    def is_asked(self, user_id: int) -> bool:
        """Return whether a question of this person waits for a code."""
        question = self._open.get(user_id)
        return question is not None and self._journal.monotonic() - question.asked_at <= VALID

    def tries_left(self, user_id: int) -> int:
        """Return how many more codes are taken."""
        question = self._open.get(user_id)
        return min(MOST_TRIES - question.tries, MOST_WRONG - self._count.wrong) if question is not None else 0

    def take(self, user_id: int, text: str) -> tuple[Taken, Go | None]:
        """Take a code; what it was asked for is done by the caller, once. Raises LedgerWriteFailed, with no code taken."""
        if self._totp is None or not self.is_asked(user_id):
            self.drop(user_id)
            return Taken.NOBODY, None
        if self.locked_until is not None:
            self._open.clear()
            return Taken.LOCKED, None
        question = self._open[user_id]
        step = self._step(self._totp, "".join(half_width(text).split()))
        if step is not None and step > self._count.used:
            # Before anything comes of it: a code must not be good for a second time after a crash.
            self._keep(_Count(used=step))
            del self._open[user_id]
            return Taken.RIGHT, question.go
        return self._wrong(user_id, question), None

    def _wrong(self, user_id: int, question: _Question) -> Taken:
        tries, wrong = question.tries + 1, self._count.wrong + 1
        if wrong >= MOST_WRONG:
            self._open.clear()
            until = self._journal.now() + LOCKED_FOR
            locked = CodeLocked(at=self._journal.now(), wrong=wrong, until=until, by=user_id)
            self._keep(_Count(locked_until=until, used=self._count.used), locked)
            return Taken.LOCKED
        self._open[user_id] = question._replace(tries=tries)
        if tries >= MOST_TRIES:
            del self._open[user_id]
        self._keep(self._count.replaced(wrong=wrong))
        return Taken.SPENT if tries >= MOST_TRIES else Taken.WRONG

    def _keep(self, count: _Count, event: CodeLocked | None = None) -> None:
        if count.used == self._count.used:
            # Also where the disk is full: nobody may guess on because of that.
            self._count = count
        with self._journal.step():
            self._journal.ledger.keep_note(NOTE, count.model_dump(mode="json", exclude_defaults=True))
            if event is not None:
                self._journal.record(event)
        self._count = count

    def _step(self, totp: pyotp.TOTP, text: str) -> int | None:
        """Return the half minute, counted from 1970, whose code this is."""
        if len(text) != DIGITS or not (text.isascii() and text.isdecimal()):
            return None
        now: dt.datetime = self._journal.now()
        here = int(now.timestamp()) // totp.interval
        matches = (
            step for step in range(here - WINDOW, here + WINDOW + 1) if hmac.compare_digest(totp.at(step * totp.interval), text)
        )
        return next(matches, None)
