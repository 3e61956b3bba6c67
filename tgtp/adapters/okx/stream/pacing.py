"""How often OKX lets itself be connected to and asked, and how long to wait before the next try."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable

from tgtp.adapters.okx.pace import Pace
from tgtp.adapters.okx.stream.lost import Lost
from tgtp.engine.ports import Clock

# OKX takes three connections a second from an address, and 480 of subscribe, unsubscribe and login an hour on each of them.
# https://www.okx.com/docs-v5/en/#overview-websocket-connect
MOST_CONNECTS = 3
# Seconds, and a little more.
CONNECTS_IN = 1.05
HOUR = 3600.0
MOST_REQUESTS = 480
# So many as they come; from then on those that are left, evenly over the hour.
FREE_REQUESTS = 240
REQUESTS_APART = HOUR / (MOST_REQUESTS - FREE_REQUESTS)
# Between two tries: the first is short, a wick lasts no longer.
FIRST_PAUSE = 0.4
LONGEST_PAUSE = 60.0
LONGEST_REFUSED_PAUSE = 300.0
# What has held for so long has held: the next loss is a first one again.
HELD_FOR = 60.0


def connect_pace(clock: Clock) -> Pace:
    """Build what all connections of the process wait at before they are made."""
    return Pace(clock, MOST_CONNECTS, CONNECTS_IN)


class Budget:
    """The requests of one connection."""

    def __init__(self) -> None:
        self._sent: deque[float] = deque()

    def allows(self, now: float) -> bool:
        """Return whether OKX takes one more at this moment."""
        while self._sent and self._sent[0] <= now - HOUR:
            self._sent.popleft()
        return len(self._sent) < FREE_REQUESTS or now - self._sent[-1] >= REQUESTS_APART

    def spend(self, now: float) -> None:
        """Count one."""
        self._sent.append(now)


class Pauses:
    """The times between tries, which grow; ``chance`` gives numbers from 0 to 1, so that many programs do not come at once."""

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        self._chance = chance
        self._losses = 0

    def after(self, lost: Lost, held: float) -> float:
        """Return how long to wait after a connection that was in order for ``held`` seconds."""
        if held >= HELD_FOR:
            self._losses = 0
        longest = LONGEST_REFUSED_PAUSE if lost.pause else LONGEST_PAUSE
        whole = min(max(lost.pause, FIRST_PAUSE) * 2.0 ** min(self._losses, 20), longest)
        self._losses += 1
        return max(lost.pause, whole * (1 + self._chance()) / 2)
