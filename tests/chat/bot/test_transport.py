"""Towards Telegram: long replies, floods without measure, and a proxy whose variable is named."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from lo_bot_api_emulator import ApiRefusal
from telegram.error import NetworkError, RetryAfter

from tests.fixtures.local_web import served
from tests.fixtures.proxies import HttpProxy, Proxy, SocksProxy
from tests.fixtures.waiting import until
from tests.simulation.phone.bot_api import TOKEN, BotApi
from tgtp.chat.bot.application import build_application
from tgtp.chat.bot.connection import ConnectionMonitor
from tgtp.chat.bot.flood import LONGEST_FLOOD, LONGEST_SILENCE, UNSAID, flood_of
from tgtp.chat.bot.transport import LONGEST_REPLY
from tgtp.chat.messages.send import surely
from tgtp.settings.network import Network
from tgtp.settings.proxies import Way

DAY = 86_400


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as running:
        yield running


def rung(contact: ConnectionMonitor) -> list[str]:
    found: list[str] = []
    contact.send_urgent = lambda key, what: found.append(f"{key} {what('en') if callable(what) else what}")
    return found


async def test_a_reply_of_100_mb_is_not_read(api: BotApi) -> None:
    app = build_application(TOKEN, api.url)
    await app.bot.initialize()
    api.huge = "getMe"
    tracemalloc.start()
    try:
        with pytest.raises(NetworkError, match=f"more than {LONGEST_REPLY} bytes"):
            await app.bot.get_me(read_timeout=30)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3 * LONGEST_REPLY
    # The connection was given up with the rest of it: the next reply is one of its own.
    assert (await app.bot.get_me()).is_bot
    await app.bot.shutdown()


async def test_a_packed_reply_is_neither_asked_for_nor_unpacked() -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append(request.headers["Accept-Encoding"])
        response = web.Response(body=b"x" * 2**26)
        response.enable_compression(web.ContentCoding.gzip)
        return response

    async with served(answer) as port:
        app = build_application(TOKEN, f"http://127.0.0.1:{port}")
        with pytest.raises(NetworkError, match="packed"):
            await app.bot.initialize()
        assert asked == ["identity"]
        await app.bot.shutdown()


@pytest.mark.parametrize("proxy", [HttpProxy(user="ann", password="p@ss"), SocksProxy(user="ann", password="p@ss")])
async def test_it_goes_by_the_proxy_which_resolves_the_name(api: BotApi, proxy: Proxy) -> None:
    proxy.names = {"telegram-bot-api": api.port}
    async with proxy:
        network = Network(telegram=Way(f"{proxy.scheme}://ann:p%40ss@127.0.0.1:{proxy.port}", "TELEGRAM_PROXY_URL"))
        app = build_application(TOKEN, "http://telegram-bot-api", network=network)
        await app.bot.initialize()
        await app.bot.shutdown()
        assert set(proxy.asked) == {("telegram-bot-api", 80)}


async def test_the_token_is_sent_in_clear_only_where_the_name_is_at_home(api: BotApi, monkeypatch: pytest.MonkeyPatch) -> None:
    addresses: list[str] = []

    def look_up(host: str, *_: object, **__: object) -> list[Any]:
        if not addresses:
            raise OSError("no such name")
        return [(2, 1, 6, "", (address, api.port)) for address in addresses]

    app = build_application(TOKEN, f"http://bots.example:{api.port}")
    for known in ([], ["203.0.113.9"], ["10.0.0.3", "203.0.113.9"], ["198.18.0.9"]):
        with monkeypatch.context() as patched:
            patched.setattr("socket.getaddrinfo", look_up)
            addresses[:] = known
            with pytest.raises(NetworkError, match=r"not sent unencrypted to bots\.example"):
                await app.bot.initialize()
    assert api.requests == []
    proxied = Network(telegram=Way("http://127.0.0.1:1", "PROXY_URL"))
    app = build_application(TOKEN, "http://bots.example", network=proxied)
    with pytest.raises(NetworkError, match="not sent unencrypted"):
        await app.bot.initialize()


async def test_a_flood_of_a_day_is_told_once_and_asked_again_after_five_minutes(
    api: BotApi, caplog: pytest.LogCaptureFixture
) -> None:
    contact = ConnectionMonitor("en", lambda: 0)
    rings = rung(contact)
    app = build_application(TOKEN, api.url, contact=contact)
    await app.bot.initialize()
    flood_of_a_day = ApiRefusal("Too Many Requests", 429, parameters={"retry_after": DAY})
    api.refuse = lambda _: flood_of_a_day
    with caplog.at_level(logging.WARNING):
        for call in (app.bot.get_updates, app.bot.get_me, app.bot.delete_webhook, app.bot.get_updates):
            with pytest.raises(RetryAfter) as flood:
                await call()
            assert flood.value.retry_after == dt.timedelta(seconds=LONGEST_SILENCE)
        # What is sent obeys.
        with pytest.raises(RetryAfter) as flood:
            await app.bot.send_message(42, "x")
        assert flood.value.retry_after == dt.timedelta(seconds=DAY)
        # What may be sent meanwhile, as the words about it, does not end it.
        api.refuse = lambda call: flood_of_a_day if call == "getUpdates" else None
        await app.bot.send_message(42, "x")
        with pytest.raises(RetryAfter):
            await app.bot.get_updates()
    assert rings == ["alarm.flood 24 h"]
    assert caplog.text.count("wants no requests for 24 h") == 1
    # It is told anew when it had ended.
    api.refuse = lambda _: None
    await app.bot.get_updates()
    api.refuse = lambda _: flood_of_a_day
    with pytest.raises(RetryAfter):
        await app.bot.get_updates()
    assert len(rings) == 2
    await app.bot.shutdown()


@pytest.mark.parametrize(
    ("call", "asked", "seconds"),
    [
        ("getUpdates", 30, None),
        ("getUpdates", LONGEST_SILENCE, None),
        ("getUpdates", 301, LONGEST_SILENCE),
        ("getUpdates", 1e300, LONGEST_SILENCE),
        ("sendMessage", DAY, None),
        ("sendMessage", 10**30, LONGEST_FLOOD),
        ("sendMessage", float("inf"), UNSAID),
        ("sendMessage", float("nan"), UNSAID),
        ("sendMessage", 2.5, 2),
        # A month of silence for a word.
        ("sendMessage", -5, UNSAID),
        ("sendMessage", "soon", UNSAID),
        ("sendMessage", True, UNSAID),
        ("sendMessage", [], UNSAID),
    ],
)
def test_how_long_a_flood_lasts(call: str, asked: Any, seconds: int | None) -> None:
    flood = flood_of(call, json.dumps({"ok": False, "parameters": {"retry_after": asked}}).encode())
    assert (flood and json.loads(flood.payload)["parameters"]["retry_after"]) == seconds


@pytest.mark.parametrize("payload", [b"", b"<html>", b"[]", b"{}", b'{"parameters": null}', b"[" * 100_000])
def test_a_flood_without_a_time_stays_as_it_is(payload: bytes) -> None:
    assert flood_of("getUpdates", payload) is None


async def test_an_answer_does_not_ask_within_a_long_flood() -> None:
    tries = 0

    async def attempt() -> None:
        nonlocal tries
        tries += 1
        raise RetryAfter(DAY)

    with pytest.raises(RetryAfter):
        await surely(attempt)
    assert tries == 1


def test_a_failure_names_the_proxy_and_its_variable_without_credentials() -> None:
    contact = ConnectionMonitor("en", lambda: 0, way=Way("http://ann:s3cret@127.0.0.1:7890", "https_proxy"))
    assert contact.why("en", "refused") == "refused, through the proxy http://127.0.0.1:7890 (https_proxy)"
    assert contact.why("zh", "refused") == "refused（经由 https_proxy 的代理 http://127.0.0.1:7890）"
    assert ConnectionMonitor("en", lambda: 0).why("en", "refused") == "refused"


async def test_the_polling_goes_on_after_a_reply_without_end(api: BotApi) -> None:
    app = build_application(TOKEN, api.url)
    await app.initialize()
    assert app.updater is not None
    api.huge = "getUpdates"
    await app.updater.start_polling(timeout=1, poll_interval=0)
    await until(lambda: not api.huge)
    await api.says("/status")
    await asyncio.wait_for(app.update_queue.get(), 30)
    await app.updater.stop()
    await app.shutdown()
