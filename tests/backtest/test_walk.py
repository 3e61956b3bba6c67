"""The walk against the contract written down once more, and against an engine that looks at every moment."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.backtest.made import STEPS, bars_of, jobs, plain_of, rows
from tests.fixtures.thoroughness import tries
from tgtp.backtest.run import run, walk_all

D = Decimal
SAME = D("1e-7")


@settings(max_examples=tries(200, 2000), deadline=None)
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


@settings(max_examples=tries(20, 2000), deadline=None)
@given(grid=STEPS, data=st.data())
def test_skipping_is_looking_at_every_moment(grid: tuple[int, int], data: st.DataObject) -> None:
    step, interval = grid
    job, bars = data.draw(jobs(interval)), bars_of(data.draw(rows(step)), step)
    every = asyncio.run(walk_all(job, bars, skips=False))
    assert run(job, bars).alternatives == every.alternatives
