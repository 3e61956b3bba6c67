"""Three bugs that tgtp must never have, planted into the running engine: the laboratory finds each of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.chaos.stories import Story, in_a_world
from tests.chaos.trouble import ORDER, POSITIONS
from tests.chaos.world import Violated, World
from tgtp.domain import changes
from tgtp.domain.life import FiredTier
from tgtp.domain.model import Intent, Snapshot
from tgtp.engine.execute import Executor
from tgtp.engine.lookout import Lookout


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


@pytest.mark.parametrize("story", STORIES)
def test_the_engine_as_it_is_lives_through_the_story(tmp_path: Path, story: Story) -> None:
    in_a_world(tmp_path, story)


def test_a_tier_that_is_marked_before_its_fill_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    submitted = Executor._submitted

    async def marks_first(self: Executor, intent: Intent) -> bool:
        life = self._ledger.lives()[intent.leg]
        tier = FiredTier(tier=intent.tier or 0, threshold=intent.basis.threshold or 0, fired_at=intent.meant_at)
        with self._journal.step():
            self._ledger.keep_life(life.replaced(fired=(*life.fired, tier)))
        return await submitted(self, intent)

    monkeypatch.setattr(Executor, "_submitted", marks_first)
    with pytest.raises(Violated, match="tier1 is marked as fired, but nothing of it has filled"):
        in_a_world(tmp_path, a_refused_tier)


def test_an_unknown_outcome_that_is_sent_again_under_a_new_name_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gives_up(self: Executor, intent: Intent, *, found: bool) -> None:
        with self._journal.step():
            self._ledger.drop_intent(intent.client_order_id)
            self._ledger.keep_life(self._ledger.lives()[intent.leg].after_refusal(intent.tag, "?", self._journal.now()))

    monkeypatch.setattr(Executor, "_still_open", gives_up)
    with pytest.raises(Violated, match=r"before the end of \w+ was written down|has closed"):
        in_a_world(tmp_path, a_lost_reply)


def test_an_empty_list_that_is_believed_at_once_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def once(self: Lookout, _: Any) -> Snapshot:
        return await self.observe()

    monkeypatch.setattr(changes, "MISSES_BELIEVED", 1)
    monkeypatch.setattr(Lookout, "look", once)
    with pytest.raises(Violated, match="taken for gone although it is open"):
        in_a_world(tmp_path, an_empty_list)
