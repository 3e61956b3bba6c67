"""The code of an authenticator app, asked for before a leg may be made larger.

Codes are never logged. One that was taken is not taken again, and a question dies with the third wrong one.
"""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Callable, Coroutine
from enum import Enum, unique
from typing import Any, NamedTuple

import pyotp

from tgtp.engine.ports import Clock

# Seconds for which a question waits, by the clock that never jumps.
VALID = 60
MOST_TRIES = 3
# A code holds for half a minute; one before and one after are taken too, as clocks differ.
WINDOW = 1
DIGITS = 6

Go = Callable[[], Coroutine[Any, Any, None]]


@unique
class Taken(str, Enum):
    """What became of a code."""

    RIGHT = "right"
    WRONG = "wrong"
    SPENT = "spent"
    NOBODY = "nobody"


class _Question(NamedTuple):
    go: Go
    asked_at: float
    tries: int


class Codes:
    """Open questions for a code, by person; without a ``secret`` no code is ever needed."""

    def __init__(self, secret: str | None, clock: Clock) -> None:
        self._totp = pyotp.TOTP(secret) if secret is not None else None
        self._clock = clock
        self._open: dict[int, _Question] = {}
        # The last half minute whose code was taken: nobody who has read it over a shoulder can use it again.
        self._used = -1

    @property
    def is_needed(self) -> bool:
        """Say whether a code is asked for."""
        return self._totp is not None

    def ask(self, user_id: int, go: Go) -> None:
        """Remember what to do when this person sends the right code; it takes the place of an earlier question."""
        self._open[user_id] = _Question(go, self._clock.monotonic(), 0)

    def drop(self, user_id: int) -> None:
        """Forget a person's question."""
        self._open.pop(user_id, None)

    def is_asked(self, user_id: int) -> bool:
        """Say whether a question of this person waits for a code."""
        question = self._open.get(user_id)
        return question is not None and self._clock.monotonic() - question.asked_at <= VALID

    def tries_left(self, user_id: int) -> int:
        """Give how many more codes are taken."""
        question = self._open.get(user_id)
        return MOST_TRIES - question.tries if question is not None else 0

    def take(self, user_id: int, text: str) -> tuple[Taken, Go | None]:
        """Take a code; what it was asked for is done by the caller, once."""
        if self._totp is None or not self.is_asked(user_id):
            self.drop(user_id)
            return Taken.NOBODY, None
        question = self._open[user_id]
        step = self._step(self._totp, text.strip().replace(" ", ""))
        if step is not None and step > self._used:
            self._used = step
            del self._open[user_id]
            return Taken.RIGHT, question.go
        tries = question.tries + 1
        if tries >= MOST_TRIES:
            del self._open[user_id]
            return Taken.SPENT, None
        self._open[user_id] = question._replace(tries=tries)
        return Taken.WRONG, None

    def _step(self, totp: pyotp.TOTP, text: str) -> int | None:
        """Give the half minute, counted from 1970, whose code this is."""
        if len(text) != DIGITS or not (text.isascii() and text.isdecimal()):
            return None
        now: dt.datetime = self._clock.now()
        here = int(now.timestamp()) // totp.interval
        matches = (
            step for step in range(here - WINDOW, here + WINDOW + 1) if hmac.compare_digest(totp.at(step * totp.interval), text)
        )
        return next(matches, None)
