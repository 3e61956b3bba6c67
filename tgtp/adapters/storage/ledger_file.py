"""The file behind the ledger: ``ledger.json`` holds what is current and the newest events, ``events/`` the older ones by month.

One file for all accounts: a step of any of them is written whole, events have one count, and there is one outbox.
"""

from __future__ import annotations

import datetime as dt
import itertools
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from pydantic import ValidationError
from tinydb import TinyDB
from tinydb.table import Document, Table

from tgtp.adapters.storage.atomic_file import AtomicStorage
from tgtp.adapters.storage.data_folder import FORMAT, DataFolder, Mark, holds_something
from tgtp.adapters.storage.descriptors import FILE_MODE, close_to_others, fill_reserve, make_folder, owner_of
from tgtp.adapters.storage.event_archive import Archive
from tgtp.domain.events import EVENT, Event
from tgtp.domain.model import MAIN, LegKey
from tgtp.domain.notifications.outbox_entry import OutboxEntry
from tgtp.errors import CannotStart, DataInUse, LedgerWriteFailed, Problem

log = logging.getLogger(__name__)

# Between these two the newest events live in the ledger itself; beyond, the older ones move to the archive in one go.
FEWEST_RECENT = 50
MOST_RECENT = 100
# More events than a wrong clock is likely to have seen before somebody put it right.
MOST_EARLY = 500

# The note that a lost ledger was given up for an empty one, until its accounts have been paused for it.
NEW_LEDGER = "new_ledger"

Tables = Mapping[str, Mapping[str, Any]]


class _NamedTable(Table):
    document_id_class = str  # type: ignore[assignment] # readable keys: "CRV-USDT-SWAP_long" instead of 17


class _NamedTinyDB(TinyDB):
    table_class = _NamedTable


def _utc_day() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


class LedgerFile:
    """The ledger of one data folder; holds the folder's lock until ``close``.

    Raises DataInUse when another process holds the folder, LedgerUnreadable when its files make no sense.
    """

    def __init__(self, folder: Path, today: Callable[[], dt.date] = _utc_day) -> None:
        try:
            make_folder(folder)
            self._lock = FileLock(folder / "lock", mode=FILE_MODE)
            self._lock.acquire(timeout=0)
            close_to_others(folder)
            fill_reserve()
        except Timeout as exc:
            _refuse_other_users(folder)
            raise DataInUse(Problem("setting.folder.busy", folder=folder.resolve())) from exc
        except OSError as exc:
            if isinstance(exc, PermissionError):
                _refuse_other_users(folder)
            raise CannotStart(Problem("setting.folder", folder=folder, why=exc.strerror or exc)) from exc
        self._folder = DataFolder(folder)
        self._archive = Archive(folder / "events")
        self._today = today
        self._copied_on: dt.date | None = None
        self._in_step = False
        # Held through a step, and by a thread that reads for as long as it copies; a step's own thread reads freely.
        self._whole = threading.RLock()
        # What reads the tables into memory, at the start and when a step is taken back.
        self._readers: list[Callable[[Tables], None]] = []
        self.outbox: dict[int, OutboxEntry] = {}
        self.notes: dict[str, Any] = {}
        try:
            mark = self._folder.mark()
            is_new = self._folder.is_new(mark)
            if mark is None and is_new:
                # Written before anything else is: a ledger that is missing later was lost.
                self._folder.keep_mark(Mark(begun=False))
            if not (is_new or self._folder.ledger.exists()):
                raise self._folder.unreadable(Problem("setting.ledger.missing"))
            self._storage = AtomicStorage(self._folder.ledger, self._folder.unreadable)
            self._db = _NamedTinyDB(storage=lambda: self._storage)
            if is_new:
                self._begin(anew=mark is not None and mark.anew)
            elif not holds_something(self._storage.read()):
                raise self._folder.unreadable(Problem("setting.ledger.empty"))
            elif mark is None or mark.format < FORMAT:
                self._folder.copy(f"format-{mark.format if mark else 1}", self._storage.committed)
            self.read_by(self._read_common)
            if mark != Mark():
                self._folder.keep_mark(Mark())
        except (LedgerWriteFailed, OSError) as exc:
            self._lock.release()
            raise CannotStart(Problem("setting.folder.disk", why=_unwritten(exc, folder))) from exc
        except BaseException:
            self._lock.release()
            raise

    def _begin(self, *, anew: bool) -> None:
        """Write the first entry; ``anew``: events are counted on from those of the ledger that was lost."""
        newest = next(self._archive.newest(), None) if anew else None
        if newest is None:
            self._copied_on = self._today()
        with self.step():
            self.keep_note("next_event", newest["n"] + 1 if newest is not None else 1)
            if anew:
                self.keep_note(NEW_LEDGER, True)

    def close(self) -> None:
        """Let go of the folder."""
        self._lock.release()

    @property
    def tables(self) -> Tables:
        """The tables as they stand, written or not."""
        return self._storage.read() or {}

    def read_by(self, reader: Callable[[Tables], None]) -> None:
        """Have the tables read into memory, now and whenever a step is taken back. Raises LedgerUnreadable."""
        self._readers.append(reader)
        self._load(reader)

    @contextmanager
    def step(self) -> Iterator[None]:
        """Group changes into one atomic write."""
        with self._whole:
            if self._in_step:
                raise RuntimeError("a step inside a step would be written before the outer one is whole")
            self._in_step = True
            try:
                yield
                self._archive_older()
                self._storage.commit()
                self._copy_daily()
            except BaseException:
                self._storage.rollback()
                for reader in self._readers:
                    self._load(reader)
                raise
            finally:
                self._in_step = False

    def _copy_daily(self) -> None:
        day = self._today()
        if day == self._copied_on:
            return
        self._copied_on = day
        try:
            self._folder.copy(day.isoformat(), self._storage.committed)
        except OSError as exc:
            # What was to be written is written; a copy is not worth a lost step.
            log.error("today's copy of the ledger could not be kept: %s", exc)

    def append(self, event: Event) -> int:
        """Append an event to the history and give its number."""
        number = self.next_event
        self.keep_note("next_event", number + 1)
        row = event.model_dump(mode="json")
        if event.account == MAIN:
            del row["account"]
        self.put("events", str(number), {"n": number, **row})
        return number

    def event(self, number: int) -> tuple[int, Event] | None:
        """Return one past event."""
        if not 0 < number < self.next_event:
            return None
        row = self._db.table("events").get(doc_id=str(number)) or self._archive.find(number)  # type: ignore[call-overload]
        return _read_event(row) if row is not None else None

    def history(self, count: int) -> list[tuple[int, Event]]:
        """Return the newest events."""
        recent = self._recent()
        found = [_read_event(row) for row in recent[:count]]
        if len(found) < count:
            for row in self._archived():
                if not found or row["n"] < found[-1][0]:
                    found.append(_read_event(row))
                if len(found) == count:
                    break
        return found

    def back_to(
        self, moment: dt.datetime, account: str | None, before: int | None = None, leg: LegKey | None = None
    ) -> Iterator[tuple[int, Event]]:
        """Return the events of an account (None: of all) since a moment, newest first; for a thread of its own, beside steps.

        Those of a renamed account go on under the name that it had before. ``before``: those with lower numbers. ``leg``: those
        of its orders.
        """
        # First what is here, then the archive: what moves there meanwhile is met twice rather than not at all.
        recent = [row for row in self._recent() if before is None or row["n"] < before]
        older = self._archived(recent[-1]["n"] if recent else before)
        key = leg.model_dump(mode="json") if leg is not None else None
        early, renamed_at = 0, ""
        for row in itertools.chain(recent, older):
            try:
                is_early = dt.datetime.fromisoformat(row["at"]) < moment
                is_asked = account is None or row.get("account", MAIN) == account
                if key is not None and row["kind"] != "account_renamed":
                    is_asked = is_asked and (row.get("intent") or {}).get("leg") == key
                found = None if is_early or not is_asked else _read_event(row)
            except (ValueError, TypeError, KeyError):
                log.warning("event %s in the archive makes no sense; it is passed over", row["n"])
                continue
            if found is not None and row["kind"] == "account_renamed" and account is not None:
                if row["at"] == renamed_at:
                    # The one that had this name and was renamed in the same step.
                    continue
                account, renamed_at = row["before"] or account, row["at"]
            if found is not None:
                yield found
            # A clock that was put back has written later events with earlier times: one of them does not end the search.
            early = early + 1 if is_early else 0
            if early > MOST_EARLY:
                break

    def fingerprints(self) -> set[str]:
        """Return the marks of the older daemon's records that were taken over already."""
        rows = [*map(dict, self._db.table("events").all()), *self._archived()]
        return {row["fingerprint"] for row in rows if row["kind"] == "legacy_close"}

    def keep_told(self, told: OutboxEntry) -> None:
        """Change what is known of an undelivered message."""
        self.put("outbox", str(told.number), told.model_dump(mode="json"))
        self.outbox[told.number] = told

    def strike_told(self, number: int) -> None:
        """Strike a message that everybody has."""
        self.drop("outbox", str(number))
        self.outbox.pop(number, None)

    def keep_note(self, name: str, value: Any) -> None:
        """Remember a small thing."""
        self.put("notes", name, {"value": value})
        self.notes[name] = value

    def put(self, table: str, name: str, row: Mapping[str, Any]) -> None:
        """Write a row, in place of the one of that name."""
        self._must_be_in_step()
        rows = self._db.table(table)
        if not rows.contains(doc_id=name):  # type: ignore[arg-type]
            rows.insert(Document(dict(row), doc_id=name))  # type: ignore[arg-type]
            return

        def replace(document: Any) -> None:
            # TinyDB's own upsert merges: a field that went back to its default would keep its old value.
            document.clear()
            document.update(row)

        rows.update(replace, doc_ids=[name])  # type: ignore[list-item]

    def drop(self, table: str, name: str) -> None:
        """Strike a row, if it is there."""
        self._must_be_in_step()
        if self._db.table(table).contains(doc_id=name):  # type: ignore[arg-type]
            self._db.table(table).remove(doc_ids=[name])  # type: ignore[list-item]

    @property
    def next_event(self) -> int:
        """The number that the next event gets."""
        return int(self.notes.get("next_event") or 1)

    def _recent(self) -> list[dict[str, Any]]:
        """Return the events that are not in the archive yet, newest first, as whole steps have left them."""
        with self._whole:
            rows = [dict(row) for row in self._db.table("events").all()]
        return sorted(rows, key=lambda row: row["n"], reverse=True)

    def _archived(self, before: int | None = None) -> Iterator[Mapping[str, Any]]:
        # A number not given yet may be in the archive all the same, from a step that was never finished.
        return self._archive.newest(self.next_event if before is None else min(before, self.next_event))

    def _must_be_in_step(self) -> None:
        if not self._in_step:
            raise RuntimeError("the ledger changes only inside a step")

    def _archive_older(self) -> None:
        events = self._db.table("events")
        if len(events) <= MOST_RECENT:
            return
        # Undelivered ones too: kept back they would be archived out of order, and the outbox finds them there.
        rows = sorted((dict(row) for row in events.all()), key=lambda row: row["n"])[:-FEWEST_RECENT]
        try:
            self._archive.append(rows)
        except OSError as exc:
            log.error("events could not be archived (%s); they stay in %s", exc, self._folder.ledger)
            return
        events.remove(doc_ids=[str(row["n"]) for row in rows])  # type: ignore[misc]

    def _load(self, reader: Callable[[Tables], None]) -> None:
        try:
            reader(self._storage.read() or {})
        except (ValidationError, KeyError, TypeError, ValueError, AttributeError) as exc:
            what = str(exc).splitlines()[0]
            raise self._folder.unreadable(Problem("setting.ledger.entry", what=what)) from exc

    def _read_common(self, tables: Tables) -> None:
        self.outbox = {int(name): OutboxEntry(**row) for name, row in tables.get("outbox", {}).items()}
        self.notes = {name: row["value"] for name, row in tables.get("notes", {}).items()}
        for row in tables.get("events", {}).values():
            _read_event(row)


def _read_event(row: Mapping[str, Any]) -> tuple[int, Event]:
    return int(row["n"]), EVENT.validate_python({name: value for name, value in row.items() if name != "n"})


def _refuse_other_users(folder: Path) -> None:
    """Say who holds the folder when it is another user of this machine. Raises DataInUse."""
    if owner := owner_of(folder / "lock") or owner_of(folder):
        raise DataInUse(Problem("setting.folder.other", folder=folder.absolute(), owner=owner))


def _unwritten(exc: OSError | LedgerWriteFailed, folder: Path) -> Problem:
    if isinstance(exc, LedgerWriteFailed):
        return exc.problem
    return Problem("problem.unwritten", path=folder, why=exc.strerror or exc)
