"""How wild the coin was at each hour of the bars, as the engine would have reckoned it then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

import numpy as np
import numpy.typing as npt

from tgtp.backtest.bars import Bars
from tgtp.domain.model import EPOCH, Candle
from tgtp.domain.volatility.factor import (
    ATR_BARS,
    BARS_NEEDED,
    HIGHEST,
    HOUR,
    LOWEST,
    MOST_MISSING,
    STEP,
    Volatility,
    volatility,
)
from tgtp.domain.volatility.scaling import UNSCALED

HOUR_MS: Final = 3_600_000
# The bars of so long before tell how wild a coin is.
LEAD: Final = (BARS_NEEDED + 1) * HOUR
# So many hours are reckoned at once.
AT_ONCE: Final = 512
# Nearer to where a hundredth is rounded the other way, floats do not decide.
UNSURE: Final = 1e-6


class Factors:
    """Found when they are asked for, many hours at once; bars longer than an hour tell nothing."""

    def __init__(self, walked: Bars, told: Bars | None = None) -> None:
        """Those of the bars that are ``walked``, as other bars have ``told``, or they themselves."""
        bars = self._bars = walked if told is None else told
        self._hours: npt.NDArray[np.int64] = walked.opened_ms // HOUR_MS
        usable = HOUR_MS % bars.step_ms == 0
        self._numbers, self._firsts = np.unique(bars.opened_ms // HOUR_MS, return_index=True)
        if not usable:
            self._numbers, self._firsts = self._numbers[:0], self._firsts[:0]
        self._found: dict[int, Volatility | None] = {}
        self._candles: dict[int, Candle] = {}
        if usable:
            ends = np.append(self._firsts[1:], len(bars.opened_ms))
            self._high = np.maximum.reduceat(bars.high, self._firsts)
            self._low = np.minimum.reduceat(bars.low, self._firsts)
            self._close = bars.close[ends - 1]

    def at(self, moment: dt.datetime) -> Volatility | None:
        """Return what was known of the hours that were over at a moment; None where nothing was."""
        return self.at_hour((moment - EPOCH) // HOUR)

    def of(self, bar: int) -> Decimal:
        """Return the factor that acts in a bar."""
        return self._factor(int(self._hours[bar]))

    def at_hour(self, hour: int) -> Volatility | None:
        """Return what is known while an hour (of 1970) runs: of the newest one before it."""
        number = int(self._numbers.searchsorted(hour)) - 1
        if number < 0:
            return None
        if number not in self._found:
            self._reckon(number)
        found = self._found[number]
        return found if found is not None and found.is_fresh(EPOCH + hour * HOUR) else None

    def runs(self, first: int, end: int) -> Iterator[tuple[Decimal, range]]:
        """Return the factors from one bar to before another, each with the bars in which it acts."""
        while first < end:
            factor, later = self.of(first), first + 1
            hour = self._hours[first]
            while later < end and (self._hours[later] == hour or self.of(later) == factor):
                hour, later = self._hours[later], later + 1
            yield factor, range(first, later)
            first = later

    def _factor(self, hour: int) -> Decimal:
        found = self.at_hour(hour)
        return found.factor if found is not None else UNSCALED

    def _reckon(self, number: int) -> None:
        """Find the volatility at the end of many hours from this one on."""
        numbers = self._numbers
        wanted = np.arange(number, min(number + AT_ONCE, len(numbers)))
        first = wanted - (BARS_NEEDED - 1)
        is_whole = (first >= 0) & (numbers[wanted] - numbers[np.maximum(first, 0)] == BARS_NEEDED - 1)
        for one in wanted[~is_whole]:
            self._found[int(one)] = self._exactly(int(one))
        wanted = wanted[is_whole]
        if not len(wanted):
            return
        before = np.append(self._close[:1], self._close[:-1])
        ranges = np.maximum(self._high, before) - np.minimum(self._low, before)
        first = wanted - (BARS_NEEDED - 1)
        average = np.mean([ranges[first + 1 + number] for number in range(ATR_BARS)], axis=0)
        values = np.empty((BARS_NEEDED - ATR_BARS, len(wanted)))
        values[0] = average / self._close[first + ATR_BARS]
        for row in range(1, len(values)):
            bar = first + ATR_BARS + row
            average = (average * (ATR_BARS - 1) + ranges[bar]) / ATR_BARS
            values[row] = average / self._close[bar]
        now, usual = values[-1], np.median(values, axis=0)
        for one, height, middle in zip(wanted.tolist(), now.tolist(), usual.tolist(), strict=True):
            self._found[one] = self._nearly(one, height, middle)

    def _nearly(self, number: int, now: float, usual: float) -> Volatility | None:
        hundredths = now / usual * 100 if usual else 0.0
        if now <= 0 or usual <= 0 or abs(hundredths % 1 - 0.5) < UNSURE:
            return self._exactly(number)
        factor = min(max(int(hundredths + 0.5) * STEP, LOWEST), HIGHEST)
        until = EPOCH + (int(self._numbers[number]) + 1) * HOUR
        return Volatility(until=until, now=Decimal(repr(now)), usual=Decimal(repr(usual)), factor=factor)

    def _exactly(self, number: int) -> Volatility | None:
        oldest = int(self._numbers.searchsorted(self._numbers[number] - BARS_NEEDED + 1))
        if BARS_NEEDED - (number - oldest + 1) > MOST_MISSING:
            return None
        found = volatility([self._candle(one) for one in range(max(number - BARS_NEEDED + 1, 0), number + 1)])
        return found if isinstance(found, Volatility) else None

    def _candle(self, number: int) -> Candle:
        if number not in self._candles:
            self._candles[number] = self._made(number)
        return self._candles[number]

    def _made(self, number: int) -> Candle:
        first = int(self._firsts[number])
        end = int(self._firsts[number + 1]) if number + 1 < len(self._firsts) else len(self._bars.opened_ms)
        prices = [self._bars.exact(bar) for bar in range(first, end)]
        return Candle(
            opened_at=EPOCH + int(self._numbers[number]) * HOUR,
            open=prices[0][0],
            high=max(price[1] for price in prices),
            low=min(price[2] for price in prices),
            close=prices[-1][3],
        )
