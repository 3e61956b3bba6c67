"""The checks of one account: begun by a beat, or woken, and never two at once."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from tgtp.chat.formatting.values import age
from tgtp.chat.texts import Language, plain

log = logging.getLogger("tgtp.telegram")
# Intervals without a check that are taken for a standstill.
LATE_AFTER = 3


class CheckJob:
    """Runs the checks of one account; ``account`` is "" where there is but one.

    ``begun_at`` is when the last one began, ``job`` where the beat stands on the job queue.
    """

    def __init__(self, account: str, interval: int, check: Callable[[], Awaitable[object]]) -> None:
        self.account = account
        self.interval = interval
        self.begun_at = time.monotonic()
        self.job: Any = None
        self._check = check
        self._in_hand: asyncio.Future[object] | None = None
        self._again = self._over = False

    def wake(self) -> None:
        """Have a check begin at once, or right after the one in hand. However many ask meanwhile, that is one check."""
        if self._over:
            return
        if self._is_checking:
            self._again = True
            return
        self._again = False
        self.begun_at = time.monotonic()
        # A task of its own: cut short at the end of the program, it is no failure of the job.
        self._in_hand = asyncio.ensure_future(self._check())
        self._in_hand.add_done_callback(self._ended)

    def end(self) -> asyncio.Future[object] | None:
        """Begin no check any more; return the last one."""
        self._over = True
        return self._in_hand

    @property
    def late(self) -> float | None:
        """Return for how many seconds no check has begun, when that is too long."""
        idle = time.monotonic() - self.begun_at
        return idle if not self._is_checking and idle > LATE_AFTER * self.interval else None

    @property
    def _is_checking(self) -> bool:
        return self._in_hand is not None and not self._in_hand.done()

    def _ended(self, check: asyncio.Future[object]) -> None:
        if not check.cancelled() and (exc := check.exception()) is not None:
            log.error("a check broke", exc_info=exc)
        if self._again and not self._is_checking:
            self.wake()


def late_text(language: Language, seconds: float, account: str) -> str:
    """Write for how long no check has begun, and of which account where there are several."""
    what = age(language, seconds)
    return plain(language, "accounts.late", what=what, account=account) if account else what
