"""Any order of events that hypothesis can think of, on the same world, and a quiet end after each."""

from __future__ import annotations

import asyncio
import random
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.simulation.exchange.trader import ACTIONS, COINS
from tests.simulation.faults.troubles import (
    MAKERS,
    ambiguous,
    broken,
    hang,
    later,
    missing,
    partly,
    refusal,
    shown_late,
    sick,
    spoiled,
    stale,
)
from tests.simulation.quiet_log import quiet_log
from tests.simulation.setup import Setup, SubSetup
from tests.simulation.simulation import World
from tests.simulation.virtual_time import VirtualLoop

SETUPS = st.builds(
    Setup,
    interval=st.sampled_from((10, 60)),
    legs=st.integers(1, 6),
    position_mode=st.sampled_from(("long_short_mode", "net_mode")),
    reuses_client_ids=st.booleans(),
    trims_reduce_only=st.booleans(),
    rearm=st.sampled_from(("on_close", "on_add")),
    latency=st.sampled_from((0.0, 0.2)),
    hand_chance=st.sampled_from((0.0, 0.05)),
    sub=st.none() | st.builds(SubSetup, legs=st.integers(1, 2), cash=st.sampled_from((10_000, 400))),
)

AROUND_ORDERS = (ambiguous, broken, hang, later, partly, refusal, shown_late, sick)


class ChaosMachine(RuleBasedStateMachine):
    """The rules; every one of them looks at all invariants when it is done."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.runner = self.stack.enter_context(asyncio.Runner(loop_factory=VirtualLoop))
        self.world: World | None = None
        self.sound = True
        self.stack.enter_context(quiet_log())

    def live(self, what: Any) -> Any:
        self.sound = False
        result = self.runner.run(what)
        self.sound = True
        return result

    @initialize(setup=SETUPS, seed=st.integers(0, 99))
    def begin(self, setup: Setup, seed: int) -> None:
        async def build() -> World:
            world = World(random.Random(seed), self.folder, setup)
            self.stack.enter_context(world.disk.mounted())
            world.begin()
            world.calm = True
            return world

        self.world = self.live(build())

    @rule(coin=st.sampled_from(COINS), share=st.sampled_from((-0.06, -0.03, 0.01, 0.03, 0.06)))
    def a_price_moves(self, coin: str, share: float) -> None:
        assert self.world
        self.world.prices.push(coin, share)

    @rule(make=st.sampled_from(MAKERS), seed=st.integers(0, 999))
    def a_trouble_begins(self, make: Any, seed: int) -> None:
        async def begin() -> None:
            assert self.world
            self.world.trouble(make(random.Random(seed)))

        self.live(begin())

    @rule(make=st.sampled_from(AROUND_ORDERS), seed=st.integers(0, 999), roi=st.sampled_from((36, 60)), times=st.integers(1, 3))
    def an_order_meets_a_trouble(self, make: Any, seed: int, roi: int, times: int) -> None:
        async def meet() -> None:
            assert self.world
            self.world.trouble(make(random.Random(seed)))
            legs = list(self.world.account.legs.values())
            if legs:
                leg = legs[seed % len(legs)]
                self.world.account.set_roi(leg.instrument.inst_id, leg.side, roi, leg.margin_mode)
            await self.world.run(times * self.world.setup.interval)

        self.live(meet())

    @rule(make=st.sampled_from((missing, spoiled, stale)), seed=st.integers(0, 999))
    def a_look_goes_wrong(self, make: Any, seed: int) -> None:
        async def look() -> None:
            assert self.world
            self.world.trouble(make(random.Random(seed)))
            await self.world.run(2 * self.world.setup.interval)

        self.live(look())

    @rule(action=st.sampled_from(ACTIONS))
    def a_hand(self, action: str) -> None:
        async def act() -> None:
            assert self.world
            self.world.hands.act(action)

        self.live(act())

    @rule()
    def a_contract_size_changes(self) -> None:
        async def change() -> None:
            assert self.world
            self.world.redenominate()

        self.live(change())

    @rule(times=st.integers(1, 4))
    def checks(self, times: int) -> None:
        assert self.world
        self.live(self.world.run(times * self.world.setup.interval))

    @precondition(lambda self: self.world.process is not None)
    @rule(places=st.integers(0, 30))
    def a_kill(self, places: int) -> None:
        async def kill() -> None:
            assert self.world
            self.world.killer.in_places(places)
            await self.world.run(2 * self.world.setup.interval)

        self.live(kill())

    @rule(seconds=st.sampled_from((1, 30, 300)))
    def messages_are_delivered(self, seconds: float) -> None:
        assert self.world
        self.live(self.world.pass_time(seconds))

    def teardown(self) -> None:
        try:
            if self.world is not None:
                if self.sound:
                    self.runner.run(self.world.end())
                self.runner.run(self.world.close())
        finally:
            self.stack.close()


TestChaos = ChaosMachine.TestCase
TestChaos.settings = settings(
    max_examples=15, stateful_step_count=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
