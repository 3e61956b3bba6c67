"""A stop waits for no disk: what cannot be written down is in force, and is written when it can be."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.fixtures.engine import House
from tests.fixtures.fakes import key, paper_leg
from tests.fixtures.several_accounts import Street
from tgtp.adapters.storage import atomic_file
from tgtp.errors import LedgerWriteFailed, PauseUnwritten

ME = 7
CRV = key()

Full = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> Full:
    @contextmanager
    def disk() -> Iterator[None]:
        def refuse(*_: object) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(atomic_file, "write_whole", refuse)
            yield

    return disk


@pytest.fixture
def house(tmp_path: Path) -> House:
    """One leg whose first tier is due."""
    house = House(tmp_path, paper_leg(contracts=100))
    house.set_roi(CRV, 26)
    return house


async def test_it_holds_from_the_moment_it_was_asked_for(house: House, full: Full) -> None:
    with full(), pytest.raises(PauseUnwritten):
        house.actions.pause("*", ME)
    assert house.ledger.paused() == {"*"}
    await house.check(3)
    assert house.closed() == []


async def test_it_is_written_with_the_next_check_and_told_once(house: House, full: Full) -> None:
    with full():
        with pytest.raises(PauseUnwritten):
            house.actions.pause("CRV-USDT-SWAP long", ME)
        await house.check(2)
        assert house.listener.of("paused") == []
        assert house.ledger.unwritten_pauses()
    await house.check(2)
    (told,) = house.listener.of("paused")
    assert (told.name, told.by, told.cause) == ("CRV-USDT-SWAP long", ME, "person")
    assert house.ledger.unwritten_pauses() == ()
    house.restart()
    await house.check()
    assert house.ledger.paused() == {"CRV-USDT-SWAP long"}
    assert house.closed() == []


async def test_one_that_is_asked_for_again_is_tried_again(house: House, full: Full) -> None:
    with full():
        for _ in range(2):
            with pytest.raises(PauseUnwritten):
                house.actions.pause("*", ME)
    assert house.actions.pause("*", ME)
    assert not house.actions.pause("*", ME)
    assert house.ledger.unwritten_pauses() == ()
    house.restart()
    assert house.ledger.paused() == {"*"}


async def test_a_step_that_is_taken_back_leaves_it(house: House, full: Full) -> None:
    await house.check()
    with full():
        with pytest.raises(PauseUnwritten):
            house.actions.pause("*", ME)
        with pytest.raises(LedgerWriteFailed):
            house.actions.choose_language("zh", ME)
    with pytest.raises(KeyError, match="planted"), house.checker.journal.step():
        raise KeyError("planted")
    assert house.ledger.paused() == {"*"}


async def test_one_that_cannot_be_lifted_in_writing_stands(house: House, full: Full) -> None:
    with full():
        with pytest.raises(PauseUnwritten):
            house.actions.pause("*", ME)
        with pytest.raises(LedgerWriteFailed):
            house.actions.resume("*", ME)
        assert house.ledger.paused() == {"*"}
    assert [pause.scope for pause in house.actions.resume("*", ME)] == ["*"]
    assert house.ledger.paused() == frozenset()
    await house.check()
    assert house.ledger.paused() == frozenset()
    assert house.closed() == [30]


async def test_one_with_an_end_ends_though_it_was_never_written(house: House, full: Full) -> None:
    with full():
        with pytest.raises(PauseUnwritten):
            house.actions.pause("*", ME, house.clock.now() + dt.timedelta(minutes=1))
        await house.check(8)
        assert house.ledger.paused() == {"*"}
    await house.check()
    assert house.listener.kinds().index("paused") < house.listener.kinds().index("resumed")
    assert house.ledger.paused() == frozenset()
    assert house.closed() == [30]


async def test_another_end_takes_the_place_of_one_that_was_not_written(house: House, full: Full) -> None:
    now = house.clock.now()
    with full(), pytest.raises(PauseUnwritten):
        house.actions.pause("*", ME, now + dt.timedelta(hours=9))
    later = now + dt.timedelta(hours=1)
    assert house.actions.pause("*", ME, later)
    assert [pause.until for pause in house.ledger.pauses().entries] == [later]
    await house.check()
    assert [pause.until for pause in house.ledger.pauses().entries] == [later]


async def test_it_holds_for_what_waits_for_its_turn_to_leave(tmp_path: Path, full: Full) -> None:
    legs = [paper_leg(f"C{number}-USDT-SWAP", contracts=100) for number in range(25)]
    house = House(tmp_path, *legs)
    await house.check()
    for leg in legs:
        house.set_roi(key(leg.instrument_id), 26)
    submit, begun, go = house.exchange.submit, asyncio.Event(), asyncio.Event()

    async def slow(intent: object) -> object:
        begun.set()
        await go.wait()
        return await submit(intent)  # type: ignore[arg-type]

    house.exchange.submit = slow  # type: ignore[assignment, method-assign]
    checking = asyncio.create_task(house.check())
    await begun.wait()
    with full(), pytest.raises(PauseUnwritten):
        house.actions.pause("*", ME)
    go.set()
    await checking
    # Those that were leaving have left; the others have not.
    assert len(house.closed()) == 20


async def test_the_end_of_the_program_writes_it_if_it_can(house: House, full: Full) -> None:
    await house.check()
    house.actions.resume("*", ME)
    with full(), pytest.raises(PauseUnwritten):
        house.actions.pause("CRV-USDT-SWAP tier", ME)
    await house.checker.finish()
    house.restart()
    assert house.ledger.paused() == {"CRV-USDT-SWAP tier"}


async def test_of_several_accounts_all_are_stopped(tmp_path: Path, full: Full) -> None:
    street = Street(tmp_path, {"main": [paper_leg(contracts=100)], "alpha": [paper_leg(contracts=100)]})
    await street.check()
    with full(), pytest.raises(PauseUnwritten):
        street.accounts.pause_all(ME)
    assert street.paused_in() == {"main": {"*"}, "alpha": {"*"}}
    street.set_roi(CRV, 26)
    street.set_roi_in("alpha", CRV, 26)
    await street.check(2)
    street.restart()
    await street.check(2)
    assert street.paused_in() == {"main": {"*"}, "alpha": {"*"}}
    assert {street.held_in(name, CRV) for name in ("main", "alpha")} == {100}
