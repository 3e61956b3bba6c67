"""What several orders of a close come to together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from tgtp.domain.events import HandFilled
from tgtp.domain.model import Leg
from tgtp.domain.sizing import realised_estimate
from tgtp.engine.manual.closing import CloseOrder


class Sums(NamedTuple):
    """Worth of the contracts, their margin and their profit in USDT, of the legs that can be read; and counts of legs.

    ``anchors`` stand at or under the gate, where the rules leave them alone; ``unread`` are not in the sums.
    """

    worth: Decimal = Decimal(0)
    margin: Decimal = Decimal(0)
    pnl: Decimal = Decimal(0)
    anchors: int = 0
    unread: int = 0

    def with_leg(self, leg: Leg, contracts: Decimal, price: Decimal, pnl: Decimal, min_margin: Decimal) -> Sums:
        """Add so many contracts of a leg at a price."""
        return self._replace(
            worth=self.worth + contracts * leg.instrument.contract_size * price,
            margin=self.margin + leg.initial_margin * contracts / leg.contracts,
            pnl=self.pnl + pnl,
            anchors=self.anchors + (leg.initial_margin <= min_margin),
        )


def sum_of_orders(orders: Iterable[CloseOrder], min_margin: Decimal) -> Sums:
    """Sum up what orders would close at the mark prices; the profit is an estimate before fees."""
    found = Sums()
    for order in orders:
        leg, contracts = order.leg, order.contracts
        if isinstance(leg, Leg):
            found = found.with_leg(leg, contracts, leg.mark_price, realised_estimate(leg, contracts), min_margin)
        else:
            found = found._replace(unread=found.unread + 1)
    return found


def sum_of_closed(closed: Iterable[tuple[CloseOrder, Sequence[HandFilled]]], min_margin: Decimal) -> Sums:
    """Sum up what orders have closed, at their own prices; at the mark price where a fill does not say its own."""
    found = Sums()
    for order, fills in closed:
        leg = order.leg
        if not isinstance(leg, Leg):
            found = found._replace(unread=found.unread + 1)
            continue
        contracts = sum((fill.order.filled_contracts for fill in fills), Decimal(0))
        value = sum((fill.order.filled_contracts * (fill.order.average_price or leg.mark_price) for fill in fills), Decimal(0))
        pnl = sum((fill.order.realised_pnl for fill in fills), Decimal(0))
        found = found.with_leg(leg, contracts, value / contracts, pnl, min_margin)
    return found
