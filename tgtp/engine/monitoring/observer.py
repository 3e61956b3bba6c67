"""Looks at the account, and believes no more than it must."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from decimal import Decimal

from tgtp.domain.doubts.prices import Doubt, doubt_of
from tgtp.domain.events import ClockSkewed, LegDoubted, LookedAway
from tgtp.domain.life import Life
from tgtp.domain.model import MAIN, Leg, LegKey, Snapshot
from tgtp.engine.journal import Journal
from tgtp.engine.monitoring.metrics import HealthBook
from tgtp.engine.ports import Clock, Exchange
from tgtp.errors import TemporarilyDown

READ_TRIES = 3
READ_PAUSE = 0.3
LARGEST_SKEW = dt.timedelta(seconds=2)
LONGEST_LAG = dt.timedelta(seconds=60)
LONGEST_NAP = dt.timedelta(seconds=60)


class Lookout:
    """The eyes of one account. ``doubts`` are the legs whose numbers are not believed in this check."""

    def __init__(self, exchange: Exchange, journal: Journal, clock: Clock, health: HealthBook) -> None:
        self.doubts: dict[LegKey, Doubt] = {}
        self._exchange = exchange
        self._journal = journal
        self._ledger = journal.ledger
        self._clock = clock
        self._health = health
        # The last mark price of each life.
        self._marks: dict[tuple[LegKey, dt.datetime], Decimal] = {}
        self._behind_since: dict[LegKey, dt.datetime] = {}
        # When the last check began, by both clocks.
        self._woken_at: tuple[dt.datetime, float] | None = None
        self._skew_told = False
        # The machine and the exchange's clock are those of all accounts: one of them tells of both.
        self._tells_of_clocks = journal.ledger.account == MAIN

    async def observe(self) -> Snapshot:
        """Look at the account, trying again a few times; raises what the last try raised."""
        for attempt in range(1, READ_TRIES + 1):
            begun = self._clock.monotonic()
            try:
                return await self._exchange.snapshot()
            except TemporarilyDown:
                self._health.read_failed()
                # A try that hung has used up the time that this check has.
                if attempt == READ_TRIES or self._clock.monotonic() - begun > 2:
                    raise
            await self._clock.sleep(READ_PAUSE * attempt)
        raise TemporarilyDown("no try was made")

    async def look(self, missed: Collection[LegKey]) -> Snapshot:
        """Observe; a fall of more than half of the legs at once, besides those missed before, is asked for again."""
        snapshot = await self.observe()
        held = {key for key, life in self._ledger.lives().items() if life.gone_at is None and key not in missed}
        fallen = held - snapshot.by_key.keys() - snapshot.unreadable
        if 2 * len(fallen) > len(held):
            await self._clock.sleep(READ_PAUSE)
            snapshot = await self.observe()
        return snapshot

    def judge(self, snapshot: Snapshot, *, anew: bool = False) -> None:
        """Find the legs whose numbers are not believed, ``anew`` in a new check; told once a day for each leg and cause."""
        if anew:
            self.doubts = {}
        fresh: list[LegDoubted] = []
        seen: dict[tuple[LegKey, dt.datetime], Decimal] = {}
        lives = self._ledger.lives()
        for leg in snapshot.legs:
            name = leg.key, leg.opened_at
            seen[name] = leg.mark_price
            doubt = doubt_of(leg, self._marks.get(name), snapshot.taken_at) or self._behind(leg, lives, snapshot.taken_at)
            if doubt is None:
                continue
            self.doubts[leg.key] = doubt
            word = f"doubt:{doubt.cause}:{snapshot.taken_at:%Y-%m-%d}"
            if leg.key in lives and word not in lives[leg.key].told:
                fresh.append(LegDoubted(at=snapshot.taken_at, leg=leg.key, doubt=doubt))
        self._marks = seen
        if not fresh:
            return
        with self._journal.step():
            for event in fresh:
                word = f"doubt:{event.doubt.cause}:"
                life = self._ledger.lives()[event.leg].without_told(word)
                self._ledger.keep_life(life.with_told(f"{word}{event.at:%Y-%m-%d}"))
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
        before, self._woken_at = self._woken_at, (now, ticks)
        if before is None:
            return
        asleep = (now - before[0]) - dt.timedelta(seconds=ticks - before[1])
        if asleep > LONGEST_NAP and self._tells_of_clocks:
            with self._journal.step():
                self._journal.record(LookedAway(at=now, seconds=asleep // dt.timedelta(seconds=1)))

    def skew(self) -> dt.timedelta | None:
        """Give how far our clock is ahead of the exchange's."""
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
