"""OKX's stream on a simulated day: what it pushes between two checks, and what goes wrong with it."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from collections import Counter
from collections.abc import Collection
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from tests.simulation.exchange.account import Account
from tgtp.engine.ports import AccountStream, MarkStream, PushedMark, PushedOrder
from tgtp.engine.stream.decider import Decider
from tgtp.engine.stream.mark_book import MarkBook
from tgtp.engine.stream.watch import StreamWatch
from tgtp.errors import Problem

if TYPE_CHECKING:
    from tests.simulation.process import Part, Process
    from tests.simulation.simulation import World

MAX_AGE: Final = 0.4
# Pushes between two checks, and the seconds from one to the next.
MOMENTS: Final = (0, 0, 3, 6)
GAPS: Final = (0.0, 0.05, 0.2, 0.2, 1.1, 2.5)
# How often a price leaps for a moment, and how far.
WICKS: Final = 0.15
WICK: Final = 0.05
# Seconds for which the stream is of one kind, and what it may be.
LASTS: Final = (60, 600, 1800)
KINDS: Final = ("good", "good", "good", "down", "silent", "late", "old", "lying", "burst", "unheard", "logged out", "deaf")
LIE: Final = Decimal("1.01")
BURST: Final = 40


class _Marks(MarkStream):
    def __init__(self) -> None:
        self.followed: frozenset[str] = frozenset()

    def follow(self, instrument_ids: Collection[str]) -> None:
        self.followed = frozenset(instrument_ids)

    async def run(self) -> None:
        raise NotImplementedError


class _Account(AccountStream):
    async def run(self) -> None:
        raise NotImplementedError


class Pushes:
    """The stream of one world; ``done`` counts its kinds, and the orders that it has decided."""

    def __init__(self, world: World) -> None:
        self.done: Counter[str] = Counter()
        self._world = world
        # Of its own: days without a stream are what they were.
        self._chance = random.Random(world.chance.getrandbits(64))
        self._kind, self._until = "good", 0.0
        self._process: Process | None = None
        self._wanted: set[int] = set()
        # What was pushed of each instrument lately, and when.
        self._told: dict[str, list[tuple[float, Decimal]]] = {}

    async def between(self, before: float) -> None:
        """Push for a while after a check, and let the program do what it does of that."""
        world, chance = self._world, self._chance
        if world.process is None:
            return
        self._attach(world.process)
        # In the program once a second, and so after every check.
        self._watch.tick()
        for _ in range(chance.choice(MOMENTS)):
            gap = chance.choice(GAPS)
            if world.loop.time() + gap >= before:
                return
            await world.pass_time(gap)
            if world.process is None or world.killer.dead:
                return
            self._attach(world.process)
            self._turn()
            wicked = self._wick() if chance.random() < WICKS and not world.calm else None
            self._push()
            await self._act()
            if wicked is not None:
                world.prices.push(wicked, 1 / (1 + WICK) - 1)
            if world.process is not None and self._wanted:
                self._wanted.clear()
                await world.check()

    def touched(self, number: int, inst_id: str) -> None:
        """Something has happened to a leg of an account: that is pushed, if anything is."""
        if self._process is not None and self._process is self._world.process and self._kind not in ("logged out", "deaf"):
            self._deciders[number].order(PushedOrder(inst_id, self._world.clock.monotonic()))

    def confirms(self, inst_id: str, mark: Decimal) -> bool:
        """Say whether a price was pushed so lately that an order may rest on it."""
        now = self._world.loop.time()
        return any(price == mark and now - at <= MAX_AGE for at, price in self._told.get(inst_id, ()))

    # -- inside ----------------------------------------------------------------------------------------------------

    def _attach(self, process: Process) -> None:
        if self._process is process:
            return
        world, clock = self._world, self._world.clock
        self._process, self._marks = process, _Marks()
        self._book = MarkBook(clock, process.checker.exchange_now)
        self._deciders = [self._decider(number, part) for number, part in enumerate(process.parts)]
        self._watch = StreamWatch(self._deciders, self._marks, self._book, clock, dt.timedelta(seconds=MAX_AGE))
        self._told = {}
        self._connect()
        self._is_first = set(world.account.instruments)

    def _decider(self, number: int, part: Part) -> Decider:
        decider = Decider(part.checker, self._book, self._world.clock, lambda: self._wanted.add(number))
        decider.stream = _Account()
        return decider

    def _connect(self) -> None:
        self._book.regained("public")
        for decider in self._deciders:
            decider.regained("private")

    def _turn(self) -> None:
        """Let the stream be of another kind where its time is over, and of a good one when it is to be calm."""
        now = self._world.loop.time()
        if now < self._until and not (self._world.calm and self._kind != "good"):
            return
        self._kind = "good" if self._world.calm else self._chance.choice(KINDS)
        self._until = now + self._chance.choice(LASTS)
        self.done[self._kind] += 1
        self._connect()
        # A connection that was made anew begins with a first price.
        self._is_first = set(self._world.account.instruments)
        why = Problem("problem.network")
        if self._kind == "down":
            self._book.lost("public", why)
        elif self._kind == "logged out":
            for decider in self._deciders:
                decider.lost("private", why)

    def _wick(self) -> str | None:
        """Let one price leap for a moment; give which."""
        held = sorted({key[0] for holder in self._world.holders for key in holder.account.legs})
        if not held:
            return None
        name = self._chance.choice(held)
        self._world.prices.push(name, WICK)
        return name

    def _push(self) -> None:
        world, account = self._world, self._world.account
        if self._kind != "unheard":
            for decider in self._deciders:
                assert decider.stream is not None
                decider.stream.heard_at = world.loop.time()
        self._watch.tick()
        if self._kind in ("down", "silent"):
            return
        for name in sorted(self._marks.followed):
            for _ in range(BURST if self._kind == "burst" and self._chance.random() < 0.1 else 1):
                self._push_one(account, name)

    def _push_one(self, account: Account, name: str) -> None:
        world, mark = self._world, account.instruments[name].mark
        late = self._chance.choice((0.0, 0.1, 0.3)) if self._kind != "late" else self._chance.choice((0.3, 0.5, 3.0))
        if self._kind == "lying":
            mark = mark * LIE // account.instruments[name].tick_size * account.instruments[name].tick_size
        if self._kind == "old" and self._chance.random() < 0.3:
            # A row from before the connection was made anew.
            mark, late = mark * Decimal("1.03"), 30.0
        now = world.loop.time()
        told = self._told.setdefault(name, [])
        told.append((now - late, mark))
        del told[:-BURST]
        at = dt.datetime.fromtimestamp(world.clock.true_seconds() - late, dt.UTC)
        is_first = name in self._is_first
        self._is_first.discard(name)
        self._book.mark(PushedMark(name, mark, at, world.clock.monotonic(), is_first))

    async def _act(self) -> None:
        """Let every account decide; one that dies of it takes the process with it."""
        world = self._world
        deciding = [asyncio.ensure_future(decider.act()) for decider in self._deciders]
        found = await asyncio.gather(*deciding, return_exceptions=True)
        self.done["fired"] += sum(decider.fired for decider in self._deciders)
        for decider in self._deciders:
            decider.fired = 0
        if world.killer.dead:
            await world.die()
        else:
            world.found += [f"a decision broke: {exc!r}" for exc in found if exc is not None]
        world.judge()
