"""Reads events, open orders and equity samples of a data folder, without its lock and in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from tgtp.adapters.storage.data_folder import DataFolder
from tgtp.adapters.storage.event_archive import Archive
from tgtp.domain.model import MAIN
from tgtp.errors import CannotStart, Problem

Row = Mapping[str, Any]
EVENTS = "events"
ORDERS = "orders"
EQUITY = "equity"


class DataReader:
    """The data folder as it stood when it was opened, with what was appended to its files since.

    Raises CannotStart where there is no ledger, it cannot be read, or a newer program has written it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        data = DataFolder(folder)
        data.mark()
        try:
            # Before the archive: an event that moves there meanwhile is met in both, not in neither.
            self._tables = orjson.loads(data.ledger.read_bytes())
            recent = self._tables.get(EVENTS, {}).values()
            self._recent = sorted(recent, key=lambda row: row["n"])
            self._next_event = int(self._tables.get("notes", {}).get("next_event", {}).get("value") or 1)
        except FileNotFoundError as exc:
            raise CannotStart(Problem("export.empty", folder=folder)) from exc
        except OSError as exc:
            raise CannotStart(Problem("export.unread", path=data.ledger, why=exc.strerror or exc)) from exc
        except (ValueError, AttributeError, LookupError, TypeError) as exc:
            raise data.unreadable(Problem("setting.not_json", what=exc)) from exc

    def events(self) -> Iterator[Row]:
        """Return all events, oldest first, each once. Raises OSError."""
        begins = self._recent[0]["n"] if self._recent else self._next_event
        yield from Archive(self._folder / EVENTS).oldest(below=begins)
        yield from self._recent

    def open_orders(self) -> Iterator[tuple[str, Row]]:
        """Return the orders whose outcome is not known yet, each with the first name of its account."""
        for table, rows in self._tables.items():
            name, _, account = table.partition(" ")
            if name == ORDERS:
                yield from ((account or MAIN, row) for row in rows.values())

    def equity(self) -> Iterator[tuple[str, Row]]:
        """Return the samples of each account's equity with its name, each account's in the order in which they were written.

        A line that was cut is passed over. Raises OSError.
        """
        for folder in sorted(self._folder.glob(f"{EQUITY}*")):
            account = folder.name.removeprefix(EQUITY).removeprefix("-") or MAIN
            for path in sorted(folder.glob("????-??.jsonl")):
                with path.open("rb") as lines:
                    for line in lines:
                        try:
                            row = orjson.loads(line)
                        except orjson.JSONDecodeError:
                            continue
                        if isinstance(row, dict) and {"at", "equity"} <= row.keys():
                            yield account, row
