"""Tells of orders that rest though they should not, at once and again for as long as they do."""

from __future__ import annotations

from typing import Final, Literal

from tgtp.domain.events import RestingCleared, RestingStands
from tgtp.engine.journal import Journal
from tgtp.errors import LedgerWriteFailed

Cause = Literal["paused", "off", "strange", "unseen", "stuck", "unanswered"]
# Seconds between two times that it is told.
AGAIN_AFTER: Final = {"paused": 60, "off": 86400, "strange": 86400, "unseen": 600, "stuck": 600, "unanswered": 600}
# Seconds that it must have stood before it is told at all.
FIRST_AFTER: Final = {"paused": 0, "off": 0, "strange": 8, "unseen": 60, "stuck": 60, "unanswered": 60}


class Standing:
    """Knows what stands, by its cause: since when, and when it was told, by the clock that never jumps."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._since: dict[Cause, float] = {}
        self._told_at: dict[Cause, float] = {}

    def look(self, cause: Cause, orders: int, *, first_after: int | None = None) -> None:
        """Take in how many orders there are for a cause, told when they have stood for so many seconds.

        What cannot be written is told at the next look.
        """
        now = self._journal.monotonic()
        if not orders:
            self._since.pop(cause, None)
            if cause in self._told_at and self._tell(RestingCleared(at=self._journal.now(), cause=cause)):
                del self._told_at[cause]
            return
        since = self._since.setdefault(cause, now)
        told_at = self._told_at.get(cause)
        first = FIRST_AFTER[cause] if first_after is None else first_after
        is_due = now - since >= first if told_at is None else now - told_at >= AGAIN_AFTER[cause]
        if is_due and self._tell(RestingStands(at=self._journal.now(), cause=cause, orders=orders)):
            self._told_at[cause] = now

    def _tell(self, event: RestingStands | RestingCleared) -> bool:
        try:
            with self._journal.step():
                self._journal.record(event)
        except LedgerWriteFailed as exc:
            return exc.on_disk
        return True
