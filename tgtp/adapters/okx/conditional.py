"""Orders that rest at OKX: take-profits and stops of one account, sent and found again, and whatever else waits.

https://www.okx.com/docs-v5/en/#order-book-trading-algo-trading
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import ccxt.async_support as ccxt

from tgtp.adapters.okx.errors import NO_SENSE, answered_problem, submission_problem
from tgtp.adapters.okx.orders import Orders
from tgtp.adapters.okx.pace import MOST_ALGO_REQUESTS, Pace
from tgtp.adapters.okx.public import OkxPublic
from tgtp.adapters.okx.replies import Call, Read, read_pages, read_rows
from tgtp.adapters.okx.rows.conditional import conditional_of, is_ours, resting_of, summed
from tgtp.adapters.okx.rows.fields import Malformed
from tgtp.domain.model import PositionMode
from tgtp.domain.order import Order, Resting
from tgtp.domain.resting.conditional import Conditional, RestingTier
from tgtp.engine.ports import Clock, ConditionalOrders
from tgtp.errors import OutcomeUnknown, Problem, TemporarilyDown

log = logging.getLogger(__name__)

# As many kinds as one request may name; the first are what has a size of a leg and a price.
ALGO_KINDS = ("conditional,oco", "trigger", "move_order_stop", "iceberg", "twap")
ENDED = ("effective", "canceled", "order_failed")


class OkxConditional(ConditionalOrders):
    """The conditional orders of one account, by raw calls.

    ccxt's ``create_order`` loses our name, its ``edit_order`` turns the trigger to the last price, and its
    ``fetch_open_orders`` does not see them.
    """

    def __init__(self, client: Any, clock: Clock, public: OkxPublic, read: Read, orders: Orders) -> None:
        self._client = client
        self._public = public
        self._read = read
        self._orders = orders
        self._looks, self._lists = Pace(clock, MOST_ALGO_REQUESTS), Pace(clock, MOST_ALGO_REQUESTS)
        # Counted for each instrument by itself.
        self._requests: dict[str, Pace] = defaultdict(lambda: Pace(clock, MOST_ALGO_REQUESTS))

    async def place(self, tier: RestingTier) -> str:
        """Have a tier rest; without expTime, which these do not know."""
        request: dict[str, Any] = {
            "instId": tier.leg.instrument_id,
            "tdMode": tier.leg.margin_mode.value,
            "side": tier.side.value,
            "ordType": "conditional",
            "sz": f"{tier.contracts:f}",
            "tpTriggerPx": f"{tier.trigger_price:f}",
            # Left out, it would be the last price.
            "tpTriggerPxType": "mark",
            "tpOrdPx": "-1",
            "algoClOrdId": tier.name,
            "reduceOnly": True,
            # Else it would wait for the next life of the leg.
            "cxlOnClosePos": True,
        }
        if tier.position_mode is not PositionMode.NET:
            request["posSide"] = tier.leg.position_side.value
        row = await self._ask(self._post_algo, request, tier.leg.instrument_id)
        return str(row.get("algoId") or "")

    async def amend(self, algo_id: str, tier: RestingTier) -> None:
        """Give one another size and another trigger."""
        request = {
            "instId": tier.leg.instrument_id,
            "algoId": algo_id,
            "newSz": f"{tier.contracts:f}",
            "newTpTriggerPx": f"{tier.trigger_price:f}",
            # Left out, it would be the last price from then on.
            "newTpTriggerPxType": "mark",
            "newTpOrdPx": "-1",
        }
        await self._ask(self._client.privatePostTradeAmendAlgos, request, tier.leg.instrument_id)

    async def cancel(self, instrument_id: str, algo_id: str) -> None:
        """Ask for the end of one."""
        request = [{"instId": instrument_id, "algoId": algo_id}]
        await self._ask(self._client.privatePostTradeCancelAlgos, request, instrument_id)

    async def live(self) -> tuple[Conditional, ...]:
        """Read every take-profit and stop that waits."""
        found: dict[str, Conditional] = {}
        for row in await self._pages(self._client.privateGetTradeOrdersAlgoPending, {}):
            try:
                one = conditional_of(row)
            except Malformed as exc:
                if is_ours(row):
                    raise TemporarilyDown(Problem("problem.order", what=exc)) from exc
                log.debug("OKX shows a conditional order of somebody else's that cannot be read: %s", exc)
            else:
                found[one.algo_id] = one
        return tuple(found.values())

    async def find(self, name: str) -> Conditional | None:
        """Look one of ours up by name, then in the history of three months."""
        rows: list[dict[str, Any]] = []
        try:
            rows = await self._read(_paced(self._client.privateGetTradeOrderAlgo, self._looks), {"algoClOrdId": name})
        except TemporarilyDown as exc:
            if not isinstance(exc.__cause__, ccxt.OrderNotFound):
                raise
        mine = [row for row in rows if row.get("algoClOrdId") == name]
        for state in ENDED if not mine else ():
            rows = await self._pages(self._client.privateGetTradeOrdersAlgoHistory, {"state": state})
            mine += [row for row in rows if row.get("algoClOrdId") == name]
        try:
            return conditional_of(mine[0]) if mine else None
        except Malformed as exc:
            raise TemporarilyDown(Problem("problem.order", what=exc)) from exc

    async def fills(self, conditional: Conditional) -> Order | None:
        """Add up the orders that it became: each by its id, for OKX gives them no name of ours."""
        found = [await self._orders.find_made(conditional, order_id) for order_id in conditional.order_ids]
        return summed(conditional, [order for order in found if order is not None])

    async def _ask(
        self, call: Callable[[Any], Awaitable[Any]], request: Mapping[str, Any] | list[dict[str, str]], instrument_id: str
    ) -> Mapping[str, Any]:
        """Have one thing done, once: a request that may have arrived is looked up, never sent again."""
        try:
            async with self._requests[instrument_id].turn():
                reply = await call(request)
        except (ccxt.BaseError, OSError, *NO_SENSE) as exc:
            problem = submission_problem(exc)
            self._public.take_refusal(problem, self._client)
            raise problem from exc
        # ccxt lets 2 pass: of several some were refused, and this one is all of them.
        data = reply.get("data") if isinstance(reply, dict) and reply.get("code") in ("0", "2") else None
        row = data[0] if isinstance(data, list) and data else None
        if not isinstance(row, dict) or not row.get("sCode"):
            raise OutcomeUnknown(Problem("problem.no_answer"))
        if row["sCode"] != "0":
            problem = answered_problem(str(row["sCode"]), str(row.get("sMsg") or ""))
            self._public.take_refusal(problem, self._client)
            raise problem
        return row

    async def _post_algo(self, request: Mapping[str, Any]) -> Any:
        """Do what ccxt's ``privatePostTradeOrderAlgo`` does, which adds a ``clOrdId`` and a ``tag`` of its own.

        It knows the endpoint by its path: one with a gap is none that it knows.
        """
        signed = self._client.sign("trade/{endpoint}", ["private"], "POST", {**request, "endpoint": "order-algo"})
        return await self._client.fetch(signed["url"], "POST", signed["headers"], signed["body"])

    async def _pages(self, call: Call, request: Mapping[str, str]) -> list[dict[str, Any]]:
        asked = {"instType": "SWAP", "ordType": ALGO_KINDS[0], **request}
        return await read_pages(self._read, _paced(call, self._lists), asked, "algoId")


def _paced(call: Call, pace: Pace) -> Call:
    async def paced(request: Mapping[str, Any]) -> Any:
        async with pace.turn():
            return await call(request)

    return paced


async def read_resting(client: Any) -> tuple[Resting, ...]:
    """Read the newest hundred orders of each kind that rest, ordinary ones too. Raises TemporarilyDown, AccessRefused."""
    rows = await read_rows(client.privateGetTradeOrdersPending, {"instType": "SWAP"})
    for kinds in ALGO_KINDS:
        rows += await read_rows(client.privateGetTradeOrdersAlgoPending, {"instType": "SWAP", "ordType": kinds})
    return tuple(map(resting_of, rows))
