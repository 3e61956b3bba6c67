"""pm2 as the trader knows it, with the real one: start, status, logs, restart, stop; killed it comes back with everything.

Where there is none, this is skipped: ``npm install pm2`` somewhere, and have its ``node_modules/.bin`` in PATH.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.test_process import okx_server, on_okx, on_telegram
from tests.fixtures.folders import ROOT
from tests.fixtures.waiting import DEADLINE, until
from tests.simulation.exchange.server import OkxServer
from tests.simulation.phone.bot_api import BotApi

PM2 = shutil.which("pm2")
STX = "STX-USDT-SWAP"

pytestmark = pytest.mark.skipif(PM2 is None, reason="pm2 is not in PATH (npm install pm2)")


class Pm2:
    """pm2 with a daemon of its own, in a folder that holds the program as a person has it."""

    def __init__(self, folder: Path, settings: dict[str, Any]) -> None:
        self.folder = folder / "tgtp"
        self.folder.mkdir()
        for name in ("bot.py", "tgtp", "ecosystem.config.cjs"):
            (self.folder / name).symlink_to(ROOT / name)
        # A link to the file would be resolved, and the program taken from there.
        (self.folder / "ecosystem.config.cjs").unlink()
        shutil.copy(ROOT / "ecosystem.config.cjs", self.folder)
        (self.folder / ".venv" / "bin").mkdir(parents=True)
        python = self.folder / ".venv" / "bin" / "python"
        python.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} "$@"\n', encoding="utf-8")
        python.chmod(0o755)
        self.write(settings)
        self._environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder)}
        self._environment["PM2_HOME"] = str(folder / "pm2")

    def write(self, settings: dict[str, Any]) -> None:
        lines = [f"{name}={value}\n" for name, value in {"DATA_DIR": self.folder / "data", **settings}.items()]
        (self.folder / ".env").write_text("".join(lines), encoding="utf-8")

    async def does(self, *words: str) -> str:
        assert PM2 is not None
        process = await asyncio.create_subprocess_exec(
            PM2,
            *words,
            cwd=self.folder,
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == 0, said.decode()
        return said.decode()

    async def row(self) -> dict[str, Any]:
        said = await self.does("jlist")
        return next(row for row in json.loads(said[said.index("[{") :]) if row["name"] == "tgtp")

    async def status(self) -> str:
        return str((await self.row())["pm2_env"]["status"])


@contextlib.asynccontextmanager
async def pm2_on(folder: Path, settings: dict[str, Any]) -> AsyncIterator[Pm2]:
    pm2 = Pm2(folder, settings)
    try:
        yield pm2
    finally:
        await pm2.does("kill")


def checks(server: OkxServer) -> int:
    return len(server.requests_to("GET /account/positions"))


async def test_the_habits_of_pm2_and_a_kill_in_between(tmp_path: Path) -> None:
    async with BotApi() as api, okx_server() as server:
        server.account.open_leg(STX, "long", "100", "0.30")
        async with pm2_on(tmp_path, on_telegram(api, **on_okx(server))) as pm2:
            await pm2.does("start", "ecosystem.config.cjs")
            await until(lambda: checks(server) > 1)
            assert "online" in await pm2.does("status", "tgtp")
            server.account.set_roi(STX, "long", 26)
            await until(lambda: len(server.account.fills) == 1)
            await until(lambda: any("tier 1" in text for text in api.texts()))
            os.kill((await pm2.row())["pid"], signal.SIGKILL)
            seen = checks(server)
            await until(lambda: checks(server) > seen + 2)
            # Back with everything: the tier that has fired stays fired.
            assert len(server.account.fills) == 1
            assert "Traceback" not in await pm2.does("logs", "tgtp", "--lines", "50", "--nostream")
            begun = (await pm2.row())["pid"]
            await pm2.does("restart", "tgtp")
            seen = checks(server)
            await until(lambda: checks(server) > seen + 2)
            assert (await pm2.row())["pid"] != begun
            await pm2.does("stop", "tgtp")
            assert await pm2.status() == "stopped"
            # In order, and not killed: the goodbye was said.
            await until(lambda: any("Stopped" in text or "stopped" in text for text in api.texts()))
            assert len(server.account.fills) == 1


async def test_a_refusal_is_not_started_again_for_ever(tmp_path: Path) -> None:
    async with BotApi() as api, okx_server() as server:
        settings = on_telegram(api, **on_okx(server))
        async with pm2_on(tmp_path, {**settings, "LONG_TIERS": "35:50,25:30"}) as pm2:
            await pm2.does("start", "ecosystem.config.cjs")
            await until(lambda: any("LONG_TIERS" in text for text in api.texts()))
            # Told shortly before its end. A process that is started again would be counted.
            async with asyncio.timeout(DEADLINE):
                while await pm2.status() != "stopped":
                    pass
            assert (await pm2.row())["pm2_env"]["restart_time"] == 0
            assert "cannot start" in await pm2.does("logs", "tgtp", "--lines", "20", "--nostream")
            # Once the setting is right, the same words start it.
            pm2.write(settings)
            await pm2.does("restart", "tgtp")
            await until(lambda: checks(server) > 1)
            assert await pm2.status() == "online"
