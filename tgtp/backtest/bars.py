"""The bars that a backtest walks: floats to search among, and every price as exact as its file has it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tgtp.errors import CannotStart

FourPrices = tuple[Decimal, Decimal, Decimal, Decimal]


class BadBars(CannotStart):
    """The bars of a file cannot be believed; its problem names the row."""


@dataclass(frozen=True, slots=True)
class TextPrices:
    """Prices as they were written: four rows (open, high, low, close) of ASCII words."""

    words: npt.NDArray[np.bytes_]

    def __call__(self, index: int, /) -> FourPrices:
        """Return the four prices of a bar; below zero, the index counts from the end, as in lists."""
        first, second, third, fourth = self.words[:, index].tolist()
        return (
            Decimal(first.decode("ascii")),
            Decimal(second.decode("ascii")),
            Decimal(third.decode("ascii")),
            Decimal(fourth.decode("ascii")),
        )

    def part(self, which: slice) -> TextPrices:
        """Return those of some bars."""
        return TextPrices(self.words[:, which])


@dataclass(frozen=True, slots=True)
class FloatPrices:
    """Prices as floats, each of which says exactly the shortest decimal that is read as it."""

    open: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]
    low: npt.NDArray[np.float64]
    close: npt.NDArray[np.float64]

    def __call__(self, index: int, /) -> FourPrices:
        """Return the four prices of a bar."""
        return (
            Decimal(repr(self.open[index].item())),
            Decimal(repr(self.high[index].item())),
            Decimal(repr(self.low[index].item())),
            Decimal(repr(self.close[index].item())),
        )

    def part(self, which: slice) -> FloatPrices:
        """Return those of some bars."""
        return FloatPrices(self.open[which], self.high[which], self.low[which], self.close[which])


class Bars(NamedTuple):
    """Bars of one instrument, oldest first, one step apart but for the gaps; at least one.

    The floats are the exact prices, rounded to the nearest: what they find is decided by the exact ones.
    """

    step_ms: int
    opened_ms: npt.NDArray[np.int64]
    open: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]
    low: npt.NDArray[np.float64]
    close: npt.NDArray[np.float64]
    exact: TextPrices | FloatPrices
    # Indices of the bars before which others are missing.
    gaps: tuple[int, ...] = ()

    def between(self, start_ms: int, end_ms: int) -> Bars:
        """Return the bars that open from ``start_ms`` on and before ``end_ms`` (unix ms); there may be none."""
        first, last = (int(place) for place in np.searchsorted(self.opened_ms, (start_ms, end_ms)))
        which = slice(first, last)
        gaps = tuple(gap - first for gap in self.gaps if first < gap < last)
        prices = (self.open[which], self.high[which], self.low[which], self.close[which])
        return Bars(self.step_ms, self.opened_ms[which], *prices, self.exact.part(which), gaps)
