"""Looking back: the events since a moment, from the ledger and the archive, read by a thread while the loop goes on."""

from __future__ import annotations

import datetime as dt
import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.every_event import AT, EVENTS
from tgtp.adapters.storage import event_archive
from tgtp.adapters.storage.event_archive import Archive
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.adapters.storage.ledger_file import MOST_EARLY, MOST_RECENT
from tgtp.domain.events import Paused, TierFilled
from tgtp.domain.model import LegKey
from tgtp.errors import LedgerWriteFailed

MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[TinyLedger]:
    opened = TinyLedger(tmp_path)
    yield opened
    opened.close()


def fill(leg: str) -> TierFilled:
    """One order of a leg, filled."""
    (example,) = [event for event in EVENTS if isinstance(event, TierFilled)][:1]
    return example.replaced(at=AT, intent=example.intent.replaced(leg=LegKey.parse(leg)))


def record(ledger: TinyLedger, *moments: dt.datetime) -> None:
    """One event a moment, each saying the number that it will get."""
    first = ledger.note("next_event")
    for start in range(0, len(moments), 10):
        with ledger.step():
            for number, at in enumerate(moments[start : start + 10], first + start):
                ledger.record(Paused(at=at, name="*", by=number), tell=False)


def numbers(ledger: TinyLedger, moment: dt.datetime) -> list[int]:
    found = ledger.since(moment)
    assert [number for number, _ in found] == [event.by for _, event in found if isinstance(event, Paused)]
    assert all(event.at >= moment for _, event in found)
    return [number for number, _ in found]


def test_nothing_has_happened(ledger: TinyLedger) -> None:
    assert ledger.since(AT) == []


@pytest.mark.parametrize("count", [1, 49, MOST_RECENT, MOST_RECENT + 1, 3 * MOST_RECENT + 7])
@pytest.mark.parametrize("back", [0, 1, 48, 51, 120, 306, 400])
def test_oldest_first_from_ledger_and_archive_each_once(ledger: TinyLedger, count: int, back: int) -> None:
    record(ledger, *(AT + n * MINUTE for n in range(count)))
    last = AT + (count - 1) * MINUTE
    expected = list(range(max(1, count - back), count + 1))
    assert numbers(ledger, last - back * MINUTE) == expected
    assert numbers(ledger, last - back * MINUTE + dt.timedelta(microseconds=1)) == (expected[1:] if back < count else expected)
    assert [number for number, _ in ledger.back_to(last - back * MINUTE)] == expected[::-1]


@pytest.mark.parametrize("before", [1, 2, 51, 120, 200, 201, 9999])
def test_below_a_number_without_reading_what_is_above(ledger: TinyLedger, before: int, monkeypatch: pytest.MonkeyPatch) -> None:
    record(ledger, *(AT + n * DAY for n in range(200)))
    opened: list[str] = []
    lines = event_archive._lines

    def counted(path: Path) -> Iterator[bytes]:
        opened.append(path.name)
        return lines(path)

    monkeypatch.setattr(event_archive, "_lines", counted)
    assert [number for number, _ in ledger.back_to(AT, before=before)] == [*range(1, min(before, 201))][::-1]
    assert all(int(name.split(".")[1]) < before for name in opened)


def test_of_one_leg_alone(ledger: TinyLedger) -> None:
    mine, other = fill("CRV-USDT-SWAP_long"), fill("CRV-USDT-SWAP_short")
    for event in (mine, other, Paused(at=AT, name="*", by=3), mine, other):
        with ledger.step():
            ledger.record(event, tell=False)
    found = ledger.back_to(AT - DAY, leg=mine.intent.leg)
    assert [number for number, _ in found] == [4, 1]


def test_over_packed_months(ledger: TinyLedger, tmp_path: Path) -> None:
    record(ledger, *(AT + n * DAY for n in range(250)))
    assert len(list((tmp_path / "events").glob("*.gz"))) >= 4
    assert numbers(ledger, AT) == list(range(1, 251))
    assert numbers(ledger, AT + 100 * DAY) == list(range(101, 251))


@pytest.mark.parametrize("wrong", [1, 60, MOST_EARLY - 1])
def test_a_clock_that_was_put_back_for_a_while_hides_nothing(ledger: TinyLedger, wrong: int) -> None:
    record(ledger, *(AT + n * MINUTE for n in range(20)))
    # Then somebody's clock was wrong by a year, and put right again.
    record(ledger, *(AT - 365 * DAY + n * MINUTE for n in range(wrong)))
    record(ledger, AT + 30 * MINUTE, AT + 31 * MINUTE)
    assert numbers(ledger, AT + 5 * MINUTE) == [*range(6, 21), wrong + 21, wrong + 22]
    assert len(numbers(ledger, AT - 366 * DAY)) == 22 + wrong


def test_a_search_ends_where_all_is_too_early(ledger: TinyLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    record(ledger, *(AT + n * MINUTE for n in range(MOST_EARLY + 400)))
    read: list[int] = []
    newest = Archive.newest

    def counted(archive: Archive, before: int | None = None) -> Iterator[dict[str, object]]:
        for row in newest(archive, before):
            read.append(row["n"])
            yield row

    monkeypatch.setattr(Archive, "newest", counted)
    assert numbers(ledger, AT + (MOST_EARLY + 398) * MINUTE) == [MOST_EARLY + 399, MOST_EARLY + 400]
    assert min(read) > 300


def test_what_makes_no_sense_is_passed_over(ledger: TinyLedger, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    record(ledger, *(AT + n * MINUTE for n in range(MOST_RECENT + 1)))
    (path,) = (tmp_path / "events").glob("*.jsonl")
    lines = path.read_bytes().splitlines()
    whole = len(lines)
    lines[3] = lines[3][:40]
    lines[4] = lines[4].replace(b'"paused"', b'"of a later version"')
    lines[5] = lines[5].replace(b'"at":"', b'"at":"not ')
    lines[6] = b""
    path.write_bytes(b"\n".join(lines) + b'\n{"n":')
    assert numbers(ledger, AT) == [n for n in range(1, MOST_RECENT + 2) if n not in (4, 5, 6, 7)]
    assert whole == MOST_RECENT - 49
    assert len(caplog.records) == 2


def test_a_step_that_has_not_ended_is_not_seen_by_another_thread(ledger: TinyLedger) -> None:
    record(ledger, AT)
    seen: list[list[int]] = []

    def look() -> None:
        seen.append([number for number, _ in ledger.since(AT)])

    looking = threading.Thread(target=look)

    def refuse(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with pytest.MonkeyPatch.context() as full:
        full.setattr(os, "write", refuse)
        with pytest.raises(LedgerWriteFailed), ledger.step():  # noqa: PT012
            ledger.record(Paused(at=AT, name="*", by=2), tell=False)
            looking.start()
            # The step's own thread sees what it does.
            assert len(ledger.since(AT)) == 2
            looking.join(0.05)
    looking.join()
    assert seen == [[1]]


def test_a_thread_looks_back_while_steps_go_on(ledger: TinyLedger) -> None:
    """Events arrive, move to the archive, and months are packed, all under the reader's feet."""
    record(ledger, *(AT + n * MINUTE for n in range(40)))
    over = threading.Event()
    wrong: list[object] = []
    looks: list[int] = []

    def look() -> None:
        while not over.is_set():
            try:
                found = [number for number, _ in ledger.since(AT)]
            except (RuntimeError, OSError, ValueError) as exc:
                wrong.append(exc)
                return
            looks.append(len(found))
            if found != list(range(1, len(found) + 1)) or len(found) < 40:
                wrong.append(found)

    readers = [threading.Thread(target=look) for _ in range(2)]
    for reader in readers:
        reader.start()
    for batch in range(60):
        with ledger.step():
            for n in range(25):
                number = ledger.note("next_event")
                ledger.record(Paused(at=AT + batch * 3 * DAY + n * MINUTE, name="*", by=number), tell=False)
    over.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert numbers(ledger, AT) == list(range(1, 1541))
    assert max(looks) > 40


def test_a_month_that_is_packed_while_it_is_read_is_read_from_its_new_place(
    ledger: TinyLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(ledger, *(AT + n * MINUTE for n in range(MOST_RECENT + 1)))
    archive = Archive(tmp_path / "events")
    listed = Archive._files

    def packed_meanwhile(self: Archive) -> list[Path]:
        files = listed(self)
        monkeypatch.setattr(Archive, "_files", listed)
        archive._pack_what_is_over("2999-01")
        return files

    monkeypatch.setattr(Archive, "_files", packed_meanwhile)
    assert numbers(ledger, AT) == list(range(1, MOST_RECENT + 2))
    assert [path.suffix for path in (tmp_path / "events").iterdir()] == [".gz"]


def test_a_file_that_is_listed_but_never_there_is_no_endless_search(ledger: TinyLedger, tmp_path: Path) -> None:
    record(ledger, *(AT + n * MINUTE for n in range(MOST_RECENT + 1)))
    (tmp_path / "events" / "2020-01.jsonl").symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError):
        ledger.since(AT - 4000 * DAY)
