"""Follows the lives of the legs from look to look."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tgtp.domain.events import NotWatched
from tgtp.domain.legacy import LegacyState
from tgtp.domain.model import LegKey, Snapshot
from tgtp.domain.plan import Rules
from tgtp.domain.position_changes import Missed, changes
from tgtp.engine.greeting import Greeting
from tgtp.engine.journal import Journal
from tgtp.engine.monitoring.closes import CloseWatch
from tgtp.engine.monitoring.observer import Observer
from tgtp.engine.upkeep.store import UpkeepStore


class LegTracker:
    """Takes in what changed since the last look: new lives, changes by hand, legs that are gone.

    ``missing`` are the legs that the last checks did not find. ``regained`` are those that can be read again since this check:
    nothing is sold of them before the next one.
    """

    def __init__(
        self,
        journal: Journal,
        observer: Observer,
        closes: CloseWatch,
        book: UpkeepStore,
        greeting: Greeting,
        rules: Callable[[], Rules],
    ) -> None:
        self.missing: Mapping[LegKey, Missed] = {}
        self.regained: frozenset[LegKey] = frozenset()
        self._journal = journal
        self._ledger = journal.ledger
        self._observer = observer
        self._closes = closes
        self._book = book
        self._greeting = greeting
        self._rules = rules

    def begin(self) -> None:
        """Begin a check: what was regained in the last one may be sold now."""
        self.regained = frozenset()

    def take_in(self, snapshot: Snapshot) -> None:
        """Take in another look than the first one of a check: what is decided from it must rest on what is remembered."""
        self.follow(snapshot, in_check=False)
        self._observer.judge(snapshot)

    def follow(self, snapshot: Snapshot, *, in_check: bool = True) -> None:
        """Take in what a look shows.

        Only the first look of a check counts towards a leg being gone; others may come within the same second.
        """
        self._closes.see(snapshot)
        lives, book = self._ledger.lives(), self._book
        unresolved = frozenset(intent.leg for intent in self._ledger.open_intents())
        result = changes(
            snapshot,
            lives,
            self.missing if in_check else {},
            unresolved=unresolved | book.hidden(snapshot.legs, snapshot.taken_at),
            rules=self._rules(),
            legacy={name: LegacyState(**state) for name, state in (self._ledger.note("legacy") or {}).items()},
            quiet=not self._ledger.note("baseline"),
            missized=self._observer.missized.keys(),
            moving=book.corrections.keys() | book.maintenances.keys(),
        )
        self.regained |= result.regained
        # A leg that a look beside the checks has shown was not missing all the time.
        missing = self.missing.items()
        self.missing = result.misses if in_check else {key: missed for key, missed in missing if key in result.misses}
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
