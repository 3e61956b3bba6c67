"""OKX by a proxy: what was sent and what was not, long replies, and what the sentence says."""

from __future__ import annotations

import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from tests.fixtures.local_web import served
from tests.fixtures.okx_engine import KEYS, QuickClock, intent_for, on_one_clock
from tests.fixtures.proxies import HttpProxy, Proxy, SocksProxy
from tests.fixtures.sentences import raises, told
from tests.simulation.exchange.server import OkxServer
from tgtp.adapters.okx.detour import Detour
from tgtp.adapters.okx.exchange import Okx, okx_client
from tgtp.adapters.okx.pace import RequestCounter
from tgtp.adapters.okx.public import OkxPublic
from tgtp.engine.ports import RequestCount
from tgtp.errors import AccessRefused, ExchangeProblem, NotSent, OutcomeUnknown, TemporarilyDown
from tgtp.settings.network import Network
from tgtp.settings.proxies import Way

STX = "STX-USDT-SWAP"
POSITIONS, ORDER = "/account/positions", "POST /trade/order"


@pytest.fixture
async def server() -> AsyncIterator[OkxServer]:
    async with OkxServer() as running:
        running.account.open_leg(STX, "long", "10", "0.3")
        yield running


@asynccontextmanager
async def okx_by(
    server: OkxServer, address: str = "", *, url: str = "", timeout: float = 3.0, clock: QuickClock | None = None
) -> AsyncIterator[Okx]:
    clock = clock or QuickClock()
    network = Network(okx=Way(address, "ALL_PROXY" if address else ""))
    client = okx_client(url=url or server.url, ws_url="", demo=False, keys=KEYS, timeout=timeout, network=network)
    client.timeout_on_exit = 0
    client.ssl_context = False
    on_one_clock(clock, client, server.account)
    okx = Okx(client, clock, OkxPublic(client, clock), Detour(network, server.url, clock.monotonic))
    try:
        yield okx
    finally:
        await okx.close()


@pytest.mark.parametrize("proxy", [HttpProxy(user="ann", password="p@ss:word"), SocksProxy(user="ann", password="p@ss:word")])
async def test_reads_and_orders_pass_and_the_proxy_resolves_the_name(server: OkxServer, proxy: Proxy) -> None:
    proxy.names = {"okx.test": server.port}
    async with proxy:
        address = f"{proxy.scheme}://ann:p%40ss%3Aword@127.0.0.1:{proxy.port}"
        async with okx_by(server, address, url="http://okx.test") as okx:
            (leg,) = (await okx.snapshot()).legs
            await okx.submit(intent_for(leg, "3"))
        assert {host for host, _ in proxy.asked} == {"okx.test"}
        assert [fill.contracts for fill in server.account.fills] == [3]


@pytest.mark.parametrize("kind", [HttpProxy, SocksProxy])
@pytest.mark.parametrize("trouble", ["dead", "hangs up", "turns away", "reaches nothing"])
async def test_through_a_proxy_that_fails_nothing_is_taken_for_sent_or_for_gone(
    server: OkxServer, kind: type[Proxy], trouble: str
) -> None:
    async with okx_by(server) as direct:
        (leg,) = (await direct.snapshot()).legs
    proxy = kind(user="ann", password="right")
    # As to OKX itself: an HTTP proxy is asked for a tunnel.
    url = server.url.replace("http:", "https:") if kind is HttpProxy else server.url
    async with proxy:
        if trouble == "reaches nothing":
            await server.stop()
        proxy.hangs_up = trouble == "hangs up"
        word = "wrong" if trouble == "turns away" else "right"
        address = f"{proxy.scheme}://ann:{word}@127.0.0.1:{proxy.port}"
        if trouble == "dead":
            await proxy.stop()
        async with okx_by(server, address, url=url) as okx:
            with pytest.raises(TemporarilyDown) as down:
                await okx.snapshot()
            with pytest.raises(ExchangeProblem) as caught:
                await okx.submit(intent_for(leg, "3"))
        # A proxy that hangs up says nothing of what it has passed on.
        unclear = trouble == "hangs up" or (trouble == "reaches nothing" and kind is HttpProxy)
        assert type(caught.value) is (OutcomeUnknown if unclear else NotSent)
        assert server.account.orders == []
        assert f"through the proxy {proxy.address} (ALL_PROXY)" in told(down.value)
        assert ("OKX_PROXY_URL=direct" in told(down.value)) is (trouble != "reaches nothing")
        assert "right" not in str(down.value)


@pytest.mark.parametrize(
    ("code", "said", "in_chinese"),
    [
        (407, "the proxy refuses its user name and password (407), through the proxy", "代理拒绝了用户名和密码（407）（经由"),
        (502, "the proxy does not connect to OKX, it answers 502, through the proxy", "代理未连接 OKX，返回 502（经由"),
    ],
)
async def test_a_proxy_that_refuses_is_not_taken_for_okx(server: OkxServer, code: int, said: str, in_chinese: str) -> None:
    """It was said that OKX's answer made no sense, of a wrong password of the proxy's."""
    async with HttpProxy() as proxy, okx_by(server, proxy.address, url="https://okx.test") as okx:
        proxy.refuses = code
        with pytest.raises(TemporarilyDown) as down:
            await okx.profile()
    assert told(down.value).startswith(said)
    assert told(down.value, "zh").startswith(in_chinese)


async def test_a_key_that_is_bound_elsewhere_names_the_address_and_the_line(server: OkxServer) -> None:
    server.bound_to = frozenset({"127.0.0.1"})
    async with HttpProxy() as proxy, okx_by(server, proxy.address) as okx:
        for read in (okx.profile, okx.snapshot):
            with pytest.raises(AccessRefused) as refused:
                await read()
            said = told(refused.value)
            assert said.startswith(
                "OKX says 50110: the address 127.0.0.2 is not on the list of this API key, through the proxy"
            )
            assert said.endswith("write OKX_PROXY_URL=direct into .env and start me again")
            assert len(said) < 300
        assert told(refused.value, "zh").startswith(
            "OKX 返回 50110：IP 127.0.0.2 不在该 API 密钥的白名单中（经由 ALL_PROXY 的代理 http://"
        )
        assert "OKX_PROXY_URL=direct" in told(refused.value, "zh")


async def test_the_direct_way_is_tried_once_in_a_while(server: OkxServer) -> None:
    clock = QuickClock()
    async with HttpProxy() as proxy, okx_by(server, proxy.address, clock=clock) as okx:
        proxy.refuses = 403
        for tried in (1, 1, 1, 2):
            if tried == 2:
                clock.ahead += 301
            with pytest.raises(TemporarilyDown):
                await okx.snapshot()
            assert len(server.requests) == tried
        proxy.refuses = 0
        assert (await okx.snapshot()).legs


@pytest.mark.parametrize("kind", ["code", "huge"])
async def test_what_is_not_the_proxy_s_fault_does_not_name_it(server: OkxServer, kind: str) -> None:
    options: dict[str, Any] = {"code": "50001", "message": "maintenance"} if kind == "code" else {}
    server.fault(POSITIONS, kind, times=None, **options)
    async with HttpProxy() as proxy, okx_by(server, proxy.address) as okx:
        with pytest.raises(TemporarilyDown) as down:
            await okx.snapshot()
        assert "proxy" not in told(down.value)


@pytest.mark.parametrize("packed", [False, True], ids=["as it is", "packed"])
@pytest.mark.parametrize(("path", "megabytes"), [(POSITIONS, 16), ("/account/config", 4), ("/public/instruments", 4)])
async def test_a_reply_of_100_mb_is_not_read(server: OkxServer, path: str, megabytes: int, packed: bool) -> None:
    async with okx_by(server, timeout=30) as okx:
        if path != "/public/instruments":
            await okx.snapshot()
        server.fault(path, "huge", times=None, packed=packed)
        tracemalloc.start()
        try:
            with pytest.raises(TemporarilyDown) as down:
                await (okx.profile() if path == "/account/config" else okx.snapshot())
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert told(down.value) == f"OKX's reply was longer than {megabytes} MB, and was not read"
        assert peak < (2 * megabytes + 8) * 2**20
        server.clear_faults()
        assert (await okx.snapshot()).legs


async def test_an_order_whose_reply_is_too_long_may_have_happened(server: OkxServer) -> None:
    async with okx_by(server, timeout=30) as okx:
        (leg,) = (await okx.snapshot()).legs
        server.fault(ORDER, "huge", after_effect=True)
        with pytest.raises(OutcomeUnknown):
            await okx.submit(intent_for(leg, "3"))
        assert len(server.account.orders) == 1


@pytest.mark.parametrize("code", [300, 301, 302, 303, 307, 308])
async def test_key_and_orders_follow_no_reply_to_another_address(server: OkxServer, code: int) -> None:
    """aiohttp follows by itself: passphrase and order went, in clear, to whomever a login page named, and was believed."""
    async with okx_by(server) as whole:
        (leg,) = (await whole.snapshot()).legs
    taken: list[str] = []

    async def take(request: web.Request) -> web.Response:
        taken.append(request.path)
        return web.json_response({"code": "0", "msg": "", "data": [{"sCode": "0", "ordId": "1", "clOrdId": "x"}]})

    async def lead(_: web.Request) -> web.Response:
        return web.Response(status=code, headers={"Location": f"http://localhost:{elsewhere}/login"})

    async with served(take) as elsewhere, served(lead) as port, okx_by(server, url=f"http://127.0.0.1:{port}") as okx:
        with raises(TemporarilyDown, match="not one of OKX's"):
            await okx.profile()
        with pytest.raises(OutcomeUnknown):
            await okx.submit(intent_for(leg, "3"))
    assert taken == []


async def test_a_reply_that_is_nested_without_end_is_a_reply_without_sense(server: OkxServer) -> None:
    nested: list[object] = []
    for _ in range(900):
        nested = [nested]
    async with okx_by(server) as okx:
        await okx.snapshot()
        server.fault(POSITIONS, "json", body={"code": "0", "data": nested}, times=None)
        with pytest.raises(TemporarilyDown):
            await okx.snapshot()


@pytest.mark.parametrize(
    ("code", "words", "wanted", "in_chinese"),
    [
        ("50119", "API key doesn't exist", ["OKX_API_URL", "www.okx.com", "eea.okx.com", "us.okx.com"], "密钥属于其他地区"),
        ("50101", "APIKey does not match current environment.", ["OKX_DEMO"], "OKX_DEMO"),
        ("50110", "Your IP 203.0.113.9 is not included in your API key's k3y IP whitelist.", ["203.0.113.9"], "203.0.113.9"),
        ("50110", "Your IP 2001:db8::9 is not included in your API key's k3y IP whitelist.", ["2001:db8::9"], "2001:db8::9"),
        ("50110", "Not from here", ["Not from here"], "Not from here"),
    ],
)
async def test_a_refusal_says_what_to_look_at(
    server: OkxServer, code: str, words: str, wanted: list[str], in_chinese: str
) -> None:
    server.fault(POSITIONS, "code", code=code, message=words, times=None)
    async with okx_by(server) as okx:
        with pytest.raises(AccessRefused) as refused:
            await okx.snapshot()
    said = told(refused.value)
    assert all(word in said for word in (code, *wanted))
    assert "k3y" not in said
    assert in_chinese in told(refused.value, "zh")
    assert told(refused.value, "zh").startswith(f"OKX 返回 {code}：")


async def test_what_is_asked_is_counted_by_endpoint(server: OkxServer) -> None:
    async with okx_by(server) as okx:
        (leg,) = (await okx.snapshot()).legs
        await okx.snapshot()
        await okx.submit(intent_for(leg, "3"))
        found = {one.endpoint: one for one in okx.requests()}
        assert (found["account/positions"].total, found["account/positions"].limit) == (2, 10)
        assert (found["POST trade/order"].total, found["POST trade/order"].most) == (1, 1)
        assert all(one.limit is not None for one in found.values()), "each endpoint that is used has its limit"


def test_the_busiest_moment_of_the_last_minute_counts() -> None:
    counter = RequestCounter()
    for at in (0, 0.5, 1, 1.5, 30, 45, 45.1):
        counter.count("GET", "https://okx.test/api/v5/account/positions?instType=SWAP", at)
    counter.count("GET", "https://okx.test/elsewhere", 45)
    positions, other = sorted(counter.reading(46), key=lambda one: one.endpoint)
    assert positions == RequestCount("account/positions", 7, 4, 10, 2)
    assert (other.endpoint, other.limit) == ("other", None)
    assert counter.reading(100)[0].most == 2
