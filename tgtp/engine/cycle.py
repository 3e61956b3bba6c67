"""One check: observe → reconcile → drop dead legs → ladder → hedge → guards → record → notify.

Start-up, recovery after a crash and the ten-thousandth check are the same code. Nothing here waits for people: what they are to
hear is on disk when a step ends, and others deliver it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from typing import TypeVar

from tgtp.domain.events import Around
from tgtp.domain.funding.rates import FundingRate
from tgtp.domain.guards.drawdown import DrawdownRules
from tgtp.domain.model import AccountProfile, Snapshot
from tgtp.domain.order import Intent
from tgtp.domain.plan import Plan, Rules, Situation, hedge_plan, ladder_plan
from tgtp.domain.resting.rules import RestingRules
from tgtp.domain.stream.state import StreamState
from tgtp.engine.check_report import CheckReport
from tgtp.engine.first_start import FirstStartGate
from tgtp.engine.greeting import Greeting
from tgtp.engine.guards.drawdown import DrawdownGuard
from tgtp.engine.guards.drawdown_notes import DrawdownNotes
from tgtp.engine.guards.leg_readings import LegReadings
from tgtp.engine.guards.phase import GuardPhase
from tgtp.engine.identity import HELD, Hold, Identities
from tgtp.engine.journal import Journal
from tgtp.engine.leg_tracker import LegTracker
from tgtp.engine.monitoring.api_key import KeyWatch
from tgtp.engine.monitoring.closes import CloseWatch
from tgtp.engine.monitoring.equity_sampling import EquitySampler, InMemoryEquityHistory
from tgtp.engine.monitoring.foreign_orders import OrderWatch
from tgtp.engine.monitoring.liquidation import DangerWatch
from tgtp.engine.monitoring.metrics import HealthBook
from tgtp.engine.monitoring.observer import Observer
from tgtp.engine.monitoring.outage import Outage
from tgtp.engine.monitoring.permission import Permission
from tgtp.engine.monitoring.skipped_once import SkippedOnce
from tgtp.engine.orders.execute import Executor
from tgtp.engine.pausing.book import PauseBook
from tgtp.engine.ports import Clock, EquityHistory, Exchange, Ledger, Listener
from tgtp.engine.records import Records
from tgtp.engine.resting.left_behind import tell_left_behind
from tgtp.engine.resting.phase import Resting
from tgtp.engine.rulebook import RuleBook
from tgtp.engine.upkeep.runner import UpkeepRunner
from tgtp.engine.upkeep.scheduler import Upkeep, UpkeepScheduler
from tgtp.engine.upkeep.store import UpkeepStore
from tgtp.engine.volatility.scaled_rules import ScaledRules, VolatilityBook
from tgtp.errors import AccessRefused, LedgerWriteFailed, TgtpError

log = logging.getLogger(__name__)

LONGEST_CHECK = 60

Result = TypeVar("Result")


class Checker:
    """Runs the checks of one account.

    A check and each command by hand (``run_exclusive``) have the account to themselves, one after the other. ``wake`` has a
    check begin now, or right after the one in hand; whoever runs the checks by their beat sets it.
    """

    def __init__(
        self,
        exchange: Exchange,
        ledger: Ledger,
        listener: Listener,
        clock: Clock,
        rules: Rules,
        *,
        exchange_name: str = "paper",
        interval: int = 10,
        around: Around | None = None,
        equity_history: EquityHistory | None = None,
        liquidation_warn: Decimal = Decimal(0),
        rulebook: RuleBook | None = None,
        upkeep: Upkeep | None = None,
        identities: Identities | None = None,
        pauses_first: bool = False,
        volatility: VolatilityBook | None = None,
        dynamic: bool = False,
        drawdown: DrawdownRules | None = None,
        resting: RestingRules | None = None,
    ) -> None:
        self.account = ledger.account
        self.exchange_name = exchange_name
        self.interval = interval
        self.wake: Callable[[], None] = lambda: None
        # Set by who watches the stream; None where there is none.
        self.stream_state: Callable[[], StreamState | None] = lambda: None
        self._one_at_a_time = asyncio.Lock()
        self.journal = Journal(ledger, listener, clock)
        self.health = HealthBook(clock, interval)
        self.observer = Observer(exchange, self.journal, clock, self.health)
        self.rulebook = rulebook or RuleBook(ledger, rules)
        # What rests, and where a pushed price reaches something, is as the last check has left it. The book is all accounts'.
        self.rulebook.follow(lambda: self.wake())  # noqa: PLW0108 - it is set later
        self.scaling = ScaledRules(self.rulebook, ledger, volatility or VolatilityBook(), on=dynamic)
        book = UpkeepStore(ledger)
        self.executor = Executor(exchange, self.journal, clock, self.scaling, book)
        self.upkeep_scheduler = UpkeepScheduler(exchange, self.journal, clock, book, upkeep or Upkeep(), self.scaling)
        self.keys = KeyWatch(self.journal)
        self._greeting = Greeting(self.journal, self.keys, exchange_name, interval, around or Around())
        self._pauses = PauseBook(self.journal)
        self.permission = Permission(exchange, self.journal, clock)
        self.identities = identities or Identities([ledger], clock)
        self.first_start = FirstStartGate(self.journal, self.identities, pauses=pauses_first)
        self._skipped_once = SkippedOnce(self.journal)
        self.equity_history = equity_history or InMemoryEquityHistory()
        self.books = EquitySampler(self.journal, self.equity_history)
        self.leg_readings = LegReadings(self.journal)
        self.danger = DangerWatch(self.journal, liquidation_warn)
        self.drawdown = DrawdownGuard(exchange, self.journal, DrawdownNotes(ledger, drawdown or DrawdownRules()))
        self._guards = GuardPhase(self.leg_readings, self.drawdown, self._skipped_once, self.situation, self._send_and_look)
        self.closes = CloseWatch(exchange, self.journal, clock)
        self.orders = OrderWatch(exchange, self.journal, clock)
        self.records = Records(exchange)
        self.resting = Resting(
            exchange,
            self.journal,
            clock,
            self.executor.outcomes,
            resting or RestingRules(),
            situation=lambda: self.situation(clock.now()),
            wake=lambda: self.wake(),  # noqa: PLW0108 - it is set later
            is_stopping=lambda: self.stopping,
            at_work=lambda: book.maintenances.keys() | book.corrections.keys(),
            account_mode=lambda: self.profile.account_mode if self.profile is not None else None,
        )
        self.tracker = LegTracker(
            self.journal, self.observer, self.closes, book, self._greeting, lambda: self.rules, self.resting.book
        )
        self.last_report: CheckReport | None = None
        self.last_good: Snapshot | None = None
        # Only shown: read beside the checks, of what is held, as far as it is known.
        self.funding_rates: Mapping[str, FundingRate] = {}
        # The instruments whose rate was asked for, whether it is known or not.
        self.funding_tried: frozenset[str] = frozenset()
        self.outage = Outage(self.journal, listener, clock)
        self.stopping = False
        self._upkeep = UpkeepRunner(
            self.upkeep_scheduler,
            self.executor.execute,
            self.permission,
            self.journal,
            listener,
            clock,
            situation=self.situation,
            look=self._look_again,
            may_send=self._may_send,
            is_stopping=lambda: self.stopping,
        )
        self._exchange = exchange
        self._ledger = ledger
        self._listener = listener
        self._clock = clock
        self._number = 0

    async def check(self) -> CheckReport:
        """Run one check to its end, whatever happens in it."""
        async with self._one_at_a_time:
            self._number += 1
            report = CheckReport(number=self._number, started_at=self._clock.now(), snapshot=self.last_good)
            begun = self._clock.monotonic()
            async with report.catching(LONGEST_CHECK):
                await self._check(report)
            report.duration = self._clock.monotonic() - begun
            report.unresolved = len(self._ledger.open_intents())
            self.last_report = report
            # Each by itself: what breaks in one must not hold the next one up, nor pass for a check that went well.
            async with report.catching():
                await self.closes.tell()
            async with report.catching():
                await self.orders.look_again()
            async with report.catching():
                self.executor.outcomes.fills.tell_waiting()
            async with report.catching():
                if report.error is None and not self.held:
                    self.outage.passed(proves=self.outage.cause != "refused" or self.permission.proves())
            if report.error is not None:
                self.permission.refused |= isinstance(report.error, AccessRefused)
                self.outage.failed(report.error, begun)
            self.health.checked(report)
        self._listener.checked(report)
        return report

    async def run_exclusive(self, command: Callable[[], Awaitable[Result]]) -> Result:
        """Run a command by hand while no check and no other command runs, and return what it returns.

        It waits for its turn. One that is cancelled while it waits never begins.
        """
        async with self._one_at_a_time:
            return await command()

    async def fire(self, plan: Callable[[Snapshot, Situation], Plan]) -> tuple[Intent, ...]:
        """Send what is planned between two checks over the newest look; gives what was sent.

        Nothing is planned unless that look is the last check's own, whole and taken in. What happens to the orders, and what is
        held back, is written down and told as in a check, and the next check looks at the account again.
        """
        async with self._one_at_a_time:
            report = self.last_report
            if report is None or report.error or report.snapshot is None or report.snapshot is not self.last_good:
                return ()
            sent = CheckReport(number=self._number, started_at=self._clock.now(), snapshot=report.snapshot)
            try:
                async with asyncio.timeout(LONGEST_CHECK):
                    self._pauses.write_held()
                    wanted = plan(report.snapshot, self.situation(self._clock.now()))
                    self._skipped_once.tell(wanted)
                    await self._send(wanted.intents, sent)
            except TgtpError as exc:
                self.permission.refused |= isinstance(exc, AccessRefused)
                log.warning("between two checks: %s", exc)
            except TimeoutError:
                log.warning("between two checks: it took longer than %s s", LONGEST_CHECK)
            return tuple(sent.sent)

    @property
    def is_busy(self) -> bool:
        """Return whether a check or a command is running."""
        return self._one_at_a_time.locked()

    @property
    def rules(self) -> Rules:
        """The rules in force: the settings', with what people have changed since, and the factors that act now."""
        return self.scaling.in_force

    def exchange_now(self) -> dt.datetime:
        """Return the time by the exchange's clock."""
        return self._exchange.now() or self._clock.now()

    def situation(self, now: dt.datetime) -> Situation:
        """Return what planning needs besides the snapshot."""
        return Situation(
            account=self._ledger.first_name,
            rules=self.rules,
            lives=self._ledger.lives(),
            unresolved=frozenset(intent.leg for intent in self._ledger.open_intents()).union(self.tracker.unexplained),
            paused=self._ledger.paused(),
            now=now,
            may_trade=self.permission.may_trade and self.held is None,
            doubted=self.observer.doubts.keys(),
            switches=self.upkeep_scheduler.switches,
            maintained=self.upkeep_scheduler.book.maintenances.keys(),
            regained=self.tracker.regained,
            fresh=self.tracker.fresh,
            guards=self.leg_readings.found,
            resting=self.resting.tiers,
        )

    @property
    def profile(self) -> AccountProfile | None:
        """What the account's configuration says, once it has been read."""
        return self.permission.profile

    @property
    def held(self) -> Hold | None:
        """Why nothing is done here: whose account the key belongs to does not fit what is remembered."""
        return self.identities.held(self.account)

    def admit(self) -> None:
        """Let nothing be changed by hand in an account that is held. Raises AccessRefused."""
        if (hold := self.held) is not None:
            raise AccessRefused(HELD[hold.why])

    @property
    def refused(self) -> bool:
        """Return whether the exchange refuses the key."""
        return self.permission.refused

    def say_goodbye(self, *, tell: bool = True, rest: int = 0) -> None:
        """Write down that nobody looks; ``tell``: and that the program ended while so many tiers ``rest``, for all accounts."""
        self.books.save()
        self.leg_readings.save()
        self.drawdown.save()
        self.observer.keep_marks()
        self._greeting.say_goodbye(tell=tell, rest=rest)

    async def _check(self, report: CheckReport) -> None:
        self.tracker.begin()
        self.scaling.hold(self.exchange_now())
        self.observer.wake_up()
        self._pauses.write_held()
        self._pauses.end_over()
        await self.permission.read()
        if self.profile is not None and self.identities.settle(self.journal, self.profile.uid) is not None:
            # Only looked at: what is remembered under this name may be of another account.
            self.last_good = report.snapshot = await self.observer.observe()
            return
        self.first_start.begin()
        tell_left_behind(self.journal, self.identities)
        await self.resting.begin()
        snapshot = await self.observer.look(self.tracker.missing)
        is_settled = await self.executor.settle_open(snapshot)
        if await self.resting.look(snapshot) or is_settled:
            # What was just settled has changed legs that the snapshot may show as they were before.
            snapshot = await self.observer.look(self.tracker.missing)
        self.last_good = report.snapshot = snapshot
        await self.orders.look_at_start()
        self.tracker.follow(snapshot)
        self.closes.begin()
        is_first = not self._greeting.is_said
        yields = self.upkeep_scheduler.yields_to_hedge
        self._greeting.say(snapshot, self.profile, self.rules, yields_to_hedge=yields)
        self.observer.judge(snapshot, anew=True)
        self.books.look(snapshot, self.observer.doubts.keys())
        at_work = self.upkeep_scheduler.book.at_work(snapshot.taken_at)
        self.danger.look(snapshot, self.observer.doubts, self.rules.min_margin, at_work)
        self.observer.compare_clocks()
        if self.profile is not None:
            self.keys.look(self.profile)
        self.first_start.tell(snapshot, self.situation(snapshot.taken_at), self.upkeep_scheduler)
        if is_first and self.upkeep_scheduler.book.maintenances:
            # An earlier process has left it in the middle: nothing is as large as what it may have bought.
            snapshot = self.last_good = report.snapshot = await self._upkeep.maintain(snapshot, report)

        await self.resting.let_go(snapshot)
        plan = ladder_plan(snapshot, self.situation(snapshot.taken_at))
        report.ladder_notes = plan.notes
        self._skipped_once.tell(plan)
        touched = await self._send(plan.intents, report)
        if touched:
            # The hedge looks at fresh numbers for any leg that the ladder has just touched.
            snapshot = self.last_good = report.snapshot = await self.observer.look(self.tracker.missing)
            # A hand may have been on a leg meanwhile: what is decided now must rest on what is remembered.
            self.tracker.take_in(snapshot)
        plan = hedge_plan(snapshot, self.situation(snapshot.taken_at))
        report.hedge_notes = plan.notes
        self._skipped_once.tell(plan)
        snapshot = await self._send_and_look(plan.intents, snapshot, report)
        snapshot = await self._guards.act(snapshot, self.observer.doubts.keys(), report)
        if not self.stopping:
            self.upkeep_scheduler.look(snapshot, self.situation(snapshot.taken_at))
        self.last_good = report.snapshot = snapshot = await self.keep_up(snapshot, report)
        await self.resting.bring_up(snapshot)

    async def _send_and_look(self, intents: tuple[Intent, ...], snapshot: Snapshot, report: CheckReport) -> Snapshot:
        """Send orders; gives the newest look at the account, the one there was where nothing was sent."""
        if await self._send(intents, report):
            snapshot = self.last_good = report.snapshot = await self.observer.observe()
            self.tracker.take_in(snapshot)
        return snapshot

    async def keep_up(self, snapshot: Snapshot, report: CheckReport | None = None) -> Snapshot:
        """Carry on the upkeep that is under way; gives the newest look at the account. Only inside ``run_exclusive``."""
        await self.resting.make_way()
        return await self._upkeep.keep_up(snapshot, report)

    async def _look_again(self) -> Snapshot:
        snapshot = await self.observer.observe()
        await self.executor.settle_open(snapshot)
        self.tracker.take_in(snapshot)
        return snapshot

    async def finish(self) -> None:
        """End the check in hand; what a maintenance has bought is cut back before, as far as the exchange answers."""
        self.stopping = True
        self.drawdown.stop()
        self._pauses.write_held()
        try:
            self.upkeep_scheduler.maintenance_runner.stop()
        except LedgerWriteFailed as exc:
            log.error("the end of the program could not be written into a maintenance: %s", exc)
        async with self._one_at_a_time:
            # Before the first check it is not known yet whose account the key belongs to.
            if not self._greeting.is_said or self.held:
                return
            try:
                if self.upkeep_scheduler.book.maintenances:
                    self.last_good = await self._upkeep.maintain(await self._look_again())
                await self.resting.finish()
            except TgtpError as exc:
                log.warning("account %s: what is under way is left to the next start: %s", self.account, exc)

    async def _send(self, intents: tuple[Intent, ...], report: CheckReport) -> bool:
        if self.stopping or not intents:
            return False
        report.sent.extend(intents)
        self._listener.sending(intents)
        with self.permission.counting_refusals():
            await self.executor.execute(intents, self._may_send)
        self.permission.sent()
        return True

    def _may_send(self, intent: Intent) -> bool:
        return not (self.stopping or self.refused or self.held or self._ledger.pauses().holds(intent.leg, intent.rule))
