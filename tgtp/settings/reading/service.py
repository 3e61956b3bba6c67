"""What a supervisor puts into the environment of a service: systemd, or the image of a container."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple


class Service(NamedTuple):
    """What systemd tells a service: where it listens, and after how many silent seconds it takes it for dead, if it counts."""

    socket: str
    watchdog: float | None


def read_service() -> Service | None:
    """Read what systemd has put into the environment; None when it is not systemd that waits for word."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return None
    counted = os.environ.get("WATCHDOG_USEC", "")
    # The count may be meant for another process that has handed its environment down.
    ours = os.environ.get("WATCHDOG_PID", "") in ("", str(os.getpid()))
    return Service(address, int(counted) / 1e6 if ours and counted.isdecimal() and int(counted) else None)


def read_alive_file() -> Path | None:
    """Return the file that is touched while the program is alive; None where nobody looks at one."""
    named = os.environ.get("TGTP_ALIVE_FILE", "")
    return Path(named) if named else None
