"""What a check saw and did, for whoever tells the story."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tgtp.domain.model import Snapshot
from tgtp.domain.order import Intent
from tgtp.domain.plan import Note
from tgtp.errors import Problem, TemporarilyDown, TgtpError

log = logging.getLogger(__name__)


@dataclass(slots=True)
class CheckReport:
    """One check. ``error`` is set when a part of it failed; ``snapshot`` is the last good one then, if any."""

    number: int
    started_at: dt.datetime
    duration: float = 0.0
    snapshot: Snapshot | None = None
    error: TgtpError | None = None
    ladder_notes: tuple[Note, ...] = ()
    hedge_notes: tuple[Note, ...] = ()
    guard_notes: tuple[Note, ...] = ()
    sent: list[Intent] = field(default_factory=list)
    unresolved: int = 0

    @asynccontextmanager
    async def catching(self, seconds: float | None = None) -> AsyncIterator[None]:
        """Take what breaks a part of the check for its ``error``, unless there is one; ``seconds`` is how long it may take."""
        error: TgtpError
        try:
            async with asyncio.timeout(seconds) as limit:
                yield
        except TgtpError as exc:
            error = exc
        except Exception as exc:  # the outer loop: one bad check must not end all that follow
            if isinstance(exc, TimeoutError) and limit.expired():
                error = TemporarilyDown(Problem("problem.long", seconds=seconds))
            else:
                error = TgtpError(Problem("problem.unforeseen", what=f"{type(exc).__name__}: {exc}"))
                log.exception("the check broke; the next one starts anew")
        else:
            return
        if self.error is None:
            self.error = error
        else:
            log.error("another part of the check failed too: %s", error)
