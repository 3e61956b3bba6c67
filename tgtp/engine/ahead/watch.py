"""Tells of times in which nothing can be guarded, a day before they begin; beside the checks, which never wait for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from tgtp.domain.events import DowntimeAhead, Event, InstrumentEnds
from tgtp.domain.model import Snapshot
from tgtp.domain.notifications.ahead import Downtime, due_downtimes, endings, still_told
from tgtp.engine.cycle import Checker
from tgtp.engine.journal import Journal
from tgtp.engine.ports import Clock, Exchange
from tgtp.errors import ExchangeProblem, LedgerWriteFailed

log = logging.getLogger(__name__)

NOTE = "ahead"
# Seconds between two looks at what is known, between two readings of the announcements, and that one may take.
LOOK_EVERY = 30
READ_EVERY = 900
PATIENCE = 10


class AheadWatch:
    """Looks at the announcements of one exchange, and at the instruments of all accounts' legs. The main account is first."""

    def __init__(self, checkers: Sequence[Checker], exchange: Exchange, clock: Clock) -> None:
        self._checkers = checkers
        self._exchange = exchange
        self._clock = clock
        self._read_at: float | None = None
        self._downtimes: tuple[Downtime, ...] = ()

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            # First: at the start the first check has the machine for itself.
            await self._clock.sleep(LOOK_EVERY)
            await self.tick()

    async def tick(self) -> None:
        """Read what is announced when it is time, and tell what is due. What fails is logged and tried again."""
        if self._read_at is None or self._clock.monotonic() - self._read_at >= READ_EVERY:
            self._read_at = self._clock.monotonic()
            try:
                async with asyncio.timeout(PATIENCE):
                    self._downtimes = await self._exchange.downtimes()
            except (ExchangeProblem, TimeoutError) as exc:
                # What was announced before stands.
                log.debug("what the exchange announces could not be read: %s", exc or "too slow")
        for number, checker in enumerate(self._checkers):
            if checker.stopping or checker.held is not None:
                continue
            try:
                self._tell(checker.journal, checker.last_good, self._downtimes if number == 0 else ())
            except LedgerWriteFailed as exc:
                log.error("what is known ahead could not be written: %s", exc)

    def _tell(self, journal: Journal, snapshot: Snapshot | None, downtimes: Sequence[Downtime]) -> None:
        now = journal.now()
        before: dict[str, str] = journal.ledger.note(NOTE) or {}
        ending = endings(snapshot.legs, now) if snapshot is not None else []
        events: dict[str, Event] = {
            each.name: DowntimeAhead(at=now, title=each.title, begins_at=each.begins_at, ends_at=each.ends_at)
            for each in due_downtimes(downtimes, now, before)
        }
        events |= {
            each.name: InstrumentEnds(at=now, instrument_id=each.instrument_id, legs=each.legs, ends_at=each.ends_at)
            for each in ending
            if each.name not in before
        }
        present = {*(each.name for each in downtimes), *(each.name for each in ending)}
        told = still_told(before, present, now) | dict.fromkeys(events, now.isoformat())
        if told == before:
            return
        with journal.step():
            journal.ledger.keep_note(NOTE, told)
            for event in events.values():
                journal.record(event)
