"""Finds the next bar that reaches a price, and how far a curve has fallen, without looking at each one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from tgtp.backtest.walk.region import Region

BLOCK: Final = 512
# So many blocks of a curve are worked out together.
AT_ONCE: Final = 32
# Floats are near the exact prices, which decide.
NEAR: Final = 1e-9

Floats = npt.NDArray[np.float64]


class BarSearch:
    """The highs and lows of bars, and those of whole blocks of them."""

    def __init__(self, high: Floats, low: Floats) -> None:
        self.count = len(high)
        self._high, self._low = high, low
        starts = np.arange(0, len(high), BLOCK)
        self._highest = np.maximum.reduceat(high, starts)
        self._lowest = np.minimum.reduceat(low, starts)

    def next_bar(self, first: int, regions: Iterable[Region], end: int | None = None) -> int | None:
        """Return the first bar from ``first`` to before ``end`` with a price in one of the regions, or all but in it."""
        found: int | None = None
        end = self.count if end is None else end
        for region in regions:
            bar = self._next_in(first, end, float(region.low) * (1 - NEAR), float(region.high) * (1 + NEAR))
            if bar is not None:
                found = end = bar
        return found

    def _next_in(self, first: int, end: int, low: float, high: float) -> int | None:
        block, last = first // BLOCK, -(-end // BLOCK)
        if first >= end:
            return None
        inside = self._in_block(first, min((block + 1) * BLOCK, end), low, high)
        if inside is not None or block + 1 >= last:
            return inside
        for other in np.flatnonzero((self._highest[block + 1 : last] >= low) & (self._lowest[block + 1 : last] <= high)):
            begins = (block + 1 + int(other)) * BLOCK
            inside = self._in_block(begins, min(begins + BLOCK, end), low, high)
            if inside is not None:
                return inside
        return None

    def _in_block(self, begins: int, ends: int, low: float, high: float) -> int | None:
        reached = (self._high[begins:ends] >= low) & (self._low[begins:ends] <= high)
        first = int(reached.argmax())
        return begins + first if reached[first] else None


class Swing(NamedTuple):
    """What a stretch of a curve has seen: its highest and lowest point, the greatest fall and the greatest rise in it."""

    highest: float
    lowest: float
    fall: float
    rise: float

    def then(self, later: Swing) -> Swing:
        """Return that of both stretches, one after the other."""
        return Swing(
            max(self.highest, later.highest),
            min(self.lowest, later.lowest),
            max(self.fall, later.fall, self.highest - later.lowest),
            max(self.rise, later.rise, later.highest - self.lowest),
        )


class Curve:
    """A curve of many points, which are worked out when they are needed: only what whole blocks of them have seen is kept."""

    def __init__(self, count: int, points: Callable[[int, int], Floats]) -> None:
        """``points`` gives those from one to before another."""
        self._points = points
        whole = count // BLOCK
        self._highest, self._lowest, self._falls, self._rises = (np.empty(whole) for _ in range(4))
        for first in range(0, whole, AT_ONCE):
            end = min(first + AT_ONCE, whole)
            blocks = points(first * BLOCK, end * BLOCK).reshape(end - first, BLOCK)
            highs, lows = np.maximum.accumulate(blocks, axis=1), np.minimum.accumulate(blocks, axis=1)
            self._highest[first:end], self._lowest[first:end] = highs[:, -1], lows[:, -1]
            self._falls[first:end], self._rises[first:end] = (highs - blocks).max(axis=1), (blocks - lows).max(axis=1)

    def swing(self, first: int, end: int) -> Swing | None:
        """Return what the points from ``first`` to before ``end`` have seen; None where there are none."""
        begin_block, end_block = -(-first // BLOCK), end // BLOCK
        if begin_block >= end_block:
            return self._swing_of(first, end) if first < end else None
        found = self._swing_of_blocks(begin_block, end_block)
        if first < begin_block * BLOCK:
            found = self._swing_of(first, begin_block * BLOCK).then(found)
        if end_block * BLOCK < end:
            found = found.then(self._swing_of(end_block * BLOCK, end))
        return found

    def _swing_of(self, first: int, end: int) -> Swing:
        points = self._points(first, end)
        highs, lows = np.maximum.accumulate(points), np.minimum.accumulate(points)
        return Swing(float(highs[-1]), float(lows[-1]), float((highs - points).max()), float((points - lows).max()))

    def _swing_of_blocks(self, first: int, end: int) -> Swing:
        highest, lowest = self._highest[first:end], self._lowest[first:end]
        highs, lows = np.maximum.accumulate(highest), np.minimum.accumulate(lowest)
        fall, rise = float(self._falls[first:end].max()), float(self._rises[first:end].max())
        if len(highest) > 1:
            fall = max(fall, float((highs[:-1] - lowest[1:]).max()))
            rise = max(rise, float((highest[1:] - lows[:-1]).max()))
        return Swing(float(highs[-1]), float(lows[-1]), fall, rise)
