"""What a process holds of the machine, as Linux tells it."""

from __future__ import annotations

import os
from pathlib import Path


def resident_megabytes(pid: int | None = None) -> float:
    """Resident memory of a process, of this one by default; 0 when it has ended."""
    try:
        status = Path(f"/proc/{pid or os.getpid()}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS:")), 0.0)


def open_files(pid: int | None = None) -> int:
    """Open files and sockets of a process, of this one by default."""
    return len(os.listdir(f"/proc/{pid or os.getpid()}/fd"))  # noqa: PTH208 - the entries may be gone when looked at
