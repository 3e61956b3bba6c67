"""Bars and jobs that are made up."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import product
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.backtest.plain import Bar, Plain, PlainLeg
from tests.fixtures.engine import SEED_RULES
from tgtp.backtest.bars import Bars, TextPrices
from tgtp.backtest.job import BacktestJob
from tgtp.backtest.walk.factors import Factors
from tgtp.domain.guards.rules import GuardRules
from tgtp.domain.ladder import Ladder
from tgtp.domain.model import EPOCH, Instrument, MarginMode, PositionSide
from tgtp.domain.volatility.factor import HOUR, Volatility

D = Decimal
# Midnight of a day of May 2022, and a moment between two settlements.
MIDNIGHT, AFTERNOON = 1_651_968_000_000, 1_651_968_000_000 + 15 * 3_600_000 + 3_000


def instrument(**changes: Any) -> Instrument:
    """An instrument of which a hundred contracts are ten coins."""
    about = {"instrument_id": "ETH-USDT-SWAP", "contract_size": "0.1", "lot_size": "0.01", "min_contracts": "0.01"}
    return Instrument(**{**about, "tick_size": "0.01", **changes})


def bars_of(rows: Sequence[Bar], step: int) -> Bars:
    """The bars of these rows."""
    words = np.array([[f"{row[column]:f}".encode() for row in rows] for column in range(1, 5)])
    floats = words.astype(float)
    opened = np.array([row[0] for row in rows])
    gaps = tuple(int(index) + 1 for index in np.flatnonzero(np.diff(opened) != step))
    return Bars(step, opened, floats[0], floats[1], floats[2], floats[3], TextPrices(words), gaps)


@st.composite
def rows(draw: st.DrawFn, step: int) -> list[Bar]:
    """A few bars around 1000, some of them with a gap before."""
    at, price = draw(st.sampled_from([MIDNIGHT, AFTERNOON])), 1000
    found = []
    for _ in range(draw(st.integers(1, 7))):
        # In steps of a fifth of a percent, so that thresholds are met exactly too.
        prices = [price + 2 * draw(st.integers(-5, 5))]
        prices += [prices[0] + 2 * draw(st.integers(-25, 25)) for _ in range(3)]
        found.append((at, D(prices[0]), D(max(prices)), D(min(prices)), D(prices[-1])))
        price = prices[-1]
        at += step * (1 if draw(st.integers(0, 6)) else draw(st.integers(2, 9)))
    return found


SIDES = st.sampled_from([(PositionSide.LONG,), (PositionSide.SHORT,), (PositionSide.LONG, PositionSide.SHORT)])
LADDERS = st.sampled_from(["25:30,35:50,50:50", "10:50,20:30", "4:10,6:10,8:10,10:10", "12.34:1,30:100", "20:33.3,20.05:50"])
SIZES = st.sampled_from(["100", "2", "0.04", "0.2", "7.77"])
SPECS = st.sampled_from([("0.01", "0.01", "0.01"), ("1", "1", "0.1"), ("0.1", "0.5", "0.05"), ("0.01", "0.01", "7")])


# The length of a bar, and between two looks.
STEPS = st.sampled_from(
    [
        (300_000, 10_000),
        (300_000, 10_000),
        (300_000, 70_000),
        (60_000, 7_000),
        (4_000, 10_000),
        (4_000, 1_000),
        (3_600_000, 90_000),
    ]
)


GUARDS = st.builds(GuardRules, give_back=st.sampled_from(["0", "0.2", "0.4"]), break_even=st.sampled_from([0, 1, 2]))


@st.composite
def jobs(draw: st.DrawFn, interval: int) -> BacktestJob:
    """A job of one or two legs."""
    lot, least, tick = draw(SPECS)
    ladder = Ladder.parse(draw(LADDERS))
    return BacktestJob(
        instrument=instrument(lot_size=lot, min_contracts=least, tick_size=tick),
        sides=draw(SIDES),
        rules=SEED_RULES.replaced(long=ladder, short=ladder),
        contracts=D(draw(SIZES)),
        leverage=D(draw(st.sampled_from(["10", "3", "20", "50"]))),
        margin_mode=draw(st.sampled_from(MarginMode)),
        equity=draw(st.sampled_from([None, D(30), D(300), D(700)])),
        entry_price=draw(st.sampled_from([None, None, D(1000), D(985), D("1013.7")])),
        execution=draw(st.sampled_from(["polled", "polled", "resting"])),
        interval_ms=interval,
        path="worst",
        taker_fee=draw(st.sampled_from([D("0.0005"), D(0)])),
        slippage=draw(st.sampled_from([D(0), D("0.0002")])),
        funding=draw(st.sampled_from([None, D("0.0001"), D("-0.0003")])),
        maintenance_rate=draw(st.sampled_from([D("0.004"), D("0.02")])),
        only=("ladder",),
    )


@st.composite
def several(draw: st.DrawFn, interval: int, found: Sequence[Bar], step: int) -> BacktestJob:
    """A job of one to three legs, in both margin modes, with pauses of which one may end where another begins."""
    job = draw(jobs(interval))
    free = [leg for leg in product(PositionSide, MarginMode) if leg not in job.legs]
    beside = draw(st.lists(st.sampled_from(free), max_size=3 - len(job.legs), unique=True))
    moments = st.integers(found[0][0] - 1000, found[-1][0] + step + 1000)
    pauses = draw(st.lists(st.tuples(moments, moments).map(lambda ends: (min(ends), max(ends))), max_size=3))
    job = job._replace(beside=tuple(beside), pauses=tuple(pauses))
    if job.equity is not None:
        # Nobody holds isolated legs whose margin the account does not have.
        isolated = sum(mode is MarginMode.ISOLATED for _, mode in job.legs)
        job = job._replace(equity=job.equity + isolated * job.contracts * job.instrument.contract_size * 1100 / job.leverage)
    return job


class MadeFactors(Factors):
    """Factors that come round again; "" is one that is not known."""

    def __init__(self, bars: Bars, factors: Sequence[str]) -> None:
        super().__init__(bars)
        self._round = factors

    def at_hour(self, hour: int) -> Volatility | None:
        """Return that of the hour."""
        factor = self._round[hour % len(self._round)]
        return Volatility(until=EPOCH + hour * HOUR, now=1, usual=1, factor=factor) if factor else None


def plain_of(job: BacktestJob, found: Sequence[Bar], step: int, order: str) -> Plain:
    """The same job, written down once more."""
    entry = job.entry_price if job.entry_price is not None else found[0][1]
    ladder = [(tier.threshold, tier.share) for tier in job.rules.long.tiers]
    spec = job.instrument
    return Plain(
        found,
        step,
        [PlainLeg(side.value, job.contracts, entry, ladder) for side in job.sides],
        leverage=job.leverage,
        equity=job.equity or D(0),
        isolated=job.margin_mode is MarginMode.ISOLATED,
        size=spec.contract_size,
        lot=spec.lot_size,
        least=spec.min_contracts,
        tick=spec.tick_size,
        execution=job.execution,
        interval=job.interval_ms,
        path=order,
        fee=job.taker_fee,
        slippage=job.slippage,
        rate=job.funding if isinstance(job.funding, Decimal) else D(0),
        mmr=job.maintenance_rate,
        hedges=len(job.sides) > 1,
    )
