"""The rows of an order and of its trades (https://www.okx.com/docs-v5/en/#order-book-trading-trade-get-order-details)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple, Protocol

from pydantic import ValidationError

from tgtp.adapters.okx.rows.fields import Malformed, Row, moment, number, optional
from tgtp.domain.order import Order, OrderStatus
from tgtp.errors import Problem

STATUS = {
    "live": OrderStatus.LIVE,
    "partially_filled": OrderStatus.LIVE,
    "filled": OrderStatus.FILLED,
    "canceled": OrderStatus.CANCELED,
    "mmp_canceled": OrderStatus.CANCELED,
}

# Why an order was cancelled, by OKX's ``cancelSource``.
WHY_CANCELED = {
    "0": Problem("problem.canceled.system"),
    "1": Problem("problem.canceled.user"),
    "2": Problem("problem.canceled.margin"),
    "3": Problem("problem.canceled.risk"),
    "4": Problem("problem.canceled.cap"),
    "6": Problem("problem.canceled.adl"),
    "7": Problem("problem.canceled.delivery"),
    "9": Problem("problem.canceled.funding"),
    "13": Problem("problem.canceled.incomplete"),
    "14": Problem("problem.canceled.incomplete"),
    "15": Problem("problem.canceled.price"),
    "17": Problem("problem.canceled.closed"),
    "20": Problem("problem.canceled.countdown"),
    "21": Problem("problem.canceled.closed"),
    "22": Problem("problem.canceled.reduce_only"),
    "23": Problem("problem.canceled.reduce_only"),
    "27": Problem("problem.canceled.spread"),
    "32": Problem("problem.canceled.self_trade"),
    "33": Problem("problem.canceled.matches"),
    "45": Problem("problem.canceled.checked"),
}


class Sought(Protocol):
    """What an order is known by."""

    @property
    def client_order_id(self) -> str:
        """Our name for it; "" where it has none."""

    @property
    def order_id(self) -> str:
        """OKX's id; "" where that is not known."""

    @property
    def contracts(self) -> Decimal | None:
        """All that it may fill; None where that is not known."""


class Made(NamedTuple):
    """An order that OKX has made by itself."""

    client_order_id: str
    order_id: str
    contracts: Decimal | None = None


def order_of(row: Row, client_order_id: str) -> Order:
    """Read an order; OKX's fee is negative when paid, ours positive. Raises Malformed."""
    status = STATUS.get(str(row.get("state")))
    if status is None:
        raise Malformed(f"state is {row.get('state')!r}")
    if (row.get("clOrdId") or "") != client_order_id:
        raise Malformed(f"asked for {client_order_id}, got {row.get('clOrdId')!r}")
    filled = optional(row, "accFillSz") or Decimal(0)
    if status is OrderStatus.FILLED and filled == 0:
        raise Malformed("filled, with nothing filled")
    try:
        return Order(
            client_order_id=client_order_id,
            order_id=str(row["ordId"]),
            status=status,
            filled_contracts=filled,
            average_price=optional(row, "avgPx") or None,
            fee=-(optional(row, "fee") or Decimal(0)),
            realised_pnl=optional(row, "pnl") or Decimal(0),
            updated_at=moment(row, "fillTime") if row.get("fillTime") else moment(row, "uTime"),
            reason=str(row.get("cancelSourceReason") or ""),
            why=why_canceled(row) if status is OrderStatus.CANCELED else None,
        )
    except (ValidationError, KeyError) as exc:
        raise Malformed(str(exc)) from exc


def why_canceled(row: Row) -> Problem | None:
    """Return why OKX cancelled an order; by its number and OKX's words where that is unknown, None where OKX names none."""
    code, words = str(row.get("cancelSource") or ""), str(row.get("cancelSourceReason") or "")
    if not code:
        return Problem.of_words(words) if words else None
    if code in WHY_CANCELED:
        return WHY_CANCELED[code]
    return Problem("problem.canceled.says", code=code, words=words) if words else Problem("problem.canceled.code", code=code)


def is_of(row: Row, sought: Sought) -> bool:
    """Return whether a line or a trade is an order's: by OKX's own id where it is known, for a name may be used again."""
    if sought.order_id:
        return row.get("ordId") == sought.order_id
    return row.get("clOrdId") == sought.client_order_id


def order_from_trades(rows: Sequence[Row], sought: Sought) -> Order | None:
    """Add an order's trades up; None for none. Its end is known only where they are all of it. Raises Malformed."""
    if not rows:
        return None
    filled = sum((number(row, "fillSz") for row in rows), Decimal(0))
    worth = sum((number(row, "fillSz") * number(row, "fillPx") for row in rows), Decimal(0))
    if filled <= 0:
        raise Malformed("trades of nothing")
    return Order(
        client_order_id=sought.client_order_id,
        order_id=str(rows[0].get("ordId") or sought.order_id),
        status=OrderStatus.LIVE if sought.contracts is None or filled < sought.contracts else OrderStatus.FILLED,
        filled_contracts=filled,
        average_price=worth / filled,
        fee=-sum((optional(row, "fee") or Decimal(0) for row in rows), Decimal(0)),
        realised_pnl=sum((optional(row, "fillPnl") or Decimal(0) for row in rows), Decimal(0)),
        updated_at=max(moment(row, "ts") for row in rows),
    )
