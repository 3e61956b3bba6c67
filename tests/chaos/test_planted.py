"""Bugs that tgtp must never have, planted into the running engine: the laboratory finds each of them.

Each in a story made for it; three of them by itself too, among whatever hypothesis thinks of.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.chaos.stories import Story, in_a_world
from tests.chaos.test_stateful import ChaosMachine
from tests.fixtures.thoroughness import FULL
from tests.simulation.faults.troubles import ORDER, POSITIONS, SUB_KEY
from tests.simulation.process import ME
from tests.simulation.setup import SubSetup
from tests.simulation.simulation import Violated, World
from tgtp.domain import pauses, position_changes
from tgtp.domain.fired_tiers import FiredTier
from tgtp.domain.model import Snapshot
from tgtp.domain.order import Intent
from tgtp.domain.pauses import Scope
from tgtp.domain.plan import ALL
from tgtp.engine.monitoring.observer import Observer
from tgtp.engine.orders.execute import Executor
from tgtp.engine.orders.outcomes import Outcomes
from tgtp.engine.upkeep.runner import UpkeepRunner


async def a_refused_tier(world: World) -> None:
    world.server.fault(ORDER, "code", code="51022")
    world.account.set_roi("CRV-USDT-SWAP", "long", 26)
    await world.run(60)


async def a_lost_reply(world: World) -> None:
    world.server.fault(ORDER, "drop", after_effect=True)
    world.server.fault("GET /trade/order", "drop", times=8)
    world.account.set_roi("CRV-USDT-SWAP", "long", 26)
    await world.run(60)


async def an_empty_list(world: World) -> None:
    world.account.set_roi("CRV-USDT-SWAP", "long", 26)
    await world.run(60)
    world.server.fault(POSITIONS, "empty_list")
    await world.run(60)


STORIES = (a_refused_tier, a_lost_reply, an_empty_list)


async def a_pause_of_a_rule(world: World) -> None:
    assert world.process is not None
    world.process.parts[0].actions.pause("CRV-USDT-SWAP long tier", ME)
    world.account.set_roi("CRV-USDT-SWAP", "long", 26)
    await world.run(60)


async def a_pause_of_the_other_side(world: World) -> None:
    assert world.process is not None
    world.process.parts[0].actions.pause("CRV-USDT-SWAP short", ME)
    world.account.set_roi("CRV-USDT-SWAP", "long", 26)
    await world.run(60)


PAUSE_STORIES = (a_pause_of_a_rule, a_pause_of_the_other_side)


async def a_pause_in_a_maintenance(world: World) -> None:
    alpha = world.holders[1].account
    alpha.open_leg("STX-USDT-SWAP", "long", "30", "0.3", margin_mode="isolated")
    world.server.fault(ORDER, "fill_later", seconds=15, key=SUB_KEY)
    alpha.set_roi("STX-USDT-SWAP", "long", -12)
    await world.run(20)
    assert world.process is not None
    assert world.process.parts[1].checker.upkeep_scheduler.book.maintenances
    world.process.parts[1].actions.pause(ALL, ME)
    await world.run(600)


async def a_contract_size_that_changes(world: World) -> None:
    world.account.set_roi("CRV-USDT-SWAP", "long", 26)
    await world.run(60)
    world.account.redenominate("CRV-USDT-SWAP", "0.1")
    for holder in world.holders:
        holder.audit.redenominated("CRV-USDT-SWAP", Decimal(10), world.loop.time())
    await world.run(120)


UPKEEP_STORIES = (a_pause_in_a_maintenance, a_contract_size_that_changes)


def marks_before_the_fill(patch: pytest.MonkeyPatch) -> None:
    submitted = Executor._submitted

    async def marks_first(self: Executor, intent: Intent) -> Intent | None:
        life = self._ledger.lives()[intent.leg]
        if intent.tier and intent.tier not in life.fired_numbers and life.unfinished is None:
            tier = FiredTier(tier=intent.tier, threshold=intent.basis.threshold or 0, fired_at=intent.meant_at)
            with self._journal.step():
                self._ledger.keep_life(life.replaced(fired=(*life.fired, tier)))
        return await submitted(self, intent)

    patch.setattr(Executor, "_submitted", marks_first)


def sends_again_under_a_new_name(patch: pytest.MonkeyPatch) -> None:
    def gives_up(self: Outcomes, intent: Intent) -> None:
        life = self._ledger.lives().get(intent.leg)
        with self._journal.step():
            self._ledger.drop_intent(intent.client_order_id)
            if life is not None:
                self._ledger.keep_life(life.after_refusal(intent.tag, "?", self._journal.now()))

    patch.setattr(Outcomes, "still_open", gives_up)


def believes_an_empty_list(patch: pytest.MonkeyPatch) -> None:
    async def once(self: Observer, _: Any) -> Snapshot:
        return await self.observe()

    patch.setattr(position_changes, "MISSES_BELIEVED", 1)
    patch.setattr(position_changes, "GONE_AFTER", 0)
    patch.setattr(Observer, "look", once)


def holds_the_cut_back(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(pauses, "RULE_OF", {**pauses.RULE_OF, "cut": "maintenance"})
    patch.setattr(UpkeepRunner, "_may_leave", lambda self, intent: self._may_send(intent))


def takes_new_contracts_for_growth(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(position_changes, "_redenominated", lambda _, life, __: (life, []))


def takes_a_rule_for_none(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Scope, "covers", lambda self, leg, _: self.rule is None and self.touches(leg))


def takes_a_side_for_both(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Scope, "touches", lambda self, leg: self.instrument_id in (None, leg.instrument_id))


PLANTED_IN_PAUSES = [
    (takes_a_rule_for_none, a_pause_of_a_rule, "in spite of a pause"),
    (takes_a_side_for_both, a_pause_of_the_other_side, "has not fired"),
]
PLANTED_IN_UPKEEP = [
    (holds_the_cut_back, a_pause_in_a_maintenance, "and nothing is in the way"),
    (takes_new_contracts_for_growth, a_contract_size_that_changes, "by nobody's hand"),
]
PLANTED = [
    (marks_before_the_fill, a_refused_tier, "is marked as fired"),
    (sends_again_under_a_new_name, a_lost_reply, "was written down|has closed|is not in the ledger|has not fired"),
    (believes_an_empty_list, an_empty_list, "taken for gone although it is open"),
]
Plant = Callable[[pytest.MonkeyPatch], None]


@pytest.mark.parametrize("story", STORIES + PAUSE_STORIES)
def test_the_engine_as_it_is_lives_through_the_story(tmp_path: Path, story: Story) -> None:
    in_a_world(tmp_path, story)


@pytest.mark.parametrize(("plant", "story", "words"), PLANTED + PLANTED_IN_PAUSES)
def test_a_planted_bug_is_found_in_its_story(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plant: Plant, story: Story, words: str
) -> None:
    plant(monkeypatch)
    with pytest.raises(Violated, match=words):
        in_a_world(tmp_path, story)


@pytest.mark.parametrize("story", UPKEEP_STORIES)
def test_the_engine_as_it_is_keeps_a_sub_account_through_the_story(tmp_path: Path, story: Story) -> None:
    in_a_world(tmp_path, story, sub=SubSetup(legs=0), rearm="on_add")


@pytest.mark.parametrize(("plant", "story", "words"), PLANTED_IN_UPKEEP)
def test_a_bug_planted_in_upkeep_is_found_in_its_story(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plant: Plant, story: Story, words: str
) -> None:
    plant(monkeypatch)
    with pytest.raises(Violated, match=words):
        in_a_world(tmp_path, story, sub=SubSetup(legs=0), rearm="on_add")


# The search for the second takes a minute: it has the night.
@pytest.mark.parametrize(("plant", "story", "words"), PLANTED if FULL else PLANTED[::2])
def test_a_planted_bug_is_found_by_hypothesis(monkeypatch: pytest.MonkeyPatch, plant: Plant, story: Story, words: str) -> None:
    plant(monkeypatch)
    # No shrinking: that it is found is all that is asked.
    searching = settings(ChaosMachine.TestCase.settings, max_examples=60, phases=[Phase.generate])
    with pytest.raises(Violated, match=words), contextlib.redirect_stdout(io.StringIO()):
        run_state_machine_as_test(ChaosMachine, settings=searching)
