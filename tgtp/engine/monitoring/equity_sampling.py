"""What the reports and pictures are made of later: samples of the account's worth, and how far each leg has swung.

None of it decides anything: what cannot be kept is logged and tried again, and no check fails by it.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import deque
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from tgtp.domain.model import EPOCH, EquitySample, Leg, LegKey, Snapshot
from tgtp.engine.journal import Journal
from tgtp.engine.ports import EquityHistory
from tgtp.errors import LedgerWriteFailed

log = logging.getLogger(__name__)

SAMPLE_EVERY = dt.timedelta(minutes=5)
EXTREMES = "extremes"
MOST_UNKEPT = 10_000


class InMemoryEquityHistory(EquityHistory):
    """The equity samples of this process alone, for whoever has no place to keep them: those of the newest month."""

    def __init__(self) -> None:
        self._samples: deque[EquitySample] = deque(maxlen=MOST_UNKEPT)

    def append(self, sample: EquitySample) -> None:
        """Take a sample down."""
        self._samples.append(sample)

    def since(self, moment: dt.datetime) -> list[EquitySample]:
        """Return the samples since a moment."""
        return sorted((sample for sample in tuple(self._samples) if sample.at >= moment), key=lambda sample: sample.at)


class Extremes(NamedTuple):
    """The highest and lowest ROI (fractions) that a check has seen in one life of a leg."""

    opened_at: dt.datetime
    highest: Decimal
    lowest: Decimal


class EquitySampler:
    """Looks at every snapshot; writes little: a sample every five minutes, and with it what the legs have swung."""

    def __init__(self, journal: Journal, equity_history: EquityHistory) -> None:
        self._journal = journal
        self._equity_history = equity_history
        self._sampled_at: dt.datetime | None = None
        self._saved_at: dt.datetime | None = None
        # The lowest and the highest equity of the looks since the newest sample.
        self._between: tuple[Decimal, Decimal] | None = None
        self._doubted: Collection[LegKey] = ()
        self._extremes = _read(journal.ledger.note(EXTREMES))
        self._of = journal.ledger.first_name

    def extremes(self, leg: Leg) -> Extremes:
        """Return how far a leg has swung in this life, what it shows now included unless that is doubted."""
        known = self._extremes.get(leg.key)
        if known is not None and known.opened_at == leg.opened_at and leg.key in self._doubted:
            return known
        return _with(known, leg)

    def look(self, snapshot: Snapshot, doubted: Collection[LegKey]) -> None:
        """Take in a snapshot, without the legs whose numbers are ``doubted``."""
        self._doubted = frozenset(doubted)
        if self._of != self._journal.ledger.first_name:
            self._of, self._extremes = self._journal.ledger.first_name, _read(self._journal.ledger.note(EXTREMES))
        for leg in snapshot.legs:
            if self._doubted and leg.key in self._doubted:
                continue
            known = self._extremes.get(leg.key)
            found = _with(known, leg)
            if found is not known:
                self._extremes[leg.key] = found
        at = snapshot.taken_at
        if (sample := self.sample(snapshot)) is not None:
            self._between = _widened(self._between, sample.equity)
            if _is_due(self._sampled_at, at):
                self._sampled_at = at
                self._between = None
                self._equity_history.append(sample)
        if _is_due(self._saved_at, at):
            self._saved_at = at
            self.save()

    def sample(self, snapshot: Snapshot) -> EquitySample | None:
        """Return what a look says the account is worth, and what lay between; None where it does not say so."""
        if snapshot.equity is None:
            return None
        lowest, highest = _widened(self._between, snapshot.equity)
        return EquitySample(
            at=snapshot.taken_at,
            equity=snapshot.equity,
            unrealised_pnl=sum((leg.unrealised_pnl for leg in snapshot.legs), Decimal(0)),
            lowest=lowest if lowest < snapshot.equity else None,
            highest=highest if highest > snapshot.equity else None,
        )

    def save(self) -> None:
        """Write down how far the legs have swung. Where that fails, it is tried again five minutes later."""
        lives = self._journal.ledger.lives()
        # One that is missing, unreadable or doubted just now keeps what it had for as long as it is not known to be gone.
        self._extremes = {
            key: row for key, row in self._extremes.items() if (life := lives.get(key)) is not None and life.gone_at is None
        }
        rows = {
            str(key): [row.opened_at.isoformat(), f"{row.highest:.6f}", f"{row.lowest:.6f}"]
            for key, row in self._extremes.items()
        }
        if rows == (self._journal.ledger.note(EXTREMES) or {}):
            return
        try:
            with self._journal.step():
                self._journal.ledger.keep_note(EXTREMES, rows)
        except LedgerWriteFailed as exc:
            # Whoever needs the ledger to act fails by it too, and tells people.
            log.warning("how far the legs have swung could not be written: %s", exc)


def _widened(between: tuple[Decimal, Decimal] | None, equity: Decimal) -> tuple[Decimal, Decimal]:
    """Return the lowest and the highest equity, with one more."""
    return (equity, equity) if between is None else (min(between[0], equity), max(between[1], equity))


def _with(known: Extremes | None, leg: Leg) -> Extremes:
    """Return what was known, itself where the leg shows nothing new."""
    if known is None or known.opened_at != leg.opened_at:
        return Extremes(leg.opened_at, leg.roi, leg.roi)
    if known.lowest <= leg.roi <= known.highest:
        return known
    return Extremes(leg.opened_at, max(known.highest, leg.roi), min(known.lowest, leg.roi))


def _is_due(last: dt.datetime | None, at: dt.datetime) -> bool:
    # Once in each slot of the clock: counted from the last one, checks that take their time would leave one slot in thirty
    # empty, and the reports count those. A clock that was put back must not silence the books until it has caught up.
    return last is None or _slot(at) != _slot(last)


def _slot(at: dt.datetime) -> dt.datetime:
    return at - (at - EPOCH) % SAMPLE_EVERY


def _read(note: Any) -> dict[LegKey, Extremes]:
    """Read what ``save`` wrote; what makes no sense there is begun anew."""
    found: dict[LegKey, Extremes] = {}
    for name, row in note.items() if isinstance(note, Mapping) else ():
        try:
            opened_at, highest, lowest = row
            known = Extremes(dt.datetime.fromisoformat(opened_at), Decimal(highest), Decimal(lowest))
            if known.highest >= known.lowest:
                found[LegKey.parse(name)] = known
        except (ValueError, TypeError, ArithmeticError):
            log.warning("%s has no readable record of how far it has swung", name)
    return found
