"""A backup brings everything back, whatever goes on meanwhile; what is no whole backup changes nothing."""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from tests.fixtures.every_event import EVENTS
from tgtp.adapters.storage.equity_samples import FileDiary
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.domain.events import TierFilled
from tgtp.domain.model import EquitySample
from tgtp.errors import CannotStart, DataInUse
from tgtp.export.command import restore_backup
from tgtp.export.packing import SIGN, pack
from tgtp.export.restoring import Restored, restore
from tgtp.settings.contact import read_contact

NOW = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
TIER = next(event for event in EVENTS if isinstance(event, TierFilled))


def written(folder: Path, count: int) -> None:
    ledger = TinyLedger(folder)
    for number in range(count):
        with ledger.step():
            ledger.record(EVENTS[number % len(EVENTS)].replaced(at=NOW + dt.timedelta(days=number)), tell=number > count - 5)
            ledger.keep_note("count", number + 1)
    ledger.close()


def held(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "lock"
    }


def taken_back(backup: Path, home: Path) -> Restored:
    return restore(backup, lambda _: home / "data", home / ".env")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with all that may lie in one."""
    folder = tmp_path / "data" / "paper"
    written(folder, 250)
    for place in ("equity", "equity-alpha"):
        FileDiary(folder / place).append(EquitySample(at=NOW, equity="1000"))
    (folder / "paper.json").write_text("{}")
    (folder / "paper-alpha.json").write_text("{}")
    return folder


def test_everything_comes_back(folder: Path, tmp_path: Path) -> None:
    assert {path.name.endswith(".gz") for path in (folder / "events").iterdir()} == {True, False}
    before = held(folder)
    with FileLock(folder / "lock"):
        pack(folder, tmp_path / "b.tar.gz", NOW)
    assert held(folder) == before
    restored = taken_back(tmp_path / "b.tar.gz", tmp_path / "new")
    assert restored.folder == tmp_path / "new" / "data" / "paper"
    assert (restored.events, restored.env) == (250, False)
    assert held(restored.folder) == before
    modes = {path.stat().st_mode & 0o077 for path in (tmp_path / "b.tar.gz", *restored.folder.rglob("*"))}
    assert modes == {0}
    assert [path.name for path in restored.folder.parent.iterdir()] == ["paper"]


def test_a_backup_may_be_opened_by_tar(folder: Path, tmp_path: Path) -> None:
    pack(folder, tmp_path / "b.tar.gz", NOW)
    with tarfile.open(tmp_path / "b.tar.gz") as tar:
        assert "ledger.json" in tar.getnames()


@pytest.mark.parametrize("steps", [10, 20, 60])
def test_a_program_that_works_between_two_files_loses_nothing(
    steps: int, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events move to the archive, and months are packed, after each file that the backup has taken."""
    ledger, count, real = TinyLedger(folder), 250, tarfile.TarFile.addfile
    turns = iter(range(14))

    def work() -> None:
        nonlocal count
        if next(turns, None) is None:
            return
        for _ in range(steps):
            with ledger.step():
                ledger.record(EVENTS[count % len(EVENTS)].replaced(at=NOW + dt.timedelta(days=count)), tell=False)
                ledger.keep_note("count", count + 1)
            count += 1

    def add_and_work(tar: tarfile.TarFile, *what: object) -> None:
        real(tar, *what)  # type: ignore[arg-type]
        work()

    monkeypatch.setattr(tarfile.TarFile, "addfile", add_and_work)
    pack(folder, tmp_path / "b", NOW)
    ledger.close()
    restored = taken_back(tmp_path / "b", tmp_path / "new")
    assert 250 < restored.events < count
    other = TinyLedger(restored.folder)
    assert other.note("count") == restored.events
    assert [found for found, _ in other.history(10**6)] == list(range(restored.events, 0, -1))
    other.close()


def test_settings_are_packed_only_when_asked_for_and_never_replace_others(folder: Path, tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text("OKX_API_KEY=Sh4rdOf")
    pack(folder, tmp_path / "without", NOW)
    assert b"Sh4rdOf" not in gzip.decompress((tmp_path / "without").read_bytes())
    pack(folder, tmp_path / "with", NOW, env)
    assert taken_back(tmp_path / "with", tmp_path / "new").env
    assert (tmp_path / "new" / ".env").read_text() == "OKX_API_KEY=Sh4rdOf"
    assert (tmp_path / "new" / ".env").stat().st_mode & 0o777 == 0o600
    assert not list((tmp_path / "new" / "data" / "paper").glob(".env"))
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / ".env").write_text("mine")
    assert not taken_back(tmp_path / "with", tmp_path / "other").env
    assert (tmp_path / "other" / ".env").read_text() == "mine"


@pytest.mark.parametrize("stands", [None, "DATA_DIR=mine\n"])
def test_it_comes_back_into_the_folder_that_the_next_start_uses(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stands: str | None
) -> None:
    (tmp_path / ".env").write_text("DATA_DIR=elsewhere\n")
    pack(folder, tmp_path / "b", NOW, tmp_path / ".env")
    new = tmp_path / "new"
    new.mkdir()
    if stands is not None:
        (new / ".env").write_text(stands)
    monkeypatch.setenv("TGTP_HOME", str(new))
    assert restore_backup(argparse.Namespace(backup=tmp_path / "b"), "en") == 0
    assert sorted(path.name for path in new.iterdir()) == [".env", "mine" if stands else "elsewhere"]
    assert (read_contact().data_dir / "paper" / "ledger.json").is_file()


def test_settings_that_are_made_meanwhile_are_kept(folder: Path, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LANGUAGE=zh\n")
    pack(folder, tmp_path / "b", NOW, tmp_path / ".env")
    env = tmp_path / "new" / ".env"

    def made(_: str | None) -> Path:
        env.parent.mkdir()
        env.write_text("LANGUAGE=en\n")
        return env.parent / "data"

    assert not restore(tmp_path / "b", made, env).env
    assert env.read_text() == "LANGUAGE=en\n"


def test_nothing_else_of_the_folder_is_packed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("{}")
    for name in ("pairing.json", "ledger.json.tmp", "events/notes.txt", "equity/2026-13-1.jsonl"):
        (folder / name).write_text("no")
    pack(folder, tmp_path / "b", NOW)
    with tarfile.open(tmp_path / "b") as tar:
        names = set(tar.getnames())
    assert not {name for name in names if "pairing" in name or "tmp" in name or "notes" in name or "13-1" in name}


def test_what_is_no_backup_is_not_replaced_by_one(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "photos.tar.gz"
    target.write_bytes(gzip.compress(b"mine"))
    with pytest.raises(CannotStart, match="taken"):
        pack(folder, target, NOW)
    assert gzip.decompress(target.read_bytes()) == b"mine"
    for _ in range(2):
        pack(folder, tmp_path / "b", NOW)


# What must not be restored


def refused(backup: Path, home: Path, why: str) -> None:
    home.mkdir(exist_ok=True)
    before = held(home), sorted(home.rglob("*"))
    with pytest.raises(CannotStart, match=why):
        taken_back(backup, home)
    assert (held(home), sorted(home.rglob("*"))) == before


def test_one_that_was_cut_anywhere_changes_nothing(folder: Path, tmp_path: Path) -> None:
    pack(folder, tmp_path / "b", NOW)
    whole = (tmp_path / "b").read_bytes()
    for length in {*range(0, len(whole), max(1, len(whole) // 40)), len(whole) - 1}:
        (tmp_path / "cut").write_bytes(whole[:length])
        refused(tmp_path / "cut", tmp_path / "new", "damaged|foreign")


def test_one_that_was_changed_anywhere_changes_nothing(folder: Path, tmp_path: Path) -> None:
    pack(folder, tmp_path / "b", NOW)
    whole = (tmp_path / "b").read_bytes()
    # The first bytes are flags and a time that mean nothing.
    for place in range(30, len(whole), max(1, len(whole) // 40)):
        changed = bytearray(whole)
        changed[place] ^= 0x55
        (tmp_path / "changed").write_bytes(changed)
        refused(tmp_path / "changed", tmp_path / "new", "damaged|foreign|entry")


def repacked(backup: Path, change: Callable[[list[tuple[tarfile.TarInfo, bytes]]], None]) -> None:
    """Pack a backup anew with other entries, sums and all."""
    with tarfile.open(backup) as tar:
        entries = [(entry, file.read()) for entry in tar if (file := tar.extractfile(entry)) is not None]
    change(entries)
    with backup.open("wb") as raw, gzip.GzipFile(SIGN, "wb", fileobj=raw) as stream:
        with tarfile.open(fileobj=stream, mode="w") as tar:
            for entry, content in entries:
                tar.addfile(entry, io.BytesIO(content) if entry.isreg() else None)


def entry(name: str, content: bytes = b"{}", kind: bytes = tarfile.REGTYPE) -> tuple[tarfile.TarInfo, bytes]:
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.size = kind, "/etc/passwd", len(content) if kind == tarfile.REGTYPE else 0
    return made, content


@pytest.mark.parametrize(
    "foreign",
    [
        *map(entry, ("../ledger.json", "/tmp/x", "events/../../x", "lock", "ledger.json", "equity/x.jsonl", ".bashrc", "a\n")),
        *(entry("events/2026-01.jsonl", kind=kind) for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE)),
        entry("events", kind=tarfile.DIRTYPE),
    ],
    ids=lambda each: f"{each[0].name!r} {each[0].type!r}",
)
def test_what_no_backup_holds_is_refused(foreign: tuple[tarfile.TarInfo, bytes], folder: Path, tmp_path: Path) -> None:
    pack(folder, tmp_path / "b", NOW)
    repacked(tmp_path / "b", lambda entries: entries.insert(2 if foreign[0].name != "ledger.json" else -1, foreign))
    refused(tmp_path / "b", tmp_path / "new", "entry")


def said_otherwise(**changes: object) -> Callable[[list[tuple[tarfile.TarInfo, bytes]]], None]:
    def change(entries: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        made, content = entries[-1]
        entries[-1] = entry(made.name, json.dumps({**json.loads(content), **changes}).encode())

    return change


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (said_otherwise(format=99), "newer"),
        (said_otherwise(shape=99), "newer"),
        (said_otherwise(exchange="../elsewhere"), "damaged"),
        (said_otherwise(files={}), "damaged"),
        (lambda entries: entries.pop(), "damaged"),
        (lambda entries: entries.pop(0), "damaged"),
        (lambda entries: entries.append(entry("events/1999-01.jsonl")), "damaged"),
    ],
)
def test_one_that_is_not_what_it_says_is_refused(
    change: Callable[[list[tuple[tarfile.TarInfo, bytes]]], None], why: str, folder: Path, tmp_path: Path
) -> None:
    pack(folder, tmp_path / "b", NOW)
    repacked(tmp_path / "b", change)
    refused(tmp_path / "b", tmp_path / "new", why)


def test_a_ledger_that_cannot_be_understood_is_not_restored(folder: Path, tmp_path: Path) -> None:
    (folder / "ledger.json").write_text('{"positions": {"x": {}}}')
    pack(folder, tmp_path / "b", NOW)
    (tmp_path / "new" / "data").mkdir(parents=True)
    refused(tmp_path / "b", tmp_path / "new", str(tmp_path / "new" / "data" / "paper" / "ledger.json"))


@pytest.fixture
def backup(folder: Path, tmp_path: Path) -> Path:
    pack(folder, tmp_path / "b", NOW)
    return tmp_path / "b"


def test_a_folder_with_anything_in_it_is_left_as_it_is(backup: Path, tmp_path: Path) -> None:
    taken_back(backup, tmp_path / "new")
    refused(backup, tmp_path / "new", "taken")
    for path in (tmp_path / "new" / "data" / "paper").rglob("*.json"):
        path.unlink()
    refused(backup, tmp_path / "new", "taken")


def test_a_running_program_is_not_disturbed(backup: Path, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data" / "paper"
    folder.mkdir(parents=True)
    with FileLock(folder / "lock"):
        with pytest.raises(DataInUse):
            taken_back(backup, tmp_path / "new")
        assert [path.name for path in folder.iterdir()] == ["lock"]
    assert taken_back(backup, tmp_path / "new").events == 250


def test_a_program_that_begins_meanwhile_keeps_its_folder(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "new" / "data" / "paper"
    real = Path.rename

    def rename(path: Path, target: Path) -> Path:
        written(folder, 1)
        return real(path, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(OSError, match="not empty"):
        taken_back(backup, tmp_path / "new")
    monkeypatch.undo()
    ledger = TinyLedger(folder)
    assert len(ledger.history(9)) == 1
    ledger.close()
    assert [path.name for path in folder.parent.iterdir()] == ["paper"]
