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
from decimal import Decimal
from functools import partial
from pathlib import Path

from tests.fixtures.engine import SEED_RULES
from tests.simulation.exchange.account import Account, PositionMode
from tests.simulation.exchange.account import LegKey as Where
from tests.simulation.exchange.prices import Prices
from tests.simulation.exchange.server import Answer, OkxServer, Record
from tests.simulation.exchange.trader import COINS
from tests.simulation.faults.disk import Disk, Killed, Killer
from tests.simulation.faults.troubles import MARGIN, SUB_KEY, Trouble
from tests.simulation.holder import Holder
from tests.simulation.oracle.audit import POSITIONS, STALEST
from tests.simulation.oracle.held_back import holds_back
from tests.simulation.oracle.order_names import where_of
from tests.simulation.oracle.resting.audit import FiringAccount, RestingAudit, is_ours, name_of
from tests.simulation.phone.deliveries import Mail, PhoneWire
from tests.simulation.phone.telegram import SimulatedTelegram
from tests.simulation.process import ME, Held, Part, Process, Watch, waiting_numbers
from tests.simulation.pushes import Pushes
from tests.simulation.resting import RestingDay
from tests.simulation.setup import GuardSetup, Setup
from tests.simulation.virtual_time import HeldClock
from tests.simulation.weather import Weather
from tests.simulation.words import Words
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.domain.events import Event
from tgtp.domain.plan import ALL
from tgtp.engine.check_report import CheckReport

# Longer than every pause of the program: five minutes after refusals.
QUIET = 900.0
# Seconds between checks while an order is open.
SOON = 10
PUSH = 0.065
BUSY = 4
SIZE_STANDS = 3600.0
# How many checks are woken after one of the beat, and the seconds between them.
WAKES = (0, 0, 1, 2, 5)
GAPS = (0.001, 0.05, 0.3, 2.5)
# Milliseconds; every settlement is at the end of so many of them.
SHORTEST_FUNDING = 3_600_000
# Of 100 000.
FUNDING_RATES = (-100, 100)
# The fewest and the most legs that hands keep open.
MAIN_LEGS, SUB_LEGS = (5, 10), (2, 5)
SUB, SUB_UID = "alpha", "44705892343619585"


class Violated(AssertionError):
    """An invariant does not hold."""


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
        guards = setup.guards or GuardSetup()
        cash = Decimal(guards.cash if setup.guards else 10_000)
        self.rules = SEED_RULES.replaced(rearm=setup.rearm, guards=guards.legs)
        self.weathered = Weather(self.chance, self.clock) if setup.guards else None
        main_held = Held(drawdown=guards.drawdown, dynamic=guards.dynamic, rests=setup.rests)
        self.holders = [self._holder(main_held, setup.position_mode, cash, MAIN_LEGS)]
        if setup.sub is not None:
            held = Held(SUB, SUB_KEY, setup.sub.switches, guards.drawdown, guards.dynamic, setup.rests)
            cash = Decimal(setup.sub.cash)
            self.holders.append(self._holder(held, setup.sub.position_mode, cash, SUB_LEGS, beside=self.holders[0].account))
        main = self.holders[0]
        self.account, self.audit, self.hands, self.lags = main.account, main.audit, main.hands, main.lags
        for other in self.holders[1:]:
            # Counted as one.
            other.hands.done, other.lags.met = main.hands.done, main.lags.met
        self.server = OkxServer(self.account)
        self.server.keeps_requests = False
        self.server.latency = setup.latency
        self.server.on_request, self.server.on_reply = self._arrived, self._done
        self.server.others = {holder.held.key: holder.account for holder in self.holders[1:]}
        self.mail = Mail(self.found)
        self.mail.resync = self.after_disk
        self.phone = PhoneWire(SimulatedTelegram(user_id=ME), self.mail, self.killer)
        self.watch = Watch(self._heard, self.mail)
        self.prices = Prices(self.account, chance)
        self.words = Words(self)
        self.refusing = False
        self.stale_at_order = False
        self.kills_at_order: int | None = None
        self.calm = False
        self.checks = self.good_checks = self.alarms = 0
        self.struck: Counter[str] = Counter()
        self.slowest_check = 0.0
        self.process: Process | None = None
        self.pushes = Pushes(self) if setup.pushes else None
        for number, holder in enumerate(self.holders if self.pushes is not None else ()):
            holder.on_touch = partial(self._push_touch, number)
        self.resting = RestingDay(self) if setup.rests else None
        for number, holder in enumerate(self.holders if setup.rests else ()):
            self._judge_resting(number, holder)
        self._generations: dict[int, dict[Where, int]] = {}
        self._refused = self._stale = 0
        self._under: list[tuple[float, int, Trouble, Callable[[], int]]] = []
        self._numbers = itertools.count()
        self._recounted: dict[str, float] = {}
        self._over_since: float | None = None
        self._broken = Broken(self.found)
        self._funded_at = self.account.now_ms()

    # -- a day's life ----------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Open the legs and start the program."""
        self.prices.move(10.0)
        self.hands.furnish(self.setup.legs)
        if self.setup.sub is not None:
            self.holders[1].hands.furnish(self.setup.sub.legs)
        for name in ("tgtp.engine.check_report", "tgtp.chat.outbox.catching"):
            logging.getLogger(name).addHandler(self._broken)
        self._start()

    async def close(self) -> None:
        """End the program, whatever has happened."""
        for name in ("tgtp.engine.check_report", "tgtp.chat.outbox.catching"):
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
        reports: list[CheckReport] = []
        with contextlib.suppress(Killed):
            reports = await self._check_side_by_side(process)
        if self.killer.dead:
            await self.die()
        elif reports:
            self._look(process, reports, begun)
        self.judge()
        return reports[0] if reports else None

    async def _check_side_by_side(self, process: Process) -> list[CheckReport]:
        if len(process.parts) == 1:
            return [await process.checker.check()]
        checks = [asyncio.ensure_future(part.checker.check()) for part in process.parts]
        try:
            return await asyncio.gather(*checks)
        finally:
            # Only where the process was killed is one of them still under way.
            for check in checks:
                check.cancel()
            await asyncio.gather(*checks, return_exceptions=True)

    @property
    def pace(self) -> float:
        """Seconds to the next check: while an order is open never more than ten, so that a lag is met on every day."""
        process = self.process
        is_open = process is not None and any(part.ledger.open_intents() for part in process.parts)
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
            await self.between(begun + self.pace)
            await self.pass_time(max(begun + self.pace - self.loop.time(), 0.0))

    async def between(self, before: float) -> None:
        """Let happen what comes between two checks of the beat."""
        if self.setup.wakes:
            await self._wake(before)
        if self.resting is not None:
            await self.resting.between()
        if self.pushes is not None:
            await self.pushes.between(before)

    async def _wake(self, before: float) -> None:
        """Wake some checks, each a moment after the one before."""
        for _ in range(self.chance.choice(WAKES)):
            gap = self.chance.choice(GAPS)
            if self.loop.time() + gap >= before:
                return
            await self.pass_time(gap)
            await self.check()

    async def die(self) -> None:
        """Be rid of the killed process; a new one starts with the next check."""
        if self.process is not None:
            self.alarms += len(self.process.waker.alarms)
            await self.process.end()
            self.process = None
        for holder in self.holders:
            holder.died()
        await asyncio.sleep(self.chance.choice((0, 1, 5, 30)))
        self.killer.revive()

    async def end(self) -> None:
        """Take all troubles away, let it be quiet, and demand that nothing is lost, open, doubled or untold."""
        self.end_troubles()
        self.calm = True
        # A kill that is still to come would be of these troubles.
        self.kills_at_order = None
        if self.killer.dead:
            await self.die()
        self.killer.revive()
        if any(part.ledger.paused() for part in (self.process or self._start()).parts):
            # All that no pause holds back is done nevertheless.
            await self.run(max(QUIET, 12 * self.setup.interval))
            self._demand()
        for part in (self.process or self._start()).parts:
            if part.ledger.paused():
                part.actions.resume(ALL, ME)
            for pause in part.ledger.pauses().entries:
                part.actions.lift(pause, ME)
        # However seldom it looks: what was lost, backed off and is due in three tiers wants a handful of checks.
        await self.run(max(QUIET, 12 * self.setup.interval))
        self._demand()
        # Whatever was not due so far comes due now, on one side and then on the other.
        for share in (PUSH, -2 * PUSH):
            for inst_id in sorted({key[0] for holder in self.holders for key in holder.account.legs}):
                self.prices.push(inst_id, share)
            await self.run(12 * self.setup.interval)
            self._demand()
        for holder in self.holders:
            holder.close_by_force()
        await self.run(max(QUIET, 5 * self.setup.interval))
        self._demand()
        await self.pass_time(QUIET)
        self.mail.end()
        for holder in self.holders:
            holder.audit.settled()
        self._read_again()
        self.judge()

    def redenominate(self) -> None:
        """Let the exchange count a coin in ten times as many contracts, or in a tenth, in all accounts, once an hour."""
        now = self.loop.time()
        held = sorted({key[0] for holder in self.holders for key in holder.account.legs}) or COINS
        free = [inst_id for inst_id in held if now - self._recounted.get(inst_id, -SIZE_STANDS) >= SIZE_STANDS]
        if not free:
            return
        inst_id = self.chance.choice(free)
        self._recounted[inst_id] = now
        instrument = self.account.instruments[inst_id]
        times, list_lag = self.chance.choice((Decimal(10), Decimal("0.1"))), self.chance.choice((0.0, 0.0, 90.0))
        lot = instrument.lot_size * min(times, Decimal(1))
        self.account.redenominate(inst_id, instrument.contract_size / times, lot, list_lag=list_lag)
        for holder in self.holders:
            holder.audit.redenominated(inst_id, times, now)
        self.hands.done["redenominate"] += 1

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
            for holder in self.holders:
                holder.troubled()

    def end_troubles(self, before: float | None = None) -> None:
        """End those whose time is over, or all."""
        while self._under and (before is None or self._under[0][0] <= before):
            _, _, trouble, end = heapq.heappop(self._under)
            self.struck[trouble.kind] += end()
            if trouble.where != "phone" and all(one.where == "phone" for _, _, one, _ in self._under):
                self._over_since = self.loop.time()
                for at, holder in enumerate(self.holders):
                    holder.calmed(self.process.parts[at] if self.process is not None else None)

    def weather(self) -> None:
        """Bring prices and troubles to this moment."""
        if not self.calm:
            self.prices.move(self.loop.time())
            self._settle_funding()
            if self.weathered is not None:
                self.weathered.move(self.loop.time())
        self.end_troubles(self.loop.time())

    def _settle_funding(self) -> None:
        """Settle what is due, at the rates that were published, and publish the next."""
        now, since = self.account.now_ms(), self._funded_at
        if now // SHORTEST_FUNDING == since // SHORTEST_FUNDING:
            return
        self._funded_at = now
        for instrument in self.account.instruments.values():
            if now // instrument.funding_every_ms > since // instrument.funding_every_ms:
                for holder in self.holders:
                    holder.fund(instrument)
                instrument.funding_rate = Decimal(self.chance.randint(*FUNDING_RATES)) / 100_000

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

    def _holder(
        self, held: Held, mode: PositionMode, cash: Decimal, legs: tuple[int, int], beside: Account | None = None
    ) -> Holder:
        account = FiringAccount(
            position_mode=mode,
            reuses_client_ids=self.setup.reuses_client_ids,
            trims_reduce_only=self.setup.trims_reduce_only,
            time=self.clock.true_seconds,
            cash=cash,
            beside=beside,
        )
        if beside is not None:
            account.uid, account.main_uid = SUB_UID, beside.uid
        holder = Holder(
            held, account, self.rules, self.found, self.chance, self.loop.time, legs=legs, interval=self.setup.interval
        )
        if self.setup.guards is not None and self.weathered is not None:
            holder.guard(self.setup.guards, self.weathered.factors)
        return holder

    def _judge_resting(self, number: int, holder: Holder) -> None:
        resting = RestingAudit(holder.audit, self.loop.time)
        resting.interval = self.setup.interval
        resting.generation_of, resting.paused_for = partial(self._generation, number), partial(self._paused_for, number)
        resting.on_touch = partial(self._push_touch, number)
        holder.audit.judge_resting(resting)
        holder.account.fires, holder.account.fired = resting.fires, resting.fired

    def _generation(self, number: int, where: Where) -> int:
        """Say how often a leg was armed anew, by the ledger."""
        if self.process is not None:
            lives = self.process.parts[number].ledger.lives()
            self._generations[number] = {where_of(key): life.generation for key, life in lives.items()}
        return self._generations.get(number, {}).get(where, 0)

    def _paused_for(self, number: int, where: Where) -> float | None:
        """Say for how many seconds tiers of a leg have been paused with nothing in the way; None where they are not."""
        holder = self.holders[number]
        if self.process is None or holder.calm_since is None:
            return None
        since = [
            (pause.since - self.clock.now()).total_seconds() + self.loop.time()
            for pause in self.process.parts[number].ledger.pauses().entries
            if pause.since is not None and holds_back([pause.scope], where, "tier")
        ]
        return self.loop.time() - max(min(since), holder.calm_since) if since else None

    def _start(self) -> Process:
        self.mail.life += 1
        held = [holder.held for holder in self.holders]
        book = self.weathered.book if self.weathered is not None else None
        process = Process(
            self.folder, self.server, self.clock, self.phone, self.watch, self.rules, self.setup.interval, held, book
        )
        for holder, part in zip(self.holders, process.parts, strict=True):
            part.wire.on_send, part.wire.on_read = partial(self._leaving, holder, part), partial(self._read, holder)
            part.wire.on_end = holder.audit.over
        process.start_delivering()
        self.process = process
        return process

    def _leaving(self, holder: Holder, part: Part, record: Record) -> None:
        if (record.is_order or record.is_algo or record.path.endswith(MARGIN)) and self.kills_at_order is not None:
            self.killer.in_places(self.kills_at_order)
            self.kills_at_order = None
        self.killer.pass_by()
        self.weather()
        if self.process is None:
            return
        part.wire.refusing = self.refusing
        self._refused += self.refusing
        if record.is_algo and holder.audit.resting is not None:
            holder.audit.resting.sent(record, part.ledger.paused())
        if record.is_order or record.path.endswith(MARGIN):
            holder.audit.sent(record, part.ledger.paused(), _others(part), self._pushed(holder, part, record))

    def _push_touch(self, number: int, where: Where) -> None:
        if self.pushes is not None:
            self.pushes.touched(number, where[0])

    def _pushed(self, holder: Holder, part: Part, record: Record) -> Decimal | None:
        """Give the pushed mark price that an order was decided on; None where a look was."""
        name = record.body.get("clOrdId") if record.is_order and isinstance(record.body, dict) else None
        intent = next((one for one in part.ledger.open_intents() if one.client_order_id == name), None)
        if intent is None or intent.basis.pushed_age is None:
            return None
        mark = intent.basis.mark_price
        if self.pushes is None or mark is None or not self.pushes.confirms(intent.leg.instrument_id, mark):
            self.found.append(f"{holder.held.name}: {name} rests on a price that was not pushed, or too long ago")
        return mark

    def _read(self, holder: Holder, record: Record, answer: Answer) -> None:
        holder.lags.look(record)
        holder.audit.read(record, answer, self.loop.time())
        self.killer.pass_by()

    async def _arrived(self, record: Record) -> None:
        if not self.calm:
            self.words.maybe_inside(self._holder_of(record), is_order=record.is_order or record.is_algo)
        self._maybe_a_hand(record)

    def _holder_of(self, record: Record) -> Holder:
        """Say whose request it is; what everybody may ask is asked for the main account."""
        return next((one for one in self.holders[1:] if one.held.key == record.headers.get("ok-access-key")), self.holders[0])

    async def _done(self, record: Record) -> None:
        holder = self._holder_of(record)
        try:
            holder.audit.done(record, self.loop.time())
        except Exception as exc:
            # The server takes it for a broken connection, and what was not judged would be judged with the next order.
            self.found.append(f"the judge broke: {exc!r}")
            raise
        if record.is_order:
            if self.pushes is not None and isinstance(record.body, dict):
                self.pushes.touched(self.holders.index(holder), str(record.body["instId"]))
            if self.stale_at_order:
                self._show_stale()
            if record.fault == "partial_fill" and holder.account.fills and self.chance.random() < 0.3:
                self._take_from_the_rest(holder)
        self._maybe_a_hand(record)

    def _show_stale(self) -> None:
        self._stale += 1
        fault = self.server.fault(POSITIONS, "stale", times=self.chance.choice((1, 2, 3)), seconds=STALEST)
        self.loop.call_later(STALEST, self.server.lift, fault)

    def _take_from_the_rest(self, holder: Holder) -> None:
        """Make a leg smaller by hand while a tier of it is unfinished."""
        fill = holder.account.fills[-1]
        leg = holder.account.legs.get((fill.inst_id, fill.pos_side, fill.margin_mode))
        if leg is not None and not self.calm and self.setup.hand_chance:
            holder.hands.shrink(leg)

    def _maybe_a_hand(self, record: Record) -> None:
        # Around an order a hand does the most harm.
        often = BUSY if record.path.endswith(("/trade/order", "/trade/order-algo", MARGIN)) else 1
        if not self.calm and self.chance.random() < self.setup.hand_chance * often:
            self._holder_of(record).hands.act()

    def _heard(self, event: Event) -> None:
        now = self.loop.time()
        for at, holder in enumerate(self.holders):
            holder.audit.settings_written(event, now)
            if holder.held.name == event.account:
                part = self.process.parts[at] if self.process is not None else None
                holder.audit.guard_written(event, _others(part), now, holder.calm_since)
                if part is None:
                    holder.audit.written(event, frozenset(), {})
                else:
                    holder.audit.written(event, part.ledger.paused(), part.ledger.lives())

    def _look(self, process: Process, reports: list[CheckReport], begun: float) -> None:
        problems = [report.error for report in reports if report.error is not None]
        self.found += [str(problem) for problem in problems if "unforeseen" in str(problem)]
        for holder, part in self._pairs():
            holder.look(part)
        self.mail.look(waiting_numbers(process.ledger))
        if not problems:
            self.good_checks += 1
            if self._over_since is not None and begun >= self._over_since:
                self.slowest_check = max(self.slowest_check, self.loop.time() - self._over_since)
                self._over_since = None

    def _pairs(self) -> list[tuple[Holder, Part]]:
        """Give each account with its part of the program, where one runs."""
        return list(zip(self.holders, self.process.parts, strict=True)) if self.process is not None else []

    def _demand(self) -> None:
        for holder in self.holders:
            holder.audit.stand_still()
        for holder, part in self._pairs():
            self.found += holder.left(part)
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
        orders = [order for holder in self.holders for order in holder.account.orders]
        lost = {name_of(order) for order in orders if order.algo is None or (is_ours(order.algo) and order.filled)} - names
        self.found += [f"{name} was accepted, but is not in the history on disk" for name in sorted(lost)]


def _others(part: Part | None) -> frozenset[str]:
    """Name the pauses that no guard has set."""
    entries = part.ledger.pauses().entries if part is not None else ()
    return frozenset(pause.scope for pause in entries if pause.cause != "guard")
