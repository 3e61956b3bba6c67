"""Legs of the past, walked against an exchange, beside what can be worked out by hand."""

from __future__ import annotations

import asyncio
import datetime as dt
import math
import time
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.simulation.exchange.server import OkxServer
from tgtp.adapters.backtest_process import BacktestProcess
from tgtp.backtest.what_if.answer import what_if
from tgtp.domain.guards.rules import GuardRules
from tgtp.domain.ladder import Ladder
from tgtp.domain.model import EPOCH, LegKey, PositionSide
from tgtp.domain.plan import Rules
from tgtp.engine.ports import LegSums, PastLeg, Progress, WhatIfOutcome, WhatIfRequest
from tgtp.settings.environment import read_settings

D = Decimal
MINUTE = 60_000
HOUR = 60 * MINUTE
# Half an hour before a settlement, yesterday.
BEGINS = (int(time.time() * 1000) // (8 * HOUR) - 3) * 8 * HOUR - 30 * MINUTE
# Another ladder, that nothing reaches: of the alternatives it alone is walked, which reads no hours.
NEVER = "9000:100"
RULES = Rules(long=Ladder.parse("25:30,35:50,50:50"), short=Ladder.parse("35:30,45:50,55:50"))


def price(_: str, at_ms: int) -> Decimal:
    """0.3, and from BEGINS on 2.5 % of that more in an hour."""
    return round(D("0.3") * (1 + D(max(at_ms - BEGINS, 0)) / (40 * HOUR)), 8)


def wild(_: str, at_ms: int) -> Decimal:
    """The same, after a day that was ten times as wild as the month before it."""
    hours = (BEGINS - at_ms) // HOUR
    return price("", at_ms) + (hours % 2) * D("0.0003") * (10 if hours < 24 else 1) if at_ms < BEGINS else price("", at_ms)


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[OkxServer]:
    async with OkxServer() as running:
        running.account.past = price
        for name, value in {"OKX_API_URL": running.url, "DATA_DIR": str(tmp_path), "TGTP_HOME": str(tmp_path)}.items():
            monkeypatch.setenv(name, value)
        yield running


def leg(side: str = "long", begins: int = 0, ends: int = 100, **more: Any) -> PastLeg:
    """One of 100 contracts (10 coins each) at 10x, held from one minute after BEGINS to another."""
    opened, until = (EPOCH + dt.timedelta(milliseconds=BEGINS + minute * MINUTE) for minute in (begins, ends))
    name = LegKey(instrument_id="STX-USDT-SWAP", position_side=PositionSide(side), margin_mode="isolated")
    usual: dict[str, Any] = {"contracts": 100, "entry_price": "0.3", "leverage": 10, "net": 7, "fees": 1, "funding": 0}
    usual |= {"leg": name, "opened_at": opened, "until": until, "close_price": price("", BEGINS + ends * MINUTE)}
    return PastLeg(**{**usual, **more})


def request(*legs: PastLeg, other: str = "") -> WhatIfRequest:
    return WhatIfRequest(legs=legs, rules=RULES, other=other, interval=10)


async def asked(*legs: PastLeg, other: str = "") -> WhatIfOutcome:
    return await asyncio.to_thread(what_if, request(*legs, other=other), read_settings(), lambda *_: None)


def row(outcome: WhatIfOutcome, name: str) -> LegSums:
    return next(row for row in outcome.rows if row.name == name)


async def test_a_leg_comes_to_what_can_be_worked_out_by_hand(server: OkxServer, tmp_path: Path) -> None:
    heard = list[Progress]()
    one = leg(tiers=2, hedges=1)
    outcome = await BacktestProcess().what_if(request(one, other="25:30,40:100"), heard.append)
    assert [row.name for row in outcome.rows] == ["real", "ladder", "25:30,40:100"]
    assert (outcome.legs, outcome.still_open, outcome.bars, outcome.left_out) == (1, 0, 100, {})
    real = row(outcome, "real")
    assert (real.net, real.fees, real.tiers, real.hedges, real.best.net) == (D(7), D(1), 2, 1, D(7))
    # An hour makes 25 %, and 84 minutes make 35 %. Of 1,000 coins 300 and 350 are sold then, and the rest at the end.
    parts = [(300, D("0.3075")), (350, D("0.3105")), (350, price("", BEGINS + 100 * MINUTE))]
    fees = D("0.0005") * (300 + sum(coins * at for coins, at in parts))
    settled = BEGINS + 30 * MINUTE
    funding = -1000 * price("", settled) * D(f"0.0001{settled // (8 * HOUR) % 10_000:04d}")
    ladder = row(outcome, "ladder")
    assert ladder.tiers == 2
    assert (ladder.fees, ladder.funding) == (fees, funding)
    assert ladder.net == sum(coins * (at - D("0.3")) for coins, at in parts) - fees + funding
    assert row(outcome, "25:30,40:100").net != ladder.net
    assert {progress.stage for progress in heard} == {"history", "walk", "seconds"}
    assert all("ok-access-key" not in record.headers for record in server.requests)
    assert [path.name for path in (tmp_path / "history").glob("*.npz")] == ["STX-USDT-SWAP-1m-mark.npz"]


async def test_alternatives_and_several_legs_add_up(server: OkxServer) -> None:
    # Never two at one time.
    legs = [leg(ends=90), leg("short", 90, 95), leg(begins=95, ends=125, is_open=True, close_price=None, contracts=10)]
    together = await asked(*legs)
    alone = [await asked(one) for one in legs]
    assert [row.name for row in together.rows] == ["real", "ladder", "scaled", "resting", "hold", "tier-1", "tier-2", "tier-3"]
    assert (together.legs, together.still_open) == (3, 1)
    for sums in together.rows:
        assert sums.net == sum(row(one, sums.name).net for one in alone)
    hold = row(together, "hold")
    assert (hold.best.leg, hold.worst.leg) == (legs[0].leg, legs[1].leg)
    assert (hold.tiers, row(together, "tier-2").tiers, row(together, "tier-3").tiers) == (0, 2, 1)


async def test_of_a_pair_the_hedge_rule_closes_the_side_that_loses(server: OkxServer) -> None:
    """The short is opened ten minutes later, and cut to its base when the price has risen for half a minute.

    After a quarter of an hour more a lot less is enough for the base.
    """
    lot = server.account.instruments["STX-USDT-SWAP"].lot_size
    ten, last = (price("", BEGINS + minute * MINUTE) for minute in (10, 100))
    hedged_at, again_at = (price("", BEGINS + minute * MINUTE + MINUTE // 2) for minute in (10, 24))
    legs = [leg(), leg("short", 10, 100, entry_price=ten, close_price=last)]
    outcome = await asked(*legs)
    # 1 U of margin at 10x, of contracts of ten coins.
    kept, kept_then = (math.ceil(1 / at / lot) * lot for at in (hedged_at, again_at))
    parts = [(10 * (100 - kept), hedged_at), (10 * (kept - kept_then), again_at), (10 * kept_then, last)]
    pnl = sum(coins * (ten - at) for coins, at in parts)
    fees = D("0.0005") * (1000 * ten + sum(coins * at for coins, at in parts))
    settled = BEGINS + 30 * MINUTE
    funding = 10 * kept_then * price("", settled) * D(f"0.0001{settled // (8 * HOUR) % 10_000:04d}")
    alone = row(await asked(legs[0], other=NEVER), "ladder")
    ladder = row(outcome, "ladder")
    assert (ladder.hedges, ladder.tiers, row(outcome, "hold").hedges) == (2, 2, 0)
    assert abs(ladder.net - alone.net - (pnl - fees + funding)) < D("1e-9")
    assert (row(outcome, "resting").hedges, row(outcome, "tier-1").hedges) == (2, 2)
    # Where the rule is off, and where only one side was open at a time, nothing is cut.
    off = await asyncio.to_thread(what_if, request(*legs, other=NEVER).replaced(hedges=False), read_settings(), lambda *_: None)
    assert row(off, "ladder").hedges == 0
    assert row(await asked(leg(ends=10), legs[1], other=NEVER), "ladder").hedges == 0


async def test_thresholds_follow_the_volatility_where_that_is_asked(server: OkxServer) -> None:
    """After a wild day the factor is 1.5: the first tier fires at 37.5 %, after an hour and a half, and no other one."""
    server.account.past = wild
    outcome = await asked(leg())
    scaled = row(outcome, "scaled")
    parts = [(300, price("", BEGINS + 90 * MINUTE)), (700, price("", BEGINS + 100 * MINUTE))]
    fees = D("0.0005") * (300 + sum(coins * at for coins, at in parts))
    assert (scaled.tiers, scaled.fees, row(outcome, "ladder").tiers) == (1, fees, 2)
    assert scaled.net == sum(coins * (at - D("0.3")) for coins, at in parts) - fees + scaled.funding


async def test_a_tier_that_rests_fills_at_its_threshold(server: OkxServer) -> None:
    outcome = await asked(leg())
    # Of 1,000 coins 300 and 350 are sold at the first ticks beyond.
    assert row(outcome, "resting").tiers == 2
    # In the month before the price stood still: nothing is known, and thresholds act as they are written.
    assert row(outcome, "scaled").net == row(outcome, "ladder").net
    guarded = request(leg()).replaced(rules=RULES.replaced(guards=GuardRules(give_back=D("0.4"))))
    names = [row.name for row in (await asyncio.to_thread(what_if, guarded, read_settings(), lambda *_: None)).rows]
    assert names[3:5] == ["resting", "unguarded"]


async def test_legs_that_cannot_be_walked_are_counted(server: OkxServer) -> None:
    unknown = LegKey(instrument_id="NONE-USDT-SWAP", position_side="long", margin_mode="cross")
    server.account.missing_bars |= {BEGINS + minute * MINUTE for minute in range(200, 260)}
    short = leg().replaced(until=leg().opened_at + dt.timedelta(seconds=59))
    outcome = await asked(leg(), short, leg(leg=unknown), leg(begins=200, ends=260), leg(begins=-200_000), other=NEVER)
    assert (outcome.legs, outcome.left_out) == (1, {"short": 1, "bars": 2, "bound": 1})
    nothing = await asked(short, other=NEVER)
    assert (nothing.rows, nothing.left_out) == ((), {"short": 1})


async def test_a_leg_that_is_liquidated_loses_its_margin(server: OkxServer) -> None:
    outcome = await asked(leg("short", leverage=50), other=NEVER)
    hold = row(outcome, NEVER)
    assert hold.liquidated == 1
    # 300 U / 50, and the opening fee.
    assert hold.net == hold.funding - 6 - D("0.15")


async def test_what_a_leg_was_closed_at_counts_only_where_it_can_have_been(server: OkxServer) -> None:
    last = price("", BEGINS + 100 * MINUTE)
    paid, in_the_mean = [row(await asked(leg(close_price=at), other=NEVER), NEVER).net for at in (last + D("0.001"), D("0.32"))]
    assert abs(paid - in_the_mean - 1) < D("0.01")


@pytest.mark.parametrize(
    ("wick", "missed"), [(range(11_000, 14_000), 1), (range(19_000, 22_000), 0)], ids=["between two looks", "in a look"]
)
async def test_touches_that_no_look_sees_are_estimated(server: OkxServer, wick: range, missed: int) -> None:
    """The first tier is touched for three seconds of a minute, which a bar of the mark price shows, and the traded seconds."""
    minute = BEGINS + 40 * MINUTE
    server.account.past = lambda name, at_ms: D("0.3076") if at_ms == minute + 10_000 else price(name, at_ms)
    server.account.traded = lambda name, at_ms: D("0.3076") if at_ms - minute in wick else price(name, at_ms)
    server.fault("/market/history-candles", "code", code="50011", status=429)
    touched = (await asked(leg(begins=30, ends=45), other="25:100")).touched
    assert (touched.of, touched.minutes, touched.touches, touched.missed) == (1, 1, 1, missed)


async def test_older_seconds_than_okx_keeps_are_no_part_of_the_estimate(server: OkxServer) -> None:
    long_ago = dt.timedelta(days=100)
    server.account.past = lambda name, at_ms: price(name, at_ms + long_ago // dt.timedelta(milliseconds=1))
    old = leg()
    touched = (
        await asked(old.replaced(opened_at=old.opened_at - long_ago, until=old.until - long_ago), other="25:100")
    ).touched
    assert touched.of >= 1
    assert (touched.minutes, touched.touches) == (0, 0)
