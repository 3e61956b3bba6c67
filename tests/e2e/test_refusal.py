"""A start that is refused reaches the phone: the real process, a Bot API and a service of the second way on loopback."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from lo_bot_api_emulator import ApiRefusal

from tests.e2e.process import Program
from tests.e2e.test_process import SECRETS, on_telegram
from tests.fixtures.local_web import served
from tests.simulation.phone.bot_api import TOKEN, BotApi
from tgtp.tell import PATIENCE


class Service:
    """An address that takes alerts; ``slow`` holds them."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.slow: asyncio.Event | None = None
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        if self.slow is not None:
            await self.slow.wait()
        self.taken.append(str((await request.json())["message"]))
        return web.Response(text="OK")


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    found = Service()
    async with served(found.take, "/up") as port:
        found.url = f"json://127.0.0.1:{port}/up"
        yield found
        if found.slow is not None:
            found.slow.set()


async def refused(folder: Path, **settings: Any) -> list[str]:
    """Start a program that refuses to; gives what it printed."""
    (folder / "tmp").mkdir(exist_ok=True)
    program = Program(folder, **{"TMPDIR": folder / "tmp", **settings})
    await program.start()
    assert await program.ended() == 2
    return program.lines


WRONG = {"LONG_TIERS": "35:50,25:30"}


async def test_a_refusal_reaches_every_owner_though_another_setting_is_wrong(tmp_path: Path) -> None:
    async with BotApi() as api:
        lines = await refused(tmp_path, **on_telegram(api, TELEGRAM_ALLOWED_USERS="42,43"), **WRONG)
        assert "cannot start" in lines[0]
        assert "Telegram" in lines[-1]
        for owner in (42, 43):
            (text,) = api.texts(owner)
            assert "LONG_TIERS" in text
            assert "nothing is guarded" in text


async def test_an_owner_who_paired_hears_of_a_refusal_too(tmp_path: Path) -> None:
    ledger = tmp_path / "data" / "okx" / "ledger.json"
    ledger.parent.mkdir(parents=True)
    ledger.write_text('{"notes": {"owner": {"value": 77}}}', encoding="utf-8")
    async with BotApi() as api:
        await refused(tmp_path, **on_telegram(api, TELEGRAM_ALLOWED_USERS="", EXCHANGE="okxx", LANGUAGE="zh"))
        (text,) = api.texts(77)
        assert "未监控" in text


async def test_the_same_refusal_is_told_once_an_hour_and_another_one_at_once(tmp_path: Path) -> None:
    async with BotApi() as api:
        for _ in range(3):
            await refused(tmp_path, **on_telegram(api), **WRONG)
        assert len(api.texts()) == 1
        await refused(tmp_path, **on_telegram(api), REARM="never")
        assert len(api.texts()) == 2
        # An hour later, by the files' own time.
        for note in (tmp_path / "tmp").rglob("told/*"):
            os.utime(note, (time.time() - 3601, time.time() - 3601))
        await refused(tmp_path, **on_telegram(api), **WRONG)
        assert len(api.texts()) == 3


async def test_a_refusal_goes_by_the_second_way_where_telegram_takes_nothing(tmp_path: Path, service: Service) -> None:
    async with BotApi() as api:
        api.refuse = lambda _: ApiRefusal("Forbidden: bot was blocked by the user", 403)
        lines = await refused(tmp_path, **on_telegram(api), **WRONG, ALERT_URLS=f"nonsense://x, {service.url}")
    assert "ALERT_URLS" in lines[-1]
    (text,) = service.taken
    assert "LONG_TIERS" in text


async def test_a_refusal_that_nobody_took_is_told_at_the_next_start(tmp_path: Path, service: Service) -> None:
    async with BotApi() as api:
        api.refuse = lambda _: ApiRefusal("Bad Gateway", 502)
        lines = await refused(tmp_path, **on_telegram(api), **WRONG)
        assert "No one could be told" in lines[-1]
        api.refuse = lambda _: None
        await refused(tmp_path, **on_telegram(api), **WRONG)
        assert len(api.texts()) == 1


async def test_a_refusal_waits_ten_seconds_for_people_at_most(tmp_path: Path, service: Service) -> None:
    service.slow = asyncio.Event()
    held = asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await held.wait()
        writer.close()

    deaf = await asyncio.start_server(hang, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{deaf.sockets[0].getsockname()[1]}"
    begun = time.monotonic()
    settings = {"CHAT": "telegram", "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_ALLOWED_USERS": "42", "TELEGRAM_API_URL": url}
    lines = await refused(tmp_path, **settings, **WRONG, ALERT_URLS=service.url)
    # Besides the start of a program on a machine that is busy with other things; it would wait for ever.
    assert time.monotonic() - begun < PATIENCE + 60
    assert "No one could be told" in lines[-1]
    # Whoever hung may have taken it: it is not sent again at the next start.
    assert "within the last hour" in (await refused(tmp_path, **settings, **WRONG, ALERT_URLS=service.url))[-1]
    held.set()
    deaf.close()


async def test_no_secret_is_in_what_is_told(tmp_path: Path, service: Service) -> None:
    async with BotApi() as api:
        for name, secret in zip(("REARM", "TIMEZONE", "EXCHANGE", "DATA_DIR"), (TOKEN, *SECRETS.values()), strict=True):
            value = f"/proc/{secret}" if name == "DATA_DIR" else secret
            await refused(tmp_path, **{**on_telegram(api), **SECRETS, name: value, "ALERT_URLS": service.url})
        texts = [*api.texts(), *service.taken]
        assert len(texts) == 4
        assert not any(secret in text for text in texts for secret in (TOKEN, *SECRETS.values()))


async def test_a_token_does_not_travel_in_clear_to_tell_of_a_refusal(tmp_path: Path) -> None:
    lines = await refused(
        tmp_path,
        CHAT="telegram",
        TELEGRAM_BOT_TOKEN=TOKEN,
        TELEGRAM_ALLOWED_USERS="42",
        TELEGRAM_API_URL="http://bot.example.com",
        **WRONG,
    )
    assert len(lines) == 1


async def test_tell_says_a_text_to_the_owner_once_an_hour(tmp_path: Path) -> None:
    async with BotApi() as api:
        for _ in range(2):
            program = Program(tmp_path, TMPDIR=tmp_path, **on_telegram(api), **WRONG)
            await program.start("-m", "tgtp", "tell", f"tgtp.service has failed {TOKEN}")
            assert await program.ended() == 0
        (text,) = api.texts()
        assert text == "tgtp.service has failed •••"
        api.refuse = lambda _: ApiRefusal("Unauthorized", 401)
        program = Program(tmp_path, TMPDIR=tmp_path, **on_telegram(api))
        await program.start("-m", "tgtp", "tell", "something else")
        assert await program.ended() == 1


async def test_a_folder_whose_name_is_no_text_is_refused_and_told(tmp_path: Path, service: Service) -> None:
    """It ended with 1, which supervisors start again for ever."""
    lines = await refused(tmp_path, DATA_DIR=os.fsdecode(b"/proc/\xd6\xd0"), ALERT_URLS=service.url)
    assert "ALERT_URLS" in lines[-1]
    assert "\\udcd6" in service.taken[0]


async def test_an_interrupt_while_people_are_told_ends_in_one_line(tmp_path: Path, service: Service) -> None:
    service.slow = asyncio.Event()
    program = Program(tmp_path, TMPDIR=tmp_path, **WRONG, ALERT_URLS=service.url)
    await program.start()
    await program.said("cannot start")
    os.kill(program.pid, signal.SIGINT)
    assert await program.ended() == 130
    assert not any("Traceback" in line for line in program.lines)


@pytest.mark.parametrize("words", [["doctor"], ["tell", "x"], ["pair"]], ids=lambda words: words[0])
async def test_a_console_that_lacks_signs_breaks_no_job(tmp_path: Path, words: list[str]) -> None:
    """The doctor ended with 1, as if something wanted attention, and had said nothing."""
    program = Program(
        tmp_path, CHAT="telegram", TELEGRAM_BOT_TOKEN=TOKEN, LANGUAGE="zh", PYTHONIOENCODING="ascii", TMPDIR=tmp_path
    )
    program.settings["TELEGRAM_API_URL"] = "http://127.0.0.1:9"
    await program.start("-m", "tgtp", *words)
    await program.ended()
    assert program.lines
    assert not any("Traceback" in line for line in program.lines)


async def test_a_second_start_does_not_cry_that_nothing_is_guarded(tmp_path: Path) -> None:
    """The phone heard "nothing is guarded there", while the first one was at work."""
    async with BotApi() as api:
        settings = on_telegram(api, LANGUAGE="en")
        async with Program(tmp_path, **settings) as first:
            await first.said("check 1:")
            await refused(tmp_path, **settings)
            await api.until(lambda: any("started a second time" in text for text in api.texts()))
            assert not any("nothing is guarded" in text for text in api.texts())
