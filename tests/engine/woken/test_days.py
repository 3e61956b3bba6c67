"""Woken checks change nothing but how soon a thing is done: what comes of any day is what the beat alone comes to."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.engine.woken.days import day, live
from tests.fixtures.thoroughness import tries


def folder_in(place: Path, name: str) -> Path:
    folder = place / name
    folder.mkdir()
    return folder


@pytest.mark.parametrize("seed", range(tries(10, 400)))
async def test_a_day_with_woken_checks_comes_to_what_it_comes_to_without(tmp_path: Path, seed: int) -> None:
    stages = day(seed)
    alone = await live(folder_in(tmp_path, "alone"), stages, None)
    woken = await live(folder_in(tmp_path, "woken"), stages, random.Random(f"wakes of {seed}"))
    for what, came_of_it in alone.items():
        assert woken[what] == came_of_it, (what, stages)


async def test_these_days_have_orders_and_messages_of_many_kinds(tmp_path: Path) -> None:
    kinds: set[str] = set()
    for seed in range(12):
        came_of_it = await live(folder_in(tmp_path, str(seed)), day(seed), None)
        kinds |= {what[0] for told in came_of_it["told"].values() for what in told}
    assert {"tier_filled", "hedge_filled", "guard_filled", "leg_doubted", "exchange_lost", "leg_gone"} <= kinds
