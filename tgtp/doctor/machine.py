"""The machine and its folders: what is read of them, and what is found."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tgtp.doctor.finding import Finding, attention, good, stop

OLDEST = (3, 11)
# Bytes that are free: below the first it will soon be tight, below the second the first steps may fail.
LITTLE_SPACE = 500_000_000
NO_SPACE = 20_000_000
LOCK = "lock"


class Machine(NamedTuple):
    """What was read. ``open_files`` are files of ours that others can read; ``way_in`` False: the folder cannot be written.

    ``free`` bytes, None where that cannot be told. ``locked``: somebody works on the folder; None where that cannot be told.
    """

    python: tuple[int, int, int]
    folder: Path
    way_in: bool
    free: int | None
    open_files: Sequence[str] = ()
    locked: bool | None = None


def read_machine(folder: Path, secret_file: str) -> Machine:
    """Read the machine; ``secret_file`` is that of the settings where it is open to others, else ""."""
    there = next((path for path in (folder, *folder.absolute().parents) if path.exists()), Path("/"))
    try:
        free: int | None = shutil.disk_usage(there).free
    except OSError:
        free = None
    found = [secret_file] * bool(secret_file)
    for path in (folder, folder / "ledger.json"):
        if os.name == "posix" and path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            found.append(str(path))
    python = (sys.version_info[0], sys.version_info[1], sys.version_info[2])
    way_in = there.is_dir() and os.access(there, os.W_OK | os.X_OK)
    return Machine(python, folder, way_in, free, tuple(found), is_locked(folder / LOCK))


def is_locked(path: Path) -> bool | None:
    """Return whether somebody holds this lock, without taking it: a program that starts meanwhile would be turned away."""
    try:
        found = path.stat()
    except OSError:
        return False
    try:
        rows = [line.split() for line in Path("/proc/locks").read_text(encoding="ascii").splitlines()]
    except OSError:
        return None
    return any(row[1] == "FLOCK" and row[5].rpartition(":")[2] == str(found.st_ino) for row in rows if len(row) > 5)


def judge_machine(machine: Machine) -> list[Finding]:
    """Return how it stands."""
    python, folder = ".".join(map(str, machine.python)), str(machine.folder)
    found = [good("python", version=python) if machine.python >= OLDEST else stop("python_old", version=python)]
    if not machine.way_in:
        found.append(stop("folder_shut", folder=folder))
    if machine.free is not None:
        space = f"{machine.free / 1e9:.1f}"
        little = stop if machine.free < NO_SPACE else attention
        found.append(good("disk", free=space) if machine.free >= LITTLE_SPACE else little("disk_full", free=space))
    found += [attention("open_file", file=file, mode="700" if file == folder else "600") for file in machine.open_files]
    if not machine.open_files:
        found.append(good("modes"))
    if machine.locked is None:
        found.append(good("lock_unknown", folder=folder))
    else:
        found.append(good("runs" if machine.locked else "runs_not", folder=folder))
    return found
