"""Keeps reads and connections apart, so that OKX never answers that they come too often; and counts what is asked of it."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Final

from tgtp.engine.ports import Clock, RequestCount

# OKX takes ten reads of an account's positions in any two seconds, and five of its configuration; some are left for whoever
# else reads with the account.
# https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-positions
MOST_READS = 8
MOST_CONFIGURATIONS = 4
# Of conditional orders it takes twenty in two seconds: of each kind of reading, and of changes for each instrument.
MOST_ALGO_REQUESTS = 16
# Seconds, and a little more.
READS_IN = 2.05
# What OKX takes of each: so many within some seconds, of one account or, of what everybody may read, from one address.
LIMITS: Final[Mapping[str, tuple[int, int]]] = {
    **dict.fromkeys(("account/positions", "account/balance", "account/positions-history"), (10, 2)),
    **dict.fromkeys(("public/mark-price", "public/time", "trade/fills-history"), (10, 2)),
    **dict.fromkeys(("market/history-mark-price-candles", "public/funding-rate-history", "public/position-tiers"), (10, 2)),
    **dict.fromkeys(("public/instruments", "public/funding-rate", "market/mark-price-candles"), (20, 2)),
    **dict.fromkeys(("trade/order-algo", "trade/orders-algo-pending", "trade/orders-algo-history"), (20, 2)),
    **dict.fromkeys(("POST trade/order-algo", "POST trade/amend-algos", "POST trade/cancel-algos"), (20, 2)),
    **dict.fromkeys(("trade/order", "trade/orders-pending", "trade/fills", "POST trade/order"), (60, 2)),
    "account/config": (5, 2),
    "account/bills": (5, 1),
    "account/bills-archive": (5, 2),
    "POST account/position/margin-balance": (20, 2),
    "trade/orders-history": (40, 2),
    "system/status": (1, 5),
}
# Seconds for which a request is remembered.
REMEMBERED: Final = 60
VERSION: Final = "/api/v5/"


class Pace:
    """Lets ``most`` reads reach OKX ``within`` some seconds, whoever asks for them; the others wait for their turn."""

    def __init__(self, clock: Clock, most: int = MOST_READS, within: float = READS_IN) -> None:
        self._clock = clock
        self._within = within
        self._places = asyncio.Semaphore(most)
        # When each place that nobody has may be taken, earliest first.
        self._free_at = deque([clock.monotonic()] * most)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a place, and hold it while the read is under way."""
        async with self._places:
            free_at = self._free_at.popleft()
            try:
                if (wait := free_at - self._clock.monotonic()) > 0:
                    await self._clock.sleep(wait)
                yield
            finally:
                # From the reply on: when OKX has counted it lies anywhere before that.
                self._free_at.append(self._clock.monotonic() + self._within)


class RequestCounter:
    """Counts what one client asks of OKX, by endpoint. Times are seconds of a clock that never jumps."""

    def __init__(self) -> None:
        self._totals: Counter[str] = Counter()
        self._lately: defaultdict[str, deque[float]] = defaultdict(deque)

    def count(self, method: str, url: str, now: float) -> None:
        """Take a request down."""
        path = url.partition(VERSION)[2].partition("?")[0] or "other"
        endpoint = path if method == "GET" else f"{method} {path}"
        self._totals[endpoint] += 1
        times = self._lately[endpoint]
        times.append(now)
        while times[0] < now - REMEMBERED:
            times.popleft()

    def reading(self, now: float) -> tuple[RequestCount, ...]:
        """Return how many there were of each endpoint, and how near they came to its limit within the last minute."""
        return tuple(
            RequestCount(
                endpoint,
                total,
                _busiest((at for at in self._lately[endpoint] if at >= now - REMEMBERED), seconds),
                limit,
                seconds,
            )
            for endpoint, total in sorted(self._totals.items())
            for limit, seconds in [LIMITS.get(endpoint, (None, 2))]
        )


def _busiest(times: Iterable[float], seconds: int) -> int:
    """Return the most that lie within so many seconds.

    >>> _busiest([0, 1, 1.5, 3.2, 9], 2)
    3
    """
    window: deque[float] = deque()
    most = 0
    for at in times:
        window.append(at)
        while window[0] <= at - seconds:
            window.popleft()
        most = max(most, len(window))
    return most
