"""Keeps reads apart, so that OKX never answers that they come too often."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tgtp.engine.ports import Clock

# OKX takes ten reads of an account's positions in any two seconds; two are left for whoever else reads with the account.
# https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-positions
MOST_READS = 8
# Seconds, and a little more.
READS_IN = 2.05


class Pace:
    """Lets so many reads of one account reach OKX in any two seconds, whoever asks for them; the others wait for their turn."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._places = asyncio.Semaphore(MOST_READS)
        # When each place that nobody has may be taken, earliest first.
        self._free_at = deque([clock.monotonic()] * MOST_READS)

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
                self._free_at.append(self._clock.monotonic() + READS_IN)
