"""What OKX shows of conditional orders: their rows, and the endpoints that give them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.simulation.exchange.account import Refused, Row
from tests.simulation.exchange.resting.book import AlgoBook, AlgoOrder
from tests.simulation.exchange.rows import empty, text

if TYPE_CHECKING:
    from collections.abc import Iterable

ALGO_KINDS = frozenset({"conditional", "oco", "trigger", "move_order_stop", "iceberg", "twap", "chase"})
ENDED = frozenset({"effective", "canceled", "order_failed"})
# What a failed half belongs to in the history, which knows three states only.
LISTED_AS = {"partially_failed": "order_failed", "partially_effective": "effective"}


def algo_row(book: AlgoBook, order: AlgoOrder) -> Row:
    """Return the row of a conditional order."""
    blank = empty(
        "activePx actualPx actualSide amendPxOnTriggerType callbackRatio callbackSpread ccy chaseType chaseVal clOrdId "
        "isTradeBorrowMode last maxChaseType maxChaseVal moveTriggerPx ordPx pxLimit pxSpread pxVar quickMgnType slOrdPx "
        "slTriggerPx slTriggerPxType szLimit tgtCcy timeInterval tpOrdPx tpTriggerPx tpTriggerPxType tradeQuoteCcy triggerPx "
        "triggerPxType triggerTime"
    )
    at = order.triggered_at_ms
    ids = [one.order_id for one in order.orders] if at is None or book.account.has_lagged(at, book.ids_lag) else []
    row = blank | {
        "actualSz": "0",
        "algoClOrdId": order.name,
        "algoId": order.algo_id,
        "attachAlgoOrds": [],
        "cTime": str(order.created_at_ms),
        "closeFraction": order.fraction,
        "failCode": order.fail_code,
        "instId": order.instrument.inst_id,
        "instType": "SWAP",
        "lever": "10",
        # Fields that nobody has announced.
        "linkedOrd": {"ordId": ""},
        "stpModes": [None, {"of": 1.5}],
        "ordId": ids[-1] if ids else "",
        "ordIdList": ids,
        "ordType": order.kind,
        "posSide": order.pos_side,
        "reduceOnly": "true" if order.reduce_only else "false",
        "side": order.side,
        "state": order.state,
        "sz": "" if order.contracts is None else text(order.contracts),
        "tag": order.tag,
        "tdMode": order.margin_mode,
        "uTime": str(order.updated_at_ms),
    }
    if order.take_profit is not None:
        taken = {"tpOrdPx": "-1", "tpTriggerPx": text(order.take_profit), "tpTriggerPxType": order.take_profit_type}
        row |= taken
    if order.stop is not None:
        row |= {"slOrdPx": "-1", "slTriggerPx": text(order.stop), "slTriggerPxType": order.stop_type}
    if at is not None:
        row |= {"triggerTime": str(at), "actualSide": "tp"}
    return row


def order_of_name(book: AlgoBook, asked: Mapping[str, str]) -> list[Row]:
    """Answer ``GET /trade/order-algo``."""
    algo_id, name = asked.get("algoId", ""), asked.get("algoClOrdId", "")
    if not (algo_id or name):
        raise Refused("50015", "Either parameter algoId or algoClOrdId is required.")
    for order in book.shown(book.look_lag):
        if (order.algo_id == algo_id if algo_id else order.name == name) and (book.keeps_ended or order.waits):
            return [algo_row(book, order)]
    raise Refused("51603")


def waiting_rows(book: AlgoBook, asked: Mapping[str, str], more: Iterable[Row] = ()) -> list[Row]:
    """Answer ``GET /trade/orders-algo-pending``; ``more`` are rows of a test's own."""
    kinds = _kinds(asked)
    rows = [algo_row(book, order) for order in book.shown(book.list_lag) if order.waits and order.kind in kinds]
    return _page([*rows, *(row for row in more if row["ordType"] in kinds)], asked)


def ended_rows(book: AlgoBook, asked: Mapping[str, str]) -> list[Row]:
    """Answer ``GET /trade/orders-algo-history``."""
    kinds, state = _kinds(asked), asked.get("state", "")
    if not (state or asked.get("algoId")):
        raise Refused("50015", "Either parameter state or algoId is required.")
    if state and state not in ENDED:
        raise Refused("51000", "Parameter state error")
    orders = [order for order in book.shown(book.list_lag) if not order.waits and order.kind in kinds]
    orders = [order for order in orders if state in ("", LISTED_AS.get(order.state, order.state))]
    return _page([algo_row(book, order) for order in orders], asked)


def algo_reply(body: Mapping[str, Any], refused: Refused | None, order: AlgoOrder | None = None) -> Row:
    """Return the row that answers a placing, an amend or a cancel."""
    return {
        "algoClOrdId": str(body.get("algoClOrdId") or (order.name if order is not None else "")),
        "algoId": order.algo_id if order is not None else str(body.get("algoId") or ""),
        "clOrdId": "",
        "reqId": "",
        "sCode": "0" if refused is None else refused.code,
        "sMsg": "" if refused is None else refused.message,
        "subCode": "",
        "tag": "",
    }


def _kinds(asked: Mapping[str, str]) -> frozenset[str]:
    """One kind at a time, but for take-profits and stops, which may be asked for together."""
    kinds = asked.get("ordType", "").split(",")
    if not ALGO_KINDS.issuperset(kinds) or (len(kinds) > 1 and set(kinds) != {"conditional", "oco"}):
        raise Refused("51000", "Parameter ordType error")
    return frozenset(kinds)


def _page(rows: list[Row], asked: Mapping[str, str]) -> list[Row]:
    for name in ("instType", "instId", "algoId"):
        rows = [row for row in rows if asked.get(name) in (None, row.get(name, asked.get(name)))]
    if "after" in asked:
        rows = [row for row in rows if int(row["algoId"]) < int(asked["after"])]
    return rows[: min(int(asked.get("limit", "100")), 100)]
