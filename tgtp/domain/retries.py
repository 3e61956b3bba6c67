"""Trying again after a failure: after a pause that grows, and told again each day while it stands."""

from __future__ import annotations

import datetime as dt
from typing import Self

from tgtp.domain.model import Moment, Value

# What waits for the next check waits for so long at least: one that is woken may come within milliseconds.
NEXT_CHECK = dt.timedelta(seconds=8)
FIRST_PAUSE = dt.timedelta(seconds=10)
LONGEST_PAUSE = dt.timedelta(minutes=5)
# What stands is told again after so long.
REMIND_AFTER = dt.timedelta(days=1)


def growing_pause(failures: int) -> dt.timedelta:
    """Return the pause after so many failures in a row: it doubles from the first up to the longest.

    >>> [growing_pause(failures).total_seconds() for failures in (1, 2, 3, 20)]
    [10.0, 20.0, 40.0, 300.0]
    """
    return min(FIRST_PAUSE * (1 << min(failures - 1, 10)), LONGEST_PAUSE)


def has_passed(span: dt.timedelta, since: dt.datetime, now: dt.datetime) -> bool:
    """Return whether it is time to tell again; either way, because a clock that was put back must not keep it silent.

    >>> told_at = dt.datetime(2026, 11, 29, tzinfo=dt.UTC)
    >>> [has_passed(REMIND_AFTER, told_at, told_at + dt.timedelta(hours=hours)) for hours in (0, 23, 24, -23, -24)]
    [False, False, True, False, True]
    """
    return abs(now - since) >= span


class FailedTries(Value):
    """Failed orders in a row for one rule of a leg, and when to try again.

    ``since`` is when the first of them failed, ``told_at`` when the person heard of it last; None in ledgers of before.
    """

    failures: int
    not_before: Moment
    code: str
    since: Moment | None = None
    told_at: Moment | None = None

    @classmethod
    def failed(cls, before: Self | None, code: str, now: dt.datetime) -> Self:
        """Count a failure after those of ``before``, to be tried again at once."""
        if before is None:
            return cls(failures=1, not_before=now, code=code, since=now)
        # An older ledger does not say when it was told: it has been.
        return before.replaced(
            failures=before.failures + 1, code=code, since=before.since or now, told_at=before.told_at or now
        )
