"""What the reports and pictures are made of later: samples of the account's worth, and how far each leg has swung."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import NamedTuple

from tgtp.domain.model import Leg, LegKey, Sample, Snapshot
from tgtp.engine.journal import Journal
from tgtp.engine.ports import Diary

SAMPLE_EVERY = dt.timedelta(minutes=5)
EXTREMES = "extremes"


class Unkept(Diary):
    """A diary of this process alone, for whoever has no place to keep one."""

    def __init__(self) -> None:
        self._samples: list[Sample] = []

    def append(self, sample: Sample) -> None:
        """Take a sample down."""
        self._samples.append(sample)

    def since(self, moment: dt.datetime) -> list[Sample]:
        """Give the samples since a moment."""
        return [sample for sample in self._samples if sample.at >= moment]


class Extremes(NamedTuple):
    """The highest and lowest ROI (fractions) that a check has seen in one life of a leg."""

    opened_at: dt.datetime
    highest: Decimal
    lowest: Decimal


class Bookkeeper:
    """Looks at every snapshot; writes little: a sample every five minutes, and with it what the legs have swung."""

    def __init__(self, journal: Journal, diary: Diary) -> None:
        self._journal = journal
        self._diary = diary
        self._sampled_at: dt.datetime | None = None
        kept = journal.ledger.note(EXTREMES) or {}
        self._extremes = {
            LegKey.parse(name): Extremes(dt.datetime.fromisoformat(row[0]), Decimal(row[1]), Decimal(row[2]))
            for name, row in kept.items()
        }

    def extremes(self, leg: Leg) -> Extremes:
        """Give how far a leg has swung in this life."""
        known = self._extremes.get(leg.key)
        if known is None or known.opened_at != leg.opened_at:
            return Extremes(leg.opened_at, leg.roi, leg.roi)
        return Extremes(leg.opened_at, max(known.highest, leg.roi), min(known.lowest, leg.roi))

    def look(self, snapshot: Snapshot) -> None:
        """Take in a snapshot. Raises LedgerWriteFailed."""
        held = {leg.key: self.extremes(leg) for leg in snapshot.legs}
        kept = {key: known for key, known in self._extremes.items() if key in snapshot.unreadable}
        self._extremes = {**kept, **held}
        at = snapshot.taken_at
        if snapshot.equity is None or (self._sampled_at is not None and abs(at - self._sampled_at) < SAMPLE_EVERY):
            return
        self._sampled_at = at
        unrealised = sum((leg.unrealised_pnl for leg in snapshot.legs), Decimal(0))
        self._diary.append(Sample(at=at, equity=snapshot.equity, unrealised_pnl=unrealised))
        self.save()

    def save(self) -> None:
        """Write down how far the legs have swung. Raises LedgerWriteFailed."""
        rows = {str(key): [row.opened_at.isoformat(), str(row.highest), str(row.lowest)] for key, row in self._extremes.items()}
        if rows != self._journal.ledger.note(EXTREMES):
            with self._journal.step():
                self._journal.ledger.keep_note(EXTREMES, rows)
