"""A pushed mark price decides for the ladder, and for nothing that it cannot be sure of."""

from __future__ import annotations

import asyncio
import datetime as dt
import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fixtures.engine import House, occupied
from tests.fixtures.fakes import key, paper_leg
from tests.fixtures.pushes import PushedHouse
from tgtp.domain.ladder import Ladder
from tgtp.domain.plan import Rules
from tgtp.engine.ports import PushedPosition
from tgtp.errors import Problem

CRV = key()


@pytest.fixture
async def house(tmp_path: Path) -> PushedHouse:
    made = PushedHouse(tmp_path, paper_leg())
    await made.begin()
    return made


async def test_a_wick_between_two_checks_fires_its_tier_once(house: PushedHouse) -> None:
    house.push_roi(CRV, 26)
    await house.decider.act()
    assert (house.closed(), house.fired(CRV), house.decider.fired) == ([Decimal(30)], [1], 1)
    assert house.woken == 1, "the account is looked at as after every order"
    house.set_roi(CRV, 5)
    await house.check(3)
    assert house.closed() == [Decimal(30)]


async def test_the_numbers_of_the_order_are_those_of_the_push(house: PushedHouse) -> None:
    house.push_roi(CRV, 27, late=0.2)
    await house.decider.act()
    (event,) = house.listener.of("tier_filled")
    basis = event.intent.basis
    assert (basis.roi, basis.mark_price) == (Decimal("0.27"), house.prices.marks[CRV.instrument_id])
    assert basis.initial_margin == Decimal("51.35"), "cross margin follows the mark"
    assert basis.pushed_age == Decimal("0.200")


async def test_a_jump_fires_the_tiers_one_by_one_with_a_look_between(house: PushedHouse) -> None:
    for _ in range(3):
        house.push_roi(CRV, 60)
        await house.decider.act()
        house.push_roi(CRV, 60)
        await house.decider.act()
        house.clock.forward(2)
        house.heard()
        await house.check(every=0)
    assert house.fired(CRV) == [1, 2, 3]
    assert house.closed() == [Decimal(30), Decimal(35), Decimal(17)]


async def _old_mark(house: PushedHouse) -> None:
    house.push_roi(CRV, 26, late=0.5)


async def _slow_loop(house: PushedHouse) -> None:
    house.push_roi(CRV, 26)
    house.clock.forward(0.5)


async def _first(house: PushedHouse) -> None:
    house.push_roi(CRV, 26, is_first=True)


async def _backwards(house: PushedHouse) -> None:
    house.clock.forward(1)
    house.push(CRV.instrument_id, house.prices.marks[CRV.instrument_id])
    house.push_roi(CRV, 26, late=0.1)


async def _ahead(house: PushedHouse) -> None:
    house.push_roi(CRV, 26, late=-1.5)


async def _jump(house: PushedHouse) -> None:
    house.push(CRV.instrument_id, Decimal("6.1"))


async def _old_look(house: PushedHouse) -> None:
    house.clock.forward(12.5)
    house.heard()
    house.push_roi(CRV, 26)


async def _unheard(house: PushedHouse) -> None:
    house.stream.heard_at = house.clock.monotonic() - 26
    house.push_roi(CRV, 26)


async def _lost(house: PushedHouse) -> None:
    house.lose()
    house.push_roi(CRV, 26)


async def _regained(house: PushedHouse) -> None:
    house.lose()
    house.decider.regained("private")
    house.push_roi(CRV, 26)


async def _order(house: PushedHouse) -> None:
    house.push_order(CRV)
    house.push_roi(CRV, 26)


async def _grown(house: PushedHouse) -> None:
    house.push_position(CRV, contracts=Decimal(101))
    house.push_roi(CRV, 26)


async def _leverage(house: PushedHouse) -> None:
    house.push_position(CRV, leverage=Decimal(20))
    house.push_roi(CRV, 26)


async def _leverage_of_any_leg(house: PushedHouse) -> None:
    house.decider.position(PushedPosition("", None, None, None, None, None, None, house.clock.monotonic()))
    house.push_roi(CRV, 26)


async def _unreadable_row(house: PushedHouse) -> None:
    house.push_position(CRV, entry_price=None)
    house.push_roi(CRV, 26)


async def _look_from_before(house: PushedHouse) -> None:
    # The row of a look may be older than what was pushed before it.
    shown = house.checker.last_good
    assert shown is not None
    house.push_position(CRV, contracts=Decimal(90), at=shown.legs[0].adjusted_at + dt.timedelta(seconds=1))
    house.clock.forward(1)
    await house.check(every=0)
    house.push_roi(CRV, 26)


async def _look_from_before_a_close(house: PushedHouse) -> None:
    # In net mode what is closed has no side any more: the row does not say which leg it was.
    shown = house.checker.last_good
    assert shown is not None
    at = shown.legs[0].adjusted_at + dt.timedelta(seconds=1)
    house.decider.position(PushedPosition(CRV.instrument_id, None, Decimal(0), None, None, None, at, house.clock.monotonic()))
    house.clock.forward(1)
    await house.check(every=0)
    house.push_roi(CRV, 26)


async def _unwatched(house: PushedHouse) -> None:
    house.book.lost("public", Problem("problem.unforeseen", what="KeyError"))
    house.push_roi(CRV, 26)


async def _deaf(house: PushedHouse) -> None:
    # A look shows that somebody has closed something, and nothing was pushed of that.
    house.decider.take_look()
    held = house.leg(CRV)
    house.paper.put_leg(held.smaller(Decimal(90), house.clock.now(), Decimal(0), Decimal(0)))
    await house.check(every=0)
    house.push_roi(CRV, 26)


async def _paused(house: PushedHouse) -> None:
    house.actions.pause("*", by=1)
    house.push_roi(CRV, 26)


async def _stopping(house: PushedHouse) -> None:
    house.checker.stopping = True
    house.push_roi(CRV, 26)


@pytest.mark.parametrize(
    "what",
    [
        _old_mark, _slow_loop, _first, _backwards, _ahead, _jump, _old_look, _unheard, _lost, _regained, _order, _grown,
        _leverage, _leverage_of_any_leg, _unreadable_row, _look_from_before, _look_from_before_a_close, _unwatched,
        _deaf, _paused, _stopping,
    ],
    ids=lambda each: each.__name__.strip("_"),
)  # fmt: skip
async def test_what_is_not_sure_only_wakes_a_check(house: PushedHouse, what: Callable[[PushedHouse], object]) -> None:
    await what(house)  # type: ignore[misc]
    await house.decider.act()
    assert (house.closed(), house.fired(CRV)) == ([], [])
    assert house.woken == 1


async def test_a_position_that_is_as_it_was_is_in_nobodys_way(house: PushedHouse) -> None:
    house.push_position(CRV)
    house.push_roi(CRV, 26)
    await house.decider.act()
    assert house.fired(CRV) == [1]


async def test_a_touch_that_is_over_when_its_turn_comes_is_counted(house: PushedHouse) -> None:
    async with occupied(house.checker):
        house.push_roi(CRV, 26)
        deciding = asyncio.create_task(house.decider.act())
        await asyncio.sleep(0)
        house.push_roi(CRV, 24)
    await deciding
    house.clock.forward(1)
    await house.check()
    house.decider.take_look()
    assert (house.closed(), house.decider.missed, house.decider.obstacles) == ([], 1, {"gone": 1})
    assert list(house.decider.missed_ages) == [0.0]


async def test_a_touch_that_a_check_still_finds_is_not_missed(house: PushedHouse) -> None:
    house.push_roi(CRV, 26, late=0.5)
    await house.decider.act()
    house.clock.forward(1)
    await house.check()
    house.decider.take_look()
    assert (house.fired(CRV), house.decider.missed, house.decider.obstacles) == ([1], 0, {"old_mark": 1})


async def test_a_touch_right_after_a_decision_is_decided_a_second_later(house: PushedHouse) -> None:
    house.push_roi(CRV, 26, late=0.5)
    await house.decider.act()
    house.clock.forward(0.5)
    house.push_roi(CRV, 26)
    await house.decider.act()
    assert house.closed() == []
    house.clock.forward(0.5)
    house.push_roi(CRV, 26)
    await house.decider.act()
    assert house.closed() == [Decimal(30)]


async def test_a_check_that_was_quicker_has_fired_the_tier_alone(house: PushedHouse) -> None:
    house.push_roi(CRV, 26)
    await house.check(every=0)
    await house.decider.act()
    await house.check(2)
    assert (house.closed(), house.decider.missed) == ([Decimal(30)], 0)


async def test_a_price_that_dances_on_a_threshold_makes_one_decision_a_second(tmp_path: Path) -> None:
    # Its margin is over the gate, but there is no leave to trade: each decision asks in vain.
    house = PushedHouse(tmp_path, paper_leg())
    await house.begin()
    house.actions.pause("*", by=1)
    turns = 0

    async def fire(_: object) -> tuple[()]:
        nonlocal turns
        turns += 1
        return ()

    house.checker.fire = fire  # type: ignore[method-assign, assignment]
    for step in range(50):
        house.push_roi(CRV, 26 if step % 2 else 24)
        await house.decider.act()
        house.clock.forward(0.1)
    assert turns == 5
    assert 4 <= house.woken <= 6


async def test_the_turn_of_a_pair_is_for_a_look(tmp_path: Path) -> None:
    short = key(side="short")
    house = PushedHouse(tmp_path, paper_leg(entry_price="5"), paper_leg(side="short", entry_price="4.9"))
    house.prices.marks[CRV.instrument_id] = Decimal("4.95")
    await house.begin()
    house.push(CRV.instrument_id, Decimal("4.96"))
    await house.decider.act()
    assert house.woken == 0, "both legs stand as they stood"
    house.push_roi(CRV, 1)
    await house.decider.act()
    assert house.woken == 1
    await house.check(every=0)
    assert house.held(short) < 100


@settings(max_examples=40, deadline=None)
@given(
    side=st.sampled_from(["long", "short"]),
    mode=st.sampled_from(["cross", "isolated"]),
    contracts=st.decimals(1, 400, places=0),
    leverage=st.integers(1, 50),
    rois=st.lists(st.integers(-30, 70), min_size=1, max_size=4),
)
def test_it_sends_what_a_check_would_send_at_that_price(
    side: str, mode: str, contracts: Decimal, leverage: int, rois: list[int]
) -> None:
    async def scenario() -> None:
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
            held = paper_leg(side=side, mode=mode, contracts=contracts, leverage=leverage, entry_price="0.1")
            rules = Rules(long=Ladder.parse("25:30,35:50,50:50"), short=Ladder.parse("35:30,45:50,55:50"))
            pushed, looked = PushedHouse(Path(one), held, rules=rules), House(Path(other), held, rules=rules)
            name = key(side=side, mode=mode)
            # A little beyond: right at a threshold a price with a tick has an exact ROI, and these have none.
            for roi in (number + Decimal("0.001") for number in rois):
                left = pushed.paper.leg(name)
                # A cross leg that only the new price lifts above the gate is left to the next look.
                if left is None or (mode == "cross" and left.contracts * Decimal("0.1") / leverage <= 1):
                    break
                pushed.set_roi(name, 0)
                looked.set_roi(name, 0)
                await pushed.begin()
                await looked.check(every=0)
                pushed.push_roi(name, roi)
                looked.set_roi(name, roi)
                await pushed.decider.act()
                await looked.check(every=0)
                pushed.set_roi(name, 0)
                looked.set_roi(name, 0)
                pushed.clock.forward(10)
                looked.clock.forward(10)
                pushed.heard()
                assert pushed.closed() == looked.closed()
                assert pushed.fired(name) == looked.fired(name)

    asyncio.run(scenario())


async def test_an_account_that_was_deaf_is_decided_for_again_when_it_is_heard(house: PushedHouse) -> None:
    await _deaf(house)
    house.push_order(CRV)
    house.clock.forward(1.1)
    house.heard()
    house.set_roi(CRV, 0)
    await house.check(every=1)
    house.heard()
    house.push_roi(CRV, 26)
    await house.decider.act()
    assert house.closed() == [Decimal(27)]
