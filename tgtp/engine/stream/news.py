"""Tells that the stream of an account is in trouble, and that this is over: once each, however often it comes and goes."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Final

from tgtp.domain.events import StreamRecovered, StreamTroubled
from tgtp.domain.stream.state import StreamTrouble
from tgtp.engine.cycle import Checker
from tgtp.engine.ports import Clock
from tgtp.errors import LedgerWriteFailed

log = logging.getLogger(__name__)

# Seconds that trouble lasts before it is told; what is good for less time in between does not end it.
TOLD_AFTER: Final = 60
GOOD_AGAIN_AFTER: Final = 20
# Seconds without trouble before that is told: twice as long each time, until all was well for the longest.
OVER_AFTER: Final = 120
LONGEST_OVER_AFTER: Final = 3600


class StreamNews:
    """Follows the trouble of one account; ``told`` is what people were told and what is wrong since, None where nothing is."""

    def __init__(self, checker: Checker, clock: Clock) -> None:
        self.told: StreamTrouble | None = None
        self._checker = checker
        self._clock = clock
        # When it began, by the clock that people read; since when it may be told of, and since when all is well.
        self._began_at: dt.datetime | None = None
        self._bad_since: float | None = None
        self._good_since: float | None = None
        self._over_after = OVER_AFTER

    def take(self, trouble: StreamTrouble | None) -> None:
        """Take in what is wrong now, about once a second."""
        now = self._clock.monotonic()
        if trouble is None:
            self._take_good(now)
            return
        self._good_since = None
        if self._began_at is None:
            self._began_at = self._clock.now()
        if self._bad_since is None or self._is_blind:
            # Whoever cannot see the account has been told so.
            self._bad_since = now
        if self.told is None:
            if now - self._bad_since < TOLD_AFTER:
                return
            if not self._record(StreamTroubled(at=self._clock.now(), trouble=trouble)):
                return
        self.told = trouble

    @property
    def _is_blind(self) -> bool:
        report = self._checker.last_report
        return report is None or report.error is not None

    def _take_good(self, now: float) -> None:
        if self._good_since is None:
            self._good_since = now
        lasted = now - self._good_since
        if self.told is None:
            if lasted >= GOOD_AGAIN_AFTER:
                self._began_at = self._bad_since = None
            if lasted >= LONGEST_OVER_AFTER:
                self._over_after = OVER_AFTER
        elif lasted >= self._over_after:
            at = self._clock.now()
            if self._record(StreamRecovered(at=at, cause=self.told.cause, lost_at=self._began_at or at)):
                self._over_after = min(2 * self._over_after, LONGEST_OVER_AFTER)
                self.told = self._began_at = self._bad_since = None

    def _record(self, event: StreamTroubled | StreamRecovered) -> bool:
        """Write an event down; False where that fails, or nothing is to be written now."""
        if self._checker.stopping or self._checker.held is not None:
            return False
        journal = self._checker.journal
        try:
            with journal.step():
                journal.record(event)
        except LedgerWriteFailed as exc:
            log.warning("what the stream is like could not be written: %s", exc)
            # As at its beginning: not once a second.
            self._bad_since = self._good_since = self._clock.monotonic()
            return False
        return True
