"""Killed between any two steps of a guard's work, or unable to write one: it has acted once, and all is done and told once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path

import pytest

from tests.fixtures.deaths import live_and_die
from tests.fixtures.engine import SEED_RULES, House
from tests.fixtures.fakes import key, paper_leg
from tests.fixtures.sick_disk import FAILURES, Failure, SickDisk
from tgtp.domain.examples import instrument
from tgtp.domain.guards.drawdown import DrawdownRules
from tgtp.domain.guards.rules import GuardRules
from tgtp.domain.model import LegKey

CRV, UNI = key(), key("UNI-USDT-SWAP", "short")
SMALL_ORDERS = [instrument(max_market_contracts="60"), instrument("UNI-USDT-SWAP")]


async def fallen(folder: Path) -> House:
    """20 U of 10,000 are lost, and the guard closes at 10: one leg in two orders, the other in one."""
    rules = DrawdownRules(limit="0.001", action="close")
    legs = paper_leg(), paper_leg("UNI-USDT-SWAP", "short")
    house = House(folder, *legs, instruments=SMALL_ORDERS, drawdown=rules)
    await house.check(3)
    house.set_roi(CRV, -20)
    house.set_roi(UNI, -20)
    return house


async def given_back(folder: Path) -> House:
    """A leg has won 30 % and closed its first tier; 68 of what is left go, in two orders."""
    rules = SEED_RULES.replaced(guards=GuardRules(give_back="0.4"))
    house = House(folder, paper_leg(), instruments=SMALL_ORDERS, rules=rules)
    house.set_roi(CRV, 30)
    await house.check(3)
    house.set_roi(CRV, 10)
    return house


Scene = tuple[Callable[[Path], Awaitable[House]], dict[LegKey, Decimal], int, dict[str, int]]
SCENES: dict[str, Scene] = {
    "drawdown": (fallen, {CRV: Decimal(0), UNI: Decimal(0)}, 3, {"drawdown_fired": 1, "drawdown_done": 1, "paused": 1}),
    "give back": (given_back, {CRV: Decimal(2)}, 3, {"tier_filled": 1}),
}


async def _live_and_die(scene: str, folder: Path, place: int | None, monkeypatch: pytest.MonkeyPatch) -> tuple[House, int]:
    house = await SCENES[scene][0](folder)
    return house, await live_and_die(house, place, monkeypatch)


def judge(house: House, scene: str, where: str) -> None:
    """See that all of a scene is done and told once; the end of its house."""
    _, ends, orders, told = SCENES[scene]
    assert {leg: house.held(leg) for leg in ends} == ends, where
    assert len(house.paper.orders) == orders, where
    assert house.ledger.open_intents() == [], where
    kinds: list[str] = [event.kind for _, event in house.ledger.history(200)]
    assert {kind: kinds.count(kind) for kind in told} == told, where
    house.ledger.close()


@pytest.mark.parametrize("scene", SCENES)
async def test_it_acts_once_wherever_it_dies(scene: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quiet, places = await _live_and_die(scene, tmp_path / "quiet", None, monkeypatch)
    quiet.ledger.close()
    assert places > 20
    for place in range(places):
        house, _ = await _live_and_die(scene, tmp_path / str(place), place, monkeypatch)
        judge(house, scene, f"died at place {place} of {places}")


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("scene", SCENES)
async def test_it_acts_once_whichever_write_fails(
    scene: str, failure: Failure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, struck = 0, True
    while struck:
        house = await SCENES[scene][0](tmp_path / str(place))
        with monkeypatch.context() as patch:
            disk = SickDisk(place, failure, patch)
            await house.check(24)
        judge(house, scene, f"write {place}")
        place, struck = place + 1, disk.struck
    assert place > 5
