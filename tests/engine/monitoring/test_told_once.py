"""What people are told once, where the write of that fails: told when it can be written, and once where it was on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fixtures.engine import House
from tests.fixtures.fakes import fail, paper_leg
from tests.fixtures.sick_disk import FAILURES, Failure, SickDisk
from tgtp.engine.resting.standing import Standing
from tgtp.errors import Problem, TemporarilyDown

pytestmark = pytest.mark.parametrize("failure", FAILURES)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path, paper_leg())


def told(house: House) -> list[str]:
    kinds = ("trading_forbidden", "trading_allowed", "exchange_lost", "exchange_found", "looked_away")
    return [event.kind for _, event in reversed(house.ledger.history(200)) if event.kind in kinds]


@pytest.mark.parametrize("word", [b'"trading_forbidden"', b'"trading_allowed"'])
async def test_that_the_key_may_not_trade(house: House, word: bytes, failure: Failure, monkeypatch: pytest.MonkeyPatch) -> None:
    await house.check(3)
    disk = SickDisk(word, failure, monkeypatch)
    house.exchange.profile_view = lambda profile: profile.replaced(can_trade=False)
    await house.check(3, every=4000)
    house.exchange.profile_view = lambda profile: profile
    await house.check(3)
    assert disk.struck
    assert [kind for kind in told(house) if kind.startswith("trading")] == ["trading_forbidden", "trading_allowed"]


@pytest.mark.parametrize("word", [b'"exchange_lost"', b'"exchange_found"'])
async def test_that_the_exchange_is_away(house: House, word: bytes, failure: Failure, monkeypatch: pytest.MonkeyPatch) -> None:
    await house.check(3)
    disk = SickDisk(word, failure, monkeypatch)
    house.exchange.before = fail("snapshot", TemporarilyDown(Problem("problem.away")), times=10_000)
    await house.check(8)
    house.exchange.before = lambda _: None
    await house.check(3)
    assert disk.struck
    assert told(house) == ["exchange_lost", "exchange_found"]
    assert len(house.listener.alarms) == 1


async def test_that_nobody_looked_for_an_hour(house: House, failure: Failure, monkeypatch: pytest.MonkeyPatch) -> None:
    await house.check(3)
    disk = SickDisk(b'"looked_away"', failure, monkeypatch)
    awake = house.clock.monotonic
    house.clock.forward(3600)
    monkeypatch.setattr(house.clock, "monotonic", lambda: awake() - 3600)
    await house.check(4)
    assert disk.struck
    assert told(house) == ["looked_away"]


@pytest.mark.parametrize("word", [b'"resting_stands"', b'"resting_cleared"'])
def test_that_something_rests(house: House, word: bytes, failure: Failure, monkeypatch: pytest.MonkeyPatch) -> None:
    standing = Standing(house.checker.journal)
    disk = SickDisk(word, failure, monkeypatch)
    for orders in (1, 1, 0, 0):
        standing.look("paused", orders)
    assert disk.struck
    assert [event.kind for _, event in reversed(house.ledger.history(9))] == ["resting_stands", "resting_cleared"]
