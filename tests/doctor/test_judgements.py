"""What the doctor finds, as pure judgements over what was read."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from filelock import FileLock

from tests.fixtures.fakes import NOW
from tests.fixtures.sentences import raises
from tgtp.chat.bot.one_call import Called
from tgtp.chat.texts import LANGUAGES, TEXTS, Language
from tgtp.doctor.account import CODES, AccountReading, judge_account
from tgtp.doctor.finding import Finding, Level, attention, exit_code, good, stop
from tgtp.doctor.machine import LITTLE_SPACE, NO_SPACE, Machine, is_locked, judge_machine, read_machine
from tgtp.doctor.memory import copied_ledger
from tgtp.doctor.report import in_words, remedy, sentence_of
from tgtp.doctor.stream import StreamReading, judge_stream
from tgtp.doctor.telegram import Phone, judge_phone, judge_second_way
from tgtp.domain.examples import leg
from tgtp.domain.model import AccountMode, AccountProfile, PositionMode, Snapshot
from tgtp.domain.notifications.ahead import endings
from tgtp.engine.identity import Hold
from tgtp.errors import CannotStart, Problem

MACHINE = Machine((3, 12, 1), Path("data/okx"), way_in=True, free=10**12, locked=False)
PROFILE = AccountProfile(position_mode=PositionMode.LONG_SHORT, can_trade=True, can_withdraw=False, ip_bound=True, uid="7")


def keys(findings: list[Finding], level: Level = Level.ATTENTION) -> list[str]:
    return [finding.key for finding in findings if finding.level is level]


def test_the_exit_code_is_that_of_the_worst() -> None:
    assert exit_code([]) == 0
    assert exit_code([good("a")]) == 0
    assert exit_code([good("a"), attention("b")]) == 1
    assert exit_code([attention("b"), stop("c"), good("a")]) == 2


@pytest.mark.parametrize(
    ("changes", "attentions", "stops"),
    [
        ({}, [], []),
        ({"python": (3, 10, 9)}, [], ["python_old"]),
        ({"way_in": False}, [], ["folder_shut"]),
        ({"free": LITTLE_SPACE - 1}, ["disk_full"], []),
        ({"free": NO_SPACE - 1}, [], ["disk_full"]),
        ({"free": None}, [], []),
        ({"open_files": (".env", "data/okx")}, ["open_file", "open_file"], []),
        ({"locked": True}, [], []),
        ({"locked": None}, [], []),
    ],
)
def test_the_machine(changes: Any, attentions: list[str], stops: list[str]) -> None:
    found = judge_machine(MACHINE._replace(**changes))
    assert keys(found) == attentions
    assert keys(found, Level.STOP) == stops
    modes = [finding.values["mode"] for finding in found if finding.key == "open_file"]
    assert modes == ["600", "700"][: len(modes)]


def test_a_lock_is_seen_without_being_taken(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert is_locked(path) is False
    with FileLock(path):
        assert is_locked(path) in (True, None)
    lock = FileLock(path)
    assert is_locked(path) in (False, None)
    # It is still free to whoever starts.
    lock.acquire(timeout=0)
    lock.release()


def test_files_that_others_can_read_are_found(tmp_path: Path) -> None:
    folder = tmp_path / "okx"
    folder.mkdir(mode=0o755)
    (folder / "ledger.json").write_text("{}", encoding="utf-8")
    (folder / "ledger.json").chmod(0o644)
    assert read_machine(folder, ".env").open_files == (".env", str(folder), str(folder / "ledger.json"))
    folder.chmod(0o700)
    (folder / "ledger.json").chmod(0o600)
    assert read_machine(folder, "").open_files == ()
    # A folder that is not there yet can be made where its parent lets us.
    assert read_machine(tmp_path / "not" / "there", "").way_in


def test_a_ledger_is_read_from_a_copy_and_stays_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "okx"
    with copied_ledger(folder) as ledger:
        assert dict(ledger.lives()) == {}
    assert not folder.exists()
    (folder / "events").mkdir(parents=True)
    (folder / "backup").mkdir()
    (folder / "ledger.json").write_text('{"notes": {"next_event": {"value": 1}}}', encoding="utf-8")
    with copied_ledger(folder), FileLock(folder / "lock"):
        pass
    (folder / "lock").unlink()
    # Without a mark, a start would write one, and keep a copy of the older format.
    assert sorted(path.name for path in folder.rglob("*")) == ["backup", "events", "ledger.json"]
    (folder / "ledger.json").unlink()
    with raises(CannotStart, match="missing"), copied_ledger(folder):
        pass


def test_telegram() -> None:
    me = Called(ok=True, result={"username": "guard"})
    assert keys(judge_phone(Phone(me, ((42, Called(ok=True)),)))) == []
    assert keys(judge_phone(Phone(me))) == ["no_owner"]
    deaf = Called(ok=False, why="Bad Request: chat not found")
    assert keys(judge_phone(Phone(me, ((42, Called(ok=True)), (43, deaf))))) == ["owner_deaf"]
    assert keys(judge_phone(Phone(Called(ok=False, why="Unauthorized")))) == ["token_refused"]
    assert keys(judge_phone(Phone(Called(ok=False, why="ConnectError")))) == ["telegram_down"]
    assert keys(judge_second_way([], [], has_heartbeat=False)) == []
    assert keys(judge_second_way(["x"], [Problem.of_words("no")], has_heartbeat=True), Level.STOP) == ["address_refused"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"can_withdraw": True}, ["may_withdraw"]),
        ({"can_trade": False}, ["may_not_trade"]),
        ({"ip_bound": False}, ["unbound"]),
        ({"ip_bound": None}, []),
        ({"account_mode": AccountMode.SPOT}, ["mode_spot"]),
        ({"account_mode": AccountMode.PORTFOLIO_MARGIN}, ["mode_portfolio_margin"]),
        ({"account_mode": AccountMode.FUTURES}, []),
    ],
)
def test_a_key(changes: Any, expected: list[str]) -> None:
    assert keys(judge_account(AccountReading(profile=PROFILE.replaced(**changes)), "www.okx.com")) == expected


def test_an_account() -> None:
    snapshot = Snapshot(taken_at=NOW, legs=(leg(),))
    assert keys(judge_account(AccountReading(profile=PROFILE, snapshot=snapshot), "h")) == []
    with_stop = Snapshot(taken_at=NOW, legs=(leg(closing_orders=1),))
    assert keys(judge_account(AccountReading(snapshot=with_stop), "h")) == ["closing_orders"]
    assert keys(judge_account(AccountReading(snapshot=Snapshot(taken_at=NOW, legs=(), nameless=1)), "h")) == ["unreadable"]
    assert keys(judge_account(AccountReading(snapshot=snapshot, disarmed=True), "h")) == ["disarmed"]
    for why in ("shared", "changed", "waits"):
        assert keys(judge_account(AccountReading(hold=Hold(why, "alpha")), "h")) == [f"held_{why}"]
    for code, key in CODES.items():
        assert keys(judge_account(AccountReading(problem=Problem("problem.says", code=code, words="no")), "h")) == [key]
    assert keys(judge_account(AccountReading(problem=Problem("problem.network")), "h")) == ["okx_problem"]


REFUSED = Problem("problem.says", code="60024", words="Wrong passphrase")
TOO_LATE = Problem("problem.says", code="60006", words="Timestamp request expired")
SHUT = Problem("problem.network")


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        (StreamReading(accounts={"main": None, "alpha": None}), []),
        (StreamReading(accounts={"main": None, "alpha": REFUSED}), ["stream_login"]),
        (StreamReading(accounts={"main": REFUSED, "alpha": TOO_LATE}), ["stream_login", "stream_clock"]),
        (StreamReading(accounts={"main": Problem("problem.keys")}), ["stream_login"]),
        # A port that is shut is shut for all of them, and told once.
        (StreamReading(prices=SHUT, accounts={"main": SHUT, "alpha": SHUT}), ["stream_shut"]),
        (StreamReading(accounts={"main": SHUT, "alpha": None}), ["stream_shut"]),
        (StreamReading(connected=True, prices=Problem("problem.too_slow"), accounts={"main": None}), ["stream_silent"]),
    ],
)
def test_the_stream(reading: StreamReading, expected: list[str]) -> None:
    found = judge_stream(reading, "wss://ws.okx.com:8443/ws/v5/public")
    assert keys(found) == expected
    assert {finding.values["host"] for finding in found if "host" in finding.values} <= {"ws.okx.com:8443"}
    assert [finding.key for finding in found if finding.level is Level.GOOD] == ["stream"] * (not expected)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_that_is_not_good_says_what_to_do(language: Language) -> None:
    doctor = {key.removeprefix("doctor.") for key in TEXTS if key.startswith("doctor.")}
    asks = {key.removesuffix(".do") for key in doctor if key.endswith(".do")}
    for key in sorted(key for key in doctor if not key.endswith(".do") and not key.startswith("exit")):
        fields = {name for _, name, _, _ in Formatter().parse(TEXTS[f"doctor.{key}"].en) if name} | {"mode"}
        values: dict[str, Any] = dict.fromkeys(fields, "net" if key == "position_mode" else "futures")
        if key == "legs":
            values = {"legs": ()}
        finding = attention(key, **values) if key in asks else good(key, **values)
        assert sentence_of(language, finding)
        do = remedy(language, finding)
        assert bool(do) == (key in asks)
        assert "{" not in do + sentence_of(language, finding)
        assert (f"   → {do}" in in_words(language, [finding])) == (key in asks)


def test_times_of_an_end_are_named() -> None:
    ends = leg().instrument.replaced(ends_at=NOW + dt.timedelta(hours=3))
    snapshot = Snapshot(taken_at=NOW, legs=(leg(instrument=ends),))
    found = judge_account(AccountReading(snapshot=snapshot, endings=endings(snapshot.legs, NOW)), "h")
    assert keys(found) == ["ends"]
    assert "15:00 UTC" in sentence_of("en", next(finding for finding in found if finding.key == "ends"))


def test_the_reader_hears_it_in_their_language() -> None:
    """A Chinese reader saw "*" for everything, and the program's own English sentences."""
    assert sentence_of("zh", good("paused", scopes=("*", "STX-USDT-SWAP"))).endswith("全部、STX")
    down = sentence_of("zh", attention("okx_problem", why=Problem("problem.slow"), host="www.okx.com"))
    assert "OKX 未及时响应" in down
