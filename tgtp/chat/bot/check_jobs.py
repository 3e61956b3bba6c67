"""What is known of a running job of checks: when the last one began, whether the next is late; and what a broken task says."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import Any

from tgtp.chat.formatting.values import age
from tgtp.chat.texts import Language, plain

log = logging.getLogger("tgtp.telegram")
# Intervals without a check that are taken for a standstill.
LATE_AFTER = 3


@dataclass(slots=True)
class CheckJob:
    """The checks of one account on the job queue; ``account`` is "" where there is but one."""

    account: str
    interval: int
    begun_at: float
    check: asyncio.Future[object] | None = None
    # Where it stands on the job queue.
    job: Any = None

    @property
    def late(self) -> float | None:
        """Return for how many seconds no check has begun, when that is too long."""
        idle = time.monotonic() - self.begun_at
        checking = self.check is not None and not self.check.done()
        return idle if not checking and idle > LATE_AFTER * self.interval else None


def late_text(language: Language, seconds: float, account: str) -> str:
    """Write for how long no check has begun, and of which account where there are several."""
    what = age(language, seconds)
    return plain(language, "accounts.late", what=what, account=account) if account else what


def tell_death(task: asyncio.Task[None]) -> None:
    """Log a task that broke: nobody awaits these while the program runs, and its silence alone would be missed."""
    if not task.cancelled() and (exc := task.exception()) is not None:
        log.critical("the %s task broke; restart the program", task.get_name(), exc_info=exc)
