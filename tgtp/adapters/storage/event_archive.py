"""Past events by month, one JSON line each: appending costs the same after ten events and after a hundred thousand."""

from __future__ import annotations

import gzip
import io
import logging
import os
import shutil
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from tgtp.adapters.storage.atomic_file import sync_folder, write_whole
from tgtp.adapters.storage.descriptors import make_folder, opened

log = logging.getLogger(__name__)

BLOCK = 1 << 16
# Bytes. Some 3,500 orders: an ordinary month stays readable as it is.
LARGEST_OPEN = 4_000_000


class Archive:
    """A folder of files like ``2026-11.jsonl``; every line is ``{"n": number, …}``.

    Months that are over are packed: ``2026-10.000004012.jsonl.gz``, by month and the lowest number in it; so is a month that
    grows too large, which then begins anew.

    Numbers rise over all lines of all files: an event goes to its month, but never to one before the newest file's, whatever
    a clock or an older daemon's date says. A crash between the archive's write and the ledger's can leave an event in both,
    twice here, half written, or here although its step never ended: the last whole line of a number is the one that counts.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def append(self, rows: Iterable[dict[str, Any]]) -> None:
        """Append events, by rising number, to the files of their months and make it last. Raises OSError."""
        month = next((path.name[:7] for path in self._files()), "")
        months: dict[str, list[bytes]] = {}
        for row in rows:
            month = max(month, row["at"][:7])
            months.setdefault(month, []).append(orjson.dumps(row))
        make_folder(self._folder)
        self._pack_what_is_over(month)
        for name, lines in months.items():
            path = self._folder / f"{name}.jsonl"
            is_new = not path.exists()
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
            with opened(path, flags) as handle, os.fdopen(handle, "r+b", closefd=False) as file:
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
        """Return one event by its number."""
        start = b'{"n":%d,' % number
        for path in self._files():
            if _lowest(path) > number:
                continue
            found = None
            for line in _lines(path):
                if line.startswith(start):
                    found = _row(line) or found
            if found is not None:
                return found
        return None

    def newest(self, before: int | None = None) -> Iterator[dict[str, Any]]:
        """Return all events below a number, newest first, each once; also while others are appended.

        A packed file that lies above the number is not opened.
        """
        last = before

        def found() -> Iterator[dict[str, Any]]:
            nonlocal last
            for path in self._files():
                if last is not None and _lowest(path) >= last:
                    continue
                for line in _lines_from_the_end(path):
                    row = _row(line)
                    if row is not None and (last is None or row["n"] < last):
                        last = row["n"]
                        yield row

        return _through_packing(found)

    def oldest(self, below: int) -> Iterator[dict[str, Any]]:
        """Return the events of lower numbers than this, oldest first, each once; also while another process appends.

        Holds the lines of one file at a time.
        """
        done = 0

        def found() -> Iterator[dict[str, Any]]:
            nonlocal done
            for path, end in self._with_ends(below):
                for line in _lines_that_count(path, end):
                    row = orjson.loads(line)
                    if row["n"] > done:
                        done = row["n"]
                        yield row

        return _through_packing(found)

    def _with_ends(self, below: int) -> list[tuple[Path, int]]:
        """Return the files, oldest first, each with the number from which on later files hold what counts."""
        found = []
        for path in self._files():
            found.append((path, below))
            lowest = _lowest(path) or min((row["n"] for row in map(_row, _lines(path)) if row is not None), default=below)
            below = min(below, lowest)
        return found[::-1]

    def _pack_what_is_over(self, month: str) -> None:
        """Pack the files that nothing is appended to any more; after a kill an event is in one of the two, or in both.

        What cannot be packed stays as it is.
        """
        for path in self._folder.glob("????-??.jsonl"):
            if path.stem >= month and path.stat().st_size < LARGEST_OPEN:
                continue
            try:
                with path.open("rb") as plain:
                    lowest = min((row["n"] for row in map(_row, plain) if row is not None), default=0)
                    packed = self._folder / f"{path.stem}.{lowest:09d}.jsonl.gz"
                    write_whole(packed, _packed(plain, packed))
                path.unlink()
            except (OSError, EOFError, zlib.error) as exc:
                log.error("%s could not be packed (%s); it stays as it is", path, exc)

    def _files(self) -> list[Path]:
        """Return the files, newest first; within a month the open one comes first."""
        packed = self._folder.glob("????-??.?????????.jsonl.gz")
        return sorted((*self._folder.glob("????-??.jsonl"), *packed), key=lambda path: path.name, reverse=True)


def _packed(plain: BinaryIO, earlier: Path) -> bytes:
    """Pack a file a block at a time: memory that was asked for at once would not be given back."""
    # A crash came in between, or the ledger was restored from a copy and has counted from there again.
    before = gzip.decompress(earlier.read_bytes()) if earlier.exists() else b""
    plain.seek(0)
    if plain.read(len(before)) == before:
        before = b""
    plain.seek(0)
    content = io.BytesIO()
    with gzip.GzipFile(fileobj=content, mode="wb", compresslevel=6, mtime=0) as stream:
        stream.write(before)
        shutil.copyfileobj(plain, stream, BLOCK)
    return content.getvalue()


def _lowest(path: Path) -> int:
    """Return the lowest number in a packed file; 0 for an open one, which has it in no name."""
    number = path.name.split(".")[1]
    return int(number) if number.isdigit() else 0


def _lines(path: Path) -> Iterator[bytes]:
    """Return the lines first to last; of a packed file that is broken, those before the break."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        try:
            yield from file
        except (EOFError, gzip.BadGzipFile, zlib.error) as exc:
            log.error("%s is broken (%s); what cannot be read in it is passed over", path, exc)


def _through_packing(read: Callable[[], Iterator[dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    """Read the files again where one was packed since it was listed: what it held is in another file now.

    ``read`` goes on behind what it has given. Raises FileNotFoundError where one file is missing twice.
    """
    gone: set[str] = set()
    while True:
        try:
            yield from read()
        except FileNotFoundError as exc:
            if exc.filename in gone:
                raise
            gone.add(exc.filename)
        else:
            return


def _lines_from_the_end(path: Path) -> Iterator[bytes]:
    """Return the lines last first; of an open file a block at a time: the newest cost the same in a file of any length."""
    if path.suffix == ".gz":
        yield from reversed(list(_lines(path)))
        return
    with path.open("rb") as file:
        end, rest = file.seek(0, os.SEEK_END), b""
        while end > 0:
            start = max(0, end - BLOCK)
            file.seek(start)
            first, *whole = (file.read(end - start) + rest).split(b"\n")
            yield from reversed(whole)
            end, rest = start, first
        yield rest


def _lines_that_count(path: Path, end: int) -> list[bytes]:
    """Return the lines of lower numbers than ``end``, by rising number: of each number the last one that is whole."""
    found: list[bytes] = []
    for line in _lines_from_the_end(path):
        row = _row(line)
        if row is not None and row["n"] < end:
            end = row["n"]
            found.append(line)
    return found[::-1]


def _row(line: bytes) -> dict[str, Any] | None:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return row if isinstance(row, dict) and isinstance(row.get("n"), int) else None
