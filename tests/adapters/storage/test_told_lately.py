"""What was told lately is remembered without a ledger, wherever that can be."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tgtp.adapters.storage.told_lately import FORGOTTEN_AFTER, LATELY, mark, places, unmark


def test_once_an_hour_for_each_text(tmp_path: Path) -> None:
    first = mark("a", [tmp_path])
    assert first is not None
    assert mark("a", [tmp_path]) is None
    assert mark("b", [tmp_path]) is not None
    os.utime(first, (time.time() - LATELY - 1,) * 2)
    assert mark("a", [tmp_path]) is not None


def test_what_nobody_heard_is_not_told(tmp_path: Path) -> None:
    first = mark("a", [tmp_path])
    assert first is not None
    unmark(first)
    assert mark("a", [tmp_path]) is not None


def test_a_note_of_a_clock_that_was_put_back_says_nothing(tmp_path: Path) -> None:
    first = mark("a", [tmp_path])
    assert first is not None
    os.utime(first, (time.time() + 600,) * 2)
    assert mark("a", [tmp_path]) is not None


def test_it_says_nothing_of_the_text_and_is_for_nobody_else(tmp_path: Path) -> None:
    first = mark("a secret", [tmp_path / "new"])
    assert first is not None
    assert first.read_bytes() == b""
    assert "secret" not in str(first.name)
    assert first.stat().st_mode & 0o777 == 0o600
    assert first.parent.stat().st_mode & 0o077 == 0


def test_another_place_serves_where_one_cannot_be_written(tmp_path: Path) -> None:
    broken = tmp_path / "a file"
    broken.write_text("")
    assert mark("a", [broken, tmp_path / "there"]) is not None
    # Wherever it was noted, it counts.
    assert mark("a", [tmp_path / "elsewhere", tmp_path / "there"]) is None
    with pytest.raises(OSError, match="a file"):
        mark("b", [broken])


def test_a_link_that_somebody_has_put_there_is_not_followed(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "told").symlink_to(theirs)
    with pytest.raises(OSError, match="not ours"):
        mark("a", [tmp_path / "mine"])
    assert list(theirs.iterdir()) == []


def test_old_notes_go(tmp_path: Path) -> None:
    first = mark("a", [tmp_path])
    assert first is not None
    os.utime(first, (time.time() - FORGOTTEN_AFTER - 1,) * 2)
    mark("b", [tmp_path])
    assert not first.exists()


def test_a_data_folder_that_is_there_comes_first_and_none_is_made_before_others(tmp_path: Path) -> None:
    assert places(tmp_path)[0] == tmp_path
    assert places(tmp_path / "missing")[-1] == tmp_path / "missing"
