"""A risky key is told at the start, then once a day until somebody has said that they know."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.engine import House
from tests.fixtures.every_event import EVENTS
from tests.fixtures.fakes import paper_leg
from tgtp.domain.events import EVENT

DAY = 86_400


def risky_house(folder: Path, **profile: Any) -> House:
    house = House(folder, paper_leg())
    allow(house, **({"can_withdraw": True, "ip_bound": False, "label": "main"} | profile))
    return house


def allow(house: House, **profile: Any) -> None:
    house.exchange.profile_view = lambda seen: seen.replaced(**profile)


async def days(house: House, count: float, every: float = 1800) -> None:
    """Check twice an hour for so many days."""
    await house.check(int(count * DAY / every), every=every)


async def test_the_start_tells_it_and_a_day_later_it_is_repeated(tmp_path: Path) -> None:
    house = risky_house(tmp_path)
    await house.check()
    (started,) = house.listener.of("started")
    assert started.key_risks == ("withdraw", "unbound")
    await days(house, 3.5)
    repeated = house.listener.of("key_risk")
    assert [event.risks for event in repeated] == [("withdraw", "unbound")] * 3
    times = [started.at, *(event.at for event in repeated)]
    assert all(dt.timedelta(hours=24) <= later - at <= dt.timedelta(hours=25) for at, later in itertools.pairwise(times))
    told = {message.number for message in house.ledger.outbox()}
    assert {number for number, event in house.listener.events if event.kind == "key_risk"} <= told


async def test_acknowledged_it_is_silent_over_restarts_too(tmp_path: Path) -> None:
    house = risky_house(tmp_path)
    await house.check()
    assert house.checker.keys.acknowledge(7) == ("withdraw", "unbound")
    assert house.checker.keys.acknowledge(8) == ()
    (event,) = house.listener.of("key_risk_acknowledged")
    assert (event.by, event.risks, event.label) == (7, ("withdraw", "unbound"), "main")
    await days(house, 2)
    house.restart()
    await days(house, 2)
    assert house.listener.of("key_risk") == []
    assert [started.key_risks for started in house.listener.of("started")] == [("withdraw", "unbound"), ()]


async def test_each_restart_tells_it_with_the_start_and_not_a_second_time(tmp_path: Path) -> None:
    house = risky_house(tmp_path)
    for _ in range(4):
        await days(house, 0.75)
        house.restart()
    await house.check()
    assert [started.key_risks for started in house.listener.of("started")] == [("withdraw", "unbound")] * 5
    assert house.listener.of("key_risk") == []


async def test_a_new_risk_is_told_within_the_hour_and_asked_about_on_its_own(tmp_path: Path) -> None:
    house = risky_house(tmp_path, can_withdraw=False)
    await house.check()
    house.checker.keys.acknowledge(7)
    allow(house, can_withdraw=True, ip_bound=False, label="main")
    await days(house, 0.1)
    assert [event.risks for event in house.listener.of("key_risk")] == [("withdraw",)]
    await days(house, 1)
    assert [event.risks for event in house.listener.of("key_risk")] == [("withdraw",)] * 2


async def test_another_key_is_asked_about_anew(tmp_path: Path) -> None:
    house = risky_house(tmp_path)
    await house.check()
    house.checker.keys.acknowledge(7)
    house.restart()
    allow(house, can_withdraw=True, ip_bound=False, label="second")
    await days(house, 1.5)
    assert [(started.profile.label, started.key_risks) for started in house.listener.of("started")][1:] == [
        ("second", ("withdraw", "unbound"))
    ]
    assert [(event.label, event.risks) for event in house.listener.of("key_risk")] == [("second", ("withdraw", "unbound"))]


async def test_only_what_was_shown_is_acknowledged(tmp_path: Path) -> None:
    house = risky_house(tmp_path)
    assert house.checker.keys.acknowledge(7) == ()
    await house.check()
    assert house.checker.keys.acknowledge(7, ["unbound"]) == ("unbound",)
    await days(house, 1.1)
    assert [event.risks for event in house.listener.of("key_risk")] == [("withdraw",)]


@pytest.mark.parametrize("bound", [True, None])
async def test_a_key_without_risk_is_never_spoken_of(tmp_path: Path, bound: bool | None) -> None:
    house = risky_house(tmp_path, can_withdraw=False, ip_bound=bound)
    await days(house, 2.5)
    assert house.listener.of("started")[0].key_risks == ()
    assert house.listener.of("key_risk") == []
    assert house.checker.keys.acknowledge(7) == ()


async def test_a_paper_account_has_none(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg())
    await days(house, 1.5)
    assert house.listener.of("started")[0].key_risks == ()
    assert house.listener.of("key_risk") == []


def test_a_start_of_an_older_ledger_can_still_be_read() -> None:
    row = EVENTS[0].model_dump(mode="json", exclude={"key_risks", "readable_secrets"})
    assert EVENT.validate_python(row) == EVENTS[0].replaced(key_risks=(), readable_secrets="")
