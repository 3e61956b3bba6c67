"""The stand-in's stream, kept honest by another client of OKX's and by what OKX documents."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import ccxt.pro
import pytest

from tests.fixtures.waiting import until
from tests.simulation.exchange.server import OkxServer
from tests.simulation.exchange.stream.server import IDLE, MARK_AT_LEAST, MARK_EVERY

STX, CRV = "STX-USDT-SWAP", "CRV-USDT-SWAP"


class Now:
    """A clock for the stream that the test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
async def server() -> AsyncIterator[OkxServer]:
    async with OkxServer() as running:
        running.account.open_leg(STX, "long", "20", "0.3")
        running.stream.clock = Now()
        yield running


class Client:
    """A bare client: what it sends is what the test says."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def ask(self, operation: str, *arguments: dict[str, Any]) -> None:
        await self.socket.send_str(json.dumps({"op": operation, "args": arguments}))

    async def login(self, server: OkxServer, **spoiled: str) -> dict[str, Any]:
        stamp = spoiled.get("timestamp", str(int(server.now())))
        digest = hmac.new(b"secret", f"{stamp}GET/users/self/verify".encode(), hashlib.sha256).digest()
        said = {"apiKey": "key", "passphrase": "pass", "timestamp": stamp, "sign": base64.b64encode(digest).decode()}
        await self.ask("login", said | spoiled)
        return await self.read()

    async def read(self) -> dict[str, Any]:
        async with asyncio.timeout(30):
            frame = await self.socket.receive_json()
        assert isinstance(frame, dict)
        return frame


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as one:
        yield one


async def connected(session: aiohttp.ClientSession, server: OkxServer, kind: str) -> Client:
    return Client(await session.ws_connect(f"{server.ws_url}/{kind}"))


def at(server: OkxServer, seconds: float) -> None:
    """Let the stream's time pass."""
    clock = server.stream.clock
    assert isinstance(clock, Now)
    clock.seconds += seconds
    server.stream.look()


async def test_ccxt_reads_positions_orders_and_prices_from_it() -> None:
    async with OkxServer() as server:
        server.account.open_leg(STX, "long", "20", "0.3")
        rest, streams = {"rest": server.url}, {"ws": server.ws_url}
        client = ccxt.pro.okx(
            {
                "apiKey": "key",
                "secret": "secret",
                "password": "pass",
                "options": {"defaultType": "swap", "fetchMarkets": {"types": ["swap"]}},
                "urls": {"api": rest | streams, "test": rest | streams},
            }
        )
        try:
            async with asyncio.timeout(60):
                (position,) = await client.watch_positions(None, None, None, {"instType": "SWAP"})
                # ccxt changes what it has given when more comes.
                held = position["contracts"], position["side"], position["entryPrice"]
                price = await client.watch_mark_price("STX/USDT:USDT")
                heard = asyncio.create_task(client.watch_orders(None, None, None, {"instType": "SWAP"}))
                await until(lambda: any("orders" in peer.channels for peer in server.stream.of("private")))
                await client.create_order("STX/USDT:USDT", "market", "sell", 5, None, {"hedged": True, "reduceOnly": True})
                orders = await heard
        finally:
            await client.close()
    assert held == (20, "long", 0.3)
    assert price["markPrice"] == 0.3
    assert [(order["filled"], order["status"]) for order in orders] == [(5, "closed")]


async def test_a_mark_comes_at_once_every_fifth_of_a_second_when_changed_and_every_ten_seconds_when_not(
    server: OkxServer, session: aiohttp.ClientSession
) -> None:
    client = await connected(session, server, "public")
    await client.ask("subscribe", {"channel": "mark-price", "instId": STX})
    assert (await client.read())["event"] == "subscribe"
    assert (await client.read())["data"][0]["markPx"] == "0.3"
    server.account.set_mark(STX, "0.31")
    at(server, MARK_EVERY - 0.05)
    server.account.set_mark(STX, "0.32")
    at(server, 0.06)
    frame = await client.read()
    assert frame["arg"] == {"channel": "mark-price", "instId": STX}
    assert frame["data"][0].keys() == {"instType", "instId", "markPx", "ts"}
    assert frame["data"][0]["markPx"] == "0.32"
    at(server, MARK_AT_LEAST - 0.1)
    server.stream.say("public", "pong")
    async with asyncio.timeout(30):
        assert await client.socket.receive_str() == "pong"
    at(server, 0.2)
    assert (await client.read())["data"][0]["markPx"] == "0.32"


@pytest.mark.parametrize(
    ("spoiled", "code"),
    [
        ({"apiKey": "other"}, "60005"),
        ({"apiKey": ""}, "60005"),
        ({"timestamp": "soon"}, "60004"),
        ({"timestamp": "1500000000"}, "60006"),
        ({"sign": "x"}, "60007"),
        ({"passphrase": "x"}, "60024"),
    ],
)
async def test_a_login_is_checked_and_a_wrong_one_ends_the_connection(
    server: OkxServer, session: aiohttp.ClientSession, spoiled: dict[str, str], code: str
) -> None:
    client = await connected(session, server, "private")
    assert (await client.login(server, **spoiled))["code"] == code
    message = await client.socket.receive()
    assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 4001)


async def test_private_channels_need_a_login_and_their_own_address(server: OkxServer, session: aiohttp.ClientSession) -> None:
    private = await connected(session, server, "private")
    await private.ask("subscribe", {"channel": "positions", "instType": "SWAP"})
    assert (await private.read())["code"] == "60011"
    assert (await private.login(server))["event"] == "login"
    await private.ask("subscribe", {"channel": "positions", "instType": "SOMETHING"})
    assert (await private.read())["code"] == "60013"
    await private.ask("subscribe", {"channel": "mark-price", "instId": STX})
    assert (await private.read())["code"] == "60018"
    public = await connected(session, server, "public")
    await public.ask("subscribe", {"channel": "positions", "instType": "SWAP"}, {"channel": "mark-price", "instId": "NO-SWAP"})
    assert [(await public.read())["code"] for _ in range(2)] == ["60018", "60018"]
    await public.socket.send_str("what")
    refused = await public.read()
    assert (refused["code"], refused["msg"]) == ("60012", "Invalid request: what")


@pytest.mark.parametrize(("interval", "comes"), [("0", False), ("2000", True), (None, True)])
async def test_positions_come_again_by_themselves_unless_only_events_are_wanted(
    server: OkxServer, session: aiohttp.ClientSession, interval: str | None, comes: bool
) -> None:
    client = await connected(session, server, "private")
    await client.login(server)
    extra = {} if interval is None else {"extraParams": json.dumps({"updateInterval": interval})}
    await client.ask("subscribe", {"channel": "positions", "instType": "SWAP", **extra})
    assert (await client.read())["event"] == "subscribe"
    first = await client.read()
    assert (first["eventType"], first["curPage"], first["lastPage"]) == ("snapshot", 1, True)
    at(server, 2.1 if interval == "2000" else 5.1)
    if comes:
        assert (await client.read())["eventType"] == "snapshot"
    server.account.close_leg(STX, "long")
    at(server, 0.1)
    last = await client.read()
    assert (last["eventType"], last["data"][0]["pos"], last["data"][0]["avgPx"]) == ("event_update", "0", "")


async def test_whoever_is_idle_for_half_a_minute_is_dropped_and_a_ping_counts(
    server: OkxServer, session: aiohttp.ClientSession
) -> None:
    client = await connected(session, server, "private")
    at(server, IDLE - 1)
    await client.socket.send_str("ping")
    async with asyncio.timeout(30):
        assert await client.socket.receive_str() == "pong"
    at(server, IDLE - 1)
    assert len(server.stream.peers) == 1
    at(server, 1)
    message = await client.socket.receive()
    assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 4004)


async def test_a_fourth_connection_in_a_second_is_turned_away(server: OkxServer, session: aiohttp.ClientSession) -> None:
    for _ in range(3):
        await connected(session, server, "public")
    with pytest.raises(aiohttp.WSServerHandshakeError, match="429"):
        await connected(session, server, "public")
    at(server, 1)
    await connected(session, server, "public")
    assert server.stream.turned_away == 1


async def test_an_hour_has_room_for_480_requests(server: OkxServer, session: aiohttp.ClientSession) -> None:
    client = await connected(session, server, "public")
    argument = {"channel": "mark-price", "instId": "NO-SWAP"}
    for _ in range(480):
        await client.ask("unsubscribe", argument)
        assert (await client.read())["event"] == "unsubscribe"
    await client.ask("unsubscribe", argument)
    assert (await client.read())["code"] == "60014"
