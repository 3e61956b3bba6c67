"""What the paper exchange takes away, and where it says that it would."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.fixtures.fakes import FakeClock, paper_exchange, paper_leg
from tgtp.adapters.paper.account_file import START_CASH
from tgtp.domain.model import PositionSide

D = Decimal
CRV, UNI = "CRV-USDT-SWAP", "UNI-USDT-SWAP"
# What must be left of the notional: the maintenance rate and the fee.
RATE = D("0.0045")
# What is shown is a tick earlier, as at OKX.
TICK = D("0.0001")


@pytest.mark.parametrize("side", ["long", "short"])
@pytest.mark.parametrize(("added", "leverage"), [("25", 10), ("-10", 10), ("0", 10), ("0", 3)])
async def test_an_isolated_leg_is_liquidated_by_its_own_margin(side: str, added: str, leverage: int) -> None:
    # 500 U.
    leg = paper_leg(side=side, mode="isolated", leverage=leverage).replaced(added_margin=D(added))
    exchange, prices = paper_exchange(FakeClock(), leg)
    (shown,) = (await exchange.snapshot()).legs
    sign, margin = PositionSide(side).sign, 500 / D(leverage) + D(added)
    price = (500 - sign * margin) / (100 * (1 - sign * RATE))
    assert shown.liquidation_price == round(price + sign * TICK, 10)
    prices.marks[CRV] = price + sign * D("0.00001")
    assert (await exchange.snapshot()).legs
    prices.marks[CRV] = price - sign * D("0.00001")
    shot = await exchange.snapshot()
    assert (shot.legs, shot.equity, shot.available) == ((), START_CASH - margin, START_CASH - margin)


async def test_a_price_that_jumps_past_the_margin_takes_no_more_than_the_margin() -> None:
    exchange, prices = paper_exchange(FakeClock(), paper_leg(mode="isolated"))
    prices.marks[CRV] = D(1)
    assert (await exchange.snapshot()).equity == START_CASH - 50


async def test_a_long_of_ones_own_money_can_hardly_be_liquidated() -> None:
    exchange, _ = paper_exchange(FakeClock(), paper_leg(leverage=1))
    assert (await exchange.snapshot()).legs[0].liquidation_price is None


async def test_cross_legs_are_borne_by_the_account_and_fall_together() -> None:
    """3,000 U each on 1,000 U: one may lose more than its margin, while the other one wins."""
    exchange, prices = paper_exchange(FakeClock(), paper_leg(contracts=600), paper_leg(UNI, contracts=600))
    shown = (await exchange.snapshot()).legs
    # 1000 - 13.5 for the other one, of 600 coins.
    price = (3000 - (1000 - 3000 * RATE)) / (600 * (1 - RATE))
    assert {leg.liquidation_price for leg in shown} == {round(price + TICK, 10)}
    prices.marks |= {CRV: price - D("0.1"), UNI: D("5.2")}
    assert len((await exchange.snapshot()).legs) == 2
    prices.marks[UNI] = D(5)
    shot = await exchange.snapshot()
    assert (shot.legs, shot.equity) == ((), D(0))
    assert [record.how for record in await exchange.closes_since(shot.taken_at)] == ["liquidation"] * 2


async def test_margin_of_isolated_legs_does_not_bear_cross_ones() -> None:
    exchange, prices = paper_exchange(FakeClock(), paper_leg(contracts=600), paper_leg(UNI, mode="isolated", contracts=1000))
    cross = (await exchange.snapshot()).by_key[paper_leg().key]
    assert cross.liquidation_price == round((3000 - D(500)) / (600 * (1 - RATE)) + TICK, 10)
    prices.marks[CRV] = cross.liquidation_price - D("0.001")
    shot = await exchange.snapshot()
    assert [leg.instrument.coin for leg in shot.legs] == ["UNI"]
    assert shot.equity == 500


async def test_while_a_price_is_missing_cross_legs_stay() -> None:
    exchange, prices = paper_exchange(FakeClock(), paper_leg(contracts=600), paper_leg(UNI, contracts=600))
    prices.marks[CRV] = D(3)
    del prices.marks[UNI]
    (leg,) = (await exchange.snapshot()).legs
    assert leg.liquidation_price is None
