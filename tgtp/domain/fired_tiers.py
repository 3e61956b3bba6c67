"""What is remembered of tiers: those that have fired, and the one that has filled partly."""

from __future__ import annotations

from decimal import Decimal

from tgtp.domain.model import Moment, NotNegative, Number, Positive, Value


class FiredTier(Value):
    """A tier whose order has filled; ``threshold`` (a fraction) is the one that it fired at."""

    tier: int
    threshold: Number
    contracts: NotNegative = Decimal(0)
    fired_at: Moment


class PartialTier(Value):
    """A tier that has filled partly: it stays open for the rest of its own ``target``, as it was begun.

    ``share`` is None in ledgers of before ladders could be changed.
    """

    tier: int
    threshold: Number
    target: Positive
    closed: NotNegative
    share: Number | None = None

    @property
    def rest(self) -> Decimal:
        """Contracts still to close."""
        return self.target - self.closed
