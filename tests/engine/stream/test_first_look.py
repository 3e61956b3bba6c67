"""A leg that was not there before has no earlier price to doubt its first row by: something else must show that price too."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.fixtures.fakes import key, mark_at, paper_leg
from tests.fixtures.pushes import PushedHouse
from tgtp.domain.model import Snapshot

CRV, STX = key(), key("STX-USDT-SWAP")
NAME = CRV.instrument_id


async def house_with_a_new_leg(tmp_path: Path) -> PushedHouse:
    """Another leg is looked at, then one of CRV is opened, at a loss of nothing."""
    house = PushedHouse(tmp_path, paper_leg("STX-USDT-SWAP"), paper_leg())
    opened = house.leg(CRV)
    house.paper.drop_leg(CRV)
    await house.begin("STX-USDT-SWAP")
    house.paper.put_leg(opened)
    return house


def show(house: PushedHouse, roi: int, public: Decimal | None = None) -> None:
    """Let every row of CRV show this ROI (percent), whatever its price is, beside what is told to everybody."""
    house.set_roi(CRV, roi)

    def view(snapshot: Snapshot) -> Snapshot:
        return snapshot.replaced(
            legs=tuple(leg.replaced(public_mark=public) if leg.key == CRV else leg for leg in snapshot.legs)
        )

    house.exchange.view = view


async def test_a_first_row_that_is_wrong_sells_nothing_however_soon_the_next_checks_come(tmp_path: Path) -> None:
    house = await house_with_a_new_leg(tmp_path)
    show(house, 60)
    await house.check(5, every=1)
    assert house.closed() == []
    show(house, 0)
    await house.check(3, every=10)
    assert house.closed() == []


async def test_a_second_look_some_seconds_later_is_believed(tmp_path: Path) -> None:
    house = await house_with_a_new_leg(tmp_path)
    show(house, 26)
    await house.check(every=7)
    await house.check(every=1)
    assert house.closed() == []
    await house.check()
    assert house.closed() == [Decimal(30)]


@pytest.mark.parametrize(("public", "closed"), [("5.14", [Decimal(30)]), ("5", [])], ids=["agrees", "contradicts"])
async def test_what_is_told_to_everybody_shows_it_too(tmp_path: Path, public: str, closed: list[Decimal]) -> None:
    house = await house_with_a_new_leg(tmp_path)
    show(house, 26, Decimal(public))
    await house.check(every=1)
    assert house.closed() == closed


@pytest.mark.parametrize(("pushed", "closed"), [(26, [Decimal(30)]), (0, [])], ids=["agrees", "contradicts"])
async def test_what_is_pushed_shows_it_too(tmp_path: Path, pushed: int, closed: list[Decimal]) -> None:
    house = await house_with_a_new_leg(tmp_path)
    for is_first in (True, False):
        house.push(NAME, mark_at("5", pushed), is_first=is_first)
    show(house, 26)
    await house.check(every=1)
    assert house.closed() == closed


async def test_nothing_is_decided_by_a_push_before_its_row_is_believed(tmp_path: Path) -> None:
    house = await house_with_a_new_leg(tmp_path)
    show(house, 10)
    await house.check(every=1)
    for is_first in (True, False):
        house.push(NAME, mark_at("5", 26), is_first=is_first)
    house.heard()
    await house.decider.act()
    assert house.closed() == []


async def test_the_legs_of_a_start_are_what_it_starts_with(tmp_path: Path) -> None:
    house = PushedHouse(tmp_path, paper_leg())
    house.set_roi(CRV, 26)
    await house.check()
    assert house.closed() == [Decimal(30)]
