"""The upkeep of a sub-account's legs: what each should hold, and what comes next."""

from __future__ import annotations

import datetime as dt

from tgtp.chat.state.upkeep_row import next_words
from tgtp.domain.plan import CANNOT_WORK
from tgtp.domain.upkeep.correction import Move, Trim, correction_step
from tgtp.monitor.document.seen import Seen
from tgtp.monitor.plain import Record, moment, number

# When corrections begin is worked out from two clocks: so much between two answers is the same moment.
SAME = dt.timedelta(seconds=3)


class UpkeepRows:
    """The records of upkeep of one account in one language; none where it is no sub-account."""

    def __init__(self) -> None:
        self._due_at: dt.datetime | None = None
        self._records: dict[str, Record] = {}

    def rows(self, seen: Seen, ticks: float) -> dict[str, Record]:
        """Return the record of each leg by its name; ``ticks`` is the time by the clock that never jumps."""
        scheduler, snapshot = seen.checker.upkeep_scheduler, seen.outlook.snapshot
        if not scheduler.is_sub:
            return {}
        waits = scheduler.next_correction(ticks)
        due_at = self._due(seen.outlook.now, waits)
        found = {}
        for leg in snapshot.legs:
            beside = seen.beside[leg.instrument.instrument_id]
            try:
                status = scheduler.status(leg, beside)
                step = correction_step(leg, status.target, snapshot.available)
                words = next_words(seen.reader.language, leg, status, step, waits, timed=False)
            except CANNOT_WORK:
                continue
            name = seen.name(leg.key)
            record = {
                "account": seen.account,
                "count": status.maintenances,
                "of": seen.reader.rounds,
                "target_notional": number(status.target.notional),
                "target_margin": number(status.target.margin),
                "next": words,
                "next_at": moment(due_at) if isinstance(step, (Trim, Move)) and not status.maintaining else None,
            }
            before = self._records.get(name)
            found[name] = before if before == record else record
        self._records = found
        return found

    def _due(self, now: dt.datetime, waits: float | None) -> dt.datetime | None:
        due_at = None if waits is None else now + dt.timedelta(seconds=waits)
        if due_at is None or self._due_at is None or abs(due_at - self._due_at) > SAME:
            self._due_at = due_at
        return self._due_at
