"""The process of a backtest: what it says, what becomes of it, and that nothing of it stays."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.chat.commands.backtest.test_backtest import OUTCOME
from tests.fixtures.waiting import until
from tgtp.adapters.backtest_process import BacktestProcess
from tgtp.domain.model import EPOCH
from tgtp.engine.ports import BacktestRequest, Progress
from tgtp.errors import Invalid, Problem, TemporarilyDown

REQUEST = BacktestRequest(
    instrument_id="ETH-USDT-SWAP",
    side="long",
    leverage=10,
    since=EPOCH,
    until=EPOCH,
    long="25:30",
    short="25:30",
    margin=100,
    min_margin=1,
    keep_margin=1,
)
READ = "import json, sys, time, os; asked = json.loads(sys.stdin.readline())\n"
TELL = READ + "print(json.dumps({'stage': 'history', 'done': 0.5}), flush=True)\n"


def process(script: str, **options: float) -> BacktestProcess:
    return BacktestProcess((sys.executable, "-c", script), **options)


async def test_what_it_says_is_heard_and_what_it_found_is_given() -> None:
    heard: list[Progress] = []
    script = TELL + f"assert asked['instrument_id'] == 'ETH-USDT-SWAP'\nprint({OUTCOME.model_dump_json()!r})"
    assert await process(script).run(REQUEST, heard.append) == OUTCOME
    assert heard == [Progress("history", 0.5)]


@pytest.mark.parametrize(("word", "kind"), [("problem", Invalid), ("down", TemporarilyDown)])
async def test_what_stands_in_its_way_is_raised(word: str, kind: type[Invalid | TemporarilyDown]) -> None:
    row = {"key": "backtests.long", "values": {"minutes": "3"}}
    with pytest.raises(kind) as caught:
        await process(READ + f"print(json.dumps({{{word!r}: {row!r}}}))").run(REQUEST, lambda _: None)
    assert caught.value.problem == Problem("backtests.long", minutes=3)


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (READ + "raise ValueError('secret')", "ValueError"),
        ("import os; os._exit(3)", "exit 3"),
        (READ + "os.kill(os.getpid(), 9)", "exit -9"),
        (READ + "print('no words of ours')", "exit"),
    ],
)
async def test_a_process_that_breaks_says_what_kind_of_fault_it_was(script: str, why: str) -> None:
    with pytest.raises(TemporarilyDown) as caught:
        await process(script).run(REQUEST, lambda _: None)
    assert why in str(caught.value.problem)
    assert "secret" not in str(caught.value.problem)


async def test_what_cannot_be_begun_is_said(tmp_path: Path) -> None:
    with pytest.raises(TemporarilyDown, match="No such file"):
        await BacktestProcess((str(tmp_path / "nothing"),)).run(REQUEST, lambda _: None)


async def test_one_that_takes_too_long_is_ended() -> None:
    with pytest.raises(TemporarilyDown, match=r"backtests\.long"):
        await process(READ + "time.sleep(60)", longest=0.2).run(REQUEST, lambda _: None)


async def test_a_cancelled_one_is_gone(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    note = f"open({str(file)!r}, 'w').write(str(os.getpid()))\n"
    script = READ + note + TELL.removeprefix(READ) + "time.sleep(60)"
    heard: list[Progress] = []
    task = asyncio.create_task(process(script).run(REQUEST, heard.append))
    await until(lambda: heard)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(ProcessLookupError):
        os.kill(int(file.read_text()), 0)
