"""A clock that is put back must not stop the checks, and a reader that stalls must not stop the program."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import subprocess
import sys
import types
from typing import Any

import apscheduler.schedulers.base as scheduler
import apscheduler.triggers.interval as trigger
import pytest

from tests.chat.conftest import Dial
from tests.fixtures.fakes import paper_leg
from tests.fixtures.waiting import DEADLINE, until


async def test_checks_go_on_when_the_wall_clock_is_put_back(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = await dial(paper_leg())
    begun: list[float] = []

    async def check() -> None:
        begun.append(asyncio.get_running_loop().time())

    await phone.side.start_checks(check, 1)
    await until(lambda: len(begun) >= 2)

    class PutBack(dt.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> dt.datetime:  # type: ignore[override]
            return dt.datetime.now(tz) - dt.timedelta(hours=8)

    monkeypatch.setattr(scheduler, "datetime", PutBack)
    monkeypatch.setattr(trigger, "datetime", PutBack)
    monkeypatch.setattr("tgtp.chat.bot.runner.dt", types.SimpleNamespace(datetime=PutBack, UTC=dt.UTC))
    count = len(begun)
    await until(lambda: len(begun) > count + 1)
    await phone.until(lambda: any("No check started" in text for text in phone.texts()))


async def test_a_laptop_that_slept_an_hour_wakes_into_one_check(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asleep, the monotonic clock stands still and the wall clock does not: a whole hour is missed at once."""
    phone = await dial(paper_leg())
    begun: list[float] = []

    async def check() -> None:
        begun.append(asyncio.get_running_loop().time())

    await phone.side.start_checks(check, 1)
    await until(lambda: len(begun) >= 2)

    class AnHourLater(dt.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> dt.datetime:  # type: ignore[override]
            return dt.datetime.now(tz) + dt.timedelta(hours=1)

    monkeypatch.setattr(scheduler, "datetime", AnHourLater)
    monkeypatch.setattr(trigger, "datetime", AnHourLater)
    woken, count = asyncio.get_running_loop().time(), len(begun)
    await until(lambda: len(begun) >= count + 4)
    # A slow machine makes fewer checks in a time, never more.
    assert len(begun) - count <= begun[-1] - woken + 2


def test_a_reader_that_stalls_does_not_stop_the_program() -> None:
    program = (
        "import logging, sys, os\n"
        "from tgtp.chat.console.log_setup import set_up_log\n"
        "set_up_log('INFO', ())\n"
        "for number in range(20000): logging.getLogger('tgtp').info('x' * 100)\n"
        "os.write(1, b'done')\n"
        "os._exit(0)\n"
    )
    reading, writing = os.pipe()
    try:
        ended = subprocess.run(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=writing, timeout=DEADLINE, check=True
        )
    finally:
        os.close(reading)
        os.close(writing)
    assert ended.stdout == b"done"
