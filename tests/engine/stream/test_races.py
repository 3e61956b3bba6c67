"""Pushes, checks, commands by hand and ends of the process, in every order: each tier fires once, and none is lost."""

from __future__ import annotations

import asyncio
import random
from decimal import Decimal
from pathlib import Path

import pytest

from tests.fixtures.fakes import key, paper_leg
from tests.fixtures.pushes import PushedHouse
from tests.fixtures.thoroughness import tries

LONG, SHORT = key(), key("STX-USDT-SWAP", side="short")
# What the seed's ladder closes of 100 with a lot of 1, one order after the other.
ALL = [Decimal(30), Decimal(35), Decimal(17)]


async def _one_step(house: PushedHouse, chance: random.Random) -> None:
    """Let one thing happen, or two at once."""
    for name in (LONG, SHORT):
        if house.held(name):
            house.set_roi(name, chance.choice((0, 10, 24, 26, 36, 46, 56, 60)))
    house.clock.forward(chance.choice((0.0, 0.05, 0.3, 1.0, 5.0, 9.0)))
    if chance.random() < 0.9:
        house.heard()
    for name in (LONG, SHORT):
        for _ in range(chance.randint(0, 3)):
            mark = house.prices.marks[name.instrument_id]
            house.push(name.instrument_id, mark, late=chance.choice((0.0, 0.1, 0.45)), is_first=chance.random() < 0.1)
        if chance.random() < 0.1:
            house.push_order(name)
    match chance.randint(0, 7):
        case 0 | 1:
            await asyncio.gather(house.checker.check(), house.decider.act())
        case 2 | 3:
            await asyncio.gather(house.decider.act(), house.checker.check())
        case 4 | 5:
            await house.decider.act()
        case 6:
            house.restart()
        case _:
            await house.checker.check()


@pytest.mark.parametrize("seed", range(tries(40, 1000)))
async def test_each_tier_fires_once_whoever_comes_first(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    house = PushedHouse(tmp_path, paper_leg(), paper_leg("STX-USDT-SWAP", side="short"))
    await house.begin()
    for _ in range(chance.randint(5, 25)):
        await _one_step(house, chance)
    for name in (LONG, SHORT):
        house.set_roi(name, 60)
    house.clock.forward(10)
    await house.check(8)
    assert sorted(house.closed()) == sorted(2 * ALL)
    for name in (LONG, SHORT):
        assert house.fired(name) == [1, 2, 3]
        assert house.held(name) == 18
