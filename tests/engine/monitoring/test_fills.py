"""What fills bit by bit is told as one; what stands is told again."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.engine import SEED_RULES, House
from tests.fixtures.fakes import fail, key, paper_leg
from tgtp.chat.events.alert import alert
from tgtp.chat.formatting.reader import Reader
from tgtp.domain.events import Event
from tgtp.domain.examples import instrument
from tgtp.engine.manual.closing import CloseOrder
from tgtp.errors import OrderRefused, OutcomeUnknown, TemporarilyDown

CRV, CRV_SHORT = key(), key(side="short")


def told(house: House, kind: str) -> list[Any]:
    found = [house.ledger.event(one.number) for one in house.ledger.outbox()]
    return [event for _, event in filter(None, found) if event.kind == kind]


def words(event: Event) -> str:
    return alert(Reader("en", SEED_RULES, 10), 1, event).text


def thin(folder: Path, *, lots: str = "2") -> House:
    """A market that gives only so many contracts at a time."""
    return House(folder, paper_leg(contracts=100), instruments=[instrument(max_market_contracts=lots)])


async def test_a_tier_that_fills_in_drips_is_told_once_when_it_is_done(tmp_path: Path) -> None:
    house = thin(tmp_path, lots="8")
    await house.check()
    house.set_roi(CRV, 26)
    await house.check(5)
    assert house.closed() == [8, 8, 8, 6]
    (event,) = told(house, "tier_filled")
    assert (event.finished, event.in_all.orders, event.in_all.contracts, event.in_all.before) == (True, 4, 30, 100)
    assert event.in_all.realised_pnl == sum(order.realised_pnl for order in house.paper.orders.values())
    assert "Closed <b>30</b> of 100" in words(event)
    assert "in 4 orders" in words(event)


async def test_a_tier_that_takes_long_is_told_after_a_minute_and_not_with_every_drip(tmp_path: Path) -> None:
    house = thin(tmp_path, lots="1")
    await house.check()
    house.set_roi(CRV, 26)
    await house.check(6)
    assert len(told(house, "tier_filled")) == 1
    assert not told(house, "tier_filled")[0].finished
    # Thirty orders, five minutes: the minute's message and that of the end.
    await house.check(26)
    assert [event.in_all.orders for event in told(house, "tier_filled")] == [6, 30]
    assert house.fired(CRV) == [1]


async def test_a_rest_that_never_comes_is_told_all_the_same_and_over_a_restart(tmp_path: Path) -> None:
    house = thin(tmp_path, lots="12")
    await house.check()
    house.set_roi(CRV, 26)
    await house.check()
    house.set_roi(CRV, -5)
    assert told(house, "tier_filled") == []
    house.restart()
    await house.check(7)
    (event,) = told(house, "tier_filled")
    assert (event.finished, event.order.filled_contracts) == (False, 12)
    await house.check(10)
    assert len(told(house, "tier_filled")) == 1


async def test_a_hedge_that_fills_in_drips_is_told_once(tmp_path: Path) -> None:
    house = House(
        tmp_path,
        paper_leg(contracts=100),
        paper_leg(side="short", contracts=100),
        instruments=[instrument(max_market_contracts="40")],
    )
    await house.check()
    house.set_roi(CRV_SHORT, -10)
    await house.check(5)
    (event,) = told(house, "hedge_filled")
    assert event.in_all.contracts == 100 - house.held(CRV_SHORT)


async def test_parts_by_hand_are_told_as_one_to_the_others(tmp_path: Path) -> None:
    house = thin(tmp_path, lots="40")
    await house.check()
    leg = house.checker.last_good.by_key[CRV]  # type: ignore[union-attr]
    await house.actions.close([CloseOrder(leg, Decimal(100))], 7, "nonce")
    (event,) = told(house, "hand_filled")
    assert (event.in_all.orders, event.in_all.contracts) == (3, 100)


async def test_parts_by_hand_that_ended_early_are_told_at_once(tmp_path: Path) -> None:
    house = thin(tmp_path, lots="40")
    await house.check()
    leg = house.checker.last_good.by_key[CRV]  # type: ignore[union-attr]
    submits = 0

    def third_is_refused(name: str) -> BaseException | None:
        nonlocal submits
        submits += name == "submit"
        return OrderRefused("51008", "no") if name == "submit" and submits == 3 else None

    house.exchange.before = third_is_refused
    await house.actions.close([CloseOrder(leg, Decimal(100))], 7, "nonce")
    (event,) = told(house, "hand_filled")
    assert (event.in_all.orders, event.in_all.contracts) == (2, 80)


DAYS = [
    (OrderRefused("51121", "lot size"), "order_rejected", 1),
    (OutcomeUnknown("timed out"), "order_not_arrived", 2),
]


@pytest.mark.parametrize(("problem", "kind", "first_try"), DAYS)
async def test_a_tier_that_fails_for_a_week_is_told_daily_over_restarts(
    tmp_path: Path, problem: BaseException, kind: str, first_try: int
) -> None:
    house = House(tmp_path, paper_leg())
    await house.check()
    house.set_roi(CRV, 26)
    house.exchange.before = fail("submit", problem, times=-1)
    for _ in range(7):
        await house.check(72, every=1200)
        house.restart()
    events = told(house, kind)
    assert 7 <= len(events) <= 8
    assert events[0].since is None
    assert all(event.since is not None and event.tries > first_try for event in events[1:])
    assert "Still failing since" in words(events[-1])
    assert all(later.at - event.at >= dt.timedelta(days=1) for event, later in itertools.pairwise(events))


async def test_an_order_that_stays_unclear_for_a_week_is_told_daily(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg())
    await house.check()
    house.set_roi(CRV, 26)
    house.exchange.after = fail("submit", OutcomeUnknown("timed out"))
    house.exchange.before = fail("find_order", TemporarilyDown("no answer"), times=-1)
    for _ in range(7):
        await house.check(24, every=3600)
        house.restart()
    events = told(house, "order_unresolved")
    assert 7 <= len(events) <= 8
    assert "Still unknown since" in words(events[-1])
    assert "Still unknown since" not in words(events[0])


async def test_a_refusal_that_ended_is_not_reminded_of(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg())
    await house.check()
    house.set_roi(CRV, 26)
    house.exchange.before = fail("submit", OrderRefused("51121", "lot size"))
    await house.check(3)
    assert house.fired(CRV) == [1]
    await house.check(48, every=3600)
    assert len(told(house, "order_rejected")) == 1
