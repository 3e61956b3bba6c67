"""The exported tables are complete and exact, and hold what docs/export.md says."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
import sqlite3
import tracemalloc
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.every_event import EVENTS
from tests.fixtures.folders import ROOT
from tgtp.adapters.storage.equity_samples import FileDiary
from tgtp.adapters.storage.event_archive import Archive
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.domain.events import EVENT, Event, OrderRejected, TierFilled
from tgtp.domain.model import EquitySample
from tgtp.errors import CannotStart, Problem
from tgtp.export.columns import TABLES
from tgtp.export.command import export_tables

START = dt.datetime(2026, 1, 31, 23, 59, 30, tzinfo=dt.UTC)
TIER = next(event for event in EVENTS if isinstance(event, TierFilled))
REFUSED = next(event for event in EVENTS if isinstance(event, OrderRejected))


def kept(folder: Path, *events: Event) -> None:
    ledger = TinyLedger(folder)
    for event in events:
        with ledger.step():
            ledger.record(event, tell=False)
    ledger.close()


def from_csv(folder: Path, table: str) -> list[dict[str, Any]]:
    out = folder / "tables"
    export_tables(folder / "data", csv=out)
    with (out / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return [{name: cell or None for name, cell in row.items()} for row in csv.DictReader(file)]


def from_sqlite(folder: Path, table: str) -> list[dict[str, Any]]:
    export_tables(folder / "data", sqlite=folder / "tables.db")
    with sqlite3.connect(folder / "tables.db") as db:
        db.row_factory = sqlite3.Row
        rows = [dict(row) for row in db.execute(f"SELECT * FROM {table} ORDER BY rowid")]
    db.close()
    return rows


both = pytest.mark.parametrize("read", [from_csv, from_sqlite])


@both
def test_every_event_is_there_whole_and_in_order(read: Any, tmp_path: Path) -> None:
    kept(tmp_path / "data", *EVENTS, *EVENTS)
    assert list((tmp_path / "data" / "events").iterdir())
    rows = read(tmp_path, "events")
    assert [int(row["number"]) for row in rows] == list(range(1, 2 * len(EVENTS) + 1))
    for row, event in zip(rows, (*EVENTS, *EVENTS), strict=True):
        assert (row["kind"], row["account"]) == (event.kind, event.account)
        details = json.loads(row["details"])
        del details["n"]
        assert EVENT.validate_python(details) == event
        assert dt.datetime.fromisoformat(row["at"]) == event.at
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", row["at"])


@both
def test_an_order_has_its_numbers_exactly(read: Any, tmp_path: Path) -> None:
    order = TIER.order.replaced(
        realised_pnl=Decimal("-1.5E-7"), fee=Decimal("12345678901234.000000000001"), why=None, reason=""
    )
    kept(tmp_path / "data", TIER.replaced(order=order), REFUSED)
    filled, refused = read(tmp_path, "orders")
    assert filled["realised_pnl"] == "-0.00000015"
    assert filled["fee"] == "12345678901234.000000000001"
    assert Decimal(filled["roi"]) == TIER.intent.basis.roi
    assert (filled["outcome"], filled["order_side"], str(filled["tier"]), str(filled["event"])) == ("filled", "sell", "1", "1")
    assert Decimal(filled["contracts_after"]) == TIER.contracts_left
    assert (refused["outcome"], refused["code"], refused["reason"]) == ("refused", "51121", "lot")
    assert refused["filled_contracts"] is None


@both
def test_an_order_without_an_end_is_open_and_an_account_has_its_name(read: Any, tmp_path: Path) -> None:
    ledger = TinyLedger(tmp_path / "data")
    alpha = ledger.of("ALPHA")
    with ledger.step():
        alpha.keep_intent(TIER.intent)
    ledger.close()
    (row,) = read(tmp_path, "orders")
    assert (row["outcome"], row["account"], row["event"], row["ended_at"]) == ("open", "ALPHA", None, None)
    assert row["client_order_id"] == TIER.intent.client_order_id


@both
def test_a_ladder_is_no_number_of_contracts(read: Any, tmp_path: Path) -> None:
    kept(tmp_path / "data", *EVENTS)
    rows = read(tmp_path, "events")
    (ladder,) = [row for row in rows if row["ladder_before"]]
    assert ladder["kind"] == "ladder_changed"
    assert ladder["contracts_before"] is ladder["contracts_after"] is None
    assert {row["kind"] for row in rows if row["guard_after"]} == {"guard_changed"}
    for row in rows:
        for name in ("contracts_before", "contracts_after"):
            assert row[name] is None or Decimal(row[name]) >= 0
    assert {row["kind"] for row in rows if row["contracts_before"]} > {"leg_grew", "leg_force_closed", "tier_filled"}


@both
def test_the_equity_of_all_accounts_is_there(read: Any, tmp_path: Path) -> None:
    kept(tmp_path / "data")
    for place, months in (("equity", 2), ("equity-ALPHA", 1)):
        for month in range(months):
            at = START + dt.timedelta(days=30 * month)
            FileDiary(tmp_path / "data" / place).append(EquitySample(at=at, equity="1000.10", lowest="999.5"))
    (tmp_path / "data" / "equity" / "2026-04.jsonl").write_text('{"at":"2026-04-01T00:00:00Z","equ')
    rows = read(tmp_path, "equity")
    assert [(row["account"], row["equity"], row["lowest"], row["highest"]) for row in rows] == [
        ("main", "1000.10", "999.5", None),
        ("main", "1000.10", "999.5", None),
        ("ALPHA", "1000.10", "999.5", None),
    ]
    assert rows[0]["at"] == "2026-01-31T23:59:30.000000Z"


@pytest.mark.parametrize("words", ["=1+1", "+cmd|x", "-2+3", "@SUM(A1)", "no;=HYPERLINK(1)", "＝1"])
def test_no_cell_of_a_csv_is_a_formula_and_json_stays_json(words: str, tmp_path: Path) -> None:
    event = REFUSED.replaced(reason=Problem.of_words(words), code=words, account=words)
    kept(tmp_path / "data", event)
    ledger = TinyLedger(tmp_path / "data").of(words)
    with ledger.step():
        ledger.record(event, tell=False)
    ledger.close()
    for table in ("events", "orders"):
        for row in from_csv(tmp_path, table):
            for cell in filter(None, row.values()):
                parts = re.split(r"[;；]\s*", cell)
                assert not [part for part in parts if re.match(r"[=+@＝]|-\D|-.*[^\d.]", part)], cell
    *_, last = from_csv(tmp_path, "events")
    assert json.loads(last["details"])["reason"]["values"]["words"] == words
    # Nothing is calculated there, so nothing is changed.
    *_, last = from_sqlite(tmp_path, "orders")
    assert (last["reason"], last["account"]) == (words, words)


def test_memory_does_not_grow_with_the_number_of_events(tmp_path: Path) -> None:
    row = TIER.model_dump(mode="json")
    kept(tmp_path / "data")
    archive = Archive(tmp_path / "data" / "events")
    peaks: list[int] = []
    for months in (2, 10):
        months_there = len(peaks) * 2
        for month in range(months_there, months):
            first = 1 + 200 * month
            archive.append([{"n": n, **row, "at": f"2026-{month + 1:02}-01T00:00:00Z"} for n in range(first, first + 200)])
        ledger = TinyLedger(tmp_path / "data")
        with ledger.step():
            ledger.keep_note("next_event", 1 + 200 * months)
        ledger.close()
        tracemalloc.start()
        counts = export_tables(tmp_path / "data", sqlite=tmp_path / "tables.db")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert counts["events"] == counts["orders"] == 200 * months
    assert peaks[1] < 1.5 * peaks[0]


def test_a_row_that_makes_no_sense_is_counted_and_the_others_are_there(tmp_path: Path) -> None:
    kept(tmp_path / "data", *EVENTS)
    path = next((tmp_path / "data" / "events").iterdir())
    path.write_bytes(path.read_bytes().replace(b'"at":"2026', b'"at":"x026', 1))
    counts = export_tables(tmp_path / "data", sqlite=tmp_path / "tables.db")
    assert (counts["events"], counts["unread"]) == (len(EVENTS) - 1, 1)


def test_what_is_no_export_is_not_replaced(tmp_path: Path) -> None:
    kept(tmp_path / "data", TIER)
    target = tmp_path / "notes"
    target.write_text("mine")
    with pytest.raises(CannotStart, match="taken"):
        export_tables(tmp_path / "data", sqlite=target)
    assert target.read_text() == "mine"
    target.unlink()
    for _ in range(2):
        assert export_tables(tmp_path / "data", sqlite=target)["events"] == 1
    assert target.stat().st_mode & 0o777 == 0o600


@both
def test_what_breaks_off_leaves_what_was_there(read: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(tmp_path / "data", TIER)
    read(tmp_path, "events")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    monkeypatch.setattr("tgtp.export.command.open_order_line", None)
    ledger = TinyLedger(tmp_path / "data")
    with ledger.step():
        ledger.keep_intent(TIER.intent)
    ledger.close()
    with pytest.raises(TypeError):
        read(tmp_path, "events")
    out = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and "data" not in path.parts}
    assert out == {path: content for path, content in before.items() if "data" not in path.parts}


def test_a_newer_ledger_or_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="empty"):
        export_tables(tmp_path / "data", csv=tmp_path / "out")
    kept(tmp_path / "data", TIER)
    (tmp_path / "data" / "tgtp.json").write_text('{"format": 99}')
    with pytest.raises(CannotStart, match="newer"):
        export_tables(tmp_path / "data", csv=tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize("page", ["export.md", "export.zh.md"])
def test_the_page_names_every_column_in_its_place(page: str) -> None:
    text = (ROOT / "docs" / page).read_text("utf-8")
    for table, columns in TABLES.items():
        (part,) = re.findall(rf"^### `{table}`\n(.*?)(?=^##)", text, re.MULTILINE | re.DOTALL)
        rows = [re.findall(r"`(\w+)`", row.split("|")[1]) for row in part.splitlines() if row.startswith("| `")]
        assert [name for row in rows for name in row] == list(columns)
