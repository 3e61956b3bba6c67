"""The walk against the contract written down once more, and against an engine that looks at every moment."""

from __future__ import annotations

import asyncio
import datetime as dt
from decimal import Decimal
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.backtest.made import GUARDS, MIDNIGHT, STEPS, MadeFactors, bars_of, jobs, plain_of, rows, several
from tests.backtest.plain import Bar
from tests.fixtures.thoroughness import FULL, tries
from tgtp.backtest.run import run, walk_all
from tgtp.backtest.walk.factors import Factors
from tgtp.domain.guards.rules import GuardRules
from tgtp.domain.model import EPOCH, Candle
from tgtp.domain.volatility.factor import BARS_NEEDED, HOUR, Volatility, volatility

D = Decimal
SAME = D("1e-7")


@settings(max_examples=tries(200, 2000), deadline=None, derandomize=not FULL)
@given(grid=STEPS, data=st.data())
def test_the_walk_is_what_its_contract_says(grid: tuple[int, int], data: st.DataObject) -> None:
    step, interval = grid
    job, found = data.draw(jobs(interval)), data.draw(rows(step))
    for walked in run(job, bars_of(found, step)).alternatives:
        plain = plain_of(job, found, step, walked.path)
        assert len(walked.fills) == len(plain.fills)
        for fill, same in zip(walked.fills, plain.fills, strict=True):
            assert (fill.position_side.value, fill.rule, fill.tier) == (same.side, same.rule, same.tier)
            assert (fill.contracts, fill.contracts_left) == (same.contracts, same.left)
            for one, other in ((fill.price, same.price), (fill.pnl, same.pnl), (fill.fee, same.fee)):
                assert abs(one - other) < SAME
        for name in ("realised", "unrealised", "fees", "funding"):
            assert abs(getattr(walked, name) - getattr(plain, name)) < SAME
        assert abs(walked.max_drawdown - plain.drawdown) < SAME


@settings(max_examples=tries(60, 2000), deadline=None, derandomize=not FULL)
@given(grid=STEPS, data=st.data())
def test_skipping_is_looking_at_every_moment(grid: tuple[int, int], data: st.DataObject) -> None:
    step, interval = grid
    job, bars = data.draw(jobs(interval)), bars_of(data.draw(rows(step)), step)
    every = asyncio.run(walk_all(job, bars, skips=False))
    assert run(job, bars).alternatives == every.alternatives


@settings(max_examples=tries(60, 2000), deadline=None, derandomize=not FULL)
@given(grid=STEPS, guards=GUARDS, data=st.data())
def test_skipping_holds_for_three_legs_and_through_pauses(
    grid: tuple[int, int], guards: GuardRules, data: st.DataObject
) -> None:
    step, interval = grid
    found = data.draw(rows(step))
    job, bars = data.draw(several(interval, found, step)), bars_of(found, step)
    job = job._replace(rules=job.rules.replaced(guards=guards))
    every = asyncio.run(walk_all(job, bars, skips=False))
    assert run(job, bars).alternatives == every.alternatives


@settings(max_examples=tries(40, 2000), deadline=None, derandomize=not FULL)
@given(grid=STEPS, guards=GUARDS, data=st.data())
def test_skipping_takes_the_readings_that_guards_rest_on(
    grid: tuple[int, int], guards: GuardRules, data: st.DataObject
) -> None:
    step, interval = grid
    job, bars = data.draw(jobs(interval)), bars_of(data.draw(rows(step)), step)
    job = job._replace(rules=job.rules.replaced(guards=guards))
    every = asyncio.run(walk_all(job, bars, skips=False))
    assert run(job, bars).alternatives == every.alternatives


@settings(max_examples=tries(20, 1000), deadline=None, derandomize=not FULL)
@given(grid=STEPS, data=st.data())
def test_skipping_sees_thresholds_that_change_with_the_hour(grid: tuple[int, int], data: st.DataObject) -> None:
    step, interval = grid
    job = data.draw(jobs(interval))._replace(only=("scaled",))
    bars = bars_of(data.draw(rows(step)), step)
    factors = MadeFactors(bars, data.draw(st.lists(st.sampled_from(["0.75", "0.9", "1", "1.2", "1.5", ""]), min_size=1)))
    every = asyncio.run(walk_all(job, bars, skips=False, factors=factors))
    assert asyncio.run(walk_all(job, bars, factors=factors)).alternatives == every.alternatives


def test_factors_are_what_the_engine_reckons() -> None:
    """Many hours at once, in floats, come to the same hundredths as each of them by itself."""
    price, found, random = 1000, list[Bar](), Random(7)
    for number in range(BARS_NEEDED + 60):
        prices = [price + random.randint(-9, 9) * (3 if number % 200 > 180 else 1) for _ in range(4)]
        if number != BARS_NEEDED + 40:
            opened = MIDNIGHT + number * 3_600_000
            found.append((opened, D(prices[0]), D(max(prices)), D(min(prices)), D(prices[3])))
        price = prices[3]
    factors = Factors(bars_of(found, 3_600_000))
    hours = [
        Candle(opened_at=EPOCH + dt.timedelta(milliseconds=row[0]), open=row[1], high=row[2], low=row[3], close=row[4])
        for row in found
    ]
    seen = set()
    for number in range(BARS_NEEDED - 40, len(hours), 5):
        expected = volatility(hours[max(0, number - BARS_NEEDED + 1) : number + 1])
        known = factors.at(hours[number].opened_at + HOUR)
        assert (known.factor if known else None) == (expected.factor if isinstance(expected, Volatility) else None)
        seen.add(known.factor if known else None)
    assert len(seen) > 5
