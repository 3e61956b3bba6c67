"""Files that only their user reads, and a ledger that is written when nothing else can be opened."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from tests.fixtures.folders import ROOT
from tests.fixtures.sentences import raises
from tests.fixtures.waiting import DEADLINE
from tgtp.adapters.storage import ledger_file
from tgtp.adapters.storage.descriptors import close_to_others, make_folder
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.errors import DataInUse

# Every descriptor but those in reserve is taken, and the ledger is written all the same.
EATS_ALL = """
import os, resource, sys
from pathlib import Path
from tgtp.adapters.storage.ledger import TinyLedger

ledger = TinyLedger(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
eaten = []
try:
    while True:
        eaten.append(os.open(os.devnull, os.O_RDONLY))
except OSError:
    pass
for number in range(20):
    with ledger.step():
        ledger.keep_note("written", number)
    try:
        while True:
            eaten.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        pass
os.close(eaten.pop())
print(ledger.note("written"))
"""


def test_the_ledger_is_written_when_all_descriptors_are_taken(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", EATS_ALL, str(tmp_path / "data")],
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert (ended.stdout.strip(), ended.returncode) == ("19", 0), ended.stderr
    ledger = TinyLedger(tmp_path / "data")
    assert ledger.note("written") == 19
    ledger.close()


def modes(folder: Path) -> dict[str, int]:
    return {path.relative_to(folder).as_posix(): path.stat().st_mode & 0o777 for path in (folder, *folder.rglob("*"))}


def test_only_their_user_reads_the_files_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        ledger = TinyLedger(tmp_path / "deep" / "data" / "paper")
        with ledger.step():
            ledger.keep_note("x", 1)
        ledger.close()
    finally:
        os.umask(before)
    found = modes(tmp_path / "deep")
    assert {"data/paper/ledger.json", "data/paper/lock", "data/paper/tgtp.json"} <= set(found)
    assert all(mode == (0o700 if (tmp_path / "deep" / name).is_dir() else 0o600) for name, mode in found.items()), found


def test_what_an_older_version_left_open_is_closed_at_the_start(tmp_path: Path) -> None:
    folder = tmp_path / "paper"
    TinyLedger(folder).close()
    (folder / "equity").mkdir()
    (folder / "equity" / "2026-11.jsonl").write_text("{}\n")
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    TinyLedger(folder).close()
    assert {mode & 0o077 for mode in modes(folder).values()} == {0}


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("x")
    other.chmod(0o644)
    make_folder(tmp_path / "data")
    (tmp_path / "data" / "link").symlink_to(other)
    close_to_others(tmp_path / "data")
    assert other.stat().st_mode & 0o777 == 0o644


def test_a_lock_that_another_user_holds_is_named_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    TinyLedger(tmp_path).close()
    lock = FileLock(tmp_path / "lock", mode=0o600)
    lock.acquire()
    monkeypatch.setattr(ledger_file, "owner_of", lambda path: "alice" if path.name == "lock" else "")
    with raises(DataInUse, match=r"belongs to another user \(alice\); start tgtp as that user"):
        TinyLedger(tmp_path)
    monkeypatch.setattr(ledger_file, "owner_of", lambda path: "")
    with raises(DataInUse, match="another tgtp is using"):
        TinyLedger(tmp_path)
    lock.release()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_folder_of_another_user_is_named_as_such(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    TinyLedger(folder).close()
    for path in (folder.parent, *folder.parent.parents):
        if path.stat().st_mode & 0o005 != 0o005:
            pytest.skip("nobody may come near this folder")
    lines = [
        "import os; os.setuid(65534)",
        "from pathlib import Path",
        "from tgtp.adapters.storage.ledger import TinyLedger",
        f"TinyLedger(Path({str(folder)!r}))",
    ]
    ended = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert "belongs to another user (root)" in ended.stderr
