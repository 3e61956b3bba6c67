"""``tgtp export`` and ``tgtp restore``."""

from __future__ import annotations

import argparse
import datetime as dt
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from tgtp.chat.texts import Language, plain
from tgtp.errors import CannotStart, Problem
from tgtp.export.columns import OUTCOMES, Line, equity_line, event_line, open_order_line
from tgtp.export.packing import pack
from tgtp.export.reading import EQUITY, EVENTS, ORDERS, DataReader
from tgtp.export.restoring import restore
from tgtp.export.tables import CsvTables, SqliteTables
from tgtp.settings.contact import contact_of, read_contact
from tgtp.settings.environment import read_settings
from tgtp.settings.reading.env_file import env_file_of
from tgtp.settings.reading.home import NAME, env_file, home, named_home
from tgtp.typed import typed

UNREAD = "unread"


def export(given: argparse.Namespace, language: Language) -> int:
    """Write what the words ask for; return the exit code. Raises CannotStart."""
    folder, target = read_settings().folder, given.csv or given.sqlite or given.backup
    if given.with_env and not given.backup:
        raise CannotStart(Problem("export.env.alone"))
    try:
        if given.backup:
            return _back_up(folder, given, language)
        counts = export_tables(folder, csv=given.csv, sqlite=given.sqlite)
    except (OSError, sqlite3.Error) as exc:
        why = exc.strerror or exc if isinstance(exc, OSError) else exc
        raise CannotStart(Problem("export.failed", path=target, why=why)) from exc
    words = {"path": target, "events": counts[EVENTS], "orders": counts[ORDERS], "equity": counts[EQUITY]}
    print(plain(language, "export.done", **words))
    if counts[UNREAD]:
        print(plain(language, "export.left", count=counts[UNREAD]))
    return 0


def _back_up(folder: Path, given: argparse.Namespace, language: Language) -> int:
    """Write a backup and say what is not in it. Raises CannotStart, OSError."""
    env = env_file() if given.with_env else None
    if env is not None and not env.is_file():
        raise CannotStart(Problem("export.env.none", env=env))
    manifest = pack(folder, given.backup, dt.datetime.now(dt.UTC), env)
    words = {"path": given.backup, "folder": folder, "files": len(manifest.files)}
    print(plain(language, "backup.done", **words))
    print(plain(language, "backup.env" if env is not None else "backup.no_env", env=env_file()))
    return 0


def restore_backup(given: argparse.Namespace, language: Language) -> int:
    """Restore what the words name, and say what comes next; return the exit code. Raises CannotStart."""
    if named_home() and not home().is_dir():
        raise CannotStart(Problem("setting.home.missing", folder=home(), option="--home", name=NAME))
    try:
        restored = restore(given.backup, _data_dir, env_file())
    except OSError as exc:
        raise CannotStart(Problem("restore.failed", path=given.backup, why=exc.strerror or exc)) from exc
    made_at = f"{restored.manifest.made_at:%Y-%m-%d %H:%M} UTC"
    words = {"folder": restored.folder.absolute(), "made_at": made_at, "events": restored.events, "legs": restored.legs}
    print(plain(language, "restore.done", **words))
    if restored.env:
        print(plain(language, "restore.env", env=env_file().absolute()))
    print(plain(language, "restore.next", doctor=typed("doctor"), run=typed("run")))
    return 0


def _data_dir(settings: str | None) -> Path:
    return (read_contact() if settings is None else contact_of(env_file_of(env_file(), settings))).data_dir


def export_tables(folder: Path, *, csv: Path | None = None, sqlite: Path | None = None) -> Counter[str]:
    """Write the tables of a data folder; return how many rows each has. Raises CannotStart, OSError, sqlite3.Error."""
    counts: Counter[str] = Counter()
    with ExitStack() as stack:
        tables = CsvTables(csv, stack) if csv is not None else SqliteTables(sqlite or Path(), stack)
        for table, line in _lines(DataReader(folder), counts):
            tables.add(table, line)
            counts[table] += 1
        tables.finish()
    return counts


def _lines(reader: DataReader, counts: Counter[str]) -> Iterator[tuple[str, Line]]:
    """Return each row with its table; rows that make no sense are counted."""
    for row in reader.events():
        try:
            line = event_line(row)
        except (LookupError, ValueError, TypeError):
            counts[UNREAD] += 1
            continue
        yield EVENTS, line
        if row["kind"] in OUTCOMES:
            yield ORDERS, line
    for account, intent in reader.open_orders():
        yield ORDERS, open_order_line(account, intent)
    for account, sample in reader.equity():
        try:
            line = equity_line(account, sample)
        except (ValueError, TypeError):
            counts[UNREAD] += 1
            continue
        yield EQUITY, line
