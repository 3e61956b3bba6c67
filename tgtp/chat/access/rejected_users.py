"""Who was turned away at the gate: everybody is counted, and the owners hear of it once a day."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from typing import Any

from tgtp.domain.events import StrangersTurnedAway
from tgtp.engine.journal import Journal
from tgtp.errors import LedgerWriteFailed

log = logging.getLogger(__name__)

NOTE = "strangers"
# By name; of more people only the tries are counted.
MOST_PEOPLE = 50
# A stranger must not be able to keep the disk busy.
WRITTEN_EVERY = dt.timedelta(minutes=1)


class RejectedUsers:
    """Counts in memory and, a minute later at most, on disk."""

    def __init__(self, journal: Journal, owners: Callable[[], Iterable[int]]) -> None:
        self._journal = journal
        self._owners = owners
        kept: dict[str, Any] = journal.ledger.note(NOTE) or {}
        self._told_on = str(kept.get("told_on", ""))
        self._since = str(kept.get("since", ""))
        self._tries = {int(user_id): int(tries) for user_id, tries in kept.get("tries", {}).items()}
        self._crowd = int(kept.get("crowd", 0))
        self._wrote_at: dt.datetime | None = None
        self._fresh = False

    def turned_away(self, user_id: int) -> None:
        """Count one try."""
        if not self._tries and not self._crowd:
            self._since = self._journal.now().isoformat()
        if user_id in self._tries or len(self._tries) < MOST_PEOPLE:
            self._tries[user_id] = self._tries.get(user_id, 0) + 1
        else:
            self._crowd += 1
        self._fresh = True
        self.tell()

    def tell(self) -> None:
        """Tell what was not told yet, unless something was told today (UTC); to be called now and then."""
        now = self._journal.now()
        if self._wrote_at is not None and abs(now - self._wrote_at) < WRITTEN_EVERY:
            return
        owners = set(self._owners())
        tries = {user_id: count for user_id, count in self._tries.items() if user_id not in owners}
        if not owners or now.date().isoformat() == self._told_on or not (tries or self._crowd):
            self.save()
            return
        event = StrangersTurnedAway(
            at=now,
            since=dt.datetime.fromisoformat(self._since),
            people=len(tries),
            crowd=self._crowd > 0,
            tries=sum(tries.values()) + self._crowd,
            ids=tuple(tries),
        )
        before = (self._told_on, self._tries, self._crowd)
        self._told_on, self._tries, self._crowd = now.date().isoformat(), {}, 0
        if not self._write(event):
            self._told_on, self._tries, self._crowd = before

    def save(self) -> None:
        """Write down what was counted since it was last written."""
        if self._fresh:
            self._write(None)

    def _write(self, event: StrangersTurnedAway | None) -> bool:
        self._wrote_at = self._journal.now()
        tries = {str(user_id): count for user_id, count in self._tries.items()}
        note = {"told_on": self._told_on, "since": self._since, "tries": tries, "crowd": self._crowd}
        try:
            with self._journal.step():
                self._journal.ledger.keep_note(NOTE, note)
                if event is not None:
                    self._journal.record(event)
        except LedgerWriteFailed as exc:
            log.warning("who was turned away could not be written down: %s", exc)
            return False
        self._fresh = False
        return True
