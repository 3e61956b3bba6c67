"""How much of a leg must stay maintained: more, the larger it is."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NamedTuple

from tgtp.domain.liquidation.price import MAINTENANCE_RATE


class PositionTiers(NamedTuple):
    """The maintenance margin rates (fractions of the notional) of one coin, up to so many contracts each, smallest first."""

    tiers: tuple[tuple[Decimal, Decimal], ...]

    def rate(self, contracts: Decimal) -> Decimal:
        """Return that of a leg of this size: it grows with the size. Above the largest tier it is that one's."""
        return next((rate for most, rate in self.tiers if contracts <= most), self.tiers[-1][1])


# For a coin whose tiers nobody knows.
ONE_TIER: Final = PositionTiers(((Decimal("Infinity"), MAINTENANCE_RATE),))
