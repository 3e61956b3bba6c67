"""Writes the tables: as CSV files, or as one SQLite file. What stood there before is replaced once all is written."""

from __future__ import annotations

import csv
import os
import re
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from tgtp.adapters.storage.atomic_file import sync_folder
from tgtp.adapters.storage.descriptors import FILE_MODE, make_folder
from tgtp.chat.events.csv_export import harmless
from tgtp.errors import CannotStart, Problem
from tgtp.export.columns import INTEGERS, TABLES, Line

# In the header of the file: it is an export of tgtp, and of which shape.
APPLICATION: Final = int.from_bytes(b"tgtp")
SHAPE: Final = 1
# Where a file of SQLite's format says whose it is.
APPLICATION_AT: Final = slice(68, 72)
# Most cells: they need no look at each of their signs.
PLAIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]*")
KEYS: Final = {"events": "number INTEGER PRIMARY KEY"}


class Tables(ABC):
    """Tables that rows are added to."""

    @abstractmethod
    def add(self, table: str, line: Line) -> None:
        """Add a row. Raises OSError, sqlite3.Error."""

    @abstractmethod
    def finish(self) -> None:
        """Do what is left when all rows are there. Raises OSError, sqlite3.Error."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a file beside this one to write, for its user alone, which takes its place at the end. Raises OSError."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE))
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()
    sync_folder(path.parent)


class CsvTables(Tables):
    """A file for each table."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        make_folder(folder)
        self._writers = {}
        for table, columns in TABLES.items():
            path = stack.enter_context(replacing(folder / f"{table}.csv"))
            # The mark tells spreadsheets the encoding.
            file = stack.enter_context(path.open("w", encoding="utf-8-sig", newline=""))
            self._writers[table] = csv.writer(file)
            self._writers[table].writerow(columns)

    def add(self, table: str, line: Line) -> None:
        """Add a row."""
        self._writers[table].writerow([_cell(name, ask(line)) for name, ask in TABLES[table].items()])

    def finish(self) -> None:
        """Do nothing: the files are closed when they take their places."""


class SqliteTables(Tables):
    """All tables in one file."""

    def __init__(self, path: Path, stack: ExitStack) -> None:
        _refuse_another_file(path)
        make_folder(path.parent)
        temporary = stack.enter_context(replacing(path))
        self._db = stack.enter_context(closing(sqlite3.connect(temporary, isolation_level=None)))
        # Nobody sees the file before it is whole: it needs no journal.
        for pragma in ("journal_mode=OFF", "synchronous=OFF", f"application_id={APPLICATION}", f"user_version={SHAPE}"):
            self._db.execute(f"PRAGMA {pragma}")
        self._insert = {}
        for table, columns in TABLES.items():
            kinds = [_declared(table, name) for name in columns]
            self._db.execute(f"CREATE TABLE {table} ({', '.join(kinds)})")
            self._insert[table] = f"INSERT INTO {table} VALUES ({', '.join('?' for _ in columns)})"  # noqa: S608 - names of ours
        self._db.execute("BEGIN")

    def add(self, table: str, line: Line) -> None:
        """Add a row."""
        self._db.execute(self._insert[table], [ask(line) for ask in TABLES[table].values()])

    def finish(self) -> None:
        """Commit, and add the indexes: at the end they cost least."""
        self._db.execute("COMMIT")
        for table in TABLES:
            self._db.execute(f"CREATE INDEX {table}_at ON {table} (at)")


def _declared(table: str, name: str) -> str:
    key = KEYS.get(table, "")
    return key if key.startswith(f"{name} ") else f"{name} {'INTEGER' if name in INTEGERS else 'TEXT'}"


def _cell(name: str, value: Any) -> Any:
    # JSON has its own way to be harmless, by which it stays JSON.
    return value if not isinstance(value, str) or name == "details" or PLAIN.fullmatch(value) else harmless(value)


def _refuse_another_file(path: Path) -> None:
    """Raise CannotStart where this is a file, and no earlier export: a slip in its name must not cost somebody a file."""
    try:
        with path.open("rb") as file:
            if file.read(100)[APPLICATION_AT] != APPLICATION.to_bytes(4):
                raise CannotStart(Problem("export.taken", path=path))
    except FileNotFoundError:
        return
