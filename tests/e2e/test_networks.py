"""The real process in the networks that people have: a proxy, a broken environment, a key bound to an address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.e2e.process import Program, sooner
from tests.e2e.test_process import SECRETS, STX, okx_server, on_okx, on_telegram
from tests.fixtures.local_web import closed_port, served
from tests.fixtures.proxies import LEAVES_FROM, HttpProxy, Proxy, SocksProxy
from tests.fixtures.waiting import until
from tests.simulation.phone.bot_api import BotApi

PASSWORD = "Pr0xyPassw0rd"


class Watcher:
    """Takes heartbeats, and what apprise posts to a ``json://`` address; ``remotes`` is where they came from."""

    def __init__(self) -> None:
        self.pings = 0
        self.posts: list[dict[str, Any]] = []
        self.remotes: set[str] = set()
        self.port = 0

    async def take(self, request: web.Request) -> web.Response:
        self.remotes.add(request.remote or "")
        if request.method == "POST":
            self.posts.append(await request.json())
        else:
            self.pings += 1
        return web.Response()


@pytest.fixture
async def watcher() -> AsyncIterator[Watcher]:
    watcher = Watcher()
    async with served(watcher.take) as watcher.port:
        yield watcher


def no_traceback(program: Program) -> None:
    assert not any("Traceback" in line for line in program.lines), "\n".join(program.lines)


@pytest.mark.parametrize(
    "proxy",
    [HttpProxy(), HttpProxy(user="ann", password=PASSWORD), SocksProxy(), SocksProxy(user="ann", password=PASSWORD)],
    ids=["http", "http with a password", "socks", "socks with a password"],
)
async def test_both_sides_pass_through_a_proxy(tmp_path: Path, proxy: Proxy, watcher: Watcher) -> None:
    async with proxy, BotApi() as api, okx_server() as server:
        server.account.open_leg(STX, "long", "100", "0.30")
        address = proxy.address_with_credentials if proxy.user else proxy.address
        settings = on_telegram(api, **on_okx(server), LOG_LEVEL="DEBUG", PROXY_URL=address)
        heartbeat = f"http://127.0.0.1:{watcher.port}/ping"
        async with Program(tmp_path, **settings, HEARTBEAT_URL=heartbeat) as program:
            await api.until(lambda: any("watches OKX" in text for text in api.texts()))
            said = f"OKX by {proxy.address} (PROXY_URL) · Telegram by {proxy.address} (PROXY_URL)"
            assert said in api.texts()[0]
            assert any(said in line for line in program.lines)
            server.account.set_roi(STX, "long", 26)
            await api.until(lambda: any("tier 1" in text for text in api.texts()))
            await api.says("/health")
            await api.until(lambda: any("Network" in text and said in text for text in api.texts()))
            await until(lambda: watcher.pings)
            if isinstance(proxy, SocksProxy):
                # An HTTP proxy is asked for a tunnel, as to OKX itself, only where the stream is encrypted.
                await until(lambda: {peer.kind for peer in server.stream.past} >= {"public", "private"})
            program.terminate()
            assert await program.ended() == 0
        assert [fill.contracts for fill in server.account.fills] == [30]
        assert {peer.remote for peer in server.stream.past} <= {LEAVES_FROM}
        # Nothing of it came by another way.
        assert {record.remote for record in server.requests} == {LEAVES_FROM}
        assert api.remotes == watcher.remotes == {LEAVES_FROM}
        assert {port for _, port in proxy.asked} == {server.port, api.port, watcher.port}
        assert proxy.turned_away == 0 or isinstance(proxy, HttpProxy)
        no_traceback(program)
        assert not any(PASSWORD in line for line in program.lines)


async def test_the_proxy_resolves_the_names(tmp_path: Path) -> None:
    async with BotApi() as api, okx_server() as server:
        async with SocksProxy(names={"telegram-bot-api": api.port}) as proxy:
            settings = on_telegram(api, **on_okx(server), TELEGRAM_PROXY_URL=f"socks://127.0.0.1:{proxy.port}")
            settings["TELEGRAM_API_URL"] = "http://telegram-bot-api:8081"
            async with Program(tmp_path, **settings) as program:
                await api.until(lambda: any("watches OKX" in text for text in api.texts()))
                assert "OKX directly · Telegram by socks5h://" in api.texts()[0]
                # A container's name: in clear, within a network of one's own, and told once.
                assert sum("is sent unencrypted to telegram-bot-api" in line for line in program.lines) == 1
            assert set(proxy.asked) == {("telegram-bot-api", 8081)}
            assert {record.remote for record in server.requests} == {"127.0.0.1"}
            no_traceback(program)


async def test_an_environment_that_breaks_telegram_stops_no_check_and_is_told(tmp_path: Path, watcher: Watcher) -> None:
    async with okx_server() as server:
        server.account.open_leg(STX, "long", "100", "0.30")
        server.account.set_roi(STX, "long", 26)
        environment = {
            "ALL_PROXY": f"socks5://127.0.0.1:{closed_port()}",
            "NO_PROXY": "localhost,fd07:b51a:cc66:f0::/64,[::1]",
            "SSL_CERT_FILE": "/nowhere/certificates.pem",
            "SSLKEYLOGFILE": "/nowhere/keys",
            "REQUESTS_CA_BUNDLE": "/nowhere/bundle.pem",
        }
        settings = on_okx(server) | {
            "CHAT": "telegram",
            "TELEGRAM_BOT_TOKEN": "7654321:AAExampleExampleExampleExampleExample01",
            "TELEGRAM_ALLOWED_USERS": "42",
            "CHECK_INTERVAL": 1,
            "ALERT_URLS": f"json://127.0.0.1:{watcher.port}/up",
        }
        async with Program(tmp_path, sooner(SILENT_AFTER=1), **settings, **environment) as program:
            await program.said("check 3:")
            await server.until(lambda: len(server.account.fills) == 1)
            down = await program.said("Telegram cannot be reached")
            assert f"through the proxy socks5h://{environment['ALL_PROXY'].partition('://')[2]} (ALL_PROXY)" in down
            for name in ("SSL_CERT_FILE", "SSLKEYLOGFILE", "REQUESTS_CA_BUNDLE"):
                assert sum(name in line for line in program.lines) == 1
            await until(lambda: watcher.posts)
            rung = watcher.posts[0]["message"]
            assert all(name in rung for name in ("ALL_PROXY", "SSL_CERT_FILE", "SSLKEYLOGFILE", "REQUESTS_CA_BUNDLE"))
            program.terminate()
            assert await program.ended() == 0
        no_traceback(program)


@pytest.mark.parametrize("address", ["socks4://127.0.0.1:1", "://", "http://[::1", "http://h:port", "two words"])
async def test_a_shared_variable_that_cannot_be_used_is_named_and_left_out(tmp_path: Path, address: str) -> None:
    async with BotApi() as api, okx_server() as server:
        settings = on_telegram(api, **on_okx(server), ALL_PROXY=address, HTTPS_PROXY=address, http_proxy=address)
        async with Program(tmp_path, **settings) as program:
            await api.until(lambda: sum("not the address of a proxy" in text for text in api.texts()) == 3)
            await program.said("check 2:")
            for name in ("ALL_PROXY", "HTTPS_PROXY", "http_proxy"):
                assert sum(f"{name} is not the address" in line for line in program.lines) == 1
        no_traceback(program)


async def test_a_key_bound_to_this_machine_behind_a_proxy_is_told_which_line_to_write(tmp_path: Path) -> None:
    async with HttpProxy() as proxy, BotApi() as api, okx_server() as server:
        server.bound_to = frozenset({"127.0.0.1"})
        settings = on_telegram(api, **on_okx(server), PROXY_URL=proxy.address)
        async with Program(tmp_path, **settings) as program:
            await api.until(lambda: any("OKX_PROXY_URL=direct" in text for text in api.texts()))
            told = next(text for text in api.texts() if "OKX_PROXY_URL=direct" in text)
            assert f"50110: the address {LEAVES_FROM} is not on the list" in told
            assert f"through the proxy {proxy.address} (PROXY_URL)" in told
            assert SECRETS["OKX_API_KEY"] not in "\n".join([*api.texts(), *program.lines])
        # It does as it says.
        async with Program(tmp_path, **settings, OKX_PROXY_URL="direct") as program:
            await api.until(lambda: any("OKX directly (OKX_PROXY_URL)" in text for text in api.texts()))
            await program.said("check 2:")
        assert api.remotes == {LEAVES_FROM}


@pytest.mark.parametrize("scheme", ["http", "socks5"])
async def test_a_dead_proxy_before_okx_is_told_which_line_to_write(tmp_path: Path, scheme: str) -> None:
    async with BotApi() as api, okx_server() as server:
        dead = f"{scheme}://127.0.0.1:{closed_port()}"
        settings = on_telegram(api, **on_okx(server), OKX_PROXY_URL=dead)
        async with Program(tmp_path, **settings, LANGUAGE="zh") as program:
            await api.until(lambda: any("无法读取账户" in text for text in api.texts()))
            told = next(text for text in api.texts() if "无法读取账户" in text)
            assert "无法连接 OKX，或 OKX 暂停服务（经由 OKX_PROXY_URL 的代理" in told
            assert "OKX_PROXY_URL=direct" in told
            # It was tried once in all these checks, not in each.
            await program.said("次检查失败", times=5)
            direct = [record for record in server.requests if record.path.endswith("/public/time")]
            assert len(direct) == len(server.requests) == 1
        no_traceback(program)
