"""How the legs were spread over ranges of ROI within the last hour: in memory, once a minute."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Iterable
from decimal import Decimal
from typing import Final, NamedTuple

from tgtp.domain.model import Leg
from tgtp.domain.plan import CANNOT_WORK
from tgtp.engine.accounts import Accounts
from tgtp.engine.ports import Clock

EVERY: Final = 60
KEPT: Final = dt.timedelta(hours=1)
# The lower ends of the ranges (fractions), highest first; below the last one a leg loses.
FROM: Final = tuple(Decimal(percent) / 100 for percent in (70, 60, 50, 40, 20, 10, 0))


class Spread(NamedTuple):
    """How many legs were in each range of ROI ``at`` a moment, from 70 % up to those that lost."""

    at: dt.datetime
    counts: tuple[int, ...]


def spread(legs: Iterable[Leg]) -> tuple[int, ...]:
    """Count legs by their ROI, each in one range; those that have none, for their numbers make no sense, in none.

    >>> from tgtp.domain.examples import leg
    >>> spread([leg(roi=roi) for roi in ("-0.1", "0.1", "10.1", "40.1", "69.9", "70.1", 300)])
    (2, 1, 0, 1, 0, 1, 1, 1)
    """
    counts = [0] * (len(FROM) + 1)
    for leg in legs:
        try:
            counts[next((place for place, least in enumerate(FROM) if leg.roi >= least), len(FROM))] += 1
        except CANNOT_WORK:
            continue
    return tuple(counts)


class Hourly:
    """Remembers the spread of each account for an hour."""

    def __init__(self, accounts: Accounts, clock: Clock) -> None:
        self._accounts = accounts
        self._clock = clock
        self._kept: dict[str, deque[Spread]] = {account.name: deque() for account in accounts}

    async def run(self) -> None:
        """Take it down once a minute, until cancelled."""
        while True:
            self.take()
            await self._clock.sleep(EVERY)

    def take(self) -> None:
        """Take down what was seen last, where that is news."""
        for account in self._accounts:
            seen, kept = account.checker.last_good, self._kept[account.name]
            if seen is None or (kept and kept[-1].at >= seen.taken_at):
                continue
            kept.append(Spread(seen.taken_at, spread(seen.legs)))
            while kept[0].at < seen.taken_at - KEPT:
                kept.popleft()

    def oldest(self, account: str) -> Spread | None:
        """Return what an account looked like an hour ago, or at the first look since the start; None before that."""
        kept = self._kept.get(account)
        return kept[0] if kept else None
