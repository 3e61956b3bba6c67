"""rules.md §3, volatility scaling: how wild a coin is now, against its own month."""

from __future__ import annotations

import datetime as dt
import random
import statistics
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fixtures.hour_bars import NOW, bar, course, flat
from tgtp.domain.model import Candle
from tgtp.domain.volatility.factor import (
    BARS_NEEDED,
    HOUR,
    MOST_MISSING,
    Volatility,
    finished,
    true_range,
    volatility,
)


def known(bars: tuple[Candle, ...]) -> Volatility:
    found = volatility(bars)
    assert isinstance(found, Volatility), found
    return found


def naive(bars: tuple[Candle, ...]) -> tuple[float, float]:
    """ATR% of now and its median, written down once more, in floats and from the textbook."""
    rows = [(float(bar.high), float(bar.low), float(bar.close)) for bar in bars]
    ranges = [max(high - low, abs(high - rows[n][2]), abs(low - rows[n][2])) for n, (high, low, _) in enumerate(rows[1:])]
    smoothed = [sum(ranges[:14]) / 14]
    for span in ranges[14:]:
        smoothed.append(smoothed[-1] + (span - smoothed[-1]) / 14)
    values = [atr / close for atr, (_, _, close) in zip(smoothed, rows[14:], strict=True)]
    assert len(values) == 720
    return values[-1], statistics.median(values)


@pytest.mark.parametrize("seed", range(8))
def test_it_is_what_the_textbook_says(seed: int) -> None:
    bars = course(random.Random(seed))
    now, usual = naive(bars)
    found = known(bars)
    assert float(found.now) == pytest.approx(now, rel=1e-12)
    assert float(found.usual) == pytest.approx(usual, rel=1e-12)
    assert float(found.factor) == pytest.approx(min(max(now / usual, 0.75), 1.5), abs=0.0051)
    assert found.until == NOW


def test_only_the_month_counts() -> None:
    bars = course(random.Random(1))
    before = tuple(bar(bars[0].opened_at - number * HOUR, "1000", "1", "1") for number in range(200, 0, -1))
    assert volatility((*before, *bars)) == volatility(bars)


@pytest.mark.parametrize(
    ("height", "factor"), [("0.0001", "0.75"), ("0.5", "0.75"), ("1", "1.00"), ("5", "1.29"), ("50", "1.5")]
)
def test_a_factor_has_its_limits(height: str, factor: str) -> None:
    calm = flat(BARS_NEEDED - 1, until=NOW - HOUR)
    last = tuple(bar(NOW - HOUR * back, "100", "100", str(100 + Decimal(height))) for back in (1,))
    if Decimal(height) < 1:
        last = tuple(bar(NOW - HOUR * back, "100", "100", str(100 + Decimal(height))) for back in range(60, 0, -1))
        calm = flat(BARS_NEEDED - 60, until=NOW - 60 * HOUR)
    assert known((*calm, *last)).factor == Decimal(factor)


def test_a_range_is_not_made_up_across_a_gap() -> None:
    # The price has doubled within hours that are missing: no bar went so far.
    before, after = flat(400, until=NOW - 340 * HOUR), flat(334, until=NOW, low="200")
    jump = known((*before, *after))
    # 2 of 100 is usual, 1 of 200 is half of it now.
    assert jump.now < Decimal("0.0051")
    assert true_range(after[0], before[-1]) == 1
    # The same without the gap is a range of a hundred.
    assert true_range(bar(before[-1].opened_at + HOUR, "200", "200", "201"), before[-1]) > 90


@pytest.mark.parametrize("missing", [0, 1, MOST_MISSING, MOST_MISSING + 1])
def test_some_hours_may_be_missing(missing: int) -> None:
    bars = list(course(random.Random(3)))
    del bars[300 : 300 + missing]
    found = volatility(tuple(bars))
    assert (found == "gaps") is (missing > MOST_MISSING)


def test_of_the_last_hours_but_few_may_be_missing() -> None:
    bars = course(random.Random(3))
    assert isinstance(volatility((*bars[:-5], *bars[-2:])), Volatility)
    assert volatility((*bars[:-6], *bars[-2:])) == "gaps"


def test_a_coin_younger_than_a_month() -> None:
    bars = course(random.Random(4))
    assert volatility(()) == "young"
    assert volatility(bars[-1:]) == "young"
    assert volatility(bars[-600:]) == "young"
    # A day and a half may be missing at the beginning as well.
    assert isinstance(volatility(bars[MOST_MISSING:]), Volatility)


def test_a_price_that_stands_still_has_no_factor() -> None:
    assert volatility(flat(BARS_NEEDED, height="0")) == "still"
    # One that has stood still for most of the month, and moves now, would be wild beyond measure.
    moving = tuple(bar(NOW - back * HOUR, "100", "100", "101") for back in range(20, 0, -1))
    assert volatility((*flat(BARS_NEEDED - 20, height="0", until=NOW - 20 * HOUR), *moving)) == "still"


def test_bars_that_are_not_over_are_left_out() -> None:
    bars = flat(3)
    assert finished(bars, NOW) == bars
    assert finished(bars, NOW - dt.timedelta(seconds=1)) == bars[:-1]
    # Our clock, back by an hour.
    assert finished(bars, NOW - HOUR) == bars[:-1]


def test_what_is_known_is_good_for_three_hours() -> None:
    found = known(course(random.Random(5)))
    assert found.is_fresh(NOW)
    assert found.is_fresh(NOW + 3 * HOUR)
    assert not found.is_fresh(NOW + 3 * HOUR + dt.timedelta(seconds=1))
    # The clock back by an hour, and by so much that nothing can be said.
    assert found.is_fresh(NOW - HOUR)
    assert not found.is_fresh(NOW - 4 * HOUR)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.decimals("0.001", "1000", places=3))
def test_a_price_in_other_units_is_as_wild(seed: int, unit: Decimal) -> None:
    bars = course(random.Random(seed), hours=760)
    other = tuple(
        Candle(opened_at=one.opened_at, open=one.open * unit, high=one.high * unit, low=one.low * unit, close=one.close * unit)
        for one in bars
    )
    assert abs(known(other).now - known(bars).now) < Decimal("1e-20")
    assert Decimal("0.75") <= known(bars).factor <= Decimal("1.5")
