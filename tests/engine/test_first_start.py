"""An account with real money that was never noted here is looked at only, until somebody starts it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.engine.upkeep.test_scheduler import CRV as CRV_ISOLATED
from tests.engine.upkeep.test_scheduler import MAINTAINS, house, notional, only
from tests.fixtures.fakes import key, paper_leg
from tests.fixtures.okx_engine import OkxHouse, QuickClock, leg_key
from tests.fixtures.several_accounts import Street
from tests.simulation.exchange.account import Account
from tgtp.adapters.storage.ledger import TinyLedger, follow_guard_mode
from tgtp.domain.model import Leg
from tgtp.domain.plan import Switches
from tgtp.engine.first_start import FirstStartGate
from tgtp.engine.manual.actions import ManualActions
from tgtp.engine.manual.closing import CloseOrder
from tgtp.engine.upkeep.scheduler import Upkeep
from tgtp.errors import LedgerWriteFailed, OrderRefused

CRV = leg_key("CRV-USDT-SWAP")
STX_SHORT = leg_key("STX-USDT-SWAP", "short")
HOUR = 3600


def account() -> Account:
    """A long that has reached two tiers, and a pair whose short loses."""
    held = Account(reuses_client_ids=True)
    held.open_leg("CRV-USDT-SWAP", "long", "100", "0.4")
    held.open_leg("STX-USDT-SWAP", "long", "100", "1")
    held.open_leg("STX-USDT-SWAP", "short", "100", "1")
    held.set_roi("CRV-USDT-SWAP", "long", 40)
    held.set_roi("STX-USDT-SWAP", "long", 10)
    return held


def new(folder: Path) -> OkxHouse:
    return OkxHouse(folder, account(), pauses_first=True)


def later(house: OkxHouse, seconds: int) -> None:
    assert isinstance(house.clock, QuickClock)
    house.clock.ahead += seconds


def lift(house: OkxHouse) -> None:
    (pause,) = house.ledger.pauses().entries
    assert ManualActions(house.checker).lift(pause, by=1)


async def test_the_first_start_sends_nothing_and_shows_what_it_would(tmp_path: Path) -> None:
    async with new(tmp_path) as house:
        await house.check(4)
        assert house.orders_asked() == []
        assert house.ledger.pauses().has("*", "first_start")
        (event,) = house.told("first_start")
        assert (event.uid, event.legs, event.times) == (house.account.uid, 3, 0)
        rows = {(row.leg, row.rule): row for row in event.rows}
        assert rows.keys() == {(CRV, "tier"), (STX_SHORT, "hedge")}
        assert (rows[CRV, "tier"].tiers, rows[CRV, "tier"].contracts) == ((1, 2), Decimal(65))
        assert rows[CRV, "tier"].realised > 0 > rows[STX_SHORT, "hedge"].realised
        # What was shown is what is done.
        shown = {row.leg: row.contracts for row in event.rows}
        lift(house)
        await house.check(4)
        assert {leg: sum(house.closed(leg)) for leg in shown} == shown


async def test_it_stays_paused_over_restarts_and_is_told_after_an_hour_then_daily(tmp_path: Path) -> None:
    async with new(tmp_path) as house:
        await house.check(2)
        await house.restart()
        await house.check(2)
        assert len(house.told("first_start")) == 1
        later(house, HOUR)
        await house.check(2)
        assert [event.times for event in house.told("first_start")] == [0, 1]
        later(house, 23 * HOUR)
        await house.check(2)
        assert len(house.told("first_start")) == 2
        later(house, HOUR)
        await house.check(2)
        await house.restart()
        await house.check(2)
        assert [event.times for event in house.told("first_start")] == [0, 1, 2]
        assert house.orders_asked() == []
        lift(house)
        later(house, 48 * HOUR)
        await house.check(2)
        assert len(house.told("first_start")) == 3
        await house.restart()
        await house.check(3)
        assert not house.ledger.pauses()


async def test_a_resume_does_not_lift_it_and_a_hand_may_close(tmp_path: Path) -> None:
    async with new(tmp_path) as house:
        report = await house.check()
        actions = ManualActions(house.checker)
        actions.pause("*", 1)
        assert actions.resume("*", 1)
        assert house.ledger.pauses().has("*", "first_start")
        assert report.snapshot is not None
        leg = report.snapshot.by_key[CRV]
        await actions.close([CloseOrder(leg, leg.contracts)], 1, "nonce")
        assert house.closed(CRV) == [100]


async def test_what_an_upgrade_finds_in_the_ledger_is_known_and_pauses_nobody(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, account()) as house:
        await house.check()
        house.ledger.close()
        # As a version wrote it that noted no accounts.
        path = tmp_path / "ledger.json"
        tables = json.loads(path.read_bytes())
        tables["notes"] = {name: row for name, row in tables["notes"].items() if name != "accounts"}
        path.write_text(json.dumps(tables))
        house.pauses_first = True
        await house.restart()
        await house.check(3)
        assert not house.ledger.pauses()
        assert sum(house.closed(CRV)) == 65


async def test_with_run_it_begins_at_once_and_is_known_from_then_on(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, account()) as house:
        await house.check()
        assert house.closed(CRV) == [30]
        house.pauses_first = True
        await house.restart()
        await house.check(2)
        assert not house.ledger.pauses()
        assert house.told("first_start") == []


async def test_a_start_that_dies_before_the_pause_is_written_pauses_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with new(tmp_path) as house:
        with monkeypatch.context() as patch:
            patch.setattr(FirstStartGate, "begin", dies)
            await house.check()
        assert house.orders_asked() == []
        await house.restart()
        await house.check(3)
        assert house.orders_asked() == []
        assert house.ledger.pauses().has("*", "first_start")


def dies(_: FirstStartGate) -> None:
    raise LedgerWriteFailed("the disk is full")


async def test_a_sub_account_that_is_added_later_is_new(tmp_path: Path) -> None:
    street = street_of(tmp_path, "main")
    await street.check(3)
    assert street.paused_in() == {"main": frozenset()}
    street.names = ("main", "alpha")
    street.restart()
    begin_paused(street)
    street.set_roi_in("alpha", key(), 26)
    await street.check(3)
    assert street.paused_in() == {"main": frozenset(), "alpha": frozenset({"*"})}
    assert street.held_in("alpha", key()) == 1000
    (event,) = street.listener.of("first_start")
    assert (event.account, [row.contracts for row in event.rows]) == ("alpha", [Decimal(300)])
    # Called otherwise, it is the same.
    actions = street.of("alpha").actions
    assert actions.lift(street.of("alpha").checker.journal.ledger.pauses().entries[0], 7)
    await street.check(2)
    assert street.held_in("alpha", key()) == 700


async def test_another_accounts_key_that_is_confirmed_is_a_first_start(tmp_path: Path) -> None:
    street = street_of(tmp_path, "main", "alpha")
    await street.check(2)
    street.exchanges["alpha"].profile_view = lambda profile: profile.replaced(uid="9")
    street.restart()
    begin_paused(street)
    street.set_roi_in("alpha", key(), 26)
    await street.check(2)
    assert street.of("alpha").actions.confirm_account(7)
    await street.check(2)
    assert street.held_in("alpha", key()) == 1000
    assert street.paused_in()["alpha"] == {"*"}


def street_of(folder: Path, *names: str) -> Street:
    street = Street(folder, {name: [paper_leg(contracts=1000)] for name in ("main", "alpha")})
    for uid, name in enumerate(("main", "alpha"), start=1):
        street.exchanges[name].profile_view = lambda profile, uid=uid: profile.replaced(uid=str(uid))  # type: ignore[misc]
    street.names = names
    street.restart()
    return street


def begin_paused(street: Street) -> None:
    for each in street.accounts:
        each.checker.first_start = FirstStartGate(each.checker.journal, each.checker.identities, pauses=True)


# What upkeep would do


async def test_a_maintenance_and_a_correction_are_shown_too(tmp_path: Path) -> None:
    held = Account(reuses_client_ids=True)
    held.open_leg("CRV-USDT-SWAP", "long", "100", "0.4", margin_mode="isolated")
    held.open_leg("STX-USDT-SWAP", "long", "900", "1", margin_mode="isolated")
    held.set_roi("CRV-USDT-SWAP", "long", -20)
    held.set_roi("STX-USDT-SWAP", "long", 1)
    upkeep = Upkeep(switches=Switches(ladder=False, hedge=False, maintenance=True, correction=True), is_sub=True)
    async with OkxHouse(tmp_path, held, upkeep=upkeep, pauses_first=True) as house:
        await house.check(3)
        (event,) = house.told("first_start")
        assert {(row.leg.coin, row.rule) for row in event.rows} == {("CRV", "maintenance"), ("STX", "correction")}
        assert next(row for row in event.rows if row.rule == "maintenance").buys == 100
        assert next(row for row in event.rows if row.rule == "correction").contracts > 0
        assert house.orders_asked() == []


# Only watching


def watch(house: OkxHouse, mode: Any = "watch") -> None:
    follow_guard_mode([house.ledger], mode, house.clock.now())


async def test_watching_sends_nothing_tells_all_and_no_command_ends_it(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, account()) as house:
        watch(house)
        await house.check(4)
        assert house.orders_asked() == []
        assert {(event.intent.leg, event.intent.rule) for event in house.told("would_have_closed")} == {
            (CRV, "tier"),
            (STX_SHORT, "hedge"),
        }
        actions = ManualActions(house.checker)
        assert not actions.resume("*", 1)
        (pause,) = house.ledger.pauses().entries
        assert not actions.lift(pause, 1)
        actions.pause("*", 1)
        actions.resume("*", 1)
        await house.check(2)
        assert house.orders_asked() == []
        report = await house.check()
        assert report.snapshot is not None
        leg: Leg = report.snapshot.by_key[CRV]
        await actions.close([CloseOrder(leg, Decimal(10))], 1, "nonce")
        assert house.closed(CRV) == [10]


async def test_watching_ends_with_the_setting_and_both_are_told(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, account()) as house:
        watch(house)
        await house.check(2)
        assert "paused" not in json.loads((tmp_path / "ledger.json").read_bytes())["notes"]
        await house.restart()
        watch(house)
        await house.check()
        assert [event.cause for event in house.told("paused")] == ["watch"]
        # Whatever a hand pauses meanwhile, this one goes to no disk.
        ManualActions(house.checker).pause("STX-USDT-SWAP", 1)
        ManualActions(house.checker).resume("*", 1)
        await house.restart()
        watch(house, "guard")
        await house.check(3)
        assert [event.cause for event in house.told("resumed")][-1] == "watch"
        assert not house.ledger.pauses()
        assert sum(house.closed(CRV)) == 65


async def test_watching_holds_for_an_account_that_is_confirmed_or_renamed(tmp_path: Path) -> None:
    street = street_of(tmp_path, "main", "alpha")
    await street.check(2)
    street.exchanges["alpha"].profile_view = lambda profile: profile.replaced(uid="9")
    street.restart()
    ledgers = [each.checker.journal.ledger for each in street.accounts]
    assert all(isinstance(ledger, TinyLedger) for ledger in ledgers)
    follow_guard_mode(ledgers, "watch", street.clock.now())  # type: ignore[arg-type]
    street.set_roi_in("alpha", key(), 26)
    await street.check(2)
    assert street.of("alpha").actions.confirm_account(7)
    await street.check(3)
    assert street.held_in("alpha", key()) == 1000


async def test_watching_a_maintenance_under_way_is_cut_back_and_none_begins(tmp_path: Path) -> None:
    home = house(tmp_path, upkeep=MAINTAINS)
    home.exchange.before = only("cut", OrderRefused("51030", "Funding fee settlement"), times=10_000)(home)
    home.set_roi(CRV_ISOLATED, -20)
    await home.check(3)
    assert notional(home) > 1000
    home.exchange.before = lambda _: None
    home.restart()
    follow_guard_mode([home.ledger], "watch", home.clock.now())
    await home.check(6)
    assert notional(home) < 105
    bought = [order for order in home.exchange.submitted if order.grows]
    home.set_roi(CRV_ISOLATED, -40)
    home.clock.forward(HOUR)
    await home.check(6)
    assert [order for order in home.exchange.submitted if order.grows] == bought
