"""What has happened to an account since it was looked at last: a stream pushes it by itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from tests.simulation.exchange import rows as shown
from tests.simulation.exchange.account import Account, Row


def position_states(account: Account) -> Mapping[str, tuple[Any, ...]]:
    """Give what an event of a position changes, by its id; of a leg that is gone nothing."""
    states = {}
    for leg in account.legs.values():
        numbers = (leg.contracts, leg.entry_price, leg.leverage, leg.margin)
        states[leg.position_id] = (leg.opened_at_ms, leg.adjusted_at_ms, *numbers)
    return states


def rows_of(account: Account, position_ids: Collection[str]) -> list[Row]:
    """Give the rows of these positions, of closed ones with ``pos`` 0."""
    inst_ids = {leg.instrument.inst_id for leg in account.lives if leg.position_id in position_ids}
    rows = shown.position_rows(account, "SWAP", ",".join(sorted(inst_ids)))
    return [row for row in rows if row.get("posId") in position_ids]


def leverages(account: Account) -> Mapping[str, Decimal]:
    """Give the leverage of each leg, by its id."""
    return {leg.position_id: leg.leverage for leg in account.legs.values()}


def contracts(account: Account) -> Mapping[str, Decimal]:
    """Give the contracts of each leg, by its id."""
    return {leg.position_id: leg.contracts for leg in account.legs.values()}


def event_row(account: Account, event: str, position_ids: Collection[str], now_ms: int) -> Row:
    """Give a row of ``balance_and_position``: it says of a position how much of it there is, and not its leverage."""
    names = ("posId", "instId", "instType", "mgnMode", "posSide", "pos", "ccy", "avgPx", "uTime")
    positions = [{name: row[name] for name in names} for row in rows_of(account, position_ids)]
    return {"pTime": str(now_ms), "eventType": event, "balData": [], "posData": positions, "trades": []}


def account_state(account: Account) -> tuple[Decimal, int]:
    """Give what an event of the account's money changes: its cash, and how many lines its book has."""
    return account.cash, len(account.bills)


def order_states(account: Account) -> Mapping[str, tuple[Any, ...]]:
    """Give what an event of an order changes, by its id."""
    return {order.order_id: (order.state, order.filled, order.updated_at_ms) for order in account.orders}


def algo_states(account: Account) -> Mapping[str, tuple[Any, ...]]:
    """Give what an event of a conditional order changes, by its id."""
    return {order.algo_id: (order.state, order.updated_at_ms) for order in account.algo.orders}
