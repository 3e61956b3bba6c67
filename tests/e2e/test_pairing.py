"""``python -m tgtp pair`` beside the running program."""

from __future__ import annotations

import re
from pathlib import Path

from tests.e2e.process import Program
from tests.e2e.test_process import on_telegram
from tests.simulation.phone.bot_api import TOKEN, BotApi


async def test_a_code_of_another_process_pairs_with_the_running_one(tmp_path: Path) -> None:
    async with BotApi() as api:
        settings = on_telegram(api, TELEGRAM_ALLOWED_USERS="")
        async with Program(tmp_path, **settings) as program:
            await program.said("no one is allowed yet")
            await program.said("connected as")
            beside = Program(tmp_path, **settings)
            await beside.start("-m", "tgtp", "pair")
            assert await beside.ended() == 0
            found = re.search(r"/start (\w{8})", beside.lines[0])
            assert found is not None
            await api.says(f"/start {found[1]}")
            await api.until(lambda: any("Paired" in text for text in api.texts()))
            assert not (tmp_path / "data" / "paper" / "pairing.json").exists()


async def test_where_no_code_makes_an_owner_pair_says_why(tmp_path: Path) -> None:
    for settings, words in (
        ({}, "CHAT=local"),
        ({"CHAT": "telegram", "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_ALLOWED_USERS": "42"}, "TELEGRAM_ALLOWED_USERS"),
    ):
        program = Program(tmp_path, **settings)
        await program.start("-m", "tgtp", "pair")
        assert await program.ended() == 2
        assert words in program.lines[-1]
        assert len(program.lines) == 1
        in_chinese = Program(tmp_path, **settings, LANGUAGE="zh")
        await in_chinese.start("-m", "tgtp", "pair")
        assert await in_chinese.ended() == 2
        assert in_chinese.lines[-1].startswith("tgtp 无法执行：")
        assert "配对" in in_chinese.lines[-1]
