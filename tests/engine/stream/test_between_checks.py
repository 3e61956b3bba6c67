"""What may come between a push and its order, and what is told of it."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.fakes import key, mark_at, paper_leg
from tests.fixtures.pushes import PushedHouse
from tgtp.domain.guards.rules import GuardRules
from tgtp.domain.ladder import Ladder
from tgtp.domain.order import Intent, OrderStatus
from tgtp.domain.plan import Rules, ladder_plan
from tgtp.engine.stream import decider
from tgtp.engine.stream.broken import LEFT_FOR

CRV = key()
NAME = CRV.instrument_id


@pytest.fixture
async def house(tmp_path: Path) -> PushedHouse:
    made = PushedHouse(tmp_path, paper_leg())
    await made.begin()
    return made


async def push(house: PushedHouse, roi: Any) -> None:
    house.push_roi(CRV, roi)
    await house.decider.act()


async def look(house: PushedHouse) -> None:
    """Let a check look a while later, after which another decision and another wake are due."""
    house.clock.forward(1.1)
    house.heard()
    await house.check(every=1.1)
    house.heard()


async def cut_short(house: PushedHouse, contracts: int) -> None:
    """Have the next order canceled by the exchange when it has filled so much."""
    real = house.paper.submit

    async def submit(intent: Intent) -> str:
        house.paper.submit = real  # type: ignore[method-assign]
        order_id = await real(intent.replaced(contracts=Decimal(contracts)))
        order = house.paper.orders[intent.client_order_id]
        house.paper._orders[intent.client_order_id] = order.replaced(status=OrderStatus.CANCELED)
        return order_id

    house.paper.submit = submit  # type: ignore[method-assign]


async def test_the_rest_of_a_tier_is_sold_when_a_push_is_in_profit_again(house: PushedHouse) -> None:
    await cut_short(house, 12)
    await push(house, 26)
    house.set_roi(CRV, -5)
    await look(house)
    assert (house.closed(), house.fired(CRV)) == ([Decimal(12)], [])
    await push(house, 0)
    assert house.closed() == [Decimal(12)], "what is left of a take-profit is not sold at a loss"
    await look(house)
    await push(house, 1)
    assert (house.closed(), house.fired(CRV)) == ([Decimal(12), Decimal(18)], [1])


@pytest.mark.parametrize("scope", ["*", NAME, f"{NAME} long", "* tier"])
async def test_a_pause_that_comes_while_the_order_is_written_down_stops_it(
    house: PushedHouse, scope: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = house.listener.sending  # the moment between the decision and the disk

    def sending(intents: Any) -> None:
        house.actions.pause(scope, by=1)
        real(intents)

    monkeypatch.setattr(house.listener, "sending", sending)
    await push(house, 26)
    assert (house.closed(), house.fired(CRV), house.exchange.submitted) == ([], [], [])
    assert not house.ledger.open_intents()
    monkeypatch.undo()
    await look(house)
    house.set_roi(CRV, 0)
    house.actions.resume(scope, by=1)
    await look(house)
    await push(house, 26)
    assert house.closed() == [Decimal(30)]


async def test_what_a_pause_held_back_between_two_checks_is_told_once(house: PushedHouse) -> None:
    house.actions.pause("*", by=1)
    for _ in range(3):
        await push(house, 26)
        house.set_roi(CRV, 0)
        await look(house)
    (event,) = house.listener.of("would_have_closed")
    assert event.intent.basis.roi == Decimal("0.26")
    assert event.intent.basis.pushed_age == 0
    assert house.closed() == []


async def test_a_check_is_woken_when_the_account_changes_or_is_not_heard_any_more(house: PushedHouse) -> None:
    house.decider.account_changed()
    await house.decider.act()
    assert house.woken == 1
    house.clock.forward(1.1)
    house.lose()
    await house.decider.act()
    assert house.woken == 2


async def test_a_leg_whose_memory_differs_from_the_look_is_left_to_a_check(house: PushedHouse) -> None:
    life = house.ledger.lives()[CRV]
    with house.checker.journal.step():
        house.ledger.keep_life(life.replaced(contracts=Decimal(70)))
    await push(house, 26)
    assert (house.closed(), house.decider.obstacles) == ([], {"changed": 1})


GIVE_BACK = Rules(
    long=Ladder.parse("25:30,35:50,50:50"), short=Ladder.parse("35:30,45:50,55:50"), guards=GuardRules(give_back=Decimal("0.4"))
)


@pytest.mark.parametrize("side", ["long", "short"])
async def test_the_best_roi_is_kept_from_pushes_that_hold_for_a_while(tmp_path: Path, side: str) -> None:
    leg = key(side=side)
    house = PushedHouse(tmp_path, paper_leg(side=side), rules=GIVE_BACK)
    await house.begin()
    written = house.ledger.note("best_roi")

    def hold(roi: Any, seconds: int) -> None:
        for _ in range(seconds):
            house.push(NAME, mark_at("5", roi, side))
            house.clock.forward(1)

    async def best() -> Decimal | None:
        house.heard()
        await house.check(every=0)
        return house.checker.leg_readings.found.best.get(leg)

    house.decider.take_look()
    hold(40, 3)
    assert await best() is None, "a wick that nothing confirms is no peak"
    hold(20, 18)
    assert await best() in (None, 0), "what the look does not agree with is forgotten"
    hold(20, 18)
    hold(15, 1)
    house.set_roi(leg, 15)
    assert house.ledger.note("best_roi") == written, "no push is written down"
    assert await best() == Decimal("0.2")
    house.restart()
    assert house.checker.leg_readings.found.best[leg] == Decimal("0.2")


async def test_a_leg_that_was_added_to_begins_its_best_anew(tmp_path: Path) -> None:
    house = PushedHouse(tmp_path, paper_leg(), rules=GIVE_BACK)
    await house.begin()
    house.decider.take_look()
    for _ in range(10):
        house.push(NAME, mark_at("5", 20))
        house.clock.forward(1)
    leg = house.leg(CRV)
    house.paper.put_leg(leg.replaced(contracts=200, entry_price=Decimal("5.05")))
    house.heard()
    await house.check(every=0)
    assert house.checker.leg_readings.found.best.get(CRV) != Decimal("0.2")


async def test_an_order_in_hand_comes_to_its_end_though_the_program_ends(house: PushedHouse) -> None:
    sending, goes_on, real = asyncio.Event(), asyncio.Event(), house.paper.submit

    async def submit(intent: Intent) -> str:
        sending.set()
        await goes_on.wait()
        return await real(intent)

    house.paper.submit = submit  # type: ignore[method-assign]
    house.push_roi(CRV, 26)
    deciding = asyncio.create_task(house.decider.act())
    await sending.wait()
    deciding.cancel()
    ending = asyncio.create_task(house.checker.finish())
    await asyncio.wait({deciding})
    goes_on.set()
    await ending
    assert (house.closed(), house.fired(CRV)) == ([Decimal(30)], [1])
    assert not house.ledger.open_intents()


UNI = key("UNI-USDT-SWAP")


def broken_plan(look: Any, situation: Any) -> Any:
    if any(leg.key == CRV for leg in look.legs):
        raise LookupError("no such thing")
    return ladder_plan(look, situation)


async def test_a_leg_that_breaks_the_decision_is_left_to_a_check_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    house = PushedHouse(tmp_path, paper_leg(), paper_leg("UNI-USDT-SWAP"))
    await house.begin()
    with monkeypatch.context() as patch:
        patch.setattr(decider, "ladder_plan", broken_plan)
        house.push_roi(CRV, 26)
        house.push_roi(UNI, 26)
        await house.decider.act()
        assert (house.fired(CRV), house.fired(UNI)) == ([], [1])
        house.clock.forward(2)
        house.push_roi(CRV, 26)
        await house.decider.act()
    assert caplog.text.count("Traceback") == 1, "not at every push"
    assert house.decider.broken.instruments == (NAME,)
    await look(house)
    assert house.fired(CRV) == [1]
    house.clock.forward(LEFT_FOR)
    await look(house)
    house.push(NAME, house.prices.marks[NAME])
    await push(house, 36)
    assert house.fired(CRV) == [1, 2]
    assert not house.decider.broken.instruments


async def test_a_way_out_that_breaks_leaves_its_legs_to_a_check_which_sells_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    house = PushedHouse(tmp_path, paper_leg(), paper_leg("UNI-USDT-SWAP"))
    await house.begin()
    real = house.paper.submit

    async def submit(intent: Intent) -> str:
        await real(intent)
        raise ZeroDivisionError

    house.paper.submit = submit  # type: ignore[method-assign]
    await push(house, 26)
    house.paper.submit = real  # type: ignore[method-assign]
    assert "ZeroDivisionError" in caplog.text
    house.push_roi(UNI, 26)
    await house.decider.act()
    assert house.fired(UNI) == [1], "at once"
    await look(house)
    await look(house)
    assert (house.fired(CRV), house.closed()) == ([1], [Decimal(30), Decimal(30)])


async def _resume(house: PushedHouse) -> None:
    house.actions.pause("*", by=7)
    house.actions.resume("*", by=7)


async def _lift(house: PushedHouse) -> None:
    house.actions.pause("*", by=7)
    assert house.actions.lift(house.ledger.pauses().entries[0], by=7)


async def _rearm(house: PushedHouse) -> None:
    assert await house.actions.rearm(house.ledger.lives()[CRV], by=7)


async def _dynamic(house: PushedHouse) -> None:
    assert await house.actions.change_dynamic(house.checker.scaling.switches, NAME, {}, on=True, by=7)


@pytest.mark.parametrize("what", [_resume, _lift, _rearm, _dynamic], ids=lambda each: each.__name__.strip("_"))
async def test_what_a_hand_changes_is_looked_at_at_once(house: PushedHouse, what: Any) -> None:
    woken: list[bool] = []
    house.checker.wake = lambda: woken.append(True)
    await what(house)
    # A pushed price goes by what the last look has found: until the next one it would pass the tier by.
    assert woken == [True]
