"""How the checks of the last hour went."""

from __future__ import annotations

import datetime as dt
from collections import deque
from typing import NamedTuple

from tgtp.engine.check_report import CheckReport
from tgtp.engine.ports import Clock

HOUR = 3600


class Health(NamedTuple):
    """What was measured over the last hour; durations in seconds, None where there was no check.

    ``failed_reads`` counts reads of the account that failed, those included that a second try healed.
    """

    running_for: float
    checks: int
    failed_checks: int
    failed_reads: int
    last_at: dt.datetime | None
    median: float | None
    p95: float | None
    longest: float | None


class HealthBook:
    """Takes every check down, and forgets it after an hour. ``interval`` is the seconds between two checks of the beat.

    Checks that are woken between two of the beat count as one with the first of these, by the longest of them: else a hundred
    quick ones would hide the slow one, and one bad moment would be a hundred failures. ``total`` and ``failed_total`` count
    every check since the start by itself.
    """

    def __init__(self, clock: Clock, interval: int = 10) -> None:
        self.total = 0
        self.failed_total = 0
        self._clock = clock
        self._interval = interval
        self._begun_at = clock.monotonic()
        # When each began, by the clock that never jumps, the longest duration, whether any failed.
        self._checks: deque[tuple[float, float, bool]] = deque()
        self._failed_reads: deque[float] = deque()
        self._last_at: dt.datetime | None = None

    def checked(self, report: CheckReport) -> None:
        """Take down a check that has ended."""
        begun, duration, failed = self._clock.monotonic() - report.duration, report.duration, report.error is not None
        self.total += 1
        self.failed_total += failed
        # The beat may be a little early.
        if self._checks and (begun - self._checks[-1][0]) * 5 < self._interval * 4:
            begun, longest, any_failed = self._checks.pop()
            duration, failed = max(duration, longest), failed or any_failed
        self._checks.append((begun, duration, failed))
        self._last_at = report.started_at
        self._forget()

    def read_failed(self) -> None:
        """Take down a read that failed."""
        self._failed_reads.append(self._clock.monotonic())
        self._forget()

    def reading(self) -> Health:
        """Return what the last hour was like."""
        self._forget()
        durations = sorted(duration for _, duration, _ in self._checks)
        return Health(
            running_for=self._clock.monotonic() - self._begun_at,
            checks=len(durations),
            failed_checks=sum(failed for _, _, failed in self._checks),
            failed_reads=len(self._failed_reads),
            last_at=self._last_at,
            median=_at(durations, 50),
            p95=_at(durations, 95),
            longest=durations[-1] if durations else None,
        )

    def _forget(self) -> None:
        horizon = self._clock.monotonic() - HOUR
        while self._checks and self._checks[0][0] + self._checks[0][1] < horizon:
            self._checks.popleft()
        while self._failed_reads and self._failed_reads[0] < horizon:
            self._failed_reads.popleft()


def _at(durations: list[float], percentile: int) -> float | None:
    """Return the value that this percentage of them does not exceed."""
    if not durations:
        return None
    whole, rest = divmod(len(durations) * percentile, 100)
    return durations[whole if rest else max(whole - 1, 0)]
