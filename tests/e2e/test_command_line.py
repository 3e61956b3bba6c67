"""What is typed behind the program: help and refusals in the reader's language, and never a start that nobody asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.process import Program
from tests.fixtures.folders import ROOT
from tests.simulation.phone.bot_api import TOKEN, BotApi
from tgtp import __version__

BOT = str(ROOT / "bot.py")
CHINESE = {"LANG": "zh_CN.UTF-8"}


async def said(folder: Path, *words: str, code: int, **settings: str) -> str:
    program = Program(folder, **settings)
    await program.start(*words)
    assert await program.ended() == code, program.lines
    # Nothing was begun, and nothing traded.
    assert not (folder / "data" / "paper").exists()
    return "\n".join(program.lines)


@pytest.mark.parametrize("word", ["--help", "-h"])
async def test_the_door_names_its_usage_and_starts_nothing(tmp_path: Path, word: str) -> None:
    english = await said(tmp_path, BOT, word, code=0)
    assert english.startswith("usage: bot.py [")
    assert "-m tgtp --help" in english
    chinese = await said(tmp_path, BOT, word, code=0, **CHINESE)
    assert chinese.startswith("用法：bot.py [")
    assert "选项" in chinese
    assert "show this help" not in chinese


@pytest.mark.parametrize("words", [["--version"], ["-m", "tgtp", "--version"]])
async def test_the_version_is_named(tmp_path: Path, words: list[str]) -> None:
    words = words if words[0] == "-m" else [BOT, *words]
    assert await said(tmp_path, *words, code=0) == f"tgtp {__version__}"


@pytest.mark.parametrize(
    "words", [["doctor"], ["run"], ["--new-ledger"], ["-x"], [""], ["--help-me"], ["paper"], ["--version", "now"]]
)
async def test_the_door_takes_no_other_word(tmp_path: Path, words: list[str]) -> None:
    code = 0 if words[0] == "--version" else 2
    told = await said(tmp_path, BOT, *words, code=code)
    assert code == 0 or ("usage: bot.py" in told and "nothing was started" in told)


@pytest.mark.parametrize(
    "words",
    [["rnu"], ["--runn"], ["run", "now"], ["run", "--newledger"], ["tell"], ["backtest"], ["backtest", "x", "--side", "up"]],
)
async def test_words_that_are_not_understood_are_refused_with_the_usage(tmp_path: Path, words: list[str]) -> None:
    english = await said(tmp_path, "-m", "tgtp", *words, code=2)
    assert english.startswith("usage: ")
    assert f"“{words[0]}" in english
    chinese = await said(tmp_path, "-m", "tgtp", *words, code=2, **CHINESE)
    assert chinese.startswith("用法：")
    assert "未启动" in chinese


@pytest.mark.parametrize(
    ("words", "named"), [(["--start", "soon"], "--start"), (["--ladder", "-5:30"], "-5:30"), (["--path", "up"], "up")]
)
async def test_a_word_that_is_none_is_refused_by_its_name(tmp_path: Path, words: list[str], named: str) -> None:
    backtest = ("backtest", "x", "--instrument", "X", "--side", "long", *words)
    told = await said(tmp_path, "-m", "tgtp", *backtest, code=2, **CHINESE)
    assert named in told
    assert len(told.splitlines()) == 1


@pytest.mark.parametrize("words", [[], ["--home", "."]])
async def test_without_a_job_there_is_help_and_no_start(tmp_path: Path, words: list[str]) -> None:
    told = await said(tmp_path, "-m", "tgtp", *words, code=2)
    assert told.startswith("usage: ")
    assert "tgtp run” runs the bot" in told or f"--home {words[-1]} run” runs the bot" in told
    assert "nothing is guarded" in told
    assert all(f"\n    {job}" in told for job in ("run", "doctor", "pair", "tell", "backtest", "import-legacy"))


@pytest.mark.parametrize(
    ("settings", "head"),
    [
        ({}, "usage: "),
        ({"LANG": "de_DE.UTF-8"}, "usage: "),
        ({"LANG": "zh_TW.UTF-8", "LC_ALL": "C.UTF-8"}, "usage: "),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "用法："),
        ({"LC_MESSAGES": "zh_CN", "LANG": "en_US.UTF-8"}, "用法："),
        ({"LANGUAGE": "zh", "LANG": "en_US.UTF-8"}, "用法："),
        ({"LANGUAGE": "en", "LANG": "zh_CN.UTF-8"}, "usage: "),
        ({"LANGUAGE": "zh_CN:zh"}, "用法："),
    ],
)
async def test_it_speaks_as_the_settings_say_else_as_the_machine_does(
    tmp_path: Path, settings: dict[str, str], head: str
) -> None:
    assert (await said(tmp_path, "-m", "tgtp", "run", "--help", code=0, **settings)).startswith(head)


async def test_where_nobody_looks_the_phone_is_told_that_nothing_runs(tmp_path: Path) -> None:
    async with BotApi() as api:
        program = Program(
            tmp_path,
            CHAT="telegram",
            TELEGRAM_BOT_TOKEN=TOKEN,
            TELEGRAM_ALLOWED_USERS="42",
            TELEGRAM_API_URL=api.url,
        )
        await program.start("-m", "tgtp")
        assert await program.ended() == 2
        assert any("nothing is guarded" in text for text in api.texts())


async def test_a_service_without_a_job_goes_on_guarding(tmp_path: Path) -> None:
    program = Program(tmp_path, CHECK_INTERVAL=60, NOTIFY_SOCKET=str(tmp_path / "notify"))
    await program.start("-m", "tgtp")
    await program.said("Started by systemd without a job")
    await program.said("check 1:")
    program.terminate()
    assert await program.ended() == 0


async def test_an_import_prints_a_line_for_each_leg(tmp_path: Path) -> None:
    state = {
        "CRV-USDT-SWAP_long": {"triggered_levels": [20, 25, 35], "last_update": "2026-01-02"},
        "UNI-USDT-SWAP_short": {"triggered_levels": [], "last_update": "2026-01-02"},
    }
    (tmp_path / "state.json").write_text(json.dumps(state), encoding="utf-8")
    program = Program(tmp_path)
    await program.start("-m", "tgtp", "import-legacy", "state.json")
    assert await program.ended() == 0
    waits = "marked when the leg is first seen, if it was opened before 2026-01-02 16:00 UTC"
    assert program.lines[1:] == [
        f"  CRV-USDT-SWAP long: 20% → no tier (the first one is at 25%), 25% → tier 1, 35% → tier 2 – {waits}",
        f"  UNI-USDT-SWAP short: no level had fired – {waits}",
        "2 legs; 0 tiers marked now.",
        "No file of records was named: the history has none of the older closes. They can be taken over later.",
    ]
    chinese = Program(tmp_path, **CHINESE)
    await chinese.start("-m", "tgtp", "import-legacy", "state.json")
    assert await chinese.ended() == 0
    assert chinese.lines[1].startswith("  CRV-USDT-SWAP 多单：20% → 无对应档位（第 1 档为 25%），25% → 第 1 档")
    assert "此前已导入" in chinese.lines[1]
