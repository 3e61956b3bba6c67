"""The disk on its bad days, and a process that can be killed between any two steps.

Every request, every reply, every write and every sleep of the process is a place to die. From that moment on nothing that the
process does has an effect any more, as after SIGKILL.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal
from unittest import mock

from tgtp.adapters.storage import atomic_file, event_archive

DiskFault = Literal["full", "read_only", "fsync"]
_REASONS = {
    "full": (errno.ENOSPC, "No space left on device"),
    "read_only": (errno.EROFS, "Read-only file system"),
    "fsync": (errno.EIO, "Input/output error"),
}


class Killed(BaseException):
    """The process is gone."""


class Killer:
    """Kills at a chosen place: ``in_places(n)`` lets n more places pass by."""

    def __init__(self) -> None:
        self.dead = False
        self.kills = 0
        self._left: int | None = None

    def in_places(self, places: int) -> None:
        """Choose the place, counted from now."""
        self._left = places

    def pass_by(self) -> None:
        """Be at a place. Raises Killed when it is the one, and ever after until ``revive``."""
        if self.dead:
            raise Killed
        if self._left is None:
            return
        if self._left > 0:
            self._left -= 1
            return
        self._left, self.dead = None, True
        self.kills += 1
        raise Killed

    def revive(self) -> None:
        """Let a new process live; what was meant for the old one is forgotten."""
        self.dead, self._left = False, None


class Disk:
    """What stands between the ledger and the disk; ``fault`` spoils every write while it is set."""

    def __init__(self, killer: Killer) -> None:
        self.fault: DiskFault | None = None
        self.spoiled = 0
        self._killer = killer
        self._write = atomic_file.write_whole
        self._append = event_archive.Archive.append

    @contextlib.contextmanager
    def mounted(self) -> Iterator[None]:
        """Put it in place."""

        def append(of: event_archive.Archive, rows: Any) -> None:
            self._spoil(late=False)
            self._append(of, rows)

        with (
            mock.patch.object(atomic_file, "write_whole", self._write_whole),
            mock.patch.object(event_archive.Archive, "append", append),
        ):
            yield

    def _write_whole(self, path: Path, payload: bytes) -> None:
        self._killer.pass_by()
        self._spoil(late=False)
        self._write(path, payload)
        self._spoil(late=True)
        self._killer.pass_by()

    def _spoil(self, *, late: bool) -> None:
        # The folder's fsync fails after the rename: the new content is there, and the writer hears of a failure.
        if self.fault is None or (self.fault == "fsync") is not late:
            return
        self.spoiled += 1
        raise OSError(*_REASONS[self.fault])
