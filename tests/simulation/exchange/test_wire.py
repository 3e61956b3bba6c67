"""The wire without a socket fails exactly as the one with a socket: the same exceptions, with the same words."""

from __future__ import annotations

import re
import time
from typing import Any

import ccxt.async_support as ccxt
import pytest

from tests.fixtures.okx_engine import client_of
from tests.simulation.exchange.account import Account
from tests.simulation.exchange.server import OkxServer
from tests.simulation.exchange.wire import wired

FAULTS: list[tuple[str, dict[str, Any]]] = [
    ("none", {}),
    ("http_500", {}),
    ("http_502", {}),
    ("http_503", {}),
    ("http_504", {}),
    ("http_403", {}),
    ("http_404", {}),
    ("http_429", {}),
    ("html_200", {}),
    ("cut_json", {}),
    ("empty_list", {}),
    ("wrong_types", {}),
    ("json", {"body": {"code": "0", "msg": ""}}),
    ("json", {"body": {"x": 1}, "status": 502}),
    ("unauthorized", {}),
    ("drop", {}),
    ("drop", {"after_effect": True}),
    ("hang", {}),
    ("code", {"code": "50011"}),
    ("code", {"code": "50004"}),
    ("code", {"code": "51169"}),
    ("code", {"code": "51008", "outer": True}),
]
ORDER = {"instId": "CRV-USDT-SWAP", "tdMode": "cross", "side": "sell", "posSide": "long", "ordType": "market", "sz": "1"}


def milliseconds() -> int:
    return int(time.time() * 1000)


async def said(client: Any, method: str, url: str) -> str:
    """What a call gives or raises, without what differs between two servers."""
    call = client.privateGetAccountPositions if method == "GET" else client.privatePostTradeOrder
    try:
        reply = await call({} if method == "GET" else {**ORDER, "clOrdId": "tgtest1"})
    except ccxt.BaseError as exc:
        reply = f"{type(exc).__name__}: {exc}".replace(url, "")
    # Moments and numbers of orders differ from one run to the next.
    return re.sub(r"\d{9,}", "N", str(reply))


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(("kind", "options"), FAULTS, ids=[f"{kind} {options}" for kind, options in FAULTS])
async def test_both_wires_say_the_same(kind: str, options: dict[str, Any], method: str) -> None:
    heard = []
    for socket in (True, False):
        account = Account()
        account.open_leg("CRV-USDT-SWAP", "long", "100", "0.4")
        server = OkxServer(account)
        timeout = 0.3 if kind == "hang" else 5.0
        if socket:
            await server.start()
            client, url = client_of(server, timeout=timeout), server.url
        else:
            client, url = wired(server, milliseconds, timeout=timeout)[0], "http://okx.test"
        if kind != "none":
            server.fault("", kind, times=None, **options)
        words = await said(client, method, url)
        heard.append((words, len(account.orders), account.leg("CRV-USDT-SWAP", "long").contracts))
        await client.close()
        await server.stop()
    assert heard[0] == heard[1]


async def test_a_refused_connection_is_ccxts_own_error() -> None:
    server = OkxServer()
    client, wire = wired(server, milliseconds)
    wire.refusing = True
    assert (await said(client, "GET", "")).startswith("ExchangeNotAvailable")
    assert server.requests == []
    await client.close()
