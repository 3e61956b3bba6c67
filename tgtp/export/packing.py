"""A backup: the ledger and all that lies beside it, in one compressed tar, also while the bot runs.

What may be in one is a fixed list of names. Its last entry has the sum of each other one: a backup that was
cut, changed or damaged is told from a whole one before anything of it is used.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import io
import os
import re
import tarfile
import zlib
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import IO, Final, NamedTuple

import orjson

from tgtp import __version__
from tgtp.adapters.storage.data_folder import FORMAT, LEDGER, DataFolder
from tgtp.adapters.storage.descriptors import FILE_MODE, make_folder
from tgtp.errors import CannotStart, Problem
from tgtp.export.tables import replacing

SHAPE: Final = 1
MANIFEST: Final = "backup.json"
ENV: Final = ".env"
# Stands in the header of the file, so that another one is not taken for a backup, nor replaced by one.
SIGN: Final = "tgtp-backup"
HEAD: Final = b"\x1f\x8b\x08\x08"
SIGN_AT: Final = slice(10, 10 + len(SIGN))
NAMES: Final = re.compile(
    r"tgtp\.json|ledger\.json|paper(-\w{1,12})?\.json|events/\d{4}-\d\d(\.jsonl|\.\d{9}\.jsonl\.gz)"
    r"|equity(-\w{1,12})?/\d{4}-\d\d\.jsonl|backup/ledger-[\w-]{1,40}\.json|\.env",
    re.ASCII,
)
# In this order. What the paper exchange holds comes before the ledger: of two moments, the ledger knows the later one, as it
# must of an order. Events come after it: one that moves to the archive meanwhile is there twice, not missing; so is one
# whose month is packed meanwhile.
ORDER: Final = (
    *("paper*.json", "tgtp.json", "ledger.json", "events/*.jsonl", "events/*.jsonl.gz"),
    *("equity*/*.jsonl", "backup/*.json"),
)
EXCHANGE: Final = re.compile(r"[a-z_]{1,20}", re.ASCII)
BLOCK: Final = 1 << 16


class Manifest(NamedTuple):
    """What a backup says of itself: ``files`` are the SHA-256 of each, ``format`` is the data folder's."""

    shape: int
    version: str
    format: int
    exchange: str
    made_at: dt.datetime
    files: dict[str, str]


class HashedFile(io.RawIOBase):
    """A file that is read once, and the SHA-256 of what was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._hash = file, hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        """Read on."""
        found = self._file.read(size)
        self._hash.update(found)
        return found

    @property
    def hash(self) -> str:
        """The sum so far, in hexadecimal."""
        return self._hash.hexdigest()


def pack(folder: Path, target: Path, now: dt.datetime, env: Path | None = None) -> Manifest:
    """Write a backup of a data folder, and of the settings where their file is given; return what it says of itself.

    Raises CannotStart where there is no ledger, a newer program has written it, or something else stands in the target's
    place; OSError.
    """
    data = DataFolder(folder)
    data.mark()
    if not data.ledger.exists():
        raise CannotStart(Problem("export.empty", folder=folder))
    with suppress(FileNotFoundError), target.open("rb") as file:
        if not _is_ours(file.read(SIGN_AT.stop)):
            raise CannotStart(Problem("export.taken", path=target))
    make_folder(target.parent)
    files: dict[str, str] = {}
    with (
        replacing(target) as temporary,
        temporary.open("wb") as raw,
        gzip.GzipFile(SIGN, "wb", 6, raw, mtime=0) as stream,
        tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        for pattern in ORDER:
            for path in sorted(folder.glob(pattern)):
                name = path.relative_to(folder).as_posix()
                # One that has gone was packed, and comes later.
                with suppress(FileNotFoundError):
                    if NAMES.fullmatch(name) and path.is_file():
                        files[name] = _add(tar, name, path)
        if env is not None:
            files[ENV] = _add(tar, ENV, env)
        manifest = Manifest(SHAPE, __version__, FORMAT, folder.name, now, files)
        content = orjson.dumps(manifest._asdict())
        tar.addfile(_entry(MANIFEST, len(content)), io.BytesIO(content))
    return manifest


def read_backup(file: IO[bytes], path: Path, take: Callable[[str, HashedFile], None] | None = None) -> Manifest:
    """Give each file of a backup to ``take``, if there is one, with its name; return what the backup says of itself.

    Raises CannotStart at whatever no backup holds, and where it is damaged: what was taken is then not to be used. Raises
    OSError. ``path`` is for its sentences.
    """
    file.seek(0)
    if not _is_ours(file.read(SIGN_AT.stop)):
        raise CannotStart(Problem("restore.foreign", path=path))
    file.seek(0)
    found: dict[str, str] = {}
    manifest: Manifest | None = None
    try:
        with gzip.GzipFile(fileobj=file) as stream:
            with tarfile.open(fileobj=stream, mode="r|") as tar:
                for entry in tar:
                    content = _content(tar, entry, path, found)
                    if manifest is not None:
                        raise ValueError("more behind the end")
                    if entry.name == MANIFEST:
                        manifest = _manifest(content.read(), path)
                        continue
                    if take is not None:
                        take(entry.name, content)
                    while content.read(BLOCK):
                        pass
                    found[entry.name] = content.hash
            # The sum over all of it stands at the end.
            while stream.read(BLOCK):
                pass
        if manifest is None or manifest.files != found or LEDGER not in found:
            raise ValueError("other files than it names")
    except (EOFError, ValueError, LookupError, TypeError, zlib.error, tarfile.TarError, gzip.BadGzipFile) as exc:
        raise CannotStart(Problem("restore.damaged", path=path)) from exc
    return manifest


def _content(tar: tarfile.TarFile, entry: tarfile.TarInfo, path: Path, found: Collection[str]) -> HashedFile:
    """Return what an entry holds. Raises CannotStart where no backup has such a one: a link, a way out of the folder."""
    file = tar.extractfile(entry) if entry.isreg() else None
    if file is None or entry.name in found or not (entry.name == MANIFEST or NAMES.fullmatch(entry.name)):
        raise CannotStart(Problem("restore.entry", path=path, name=entry.name))
    return HashedFile(file)


def _manifest(content: bytes, path: Path) -> Manifest:
    said = orjson.loads(content)
    if int(said["shape"]) > SHAPE or int(said["format"]) > FORMAT:
        raise CannotStart(Problem("restore.newer", path=path, version=str(said["version"])))
    found = Manifest(**{**said, "made_at": dt.datetime.fromisoformat(said["made_at"])})
    if not EXCHANGE.fullmatch(found.exchange):
        raise ValueError("no exchange")
    return found


def _is_ours(head: bytes) -> bool:
    return head.startswith(HEAD) and head[SIGN_AT] == SIGN.encode()


def _add(tar: tarfile.TarFile, name: str, path: Path) -> str:
    """Add a file as long as it is now, for others may append to it; return the SHA-256. Raises OSError."""
    with path.open("rb") as file:
        hashed = HashedFile(file)
        tar.addfile(_entry(name, os.fstat(file.fileno()).st_size), hashed)
    return hashed.hash


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, FILE_MODE
    return entry
