"""The machine's clock."""

from __future__ import annotations

import asyncio
import datetime as dt
import time

from tgtp.engine.ports import Clock


class SystemClock(Clock):
    """Real time."""

    def now(self) -> dt.datetime:
        """Return the time in UTC."""
        return dt.datetime.now(dt.UTC)

    def monotonic(self) -> float:
        """Return seconds that never jump."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        await asyncio.sleep(seconds)
