"""What every exchange owes the engine: one suite, the paper account and OKX over HTTP side by side."""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from tests.fixtures.exchanges import OPENED_AT, SPEC, STX, OkxWorld, PaperWorld, World, held, look, named, near
from tests.fixtures.fakes import mark_at, paper_leg
from tests.fixtures.folders import ROOT
from tests.fixtures.okx_engine import intent_for, okx_on
from tests.simulation.exchange.server import OkxServer
from tgtp.domain.model import EPOCH, LegKey, MarginMode, PositionMode
from tgtp.domain.order import OrderStatus
from tgtp.errors import OrderRefused, OutcomeUnknown


@pytest.fixture(params=["paper", "okx"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if request.param == "paper":
        paper = PaperWorld()
        yield paper
        await paper.exchange.close()
        return
    async with OkxServer() as server, okx_on(server) as okx:
        # Asked far more often than any program would.
        server.limits = None
        yield OkxWorld(server, okx)


def test_every_exchange_is_held_to_this() -> None:
    exchanges = {
        node.name
        for path in (ROOT / "tgtp" / "adapters").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef) and any(isinstance(base, ast.Name) and base.id == "Exchange" for base in node.bases)
    }
    assert exchanges == {"PaperExchange", "Okx"}, (
        "a world in tests/fixtures/exchanges.py, and here and in test_upkeep_contract.py"
    )


@pytest.fixture(params=["cross", "isolated"])
def margin_mode(request: pytest.FixtureRequest) -> MarginMode:
    return MarginMode(request.param)


async def test_an_empty_account_has_no_legs(world: World) -> None:
    snapshot = await world.exchange.snapshot()
    assert (snapshot.legs, snapshot.unwatched, snapshot.unreadable) == ((), (), ())
    assert snapshot.taken_at.tzinfo is not None
    assert isinstance(snapshot.equity, Decimal)


async def test_the_profile_says_who_may_trade(world: World) -> None:
    profile = await world.exchange.profile()
    assert (profile.position_mode, profile.can_trade, profile.can_withdraw) == (PositionMode.LONG_SHORT, True, False)


@pytest.mark.parametrize(("side", "roi"), [("long", "26.5"), ("short", "26.5"), ("long", "-40"), ("short", "-40")])
async def test_a_leg_has_the_same_numbers_everywhere(world: World, side: str, roi: str, margin_mode: MarginMode) -> None:
    key = named(side, margin_mode)
    world.open(key, "20", "0.3")
    world.mark(mark_at("0.3", roi, side))
    leg = await look(world, key)
    assert leg.instrument == SPEC
    assert (leg.contracts, leg.entry_price, leg.leverage) == (Decimal(20), Decimal("0.3"), Decimal(10))
    assert leg.position_mode is PositionMode.LONG_SHORT
    assert leg.roi * 100 == near(roi)
    assert leg.unrealised_pnl == near(Decimal(roi) / 100 * 6)
    # Cross margin follows the mark price, isolated margin stays at the entry's.
    price = leg.mark_price if margin_mode is MarginMode.CROSS else leg.entry_price
    assert leg.initial_margin == near(20 * 10 * price / 10)
    assert leg.opened_at == leg.adjusted_at == OPENED_AT


@pytest.mark.parametrize("side", ["long", "short"])
async def test_an_order_fills_and_is_found_with_the_same_numbers(world: World, side: str, margin_mode: MarginMode) -> None:
    key = named(side, margin_mode)
    world.open(key, "20", "0.3")
    mark = mark_at("0.3", 26, side)
    world.mark(mark)
    intent = intent_for(await look(world, key), "6")
    assert await world.exchange.find_order(intent) is None
    assert await world.exchange.find_trades(intent) is None
    order_id = await world.exchange.submit(intent)
    order = await world.exchange.find_order(intent)
    assert order is not None
    assert await world.exchange.find_trades(intent) == order
    assert order.order_id == order_id
    assert (order.client_order_id, order.status) == (intent.client_order_id, OrderStatus.FILLED)
    assert order.filled_contracts == 6
    assert order.average_price == near(mark)
    assert order.fee == near(60 * mark * Decimal("0.0005"))
    # 26 % of the 1.8 U of entry margin that was closed.
    assert order.realised_pnl == near("0.468")
    assert order.order_id
    leg = await look(world, key)
    assert (leg.contracts, leg.entry_price, leg.opened_at) == (Decimal(14), Decimal("0.3"), OPENED_AT)
    assert leg.realised_pnl <= order.realised_pnl
    # The leg is never shown older than the fill: its row would be taken for stale.
    assert OPENED_AT < order.updated_at <= leg.adjusted_at


@pytest.mark.parametrize(("side", "limit", "fills"), [("long", "0.31", 0), ("long", "0.29", 6), ("short", "0.29", 0)])
async def test_an_order_with_a_limit_fills_at_that_or_better_or_not_at_all(
    world: World, side: str, limit: str, fills: int
) -> None:
    world.open(named(side), "20", "0.3")
    intent = intent_for(await look(world, named(side)), "6").replaced(limit_price=Decimal(limit))
    await world.exchange.submit(intent)
    order = await world.exchange.find_order(intent)
    assert order is not None
    assert order.status is (OrderStatus.FILLED if fills else OrderStatus.CANCELED)
    assert order.filled_contracts == fills
    assert await held(world, named(side)) == 20 - fills


async def test_a_second_order_of_one_name_changes_nothing(world: World) -> None:
    world.open(named(), "20", "0.3")
    leg = await look(world, named())
    first = intent_for(leg, "6", "tgsame")
    await world.exchange.submit(first)
    for again in ("6", "2"):
        with pytest.raises(OutcomeUnknown):
            await world.exchange.submit(intent_for(leg, again, "tgsame"))
    order = await world.exchange.find_order(first)
    assert order is not None
    assert order.filled_contracts == 6
    assert await held(world, named()) == 14


@pytest.mark.parametrize(("contracts", "code"), [("6.05", "51121"), ("0.4", "51020"), ("20.1", "51112"), ("50.1", "51202")])
async def test_what_does_not_fit_is_rejected(world: World, contracts: str, code: str, margin_mode: MarginMode) -> None:
    key = named("short", margin_mode)
    world.open(key, "20", "0.3")
    intent = intent_for(await look(world, key), contracts)
    with pytest.raises(OrderRefused) as caught:
        await world.exchange.submit(intent)
    assert (caught.value.code, bool(caught.value.reason)) == (code, True)
    assert await world.exchange.find_order(intent) is None
    assert await held(world, key) == 20


@pytest.mark.parametrize("other", [named("short"), named("long", MarginMode.ISOLATED)], ids=str)
async def test_a_leg_that_is_gone_is_not_opened_anew(world: World, other: LegKey) -> None:
    world.open(named(), "20", "0.3")
    world.open(other, "20", "0.3")
    intent = intent_for(await look(world, named()), "6")
    world.drop(named())
    with pytest.raises(OrderRefused) as caught:
        await world.exchange.submit(intent)
    assert caught.value.code == "51169"
    assert await world.exchange.find_order(intent) is None
    assert await held(world, named()) == 0
    assert await held(world, other) == 20


async def test_an_instrument_that_does_not_exist(world: World) -> None:
    world.open(named(), "20", "0.3")
    intent = intent_for(await look(world, named()), "6")
    nowhere = intent.replaced(leg=intent.leg.replaced(instrument_id="NOWHERE-USDT-SWAP"))
    with pytest.raises(OrderRefused) as caught:
        await world.exchange.submit(nowhere)
    assert caught.value.code == "51001"


async def test_closing_all_removes_the_leg_and_nothing_else(world: World, margin_mode: MarginMode) -> None:
    world.open(named("long", margin_mode), "20", "0.3")
    world.open(named("short", margin_mode), "20", "0.3")
    leg = await look(world, named("long", margin_mode))
    intent = intent_for(leg, "20")
    await world.exchange.submit(intent)
    assert [one.key for one in (await world.exchange.snapshot()).legs] == [named("short", margin_mode)]
    with pytest.raises(OrderRefused):
        await world.exchange.submit(intent_for(leg, "1"))
    order = await world.exchange.find_order(intent)
    assert order is not None
    assert order.filled_contracts == 20


async def test_a_leg_that_others_closed_is_on_record(world: World) -> None:
    world.open(named(), "20", "0.3")
    begun = (await world.exchange.snapshot()).taken_at - dt.timedelta(minutes=1)
    leg = await look(world, named())
    assert await world.exchange.closes_since(begun) == ()
    world.drop(named())
    (record,) = await world.exchange.closes_since(begun)
    assert (record.leg, record.opened_at, record.whole) == (leg.key, leg.opened_at, True)
    assert record.at > begun


async def test_opened_again_is_another_life(world: World) -> None:
    world.open(named(), "20", "0.3")
    before = await look(world, named())
    world.drop(named())
    if isinstance(world, PaperWorld):
        later = paper_leg(STX, contracts=20, entry_price="0.3", opened_at=OPENED_AT + dt.timedelta(seconds=1))
        world.paper.put_leg(later)
    elif isinstance(world, OkxWorld):
        world.account.open_leg(STX, "long", "20", "0.3")
    after = await look(world, named())
    assert after.key == before.key
    assert after.opened_at > before.opened_at


async def test_contracts_never_grow(world: World) -> None:
    """Whatever is sent, in whatever order, no leg is ever larger than before."""
    keys = [named(side, mode) for side in ("long", "short") for mode in MarginMode]
    for key in keys:
        world.open(key, "20", "0.3")
    legs = [await look(world, key) for key in keys]
    sizes = {key: Decimal(20) for key in keys}
    for contracts in ("6", "0.05", "14", "19", "0.7", "25", "60", "0.1", "0.5", "20"):
        for leg in legs:
            try:
                await world.exchange.submit(intent_for(leg, contracts))
            except OrderRefused:
                expected = sizes[leg.key]
            else:
                expected = sizes[leg.key] - Decimal(contracts)
            now = {key: await held(world, key) for key in keys}
            assert now == sizes | {leg.key: expected}
            sizes = now


@pytest.mark.parametrize("side", ["long", "short"])
async def test_at_its_break_even_price_a_leg_ends_at_nothing(world: World, side: str, margin_mode: MarginMode) -> None:
    key = named(side, margin_mode)
    world.open(key, "20", "0.3")
    leg = await look(world, key)
    assert leg.break_even_price is not None
    assert leg.fees is not None
    # Against the leg by what closing costs: nobody breaks even at the entry.
    assert leg.position_side.sign * (leg.break_even_price - leg.entry_price) > 0
    assert leg.funding == 0
    world.mark(leg.break_even_price)
    intent = intent_for(leg, "20")
    await world.exchange.submit(intent)
    order = await world.exchange.find_order(intent)
    assert order is not None
    # What opening has cost is in it where the exchange has charged it.
    assert order.realised_pnl - order.fee == near(leg.fees)


async def test_fees_of_a_life_add_up(world: World, margin_mode: MarginMode) -> None:
    key = named("long", margin_mode)
    world.open(key, "20", "0.3")
    world.mark(Decimal("0.33"))
    before = await look(world, key)
    intent = intent_for(before, "6")
    await world.exchange.submit(intent)
    order = await world.exchange.find_order(intent)
    after = await look(world, key)
    assert order is not None
    assert after.fees is not None
    assert before.fees is not None
    assert after.fees - before.fees == near(order.fee)
    assert order.fee > 0


async def test_bars_of_the_mark_price_come_oldest_first(world: World) -> None:
    now = (await world.exchange.snapshot()).taken_at.replace(second=0, microsecond=0)
    minutes = [now - dt.timedelta(minutes=back) for back in (3, 2, 1)]
    world.lived(dict(zip(minutes, [("0.3", "0.31"), ("0.31", "0.29"), ("0.29", "0.3")], strict=True)))
    candles = await world.exchange.mark_candles(STX, minutes[1])
    assert [candle.opened_at for candle in candles] == minutes[1:]
    falling = candles[0]
    assert (falling.open, falling.high, falling.low, falling.close) == (*map(Decimal, ("0.31", "0.31", "0.29", "0.29")),)


async def test_an_instrument_without_a_record_has_no_bars(world: World) -> None:
    now = (await world.exchange.snapshot()).taken_at
    assert await world.exchange.mark_candles("NOWHERE-USDT-SWAP", now - dt.timedelta(days=1)) == ()


async def test_pages_of_hours_go_back_in_time(world: World) -> None:
    begun = (await world.exchange.snapshot()).taken_at.replace(minute=0, second=0, microsecond=0)
    gap = {begun - dt.timedelta(hours=back) for back in (3, 150, 151)}
    world.lack(gap)
    found: list[dt.datetime] = []
    before: dt.datetime | None = None
    while len(found) < 800:
        page = await world.exchange.hour_bars(STX, before)
        assert 98 <= len(page) <= 100
        found = [*(bar.opened_at for bar in page), *found]
        before = page[0].opened_at
    # The hour that has begun is not over; nothing comes twice, and nothing but the gaps is missing.
    hours = [begun - dt.timedelta(hours=back) for back in range(len(found) + len(gap), 0, -1)]
    assert found == [at for at in hours if at not in gap]


async def test_an_instrument_without_hours(world: World) -> None:
    assert await world.exchange.hour_bars("NOWHERE-USDT-SWAP") == ()


async def test_an_account_that_was_never_funded(world: World) -> None:
    now = (await world.exchange.snapshot()).taken_at
    assert await world.exchange.funding_since(now - dt.timedelta(days=30)) == 0


async def test_what_changes_the_usdt_equity_is_in_the_book(world: World, margin_mode: MarginMode) -> None:
    key = named("long", margin_mode)
    world.open(key, "20", "0.3")
    world.mark(Decimal("0.33"))
    before = await world.exchange.snapshot()
    since = before.taken_at - dt.timedelta(seconds=5)
    assert await world.exchange.bills_since(since) == ()
    intent = intent_for(await look(world, key), "6")
    await world.exchange.submit(intent)
    world.transfer(Decimal(-250))
    order, after = await world.exchange.find_order(intent), await world.exchange.snapshot()
    bills = await world.exchange.bills_since(since)
    assert bills is not None
    assert order is not None
    found = [(bill.kind, near(bill.amount), bill.is_profit) for bill in bills]
    assert found == [("trade", order.realised_pnl - order.fee, True), ("transfer", Decimal(-250), False)]
    assert len({bill.bill_id for bill in bills}) == 2
    assert all(bill.at >= since for bill in bills)
    # Profit that was realised is no longer unrealised: all of the change is in the book.
    assert before.usdt is not None
    assert after.usdt is not None
    assert after.usdt.unrealised_pnl == near("4.2")
    cash = [seen.equity - seen.unrealised_pnl for seen in (before.usdt, after.usdt)]
    assert cash[1] - cash[0] == near(sum(bill.amount for bill in bills))


async def test_the_book_of_longer_ago_than_it_is_kept(world: World) -> None:
    if isinstance(world, PaperWorld):
        for _ in range(1001):
            world.transfer(Decimal(1))
        assert await world.exchange.bills_since(world.clock.now()) is None
    else:
        assert await world.exchange.bills_since(OPENED_AT - dt.timedelta(days=400)) is None


@pytest.mark.parametrize("every", [8, 4, 2, 1])
@pytest.mark.parametrize("rate", ["0.0001", "-0.00375", "0"])
async def test_the_rate_of_the_next_settlement(world: World, rate: str, every: int) -> None:
    interval, now = dt.timedelta(hours=every), (await world.exchange.snapshot()).taken_at
    world.fund(rate, every)
    found = await world.exchange.funding_rate(STX)
    assert found is not None
    assert (found.instrument_id, found.rate, found.interval) == (STX, Decimal(rate), interval)
    assert dt.timedelta(0) < found.settles_at - now <= interval
    assert (found.settles_at - EPOCH) % interval == dt.timedelta(0)


async def test_a_rate_that_is_not_said_is_none(world: World) -> None:
    world.fund("0.0001", 8)
    assert await world.exchange.funding_rate("NOWHERE-USDT-SWAP") is None
    world.fund(None, 8)
    assert await world.exchange.funding_rate(STX) is None
