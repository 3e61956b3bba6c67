"""Legs as the worked examples of the rules use them; the doctests and the tests build theirs from here."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from tgtp.domain.model import Instrument, Leg, MarginMode, PositionMode, PositionSide

OPENED_AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def instrument(instrument_id: str = "CRV-USDT-SWAP", **changes: Any) -> Instrument:
    """Build an instrument: contract size 1, lot 1, unless said otherwise."""
    fields: dict[str, Any] = {
        "instrument_id": instrument_id,
        "contract_size": "1",
        "lot_size": "1",
        "tick_size": "0.0001",
        **changes,
    }
    fields.setdefault("min_contracts", fields["lot_size"])
    return Instrument(**fields)


def leg(
    instrument_id: str = "CRV-USDT-SWAP",
    *,
    side: str = "long",
    contracts: Any = 100,
    entry_price: Any = None,
    mark_price: Any = "5",
    leverage: Any = 10,
    roi: Any = "0",
    **changes: Any,
) -> Leg:
    """Build a leg: 100 contracts, 10x, mark 5, ``roi`` percent of profit unless an entry price is given.

    ``contract_size``, ``lot_size``, ``min_contracts`` and ``max_market_contracts`` go to its instrument.
    """
    spec = {
        name: changes.pop(name)
        for name in ("contract_size", "lot_size", "min_contracts", "max_market_contracts")
        if name in changes
    }
    position_side = PositionSide(side)
    mark, lever = Decimal(mark_price), Decimal(leverage)
    if entry_price is None:
        entry_price = mark / (1 + position_side.sign * Decimal(roi) / 100 / lever)
    of = instrument(instrument_id, **spec)
    fields: dict[str, Any] = {
        "instrument": of,
        "position_side": position_side,
        "margin_mode": MarginMode.CROSS,
        "position_mode": PositionMode.LONG_SHORT,
        "contracts": contracts,
        "entry_price": entry_price,
        "mark_price": mark,
        "leverage": lever,
        "initial_margin": Decimal(contracts) * of.contract_size * mark / lever,
        "opened_at": OPENED_AT,
        "adjusted_at": OPENED_AT,
        **changes,
    }
    return Leg(**fields)
