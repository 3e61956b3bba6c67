"""Keys of OKX beside ``EXCHANGE=paper``: whoever filled them in believes their positions watched."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.process import Program
from tests.e2e.test_process import SECRETS, okx_server, on_okx, on_telegram
from tests.simulation.phone.bot_api import BotApi

SAID = {"en": "your positions at OKX are not watched", "zh": "你在 OKX 的持仓没有被监控"}


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_they_are_warned_of_on_the_console_and_in_the_start_message(tmp_path: Path, language: str) -> None:
    async with BotApi() as api:
        async with Program(tmp_path, **on_telegram(api, LANGUAGE=language, **SECRETS)) as program:
            await program.said(SAID[language])
            await api.until(lambda: any("tgtp" in text and SAID[language] in text for text in api.texts()))
        assert not any(secret in line for line in program.lines for secret in SECRETS.values())


async def test_keys_that_are_used_are_not_warned_of(tmp_path: Path) -> None:
    async with BotApi() as api, okx_server() as server:
        async with Program(tmp_path, **on_telegram(api, **on_okx(server))) as program:
            await program.said("check 1:")
            await api.until(lambda: any("watches OKX" in text for text in api.texts()))
        assert not any(SAID["en"] in text for text in (*api.texts(), *program.lines))


async def test_without_keys_nothing_is_said(tmp_path: Path) -> None:
    async with BotApi() as api:
        async with Program(tmp_path, **on_telegram(api)) as program:
            await program.said("check 1:")
            await api.until(lambda: any("watches a paper account" in text for text in api.texts()))
        assert not any(SAID["en"] in text for text in (*api.texts(), *program.lines))
