"""What every exchange owes upkeep: buying, moving margin, and what the account has free, in every mode and contract size."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from tests.fixtures.exchanges import OkxWorld, PaperWorld, World, held, look, named
from tests.fixtures.okx_engine import intent_for, okx_on
from tests.simulation.exchange.server import OkxServer
from tgtp.domain.model import Leg, LegKey, MarginMode, PositionMode
from tgtp.domain.order import Intent, MarginMove, OrderStatus
from tgtp.errors import OrderRefused

D = Decimal
ISOLATED = MarginMode.ISOLATED
FEE = D("0.0005")


@pytest.fixture(params=["10", "1", "0.1"], ids=lambda size: f"size{size}")
def size(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=list(PositionMode), ids=lambda mode: mode.value)
def mode(request: pytest.FixtureRequest) -> PositionMode:
    return PositionMode(request.param)


@pytest.fixture(params=["paper", "okx"])
async def world(request: pytest.FixtureRequest, size: str, mode: PositionMode) -> AsyncIterator[World]:
    if request.param == "paper":
        paper = PaperWorld(size, mode)
        yield paper
        await paper.exchange.close()
        return
    async with OkxServer() as server, okx_on(server) as okx:
        # Asked far more often than any program would.
        server.limits = None
        yield OkxWorld(server, okx, size, mode)


def near(value: Any) -> Any:
    """Average prices have ten places."""
    return pytest.approx(D(value), abs=D("1e-7"))


def buying(leg: Leg, contracts: Any) -> Intent:
    return intent_for(leg, contracts).replaced(rule="buy", tag="m1buy", tier=None)


def cutting(leg: Leg, contracts: Any) -> Intent:
    return intent_for(leg, contracts).replaced(rule="cut", tag="m1cut", tier=None)


async def opened(world: World, contracts: Any, key: LegKey | None = None, *, added: Any = 0) -> Leg:
    """A leg at the start price, of 3 U a contract, at 10x."""
    leg_key = key or named(margin_mode=ISOLATED)
    world.open(leg_key, contracts, str(world.start))
    leg = await look(world, leg_key)
    return await moved(world, leg, added) if added else leg


async def move(world: World, leg: Leg, amount: Any) -> None:
    wanted = MarginMove(leg=leg.key, position_mode=leg.position_mode, amount=D(amount), margin=leg.initial_margin)
    await world.exchange.move_margin(wanted)


async def moved(world: World, leg: Leg, amount: Any) -> Leg:
    await move(world, leg, amount)
    return await look(world, leg.key)


async def refusal(world: World, leg: Leg, amount: Any) -> str:
    """Move margin that will be refused, and give the code."""
    free = await available(world)
    with pytest.raises(OrderRefused) as refused:
        await move(world, leg, amount)
    assert refused.value.reason
    assert (await look(world, leg.key)).initial_margin == leg.initial_margin
    assert await available(world) == free
    return refused.value.code


async def available(world: World) -> Decimal:
    found = (await world.exchange.snapshot()).available
    assert found is not None
    return found


@pytest.mark.parametrize("side", ["long", "short"])
@pytest.mark.parametrize("margin_mode", list(MarginMode))
async def test_a_buy_and_a_cut(world: World, mode: PositionMode, margin_mode: MarginMode, side: str) -> None:
    before = await opened(world, "10", named(side, margin_mode))
    assert before.position_mode is mode
    # 10 contracts of 3.2 U, and 5 more of them.
    world.mark(world.start * D("3.2") / 3)
    before, free = await look(world, before.key), await available(world)
    intent = buying(before, "5")
    await world.exchange.submit(intent)
    order = await world.exchange.find_order(intent)
    assert order is not None
    assert (order.status, order.filled_contracts, order.realised_pnl) == (OrderStatus.FILLED, D(5), D(0))
    assert order.fee == near(16 * FEE)
    large = await look(world, before.key)
    assert (large.contracts, large.opened_at) == (D(15), before.opened_at)
    # The leg is never shown older than the fill.
    assert before.adjusted_at < order.updated_at <= large.adjusted_at
    assert large.entry_price == near((10 * world.start + 5 * world.start * D("3.2") / 3) / 15)
    assert large.unrealised_pnl == near(before.unrealised_pnl)
    assert large.initial_margin - before.initial_margin == near("1.6")
    assert large.realised_pnl - before.realised_pnl == near(-order.fee)
    # What it binds and costs is no longer free.
    assert await available(world) == near(free - D("1.6") - order.fee)
    cut = cutting(large, "5")
    await world.exchange.submit(cut)
    closed = await world.exchange.find_order(cut)
    small = await look(world, before.key)
    assert closed is not None
    assert (small.contracts, small.entry_price) == (D(10), large.entry_price)
    # The third of its margin that goes with the third of its size is free, and so is what that third has won.
    released = large.initial_margin - small.initial_margin
    assert released == near(large.initial_margin / 3)
    gained = closed.realised_pnl if margin_mode is ISOLATED else 0
    assert await available(world) == near(free - D("1.6") - order.fee + released + gained - closed.fee)


@pytest.mark.parametrize("margin_mode", list(MarginMode))
async def test_a_buy_that_the_account_cannot_pay_is_refused(world: World, margin_mode: MarginMode) -> None:
    leg = await opened(world, "10", named(margin_mode=margin_mode))
    # 50 contracts bind 15 U.
    world.pay(D("14.99") - await available(world))
    intent = buying(leg, "50")
    with pytest.raises(OrderRefused) as refused:
        await world.exchange.submit(intent)
    assert refused.value.code == "51008"
    assert await world.exchange.find_order(intent) is None
    assert await held(world, leg.key) == 10
    world.pay(D("0.1"))
    await world.exchange.submit(buying(leg, "50"))
    assert await held(world, leg.key) == 60


@pytest.mark.parametrize(("contracts", "code"), [("0.4", "51020"), ("1.23", "51121"), ("50.1", "51202")])
async def test_a_buy_keeps_to_lots_and_limits(world: World, contracts: str, code: str) -> None:
    leg = await opened(world, "10")
    with pytest.raises(OrderRefused) as refused:
        await world.exchange.submit(buying(leg, contracts))
    assert refused.value.code == code
    assert await held(world, leg.key) == 10


async def test_a_buy_into_a_leg_that_was_closed_meanwhile_opens_another(world: World) -> None:
    leg = await opened(world, "10")
    world.drop(leg.key)
    await world.exchange.submit(buying(leg, "5"))
    anew = await look(world, leg.key)
    assert (anew.contracts, anew.leverage) == (D(5), leg.leverage)
    assert anew.opened_at > leg.opened_at
    assert anew.initial_margin == near("1.5")


@pytest.mark.parametrize("side", ["long", "short"])
async def test_a_buy_leaves_the_other_margin_mode_alone(world: World, side: str) -> None:
    leg = await opened(world, "10", named(side, ISOLATED))
    await opened(world, "10", named(side))
    await world.exchange.submit(buying(leg, "5"))
    assert (await held(world, leg.key), await held(world, named(side))) == (D(15), D(10))


@pytest.mark.parametrize("side", ["long", "short"])
async def test_margin_leaves_in_two_steps_and_comes_back(world: World, side: str) -> None:
    free = await available(world)
    leg = await opened(world, "33", named(side, ISOLATED), added="10.39")
    assert leg.initial_margin == D("20.29")
    assert await available(world) == near(free - D("20.29"))
    shown = (leg.roi, leg.contracts, leg.entry_price, leg.opened_at)
    for margin in ("15.29", "10.29"):
        leg = await moved(world, leg, -5)
        assert leg.initial_margin == D(margin)
        assert await available(world) == near(free - D(margin))
    assert await refusal(world, leg, -5) == "59301"
    leg = await moved(world, leg, "4.71")
    assert leg.initial_margin == 15
    assert (leg.roi, leg.contracts, leg.entry_price, leg.opened_at) == shown


async def test_as_much_as_can_be_withdrawn_and_not_a_cent_more(world: World) -> None:
    leg = await opened(world, "33", added=5)
    assert await refusal(world, leg, "-5.01") == "59301"
    assert (await moved(world, leg, -5)).initial_margin == D("9.9")


@pytest.mark.parametrize(("side", "push"), [("long", "-0.01"), ("short", "0.01")])
async def test_what_a_leg_has_lost_cannot_be_withdrawn(world: World, side: str, push: str) -> None:
    await opened(world, "33", named(side, ISOLATED), added=5)
    world.mark(world.start * (1 + D(push)))
    leg = await look(world, named(side, ISOLATED))
    most = leg.initial_margin + leg.unrealised_pnl - leg.notional / leg.leverage
    assert most < 5
    assert await refusal(world, leg, -(most + D("0.01"))) == "59301"
    assert (await moved(world, leg, -(most - D("0.01")))).initial_margin == near(leg.initial_margin - most + D("0.01"))


@pytest.mark.parametrize(("side", "push"), [("long", "0.01"), ("short", "-0.01")])
async def test_what_a_leg_has_won_is_no_margin(world: World, side: str, push: str) -> None:
    await opened(world, "33", named(side, ISOLATED), added=5)
    world.mark(world.start * (1 + D(push)))
    leg = await look(world, named(side, ISOLATED))
    most = leg.initial_margin - leg.notional / leg.leverage
    assert await refusal(world, leg, -(most + D("0.01"))) == "59301"
    await moved(world, leg, -(most - D("0.01")))


async def test_more_margin_than_the_account_has_is_refused(world: World) -> None:
    leg = await opened(world, "33")
    assert await refusal(world, leg, await available(world) + D("0.01")) == "51008"
    leg = await moved(world, leg, await available(world))
    assert await available(world) == near(0)


@pytest.mark.parametrize("amount", [5, -5])
async def test_margin_of_a_leg_that_is_none_or_cross_is_refused(world: World, amount: int) -> None:
    cross = await opened(world, "33", named())
    assert await refusal(world, cross, amount) == "59300"
    gone = await opened(world, "33", added=10)
    world.drop(gone.key)
    with pytest.raises(OrderRefused) as refused:
        await move(world, gone, amount)
    assert refused.value.code == "59300"


async def test_a_close_takes_its_share_of_the_margin_along(world: World) -> None:
    leg = await opened(world, "33", added="10.1")
    await world.exchange.submit(cutting(leg, "16.5"))
    assert (await look(world, leg.key)).initial_margin == 10


@pytest.mark.parametrize("side", ["long", "short"])
async def test_only_a_cross_leg_moves_what_is_free(world: World, side: str) -> None:
    await opened(world, "10", named(side, ISOLATED))
    free = await available(world)
    world.mark(world.start * D("1.01"))
    assert await available(world) == near(free)
    world.mark(world.start)
    await opened(world, "10", named(side))
    free = await available(world)
    world.mark(world.start * D("1.01"))
    leg = await look(world, named(side))
    # 3 % of 10 U are won or lost, and what it binds has grown.
    assert await available(world) == near(free + leg.unrealised_pnl - (leg.initial_margin - 3))
    assert abs(leg.unrealised_pnl) == near("0.3")
