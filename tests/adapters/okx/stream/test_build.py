"""The streams as the program builds them: its own REST client beside, its proxies, its clock."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.fixtures.okx_engine import KEYS, on_one_clock
from tests.fixtures.proxies import LEAVES_FROM, HttpProxy, Proxy, SocksProxy
from tests.fixtures.streams import Hearing, HeldClock
from tests.fixtures.waiting import until
from tests.simulation.exchange.server import OkxServer
from tgtp.adapters.okx.exchange import okx_client
from tgtp.adapters.okx.public import OkxPublic
from tgtp.adapters.okx.stream.address import HOSTS, stream_address
from tgtp.adapters.okx.stream.build import Listening, Streams, build_streams
from tgtp.settings.network import Network
from tgtp.settings.proxies import Way

STX = "STX-USDT-SWAP"


@pytest.fixture
async def server() -> AsyncIterator[OkxServer]:
    async with OkxServer() as running:
        running.account.open_leg(STX, "long", "10", "0.3")
        yield running


@asynccontextmanager
async def built(
    server: OkxServer, heard: Hearing, *, url: str = "", ws_url: str = "", proxy: str = "", rest_url: str = ""
) -> AsyncIterator[tuple[Streams, HeldClock]]:
    """The streams of one account, running."""
    clock = HeldClock()
    network = Network(okx=Way(proxy, "ALL_PROXY" if proxy else ""))
    client = okx_client(url=rest_url or server.url, ws_url=ws_url, demo=False, keys=KEYS, network=network)
    client.timeout_on_exit = 0
    client.ssl_context = False
    on_one_clock(clock, client, server.account)
    public = OkxPublic(client, clock)
    streams = build_streams(
        heard,
        {"main": Listening(client, public, heard)},
        clock,
        url=url or server.url,
        ws_url=ws_url,
        demo=False,
        network=network,
    )
    running = [asyncio.create_task(stream.run()) for stream in (streams.marks, *streams.accounts.values())]
    try:
        yield streams, clock
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await public.close()
        await client.close()


@pytest.mark.parametrize("ahead", [0, 40, -40, 86400])
async def test_it_logs_in_by_the_clock_that_the_rest_client_has_measured(server: OkxServer, ahead: int) -> None:
    server.clock_offset = ahead
    heard = Hearing()
    async with built(server, heard) as (streams, _):
        streams.marks.follow({STX})
        await until(lambda: heard.positions and heard.marks)
    assert heard.losses == []


async def test_a_clock_that_is_put_right_meanwhile_is_measured_anew(server: OkxServer) -> None:
    heard = Hearing()
    async with built(server, heard) as (_, clock):
        # It counts by the clock on the wall.
        server.stream.limits = False
        await until(lambda: heard.is_up)
        server.clock_offset = 300
        server.stream.cut("private")
        # The connection of conditional orders, which is held beside it, looks about four times a second.
        await until(lambda: heard.losses == ["problem.stream.closed"] and len(clock.naps()) == 2)
        await clock.forward(0.4)
        await until(lambda: "60006" in str(heard.story[-1]) and len(clock.naps()) == 2)
        # The pause, and until a fourth connection may be made.
        await clock.forward(2)
        await until(lambda: heard.is_up)


async def test_the_clock_that_cannot_be_measured_is_ours(server: OkxServer) -> None:
    server.fault("/public/time", "http_503", times=None)
    heard = Hearing()
    async with built(server, heard):
        await until(lambda: heard.is_up)


@pytest.mark.parametrize("proxy", [SocksProxy(user="ann", password="p@ss:word")])
async def test_it_goes_by_the_proxy_that_resolves_the_name(server: OkxServer, proxy: Proxy) -> None:
    proxy.names = {"okx.test": server.port}
    heard = Hearing()
    async with proxy:
        address = f"{proxy.scheme}://ann:p%40ss%3Aword@127.0.0.1:{proxy.port}"
        async with built(server, heard, url="http://okx.test", rest_url="http://okx.test", proxy=address) as (streams, _):
            streams.marks.follow({STX})
            await until(lambda: heard.positions and heard.marks)
        assert {peer.remote for peer in server.stream.past} == {LEAVES_FROM}
        assert {host for host, _ in proxy.asked} == {"okx.test"}


@pytest.mark.parametrize("kind", [HttpProxy, SocksProxy])
@pytest.mark.parametrize("trouble", ["dead", "hangs up", "turns away"])
async def test_a_proxy_that_fails_is_a_loss_and_its_password_is_in_no_words(
    server: OkxServer, kind: type[Proxy], trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    proxy = kind(user="ann", password="righteous")
    heard = Hearing()
    async with proxy:
        proxy.hangs_up = trouble == "hangs up"
        word = "wrongful" if trouble == "turns away" else "righteous"
        address = f"{proxy.scheme}://ann:{word}@127.0.0.1:{proxy.port}"
        if trouble == "dead":
            await proxy.stop()
        # As to OKX itself: an HTTP proxy is asked for a tunnel.
        async with built(server, heard, ws_url=f"wss://okx.test:{server.port}/ws/v5", proxy=address):
            await until(lambda: heard.losses)
        asks_who = kind is HttpProxy and trouble == "turns away"
        assert heard.losses == ["problem.proxy_who" if asks_who else "problem.network"]
        assert (proxy.turned_away > 0) is (trouble == "turns away")
    said = caplog.text + repr(heard.story)
    assert word not in said


async def test_an_http_proxy_is_asked_for_a_tunnel_to_the_host_of_the_stream(server: OkxServer) -> None:
    heard = Hearing()
    async with HttpProxy(names={"okx.test": server.port}) as proxy:
        async with built(server, heard, ws_url="wss://okx.test:8443/ws/v5", proxy=proxy.address):
            await until(lambda: heard.losses)
        assert ("okx.test", 8443) in proxy.asked
    # Nobody speaks TLS there.
    assert heard.losses == ["problem.network"]


async def test_without_accounts_there_are_prices_alone(server: OkxServer) -> None:
    heard, clock = Hearing(), HeldClock()
    streams = build_streams(heard, {}, clock, url=server.url, ws_url="", demo=False, network=Network())
    streams.marks.follow({STX})
    running = asyncio.create_task(streams.marks.run())
    await until(lambda: heard.marks)
    running.cancel()
    await asyncio.wait({running})
    assert streams.accounts == {}


def test_every_host_of_okx_has_its_streams() -> None:
    for host, (real, demo) in HOSTS.items():
        assert stream_address("private", url=f"https://{host}") == f"wss://{real}:8443/ws/v5/private"
        address = stream_address("public", url=f"https://{host}", demo=True)
        assert re.fullmatch(rf"wss://{demo}:8443/ws/v5/public\?brokerId=9999", address)
    assert stream_address("public", url="https://mirror.example/okx/") == "wss://mirror.example/okx/ws/v5/public"
    # What is set wins, on whatever host.
    assert stream_address("public", url="https://eea.okx.com", ws_url="wss://one.example:1/x") == "wss://one.example:1/x/public"
