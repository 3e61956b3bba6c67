"""Keeps reads and connections apart, so that OKX never answers that they come too often."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tgtp.engine.ports import Clock

# OKX takes ten reads of an account's positions in any two seconds, and five of its configuration; some are left for whoever
# else reads with the account.
# https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-positions
MOST_READS = 8
MOST_CONFIGURATIONS = 4
# Of conditional orders it takes twenty in two seconds: of each kind of reading, and of changes for each instrument.
MOST_ALGO_REQUESTS = 16
# Seconds, and a little more.
READS_IN = 2.05


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
