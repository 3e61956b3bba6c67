"""Conditional orders at OKX: what is sent, what each refusal means, and what is found again."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.fixtures.okx_engine import QuickClock, okx_on
from tests.simulation.exchange.account import Account
from tests.simulation.exchange.limits import Turnstile
from tests.simulation.exchange.server import OkxServer
from tgtp.adapters.okx.exchange import Okx
from tgtp.adapters.okx.rows.conditional import conditional_of
from tgtp.adapters.okx.rows.fields import Malformed
from tgtp.domain.model import LegKey, MarginMode, PositionMode, PositionSide, Side, leg_key
from tgtp.domain.order import LOOK_UP_LAG, OrderStatus
from tgtp.domain.resting.conditional import RestingTier, resting_name
from tgtp.errors import AccessRefused, ExchangeProblem, NotSent, OrderRefused, OutcomeUnknown, TemporarilyDown

STX = "STX-USDT-SWAP"
OPENED_AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
PLACE, AMEND, CANCEL = "POST /trade/order-algo", "POST /trade/amend-algos", "POST /trade/cancel-algos"
LOOK, PENDING, ENDED = "GET /trade/order-algo", "GET /trade/orders-algo-pending", "GET /trade/orders-algo-history"

Act = Callable[[Okx], Awaitable[object]]


@pytest.fixture
async def server() -> AsyncIterator[OkxServer]:
    async with OkxServer() as running:
        running.account.open_leg(STX, "long", "20", "0.3")
        running.limits = None
        yield running


@pytest.fixture
async def okx(server: OkxServer) -> AsyncIterator[Okx]:
    async with okx_on(server) as adapter:
        yield adapter


def key(side: str = "long", mode: str = "cross") -> LegKey:
    return leg_key(STX, PositionSide(side), MarginMode(mode))


def tier(
    number: int = 1,
    contracts: str = "6",
    trigger: str = "0.31",
    *,
    leg: LegKey | None = None,
    mode: PositionMode = PositionMode.LONG_SHORT,
) -> RestingTier:
    leg = leg or key()
    return RestingTier(
        name=resting_name("main", leg, OPENED_AT, 0, number),
        leg=leg,
        opened_at=OPENED_AT,
        position_mode=mode,
        tier=number,
        contracts=Decimal(contracts),
        trigger_price=Decimal(trigger),
    )


def bodies(server: OkxServer, path: str) -> list[Any]:
    return [record.body for record in server.requests_to(path)]


async def refusal(act: Awaitable[object]) -> ExchangeProblem:
    with pytest.raises(ExchangeProblem) as caught:
        await act
    return caught.value


@pytest.mark.parametrize("mode", list(PositionMode))
@pytest.mark.parametrize(("side", "order_side", "trigger"), [("long", "sell", "0.31"), ("short", "buy", "0.29")])
async def test_what_is_sent(mode: PositionMode, side: str, order_side: str, trigger: str) -> None:
    account = Account(position_mode="net_mode" if mode is PositionMode.NET else "long_short_mode")
    account.open_leg(STX, "long" if side == "long" else "short", "20", "0.3", margin_mode="isolated")
    async with OkxServer(account) as server, okx_on(server) as okx:
        one = tier(leg=key(side, "isolated"), trigger=trigger, mode=mode)
        algo_id = await okx.conditional.place(one)
        await okx.conditional.amend(algo_id, one.replaced(contracts=Decimal("7.5"), trigger_price=Decimal("0.3")))
        (placed,), (amended,) = bodies(server, PLACE), bodies(server, AMEND)
    # Nothing else: no clOrdId, no tag, no reduceOnly as a text.
    assert placed == {
        "instId": STX,
        "tdMode": "isolated",
        "side": order_side,
        "ordType": "conditional",
        "sz": "6",
        "tpTriggerPx": trigger,
        "tpTriggerPxType": "mark",
        "tpOrdPx": "-1",
        "algoClOrdId": one.name,
        "reduceOnly": True,
        "cxlOnClosePos": True,
    } | ({} if mode is PositionMode.NET else {"posSide": side})
    assert amended == {
        "instId": STX,
        "algoId": algo_id,
        "newSz": "7.5",
        "newTpTriggerPx": "0.3",
        "newTpTriggerPxType": "mark",
        "newTpOrdPx": "-1",
    }


async def test_one_that_waits_is_shown_amended_and_cancelled(server: OkxServer, okx: Okx) -> None:
    one, orders = tier(), okx.conditional
    algo_id = await orders.place(one)
    (shown,) = await orders.live()
    assert shown == await orders.find(one.name)
    assert (shown.algo_id, shown.name, shown.is_ours, shown.leg) == (algo_id, one.name, True, one.leg)
    assert (shown.side, shown.position_side, shown.margin_mode) == (Side.SELL, PositionSide.LONG, MarginMode.CROSS)
    assert (shown.contracts, shown.trigger_price, shown.trigger_type) == (Decimal(6), Decimal("0.31"), "mark")
    assert (shown.status, shown.order_ids, shown.code) == ("live", (), "")
    await orders.amend(algo_id, one.replaced(contracts=Decimal(5), trigger_price=Decimal("0.32")))
    (amended,) = await orders.live()
    assert (amended.contracts, amended.trigger_price, amended.trigger_type) == (Decimal(5), Decimal("0.32"), "mark")
    assert amended.created_at == shown.created_at < amended.updated_at
    await orders.cancel(STX, algo_id)
    assert bodies(server, CANCEL) == [[{"instId": STX, "algoId": algo_id}]]
    assert await orders.live() == ()
    ended = await orders.find(one.name)
    assert ended is not None
    assert ended.status == "canceled"


async def test_in_net_mode_the_side_says_which_leg() -> None:
    account = Account(position_mode="net_mode")
    account.open_leg(STX, "short", "20", "0.3")
    async with OkxServer(account) as server, okx_on(server) as okx:
        await okx.conditional.place(tier(leg=key("short"), trigger="0.29", mode=PositionMode.NET))
        (shown,) = await okx.conditional.live()
    assert (shown.position_side, shown.side, shown.leg) == (None, Side.BUY, key("short"))


ACTS: dict[str, Act] = {
    PLACE: lambda okx: okx.conditional.place(tier()),
    AMEND: lambda okx: okx.conditional.amend("1", tier()),
    CANCEL: lambda okx: okx.conditional.cancel(STX, "1"),
}
# Of everything that is refused definitely: of names, prices, numbers, ends and sizes, and what ccxt has classes of its own for.
REFUSED = (
    *("51065", "51068", "51300", "51303", "51277", "51279", "51261", "51299", "51412", "51416", "51400", "51410", "51503"),
    *("51206", "51298", "51169", "51121", "51000", "50011", "59669"),
)


@pytest.mark.parametrize("path", ACTS)
async def test_a_refusal_is_one_wherever_its_code_stands(server: OkxServer, okx: Okx, path: str) -> None:
    for outer in ("1", "2"):
        for code in REFUSED:
            server.fault(
                path, "code", code=code, outer=outer, message="TP already exists or timed out" if code == "51065" else ""
            )
            caught = await refusal(ACTS[path](okx))
            assert (type(caught), getattr(caught, "code", ""), outer) == (OrderRefused, code, outer)


@pytest.mark.parametrize("path", ACTS)
@pytest.mark.parametrize("outer", ["1", "2"])
async def test_what_leaves_the_outcome_open(server: OkxServer, okx: Okx, path: str, outer: str) -> None:
    for code, message in (("50004", ""), ("51149", ""), ("51016", ""), ("51999", "Order timed out"), ("9", "odd")):
        server.fault(path, "code", code=code, outer=outer, message=message)
        assert type(await refusal(ACTS[path](okx))) is OutcomeUnknown
    odd: list[object] = [[], [{}], None, [7]]
    for data in odd:
        server.fault(path, "json", body={"code": outer if outer == "2" else "0", "data": data, "msg": ""})
        assert type(await refusal(ACTS[path](okx))) is OutcomeUnknown


async def test_keys_that_may_not(server: OkxServer, okx: Okx) -> None:
    server.fault(PLACE, "code", code="50120", outer=True)
    assert type(await refusal(okx.conditional.place(tier()))) is AccessRefused


async def test_a_refused_connection_sent_nothing(server: OkxServer, okx: Okx) -> None:
    await server.stop()
    assert type(await refusal(okx.conditional.place(tier()))) is NotSent


@pytest.mark.parametrize("fault", ["drop", "http_502", "html_200", "cut_json", "hang"])
async def test_a_placing_without_an_answer_is_sent_once_and_found(server: OkxServer, fault: str) -> None:
    async with okx_on(server, timeout=0.4 if fault == "hang" else 3) as okx:
        server.fault(PLACE, fault, after_effect=True)
        assert type(await refusal(okx.conditional.place(tier()))) is OutcomeUnknown
        assert len(bodies(server, PLACE)) == 1
        found = await okx.conditional.find(tier().name)
        assert found is not None
        # The name is used: who sends it again is told so, definitely.
        again = await refusal(okx.conditional.place(tier()))
        assert isinstance(again, OrderRefused)
        assert again.code == "51065"
        assert len(server.account.algo.orders) == 1


@pytest.mark.parametrize("path", ACTS)
async def test_a_refused_time_is_measured_anew_and_nothing_is_sent_again(server: OkxServer, okx: Okx, path: str) -> None:
    await okx.profile()
    measured = len(server.requests_to("/public/time"))
    server.fault(path, "code", code="50102", outer=True)
    caught = await refusal(ACTS[path](okx))
    assert isinstance(caught, OrderRefused)
    assert len(bodies(server, path)) == 1
    await okx.profile()
    assert len(server.requests_to("/public/time")) == measured + 1


async def test_a_refused_size_has_the_instruments_read_anew(server: OkxServer, okx: Okx) -> None:
    await okx.snapshot()
    read = len(server.requests_to("/public/instruments"))
    server.account.instruments[STX].lot_size = Decimal(1)
    assert isinstance(await refusal(okx.conditional.place(tier(contracts="6.5"))), OrderRefused)
    await okx.snapshot()
    assert len(server.requests_to("/public/instruments")) == read + 1


async def test_everything_that_waits_is_read_whoever_placed_it(server: OkxServer, okx: Okx) -> None:
    book = server.account.algo
    await okx.conditional.place(tier())
    book.rest(STX, "long", "4", "0.33")
    book.rest(STX, "long", "0", "0.34", closeFraction="1", slTriggerPx="0.2", ordType="oco")
    stop = book.rest(STX, "long", "3", "", tpTriggerPx=None, slTriggerPx="0.25", slTriggerPxType="mark", algoClOrdId="mine1")
    found = {one.name or one.contracts: one for one in await okx.conditional.live()}
    assert [one.is_ours for one in found.values()] == [False, False, False, True]
    assert (found["mine1"].trigger_price, found["mine1"].trigger_type) == (stop.stop, "mark")
    whole, taken = found[Decimal(0)], found[Decimal(4)]
    assert (whole.trigger_price, taken.trigger_type, taken.name) == (Decimal("0.34"), "last", "")


async def test_more_than_a_page_of_them(server: OkxServer, okx: Okx) -> None:
    server.account.algo.most = 300
    for number in range(230):
        server.account.algo.rest(STX, "long", "1", f"0.{4000 + number}")
    assert len({one.algo_id for one in await okx.conditional.live()}) == 230
    assert len(server.requests_to(PENDING)) == 3


@pytest.mark.parametrize(("name", "counts"), [("", True), ("stranger", True), ("tgours", False)])
async def test_a_row_that_makes_no_sense(server: OkxServer, okx: Okx, name: str, *, counts: bool) -> None:
    await okx.conditional.place(tier())
    server.account.algo_orders.append({"algoId": "9", "instId": STX, "ordType": "conditional", "algoClOrdId": name})
    if counts:
        assert [one.name for one in await okx.conditional.live()] == [tier().name]
    else:
        assert type(await refusal(okx.conditional.live())) is TemporarilyDown


@pytest.mark.parametrize("kind", ["http_502", "html_200", "wrong_types", "unauthorized"])
async def test_a_failed_read_says_nothing(server: OkxServer, okx: Okx, kind: str) -> None:
    reads: dict[str, Act] = {
        PENDING: lambda okx: okx.conditional.live(),
        LOOK: lambda okx: okx.conditional.find(tier().name),
        ENDED: lambda okx: okx.conditional.find("tgnever"),
    }
    await okx.conditional.place(tier())
    for path, act in reads.items():
        server.fault(path, kind)
        expected = AccessRefused if kind == "unauthorized" else TemporarilyDown
        assert type(await refusal(act(okx))) is expected


async def test_a_name_that_nobody_has(server: OkxServer, okx: Okx) -> None:
    await okx.conditional.place(tier())
    assert await okx.conditional.find(tier(2).name) is None
    # It was looked for in each part of the history.
    assert [record.query["state"] for record in server.requests_to(ENDED)] == ["effective", "canceled", "order_failed"]


async def test_many_looks_at_once_stay_within_what_okx_takes(server: OkxServer, okx: Okx) -> None:
    server.limits = limits = Turnstile()
    await okx.conditional.place(tier())
    await asyncio.gather(*(okx.conditional.find(tier().name) for _ in range(60)), *(okx.conditional.live() for _ in range(30)))
    assert limits.refused == 0


async def test_a_look_up_that_answers_with_another_order_is_no_answer(server: OkxServer, okx: Okx) -> None:
    await okx.conditional.place(tier())
    server.fault(LOOK, "empty_row_field", field="algoClOrdId", times=None)
    assert await okx.conditional.find(tier().name) is None
    server.account.algo.end(server.account.algo.orders[0])
    found = await okx.conditional.find(tier().name)
    assert found is not None
    assert found.status == "canceled"


async def test_one_that_the_look_up_has_forgotten_is_in_the_history(server: OkxServer, okx: Okx) -> None:
    book = server.account.algo
    book.keeps_ended = False
    await okx.conditional.place(tier())
    server.account.set_mark(STX, "0.31")
    # More than a page of others' came later.
    for _ in range(130):
        book.end(book.rest(STX, "long", "1", "0.4"), "effective")
    found = await okx.conditional.find(tier().name)
    assert found is not None
    assert (found.status, len(found.order_ids)) == ("effective", 1)


async def test_what_a_fired_one_has_filled(server: OkxServer, okx: Okx) -> None:
    server.account.slippage = Decimal("0.01")
    await okx.conditional.place(tier())
    server.account.set_mark(STX, "0.31")
    fired = await okx.conditional.find(tier().name)
    assert fired is not None
    assert (fired.status, fired.order_ids) == ("effective", (server.account.orders[0].order_id,))
    order = await okx.conditional.fills(fired)
    (fill,) = server.account.fills
    assert order is not None
    assert (order.client_order_id, order.order_id, order.status) == (tier().name, fired.order_ids[0], OrderStatus.FILLED)
    assert (order.filled_contracts, order.average_price) == (Decimal(6), Decimal("0.3069"))
    assert (order.fee, order.realised_pnl) == (-fill.fee, fill.pnl)
    assert order.updated_at == dt.datetime.fromtimestamp(fill.at_ms / 1000, dt.UTC)


@pytest.mark.parametrize("hidden", [(), ("GET /trade/fills",), ("GET /trade/fills-history",)], ids=str)
async def test_orders_whose_rows_are_gone_are_known_by_their_trades(server: OkxServer, hidden: tuple[str, ...]) -> None:
    server.account.algo.pieces = 2
    clock = QuickClock()
    async with okx_on(server, clock=clock) as okx:
        await okx.conditional.place(tier())
        server.account.set_mark(STX, "0.31")
        fired = await okx.conditional.find(tier().name)
        assert fired is not None
        whole = await okx.conditional.fills(fired)
        assert whole is not None
        assert whole.filled_contracts == 6
        server.fault("GET /trade/order", "code", code="51603", times=None)
        for path in hidden:
            server.fault(path, "empty_list", times=None)
        # The row may come yet.
        assert await okx.conditional.fills(fired) == whole.replaced(status=OrderStatus.LIVE)
        clock.ahead += LOOK_UP_LAG
        assert await okx.conditional.fills(fired) == whole


async def test_parts_that_are_not_known_yet_leave_it_open(server: OkxServer, okx: Okx) -> None:
    account = server.account
    account.algo.pieces, account.algo.failing, account.algo.failing_after = 3, "51008", 2
    await okx.conditional.place(tier())
    account.set_mark(STX, "0.31")
    fired = await okx.conditional.find(tier().name)
    assert fired is not None
    assert (fired.status, fired.code, len(fired.order_ids)) == ("partially_failed", "51008", 2)
    account.order_lag = account.fill_lag = 60
    assert await okx.conditional.fills(fired) is None
    account.order_lag = account.fill_lag = 0
    server.fault("GET /trade/order", "code", code="51603", skip=1)
    server.fault("GET /trade/fills", "empty_list")
    server.fault("GET /trade/fills-history", "empty_list")
    half = await okx.conditional.fills(fired)
    assert half is not None
    assert (half.status, half.filled_contracts) == (OrderStatus.LIVE, Decimal(2))
    both = await okx.conditional.fills(fired)
    assert both is not None
    assert (both.status, both.filled_contracts) == (OrderStatus.FILLED, Decimal(4))


async def test_a_part_that_was_not_filled_is_said(server: OkxServer, okx: Okx) -> None:
    server.account.algo.share = Decimal("0.5")
    await okx.conditional.place(tier())
    server.account.set_mark(STX, "0.31")
    fired = await okx.conditional.find(tier().name)
    assert fired is not None
    order = await okx.conditional.fills(fired)
    assert order is not None
    assert (order.status, order.filled_contracts) == (OrderStatus.CANCELED, Decimal(3))
    assert order.why is not None
    assert await okx.conditional.fills(fired.replaced(order_ids=())) is None


def row(**changed: Any) -> dict[str, Any]:
    """Return a row with the fields that are needed, and no other."""
    plain = {
        "algoId": "7",
        "instId": STX,
        "side": "sell",
        "posSide": "long",
        "tdMode": "cross",
        "sz": "6",
        "tpTriggerPx": "0.31",
        "tpTriggerPxType": "mark",
        "state": "live",
        "cTime": "1767225600000",
    }
    return {name: value for name, value in (plain | changed).items() if value is not None}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"ordId": "1"}, ("1",)),
        ({"ordId": "2", "ordIdList": ["1", "2"]}, ("1", "2")),
        ({"ordId": "", "ordIdList": []}, ()),
        ({"ordIdList": [1, None, "3"]}, ("3",)),
        ({"ordIdList": "1"}, ()),
    ],
)
def test_the_orders_that_it_became(changed: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert conditional_of(row(**changed)).order_ids == expected


def test_times_that_are_not_said() -> None:
    created_at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    assert conditional_of(row()).updated_at == created_at
    assert conditional_of(row(triggerTime="1767225660000", uTime="")).updated_at == created_at + dt.timedelta(minutes=1)


@pytest.mark.parametrize(
    "changed",
    [
        *({"algoId": None}, {"instId": ""}, {"side": "up"}, {"tdMode": "cash"}, {"cTime": "x"}, {"sz": "many"}),
        *({"state": "new"}, {"state": ["live"]}, {"state": {}}),
    ],
)
def test_what_cannot_be_read(changed: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        conditional_of(row(**changed))


@pytest.mark.parametrize("net", [False, True])
async def test_what_closes_at_a_price_is_read_with_its_leg(server: OkxServer, net: bool) -> None:
    account = server.account
    if net:
        account.legs.clear()
        account.position_mode = "net_mode"
        account.open_leg(STX, "long", "20", "0.3")
    common: dict[str, Any] = {"instId": STX, "tdMode": "cross", "ordType": "limit", "sz": "8"}
    closing = {"reduceOnly": True} if net else {"posSide": "long"}
    account.place({**common, **closing, "side": "sell", "px": "0.4"})
    account.place({**common, **({} if net else {"posSide": "short"}), "side": "sell", "px": "0.4"})
    account.algo.rest(STX, "long", "5", "0.5")
    async with okx_on(server) as adapter:
        found = await adapter.resting()
    assert sorted((str(one.closes), f"{one.contracts.normalize():f}") for one in found) == [
        ("None", "0"),
        ("None", "0"),
        (f"{STX}_long", "8"),
    ]
