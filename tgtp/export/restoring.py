"""Takes a backup back: all of it, into a data folder that holds nothing yet, or nothing of it."""

from __future__ import annotations

import io
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout

from tgtp.adapters.storage.atomic_file import sync_folder
from tgtp.adapters.storage.descriptors import FILE_MODE, make_folder
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.adapters.storage.ledger_file import LedgerFile
from tgtp.domain.model import MAIN
from tgtp.errors import CannotStart, DataInUse, Problem
from tgtp.export.packing import ENV, HashedFile, Manifest, read_backup

LOCK = "lock"


class Restored(NamedTuple):
    """What came back into ``folder``: ``events`` and ``legs`` are how many; ``env``: the settings too."""

    folder: Path
    manifest: Manifest
    events: int
    legs: int
    env: bool


def restore(path: Path, data_dir_by: Callable[[str | None], Path], env: Path) -> Restored:
    """Restore a backup, and the settings it may hold to ``env``, where there are none.

    ``data_dir_by`` returns the data folder by the text of the settings that come along; None where none do.
    Nothing is written before all of the backup was read and found whole, and the folder appears as a whole or not at all.
    Raises CannotStart, OSError.
    """
    settings: list[bytes] = []

    def look(name: str, content: HashedFile) -> None:
        if name == ENV and not env.exists():
            settings.append(content.read())

    def take(name: str, content: HashedFile) -> None:
        if name != ENV:
            _write(unpacked / name, content)

    with path.open("rb") as file:
        manifest = read_backup(file, path, look)
        data_dir = data_dir_by(settings[0].decode(errors="replace") if settings else None)
        folder = data_dir / manifest.exchange
        _refuse_what_is_in_use(folder)
        make_folder(data_dir)
        with _beside(folder) as unpacked:
            read_backup(file, path, take)
            events, legs = _looked_at(unpacked, folder)
            with suppress(FileNotFoundError):
                # It holds nothing but a lock that nobody has.
                (folder / LOCK).unlink(missing_ok=True)
                folder.rmdir()
            # Fails where a program has begun there meanwhile.
            unpacked.rename(folder)
    sync_folder(data_dir)
    brings_env = bool(settings) and not env.exists()
    if brings_env:
        make_folder(env.parent)
        _write(env, io.BytesIO(settings[0]))
    return Restored(folder, manifest, events, legs, brings_env)


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """Give a folder to unpack into, on the same disk; what is not renamed is removed.

    It lies deeper than the folders of exchanges: what a kill leaves there must not be taken for one.
    """
    around = Path(tempfile.mkdtemp(prefix=".restoring-", dir=folder.parent))
    try:
        unpacked = around / folder.name
        make_folder(unpacked)
        yield unpacked
    finally:
        shutil.rmtree(around, ignore_errors=True)


def _refuse_what_is_in_use(folder: Path) -> None:
    """Raise DataInUse where a program works in the folder, CannotStart where anything is kept in it."""
    if not folder.exists():
        return
    if (folder / LOCK).exists():
        lock = FileLock(folder / LOCK, mode=FILE_MODE)
        try:
            lock.acquire(timeout=0)
        except Timeout as exc:
            raise DataInUse(Problem("restore.busy", folder=folder.absolute())) from exc
        lock.release()
    if {path.name for path in folder.iterdir()} - {LOCK}:
        raise CannotStart(Problem("restore.taken", folder=folder.absolute()))


def _write(path: Path, content: HashedFile | io.BytesIO) -> None:
    make_folder(path.parent)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "wb") as file:
        shutil.copyfileobj(content, file)
        file.flush()
        os.fsync(file.fileno())


def _looked_at(unpacked: Path, folder: Path) -> tuple[int, int]:
    """Open the ledger as a start does; return how many events and legs it has. Raises CannotStart in the words of a start."""
    try:
        file = LedgerFile(unpacked)
        try:
            accounts = {table.partition(" ")[2] or MAIN for table in file.tables if table.startswith("positions")}
            legs = sum(len(TinyLedger(file, account).lives()) for account in accounts)
            return file.next_event - 1, legs
        finally:
            file.close()
            (unpacked / LOCK).unlink(missing_ok=True)
    except CannotStart as exc:
        raise CannotStart(exc.problem.with_parts(lambda part: part.replace(str(unpacked), str(folder)))) from exc
