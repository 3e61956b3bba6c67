"""Old events by month: order, duplicates and halves of lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from tgtp.adapters import archive as module
from tgtp.adapters.archive import Archive


def row(number: int, at: str = "2026-11-23", **more: Any) -> dict[str, Any]:
    return {"n": number, "kind": "stopped", "at": f"{at}T00:00:00Z", **more}


def numbers(archive: Archive) -> list[int]:
    return [found["n"] for found in archive.newest()]


def test_events_go_to_their_month(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "events")
    archive.append([row(1, "2026-10-31"), row(2, "2026-11-01"), row(3, "2026-11-30"), row(4, "2026-12-01")])
    assert {path.name: len(path.read_bytes().splitlines()) for path in (tmp_path / "events").iterdir()} == {
        "2026-10.jsonl": 1,
        "2026-11.jsonl": 2,
        "2026-12.jsonl": 1,
    }
    assert numbers(archive) == [4, 3, 2, 1]
    assert [found and found["n"] for found in map(archive.find, range(6))] == [None, 1, 2, 3, 4, None]


def test_an_empty_archive_holds_nothing(tmp_path: Path) -> None:
    assert numbers(Archive(tmp_path / "events")) == []
    assert Archive(tmp_path / "events").find(1) is None


def test_a_clock_that_goes_back_a_month_does_not_disturb_the_order(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "events")
    archive.append([row(1, "2026-11-30"), row(2, "2026-12-01")])
    archive.append([row(3, "2025-01-01"), row(4, "2026-12-02")])
    assert numbers(archive) == [4, 3, 2, 1]


def test_a_batch_written_twice_is_read_once(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "events")
    archive.append([row(1), row(2), row(3)])
    archive.append([row(1), row(2), row(3), row(4)])
    assert numbers(archive) == [4, 3, 2, 1]


def test_the_last_line_of_a_number_counts(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "events")
    archive.append([row(1, by=1)])
    archive.append([row(1, by=2)])
    assert archive.find(1) == row(1, by=2)
    assert list(archive.newest()) == [row(1, by=2)]


@pytest.mark.parametrize("cut", range(1, 40, 3))
def test_half_a_last_line_is_passed_over_and_not_joined_to_the_next(tmp_path: Path, cut: int) -> None:
    archive = Archive(tmp_path / "events")
    archive.append([row(1), row(2)])
    path = tmp_path / "events" / "2026-11.jsonl"
    path.write_bytes(path.read_bytes()[:-cut])
    kept = numbers(archive)
    assert kept == ([2, 1] if cut == 1 else [1])
    archive.append([row(2), row(3)])
    assert numbers(archive) == [3, 2, 1]
    assert archive.find(2) == row(2)


def test_lines_that_are_no_events_are_passed_over(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "events")
    archive.append([row(1)])
    with (tmp_path / "events" / "2026-11.jsonl").open("ab") as file:
        file.write(b"[1]\n\xff\xfe\n\n")
    archive.append([row(2)])
    assert numbers(archive) == [2, 1]


@pytest.mark.parametrize("block", [1, 7, 64, 1 << 16])
def test_lines_are_read_backwards_in_blocks_of_any_size(tmp_path: Path, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK", block)
    archive = Archive(tmp_path / "events")
    archive.append([row(number, text="换" * (number % 40)) for number in range(1, 60)])
    assert list(archive.newest()) == [row(number, text="换" * (number % 40)) for number in range(59, 0, -1)]


def test_a_line_is_json_a_person_can_read(tmp_path: Path) -> None:
    Archive(tmp_path / "events").append([row(1)])
    assert orjson.loads((tmp_path / "events" / "2026-11.jsonl").read_bytes()) == row(1)
