"""What systemd hears, on a socket as it has one."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tgtp.adapters.systemd import Systemd
from tgtp.settings.reading.service import Service, read_service


@pytest.fixture(params=["a file", "abstract"])
def ear(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify") if request.param == "a file" else f"\0{tmp_path}/notify")
        listening.setblocking(False)
        yield listening


def address(ear: socket.socket) -> str:
    """As NOTIFY_SOCKET names it."""
    name: str | bytes = ear.getsockname()
    return f"@{name[1:].decode()}" if isinstance(name, bytes) else name


def heard(ear: socket.socket) -> list[str]:
    found = []
    while True:
        try:
            found.append(ear.recv(4096).decode())
        except BlockingIOError:
            return found


def test_what_is_said(ear: socket.socket) -> None:
    systemd = Systemd(address(ear))
    systemd.alive()
    systemd.running("第 3 次检查：\n22 个仓位\nREADY=0")
    systemd.stopping()
    assert heard(ear) == [
        "WATCHDOG=1",
        "READY=1\nWATCHDOG=1\nSTATUS=第 3 次检查： 22 个仓位 READY=0",
        "STOPPING=1",
    ]


def test_a_systemd_that_does_not_listen_is_not_waited_for(ear: socket.socket) -> None:
    systemd = Systemd(address(ear))
    # Far more than a socket holds.
    for _ in range(5000):
        systemd.alive()
    waiting = len(heard(ear))
    assert 0 < waiting < 5000
    systemd.running("check 4")
    assert heard(ear) == ["READY=1\nWATCHDOG=1\nSTATUS=check 4"]


@pytest.mark.parametrize("name", ["/nowhere/notify", "@nobody-listens-here", "vsock:2:9", "/" + "long" * 99])
def test_no_systemd_is_no_error(name: str) -> None:
    Systemd(name).running("check 1")


@pytest.mark.parametrize(
    ("environment", "service"),
    [
        ({}, None),
        ({"NOTIFY_SOCKET": ""}, None),
        ({"WATCHDOG_USEC": "60000000"}, None),
        ({"NOTIFY_SOCKET": "@s"}, Service("@s", None)),
        ({"NOTIFY_SOCKET": "@s", "WATCHDOG_USEC": "60000000"}, Service("@s", 60)),
        ({"NOTIFY_SOCKET": "@s", "WATCHDOG_USEC": "1500000", "WATCHDOG_PID": str(os.getpid())}, Service("@s", 1.5)),
        ({"NOTIFY_SOCKET": "@s", "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"}, Service("@s", None)),
        ({"NOTIFY_SOCKET": "@s", "WATCHDOG_USEC": "0"}, Service("@s", None)),
        ({"NOTIFY_SOCKET": "@s", "WATCHDOG_USEC": "soon"}, Service("@s", None)),
    ],
)
def test_what_systemd_has_put_into_the_environment(
    environment: dict[str, str], service: Service | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert read_service() == service
