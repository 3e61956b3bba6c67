"""The account's own legs of the last days: OKX's history, the legs that are open, and what our records say of both."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

from tests.fixtures.okx_engine import OkxHouse, leg_key
from tests.simulation.exchange.account import Account
from tgtp.domain.model import EPOCH
from tgtp.engine.ports import PastLeg
from tgtp.engine.reports.past_legs import PastLegs, past_legs

CRV, STX = leg_key("CRV-USDT-SWAP"), leg_key("STX-USDT-SWAP", "short", "isolated")
NOW = dt.datetime.now(dt.UTC)
D = Decimal
MONTH = dt.timedelta(days=30)


async def found(house: OkxHouse) -> PastLegs:
    return await past_legs(house.checker, NOW - MONTH, NOW)


def only(found: PastLegs) -> PastLeg:
    (leg,) = found.legs
    return leg


async def test_a_closed_leg_is_what_the_history_says_and_ours_what_the_ledger_says(tmp_path: Path) -> None:
    account = Account()
    account.open_leg("CRV-USDT-SWAP", "long", 1000, "0.4")
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        house.account.set_roi("CRV-USDT-SWAP", "long", 36)
        await house.check(2)
        house.account.close_leg("CRV-USDT-SWAP", "long")
        await house.check(2)
        leg = only(await found(house))
        (life,) = house.account.lives
        assert (leg.leg, leg.tiers, leg.hedges, leg.is_open, leg.liquidated) == (CRV, 2, 0, False, False)
        assert (leg.contracts, leg.entry_price, leg.leverage) == (D(1000), D("0.4"), D(10))
        assert (leg.net, leg.fees) == (life.pnl + life.fee, -life.fee)
        assert abs((leg.close_price or 0) - Decimal("0.4144")) < Decimal("1e-9")
        assert leg.until > leg.opened_at == EPOCH + dt.timedelta(milliseconds=life.opened_at_ms)


async def test_an_open_leg_is_counted_once_with_what_is_open_of_it_and_its_largest_size(tmp_path: Path) -> None:
    account = Account()
    account.open_leg("STX-USDT-SWAP", "short", 40, "0.3", margin_mode="isolated")
    account.shrink_leg("STX-USDT-SWAP", "short", 10)
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        assert house.checker.last_good is not None
        (held,) = house.checker.last_good.legs
        leg = only(await found(house))
        assert (leg.leg, leg.is_open, leg.contracts, leg.close_price) == (STX, True, D(40), None)
        assert leg.net == held.realised_pnl + held.unrealised_pnl
        assert leg.until == NOW


async def test_legs_without_a_leverage_are_counted_only(tmp_path: Path) -> None:
    account = Account(level="4")
    leg = account.open_leg("CRV-USDT-SWAP", "long", 1000, "0.4")
    leg.gives_leverage = False
    account.close_leg("CRV-USDT-SWAP", "long")
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        assert await found(house) == PastLegs((), 1)


async def test_a_long_history_is_read_page_by_page(tmp_path: Path) -> None:
    account = Account()
    now = account.clock_ms()
    for number in range(450):
        at = now - number * 3_600_000
        account.past_leg("CRV-USDT-SWAP", "long", 10, "0.4", "0.41", opened_at_ms=at - 60_000, closed_at_ms=at)
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        past = await found(house)
        assert len(past.legs) == 450
        assert [leg.until for leg in past.legs] == sorted((leg.until for leg in past.legs), reverse=True)
        assert house.server.limits is not None
        assert house.server.limits.refused == 0
