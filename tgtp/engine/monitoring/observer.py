"""Looks at the account, and believes no more than it must."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from tgtp.domain.doubts.prices import Doubt, LastMark, doubt_of, standstill_of
from tgtp.domain.doubts.sizes import differs_by_rounding, is_uncounted, size_doubt
from tgtp.domain.events import ClockSkewed, LegDoubted, LegUnguarded, LegUnreadable, LookedAway
from tgtp.domain.life import Life
from tgtp.domain.model import MAIN, Leg, LegKey, Snapshot
from tgtp.domain.retries import NEXT_CHECK
from tgtp.engine.journal import Journal
from tgtp.engine.monitoring.metrics import HealthBook
from tgtp.engine.ports import Clock, Exchange
from tgtp.errors import LedgerWriteFailed, Problem, TemporarilyDown

log = logging.getLogger(__name__)

READ_TRIES = 3
READ_PAUSE = 0.3
LARGEST_SKEW = dt.timedelta(seconds=2)
LONGEST_LAG = dt.timedelta(seconds=60)
LONGEST_NAP = dt.timedelta(seconds=60)
# Seconds after which a leg that is still doubted is told of as one that nobody guards.
UNGUARDED_AFTER = 600
# Under this note each leg's life, mark price and since when it has shown that; seconds between two writings.
MARKS = "marks"
MARKS_EVERY = 300
# Under this note the rows that were told of today though they may be any leg.
STRAYS = "strays"

Name = tuple[LegKey, dt.datetime]


class Observer:
    """The eyes of one account. ``doubts`` are the legs whose numbers are not believed in this check.

    A doubt holds for the rest of its check, and for a few seconds: that the next check comes at once must not halve it.

    ``missized`` are those of the newest look whose size is contradicted by the exchange's own figures.
    """

    def __init__(self, exchange: Exchange, journal: Journal, clock: Clock, health: HealthBook) -> None:
        self.doubts: dict[LegKey, Doubt] = {}
        # The newest look, and when it was asked for, by the clock that never jumps.
        self.newest: tuple[Snapshot, float] | None = None
        self.missized: dict[LegKey, Doubt] = {}
        self._exchange = exchange
        self._journal = journal
        self._ledger = journal.ledger
        self._clock = clock
        self._health = health
        # Legs whose size is right again, with the instruments read anew: left alone for the rest of the check.
        self._mended: dict[LegKey, Doubt] = {}
        # The last mark price of each life; of an earlier process at first.
        self._marks = _read_marks(journal.ledger.note(MARKS))
        self._marks_due = clock.monotonic()
        # Since when each leg is doubted, by the clock that never jumps, and what was logged once of each life.
        self._doubted_since: dict[LegKey, float] = {}
        # When each doubt was found last, by that clock.
        self._doubted_at: dict[LegKey, float] = {}
        self._rounded: set[Name] = set()
        self._behind_since: dict[LegKey, dt.datetime] = {}
        # When the last check began, by both clocks.
        self._woken_at: tuple[dt.datetime, float] | None = None
        self._skew_told = False
        # The machine and the exchange's clock are those of all accounts: one of them tells of both.
        self._tells_of_clocks = journal.ledger.account == MAIN

    async def observe(self) -> Snapshot:
        """Look at the account, trying again a few times; raises what the last try raised.

        Where a leg's size is contradicted, the instruments are read anew, at most once a minute, and it looks again.
        """
        snapshot = await self._observe()
        before = self.missized = self._missized_in(snapshot)
        if before and self._exchange.doubt_instruments():
            snapshot = await self._observe()
            self.missized = self._missized_in(snapshot)
            self._mended |= {key: doubt for key, doubt in before.items() if key not in self.missized}
        return snapshot

    async def _observe(self) -> Snapshot:
        for attempt in range(1, READ_TRIES + 1):
            begun = self._clock.monotonic()
            try:
                lives = self._ledger.lives()
                snapshot = await self._exchange.snapshot()
                snapshot = snapshot.with_missing(key for key, life in lives.items() if life.gone_at is None)
                self.newest = snapshot, begun
                return snapshot
            except TemporarilyDown:
                self._health.read_failed()
                # A try that hung has used up the time that this check has.
                if attempt == READ_TRIES or self._clock.monotonic() - begun > 2:
                    raise
            await self._clock.sleep(READ_PAUSE * attempt)
        raise TemporarilyDown(Problem("problem.no_try"))

    async def look(self, missed: Collection[LegKey]) -> Snapshot:
        """Observe; what may pass is asked for again: a row that names nothing, a fall of more than half of the legs at once.

        Those in ``missed`` before do not count.
        """
        snapshot = await self.observe()
        held = {key for key, life in self._ledger.lives().items() if life.gone_at is None and key not in missed}
        fallen = held - snapshot.leg_keys
        if snapshot.nameless or 2 * len(fallen) > len(held):
            await self._clock.sleep(READ_PAUSE)
            snapshot = await self.observe()
        return snapshot

    def judge(self, snapshot: Snapshot, *, anew: bool = False) -> None:
        """Find the legs whose numbers are not believed, ``anew`` in a new check; told once a day for each leg and cause."""
        if anew:
            self._forget_doubts()
        # Their new size is told as such; the numbers that contradicted each other have left them alone for this check.
        for key, was in self._mended.items():
            self._believe_not(key, was)
        self._mended = {}
        fresh: list[LegDoubted | LegUnguarded] = []
        seen: dict[Name, LastMark] = {}
        lives, now = self._ledger.lives(), snapshot.taken_at
        for leg in snapshot.legs:
            name, mark = (leg.key, leg.opened_at), leg.mark_price
            last = self._marks.get(name)
            seen[name] = LastMark(mark, now) if last is None else last.followed_by(mark, now)
            doubt = self.missized.get(leg.key) if self.missized else None
            doubt = doubt or doubt_of(leg, None if last is None else last.price, now)
            doubt = doubt or standstill_of(leg, last, now) or self._behind(leg, lives, now)
            if doubt is None:
                continue
            self._believe_not(leg.key, doubt)
            if self._is_news(f"doubt:{doubt.cause}", leg.key, now):
                fresh.append(LegDoubted(at=now, leg=leg.key, doubt=doubt))
        self._marks = seen
        if anew:
            fresh += self._unguarded(now)
        if fresh:
            with self._journal.step():
                for event in fresh:
                    word = "unguarded" if event.kind == "leg_unguarded" else f"doubt:{event.doubt.cause}"
                    life = self._ledger.lives()[event.leg].without_told(f"{word}:")
                    self._ledger.keep_life(life.with_told(f"{word}:{now:%Y-%m-%d}"))
                    self._journal.record(event)
        if anew and self._clock.monotonic() >= self._marks_due:
            self.keep_marks()

    def _believe_not(self, key: LegKey, doubt: Doubt) -> None:
        self.doubts[key], self._doubted_at[key] = doubt, self._clock.monotonic()

    def _forget_doubts(self) -> None:
        """Let go, in a new check, of what was found a while ago."""
        oldest = self._clock.monotonic() - NEXT_CHECK.total_seconds()
        self._doubted_at = {key: at for key, at in self._doubted_at.items() if at > oldest}
        self.doubts = {key: self.doubts[key] for key in self._doubted_at}

    def keep_marks(self) -> None:
        """Write the last mark prices down, for the first look of the next process. What cannot be written is not needed."""
        self._marks_due = self._clock.monotonic() + MARKS_EVERY
        rows = {
            str(key): [opened_at.isoformat(), f"{last.price:f}", last.since.isoformat()]
            for (key, opened_at), last in self._marks.items()
        }
        if rows == (self._ledger.note(MARKS) or {}):
            return
        try:
            with self._journal.step():
                self._ledger.keep_note(MARKS, rows)
        except LedgerWriteFailed as exc:
            log.warning("the last mark prices could not be written: %s", exc)

    def _missized_in(self, snapshot: Snapshot) -> dict[LegKey, Doubt]:
        """Find the legs whose size is contradicted; what is only rounded is logged, once for each life."""
        found: dict[LegKey, Doubt] = {}
        lives = self._ledger.lives()
        for leg in snapshot.legs:
            doubt = size_doubt(leg)
            if doubt is None and leg.exchange_notional is None and is_uncounted(leg, lives.get(leg.key)):
                doubt = Doubt(cause="size", mark_price=leg.mark_price)
            if doubt is not None:
                found[leg.key] = doubt
            elif differs_by_rounding(leg) and (leg.key, leg.opened_at) not in self._rounded:
                self._rounded.add((leg.key, leg.opened_at))
                log.info("%s: worth %s U by its contracts, %s U by OKX", leg.key, leg.notional, leg.exchange_notional)
        return found

    def _unguarded(self, now: dt.datetime) -> list[LegUnguarded]:
        """Find the legs that are still doubted after ten minutes: nobody guards them. Told once a day."""
        ticks = self._clock.monotonic()
        self._doubted_since = {key: self._doubted_since.get(key, ticks) for key in self.doubts}
        return [
            LegUnguarded(at=now, leg=key, doubt=self.doubts[key], seconds=int(ticks - since))
            for key, since in self._doubted_since.items()
            if ticks - since >= UNGUARDED_AFTER and self._is_news("unguarded", key, now)
        ]

    def _is_news(self, word: str, key: LegKey, now: dt.datetime) -> bool:
        life = self._ledger.lives().get(key)
        return life is not None and f"{word}:{now:%Y-%m-%d}" not in life.told

    def tell_strays(self, strays: Collection[LegUnreadable]) -> None:
        """Tell of rows that may be any leg: once a day, and never for good."""
        if not strays:
            return
        today = f"{self._clock.now():%Y-%m-%d}"
        known = (self._ledger.note(STRAYS) or {}).get(today, ())
        fresh = {event.name: event for event in strays if event.name not in known}
        if not fresh:
            return
        with self._journal.step():
            self._ledger.keep_note(STRAYS, {today: sorted({*known, *fresh})})
            for event in fresh.values():
                self._journal.record(event)

    def _behind(self, leg: Leg, lives: Mapping[LegKey, Life], now: dt.datetime) -> Doubt | None:
        """Find a leg that has been shown for a while as it was before something that is known already."""
        life = lives.get(leg.key)
        if life is None or not life.is_of(leg) or not life.is_stale(leg, now):
            self._behind_since.pop(leg.key, None)
            return None
        age = now - self._behind_since.setdefault(leg.key, now)
        if age <= LONGEST_LAG:
            return None
        return Doubt(cause="behind", mark_price=leg.mark_price, age=Decimal(age // dt.timedelta(seconds=1)))

    def wake_up(self) -> None:
        """Tell when the wall clock went on without us since the last check: a sleeping machine stops every other clock."""
        now, ticks = self._clock.now(), self._clock.monotonic()
        before = self._woken_at or (now, ticks)
        asleep = (now - before[0]) - dt.timedelta(seconds=ticks - before[1])
        if asleep > LONGEST_NAP and self._tells_of_clocks:
            with self._journal.step():
                self._journal.record(LookedAway(at=now, seconds=asleep // dt.timedelta(seconds=1)))
                self._journal.when_written(partial(self._has_woken, now, ticks))
        else:
            self._has_woken(now, ticks)

    def _has_woken(self, now: dt.datetime, ticks: float) -> None:
        self._woken_at = now, ticks

    def skew(self) -> dt.timedelta | None:
        """Return how far our clock is ahead of the exchange's."""
        return self._exchange.skew()

    def compare_clocks(self) -> None:
        """Tell that the clocks differ, once until they agree again."""
        skew = self._exchange.skew()
        differs = skew is not None and abs(skew) > LARGEST_SKEW
        if skew is not None and differs and not self._skew_told and self._tells_of_clocks:
            with self._journal.step():
                ahead = Decimal(skew // dt.timedelta(milliseconds=1)) / 1000
                self._journal.record(ClockSkewed(at=self._clock.now(), ahead=ahead))
        self._skew_told = differs


def _read_marks(note: Any) -> dict[Name, LastMark]:
    """Read what ``keep_marks`` wrote; what makes no sense there is left out."""
    found: dict[Name, LastMark] = {}
    for name, row in note.items() if isinstance(note, Mapping) else ():
        try:
            opened_at, price, since = row
            last = LastMark(Decimal(price), dt.datetime.fromisoformat(since))
            if last.price > 0 and last.since.tzinfo is not None:
                found[LegKey.parse(name), dt.datetime.fromisoformat(opened_at)] = last
        except (ValueError, TypeError, ArithmeticError):
            log.warning("%s has no readable record of its last mark price", name)
    return found
