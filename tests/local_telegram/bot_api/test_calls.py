"""How a call is made, refused and made to fail; the other tests of the local chat call as it is done here."""

from __future__ import annotations

import os

os.environ.setdefault("PTB_TIMEDELTA", "1")  # read by the library when an error is built

import asyncio
from typing import Any

import pytest
from telegram.error import Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter
from telegram.ext import ExtBot

from tests.fixtures.waiting import DEADLINE, until
from tests.simulation.phone.telegram import SimulatedTelegram
from tgtp.local_telegram.bot_api.server import LocalTelegram
from tgtp.local_telegram.transport import LocalRequest

ME = 1


async def ask(tg: LocalTelegram, method: str, files: Any = None, /, **params: Any) -> Any:
    status, envelope = await tg.call(method, {"chat_id": ME, **params}, files or {})
    assert status == 200, envelope
    return envelope["result"]


async def refusal(tg: LocalTelegram, method: str, files: Any = None, /, **params: Any) -> tuple[int, str]:
    status, envelope = await tg.call(method, {"chat_id": ME, **params}, files or {})
    assert not envelope["ok"]
    assert envelope["error_code"] == status
    return status, envelope["description"]


def keys(*data: str) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": d, "callback_data": d} for d in data]]}


@pytest.fixture
def tg() -> SimulatedTelegram:
    return SimulatedTelegram()


async def test_faults(tg: SimulatedTelegram) -> None:
    bot = ExtBot("1:local", request=LocalRequest(tg), get_updates_request=LocalRequest(tg))
    tg.fail_next("sendMessage", 429, "Too Many Requests: retry after 3", parameters={"retry_after": 3})
    tg.fail_next("sendMessage", 403, "Forbidden: bot was blocked by the user")
    tg.fail_next("getMe", 401, "Unauthorized", times=2)
    async with asyncio.timeout(DEADLINE):
        with pytest.raises(RetryAfter):
            await bot.send_message(ME, "x")
        with pytest.raises(Forbidden):
            await bot.send_message(ME, "x")
        for _ in range(2):
            with pytest.raises(InvalidToken):
                await bot.get_me()
        assert (await bot.get_me()).username == "tgtp_local_bot"
        assert tg.messages() == []
        tg.fail_next("*", 502, "Bad Gateway", after_effect=True)
        with pytest.raises(NetworkError):
            await bot.send_message(ME, "it arrived all the same")
    assert [m["text"] for m in tg.messages()] == ["it arrived all the same"]
    assert await refusal(tg, "makeCoffee") == (404, "Not Found")


async def test_offline_breaks_calls_polls_and_downloads(tg: SimulatedTelegram) -> None:
    bot = ExtBot("1:local", request=LocalRequest(tg), get_updates_request=LocalRequest(tg))
    await ask(tg, "sendDocument", {"document": ("a.txt", b"x", "text/plain")})
    async with bot:
        file = await bot.get_file(tg.messages()[0]["document"]["file_id"])
        poll = asyncio.create_task(bot.get_updates(timeout=30))
        await until(lambda: tg.calls[-1][0] == "getUpdates")
        tg.offline = True
        for attempt in (poll, bot.send_message(ME, "x"), file.download_as_bytearray()):
            with pytest.raises(NetworkError):
                await attempt
        tg.offline = False
        assert bytes(await file.download_as_bytearray()) == b"x"
        rivals = [asyncio.create_task(bot.get_updates(timeout=30)) for _ in range(2)]
        with pytest.raises(Conflict):
            await rivals[0]
        tg.user_text("wake")
        assert (await rivals[1])[0].message.text == "wake"  # type: ignore[union-attr]
