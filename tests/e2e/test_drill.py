"""/drill in the real process: each way is rung once, and the answer says which of them did not take it."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from lo_bot_api_emulator import ApiRefusal

from tests.e2e.process import Program
from tests.e2e.test_process import okx_server, on_okx, on_telegram
from tests.fixtures.local_web import served
from tests.simulation.phone.bot_api import BotApi

WAYS = ("Telegram 43", "ALERT_URLS 1 (json://)", "ALERT_URLS 2 (json://)", "HEARTBEAT_URL")
DRILL = "This is a drill of tgtp"


class Place:
    """A server on loopback; ``calls`` are the bodies that it got. Broken, it answers that it cannot."""

    def __init__(self, *, works: bool) -> None:
        self.works = works
        self.calls: list[str] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.calls.append(await request.text())
        return web.Response(status=200 if self.works else 500)


class Forgetful(BotApi):
    """It does not know a person any more who has stopped the bot."""

    def __init__(self) -> None:
        super().__init__()
        self.shut_out: set[int] = set()

    def validate(self, method: str, fields: dict[str, Any], uploads: dict[str, Any]) -> Any:
        if method == "sendMessage" and int(fields["chat_id"]) in self.shut_out:
            raise ApiRefusal("Forbidden: bot was blocked by the user", 403)
        return super().validate(method, fields, uploads)


@pytest.mark.parametrize("broken", [None, *WAYS])
async def test_each_way_is_rung_once_and_what_did_not_arrive_is_named(tmp_path: Path, broken: str | None) -> None:
    places = {name: Place(works=name != broken) for name in WAYS[1:]}
    async with Forgetful() as api, okx_server() as server, AsyncExitStack() as stack:
        ports = [await stack.enter_async_context(served(place.answer)) for place in places.values()]
        settings = on_telegram(
            api,
            **on_okx(server),
            ALERT_URLS=" ".join(f"json://127.0.0.1:{port}/up" for port in ports[:2]),
            HEARTBEAT_URL=f"http://127.0.0.1:{ports[2]}/ping",
        )
        # The heartbeat of the first check is the only one but the drill's.
        settings |= {"TELEGRAM_ALLOWED_USERS": "42,43", "CHECK_INTERVAL": 3600}
        async with Program(tmp_path, **settings) as program:
            await api.until(lambda: api.texts(42) and api.texts(43) and places["HEARTBEAT_URL"].calls)
            places["HEARTBEAT_URL"].calls.clear()
            if broken == "Telegram 43":
                api.shut_out.add(43)
            await api.says("/drill")
            await api.until(lambda: any("🟢 Telegram 42" in text for text in api.texts()))
            outcome = next(text for text in api.texts() if "🟢 Telegram 42" in text)
            for name in WAYS:
                assert ("🔴" if name == broken else "🟢") + f" {name}" in outcome
            program.terminate()
            assert await program.ended() == 0
    rung = [body for name in WAYS[1:3] for body in places[name].calls]
    assert len(rung) == 2
    assert all(DRILL in body for body in rung)
    assert len(places["HEARTBEAT_URL"].calls) == 1
    told = [message for message in api.sent if DRILL in message["text"]]
    assert [int(message["chat_id"]) for message in told] == ([] if broken == "Telegram 43" else [43])
