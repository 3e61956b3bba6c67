"""The diary: cheap to write, forgiving to read, and never a reason for a check to fail."""

from __future__ import annotations

import datetime as dt
import logging
import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.snapshots import D
from tgtp.adapters.storage.equity_samples import FileDiary
from tgtp.domain.model import EquitySample

AT = dt.datetime(2026, 11, 30, 23, 50, tzinfo=dt.UTC)
STEP = dt.timedelta(minutes=5)


def sample(number: int = 0, equity: Any = "1000.5") -> EquitySample:
    return EquitySample(at=AT + number * STEP, equity=D(equity), unrealised_pnl=D("-0.00000001"))


def test_samples_come_back_as_they_were_over_months_and_restarts(tmp_path: Path) -> None:
    samples = [sample(number) for number in range(4)]
    for one in samples:
        FileDiary(tmp_path / "equity").append(one)
    assert sorted(path.name for path in (tmp_path / "equity").iterdir()) == ["2026-11.jsonl", "2026-12.jsonl"]
    assert FileDiary(tmp_path / "equity").since(AT) == samples
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "equity").iterdir()} == {0o600}


@pytest.mark.parametrize(("first", "offset"), [(0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (1, 8), (3, -8)])
def test_only_what_was_since_then(tmp_path: Path, first: int, offset: int) -> None:
    equity_history = FileDiary(tmp_path)
    samples = [sample(number) for number in range(4)]
    for one in samples:
        equity_history.append(one)
    moment = (AT + first * STEP).astimezone(dt.timezone(dt.timedelta(hours=offset)))
    assert equity_history.since(moment) == samples[first:]
    assert equity_history.since(moment - dt.timedelta(microseconds=1)) == samples[first:]
    assert equity_history.since(moment + dt.timedelta(microseconds=1)) == samples[first + 1 :]


def test_an_empty_or_missing_folder_has_none(tmp_path: Path) -> None:
    assert FileDiary(tmp_path / "nowhere").since(AT) == []
    assert FileDiary(tmp_path).since(AT) == []


def test_a_clock_that_was_put_back_mixes_nothing_up(tmp_path: Path) -> None:
    equity_history = FileDiary(tmp_path)
    for number in (0, 3, 1, 2):
        equity_history.append(sample(number))
    assert equity_history.since(AT) == [sample(number) for number in range(4)]


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_line_that_was_cut_spoils_no_other(tmp_path: Path, cut: int) -> None:
    equity_history = FileDiary(tmp_path)
    equity_history.append(sample(0))
    equity_history.append(sample(1))
    path = tmp_path / "2026-11.jsonl"
    path.write_bytes(path.read_bytes()[:-cut])
    whole = [sample(0), *([sample(1)] if cut == 1 else [])]
    assert equity_history.since(AT) == whole
    last = EquitySample(at=AT + dt.timedelta(seconds=1), equity=D(7))
    equity_history.append(last)
    assert equity_history.since(AT) == sorted([*whole, last], key=lambda one: one.at)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"null",
        b"[]",
        b"7",
        b"\xff\xfe",
        b"{}",
        b'{"at":"2026-12-01T00:00:00Z"}',
        b'{"at":7,"equity":"1"}',
        b'{"at":"2026-12-01T00:00:00","equity":"1"}',
        b'{"at":"soon","equity":"1"}',
        b'{"at":"2026-12-01T00:00:00Z","equity":1.5}',
        b'{"at":"2026-12-01T00:00:00Z","equity":"NaN"}',
        b'{"at":"2026-12-01T00:00:00Z","equity":"1","more":"1"}',
    ],
)
def test_a_line_that_makes_no_sense_is_passed_over(tmp_path: Path, line: bytes) -> None:
    equity_history = FileDiary(tmp_path)
    equity_history.append(sample(0))
    with (tmp_path / "2026-11.jsonl").open("ab") as file:
        file.write(line + b"\n")
    equity_history.append(sample(1))
    assert equity_history.since(AT) == [sample(0), sample(1)]


def test_a_full_disk_is_said_once_and_comes_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO)
    equity_history = FileDiary(tmp_path / "equity")
    equity_history.append(sample(0))
    with monkeypatch.context() as full:

        def refuse(*_: Any) -> int:
            raise OSError(28, "No space left on device")

        full.setattr(os, "open", refuse)
        equity_history.append(sample(1))
        equity_history.append(sample(1))
    equity_history.append(sample(2))
    equity_history.append(sample(3))
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert "No space left on device" in caplog.messages[0]
    assert equity_history.since(AT) == [sample(0), sample(2), sample(3)]


def test_a_folder_that_cannot_be_made_is_no_reason_to_fail(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "equity").write_text("a file")
    equity_history = FileDiary(tmp_path / "equity")
    equity_history.append(sample(0))
    assert equity_history.since(AT) == []
    assert "cannot be written" in caplog.text


def test_a_file_that_cannot_be_read_hides_only_itself(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    equity_history = FileDiary(tmp_path)
    equity_history.append(sample(3))
    (tmp_path / "2026-11.jsonl").mkdir()
    assert equity_history.since(AT) == [sample(3)]
    assert "2026-11.jsonl" in caplog.text


def test_it_is_read_by_a_thread_while_it_is_written(tmp_path: Path) -> None:
    equity_history = FileDiary(tmp_path)
    equity_history.append(sample(0))
    over = threading.Event()
    wrong: list[object] = []

    def read() -> None:
        while not over.is_set():
            found = equity_history.since(AT)
            if found != [sample(number) for number in range(len(found))]:
                wrong.append(found)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(1, 300):
        equity_history.append(sample(number))
    over.set()
    reader.join()
    assert wrong == []
    assert len(equity_history.since(AT)) == 300
