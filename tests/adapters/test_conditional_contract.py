"""What every exchange on which a tier can rest owes the engine: the paper account and OKX over HTTP side by side."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from tests.fixtures.exchanges import OPENED_AT, STX, OkxWorld, PaperWorld, World, held, look, named, near
from tests.fixtures.fakes import mark_at
from tests.fixtures.okx_engine import intent_for, okx_on
from tests.simulation.exchange.server import OkxServer
from tgtp.domain.model import LegKey, MarginMode, PositionMode
from tgtp.domain.order import OrderStatus
from tgtp.domain.resting.conditional import Conditional, RestingTier, resting_name
from tgtp.engine.ports import ConditionalOrders
from tgtp.errors import OrderRefused

ENTRY = "0.3"
NET = PositionMode.NET


@pytest.fixture(params=["paper", "okx"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    mode = NET if "net_mode" in request.node.name else PositionMode.LONG_SHORT
    if request.param == "paper":
        paper = PaperWorld(mode=mode)
        yield paper
        await paper.exchange.close()
        return
    async with OkxServer() as server, okx_on(server) as okx:
        server.limits = None
        yield OkxWorld(server, okx, mode=mode)


@pytest.fixture(params=["long", "short"])
def side(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def orders(world: World) -> ConditionalOrders:
    found = world.exchange.conditional
    assert found is not None
    return found


def trigger_at(roi: str, side: str) -> Decimal:
    """Give the price of a ROI (in percent), on a tick, at which the ROI is not below it."""
    return mark_at(ENTRY, roi, side).quantize(Decimal("0.0001"))


def tier(
    leg: LegKey,
    number: int = 1,
    contracts: str = "6",
    roi: str = "20",
    *,
    placing: int = 0,
    mode: PositionMode = PositionMode.LONG_SHORT,
) -> RestingTier:
    return RestingTier(
        name=resting_name("main", leg, OPENED_AT, 0, number, placing),
        leg=leg,
        opened_at=OPENED_AT,
        position_mode=mode,
        tier=number,
        contracts=Decimal(contracts),
        trigger_price=trigger_at(roi, leg.position_side.value),
    )


async def found(world: World, one: RestingTier) -> Conditional:
    shown = await orders(world).find(one.name)
    assert shown is not None
    return shown


async def test_one_that_waits_is_shown_and_found(world: World, side: str) -> None:
    leg = named(side, MarginMode.ISOLATED)
    world.open(leg, "20", ENTRY)
    one = tier(leg)
    assert await orders(world).find(one.name) is None
    algo_id = await orders(world).place(one)
    (shown,) = await orders(world).live()
    assert shown == await orders(world).find(one.name)
    assert (shown.algo_id, shown.name, shown.is_ours) == (algo_id, one.name, True)
    assert (shown.leg, shown.position_side, shown.side) == (leg, leg.position_side, leg.position_side.closing)
    assert (shown.contracts, shown.trigger_price, shown.trigger_type) == (Decimal(6), one.trigger_price, "mark")
    assert (shown.status, shown.order_ids, shown.code) == ("live", (), "")
    assert await orders(world).fills(shown) is None
    world.mark(mark_at(ENTRY, "19.9", side))
    assert await held(world, leg) == 20
    assert len(await orders(world).live()) == 1


async def test_net_mode_knows_no_position_side(world: World, side: str) -> None:
    leg = named(side)
    world.open(leg, "20", ENTRY)
    await orders(world).place(tier(leg, mode=NET))
    (shown,) = await orders(world).live()
    assert (shown.position_side, shown.leg) == (None, leg)
    world.mark(mark_at(ENTRY, "20", side))
    assert await held(world, leg) == 14


@pytest.mark.parametrize("mode", list(MarginMode))
async def test_the_mark_price_fires_it(world: World, side: str, mode: MarginMode) -> None:
    leg = named(side, mode)
    world.open(leg, "20", ENTRY)
    other = named(side, MarginMode.CROSS if mode is MarginMode.ISOLATED else MarginMode.ISOLATED)
    world.open(other, "20", ENTRY)
    one, before = tier(leg), await look(world, leg)
    await orders(world).place(one)
    mark = mark_at(ENTRY, "26", side)
    world.mark(mark)
    after = await look(world, leg)
    shown = await found(world, one)
    order = await orders(world).fills(shown)
    assert (shown.status, len(shown.order_ids), await orders(world).live()) == ("effective", 1, ())
    assert order is not None
    assert (order.client_order_id, order.order_id, order.status) == (one.name, shown.order_ids[0], OrderStatus.FILLED)
    assert (order.filled_contracts, order.average_price) == (Decimal(6), near(mark))
    assert (order.fee, order.realised_pnl) == (near(60 * mark * Decimal("0.0005")), near("0.468"))
    assert before.contracts - after.contracts == order.filled_contracts
    assert after.opened_at == before.opened_at
    assert shown.created_at <= order.updated_at <= after.adjusted_at
    assert await held(world, other) == 20


async def test_a_jump_fires_all_that_it_passes_the_nearest_first(world: World, side: str) -> None:
    leg = named(side)
    world.open(leg, "20", ENTRY)
    ladder = [tier(leg, 3, "3.5", "40"), tier(leg, 1, "6", "20"), tier(leg, 2, "7", "30")]
    for one in ladder:
        await orders(world).place(one)
    world.mark(mark_at(ENTRY, "45", side))
    assert await held(world, leg) == Decimal("3.5")
    fills = [await orders(world).fills(await found(world, one)) for one in ladder]
    assert [order.filled_contracts for order in fills if order] == [Decimal("3.5"), Decimal(6), Decimal(7)]
    ids = [order.order_id for order in fills if order]
    assert ids[1] < ids[2] < ids[0]


async def test_a_trigger_that_is_met_already_fires_at_once(world: World, side: str) -> None:
    leg = named(side)
    world.open(leg, "20", ENTRY)
    world.mark(trigger_at("20", side))
    await orders(world).place(tier(leg))
    assert await held(world, leg) == 14


async def test_never_more_than_is_held(world: World, side: str) -> None:
    leg = named(side)
    world.open(leg, "20", ENTRY)
    one, two = tier(leg, 1, "6", "20"), tier(leg, 2, "7", "30")
    await orders(world).place(one)
    await orders(world).place(two)
    # What waits binds nothing: all but 2 can be closed.
    await world.exchange.submit(intent_for(await look(world, leg), "18"))
    world.mark(mark_at(ENTRY, "35", side))
    assert await held(world, leg) == 0
    order = await orders(world).fills(await found(world, one))
    assert order is not None
    assert order.filled_contracts == 2
    assert (await found(world, two)).status == "canceled"


async def test_it_ends_with_the_life_of_its_leg(world: World, side: str) -> None:
    leg = named(side)
    world.open(leg, "20", ENTRY)
    await orders(world).place(tier(leg))
    world.drop(leg)
    assert await orders(world).live() == ()
    world.open(leg, "20", ENTRY)
    world.mark(mark_at(ENTRY, "45", side))
    assert await held(world, leg) == 20
    assert (await found(world, tier(leg))).status == "canceled"


async def test_an_amended_one_has_its_new_size_and_trigger(world: World, side: str) -> None:
    leg = named(side)
    world.open(leg, "20", ENTRY)
    one = tier(leg)
    algo_id = await orders(world).place(one)
    other = tier(leg, contracts="7.5", roi="30")
    await orders(world).amend(algo_id, other)
    (shown,) = await orders(world).live()
    assert (shown.algo_id, shown.name, shown.trigger_type) == (algo_id, one.name, "mark")
    assert (shown.contracts, shown.trigger_price) == (Decimal("7.5"), other.trigger_price)
    world.mark(mark_at(ENTRY, "25", side))
    assert await held(world, leg) == 20
    world.mark(mark_at(ENTRY, "30", side))
    assert await held(world, leg) == Decimal("12.5")


async def test_a_cancelled_one_does_not_fire_and_its_name_is_used(world: World, side: str) -> None:
    leg = named(side)
    world.open(leg, "20", ENTRY)
    algo_id = await orders(world).place(tier(leg))
    await orders(world).cancel(STX, algo_id)
    assert await orders(world).live() == ()
    assert (await found(world, tier(leg))).status == "canceled"
    assert await code(orders(world).place(tier(leg))) == "51065"
    await orders(world).place(tier(leg, placing=1))
    world.mark(mark_at(ENTRY, "25", side))
    assert await held(world, leg) == 14


async def code(act: object) -> str:
    """Give the code that something is refused with."""
    with pytest.raises(OrderRefused) as caught:
        await act  # type: ignore[misc]
    assert caught.value.reason
    return caught.value.code


async def test_what_is_refused_on_placing(world: World) -> None:
    long, short = named("long"), named("short")
    world.open(long, "20", ENTRY)
    world.open(short, "20", ENTRY)
    for one, expected in (
        (tier(long, roi="-1"), "51303"),
        (tier(short, roi="-1"), "51300"),
        (tier(long, contracts="6.05"), "51121"),
        (tier(long, contracts="0.4"), "51020"),
        (tier(long, contracts="50.1"), "51202"),
        (tier(long).replaced(trigger_price=Decimal("0.31005")), "51000"),
        (tier(named("long", MarginMode.ISOLATED)), "51169"),
        (tier(long.replaced(instrument_id="NOWHERE-USDT-SWAP")), "51001"),
    ):
        assert await code(orders(world).place(one)) == expected
        assert await orders(world).find(one.name) is None
    assert await orders(world).live() == ()


async def test_what_comes_too_late(world: World) -> None:
    leg = named()
    world.open(leg, "20", ENTRY)
    one = tier(leg)
    fired, ended = await orders(world).place(one), await orders(world).place(tier(leg, 2, roi="50"))
    world.mark(mark_at(ENTRY, "20"))
    await orders(world).cancel(STX, ended)
    assert await code(orders(world).amend(fired, one)) == "51503"
    assert await code(orders(world).amend(ended, one)) == "51503"
    assert await code(orders(world).amend("1", one)) == "51503"
    assert await code(orders(world).cancel(STX, fired)) in {"51412", "51416"}
    assert await code(orders(world).cancel(STX, ended)) == "51400"
    assert await code(orders(world).cancel(STX, "1")) == "51400"
    assert await held(world, leg) == 14


async def test_an_amend_is_refused_as_a_placing_is(world: World) -> None:
    leg = named()
    world.open(leg, "20", ENTRY)
    algo_id = await orders(world).place(tier(leg))
    for one, expected in ((tier(leg, roi="-1"), "51303"), (tier(leg, contracts="6.05"), "51121")):
        assert await code(orders(world).amend(algo_id, one)) == expected
    (shown,) = await orders(world).live()
    assert (shown.contracts, shown.trigger_price) == (Decimal(6), tier(leg).trigger_price)
