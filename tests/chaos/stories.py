"""A short story in the laboratory, told step by step instead of drawn by chance."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from tests.simulation.quiet_log import quiet_log
from tests.simulation.setup import Setup
from tests.simulation.simulation import World
from tests.simulation.virtual_time import VirtualLoop

Story = Callable[[World], Coroutine[Any, Any, None]]


def in_a_world(folder: Path, story: Story, **setup: Any) -> None:
    """Live through a story with one leg of 100 contracts, and to a quiet end."""

    async def life() -> None:
        world = World(random.Random(1), folder, Setup(legs=0, **setup))
        world.calm = True
        with world.disk.mounted():
            try:
                world.begin()
                world.account.open_leg("CRV-USDT-SWAP", "long", "100", "0.4")
                await world.run(20)
                await story(world)
                await world.end()
            finally:
                await world.close()

    with quiet_log(), asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(life())
