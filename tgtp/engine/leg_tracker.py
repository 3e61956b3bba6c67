"""Follows the lives of the legs from look to look."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from tgtp.domain.doubts.prices import is_shown_elsewhere
from tgtp.domain.events import NotWatched
from tgtp.domain.legacy import LegacyState
from tgtp.domain.model import Leg, LegKey, Snapshot
from tgtp.domain.plan import Rules
from tgtp.domain.position_changes import Missed, changes
from tgtp.domain.retries import NEXT_CHECK
from tgtp.engine.greeting import Greeting
from tgtp.engine.journal import Journal
from tgtp.engine.monitoring.closes import CloseWatch
from tgtp.engine.monitoring.observer import Observer
from tgtp.engine.resting.book import RestingBook
from tgtp.engine.upkeep.store import UpkeepStore


class LegTracker:
    """Takes in what changed since the last look: new lives, changes by hand, legs that are gone.

    ``missing`` are the legs that the last looks did not find, ``unexplained`` those of which a tier that rests may have fired.
    ``is_pushed`` says whether a leg's mark price is pushed, too; set by who hears what is pushed.
    """

    def __init__(
        self,
        journal: Journal,
        observer: Observer,
        closes: CloseWatch,
        book: UpkeepStore,
        greeting: Greeting,
        rules: Callable[[], Rules],
        resting: RestingBook,
    ) -> None:
        self.missing: Mapping[LegKey, Missed] = {}
        self.unexplained: Collection[LegKey] = ()
        # Since when those legs that could not be read before can be read again, by the clock that never jumps.
        self._regained: dict[LegKey, float] = {}
        self.is_pushed: Callable[[Leg], bool] = lambda _: False
        # Since when legs are there whose price nothing but their own row has shown.
        self._fresh: dict[LegKey, float] = {}
        self._journal = journal
        self._ledger = journal.ledger
        self._observer = observer
        self._closes = closes
        self._book = book
        self._greeting = greeting
        self._rules = rules
        self._resting = resting

    def begin(self) -> None:
        """Begin a check: what was regained in an earlier one may be sold now, unless that is but a moment ago."""
        ticks = self._journal.monotonic()
        self._regained = {key: since for key, since in self._regained.items() if ticks - since < NEXT_CHECK.total_seconds()}

    @property
    def regained(self) -> Collection[LegKey]:
        """The legs that can be read again: nothing is sold of them before the next check, nor within a few seconds."""
        return self._regained.keys()

    @property
    def fresh(self) -> Collection[LegKey]:
        """The legs that were seen for the first time: there is no earlier price to doubt theirs by.

        Nothing is sold of them before something else shows their price: what is told or pushed to everybody, or a second look
        some seconds later.
        """
        return self._fresh.keys()

    def take_in(self, snapshot: Snapshot) -> None:
        """Take in another look than the first one of a check: what is decided from it must rest on what is remembered."""
        self.follow(snapshot)
        self._observer.judge(snapshot)

    def follow(self, snapshot: Snapshot) -> None:
        """Take in what a look shows."""
        lives, book, ticks = self._ledger.lives(), self._book, self._journal.monotonic()
        self.unexplained = self._resting.unexplained(snapshot)
        self._closes.see(snapshot, self.unexplained)
        unresolved = frozenset(intent.leg for intent in self._ledger.open_intents()).union(self.unexplained)
        result = changes(
            snapshot,
            lives,
            self.missing,
            unresolved=unresolved | book.hidden(snapshot.legs, snapshot.taken_at),
            rules=self._rules(),
            legacy={name: LegacyState(**state) for name, state in (self._ledger.note("legacy") or {}).items()},
            quiet=not self._ledger.note("baseline"),
            ticks=ticks,
            missized=self._observer.missized.keys(),
            moving=book.corrections.keys() | book.maintenances.keys(),
        )
        self._regained |= dict.fromkeys(result.regained, ticks)
        self._fresh = {
            leg.key: since
            for leg in snapshot.legs
            if (since := ticks if leg.key in result.begun else self._fresh.get(leg.key)) is not None
            and not (ticks - since >= NEXT_CHECK.total_seconds() or is_shown_elsewhere(leg) or self.is_pushed(leg))
        }
        self.missing = result.misses
        told = set(self._ledger.note("unwatched") or ())
        fresh = tuple(row for row in snapshot.unwatched if f"{row.name} {row.reason}" not in told)
        self._observer.tell_strays(result.strays)
        if not (result.lives or result.forgotten or result.events or fresh or not self._ledger.note("baseline")):
            return
        with self._journal.step():
            for life in result.lives:
                self._ledger.keep_life(life)
            for key in result.forgotten:
                self._ledger.forget_life(key)
            for event in result.events:
                if event.kind == "leg_redenominated":
                    book.resize(event.leg, event.size_before / event.size)
                if not self._closes.keeps_back(event, lives):
                    self._journal.record(event, tell=not (event.kind == "leg_gone" and event.by_us))
            if fresh:
                self._ledger.keep_note("unwatched", sorted(told | {f"{row.name} {row.reason}" for row in fresh}))
                if self._greeting.is_said:
                    self._journal.record(NotWatched(at=snapshot.taken_at, rows=fresh))
            self._ledger.keep_note("baseline", True)
