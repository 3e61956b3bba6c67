"""The owners, and the pairing codes by which somebody becomes one."""

from __future__ import annotations

import hmac
import logging
import secrets
from collections import deque
from collections.abc import Callable
from enum import Enum, unique
from typing import NamedTuple

from tgtp.bounded_dict import BoundedDict
from tgtp.chat.texts import Language, plain
from tgtp.engine.ports import Clock, Notes

log = logging.getLogger(__name__)

# Seconds.
CODE_VALID = 15 * 60.0
FORGIVEN_AFTER = 10 * 60.0
ANNOUNCED_EVERY = 60.0
# Of one sender, within the time after which they are forgiven.
WRONG_CODES = 5
MOST_SENDERS = 1000
# Old ones are kept to be told from wrong ones.
MOST_CODES = 30
# Letters and digits that cannot be taken for one another when typed off a console.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class Owners:
    """Who may command: the ids of the settings, or, where there are none, the one who paired."""

    def __init__(self, allowed: frozenset[int], notes: Notes) -> None:
        self._allowed = allowed
        self._notes = notes

    def ids(self) -> frozenset[int]:
        """Return the ids."""
        if self._allowed:
            return self._allowed
        owner = self._notes.note("owner")
        return frozenset() if owner is None else frozenset({int(owner)})


class Prepared(NamedTuple):
    """A code that another process has prepared, and its age in seconds."""

    code: str
    age: float


@unique
class Tried(str, Enum):
    """What became of a code."""

    RIGHT = "right"
    WRONG = "wrong"
    EXPIRED = "expired"
    # The last wrong one of this sender, and every one after it.
    CLOSED = "closed"
    IGNORED = "ignored"


class Pairing:
    """The codes by which somebody becomes the owner, while there is none; each is valid for a quarter of an hour.

    Wrong ones are counted for each sender and forgiven after a while: nobody can lock out another. A code stays valid when a
    newer one is shown: nobody can take it out of a person's hands either.
    """

    def __init__(self, clock: Clock, console: Language, prepared: Callable[[], Prepared | None] = lambda: None) -> None:
        """``prepared`` gives what ``python -m tgtp pair`` has prepared."""
        self._clock = clock
        self._console = console
        self._prepared = prepared
        self._codes: deque[tuple[str, float]] = deque(maxlen=MOST_CODES)
        self._announced_at: float | None = None
        self._wrong: BoundedDict[int, deque[float]] = BoundedDict(MOST_SENDERS)

    def announce(self) -> str:
        """Make a code and show it on the console; return it."""
        code, now = new_code(), self._clock.monotonic()
        self._codes.append((code, now))
        self._announced_at = now
        log.critical(plain(self._console, "log.pairing", code=code, minutes=int(CODE_VALID // 60)))
        return code

    def announce_again(self) -> None:
        """Do so for somebody whose code was not taken; at most once a minute."""
        if self._announced_at is None or self._clock.monotonic() - self._announced_at >= ANNOUNCED_EVERY:
            self.announce()

    def try_code(self, user_id: int, text: str) -> Tried:
        """Return whether a code makes its sender the owner, and count it when it is wrong."""
        now = self._clock.monotonic()
        wrong = self._wrong.get(user_id, deque(maxlen=WRONG_CODES))
        while wrong and now - wrong[0] > FORGIVEN_AFTER:
            wrong.popleft()
        if len(wrong) >= WRONG_CODES:
            return Tried.IGNORED
        offered, ages = text.strip().upper().encode(), []
        known = [(code, now - made_at) for code, made_at in self._codes]
        for code, age in [*known, *filter(None, [self._prepared()])]:
            if hmac.compare_digest(offered, code.encode()):
                ages.append(age)
        if ages:
            return Tried.RIGHT if 0 <= min(ages) <= CODE_VALID else Tried.EXPIRED
        wrong.append(now)
        # The newest last: of too many senders the oldest are forgotten.
        self._wrong.pop(user_id, None)
        self._wrong[user_id] = wrong
        return Tried.CLOSED if len(wrong) >= WRONG_CODES else Tried.WRONG

    def close(self) -> None:
        """Take no code any more: somebody owns the bot."""
        self._codes.clear()
        self._wrong.clear()


def new_code() -> str:
    """Make a code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(8))
