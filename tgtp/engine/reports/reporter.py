"""Makes reports, and sees to it that each day, week and month gets its own: once, and late rather than never."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, TypeVar

from tgtp.domain.event_totals import Tally, equity_at, tally, total, uptime
from tgtp.domain.events import Event, ReportDue
from tgtp.domain.guard_acts import guard_acts, is_of_guards, is_of_sales, sales, worth
from tgtp.domain.model import EPOCH, EquitySample
from tgtp.domain.report import DAY, AccountTakings, DayTakings, GuardAct, Period, Report, Span, StandingPause, Takings, last_due
from tgtp.domain.retries import growing_pause
from tgtp.engine.cycle import Checker
from tgtp.engine.guards.prices_since import Market, with_prices
from tgtp.engine.monitoring.equity_sampling import SAMPLE_EVERY
from tgtp.engine.ports import Clock
from tgtp.errors import Problem, TemporarilyDown, TgtpError

log = logging.getLogger(__name__)

# The ledger's note: up to which moment days, weeks and months have had their report.
REPORTED = "reported"
# What can go wrong with reading: the disk, a row that makes no sense, the exchange.
READING_FAILS = (OSError, EOFError, ValueError, LookupError, ArithmeticError, TgtpError)
# Seconds. Looked at anew each time: the wall clock may be set, and a machine may sleep over the hour.
LOOK_EVERY = 20
LONGEST_FUNDING = 20
# A picture of fewer days says little.
FEWEST_DAYS = 14
# How far back the equity of before is sought; the last one means everywhere.
LOOKBACKS = (DAY, 40 * DAY, None)
PERIODS: tuple[Period, ...] = ("day", "week", "month")
# So often it is read again when funding comes in meanwhile: it does so at the full hour, as many reports do.
FUNDING_READS = 3

Row = TypeVar("Row")


class Made(NamedTuple):
    """A report; ``known`` says whether anything was recorded before its end, ``told`` whether it was told before.

    ``sold`` is what tiers and hedges of a month have closed, without prices yet.
    """

    report: Report
    known: bool
    told: bool
    sold: tuple[GuardAct, ...] = ()


class _Worth(NamedTuple):
    """The equity of an account at both ends of a span, None where it was not seen, and how much it was looked at.

    ``since`` is when looking began, where that lies within the span.
    """

    before: EquitySample | None
    after: EquitySample | None
    equity: Decimal | None
    uptime: Decimal
    since: dt.datetime | None


class Accountant:
    """Reads the past of an account, or of it and ``others`` together: beside the event loop, and without the checks' locks.

    Raises what READING_FAILS names.
    """

    def __init__(self, checker: Checker, *others: Checker) -> None:
        self._checker = checker
        self._checkers = (checker, *others)
        self._names = frozenset(each.account for each in self._checkers)
        self._ledger = checker.journal.ledger
        self._slot = max(SAMPLE_EVERY, dt.timedelta(seconds=2 * checker.interval))

    async def report(self, period: Period, span: Span, zone: dt.tzinfo, *, lasts: bool = False) -> Made:
        """Make the report of a period, or of as much of it as ``span`` holds; ``lasts``: it was asked for until now."""
        # Before anything is waited for: a check meanwhile would leave nothing that was seen within the span.
        seen = {each.account: _newest(each, span) for each in self._checkers}
        funding = await self._funding(span, lasts=lasts)
        made = await asyncio.to_thread(self._report, period, span, zone, seen)
        markets = [
            Market(each.account, each.last_good, each.observer.doubts.keys(), each.records.mark_candles)
            for each in self._checkers
        ]
        now, guarded = self._checker.journal.now(), len(made.report.guard_acts)
        acts = await with_prices((*made.report.guard_acts, *made.sold), markets, now)
        more = {"guard_acts": acts[:guarded], "worth": worth(acts[guarded:]) if made.sold else None}
        return made._replace(report=made.report.replaced(funding=funding, paused=self._paused(), **more))

    def _paused(self) -> tuple[StandingPause, ...]:
        standing = ((checker.account, checker.journal.ledger.pauses()) for checker in self._checkers)
        return tuple(StandingPause(pause=pause, account=account) for account, pauses in standing for pause in pauses.entries)

    async def takings(self, span: Span, zone: dt.tzinfo) -> tuple[DayTakings, ...]:
        """Return what each day of a span came to."""
        return (await self.tally(span, zone)).days

    async def tally(self, span: Span, zone: dt.tzinfo) -> Tally:
        """Sum a span up, by day and by account."""
        return await asyncio.to_thread(lambda: tally(self._events(span.since), span, zone))

    async def begins(self) -> dt.datetime | None:
        """Return when the records begin."""
        first = await asyncio.to_thread(self._ledger.event, 1)
        return first[1].at if first is not None else None

    async def written(self, span: Span, row: Callable[[int, Event], Row]) -> list[Row]:
        """Write every event of a span in a few words of the asker's, oldest first."""

        def read() -> list[Row]:
            rows = [row(number, event) for number, event in self._numbered(span.since) if event.at < span.until]
            rows.reverse()
            return rows

        return await asyncio.to_thread(read)

    def _numbered(self, since: dt.datetime) -> Iterator[tuple[int, Event]]:
        together = len(self._checkers) > 1
        names = set(self._names)
        for entry in self._ledger.back_to(since, of_all=together):
            event = entry[1]
            if together and event.account not in names:
                continue
            if event.kind == "account_renamed":
                names.add(event.before)
            if self._checker.stopping:
                # The end of the program would wait for this thread.
                raise TemporarilyDown(Problem("problem.ending"))
            yield entry

    def _events(self, since: dt.datetime) -> Iterator[Event]:
        return (event for _, event in self._numbered(since))

    def _report(self, period: Period, span: Span, zone: dt.tzinfo, seen: Mapping[str, EquitySample | None]) -> Made:
        ends = (span.until - dt.timedelta(microseconds=1)).astimezone(zone).date()
        first = min(span.since.astimezone(zone).date(), ends - (FEWEST_DAYS - 1) * DAY)
        # A day more: wherever the first one begins.
        begin = dt.datetime.combine(first - DAY, dt.time(), zone).astimezone(dt.UTC)
        of_sales = period == "month"
        kept: list[Event] = []
        counted = tally(_kept(self._events(begin), kept, is_of_sales if of_sales else is_of_guards), span, zone, first)
        kept.reverse()
        worths = {checker.account: self._worth(checker, span, seen[checker.account]) for checker in self._checkers}
        days = [day for day in counted.days if day.day >= span.since.astimezone(zone).date()]
        report = Report(
            period=period,
            since=span.since,
            until=span.until,
            zone=str(zone),
            equity=_sum(worth.equity for worth in worths.values()),
            equity_before=_sum(worth.before.equity if worth.before is not None else None for worth in worths.values()),
            takings=total(days),
            best=counted.legs[0] if counted.legs else None,
            worst=counted.legs[-1] if len(counted.legs) > 1 else None,
            failures=Decimal(counted.failures),
            # An account that was added later was not missed.
            uptime=min((worth.uptime for worth in worths.values() if worth.before is not None), default=Decimal(0)),
            watched_since=_earliest([worth.since for worth in worths.values() if worth.before is not None]),
            days=counted.days,
            accounts=self._parts(counted, worths) if len(worths) > 1 else (),
            guard_acts=guard_acts(kept, span),
        )
        after = next((worth.after for worth in worths.values() if worth.after is not None), None)
        sold = sales(kept, span) if of_sales else ()
        return Made(report, self._is_known(span, counted, after), _is_told(period, span, counted), sold)

    def _worth(self, checker: Checker, span: Span, newest: EquitySample | None) -> _Worth:
        samples = _samples(checker, span)
        # Where nothing was seen before, what was seen first counts.
        before = equity_at(samples, span.since) or next((sample for sample in samples if sample.at < span.until), None)
        after = newest or equity_at(samples, span.until)
        equity = after.equity if after is not None and after.at >= span.since else None
        first = samples[0].at if samples and span.since + self._slot <= samples[0].at < span.until else None
        return _Worth(before, after, equity, uptime(samples, span, self._slot), first)

    def _parts(self, counted: Tally, worths: Mapping[str, _Worth]) -> tuple[AccountTakings, ...]:
        return tuple(
            AccountTakings(
                account=name,
                equity=worth.equity,
                equity_before=worth.before.equity if worth.before is not None else None,
                **dict(counted.accounts.get(name, Takings())),
            )
            for name, worth in worths.items()
        )

    def _is_known(self, span: Span, counted: Tally, after: EquitySample | None) -> bool:
        if counted.seen or after is not None:
            return True
        first = self._ledger.event(1)
        return first is not None and first[1].at < span.until

    async def _funding(self, span: Span, *, lasts: bool) -> Decimal | None:
        """Ask for the funding of a span, in all accounts at once; None where one of them does not say."""
        return _sum(await asyncio.gather(*(self._funding_of(checker, span, lasts=lasts) for checker in self._checkers)))

    async def _funding_of(self, checker: Checker, span: Span, *, lasts: bool) -> Decimal | None:
        """Ask for the funding of a span: the exchange gives it up to now only."""
        now = checker.journal.now()
        try:
            async with asyncio.timeout(LONGEST_FUNDING):
                if lasts or span.until >= now:
                    return await checker.records.funding_since(span.since)
                after = await checker.records.funding_since(span.until)
                for _ in range(FUNDING_READS):
                    whole, before = await checker.records.funding_since(span.since), after
                    after = await checker.records.funding_since(span.until)
                    if whole is None or after is None:
                        return None
                    if after == before:
                        return whole - after
        except TimeoutError:
            log.warning("the funding could not be read within %d s", LONGEST_FUNDING)
        return None


class Reporter:
    """Has every day, week and month reported at ``at`` (None: never) in a zone, once it is over.

    What was missed is made up for, of several days the last one only. With ``others`` it is one report of all accounts, which
    ``checker``'s ledger remembers.
    """

    def __init__(
        self, checker: Checker, clock: Clock, zone: dt.tzinfo, at: dt.time | None, others: Sequence[Checker] = ()
    ) -> None:
        self._accountant = Accountant(checker, *others)
        self._checker = checker
        self._journal = checker.journal
        self._clock = clock
        self._zone = zone
        self._at = at
        self._failures = 0
        self._again_at = clock.monotonic()
        self._one_at_a_time = asyncio.Lock()

    async def run(self) -> None:
        """Look for what is due until cancelled."""
        while True:
            # First: at the start the first check has the machine for itself.
            await self._clock.sleep(LOOK_EVERY)
            await self.tick()

    async def tick(self) -> None:
        """Make the reports that are due now. What fails is logged, and tried again after a growing pause."""
        async with self._one_at_a_time:
            if self._at is None or self._checker.stopping:
                return
            if self._failures and self._clock.monotonic() < self._again_at:
                return
            try:
                for period in PERIODS:
                    await self._look(period, self._at)
            except READING_FAILS as exc:
                self._failures += 1
                pause = growing_pause(self._failures).total_seconds()
                self._again_at = self._clock.monotonic() + pause
                log.warning("a report could not be made (%s: %s); tried again in %d s", type(exc).__name__, exc, pause)
                return
            self._failures = 0

    async def _look(self, period: Period, at: dt.time) -> None:
        now = self._clock.now()
        span = last_due(period, now, at, self._zone)
        if self._is_settled(period, span, now):
            return
        made = await self._accountant.report(period, span, self._zone)
        notes = self._journal.ledger.note(REPORTED) or {}
        with self._journal.step():
            self._journal.ledger.keep_note(REPORTED, {**notes, period: span.until.isoformat()})
            if made.known and not made.told:
                self._journal.record(ReportDue(at=self._journal.now(), report=made.report))

    def _is_settled(self, period: Period, span: Span, now: dt.datetime) -> bool:
        """Return whether nothing has to be read to know that this report was made.

        Compared as moments: in another zone the same date is another day. One that is mostly reported, in the zone of before,
        is not reported again.
        """
        kept = (self._journal.ledger.note(REPORTED) or {}).get(period)
        if kept is None:
            return False
        upto = dt.datetime.fromisoformat(kept)
        # Written by a clock that was far ahead: believed, it would silence the reports until then.
        return upto <= now + DAY and not _is_another(span, upto)


def _kept(events: Iterator[Event], kept: list[Event], is_wanted: Callable[[Event], bool]) -> Iterator[Event]:
    """Pass events on, and keep those that are wanted: what is long ago is read once."""
    for event in events:
        if is_wanted(event):
            kept.append(event)
        yield event


def _samples(checker: Checker, span: Span) -> list[EquitySample]:
    """Read the samples of a span, and at least one from before it where there is any."""
    found: list[EquitySample] = []
    for back in LOOKBACKS:
        found = checker.equity_history.since(EPOCH if back is None else span.since - back)
        if found and found[0].at <= span.since:
            break
    return found


def _newest(checker: Checker, span: Span) -> EquitySample | None:
    """Return what was seen last, where that lies in the span: the newest sample may be minutes older."""
    seen = checker.last_good
    if seen is None or seen.equity is None or not span.since <= seen.taken_at <= span.until:
        return None
    return EquitySample(at=seen.taken_at, equity=seen.equity)


def _sum(numbers: Iterable[Decimal | None]) -> Decimal | None:
    """Add up; None where one is not known."""
    found = Decimal(0)
    for each in numbers:
        if each is None:
            return None
        found += each
    return found


def _earliest(moments: Sequence[dt.datetime | None]) -> dt.datetime | None:
    """Return the first of these; None where one of them lies before all that is asked for."""
    known = [each for each in moments if each is not None]
    return min(known) if known and len(known) == len(moments) else None


def _is_another(span: Span, until: dt.datetime) -> bool:
    """Return whether a period ends so much later than another that it is not the same one."""
    return span.until - until >= (span.until - span.since) / 2


def _is_told(period: Period, span: Span, counted: Tally) -> bool:
    half = (span.until - span.since) / 2
    return any(kind == period and abs(until - span.until) < half for kind, until in counted.reported)
