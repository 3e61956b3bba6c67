"""A write that is cut anywhere leaves the old file or the new one; memory follows the disk."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.fixtures.sentences import raises, told
from tgtp.adapters.storage.atomic_file import AtomicStorage, write_whole
from tgtp.errors import LedgerUnreadable, LedgerWriteFailed

OLD = {"positions": {"CRV-USDT-SWAP_long": {"triggered_levels": [25]}}}
NEW = {"positions": {"CRV-USDT-SWAP_long": {"triggered_levels": [25, 35]}}, "notes": {"a": {"value": "x" * 500}}}


class Killed(BaseException):
    """The process ends here."""


class BreakingOs:
    """Counts what the storage asks of the system, and at one of these calls fails or dies instead of doing it.

    ``after`` does it first. Writes are cut to ``at_most`` bytes, as a real one may be.
    """

    def __init__(self, at: int = -1, exc: BaseException | None = None, *, after: bool = False, at_most: int = 1 << 30) -> None:
        self.at = at
        self.exc = exc
        self.after = after
        self.at_most = at_most
        self.calls: list[str] = []

    def install(self, monkeypatch: pytest.MonkeyPatch) -> BreakingOs:
        write: Callable[[int, Any], int] = os.write
        monkeypatch.setattr(os, "open", self._around("open", os.open))
        monkeypatch.setattr(os, "write", self._around("write", lambda fd, data: write(fd, bytes(data)[: self.at_most])))
        monkeypatch.setattr(os, "fsync", self._around("fsync", os.fsync))
        monkeypatch.setattr(os, "close", self._around("close", os.close))
        monkeypatch.setattr(os, "replace", self._around("replace", os.replace))
        return self

    def _around(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            number = len(self.calls)
            self.calls.append(name)
            if number == self.at and self.exc is not None and not self.after:
                raise self.exc
            result = real(*args, **more)
            if number == self.at and self.exc is not None:
                raise self.exc
            return result

        return call


def test_the_order_of_the_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watched = BreakingOs().install(monkeypatch)
    write_whole(tmp_path / "ledger.json", b"x")
    names = [name for name, next_name in zip(watched.calls, [*watched.calls[1:], ""], strict=True) if name != next_name]
    assert names == ["open", "write", "fsync", "close", "replace", "open", "fsync", "close"]


def steps(tmp_path: Path) -> int:
    with pytest.MonkeyPatch.context() as patch:
        watched = BreakingOs(at_most=200).install(patch)
        write_whole(tmp_path / "count.json", orjson.dumps(NEW, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    return len(watched.calls)


@pytest.mark.parametrize("after", [False, True])
def test_killed_at_any_call_leaves_the_old_file_or_the_new_one(tmp_path: Path, *, after: bool) -> None:
    met = set()
    for at in range(steps(tmp_path)):
        path = tmp_path / f"{at}.json"
        path.write_bytes(orjson.dumps(OLD))
        kept = AtomicStorage(path)
        kept.write(NEW)
        with pytest.MonkeyPatch.context() as patch:
            BreakingOs(at, Killed(), after=after, at_most=200).install(patch)
            with pytest.raises(Killed):
                kept.commit()
        found = AtomicStorage(path).read()
        assert found in (OLD, NEW)
        met.add(orjson.dumps(found))
        # A process that was only interrupted goes on with what is on disk.
        kept.rollback()
        assert kept.read() == found
    assert len(met) == 2


# Too many open files are what the reserve is for (test_descriptors).
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS])
@pytest.mark.parametrize("after", [False, True])
def test_an_error_at_any_call_is_told_and_memory_is_what_is_on_disk(tmp_path: Path, code: int, *, after: bool) -> None:
    for at in range(steps(tmp_path)):
        path = tmp_path / f"{at}.json"
        path.write_bytes(orjson.dumps(OLD))
        kept = AtomicStorage(path)
        kept.write(NEW)
        with pytest.MonkeyPatch.context() as patch:
            BreakingOs(at, OSError(code, os.strerror(code)), after=after, at_most=200).install(patch)
            with raises(LedgerWriteFailed, match=f"{at}.json could not be written: {os.strerror(code)}") as failed:
                kept.commit()
        on_disk = orjson.loads(path.read_bytes())
        assert failed.value.on_disk == (on_disk == NEW)
        assert kept.read() == on_disk
        assert AtomicStorage(path).read() == on_disk
        # The next write goes through.
        kept.write({**NEW, "later": {}})
        kept.commit()
        assert orjson.loads(path.read_bytes()) == {**NEW, "later": {}}


def test_a_failed_first_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = AtomicStorage(tmp_path / "ledger.json")
    kept.write(NEW)
    with pytest.MonkeyPatch.context() as patch:
        BreakingOs(1, OSError(errno.ENOSPC, "No space left on device")).install(patch)
        with pytest.raises(LedgerWriteFailed):
            kept.commit()
    assert kept.read() == {}
    assert list(tmp_path.iterdir()) == []


def test_short_writes_are_carried_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watched = BreakingOs(at_most=7).install(monkeypatch)
    write_whole(tmp_path / "ledger.json", b"a" * 1000)
    assert (tmp_path / "ledger.json").read_bytes() == b"a" * 1000
    assert watched.calls.count("write") == 143


def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "ledger.json"
    write_whole(path, b"{}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_half_a_temporary_file_of_a_killed_process_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "ledger.json.tmp").write_bytes(b"{" * 10_000)
    kept = AtomicStorage(tmp_path / "ledger.json")
    kept.write(NEW)
    kept.commit()
    assert AtomicStorage(tmp_path / "ledger.json").read() == NEW
    assert not (tmp_path / "ledger.json.tmp").exists()


def test_nothing_changed_is_nothing_written(tmp_path: Path) -> None:
    AtomicStorage(tmp_path / "ledger.json").commit()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [b"", b" ", b"{", b'{"positions": {', b"\x00\xff\xfe binary", b"[]", b"null", b"12", b'"text"', b'{"positions": []}'],
)
def test_a_file_that_makes_no_sense_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ledger.json"
    path.write_bytes(content)
    with pytest.raises(LedgerUnreadable) as refused:
        AtomicStorage(path)
    assert str(path) in told(refused.value)
    assert "Nothing was changed" in told(refused.value)
    assert path.read_bytes() == content


def test_a_file_that_cannot_be_read_at_all_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ledger.json").mkdir()
    with raises(LedgerUnreadable, match=r"ledger\.json cannot be read: Is a directory"):
        AtomicStorage(tmp_path / "ledger.json")
