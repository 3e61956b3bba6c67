"""Tiers rest at the exchange, fire there, and are recorded once."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.fixtures.fakes import key, paper_leg
from tests.fixtures.resting import RestingHouse
from tgtp.domain.resting.rules import RestingRules

CRV = key()
SHORT = key(side="short")
NONE: list[Decimal] = []
THREE = {1: ("30", "5.125"), 2: ("35", "5.175"), 3: ("17", "5.25")}


@pytest.fixture
async def house(tmp_path: Path) -> RestingHouse:
    made = RestingHouse(tmp_path, paper_leg())
    await made.check()
    return made


async def test_every_tier_rests_with_what_the_tiers_below_leave(house: RestingHouse) -> None:
    assert house.rests.resting() == THREE
    assert [(row.tier, row.state) for row in house.checker.resting.at_rest] == [(1, "rests"), (2, "rests"), (3, "rests")]


async def test_nothing_is_done_while_nothing_changes(house: RestingHouse) -> None:
    house.rests.calls.clear()
    await house.check(5)
    assert house.rests.calls == ["live"] * 5
    assert house.rests.resting() == THREE


async def test_one_that_fires_between_two_checks_is_recorded_like_any_tier(house: RestingHouse) -> None:
    house.move(CRV, 26)
    house.move(CRV, 5)
    await house.check(3)
    (event,) = house.listener.of("tier_filled")
    assert (event.intent.tier, event.order.filled_contracts, event.contracts_left) == (1, 30, 70)
    assert (event.intent.basis.rested, event.intent.basis.threshold, event.intent.basis.mark_price) == (
        True,
        Decimal("0.25"),
        Decimal("5.125"),
    )
    assert (house.fired(CRV), house.held(CRV), house.closed()) == ([1], Decimal(70), NONE)
    assert house.listener.of("leg_shrank") == []
    assert house.rests.resting() == {2: THREE[2], 3: THREE[3]}


async def test_the_price_walks_while_nobody_is_there(house: RestingHouse) -> None:
    house.ledger.close()
    for roi in range(0, 61, 5):
        house.move(CRV, roi)
        house.clock.forward(30)
    assert house.rests.fired() == [30, 35, 17]
    house.restart()
    await house.check(4)
    told = house.listener.of("tier_filled")
    assert [(event.intent.tier, event.order.filled_contracts, event.order.average_price) for event in told] == [
        (1, 30, Decimal("5.125")),
        (2, 35, Decimal("5.175")),
        (3, 17, Decimal("5.25")),
    ]
    assert house.told().count("tier_filled") == 3
    assert (house.fired(CRV), house.held(CRV), house.closed()) == ([1, 2, 3], Decimal(18), NONE)
    assert len(house.rests.rows) == 3
    assert "leg_shrank" not in house.listener.kinds()
    await house.check(10)
    assert (house.held(CRV), house.closed(), len(house.rests.rows)) == (Decimal(18), NONE, 3)


async def test_a_short_rests_below(tmp_path: Path) -> None:
    house = RestingHouse(tmp_path, paper_leg(side="short"))
    await house.check()
    assert house.rests.resting() == {1: ("30", "4.825"), 2: ("35", "4.775"), 3: ("17", "4.725")}
    house.move(SHORT, 36)
    await house.check()
    assert (house.fired(SHORT), house.held(SHORT)) == ([1], Decimal(70))


async def test_off_is_as_if_there_were_nothing(tmp_path: Path) -> None:
    house = RestingHouse(tmp_path, paper_leg(), resting=RestingRules())
    await house.check(3)
    # At the start it is asked whether anything of ours is there.
    assert house.rests.calls == ["live"]
    house.move(CRV, 26)
    await house.check(3)
    assert (house.rests.calls, house.closed(), house.fired(CRV)) == (["live"], [Decimal(30)], [1])


async def test_tiers_are_as_large_as_what_is_held_by_now(house: RestingHouse) -> None:
    house.paper.put_leg(house.leg(CRV).replaced(contracts=Decimal(200), adjusted_at=house.clock.now()))
    await house.check(2)
    assert house.rests.resting() == {1: ("60", "5.125"), 2: ("70", "5.175"), 3: ("35", "5.25")}
    assert [name for name in house.rests.calls if name in ("place", "amend")] == ["place"] * 3 + ["amend"] * 3
    house.paper.put_leg(house.leg(CRV).replaced(leverage=Decimal(20), entry_price=Decimal("5.01")))
    await house.check(2)
    assert house.rests.resting() == {1: ("60", "5.0727"), 2: ("70", "5.0977"), 3: ("35", "5.1353")}
    assert len(house.rests.rows) == 3


async def test_by_hand_made_smaller_is_told_once_it_is_sure_that_no_tier_did_it(house: RestingHouse) -> None:
    house.paper.put_leg(house.leg(CRV).replaced(contracts=Decimal(50), adjusted_at=house.clock.now()))
    await house.check()
    assert house.listener.of("leg_shrank") == []
    await house.check(2)
    (event,) = house.listener.of("leg_shrank")
    assert (event.before, event.contracts) == (100, 50)
    assert house.rests.resting() == {1: ("15", "5.125"), 2: ("17", "5.175"), 3: ("9", "5.25")}
    assert house.rests.calls.count("cancel") == 0


async def test_a_leg_closed_by_hand_takes_its_orders_with_it(house: RestingHouse) -> None:
    house.paper.drop_leg(CRV)
    house.rests.walk()
    await house.check(4)
    assert (house.rests.live_rows(), house.checker.resting.at_rest) == ([], ())
    assert [event.kind for _, event in house.listener.events if event.kind.startswith(("leg_gone", "resting"))] == ["leg_gone"]


async def test_orders_of_one_life_are_not_of_the_next(house: RestingHouse) -> None:
    house.paper.put_leg(house.leg(CRV).replaced(contracts=Decimal(40), opened_at=house.clock.now()))
    house.rests.walk()
    await house.check(3)
    assert house.rests.resting() == {1: ("12", "5.125"), 2: ("14", "5.175"), 3: ("7", "5.25")}
    assert len(house.rests.rows) == 6


async def test_switched_on_beyond_a_threshold_the_check_fires_that_tier(tmp_path: Path) -> None:
    house = RestingHouse(tmp_path, paper_leg(), resting=RestingRules())
    await house.check()
    with house.checker.journal.step():
        house.checker.resting.change("", "all", by=7)
    house.actions.pause("* tier", by=7)
    house.set_roi(CRV, 37)
    await house.check()
    assert house.rests.resting() == {}
    house.actions.resume("* tier", by=7)
    await house.check(2)
    assert (house.closed(), house.rests.resting()) == ([Decimal(30), Decimal(35)], {3: THREE[3]})
