"""The stream of the OKX stand-in: ``/ws/v5/public``, ``/private`` and ``/business``, less patient than the real one.

https://www.okx.com/docs-v5/en/#overview-websocket
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import itertools
import json
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Protocol

from aiohttp import WSMsgType, web

from tests.simulation.exchange import rows as shown
from tests.simulation.exchange.account import Account, Refused
from tests.simulation.exchange.resting.rows import algo_row
from tests.simulation.exchange.stream.changes import (
    account_state,
    algo_states,
    contracts,
    event_row,
    leverages,
    order_states,
    position_states,
    rows_of,
)
from tests.simulation.exchange.stream.peer import Ending, Frame, LastMark, Peer

KINDS = ("public", "private", "business")
CHANNELS = {
    "private": frozenset({"positions", "orders", "account", "balance_and_position"}),
    "business": frozenset({"orders-algo"}),
}
# Those that are of no kind of instruments.
OF_ALL_KINDS = frozenset({"account", "balance_and_position"})
# Seconds.
MARK_EVERY = 0.2
MARK_AT_LEAST = 10.0
IDLE = 30.0
POSITIONS_EVERY = 5.0
LOGIN_WINDOW = 30.0
HOUR = 3600.0
MOST_CONNECTS = 3
MOST_REQUESTS = 480
LOOKS_EVERY = 0.01
MESSAGES = {
    "60004": "Invalid timestamp",
    "60005": "Invalid OK_ACCESS_KEY",
    "60006": "Timestamp request expired",
    "60007": "Invalid sign",
    "60009": "Login failed.",
    "60011": "Please log in",
    "60014": "Requests too frequent",
    "60024": "Wrong passphrase",
    "63999": "Login failed due to internal error. Please try again later.",
}


class House(Protocol):
    """What the stream needs to know of its exchange."""

    key: str
    secret: str
    passphrase: str
    others: dict[str, Account]

    @property
    def account(self) -> Account:
        """The first account."""

    def now(self) -> float:
        """Seconds since 1970 by the exchange's clock."""


class StreamServer:
    """Pushes what happens to the accounts of an exchange. Public attributes may be changed by a test at any time.

    ``clock``: monotonic seconds, by which it paces its pushes and its patience. ``refuses_with``: an HTTP status for whoever
    connects. ``login_code``: a code that every login is refused with. ``mutes_new``: new connections are taken and never
    answered. ``rejects_batches``: one argument that makes no sense spoils those beside it, as ``one error for all``.
    ``too_many``: a channel whose subscription is taken back after it was acknowledged. ``page``: rows of a page of positions.
    ``marks_late_ms``: how old the price's own time is. ``acknowledges``: False leaves subscriptions without an answer.
    ``looks_every``: seconds between two looks at what is due. ``hides_positions``: their channel is behind,
    and brings nothing.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self.clock: Callable[[], float] = time.monotonic
        self.refuses_with: int | None = None
        self.login_code = ""
        self.mutes_new = False
        self.rejects_batches = False
        self.acknowledges = True
        self.too_many = ""
        self.page = 100
        self.marks_late_ms = 0
        self.limits = True
        self.looks_every = LOOKS_EVERY
        self.hides_positions = False
        self.peers: list[Peer] = []
        # Every connection there ever was, and when somebody tried to connect, whether or not it was let in.
        self.past: list[Peer] = []
        self.tries: list[float] = []
        self.turned_away = 0
        self._connects: dict[str, deque[float]] = {}
        self._numbers: Iterator[int] = itertools.count(1)
        self._watching: asyncio.Task[None] | None = None

    # -- for tests -------------------------------------------------------------------------------------------------

    def of(self, kind: str) -> list[Peer]:
        """Give the open connections of one kind."""
        return [peer for peer in self.peers if peer.kind == kind]

    def cut(self, kind: str = "", *, code: int | None = None, before: bytes = b"") -> int:
        """End the connections of a kind (of all), and say how many."""
        ended = [peer for peer in self.peers if kind in ("", peer.kind)]
        for peer in ended:
            peer.end(code, before)
        return len(ended)

    def rubbish(self, kind: str, data: bytes) -> None:
        """Let bytes leave that are no frame, on connections that stay open."""
        for peer in self.of(kind):
            peer.write(data)

    def mute(self, kind: str = "") -> None:
        """Let connections stay open, and nothing more come of them."""
        for peer in self.peers:
            peer.muted = peer.muted or kind in ("", peer.kind)

    def say(self, kind: str, frame: Frame | str | bytes) -> None:
        """Push a frame of the test's own to every connection of a kind."""
        for peer in self.of(kind):
            peer.say(frame)

    def announce_upgrade(self, kind: str) -> None:
        """Say that the connection will be closed for an upgrade of the service."""
        words = "The connection will soon be closed for a service upgrade. Please reconnect."
        for peer in self.of(kind):
            peer.say({"event": "notice", "code": "64008", "msg": words, "connId": peer.connection_id})

    def push_mark(self, inst_id: str, price: str, *, at_ms: int | None = None) -> None:
        """Push a mark price to its subscribers at once, without pacing, whatever the account says."""
        for peer in self.of("public"):
            if inst_id in peer.marks:
                peer.say(self.mark_frame(inst_id, price, at_ms))

    def mark_frame(self, inst_id: str, price: str, at_ms: int | None = None) -> Frame:
        """Give the frame of a mark price."""
        at = self._now_ms() - self.marks_late_ms if at_ms is None else at_ms
        row = {"instType": "SWAP", "instId": inst_id, "markPx": price, "ts": str(at)}
        return {"arg": {"channel": "mark-price", "instId": inst_id}, "data": [row]}

    # -- connections -----------------------------------------------------------------------------------------------

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Take a connection over HTTP, and keep it until it ends."""
        kind = request.path.rpartition("/")[2]
        remote = request.remote or ""
        if (status := self.turns_away(kind, remote)) is not None:
            return web.Response(status=status, text="<html>no</html>")
        socket = web.WebSocketResponse(timeout=0.1)
        await socket.prepare(request)
        peer = self.open(kind, remote)
        peer.abort = lambda: request.transport.abort() if request.transport is not None else None
        peer.write = lambda data: request.transport.write(data) if request.transport is not None else None
        writing = asyncio.create_task(self._write(socket, request, peer))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self.hear(peer, message.data)
        finally:
            self.gone(peer)
            writing.cancel()
            await asyncio.wait({writing})
        return socket

    async def _write(self, socket: web.WebSocketResponse, request: web.Request, peer: Peer) -> None:
        with contextlib.suppress(ConnectionError):
            while True:
                frame = await peer.outbox.get()
                if isinstance(frame, Ending):
                    if frame.before and request.transport is not None:
                        request.transport.write(frame.before)
                        # Bytes that still wait when it is cut would never leave.
                        await asyncio.sleep(0)
                    if frame.code is None:
                        peer.abort()
                    else:
                        await socket.close(code=frame.code)
                    return
                await (socket.send_bytes(frame) if isinstance(frame, bytes) else socket.send_str(frame))

    def turns_away(self, kind: str, remote: str) -> int | None:
        """Return the HTTP status that a connection is turned away with, or None where it is let in."""
        now = self.clock()
        self.tries.append(now)
        if self.refuses_with is not None:
            return self.refuses_with
        if kind not in KINDS:
            return 404
        lately = self._connects.setdefault(remote, deque())
        while lately and not now - 1 < lately[0] <= now:
            lately.popleft()
        if self.limits and len(lately) >= MOST_CONNECTS:
            self.turned_away += 1
            return 429
        lately.append(now)
        return None

    def open(self, kind: str, remote: str = "") -> Peer:
        """Take a connection."""
        now = self.clock()
        peer = Peer(kind, remote, f"conn{next(self._numbers):04x}", now, now, now, muted=self.mutes_new)
        self.peers.append(peer)
        self.past.append(peer)
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._watch())
        return peer

    def gone(self, peer: Peer) -> None:
        """Forget a connection that has ended."""
        peer.is_open = False
        if peer in self.peers:
            self.peers.remove(peer)

    async def stop(self) -> None:
        """Cut every connection."""
        for peer in list(self.peers):
            peer.abort()
            self.gone(peer)
        watching, self._watching = self._watching, None
        if watching is not None:
            watching.cancel()
            await asyncio.wait({watching})

    async def _watch(self) -> None:
        while self.peers:
            self.look()
            await asyncio.sleep(self.looks_every)

    # -- what a client sends ---------------------------------------------------------------------------------------

    def hear(self, peer: Peer, text: str) -> None:
        """Take what a client has sent."""
        if text == "ping":
            peer.pings += 1
        if peer.muted:
            return
        peer.heard_at = self.clock()
        if text == "ping":
            peer.say("pong")
            peer.pushed_at = peer.heard_at
            return
        try:
            frame = json.loads(text)
            operation, arguments = frame["op"], frame["args"]
        except (json.JSONDecodeError, KeyError, TypeError):
            # As OKX does: whatever was sent comes back in the message.
            peer.refuse("60012", f"Invalid request: {text}")
            return
        peer.frames.append(frame)
        if operation not in ("login", "subscribe", "unsubscribe"):
            peer.refuse("60012", f"Invalid request: {text}")
            return
        if self._is_too_often(peer):
            peer.refuse("60014", MESSAGES["60014"])
            return
        if operation == "login":
            self._log_in(peer, arguments)
        elif operation == "subscribe":
            self._subscribe(peer, arguments)
        else:
            self._unsubscribe(peer, arguments)

    def _is_too_often(self, peer: Peer) -> bool:
        now = self.clock()
        while peer.requests and peer.requests[0] <= now - HOUR:
            peer.requests.popleft()
        peer.requests.append(now)
        return self.limits and len(peer.requests) > MOST_REQUESTS

    def _log_in(self, peer: Peer, arguments: list[Frame]) -> None:
        try:
            peer.account = self._account_of(arguments[0])
        except Refused as refused:
            peer.refuse(refused.code, MESSAGES.get(refused.code, "Login failed."))
            peer.end(4001)
            return
        peer.say({"event": "login", "code": "0", "msg": "", "connId": peer.connection_id})

    def _account_of(self, said: Frame) -> Account:
        if self.login_code:
            raise Refused(self.login_code)
        house, stamp = self._house, str(said.get("timestamp", ""))
        if said.get("apiKey") not in {house.key, *house.others}:
            raise Refused("60005")
        if not stamp.replace(".", "", 1).isdecimal():
            raise Refused("60004")
        if abs(house.now() - float(stamp)) > LOGIN_WINDOW:
            raise Refused("60006")
        digest = hmac.new(house.secret.encode(), f"{stamp}GET/users/self/verify".encode(), hashlib.sha256).digest()
        if not hmac.compare_digest(base64.b64encode(digest).decode(), str(said.get("sign", ""))):
            raise Refused("60007")
        if said.get("passphrase") != house.passphrase:
            raise Refused("60024")
        return house.others.get(str(said["apiKey"]), house.account)

    def _subscribe(self, peer: Peer, arguments: list[Frame]) -> None:
        wrong = [said for argument in arguments if (said := self._wrong(peer, argument))]
        if wrong and self.rejects_batches:
            peer.refuse(*wrong[0])
            return
        for argument in arguments:
            if said := self._wrong(peer, argument):
                peer.refuse(*said)
                continue
            if self.acknowledges:
                peer.say({"event": "subscribe", "arg": argument, "connId": peer.connection_id})
            channel = str(argument["channel"])
            if channel == self.too_many:
                count = {"channel": channel, "connCount": "30", "connId": peer.connection_id}
                peer.say({"event": "channel-conn-count-error", **count})
                continue
            if channel == "mark-price":
                peer.marks[str(argument["instId"])] = LastMark()
            else:
                peer.channels[channel] = argument
                self._begin(peer, channel)

    def _wrong(self, peer: Peer, argument: Frame) -> tuple[str, str] | None:
        """Return the code and the words that a subscription is refused with."""
        channel, inst_id = str(argument.get("channel")), argument.get("instId")
        named = f"channel:{channel}" + (f",instId:{inst_id}" if inst_id else "")
        unknown = ("60018", f"Wrong URL or {named} doesn't exist. Please use the correct URL, channel and parameters.")
        if peer.kind == "public":
            instrument = self._house.account.instruments.get(str(inst_id))
            return None if channel == "mark-price" and instrument is not None and instrument.listed else unknown
        if channel not in CHANNELS[peer.kind]:
            return unknown
        if peer.account is None:
            return "60011", MESSAGES["60011"]
        if channel not in OF_ALL_KINDS and argument.get("instType") not in ("SWAP", "ANY"):
            return "60013", f"Invalid args: {json.dumps(argument)}"
        return None

    def _unsubscribe(self, peer: Peer, arguments: list[Frame]) -> None:
        for argument in arguments:
            if argument.get("channel") == "mark-price":
                peer.marks.pop(str(argument.get("instId")), None)
            else:
                peer.channels.pop(str(argument.get("channel")), None)
            peer.say({"event": "unsubscribe", "arg": argument, "connId": peer.connection_id})

    # -- what is pushed --------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Push what is due, and drop whoever has been idle for too long."""
        now = self.clock()
        for peer in list(self.peers):
            if not peer.is_open:
                continue
            for inst_id, last in peer.marks.items():
                self._push_mark(peer, inst_id, last, now)
            if peer.account is not None:
                self._push_changes(peer, peer.account, now)
            if now - max(peer.heard_at, peer.pushed_at) >= IDLE:
                peer.end(4004)

    def _push_mark(self, peer: Peer, inst_id: str, last: LastMark, now: float) -> None:
        price = self._house.account.instruments[inst_id].mark
        waited = now - last.at
        if last.price is None or (price != last.price and waited >= MARK_EVERY) or waited >= MARK_AT_LEAST:
            last.price, last.at = price, now
            peer.pushed_at = now
            peer.say(self.mark_frame(inst_id, shown.text(price)))

    def _begin(self, peer: Peer, channel: str) -> None:
        """Push a channel's first rows: orders have none, of neither kind."""
        assert peer.account is not None
        now = self.clock()
        peer.pushed[channel] = now
        if channel == "positions":
            peer.seen[channel] = position_states(peer.account)
            self._push_positions(peer, shown.position_rows(peer.account, "SWAP"), "snapshot", now)
        elif channel == "account":
            peer.seen[channel] = account_state(peer.account)
            self._push(peer, channel, [shown.balance_row(peer.account)], now, eventType="snapshot")
        elif channel == "balance_and_position":
            peer.seen[channel] = contracts(peer.account), leverages(peer.account)
            self._push(peer, channel, [event_row(peer.account, "snapshot", contracts(peer.account), self._now_ms())], now)
        elif channel == "orders-algo":
            peer.seen[channel] = algo_states(peer.account)
        else:
            peer.seen[channel] = order_states(peer.account)

    def _push_changes(self, peer: Peer, account: Account, now: float) -> None:
        for channel in tuple(peer.channels):
            before = peer.seen[channel]
            if channel == "positions":
                after = peer.seen[channel] = position_states(account)
                changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
                if changed and not self.hides_positions:
                    self._push_positions(peer, rows_of(account, changed), "event_update", now)
                elif self._is_due(peer, channel, now):
                    self._push_positions(peer, shown.position_rows(account, "SWAP"), "snapshot", now)
            elif channel == "balance_and_position":
                (held, levers), peer.seen[channel] = before, (contracts(account), leverages(account))
                now_held, now_levers = peer.seen[channel]
                filled = {name for name in held.keys() | now_held.keys() if held.get(name) != now_held.get(name)}
                levered = {name for name in levers.keys() & now_levers.keys() if levers[name] != now_levers[name]}
                for event, changed in (("filled", filled), ("set_leverage", levered)):
                    if changed:
                        self._push(peer, channel, [event_row(account, event, changed, self._now_ms())], now)
            elif channel == "account":
                peer.seen[channel] = account_state(account)
                if before != peer.seen[channel] or self._is_due(peer, channel, now):
                    self._push(peer, channel, [shown.balance_row(account)], now, eventType="event_update")
            elif channel == "orders-algo":
                after = peer.seen[channel] = algo_states(account)
                for algo in account.algo.orders:
                    if before.get(algo.algo_id) != after[algo.algo_id]:
                        self._push(peer, channel, [algo_row(account.algo, algo)], now)
            else:
                states = peer.seen[channel] = order_states(account)
                rows = [
                    shown.order_row(account, order)
                    for order in account.orders
                    if before.get(order.order_id) != states[order.order_id]
                ]
                for row in rows:
                    self._push(peer, channel, [row], now)

    def _is_due(self, peer: Peer, channel: str, now: float) -> bool:
        """Whether a channel's rows come again though nothing has happened: not, where its interval is 0."""
        extra = peer.channels[channel].get("extraParams")
        interval = str(json.loads(extra).get("updateInterval", "")) if extra else ""
        every = 0.0 if interval == "0" else int(interval) / 1000 if interval in ("2000", "3000", "4000") else POSITIONS_EVERY
        return bool(every) and now - peer.pushed[channel] >= every

    def _push_positions(self, peer: Peer, rows: list[Frame], event: str, now: float) -> None:
        timed = [row | {"pTime": str(self._now_ms())} for row in rows]
        if event != "snapshot":
            self._push(peer, "positions", timed, now, eventType=event)
            return
        pages = [timed[first : first + self.page] for first in range(0, len(timed), self.page)] or [[]]
        for number, page in enumerate(pages, 1):
            more = {"curPage": number, "lastPage": number == len(pages)}
            self._push(peer, "positions", page, now, eventType=event, **more)

    def _push(self, peer: Peer, channel: str, rows: list[Frame], now: float, **more: object) -> None:
        assert peer.account is not None
        argument = {"channel": channel, "uid": peer.account.uid}
        if channel not in OF_ALL_KINDS:
            argument["instType"] = "SWAP"
        peer.pushed[channel] = peer.pushed_at = now
        peer.say({"arg": argument, **more, "data": rows})

    def _now_ms(self) -> int:
        return int(self._house.now() * 1000)


def half_of(text: str) -> bytes:
    """Give a WebSocket text frame that ends in its middle."""
    body = text.encode()
    assert len(body) < 2**16
    head = bytes([0x81, len(body)]) if len(body) < 126 else bytes([0x81, 126]) + len(body).to_bytes(2, "big")
    return head + body[: len(body) // 2]
