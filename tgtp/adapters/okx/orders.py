"""Orders and trades of one OKX account: one sent, one found again, all of a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import ccxt.async_support as ccxt

from tgtp.adapters.okx.errors import NO_SENSE, submission_problem
from tgtp.adapters.okx.public import OkxPublic
from tgtp.adapters.okx.replies import Call, Read, read_pages
from tgtp.adapters.okx.rows.fields import Malformed, milliseconds, moment, text_of
from tgtp.adapters.okx.rows.orders import Made, Sought, is_of, order_from_trades, order_of
from tgtp.domain.model import PositionMode
from tgtp.domain.order import LOOK_UP_LAG, ORDER_LIFETIME, OURS, TRADES_KEPT, Intent, Order, OrderStatus, Placed
from tgtp.domain.resting.conditional import Conditional
from tgtp.engine.ports import Clock
from tgtp.errors import OutcomeUnknown, Problem, TemporarilyDown

# By so much the clocks of OKX's legs, orders and trades may differ from each other.
CLOCKS_APART = dt.timedelta(minutes=5)


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
            self._public.take_refusal(problem, self._client)
            raise problem from exc
        data = reply.get("data") if isinstance(reply, dict) and reply.get("code") == "0" else None
        if not isinstance(data, list) or not data or not isinstance(data[0], dict) or data[0].get("sCode") != "0":
            raise OutcomeUnknown(Problem("problem.no_answer"))
        return str(data[0].get("ordId") or "")

    async def find(self, intent: Intent) -> Order | None:
        """Look an order's row up."""
        known_by = {"ordId": intent.order_id} if intent.order_id else {"clOrdId": intent.client_order_id}
        return await self._row(intent.leg.instrument_id, known_by, intent.client_order_id)

    async def find_trades(self, intent: Intent) -> Order | None:
        """Read the orders that have ended (seven days), and our own trades (three months)."""
        # By OKX's own clock: the order was decided on a row of then, and ours may be wrong by any amount.
        since = max(intent.basis.adjusted_at - CLOCKS_APART, self._now() - TRADES_KEPT)
        request = {"instType": "SWAP", "instId": intent.leg.instrument_id, "begin": milliseconds(since)}
        try:
            for row in await self._pages(self._client.privateGetTradeOrdersHistory, request, "ordId"):
                if is_of(row, intent):
                    return order_of(row, intent.client_order_id)
            return await self._from_trades(request, intent)
        except Malformed as exc:
            raise TemporarilyDown(Problem("problem.trade", what=exc)) from exc

    async def find_made(self, conditional: Conditional, order_id: str) -> Order | None:
        """Look up an order that OKX has made of a conditional one, at the market: its row, or what our trades know of it."""
        order = await self._row(conditional.instrument_id, {"ordId": order_id})
        if order is not None:
            return order
        since = max(conditional.created_at - CLOCKS_APART, self._now() - TRADES_KEPT)
        request = {"instType": "SWAP", "instId": conditional.instrument_id, "begin": milliseconds(since)}
        try:
            order = await self._from_trades(request, Made("", order_id))
        except Malformed as exc:
            raise TemporarilyDown(Problem("problem.trade", what=exc)) from exc
        if order is not None and self._now() - order.updated_at > dt.timedelta(seconds=LOOK_UP_LAG):
            # Its row does not come any more; at the market it has ended long ago.
            order = order.replaced(status=OrderStatus.FILLED)
        return order

    async def placed_since(self, since: dt.datetime) -> tuple[Placed, ...]:
        """Read the orders that rest, and those of seven days that have ended."""
        skew = self._public.skew or dt.timedelta()
        begin = milliseconds(since - skew)
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

    async def _row(self, instrument_id: str, known_by: Mapping[str, str], name: str | None = None) -> Order | None:
        """Read an order's row, whatever its name is unless it must be this; None where OKX says that it has none."""
        try:
            rows = await self._read(self._client.privateGetTradeOrder, {"instId": instrument_id, **known_by})
        except TemporarilyDown as exc:
            if isinstance(exc.__cause__, ccxt.OrderNotFound):
                return None
            raise
        try:
            return order_of(rows[0], str(rows[0].get("clOrdId") or "") if name is None else name)
        except (Malformed, IndexError) as exc:
            raise TemporarilyDown(Problem("problem.order", what=exc)) from exc

    async def _from_trades(self, request: Mapping[str, str], sought: Sought) -> Order | None:
        """Add up our own trades of an order. Raises Malformed."""
        asked = {**request, "ordId": sought.order_id} if sought.order_id else request
        trades: dict[str, dict[str, Any]] = {}
        for call in (self._client.privateGetTradeFills, self._client.privateGetTradeFillsHistory):
            rows = await self._pages(call, asked, "billId")
            trades |= {text_of(row, "billId"): row for row in rows if is_of(row, sought)}
        return order_from_trades(list(trades.values()), sought)

    async def _pages(self, call: Call, request: Mapping[str, str], name: str) -> list[dict[str, Any]]:
        return await read_pages(self._read, call, request, name)

    def _now(self) -> dt.datetime:
        """Return the time by OKX's clock, as far as that is known."""
        return self._public.now() or self._clock.now()

    async def _post_order(self, request: dict[str, Any]) -> Any:
        """Do what ccxt's ``privatePostTradeOrder`` does, which has no room for a header."""
        signed = self._client.sign("trade/order", ["private"], "POST", request)
        now = self._public.milliseconds()
        expires = (int(self._client.nonce()) if now is None else now) + int(ORDER_LIFETIME * 1000)
        headers = {**signed["headers"], "expTime": str(expires)}
        return await self._client.fetch(signed["url"], "POST", headers, signed["body"])
