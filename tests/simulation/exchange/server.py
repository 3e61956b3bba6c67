"""An OKX-shaped v5 server: signatures, and faults on demand, around ``tests.simulation.exchange.account``.

It answers over HTTP on loopback, and without a socket to ``tests.simulation.exchange.wire``: both end in
``OkxServer.exchange``.

Run it for a person with ``python -m tests.simulation.exchange.server --port 8090 --lively``.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import datetime as dt
import hashlib
import hmac
import json
import math
import random
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Self

import orjson
from aiohttp import web

from tests.fixtures.waiting import DEADLINE
from tests.simulation.exchange import history as past
from tests.simulation.exchange import rows as shown
from tests.simulation.exchange.account import Account, MarginMode, Refused, Row
from tests.simulation.exchange.limits import Turnstile
from tests.simulation.exchange.resting import rows as algo
from tests.simulation.exchange.stream.server import StreamServer

# From the error code table of OKX's documentation; every other code comes with 200, and 501xx with 401.
_STATUS = {
    "50000": 400,
    "50001": 503,
    "50002": 400,
    "50004": 400,
    "50011": 429,
    "50013": 429,
    "50026": 500,
    "50100": 400,
    "50115": 405,
    "50120": 200,
    "51000": 400,
}
_KEPT_HEADERS = ("ok-access-key", "ok-access-timestamp", "x-simulated-trading", "exptime", "content-type")
_SIGNED_WITH = ("ok-access-passphrase", "ok-access-sign", "ok-access-timestamp")
_MISSING = {
    "ok-access-key": "50103",
    "ok-access-passphrase": "50104",
    "ok-access-sign": "50106",
    "ok-access-timestamp": "50107",
}
_ORDER_PATHS = ("/api/v5/trade/order", "/api/v5/trade/batch-orders")
_ALGO_PATHS = ("/api/v5/trade/order-algo", "/api/v5/trade/amend-algos", "/api/v5/trade/cancel-algos")
_LIST_PATHS = ("/trade/batch-orders", "/trade/cancel-algos")
_PAGE = "<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"

_RESHAPING = frozenset({"cut_json", "empty_list", "half_list", "wrong_types", "empty_row_field", "missing_row", "stale"})
_INTERFERING = frozenset({"code", "json", "html_200", "hang", "delay", "drop", "unauthorized", "huge"})
_FATES = frozenset({"partial_fill", "fill_later"})


@dataclass(frozen=True)
class Reply:
    """What goes back: an HTTP status and a JSON value."""

    status: int
    payload: Row


@dataclass(frozen=True)
class Answer:
    """What travels back over the wire."""

    status: int
    text: str
    content_type: str = "application/json"
    # So many megabytes follow the text.
    more: int = 0
    packed: bool = False


class Dropped(Exception):
    """The connection ends without a reply."""


class Caller:
    """Whoever waits for the reply, and may hang up before it comes."""

    def __init__(self) -> None:
        self.left = asyncio.Event()

    async def leaves(self) -> None:
        """Return when nobody waits any more."""
        await self.left.wait()


class _HttpCaller(Caller):
    def __init__(self, request: web.Request) -> None:
        super().__init__()
        self._request = request

    async def leaves(self) -> None:
        # aiohttp tells a handler nothing: the transport is gone when the client is.
        while self._request.transport is not None:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


@dataclass
class Record:
    """One request as it arrived. ``at`` is monotonic seconds; ``fault`` names the fault that befell it.

    ``remote`` is the address that it came from, "" where there was no socket.
    """

    at: float
    method: str
    path: str
    target: str
    query: dict[str, str]
    raw_body: str
    body: Any
    headers: dict[str, str]
    fault: str = ""
    remote: str = ""

    @property
    def simulated(self) -> bool:
        """The client asked for demo trading."""
        return self.headers.get("x-simulated-trading") == "1"

    @property
    def is_order(self) -> bool:
        """It places orders."""
        return self.method == "POST" and self.path in _ORDER_PATHS

    @property
    def is_algo(self) -> bool:
        """It places, changes or cancels conditional orders."""
        return self.method == "POST" and self.path in _ALGO_PATHS

    @property
    def bodies(self) -> list[Any]:
        """What it asks for, one by one."""
        return self.body if isinstance(self.body, list) else [self.body]

    def inst_ids(self) -> set[str]:
        """The instruments it names."""
        return set(self.named())

    def named(self) -> list[str]:
        """The instruments it names, as often as it does."""
        named = [str(body["instId"]) for body in self.bodies if isinstance(body, dict) and "instId" in body]
        return named + [inst_id for inst_id in self.query.get("instId", "").split(",") if inst_id]


@dataclass
class Fault:
    """A scheduled misfortune. ``left`` is None when it lasts; ``used`` counts how often it struck."""

    where: str
    kind: str
    left: int | None
    skip: int
    after_effect: bool
    options: dict[str, Any]
    used: int = 0
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def fits(self, record: Record) -> bool:
        """Whether it is meant for this request. ``where`` is a path's end, with a method in front if need be."""
        method, _, suffix = self.where.rpartition(" ")
        inst_id, key = self.options.get("inst_id"), self.options.get("key")
        named = inst_id is None or inst_id in record.inst_ids()
        named = named and key in {None, record.headers.get("ok-access-key")}
        return method in ("", record.method) and record.path.endswith(suffix) and named

    def release(self) -> None:
        """Let the requests that hang go on."""
        self.released.set()


# The account, besides the first, whose request is being answered.
_serving: ContextVar[Account | None] = ContextVar("serving", default=None)

Hook = Callable[[Record], Awaitable[None]]
Handler = Callable[[Record], list[Any]]


class OkxServer:
    """Serve an account as OKX would. ``async with OkxServer() as server:`` and point a client at ``server.url``.

    Public attributes may be changed at any time: ``latency`` seconds before every effect, ``clock_offset`` seconds that
    the exchange's clock is ahead of the account's ``time``, ``demo`` True or False to insist on demo or real trading,
    ``bound_to`` the addresses that may use the keys, ``keeps_requests`` False for runs too long to remember every request.
    ``limits`` None lets everybody ask as often as they like. ``stream`` is what it pushes by itself.
    """

    def __init__(
        self,
        account: Account | None = None,
        *,
        port: int = 0,
        key: str = "key",
        secret: str = "secret",
        passphrase: str = "pass",
    ) -> None:
        self._main = account or Account()
        # Further accounts by their API key; secret and passphrase are the same for all.
        self.others: dict[str, Account] = {}
        self.key, self.secret, self.passphrase = key, secret, passphrase
        self.port = port
        self.latency = 0.0
        self.clock_offset = 0.0
        self.demo: bool | None = None
        # The addresses that the API keys are bound to; empty: any.
        self.bound_to: frozenset[str] = frozenset()
        self.requests: list[Record] = []
        self.on_request: Hook | None = None
        self.on_reply: Hook | None = None
        self.keeps_requests = True
        # What a reply with a refused conditional order has outside: "1", unless it is set.
        self.outer_code = ""
        self.limits: Turnstile | None = Turnstile()
        # Draws what is wrong with each page of old bars; None: nothing.
        self.unkind: random.Random | None = None
        self.stream = StreamServer(self)
        self._accepted: list[Row] = []
        self._shown: dict[str, deque[tuple[float, list[Row]]]] = {}
        self._faults: list[Fault] = []
        self._timers: list[asyncio.TimerHandle] = []
        self._pulse = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._routes = self._build_routes()
        self._methods: dict[str, list[str]] = {}
        for method, path in self._routes:
            self._methods.setdefault(path, []).append(method)

    # -- for tests -------------------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.stop()

    @property
    def host(self) -> str:
        """``127.0.0.1:PORT``, which ccxt calls the hostname."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """``http://127.0.0.1:PORT``."""
        return f"http://{self.host}"

    @property
    def ws_url(self) -> str:
        """``ws://127.0.0.1:PORT/ws/v5``."""
        return f"ws://{self.host}/ws/v5"

    async def start(self) -> None:
        """Listen. The port stays the same over stop and start: the exchange goes away and comes back."""
        app = web.Application()
        app.router.add_route("GET", "/ws/v5/{kind}", self.stream.serve)
        app.router.add_route("*", "/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Stop listening and let everything that hangs go."""
        for timer in self._timers:
            timer.cancel()
        runner, self._runner = self._runner, None
        await self.stream.stop()
        self.clear_faults()
        if runner is not None:
            await runner.cleanup()

    def fault(
        self,
        path_suffix: str,
        kind: str,
        *,
        times: int | None = 1,
        after_effect: bool = False,
        skip: int = 0,
        **options: Any,
    ) -> Fault:
        """Schedule a fault for requests whose path ends so; ``"POST /trade/order"`` names the method too.

        ``times`` None lasts until ``clear_faults``; ``skip`` lets that many pass first; ``inst_id=`` (any kind) strikes
        only requests that name the instrument, ``key=`` only those of an account. Kinds, and their options:

        - ``http_NNN``: that status with a page instead of JSON
        - ``code``: OKX's ``code=``, ``message=``; for orders as ``sCode`` inside data, or with ``outer=True`` outside; with
          ``outer="2"`` inside, in a reply that as a whole has this code
        - ``json``: ``body=`` as it is, with ``status=`` (200)
        - ``unauthorized``: 401, 50111 · ``html_200``: a page of a proxy
        - ``hang``: until ``release()`` or until the client leaves · ``delay``: ``seconds=``, or ``until=`` an event
        - ``drop``: close the connection without a reply (aiohttp's client sends a GET again by itself if the connection had
          been used before: let a drop of reads last longer than once)
        - ``cut_json``, ``empty_list``, ``half_list``, ``wrong_types``: a spoiled reply (with ``field=`` and ``value=``,
          ``wrong_types`` spoils only that field)
        - ``empty_row_field``: ``field=`` of the rows of ``row=`` (an instId, default all), ``pos_side=``, is ``""``
        - ``missing_row``: the rows of ``row=``, ``pos_side=`` are not there
        - ``stale``: the rows that were sent at most ``seconds=`` ago; with ``fields=`` only these of them
        - ``huge``: ``megabytes=`` (100) of JSON that never ends, in pieces; ``packed=True`` compressed
        - ``partial_fill``: ``share=`` of an order is filled, the rest canceled
        - ``fill_later``: orders rest, for ``seconds=`` if given, else until ``account.fill_live()``

        With ``after_effect`` the request does its work and only then the reply is lost, late or wrong.
        """
        if kind not in _RESHAPING | _INTERFERING | _FATES and not re.fullmatch(r"http_\d{3}", kind):
            raise ValueError(f"no such fault: {kind}")
        fault = Fault(path_suffix, kind, times, skip, after_effect, options)
        self._faults.append(fault)
        return fault

    def clear_faults(self) -> None:
        """Forget every fault and release what hangs."""
        self.release()
        self._faults.clear()

    def release(self) -> None:
        """Let every request that hangs go on."""
        for fault in self._faults:
            fault.release()

    def lift(self, fault: Fault) -> None:
        """End one fault; what hangs in it goes on."""
        fault.left = 0
        fault.release()
        if fault in self._faults:
            self._faults.remove(fault)

    def now(self) -> float:
        """Seconds since 1970 by the exchange's clock."""
        return self.account.time() + self.clock_offset

    def orders_sent(self) -> list[Row]:
        """Return the bodies of the orders that were accepted, in order, whether or not their reply arrived."""
        return list(self._accepted)

    def requests_to(self, path_suffix: str) -> list[Record]:
        """Return the requests whose path ends so; a method may stand in front."""
        method, _, suffix = path_suffix.rpartition(" ")
        return [one for one in self.requests if method in ("", one.method) and one.path.endswith(suffix)]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until the condition holds; it is looked at whenever a request arrives or is answered."""
        async with asyncio.timeout(DEADLINE):
            while not condition():
                await self._pulse.wait()

    # -- a request -------------------------------------------------------------------------------------------------

    def _changed(self) -> None:
        self._pulse.set()
        self._pulse = asyncio.Event()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        try:
            answer = await self.exchange(await self._record(request), _HttpCaller(request))
        except Dropped:
            if request.transport is not None:
                request.transport.close()
            return web.Response(status=499)
        if answer.more:
            return await _at_length(request, answer)
        return web.Response(status=answer.status, text=answer.text, content_type=answer.content_type)

    @property
    def account(self) -> Account:
        """The account whose request is being answered; outside of one, the first."""
        return _serving.get() or self._main

    async def exchange(self, record: Record, caller: Caller) -> Answer:
        """Take a request and answer it, however it came. Raises Dropped when no reply goes back."""
        served = _serving.set(self.others.get(record.headers.get("ok-access-key", "")))
        try:
            return await self._exchange(record, caller)
        finally:
            _serving.reset(served)

    async def _exchange(self, record: Record, caller: Caller) -> Answer:
        fault = self._take(record)
        if fault is not None:
            record.fault = fault.kind
        if self.keeps_requests:
            self.requests.append(record)
        self._changed()
        if self.on_request is not None:
            await self.on_request(record)
        if self.latency:
            await asyncio.sleep(self.latency)
        if fault is not None and not fault.after_effect:
            instead = await self._interfere(fault, record, caller)
            if instead is not None:
                return instead
        reply = self._answer(record, fault)
        self._changed()
        if self.on_reply is not None:
            await self.on_reply(record)
        if fault is not None and fault.after_effect:
            instead = await self._interfere(fault, record, caller)
            if instead is not None:
                return instead
        if record.path.endswith("/account/positions") and isinstance(reply.payload.get("data"), list):
            shown_to = self._shown.setdefault(record.headers.get("ok-access-key", ""), deque(maxlen=8))
            shown_to.append((self.now(), reply.payload["data"]))
        body = orjson.dumps(reply.payload if fault is None else self._spoiled(reply.payload, fault, record)).decode()
        if fault is not None and fault.kind == "cut_json":
            body = body[: len(body) * 2 // 3]
        return Answer(reply.status, body)

    async def _record(self, request: web.Request) -> Record:
        raw = await request.text()
        return Record(
            at=time.monotonic(),
            method=request.method,
            path=request.path,
            target=request.raw_path,
            query=dict(request.query),
            raw_body=raw,
            body=read_body(raw),
            headers=without_unknown(dict(request.headers)),
            remote=request.remote or "",
        )

    def _take(self, record: Record) -> Fault | None:
        for fault in list(self._faults):
            if not fault.fits(record) or fault.left == 0:
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.used += 1
            if fault.left is not None:
                fault.left -= 1
            return fault
        return None

    async def _interfere(self, fault: Fault, record: Record, caller: Caller) -> Answer | None:
        """Do the fault's work; return the reply that stands in for the real one, or None to go on."""
        kind, options = fault.kind, fault.options
        if kind == "delay":
            if "until" in options:
                await options["until"].wait()
            else:
                await asyncio.sleep(float(options["seconds"]))
        elif kind == "hang":
            if not await _released(fault, caller):
                raise Dropped
        elif kind == "drop":
            raise Dropped
        elif kind == "huge":
            more = int(options.get("megabytes", 100))
            return Answer(200, '{"code":"0","msg":"', more=more, packed=bool(options.get("packed")))
        elif kind == "html_200":
            return Answer(200, _PAGE, "text/html")
        elif kind.startswith("http_"):
            status = int(kind.removeprefix("http_"))
            return Answer(status, f"<html><body>{status}</body></html>", "text/html")
        elif kind == "json":
            return Answer(int(options.get("status", 200)), json.dumps(options["body"]))
        elif kind == "unauthorized":
            return _failure(Refused("50111"))
        elif kind == "code":
            refused = Refused(str(options["code"]), str(options.get("message", "")))
            if not (record.is_order or record.is_algo) or options.get("outer") is True:
                return _failure(refused)
            reply = algo.algo_reply if record.is_algo else self._order_reply
            rows = [reply(body, refused) for body in record.bodies]
            return _json(_orders_reply(rows, outer=options.get("outer")))
        return None

    def _spoiled(self, payload: Row, fault: Fault, record: Record) -> Row:
        if fault.kind != "stale" or not payload.get("data"):
            return _reshaped(payload, fault)
        since = self.now() - float(fault.options["seconds"])
        shown_to = self._shown.get(record.headers.get("ok-access-key", ""), ())
        old = next((rows for at, rows in shown_to if since <= at <= self.now()), payload["data"])
        fields = fault.options.get("fields")
        if fields is None:
            return payload | {"data": old}
        before = {(row.get("posId"), row.get("cTime")): row for row in old}
        rows = []
        for row in payload["data"]:
            then = before.get((row.get("posId"), row.get("cTime")), row)
            rows.append(row | {name: then[name] for name in fields if name in then})
        return payload | {"data": rows}

    def _answer(self, record: Record, fault: Fault | None) -> Reply:
        """Check the signature, do what the request asks, and give the honest reply."""
        known = self._methods.get(record.path)
        if not known:
            missing = {"code": 404, "data": {}, "detailMsg": "", "error_code": "404", "error_message": "Not Found"}
            return Reply(404, {**missing, "msg": "Not Found"})
        try:
            if record.method not in known:
                raise Refused("50115")
            if not record.path.startswith(("/api/v5/public/", "/api/v5/market/", "/api/v5/system/")):
                self._check_signature(record)
            if self.limits is not None:
                name = f"{record.method} {record.path.removeprefix('/api/v5')}"
                self.limits.pass_by(name, record.headers.get("ok-access-key", ""), record.named(), self.account.time())
            if record.method == "POST":
                self._check_post(record)
            # A price that was written without a word may have triggered something.
            self.account.algo.look()
            if record.is_order:
                return self._place(record, fault)
            if record.is_algo:
                return self._do_algo(record)
            rows = self._routes[record.method, record.path](record)
        except Refused as refused:
            return _refusal(refused)
        return Reply(200, {"code": "0", "data": rows, "msg": ""})

    def _check_signature(self, record: Record) -> None:
        sent = {name: record.headers.get(name, "") for name in ("ok-access-key", *_SIGNED_WITH)}
        for name, code in _MISSING.items():
            if not sent[name]:
                raise Refused(code)
        stamp = sent["ok-access-timestamp"]
        try:
            at = dt.datetime.fromisoformat(stamp).timestamp()
        except ValueError:
            raise Refused("50112") from None
        if abs(self.now() - at) > 30:
            raise Refused("50102")
        if sent["ok-access-key"] not in {self.key, *self.others}:
            raise Refused("50111")
        if self.bound_to and record.remote not in self.bound_to:
            key = sent["ok-access-key"]
            raise Refused("50110", f"Your IP {record.remote} is not included in your API key's {key} IP whitelist.")
        if self.demo is not None and self.demo is not record.simulated:
            raise Refused("50101")
        message = f"{stamp}{record.method}{record.target}{record.raw_body}"
        digest = hmac.new(self.secret.encode(), message.encode(), hashlib.sha256).digest()
        if not hmac.compare_digest(base64.b64encode(digest).decode(), sent["ok-access-sign"]):
            raise Refused("50113")
        if sent["ok-access-passphrase"] != self.passphrase:
            raise Refused("50105")

    def _check_post(self, record: Record) -> None:
        if not record.raw_body:
            raise Refused("50000")
        if not isinstance(record.body, list if record.path.endswith(_LIST_PATHS) else dict):
            raise Refused("50002")
        if "trade" not in self.account.permissions.split(","):
            raise Refused("50120")
        deadline = record.headers.get("exptime")
        # Conditional orders know no such thing: one that comes late is taken.
        if deadline and not record.is_algo and int(deadline) < self.now() * 1000:
            raise Refused("50036")

    # -- orders ----------------------------------------------------------------------------------------------------

    def _place(self, record: Record, fault: Fault | None) -> Reply:
        bodies = record.bodies
        if not 0 < len(bodies) <= 20:
            raise Refused("51111")
        rows = []
        for body in bodies:
            try:
                rows.append(self._place_one(body, fault))
            except Refused as refused:
                rows.append(self._order_reply(body, refused))
        return _orders_reply(rows)

    def _place_one(self, body: Row, fault: Fault | None) -> Row:
        kind, options = ("", {}) if fault is None else (fault.kind, fault.options)
        share = Decimal(str(options["share"])) if kind == "partial_fill" else Decimal(1)
        order = self.account.place(body, share=share, live=kind == "fill_later")
        self._accepted.append(body)
        if kind == "fill_later" and "seconds" in options:

            def fill() -> None:
                self.account.fill_live(order_id=order.order_id)
                self._changed()

            self._timers.append(asyncio.get_running_loop().call_later(float(options["seconds"]), fill))
        return self._order_reply(body, None, order.order_id)

    def _order_reply(self, body: Row, refused: Refused | None, order_id: str = "") -> Row:
        return {
            "clOrdId": body.get("clOrdId") or "",
            "ordId": order_id,
            "sCode": "0" if refused is None else refused.code,
            "sMsg": "Order placed" if refused is None else refused.message,
            "subCode": "",
            "tag": body.get("tag") or "",
            "ts": str(self.account.now_ms()),
        }

    def _do_algo(self, record: Record) -> Reply:
        """Place, change or cancel conditional orders."""
        book = self.account.algo
        act = {"order-algo": book.place, "amend-algos": book.amend, "cancel-algos": book.cancel}
        rows = []
        if not 0 < len(record.bodies) <= 10:
            raise Refused("51111")
        for body in record.bodies:
            try:
                rows.append(algo.algo_reply(body, None, act[record.path.rpartition("/")[2]](body)))
            except Refused as refused:
                rows.append(algo.algo_reply(body, refused))
        return _orders_reply(rows, outer=self.outer_code or None)

    # -- the other endpoints ---------------------------------------------------------------------------------------

    def _build_routes(self) -> dict[tuple[str, str], Handler]:
        routes: dict[str, Handler] = {
            "GET /public/time": lambda _: [{"ts": str(int(self.now() * 1000))}],
            "GET /system/status": self._announced,
            "GET /public/instruments": lambda record: self._public(record, shown.instrument_rows(self.account)),
            "GET /public/mark-price": lambda record: self._public(record, shown.mark_rows(self.account)),
            "GET /public/funding-rate": self._funding,
            "GET /public/position-tiers": lambda record: shown.position_tier_rows(self.account, record.query),
            "GET /market/mark-price-candles": lambda record: past.candle_rows(self.account, record.query, self._now_ms()),
            "GET /market/history-mark-price-candles": lambda record: self._past(
                past.candle_rows(self.account, record.query, self._now_ms(), newest=None)
            ),
            "GET /market/history-candles": lambda record: self._past(
                past.trade_candle_rows(self.account, record.query, self._now_ms())
            ),
            "GET /public/funding-rate-history": lambda record: past.past_funding_rows(
                self.account, record.query, self._now_ms()
            ),
            "GET /account/bills": lambda record: past.bill_rows(self.account, record.query, self._now_ms(), days=7),
            "GET /account/bills-archive": lambda record: past.bill_rows(self.account, record.query, self._now_ms(), days=90),
            "GET /account/config": lambda _: [shown.config_row(self.account)],
            "GET /account/balance": lambda _: [shown.balance_row(self.account)],
            "GET /account/positions": self._positions,
            "GET /account/positions-history": lambda record: past.close_rows(self.account, record.query),
            "POST /account/position/margin-balance": self._move_margin,
            "POST /account/set-leverage": self._set_leverage,
            "GET /asset/currencies": lambda _: [_currency(name) for name in ("USDT", "USDC", "BTC")],
            "POST /trade/order": lambda _: [],
            "POST /trade/batch-orders": lambda _: [],
            "POST /trade/order-algo": lambda _: [],
            "POST /trade/amend-algos": lambda _: [],
            "POST /trade/cancel-algos": lambda _: [],
            "GET /trade/order": self._get_order,
            "GET /trade/orders-pending": self._orders_pending,
            "GET /trade/order-algo": lambda record: algo.order_of_name(self.account.algo, record.query),
            "GET /trade/orders-algo-pending": lambda record: algo.waiting_rows(
                self.account.algo, record.query, self.account.algo_orders
            ),
            "GET /trade/orders-algo-history": lambda record: algo.ended_rows(self.account.algo, record.query),
            "GET /trade/orders-history": lambda record: past.order_rows(self.account, record.query),
            "GET /trade/fills": lambda record: past.trade_rows(self.account, record.query),
            "GET /trade/fills-history": lambda record: past.trade_history_rows(self.account, record.query),
        }
        return {(name.split(" ")[0], "/api/v5" + name.split(" ")[1]): handler for name, handler in routes.items()}

    def _past(self, rows: list[list[str]]) -> list[list[str]]:
        return rows if self.unkind is None else past.unkindly(rows, self.unkind)

    def _now_ms(self) -> int:
        return int(self.now() * 1000)

    def _public(self, record: Record, rows: list[Row]) -> list[Row]:
        inst_type, inst_id = record.query.get("instType"), record.query.get("instId")
        if inst_type not in past.INST_TYPES:
            raise Refused("51000", "Parameter instType error")
        if inst_type != "SWAP":
            return []
        found = [row for row in rows if inst_id in (None, row["instId"])]
        if inst_id and not found:
            raise Refused("51001")
        return found

    def _funding(self, record: Record) -> list[Row]:
        if "instId" not in record.query:
            raise Refused("50014", "Parameter instId can not be empty.")
        instrument = self.account.instruments.get(record.query["instId"])
        if instrument is None or not instrument.listed:
            raise Refused("51001")
        return [shown.funding_row(instrument, self._now_ms())]

    def _announced(self, record: Record) -> list[Row]:
        """What has ended, or was taken back, comes only when it is asked for by name."""
        state = record.query.get("state")
        states = {state} if state else {"scheduled", "ongoing", "pre_open"}
        return [row for row in self.account.announced if row["state"] in states]

    def _positions(self, record: Record) -> list[Row]:
        inst_ids = record.query.get("instId", "")
        if inst_ids.count(",") >= 10:
            raise Refused("51000", "Parameter instId error")
        rows = shown.position_rows(self.account, record.query.get("instType", ""), inst_ids)
        ids = record.query.get("posId")
        return [row for row in rows if not ids or row.get("posId") in ids.split(",")]

    def _get_order(self, record: Record) -> list[Row]:
        asked = record.query
        if "instId" not in asked:
            raise Refused("51000", "Parameter instId error")
        order = self.account.find_order(asked["instId"], asked.get("ordId", ""), asked.get("clOrdId", ""))
        return [shown.order_row(self.account, order)]

    def _orders_pending(self, record: Record) -> list[Row]:
        orders = [order for order in self.account.known_orders() if order.state in {"live", "partially_filled"}]
        return _named(record, [shown.order_row(self.account, order) for order in orders])

    def _move_margin(self, record: Record) -> list[Row]:
        body = record.body
        kind, amount = body.get("type"), str(body.get("amt", ""))
        if kind not in {"add", "reduce"}:
            raise Refused("51000", "Parameter type error")
        if not re.fullmatch(r"\d+(\.\d+)?", amount):
            raise Refused("51000", "Parameter amt error")
        pos_side = str(body.get("posSide") or "net")
        leg = self.account.move_margin(str(body.get("instId")), pos_side, amount if kind == "add" else f"-{amount}")
        leverage = leg.instrument.worth(leg.contracts, leg.instrument.mark) / leg.margin
        row = {"amt": amount, "ccy": leg.instrument.settle, "instId": leg.instrument.inst_id}
        return [row | {"leverage": shown.text(round(leverage, 2)), "posSide": pos_side, "type": kind}]

    def _set_leverage(self, record: Record) -> list[Row]:
        body = record.body
        inst_id, lever, pos_side = str(body.get("instId")), str(body.get("lever", "")), str(body.get("posSide") or "")
        if inst_id not in self.account.instruments:
            raise Refused("51001")
        if not re.fullmatch(r"\d+(\.\d+)?", lever) or body.get("mgnMode") not in {"cross", "isolated"}:
            raise Refused("51000", "Parameter lever error")
        mode: MarginMode = "cross" if body["mgnMode"] == "cross" else "isolated"
        self.account.set_leverage(inst_id, mode, lever, pos_side)
        return [{"instId": inst_id, "lever": lever, "mgnMode": mode, "posSide": pos_side}]


def read_body(raw: str) -> Any:
    """Read a request's body; None when it is no JSON."""
    with contextlib.suppress(json.JSONDecodeError):
        return json.loads(raw) if raw else None
    return None


def without_unknown(headers: Mapping[str, str]) -> dict[str, str]:
    """Keep the headers that OKX looks at, under lower-case names."""
    kept = {*_KEPT_HEADERS, *_SIGNED_WITH}
    return {name.lower(): value for name, value in headers.items() if name.lower() in kept}


# -- replies -----------------------------------------------------------------------------------------------------------


def _json(reply: Reply) -> Answer:
    return Answer(reply.status, json.dumps(reply.payload))


async def _at_length(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Send an answer and what follows it, in pieces, for as long as somebody reads."""
    response = web.StreamResponse(status=answer.status)
    response.content_type = answer.content_type
    if answer.packed:
        response.enable_compression(web.ContentCoding.gzip)
    with contextlib.suppress(ConnectionError):
        await response.prepare(request)
        await response.write(answer.text.encode())
        for _ in range(answer.more):
            await response.write(b"x" * 2**20)
        await response.write_eof()
    return response


async def _released(fault: Fault, caller: Caller) -> bool:
    """Hang until the fault is over, or nobody waits any more; say whether somebody still waits."""
    over, gone = asyncio.ensure_future(fault.released.wait()), asyncio.ensure_future(caller.leaves())
    try:
        await asyncio.wait({over, gone}, return_when=asyncio.FIRST_COMPLETED)
        return not gone.done()
    finally:
        over.cancel()
        gone.cancel()


def _refusal(refused: Refused) -> Reply:
    status = _STATUS.get(refused.code, 401 if refused.code.startswith("501") else 200)
    return Reply(status, {"code": refused.code, "data": [], "msg": refused.message})


def _failure(refused: Refused) -> Answer:
    return _json(_refusal(refused))


def _orders_reply(rows: list[Row], *, outer: str | None = None) -> Reply:
    failed = sum(row["sCode"] != "0" for row in rows)
    code, message = ("0", "") if not failed else ("2", "Bulk operation partially succeeded.")
    if failed == len(rows):
        code, message = "1", "All operations failed"
    if failed and outer is not None:
        code = outer
    now = int(time.time() * 1_000_000)
    return Reply(200, {"code": code, "data": rows, "inTime": str(now), "msg": message, "outTime": str(now + 1024)})


def _named(record: Record, rows: list[Row]) -> list[Row]:
    """Keep the rows that fit every filter of the request that a row has a field for."""
    wanted = {name: record.query[name] for name in ("instType", "instId", "ordId", "posId") if name in record.query}
    return [row for row in rows if all(row.get(name, value) == value for name, value in wanted.items())]


def _currency(name: str) -> Row:
    return {
        "canDep": True,
        "canInternal": False,
        "canWd": True,
        "ccy": name,
        "chain": f"{name}-ERC20",
        "fee": "1",
        "mainNet": False,
        "maxFee": "1.6",
        "maxWd": "1000000",
        "minFee": "0.8",
        "minWd": "2",
        "name": name,
        "wdTickSz": "6",
    }


def _reshaped(payload: Row, fault: Fault) -> Row:
    """Spoil an honest reply."""
    rows, options = payload["data"], fault.options
    if fault.kind not in _RESHAPING or not isinstance(rows, list):
        return payload

    def chosen(row: Row) -> bool:
        return options.get("row", row.get("instId")) == row.get("instId") and (
            options.get("pos_side", row.get("posSide")) == row.get("posSide")
        )

    if fault.kind == "empty_list":
        rows = []
    elif fault.kind == "half_list":
        rows = rows[: len(rows) // 2]
    elif fault.kind == "missing_row":
        rows = [row for row in rows if not chosen(row)]
    elif fault.kind == "empty_row_field" or "field" in options:
        spoiled = {options["field"]: options.get("value", "")}
        rows = [row | spoiled if chosen(row) else row for row in rows]
    elif fault.kind == "wrong_types":
        rows = {"rows": rows}
    return payload | {"data": rows}


# -- for a person ------------------------------------------------------------------------------------------------------

# inst, side, contracts, entry, leverage, mode, amplitude of the wave, its period in seconds
_LIVELY = (
    ("STX-USDT-SWAP", "long", "120", "0.3", 10, "cross", 0.05, 90),
    ("CRV-USDT-SWAP", "long", "900", "0.4", 10, "cross", 0.04, 140),
    ("UNI-USDT-SWAP", "short", "40", "6", 10, "cross", 0.05, 110),
    ("UNI-USDT-SWAP", "long", "30", "6.1", 10, "cross", 0.05, 110),
    ("LINK-USDT-SWAP", "short", "12.5", "13", 10, "isolated", 0.06, 130),
    ("ETH-USDT-SWAP", "long", "0.4", "3000", 20, "isolated", 0.03, 160),
    ("BCH-USDT-SWAP", "short", "0.1", "600", 10, "cross", 0.04, 100),
    ("CRO-USDT-SWAP", "long", "4", "0.1", 10, "cross", 0.05, 120),
    ("BTC-USD-SWAP", "long", "1", "90000", 10, "cross", 0.03, 150),
)


def _furnish(account: Account) -> None:
    held: set[str] = set()
    for inst_id, side, contracts, entry, leverage, mode, _, _ in _LIVELY:
        if account.position_mode == "net_mode" and inst_id in held:
            continue
        held.add(inst_id)
        account.open_leg(
            inst_id,
            "long" if side == "long" else "short",
            contracts,
            entry,
            leverage=leverage,
            margin_mode="cross" if mode == "cross" else "isolated",
        )
    account.equity = Decimal(1000)


def _remember(account: Account, began: float, mark_at: Callable[[str, int], Decimal]) -> None:
    """Give the account legs that are over: of each coin one a day, for some hours."""
    for number, (inst_id, side, contracts, _, leverage, *_) in enumerate(_LIVELY * 2):
        opened = int(began * 1000) - (number + 2) * 11 * 3_600_000
        closed = opened + (number % 3 + 1) * 1_800_000 + 7_000
        if inst_id.endswith("-USDT-SWAP"):
            account.past_leg(
                inst_id,
                "long" if side == "long" else "short",
                contracts,
                mark_at(inst_id, opened),
                mark_at(inst_id, closed),
                leverage=leverage,
                opened_at_ms=opened,
                closed_at_ms=closed,
            )


async def _make_waves(account: Account) -> None:
    """Move every mark on a sine around its start, first in favour of the leg; fund every leg once a minute."""
    waves = {inst_id: (side, amplitude, period) for inst_id, side, *_, amplitude, period in _LIVELY}
    start = {inst_id: account.instruments[inst_id].mark for inst_id in waves}
    began = time.time()

    def mark_at(inst_id: str, at_ms: int) -> Decimal:
        side, amplitude, period = waves.get(inst_id, ("long", 0.01, 3600))
        swing = amplitude * math.sin((at_ms / 1000 - began) * 2 * math.pi / period)
        push = Decimal(str(round(swing if side == "long" else -swing, 6)))
        return round(start.get(inst_id, account.instruments[inst_id].mark) * (1 + push), 6)

    account.past = mark_at
    _remember(account, began, mark_at)
    funded = 0
    while True:
        minutes = int((time.time() - began) // 60)
        for inst_id in waves:
            account.set_mark(inst_id, mark_at(inst_id, int(time.time() * 1000)))
        if minutes > funded:
            funded = minutes
            for (inst_id, side, mode), leg in list(account.legs.items()):
                rate = Decimal("0.0001") * leg.instrument.worth(leg.contracts, leg.instrument.mark)
                account.fund_leg(inst_id, side, round(-rate if side == "long" else rate, 8), mode)
        await asyncio.sleep(0.25)


async def _run(port: int, *, lively: bool, net: bool) -> None:
    account = Account(position_mode="net_mode" if net else "long_short_mode")
    async with OkxServer(account, port=port) as server:

        async def tell(record: Record) -> None:
            if record.is_order:
                print(time.strftime("%H:%M:%S"), record.raw_body, flush=True)

        server.on_reply = tell
        print(
            f"{server.url} {server.ws_url}  key={server.key} secret={server.secret} passphrase={server.passphrase}", flush=True
        )
        if lively:
            _furnish(account)
            await _make_waves(account)
        await asyncio.Event().wait()


def main() -> None:
    """Run the server in the foreground until Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulation.exchange.server", description="an exchange to try things on"
    )
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--lively", action="store_true", help="a handful of legs, and marks that move")
    parser.add_argument("--net", action="store_true", help="net position mode instead of long/short")
    chosen = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(chosen.port, lively=chosen.lively, net=chosen.net))


if __name__ == "__main__":
    main()
