"""Maintenances that something stops, and legs that hands, gaps and the hedge rule take from them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.engine.upkeep.test_scheduler import (
    CORRECTS,
    CRV,
    MAINTAINS,
    ME,
    OFF,
    D,
    count,
    drafted,
    house,
    isolated,
    losing,
    maintain,
    notional,
    only,
    shown,
    until_settled,
    with_margin,
)
from tests.fixtures.engine import House
from tests.fixtures.fakes import fail, key, paper_leg
from tests.fixtures.sick_disk import SickDisk
from tgtp.domain.examples import instrument
from tgtp.domain.model import Leg
from tgtp.domain.order import Intent, MarginMove
from tgtp.domain.plan import ALL, Switches
from tgtp.domain.upkeep.maintenance import MaintenanceRefusal
from tgtp.engine.upkeep.runner import MOST_WAITS
from tgtp.engine.upkeep.scheduler import Upkeep
from tgtp.errors import AccessRefused, LedgerWriteFailed, NotSent, OrderRefused, TemporarilyDown

NO_CUT = OrderRefused("51030", "Funding fee settlement")
POOR = OrderRefused("51008", "Insufficient USDT margin")
IN_PARTS = [instrument(max_market_contracts=60)]
HOUR = 3600


async def bought_but_not_cut(home: House) -> None:
    """A maintenance whose buy has filled and whose cut is refused."""
    await losing(home)
    home.exchange.before = only("cut", NO_CUT, times=10_000)(home)
    await maintain(home)
    assert notional(home) > 1000


def hand_opens(home: House, contracts: int) -> None:
    now = home.clock.now()
    mark = home.prices.marks[CRV.instrument_id]
    home.paper.put_leg(isolated(contracts, entry_price=mark, opened_at=now))


def after_the_first_buy(home: House, then: Callable[[], object]) -> None:
    """Do something when the first part has been bought."""
    submit = home.paper.submit

    async def submits(intent: Intent) -> str:
        order_id = await submit(intent)
        home.paper.submit = submit  # type: ignore[method-assign]
        then()
        return order_id

    home.paper.submit = submits  # type: ignore[method-assign]


def broken(home: House) -> list[str]:
    return [event.why for event in home.listener.of("maintenance_broken")]


def told(home: House, kind: str) -> int:
    return sum(message.kind == kind for message in home.ledger.outbox())


# The record belongs to the life


async def test_a_new_leg_an_hour_after_a_hand_has_closed_the_large_one_is_not_touched(tmp_path: Path) -> None:
    home = house(tmp_path)
    await bought_but_not_cut(home)
    home.paper.drop_leg(CRV)
    home.exchange.before = lambda _: None
    home.clock.forward(HOUR)
    hand_opens(home, 150)
    await home.check(10)
    assert home.held(CRV) == 150
    assert broken(home) == ["gone"]
    assert home.checker.upkeep_scheduler.book.maintenances == {}


async def test_nor_is_one_that_was_seen_gone_in_between(tmp_path: Path) -> None:
    home = house(tmp_path)
    await bought_but_not_cut(home)
    home.paper.drop_leg(CRV)
    home.exchange.before = lambda _: None
    await home.check(6)
    home.clock.forward(HOUR)
    hand_opens(home, 150)
    await home.check(10)
    assert home.held(CRV) == 150
    assert broken(home) == ["gone"]


async def test_a_life_that_comes_back_after_empty_replies_brings_its_maintenance_back(tmp_path: Path) -> None:
    home = house(tmp_path)
    await bought_but_not_cut(home)
    home.exchange.before = lambda _: None
    home.exchange.view = lambda snapshot: snapshot.replaced(legs=())
    await home.check(4)
    assert len(home.listener.of("leg_gone")) == 1
    assert broken(home) == ["gone"]
    home.restart()
    home.exchange.view = lambda snapshot: snapshot
    await home.check(3)
    assert 100 <= notional(home) < 105
    assert len(home.listener.of("leg_opened")) == 1
    assert count(home) == 1
    assert home.checker.upkeep_scheduler.book.records == {}


async def test_one_that_was_still_buying_when_it_vanished_buys_no_more(tmp_path: Path) -> None:
    home = house(tmp_path, instruments=IN_PARTS)
    await losing(home)
    plan = drafted(home)
    after_the_first_buy(home, lambda: setattr(home.exchange, "before", fail("snapshot", TemporarilyDown("x"), times=3)))
    await home.upkeep_desk.maintain(plan, ME)
    assert home.held(CRV) == 80
    home.exchange.before = lambda _: None
    home.exchange.view = lambda snapshot: snapshot.replaced(legs=())
    await home.check(3)
    home.exchange.view = lambda snapshot: snapshot
    await home.check(3)
    assert 100 <= notional(home) < 105
    assert broken(home) == ["gone", "missing"]
    assert count(home) == 0


async def test_a_leg_that_is_gone_for_good_leaves_its_record_for_a_month(tmp_path: Path) -> None:
    home = house(tmp_path)
    await bought_but_not_cut(home)
    home.paper.drop_leg(CRV)
    home.exchange.before = lambda _: None
    await home.check(4)
    assert len(home.checker.upkeep_scheduler.book.records) == 1
    home.clock.forward(31 * 24 * HOUR)
    hand_opens(home, 20)
    await losing(home)
    await maintain(home)
    assert home.checker.upkeep_scheduler.book.records == {}
    assert count(home) == 1


async def test_an_earlier_ledgers_record_is_read_and_finished(tmp_path: Path) -> None:
    home = house(tmp_path)
    await bought_but_not_cut(home)
    book = home.checker.upkeep_scheduler.book
    (work,) = book.maintenances.values()
    old = work.model_dump(
        mode="json", exclude={"last_buy", "bought_at", "bought_seen_at", "while_paused", "gone_at", "strayed"}
    )
    with home.checker.journal.step():
        home.ledger.keep_note("maintenances", {str(CRV): old})
    home.restart()
    home.exchange.before = lambda _: None
    await home.check(3)
    assert 100 <= notional(home) < 105
    assert count(home) == 1
    assert home.checker.upkeep_scheduler.book.records == {}


async def test_an_earlier_ledgers_record_does_not_sell_a_later_leg(tmp_path: Path) -> None:
    home = house(tmp_path)
    await bought_but_not_cut(home)
    (work,) = home.checker.upkeep_scheduler.book.maintenances.values()
    old = work.model_dump(
        mode="json", exclude={"last_buy", "bought_at", "bought_seen_at", "while_paused", "gone_at", "strayed"}
    )
    with home.checker.journal.step():
        home.ledger.keep_note("maintenances", {str(CRV): old})
    home.paper.drop_leg(CRV)
    home.exchange.before = lambda _: None
    home.clock.forward(HOUR)
    hand_opens(home, 150)
    home.restart()
    await home.check(5)
    assert home.held(CRV) == 150


async def test_a_buy_that_comes_after_a_hand_has_closed_and_opened_anew_is_taken_out_of_that(tmp_path: Path) -> None:
    home = house(tmp_path)
    await losing(home)
    plan = drafted(home)
    submit = home.paper.submit

    async def reopened_first(intent: Intent) -> str:
        home.paper.submit = submit  # type: ignore[method-assign]
        home.clock.forward(1)
        home.paper.drop_leg(CRV)
        hand_opens(home, 150)
        return await submit(intent)

    home.paper.submit = reopened_first  # type: ignore[method-assign]
    await home.upkeep_desk.maintain(plan, ME)
    await until_settled(home)
    assert home.held(CRV) == 150
    assert broken(home) == ["gone"]


async def test_a_row_from_before_such_a_buy_is_not_what_is_cut_by(tmp_path: Path) -> None:
    home = house(tmp_path)
    await losing(home)
    plan = drafted(home)
    submit = home.paper.submit
    opened: list[Leg] = []

    async def reopened_first(intent: Intent) -> str:
        home.paper.submit = submit  # type: ignore[method-assign]
        home.clock.forward(1)
        home.paper.drop_leg(CRV)
        hand_opens(home, 15)
        opened.append((await home.paper.snapshot()).by_key[CRV])
        home.clock.forward(1)
        home.exchange.view = lambda snapshot: snapshot.replaced(legs=tuple(opened))
        return await submit(intent)

    home.paper.submit = reopened_first  # type: ignore[method-assign]
    await home.upkeep_desk.maintain(plan, ME)
    await home.check(3)
    assert home.held(CRV) > 200
    home.exchange.view = lambda snapshot: snapshot
    await until_settled(home)
    assert home.held(CRV) == 15
    assert broken(home) == ["gone"]
    # The buy, and its cut.
    assert home.closed() == [202, 202]
    assert home.listener.of("leg_grew") == []


# A hand


@pytest.mark.parametrize(("left", "ends_at"), [(100, 20), (10, 10), (19, 19)])
async def test_a_leg_that_a_hand_has_cut_in_the_middle_ends_by_hand(tmp_path: Path, left: int, ends_at: int) -> None:
    home = house(tmp_path)
    await bought_but_not_cut(home)
    home.exchange.before = lambda _: None
    home.paper.put_leg(home.leg(CRV).replaced(contracts=D(left), adjusted_at=home.clock.now()))
    await until_settled(home)
    assert abs(home.held(CRV) - ends_at) <= 1
    assert broken(home) == ["hand"]
    assert home.listener.of("maintenance_done") == []
    assert count(home) == 0


# What stops it


async def test_a_pause_in_the_middle_of_a_buy_cuts_it_back_in_the_same_check(tmp_path: Path) -> None:
    home = house(tmp_path, upkeep=MAINTAINS, instruments=IN_PARTS)
    await home.check()
    after_the_first_buy(home, lambda: home.actions.pause(ALL, ME))
    home.exchange.calls.clear()
    await losing(home)
    assert home.closed() == [60, 59]
    assert home.held(CRV) == 21
    assert broken(home) == ["paused"]
    assert home.exchange.calls.count("snapshot") <= 5
    await home.check(10)
    assert home.closed() == [60, 59]
    assert count(home) == 0


@pytest.mark.parametrize("scope", ["* maintenance", "CRV-USDT-SWAP long", "CRV-USDT-SWAP long maintenance", "* long"])
async def test_so_does_a_pause_of_the_part_that_it_is_of(tmp_path: Path, scope: str) -> None:
    home = house(tmp_path, upkeep=MAINTAINS, instruments=IN_PARTS)
    await home.check()
    after_the_first_buy(home, lambda: home.actions.pause(scope, ME))
    await losing(home)
    assert home.closed() == [60, 59]
    assert broken(home) == ["paused"]
    await home.check(10)
    assert home.closed() == [60, 59]


@pytest.mark.parametrize("scope", ["* tier", "* hedge", "* correction", "CRV-USDT-SWAP short", "STX-USDT-SWAP maintenance"])
async def test_a_pause_of_another_part_lets_it_go_on(tmp_path: Path, scope: str) -> None:
    home = house(tmp_path, upkeep=MAINTAINS, instruments=IN_PARTS)
    await home.check()
    after_the_first_buy(home, lambda: home.actions.pause(scope, ME))
    await losing(home)
    await until_settled(home)
    assert broken(home) == []
    assert count(home) == 1


async def test_a_pause_in_the_middle_stops_one_that_a_person_asked_for_too(tmp_path: Path) -> None:
    home = house(tmp_path, instruments=IN_PARTS)
    await losing(home)
    after_the_first_buy(home, lambda: home.actions.pause("CRV-USDT-SWAP", ME))
    done = await maintain(home)
    assert done.outcome is not None
    assert done.outcome[1].kind == "maintenance_broken"
    assert home.closed() == [60, 59]


async def test_a_pause_that_comes_when_the_buy_was_decided_keeps_it_from_leaving(tmp_path: Path) -> None:
    home = house(tmp_path)
    await losing(home)
    plan = drafted(home)
    home.listener.sending = lambda intents: home.actions.pause(ALL, ME)  # type: ignore[method-assign,assignment]
    await home.upkeep_desk.maintain(plan, ME)
    assert home.exchange.submitted == []
    assert broken(home) == ["paused"]


async def test_our_guard_denies_a_buy_of_one_that_was_stopped(tmp_path: Path) -> None:
    home = house(tmp_path)
    await losing(home)
    leg, plan = shown(home), drafted(home)
    maintenance_runner = home.checker.upkeep_scheduler.maintenance_runner
    with home.checker.journal.step():
        maintenance_runner.begin(plan, leg, ME)
    (order,) = maintenance_runner.orders(home.checker.last_good, home.checker.situation(home.clock.now()))  # type: ignore[arg-type]
    maintenance_runner.stop()
    assert await home.checker.executor.execute([order], lambda _: True) == [order]
    assert home.exchange.submitted == []


async def test_one_that_a_person_asked_for_in_a_pause_is_not_stopped_by_it(tmp_path: Path) -> None:
    home = house(tmp_path, instruments=IN_PARTS)
    await losing(home)
    home.actions.pause(ALL, ME)
    done = await maintain(home)
    assert done.outcome is not None
    assert done.outcome[1].kind == "maintenance_done"
    assert count(home) == 1


async def test_a_key_that_may_not_trade_any_more_ends_the_buy(tmp_path: Path) -> None:
    home = house(tmp_path, upkeep=MAINTAINS, instruments=IN_PARTS)
    await home.check()

    def forbid() -> None:
        profile = home.checker.permission.profile
        assert profile is not None
        home.checker.permission.profile = profile.replaced(can_trade=False)

    after_the_first_buy(home, forbid)
    await losing(home)
    assert home.closed() == [60, 59]
    assert broken(home) == ["forbidden"]


async def test_an_order_that_our_own_guard_denies_ends_the_buy(tmp_path: Path) -> None:
    home = house(tmp_path, upkeep=MAINTAINS, instruments=IN_PARTS)
    await home.check()
    before = home.checker.upkeep_scheduler.book.allow

    def deny_the_second(intent: Intent) -> None:
        before(intent)
        before(intent.replaced(contracts=intent.contracts + (D(1000) if home.closed() else 0)))

    home.checker.upkeep_scheduler.book.allow = deny_the_second  # type: ignore[method-assign]
    await losing(home)
    assert home.closed() == [60, 59]
    assert broken(home) == ["denied"]


async def test_a_refusal_in_the_middle_cuts_back_in_the_same_check(tmp_path: Path) -> None:
    home = house(tmp_path, upkeep=MAINTAINS, instruments=IN_PARTS)
    await home.check()
    after_the_first_buy(home, lambda: setattr(home.exchange, "before", only("buy", POOR)(home)))
    await losing(home)
    assert home.closed() == [60, 59]
    assert broken(home) == ["51008"]


# The end of the program


async def half_bought(folder: Path) -> House:
    """A maintenance whose first part has been bought when the exchange falls silent."""
    home = house(folder, instruments=IN_PARTS)
    await losing(home)
    after_the_first_buy(home, lambda: setattr(home.exchange, "before", fail("snapshot", TemporarilyDown("x"), times=3)))
    await maintain(home)
    assert home.held(CRV) == 80
    return home


async def test_an_end_in_the_middle_of_a_buy_is_on_disk_and_cut_at_once(tmp_path: Path) -> None:
    home = await half_bought(tmp_path)
    await home.checker.finish()
    assert home.held(CRV) == 21
    assert broken(home) == ["stopped"]


async def test_an_end_that_cannot_be_written_down_is_an_end_all_the_same(tmp_path: Path) -> None:
    home = await half_bought(tmp_path)
    keep_note = home.ledger.keep_note

    def fails_once(name: str, value: Any) -> None:
        home.ledger.keep_note = keep_note  # type: ignore[method-assign]
        raise LedgerWriteFailed("the disk is full")

    home.ledger.keep_note = fails_once  # type: ignore[method-assign]
    await home.checker.finish()
    assert home.ledger.keep_note == keep_note
    assert home.held(CRV) == 21


async def test_an_end_while_the_exchange_is_silent_is_cut_first_thing_at_the_next_start(tmp_path: Path) -> None:
    uni = paper_leg("UNI-USDT-SWAP")
    home = house(tmp_path, isolated(), uni, instruments=IN_PARTS)
    await losing(home)
    after_the_first_buy(home, lambda: setattr(home.exchange, "before", fail("snapshot", TemporarilyDown("x"), times=1000)))
    await maintain(home)
    await home.checker.finish()
    assert home.held(CRV) == 80
    on_disk = json.loads((tmp_path / "ledger.json").read_text())
    assert "stopped" in json.dumps(on_disk["notes"])
    home.exchange.before = lambda _: None
    home.restart()
    home.set_roi(key("UNI-USDT-SWAP"), 30)
    home.exchange.submitted.clear()
    await home.check()
    assert [intent.rule for intent in home.exchange.submitted] == ["cut", "tier"]
    assert home.held(CRV) == 21
    assert broken(home) == ["stopped"]


async def test_an_end_does_not_wait_for_the_pause_after_a_refused_cut(tmp_path: Path) -> None:
    home = house(tmp_path)
    await bought_but_not_cut(home)
    await home.check(12)
    home.exchange.before = lambda _: None
    await home.checker.finish()
    assert 100 <= notional(home) < 105
    # All of it was bought, and cut: it is done.
    assert count(home) == 1


async def test_an_end_without_a_maintenance_asks_nothing(tmp_path: Path) -> None:
    home = house(tmp_path)
    await losing(home)
    home.exchange.calls.clear()
    await home.checker.finish()
    assert home.exchange.calls == []


async def ends_without_a_call(home: House) -> None:
    home.exchange.calls.clear()
    await home.checker.finish()
    assert home.exchange.calls == []


async def test_an_end_touches_no_account_that_is_held_for_its_key(tmp_path: Path) -> None:
    home = house(tmp_path)
    home.exchange.profile_view = lambda profile: profile.replaced(uid="1")
    await bought_but_not_cut(home)
    remembered = home.ledger.lives()
    home.exchange.profile_view = lambda profile: profile.replaced(uid="2")
    # Somebody else's account, whose leg of that name is theirs.
    home.exchange.before = lambda _: None
    home.paper.drop_leg(CRV)
    hand_opens(home, 150)
    home.clock.forward(HOUR)
    await home.check()
    assert home.checker.held is not None
    await ends_without_a_call(home)
    for checks in range(2):
        home.restart()
        for _ in range(checks):
            await home.check()
        await ends_without_a_call(home)
    assert home.held(CRV) == 150
    assert home.ledger.lives()[CRV].opened_at == remembered[CRV].opened_at


# A cause is told once, and tried again after a growing pause


async def test_an_automatic_one_that_is_refused_is_told_once_and_tried_ever_more_seldom(tmp_path: Path) -> None:
    home = house(tmp_path, upkeep=MAINTAINS)
    home.exchange.before = only("buy", POOR, times=100_000)(home)
    await losing(home)
    for _ in range(4):
        home.restart()
        await home.check(360)
    assert told(home, "maintenance_broken") == 1
    assert told(home, "order_rejected") == 0
    assert 20 <= len(home.exchange.submitted) <= 60
    # Another cause is told.
    home.exchange.before = only("buy", OrderRefused("51022", "suspended"), times=100_000)(home)
    await home.check(60)
    assert told(home, "maintenance_broken") == 2
    home.exchange.before = lambda _: None
    await home.check(40)
    assert count(home) == 1


@pytest.mark.parametrize("by_hand", [True, False])
async def test_a_refused_key_is_not_asked_at_every_check(tmp_path: Path, by_hand: bool) -> None:
    home = house(tmp_path, upkeep=OFF if by_hand else MAINTAINS)
    home.exchange.before = only("buy", AccessRefused("50113"), times=100_000)(home)
    home.set_roi(CRV, -12)
    await home.check()
    if by_hand:
        await maintain(home)
    await home.check(1440)
    assert len(home.exchange.submitted) <= 60
    assert told(home, "maintenance_broken") == 1
    assert broken(home)[0] == "refused"


async def test_a_cut_whose_key_is_refused_is_tried_ever_more_seldom_over_restarts(tmp_path: Path) -> None:
    home = house(tmp_path)
    await losing(home)
    home.exchange.before = only("cut", AccessRefused("50113"), times=100_000)(home)
    await maintain(home)
    for _ in range(6):
        await home.check(60)
        home.restart()
    assert len(home.exchange.submitted) <= 30
    assert told(home, "order_rejected") == 1
    home.exchange.before = lambda _: None
    await home.check(40)
    assert 100 <= notional(home) < 105
    assert count(home) == 1


async def test_a_person_may_ask_at_once_for_what_was_refused(tmp_path: Path) -> None:
    home = house(tmp_path, upkeep=MAINTAINS)
    home.exchange.before = only("buy", POOR, times=100_000)(home)
    await losing(home)
    await home.check(200)
    home.exchange.before = lambda _: None
    done = await maintain(home)
    assert done.outcome is not None
    assert done.outcome[1].kind == "maintenance_done"


async def test_what_is_missing_is_asked_for_again_when_it_has_come(tmp_path: Path) -> None:
    home = house(tmp_path, upkeep=MAINTAINS)
    home.paper.deposit(D(-950))
    await losing(home)
    await home.check(20)
    home.paper.deposit(D(950))
    await home.check(35)
    assert count(home) == 1
    assert len(home.listener.of("maintenance_held_back")) == 1


async def test_a_buy_that_finds_no_connection_is_given_up_after_two_minutes(tmp_path: Path) -> None:
    home = house(tmp_path)
    await losing(home)
    home.exchange.before = only("buy", NotSent("no route"), times=100_000)(home)
    await maintain(home)
    await home.check(20)
    assert broken(home) == ["slow"]
    assert len(home.exchange.submitted) <= 10


# The hedge rule


BOTH = Upkeep(switches=Switches(maintenance=True, hedge=True), is_sub=True)
SHORT = key(side="short", mode="isolated")


def pair(folder: Path, *, hedge: bool = True, contracts: Any = 20) -> House:
    upkeep = Upkeep(switches=Switches(maintenance=True, hedge=hedge), is_sub=True)
    return house(folder, isolated(contracts), isolated(20, side="short", entry_price="5"), upkeep=upkeep)


async def test_a_losing_leg_whose_other_side_wins_is_left_to_the_hedge_rule(tmp_path: Path) -> None:
    home = pair(tmp_path)
    await losing(home)
    await home.check(200)
    assert {intent.rule for intent in home.exchange.submitted} == {"hedge"}
    assert home.listener.of("maintenance_begun") == home.listener.of("maintenance_held_back") == []
    (started,) = home.listener.of("started")
    assert started.yields_to_hedge


async def test_nothing_is_begun_while_the_other_side_is_not_shown(tmp_path: Path) -> None:
    home = pair(tmp_path)
    await home.check()
    home.exchange.view = lambda snapshot: snapshot.replaced(legs=tuple(leg for leg in snapshot.legs if leg.key != SHORT))
    await losing(home)
    assert home.exchange.submitted == []
    home.exchange.view = lambda snapshot: snapshot
    await home.check()
    assert {intent.rule for intent in home.exchange.submitted} == {"hedge"}
    assert home.listener.of("maintenance_begun") == []


async def test_where_the_hedge_rule_is_off_it_is_maintained(tmp_path: Path) -> None:
    home = pair(tmp_path, hedge=False)
    await losing(home)
    assert count(home) == 1
    assert not home.listener.of("started")[0].yields_to_hedge


async def test_a_leg_that_the_gate_keeps_from_the_hedge_rule_is_maintained(tmp_path: Path) -> None:
    home = house(tmp_path, isolated(1), isolated(20, side="short", entry_price="5"), upkeep=BOTH)
    home.set_roi(CRV, -12)
    await home.check()
    assert len(home.listener.of("maintenance_begun")) == 1


async def test_a_person_is_told_that_it_is_left_to_the_hedge_rule(tmp_path: Path) -> None:
    home = pair(tmp_path)
    await home.check()
    home.actions.pause(ALL, ME)
    await losing(home)
    assert home.checker.last_good is not None
    leg, legs = shown(home), home.checker.last_good.legs
    found = home.checker.upkeep_scheduler.maintenance_runner.draft(leg, D(5000), home.clock.now(), beside=legs)
    assert isinstance(found, MaintenanceRefusal)
    assert found.why == "hedged"
    plan = home.checker.upkeep_scheduler.maintenance_runner.draft(leg, D(5000), home.clock.now())
    done = await home.upkeep_desk.maintain(plan, ME)  # type: ignore[arg-type]
    assert done.refusal is not None
    assert done.refusal.why == "hedged"
    assert home.closed() == []


# Corrections


async def test_a_rising_leg_with_tiny_lots_is_not_trimmed_every_five_minutes(tmp_path: Path) -> None:
    fine = [instrument(lot_size="0.01")]
    upkeep = Upkeep(switches=Switches(ladder=False, correction=True), is_sub=True)
    home = house(tmp_path, with_margin("10"), instruments=fine, upkeep=upkeep)
    for step in range(10):
        # 4.5 % in fifty minutes.
        home.prices.marks["CRV-USDT-SWAP"] = D(5) * (1 + D("0.005") * step)
        await home.check(31)
    assert home.closed() == []
    home.prices.marks["CRV-USDT-SWAP"] = D(5) * D("1.06")
    await home.check(31)
    assert len(home.closed()) == 1
    assert 100 <= notional(home) < D("100.1")


async def test_obstacles_that_alternate_are_told_once_each(tmp_path: Path) -> None:
    home = house(tmp_path, with_margin("10"), upkeep=CORRECTS)
    home.paper.put_leg(home.leg(CRV).replaced(added_margin=D(-9)))
    for hidden in (True, False) * 4:
        home.exchange.view = lambda snapshot, hidden=hidden: snapshot.replaced(available=None if hidden else D(1))  # type: ignore[misc]
        await home.check(31)
    assert sorted(event.why for event in home.listener.of("correction_stuck")) == ["poor", "unknown_funds"]


async def test_a_cut_that_waits_for_its_pause_is_not_looked_for(tmp_path: Path) -> None:
    home = house(tmp_path)
    await bought_but_not_cut(home)
    await home.check(10)
    home.exchange.calls.clear()
    await home.check()
    assert home.exchange.calls.count("snapshot") == 1


async def test_a_check_waits_only_so_often_for_an_order_that_nothing_shows(tmp_path: Path) -> None:
    home = house(tmp_path)
    await losing(home)
    home.exchange.before = fail("find_order", TemporarilyDown("no answer"), times=10_000)
    await maintain(home)
    assert len(home.ledger.open_intents()) == 1
    home.exchange.calls.clear()
    await home.check()
    # The check's own look, another after it has looked the order up, and one after each wait.
    assert home.exchange.calls.count("snapshot") == 2 + MOST_WAITS


async def test_a_person_may_ask_at_once_for_margin_that_was_refused(tmp_path: Path) -> None:
    home = house(tmp_path, with_margin("20.29"), upkeep=CORRECTS)
    home.exchange.before = fail("move_margin", OrderRefused("59301", "exceeds the maximum"))
    await home.check(every=1)
    assert len(home.exchange.moves) == 1
    await home.upkeep_desk.correct([shown(home)], ME)
    assert len(home.exchange.moves) == 2


async def test_a_move_that_was_never_sent_is_not_taken_for_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = house(tmp_path, with_margin("60"), upkeep=CORRECTS)
    disk = SickDisk(b'"pending": {', "fsync", monkeypatch)
    await home.check()
    assert disk.struck
    assert home.exchange.moves == []
    await home.check(30)
    assert [move.amount for move in home.exchange.moves] == [D(-5)] * 10
    assert (len(home.listener.of("corrected")), home.listener.of("correction_stuck")) == (1, [])


async def test_no_move_is_written_down_before_the_one_ahead_of_it_has_left(tmp_path: Path) -> None:
    home = house(tmp_path, with_margin("60"), with_margin("60", name="UNI-USDT-SWAP"), upkeep=CORRECTS)
    pending: list[int] = []
    move_margin = home.exchange.move_margin

    async def counted(move: MarginMove) -> None:
        works = home.checker.upkeep_scheduler.book.corrections.values()
        pending.append(sum(work.pending is not None for work in works))
        await move_margin(move)

    home.exchange.move_margin = counted  # type: ignore[method-assign]
    await home.check()
    # Else a check that is cut off in between leaves one behind that nobody has sent.
    assert pending == [1, 2]


async def test_keys_that_may_not_move_margin_are_not_asked_at_every_start(tmp_path: Path) -> None:
    home = house(tmp_path, with_margin("20.29"), upkeep=CORRECTS)
    home.exchange.before = fail("move_margin", AccessRefused("50120"), times=10_000)
    for _ in range(30):
        await home.check(2)
        home.restart()
    assert 2 <= len(home.exchange.moves) <= 10
