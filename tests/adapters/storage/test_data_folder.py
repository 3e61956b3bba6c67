"""The data folder: never taken for new where anything was ever kept, copied every day, and of a format that is known."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest

from tests.adapters.storage.test_atomic_file import BreakingOs
from tests.adapters.storage.test_ledger import FULL, change, state
from tests.fixtures.every_event import GUARD, INTENT, ORDER
from tests.fixtures.sentences import told
from tests.fixtures.snapshots import D
from tgtp.adapters.storage.data_folder import FORMAT, DataFolder
from tgtp.adapters.storage.ledger import TinyLedger, pause_a_new_ledger
from tgtp.adapters.storage.ledger_file import LedgerFile
from tgtp.domain.events import GuardFilled
from tgtp.domain.fired_tiers import GuardWork
from tgtp.domain.guards.drawdown import DrawdownRules, Watch
from tgtp.engine.guards.drawdown_notes import DrawdownNotes
from tgtp.errors import CannotStart, LedgerUnreadable

Open = Callable[..., TinyLedger]
AT = dt.datetime(2026, 11, 28, tzinfo=dt.UTC)
NO_LEG = orjson.dumps({"notes": {"next_event": {"value": 3}}, "positions": {"?": {}}})


@pytest.fixture
def opened() -> Iterator[Open]:
    files: list[TinyLedger] = []

    def open_ledger(folder: Path, day: str = "2026-11-28") -> TinyLedger:
        if files:
            files[-1].close()
        files.append(TinyLedger(LedgerFile(folder, lambda: dt.date.fromisoformat(day))))
        return files[-1]

    yield open_ledger
    for ledger in files:
        ledger.close()


def refusal(folder: Path) -> str:
    """What a start says, twice the same: it must change nothing, and keep no lock."""
    said = []
    for _ in range(2):
        with pytest.raises(CannotStart) as refused:
            TinyLedger(folder)
        said.append(told(refused.value))
    assert said[0] == said[1]
    return said[0]


def copies(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "backup").iterdir()) if (folder / "backup").exists() else []


@pytest.mark.parametrize("left", ["events", "equity", "equity-alpha", "paper.json", "paper-alpha.json", "backup", "tgtp.json"])
@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"positions": {}, "notes": {}}', b"\0" * 300])
def test_a_lost_or_empty_ledger_is_refused_where_anything_else_is_left(
    tmp_path: Path, left: str, content: bytes | None
) -> None:
    """`ledger.json` lost while `equity/` stood there, or replaced by `{}`: it started as new, forgot a pause, sold tier 2."""
    if left == "tgtp.json":
        (tmp_path / left).write_text('{"format": 1}')
    else:
        (tmp_path / left).mkdir()
    if content is not None:
        (tmp_path / "ledger.json").write_bytes(content)
    said = refusal(tmp_path)
    assert "ledger.json cannot be read" in said
    assert "python -m tgtp run --new-ledger" in said
    assert (tmp_path / "ledger.json").exists() == (content is not None)


@pytest.mark.parametrize("content", [b"{}", b"{ }", b"[]"])
def test_an_empty_ledger_alone_is_refused_too(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ledger.json").write_bytes(content)
    assert "ledger.json cannot be read" in refusal(tmp_path)


def test_a_ledger_of_before_is_adopted(tmp_path: Path, opened: Open) -> None:
    change(opened(tmp_path))
    before = state(opened(tmp_path))
    (tmp_path / "tgtp.json").unlink()
    content = (tmp_path / "ledger.json").read_bytes()
    assert state(opened(tmp_path)) == before
    assert orjson.loads((tmp_path / "tgtp.json").read_bytes())["format"] == FORMAT
    assert (tmp_path / "backup" / "ledger-format-1.json").read_bytes() == content


def test_the_pauses_of_an_earlier_format_stand_and_its_ledger_is_kept(tmp_path: Path, opened: Open) -> None:
    change(opened(tmp_path))
    opened(tmp_path).close()
    tables = orjson.loads((tmp_path / "ledger.json").read_bytes())
    rows = [{"scope": "*", "cause": "new_ledger"}, {"scope": "STX-USDT-SWAP", "cause": "person", "by": 7}]
    tables["notes"]["paused"] = {"value": rows}
    content = orjson.dumps(tables)
    (tmp_path / "ledger.json").write_bytes(content)
    (tmp_path / "tgtp.json").write_text('{"format": 2, "begun": true, "anew": false}')
    ledger = opened(tmp_path)
    assert [(pause.scope, pause.cause, pause.by) for pause in ledger.pauses().entries] == [
        ("*", "new_ledger", None),
        ("STX-USDT-SWAP", "person", 7),
    ]
    assert orjson.loads((tmp_path / "tgtp.json").read_bytes())["format"] == FORMAT == 4
    assert (tmp_path / "backup" / "ledger-format-2.json").read_bytes() == content


@pytest.mark.parametrize("earlier", [1, 2, 3])
def test_what_guards_know_outlives_the_change_of_format(tmp_path: Path, opened: Open, earlier: int) -> None:
    """Programs between the formats wrote guards into folders of format 3, and their empty fields into each order."""
    life = FULL.replaced(guarded=GuardWork(rule="give_back", target=D(10), closed=D(10), tiers=2, finished=True))
    best = {str(FULL.key): [FULL.opened_at.isoformat(), "0.2968", "10", "0.633"]}
    rules = DrawdownRules(warn="0.1", limit="0.2", action="base")
    watch = Watch(armed_at=AT, rules=rules, peak_equity="1005.9", offset="-4.27", since=AT)
    filled = GuardFilled(at=AT, intent=GUARD, order=ORDER, contracts_left=D(2), finished=True)
    ledger = opened(tmp_path)
    with ledger.step():
        ledger.keep_life(life)
        ledger.keep_note("best_roi", best)
        ledger.keep_note("drawdown", watch.model_dump(mode="json"))
        ledger.keep_intent(INTENT)
        ledger.record(filled, tell=True)
    ledger.close()
    tables = orjson.loads((tmp_path / "ledger.json").read_bytes())
    for row in tables["orders"].values():
        row["basis"] |= {"best_roi": None, "give_back": None, "fees": None}
    (tmp_path / "ledger.json").write_bytes(content := orjson.dumps(tables))
    (tmp_path / "tgtp.json").unlink()
    if earlier > 1:
        (tmp_path / "tgtp.json").write_text(f'{{"format": {earlier}, "begun": true, "anew": false}}')
    for ledger in (opened(tmp_path), opened(tmp_path)):
        assert ledger.lives() == {FULL.key: life}
        assert (ledger.note("best_roi"), DrawdownNotes(ledger, DrawdownRules()).watch) == (best, watch)
        assert ledger.open_intents() == [INTENT]
        assert ledger.history(9) == [(1, filled)]
    assert (tmp_path / "backup" / f"ledger-format-{earlier}.json").read_bytes() == content


def test_a_program_of_before_guards_leaves_a_folder_of_today_alone(
    tmp_path: Path, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It took the ledger for broken, and said how to begin a new one: tiers that had fired would have fired again."""
    change(opened(tmp_path))
    opened(tmp_path).close()
    monkeypatch.setattr("tgtp.adapters.storage.data_folder.FORMAT", 3)
    said = refusal(tmp_path)
    assert "was written by a newer tgtp (format 4; this one knows 3)" in said
    assert "--new-ledger" not in said


@pytest.mark.parametrize("more", ["", ', "begun": true, "anew": false, "keys": ["1"]'])
def test_a_newer_format_is_refused_with_a_sentence(tmp_path: Path, opened: Open, more: str) -> None:
    """A newer mark that says more was called unreadable, with the advice to write the old format into it."""
    change(opened(tmp_path))
    content = (tmp_path / "ledger.json").read_bytes()
    opened(tmp_path).close()
    (tmp_path / "tgtp.json").write_text(f'{{"format": {FORMAT + 1}{more}}}')
    said = refusal(tmp_path)
    assert f"was written by a newer tgtp (format {FORMAT + 1}; this one knows {FORMAT})" in said
    assert (tmp_path / "ledger.json").read_bytes() == content


@pytest.mark.parametrize("content", ["", "{}x", "[]", '{"format": "2"}', '{"format": 0}', '{"format": true}', '{"fmt": 2}'])
def test_a_mark_that_makes_no_sense_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "tgtp.json").write_text(content)
    assert "tgtp.json cannot be read" in refusal(tmp_path)


def test_a_copy_is_kept_once_a_day_and_seven_of_them(tmp_path: Path, opened: Open) -> None:
    change(opened(tmp_path, "2026-11-01"))
    assert copies(tmp_path) == []
    for day in range(2, 12):
        ledger = opened(tmp_path, f"2026-11-{day:02}")
        change(ledger, day)
        change(ledger, 100 + day)
    assert copies(tmp_path) == [f"ledger-2026-11-{day:02}.json" for day in range(5, 12)]
    kept = orjson.loads((tmp_path / "backup" / "ledger-2026-11-11.json").read_bytes())
    assert kept["notes"]["language:7"]["value"] == "11"


def test_a_copy_that_cannot_be_kept_is_not_worth_a_lost_step(tmp_path: Path, opened: Open) -> None:
    change(opened(tmp_path))
    ledger = opened(tmp_path, "2026-11-29")
    with pytest.MonkeyPatch.context() as patch:
        BreakingOs(8, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))).install(patch)
        change(ledger, 2)
    assert copies(tmp_path) == []
    assert ledger.note("language:7") == "2"


def test_the_refusal_names_the_newest_copy_that_can_be_read_and_it_can_be_put_back(tmp_path: Path, opened: Open) -> None:
    change(opened(tmp_path, "2026-11-01"))
    for day in ("2026-11-02", "2026-11-03"):
        change(opened(tmp_path, day), int(day[-1]))
    opened(tmp_path).close()
    broken = tmp_path / "backup" / "ledger-2026-11-04.json"
    broken.write_text("{")
    (tmp_path / "ledger.json").unlink()
    copy = tmp_path / "backup" / "ledger-2026-11-03.json"
    assert f"(cp {copy} {tmp_path / 'ledger.json'})" in refusal(tmp_path)
    (tmp_path / "ledger.json").write_bytes(copy.read_bytes())
    assert opened(tmp_path).note("language:7") == "3"


def test_a_copy_of_the_very_ledger_that_is_refused_is_not_what_to_restore(tmp_path: Path) -> None:
    """The copy before a change of format, of a ledger with an entry that makes no sense: putting it back helped nobody."""
    (tmp_path / "ledger.json").write_bytes(NO_LEG)
    said = refusal(tmp_path)
    assert copies(tmp_path) == ["ledger-format-1.json"]
    assert "Restore it from a copy;" in said


@pytest.mark.parametrize("content", [None, b"{", b"{}", NO_LEG])
def test_a_new_ledger_begins_paused_and_keeps_the_old_one(tmp_path: Path, opened: Open, content: bytes | None) -> None:
    ledger = opened(tmp_path)
    for number in range(60):
        change(ledger, number)
    last = ledger.note("next_event") - 1
    ledger.close()
    (tmp_path / "ledger.json").unlink()
    if content is not None:
        (tmp_path / "ledger.json").write_bytes(content)
    with pytest.raises(LedgerUnreadable):
        opened(tmp_path)
    for _ in range(2):  # killed before the next start, it is done again
        DataFolder(tmp_path).set_aside(AT)
    ledger = opened(tmp_path)
    beside = ledger.of("alpha")
    assert ledger.lives() == {}
    # Counted on, so that no number stands for two events.
    assert 1 < ledger.note("next_event") <= last
    pause_a_new_ledger([ledger, beside], AT)
    for again in (ledger, beside, opened(tmp_path), opened(tmp_path).of("alpha")):
        assert [(pause.scope, pause.cause) for pause in again.pauses().entries] == [("*", "new_ledger")]
    # Once: what was resumed since stays so.
    ledger = opened(tmp_path)
    with ledger.step():
        ledger.keep_pauses(ledger.pauses().without(ledger.pauses().entries))
    pause_a_new_ledger([ledger], AT)
    assert not opened(tmp_path).pauses()
    aside = [name for name in copies(tmp_path) if "set-aside" in name]
    assert len(aside) == (content is not None)
    assert FULL.key not in opened(tmp_path).lives()


@pytest.mark.parametrize("at", range(24))
def test_killed_in_the_first_moments_it_starts_again(tmp_path: Path, at: int) -> None:
    class Killed(BaseException):
        pass

    with pytest.MonkeyPatch.context() as patch:
        BreakingOs(at, Killed()).install(patch)
        with contextlib.suppress(Killed):
            TinyLedger(tmp_path).close()
    TinyLedger(tmp_path).close()
