"""The data folder as a whole: whether anything was ever kept in it, in which format, and its copies of the ledger.

``tgtp.json`` is the first file to be written and the first to be read. A folder that has it, or anything else that tgtp
writes, is never taken for new: a ledger that is missing there was lost, and with it the tiers that have fired and the pauses.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from tgtp.adapters.storage.atomic_file import write_whole
from tgtp.adapters.storage.descriptors import make_folder
from tgtp.errors import CannotStart, LedgerUnreadable, Problem
from tgtp.typed import typed

# 1 had no mark and no causes of pauses; 2 no pauses of a side or of a rule, which its programs would have overlooked; 3 no
# guards and no multiplied thresholds: its programs took a ledger with them for broken, and said how to begin a new one.
FORMAT = 4
MARK = "tgtp.json"
LEDGER = "ledger.json"
COPIES = "backup"
TRACES = ("events", "equity*", "paper*.json", COPIES)
MOST_COPIES = 7
SET_ASIDE = "set-aside"


class Mark(NamedTuple):
    """What ``tgtp.json`` says.

    ``begun``: there has been a ledger. ``anew``: the next one takes the place of one that was lost.
    """

    format: int = FORMAT
    begun: bool = True
    anew: bool = False


class DataFolder:
    """The folder of one exchange's ledger. The caller holds its lock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.ledger = path / LEDGER

    def mark(self) -> Mark | None:
        """Read the mark; None where there is none. Raises CannotStart where it is of a newer program, or makes no sense."""
        path = self.path / MARK
        try:
            said = orjson.loads(path.read_bytes())
            if not isinstance(said, dict) or type(said.get("format")) is not int or said["format"] < 1:
                raise ValueError("no format")
            # A newer program may say more in it.
            mark = Mark(**{name: said[name] for name in Mark._fields if name in said})
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as exc:
            raise CannotStart(Problem("setting.mark", path=path, why=exc, ledger=self.ledger, format=FORMAT)) from exc
        if mark.format > FORMAT:
            raise CannotStart(Problem("setting.newer", path=self.path, format=mark.format, known=FORMAT))
        return mark

    def keep_mark(self, mark: Mark) -> None:
        """Write the mark. Raises OSError."""
        write_whole(self.path / MARK, orjson.dumps(mark._asdict(), option=orjson.OPT_APPEND_NEWLINE))

    def is_new(self, mark: Mark | None) -> bool:
        """Return whether nothing was ever kept here, or a lost ledger is to be replaced by an empty one."""
        if self.ledger.exists():
            return False
        if mark is not None:
            return mark.anew or not mark.begun
        return not any(any(self.path.glob(trace)) for trace in TRACES)

    def copy(self, name: str, content: bytes) -> None:
        """Keep a copy of the ledger, by its day or by why it is made, one of each; by day the newest seven. Raises OSError."""
        folder, path = self.path / COPIES, self.path / COPIES / f"ledger-{name}.json"
        if path.exists():
            return
        make_folder(folder)
        write_whole(path, content)
        by_day = sorted(path for path in folder.glob("ledger-*.json") if _day(path) is not None)
        for path in by_day[:-MOST_COPIES]:
            path.unlink()

    def newest_copy(self) -> Path | None:
        """Return the newest copy that can be read, and is not what stands in the ledger itself."""
        folder, current = self.path / COPIES, b""
        with contextlib.suppress(OSError):
            current = self.ledger.read_bytes()
        for path in sorted(folder.glob("ledger-*.json"), key=lambda path: path.stat().st_mtime, reverse=True):
            with contextlib.suppress(OSError, orjson.JSONDecodeError, AttributeError):
                content = path.read_bytes()
                if SET_ASIDE not in path.name and content != current and holds_something(orjson.loads(content)):
                    return path
        return None

    def unreadable(self, why: Problem) -> LedgerUnreadable:
        """Say that the ledger cannot be understood, and what to do about it."""
        copy = self.newest_copy()
        restore = Problem("setting.restore")
        if copy is not None:
            restore = Problem("setting.restore.newest", command=f"cp {copy} {self.ledger}")
        command = typed("run --new-ledger")
        found = Problem("setting.unreadable", path=self.ledger, why=why)
        return LedgerUnreadable(Problem("setting.ledger", found=found, restore=restore, command=command), found)

    def set_aside(self, now: dt.datetime) -> None:
        """Move a ledger that cannot be read among the copies, so that a new one is begun in its place. Raises OSError."""
        mark = self.mark() or Mark()
        self.keep_mark(mark._replace(format=FORMAT, anew=True))
        if self.ledger.exists():
            make_folder(self.path / COPIES)
            self.ledger.rename(self.path / COPIES / f"ledger-{SET_ASIDE}-{now:%Y%m%dT%H%M%S}.json")


def holds_something(tables: Mapping[str, Any] | None) -> bool:
    """Return whether these are tables that a program has written: it numbers its events from the first moment on."""
    return any((tables or {}).values())


def _day(path: Path) -> dt.date | None:
    try:
        return dt.date.fromisoformat(path.stem.removeprefix("ledger-"))
    except ValueError:
        return None
