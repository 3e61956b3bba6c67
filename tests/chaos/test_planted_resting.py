"""Bugs of what rests at the exchange, planted into the running engine: the laboratory finds each of them in its story."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.stories import Story, in_a_world
from tests.fixtures.thoroughness import FULL
from tests.simulation.process import ME
from tests.simulation.resting import PLACE
from tests.simulation.simulation import Violated, World
from tgtp.adapters.okx.conditional import OkxConditional
from tgtp.domain.resting.audit import Rested
from tgtp.engine.monitoring.closes import CloseWatch
from tgtp.engine.resting.book import RestingBook
from tgtp.engine.resting.phase import Resting
from tgtp.engine.resting.placing import Placing

CRV = "CRV-USDT-SWAP"
INTERVAL = 30


async def dead_while_three_fire(world: World) -> None:
    assert len(world.account.algo.waiting()) == 3
    world.killer.in_places(0)
    await world.check()
    for percent in range(61):
        world.account.set_roi(CRV, "long", percent)
    assert [fill.contracts for fill in world.account.fills] == [30, 35, 17]
    await world.run(4 * INTERVAL)
    assert len(world.account.fills) == 3


async def fired_and_not_shown_yet(world: World) -> None:
    world.account.algo.ids_lag = world.account.algo.list_lag = 40.0
    world.account.set_roi(CRV, "long", 26)
    await world.run(4 * INTERVAL)
    world.account.algo.ids_lag = world.account.algo.list_lag = 0.0


async def a_placing_that_is_not_answered(world: World) -> None:
    world.account.grow_leg(CRV, "long", "100")
    world.holders[0].audit.touch((CRV, "long", "cross"), world.loop.time(), may_rearm=True)
    world.account.open_leg("STX-USDT-SWAP", "long", "50", "0.3")
    world.server.fault(PLACE, "drop", after_effect=True)
    await world.run(4 * INTERVAL)
    world.account.set_roi("STX-USDT-SWAP", "long", 26)
    await world.run(4 * INTERVAL)


async def a_pause(world: World) -> None:
    assert world.process is not None
    world.process.actions.pause(f"{CRV} long", ME)
    await world.process.checker.resting.lift_paused()
    await world.run(300)
    world.account.set_roi(CRV, "long", 26)
    await world.run(4 * INTERVAL)
    assert world.account.fills == []


async def opened_anew_between_two_looks(world: World) -> None:
    world.account.close_leg(CRV, "long")
    world.account.open_leg(CRV, "long", "100", "0.4")
    world.account.set_roi(CRV, "long", 26)
    world.holders[0].audit.touch((CRV, "long", "cross"), world.loop.time())
    await world.run(4 * INTERVAL)


async def closed_by_force_beside_what_rests(world: World) -> None:
    leg = world.account.leg(CRV, "long")
    world.account.liquidate_leg(CRV, "long", Decimal(40))
    world.holders[0].audit.force_closed(leg, "partial_liquidation", world.loop.time(), undisturbed=True)
    await world.run(4 * INTERVAL)


STORIES = (dead_while_three_fire, closed_by_force_beside_what_rests)
MORE = (fired_and_not_shown_yet, a_placing_that_is_not_answered, a_pause, opened_anew_between_two_looks)


def fires_what_has_fired(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Resting, "tiers", property(lambda _: {}))
    patch.setattr(RestingBook, "unexplained", lambda *_: ())


def takes_no_answer_for_no(patch: pytest.MonkeyPatch) -> None:
    place = Placing.place

    async def forgets(self: Placing, *asked: object) -> object:
        placed = await place(self, *asked)  # type: ignore[arg-type]
        unanswered = [one for one in self._book.rested.values() if not one.algo_id]
        with self._journal.step():
            for one in unanswered:
                self._book.strike(one)
        return placed

    patch.setattr(Placing, "place", forgets)


def lets_a_pause_rest(patch: pytest.MonkeyPatch) -> None:
    def nothing(_: Resting) -> list[Rested]:
        return []

    patch.setattr(Resting, "_paused", nothing)
    patch.setattr("tgtp.domain.resting.audit.Situation.is_paused", lambda *_: False)


def outlives_its_leg(patch: pytest.MonkeyPatch) -> None:
    post = OkxConditional._post_algo

    async def without(self: OkxConditional, request: Mapping[str, Any]) -> Any:
        return await post(self, {name: value for name, value in request.items() if name != "cxlOnClosePos"})

    patch.setattr(OkxConditional, "_post_algo", without)


def looks_at_the_newest_row(patch: pytest.MonkeyPatch) -> None:
    see = CloseWatch.see
    patch.setattr(CloseWatch, "see", lambda self, snapshot, _: see(self, snapshot))


PLANTED = [
    (fires_what_has_fired, fired_and_not_shown_yet, "has closed|left to close|is asked for|was to close"),
    (takes_no_answer_for_no, a_placing_that_is_not_answered, "wait at once|while its order"),
    (lets_a_pause_rest, a_pause, "after its pause"),
    (outlives_its_leg, opened_anew_between_two_looks, "has outlived its leg"),
    (looks_at_the_newest_row, closed_by_force_beside_what_rests, "was not told as such"),
]
Plant = Callable[[pytest.MonkeyPatch], None]


@pytest.mark.parametrize("story", STORIES + (MORE if FULL else ()))
def test_the_engine_as_it_is_lives_through_the_story(tmp_path: Path, story: Story) -> None:
    in_a_world(tmp_path, story, rests=True, interval=INTERVAL)


@pytest.mark.parametrize(("plant", "story", "words"), PLANTED)
def test_a_planted_bug_is_found_in_its_story(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plant: Plant, story: Story, words: str
) -> None:
    plant(monkeypatch)
    with pytest.raises(Violated, match=words):
        in_a_world(tmp_path, story, rests=True, interval=INTERVAL)
