"""A whole house in virtual time: exchange, phone, disk, a person, and the program between them; troubles on order."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import itertools
import logging
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

from tests.fixtures.engine import SEED_RULES
from tests.simulation.exchange.account import Account, PositionMode
from tests.simulation.exchange.account import LegKey as Where
from tests.simulation.exchange.prices import Prices
from tests.simulation.exchange.server import Answer, OkxServer, Record
from tests.simulation.exchange.trader import Hands
from tests.simulation.faults.disk import Disk, Killed, Killer
from tests.simulation.faults.troubles import Trouble
from tests.simulation.oracle.audit import POSITIONS, STALEST, Audit, TierOf
from tests.simulation.oracle.lags import Lags
from tests.simulation.phone.deliveries import Mail, PhoneWire
from tests.simulation.process import ME, Process, Watch, waiting_numbers
from tests.simulation.virtual_time import HeldClock
from tests.simulation.words import Words
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.domain.plan import ALL
from tgtp.engine.check_report import CheckReport
from tgtp.local_telegram.bot_api.server import LocalTelegram

# Longer than every pause of the program: five minutes after refusals.
QUIET = 900.0
# Seconds between checks while an order is open.
SOON = 10
PUSH = 0.065
BUSY = 4
FUNDING_EVERY = 8 * 3600


class Violated(AssertionError):
    """An invariant does not hold."""


@dataclass(frozen=True)
class Setup:
    """What a day is like."""

    interval: int = 10
    legs: int = 8
    position_mode: PositionMode = "long_short_mode"
    reuses_client_ids: bool = False
    trims_reduce_only: bool = True
    rearm: Literal["on_close", "on_add"] = "on_close"
    latency: float = 0.0
    hand_chance: float = 0.0


class Broken(logging.Handler):
    """Hears of what was caught as unforeseen; the program goes on after it, the laboratory does not."""

    def __init__(self, found: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._found = found

    def emit(self, record: logging.LogRecord) -> None:
        """Take a traceback for a violation."""
        if record.exc_info:
            self._found.append(f"{record.getMessage()}: {record.exc_info[1]!r}")


class World:
    """Build one inside a ``VirtualLoop``, with its disk ``mounted``."""

    def __init__(self, chance: random.Random, folder: Path, setup: Setup) -> None:
        self.chance, self.setup, self.folder = chance, setup, folder
        self.loop = asyncio.get_running_loop()
        self.clock = HeldClock(self.loop)
        self.found: list[str] = []
        self.killer = Killer()
        self.disk = Disk(self.killer)
        self.account = Account(
            position_mode=setup.position_mode,
            reuses_client_ids=setup.reuses_client_ids,
            trims_reduce_only=setup.trims_reduce_only,
            time=self.clock.true_seconds,
        )
        self.server = OkxServer(self.account)
        self.server.keeps_requests = False
        self.server.latency = setup.latency
        self.server.on_request, self.server.on_reply = self._arrived, self._done
        self.rules = SEED_RULES.replaced(rearm=setup.rearm)
        self.audit = Audit(self.account, self.rules, self.found)
        self.mail = Mail(self.found)
        self.mail.resync = self.after_disk
        self.phone = PhoneWire(LocalTelegram(user_id=ME), self.mail, self.killer)
        self.watch = Watch(self.audit, self.mail)
        self.hands = Hands(self.account, chance, self._touched)
        self.prices = Prices(self.account, chance)
        self.words = Words(self)
        self.lags = Lags(self.account)
        self.refusing = False
        self.stale_at_order = False
        self.kills_at_order: int | None = None
        self.calm = False
        self.checks = self.good_checks = self.alarms = 0
        self.struck: Counter[str] = Counter()
        self.slowest_check = self.slowest_order = 0.0
        self.process: Process | None = None
        self._refused = self._stale = self._funded = 0
        self._under: list[tuple[float, int, Trouble, Callable[[], int]]] = []
        self._numbers = itertools.count()
        self._over_since: float | None = None
        self._due_since: dict[TierOf, float] = {}
        self._broken = Broken(self.found)

    # -- a day's life ----------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Open the legs and start the program."""
        self.prices.move(10.0)
        self.hands.furnish(self.setup.legs)
        for name in ("tgtp.engine.cycle", "tgtp.chat.outbox.delivery"):
            logging.getLogger(name).addHandler(self._broken)
        self._start()

    async def close(self) -> None:
        """End the program, whatever has happened."""
        for name in ("tgtp.engine.cycle", "tgtp.chat.outbox.delivery"):
            logging.getLogger(name).removeHandler(self._broken)
        self.end_troubles()
        self.killer.revive()
        if self.process is not None:
            await self.process.end()
            self.process = None
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def check(self) -> CheckReport | None:
        """Run one check and look at everything; None when the process was killed in it. Raises Violated."""
        process = self.process or self._start()
        self.weather()
        begun = self.loop.time()
        self.checks += 1
        report: CheckReport | None = None
        with contextlib.suppress(Killed):
            report = await process.checker.check()
        if self.killer.dead:
            await self.die()
        elif report is not None:
            self._look(process, report, begun)
        self.judge()
        return report

    @property
    def pace(self) -> float:
        """Seconds to the next check: while an order is open never more than ten, so that a lag is met on every day."""
        process = self.process
        is_open = process is not None and bool(process.ledger.open_intents())
        return min(self.setup.interval, SOON) if is_open else self.setup.interval

    async def pass_time(self, seconds: float) -> None:
        """Let time pass; messages are delivered meanwhile."""
        await asyncio.sleep(seconds)
        if self.killer.dead:
            await self.die()
        self.weather()
        if self.process is not None:
            self.mail.look(waiting_numbers(self.process.ledger))
        self.judge()

    async def run(self, seconds: float) -> None:
        """Check as the program does, for a while."""
        ends = self.loop.time() + seconds
        while self.loop.time() < ends:
            begun = self.loop.time()
            await self.check()
            await self.pass_time(max(begun + self.pace - self.loop.time(), 0.0))

    async def die(self) -> None:
        """Be rid of the killed process; a new one starts with the next check."""
        if self.process is not None:
            self.alarms += len(self.process.bell.alarms)
            await self.process.end()
            self.process = None
        self.audit.forget_process()
        await asyncio.sleep(self.chance.choice((0, 1, 5, 30)))
        self.killer.revive()

    async def end(self) -> None:
        """Take all troubles away, let it be quiet, and demand that nothing is lost, open, doubled or untold."""
        self.end_troubles()
        self.calm = True
        if self.process is not None and self.process.ledger.paused():
            self.process.desk.resume(ALL, ME)
        # However seldom it looks: what was lost, backed off and is due in three tiers wants a handful of checks.
        await self.run(max(QUIET, 12 * self.setup.interval))
        self._demand()
        # Whatever was not due so far comes due now, on one side and then on the other.
        for share in (PUSH, -2 * PUSH):
            for inst_id in sorted({key[0] for key in self.account.legs}):
                self.prices.push(inst_id, share)
            await self.run(12 * self.setup.interval)
            self._demand()
        await self.pass_time(QUIET)
        self.mail.end()
        self.audit.settled()
        self._read_again()
        self.judge()

    def judge(self) -> None:
        """Raise what was found."""
        if self.found:
            raise Violated("; ".join(self.found[:5]))

    # -- troubles --------------------------------------------------------------------------------------------------

    def trouble(self, trouble: Trouble) -> None:
        """Let a trouble begin."""
        if trouble.where == "phone" and any(one.where == "phone" for _, _, one, _ in self._under):
            return
        end = trouble.begin(self)
        heapq.heappush(self._under, (self.loop.time() + trouble.seconds, next(self._numbers), trouble, end))
        if trouble.where != "phone":
            self._over_since = None
            self._due_since = {}

    def end_troubles(self, before: float | None = None) -> None:
        """End those whose time is over, or all."""
        while self._under and (before is None or self._under[0][0] <= before):
            _, _, trouble, end = heapq.heappop(self._under)
            self.struck[trouble.kind] += end()
            if trouble.where != "phone" and all(one.where == "phone" for _, _, one, _ in self._under):
                self._over_since = self.loop.time()
                if self.process is not None:
                    due = self.audit.due(self.process.ledger.lives())
                    self._due_since = dict.fromkeys(due, self._over_since)

    def weather(self) -> None:
        """Bring prices and troubles to this moment."""
        if not self.calm:
            self.prices.move(self.loop.time())
            self._fund()
        self.end_troubles(self.loop.time())

    def after_disk(self) -> None:
        """A write that failed after its rename is on disk all the same."""
        if self.process is not None and not self.killer.dead:
            self.watch.catch_up(self.process.ledger)

    def take_refused(self) -> int:
        """Give how many connections were refused since the last question."""
        self._refused, count = 0, self._refused
        return count

    def take_stale(self) -> int:
        """Give after how many orders the rows were stale since the last question."""
        self._stale, count = 0, self._stale
        return count

    # -- inside ----------------------------------------------------------------------------------------------------

    def _start(self) -> Process:
        self.mail.life += 1
        process = Process(self.folder, self.server, self.clock, self.phone, self.watch, self.rules, self.setup.interval)
        process.wire.on_send, process.wire.on_read, process.wire.on_end = self._leaving, self._read, self.audit.over
        process.start_delivering()
        self.process = process
        return process

    def _leaving(self, record: Record) -> None:
        if record.is_order and self.kills_at_order is not None:
            self.killer.in_places(self.kills_at_order)
            self.kills_at_order = None
        self.killer.pass_by()
        self.weather()
        if self.process is None:
            return
        self.process.wire.refusing = self.refusing
        self._refused += self.refusing
        self.audit.sent(record, self.process.ledger.paused())

    def _fund(self) -> None:
        """Settle funding every eight hours: it moves the time of a leg, and the margin of an isolated one."""
        settled = int(self.loop.time() // FUNDING_EVERY)
        if settled <= self._funded:
            return
        self._funded = settled
        for leg in list(self.account.legs.values()):
            rate = Decimal(self.chance.randint(-100, 100)) / 100_000
            amount = round(leg.instrument.worth(leg.contracts, leg.instrument.mark) * rate, 8)
            self.account.fund_leg(leg.instrument.inst_id, leg.side, amount, leg.margin_mode)
            self.hands.done["funding"] += 1

    def _read(self, record: Record, answer: Answer) -> None:
        self.lags.look(record)
        self.audit.read(record, answer, self.loop.time())
        self.killer.pass_by()

    async def _arrived(self, record: Record) -> None:
        if not self.calm:
            self.words.maybe_inside(is_order=record.is_order)
        self._maybe_a_hand(record)

    async def _done(self, record: Record) -> None:
        self.audit.done(record, self.loop.time())
        if record.is_order:
            if self.stale_at_order:
                self._show_stale()
            if record.fault == "partial_fill" and self.account.fills and self.chance.random() < 0.3:
                self._take_from_the_rest()
        self._maybe_a_hand(record)

    def _show_stale(self) -> None:
        self._stale += 1
        fault = self.server.fault(POSITIONS, "stale", times=self.chance.choice((1, 2, 3)), seconds=STALEST)
        self.loop.call_later(STALEST, self.server.lift, fault)

    def _take_from_the_rest(self) -> None:
        """Make a leg smaller by hand while a tier of it is unfinished."""
        fill = self.account.fills[-1]
        leg = self.account.legs.get((fill.inst_id, fill.pos_side, fill.margin_mode))
        if leg is not None and not self.calm and self.setup.hand_chance:
            self.hands.shrink(leg)

    def _maybe_a_hand(self, record: Record) -> None:
        # Around an order a hand does the most harm.
        often = BUSY if record.path.endswith("/trade/order") else 1
        if not self.calm and self.chance.random() < self.setup.hand_chance * often:
            self.hands.act()

    def _touched(self, where: Where, may_rearm: bool) -> None:
        self.audit.touch(where, self.loop.time(), may_rearm=may_rearm)

    def _look(self, process: Process, report: CheckReport, begun: float) -> None:
        if report.error is not None and "unforeseen" in str(report.error):
            self.found.append(str(report.error))
        self.audit.after_check(process.ledger.lives())
        self.mail.look(waiting_numbers(process.ledger))
        now = self.loop.time()
        if report.error is None:
            self.good_checks += 1
            if self._over_since is not None and begun >= self._over_since:
                self.slowest_check = max(self.slowest_check, now - self._over_since)
                self._over_since = None
        for place, since in list(self._due_since.items()):
            if self.audit.has_filled(place):
                self.slowest_order = max(self.slowest_order, now - since)
            elif not self.audit.touched_since(place[0], since) and place in self.audit.due(process.ledger.lives()):
                continue
            del self._due_since[place]

    def _demand(self) -> None:
        if self.process is None:
            return
        self.found += self.audit.due(self.process.ledger.lives()).values()
        for intent in self.process.ledger.open_intents():
            self.found.append(f"{intent.client_order_id} is still unresolved although nothing is in the way")
        self.judge()

    def _read_again(self) -> None:
        """Read what is on disk as the next process would: every order that has ended is in the history."""
        if self.process is None:
            return
        self.process.ledger.close()
        ledger = TinyLedger(self.folder)
        names = set()
        for _, event in ledger.history(1_000_000):
            intent = getattr(event, "intent", None)
            if intent is not None:
                names.add(intent.client_order_id)
        ledger.close()
        lost = {order.client_order_id for order in self.account.orders} - names
        self.found += [f"{name} was accepted, but is not in the history on disk" for name in sorted(lost)]
