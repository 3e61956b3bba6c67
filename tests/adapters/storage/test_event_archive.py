"""Old events by month: order, duplicates and halves of lines."""

from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest

from tests.adapters.storage.test_atomic_file import BreakingOs, Killed
from tests.fixtures.mixed_events import mixed_event
from tgtp.adapters.storage import event_archive as module
from tgtp.adapters.storage.event_archive import Archive


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


def files(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "events").iterdir())


def test_a_month_that_is_over_is_packed_when_the_next_one_goes_on(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "events")
    archive.append([row(1, "2026-10-30"), row(2, "2026-10-31"), row(3, "2026-11-01")])
    assert files(tmp_path) == ["2026-10.jsonl", "2026-11.jsonl"]
    archive.append([row(4, "2026-11-02")])
    assert files(tmp_path) == ["2026-10.000000001.jsonl.gz", "2026-11.jsonl"]
    archive.append([row(5, "2026-12-01")])
    assert files(tmp_path) == ["2026-10.000000001.jsonl.gz", "2026-11.000000003.jsonl.gz", "2026-12.jsonl"]
    assert numbers(archive) == [5, 4, 3, 2, 1]
    assert [found and found["n"] for found in map(archive.find, range(7))] == [None, 1, 2, 3, 4, 5, None]


def test_a_month_that_grows_too_large_is_packed_and_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_OPEN", 500)
    archive = Archive(tmp_path / "events")
    for number in range(1, 40):
        archive.append([row(number)])
    assert len(files(tmp_path)) == 4
    assert files(tmp_path)[-1] == "2026-11.jsonl"
    assert (tmp_path / "events" / "2026-11.jsonl").stat().st_size < 600
    assert numbers(archive) == list(range(39, 0, -1))
    assert all(archive.find(number) == row(number) for number in range(1, 40))
    # A clock that goes back finds its way to the newest file, whether that is open or packed.
    archive.append([row(40, "2026-09-01")])
    assert numbers(archive)[0] == 40


@pytest.mark.parametrize("after", [False, True])
def test_killed_anywhere_while_packing_nothing_is_lost(tmp_path: Path, *, after: bool) -> None:
    for at in range(18):
        folder = tmp_path / f"{at}"
        archive = Archive(folder)
        archive.append([row(1, "2026-10-30"), row(2, "2026-10-31")])
        with pytest.MonkeyPatch.context() as patch:
            breaking = BreakingOs(at, Killed(), after=after).install(patch)
            patch.setattr(Path, "unlink", breaking._around("unlink", Path.unlink))
            try:
                archive.append([row(3, "2026-11-01")])
            except Killed:
                pass
            else:
                assert at >= len(breaking.calls)
        assert numbers(Archive(folder))[-2:] == [2, 1]
        archive.append([row(3, "2026-11-01"), row(4, "2026-11-02")])
        assert numbers(archive) == [4, 3, 2, 1]
        assert archive.find(2) == row(2, "2026-10-31")
        assert sorted(path.name for path in folder.glob("*l*")) == ["2026-10.000000001.jsonl.gz", "2026-11.jsonl"]
    assert at > len(breaking.calls)


def test_what_cannot_be_packed_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = Archive(tmp_path / "events")
    archive.append([row(1, "2026-10-30")])

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(module, "write_whole", full)
        archive.append([row(2, "2026-11-01")])
    assert files(tmp_path) == ["2026-10.jsonl", "2026-11.jsonl"]
    assert numbers(archive) == [2, 1]
    archive.append([row(3, "2026-11-02")])
    assert files(tmp_path) == ["2026-10.000000001.jsonl.gz", "2026-11.jsonl"]
    assert numbers(archive) == [3, 2, 1]


def test_a_ledger_that_was_restored_from_a_copy_overwrites_nothing(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "events")
    archive.append([row(1, "2026-10-30"), row(2, "2026-10-30")])
    archive.append([row(3, "2026-11-01")])
    (tmp_path / "events" / "2026-11.jsonl").unlink()
    # It counts from the copy's number again, in the same month.
    (tmp_path / "events" / "2026-10.jsonl").write_bytes(orjson.dumps(row(1, "2026-10-31", by=2)) + b"\n")
    archive.append([row(4, "2026-11-02")])
    assert files(tmp_path) == ["2026-10.000000001.jsonl.gz", "2026-11.jsonl"]
    lines = gzip.decompress((tmp_path / "events" / "2026-10.000000001.jsonl.gz").read_bytes()).splitlines()
    assert [orjson.loads(line)["n"] for line in lines] == [1, 2, 1]
    assert archive.find(1) == row(1, "2026-10-31", by=2)


@pytest.mark.parametrize("damage", [lambda content: content[:-20], lambda content: b"no gzip", lambda content: b""])
def test_a_packed_month_that_is_broken_hides_no_other(tmp_path: Path, damage: Any, caplog: pytest.LogCaptureFixture) -> None:
    archive = Archive(tmp_path / "events")
    archive.append([row(1, "2026-09-30")])
    archive.append([row(number, "2026-10-30", text="x" * number) for number in range(2, 500)])
    archive.append([row(500, "2026-11-01")])
    path = tmp_path / "events" / "2026-10.000000002.jsonl.gz"
    path.write_bytes(damage(path.read_bytes()))
    found = numbers(archive)
    assert (found[0], found[-1]) == (500, 1)
    assert archive.find(1) == row(1, "2026-09-30")
    assert archive.find(499) in (None, row(499, "2026-10-30", text="x" * 499))


def test_files_of_before_packing_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "events"
    folder.mkdir()
    for month, number in (("2026-08", 1), ("2026-09", 2)):
        (folder / f"{month}.jsonl").write_bytes(orjson.dumps(row(number, f"{month}-01")) + b"\n")
    archive = Archive(folder)
    assert numbers(archive) == [2, 1]
    assert archive.find(1) == row(1, "2026-08-01")


def test_a_hundred_thousand_events_take_less_than_fifty_megabytes(tmp_path: Path) -> None:
    archive, rng, every, share = Archive(tmp_path / "events"), Random(7), dt.timedelta(seconds=26), 10
    for start in range(0, 100_000 // share, 50):
        events = [(number, mixed_event(rng, number, every)) for number in range(start, start + 50)]
        archive.append({"n": number + 1, **event.model_dump(mode="json")} for number, event in events)
    packed = list((tmp_path / "events").glob("*.gz"))
    assert packed
    # The packed ones grow with the events; besides them there is one open file of at most this size, and the ledger.
    assert sum(path.stat().st_size for path in packed) * share + module.LARGEST_OPEN + 1_000_000 < 50_000_000
    assert numbers(archive) == list(range(100_000 // share, 0, -1))


def test_events_are_read_oldest_first_as_newest_first(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "events")
    archive.append([row(1, "2026-10-01"), row(2, "2026-10-02"), row(3, "2026-10-03")])
    # The ledger was restored from a copy of when the second had happened.
    archive.append([row(3, "2026-11-01", new=True), row(4, "2026-11-02")])
    archive.append([row(4, "2026-11-02", new=True), row(5, "2026-12-01")])
    assert list(archive.oldest(below=9)) == list(archive.newest())[::-1]
    assert [found["n"] for found in archive.oldest(below=4)] == [1, 2, 3]
    assert [found.get("new") for found in archive.oldest(below=5)] == [None, None, True, True]


def test_a_file_that_is_packed_while_the_oldest_are_read_is_read_once(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "events")
    archive.append([row(1, "2026-10-01"), row(2, "2026-11-01"), row(3, "2026-11-02")])
    found = archive.oldest(below=9)
    first = next(found)
    archive.append([row(4, "2026-12-01")])
    assert not list((tmp_path / "events").glob("2026-11.jsonl"))
    assert [first["n"], *(each["n"] for each in found)] == [1, 2, 3, 4]
