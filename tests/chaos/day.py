"""One simulated day: drawn from its seed, lived through, and counted."""

from __future__ import annotations

import asyncio
import random
import shutil
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from tests.simulation.faults.disk import Killed
from tests.simulation.faults.troubles import draw
from tests.simulation.quiet_log import quiet_log
from tests.simulation.setup import GuardSetup, Setup, SubSetup
from tests.simulation.simulation import Violated, World
from tests.simulation.virtual_time import VirtualLoop
from tests.simulation.words import drawdown_of
from tgtp.domain.guards.rules import GuardRules
from tgtp.domain.plan import Switches

SECONDS = 86_400.0
# Seconds between checks throughout a day, by the last digit of its number: of a thousand days 300 look every 10 s. The troubles
# come as often whatever it is.
INTERVALS = (10, 10, 10, 60, 60, 300, 300, 300, 300, 300)
WORDS_OFTEN = 0.005
# How many of the days have a sub-account besides, and how much more is said on them.
WITH_SUB = 0.75
MORE_WORDS = 3
WITH_GUARDS = 0.8
# Seconds between two troubles, on average: calm days, ordinary ones, storms.
TROUBLES_EVERY = (3600, 1200, 600, 300)
# Events that are counted by their kind.
UPKEEP = (
    *("maintenance_begun", "maintenance_done", "maintenance_broken", "maintenance_held_back", "corrected", "correction_stuck"),
    *("margin_moved", "margin_not_moved", "leg_redenominated", "leg_force_closed"),
)
GUARDS = ("drawdown_warned", "drawdown_held_back", "drawdown_unexplained", "drawdown_reset", "guard_filled")
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
    upkeep: Counter[str] = field(default_factory=Counter)
    guards: Counter[str] = field(default_factory=Counter)
    pushes: Counter[str] = field(default_factory=Counter)
    resting: Counter[str] = field(default_factory=Counter)
    orders: Counter[str] = field(default_factory=Counter)
    alerts: Counter[str] = field(default_factory=Counter)
    slowest_check: float = 0.0
    slowest_order: float = 0.0
    longest_large: float = 0.0
    violation: str = ""

    def add(self, other: Tally) -> None:
        """Add another tally to this one."""
        for name in ("days", "checks", "good_checks", "kills", "seconds"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("faults", "hands", "lags", "intervals", "upkeep", "guards", "pushes", "resting", "orders", "alerts"):
            getattr(self, name).update(getattr(other, name))
        self.slowest_check = max(self.slowest_check, other.slowest_check)
        self.slowest_order = max(self.slowest_order, other.slowest_order)
        self.longest_large = max(self.longest_large, other.longest_large)


def setup_of(chance: random.Random, day: int, interval: int | None = None) -> Setup:
    """Draw what a day is like."""
    return Setup(
        guards=_guards_of(chance) if chance.random() < WITH_GUARDS else None,
        interval=interval or INTERVALS[day % len(INTERVALS)],
        legs=chance.choice((4, 8, 8, 8)),
        position_mode=chance.choice(("long_short_mode", "long_short_mode", "net_mode")),
        reuses_client_ids=chance.random() < 0.5,
        trims_reduce_only=chance.random() < 0.5,
        rearm=chance.choice(("on_close", "on_close", "on_add")),
        latency=chance.choice((0.0, 0.03, 0.3)),
        hand_chance=chance.choice((0.0, 0.005, 0.02)),
        sub=_sub_of(chance) if chance.random() < WITH_SUB else None,
        redenominations=chance.choice((0, 0, 0, 1, 2)),
    )


def _guards_of(chance: random.Random) -> GuardSetup:
    legs = GuardRules(
        give_back=chance.choice((Decimal(0), Decimal("0.2"), Decimal("0.4"), Decimal("0.6"))),
        break_even=chance.choice((0, 1, 1, 2)),
    )
    return GuardSetup(legs, drawdown_of(chance), dynamic=chance.random() < 0.5, cash=chance.choice((1_500, 3_000, 10_000)))


def _sub_of(chance: random.Random) -> SubSetup:
    switches = Switches(
        ladder=chance.random() < 0.7,
        hedge=chance.random() < 0.5,
        maintenance=chance.random() < 0.8,
        correction=chance.random() < 0.6,
    )
    return SubSetup(
        switches=switches,
        legs=chance.choice((2, 3, 4)),
        position_mode=chance.choice(("long_short_mode", "long_short_mode", "net_mode")),
        cash=chance.choice((10_000, 10_000, 400)),
    )


def live_through(
    seed: int,
    day: int,
    *,
    interval: int | None = None,
    seconds: float = SECONDS,
    wakes: bool = False,
    pushes: bool = False,
    rests: bool = False,
) -> Tally:
    """Live through one day; its tally names the violation that ended it, if one did.

    ``pushes``: with a stream; ``rests``: with tiers that rest at the exchange.
    """
    begun = time.monotonic()
    tally = Tally(days=1)
    folder = Path(tempfile.mkdtemp(prefix="tgtp-chaos-", dir=RAM if RAM.is_dir() else None))
    try:
        with quiet_log(), asyncio.Runner(loop_factory=VirtualLoop) as runner:
            chance = random.Random(f"{seed} {day}")
            setup = replace(setup_of(chance, day, interval), wakes=wakes, pushes=pushes, rests=rests)
            runner.run(_day(chance, folder, setup, seconds, tally))
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
    often = WORDS_OFTEN * (MORE_WORDS if world.setup.sub else 1)
    next_trouble = chance.expovariate(1 / every)
    changes = sorted((chance.uniform(0, seconds) for _ in range(world.setup.redenominations)), reverse=True)
    while world.loop.time() < seconds:
        begun = world.loop.time()
        while changes and changes[-1] <= begun:
            changes.pop()
            world.redenominate()
        while next_trouble <= world.loop.time():
            world.trouble(draw(chance))
            next_trouble += chance.expovariate(1 / every)
        await world.check()
        try:
            await world.words.maybe(often * world.setup.interval / max(INTERVALS))
        except Killed:
            await world.die()
        if world.resting is not None:
            await world.resting.between()
        if world.pushes is not None:
            await world.pushes.between(begun + world.pace)
        await world.pass_time(max(begun + world.pace - world.loop.time(), 0.0))


def count(world: World, tally: Tally) -> None:
    """Put what happened into figures."""
    orders, mail = [order for holder in world.holders for order in holder.account.orders], world.mail
    tally.checks, tally.good_checks, tally.kills = world.checks, world.good_checks, world.killer.kills
    tally.faults, tally.hands, tally.lags = +world.struck, +world.hands.done, +world.lags.met
    tally.intervals[str(world.setup.interval)] = 1
    tally.upkeep = Counter({kind: world.watch.kinds.get(kind, 0) for kind in UPKEEP})
    tally.upkeep["days"] = world.setup.sub is not None
    tally.guards = Counter({kind: world.watch.kinds.get(kind, 0) for kind in GUARDS})
    tally.pushes = Counter(world.pushes.done) if world.pushes is not None else Counter()
    tally.pushes["days"] = world.pushes is not None
    for holder in world.holders:
        tally.resting.update(holder.audit.resting.done if holder.audit.resting is not None else {})
    tally.resting["days"] = world.resting is not None
    tally.guards["days"] = world.setup.guards is not None
    tally.guards["legs"] = sum(holder.audit.guards.acts for holder in world.holders)
    tally.guards["accounts"] = sum(holder.audit.drawdown.acts for holder in world.holders)
    found = "; ".join(world.found)
    tally.orders = Counter(
        meant=world.watch.meant_orders,
        sent=sum(holder.audit.sent_orders for holder in world.holders),
        accepted=len(orders),
        filled=sum(order.filled > 0 for order in orders),
        doubled=found.count("has closed"),
        lost=found.count("is due") + found.count("nothing of it has filled"),
    )
    tally.alerts = Counter(
        meant=len(mail.meant), delivered=len(mail.arrived), doubled=mail.doubled, missed=found.count("never arrived")
    )
    tally.slowest_check = world.slowest_check
    tally.longest_large = max(holder.audit.upkeep.longest_large for holder in world.holders)
    tally.slowest_order = max(holder.slowest_order for holder in world.holders)
