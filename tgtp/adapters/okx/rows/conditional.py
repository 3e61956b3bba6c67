"""The rows of conditional orders (https://www.okx.com/docs-v5/en/#order-book-trading-algo-trading-get-algo-order-details)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import get_args

from pydantic import ValidationError

from tgtp.adapters.okx.rows.fields import Malformed, Row, moment, optional, shown_above_zero, shown_moment, text_of
from tgtp.domain.model import LegKey, MarginMode, PositionSide, Side, leg_key
from tgtp.domain.order import OURS, Order, OrderStatus, Resting
from tgtp.domain.resting.conditional import Conditional, ConditionalStatus

STATES = frozenset(get_args(ConditionalStatus))
SIDES = {side.value: side for side in PositionSide}


def conditional_of(row: Row) -> Conditional:
    """Read a take-profit, a stop, or one that is both; of that the take-profit's trigger. Raises Malformed."""
    if str(row.get("state")) not in STATES:
        raise Malformed(f"state is {row.get('state')!r}")
    taken = shown_above_zero(row, "tpTriggerPx")
    trigger, kind = (taken, "tpTriggerPxType") if taken else (shown_above_zero(row, "slTriggerPx"), "slTriggerPxType")
    created_at = moment(row, "cTime")
    code = str(row.get("failCode") or "")
    try:
        return Conditional.model_validate(
            {
                "algo_id": text_of(row, "algoId"),
                "name": row.get("algoClOrdId") or "",
                "instrument_id": text_of(row, "instId"),
                "position_side": SIDES.get(str(row.get("posSide"))),
                "side": row.get("side"),
                "margin_mode": row.get("tdMode"),
                "contracts": optional(row, "sz") or Decimal(0),
                "trigger_price": trigger,
                "trigger_type": str(row.get(kind) or ""),
                "status": row["state"],
                "order_ids": _order_ids(row),
                "created_at": created_at,
                "updated_at": shown_moment(row, "uTime") or shown_moment(row, "triggerTime") or created_at,
                "code": "" if code == "0" else code,
            }
        )
    except ValidationError as exc:
        raise Malformed(str(exc)) from exc


def is_ours(row: Row) -> bool:
    """Return whether an order has a name like those that tgtp gives."""
    return any(str(row.get(name) or "").startswith(OURS) for name in ("clOrdId", "algoClOrdId"))


def resting_of(row: Row) -> Resting:
    """Read any order that waits, as far as it can be read."""
    try:
        closes, left = _closed_by(row), (optional(row, "sz") or Decimal(0)) - (optional(row, "accFillSz") or Decimal(0))
    except (Malformed, ValueError):
        closes, left = None, Decimal(0)
    return Resting(
        name=str(row.get("ordId") or row.get("algoId") or ""),
        instrument_id=str(row.get("instId", "")),
        what=str(row.get("ordType", "")),
        is_ours=is_ours(row),
        closes=closes,
        contracts=max(left, Decimal(0)) if closes is not None else Decimal(0),
    )


def _closed_by(row: Row) -> LegKey | None:
    """Return the leg that an ordinary order with a price makes smaller; None of any other. Raises Malformed, ValueError."""
    if row.get("algoId") or optional(row, "px") is None:
        return None
    side, shown = Side(row.get("side")), SIDES.get(str(row.get("posSide")))
    closed = PositionSide.LONG if side is Side.SELL else PositionSide.SHORT
    # In net mode it could open the other side, too.
    if (shown is None and str(row.get("reduceOnly")) != "true") or shown not in (None, closed):
        return None
    return leg_key(text_of(row, "instId"), closed, MarginMode(row.get("tdMode")))


def _order_ids(row: Row) -> tuple[str, ...]:
    """Return the orders that it became: several, where OKX has split it."""
    ids, last = row.get("ordIdList"), row.get("ordId")
    found = [one for one in ids if isinstance(one, str) and one] if isinstance(ids, list) else []
    # The list came later; the one id is the latest of them.
    return tuple(dict.fromkeys([*found, last] if isinstance(last, str) and last else found))


def summed(conditional: Conditional, orders: Sequence[Order]) -> Order | None:
    """Add up the orders that a conditional one became, as far as they are known; None for none.

    It has ended when each of them has, and is CANCELED where one of them was not filled whole.
    """
    if not orders:
        return None
    filled = sum((order.filled_contracts for order in orders), Decimal(0))
    worth = sum((order.filled_contracts * (order.average_price or Decimal(0)) for order in orders), Decimal(0))
    cut = next((order for order in orders if order.status is OrderStatus.CANCELED), None)
    if len(orders) < len(conditional.order_ids) or any(order.status is OrderStatus.LIVE for order in orders):
        status = OrderStatus.LIVE
    else:
        status = OrderStatus.FILLED if cut is None else OrderStatus.CANCELED
    return Order(
        client_order_id=conditional.name,
        order_id=orders[0].order_id,
        status=status,
        filled_contracts=filled,
        average_price=worth / filled if filled and worth else None,
        fee=sum((order.fee for order in orders), Decimal(0)),
        realised_pnl=sum((order.realised_pnl for order in orders), Decimal(0)),
        updated_at=max(order.updated_at for order in orders),
        reason="" if cut is None else cut.reason,
        why=None if cut is None else cut.why,
    )
