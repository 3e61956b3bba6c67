"""The monitoring page of the real process: over a paper account in a headless Chromium, and beside Telegram."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import aiohttp
import pytest
from playwright.async_api import Browser, expect

from tests.e2e.process import Program
from tests.e2e.test_process import SECRETS, okx_server, on_okx, on_telegram
from tests.fixtures.chromium import browser, chromium
from tests.fixtures.proxies import HttpProxy
from tests.monitor.browsing import opened
from tests.simulation.phone.bot_api import BotApi
from tests.web.visitor import Visitor
from tgtp.chat.texts import LANGUAGES
from tgtp.web.access import Access
from tgtp.web.server import WebServer

__all__ = ["browser", "chromium"]

TOKEN = "Xk3vQ9-zR7mT2_wL8pB4nC6sD1fG5hJ0"
PASSWORD = "correct horse battery"
TOTP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CHAT = [
    *[("GET", f"/api/{path}") for path in ("state", "events", "file/x.png")],
    *[("POST", f"/api/{path}") for path in ("text", "press")],
]


class Place(NamedTuple):
    address: str
    port: int


async def place_of(program: Program) -> Place:
    told = await program.said("open the monitoring page: http://127.0.0.1:")
    assert TOKEN not in told
    port = int(told.partition("127.0.0.1:")[2].partition("/")[0])
    return Place(f"http://127.0.0.1:{port}/monitor?token={TOKEN}", port)


@asynccontextmanager
async def visiting(port: int) -> AsyncIterator[Visitor]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield Visitor(session, WebServer(Access(TOKEN, PASSWORD), port=port))


@pytest.mark.asyncio(loop_scope="session")
async def test_an_open_page_follows_the_program_and_finds_back_after_its_death(tmp_path: Path, browser: Browser) -> None:
    settings: dict[str, Any] = {"CHECK_INTERVAL": 1, "LOCAL_CHAT_TOKEN": TOKEN, "ACCOUNTS": "main,alpha"}
    async with Program(tmp_path, **settings) as program:
        place = await place_of(program)
        page, wrong = await opened(browser, place, "events")
        started = page.locator("main li").get_by_text("Started: ")
        await expect(started.first).to_be_visible()
        for view in ("overview", "legs", "pairs", "accounts", "money", "health"):
            await page.evaluate(f"location.hash = '#/{view}'")
            await expect(page.locator("main h1")).to_be_visible()
        assert wrong == []
        program.kill()
        await program.ended()
        await expect(page.locator("#notices")).to_contain_text("Connection lost")
    async with Program(tmp_path, **settings, LOCAL_CHAT_PORT=place.port) as again:
        await place_of(again)
        await expect(page.locator("#notices")).to_be_empty()
        await page.evaluate("location.hash = '#/events'")
        await expect(page.locator("main li").get_by_text("Started after a crash or a kill: ").first).to_be_visible()
        # Whatever is asked for goes to this address and to no other.
        assert [each for each in wrong if each.startswith("http") and f":{place.port}/" not in each] == []
        again.terminate()
        assert await asyncio.wait_for(again.ended(), 30) == 0
        said = "\n".join([*program.lines, *again.lines])
        assert "Traceback" not in said
        assert TOKEN not in said


async def test_beside_telegram_it_is_there_where_it_is_wanted_and_holds_nothing_up(tmp_path: Path) -> None:
    wanted = {"MONITOR": "on", "LOCAL_CHAT_TOKEN": TOKEN, "MONITOR_PASSWORD": PASSWORD}
    async with BotApi() as api, Program(tmp_path, **on_telegram(api, **wanted)) as program:
        place = await place_of(program)
        assert not any("open the chat" in line for line in program.lines)
        async with visiting(place.port) as visitor:
            assert (await visitor.get("/?token=x")).headers["Location"] == "/monitor?token=x"
            assert (await visitor.get("/monitor")).status == 200
            for path in ("/api/state", "/api/events", "/api/file/photos/x.png", "/nowhere"):
                assert (await visitor.get(path)).status == 401
            await visitor.show_the_token()
            await program.said("check 2:")
            async with visitor.stream() as stream:
                state = await stream.next()
                assert state.data["meta"]["one"]["chat"] is False
                assert state.data["legs"]
                assert (await stream.next()).event == "change"
                for number in (1, 999_999):
                    assert (await visitor.get(f"/api/monitor/why?number={number}")).status in (200, 404)
                metrics = await visitor.get("/metrics", Authorization=f"Bearer {PASSWORD}")
                assert "tgtp_last_check_age_seconds" in metrics.text
                assert not {TOKEN, PASSWORD, visitor.word} & set(re.findall(r"[\w -]{12,}", metrics.text))
                # A reader that stays keeps nobody from ending.
                program.terminate()
                assert await program.ended() == 0
        said = "\n".join(program.lines)
        assert "Traceback" not in said
        assert TOKEN not in said
        assert PASSWORD not in said


async def test_nothing_that_it_shows_holds_a_secret_also_when_all_goes_wrong(tmp_path: Path) -> None:
    """By way of a proxy with a password, which then goes; the chat's routes are nowhere, to whoever asks from wherever."""
    proxy = HttpProxy(user="ann", password="Sh4rdOfProxy")
    others = {"ALERT_URLS": "json://127.0.0.1:1/Sh4rdOfHook", "HEARTBEAT_URL": "http://127.0.0.1:1/Sh4rdOfBeat"}
    secret = {*SECRETS.values(), TOKEN, PASSWORD, TOTP, "Sh4rdOfProxy", "Sh4rdOfHook", "Sh4rdOfBeat"}
    async with BotApi() as api, okx_server() as server:
        server.account.open_leg("STX-USDT-SWAP", "long", "20", "0.30")
        wanted = {"MONITOR": "on", "MONITOR_HOST": "127.0.0.2", "LOCAL_CHAT_TOKEN": TOKEN, "MONITOR_PASSWORD": PASSWORD}
        settings = {**on_telegram(api, **on_okx(server)), **wanted, **others, "TOTP_SECRET": TOTP}
        async with proxy, Program(tmp_path, **settings, PROXY_URL=proxy.address_with_credentials) as program:
            place = await place_of(program)
            await program.said("check 2:")
            async with visiting(place.port) as visitor:
                for to in ("127.0.0.1", "127.0.0.2"):
                    away = Visitor(visitor.session, visitor.server, to=to)
                    away.word = (await away.enter(PASSWORD)).json["word"]
                    for method, path in CHAT:
                        assert (await away.ask(method, path, {"text": "/close all"})).status == 404
                    assert (await away.get("/api/monitor/events")).status == 200
                await visitor.show_the_token()
                for method, path in CHAT:
                    assert (await visitor.ask(method, path, {"text": "/close all"})).status == 404
                told = [await everything(visitor)]
                await proxy.stop()
                await program.said("failed: OKX", times=2)
                told.append(await everything(visitor))
        shown = "".join(told)
        assert "could not be reached" in shown
        assert "STX-USDT-SWAP" in shown
        for each in {*secret, settings["TELEGRAM_BOT_TOKEN"]}:
            assert each not in shown, each


async def everything(visitor: Visitor) -> str:
    """All that the page and Prometheus can be told, in both languages."""
    found = []
    for language in LANGUAGES:
        async with visitor.stream(language) as stream:
            state = (await stream.next()).data
        found.append(json.dumps(state))
        paths = [f"leg?language={language}&key={quote(key)}&range={span}" for key in state["legs"] for span in ("day", "life")]
        events = await visitor.get(f"/api/monitor/events?language={language}&count=200")
        paths += [f"why?language={language}&number={event['number']}" for event in events.json["events"]]
        found += [events.text, *[(await visitor.get(f"/api/monitor/{path}")).text for path in paths]]
    today = f"{dt.datetime.now(dt.UTC):%Y-%m-%d}"
    found += [(await visitor.get(f"/api/monitor/money?from={today}&to={today}")).text]
    return "".join([*found, (await visitor.get("/metrics", Authorization=f"Bearer {TOKEN}")).text])


async def test_where_it_is_not_wanted_the_chat_is_alone_and_on_this_machine(tmp_path: Path) -> None:
    async with Program(tmp_path, MONITOR="off", LOCAL_CHAT_TOKEN=TOKEN, MONITOR_HOST="0.0.0.0") as program:
        told = await program.said("open the chat")
        async with visiting(int(told.partition("127.0.0.1:")[2].partition("/")[0])) as visitor:
            await visitor.show_the_token()
            assert (await visitor.get("/api/state")).status == 200
            for path in ("/monitor", "/metrics", "/api/monitor/stream"):
                assert (await visitor.get(path)).status == 404
            assert (await visitor.get("/api/state", Host="tgtp.example")).status == 403
        assert not any("monitoring page" in line for line in program.lines)


async def test_an_address_that_cannot_be_bound_is_refused_in_a_sentence(tmp_path: Path) -> None:
    program = Program(tmp_path, MONITOR_HOST="192.0.2.77", MONITOR_PASSWORD=PASSWORD)
    await program.start()
    assert await program.ended() == 2
    assert "MONITOR_HOST=192.0.2.77 cannot be used with port" in program.lines[-1]
    assert not any("check 1" in line for line in program.lines)
