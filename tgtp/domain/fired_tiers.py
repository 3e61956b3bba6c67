"""What is remembered of tiers: those that have fired, and the one that has filled partly."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from tgtp.domain.model import Moment, NotNegative, Number, Positive, Value
from tgtp.domain.order import GuardRule
from tgtp.domain.sizing import has_an_order


class FiredTier(Value):
    """A tier whose order has filled; ``threshold`` (a fraction) is the one that it fired at."""

    tier: int
    threshold: Number
    contracts: NotNegative = Decimal(0)
    fired_at: Moment


class PartialTier(Value):
    """A tier that has filled partly: it stays open for the rest of its own ``target``, as it was begun.

    ``share`` is None in ledgers of before ladders could be changed. ``base_threshold`` and ``factor`` are those of its order's
    basis.
    """

    tier: int
    threshold: Number
    target: Positive
    closed: NotNegative
    share: Number | None = None
    base_threshold: Positive | None = None
    factor: Positive | None = None

    @property
    def rest(self) -> Decimal:
        """Contracts still to close."""
        return self.target - self.closed


class GuardWork(Value):
    """What a guard has closed of its own ``target``, when so many ``tiers`` had filled, wholly or partly.

    It acts again after another one has fired: the rest of one that had filled partly is none, whether it fills or is given up.
    ``finished`` is False while part of ``target`` is still open.
    """

    rule: GuardRule
    target: Positive
    closed: NotNegative
    tiers: int
    finished: bool

    @classmethod
    def after(cls, before: GuardWork | None, rule: GuardRule, filled: GuardFill, tiers: int) -> GuardWork:
        """Count an order of a guard that has filled, with those before it."""
        closed = filled.contracts + (before.closed if before is not None and not before.finished else Decimal(0))
        target = max(filled.target, closed)
        is_open = has_an_order(target - closed, filled.min_contracts, filled.lot_size)
        return cls(rule=rule, target=target, closed=closed, tiers=tiers, finished=not is_open)

    def times(self, factor: Decimal) -> GuardWork:
        """Count it in contracts of another size."""
        return self.replaced(target=self.target * factor, closed=self.closed * factor)


class GuardFill(NamedTuple):
    """What an order of a guard has closed, of the ``target`` that it was decided on."""

    contracts: Decimal
    target: Decimal
    min_contracts: Decimal
    lot_size: Decimal
