"""The price at which legs of one instrument are liquidated: isolated by their own margin, cross by the account's equity."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final, NamedTuple

from tgtp.domain.model import PositionSide

# Of the smallest positions in coins that are traded much.
MAINTENANCE_RATE: Final = Decimal("0.004")


class Exposure(NamedTuple):
    """What a leg holds: coins, since they cost so much (USDT)."""

    position_side: PositionSide
    quantity: Decimal
    entry_price: Decimal


class Liquidation(NamedTuple):
    """The mark price at which it happens, to legs that suffer while the price ``falls``, or else rises."""

    price: Decimal
    falls: bool

    def is_reached(self, mark_price: Decimal) -> bool:
        """Return whether a mark price sets it off."""
        return mark_price <= self.price if self.falls else mark_price >= self.price

    def safer(self, tick_size: Decimal) -> Decimal:
        """Return the price that OKX shows: one tick earlier."""
        return self.price + (tick_size if self.falls else -tick_size)


def liquidation(legs: Iterable[Exposure], backing: Decimal, rate: Decimal) -> Liquidation | None:
    """Return where so much ``backing`` (USDT) no longer bears legs of one instrument; None where no price is that bad.

    The backing is the margin of an isolated leg; for cross legs, all together, it is the account's equity without their own
    unrealised P&L. ``rate`` is the maintenance rate and the fee of closing, fractions of the notional: liquidated is what has
    no more than that left.

    >>> held = Exposure(PositionSide.LONG, Decimal(10), Decimal(2000))
    >>> found = liquidation([held], Decimal(2000), Decimal("0.0045"))
    >>> f"{found.price:.4f}", found.falls
    ('1808.1366', True)

    A pair of equal sizes wins and loses nothing: it dies of what a higher price must be maintained with.

    >>> other = Exposure(PositionSide.SHORT, Decimal(10), Decimal(2000))
    >>> found = liquidation([held, other], Decimal(360), Decimal("0.0045"))
    >>> f"{found.price:.0f}", found.falls
    ('4000', False)
    """
    net = gross = cost = Decimal(0)
    for leg in legs:
        sign = leg.position_side.sign
        net, gross, cost = net + sign * leg.quantity, gross + leg.quantity, cost + sign * leg.quantity * leg.entry_price
    slope = net - rate * gross
    if not slope:
        return None
    # backing + net * price - cost = rate * gross * price
    price = (cost - backing) / slope
    if slope > 0:
        return Liquidation(price, falls=True) if price > 0 else None
    return Liquidation(max(price, Decimal(0)), falls=False)
