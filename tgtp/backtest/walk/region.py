"""Prices at which something may be decided."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NamedTuple

ANY: Final = Decimal("Infinity")
# So much further than the exact bounds, which may be a digit off: who is asked in vain says no.
WIDER: Final = Decimal("1e-18")


class Region(NamedTuple):
    """All prices from ``low`` to ``high``, both counted in."""

    low: Decimal
    high: Decimal

    def holds(self, price: Decimal) -> bool:
        """Return whether a price lies in it."""
        return self.low <= price <= self.high


def region(low: Decimal, high: Decimal) -> tuple[Region, ...]:
    """Return the region between two prices, a little wider; none where there is nothing between."""
    low, high = low * (1 - WIDER), high * (1 + WIDER)
    return (Region(low, high),) if low <= high and high > 0 else ()


EVERYWHERE: Final = Region(Decimal(0), ANY)
