"""How far a tier of one life of a leg has come."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tests.simulation.exchange.account import LegKey as Where

TierOf = tuple[Where, int, int, str]


@dataclass
class TierBook:
    """One tier of one life between two re-arms.

    ``shown`` contracts were held when its last order was decided, with ``closed_then`` of the tier closed. ``loose``: something
    else made the leg smaller or larger meanwhile, so that its share is a limit and no longer a sum to reach.
    """

    target: Decimal
    shown: Decimal
    closed_then: Decimal = Decimal(0)
    closed: Decimal = Decimal(0)
    loose: bool = False

    def resize(self, times: Decimal) -> None:
        """Count in contracts of another size."""
        self.target, self.shown = self.target * times, self.shown * times
        self.closed_then, self.closed = self.closed_then * times, self.closed * times

    @property
    def left(self) -> Decimal:
        """What the leg should hold by now, if nobody else had a hand on it."""
        return self.shown - (self.closed - self.closed_then)
