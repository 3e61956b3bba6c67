"""Sizes that the paper exchange refuses, as OKX does."""

from __future__ import annotations

from decimal import Decimal

from tgtp.adapters.refusals import refused
from tgtp.domain.model import Instrument
from tgtp.domain.sizing import is_orderable, whole_lots


def check_size(contracts: Decimal, instrument: Instrument) -> None:
    """Refuse what an order at the market may not have. Raises OrderRefused."""
    if whole_lots(contracts, instrument.lot_size) != contracts:
        raise refused("51121", "Order quantity must be a multiple of the lot size")
    if not is_orderable(contracts, instrument):
        raise refused("51020", "Your order should meet or exceed the minimum order amount")
    if instrument.max_market_contracts is not None and contracts > instrument.max_market_contracts:
        raise refused("51202", "Market order amount exceeds the maximum amount")
