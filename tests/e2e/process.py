"""The program as a process of its own, as a person starts it."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path
from typing import Any

from tests.fixtures.folders import ROOT
from tests.fixtures.waiting import DEADLINE, until

# Where the program's constants stand that a test may shorten: a minute of waiting shows nothing that a second does not.
PATIENCE = {
    "LOOK_UP_LAG": "tgtp.domain.order",
    "ORDER_LIFETIME": "tgtp.domain.order",
    "NEXT_CHECK": "tgtp.domain.retries",
    "SILENT_AFTER": "tgtp.chat.outbox.fallback_channel",
    "AGREE_AFTER": "tgtp.domain.guards.drawdown",
    "FIRST_PAUSE": "tgtp.domain.retries",
    "GONE_AFTER": "tgtp.domain.position_changes",
}


def sooner(**seconds: float) -> tuple[str, ...]:
    """The words that start the program with less patience: ``NAME=seconds`` of what stands in ``PATIENCE``."""
    lines = ["import datetime, importlib, sys"]
    for name, value in seconds.items():
        lines += [f"module = importlib.import_module({PATIENCE[name]!r})", f"assert module.{name}"]
        span = f"datetime.timedelta(seconds={value})"
        lines.append(f"module.{name} = {span} if isinstance(module.{name}, datetime.timedelta) else {value}")
    return "-c", "\n".join([*lines, "from tgtp.app import main", "sys.exit(main())"])


CHECK = re.compile(r"check (\d+):")


class Program:
    """``python bot.py``, or the ``words`` after ``python``, with settings; ``lines`` is what it has printed."""

    def __init__(self, folder: Path, words: tuple[str, ...] = (), /, **settings: Any) -> None:
        self.folder = folder
        self.words = words or (str(ROOT / "bot.py"),)
        self.settings = {name: str(value) for name, value in settings.items()}
        self.lines: list[str] = []
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None

    async def start(self, *words: str) -> None:
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "DATA_DIR": str(self.folder / "data"),
            "LOCAL_CHAT_PORT": "0",
            "TMPDIR": str(self.folder),
            **self.settings,
        }
        await self.run(sys.executable, *(words or self.words), environment=environment, within=self.folder)

    async def run(self, *command: str, environment: dict[str, str], within: Path) -> None:
        """Start another command with nothing but this environment, in a folder."""
        self._process = await asyncio.create_subprocess_exec(
            *command,
            cwd=within,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        self._reader = asyncio.create_task(self._read(self._process))

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            self.lines.append(line.decode().rstrip())

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def code(self) -> int | None:
        """Its exit code; None while it runs."""
        assert self._process is not None
        return self._process.returncode

    def terminate(self) -> None:
        assert self._process is not None
        self._process.terminate()

    def kill(self) -> None:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.kill()

    async def ended(self) -> int:
        assert self._process is not None
        assert self._reader is not None
        code = await asyncio.wait_for(self._process.wait(), DEADLINE)
        await self._reader
        return code

    async def said(self, words: str, *, times: int = 1) -> str:
        """Wait until a line holds these words, so many times. For ``check 2:`` a later check will do.

        Of two checks that follow each other at once the log tells but one.
        """

        def holds(line: str) -> bool:
            found = CHECK.search(line) if number else None
            return words in line or (found is not None and number is not None and int(found[1]) >= int(number[1]))

        number = CHECK.fullmatch(words)
        try:
            await until(lambda: sum(map(holds, self.lines)) >= times)
        except AssertionError:
            raise AssertionError(f"{words!r} was not said:\n" + "\n".join(self.lines[-40:])) from None
        return next(line for line in reversed(self.lines) if holds(line))

    async def __aenter__(self) -> Program:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.kill()
        await self.ended()
