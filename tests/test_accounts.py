"""Several accounts in one process: none holds up another, and each remembers its own."""

from __future__ import annotations

import asyncio
import functools
import gc
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.engine.test_watchdog import Keeper
from tests.fixtures.engine import occupied
from tests.fixtures.fakes import FakeClock, key, paper_leg
from tests.fixtures.several_accounts import Street
from tests.fixtures.waiting import until
from tests.simulation.phone.phone import Phone
from tgtp.accounts import build_accounts
from tgtp.app import end, set_apart
from tgtp.chat.bot.check_jobs import LATE_AFTER, CheckJob
from tgtp.chat.console.story import ConsoleListener
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.outbox.urgent import AlarmDeduplicator
from tgtp.domain.ladder import Ladder
from tgtp.domain.model import PositionSide, Snapshot
from tgtp.domain.plan import ALL
from tgtp.engine.check_report import CheckReport
from tgtp.engine.cycle import Checker
from tgtp.engine.guards.guard_notes import GuardName
from tgtp.engine.rulebook import Whose
from tgtp.engine.watchdog import LATE_AFTER as INTERVALS
from tgtp.engine.watchdog import Watchdog
from tgtp.errors import AccessRefused, ExchangeProblem, Problem
from tgtp.exchanges import build_exchanges
from tgtp.settings.environment import read_settings
from tgtp.settings.network import Network

CRV = key()


@pytest.fixture
def street(tmp_path: Path) -> Any:
    found = Street(tmp_path / "data", {"main": [paper_leg()], "alpha": [paper_leg()], "beta": [paper_leg()]})
    yield found
    found.ledger.close()


def refuse(name: str) -> BaseException | None:
    return AccessRefused("OKX says 50111: Invalid OK-ACCESS-KEY") if name in ("profile", "snapshot") else None


class Gatekeeper:
    """Holds an exchange's snapshots back until it is told to let them through."""

    def __init__(self, street: Street, name: str) -> None:
        self.asked, self.let = asyncio.Event(), asyncio.Event()
        self._inner = street.papers[name]
        street.exchanges[name].inner = self  # type: ignore[assignment]

    async def snapshot(self) -> Snapshot:
        self.asked.set()
        await self.let.wait()
        return await self._inner.snapshot()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


# One does not hold up another


async def test_one_that_is_refused_does_not_hold_up_the_others(street: Street) -> None:
    await street.check()
    street.exchanges["alpha"].before = refuse
    for name in ("main", "beta"):
        street.set_roi_in(name, CRV, 30)
    await street.check(3)
    assert street.of("alpha").checker.refused
    for name in ("main", "beta"):
        checker = street.of(name).checker
        assert not checker.refused
        assert checker.health.reading().checks == 4
        assert checker.health.reading().failed_checks == 0
        assert street.held_in(name, CRV) == 70
    assert street.held_in("alpha", CRV) == 100
    (lost,) = street.listener.of("exchange_lost")
    assert (lost.account, lost.cause) == ("alpha", "refused")
    street.exchanges["alpha"].before = lambda _: None
    await street.check()
    assert not street.of("alpha").checker.refused


async def test_one_that_hangs_does_not_delay_the_others(street: Street) -> None:
    await street.check()
    gate = Gatekeeper(street, "alpha")
    hanging = asyncio.create_task(street.of("alpha").checker.check())
    await gate.asked.wait()
    street.set_roi_in("main", CRV, 30)
    await street.of("main").checker.check()
    assert street.held_in("main", CRV) == 70
    # A hand may close there too, and everything can be paused meanwhile.
    assert street.accounts.pause_all(7) == ("main", "alpha", "beta")
    assert not hanging.done()
    gate.let.set()
    assert (await hanging).error is None


async def test_on_the_job_queue_a_hanging_check_stands_beside_the_others(tmp_path: Path) -> None:
    street = Street(tmp_path / "data", {"main": [paper_leg()], "alpha": [paper_leg()]})
    phone = Phone(street)
    gate = Gatekeeper(street, "alpha")
    for account in street.accounts:
        await phone.side.start_checks(account.checker.check, 1, account.name)
    await gate.asked.wait()
    main = street.of("main").checker
    await until(lambda: main.last_report is not None and main.last_report.number >= 2)
    assert street.of("alpha").checker.last_report is None
    await phone.stop()


async def test_an_order_under_way_in_one_account_does_not_hold_the_end_of_another(street: Street) -> None:
    await street.check()
    async with occupied(street.of("alpha").checker):
        await asyncio.wait_for(street.of("main").checker.check(), 5)


# Memory


async def test_pauses_and_tiers_are_kept_apart_over_a_restart(street: Street) -> None:
    await street.check()
    for name, roi in (("main", 30), ("alpha", 36), ("beta", 0)):
        street.set_roi_in(name, CRV, roi)
    await street.check(2)
    street.of("alpha").actions.pause("CRV-USDT-SWAP", 7)
    street.of("beta").actions.pause(ALL, 7)
    before = {name: street.fired_in(name, CRV) for name in street.names}
    assert before == {"main": [1], "alpha": [1, 2], "beta": []}
    street.restart()
    assert {name: street.fired_in(name, CRV) for name in street.names} == before
    assert street.paused_in() == {"main": frozenset(), "alpha": frozenset({"CRV-USDT-SWAP"}), "beta": frozenset({ALL})}
    held = [street.held_in(name, CRV) for name in street.names]
    await street.check(2)
    assert [street.held_in(name, CRV) for name in street.names] == held


async def test_an_account_that_is_taken_out_and_put_back_goes_on_where_it_was(street: Street) -> None:
    await street.check()
    street.set_roi_in("alpha", CRV, 30)
    await street.check()
    street.of("alpha").actions.pause(ALL, 7)
    street.names = ("main", "beta")
    street.restart()
    await street.check()
    assert street.accounts.of("alpha") is None
    assert street.accounts.pause_all(7) == ("main", "beta")
    street.accounts.resume_all(7)
    street.names = ("main", "alpha", "beta")
    street.restart()
    assert street.fired_in("alpha", CRV) == [1]
    assert street.paused_in()["alpha"] == {ALL}
    assert street.paused_in()["main"] == frozenset()


async def test_a_changed_ladder_is_new_in_every_account(street: Street) -> None:
    """What a pause held back was told of the earlier ladder: under the new one it is told anew."""
    street.accounts.pause_all(7)
    for name in street.names:
        street.set_roi_in(name, CRV, 30)
    await street.check(2)
    assert len(street.listener.of("would_have_closed")) == 3
    whose = Whose("", PositionSide.LONG)
    change = street.checker.rulebook.proposal({whose: Ladder.parse("20:40,50:50")})
    assert await street.actions.change_ladder(change, 7)
    await street.check(2)
    again = street.listener.of("would_have_closed")[3:]
    assert sorted(event.account for event in again) == ["alpha", "beta", "main"]
    assert {event.intent.contracts for event in again} == {40}


@pytest.mark.parametrize("what", ["ladder", "guard"])
async def test_a_rule_that_is_changed_for_all_has_every_account_looked_at(street: Street, what: str) -> None:
    await street.check()
    woken: list[str] = []
    for account in street.accounts:
        account.checker.wake = functools.partial(woken.append, account.name)
    book = street.checker.rulebook
    if what == "ladder":
        assert await street.actions.change_ladder(book.proposal({Whose("", PositionSide.LONG): Ladder.parse("20:40")}), 7)
    else:
        assert await street.actions.change_guards(book.with_guards({GuardName("give_back"): "40"}), 7)
    # Until then a pushed price goes by the thresholds of before, and what rests does too.
    assert sorted(woken) == ["alpha", "beta", "main"]


async def test_orders_of_two_accounts_have_different_names(street: Street) -> None:
    await street.check()
    for name in street.names:
        street.set_roi_in(name, CRV, 30)
    await street.check()
    names = [intent.client_order_id for name in street.names for intent in street.exchanges[name].submitted]
    assert len(names) == len(set(names)) == 3


async def test_the_end_is_told_once_and_remembered_by_each(street: Street) -> None:
    await street.check()
    for account in street.accounts:
        account.checker.say_goodbye(tell=account is street.accounts.main)
    (event,) = street.listener.of("stopped")
    assert event.account == "main"
    assert all(account.checker.journal.ledger.note("seen_at") for account in street.accounts)


async def test_a_machine_that_slept_is_told_of_once(street: Street) -> None:
    await street.check()
    ticks = street.clock.monotonic
    street.clock.monotonic = lambda: ticks() - 3600  # type: ignore[method-assign]
    street.clock.forward(3600)
    await street.check()
    assert [event.account for event in street.listener.of("looked_away")] == ["main"]


# What the world outside hears


def test_the_watchdog_is_fed_while_every_accounts_checks_are_on_time() -> None:
    clock = FakeClock()
    keeper = Keeper(clock)
    watchdog = Watchdog(keeper, clock, 10, 60, lambda report: f"check {report.number}", ["main", "alpha"])
    report = CheckReport(number=1, started_at=clock.now())
    for _ in range(INTERVALS + 1):
        watchdog.checked(report)
        watchdog.checked(report, "alpha")
        clock.forward(10)
    told = len(keeper.told)
    assert told == INTERVALS + 1
    # The main account goes on, alpha does not.
    for _ in range(INTERVALS + 1):
        watchdog.checked(report)
        clock.forward(10)
    assert len(keeper.told) < told + INTERVALS + 1
    fed = len(keeper.told)
    watchdog.checked(report)
    assert len(keeper.told) == fed
    watchdog.of("alpha").checked(report)
    watchdog.checked(report)
    assert len(keeper.told) == fed + 1


def test_a_late_account_is_found_by_itself() -> None:
    beat = CheckJob("alpha", 1, lambda: asyncio.sleep(0))
    beat.begun_at = time.monotonic() - LATE_AFTER - 1
    assert beat.late is not None
    assert beat.late > LATE_AFTER


def test_one_cause_rings_once_for_all_accounts() -> None:
    clock = FakeClock()
    once = AlarmDeduplicator(clock)
    assert once.is_new("main", "alarm", Problem.of_words("full"))
    assert not once.is_new("alpha", "alarm", Problem.of_words("full"))
    assert once.is_new("alpha", "alarm", Problem.of_words("something else"))
    clock.forward(61)
    assert once.is_new("alpha", "alarm", Problem.of_words("full"))


def test_the_console_names_the_account_where_there_are_several(street: Street, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="tgtp")
    reader = Reader("en", street.rules, 10)
    report = CheckReport(number=3, started_at=street.clock.now(), error=ExchangeProblem("OKX could not be reached"))
    ConsoleListener(reader, "alpha").checked(report)
    ConsoleListener(reader).checked(report)
    first, second = caplog.messages
    assert first == f"[alpha] {second}"


# From the settings


async def test_the_accounts_of_the_settings_are_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCOUNTS", "main,alpha,beta")
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("RESTING", "all")
    monkeypatch.setenv("BETA_RESTING", "off")
    settings = read_settings()
    street = Street(settings.folder, {"main": []})
    accounts = build_accounts(
        settings, build_exchanges(settings, street.clock, Network()), street.ledger, lambda _: street.listener, street.clock
    )
    assert accounts.names == ("main", "alpha", "beta")
    assert [account.role for account in accounts] == ["main", "sub", "sub"]
    await asyncio.gather(*(account.checker.check() for account in accounts))
    assert [event.account for event in street.listener.of("started")] == ["main", "alpha", "beta"]
    assert all(account.checker.rulebook is accounts.main.checker.rulebook for account in accounts)
    assert [account.checker.resting.rules.mode for account in accounts] == ["all", "all", "off"]
    assert {path.name for path in settings.folder.iterdir()} >= {
        *("paper.json", "paper-alpha.json", "paper-beta.json"),
        *("equity", "equity-alpha", "equity-beta"),
    }
    assert accounts.of("ALPHA") is not None
    assert accounts.main.checker.last_good is not None
    assert accounts.main.checker.last_good.equity != Decimal(0)
    street.ledger.close()


# The end


async def test_one_whose_last_check_breaks_keeps_none_from_ending_in_order(
    street: Street, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    phone = Phone(street)
    await street.check()
    await phone.start()
    ended: list[str] = []

    async def finish(checker: Checker) -> None:
        if checker.account == "alpha":
            raise ValueError("planted")
        await asyncio.sleep(0.01)
        ended.append(checker.account)

    monkeypatch.setattr(Checker, "finish", finish)
    await end(street.accounts, phone.side)
    assert sorted(ended) == ["beta", "main"]
    assert "planted" in caplog.text
    assert street.ledger.history(1)[0][1].kind == "stopped"
    assert not phone.app.running


async def test_a_goodbye_that_breaks_leaves_nothing_else_of_the_end_undone(
    street: Street, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    phone = Phone(street)
    await street.check()
    await phone.start()
    say_goodbye = Checker.say_goodbye

    def breaks(checker: Checker, **how: Any) -> None:
        if checker.account == "alpha":
            raise ValueError("planted")
        say_goodbye(checker, **how)

    monkeypatch.setattr(Checker, "say_goodbye", breaks)
    await end(street.accounts, phone.side)
    assert "planted" in caplog.text
    assert street.ledger.history(1)[0][1].kind == "stopped"
    assert not phone.app.running


async def test_the_stream_ends_after_the_orders_in_hand(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = Phone(street)
    await street.check()
    await phone.start()
    story: list[str] = []

    async def finish(checker: Checker) -> None:
        await asyncio.sleep(0.01)
        story.append(checker.account)

    async def stream() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            story.append("stream")

    monkeypatch.setattr(Checker, "finish", finish)
    running = asyncio.create_task(stream())
    await asyncio.sleep(0)
    await end(street.accounts, phone.side, [running])
    await asyncio.wait({running})
    assert story == [*street.accounts.names, "stream"]


def test_the_collector_passes_over_what_the_start_has_made() -> None:
    try:
        set_apart()
        left = len(gc.get_objects())
        assert gc.get_freeze_count() > 100 * left
    finally:
        gc.unfreeze()
