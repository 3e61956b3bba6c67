"""Killed between any two steps of a check: after the restart there is exactly one order per tier, and none is lost.

Every call of the exchange and every write to the disk is a place to die, before it and after it. From that moment nothing more
happens, as with SIGKILL; then a new process starts from what is on disk.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.deaths import live_and_die
from tests.fixtures.engine import House
from tests.fixtures.fakes import key, paper_leg
from tgtp.domain.examples import instrument
from tgtp.domain.model import LegKey

CRV, CRV_SHORT = key(), key(side="short")
UNI, STX = key("UNI-USDT-SWAP"), key("STX-USDT-SWAP", "short")


def one_leg(folder: Path) -> House:
    house = House(folder, paper_leg(contracts=100), instruments=[instrument(lot_size="0.1")])
    house.set_roi(CRV, 60)
    return house


def a_pair(folder: Path) -> House:
    """The short wins 45.5 %, the long loses: two tiers and a hedge."""
    house = House(
        folder,
        paper_leg(side="short", contracts=100, entry_price="5.2"),
        paper_leg(side="long", contracts=50, entry_price="5.2"),
    )
    house.prices.marks["CRV-USDT-SWAP"] = Decimal("4.96")
    return house


def a_burst(folder: Path) -> House:
    house = House(folder, paper_leg(contracts=100), paper_leg(UNI.instrument_id), paper_leg(STX.instrument_id, "short"))
    for leg in (CRV, UNI, STX):
        house.set_roi(leg, 36)
    return house


def a_part_fill(folder: Path) -> House:
    house = House(folder, paper_leg(contracts=100), instruments=[instrument(max_market_contracts="20")])
    house.set_roi(CRV, 26)
    return house


Scene = tuple[Callable[[Path], House], dict[LegKey, Decimal], int]
SCENES: dict[str, Scene] = {
    "one leg": (one_leg, {CRV: Decimal("17.5")}, 3),
    "a pair": (a_pair, {CRV_SHORT: Decimal(35), CRV: Decimal(3)}, 3),
    "a burst": (a_burst, {CRV: Decimal(35), UNI: Decimal(35), STX: Decimal(70)}, 5),
    "a part fill": (a_part_fill, {CRV: Decimal(70)}, 2),
}


async def _live_and_die(scene: str, folder: Path, place: int | None, monkeypatch: pytest.MonkeyPatch) -> tuple[House, int]:
    house = SCENES[scene][0](folder)
    return house, await live_and_die(house, place, monkeypatch)


@pytest.mark.parametrize("scene", SCENES)
async def test_one_order_per_tier_wherever_it_dies(scene: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, ends, orders = SCENES[scene]
    quiet, places = await _live_and_die(scene, tmp_path / "quiet", None, monkeypatch)
    assert {leg: quiet.held(leg) for leg in ends} == ends
    assert places > 20
    for place in range(places):
        house, _ = await _live_and_die(scene, tmp_path / str(place), place, monkeypatch)
        assert {leg: house.held(leg) for leg in ends} == ends, f"died at place {place} of {places}"
        assert len(house.paper.orders) == orders, f"died at place {place} of {places}"
        assert house.ledger.open_intents() == []
        told = [told.number for told in house.ledger.outbox()]
        fills: list[Any] = [event for number, event in house.ledger.history(100) if hasattr(event, "order") and number in told]
        # What filled bit by bit is told as one, with all that came before it.
        of_one: dict[tuple[LegKey, str], list[Any]] = {}
        for event in fills:
            of_one.setdefault((event.intent.leg, event.intent.tag), []).append(event)
        told_orders = sum(max([len(some), *(one.in_all.orders for one in some if one.in_all)]) for some in of_one.values())
        assert told_orders == orders, f"died at place {place}: every fill is told exactly once"
        house.ledger.close()
