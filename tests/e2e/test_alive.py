"""Alive or not, as seen from outside of the real process: heartbeat, systemd, a stopped machine, a second instance."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path

import pytest
from aiohttp import web

from tests.e2e.process import Program
from tests.e2e.test_process import SECRETS, okx_server, on_okx, on_telegram
from tests.fixtures.local_web import served
from tests.fixtures.waiting import until
from tests.simulation.phone.bot_api import BotApi

KEY = "0b1f5a3e-ping-key-of-mine"


class Systemd:
    """A socket as systemd has one; ``lines`` is what it was told, datagram by datagram."""

    def __init__(self, wire: socket.socket, address: str) -> None:
        self._wire = wire
        self.address = address
        self._told: list[str] = []

    @property
    def told(self) -> list[str]:
        while True:
            try:
                self._told.append(self._wire.recv(4096).decode())
            except BlockingIOError:
                return self._told

    def count(self, word: str) -> int:
        return sum(word in lines.split("\n") for lines in self.told)

    def statuses(self) -> list[str]:
        return [line.removeprefix("STATUS=") for lines in self.told for line in lines.split("\n") if line.startswith("STATUS=")]


@pytest.fixture(params=["a file", "abstract"])
def systemd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Systemd]:
    name = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
        wire.bind(name if request.param == "a file" else f"\0{name}")
        wire.setblocking(False)
        yield Systemd(wire, name if request.param == "a file" else f"@{name}")


@pytest.fixture
async def pings() -> AsyncIterator[tuple[str, list[str]]]:
    """An address that may be called, and the calls."""
    calls: list[str] = []

    async def called(request: web.Request) -> web.Response:
        calls.append(f"{request.method} {request.path}")
        return web.Response(text="OK")

    async with served(called) as port:
        yield f"http://127.0.0.1:{port}/{KEY}", calls


async def test_systemd_hears_of_every_check_and_the_heartbeat_of_good_ones(
    tmp_path: Path, systemd: Systemd, pings: tuple[str, list[str]]
) -> None:
    url, calls = pings
    async with BotApi() as api, okx_server() as server:
        server.fault("GET /account/config", "http_503", times=None)
        settings = on_telegram(api, **on_okx(server), LOG_LEVEL="DEBUG", HEARTBEAT_URL=url)
        program = Program(tmp_path, **settings, NOTIFY_SOCKET=systemd.address, WATCHDOG_USEC=60_000_000)
        async with program:
            # A failed check is a sign of life of the process, and none of a guarded account.
            await until(lambda: systemd.count("WATCHDOG=1") >= 2)
            assert systemd.statuses()[:2] == ["check 1 failed; the log says why", "check 2 failed; the log says why"]
            assert systemd.count("READY=1") >= 1
            assert calls == []
            server.clear_faults()
            await until(lambda: len(calls) >= 2)
            good = [status for status in systemd.statuses() if "failed" not in status]
            assert good
            assert ": 0 legs, " in good[0]
            assert set(calls) == {f"GET /{KEY}"}
            assert systemd.count("STOPPING=1") == 0
            program.terminate()
            assert await program.ended() == 0
        assert systemd.told[-1] == "STOPPING=1"
        assert not any(KEY in line for line in program.lines)
        assert any("heartbeat was answered with 200" in line for line in program.lines)


@pytest.mark.parametrize("systemd", ["a file"], indirect=True)
async def test_the_watchdog_is_fed_between_two_checks_that_are_far_apart(tmp_path: Path, systemd: Systemd) -> None:
    async with Program(tmp_path, CHECK_INTERVAL=3600, NOTIFY_SOCKET=systemd.address, WATCHDOG_USEC=100_000) as program:
        await until(lambda: systemd.count("READY=1"))
        await until(lambda: systemd.told.count("WATCHDOG=1") >= 20)
        assert systemd.count("READY=1") == 1
        assert _checks(program) == 1


async def test_a_file_is_young_while_checks_go_on_and_gone_after_an_ordered_end(tmp_path: Path) -> None:
    file = tmp_path / "alive"
    async with okx_server() as server:
        # A failed check is a sign of life here as well.
        server.fault("GET /account/config", "http_503", times=None)
        settings = on_okx(server, ALLOW_LIVE_LOCAL_CHAT="true", CHECK_INTERVAL=1)
        async with Program(tmp_path, **settings, TGTP_ALIVE_FILE=file) as program:
            await until(file.exists)
            os.utime(file, (1, 1))
            await until(lambda: file.stat().st_mtime > 1)
            program.terminate()
            assert await program.ended() == 0
            assert not file.exists()


async def test_a_heartbeat_that_hangs_or_is_refused_does_not_hold_up_a_check(tmp_path: Path) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}/{KEY}"
        async with Program(tmp_path, CHECK_INTERVAL=1, HEARTBEAT_URL=url, LOG_LEVEL="DEBUG") as program:
            await program.said("check 4:")
            program.terminate()
            assert await program.ended() == 0
    assert not any(KEY in line or "Traceback" in line for line in program.lines)


async def test_a_stopped_process_wakes_into_one_check(tmp_path: Path) -> None:
    async with Program(tmp_path, CHECK_INTERVAL=1) as program:
        await program.said("check 3:")
        os.kill(program.pid, signal.SIGSTOP)
        stopped = time.monotonic()
        # Eight checks are missed; what was printed before is read meanwhile.
        await until(lambda: time.monotonic() - stopped > 8.5)
        before = _checks(program)
        os.kill(program.pid, signal.SIGCONT)
        woken = time.monotonic()
        await until(lambda: _checks(program) >= before + 4)
        # One at once and one each second; a slow machine makes fewer in a time, never more.
        assert _checks(program) - before <= time.monotonic() - woken + 2
        # On a loaded machine the stop lasts longer than was meant.
        said = await program.said("No check started for ")
        assert int(said.partition("No check started for ")[2].split()[0]) >= 8
        assert sum("No check started" in line for line in program.lines) == 1


def _checks(program: Program) -> int:
    return sum("🔍 check" in line for line in program.lines)


async def test_a_second_instance_with_the_same_token_is_told_once_a_start(tmp_path: Path) -> None:
    def warned() -> int:
        return sum("Another program fetches" in text for text in api.texts())

    def refused() -> int:
        return sum(row["status"] == 409 for row in api.requests)

    async with BotApi() as api, Program(tmp_path, **on_telegram(api)) as first:
        await first.said("connected as")
        folder = tmp_path / "second"
        folder.mkdir()
        for starts in (1, 2):
            seen = refused()
            async with Program(folder, **on_telegram(api)) as second:
                await until(partial(lambda least: refused() >= least, seen + 3))
                await until(partial(lambda least: warned() >= least, starts))
                # It guards its own account all the same.
                await second.said("check 3:")
                assert warned() == starts
        assert not any("Another program" in line for line in first.lines)


@pytest.mark.parametrize(("mode", "told"), [(0o644, True), (0o600, False)])
async def test_a_readable_env_file_is_told_on_the_console_and_the_phone(tmp_path: Path, mode: int, told: bool) -> None:
    async with BotApi() as api, okx_server() as server:
        settings = on_telegram(api, **on_okx(server))
        file = tmp_path / ".env"
        file.write_text("".join(f"{name}={settings.pop(name)}\n" for name in SECRETS))
        file.chmod(mode)
        async with Program(tmp_path, **settings) as program:
            await api.until(api.texts)
            assert ("chmod 600 .env" in api.texts()[0]) is told
            assert any("chmod 600 .env" in line for line in program.lines) is told
