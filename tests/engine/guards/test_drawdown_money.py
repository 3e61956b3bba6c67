"""What the drawdown guard makes of money that moves while it does not look, or whose bill comes late: over HTTP."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from tests.engine.guards.test_drawdown import CRV, FIRED, UNEXPLAINED, armed, house_of, later, lose
from tests.fixtures.okx_engine import OkxHouse

BLIND, RESET = "drawdown_blind", "drawdown_reset"


def fraction(house: OkxHouse) -> Decimal:
    fall = house.checker.drawdown.fall
    assert fall is not None
    return fall.fraction


async def stopped_for(house: OkxHouse, seconds: float) -> None:
    """End the program and start it again so much later."""
    house.checker.say_goodbye()
    later(house, seconds)
    await house.restart()


@pytest.mark.parametrize("lag", [0, 60])
async def test_what_is_lost_after_a_deposit_is_lost_of_all_that_is_there(tmp_path: Path, lag: int) -> None:
    async with house_of(tmp_path) as house:
        await armed(house)
        house.account.bill_lag = lag
        house.account.transfer(1000)
        lose(house, 25)
        await house.check(9)
        assert fraction(house) == pytest.approx(Decimal("0.125"), abs=Decimal("0.0005"))
        assert (house.told(FIRED), house.orders_asked()) == ([], [])


async def test_what_is_lost_after_a_withdrawal_is_lost_of_what_is_left(tmp_path: Path) -> None:
    async with house_of(tmp_path) as house:
        await armed(house)
        house.account.bill_lag = 60
        house.account.transfer(-500)
        lose(house, 11)
        await house.check(9)
        # 110 of 500: with the limit at a fifth it acts.
        assert [event.firing.fall.peak_equity for event in house.told(FIRED)] == [Decimal(500)]


async def test_a_deposit_and_a_loss_while_nobody_looked_fire_nothing(tmp_path: Path) -> None:
    async with house_of(tmp_path) as house:
        await armed(house)
        lose(house, 4)
        await house.check(2)
        await stopped_for(house, 7200)
        house.account.transfer(1000)
        lose(house, 30)
        await house.check(4)
        # 4 % were lost before, and 26 % of 1000 at the earliest when there were 1960.
        assert fraction(house) == pytest.approx(Decimal("0.1673"), abs=Decimal("0.0005"))
        assert house.told(FIRED) == []


async def test_a_loss_and_a_withdrawal_while_nobody_looked_fire_nothing(tmp_path: Path) -> None:
    async with house_of(tmp_path) as house:
        await armed(house)
        await stopped_for(house, 3600)
        lose(house, 15)
        house.account.transfer(-700)
        later(house, 3600)
        await house.check(4)
        assert fraction(house) == pytest.approx(Decimal("0.15"), abs=Decimal("0.0005"))
        assert house.told(FIRED) == []


async def test_more_lost_than_there_was_acts_all_the_same(tmp_path: Path) -> None:
    """Other coins stand for it, as in a multi-currency account: the USDT are below zero, and nothing is wrong with that."""
    async with house_of(tmp_path) as house:
        await armed(house)
        house.account.set_mark("STX-USDT-SWAP", "3.6")
        await house.check(5)
        assert len(house.told(FIRED)) == 1
        assert house.closed(CRV) == [Decimal(1000)]


async def test_a_hundred_quiet_days_lose_no_peak(tmp_path: Path) -> None:
    async with house_of(tmp_path) as house:
        await armed(house)
        lose(house, 15)
        await house.check(3)
        for _ in range(10):
            later(house, 10 * 86400)
            await house.check()
        house.account.fund_leg("CRV-USDT-SWAP", "long", -1)
        await house.check(3)
        assert house.told(RESET) == []
        assert fraction(house) == pytest.approx(Decimal("0.151"), abs=Decimal("0.0001"))


async def test_a_bill_that_comes_half_an_hour_late_is_found_after_a_newer_one(tmp_path: Path) -> None:
    async with house_of(tmp_path) as house:
        await armed(house)
        lose(house, 10)
        await house.check(3)
        at = house.clock.now() - dt.timedelta(seconds=5)
        house.account.cash -= 60
        for _ in range(30):
            later(house, 50)
            await house.check()
        house.account.fund_leg("STX-USDT-SWAP", "short", -5)
        await house.check(4)
        assert len(house.told(UNEXPLAINED)) == 1
        house.account.bill("8", -60, "CRV-USDT-SWAP", at_ms=int(at.timestamp() * 1000))
        await house.check(3)
        assert fraction(house) == pytest.approx(Decimal("0.165"), abs=Decimal("0.0005"))


async def test_what_stays_unexplained_is_told_every_day(tmp_path: Path) -> None:
    """A bot of OKX's own, or another program: nobody guards the account meanwhile, for as long as it lasts."""
    async with house_of(tmp_path) as house:
        await armed(house)
        house.account.cash -= 50
        for _ in range(3 * 24):
            later(house, 3590)
            await house.check()
        assert len(house.told(UNEXPLAINED)) == 1
        assert 3 <= len([event for event in house.told(BLIND) if event.why == "unexplained"]) <= 4


async def test_what_a_bot_of_the_exchange_holds_is_no_part_of_it(tmp_path: Path) -> None:
    """It is in the equity that OKX tells, and its wins and losses have no bill."""
    async with house_of(tmp_path) as house:
        await armed(house)
        house.account.start_bot(300)
        await house.check(2)
        house.account.bots -= 100
        lose(house, 15)
        await house.check(3)
        # 150 of 700.
        assert [event.firing.fall.peak_equity for event in house.told(FIRED)] == [Decimal(700)]
        assert house.told(UNEXPLAINED) == []


async def test_what_expiry_futures_win_and_lose_is_no_part_of_it(tmp_path: Path) -> None:
    async with house_of(tmp_path) as house:
        row = {"instId": "BTC-USDT-270326", "instType": "FUTURES", "pos": "1", "mgnMode": "cross", "posSide": "net", "upl": "0"}
        house.account.extra_rows.append(row)
        await armed(house)
        row["upl"] = "-300"
        await house.check(3)
        assert (house.told(FIRED), house.told(UNEXPLAINED)) == ([], [])
        lose(house, 21)
        await house.check(3)
        assert [event.firing.fall.lost for event in house.told(FIRED)] == [Decimal(210)]
