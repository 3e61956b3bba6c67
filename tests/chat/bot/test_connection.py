"""An outage of Telegram stands on the console, once, and so does its end."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from aiohttp import web
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut

from tests.fixtures.local_web import served
from tests.simulation.phone.bot_api import BotApi
from tgtp.chat.bot import connection
from tgtp.chat.bot.application import build_application
from tgtp.chat.bot.connection import SILENT_AFTER, ConnectionMonitor


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "tgtp.telegram"]


def test_a_silence_is_told_once_when_it_lasts(caplog: pytest.LogCaptureFixture) -> None:
    time = [0.0]
    contact = ConnectionMonitor("en", lambda: 4, lambda: time[0])
    with caplog.at_level(logging.INFO):
        contact.failed("connection refused")
        time[0] = SILENT_AFTER - 1
        contact.failed("connection refused")
        contact.works()
        assert said(caplog) == []
        for _ in range(5):
            contact.failed("connection refused")
            time[0] += 15
        contact.works()
        contact.works()
    first, second = said(caplog)
    assert "has not answered for 30 s (connection refused); checks go on, 4 messages wait" in first
    assert "answers again" in second


async def test_requests_tell_how_they_go(caplog: pytest.LogCaptureFixture) -> None:
    time = [0.0]
    contact = ConnectionMonitor("en", lambda: 0, lambda: time[0])
    async with BotApi() as api:
        app = build_application("7654321:AAExample", api.url, contact=contact)
        with caplog.at_level(logging.INFO):
            await app.bot.initialize()
            await api.stop()
            for _ in range(3):
                with pytest.raises(NetworkError):
                    await app.bot.get_me()
                time[0] += 20
            await api.start()
            await app.bot.get_me()
            await app.bot.shutdown()
    assert ["has not answered" in line for line in said(caplog)] == [True, False]


NOT_TELEGRAM_S = [
    *(
        (200, body)
        for body in ("{}", "[]", "null", '{"ok": true}', '{"ok": true, "result": {}}', '{"ok": true, "result": true}')
    ),
    *((200, body) for body in ('{"ok": false, "description": "no"}', '{"ok": true, "result": [[]]}', "[" * 5000, "<html>")),
    *(
        (code, body)
        for code in (302, 400, 401, 403, 502)
        for body in ("", "[]", "null", '{"parameters": [1]}', "<html>" * 9000)
    ),
]


@pytest.mark.parametrize(("code", "body"), NOT_TELEGRAM_S)
async def test_what_somebody_else_answers_is_an_outage(code: int, body: str) -> None:
    """A `{}` was a KeyError: it ended the task that connects, for ever, and the outbox stumbled before the second way."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=code, text=body, content_type="application/json")

    async with served(answer) as port:
        app = build_application("7654321:AAExample", f"http://127.0.0.1:{port}")
        for call in (app.bot.get_me(), app.bot.send_message(42, "a word"), app.bot.get_chat(42)):
            with pytest.raises(NetworkError, match=f"HTTP {code}, and the reply is not Telegram's") as raised:
                await call
            # Not one of the kinds that mean something of their own; and the page is not quoted.
            assert type(raised.value) is NetworkError
            assert len(str(raised.value)) < 100
        await app.bot.request.shutdown()


@pytest.mark.parametrize(
    ("code", "reply", "kind"),
    [
        (401, {"description": "Unauthorized"}, InvalidToken),
        (403, {"description": "Forbidden: bot was blocked by the user"}, Forbidden),
        (400, {"description": "Bad Request: chat not found"}, BadRequest),
        (429, {"description": "Too Many Requests", "parameters": {"retry_after": 7}}, RetryAfter),
    ],
)
async def test_what_telegram_refuses_stays_what_it_is(code: int, reply: dict[str, Any], kind: type[Exception]) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"ok": False, "error_code": code, **reply}, status=code)

    async with served(answer) as port:
        app = build_application("7654321:AAExample", f"http://127.0.0.1:{port}")
        with pytest.raises(kind):
            await app.bot.send_message(42, "a word")
        await app.bot.request.shutdown()


async def test_a_reply_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Every byte began the wait anew: the outbox waited for ever, and no alert went by the second way either."""
    monkeypatch.setattr(connection, "LONGEST_CALL", 0.3)
    time = [0.0]

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.02)

    async with served(drip) as port:
        contact = ConnectionMonitor("en", lambda: 0, lambda: time[0])
        app = build_application("7654321:AAExample", f"http://127.0.0.1:{port}", contact=contact)
        with caplog.at_level(logging.WARNING):
            for _ in range(2):
                with pytest.raises(TimedOut, match="not whole"):
                    await app.bot.send_message(42, "a word")
                time[0] += SILENT_AFTER
        assert "has not answered" in said(caplog)[0]
        await app.bot.request.shutdown()
