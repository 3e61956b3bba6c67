"""The drawdown guard of an account, over HTTP against an exchange that lags, hides and refuses."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.fixtures.okx_engine import OkxHouse, QuickClock, leg_key
from tests.simulation.exchange.account import Account
from tgtp.domain.guards.drawdown import DrawdownRules
from tgtp.domain.pauses import Pause
from tgtp.engine.manual.actions import ManualActions

CRV, STX = leg_key("CRV-USDT-SWAP"), leg_key("STX-USDT-SWAP", "short")
CLOSE = DrawdownRules(warn="0.05", limit="0.2", action="close")
BASE, PAUSE = CLOSE.replaced(action="base"), CLOSE.replaced(action="pause")
WARNED, FIRED, DONE = "drawdown_warned", "drawdown_fired", "drawdown_done"
UNEXPLAINED = "drawdown_unexplained"


def account() -> Account:
    """1000 U, with two legs of 400 U at 10x, neither winning nor losing."""
    held = Account(cash=Decimal(1000), reuses_client_ids=True)
    held.set_mark("CRV-USDT-SWAP", "0.4")
    held.set_mark("STX-USDT-SWAP", "1")
    held.open_leg("CRV-USDT-SWAP", "long", "1000", "0.4")
    held.open_leg("STX-USDT-SWAP", "short", "40", "1")
    return held


def house_of(folder: Path, rules: DrawdownRules = CLOSE, held: Account | None = None) -> OkxHouse:
    return OkxHouse(folder, held or account(), drawdown=rules)


def lose(house: OkxHouse, percent: int) -> None:
    """Let the two legs have lost so much of 1000 U in all, half of it each."""
    house.account.set_mark("CRV-USDT-SWAP", Decimal("0.4") - Decimal(percent) * 5 / 1000)
    house.account.set_mark("STX-USDT-SWAP", 1 + Decimal(percent) * 5 / 400)


def later(house: OkxHouse, seconds: float) -> None:
    assert isinstance(house.clock, QuickClock)
    house.clock.ahead += seconds


async def armed(house: OkxHouse) -> None:
    """Let it begin. A mark price that jumps by a quarter is doubted in one check."""
    await house.check(2)
    assert house.checker.drawdown.watch is not None


async def test_it_warns_once_at_each_step_and_acts_once(tmp_path: Path) -> None:
    async with house_of(tmp_path) as house:
        await armed(house)
        lose(house, 6)
        await house.check(3)
        assert [event.level for event in house.told(WARNED)] == [Decimal("0.05")]
        lose(house, 11)
        await house.check(3)
        await house.restart()
        await house.check(3)
        assert [event.level for event in house.told(WARNED)] == [Decimal("0.05"), Decimal("0.10")]
        assert house.orders_asked() == []
        lose(house, 21)
        await house.check()
        assert house.told(FIRED) == []
        await house.check(4)
        (fired,) = house.told(FIRED)
        assert (fired.firing.fall.fraction, fired.firing.fall.peak_equity) == (Decimal("0.21"), Decimal(1000))
        assert house.ledger.pauses().has("*", "guard")
        assert (house.closed(CRV), house.closed(STX)) == ([Decimal(1000)], [Decimal(40)])
        assert len(house.told(DONE)) == 1
        # Disarmed: nothing more, whatever comes, also after a restart.
        house.account.open_leg("CRV-USDT-SWAP", "long", "500", "0.4")
        lose(house, 40)
        await house.restart()
        await house.check(5)
        assert (len(house.told(FIRED)), len(house.orders_asked())) == (1, 2)


async def test_nothing_is_asked_of_the_exchange_where_it_is_off(tmp_path: Path) -> None:
    async with house_of(tmp_path, DrawdownRules()) as house:
        await house.check(2)
        lose(house, 40)
        await house.check(5)
        assert [record for record in house.server.requests if "bills" in record.path] == []
        assert house.checker.drawdown.watch is None


async def test_a_quiet_account_has_no_book_read(tmp_path: Path) -> None:
    async with house_of(tmp_path) as house:
        await armed(house)
        for percent in (1, 3, 2, 4):
            lose(house, percent)
            await house.check(2)
        assert [record for record in house.server.requests if "bills" in record.path] == []


async def test_to_the_base_as_the_hedge_does(tmp_path: Path) -> None:
    async with house_of(tmp_path, BASE) as house:
        await armed(house)
        lose(house, 21)
        await house.check(5)
        # 1 U at 10x: 34 of 0.295 U each, and 1 of 12.625 U (0.8 up to a lot).
        assert house.closed(CRV) == [Decimal(966)]
        assert house.closed(STX) == [Decimal("39.2")]
        assert len(house.told(DONE)) == 1


async def test_a_pause_alone_closes_nothing(tmp_path: Path) -> None:
    async with house_of(tmp_path, PAUSE) as house:
        await armed(house)
        lose(house, 21)
        await house.check(5)
        assert house.ledger.pauses().has("*", "guard")
        assert house.orders_asked() == []
        assert len(house.told(FIRED)) == 1


@pytest.mark.parametrize("shown", [None, Decimal(0), Decimal("0.5"), Decimal(2)])
async def test_an_equity_that_makes_no_sense_fires_nothing(tmp_path: Path, shown: Decimal | None) -> None:
    async with house_of(tmp_path) as house:
        await armed(house)
        house.account.shows_usdt = shown
        await house.check(6)
        lose(house, 30)
        await house.check(6)
        assert (house.told(FIRED), house.told(WARNED), house.orders_asked()) == ([], [], [])
        assert len(house.told(UNEXPLAINED)) == (1 if shown else 0)
        house.account.shows_usdt = Decimal(1)
        await house.check(2)
        assert len(house.told(FIRED)) == 1


async def test_a_transfer_whose_bill_comes_a_minute_later(tmp_path: Path) -> None:
    async with house_of(tmp_path) as house:
        await armed(house)
        lose(house, 10)
        await house.check(3)
        house.account.bill_lag = 60
        house.account.transfer(-450)
        await house.check(7)
        assert len(house.told(UNEXPLAINED)) == 1
        await house.check(2)
        watch = house.checker.drawdown.watch
        assert watch is not None
        assert (watch.peak_equity, watch.unexplained) == (Decimal(500), None)
        assert (len(house.told(WARNED)), house.told(FIRED)) == (1, [])
        # What is lost from now on is lost of what is left: 50 U more are another tenth.
        lose(house, 16)
        await house.check(3)
        assert len(house.told(FIRED)) == 1


async def test_a_deposit_does_not_give_a_loss_back(tmp_path: Path) -> None:
    async with house_of(tmp_path) as house:
        await armed(house)
        lose(house, 18)
        await house.check(2)
        house.account.transfer(820)
        await house.check(2)
        fall = house.checker.drawdown.fall
        assert fall is not None
        assert fall.fraction == pytest.approx(Decimal("0.18"), abs=Decimal("0.0001"))


async def test_funding_of_all_legs_at_once(tmp_path: Path) -> None:
    async with house_of(tmp_path) as house:
        await armed(house)
        lose(house, 18)
        await house.check(3)
        house.account.bill_lag = 60
        house.account.fund_leg("CRV-USDT-SWAP", "long", -15)
        house.account.fund_leg("STX-USDT-SWAP", "short", -15)
        await house.check(6)
        assert house.told(FIRED) == []
        await house.check(4)
        # 180 U of mark price and 30 U of funding.
        assert [event.firing.fall.lost for event in house.told(FIRED)] == [Decimal(210)]


async def test_what_was_realised_counts_as_what_was_not(tmp_path: Path) -> None:
    async with house_of(tmp_path) as house:
        await armed(house)
        lose(house, 12)
        await house.check(3)
        house.account.shrink_leg("CRV-USDT-SWAP", "long", "600")
        await house.check(2)
        fall = house.checker.drawdown.fall
        assert fall is not None
        # The fee of 600 at 0.34.
        assert fall.lost == pytest.approx(Decimal("120.102"), abs=Decimal("0.01"))
        assert house.told(UNEXPLAINED) == []


async def test_under_another_pause_it_tells_and_stays_armed(tmp_path: Path) -> None:
    async with house_of(tmp_path) as house:
        await armed(house)
        actions = ManualActions(house.checker)
        actions.pause("*", 1)
        lose(house, 21)
        await house.check(6)
        (held,) = house.told("drawdown_held_back")
        assert (held.acting, held.action, [pause.cause for pause in held.pauses]) == (False, "close", ["person"])
        assert (house.told(FIRED), house.orders_asked()) == ([], [])
        actions.resume("*", 1)
        await house.check(2)
        assert len(house.told(FIRED)) == 1
        assert house.closed(CRV) == [Decimal(1000)]


async def test_a_pause_by_hand_while_it_acts_is_told_and_it_goes_on_after(tmp_path: Path) -> None:
    held = account()
    # More than one order takes: it acts for several checks.
    held.instruments["CRV-USDT-SWAP"].max_market_contracts = Decimal(400)
    async with house_of(tmp_path, CLOSE, held) as house:
        await armed(house)
        lose(house, 10)
        await house.check()
        lose(house, 21)
        await house.check(2)
        assert house.closed(CRV) == [Decimal(400)]
        actions = ManualActions(house.checker)
        actions.pause("*", 1)
        await house.check(3)
        assert house.closed(CRV) == [Decimal(400)]
        (told,) = house.told("drawdown_held_back")
        assert (told.acting, told.legs) == (True, (CRV,))
        actions.resume("*", 1)
        await house.check(4)
        assert house.closed(CRV) == [Decimal(400), Decimal(400), Decimal(200)]
        assert (len(house.told(DONE)), len(house.told(FIRED))) == (1, 1)


async def test_a_restart_between_acting_and_its_fill(tmp_path: Path) -> None:
    async with house_of(tmp_path) as house:
        await armed(house)
        lose(house, 10)
        await house.check()
        lose(house, 21)
        await house.check()
        # It is sent, and nobody hears what became of it.
        house.server.fault("POST /trade/order", "drop", times=None, after_effect=True)
        house.server.fault("GET /trade/order", "http_503", times=None)
        await house.check()
        assert house.ledger.open_intents()
        house.server.clear_faults()
        await house.restart()
        await house.check(6)
        assert (sum(house.closed(CRV)), sum(house.closed(STX))) == (1000, 40)
        assert (len(house.told(FIRED)), len(house.told(DONE))) == (1, 1)


async def test_lifting_its_pause_begins_it_anew(tmp_path: Path) -> None:
    async with house_of(tmp_path, PAUSE) as house:
        await armed(house)
        lose(house, 21)
        await house.check(4)
        (pause,) = house.ledger.pauses().entries
        assert isinstance(pause, Pause)
        assert ManualActions(house.checker).lift(pause, by=1)
        await house.check(3)
        watch = house.checker.drawdown.watch
        assert watch is not None
        assert watch.firing is None
        assert watch.peak_equity == Decimal(790)
        assert len(house.told(FIRED)) == 1


async def test_a_clock_that_is_put_back_an_hour_changes_nothing(tmp_path: Path) -> None:
    async with house_of(tmp_path) as house:
        await armed(house)
        lose(house, 10)
        await house.check()
        lose(house, 21)
        await house.check()
        later(house, -3600)
        await house.check(3)
        assert len(house.told(FIRED)) == 1
        assert house.closed(CRV) == [Decimal(1000)]


async def test_a_tier_that_is_due_goes_first_and_the_guard_looks_at_fresh_numbers(tmp_path: Path) -> None:
    held = account()
    held.set_mark("LINK-USDT-SWAP", 13)
    held.open_leg("LINK-USDT-SWAP", "long", "10", "13")
    async with house_of(tmp_path, CLOSE, held) as house:
        await armed(house)
        lose(house, 10)
        await house.check()
        lose(house, 22)
        await house.check()
        house.account.set_roi("LINK-USDT-SWAP", "long", 26)
        await house.check(4)
        link = leg_key("LINK-USDT-SWAP")
        # The tier's 30 % first, then the guard the rest.
        assert house.closed(link) == [Decimal(3), Decimal(7)]
        kinds = house.listener.kinds()
        assert kinds.index("tier_filled") < kinds.index(FIRED)


async def test_a_close_that_is_refused_is_tried_again_until_it_is_done(tmp_path: Path) -> None:
    async with house_of(tmp_path) as house:
        await armed(house)
        lose(house, 10)
        await house.check()
        lose(house, 21)
        await house.check()
        house.server.fault("POST /trade/order", "code", code="51022", message="suspended", times=2)
        await house.check(12)
        assert (house.closed(CRV), house.closed(STX)) == ([Decimal(1000)], [Decimal(40)])
        assert (len(house.told(FIRED)), len(house.told(DONE))) == (1, 1)
        assert house.told("order_rejected")


async def test_what_came_before_it_was_set_is_no_fall(tmp_path: Path) -> None:
    async with house_of(tmp_path, DrawdownRules()) as house:
        await house.check(3)
        lose(house, 15)
        await house.check(3)
        house.drawdown = CLOSE
        await house.restart()
        await house.check(3)
        watch = house.checker.drawdown.watch
        assert watch is not None
        assert watch.peak_equity == Decimal(850)
        lose(house, 20)
        await house.check(3)
        # 50 of 850.
        assert house.told(FIRED) == []
        assert [event.level for event in house.told(WARNED)] == [Decimal("0.05")]


async def test_set_and_switched_off_from_the_phone(tmp_path: Path) -> None:
    async with house_of(tmp_path, DrawdownRules()) as house:
        await house.check(2)
        actions = ManualActions(house.checker)
        assert await actions.change_drawdown(DrawdownRules(), CLOSE, by=1)
        assert not await actions.change_drawdown(DrawdownRules(), BASE, by=1)
        await house.restart()
        await armed(house)
        assert house.checker.drawdown.rules == CLOSE
        assert await ManualActions(house.checker).change_drawdown(CLOSE, DrawdownRules(), by=1)
        await house.check()
        assert house.checker.drawdown.watch is None


async def test_a_leg_that_is_opened_after_it_fired_is_left_alone(tmp_path: Path) -> None:
    held = account()
    held.instruments["CRV-USDT-SWAP"].max_market_contracts = Decimal(600)
    async with house_of(tmp_path, CLOSE, held) as house:
        await armed(house)
        lose(house, 10)
        await house.check()
        lose(house, 21)
        await house.check(2)
        house.account.open_leg("LINK-USDT-SWAP", "long", "10", "13")
        await house.check(4)
        assert house.closed(leg_key("LINK-USDT-SWAP")) == []
        assert house.closed(CRV) == [Decimal(600), Decimal(400)]


async def test_nothing_to_look_at_is_told_after_ten_minutes(tmp_path: Path) -> None:
    async with house_of(tmp_path) as house:
        await armed(house)
        house.account.shows_usdt = None
        await house.check(63)
        (blind,) = house.told("drawdown_blind")
        assert blind.why == "equity"


async def test_money_that_never_stands_still_is_told_for_the_guard_cannot_begin(tmp_path: Path) -> None:
    async with house_of(tmp_path) as house:
        for _ in range(64):
            house.account.cash += 5
            await house.check()
        assert house.checker.drawdown.watch is None
        (blind,) = house.told("drawdown_blind")
        assert blind.why == "moving"
