"""Bars that were read once, and need not be read again."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

from tgtp.domain.model import Candle
from tgtp.domain.volatility.factor import Volatility


class BarStore(ABC):
    """Finished one-hour bars by instrument, and what came of them. Losing any of it costs but another reading.

    Nothing here raises: what cannot be written is logged and lost, what makes no sense counts as not there. Slow: bars are
    not for the event loop.
    """

    @abstractmethod
    def volatilities(self) -> Mapping[str, Volatility]:
        """Return how wild the coins were when that was last known."""

    @abstractmethod
    def keep_volatilities(self, found: Mapping[str, Volatility]) -> None:
        """Replace what ``volatilities`` gives."""

    @abstractmethod
    def bars(self, instrument_id: str) -> tuple[Candle, ...]:
        """Return an instrument's bars, oldest first; empty where none are kept."""

    @abstractmethod
    def keep_bars(self, instrument_id: str, bars: Sequence[Candle]) -> None:
        """Replace an instrument's bars."""
