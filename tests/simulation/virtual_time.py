"""Virtual time: an event loop that skips whatever it would have waited for.

Everything that waits in this loop (sleeps, time limits, back-offs, the engine and the exchange alike) goes by the same held
clock, in an order that depends on nothing outside: the same day runs the same way every time.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import selectors

from tgtp.engine.ports import Clock

# Real seconds.
THREADS_TAKE = 20.0
BEGAN_AT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


class Stuck(RuntimeError):
    """Everything waits, and nothing will ever happen."""


class _Skipping(selectors.SelectSelector):
    """Waits for no socket: gives the time that it was to wait to the loop."""

    skipped = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            # A thread may still be at work: that of an executor that is being closed, say.
            ready = super().select(THREADS_TAKE)
            if not ready:
                raise Stuck("everything waits, and nothing will ever happen")
            return ready
        self.skipped += max(timeout, 0)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop in which an hour of waiting takes no time."""

    def __init__(self) -> None:
        self._skipping = _Skipping()
        super().__init__(self._skipping)
        self._clock_resolution = 1e-6

    def time(self) -> float:
        """Seconds since the loop began."""
        return self._skipping.skipped


class HeldClock(Clock):
    """The engine's clock in a virtual loop. ``jumped`` seconds were added to the wall clock, as a person or a time server does.

    ``began_at`` is when the loop's zero was.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, began_at: dt.datetime = BEGAN_AT) -> None:
        self._loop = loop
        self._began = began_at
        self._began_seconds = began_at.timestamp()
        self.jumped = 0.0

    def now(self) -> dt.datetime:
        """Give the wall clock's time."""
        return self._began + dt.timedelta(seconds=self._loop.time() + self.jumped)

    def monotonic(self) -> float:
        """Give seconds that never jump."""
        return self._loop.time()

    async def sleep(self, seconds: float) -> None:
        """Let virtual time pass."""
        await asyncio.sleep(seconds)

    def milliseconds(self) -> int:
        """Give the wall clock's time as ccxt wants it."""
        return int((self._began_seconds + self._loop.time() + self.jumped) * 1000)

    def true_seconds(self) -> float:
        """Give the time, seconds since 1970, that no jump of the wall clock changes: the exchange's."""
        return self._began_seconds + self._loop.time()
