"""Wakes checks between those of the beat, at moments that a seed chooses."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Iterator

from tgtp.engine.check_report import CheckReport

# Seconds from one check to the next that is woken.
SOON = (0.0, 0.001, 0.05, 0.05, 0.3, 1.0, 2.5, 6.0)
MOST = 5


def gaps(chance: random.Random, every: float) -> Iterator[float]:
    """The seconds before each check that is woken until the beat comes, ``every`` seconds after the last; then what is left."""
    left = every
    for _ in range(chance.randint(0, MOST)):
        gap = min(chance.choice(SOON), left)
        left -= gap
        yield gap
    yield left


async def checked(
    check: Callable[[], Awaitable[CheckReport]], forward: Callable[[float], None], chance: random.Random, every: float
) -> CheckReport:
    """Run a check of the beat and those that are woken before the next; what it returns is the beat's."""
    report = await check()
    *woken, left = gaps(chance, every)
    for gap in woken:
        forward(gap)
        await check()
    forward(left)
    return report
