"""What the time is."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod


class Clock(ABC):
    """Time, so that tests and replays can hold it."""

    @abstractmethod
    def now(self) -> dt.datetime:
        """Return the time, aware, in UTC."""

    @abstractmethod
    def monotonic(self) -> float:
        """Return seconds that never jump, for measuring."""

    @abstractmethod
    async def sleep(self, seconds: float) -> None:
        """Let this much time pass."""
