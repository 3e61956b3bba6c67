"""What closed a leg that we did not: told as what it was."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.engine import House
from tests.fixtures.fakes import fail, key, paper_leg
from tests.fixtures.okx_engine import OkxHouse, leg_key
from tests.simulation.exchange.account import Account
from tgtp.chat.events.alert import alert
from tgtp.chat.formatting.reader import Reader
from tgtp.domain.model import Snapshot
from tgtp.domain.notifications.levels import group_of
from tgtp.domain.notifications.outbox_entry import CRITICAL
from tgtp.errors import TemporarilyDown

CRV, STX = leg_key("CRV-USDT-SWAP"), leg_key("STX-USDT-SWAP", "short", "isolated")


def account() -> Account:
    held = Account()
    held.open_leg("CRV-USDT-SWAP", "long", 1000, "0.4")
    held.open_leg("STX-USDT-SWAP", "short", 40, "0.3", margin_mode="isolated")
    return held


def words(house: OkxHouse, event: Any) -> str:
    return alert(Reader("en", house.checker.rules, 10), 1, event).text


async def test_a_liquidation_is_told_as_one_with_its_loss(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, account()) as house:
        await house.check()
        house.account.set_roi("CRV-USDT-SWAP", "long", -95)
        await house.check()
        house.account.liquidate_leg("CRV-USDT-SWAP", "long", penalty="1.5")
        await house.check(2)
        (told,) = house.told("leg_force_closed")
        assert (told.leg, told.how, told.before, told.contracts) == (CRV, "liquidation", 1000, 0)
        # 95 % of 40 U, the fee of what was closed, and the penalty.
        assert told.realised == Decimal("-38") - Decimal("0.362") * 1000 * Decimal("0.0005") - Decimal("1.5")
        assert told.life_realised == told.realised - Decimal("0.4") * 1000 * Decimal("0.0005")
        assert house.told("leg_gone") == []
        assert "LIQUIDATED" in words(house, told)
        assert "-39.68 U" in words(house, told)
        # Rings whatever anybody has set, and by the second way too.
        assert group_of(told, reader=1) is None
        assert told.kind in CRITICAL
        await house.check(3)
        assert len(house.told("leg_force_closed")) == 1


@pytest.mark.parametrize(("done", "how"), [("liquidate_leg", "partial_liquidation"), ("deleverage_leg", "partial_adl")])
async def test_a_part_taken_by_the_exchange_is_told_as_such(tmp_path: Path, done: str, how: str) -> None:
    async with OkxHouse(tmp_path, account()) as house:
        await house.check()
        getattr(house.account, done)("STX-USDT-SWAP", "short", 15)
        await house.check()
        (told,) = house.told("leg_force_closed")
        assert (told.leg, told.how, told.before, told.contracts) == (STX, how, 40, 25)
        assert house.told("leg_shrank") == []
        await house.check(2)
        assert house.told("leg_gone") == []


async def test_adl_of_the_whole_leg_is_told_as_such(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, account()) as house:
        await house.check()
        house.account.deleverage_leg("CRV-USDT-SWAP", "long")
        await house.check(2)
        assert [told.how for told in house.told("leg_force_closed")] == ["adl"]


async def test_a_hand_is_told_as_a_hand(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, account()) as house:
        await house.check()
        house.account.close_leg("CRV-USDT-SWAP", "long")
        house.account.shrink_leg("STX-USDT-SWAP", "short", 10)
        await house.check(2)
        assert [told.how for told in house.told("leg_gone") + house.told("leg_shrank")] == ["order", "order"]
        assert house.told("leg_force_closed") == []


async def test_a_leg_that_was_liquidated_and_opened_anew_between_two_looks_is_told_as_both(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, account()) as house:
        await house.check()
        house.account.liquidate_leg("CRV-USDT-SWAP", "long")
        house.account.open_leg("CRV-USDT-SWAP", "long", 500, "0.39")
        await house.check()
        assert [told.how for told in house.told("leg_force_closed")] == ["liquidation"]
        assert [told.anew for told in house.told("leg_opened")] == [True]


async def test_a_history_that_cannot_be_read_is_said_the_old_way_and_the_truth_follows(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, account()) as house:
        await house.check()
        house.account.liquidate_leg("CRV-USDT-SWAP", "long")
        house.server.fault("/account/positions-history", "http_503")
        report = await house.check(2)
        assert report.error is None
        assert [told.how for told in house.told("leg_gone")] == ["unknown"]
        await house.check(2)
        assert [told.how for told in house.told("leg_force_closed")] == ["liquidation"]
        assert len(house.told("leg_gone")) == 1


async def test_a_hand_whose_history_was_not_read_in_time_is_not_told_as_what_came_after_it(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, account()) as house:
        await house.check()
        house.server.fault("/account/positions-history", "http_502", times=None)
        house.account.shrink_leg("CRV-USDT-SWAP", "long", 300)
        await house.check()
        assert [(told.contracts, told.how) for told in house.told("leg_shrank")] == [(700, "unknown")]
        house.server.clear_faults()
        house.account.deleverage_leg("CRV-USDT-SWAP", "long", 200)
        await house.check(2)
        assert [(told.how, told.before, told.contracts) for told in house.told("leg_force_closed")] == [
            ("partial_adl", 700, 500)
        ]
        assert len(house.told("leg_shrank")) == 1


async def test_a_hand_is_not_told_as_what_the_exchange_took_later_and_no_row_shows_yet(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, account()) as house:
        await house.check()
        house.server.fault("/account/positions-history", "http_502", times=None)
        house.account.shrink_leg("CRV-USDT-SWAP", "long", 300)
        await house.check(2)
        house.server.clear_faults()
        house.account.row_lag = 25
        house.account.deleverage_leg("CRV-USDT-SWAP", "long", 200)
        await house.check(2)
        assert house.told("leg_force_closed") == []
        await house.check(3)
        assert [(told.how, told.before, told.contracts) for told in house.told("leg_force_closed")] == [
            ("partial_adl", 700, 500)
        ]
        assert [told.how for told in house.told("leg_shrank")] == ["unknown"]


async def test_contracts_of_another_size_since_are_what_was_held_before_a_close(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, account()) as house:
        await house.check()
        house.account.redenominate("CRV-USDT-SWAP", "0.1")
        house.account.liquidate_leg("CRV-USDT-SWAP", "long", 4000)
        # What is held is doubted until the instruments have been read again.
        await house.check(9)
        assert [(told.before, told.contracts) for told in house.told("leg_force_closed")] == [(10_000, 6000)]


async def test_a_history_that_hangs_holds_no_check_up_for_long(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, account(), timeout=30) as house:
        await house.check()
        house.account.liquidate_leg("CRV-USDT-SWAP", "long")
        house.server.fault("/account/positions-history", "hang")
        report = await house.check(2)
        assert report.error is None
        assert [told.how for told in house.told("leg_gone")] == ["unknown"]


async def test_a_history_that_lags_shows_no_earlier_close_as_this_one(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, account()) as house:
        await house.check()
        house.account.liquidate_leg("CRV-USDT-SWAP", "long", 300)
        await house.check()
        # Now a hand takes some: what the history still shows is the liquidation of before.
        house.account.close_lag = 15
        house.account.shrink_leg("CRV-USDT-SWAP", "long", 200)
        await house.check()
        assert [told.how for told in house.told("leg_shrank")] == ["unknown"]
        await house.check(3)
        assert len(house.told("leg_force_closed")) == 1
        assert len(house.told("leg_shrank")) == 1


async def test_what_is_not_explained_yet_survives_a_restart(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(mode="isolated"), paper_leg("UNI-USDT-SWAP"))
    await house.check()
    house.prices.marks["CRV-USDT-SWAP"] = Decimal("4.4")
    house.exchange.before = fail("closes_since", TemporarilyDown("no answer"), times=-1)
    await house.check(2)
    assert [event.how for event in house.listener.of("leg_gone")] == ["unknown"]
    house.exchange.before = lambda _: None
    house.restart()
    await house.check(2)
    (told,) = house.listener.of("leg_force_closed")
    assert (told.leg, told.how) == (key(mode="isolated"), "liquidation")
    assert told.realised is not None


async def test_our_own_closes_are_not_looked_up(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg())
    await house.check()
    house.set_roi(key(), 60)
    await house.check(4)
    assert "closes_since" not in house.exchange.calls


async def test_the_history_is_asked_before_an_order_of_ours_would_stand_there(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg())
    await house.check()
    house.paper.put_leg(house.leg(key()).replaced(contracts=Decimal(90)))
    house.set_roi(key(), 26)
    await house.check()
    assert house.exchange.calls.index("closes_since") < house.exchange.calls.index("submit")


async def test_a_leg_that_comes_back_before_its_end_was_told_is_not_told_as_closed(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(), paper_leg("UNI-USDT-SWAP"))
    await house.check()
    hidden = 2

    def hide(snapshot: Snapshot) -> Snapshot:
        nonlocal hidden
        hidden -= 1
        return snapshot if hidden < 0 else snapshot.replaced(legs=tuple(leg for leg in snapshot.legs if leg.key != key()))

    house.exchange.view = hide
    await house.check()
    # The tier of another leg makes this check look again, and there it is.
    house.set_roi(key("UNI-USDT-SWAP"), 26)
    await house.check(2)
    assert house.ledger.lives()[key()].gone_at is None
    assert house.listener.of("leg_gone") == house.listener.of("leg_opened") == []


@pytest.mark.parametrize("end", ["liquidate_leg", "close_leg"])
async def test_a_late_row_does_not_bring_back_a_leg_that_the_history_shows_closed(tmp_path: Path, end: str) -> None:
    async with OkxHouse(tmp_path, account()) as house:
        await house.check()
        getattr(house.account, end)("CRV-USDT-SWAP", "long")
        await house.check(2)
        told = house.told("leg_force_closed") + house.told("leg_gone")
        assert len(told) == 1
        house.server.fault("/account/positions", "stale", times=3, seconds=90)
        await house.check(5)
        assert house.told("leg_opened") == []
        assert house.told("leg_force_closed") + house.told("leg_gone") == told


async def test_a_leg_that_is_opened_again_in_its_old_life_is_watched_though_the_history_shows_its_end(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, account()) as house:
        await house.check()
        begun = house.account.leg("CRV-USDT-SWAP", "long").opened_at_ms
        house.account.close_leg("CRV-USDT-SWAP", "long")
        await house.check(2)
        again = house.account.open_leg("CRV-USDT-SWAP", "long", 500, "0.4")
        again.opened_at_ms = begun
        await house.check()
        assert [event.contracts for event in house.told("leg_opened")] == [500]
        assert house.ledger.lives()[CRV].gone_at is None
