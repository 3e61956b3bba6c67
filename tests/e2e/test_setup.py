"""``setup`` as a person meets it: a terminal, in which no secret is seen, and a pipe."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import re
import stat
import sys
import termios
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.process import Program
from tests.e2e.test_process import SECRETS, okx_server
from tests.fixtures.folders import ROOT
from tests.fixtures.waiting import DEADLINE, until
from tests.simulation.exchange.server import OkxServer
from tests.simulation.phone.bot_api import TOKEN, BotApi

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no pty")


class Terminal:
    """``tgtp setup`` in a terminal of its own; ``seen`` is all that stands on it."""

    def __init__(self, home: Path, api: BotApi) -> None:
        self.home, self._api = home, api
        self._screen = bytearray()
        self._read_to = 0

    @property
    def seen(self) -> str:
        return self._screen.decode(errors="replace").replace("\r\n", "\n")

    async def __aenter__(self) -> Terminal:
        self._ours, theirs = pty.openpty()
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tgtp", "--home", str(self.home), "setup"),
            env={**environment, "TELEGRAM_API_URL": self._api.url, "TMPDIR": str(self.home.parent)},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(theirs)
        asyncio.get_running_loop().add_reader(self._ours, self._hear)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        asyncio.get_running_loop().remove_reader(self._ours)
        os.close(self._ours)

    def _hear(self) -> None:
        try:
            self._screen += os.read(self._ours, 65536)
        except OSError:  # the other end is closed
            asyncio.get_running_loop().remove_reader(self._ours)

    async def answers(self, question: str, *, key: str = "\n", text: str = "") -> None:
        """Wait until it asks, and type."""
        prompt = re.compile(rf"^[^\n]*{re.escape(question)}[^\n]*: \Z", re.MULTILINE)
        await until(lambda: prompt.search(self.seen, self._read_to))
        self._read_to = len(self.seen)
        os.write(self._ours, (text + key).encode())

    async def ended(self) -> int:
        return await asyncio.wait_for(self._process.wait(), DEADLINE)


@pytest.fixture
async def servers() -> AsyncIterator[tuple[BotApi, OkxServer]]:
    async with BotApi() as api, okx_server() as server:
        server.account.ip, server.account.permissions = "203.0.113.7", "read_only,trade"
        yield api, server


async def until_the_keys(terminal: Terminal, server: OkxServer) -> None:
    for question, text in (
        ("Number", "1"),
        ("Number", "2"),
        ("Time zone", ""),
        ("Proxy", ""),
        ("Token of the bot", TOKEN),
        ("Telegram ids", "42"),
        ("Number", "4"),
        ("Address of OKX, as", server.url),
        ("stream", ""),
        ("API key", SECRETS["OKX_API_KEY"]),
    ):
        await terminal.answers(question, text=text)


async def test_in_a_terminal_no_secret_is_seen_and_ctrl_c_changes_nothing(
    servers: tuple[BotApi, OkxServer], tmp_path: Path
) -> None:
    api, server = servers
    home = tmp_path / "home"
    async with Terminal(home, api) as terminal:
        await until_the_keys(terminal, server)
        await terminal.answers("Secret of the key", text="half of a sec", key="\x03")
        assert await terminal.ended() == 130
        await until(lambda: "Nothing was written" in terminal.seen)
        assert "Traceback" not in terminal.seen
        assert "half of a sec" not in terminal.seen
    assert not home.exists()
    async with Terminal(home, api) as terminal:
        await until_the_keys(terminal, server)
        await terminal.answers("Secret of the key", text=SECRETS["OKX_API_SECRET"])
        await terminal.answers("Passphrase of the key", text=SECRETS["OKX_API_PASSPHRASE"])
        assert await terminal.ended() == 0
        await until(lambda: "Next: " in terminal.seen)
        assert "All is well" in terminal.seen
        assert not any(secret in terminal.seen for secret in (TOKEN, *SECRETS.values()))
    assert stat.S_IMODE((home / ".env").stat().st_mode) == 0o600
    # What it names as the next thing runs, on what it has written.
    program = Program(home, ("-m", "tgtp", "--home", str(home), "run"), TELEGRAM_API_URL=api.url, DATA_DIR=str(home / "data"))
    async with program:
        await program.said("check 1:")


async def test_a_pipe_is_answered_line_by_line(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "tgtp", "--home", str(tmp_path / "home"), "setup")
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "zh_CN.UTF-8", "TMPDIR": str(tmp_path)}

    async def piped(lines: str) -> tuple[int | None, str]:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, env=environment, stdin=pipe, stdout=pipe, stderr=pipe)
        out, err = await asyncio.wait_for(process.communicate(lines.encode()), DEADLINE)
        assert err == b""
        return process.returncode, out.decode()

    code, said = await piped("\n\n")
    assert code == 2
    assert "未写入任何内容" in said
    assert not (tmp_path / "home").exists()
    code, said = await piped("\n\n\nUTC\n")
    assert code == 0
    assert "下一步" in said
