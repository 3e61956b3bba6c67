"""A pause with an end: it ends by itself, over restarts and changes of the clock, and ends nothing else."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.fixtures.engine import House
from tests.fixtures.fakes import key, paper_leg
from tgtp.domain.pauses import Pause
from tgtp.engine.manual.pause_reminder import PauseReminder
from tgtp.errors import LedgerWriteFailed

ME = 7
CRV = key()
HOUR = 3600


def due(folder: Path) -> House:
    """One leg whose first tier is due."""
    house = House(folder, paper_leg(contracts=100))
    house.set_roi(CRV, 26)
    return house


def for_an_hour(house: House, scope: str = "*", hours: float = 1) -> dt.datetime:
    until = house.clock.now() + dt.timedelta(hours=hours)
    assert house.actions.pause(scope, ME, until)
    return until


async def test_it_ends_at_its_moment_and_says_so(tmp_path: Path) -> None:
    house = due(tmp_path)
    until = for_an_hour(house)
    begun = house.listener.of("paused")[0]
    assert (begun.cause, begun.until, begun.by) == ("time", until, ME)
    await house.check(360)
    assert house.clock.now() == until
    assert (house.closed(), house.listener.of("resumed")) == ([], [])
    await house.check()
    (over,) = house.listener.of("resumed")
    assert (over.name, over.by, over.cause, over.until, over.stays) == ("*", None, "time", until, False)
    assert house.ledger.paused() == frozenset()
    assert house.closed() == [30]


@pytest.mark.parametrize("hours", [1, 1.5, 24 * 400])
async def test_one_that_ran_out_while_the_program_was_down_is_over_and_said_first(tmp_path: Path, hours: float) -> None:
    house = due(tmp_path)
    for_an_hour(house)
    await house.check()
    house.clock.forward(hours * HOUR)
    house.restart()
    house.listener.events.clear()
    await house.check()
    assert house.listener.kinds()[:2] == ["resumed", "started"]
    started = house.listener.of("started")[0]
    assert (started.paused, started.pauses.entries) == ((), ())
    assert house.closed() == [30]


async def test_one_that_has_not_run_out_survives_restarts(tmp_path: Path) -> None:
    house = due(tmp_path)
    for_an_hour(house, "CRV-USDT-SWAP long tier")
    for _ in range(4):
        house.clock.forward(HOUR / 5)
        house.restart()
        await house.check()
    assert house.closed() == []
    house.clock.forward(HOUR / 5)
    house.restart()
    await house.check()
    assert house.closed() == [30]


async def test_it_ends_only_itself(tmp_path: Path) -> None:
    house = due(tmp_path)
    house.actions.pause("CRV-USDT-SWAP", ME)
    for_an_hour(house, "CRV-USDT-SWAP")
    for_an_hour(house, "CRV-USDT-SWAP tier", hours=2)
    with house.checker.journal.step():
        guard = Pause(scope="UNI-USDT-SWAP", cause="guard", since=house.clock.now())
        house.ledger.keep_pauses(house.ledger.pauses().with_pause(guard))
    house.clock.forward(HOUR)
    house.restart()
    await house.check()
    # The person's own pause covers all of it still, and that is said.
    assert [(event.name, event.stays) for event in house.listener.of("resumed")] == [("CRV-USDT-SWAP", True)]
    assert {(pause.scope, pause.cause) for pause in house.ledger.pauses().entries} == {
        ("CRV-USDT-SWAP", "person"),
        ("CRV-USDT-SWAP tier", "time"),
        ("UNI-USDT-SWAP", "guard"),
    }
    assert house.closed() == []


async def test_another_end_takes_the_place_of_the_first(tmp_path: Path) -> None:
    house = due(tmp_path)
    for_an_hour(house)
    later = for_an_hour(house, hours=3)
    assert [pause.until for pause in house.ledger.pauses().entries] == [later]
    house.clock.forward(2 * HOUR)
    await house.check()
    assert house.closed() == []


async def test_resume_lifts_it_at_once_and_tells_what_it_lifted(tmp_path: Path) -> None:
    house = due(tmp_path)
    until = for_an_hour(house, "* tier")
    house.actions.pause("UNI-USDT-SWAP", ME)
    lifted = house.actions.resume("*", ME)
    assert [(pause.scope, pause.cause, pause.until) for pause in lifted] == [
        ("* tier", "time", until),
        ("UNI-USDT-SWAP", "person", None),
    ]
    await house.check()
    assert house.closed() == [30]
    house.clock.forward(2 * HOUR)
    await house.check()
    assert len(house.listener.of("resumed")) == 1


async def test_what_it_held_back_is_told_anew_by_the_next_one(tmp_path: Path) -> None:
    house = due(tmp_path)
    for_an_hour(house)
    await house.check(3)
    assert len(house.listener.of("would_have_closed")) == 1
    house.set_roi(CRV, 20)
    house.clock.forward(2 * HOUR)
    await house.check()
    for_an_hour(house)
    house.set_roi(CRV, 26)
    await house.check(3)
    assert len(house.listener.of("would_have_closed")) == 2


async def test_a_clock_that_is_put_back_does_not_end_it_before_its_moment(tmp_path: Path) -> None:
    house = due(tmp_path)
    until = for_an_hour(house)
    house.clock.forward(-10 * HOUR)
    await house.check()
    house.restart()
    await house.check(2)
    assert house.closed() == []
    house.clock.forward((until - house.clock.now()).total_seconds() - 1)
    await house.check()
    assert house.closed() == []
    await house.check()
    assert house.closed() == [30]


async def test_a_clock_that_is_put_forward_ends_it_at_the_moment_that_was_named(tmp_path: Path) -> None:
    house = due(tmp_path)
    for_an_hour(house)
    house.clock.forward(0.9 * HOUR)
    await house.check()
    assert house.closed() == []
    house.clock.forward(0.2 * HOUR)
    await house.check()
    assert house.closed() == [30]


def test_a_pause_of_a_clock_that_was_ahead_is_reminded_of(tmp_path: Path) -> None:
    """Given in a wrong year, it would stand for as long, and nobody would hear of it."""
    house = House(tmp_path, paper_leg())
    house.clock.forward(1000 * 24 * HOUR)
    for_an_hour(house)
    house.clock.forward(-1000 * 24 * HOUR)
    PauseReminder([house.checker.journal], house.clock).tick()
    (told,) = house.listener.of("pause_stands")
    assert [pause.cause for pause in told.pauses] == ["time"]


async def test_an_end_that_cannot_be_written_down_leaves_it_in_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tgtp.adapters.storage import atomic_file

    house = due(tmp_path)
    for_an_hour(house)
    await house.check()
    house.clock.forward(HOUR)
    written = atomic_file.write_whole

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic_file, "write_whole", full)
    report = await house.check()
    assert isinstance(report.error, LedgerWriteFailed)
    assert house.closed() == []
    assert house.ledger.paused() == {"*"}
    monkeypatch.setattr(atomic_file, "write_whole", written)
    await house.check()
    assert house.closed() == [30]
