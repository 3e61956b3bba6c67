"""Thresholds that follow the volatility, in a whole engine: what acts, what stays, and that nothing fires twice."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from pathlib import Path

import pytest

from tests.fixtures.engine import House
from tests.fixtures.fakes import fail, key, paper_leg
from tests.fixtures.hour_bars import NOW
from tgtp.domain.volatility.factor import Volatility
from tgtp.engine.volatility.scaled_rules import Switches
from tgtp.errors import LedgerUnreadable, Problem, TemporarilyDown

CRV = "CRV-USDT-SWAP"
D = Decimal
DOWN = Problem("problem.held_prices")


def wild(factor: str, until: dt.datetime = NOW) -> Volatility:
    return Volatility(until=until, now=D(factor) / 100, usual=D("0.01"), factor=D(factor))


def house_of(folder: Path, *, dynamic: bool = True, factor: str = "1.14") -> House:
    house = House(folder, paper_leg(contracts=100), dynamic=dynamic)
    house.checker.scaling.book.known[CRV] = wild(factor)
    return house


async def test_a_tier_fires_at_its_threshold_times_the_factor(tmp_path: Path) -> None:
    house = house_of(tmp_path)
    house.set_roi(key(), "28.4")
    await house.check()
    assert house.closed() == []
    house.set_roi(key(), "28.5")
    await house.check()
    assert house.closed() == [D(30)]
    (event,) = house.listener.of("tier_filled")
    basis = event.intent.basis
    assert (basis.threshold, basis.base_threshold, basis.factor) == (D("0.285"), D("0.25"), D("1.14"))
    # The next one is told as it acts.
    assert event.next_threshold == D("0.399")


async def test_switched_off_nothing_is_scaled(tmp_path: Path) -> None:
    house = house_of(tmp_path, dynamic=False)
    house.set_roi(key(), "25")
    await house.check()
    assert house.closed() == [D(30)]
    (event,) = house.listener.of("tier_filled")
    assert (event.intent.basis.base_threshold, event.intent.basis.factor) == (None, None)


@pytest.mark.parametrize("seed", range(5))
async def test_whatever_the_factor_does_each_tier_fires_once(tmp_path: Path, seed: int) -> None:
    house, chance = house_of(tmp_path), random.Random(seed)
    for _ in range(60):
        house.checker.scaling.book.known[CRV] = wild(f"{chance.randint(75, 150) / 100:.2f}", house.clock.now())
        house.set_roi(key(), chance.randint(-5, 60))
        await house.check()
        if chance.random() < 0.1:
            house.restart()
    fired = [event.intent.tier for event in house.listener.of("tier_filled")]
    assert fired == sorted(set(fired))
    assert fired


async def test_a_tier_that_has_fired_stays_fired_when_thresholds_move_away_and_back(tmp_path: Path) -> None:
    house = house_of(tmp_path, factor="0.75")
    house.set_roi(key(), "19")
    await house.check()
    assert house.fired(key()) == [1]
    for factor in ("1.5", "0.75", "1.00", "0.75"):
        house.checker.scaling.book.known[CRV] = wild(factor, house.clock.now())
        await house.check(3)
    assert house.closed() == [D(30)]


async def test_within_a_check_the_factor_stays(tmp_path: Path) -> None:
    house = house_of(tmp_path)
    rules = []

    def changing(name: str) -> None:
        if name == "snapshot":
            house.checker.scaling.book.known[CRV] = wild("0.75")
        rules.append(str(house.checker.rules.ladder_of(key())))

    house.exchange.before = changing
    house.set_roi(key(), "20")
    await house.check()
    assert set(rules[1:]) == {"28.5:30,39.9:50,57:50"}
    assert house.closed() == []
    # The next one goes by the new one.
    await house.check()
    assert house.closed() == [D(30)]


async def test_data_that_is_too_old_lets_thresholds_act_as_they_are_written(tmp_path: Path) -> None:
    house = house_of(tmp_path)
    await house.check()
    assert str(house.checker.rules.ladder_of(key())) == "28.5:30,39.9:50,57:50"
    house.clock.forward(3 * 3600)
    await house.check()
    assert str(house.checker.rules.ladder_of(key())) == "25:30,35:50,50:50"
    # Our clock back by an hour: what is known still holds, by the exchange's clock it is not older.
    house.checker.scaling.book.known[CRV] = wild("1.14", house.clock.now())
    house.clock.set_back(3600)
    await house.check()
    assert str(house.checker.rules.ladder_of(key())) == "28.5:30,39.9:50,57:50"


async def test_the_age_of_the_data_goes_by_the_clock_of_the_exchange(tmp_path: Path) -> None:
    house = house_of(tmp_path)
    # Ours is five hours ahead: what the exchange calls now is fresh.
    house.exchange.theirs = lambda: house.clock.now() - dt.timedelta(hours=5)
    house.clock.forward(5 * 3600)
    await house.check()
    assert house.checker.rules.factor_of(CRV) == D("1.14")


async def test_switches_survive_a_restart_and_say_who(tmp_path: Path) -> None:
    house = house_of(tmp_path, dynamic=False)
    await house.check()
    off = house.checker.scaling.switches
    assert off == Switches(account=False)
    assert await house.actions.change_dynamic(off, CRV, {}, on=True, by=7)
    await house.check()
    assert house.checker.rules.factor_of(CRV) == D("1.14")
    # What a person saw is not so any more.
    assert not await house.actions.change_dynamic(off, "", {}, on=True, by=7)
    house.bars.keep_volatilities({CRV: wild("1.14")})
    house.restart()
    assert house.checker.scaling.switches == Switches(account=False, own={CRV: True})
    await house.check()
    assert house.checker.rules.factor_of(CRV) == D("1.14")
    (event,) = house.listener.of("dynamic_changed")
    assert (event.instrument_id, event.on, event.by) == (CRV, True, 7)
    assert await house.actions.change_dynamic(house.checker.scaling.switches, CRV, {}, on=False, by=7)
    await house.check()
    assert house.checker.rules.factor_of(CRV) == 1
    # Back to what the settings say: nothing is left in the ledger.
    assert house.ledger.note("dynamic") is None


async def test_a_coin_may_be_left_out(tmp_path: Path) -> None:
    house = house_of(tmp_path)
    await house.check()
    assert await house.actions.change_dynamic(house.checker.scaling.switches, CRV, {}, on=False, by=7)
    house.set_roi(key(), "25")
    await house.check()
    assert house.closed() == [D(30)]
    # A word for all ends those of single coins.
    assert await house.actions.change_dynamic(house.checker.scaling.switches, "", {}, on=True, by=7)
    assert house.checker.scaling.switches == Switches(account=True)


@pytest.mark.parametrize("note", ["on", {"": "maybe"}, {CRV: True}, ["on"], 1])
def test_switches_that_make_no_sense_refuse_the_start(tmp_path: Path, note: object) -> None:
    house = House(tmp_path)
    with house.ledger.step():
        house.ledger.keep_note("dynamic", note)
    with pytest.raises(LedgerUnreadable):
        house.restart()


async def test_a_begun_tier_ends_as_it_was_begun_whatever_the_factor_does(tmp_path: Path) -> None:
    house = house_of(tmp_path)
    house.set_roi(key(), "29")
    await house.check()
    life = house.ledger.lives()[key()]
    assert [tier.threshold for tier in life.fired] == [D("0.285")]


async def test_an_order_whose_end_is_unknown_is_settled_with_its_own_threshold(tmp_path: Path) -> None:
    house = house_of(tmp_path)
    house.set_roi(key(), "29")
    house.exchange.after = fail("submit", TemporarilyDown(DOWN), times=1)
    house.exchange.before = fail("find_order", TemporarilyDown(DOWN), times=3)
    await house.check()
    house.checker.scaling.book.known[CRV] = wild("0.75")
    house.exchange.before = lambda _: None
    house.set_roi(key(), "10")
    await house.check(3)
    assert house.closed() == [D(30)]
    (event,) = house.listener.of("tier_filled")
    assert event.intent.basis.threshold == D("0.285")


async def test_rules_are_made_once_for_many_checks(tmp_path: Path) -> None:
    house = house_of(tmp_path)
    await house.check()
    rules = house.checker.rules
    await house.check(5)
    assert house.checker.rules is rules
    house.checker.scaling.book.known[CRV] = wild("1.15", house.clock.now())
    await house.check()
    assert house.checker.rules is not rules
