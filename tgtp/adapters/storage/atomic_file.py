"""A TinyDB storage whose file is always whole.

TinyDB writes after every change; here changes gather in memory until ``commit`` writes them at once: temporary file, fsync,
rename, fsync of the directory. A process killed anywhere leaves the old file or the new one, never half of one.
"""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
from tinydb import Storage

from tgtp.adapters.storage.descriptors import opened
from tgtp.errors import CannotStart, LedgerUnreadable, LedgerWriteFailed, Problem


def write_whole(path: Path, payload: bytes) -> None:
    """Replace a file so that a reader, or a crash, meets the old content or the new, never half of it.

    Raises OSError with the old file untouched.
    """
    temporary = path.with_name(path.name + ".tmp")
    try:
        with opened(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) as handle:
            view = memoryview(payload)
            while view:
                view = view[os.write(handle, view) :]
            os.fsync(handle)
        temporary.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames and new files in a folder survive a power cut, where the system offers it."""
    if os.name != "posix":
        return
    with opened(folder, os.O_RDONLY) as handle:
        os.fsync(handle)


class AtomicStorage(Storage):
    """Keeps the tables in memory and writes them whole on ``commit``.

    ``refuse`` says what is to be done about a file that makes no sense.
    """

    def __init__(self, path: Path, refuse: Callable[[Problem], CannotStart] | None = None) -> None:
        self._path = path
        self._refuse = refuse or functools.partial(unreadable, path, LedgerUnreadable)
        self._dirty = False
        self._committed = b"{}"
        self._attempted: bytes | None = None
        self._tables: dict[str, Any] | None = None
        try:
            self._committed = path.read_bytes()
        except FileNotFoundError:
            return
        except OSError as exc:
            raise self._refuse(Problem.of_words(exc.strerror or exc)) from exc
        self._tables = self._parse(self._committed)

    @property
    def committed(self) -> bytes:
        """The file as it stands on disk."""
        return self._committed

    def read(self) -> dict[str, Any] | None:
        """Return the tables as they stand, committed or not."""
        return self._tables

    def write(self, data: dict[str, Any]) -> None:
        """Take TinyDB's changes into memory."""
        self._tables = data
        self._dirty = True

    def commit(self) -> None:
        """Write what has changed; nothing changed, nothing written. Raises LedgerWriteFailed, with memory put back."""
        if not self._dirty:
            return
        payload = orjson.dumps(self._tables, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        self._attempted = payload
        try:
            write_whole(self._path, payload)
        except OSError as exc:
            self.rollback()
            problem = Problem("problem.unwritten", path=self._path, why=exc.strerror or exc)
            raise LedgerWriteFailed(problem, on_disk=self._committed == payload) from exc
        self._committed, self._attempted = payload, None
        self._dirty = False

    def rollback(self) -> None:
        """Put memory back to what is on disk: to the new content where a write failed only after its rename."""
        if self._attempted is not None:
            with contextlib.suppress(OSError):
                if self._path.read_bytes() == self._attempted:
                    self._committed = self._attempted
            self._attempted = None
        self._tables = self._parse(self._committed)
        self._dirty = False

    def _parse(self, content: bytes) -> dict[str, Any]:
        try:
            tables = orjson.loads(content)
        except orjson.JSONDecodeError as exc:
            raise self._refuse(Problem("setting.not_json", what=exc)) from exc
        if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
            raise self._refuse(Problem("setting.no_tables"))
        return tables


def unreadable(path: Path, kind: type[CannotStart], why: Problem) -> CannotStart:
    """Return which file cannot be understood and what to do about it."""
    return kind(Problem("setting.file", path=path, why=why))
