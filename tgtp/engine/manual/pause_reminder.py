"""Reminds once a day of every pause that is older than a day: paused and forgotten, an account is not guarded."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable

from tgtp.domain.events import PauseStands
from tgtp.domain.pauses import Pause
from tgtp.engine.journal import Journal
from tgtp.engine.ports import Clock
from tgtp.errors import LedgerWriteFailed

log = logging.getLogger(__name__)

# When each pause was reminded of last.
NOTE = "pause_reminders"
DAY = dt.timedelta(days=1)
LOOK_EVERY = 60


class PauseReminder:
    """Looks at the pauses of all accounts, beside their checks."""

    def __init__(self, journals: Iterable[Journal], clock: Clock) -> None:
        self._journals = tuple(journals)
        self._clock = clock

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self._clock.sleep(LOOK_EVERY)
            self.tick()

    def tick(self) -> None:
        """Remind of what it is time for. What cannot be written down is tried again."""
        for journal in self._journals:
            try:
                self._look(journal)
            except LedgerWriteFailed as exc:
                log.warning("a reminder of a pause could not be written down: %s", exc)

    def _look(self, journal: Journal) -> None:
        ledger, now = journal.ledger, journal.now()
        # The first start has reminders of its own.
        standing = [pause for pause in ledger.pauses().entries if pause.cause != "first_start"]
        # One from a time to come was given by a clock that has been put back since.
        old = [pause for pause in standing if pause.since is None or abs(now - pause.since) >= DAY]
        kept = ledger.note(NOTE) or {}
        if all(_is_recent(kept.get(_name(pause)), now) for pause in old):
            return
        with journal.step():
            ledger.keep_note(NOTE, {_name(pause): now.isoformat() for pause in old})
            journal.record(PauseStands(at=now, pauses=tuple(old)))


def _is_recent(reminded_at: str | None, now: dt.datetime) -> bool:
    # A time to come was written by a clock that has been put back since.
    return reminded_at is not None and dt.timedelta(0) <= now - dt.datetime.fromisoformat(reminded_at) < DAY


def _name(pause: Pause) -> str:
    return f"{pause.scope} {pause.cause} {pause.since}"
