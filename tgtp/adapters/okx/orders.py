"""Orders and trades of one OKX account: one sent, one found again, all of a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import ccxt.async_support as ccxt

from tgtp.adapters.okx.errors import CLOCK_CODES, NO_SENSE, SIZE_CODES, submission_problem
from tgtp.adapters.okx.public import OkxPublic
from tgtp.adapters.okx.replies import Call
from tgtp.adapters.okx.rows.fields import Malformed, moment, text_of
from tgtp.adapters.okx.rows.orders import is_of, order_from_trades, order_of
from tgtp.domain.model import EPOCH, PositionMode
from tgtp.domain.order import ORDER_LIFETIME, OURS, TRADES_KEPT, Intent, Order, Placed
from tgtp.engine.ports import Clock
from tgtp.errors import OrderRefused, OutcomeUnknown, Problem, TemporarilyDown

ROWS_A_PAGE = 100
MOST_PAGES = 20
# By so much the clocks of OKX's legs, orders and trades may differ from each other.
CLOCKS_APART = dt.timedelta(minutes=5)

Read = Callable[[Call, Mapping[str, Any]], Awaitable[list[dict[str, Any]]]]


class Orders:
    """The orders of one account; ``read`` asks OKX, and asks again where only our clock was wrong."""

    def __init__(self, client: Any, clock: Clock, public: OkxPublic, read: Read) -> None:
        self._client = client
        self._clock = clock
        self._public = public
        self._read = read

    async def submit(self, intent: Intent) -> str:
        """Send one market order, or one that takes its limit price or better at once, and nothing else.

        https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-place-order
        """
        request: dict[str, Any] = {
            "instId": intent.leg.instrument_id,
            # Left out, OKX takes cross: the order would miss an isolated leg.
            "tdMode": intent.leg.margin_mode.value,
            "side": intent.side.value,
            "ordType": "market",
            "sz": f"{intent.contracts:f}",
            "clOrdId": intent.client_order_id,
        }
        if intent.limit_price is not None:
            request |= {"ordType": "ioc", "px": f"{intent.limit_price:f}"}
        if intent.position_mode is not PositionMode.NET:
            # In this mode OKX ignores reduceOnly: side and position side together say which leg gets smaller, or larger.
            request["posSide"] = intent.leg.position_side.value
        elif not intent.grows:
            request["reduceOnly"] = True
        try:
            reply = await self._post_order(request)
        except (ccxt.BaseError, OSError, *NO_SENSE) as exc:
            problem = submission_problem(exc)
            if isinstance(problem, OrderRefused) and problem.code in SIZE_CODES:
                self._public.doubt_instruments()
            if isinstance(problem, OrderRefused) and problem.code in CLOCK_CODES:
                self._public.doubt_time(self._client)
            raise problem from exc
        data = reply.get("data") if isinstance(reply, dict) and reply.get("code") == "0" else None
        if not isinstance(data, list) or not data or not isinstance(data[0], dict) or data[0].get("sCode") != "0":
            raise OutcomeUnknown(Problem("problem.no_answer"))
        return str(data[0].get("ordId") or "")

    async def find(self, intent: Intent) -> Order | None:
        """Look an order's row up."""
        known_by = {"ordId": intent.order_id} if intent.order_id else {"clOrdId": intent.client_order_id}
        try:
            rows = await self._read(self._client.privateGetTradeOrder, {"instId": intent.leg.instrument_id, **known_by})
        except TemporarilyDown as exc:
            if isinstance(exc.__cause__, ccxt.OrderNotFound):
                return None
            raise
        try:
            return order_of(rows[0], intent.client_order_id)
        except (Malformed, IndexError) as exc:
            raise TemporarilyDown(Problem("problem.order", what=exc)) from exc

    async def find_trades(self, intent: Intent) -> Order | None:
        """Read the orders that have ended (seven days), and our own trades (three months)."""
        # By OKX's own clock: the order was decided on a row of then, and ours may be wrong by any amount.
        now = self._clock.now() - (self._public.skew or dt.timedelta())
        since = max(intent.basis.adjusted_at - CLOCKS_APART, now - TRADES_KEPT)
        request = {"instType": "SWAP", "instId": intent.leg.instrument_id}
        request["begin"] = str((since - EPOCH) // dt.timedelta(milliseconds=1))
        try:
            for row in await self._pages(self._client.privateGetTradeOrdersHistory, request, "ordId"):
                if is_of(row, intent):
                    return order_of(row, intent.client_order_id)
            if intent.order_id:
                request["ordId"] = intent.order_id
            trades: dict[str, dict[str, Any]] = {}
            for call in (self._client.privateGetTradeFills, self._client.privateGetTradeFillsHistory):
                rows = await self._pages(call, request, "billId")
                trades |= {text_of(row, "billId"): row for row in rows if is_of(row, intent)}
            return order_from_trades(list(trades.values()), intent)
        except Malformed as exc:
            raise TemporarilyDown(Problem("problem.trade", what=exc)) from exc

    async def placed_since(self, since: dt.datetime) -> tuple[Placed, ...]:
        """Read the orders that rest, and those of seven days that have ended."""
        skew = self._public.skew or dt.timedelta()
        begin = str((since - skew - EPOCH) // dt.timedelta(milliseconds=1))
        rows = await self._pages(self._client.privateGetTradeOrdersPending, {"instType": "SWAP"}, "ordId")
        rows += await self._pages(self._client.privateGetTradeOrdersHistory, {"instType": "SWAP", "begin": begin}, "ordId")
        try:
            found = {
                text_of(row, "ordId"): Placed(
                    client_order_id=row["clOrdId"],
                    order_id=text_of(row, "ordId"),
                    instrument_id=text_of(row, "instId"),
                    created_at=moment(row, "cTime") + skew,
                )
                for row in rows
                if str(row.get("clOrdId", "")).startswith(OURS)
            }
        except Malformed as exc:
            raise TemporarilyDown(Problem("problem.order", what=exc)) from exc
        return tuple(order for order in found.values() if order.created_at >= since)

    async def _pages(self, call: Call, request: Mapping[str, str], name: str) -> list[dict[str, Any]]:
        """Read a record to its end, or raise: what is read in part does not say that something is missing."""
        found: list[dict[str, Any]] = []
        asked = {**request, "limit": str(ROWS_A_PAGE)}
        for _ in range(MOST_PAGES):
            rows = await self._read(call, asked)
            found += rows
            if len(rows) < ROWS_A_PAGE:
                return found
            asked["after"] = str(rows[-1].get(name, ""))
        raise TemporarilyDown(Problem("problem.long_record"))

    async def _post_order(self, request: dict[str, Any]) -> Any:
        """Do what ccxt's ``privatePostTradeOrder`` does, which has no room for a header."""
        signed = self._client.sign("trade/order", ["private"], "POST", request)
        now = self._public.milliseconds()
        expires = (int(self._client.nonce()) if now is None else now) + int(ORDER_LIFETIME * 1000)
        headers = {**signed["headers"], "expTime": str(expires)}
        return await self._client.fetch(signed["url"], "POST", headers, signed["body"])
