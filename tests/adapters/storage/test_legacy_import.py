"""Moving over from the older daemon: what it fired does not fire again, and a second import changes nothing."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.engine import SEED_RULES, House
from tests.fixtures.fakes import key, paper_leg
from tests.fixtures.sentences import raises
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.adapters.storage.legacy_import import import_legacy
from tgtp.errors import CannotStart

NOW = dt.datetime(2026, 1, 2, 12, tzinfo=dt.UTC)
STATE = {
    "CRV-USDT-SWAP_long": {"triggered_levels": [25, 35], "last_update": "2026-01-02"},
    "UNI-USDT-SWAP_short": {"triggered_levels": [35], "last_update": "2026-01-02"},
}
RECORD = {
    "inst_id": "CRV-USDT-SWAP",
    "pos_side": "long",
    "profit_rate": 26.5,
    "close_percent": 30.0,
    "reason": "第1档：盈利26.5%触发，止盈剩余30%",
    "timestamp": "2025-12-31 22:33:09",
    "date": "2025-12-31",
}
RECORDS = [RECORD, {**RECORD, "profit_rate": 36.1, "close_percent": 50.0, "timestamp": "2025-12-31 23:01:00"}]


def written(folder: Path, state: Any = STATE, records: Any = RECORDS) -> tuple[Path, Path]:
    folder.mkdir(exist_ok=True)
    files = folder / "state.json", folder / "records.json"
    for file, content in zip(files, (state, records), strict=True):
        file.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return files


def imported(ledger: TinyLedger, folder: Path, **content: Any) -> Any:
    return import_legacy(ledger, *written(folder, **content), SEED_RULES, NOW)


async def test_fired_tiers_do_not_fire_again(tmp_path: Path) -> None:
    house = House(tmp_path / "data", paper_leg(contracts=100), paper_leg("UNI-USDT-SWAP", "short"))
    imported(house.ledger, tmp_path / "old")
    house.set_roi(key(), 60)
    house.set_roi(key("UNI-USDT-SWAP", "short"), 60)
    await house.check(5)
    # The long had only its third tier left, the short its second and third.
    assert house.held(key()) == 50
    assert house.held(key("UNI-USDT-SWAP", "short")) == 25


async def test_a_leg_opened_after_its_last_entry_is_another_life(tmp_path: Path) -> None:
    later = dt.datetime(2026, 1, 2, 16, 0, tzinfo=dt.UTC)  # midnight in Beijing: the next day there
    house = House(tmp_path / "data", paper_leg(contracts=100, opened_at=later))
    imported(house.ledger, tmp_path / "old")
    house.set_roi(key(), 26)
    await house.check(2)
    assert house.held(key()) == 70


async def test_legs_that_are_watched_already_are_marked_too(tmp_path: Path) -> None:
    house = House(tmp_path / "data", paper_leg(contracts=100))
    await house.check()
    assert imported(house.ledger, tmp_path / "old").tiers_marked == 2
    house.set_roi(key(), 60)
    await house.check(3)
    assert house.held(key()) == 50


async def test_running_it_twice_changes_nothing(tmp_path: Path) -> None:
    house = House(tmp_path / "data", paper_leg(contracts=100))
    await house.check()
    first = imported(house.ledger, tmp_path / "old")
    assert (len(first.legs), first.records) == (2, 2)
    before = (tmp_path / "data" / "ledger.json").read_bytes()
    second = imported(house.ledger, tmp_path / "old")
    assert (second.records, second.records_known, second.tiers_marked) == (0, 2, 0)
    assert (tmp_path / "data" / "ledger.json").read_bytes() == before


async def test_a_leg_opened_after_the_import_is_another_life(tmp_path: Path) -> None:
    house = House(tmp_path / "data", paper_leg(contracts=100))
    imported(house.ledger, tmp_path / "old")
    house.set_roi(key(), 20)
    await house.check(2)
    assert house.fired(key()) == [1, 2]
    # The same day, before midnight in Beijing.
    house.paper.put_leg(paper_leg(contracts=100, opened_at=NOW + dt.timedelta(hours=1)))
    house.set_roi(key(), 26)
    await house.check(2)
    assert house.closed() == [30]


async def test_a_second_import_does_not_undo_a_re_arm(tmp_path: Path) -> None:
    house = House(tmp_path / "data", paper_leg(contracts=100))
    imported(house.ledger, tmp_path / "old")
    await house.check()
    assert await house.actions.rearm(house.ledger.lives()[key()], by=7)
    assert imported(house.ledger, tmp_path / "old").tiers_marked == 0
    assert house.fired(key()) == []


def test_many_records_are_taken_over_in_order_with_their_times(tmp_path: Path) -> None:
    records = [{**RECORD, "timestamp": f"2025-12-{day:02d} {hour:02d}:00:00"} for day in range(1, 31) for hour in range(10)]
    ledger = TinyLedger(tmp_path / "data")
    assert imported(ledger, tmp_path / "old", records=records).records == 300
    newest = [event for _, event in ledger.history(400)]
    assert len(newest) == 300
    assert newest[-1].kind == "legacy_close"
    assert newest[-1].closed_at == dt.datetime(2025, 11, 30, 16, tzinfo=dt.UTC)
    assert imported(ledger, tmp_path / "old", records=records).records == 0
    ledger.close()


async def test_each_leg_is_told_with_its_levels_and_what_became_of_it(tmp_path: Path) -> None:
    later = NOW + dt.timedelta(days=2)
    house = House(tmp_path / "data", paper_leg(contracts=100), paper_leg("BCH-USDT-SWAP", contracts=100, opened_at=later))
    await house.check()
    state = {
        **STATE,
        "BCH-USDT-SWAP_long": {"triggered_levels": [25], "last_update": "2026-01-02"},
        "CRV-USDT-SWAP_long": {"triggered_levels": [20, 25, 40], "last_update": "2026-01-02"},
        "STX-USDT-SWAP_long": {"triggered_levels": [], "last_update": "2026-01-02"},
    }
    (folder := tmp_path / "old").mkdir()
    (file := folder / "state.json").write_text(json.dumps(state), encoding="utf-8")
    done = import_legacy(house.ledger, file, None, SEED_RULES, NOW)
    rows = {leg.instrument_id: leg for leg in done.legs}
    assert [(str(level), tier and tier.number) for level, tier in rows["CRV-USDT-SWAP"].tiers] == [
        ("20", None),
        ("25", 1),
        ("40", 2),
    ]
    assert {name: (leg.what, leg.marked) for name, leg in rows.items()} == {
        "CRV-USDT-SWAP": ("marked", 2),
        "UNI-USDT-SWAP": ("waits", 0),
        "BCH-USDT-SWAP": ("later", 0),
        "STX-USDT-SWAP": ("waits", 0),
    }
    assert house.fired(key()) == [1, 2]
    assert (done.records, done.records_known) == (0, 0)
    again = import_legacy(house.ledger, file, None, SEED_RULES, NOW)
    assert {leg.what for leg in again.legs} == {"known"}
    # A file of records can follow.
    assert import_legacy(house.ledger, *written(folder, state=state), SEED_RULES, NOW).records == 2


async def test_what_was_fired_before_is_told_as_marked_already(tmp_path: Path) -> None:
    house = House(tmp_path / "data", paper_leg(contracts=100))
    house.set_roi(key(), 26)
    await house.check(2)
    state = {"CRV-USDT-SWAP_long": {"triggered_levels": [25], "last_update": "2026-01-02"}}
    (leg,) = imported(house.ledger, tmp_path / "old", state=state).legs
    assert (leg.what, leg.marked) == ("same", 0)


@pytest.mark.parametrize(
    ("state", "records", "words"),
    [
        ("{", RECORDS, "state.json was not taken over: it is not JSON"),
        ([], RECORDS, "it should hold a table"),
        ({"CRV": {"triggered_levels": [25], "last_update": "2025-12-31"}}, RECORDS, "'CRV' is invalid"),
        ({"CRV-USDT-SWAP_long": {"triggered_levels": ["x"], "last_update": "2025-12-31"}}, RECORDS, "is invalid"),
        (STATE, {}, "it should hold a list"),
        (STATE, [{"inst_id": "CRV-USDT-SWAP"}], "record 1 is invalid"),
        (STATE, [{**RECORD, "timestamp": "yesterday"}], "record 1 is invalid"),
    ],
)
def test_files_that_make_no_sense_change_nothing(tmp_path: Path, state: Any, records: Any, words: str) -> None:
    ledger = TinyLedger(tmp_path / "data")
    with raises(CannotStart, match=words.replace("(", "\\(")):
        imported(ledger, tmp_path / "old", state=state, records=records)
    assert ledger.note("legacy") is None
    assert ledger.history(10) == []
    ledger.close()
