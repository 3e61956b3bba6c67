"""What a report tells of guards: what each did, and where the price of its leg has gone since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.engine import SEED_RULES, House
from tests.fixtures.fakes import fail, key, paper_leg
from tgtp.domain.guards.drawdown import Action, DrawdownRules
from tgtp.domain.guards.rules import GuardRules
from tgtp.domain.model import Candle
from tgtp.domain.report import GuardAct, Span
from tgtp.engine.reports.reporter import Accountant
from tgtp.errors import TemporarilyDown

CRV = key()
GIVE_BACK = SEED_RULES.replaced(guards=GuardRules(give_back="0.4"))


@pytest.fixture
def houses(tmp_path: Path) -> Iterator[Any]:
    made: list[House] = []

    def build(**options: Any) -> House:
        made.append(House(tmp_path / f"{len(made)}", paper_leg(contracts=100, entry_price="5"), **options))
        return made[-1]

    yield build
    for house in made:
        house.ledger.close()


async def given_back(house: House) -> Decimal:
    """Let a leg win and give it back; return the contracts that its guard has closed."""
    for roi in (10, 26, 30, 30, 30, 12, 12):
        house.set_roi(CRV, roi)
        await house.check()
    (filled,) = house.listener.of("guard_filled")
    contracts: Decimal = filled.order.filled_contracts
    return contracts


async def fallen(house: House, *, rest: int = -20) -> None:
    """Let the account lose what its drawdown guard acts on."""
    await house.check(3)
    house.set_roi(CRV, rest)
    await house.check(3)
    assert len(house.listener.of("drawdown_fired")) == 1


async def acts(house: House, since: dt.datetime | None = None) -> tuple[GuardAct, ...]:
    now = house.clock.now()
    made = await Accountant(house.checker).report("day", Span(since or now - dt.timedelta(hours=6), now), dt.UTC, lasts=True)
    return made.report.guard_acts


async def test_a_leg_is_measured_by_the_mark_that_was_seen_last(houses: Any) -> None:
    house = houses(rules=GIVE_BACK)
    contracts = await given_back(house)
    house.set_roi(CRV, -10)
    await house.check()
    (act,) = await acts(house)
    (row,) = act.legs
    # Closed at 5.06, now 4.95.
    assert (row.average_price, row.price) == (Decimal("5.06"), Decimal("4.95"))
    assert act.forgone == -contracts * Decimal("0.11")
    house.set_roi(CRV, 30)
    await house.check()
    assert (await acts(house))[0].forgone == contracts * Decimal("0.09")


async def test_a_leg_is_followed_until_somebody_closes_the_rest(houses: Any) -> None:
    house = houses(rules=GIVE_BACK)
    contracts = await given_back(house)
    house.prices.candles["CRV-USDT-SWAP"] = tuple(
        Candle(opened_at=house.clock.now() + dt.timedelta(minutes=minute), open="4.8", high="5", low="4.7", close=close)
        for minute, close in ((0, "4.9"), (1, "4.7"))
    )
    house.paper.drop_leg(CRV)
    await house.check(3)
    (gone,) = house.listener.of("leg_gone")
    house.prices.candles["CRV-USDT-SWAP"] = tuple(
        Candle(opened_at=gone.at + dt.timedelta(minutes=minute), open="4.8", high="5", low="4.7", close=close)
        for minute, close in ((0, "4.9"), (1, "4.7"))
    )
    (act,) = await acts(house)
    assert (act.legs[0].ended_at, act.legs[0].price) == (gone.at, Decimal("4.9"))
    assert act.forgone == -contracts * Decimal("0.16")


async def test_what_is_held_no_more_is_measured_by_its_bars(houses: Any) -> None:
    house = houses(drawdown=DrawdownRules(limit="0.005", action="close"))
    await fallen(house)
    await house.check(3)
    (act,) = await acts(house)
    # Nobody says what it costs now.
    assert (act.rule, act.action, len(act.legs), act.forgone) == ("drawdown", "close", 1, None)
    house.prices.candles["CRV-USDT-SWAP"] = (Candle(opened_at=house.clock.now(), open="5", high="5", low="4.7", close="4.7"),)
    (act,) = await acts(house)
    # Closed at 4.9.
    assert act.forgone == 100 * Decimal("-0.2")
    house.exchange.before = fail("mark_candles", TemporarilyDown("no answer"), times=-1)
    (act,) = await acts(house)
    assert act.forgone is None


async def test_a_leg_in_doubt_is_measured_by_its_bars(houses: Any) -> None:
    house = houses(rules=GIVE_BACK)
    await given_back(house)
    house.set_roi(CRV, 900)
    await house.check(every=0)
    assert CRV in house.checker.observer.doubts
    (act,) = await acts(house)
    assert act.legs[0].price is None


@pytest.mark.parametrize("action", ["pause", "base"])
async def test_what_its_pause_held_back_is_counted(houses: Any, action: Action) -> None:
    house = houses(drawdown=DrawdownRules(limit="0.005", action=action))
    await fallen(house)
    house.set_roi(CRV, 26)
    await house.check(2)
    (act,) = await acts(house)
    # The base is not above the gate.
    assert (act.action, act.held_back, len(act.legs)) == (action, {"tier": 1} if action == "pause" else {}, action == "base")
    assert act.fall == house.listener.of("drawdown_fired")[0].firing.fall.fraction


async def test_a_day_without_guards_tells_nothing_of_them(houses: Any) -> None:
    house = houses(rules=GIVE_BACK)
    await given_back(house)
    house.clock.forward(60)
    assert await acts(house, house.clock.now() - dt.timedelta(seconds=30)) == ()
