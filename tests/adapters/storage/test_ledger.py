"""The ledger: one atomic write per step, memory that equals the disk, refusals that name the file."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.storage.test_atomic_file import BreakingOs, Killed
from tests.fixtures.every_event import AT, EVENTS, INTENT, KINDS
from tests.fixtures.sentences import raises, told
from tests.fixtures.snapshots import NOW, D
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.adapters.storage.ledger_file import MOST_RECENT
from tgtp.domain.events import Event, Paused
from tgtp.domain.examples import leg
from tgtp.domain.fired_tiers import FiredTier, PartialTier
from tgtp.domain.life import Life
from tgtp.domain.model import LegKey, MarginMode
from tgtp.domain.notifications.outbox_entry import OutboxEntry
from tgtp.domain.pauses import Pauses
from tgtp.domain.retries import FailedTries
from tgtp.errors import CannotStart, DataInUse, LedgerUnreadable, LedgerWriteFailed

CRV = leg()
FULL = Life(
    key=CRV.key,
    opened_at=CRV.opened_at,
    contracts=D("17.5"),
    generation=2,
    fired=(
        FiredTier(tier=1, threshold=D("0.25"), contracts=D(30), fired_at=NOW),
        FiredTier(tier=2, threshold=D("0.35"), fired_at=NOW),
    ),
    unfinished=PartialTier(tier=3, threshold=D("0.5"), target=D(17), closed=D(5)),
    attempts={"tier1": 1, "hedge": 12},
    backoff={"tier3": FailedTries(failures=2, not_before=NOW, code="51121")},
    told=frozenset({"dust:1", "refused:tier3:51121"}),
    filled_at=NOW,
    gone_at=NOW,
)


@pytest.fixture
def opened() -> Any:
    """Open ledgers that are let go of when the test ends."""
    ledgers: list[TinyLedger] = []

    def open_ledger(folder: Path) -> TinyLedger:
        for ledger in ledgers:
            ledger.close()
        ledgers.append(TinyLedger(folder))
        return ledgers[-1]

    yield open_ledger
    for ledger in ledgers:
        ledger.close()


Open = Callable[[Path], TinyLedger]


def state(ledger: TinyLedger) -> tuple[Any, ...]:
    """All that a ledger says."""
    return (
        dict(ledger.lives()),
        ledger.open_intents(),
        ledger.paused(),
        ledger.outbox(),
        ledger.note("language:7"),
        ledger.note("next_event"),
        ledger.history(500),
    )


def paused(number: int) -> Paused:
    return Paused(at=AT, name=f"{number}", by=number)


def change(ledger: TinyLedger, number: int = 1) -> None:
    """A step that changes something of everything."""
    with ledger.step():
        ledger.keep_life(FULL.replaced(contracts=D(number)))
        ledger.keep_intent(INTENT.replaced(client_order_id=f"tg{number}"))
        ledger.keep_pauses(Pauses.model_validate(["*", f"{number}"]))
        ledger.keep_note("language:7", f"{number}")
        ledger.record(paused(number), tell=True)
        ledger.record(paused(number), tell=True, except_for=7)


def test_everything_survives_a_restart(tmp_path: Path, opened: Open) -> None:
    ledger = opened(tmp_path)
    change(ledger)
    before = state(ledger)
    assert state(opened(tmp_path)) == before
    assert before[0] == {CRV.key: FULL.replaced(contracts=D(1))}
    assert before[1] == [INTENT.replaced(client_order_id="tg1")]
    assert before[2:6] == (
        frozenset({"*", "1"}),
        [OutboxEntry(number=1, kind="paused"), OutboxEntry(number=2, delivered_to=(7,), kind="paused")],
        "1",
        3,
    )


def test_what_is_struck_stays_struck(tmp_path: Path, opened: Open) -> None:
    ledger = opened(tmp_path)
    change(ledger)
    with ledger.step():
        ledger.forget_life(CRV.key)
        ledger.drop_intent("tg1")
        ledger.keep_pauses(Pauses())
        ledger.strike_told(1)
        ledger.keep_told(OutboxEntry(number=2, delivered_to=(7, 8)))
        ledger.drop_intent("never there")
        ledger.strike_told(99)
    for again in (ledger, opened(tmp_path)):
        assert (dict(again.lives()), again.open_intents(), again.paused()) == ({}, [], frozenset())
        assert again.outbox() == [OutboxEntry(number=2, delivered_to=(7, 8))]


def test_what_a_life_no_longer_says_does_not_come_back_after_a_restart(tmp_path: Path, opened: Open) -> None:
    ledger = opened(tmp_path)
    for life in (FULL, FULL.rearmed(), Life.begun(CRV)):
        with ledger.step():
            ledger.keep_life(life)
    assert opened(tmp_path).lives() == {CRV.key: Life.begun(CRV)}


@given(
    st.builds(
        Life,
        key=st.sampled_from(
            [CRV.key, CRV.key.replaced(margin_mode=MarginMode.ISOLATED), leg("1INCH-USDT-SWAP", side="short").key]
        ),
        opened_at=st.datetimes(timezones=st.just(AT.tzinfo)),
        contracts=st.decimals(0, 10**9, places=4),
        generation=st.integers(0, 9),
        fired=st.lists(
            st.builds(
                FiredTier,
                tier=st.integers(1, 4),
                threshold=st.decimals(0, 5, places=6),
                contracts=st.decimals(0, 100, places=2),
                fired_at=st.just(NOW),
            ),
            max_size=3,
        ).map(tuple),
        unfinished=st.none() | st.just(PartialTier(tier=9, threshold=D("0.5"), target=D("1E+2"), closed=D("0.00"))),
        attempts=st.dictionaries(st.sampled_from(["tier1", "hedge"]), st.integers(0, 99)),
        told=st.frozensets(st.text(max_size=5)),
        filled_at=st.none() | st.just(NOW),
    )
)
def test_any_life_survives_the_round_trip(tmp_path_factory: pytest.TempPathFactory, life: Life) -> None:
    folder = tmp_path_factory.mktemp("ledger")
    ledger = TinyLedger(folder)
    with ledger.step():
        ledger.keep_life(life)
    ledger.close()
    again = TinyLedger(folder)
    assert again.lives() == {life.key: life}
    again.close()


def test_a_person_can_read_it(tmp_path: Path, opened: Open) -> None:
    ledger = opened(tmp_path)
    isolated = FULL.replaced(key=CRV.key.replaced(margin_mode=MarginMode.ISOLATED), fired=(), unfinished=None)
    with ledger.step():
        ledger.keep_life(FULL)
        ledger.keep_life(isolated)
    written = orjson.loads((tmp_path / "ledger.json").read_bytes())["positions"]
    assert list(written) == ["CRV-USDT-SWAP_long", "CRV-USDT-SWAP_long_isolated"]
    assert written["CRV-USDT-SWAP_long"]["triggered_levels"] == [25, 35]
    assert written["CRV-USDT-SWAP_long"]["opened_at"] == "2026-01-01T00:00:00Z"
    assert written["CRV-USDT-SWAP_long_isolated"]["triggered_levels"] == []


def test_levels_that_are_no_whole_numbers_are_written_as_people_do(tmp_path: Path, opened: Open) -> None:
    ledger = opened(tmp_path)
    with ledger.step():
        ledger.keep_life(FULL.replaced(fired=(FiredTier(tier=1, threshold=D("0.125"), fired_at=NOW),)))
    assert orjson.loads((tmp_path / "ledger.json").read_bytes())["positions"]["CRV-USDT-SWAP_long"]["triggered_levels"] == [
        12.5
    ]


def test_a_step_is_one_write(tmp_path: Path, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = opened(tmp_path)
    watched = BreakingOs().install(monkeypatch)
    change(ledger)
    assert watched.calls.count("replace") == 1
    with ledger.step():
        pass
    assert watched.calls.count("replace") == 1


def test_changes_outside_a_step_are_refused(tmp_path: Path, opened: Open) -> None:
    ledger = opened(tmp_path)
    change(ledger)
    before = state(ledger)
    for outside in (
        lambda: ledger.record(EVENTS[0], tell=False),
        lambda: ledger.keep_life(FULL),
        lambda: ledger.forget_life(CRV.key),
        lambda: ledger.keep_intent(INTENT),
        lambda: ledger.drop_intent("tg1"),
        lambda: ledger.keep_note("a", 1),
        lambda: ledger.keep_pauses(Pauses.model_validate(["x"])),
        lambda: ledger.keep_told(OutboxEntry(number=1)),
        lambda: ledger.strike_told(1),
    ):
        with pytest.raises(RuntimeError, match="only inside a step"):
            outside()
        assert state(ledger) == before


def test_a_step_inside_a_step_is_refused_and_undoes_the_outer_one(tmp_path: Path, opened: Open) -> None:
    ledger = opened(tmp_path)
    change(ledger)
    before = state(ledger)
    with pytest.raises(RuntimeError, match="step inside a step"):  # noqa: PT012
        with ledger.step():
            ledger.keep_note("language:7", "en")
            with ledger.step():
                pass
    assert state(ledger) == before
    change(ledger, 2)


class Whatever(Exception):
    """Something went wrong inside a step."""


@pytest.mark.parametrize("exc", [Whatever(), KeyboardInterrupt(), Killed()])
def test_an_exception_inside_a_step_undoes_all_of_it(tmp_path: Path, opened: Open, exc: BaseException) -> None:
    ledger = opened(tmp_path)
    change(ledger)
    before = state(ledger)
    with pytest.raises(type(exc)), ledger.step():  # noqa: PT012
        ledger.keep_life(FULL.replaced(contracts=D(5)))
        ledger.keep_life(Life.begun(leg("UNI-USDT-SWAP")))
        ledger.forget_life(CRV.key)
        ledger.keep_intent(INTENT)
        ledger.drop_intent("tg1")
        ledger.keep_pauses(Pauses())
        ledger.keep_note("language:7", "en")
        ledger.record(paused(5), tell=True)
        ledger.strike_told(1)
        raise exc
    assert state(ledger) == before
    assert state(opened(tmp_path)) == before


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_step_that_cannot_be_written_fails_and_memory_is_what_is_on_disk(tmp_path: Path, opened: Open, code: int) -> None:
    ledger = opened(tmp_path)
    change(ledger)
    for at in range(9):
        before = state(ledger)
        with pytest.MonkeyPatch.context() as patch:
            broken = BreakingOs(at, OSError(code, os.strerror(code))).install(patch)
            try:
                change(ledger, at + 2)
                failed = False
            except LedgerWriteFailed:
                failed = True
        # What comes after the eight calls of a step is a copy, which is not worth a lost step.
        assert failed == (at < 8)
        after = state(ledger)
        if failed and "replace" not in broken.calls[:at]:
            assert after == before
        assert state(opened(tmp_path)) == after
        ledger = opened(tmp_path)


def test_killed_at_any_call_of_a_step_leaves_all_of_it_or_nothing(tmp_path: Path, opened: Open) -> None:
    ledger = opened(tmp_path)
    change(ledger)
    for at in range(8):
        before = state(ledger)
        with pytest.MonkeyPatch.context() as patch:
            BreakingOs(at, Killed()).install(patch)
            with pytest.raises(Killed):
                change(ledger, at + 2)
        ledger = opened(tmp_path)
        after = state(ledger)
        if after != before:
            assert after[0][CRV.key].contracts == at + 2
            assert after[4] == f"{at + 2}"
            assert len(after[3]) == len(before[3]) + 2


def test_the_files_are_for_their_owner_only(tmp_path: Path, opened: Open) -> None:
    ledger = opened(tmp_path)
    for number in range(MOST_RECENT + 1):
        with ledger.step():
            ledger.record(paused(number), tell=False)
    files = [path for path in tmp_path.rglob("*.json*") if path.is_file()]
    assert {path.name for path in files} == {"tgtp.json", "ledger.json", "2026-11.jsonl"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


GOOD: dict[str, Any] = {"positions": {}, "orders": {}, "events": {}, "outbox": {}, "notes": {"next_event": {"value": 1}}}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"positions": {"CRV-USDT',
        b"\x80\x81\x82\xff",
        b"[1, 2]",
        orjson.dumps({**GOOD, "positions": {"CRV-USDT-SWAP": {"contracts": "1"}}}),
        orjson.dumps({**GOOD, "positions": {"CRV-USDT-SWAP_long": {"triggered_levels": [25]}}}),
        orjson.dumps({**GOOD, "positions": {"CRV-USDT-SWAP_long": []}}),
        orjson.dumps({**GOOD, "positions": {"CRV-USDT-SWAP_long": {"opened_at": "2026-01-01T00:00:00Z", "contracts": 1.5}}}),
        orjson.dumps(
            {**GOOD, "positions": {"CRV-USDT-SWAP_long": {"opened_at": "2026-01-01T00:00:00Z", "contracts": "1", "x": 1}}}
        ),
        orjson.dumps({**GOOD, "orders": {"tg1": {"client_order_id": "tg1"}}}),
        orjson.dumps({**GOOD, "orders": {"tg1": None}}),
        orjson.dumps({**GOOD, "outbox": {"one": {"number": 1}}}),
        orjson.dumps({**GOOD, "notes": {"paused": {}}}),
        orjson.dumps({**GOOD, "notes": {"paused": {"value": 7}}}),
        orjson.dumps({**GOOD, "events": {"1": {"n": 1, "kind": "moon_landing", "at": "2026-01-01T00:00:00Z"}}}),
        orjson.dumps({**GOOD, "events": {"1": {"kind": "stopped", "at": "2026-01-01T00:00:00Z"}}}),
    ],
)
def test_a_ledger_that_makes_no_sense_is_refused_named_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ledger.json"
    path.write_bytes(content)
    for _ in range(2):  # a refusal does not keep the lock
        with pytest.raises(LedgerUnreadable) as refused:
            TinyLedger(tmp_path)
        assert str(path) in told(refused.value)
        assert "\n" not in told(refused.value)
        assert path.read_bytes() == content


def test_a_good_empty_ledger_is_read(tmp_path: Path, opened: Open) -> None:
    (tmp_path / "ledger.json").write_bytes(orjson.dumps(GOOD))
    assert opened(tmp_path).history(5) == []


def test_a_folder_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with raises(CannotStart, match=r"DATA_DIR=.*file cannot be used: [A-Z][a-z ]+; choose a folder"):
        TinyLedger(tmp_path / "file")


def test_the_folder_is_made(tmp_path: Path, opened: Open) -> None:
    change(opened(tmp_path / "a" / "b"))
    assert (tmp_path / "a" / "b" / "ledger.json").exists()


HOLD = """
import sys
from pathlib import Path
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.errors import DataInUse
try:
    held = TinyLedger(Path(sys.argv[1]))
except DataInUse as exc:
    print("in use:", exc, flush=True)
else:
    print("mine", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_on_the_same_folder_is_refused_until_the_first_ends(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "mine\n"
        with raises(DataInUse, match="another tgtp is using"):
            TinyLedger(tmp_path)
        second = subprocess.run(command, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL)
        assert second.stdout.startswith("in use: setting.folder.busy (folder: ")
        # Killed, it lets go of the folder all the same.
        first.kill()
    TinyLedger(tmp_path).close()


def test_there_is_an_example_of_every_event() -> None:
    assert {event.kind for event in EVENTS} == KINDS


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.kind)
def test_events_of_every_kind_survive_the_round_trip(tmp_path: Path, opened: Open, event: Event) -> None:
    ledger = opened(tmp_path)
    with ledger.step():
        number = ledger.record(event, tell=True)
    for again in (ledger, opened(tmp_path)):
        assert again.event(number) == (number, event)
        assert again.history(1) == [(number, event)]
    # And once more from the archive.
    ledger = opened(tmp_path)
    for other in range(MOST_RECENT + 1):
        with ledger.step():
            ledger.record(paused(other), tell=False)
    assert orjson.loads((tmp_path / "ledger.json").read_bytes())["events"].get("1") is None
    assert ledger.event(number) == (number, event)
    assert ledger.history(500)[-1] == (number, event)


def test_numbers_count_up_and_go_on_after_a_restart(tmp_path: Path, opened: Open) -> None:
    ledger = opened(tmp_path)
    with ledger.step():
        assert [ledger.record(paused(0), tell=False) for _ in range(3)] == [1, 2, 3]
    ledger = opened(tmp_path)
    with ledger.step():
        assert ledger.record(paused(0), tell=False) == 4
    assert [number for number, _ in ledger.history(2)] == [4, 3]
    assert ledger.event(0) is None
    assert ledger.event(5) is None
    assert ledger.event(-1) is None


def record_many(ledger: TinyLedger, count: int, *, tell: bool = False) -> None:
    for _ in range(count):
        with ledger.step():
            ledger.record(paused(1), tell=tell)


def test_history_reaches_over_the_recent_and_the_archived(tmp_path: Path, opened: Open) -> None:
    ledger = opened(tmp_path)
    record_many(ledger, 260)
    for again in (ledger, opened(tmp_path)):
        assert [number for number, _ in again.history(1000)] == list(range(260, 0, -1))
        assert [number for number, _ in again.history(120)] == list(range(260, 140, -1))
        assert [again.event(number) is not None for number in (1, 50, 160, 260)] == [True] * 4


def test_undelivered_events_do_not_disturb_the_order_of_the_archive(tmp_path: Path, opened: Open) -> None:
    ledger = opened(tmp_path)
    with ledger.step():
        ledger.record(EVENTS[0], tell=True)
    record_many(ledger, 150)
    assert [told.number for told in ledger.outbox()] == [1]
    assert ledger.event(1) == (1, EVENTS[0])
    with ledger.step():
        ledger.strike_told(1)
    record_many(ledger, 150)
    assert [number for number, _ in ledger.history(1000)] == list(range(301, 0, -1))


def test_a_long_silence_of_the_phone_keeps_the_ledger_small(tmp_path: Path, opened: Open) -> None:
    ledger = opened(tmp_path)
    record_many(ledger, 400, tell=True)
    assert len(ledger.outbox()) == 400
    assert len(orjson.loads((tmp_path / "ledger.json").read_bytes())["events"]) <= MOST_RECENT
    assert all(ledger.event(told.number) is not None for told in ledger.outbox())


def test_five_thousand_events_stay_quick_and_the_file_small(tmp_path: Path, opened: Open) -> None:
    ledger = opened(tmp_path)
    written = 0
    begun = time.process_time()
    while written < 5000:
        with ledger.step():
            for _ in range(25):
                ledger.record(EVENTS[6], tell=False)
        written += 25
    assert time.process_time() - begun < 20
    assert (tmp_path / "ledger.json").stat().st_size < 500_000
    again = opened(tmp_path)
    assert len(again.history(5000)) == 5000
    assert again.event(1) == (1, EVENTS[6])


def test_an_archive_that_cannot_be_written_loses_nothing(tmp_path: Path, opened: Open) -> None:
    ledger = opened(tmp_path)
    (tmp_path / "events").write_text("in the way")
    record_many(ledger, 130)
    assert len(orjson.loads((tmp_path / "ledger.json").read_bytes())["events"]) == 130
    (tmp_path / "events").unlink()
    record_many(ledger, 1)
    assert [number for number, _ in ledger.history(1000)] == list(range(131, 0, -1))


def test_a_crash_between_archive_and_ledger_shows_every_event_once(tmp_path: Path, opened: Open) -> None:
    ledger = opened(tmp_path)
    record_many(ledger, MOST_RECENT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tgtp.adapters.storage.atomic_file.write_whole", lambda *_: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            record_many(ledger, 1)
    ledger = opened(tmp_path)
    assert [number for number, _ in ledger.history(1000)] == list(range(MOST_RECENT, 0, -1))
    record_many(ledger, 120)
    assert [number for number, _ in ledger.history(1000)] == list(range(MOST_RECENT + 120, 0, -1))


def test_an_event_of_a_step_that_never_ended_is_not_shown(tmp_path: Path, opened: Open) -> None:
    ledger = opened(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "tgtp.adapters.storage.atomic_file.write_whole", lambda *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full"))
        )
        with pytest.raises(LedgerWriteFailed), ledger.step():  # noqa: PT012
            for number in range(200):
                ledger.record(paused(number), tell=False)
    # The archive holds some of them already; none of them ever happened.
    assert (ledger.event(1), ledger.history(10)) == (None, [])
    record_many(ledger, 10)
    assert ledger.event(3) == (3, paused(1))
    assert ledger.event(120) is None
    record_many(ledger, 300)
    assert [event for _, event in ledger.history(1000)] == [paused(1)] * 310
    assert ledger.event(3) == (3, paused(1))


def test_the_older_daemons_records_are_known_again_wherever_they_are(tmp_path: Path, opened: Open) -> None:
    ledger = opened(tmp_path)
    with ledger.step():
        ledger.record(next(event for event in EVENTS if event.kind == "legacy_close"), tell=False)
    assert ledger.fingerprints() == {"ab"}
    record_many(ledger, 150)
    assert opened(tmp_path).fingerprints() == {"ab"}


def test_forgetting_what_is_not_known_is_nothing(tmp_path: Path, opened: Open) -> None:
    ledger = opened(tmp_path)
    with ledger.step():
        ledger.forget_life(LegKey.parse("NONE-USDT-SWAP_short"))
    assert ledger.lives() == {}
