"""A pause that is older than a day is reminded of once a day, until it is lifted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fixtures.engine import House
from tests.fixtures.fakes import paper_leg
from tests.fixtures.several_accounts import Street
from tgtp.domain.events import PauseStands
from tgtp.domain.pauses import Cause, Pause
from tgtp.engine.manual.pause_reminder import PauseReminder

DAY = 24 * 3600


def reminders(house: House) -> list[PauseStands]:
    return house.listener.of("pause_stands")


def look(house: House, days: float, every: float = 600) -> None:
    """Let days go by, with a look every ten minutes; the program is restarted on the way."""
    left = days * DAY
    while left > 0:
        house.clock.forward(every)
        left -= every
        reminder(house).tick()


def reminder(house: House) -> PauseReminder:
    checkers = [account.checker for account in house.accounts] if isinstance(house, Street) else [house.checker]
    return PauseReminder([checker.journal for checker in checkers], house.clock)


def test_a_pause_is_reminded_of_daily(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg())
    house.actions.pause("*", 7)
    look(house, 0.99)
    assert reminders(house) == []
    look(house, 0.02)
    (first,) = reminders(house)
    assert [(pause.scope, pause.by) for pause in first.pauses] == [("*", 7)]
    house.restart()
    look(house, 3)
    assert len(reminders(house)) == 4
    house.actions.resume("*", 7)
    look(house, 3)
    assert len(reminders(house)) == 4
    # It rings: it waits in the outbox for everybody.
    numbers = {told.number for told in house.ledger.outbox() if not told.delivered_to}
    assert {number for number, event in house.listener.events if event.kind == "pause_stands"} <= numbers


def test_of_two_pauses_each_is_reminded_of_in_time(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg())
    house.actions.pause("CRV-USDT-SWAP", 7)
    look(house, 0.5)
    house.actions.pause("*", 7)
    look(house, 0.52)
    assert [len(event.pauses) for event in reminders(house)] == [1]
    look(house, 0.5)
    assert [len(event.pauses) for event in reminders(house)] == [1, 2]


@pytest.mark.parametrize(("cause", "count"), [("person", 1), ("guard", 1), ("time", 1), ("first_start", 0)])
def test_every_cause_but_that_of_the_first_start(tmp_path: Path, cause: Cause, count: int) -> None:
    house = House(tmp_path, paper_leg())
    with house.ledger.step():
        house.ledger.keep_pauses(house.ledger.pauses().with_pause(Pause(scope="*", cause=cause, since=house.clock.now())))
    look(house, 1.1)
    assert len(reminders(house)) == count


def test_a_pause_of_before_has_no_date_and_is_reminded_of(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg())
    with house.ledger.step():
        house.ledger.keep_pauses(house.ledger.pauses().with_pause(Pause(scope="*", cause="person")))
    look(house, 0.5)
    assert len(reminders(house)) == 1


def test_a_clock_that_was_put_back_silences_nothing(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg())
    house.actions.pause("*", 7)
    house.clock.forward(400 * DAY)
    reminder(house).tick()
    house.clock.forward(-398 * DAY)
    reminder(house).tick()
    assert len(reminders(house)) == 2


def test_each_account_is_reminded_of_for_itself(tmp_path: Path) -> None:
    street = Street(tmp_path, {"main": [paper_leg()], "alpha": [paper_leg()]})
    street.of("alpha").actions.pause("*", 7)
    look(street, 1.1)
    assert [event.account for event in reminders(street)] == ["alpha"]


def test_a_full_disk_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(tmp_path, paper_leg())
    house.actions.pause("*", 7)
    house.clock.forward(DAY)

    def full(path: Path, payload: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("tgtp.adapters.storage.atomic_file.write_whole", full)
        reminder(house).tick()
        assert reminders(house) == []
    reminder(house).tick()
    assert len(reminders(house)) == 1
