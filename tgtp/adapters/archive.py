"""Past events by month, one JSON line each: appending costs the same after ten events and after a hundred thousand."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from tgtp.adapters.storage import sync_folder

BLOCK = 1 << 16


class Archive:
    """A folder of files like ``2026-11.jsonl``; every line is ``{"n": number, …}``.

    Numbers rise over all lines of all files: an event goes to its month, but never to one before the newest file's, whatever
    a clock or an older daemon's date says. A crash between the archive's write and the ledger's can leave an event in both,
    twice here, half written, or here although its step never ended: the last whole line of a number is the one that counts.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def append(self, rows: Iterable[dict[str, Any]]) -> None:
        """Append events, by rising number, to the files of their months and make it last. Raises OSError."""
        month = next((path.stem for path in self._files()), "")
        months: dict[str, list[bytes]] = {}
        for row in rows:
            month = max(month, row["at"][:7])
            months.setdefault(month, []).append(orjson.dumps(row))
        self._folder.mkdir(exist_ok=True)
        for name, lines in months.items():
            path = self._folder / f"{name}.jsonl"
            is_new = not path.exists()
            with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b") as file:
                # After a write that was cut, a new line begins anew instead of joining half of an old one.
                if file.seek(0, os.SEEK_END):
                    file.seek(-1, os.SEEK_END)
                    if file.read(1) != b"\n":
                        file.write(b"\n")
                file.write(b"\n".join(lines) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            if is_new:
                sync_folder(self._folder)

    def find(self, number: int) -> dict[str, Any] | None:
        """Give one event by its number."""
        start = b'{"n":%d,' % number
        for path in self._files():
            found = None
            with path.open("rb") as file:
                for line in file:
                    if line.startswith(start):
                        found = _row(line) or found
            if found is not None:
                return found
        return None

    def newest(self) -> Iterator[dict[str, Any]]:
        """Give all events, newest first, each once."""
        last: int | None = None
        for path in self._files():
            for line in _lines_from_the_end(path):
                row = _row(line)
                if row is not None and (last is None or row["n"] < last):
                    last = row["n"]
                    yield row

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("????-??.jsonl"), reverse=True)


def _lines_from_the_end(path: Path) -> Iterator[bytes]:
    """Give the lines last first, a block at a time: a look at the newest costs the same in a file of any length."""
    with path.open("rb") as file:
        end, rest = file.seek(0, os.SEEK_END), b""
        while end > 0:
            start = max(0, end - BLOCK)
            file.seek(start)
            first, *whole = (file.read(end - start) + rest).split(b"\n")
            yield from reversed(whole)
            end, rest = start, first
        yield rest


def _row(line: bytes) -> dict[str, Any] | None:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return row if isinstance(row, dict) else None
