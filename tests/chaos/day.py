"""One simulated day: drawn from its seed, lived through, and counted."""

from __future__ import annotations

import asyncio
import random
import shutil
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.simulation.faults.disk import Killed
from tests.simulation.faults.troubles import draw
from tests.simulation.quiet_log import quiet_log
from tests.simulation.simulation import Setup, Violated, World
from tests.simulation.virtual_time import VirtualLoop

SECONDS = 86_400.0
# Seconds between checks throughout a day, by the last digit of its number: of a thousand days 300 look every 10 s. The troubles
# come as often whatever it is.
INTERVALS = (10, 10, 10, 60, 60, 300, 300, 300, 300, 300)
WORDS_OFTEN = 0.005
# Seconds between two troubles, on average: calm days, ordinary ones, storms.
TROUBLES_EVERY = (3600, 1200, 600, 300)
RAM = Path("/dev/shm")


@dataclass
class Tally:
    """What happened; tallies of many days are added up."""

    days: int = 0
    checks: int = 0
    good_checks: int = 0
    kills: int = 0
    seconds: float = 0.0
    faults: Counter[str] = field(default_factory=Counter)
    hands: Counter[str] = field(default_factory=Counter)
    lags: Counter[str] = field(default_factory=Counter)
    intervals: Counter[str] = field(default_factory=Counter)
    orders: Counter[str] = field(default_factory=Counter)
    alerts: Counter[str] = field(default_factory=Counter)
    slowest_check: float = 0.0
    slowest_order: float = 0.0
    violation: str = ""

    def add(self, other: Tally) -> None:
        """Add another tally to this one."""
        for name in ("days", "checks", "good_checks", "kills", "seconds"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("faults", "hands", "lags", "intervals", "orders", "alerts"):
            getattr(self, name).update(getattr(other, name))
        self.slowest_check = max(self.slowest_check, other.slowest_check)
        self.slowest_order = max(self.slowest_order, other.slowest_order)


def setup_of(chance: random.Random, day: int, interval: int | None = None) -> Setup:
    """Draw what a day is like."""
    return Setup(
        interval=interval or INTERVALS[day % len(INTERVALS)],
        legs=chance.choice((4, 8, 8, 8)),
        position_mode=chance.choice(("long_short_mode", "long_short_mode", "net_mode")),
        reuses_client_ids=chance.random() < 0.5,
        trims_reduce_only=chance.random() < 0.5,
        rearm=chance.choice(("on_close", "on_close", "on_add")),
        latency=chance.choice((0.0, 0.03, 0.3)),
        hand_chance=chance.choice((0.0, 0.005, 0.02)),
    )


def live_through(seed: int, day: int, *, interval: int | None = None, seconds: float = SECONDS) -> Tally:
    """Live through one day; its tally names the violation that ended it, if one did."""
    begun = time.monotonic()
    tally = Tally(days=1)
    folder = Path(tempfile.mkdtemp(prefix="tgtp-chaos-", dir=RAM if RAM.is_dir() else None))
    try:
        with quiet_log(), asyncio.Runner(loop_factory=VirtualLoop) as runner:
            chance = random.Random(f"{seed} {day}")
            runner.run(_day(chance, folder, setup_of(chance, day, interval), seconds, tally))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    tally.seconds = time.monotonic() - begun
    return tally


async def _day(chance: random.Random, folder: Path, setup: Setup, seconds: float, tally: Tally) -> None:
    world = World(chance, folder, setup)
    with world.disk.mounted():
        try:
            world.begin()
            await _troubled(world, seconds)
            await world.end()
        except Violated as exc:
            tally.violation = f"at {world.loop.time():.1f} s: {exc}"
        except (Exception, Killed) as exc:  # noqa: BLE001 - a day that the laboratory cannot end says nothing good
            tally.violation = f"at {world.loop.time():.1f} s: the day broke: {exc!r}"
        finally:
            await world.close()
    count(world, tally)


async def _troubled(world: World, seconds: float) -> None:
    chance = world.chance
    every = chance.choice(TROUBLES_EVERY)
    next_trouble = chance.expovariate(1 / every)
    while world.loop.time() < seconds:
        begun = world.loop.time()
        while next_trouble <= world.loop.time():
            world.trouble(draw(chance))
            next_trouble += chance.expovariate(1 / every)
        await world.check()
        try:
            await world.words.maybe(WORDS_OFTEN * world.setup.interval / max(INTERVALS))
        except Killed:
            await world.die()
        await world.pass_time(max(begun + world.pace - world.loop.time(), 0.0))


def count(world: World, tally: Tally) -> None:
    """Put what happened into figures."""
    orders, mail = world.account.orders, world.mail
    tally.checks, tally.good_checks, tally.kills = world.checks, world.good_checks, world.killer.kills
    tally.faults, tally.hands, tally.lags = +world.struck, +world.hands.done, +world.lags.met
    tally.intervals[str(world.setup.interval)] = 1
    found = "; ".join(world.found)
    tally.orders = Counter(
        meant=world.watch.meant_orders,
        sent=world.audit.sent_orders,
        accepted=len(orders),
        filled=sum(order.filled > 0 for order in orders),
        doubled=found.count("has closed"),
        lost=found.count("is due") + found.count("nothing of it has filled"),
    )
    tally.alerts = Counter(
        meant=len(mail.meant), delivered=len(mail.arrived), doubled=mail.doubled, missed=found.count("never arrived")
    )
    tally.slowest_check, tally.slowest_order = world.slowest_check, world.slowest_order
