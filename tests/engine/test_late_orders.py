"""Orders that the network holds back, and lets go long after they were taken for lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.stories import in_a_world
from tests.simulation.faults.troubles import ORDER
from tests.simulation.simulation import World


@pytest.mark.parametrize("jump", [0, 25, -25])
def test_an_order_held_back_while_our_clock_jumped_does_not_come_on_top_of_its_repetition(tmp_path: Path, jump: float) -> None:
    async def story(world: World) -> None:
        world.clock.jumped += jump
        world.server.fault(ORDER, "delay", seconds=22)
        world.account.set_roi("CRV-USDT-SWAP", "long", 26)
        await world.run(120)
        assert world.account.leg("CRV-USDT-SWAP", "long").contracts == 70

    in_a_world(tmp_path, story, reuses_client_ids=True)
