"""Orders under our names that we have not placed: told loudly, and nothing more is sent."""

from __future__ import annotations

import datetime as dt
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.fakes import NOW, RecordingListener
from tests.fixtures.okx_engine import OkxHouse, QuickClock, leg_key
from tests.simulation.exchange.account import Account
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.domain.order import Known, Placed, foreign_orders
from tgtp.domain.pauses import Pause, Pauses
from tgtp.engine.cycle import Checker
from tgtp.engine.manual.actions import ManualActions
from tgtp.engine.manual.closing import CloseOrder

CRV = leg_key("CRV-USDT-SWAP")
SECOND = dt.timedelta(seconds=1)


def account() -> Account:
    held = Account(reuses_client_ids=True)
    held.open_leg("CRV-USDT-SWAP", "long", "100", "0.4")
    held.open_leg("UNI-USDT-SWAP", "long", "50", "6", margin_mode="isolated")
    return held


def stray(house: OkxHouse, name: str = "tgffffffffffffffffffffffffffff") -> None:
    """An order of another program, under a name like ours."""
    body = {"instId": "UNI-USDT-SWAP", "tdMode": "isolated", "side": "sell", "ordType": "market", "sz": "1"}
    house.account.place({**body, "posSide": "long", "clOrdId": name})


async def test_a_second_program_is_said_loudly_and_pauses_this_one(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, account()) as house:
        await house.check()
        stray(house)
        await house.check(7)
        (event,) = house.told("foreign_orders")
        assert (event.cause, len(event.orders)) == ("foreign_order", 1)
        assert house.ledger.pauses().has("*", "foreign_order")
        house.account.set_roi("CRV-USDT-SWAP", "long", 26)
        await house.check(3)
        assert house.orders_asked() == []


async def test_events_that_cannot_be_read_are_tried_again_until_they_can_and_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*_: object, **__: object) -> Any:
        raise OSError("Too many open files")

    async with OkxHouse(tmp_path, account()) as house:
        await house.check()
        stray(house)
        with monkeypatch.context() as patch:
            patch.setattr(house.ledger, "back_to", unreadable)
            await house.check(12)
        (lost,) = house.told("exchange_lost")
        assert (lost.cause, lost.detail.key) == ("broken", "problem.unforeseen")
        assert house.told("foreign_orders") == []
        await house.check()
        assert len(house.told("foreign_orders")) == len(house.told("exchange_found")) == 1


async def test_each_order_is_told_once_and_a_pause_that_was_lifted_stays_so(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, account()) as house:
        await house.check()
        stray(house)
        await house.check(7)
        ManualActions(house.checker).lift(house.ledger.pauses().entries[0], by=1)
        await house.check(14)
        await house.restart()
        await house.check(7)
        assert len(house.told("foreign_orders")) == 1
        assert not house.ledger.pauses()
        stray(house, "tgeeeeeeeeeeeeeeeeeeeeeeeeeeee")
        await house.check(7)
        assert len(house.told("foreign_orders")) == 2


async def test_another_persons_names_are_none_of_ours(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, account()) as house:
        await house.check()
        stray(house, "mine1")
        stray(house, "")
        await house.check(7)
        assert house.told("foreign_orders") == []


async def test_two_machines_on_one_account_find_each_other_out(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path / "one", account()) as house:
        ledger = TinyLedger(tmp_path / "two")
        other = Checker(house.okx, ledger, RecordingListener(), house.clock, house.checker.rules, exchange_name="okx")
        await house.check()
        await other.check()
        house.account.set_roi("CRV-USDT-SWAP", "long", 26)
        for _ in range(7):
            await house.check()
            await other.check()
        assert ledger.pauses().has("*", "foreign_order")
        ledger.close()


async def test_a_ledger_from_a_backup_is_known_by_the_orders_that_it_lacks(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path / "data", account()) as house:
        await house.check()
        shutil.copytree(tmp_path / "data", tmp_path / "backup")
        house.account.set_roi("CRV-USDT-SWAP", "long", 26)
        await house.check(2)
        assert house.closed(CRV) == [30]
        house.ledger.close()
        shutil.rmtree(tmp_path / "data")
        shutil.copytree(tmp_path / "backup", tmp_path / "data")
        await house.restart()
        await house.check(3)
        (event,) = house.told("foreign_orders")
        assert event.cause == "restored_backup"
        assert house.ledger.pauses().has("*", "restored_backup")
        # The first tier is due again by what this ledger remembers.
        assert house.closed(CRV) == [30]


@pytest.mark.parametrize("begins_blind", [False, True])
async def test_an_empty_folder_on_an_account_with_our_orders_pauses_before_it_sends(
    tmp_path: Path, *, begins_blind: bool
) -> None:
    async with OkxHouse(tmp_path / "data", account()) as house:
        await house.check()
        house.account.set_roi("CRV-USDT-SWAP", "long", 26)
        await house.check(2)
        house.ledger.close()
        shutil.rmtree(tmp_path / "data")
        await house.clock.sleep(6 * 24 * 3600)
        await house.restart()
        if begins_blind:
            # What that start writes down is no memory of the orders.
            house.server.fault("/account/positions", "html_200", times=None)
            await house.check(3)
            house.server.clear_faults()
            await house.restart()
        await house.check(3)
        (event,) = house.told("foreign_orders")
        assert event.cause == "restored_backup"
        assert house.closed(CRV) == [30]


@pytest.mark.parametrize("first", ["a time that ran out", "a person", "an outage"])
async def test_what_a_start_writes_itself_does_not_hide_that_the_ledger_is_from_a_backup(tmp_path: Path, first: str) -> None:
    """The last entry was its own of just now, so that only ten minutes were looked at: the first tier was sold again."""
    async with OkxHouse(tmp_path / "data", account()) as house:
        await house.check()
        if first == "a time that ran out":
            pause = Pause(scope="UNI-USDT-SWAP", cause="time", until=house.clock.now() + dt.timedelta(hours=1))
            with house.ledger.step():
                house.ledger.keep_pauses(Pauses(entries=(pause,)))
        shutil.copytree(tmp_path / "data", tmp_path / "backup")
        house.account.set_roi("CRV-USDT-SWAP", "long", 26)
        await house.check(2)
        house.ledger.close()
        shutil.rmtree(tmp_path / "data")
        shutil.copytree(tmp_path / "backup", tmp_path / "data")
        assert isinstance(house.clock, QuickClock)
        house.clock.ahead += 7200
        await house.restart()
        if first == "a person":
            ManualActions(house.checker).pause("UNI-USDT-SWAP", 7)
        if first == "an outage":
            house.server.fault("/account/positions", "http_503", times=None)
            await house.check(20)
            house.server.clear_faults()
            assert house.told("exchange_lost")
        await house.check(3)
        assert [event.cause for event in house.told("foreign_orders")] == ["restored_backup"]
        assert house.closed(CRV) == [30]


@pytest.mark.parametrize("loss", ["", "drop", "http_502"])
async def test_our_own_orders_are_ours_over_restarts(tmp_path: Path, loss: str) -> None:
    async with OkxHouse(tmp_path, account()) as house:
        await house.check()
        house.account.set_roi("CRV-USDT-SWAP", "long", 60)
        if loss:
            house.server.fault("POST /trade/order", loss, after_effect=True)
        await house.check()
        await house.restart()
        await house.check(12)
        leg = (await house.okx.snapshot()).by_key[CRV]
        await ManualActions(house.checker).close([CloseOrder(leg, Decimal(1))], 7, "nonce")
        await house.restart()
        await house.check(12)
        assert len(house.closed(CRV)) == 4
        assert house.told("foreign_orders") == []


async def test_a_list_that_cannot_be_read_holds_the_start_up_for_a_while_only(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, account()) as house:
        await house.check()
        await house.restart()
        house.account.set_roi("CRV-USDT-SWAP", "long", 26)
        house.server.fault("/trade/orders-history", "http_503", times=None)
        await house.check(2)
        assert house.closed(CRV) == []
        await house.check(2)
        assert house.closed(CRV) == [30]


def placed(name: str = "tgone", order_id: str = "1", at: dt.datetime = NOW) -> Placed:
    return Placed(client_order_id=name, order_id=order_id, instrument_id="CRV-USDT-SWAP", created_at=at)


@pytest.mark.parametrize(
    ("order", "is_foreign"),
    [
        (placed(), False),
        (placed("tgtwo"), True),
        # Two orders of one name: where the exchange takes it again.
        (placed(order_id="2"), True),
        (placed(at=NOW - 4 * SECOND), False),
        (placed(at=NOW - 6 * SECOND), True),
    ],
)
def test_the_signs_of_another_program(order: Placed, is_foreign: bool) -> None:
    known = {"tgone": Known(meant_at=NOW, order_ids=frozenset({"1"}))}
    assert (foreign_orders([order], known, NOW - SECOND) == (order,)) is is_foreign


@pytest.mark.parametrize("since", [None, NOW + SECOND])
def test_times_are_no_sign_while_the_clock_is_not_trusted(since: Any) -> None:
    known = {"tgone": Known(meant_at=NOW)}
    assert foreign_orders([placed(at=NOW - dt.timedelta(hours=1))], known, since) == ()
