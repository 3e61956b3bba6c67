"""How wild a coin is now against its own month: ATR% of one-hour bars of the mark price, as a factor for thresholds."""

from __future__ import annotations

import datetime as dt
import itertools
import statistics
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Literal

from pydantic import Field

from tgtp.domain.model import Candle, Moment, Positive, Value

HOUR = dt.timedelta(hours=1)
# Wilder's average is of so many bars; so many of its values are a month.
ATR_BARS = 14
MONTH_VALUES = 720
# The oldest bar only says where the next one begins.
BARS_NEEDED = ATR_BARS + MONTH_VALUES
LOWEST, HIGHEST = Decimal("0.75"), Decimal("1.5")
STEP = Decimal("0.01")
# So many hours may be missing of the whole, and of those that weigh most in the average of now.
MOST_MISSING = 36
MOST_MISSING_LATELY = 3
# Bars whose newest is over for longer say nothing of now.
FRESH_FOR = dt.timedelta(hours=3)

# Why there is no factor: the coin is too young, hours are missing, its price stood still, the newest bar is too old.
Missing = Literal["young", "gaps", "still", "stale"]


class Volatility(Value):
    """How wild a coin was at ``until``, the end of its newest finished bar.

    ``now`` and ``usual`` are ATR% (fractions of the price): the newest one, and the median of a month. ``factor`` is their
    ratio, within its limits and in whole hundredths: what people are shown is what is reckoned with.
    """

    until: Moment
    now: Positive
    usual: Positive
    factor: Annotated[Positive, Field(ge=LOWEST, le=HIGHEST)]

    def is_fresh(self, now: dt.datetime) -> bool:
        """Return whether it still says something of now, by the exchange's clock."""
        return abs(now - self.until) <= FRESH_FOR


def finished(bars: Sequence[Candle], now: dt.datetime) -> tuple[Candle, ...]:
    """Return the bars that are over at ``now``, by the exchange's clock."""
    return tuple(bar for bar in bars if bar.opened_at + HOUR <= now)


def volatility(bars: Sequence[Candle]) -> Volatility | Missing:
    """Return how wild the newest of these finished one-hour bars are, oldest first; else why that cannot be said.

    Hours may be missing: a range is never reckoned across a gap. Young is a coin of whose month most missing hours lie before
    its first bar.

    >>> from tgtp.domain.examples import OPENED_AT
    >>> def bar(number, height):
    ...     low = Decimal(100)
    ...     high = low + height
    ...     return Candle(opened_at=OPENED_AT + number * HOUR, open=low, high=high, low=low, close=low)

    A month in which each hour spans 1 of 100, and then one that spans 3: the average of 14 is 1 + (3 - 1) / 14 = 1.142857….

    >>> calm = [bar(number, 1) for number in range(BARS_NEEDED - 1)]
    >>> found = volatility([*calm, bar(BARS_NEEDED - 1, 3)])
    >>> f"{found.now:.6f} / {found.usual:.6f} = {found.factor}"
    '0.011429 / 0.010000 = 1.14'
    >>> volatility(calm[:600])
    'young'
    """
    if not bars:
        return "young"
    end = bars[-1].opened_at
    window = [bar for bar in bars if bar.opened_at > end - BARS_NEEDED * HOUR]
    missing = BARS_NEEDED - len(window)
    if missing > MOST_MISSING:
        before = BARS_NEEDED - 1 - (end - window[0].opened_at) // dt.timedelta(hours=1)
        return "young" if 2 * before >= missing else "gaps"
    lately = sum(bar.opened_at > end - ATR_BARS * HOUR for bar in window)
    if ATR_BARS - lately > MOST_MISSING_LATELY:
        return "gaps"
    values = _atr_percents(window)
    now, usual = values[-1], statistics.median(values)
    if now == 0 or usual == 0:
        return "still"
    factor = min(max(now / usual, LOWEST), HIGHEST).quantize(STEP, ROUND_HALF_UP)
    return Volatility(until=end + HOUR, now=now, usual=usual, factor=factor)


def true_range(bar: Candle, before: Candle | None) -> Decimal:
    """Return how far the price went in a bar, from the end of the bar ``before``; None where there is none, or a gap.

    >>> from tgtp.domain.examples import OPENED_AT
    >>> first = Candle(opened_at=OPENED_AT, open=10, high=12, low=9, close=11)
    >>> later = Candle(opened_at=OPENED_AT + HOUR, open=14, high=15, low=13, close=14)
    >>> true_range(first, None), true_range(later, first), true_range(later.replaced(opened_at=OPENED_AT + 2 * HOUR), first)
    (Decimal('3'), Decimal('4'), Decimal('2'))
    """
    if before is None or bar.opened_at - before.opened_at != HOUR:
        return bar.high - bar.low
    return max(bar.high, before.close) - min(bar.low, before.close)


def _atr_percents(bars: Sequence[Candle]) -> list[Decimal]:
    """Return Wilder's average true range by the close, from the first bar on that has 14 ranges behind it."""
    ranges = [true_range(bar, before) for before, bar in itertools.pairwise(bars)]
    average = sum(ranges[:ATR_BARS], Decimal(0)) / ATR_BARS
    values = [average / bars[ATR_BARS].close]
    for span, bar in zip(ranges[ATR_BARS:], bars[ATR_BARS + 1 :], strict=True):
        average = (average * (ATR_BARS - 1) + span) / ATR_BARS
        values.append(average / bar.close)
    return values
