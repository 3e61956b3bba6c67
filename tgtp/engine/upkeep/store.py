"""The upkeep that is under way in one account, on disk: each leg's maintenance and correction, and how far they have come."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import ValidationError

from tgtp.domain.model import LegKey, Value
from tgtp.domain.order import Intent, Order
from tgtp.domain.upkeep.correction import Correction
from tgtp.domain.upkeep.maintenance import Maintenance
from tgtp.engine.ports import Ledger
from tgtp.errors import LedgerUnreadable, OrderDenied

MAINTENANCES = "maintenances"
CORRECTIONS = "corrections"

Work = TypeVar("Work", bound=Value)


class UpkeepBook:
    """Reads and changes both notes; every change is made inside a step.

    Raises LedgerUnreadable when one of them makes no sense: a large leg may stand open that nobody would cut back.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        # By note: what was read last, and what it says. Every change writes a new one; one taken back is read anew.
        self._read: dict[str, tuple[object, Mapping[LegKey, Any]]] = {}
        self.maintenances  # noqa: B018 - what cannot be read must refuse the start, not a check
        self.corrections  # noqa: B018

    @property
    def maintenances(self) -> Mapping[LegKey, Maintenance]:
        """The maintenances under way."""
        return self._works(MAINTENANCES, Maintenance)

    @property
    def corrections(self) -> Mapping[LegKey, Correction]:
        """The corrections under way."""
        return self._works(CORRECTIONS, Correction)

    def keep_maintenance(self, work: Maintenance) -> None:
        """Write down how far a maintenance has come."""
        self._keep(MAINTENANCES, work.draft.leg, work)

    def strike_maintenance(self, key: LegKey) -> None:
        """Strike one that is over."""
        self._keep(MAINTENANCES, key, None)

    def keep_correction(self, work: Correction) -> None:
        """Write down how far a correction has come."""
        self._keep(CORRECTIONS, work.leg, work)

    def strike_correction(self, key: LegKey) -> None:
        """Strike one that is over."""
        self._keep(CORRECTIONS, key, None)

    def resize(self, key: LegKey, times: Decimal) -> None:
        """Count the upkeep of a leg in contracts of another size: so many times as many."""
        if key in self.maintenances:
            self.keep_maintenance(self.maintenances[key].resized(times))
        if key in self.corrections:
            self.keep_correction(self.corrections[key].resized(times))

    def allow(self, intent: Intent) -> None:
        """Let only that order make a leg larger which its maintenance has written down. Raises OrderDenied."""
        work = self.maintenances.get(intent.leg)
        if work is None or work.stage != "planned" or work.draft.opened_at != intent.opened_at:
            raise OrderDenied(f"{intent.leg}: no maintenance is written down that buys")
        if work.bought + intent.contracts > work.draft.buy_contracts:
            raise OrderDenied(f"{intent.leg}: {intent.contracts} more would be above the {work.draft.buy_contracts} planned")

    def filled(self, intent: Intent, order: Order) -> None:
        """Take in an order of upkeep that has filled."""
        if intent.rule == "trim":
            found = self.corrections.get(intent.leg)
            if found is not None and found.opened_at == intent.opened_at:
                self.keep_correction(found.replaced(trimmed=found.trimmed + order.filled_contracts))
            return
        work = self.maintenances.get(intent.leg)
        if work is not None:
            self.keep_maintenance(
                work.after_fill(
                    grows=intent.grows, contracts=order.filled_contracts, fee=order.fee, realised=order.realised_pnl
                )
            )

    def refused(self, intent: Intent, code: str, reason: str) -> None:
        """Take in that an order was refused: what cannot be bought is given up, what must be cut is tried again."""
        work = self.maintenances.get(intent.leg)
        if intent.grows and work is not None and not work.broken:
            self.keep_maintenance(work.replaced(broken=code or "refused", reason=reason))

    def _works(self, name: str, kind: type[Work]) -> Mapping[LegKey, Work]:
        note = self._ledger.note(name)
        read = self._read.get(name)
        if read is None or read[0] is not note:
            try:
                works = {LegKey.parse(key): kind(**row) for key, row in (note or {}).items()}
            except (ValidationError, ValueError, TypeError, AttributeError) as exc:
                what = str(exc).splitlines()[0]
                raise LedgerUnreadable(
                    f"ledger.json: the note {name!r} makes no sense ({what}); correct it, or take it out and look at the legs"
                ) from exc
            read = self._read[name] = note, works
        return read[1]

    def _keep(self, name: str, key: LegKey, work: Value | None) -> None:
        kept = {other: row for other, row in (self._ledger.note(name) or {}).items() if other != str(key)}
        if work is not None:
            kept[str(key)] = work.model_dump(mode="json")
        self._ledger.keep_note(name, kept)
