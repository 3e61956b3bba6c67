"""Placings that are never answered, or arrive late: the checks fire those tiers soon, once, and it is told."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.fixtures.fakes import key, paper_leg
from tests.fixtures.resting import RestingHouse
from tgtp.engine.resting import phase

CRV = key()
NONE: list[Decimal] = []
THREE = {1: ("30", "5.125"), 2: ("35", "5.175"), 3: ("17", "5.25")}


@pytest.fixture
async def house(tmp_path: Path) -> RestingHouse:
    """A house whose placings are all under way."""
    made = RestingHouse(tmp_path, paper_leg())
    made.rests.under_way = []
    await made.check()
    return made


async def test_not_there_at_two_looks_its_tier_comes_to_the_check(house: RestingHouse) -> None:
    house.set_roi(CRV, 26)
    await house.check(every=4)
    await house.check(every=4)
    assert (house.closed(), sorted(house.checker.resting.tiers[CRV])) == (NONE, [1, 2, 3]), "two looks, less than 8 s apart"
    await house.check(every=4)
    assert (house.closed(), house.fired(CRV), house.held(CRV)) == ([Decimal(30)], [1], Decimal(70))


async def test_sent_again_meanwhile_two_looks_after_that_count(house: RestingHouse) -> None:
    await house.check(3)
    house.set_roi(CRV, 26)
    await house.check()
    assert house.closed() == NONE
    await house.check()
    assert house.closed() == [Decimal(30)]


async def test_where_the_leg_is_smaller_it_may_have_fired(house: RestingHouse) -> None:
    house.paper.put_leg(house.leg(CRV).replaced(contracts=Decimal(70), adjusted_at=house.clock.now()))
    house.set_roi(CRV, 26)
    await house.check(4)
    assert house.closed() == NONE


async def test_arrived_after_the_check_has_fired_the_tier_it_is_cancelled(house: RestingHouse) -> None:
    late = (house.rests.under_way or [])[0]
    house.set_roi(CRV, 26)
    await house.check(2)
    assert house.fired(CRV) == [1]
    house.set_roi(CRV, 5)
    house.rests.under_way = None
    await house.rests.place(late)
    await house.check(2)
    house.move(CRV, 26)
    await house.check(2)
    assert (house.closed(), house.rests.fired(), house.held(CRV)) == ([Decimal(30)], NONE, Decimal(70))
    assert house.rests.resting() == {2: THREE[2], 3: THREE[3]}


async def test_arrived_late_and_fired_before_a_look_it_is_recorded(house: RestingHouse) -> None:
    late = (house.rests.under_way or [])[0]
    house.set_roi(CRV, 26)
    await house.check(2)
    house.set_roi(CRV, 5)
    house.rests.under_way = None
    await house.rests.place(late)
    house.clock.forward(1)
    house.move(CRV, 26)
    await house.check(3)
    assert (house.closed(), house.rests.fired(), house.held(CRV)) == ([Decimal(30)], [Decimal(30)], Decimal(40))
    assert [event.order.filled_contracts for event in house.listener.of("tier_filled")] == [30, 30]
    assert (house.ledger.lives()[CRV].contracts, "leg_shrank" in house.listener.kinds()) == (Decimal(40), False)


async def test_arrived_late_it_rests_as_it_is_wanted_by_now(house: RestingHouse) -> None:
    late = list(house.rests.under_way or [])
    house.paper.put_leg(house.leg(CRV).replaced(contracts=Decimal(200), adjusted_at=house.clock.now()))
    await house.check(2)
    house.rests.under_way = None
    for tier in late:
        await house.rests.place(tier)
    await house.check(2)
    assert house.rests.resting() == {1: ("60", "5.125"), 2: ("70", "5.175"), 3: ("35", "5.25")}
    assert len(house.rests.rows) == 3


async def test_never_answered_it_is_told_once_until_it_is(house: RestingHouse) -> None:
    await house.check(40)
    assert [(event.cause, event.orders) for event in house.listener.of("resting_stands")] == [("unanswered", 3)]
    house.rests.under_way = None
    await house.check(3)
    assert [event.cause for event in house.listener.of("resting_cleared")] == ["unanswered"]
    assert house.rests.resting() == THREE
    assert house.told().count("resting_stands") == 1


async def test_of_very_many_only_so_many_are_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phase, "MOST_IN_A_CHECK", 4)
    house = RestingHouse(tmp_path, paper_leg(), paper_leg("STX-USDT-SWAP"), paper_leg("UNI-USDT-SWAP"))
    house.rests.under_way = []
    await house.check(3)
    sent = [tier.name for tier in house.rests.under_way]
    assert (len(sent), len(set(sent))) == (12, 4)
    house.rests.under_way = None
    await house.check(4)
    assert len(house.rests.live_rows()) == 9
