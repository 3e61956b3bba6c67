"""Tells when the drawdown guard has had nothing to look at for a while: nobody guards the account's P&L then."""

from __future__ import annotations

import datetime as dt

from tgtp.domain.events import DrawdownBlind
from tgtp.domain.events.drawdown import Blindness
from tgtp.domain.retries import REMIND_AFTER, has_passed
from tgtp.engine.journal import Journal

# Seconds.
BLIND_AFTER = 600


class Blindfold:
    """Counts the time without a reading."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._since: float | None = None
        self._told_at: dt.datetime | None = None

    def saw(self) -> None:
        """Begin to count anew: there was a reading."""
        self._since = None

    def missed(self, why: Blindness) -> None:
        """Count on: there was none; told after ten minutes, and daily while it stays so. Raises LedgerWriteFailed."""
        ticks, now = self._journal.monotonic(), self._journal.now()
        self._since = ticks if self._since is None else self._since
        seconds = int(abs(ticks - self._since))
        if seconds < BLIND_AFTER or not (self._told_at is None or has_passed(REMIND_AFTER, self._told_at, now)):
            return
        with self._journal.step():
            self._journal.record(DrawdownBlind(at=now, why=why, seconds=seconds))
        self._told_at = now
