"""The upkeep that is under way in one account, on disk: each leg's maintenance and correction, and how far they have come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from pydantic import ValidationError

from tgtp.domain.model import Leg, LegKey, Value
from tgtp.domain.order import Intent, Order
from tgtp.domain.upkeep.correction import Correction
from tgtp.domain.upkeep.maintenance import Maintenance
from tgtp.engine.ports import Ledger
from tgtp.errors import LedgerUnreadable, OrderDenied, Problem

MAINTENANCES = "maintenances"
CORRECTIONS = "corrections"

# For so long upkeep is taken to be at work on a leg.
AT_WORK_FOR = dt.timedelta(minutes=5)

Work = TypeVar("Work", bound=Value)


class LifeName(NamedTuple):
    """Names one life of a leg."""

    leg: LegKey
    opened_at: dt.datetime

    def __str__(self) -> str:
        """Return the note's key."""
        return f"{self.leg} {self.opened_at.isoformat()}"


class UpkeepStore:
    """Reads and changes both notes; every change is made inside a step.

    A maintenance is kept by the life of its leg. Earlier ledgers have it by the leg alone: its row names the life too.

    Raises LedgerUnreadable when one of them makes no sense: a large leg may stand open that nobody would cut back.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        # By note: what was read last, and what it says. Every change writes a new one; one taken back is read anew.
        self._read: dict[str, tuple[object, Mapping[Any, Any]]] = {}
        self.maintenances  # noqa: B018 - what cannot be read must refuse the start, not a check
        self.corrections  # noqa: B018

    @property
    def records(self) -> Mapping[LifeName, Maintenance]:
        """All maintenances, those of lives that are gone included: such a life may come back, and its leg be large."""
        return self._works(MAINTENANCES, Maintenance, lambda work: LifeName(work.draft.leg, work.draft.opened_at))

    @property
    def maintenances(self) -> Mapping[LegKey, Maintenance]:
        """The maintenances under way, by leg."""
        if not self.records:
            return {}
        # Where a leg has two, that of the life that it lives now comes last, and counts.
        works = sorted(self.records.items(), key=lambda record: self._lives_now(record[0]))
        return {name.leg: work for name, work in works if work.gone_at is None or self._lives_now(name)}

    @property
    def corrections(self) -> Mapping[LegKey, Correction]:
        """The corrections under way."""
        return self._works(CORRECTIONS, Correction, lambda work: work.leg)

    def hidden(self, legs: Iterable[Leg], now: dt.datetime) -> frozenset[LegKey]:
        """Name the legs of which a row does not show yet what we have bought: of their life of now nothing is known."""
        works = self.maintenances
        return frozenset(leg.key for leg in legs if leg.key in works and works[leg.key].is_hidden_by(leg, now))

    def at_work(self, now: dt.datetime) -> frozenset[LegKey]:
        """Name the legs on which upkeep is at work; one that is held up for long does not count."""
        begun = [(key, work.begun_at) for key, work in self.maintenances.items()]
        begun += [(key, work.begun_at) for key, work in self.corrections.items()]
        return frozenset(key for key, moment in begun if abs(now - moment) < AT_WORK_FOR)

    def keep_maintenance(self, work: Maintenance) -> None:
        """Write down how far a maintenance has come."""
        name = LifeName(work.draft.leg, work.draft.opened_at)
        self._write(MAINTENANCES, {**self.records, name: work})

    def strike_maintenance(self, work: Maintenance) -> None:
        """Strike one that is over."""
        name = LifeName(work.draft.leg, work.draft.opened_at)
        self._write(MAINTENANCES, {other: kept for other, kept in self.records.items() if other != name})

    def keep_correction(self, work: Correction) -> None:
        """Write down how far a correction has come."""
        self._write(CORRECTIONS, {**self.corrections, work.leg: work})

    def strike_correction(self, key: LegKey) -> None:
        """Strike one that is over."""
        self._write(CORRECTIONS, {other: work for other, work in self.corrections.items() if other != key})

    def resize(self, key: LegKey, times: Decimal) -> None:
        """Count the upkeep of a leg in contracts of another size: so many times as many."""
        for work in [work for name, work in self.records.items() if name.leg == key]:
            self.keep_maintenance(work.resized(times))
        if key in self.corrections:
            self.keep_correction(self.corrections[key].resized(times))

    def allow(self, intent: Intent) -> None:
        """Let only that order make a leg larger which its maintenance has written down. Raises OrderDenied."""
        work = self._of(intent)
        if work is None or work.stage != "planned" or work.broken:
            raise OrderDenied(Problem("denied.no_maintenance", leg=intent.leg))
        if work.bought + intent.contracts > work.draft.buy_contracts:
            raise OrderDenied(
                Problem("denied.above_plan", leg=intent.leg, contracts=intent.contracts, planned=work.draft.buy_contracts)
            )

    def filled(self, intent: Intent, order: Order, seen_at: dt.datetime) -> None:
        """Take in an order of upkeep that has filled, seen at ``seen_at`` by our clock."""
        if intent.rule == "trim":
            found = self.corrections.get(intent.leg)
            if found is not None and found.opened_at == intent.opened_at:
                self.keep_correction(found.replaced(trimmed=found.trimmed + order.filled_contracts))
            return
        work = self._of(intent)
        if work is not None:
            self.keep_maintenance(
                work.after_fill(
                    grows=intent.grows,
                    contracts=order.filled_contracts,
                    fee=order.fee,
                    realised=order.realised_pnl,
                    at=order.updated_at,
                    seen_at=seen_at,
                )
            )

    def refused(self, intent: Intent, code: str, reason: Problem | None = None) -> None:
        """Take in that an order was refused: what cannot be bought is given up, what must be cut is tried again."""
        work = self._of(intent)
        if intent.grows and work is not None:
            self.keep_maintenance(work.interrupted(code or "refused", reason))

    def _of(self, intent: Intent) -> Maintenance | None:
        return self.records.get(LifeName(intent.leg, intent.opened_at))

    def _lives_now(self, name: LifeName) -> bool:
        life = self._ledger.lives().get(name.leg)
        return life is not None and life.opened_at == name.opened_at and life.gone_at is None

    def _works(self, title: str, kind: type[Work], name_of: Callable[[Work], Any]) -> Mapping[Any, Work]:
        note = self._ledger.note(title)
        read = self._read.get(title)
        if read is None or read[0] is not note:
            try:
                works = {name_of(work): work for work in (kind(**row) for row in (note or {}).values())}
            except (ValidationError, ValueError, TypeError, AttributeError) as exc:
                what = str(exc).splitlines()[0]
                raise LedgerUnreadable(Problem("setting.note.upkeep", note=title, what=what)) from exc
            read = self._read[title] = note, works
        return read[1]

    def _write(self, title: str, works: Mapping[Any, Value]) -> None:
        self._ledger.keep_note(title, {str(name): work.model_dump(mode="json") for name, work in works.items()})
