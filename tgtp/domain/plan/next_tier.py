"""The tier after one that has fired: where it is reached, and whether it closes anything there."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from tgtp.domain.ladder import Tier
from tgtp.domain.model import MarginMode
from tgtp.domain.order import Intent
from tgtp.domain.sizing import first_tick, has_an_order, price_of_roi


class NextTier(NamedTuple):
    """Its ``threshold`` (a fraction), and the first ``price`` in whole ticks that reaches it; None where that is not known.

    ``is_small``: the margin of what is left is not above the gate there.
    """

    threshold: Decimal
    price: Decimal | None = None
    is_small: bool = False


def next_tier(intent: Intent, left: Decimal, later: Iterable[Tier], min_margin: Decimal) -> NextTier | None:
    """Return the first of the ``later`` tiers whose share of the ``left`` contracts is an order, and where it is reached.

    From the numbers that the order was decided on; None where none of them is.

    >>> from tgtp.domain.examples import OPENED_AT, leg
    >>> from tgtp.domain.ladder import Ladder
    >>> from tgtp.domain.model import MAIN
    >>> from tgtp.domain.plan import basis_of
    >>> held = leg(contracts=25, entry_price="0.39", mark_price="0.4001")
    >>> basis = basis_of(held, Decimal(7))
    >>> intent = Intent(client_order_id="x", leg=held.key, opened_at=OPENED_AT, position_mode=held.position_mode, rule="tier",
    ...     tag="tier1", tier=1, contracts=Decimal(7), basis=basis, meant_at=OPENED_AT)
    >>> later = Ladder.parse("15:30,30:5,40:50").tiers[1:]  # 5 % of 18 contracts are no whole one
    >>> next_tier(intent, Decimal(18), later, Decimal(1))
    NextTier(threshold=Decimal('0.4'), price=Decimal('0.4056'), is_small=True)
    """
    tier = next((each for each in later if _comes_to_an_order(intent, left * each.share)), None)
    return None if tier is None else _where(intent, left, tier, min_margin)


def _comes_to_an_order(intent: Intent, contracts: Decimal) -> bool:
    """Return whether contracts are an order; so it is taken to be where that is not known."""
    least, lot = intent.basis.min_contracts, intent.basis.lot_size
    return least is None or lot is None or has_an_order(contracts, least, lot)


def _where(intent: Intent, left: Decimal, tier: Tier, min_margin: Decimal) -> NextTier:
    basis, side = intent.basis, intent.leg.position_side
    if basis.entry_price is None or basis.leverage is None or basis.tick_size is None:
        return NextTier(tier.threshold)
    exact = price_of_roi(basis.entry_price, basis.leverage, side, tier.threshold)
    price = first_tick(exact, basis.tick_size, side) if exact is not None else None
    if price is None or price <= 0:
        return NextTier(tier.threshold)
    if intent.leg.margin_mode is MarginMode.ISOLATED:
        margin = None if basis.initial_margin is None else basis.initial_margin * left / basis.contracts
    else:
        margin = None if basis.contract_size is None else left * basis.contract_size * price / basis.leverage
    return NextTier(tier.threshold, price, is_small=margin is not None and margin <= min_margin)
