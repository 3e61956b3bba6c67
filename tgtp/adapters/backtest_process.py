"""Runs a backtest in a process of its own, which gives way to the checks and is bounded in memory and time."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from tgtp.domain.model import Value
from tgtp.engine.ports import BacktestOutcome, BacktestRequest, Backtests, Progress, WhatIfOutcome, WhatIfRequest
from tgtp.errors import Invalid, Problem, TemporarilyDown

log = logging.getLogger(__name__)

# What is run: it reads a request from its input, and writes how far it is and what it has found, a line each.
COMMAND = (sys.executable, "-m", "tgtp.backtest.on_request")
# Seconds.
LONGEST = 900.0
LONGEST_LINE = 1 << 20

Outcome = TypeVar("Outcome", bound=Value)


class BacktestProcess(Backtests):
    """A process for each backtest; it is killed with its task, and ends by itself when this process is gone."""

    def __init__(self, command: Sequence[str] = COMMAND, *, longest: float = LONGEST) -> None:
        """``longest``: seconds after which it is given up."""
        self._command = tuple(command)
        self._longest = longest

    async def run(self, request: BacktestRequest, heard: Callable[[Progress], None]) -> BacktestOutcome:
        """Run one. Raises Invalid, TemporarilyDown."""
        return await self._run(request, BacktestOutcome, heard)

    async def what_if(self, request: WhatIfRequest, heard: Callable[[Progress], None]) -> WhatIfOutcome:
        """Walk legs of the past. Raises Invalid, TemporarilyDown."""
        return await self._run(request, WhatIfOutcome, heard)

    async def _run(self, request: Value, kind: type[Outcome], heard: Callable[[Progress], None]) -> Outcome:
        pipe = asyncio.subprocess.PIPE
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=pipe,
                stdout=pipe,
                stderr=pipe,
                limit=LONGEST_LINE,
                start_new_session=True,
            )
        except OSError as exc:
            raise TemporarilyDown(Problem("backtests.broken", why=exc.strerror or exc)) from exc
        complaints = asyncio.create_task(_last_line(process.stderr))
        try:
            async with asyncio.timeout(self._longest):
                return await _conversation(process, request, kind, heard, complaints)
        except TimeoutError as exc:
            raise TemporarilyDown(Problem("backtests.long", minutes=f"{self._longest / 60:.0f}")) from exc
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            complaints.cancel()
            await process.wait()


async def _conversation(
    process: asyncio.subprocess.Process,
    request: Value,
    kind: type[Outcome],
    heard: Callable[[Progress], None],
    complaints: asyncio.Task[str],
) -> Outcome:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the process was begun without pipes")
    # The input stays open: its end tells the process that this one is gone.
    with contextlib.suppress(ConnectionError):
        process.stdin.write(f"{request.model_dump_json()}\n".encode())
        await process.stdin.drain()
    while line := await process.stdout.readline():
        try:
            said: dict[str, Any] = json.loads(line)
        except ValueError:
            break
        if "done" in said:
            heard(Progress(said["stage"], said["done"]))
        elif "problem" in said:
            raise Invalid(Problem.read(said["problem"]))
        elif "down" in said:
            raise TemporarilyDown(Problem.read(said["down"]))
        else:
            return kind.model_validate(said)
    # It was killed, for its memory or by somebody else, or a fault of ours.
    why = await complaints
    log.error("a backtest broke: %s", why or f"exit {await process.wait()}")
    raise TemporarilyDown(Problem("backtests.broken", why=why.rpartition(":")[0] or f"exit {await process.wait()}"))


async def _last_line(stream: asyncio.StreamReader | None) -> str:
    last = ""
    while stream is not None and (line := await stream.readline()):
        last = line.decode(errors="replace").strip() or last
    return last
