"""One path through bars: from the open in straight lines to both extremes, and to the close."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property
from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np

from tgtp.backtest.bars import Bars
from tgtp.backtest.job import Order, Rates
from tgtp.backtest.walk.bar_search import Curve, Floats
from tgtp.backtest.walk.region import WIDER, Region

EIGHT_HOURS: Final = 8 * 3_600_000
Corners = tuple[Decimal, Decimal, Decimal, Decimal]


class Reached(NamedTuple):
    """The moment (ms) at which a level is reached, and the price then: beyond the level where it was jumped over."""

    at: Decimal
    price: Decimal


class Lines(NamedTuple):
    """The path of one bar of ``step`` ms; moments are ms from its start."""

    corners: Corners
    step: int

    def price(self, at: int) -> Decimal:
        """Return the price at a moment."""
        line = min(3 * at // self.step, 2)
        begins, ends = self.corners[line], self.corners[line + 1]
        return begins + (ends - begins) * (3 * at - line * self.step) / self.step

    def reaches(self, level: Decimal, *, falls: bool, since: Decimal) -> Reached | None:
        """Return when and where, at or after a moment, the price is at a level or beyond it: below where it ``falls``."""
        sign = -1 if falls else 1
        for line in range(3):
            if 3 * since > (line + 1) * self.step:
                continue
            begins, ends = self.corners[line], self.corners[line + 1]
            at, here = Decimal(line * self.step) / 3, begins
            if since > at:
                at, here = since, begins + (ends - begins) * (3 * since - line * self.step) / self.step
            if sign * (here - level) >= 0:
                return Reached(at, here if abs(here - level) > level * WIDER else level)
            if sign * (ends - level) >= 0:
                return Reached(max(at, self._crosses(line, level)), level)
        return None

    def first_look(self, looks: range, regions: Iterable[Region]) -> int | None:
        """Return the first of some moments at which the price is in one of the regions."""
        found: int | None = None
        for one in regions:
            at = self._first_look_in(looks, one)
            if at is not None:
                found, looks = at, range(looks.start, at, looks.step)
        return found

    def _first_look_in(self, looks: range, region: Region) -> int | None:
        for line in range(3):
            begins, ends = self.corners[line], self.corners[line + 1]
            if max(begins, ends) < region.low or min(begins, ends) > region.high:
                continue
            if region.holds(begins):
                entered = Decimal(line * self.step) / 3
            else:
                entered = self._crosses(line, region.low if begins < region.low else region.high)
            at = looks.start + max(int((entered - looks.start) / looks.step), 0) * looks.step
            at += looks.step if at < entered else 0
            # It leaves a region but once on a line: a look that comes too late is not the first of others.
            if at < looks.stop and 3 * at <= (line + 1) * self.step and region.holds(self.price(at)):
                return at
        return None

    def _crosses(self, line: int, level: Decimal) -> Decimal:
        begins, ends = self.corners[line], self.corners[line + 1]
        way = ends - begins
        # Divided once: what can be written down is exact.
        return (line * way + (level - begins)) * self.step / (3 * way)


class Track:
    """One path through all bars, with the settlements on it."""

    def __init__(self, bars: Bars, order: Order, funding: Decimal | Rates | None) -> None:
        self.bars = bars
        self.order = order
        self._settled_at, prices = self._settlements(funding)
        # What a long of one coin has paid by the first so many settlements.
        self._paid = list(accumulate(prices, initial=Decimal(0)))
        self._paid_floats = np.array(self._paid, dtype=float)
        self._settled_thirds = np.array(self._settled_at, dtype=np.int64) * 3

    def lines(self, bar: int) -> Lines:
        """Return the path of a bar."""
        opened, high, low, close = self.bars.exact(bar)
        inner = (low, high) if self.order == "low-first" else (high, low)
        return Lines((opened, *inner, close), self.bars.step_ms)

    def paid(self, bar: int, at: Decimal | int) -> Decimal:
        """Return what a long of one coin has paid (USDT) by a moment of a bar, with a settlement just then."""
        return self._paid[bisect_right(self._settled_at, int(self.bars.opened_ms[bar]) + int(at))]

    def next_settlement(self, bar: int, at: Decimal | int) -> tuple[int, int] | None:
        """Return the bar and the moment of the first settlement after a moment; None where there is none."""
        number = bisect_right(self._settled_at, int(self.bars.opened_ms[bar]) + int(at))
        if number == len(self._settled_at):
            return None
        settled = self._settled_at[number]
        found = int(self.bars.opened_ms.searchsorted(settled, "right")) - 1
        return found, settled - int(self.bars.opened_ms[found])

    @cached_property
    def curve(self) -> Curve:
        """The prices of all corners, four a bar, each less what a long of one coin has paid by then."""
        return Curve(4 * len(self.bars.opened_ms), self._points)

    def _points(self, first: int, end: int) -> Floats:
        bars = slice(first // 4, -(-end // 4))
        opened, high, low, close = (prices[bars] for prices in (self.bars.open, self.bars.high, self.bars.low, self.bars.close))
        inner = (low, high) if self.order == "low-first" else (high, low)
        corners: Floats = np.stack((opened, *inner, close), axis=1).reshape(-1)
        if self._settled_at:
            thirds = (self.bars.opened_ms[bars, None] * 3 + np.arange(4) * self.bars.step_ms).reshape(-1)
            corners = corners - self._paid_floats[np.searchsorted(self._settled_thirds, thirds, "right")]
        return corners[first - 4 * bars.start : end - 4 * bars.start]

    def _settlements(self, funding: Decimal | Rates | None) -> tuple[list[int], list[Decimal]]:
        """Return the moments of the settlements within the bars, and what each takes of a long of one coin."""
        opened = self.bars.opened_ms
        first, end = int(opened[0]), int(opened[-1]) + self.bars.step_ms
        if funding is None:
            return [], []
        if isinstance(funding, Decimal):
            funding = tuple((at, funding) for at in range(-(-first // EIGHT_HOURS) * EIGHT_HOURS, end, EIGHT_HOURS))
        moments, paid = [], []
        for settled, rate in funding:
            bar = int(opened.searchsorted(settled, "right")) - 1
            # In a gap there is no price to settle at.
            if bar >= 0 and (at := settled - int(opened[bar])) < self.bars.step_ms:
                moments.append(settled)
                paid.append(self.lines(bar).price(at) * rate)
        return moments, paid
