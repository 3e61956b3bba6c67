"""Makes reports, and sees to it that each day and each week gets its own: once, and late rather than never."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import NamedTuple, TypeVar

from tgtp.domain.events import Event, ReportDue
from tgtp.domain.life import growing_pause
from tgtp.domain.model import EPOCH, Sample
from tgtp.domain.report import DAY, DayTakings, Period, Report, Span, last_due
from tgtp.domain.tally import Tally, equity_at, tally, total, uptime
from tgtp.engine.bookkeeping import SAMPLE_EVERY
from tgtp.engine.cycle import Checker
from tgtp.engine.ports import Clock
from tgtp.errors import TemporarilyDown, TgtpError

log = logging.getLogger(__name__)

# The ledger's note: up to which moment days and weeks have had their report.
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
PERIODS: tuple[Period, ...] = ("day", "week")
# So often it is read again when funding comes in meanwhile: it does so at the full hour, as many reports do.
FUNDING_READS = 3

Row = TypeVar("Row")


class Made(NamedTuple):
    """A report; ``known`` says whether anything was recorded before its end, ``told`` whether it was told before."""

    report: Report
    known: bool
    told: bool


class Accountant:
    """Reads the past of one account: beside the event loop, and without the checks' lock.

    Raises what READING_FAILS names.
    """

    def __init__(self, checker: Checker) -> None:
        self._checker = checker
        self._ledger = checker.journal.ledger
        self._slot = max(SAMPLE_EVERY, dt.timedelta(seconds=2 * checker.interval))

    async def report(self, period: Period, span: Span, zone: dt.tzinfo, *, lasts: bool = False) -> Made:
        """Make the report of a period, or of as much of it as ``span`` holds; ``lasts``: it was asked for until now."""
        funding = await self._funding(span, lasts=lasts)
        made = await asyncio.to_thread(self._report, period, span, zone)
        return made._replace(report=made.report.replaced(funding=funding))

    async def takings(self, span: Span, zone: dt.tzinfo) -> tuple[DayTakings, ...]:
        """Give what each day of a span came to."""
        counted = await asyncio.to_thread(lambda: tally(self._events(span.since), span, zone))
        return counted.days

    async def written(self, span: Span, row: Callable[[int, Event], Row]) -> list[Row]:
        """Write every event of a span in a few words of the asker's, oldest first."""

        def read() -> list[Row]:
            rows = [row(number, event) for number, event in self._numbered(span.since) if event.at < span.until]
            rows.reverse()
            return rows

        return await asyncio.to_thread(read)

    def _numbered(self, since: dt.datetime) -> Iterator[tuple[int, Event]]:
        for entry in self._ledger.back_to(since):
            if self._checker.stopping:
                # The end of the program would wait for this thread.
                raise TemporarilyDown("the program ends, and reads no more")
            yield entry

    def _events(self, since: dt.datetime) -> Iterator[Event]:
        return (event for _, event in self._numbered(since))

    def _report(self, period: Period, span: Span, zone: dt.tzinfo) -> Made:
        ends = (span.until - dt.timedelta(microseconds=1)).astimezone(zone).date()
        first = min(span.since.astimezone(zone).date(), ends - (FEWEST_DAYS - 1) * DAY)
        # A day more: wherever the first one begins.
        begin = dt.datetime.combine(first - DAY, dt.time(), zone).astimezone(dt.UTC)
        counted = tally(self._events(begin), span, zone, first)
        samples = self._samples(span)
        # Where nothing was seen before, what was seen first counts.
        before = equity_at(samples, span.since) or next((sample for sample in samples if sample.at < span.until), None)
        after = self._newest(span) or equity_at(samples, span.until)
        days = [day for day in counted.days if day.day >= span.since.astimezone(zone).date()]
        report = Report(
            period=period,
            since=span.since,
            until=span.until,
            zone=str(zone),
            equity=after.equity if after is not None and after.at >= span.since else None,
            equity_before=before.equity if before is not None else None,
            takings=total(days),
            best=counted.legs[0] if counted.legs else None,
            worst=counted.legs[-1] if len(counted.legs) > 1 else None,
            failures=Decimal(counted.failures),
            uptime=uptime(samples, span, self._slot),
            days=counted.days,
        )
        return Made(report, self._is_known(span, counted, after), _is_told(period, span, counted))

    def _newest(self, span: Span) -> Sample | None:
        """Give what was seen last, where that lies in the span: the newest sample may be minutes older."""
        seen = self._checker.last_good
        if seen is None or seen.equity is None or not span.since <= seen.taken_at <= span.until:
            return None
        return Sample(at=seen.taken_at, equity=seen.equity)

    def _is_known(self, span: Span, counted: Tally, after: Sample | None) -> bool:
        if counted.seen or after is not None:
            return True
        first = self._ledger.event(1)
        return first is not None and first[1].at < span.until

    def _samples(self, span: Span) -> list[Sample]:
        """Read the samples of a span, and at least one from before it where there is any."""
        found: list[Sample] = []
        for back in LOOKBACKS:
            found = self._checker.diary.since(EPOCH if back is None else span.since - back)
            if found and found[0].at <= span.since:
                break
        return found

    async def _funding(self, span: Span, *, lasts: bool) -> Decimal | None:
        """Ask for the funding of a span: the exchange gives it up to now only."""
        now = self._checker.journal.now()
        try:
            async with asyncio.timeout(LONGEST_FUNDING):
                if lasts or span.until >= now:
                    return await self._checker.funding_since(span.since)
                after = await self._checker.funding_since(span.until)
                for _ in range(FUNDING_READS):
                    whole, before = await self._checker.funding_since(span.since), after
                    after = await self._checker.funding_since(span.until)
                    if whole is None or after is None:
                        return None
                    if after == before:
                        return whole - after
        except TimeoutError:
            log.warning("the funding could not be read within %d s", LONGEST_FUNDING)
        return None


class Reporter:
    """Has every day and every week reported at ``at`` (None: never) in a zone, once it is over.

    What was missed is made up for, of several days the last one only.
    """

    def __init__(self, checker: Checker, clock: Clock, zone: dt.tzinfo, at: dt.time | None) -> None:
        self._accountant = Accountant(checker)
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
        """Say whether nothing has to be read to know that this report was made.

        Compared as moments: in another zone the same date is another day. One that is mostly reported, in the zone of before,
        is not reported again.
        """
        kept = (self._journal.ledger.note(REPORTED) or {}).get(period)
        if kept is None:
            return False
        upto = dt.datetime.fromisoformat(kept)
        # Written by a clock that was far ahead: believed, it would silence the reports until then.
        return upto <= now + DAY and not _is_another(span, upto)


def _is_another(span: Span, until: dt.datetime) -> bool:
    """Say whether a period ends so much later than another that it is not the same one."""
    return span.until - until >= (span.until - span.since) / 2


def _is_told(period: Period, span: Span, counted: Tally) -> bool:
    half = (span.until - span.since) / 2
    return any(kind == period and abs(until - span.until) < half for kind, until in counted.reported)
