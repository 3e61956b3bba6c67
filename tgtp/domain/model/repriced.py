"""A leg as the exchange would show it at another mark price."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import Final

from tgtp.domain.model.leg import Leg, MarginMode

# A fraction by which a cross leg's margin may differ from what its notional comes to, and still be just that.
SAME_MARGIN: Final = Decimal("1e-6")
# Digits that a scaled margin is reckoned with.
SCALED: Final = Context(prec=20)


def repriced(leg: Leg, price: Decimal) -> Leg:
    """Return a leg at another mark price, with the margin that the exchange shows then: cross margin follows the price.

    >>> from tgtp.domain.examples import leg
    >>> held = leg(contracts=100, entry_price="5", mark_price="5", leverage=10)
    >>> moved = repriced(held, Decimal(6))
    >>> f"{held.initial_margin:f}, {moved.initial_margin:f}, {moved.roi:.1f}"
    '50, 60, 2.0'
    """
    if leg.margin_mode is not MarginMode.CROSS:
        return leg.replaced(mark_price=price)
    exact = leg.notional / leg.leverage
    # Reckoned anew where it can be: what is scaled may fall a digit short of the gate.
    is_plain = abs(leg.initial_margin - exact) <= exact * SAME_MARGIN
    notional = leg.contracts * leg.instrument.contract_size * price
    margin = notional / leg.leverage if is_plain else SCALED.plus(leg.initial_margin * price / leg.mark_price)
    return leg.replaced(mark_price=price, initial_margin=margin)
