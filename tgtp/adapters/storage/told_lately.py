"""Remembers what was told lately, without the ledger: a start that is refused again and again must not ring each time.

An empty file stands for a sentence, and its time for when that was told: it holds no secret, and a full disk takes it mostly.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

FOLDER = "told"
# Seconds.
LATELY = 3600.0
FORGOTTEN_AFTER = 86_400.0


def places(data_dir: Path) -> list[Path]:
    """Name where that may be remembered, the best place first: the data folder where it is there, else this user's own."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    own = Path(tempfile.gettempdir()) / f"tgtp-{user}"
    return [data_dir, own] if data_dir.is_dir() else [own, data_dir]


def mark(text: str, folders: Sequence[Path]) -> Path | None:
    """Note that a text is told now; None when it was told within the hour. Raises OSError where nothing can be noted."""
    name = hashlib.sha256(text.encode()).hexdigest()[:24]
    now = time.time()
    for folder in folders:
        with contextlib.suppress(OSError):
            # A time that lies ahead was written before the clock was put back, and says nothing.
            if 0 <= now - (folder / FOLDER / name).lstat().st_mtime < LATELY:
                return None
    problem: OSError | None = None
    for folder in folders:
        try:
            return _touch(folder, name, now)
        except OSError as exc:
            problem = problem or exc
    raise problem or OSError("there is no place")


def unmark(path: Path) -> None:
    """Take a note back: nobody has heard of it."""
    with contextlib.suppress(OSError):
        path.unlink()


def _touch(folder: Path, name: str, now: float) -> Path:
    for each in (folder, folder / FOLDER):
        each.mkdir(parents=True, mode=0o700, exist_ok=True)
        found = each.lstat()
        # In a folder for everybody, somebody else may have put this name there before us, as a way to a file of ours.
        if hasattr(os, "getuid") and (not stat.S_ISDIR(found.st_mode) or (each is not folder and found.st_uid != os.getuid())):
            raise PermissionError(f"{each} is not ours")
    path = folder / FOLDER / name
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    os.close(handle)
    os.utime(path, (now, now))
    for other in (folder / FOLDER).iterdir():
        with contextlib.suppress(OSError):
            if now - other.lstat().st_mtime > FORGOTTEN_AFTER:
                other.unlink()
    return path
