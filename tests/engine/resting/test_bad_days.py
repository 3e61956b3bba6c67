"""What goes wrong with orders that rest: nothing is closed twice, nothing is lost, and it is said once."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.chat.texts.test_texts import reader
from tests.fixtures.fakes import fail, key, paper_leg
from tests.fixtures.resting import ALL, RestingHouse
from tgtp.chat.events.one_line import line
from tgtp.domain.ladder import Ladder
from tgtp.domain.model import AccountMode, MarginMode, PositionMode, Side
from tgtp.domain.order import Order
from tgtp.domain.plan import Switches
from tgtp.domain.resting.conditional import Conditional, RestingTier
from tgtp.domain.resting.rules import RestingRules
from tgtp.engine.manual.closing import CloseOrder
from tgtp.engine.rulebook import Whose
from tgtp.engine.upkeep.scheduler import Upkeep
from tgtp.errors import AccessRefused, NotSent, OrderRefused, OutcomeUnknown, TemporarilyDown

CRV = key()
NONE: list[Decimal] = []
FIRST = ("30", "5.125")
THREE = {1: FIRST, 2: ("35", "5.175"), 3: ("17", "5.25")}


@pytest.fixture
async def house(tmp_path: Path) -> RestingHouse:
    made = RestingHouse(tmp_path, paper_leg())
    await made.check()
    return made


def doing(name: str, act: Callable[[], object]) -> Callable[[str], None]:
    """Do something before each call of a name."""

    def before(called: str) -> None:
        if called == name:
            act()

    return before


def kinds(house: RestingHouse, prefix: str = "resting") -> list[str]:
    return [kind for kind in house.listener.kinds() if kind.startswith(prefix)]


# -- placing ----------------------------------------------------------------------------------------------------------


async def test_refused_without_the_price_being_there_it_is_placed_again_with_a_growing_pause(tmp_path: Path) -> None:
    house = RestingHouse(tmp_path, paper_leg())
    house.rests.is_crossed = lambda tier: tier.tier == 1
    for _ in range(20):
        await house.check()
    assert house.rests.resting() == {2: THREE[2], 3: THREE[3]}
    assert house.woken == house.rests.calls.count("place") - 2, "each time it is looked again at once"
    tries = [event.tries for event in house.listener.of("resting_refused")]
    assert tries == [1, 2, 3, 4, 5]
    assert house.told().count("resting_refused") == 1
    assert house.closed() == NONE
    house.rests.is_crossed = None
    house.clock.forward(300)
    await house.check()
    assert house.rests.resting() == THREE


async def test_refused_because_the_price_is_there_the_check_fires_the_tier(tmp_path: Path) -> None:
    house = RestingHouse(tmp_path, paper_leg())
    house.set_roi(CRV, 24)
    house.rests.before = doing("place", lambda: house.set_roi(CRV, 26))
    await house.check(every=0)
    house.rests.before = lambda _: None
    assert house.woken >= 1
    house.clock.forward(1)
    await house.check(3)
    assert (house.closed(), house.fired(CRV), house.held(CRV)) == ([Decimal(30)], [1], Decimal(70))
    assert house.rests.fired() == NONE


@pytest.mark.parametrize(
    "lost", [OutcomeUnknown("slow"), NotSent("no way"), AccessRefused("50110")], ids=lambda exc: type(exc).__name__
)
async def test_what_never_left_is_placed_once(tmp_path: Path, lost: BaseException) -> None:
    house = RestingHouse(tmp_path, paper_leg())
    house.rests.before = fail("place", lost, times=3)
    for _ in range(12):
        await house.check()
    assert house.rests.resting() == THREE
    assert sorted(house.rests.rows) == sorted(one.order.name for one in house.checker.resting.book.rested.values())


async def test_asked_again_under_the_same_name_it_rests_at_the_next_check(tmp_path: Path) -> None:
    house = RestingHouse(tmp_path, paper_leg())
    house.rests.before = fail("place", OutcomeUnknown("slow"), times=3)
    await house.check()
    names = {one.order.name for one in house.checker.resting.book.rested.values()}
    assert house.rests.resting() == {}
    await house.check()
    assert (house.rests.resting(), set(house.rests.rows)) == (THREE, names)


async def test_taken_though_no_answer_came_it_is_found_by_its_name(tmp_path: Path) -> None:
    house = RestingHouse(tmp_path, paper_leg())
    house.rests.after = fail("place", OutcomeUnknown("slow"), times=3)
    await house.check(2)
    assert [row.state for row in house.checker.resting.at_rest] == ["rests"] * 3
    assert len(house.rests.rows) == 3


async def test_fired_before_its_answer_came_it_is_recorded_once(tmp_path: Path) -> None:
    house = RestingHouse(tmp_path, paper_leg())
    house.rests.after = fail("place", OutcomeUnknown("slow"), times=3)
    await house.check()
    house.move(CRV, 26)
    await house.check(3)
    assert (house.fired(CRV), house.held(CRV), house.closed()) == ([1], Decimal(70), NONE)


async def test_too_many_leave_the_nearest_and_it_is_said_with_the_number(tmp_path: Path) -> None:
    house = RestingHouse(tmp_path, paper_leg(), paper_leg("UNI-USDT-SWAP"))
    house.rests.most = 4
    await house.check(5)
    rests = sorted((str(row.leg), row.tier) for row in house.checker.resting.at_rest)
    assert [tier for _, tier in rests] == [1, 2, 1, 2]
    (event,) = house.listener.of("resting_full")
    assert (event.rest, event.left_out) == (4, 2)
    assert house.rests.calls.count("place") == 6
    house.set_roi(CRV, 26)
    house.rests.walk()
    await house.check(3)
    assert [(row.leg.coin, row.tier) for row in house.checker.resting.at_rest] == [
        ("CRV", 2),
        ("CRV", 3),
        ("UNI", 1),
        ("UNI", 2),
    ]


async def test_where_orders_would_outlive_their_leg_none_rests(tmp_path: Path) -> None:
    house = RestingHouse(tmp_path, paper_leg())
    house.rests.ends_with_leg = False
    await house.check(4)
    (event,) = house.listener.of("resting_changed")
    assert (event.mode, event.cause, event.code) == ("off", "refused", "51000")
    assert (house.rests.calls.count("place"), house.checker.resting.rules.is_on) == (3, False)
    house.set_roi(CRV, 26)
    await house.check(2)
    assert house.closed() == [Decimal(30)]


# -- amending and cancelling ------------------------------------------------------------------------------------------


async def test_amended_too_late_it_has_fired_as_it_was(house: RestingHouse) -> None:
    house.paper.put_leg(house.leg(CRV).replaced(contracts=Decimal(200), adjusted_at=house.clock.now()))
    house.clock.forward(1)

    def touch() -> None:
        house.clock.forward(1)
        house.set_roi(CRV, 26)

    house.rests.before = doing("amend", touch)
    await house.check()
    house.rests.before = lambda _: None
    await house.check(3)
    (event,) = house.listener.of("tier_filled")
    assert (event.order.filled_contracts, event.finished, event.contracts_left) == (30, True, 170)
    assert (house.fired(CRV), house.held(CRV), house.closed()) == ([1], Decimal(170), NONE)
    assert house.rests.resting() == {2: ("85", "5.175"), 3: ("42", "5.25")}


async def test_amended_and_fired_before_its_answer_came(house: RestingHouse) -> None:
    house.paper.put_leg(house.leg(CRV).replaced(contracts=Decimal(200), adjusted_at=house.clock.now()))
    house.rests.after = fail("amend", OutcomeUnknown("slow"), times=3)
    await house.check()
    house.move(CRV, 26)
    await house.check(3)
    (event,) = house.listener.of("tier_filled")
    assert (event.order.filled_contracts, event.finished, event.contracts_left) == (60, True, 140)
    assert (house.fired(CRV), house.held(CRV), house.closed()) == ([1], Decimal(140), NONE)


@pytest.mark.parametrize("way", ["by_the_pause", "by_the_check", "resumed"])
async def test_paused_while_it_fires_it_is_told_as_fired_while_pausing(house: RestingHouse, way: str) -> None:
    house.clock.forward(1)
    house.actions.pause("*", by=7)
    house.rests.before = doing("cancel", lambda: house.set_roi(CRV, 26))
    if way != "by_the_check":
        await house.checker.resting.lift_paused()
    if way == "resumed":
        house.actions.resume("*", by=7)
        house.actions.pause("*", by=7)
    await house.check(every=0)
    house.rests.before = lambda _: None
    await house.check(3)
    assert (house.fired(CRV), house.held(CRV), house.rests.resting()) == ([1], Decimal(70), {})
    assert house.told().count("tier_filled") == 1
    assert house.checker.resting.at_rest == ()
    (event,) = house.listener.of("tier_filled")
    assert event.intent.basis.while_pausing
    assert "fired while pausing" in line(reader("en"), event)


async def test_fired_before_the_pause_it_is_told_as_any_tier(house: RestingHouse) -> None:
    house.move(CRV, 26)
    house.clock.forward(1)
    house.actions.pause("*", by=7)
    await house.checker.resting.lift_paused()
    await house.check(2)
    (event,) = house.listener.of("tier_filled")
    assert not event.intent.basis.while_pausing


async def test_by_the_exchanges_clock_it_fired_before_the_pause(house: RestingHouse) -> None:
    # What has fired is dated by a clock that is 40 s ahead of ours.
    house.exchange.skewed = dt.timedelta(seconds=-40)
    house.move(CRV, 26)
    house.rests.rows[next(iter(house.rests.rows))].updated_at += dt.timedelta(seconds=40)
    house.clock.forward(1)
    house.actions.pause("*", by=7)
    await house.check(2)
    (event,) = house.listener.of("tier_filled")
    assert not event.intent.basis.while_pausing


@pytest.mark.parametrize("with_a_check", [False, True])
async def test_paused_and_resumed_between_two_checks_nothing_was_refused(house: RestingHouse, with_a_check: bool) -> None:
    for _ in range(4):
        house.actions.pause("*", by=7)
        await house.checker.resting.lift_paused()
        if with_a_check:
            await house.check()
        house.actions.resume("*", by=7)
        await house.check()
        assert house.rests.resting() == THREE
    assert (kinds(house), house.ledger.lives()[CRV].backoff) == ([], {})


async def test_resumed_before_its_cancel_got_there_it_is_placed_anew(house: RestingHouse) -> None:
    house.rests.before = fail("cancel", OutcomeUnknown("slow"), times=3)
    house.actions.pause("*", by=7)
    assert await house.checker.resting.lift_paused() == (3, 3)
    house.actions.resume("*", by=7)
    await house.check(2)
    assert (house.rests.resting(), kinds(house), len(house.rests.rows)) == (THREE, [], 6)


async def test_paused_while_it_is_placed_or_amended_it_leaves_all_the_same(house: RestingHouse) -> None:
    async def pause() -> None:
        house.actions.pause("*", by=7)
        await house.checker.resting.lift_paused()
        house.actions.resume("*", by=7)

    house.paper.put_leg(house.leg(CRV).replaced(contracts=Decimal(200), adjusted_at=house.clock.now()))
    amend = house.rests.amend

    async def amend_and_pause(*args: Any) -> None:
        await amend(*args)
        await pause()

    house.rests.amend = amend_and_pause  # type: ignore[method-assign, assignment]
    await house.check()
    house.rests.amend = amend  # type: ignore[method-assign]
    await house.check(2)
    assert house.rests.resting() == {1: ("60", "5.125"), 2: ("70", "5.175"), 3: ("35", "5.25")}
    assert kinds(house) == []


async def test_overdue_it_is_cancelled_and_seen_to_be_before_the_check_fires(house: RestingHouse) -> None:
    house.rests.fires = False
    house.set_roi(CRV, 26)
    await house.check(2, every=2)
    assert (house.closed(), house.rests.calls.count("cancel")) == (NONE, 0), "beyond it for less than three seconds"
    await house.check(every=2)
    assert (house.closed(), house.rests.calls.count("cancel"), house.fired(CRV)) == ([Decimal(30)], 1, [1])
    assert house.rests.resting() == {2: THREE[2], 3: THREE[3]}


async def test_gone_back_in_time_it_goes_on_resting(house: RestingHouse) -> None:
    house.rests.fires = False
    for roi in (26, 24, 26, 24, 26):
        house.set_roi(CRV, roi)
        await house.check(every=2)
    assert (house.closed(), house.rests.calls.count("cancel"), house.rests.resting()) == (NONE, 0, THREE)


async def test_overdue_and_not_to_be_cancelled_nobody_else_acts(house: RestingHouse) -> None:
    house.rests.fires = False
    house.rests.before = lambda name: OutcomeUnknown("slow") if name == "cancel" else None
    house.set_roi(CRV, 26)
    await house.check(6)
    assert (house.closed(), house.rests.resting()) == (NONE, THREE)
    house.rests.before = lambda _: None
    await house.check(2)
    assert (house.closed(), house.fired(CRV)) == ([Decimal(30)], [1])


# -- firing -----------------------------------------------------------------------------------------------------------


async def test_filled_in_part_the_check_closes_the_rest(house: RestingHouse) -> None:
    house.rests.fills_only = Decimal(12)
    house.move(CRV, 26)
    await house.check(4)
    assert (house.closed(), house.held(CRV), house.fired(CRV)) == ([Decimal(18)], Decimal(70), [1])
    assert house.rests.fired() == [12]
    assert house.told().count("tier_filled") == 1


async def test_the_rest_of_one_that_another_overtakes_is_closed_with_that(house: RestingHouse) -> None:
    house.rests.fills_only = Decimal(7)
    house.move(CRV, 46)
    house.rests.fills_only = None
    await house.check(4)
    assert (sum(house.rests.fired()), house.closed()) == (14, [Decimal(51)])
    assert (house.fired(CRV), house.held(CRV), house.rests.resting()) == ([1, 2], Decimal(35), {3: THREE[3]})


async def test_triggered_and_then_failed_the_check_acts_in_its_place(house: RestingHouse) -> None:
    house.rests.fails_with = "51008"
    house.move(CRV, 26)
    await house.check(3)
    assert (house.closed(), house.held(CRV), house.fired(CRV)) == ([Decimal(30)], Decimal(70), [1])
    (event,) = house.listener.of("resting_refused")
    assert (event.tier, event.code, event.fired) == (1, "51008", True)


async def test_triggered_and_failed_on_a_wick_it_is_placed_again(house: RestingHouse) -> None:
    house.rests.fails_with = "51008"
    house.move(CRV, 26)
    house.move(CRV, 5)
    house.rests.fails_with = ""
    await house.check(4)
    assert (house.closed(), house.rests.resting()) == (NONE, THREE)
    assert len(house.rests.rows) == 4, "under the next name"


async def test_a_list_that_lags_is_not_believed_about_what_has_fired(house: RestingHouse) -> None:
    house.rests.lag = 30
    house.move(CRV, 26)
    house.move(CRV, 5)
    await house.check(8)
    assert (house.fired(CRV), house.held(CRV), house.closed()) == ([1], Decimal(70), NONE)
    assert "leg_shrank" not in house.listener.kinds()


async def test_a_list_that_cannot_be_read_leaves_everything_as_it_is(house: RestingHouse) -> None:
    house.rests.before = lambda name: TemporarilyDown("502") if name in ("live", "find") else None
    house.move(CRV, 26)
    await house.check(10)
    assert (house.closed(), house.fired(CRV)) == (NONE, [])
    assert house.told().count("resting_stands") == 1
    house.rests.before = lambda _: None
    await house.check(2)
    assert (house.closed(), house.fired(CRV), house.held(CRV)) == (NONE, [1], Decimal(70))
    assert kinds(house) == ["resting_stands", "resting_cleared"]


async def test_a_tier_that_closes_all_ends_the_leg_and_is_recorded(tmp_path: Path) -> None:
    rules = ALL
    house = RestingHouse(tmp_path, paper_leg(), resting=rules)
    house.rules = house.rules.replaced(long=Ladder.parse("25:30,35:100"))
    house.restart()
    await house.check()
    house.move(CRV, 40)
    await house.check(4)
    assert [event.intent.tier for event in house.listener.of("tier_filled")] == [1, 2]
    assert house.listener.of("tier_filled")[1].contracts_left == 0
    (gone,) = house.listener.of("leg_gone")
    assert gone.by_us


# -- somebody else's hand ----------------------------------------------------------------------------------------------


async def test_cancelled_by_somebody_it_is_placed_again_with_a_pause(house: RestingHouse) -> None:
    for _ in range(12):
        for algo in house.rests.live_rows():
            if algo.tier.tier == 1:
                house.rests.end(algo, "canceled")
        await house.check()
    assert 3 <= len([algo for algo in house.rests.rows.values() if algo.tier.tier == 1]) <= 6
    assert house.told().count("resting_refused") == 1


async def test_orders_that_are_not_ours_are_never_touched(house: RestingHouse) -> None:
    now = house.clock.now()
    house.rests.foreign.append(
        Conditional(
            algo_id="9", name="", instrument_id=CRV.instrument_id, position_side=CRV.position_side, side=Side.SELL,
            margin_mode=MarginMode.CROSS, contracts=Decimal(80), trigger_price=Decimal(6), trigger_type="last", status="live",
            created_at=now, updated_at=now,
        )
    )  # fmt: skip
    await house.check(2)
    house.actions.pause("*", by=7)
    await house.check(2)
    assert house.rests.calls.count("cancel") == 3
    assert [one.algo_id for one in house.checker.resting.others] == ["9"]


async def test_an_order_of_our_names_that_nobody_knows_keeps_the_ladder_away(house: RestingHouse) -> None:
    now = house.clock.now()
    house.rests.foreign.append(
        Conditional(
            algo_id="9", name="tg0123456789", instrument_id=CRV.instrument_id, position_side=CRV.position_side, side=Side.SELL,
            margin_mode=MarginMode.CROSS, contracts=Decimal(80), trigger_price=Decimal(6), trigger_type="mark", status="live",
            created_at=now, updated_at=now,
        )
    )  # fmt: skip
    house.rests.fires = False
    await house.check(2)
    house.set_roi(CRV, 26)
    await house.check(4)
    assert house.closed() == NONE
    assert [event.cause for event in house.listener.of("resting_stands")] == ["strange"]
    assert "9" not in [algo.algo_id for algo in house.rests.rows.values()]


async def test_another_position_mode_switches_resting_off(house: RestingHouse) -> None:
    house.paper.position_mode = PositionMode.NET
    await house.check(3)
    (event,) = house.listener.of("resting_changed")
    assert (event.mode, event.cause) == ("off", "position_mode")
    assert house.rests.resting() == {}


async def test_another_account_mode_switches_resting_off(house: RestingHouse) -> None:
    profile = await house.paper.profile()

    async def in_mode(mode: AccountMode) -> list[str]:
        house.checker.permission.profile = profile.replaced(account_mode=mode)
        await house.check(3)
        return [event.cause for event in house.listener.of("resting_changed")]

    assert await in_mode(AccountMode.FUTURES) == []
    assert house.rests.resting() != {}
    assert await in_mode(AccountMode.MULTI_CURRENCY) == ["account_mode"]
    assert house.rests.resting() == {}
    # Whoever has them rest again does so in the mode of now.
    with house.ledger.step():
        house.checker.resting.change("", "all", 1)
    assert await in_mode(AccountMode.MULTI_CURRENCY) == ["account_mode"]
    assert house.rests.resting() != {}


# -- the process ends -------------------------------------------------------------------------------------------------


async def test_killed_with_three_resting_and_one_fired_meanwhile(house: RestingHouse) -> None:
    house.ledger.close()
    house.move(CRV, 26)
    house.move(CRV, 10)
    house.restart()
    await house.check(3)
    assert (house.fired(CRV), house.held(CRV), house.closed(), len(house.rests.rows)) == ([1], Decimal(70), NONE, 3)
    assert house.rests.resting() == {2: THREE[2], 3: THREE[3]}
    assert "leg_shrank" not in house.listener.kinds()


@pytest.mark.parametrize("after", [ALL, RestingRules()], ids=["on", "off"])
async def test_a_ledger_from_a_backup_of_before_finds_what_rests_and_what_has_fired(
    tmp_path: Path, after: RestingRules
) -> None:
    house = RestingHouse(tmp_path / "data", paper_leg(), resting=RestingRules())
    await house.check()
    shutil.copytree(house.folder, tmp_path / "backup")
    with house.checker.journal.step():
        house.checker.resting.change("", "all", by=7)
    await house.check()
    house.move(CRV, 26)
    await house.check()
    assert (house.fired(CRV), house.rests.resting()) == ([1], {2: THREE[2], 3: THREE[3]})
    house.resting = after
    restore(house, tmp_path / "backup")
    await house.check(4)
    assert (house.fired(CRV), house.held(CRV), house.closed(), len(house.rests.rows)) == ([1], Decimal(70), NONE, 3)
    assert [row.state for row in house.checker.resting.at_rest] == ["rests", "rests"]
    assert "leg_shrank" not in house.listener.kinds()


def restore(house: RestingHouse, backup: Path) -> None:
    """Go on with an older copy of the ledger."""
    house.ledger.close()
    shutil.rmtree(house.folder)
    shutil.copytree(backup, house.folder)
    house.restart()


async def test_a_ledger_from_a_backup_of_while_they_rested_finds_what_became_of_them(tmp_path: Path) -> None:
    house = RestingHouse(tmp_path / "data", paper_leg())
    await house.check()
    shutil.copytree(house.folder, tmp_path / "backup")
    house.move(CRV, 26)
    await house.check()
    for algo in house.rests.live_rows():
        if algo.tier.tier == 3:
            house.rests.end(algo, "canceled")
    await house.check(3)
    assert (house.fired(CRV), house.rests.resting(), len(house.rests.rows)) == ([1], {2: THREE[2], 3: THREE[3]}, 4)
    restore(house, tmp_path / "backup")
    await house.check(6)
    assert (house.fired(CRV), house.held(CRV), house.closed()) == ([1], Decimal(70), NONE)
    assert (house.rests.resting(), len(house.rests.live_rows())) == ({2: THREE[2], 3: THREE[3]}, 2)
    house.move(CRV, 60)
    await house.check(4)
    assert (house.fired(CRV), house.held(CRV), house.closed()) == ([1, 2, 3], Decimal(18), NONE)
    assert {"leg_shrank", "leg_grew"}.isdisjoint(house.listener.kinds())


async def test_a_ledger_from_a_backup_of_while_they_rested_after_they_were_switched_off(tmp_path: Path) -> None:
    house = RestingHouse(tmp_path / "data", paper_leg())
    await house.check()
    shutil.copytree(house.folder, tmp_path / "backup")
    with house.checker.journal.step():
        house.checker.resting.change("", "off", by=7)
    await house.check()
    house.set_roi(CRV, 26)
    await house.check()
    assert (house.closed(), house.fired(CRV)) == ([Decimal(30)], [1])
    restore(house, tmp_path / "backup")
    await house.check(4)
    # Another program's order, as far as this ledger knows: everything is paused, and nothing is closed a second time.
    assert (sum(house.closed()), house.rests.fired(), house.held(CRV)) == (30, NONE, Decimal(70))


@pytest.mark.parametrize("before", ["cancel", "live"])
async def test_switched_off_and_on_again_while_one_fires(house: RestingHouse, before: str) -> None:
    for mode in ("off", "all"):
        with house.checker.journal.step():
            house.checker.resting.change("", mode, by=7)
        if mode == "off":
            house.rests.before = doing(before, lambda: house.set_roi(CRV, 26))
            await house.check()
            house.rests.before = lambda _: None
            house.set_roi(CRV, 5)
    await house.check(4)
    assert (house.fired(CRV), house.held(CRV), house.closed()) == ([1], Decimal(70), NONE)
    assert house.rests.resting() == {2: THREE[2], 3: THREE[3]}


async def test_another_position_mode_while_one_fires(house: RestingHouse) -> None:
    house.paper.position_mode = PositionMode.NET
    house.rests.before = doing("cancel", lambda: house.set_roi(CRV, 26))
    await house.check()
    house.rests.before = lambda _: None
    await house.check(3)
    assert (house.fired(CRV), house.held(CRV), house.closed(), house.rests.resting()) == ([1], Decimal(70), NONE, {})


async def test_a_name_that_was_used_up_gives_the_next(tmp_path: Path) -> None:
    house = RestingHouse(tmp_path / "data", paper_leg())
    shutil.copytree(house.folder, tmp_path / "backup")
    await house.check()
    for algo in house.rests.live_rows():
        house.rests.end(algo, "canceled")
    restore(house, tmp_path / "backup")
    await house.check(3)
    assert (house.rests.resting(), len(house.rests.rows)) == (THREE, 6)
    assert kinds(house) == []


async def test_what_has_ended_is_not_taken_up_again_from_a_list_that_lags(house: RestingHouse) -> None:
    house.rests.lag = 3
    house.move(CRV, 26)
    house.clock.forward(2.9)
    house.rests.before = doing("fills", lambda: house.clock.forward(0.2))
    for algo in house.rests.rows.values():
        # This list lags more than anything else.
        algo.shown_until = house.clock.now() + dt.timedelta(seconds=30)
        algo.shown = algo.shown or algo.row(is_net=False)
    await house.check(8)
    assert [event.intent.tier for event in house.listener.of("tier_filled")] == [1]
    assert (house.held(CRV), house.ledger.lives()[CRV].contracts) == (Decimal(70), Decimal(70))


async def test_switched_off_before_what_was_looked_into_is_known(house: RestingHouse) -> None:
    house.ledger.close()
    house.move(CRV, 60)
    house.restart()
    await house.check()
    with house.checker.journal.step():
        house.checker.resting.change("", "off", by=7)
    house.paper.put_leg(house.leg(CRV).replaced(contracts=Decimal(36), adjusted_at=house.clock.now()))
    await house.check(3)
    assert house.ledger.lives()[CRV].contracts == 36
    assert house.listener.of("leg_grew")


async def test_a_start_without_resting_tells_what_rests_and_leaves_it_its_tiers(house: RestingHouse) -> None:
    house.resting = RestingRules()
    house.restart()
    await house.check(2)
    (event,) = house.listener.of("resting_stands")
    assert (event.cause, event.orders, house.rests.resting()) == ("off", 3, THREE)
    house.move(CRV, 26)
    await house.check(2)
    assert (house.fired(CRV), house.held(CRV), house.closed()) == ([1], Decimal(70), NONE)
    house.checker.resting.cancel_all()
    await house.check(3)
    assert (house.rests.resting(), kinds(house)) == ({}, ["resting_stands", "resting_cleared"])
    house.set_roi(CRV, 37)
    await house.check(2)
    assert house.closed() == [Decimal(35)]


async def test_switched_off_while_one_fires(house: RestingHouse) -> None:
    with house.checker.journal.step():
        house.checker.resting.change("", "off", by=7)
    house.rests.before = doing("cancel", lambda: house.set_roi(CRV, 26))
    await house.check()
    house.rests.before = lambda _: None
    await house.check(3)
    assert (house.fired(CRV), house.held(CRV), house.closed(), house.rests.resting()) == ([1], Decimal(70), NONE, {})


async def test_at_the_exit_they_stay_or_go(house: RestingHouse) -> None:
    await house.checker.finish()
    assert house.rests.resting() == THREE
    house.resting = ALL.replaced(at_exit="cancel")
    house.restart()
    await house.check()
    await house.checker.finish()
    assert (house.rests.resting(), house.checker.resting.at_rest) == ({}, ())


# -- pauses -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "left"), [("*", 0), ("* tier", 0), ("* hedge", 3), ("UNI-USDT-SWAP", 3), ("CRV-USDT-SWAP long", 0)]
)
async def test_a_pause_cancels_what_is_within_its_scope(house: RestingHouse, scope: str, left: int) -> None:
    house.actions.pause(scope, by=7)
    house.exchange.calls.clear()
    seen: list[int] = []
    house.exchange.before = doing("snapshot", lambda: seen.append(len(house.rests.live_rows())))
    await house.check(2)
    assert (len(house.rests.live_rows()), seen[0]) == (left, left), "before the first look"
    house.actions.resume(scope, by=7)
    await house.check(2)
    assert house.rests.resting() == THREE


async def test_a_pause_that_cannot_reach_the_exchange_says_so_every_minute(house: RestingHouse) -> None:
    house.rests.before = lambda name: OutcomeUnknown("slow") if name == "cancel" else None
    house.actions.pause("*", by=7)
    assert await house.checker.resting.lift_paused() == (3, 3)
    await house.check(13)
    assert [(event.cause, event.orders) for event in house.listener.of("resting_stands")] == [("paused", 3)] * 3
    house.rests.before = lambda _: None
    assert await house.checker.resting.lift_paused() == (3, 0)
    await house.check()
    assert kinds(house)[-1] == "resting_cleared"
    assert house.checker.resting.at_rest == ()


async def test_a_pause_while_tiers_are_placed_holds_for_them(tmp_path: Path) -> None:
    house = RestingHouse(tmp_path, paper_leg())
    house.rests.before = doing("place", lambda: house.actions.pause("*", by=7))
    await house.check()
    assert (house.rests.resting(), house.checker.resting.at_rest) == ({}, ())


async def test_a_pause_while_tiers_are_placed_holds_for_those_that_wait_for_their_turn(tmp_path: Path) -> None:
    house = RestingHouse(tmp_path, *(paper_leg(f"{coin}-USDT-SWAP") for coin in ("CRV", "UNI", "STX", "APT")))
    house.rests.before = doing("place", lambda: house.actions.pause("*", by=7))
    await house.check()
    assert (house.rests.calls.count("place"), house.rests.live_rows(), house.checker.resting.at_rest) == (10, [], ())


async def test_a_leg_is_lifted_for_ten_minutes_and_put_back_by_itself(house: RestingHouse) -> None:
    assert await house.checker.resting.lift(CRV, by=7) == (3, 0)
    assert (house.rests.resting(), list(house.checker.resting.lifted)) == ({}, [CRV])
    await house.check(2)
    house.restart()
    house.actions.pause("*", by=7)
    await house.check()
    house.actions.resume("*", by=7)
    house.set_roi(CRV, 26)
    await house.check(4)
    assert (house.rests.resting(), house.closed(), house.fired(CRV)) == ({}, [Decimal(30)], [1]), "by the check meanwhile"
    house.set_roi(CRV, 5)
    await house.check(51)
    assert (house.rests.resting(), house.checker.resting.lifted) == ({}, {CRV: house.clock.now() + dt.timedelta(seconds=20)})
    await house.check(3)
    assert (house.rests.resting(), house.checker.resting.lifted) == ({2: THREE[2], 3: THREE[3]}, {})
    assert kinds(house) == []


async def test_lifted_while_orders_are_placed_none_of_the_leg_stays(tmp_path: Path) -> None:
    coins = ("CRV", "UNI", "STX", "APT")
    house = RestingHouse(tmp_path, *(paper_leg(f"{coin}-USDT-SWAP") for coin in coins))
    place, legs = house.rests.place, [key(f"{coin}-USDT-SWAP") for coin in coins[1:]]

    async def lift_and_place(tier: RestingTier) -> str:
        while legs:
            await house.checker.resting.lift(legs.pop(), by=7)
        return await place(tier)

    # Ten are placed at once; the others wait for their turn.
    house.rests.place = lift_and_place  # type: ignore[method-assign]
    await house.check()
    assert {algo.tier.leg for algo in house.rests.live_rows()} == {CRV}


async def test_a_lift_that_a_clock_wrote_that_was_put_back_is_over(house: RestingHouse) -> None:
    await house.checker.resting.lift(CRV, by=7)
    house.clock.forward(-3600)
    await house.check(2)
    assert house.rests.resting() == THREE


async def test_what_is_lifted_and_not_cancelled_is_told(house: RestingHouse) -> None:
    house.rests.before = lambda name: OutcomeUnknown("slow") if name == "cancel" else None
    assert await house.checker.resting.lift(CRV, by=7) == (3, 3)
    await house.check(10)
    assert [(event.cause, event.orders) for event in house.listener.of("resting_stands")] == [("stuck", 3)]


async def test_a_correction_has_the_orders_of_its_leg_lifted_and_put_back(tmp_path: Path) -> None:
    held = paper_leg(mode="isolated", contracts=200)
    upkeep = Upkeep(is_sub=True, switches=Switches(correction=True))
    house = RestingHouse(tmp_path, held, upkeep=upkeep)
    own = key(mode="isolated")
    seen: list[int] = []
    house.exchange.before = doing("submit", lambda: seen.append(len(house.rests.live_rows())))
    await house.check(2)
    # 100 U of notional are its target, which leaves 20 contracts.
    assert (house.held(own), seen) == (Decimal(20), [0])
    await house.check(2)
    assert house.rests.resting() == {1: ("6", "5.125"), 2: ("7", "5.175"), 3: ("3", "5.25")}


async def test_a_person_switches_what_they_saw(house: RestingHouse) -> None:
    seen = house.checker.resting.rules
    assert await house.actions.change_resting(seen, "CRV-USDT-SWAP", "off", by=7)
    assert not await house.actions.change_resting(seen, "", "off", by=7)
    await house.check(2)
    assert house.rests.resting() == {}
    house.restart()
    assert house.checker.resting.rules.own == {"CRV-USDT-SWAP": "off"}
    assert await house.actions.change_resting(house.checker.resting.rules, "", "all", by=7)
    await house.check(2)
    assert house.rests.resting() == THREE


async def test_what_it_filled_is_waited_for_though_records_come_very_late(house: RestingHouse) -> None:
    house.rests.lag = 300
    house.move(CRV, 26)
    house.move(CRV, 5)
    await house.check(25)
    assert (house.closed(), house.fired(CRV)) == (NONE, [])
    (event,) = house.listener.of("resting_stands")
    assert (event.cause, event.orders) == ("unseen", 1), "its leg is left alone meanwhile"
    await house.check(10)
    assert (house.closed(), house.fired(CRV), house.held(CRV)) == (NONE, [1], Decimal(70))
    assert (kinds(house)[-1], house.listener.of("resting_refused")) == ("resting_cleared", [])


async def test_an_order_that_it_became_and_that_is_kept_no_more_has_filled_nothing(house: RestingHouse) -> None:
    async def fills(_: Conditional) -> None:
        return None

    house.rests.fills_only, house.rests.fills = Decimal(0), fills  # type: ignore[method-assign, assignment]
    house.move(CRV, 26)
    await house.check(20)
    assert (house.closed(), house.held(CRV)) == (NONE, Decimal(100))
    house.clock.forward(7200)
    await house.check(20)
    assert (house.closed(), house.fired(CRV), house.held(CRV)) == ([Decimal(30)], [1], Decimal(70))


async def test_a_leg_of_which_a_tier_cannot_be_looked_up_is_told(house: RestingHouse) -> None:
    house.rests.before = lambda name: TemporarilyDown("502") if name == "find" else None
    house.move(CRV, 26)
    await house.check(11)
    told = [(event.cause, event.orders) for event in house.listener.of("resting_stands")]
    assert told == [("unseen", 3)], "any of the three may have made it smaller"
    house.rests.before = lambda _: None
    await house.check(2)
    assert (house.fired(CRV), house.held(CRV), house.closed(), kinds(house)[-1]) == ([1], Decimal(70), NONE, "resting_cleared")


async def test_a_close_by_hand_has_what_rests_brought_up_at_once(house: RestingHouse) -> None:
    assert house.checker.last_good is not None
    await house.actions.close([CloseOrder(house.checker.last_good.by_key[CRV], Decimal(50))], 7, "nonce")
    assert house.woken == 1


async def test_what_fired_before_a_rearming_is_none_of_the_emptied_ladder(house: RestingHouse) -> None:
    house.move(CRV, 26)
    await house.check(2)
    life = house.ledger.lives()[CRV]
    house.move(CRV, 36)
    house.move(CRV, 5)
    assert not await house.actions.rearm(life, 7), "more has fired than the person saw"
    assert house.fired(CRV) == [1, 2]
    house.woken = 0
    assert await house.actions.rearm(house.ledger.lives()[CRV], 7)
    assert house.woken == 1
    await house.check(3)
    assert (house.fired(CRV), house.rests.resting()[2]) == ([], ("12", "5.175"))


async def test_learnt_of_after_a_close_by_hand_rows_from_before_that_are_not_believed(house: RestingHouse) -> None:
    house.clock.forward(1)
    house.move(CRV, 26)
    house.move(CRV, 5)
    house.clock.forward(1)
    between = await house.paper.snapshot()
    await house.actions.close([CloseOrder(between.by_key[CRV], Decimal(35))], 7, "nonce")
    house.clock.forward(1)
    await house.check(every=1)
    house.exchange.view = lambda now: between.replaced(taken_at=now.taken_at)
    await house.check(every=1)
    house.exchange.view = lambda now: now
    house.move(CRV, 36)
    await house.check(3)
    assert (house.fired(CRV), house.rests.fired(), house.held(CRV)) == ([1, 2], [Decimal(30), Decimal(17)], Decimal(18))
    assert {"leg_grew", "leg_shrank"}.isdisjoint(house.listener.kinds())


async def test_triggered_without_a_word_of_its_order_it_is_waited_for(house: RestingHouse) -> None:
    find, fills, until = house.rests.find, house.rests.fills, house.clock.now() + dt.timedelta(seconds=90)

    async def find_bare(name: str) -> Conditional | None:
        found = await find(name)
        return found.replaced(order_ids=()) if found is not None and house.clock.now() < until else found

    async def fills_of(found: Conditional) -> Order | None:
        return await fills(found) if found.order_ids else None

    house.rests.find, house.rests.fills = find_bare, fills_of  # type: ignore[method-assign, assignment]
    house.move(CRV, 26)
    await house.check(12)
    assert (house.fired(CRV), house.held(CRV), house.closed()) == ([1], Decimal(70), NONE)


async def test_what_is_not_amended_is_replaced(house: RestingHouse) -> None:
    house.rests.before = fail("amend", OrderRefused("51527", "no"), times=99)
    house.paper.put_leg(house.leg(CRV).replaced(contracts=Decimal(200), adjusted_at=house.clock.now()))
    await house.check(3)
    assert house.rests.resting() == {1: ("60", "5.125"), 2: ("70", "5.175"), 3: ("35", "5.25")}
    assert house.listener.of("resting_refused") == []


async def test_what_is_not_cancelled_though_its_price_is_there_is_told(house: RestingHouse) -> None:
    house.rests.fires = False
    house.rests.before = lambda name: OrderRefused("51400", "no") if name == "cancel" else None
    house.move(CRV, 26)
    await house.check(10)
    assert [(event.cause, event.orders) for event in house.listener.of("resting_stands")] == [("stuck", 1)]
    house.rests.before = lambda _: None
    await house.check(2)
    assert (house.fired(CRV), house.closed(), kinds(house)[-1]) == ([1], [Decimal(30)], "resting_cleared")


async def test_another_ladder_has_what_rests_brought_up_at_once(house: RestingHouse) -> None:
    wanted = {Whose.parse("long"): Ladder.parse("40:30")}
    assert await house.actions.change_ladder(house.checker.rulebook.proposal(wanted), 7)
    assert house.woken == 1
    await house.check()
    assert house.rests.resting() == {1: ("30", "5.2")}
