"""The ledger in TinyDB: ``ledger.json`` holds what is current and the newest events, ``events/`` the older ones by month."""

from __future__ import annotations

import datetime as dt
import itertools
import logging
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from pydantic import ValidationError
from tinydb import TinyDB
from tinydb.table import Document, Table

from tgtp.adapters.archive import Archive
from tgtp.adapters.storage import AtomicStorage, unreadable
from tgtp.domain.events import EVENT, Event
from tgtp.domain.life import Life
from tgtp.domain.model import Intent, LegKey
from tgtp.domain.told import CRITICAL, Told
from tgtp.engine.ports import DROPPED, Ledger
from tgtp.errors import CannotStart, DataInUse, LedgerWriteFailed

log = logging.getLogger(__name__)

# Between these two the newest events live in the ledger itself; beyond, the older ones move to the archive in one go.
FEWEST_RECENT = 50
MOST_RECENT = 100
# More events than a wrong clock is likely to have seen before somebody put it right.
MOST_EARLY = 500
# Messages that wait; nobody reads more, and what happened stays in the history.
MOST_WAITING = 1000


class _NamedTable(Table):
    document_id_class = str  # type: ignore[assignment] # readable keys: "CRV-USDT-SWAP_long" instead of 17


class _NamedTinyDB(TinyDB):
    table_class = _NamedTable


class TinyLedger(Ledger):
    """The ledger of one data folder; holds the folder's lock until ``close``.

    Raises DataInUse when another process holds the folder, LedgerUnreadable when its files make no sense.
    """

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(folder / "lock")
            self._lock.acquire(timeout=0)
        except Timeout as exc:
            raise DataInUse(
                f"another tgtp is working on {folder.resolve()}; stop it first, or give this one its own DATA_DIR"
            ) from exc
        except OSError as exc:
            raise CannotStart(
                f"DATA_DIR={folder} cannot be used: {exc.strerror or exc}; choose a folder that can be written"
            ) from exc
        self._path = folder / "ledger.json"
        self._archive = Archive(folder / "events")
        self._in_step = False
        # Held through a step, and by a thread that reads for as long as it copies; a step's own thread reads freely.
        self._whole = threading.RLock()
        self._lives: Mapping[LegKey, Life] = {}
        try:
            if not self._path.exists() and any((folder / name).exists() for name in ("events", "paper.json")):
                raise unreadable(self._path, "it is missing, though this folder has been worked in before")
            self._storage = AtomicStorage(self._path)
            self._db = _NamedTinyDB(storage=lambda: self._storage)
            self._load()
            if not self._path.exists():
                # Written before anything else is: a ledger that is missing later was lost.
                with self.step():
                    self.keep_note("next_event", 1)
        except LedgerWriteFailed as exc:
            self._lock.release()
            raise CannotStart(f"{exc}; free some disk space or choose another DATA_DIR") from exc
        except BaseException:
            self._lock.release()
            raise

    def close(self) -> None:
        """Let go of the folder."""
        self._lock.release()

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
            except BaseException:
                self._storage.rollback()
                self._load()
                raise
            finally:
                self._in_step = False

    def lives(self) -> Mapping[LegKey, Life]:
        """Give what is remembered of every leg."""
        return self._lives

    def keep_life(self, life: Life) -> None:
        """Remember a life."""
        row = life.model_dump(mode="json", exclude={"key"}, exclude_defaults=True)
        levels = [_plain(tier.threshold * 100) for tier in life.fired]
        self._put("positions", str(life.key), {"triggered_levels": levels, **row})
        self._lives = {**self._lives, life.key: life}

    def forget_life(self, key: LegKey) -> None:
        """Forget a leg."""
        self._drop("positions", str(key))
        self._lives = {other: life for other, life in self._lives.items() if other != key}

    def open_intents(self) -> list[Intent]:
        """Give every order whose outcome is not known yet."""
        return list(self._intents.values())

    def keep_intent(self, intent: Intent) -> None:
        """Write an order down."""
        self._put("orders", intent.client_order_id, intent.model_dump(mode="json"))
        self._intents[intent.client_order_id] = intent

    def drop_intent(self, client_order_id: str) -> None:
        """Strike an order."""
        self._drop("orders", client_order_id)
        self._intents.pop(client_order_id, None)

    def record(self, event: Event, *, tell: bool, except_for: int | None = None, on_card: int | None = None) -> int:
        """Append an event."""
        number = self._next_event
        self.keep_note("next_event", number + 1)
        self._put("events", str(number), {"n": number, **event.model_dump(mode="json")})
        if tell:
            knows = (except_for,) if except_for is not None else ()
            self._make_room()
            critical = event.kind in CRITICAL
            self.keep_told(Told(number=number, delivered_to=knows, on_card=on_card, critical=critical, kind=event.kind))
        return number

    def _make_room(self) -> None:
        """Let the oldest message give way when too many wait: the outbox is written with every step."""
        if len(self._outbox) < MOST_WAITING:
            return
        oldest = min(self._outbox)
        dropped = self.note(DROPPED) or {"count": 0, "first": oldest}
        self.keep_note(DROPPED, {**dropped, "count": dropped["count"] + 1, "last": oldest, "told": []})
        self.strike_told(oldest)

    def event(self, number: int) -> tuple[int, Event] | None:
        """Give one past event."""
        if not 0 < number < self._next_event:
            return None
        row = self._db.table("events").get(doc_id=str(number)) or self._archive.find(number)  # type: ignore[call-overload]
        return _read_event(row) if row is not None else None

    def history(self, count: int) -> list[tuple[int, Event]]:
        """Give the newest events."""
        recent = self._recent()
        found = [_read_event(row) for row in recent[:count]]
        if len(found) < count:
            for row in self._archived():
                if not found or row["n"] < found[-1][0]:
                    found.append(_read_event(row))
                if len(found) == count:
                    break
        return found

    def back_to(self, moment: dt.datetime) -> Iterator[tuple[int, Event]]:
        """Give the events since a moment, newest first; for a thread of its own, while steps go on."""
        # First what is here, then the archive: what moves there meanwhile is met twice rather than not at all.
        recent = self._recent()
        begins = recent[-1]["n"] if recent else self._next_event
        older = (row for row in self._archived() if row["n"] < begins)
        early = 0
        for row in itertools.chain(recent, older):
            try:
                is_early = dt.datetime.fromisoformat(row["at"]) < moment
                found = None if is_early else _read_event(row)
            except (ValueError, TypeError, KeyError):
                log.warning("event %s in the archive makes no sense; it is passed over", row["n"])
                continue
            if found is not None:
                yield found
            # A clock that was put back has written later events with earlier times: one of them does not end the search.
            early = early + 1 if is_early else 0
            if early > MOST_EARLY:
                break

    def paused(self) -> frozenset[str]:
        """Give the paused instruments."""
        return self._paused

    def set_paused(self, names: Iterable[str]) -> None:
        """Replace the paused instruments."""
        paused = frozenset(names)
        self.keep_note("paused", sorted(paused))
        self._paused = paused

    def outbox(self) -> list[Told]:
        """Give the undelivered messages."""
        return [self._outbox[number] for number in sorted(self._outbox)]

    def keep_told(self, told: Told) -> None:
        """Change what is known of an undelivered message."""
        self._put("outbox", str(told.number), told.model_dump(mode="json"))
        self._outbox[told.number] = told

    def strike_told(self, number: int) -> None:
        """Strike a message that everybody has."""
        self._drop("outbox", str(number))
        self._outbox.pop(number, None)

    def note(self, name: str) -> Any:
        """Give a small remembered thing."""
        return self._notes.get(name)

    def keep_note(self, name: str, value: Any) -> None:
        """Remember a small thing."""
        self._put("notes", name, {"value": value})
        self._notes[name] = value

    def fingerprints(self) -> set[str]:
        """Give the marks of the older daemon's records that were taken over already."""
        rows = [*map(dict, self._db.table("events").all()), *self._archived()]
        return {row["fingerprint"] for row in rows if row["kind"] == "legacy_close"}

    @property
    def _next_event(self) -> int:
        return int(self.note("next_event") or 1)

    def _recent(self) -> list[dict[str, Any]]:
        """Give the events that are not in the archive yet, newest first, as whole steps have left them."""
        with self._whole:
            rows = [dict(row) for row in self._db.table("events").all()]
        return sorted(rows, key=lambda row: row["n"], reverse=True)

    def _archived(self) -> Iterator[Mapping[str, Any]]:
        # A number not given yet may be in the archive all the same, from a step that was never finished.
        return (row for row in self._archive.newest() if row["n"] < self._next_event)

    def _put(self, table: str, name: str, row: Mapping[str, Any]) -> None:
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

    def _drop(self, table: str, name: str) -> None:
        self._must_be_in_step()
        if self._db.table(table).contains(doc_id=name):  # type: ignore[arg-type]
            self._db.table(table).remove(doc_ids=[name])  # type: ignore[list-item]

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
            log.error("events could not be archived (%s); they stay in %s", exc, self._path)
            return
        events.remove(doc_ids=[str(row["n"]) for row in rows])  # type: ignore[misc]

    def _load(self) -> None:
        tables = self._storage.read() or {}
        try:
            lives: dict[LegKey, Life] = {}
            for name, row in tables.get("positions", {}).items():
                key = LegKey.parse(name)
                lives[key] = Life(key=key, **{field: value for field, value in row.items() if field != "triggered_levels"})
            self._lives = lives
            self._intents = {name: Intent(**row) for name, row in tables.get("orders", {}).items()}
            self._outbox = {int(name): Told(**row) for name, row in tables.get("outbox", {}).items()}
            self._notes = {name: row["value"] for name, row in tables.get("notes", {}).items()}
            self._paused = frozenset(self._notes.get("paused") or ())
            for row in tables.get("events", {}).values():
                _read_event(row)
        except (ValidationError, KeyError, TypeError, ValueError, AttributeError) as exc:
            what = str(exc).splitlines()[0]
            raise unreadable(self._path, f"an entry in it makes no sense ({what})") from exc


def _read_event(row: Mapping[str, Any]) -> tuple[int, Event]:
    return int(row["n"]), EVENT.validate_python({name: value for name, value in row.items() if name != "n"})


def _plain(number: Any) -> int | float:
    """Write a level as people do; it is for their eyes only and never read back."""
    whole = int(number)
    return whole if whole == number else float(number)
