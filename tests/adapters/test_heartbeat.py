"""The heartbeat against a real server: after good checks only, one call at a time, and whatever fails is silent."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web

from tests.fixtures.fakes import NOW
from tests.fixtures.local_web import served
from tests.fixtures.waiting import until
from tgtp.adapters.heartbeat import Heartbeat
from tgtp.engine.check_report import CheckReport
from tgtp.errors import TemporarilyDown

KEY = "0b1f5a3e-ping-key"
GOOD = CheckReport(number=1, started_at=NOW)
BAD = CheckReport(number=2, started_at=NOW, error=TemporarilyDown("HTTP 502"))


class Watcher:
    """A service that is called; ``answer`` decides what becomes of a call."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.at_once = self.most_at_once = 0
        self.answer: Callable[[], Awaitable[web.StreamResponse]] = self.ok
        self.url = ""

    async def ok(self) -> web.StreamResponse:
        return web.Response(text="OK")

    async def hang(self) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError("never")

    async def called(self, request: web.Request) -> web.StreamResponse:
        self.calls.append(f"{request.method} {request.path_qs}")
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            return await self.answer()
        finally:
            self.at_once -= 1


@pytest.fixture
async def watcher() -> AsyncIterator[Watcher]:
    watcher = Watcher()
    async with served(watcher.called, handler_cancellation=True) as port:
        watcher.url = f"http://127.0.0.1:{port}/{KEY}"
        yield watcher


Begin = Callable[..., Heartbeat]


@pytest.fixture
async def begin() -> AsyncIterator[Begin]:
    tasks: list[asyncio.Task[None]] = []

    def run(url: str, patience: float = 30, every: float = 0.0) -> Heartbeat:
        heartbeat = Heartbeat(url, patience=patience, every=every)
        tasks.append(asyncio.create_task(heartbeat.run()))
        return heartbeat

    yield run
    for task in tasks:
        assert not task.done(), "it must go on, whatever fails"
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_good_check_calls_and_a_failed_one_does_not(watcher: Watcher, begin: Begin) -> None:
    heartbeat = begin(watcher.url)
    heartbeat.checked(GOOD)
    await until(lambda: len(watcher.calls) == 1)
    heartbeat.checked(BAD)
    # A call that was due would have come before these.
    async with aiohttp.ClientSession() as session:
        for _ in range(5):
            await session.get(watcher.url.replace(KEY, "probe"))
    heartbeat.checked(GOOD)
    await until(lambda: len(watcher.calls) == 7)
    assert watcher.calls == [f"GET /{KEY}", *["GET /probe"] * 5, f"GET /{KEY}"]


async def test_one_call_at_a_time_and_what_ended_meanwhile_shares_the_next(watcher: Watcher, begin: Begin) -> None:
    go_on = asyncio.Event()

    async def slow() -> web.StreamResponse:
        await go_on.wait()
        return web.Response()

    watcher.answer = slow
    heartbeat = begin(watcher.url)
    heartbeat.checked(GOOD)
    await until(lambda: watcher.at_once == 1)
    for _ in range(50):
        heartbeat.checked(GOOD)
        await asyncio.sleep(0)
    go_on.set()
    await until(lambda: len(watcher.calls) == 2 and watcher.at_once == 0)
    watcher.answer = watcher.ok
    heartbeat.checked(GOOD)
    await until(lambda: len(watcher.calls) >= 3)
    assert len(watcher.calls) == 3
    assert watcher.most_at_once == 1


async def test_checks_that_are_woken_ring_no_more_often_than_the_beat(watcher: Watcher, begin: Begin) -> None:
    rare, often = begin(watcher.url, every=3600.0), begin(watcher.url.replace(KEY, "often"), every=0.01)
    for count in range(1, 4):
        rare.checked(GOOD)
        often.checked(GOOD)
        await until(lambda count=count: watcher.calls.count("GET /often") == count)  # type: ignore[misc]
    assert watcher.calls.count(f"GET /{KEY}") == 1


async def error() -> web.StreamResponse:
    return web.Response(status=500)


async def elsewhere() -> web.StreamResponse:
    raise web.HTTPFound(f"/elsewhere/{KEY}")


@pytest.mark.parametrize("what", ["hangs", "error", "elsewhere", "refused", "no such name"])
async def test_what_fails_is_silent_and_the_next_one_works(
    watcher: Watcher, begin: Begin, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    url = watcher.url
    if what == "refused":
        url = f"http://127.0.0.1:1/{KEY}"
    elif what == "no such name":
        # Longer than a part of a name may be: refused before anything is asked.
        url = f"http://{'a' * 64}.invalid/{KEY}"
    else:
        watcher.answer = {"hangs": watcher.hang, "error": error, "elsewhere": elsewhere}[what]
    heartbeat = begin(url, patience=0.2 if what == "hangs" else 30)
    for done in (1, 2, 3):
        heartbeat.checked(GOOD)
        await until(functools.partial(lambda count: caplog.text.count("the heartbeat ") == count, done))
    told = [record for record in caplog.records if record.name.startswith("tgtp")]
    assert told
    assert {record.levelname for record in told} == {"DEBUG"}
    assert KEY not in caplog.text
    assert watcher.calls == ([f"GET /{KEY}"] * 3 if url == watcher.url else [])
    if url == watcher.url:
        watcher.answer = watcher.ok
        heartbeat.checked(GOOD)
        await until(lambda: len(watcher.calls) == 4)
