"""Reads the bars that thresholds follow, an hour at a time; beside the checks, which never wait for it."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from tgtp.domain.events import ThresholdsScaled, ThresholdsUnscaled
from tgtp.domain.model import Candle
from tgtp.domain.volatility.factor import BARS_NEEDED, HOUR, MOST_MISSING, Missing, Volatility, finished, volatility
from tgtp.engine.cycle import Checker
from tgtp.engine.ports import BarStore, Clock, Exchange
from tgtp.errors import ExchangeProblem, LedgerWriteFailed

log = logging.getLogger(__name__)

NOTE = "volatility"
# What was told of a coin last: that its thresholds follow, or why they do not.
FOLLOWS: Final = "on"
# Seconds between two looks at what is held, between two pages, and that one may take. OKX gives twenty in two seconds to an
# address, charts and other programs among them.
LOOK_EVERY = 10
READ_PAUSE = 0.5
PATIENCE = 10
# Eight pages are a month; one more where the newest hour has just begun, and one for a gap.
MOST_PAGES = 10
# So many failures in a row end a round: where the exchange does not answer, there is no use in asking for all.
MOST_FAILURES = 3
AGAIN_AFTER = 60
# From so many on each is an hour after the last.
MOST_MISSES = 6
# Seconds after the full hour at which a bar is asked for, coins one after the other.
AFTER_THE_HOUR = 20
SPREAD = 100
# A bar that has not been asked for so long after that is one of a time in which the machine slept.
OVERSLEPT = dt.timedelta(seconds=AFTER_THE_HOUR + SPREAD + AGAIN_AFTER)
# Seconds in which a start, or a coin that is new, has its bars read before it is told that they are missing.
GRACE = 600


@dataclass
class Course:
    """What has been read of one coin; ``before`` is where the next page ends while a month is being read, None else.

    ``misses`` counts the readings in a row that did not bring the hour that is just over.
    """

    wanted_since: float
    bars: dict[dt.datetime, Candle] = field(default_factory=dict)
    due_at: float = 0
    tried_at: float = 0
    before: dt.datetime | None = None
    pages: int = 0
    misses: int = 0
    cached_until: dt.datetime | None = None


class VolatilityWatch:
    """Reads by one exchange for the legs of all accounts whose thresholds follow it, the main one first."""

    def __init__(self, checkers: Sequence[Checker], exchange: Exchange, clock: Clock, store: BarStore) -> None:
        self._checkers = checkers
        self._exchange = exchange
        self._clock = clock
        self._store = store
        self._book = checkers[0].scaling.book
        self._courses: dict[str, Course] = {}

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            # First: at the start the first check has the machine for itself.
            await self._clock.sleep(LOOK_EVERY)
            await self.tick()

    async def tick(self) -> None:
        """Read what is due, hand out what is known, and tell of what is missing. What fails is logged and tried again."""
        wanted = {name for checker in self._checkers for name in _wanted(checker)}
        self._courses = {name: course for name, course in self._courses.items() if name in wanted}
        if wanted:
            await self._read(wanted)
        for checker in self._checkers:
            if checker.stopping or checker.held is not None:
                continue
            try:
                self._tell(checker)
            except LedgerWriteFailed as exc:
                log.error("what is known of the volatility could not be written: %s", exc)

    async def _read(self, wanted: Collection[str]) -> None:
        """Read what is due, that first which has waited longest."""
        failures = 0
        for name in wanted - self._courses.keys():
            self._courses[name] = await self._begun(name)
        due = [name for name, course in self._courses.items() if self._is_due(course)]
        for place, name in enumerate(sorted(due, key=lambda name: (self._courses[name].tried_at, name))):
            if place:
                await self._clock.sleep(READ_PAUSE)
            failures = 0 if await self._read_coin(name) else failures + 1
            if failures == MOST_FAILURES:
                return

    def _is_due(self, course: Course) -> bool:
        """Return whether it is time to read; also where that passed in the machine's sleep, through which no clock counts."""
        ticks = self._clock.monotonic()
        if ticks >= course.due_at or course.misses or not course.bars:
            return ticks >= course.due_at
        return ticks - course.tried_at >= AGAIN_AFTER and self._now() - max(course.bars) > 2 * HOUR + OVERSLEPT

    async def _begun(self, name: str) -> Course:
        bars = finished(await asyncio.to_thread(self._store.bars, name), self._now())
        # Less may be what a reading has left out, not what there is.
        cached_until = bars[-1].opened_at if len(bars) >= BARS_NEEDED - MOST_MISSING else None
        return Course(self._clock.monotonic(), {bar.opened_at: bar for bar in bars}, cached_until=cached_until)

    async def _read_coin(self, name: str) -> bool:
        """Read pages until nothing of the month is missing that can be had; False where the exchange did not answer."""
        course = self._courses[name]
        while True:
            course.tried_at = self._clock.monotonic()
            try:
                async with asyncio.timeout(PATIENCE):
                    page = await self._exchange.hour_bars(name, course.before)
            except (ExchangeProblem, TimeoutError) as exc:
                log.debug("the bars of %s could not be read: %s", name, exc or "too slow")
                course.due_at = self._clock.monotonic() + AGAIN_AFTER
                return False
            page = finished(page, self._now())
            course.bars.update((bar.opened_at, bar) for bar in page)
            course.pages += 1
            if self._is_whole(course, page):
                break
            course.before = page[0].opened_at
            await self._clock.sleep(READ_PAUSE)
        course.before, course.pages = None, 0
        await self._take_in(name, course)
        return True

    def _is_whole(self, course: Course, page: Sequence[Candle]) -> bool:
        """Return whether no older page is needed."""
        if not page or course.pages == MOST_PAGES:
            return True
        oldest, newest = page[0].opened_at, max(course.bars)
        # What is kept was whole once: where a page meets it, nothing is missing.
        meets = course.cached_until is not None and oldest <= course.cached_until + HOUR
        return meets or oldest <= newest - (BARS_NEEDED - 1) * HOUR

    async def _take_in(self, name: str, course: Course) -> None:
        """Work out what was read, and keep it."""
        now = self._now()
        bars = finished([bar for _, bar in sorted(course.bars.items())], now)
        bars = tuple(bar for bar in bars if bar.opened_at > bars[-1].opened_at - BARS_NEEDED * HOUR)
        course.bars = {bar.opened_at: bar for bar in bars}
        found = self._book.known[name] = volatility(bars)
        # What is missing is read anew as a whole: it may have been missing in a reading alone.
        course.cached_until = bars[-1].opened_at if bars and found not in ("gaps", "young") else None
        begun = now.replace(minute=0, second=0, microsecond=0)
        if bars and bars[-1].opened_at == begun - HOUR:
            # No two coins at once, and none in the moment in which everybody asks.
            wait = HOUR - (now - begun) + dt.timedelta(seconds=AFTER_THE_HOUR + int.from_bytes(name.encode()) % SPREAD)
            course.due_at, course.misses = self._clock.monotonic() + wait.total_seconds(), 0
        else:
            # Late by a little, or of an instrument that is not traded at all.
            course.due_at = self._clock.monotonic() + min(AGAIN_AFTER * 2**course.misses, HOUR.total_seconds())
            course.misses = min(course.misses + 1, MOST_MISSES)
        known = {name: each for name, each in self._book.known.items() if isinstance(each, Volatility)}
        await asyncio.to_thread(self._store.keep_bars, name, bars)
        await asyncio.to_thread(self._store.keep_volatilities, known)

    def _now(self) -> dt.datetime:
        """Return the time by the exchange's clock."""
        return self._exchange.now() or self._clock.now()

    def _state(self, name: str) -> Volatility | Missing | None:
        """Return what is known of a coin now; None where it is being read for the first time."""
        found = self._book.known.get(name)
        if isinstance(found, str) or (found is not None and found.is_fresh(self._now())):
            return found
        course = self._courses.get(name)
        waits = course is None or self._clock.monotonic() - course.wanted_since < GRACE
        return None if waits else "stale"

    def _tell(self, checker: Checker) -> None:
        """Tell of each coin once that its thresholds do not follow, and why; and when they do."""
        journal, switches = checker.journal, checker.scaling.switches
        before: dict[str, str] = journal.ledger.note(NOTE) or {}
        told = {name: word for name, word in before.items() if switches.is_on(name)}
        follow: dict[str, Decimal] = {}
        missing: dict[Missing, list[str]] = {}
        for name in sorted(_wanted(checker)):
            state = self._state(name)
            if state is None:
                continue
            word = FOLLOWS if isinstance(state, Volatility) else state
            if told.get(name) == word:
                continue
            told[name] = word
            if isinstance(state, Volatility):
                follow[name] = state.factor
            else:
                missing.setdefault(state, []).append(name)
        if told == before:
            return
        now = journal.now()
        with journal.step():
            journal.ledger.keep_note(NOTE, told or None)
            if follow:
                journal.record(ThresholdsScaled(at=now, factors=follow))
            for why, names in missing.items():
                journal.record(ThresholdsUnscaled(at=now, instrument_ids=tuple(names), why=why))


def _wanted(checker: Checker) -> Iterable[str]:
    """Return the coins that an account holds, and whose thresholds follow how wild they are."""
    switches, snapshot = checker.scaling.switches, checker.last_good
    if snapshot is None or not switches.any_on or checker.held is not None:
        return set()
    held = {leg.instrument.instrument_id for leg in snapshot.legs}
    return {name for name in held if switches.is_on(name)}
