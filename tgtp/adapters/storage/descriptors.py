"""Files of the data folder are opened here: closed to other users, and when this process has too many files open already.

What eats up the descriptors (connections, a library that leaks) must not stop the ledger: a few are kept in reserve for it.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

RESERVE = 4
FILE_MODE = 0o600
FOLDER_MODE = 0o700

_held: list[int] = []
# Given up, and to be taken again.
_owed: list[int] = []


@contextlib.contextmanager
def opened(path: Path, flags: int) -> Iterator[int]:
    """Open a file, or a folder, for a moment; where the process has no descriptor left, one of the reserve is given up for it.

    Raises OSError.
    """
    handle = _open(path, flags)
    try:
        yield handle
    finally:
        os.close(handle)
        if _owed:
            _owed.clear()
            fill_reserve()


def fill_reserve() -> None:
    """Take what is missing of the reserve, as far as there is any left."""
    try:
        while len(_held) < RESERVE:
            _held.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        _owed.append(RESERVE - len(_held))


def _open(path: Path, flags: int) -> int:
    while True:
        try:
            return os.open(path, flags, FILE_MODE)
        except OSError as exc:
            if exc.errno not in (errno.EMFILE, errno.ENFILE) or not _held:
                raise
            with contextlib.suppress(IndexError):  # another thread was quicker
                os.close(_held.pop())
                _owed.append(1)


def make_folder(path: Path) -> None:
    """Make a folder that only its user may enter, and those above it that are missing. Raises OSError."""
    if path.is_dir():
        return
    if not path.parent.exists():
        make_folder(path.parent)
    path.mkdir(mode=FOLDER_MODE, exist_ok=True)


def close_to_others(folder: Path) -> None:
    """Take from other users of this machine what an older version, or a copy, has left open to them, as far as that is ours."""
    for path in (folder, *folder.rglob("*")):
        mode = FOLDER_MODE if path.is_dir() else FILE_MODE
        if path.is_symlink():
            continue
        with contextlib.suppress(OSError):
            if path.stat().st_mode & 0o077:
                path.chmod(mode)


def owner_of(path: Path) -> str:
    """Name the other user of this machine whom a file belongs to; "" where it is ours, or nobody knows."""
    if os.name != "posix":
        return ""
    try:
        found = path.stat()
        return "" if found.st_uid == os.geteuid() else path.owner()
    except KeyError:
        return str(found.st_uid)
    except OSError:
        return ""
