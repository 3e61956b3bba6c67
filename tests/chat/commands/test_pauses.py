"""What is paused for another cause than a person's stays so after /resume, is named, and has a button of its own."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.chat.conftest import Dial
from tests.fixtures.engine import House
from tests.fixtures.fakes import key, paper_leg
from tests.fixtures.several_accounts import Street
from tests.simulation.phone.phone import Phone
from tgtp.domain.pauses import Cause, Pause

CRV = key()
CAUSES: tuple[Cause, ...] = ("first_start", "new_ledger", "foreign_order", "restored_backup", "guard")


def pause(house: House | Street, cause: Cause, scope: str = "*", minutes: int = 0, account: str = "main") -> Pause:
    now = house.clock.now()
    until = now + dt.timedelta(minutes=minutes) if minutes else None
    made = Pause(scope=scope, cause=cause, since=now, until=until)
    ledger = house.of(account).checker.journal.ledger if isinstance(house, Street) else house.ledger
    with ledger.step():
        ledger.keep_pauses(ledger.pauses().with_pause(made))
    return made


def scopes(phone: Phone) -> list[tuple[str, str]]:
    return [(each.scope, each.cause) for each in phone.house.ledger.pauses().entries]


@pytest.mark.parametrize("cause", CAUSES)
async def test_a_cause_stands_until_its_button_is_pressed(dial: Dial, cause: Cause) -> None:
    phone = await dial(paper_leg())
    pause(phone.house, cause)
    await phone.says("/pause")
    status = (await phone.says("/status")).splitlines()[0]
    assert status.startswith("⏸ Paused: ")
    answer = await phone.says("/resume")
    assert "What people had paused is lifted" in answer
    assert "Still paused, everything: " in answer
    assert scopes(phone) == [("*", cause)]
    phone.house.set_roi(CRV, 60)
    await phone.house.check()
    assert phone.house.closed() == []
    assert "Still paused, everything: " in await phone.says("/resume")
    label = "▶️ Start guarding" if cause == "first_start" else "▶️ I have looked: go on (everything)"
    lifted = {
        "first_start": "Started: the pause of the first start is over.",
        "guard": "is no longer paused, and the drawdown guard is armed again",
    }.get(cause, "is no longer paused for that")
    assert lifted in await phone.press(label)
    assert scopes(phone) == []
    await phone.house.check()
    assert phone.house.closed() != []
    assert phone.house.listener.of("resumed")[-1].cause == cause


async def test_an_old_button_lifts_no_later_pause(dial: Dial) -> None:
    phone = await dial(paper_leg())
    pause(phone.house, "guard")
    await phone.says("/resume")
    phone.house.clock.forward(60)
    pause(phone.house, "guard")
    await phone.press("▶️ I have looked: go on (everything)")
    assert phone.toast == "That pause is no longer in force."
    assert scopes(phone) == [("*", "guard")]


async def test_a_timed_pause_is_lifted_at_once_and_ends_only_itself(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(), paper_leg("STX-USDT-SWAP"))
    pause(house, "time", minutes=5)
    pause(house, "guard", "CRV-USDT-SWAP")
    house.actions.pause("STX-USDT-SWAP", 7)
    await house.check(30)
    assert house.ledger.paused() == {"*", "CRV-USDT-SWAP", "STX-USDT-SWAP"}
    await house.check(2)
    assert house.ledger.paused() == {"CRV-USDT-SWAP", "STX-USDT-SWAP"}
    (event,) = house.listener.of("resumed")
    assert (event.name, event.by, event.cause) == ("*", None, "time")
    pause(house, "time", minutes=5)
    assert house.actions.resume("*", 7)
    assert house.ledger.paused() == {"CRV-USDT-SWAP"}


async def test_the_panel_and_the_card_say_what_stays_paused(dial: Dial) -> None:
    phone = await dial(paper_leg())
    pause(phone.house, "guard", "CRV-USDT-SWAP")
    await phone.says("/leg CRV long")
    assert "Still paused, CRV: a guard has acted" in await phone.press("▶️ Resume CRV")
    assert scopes(phone) == [("CRV-USDT-SWAP", "guard")]
    await phone.press("▶️ I have looked: go on (CRV)")
    assert scopes(phone) == []


async def test_of_several_accounts_each_cause_is_named_with_its_account(dial: Dial, tmp_path: Path) -> None:
    street = Street(tmp_path / "street", {"main": [paper_leg()], "alpha": [paper_leg()]})
    phone = await dial(house=street)
    pause(street, "foreign_order", account="alpha")
    await phone.says("/pause")
    answer = await phone.says("/resume")
    assert "Still paused, alpha: everything: orders with my ids that I did not send" in answer
    assert {name: len(paused) for name, paused in street.paused_in().items()} == {"main": 0, "alpha": 1}
    await phone.press("▶️ I have looked: go on (alpha everything)")
    assert {name: len(paused) for name, paused in street.paused_in().items()} == {"main": 0, "alpha": 0}


async def test_the_start_names_what_it_is_paused_for(dial: Dial) -> None:
    phone = await dial(paper_leg())
    pause(phone.house, "new_ledger")
    await phone.restart()
    await phone.house.check()
    await phone.until(lambda: "Still paused, everything: the ledger was lost" in phone.alerts()[-1])
