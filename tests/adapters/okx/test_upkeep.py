"""Upkeep at OKX: what is sent, what is made of every answer to it, and what the account has free."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from tests.adapters.okx.test_errors import INNER, ODD, OUTER, PAGES
from tests.fixtures.okx_engine import TIMEOUT, intent_for, okx_on
from tests.simulation.exchange.account import PositionMode, Row
from tests.simulation.exchange.server import OkxServer
from tgtp.adapters.okx.exchange import Okx
from tgtp.adapters.okx.rows.account import available_of
from tgtp.domain.model import Leg
from tgtp.domain.order import MarginMove
from tgtp.errors import ExchangeProblem, OrderRefused, OutcomeUnknown, TemporarilyDown

STX = "STX-USDT-SWAP"
ORDER, MOVE, BALANCE = "POST /trade/order", "POST /account/position/margin-balance", "/account/balance"


@pytest.fixture
async def server() -> AsyncIterator[OkxServer]:
    async with OkxServer() as running:
        yield running


@pytest.fixture
async def okx(server: OkxServer, request: pytest.FixtureRequest) -> AsyncIterator[Okx]:
    async with okx_on(server, timeout=0.4 if "hang" in request.node.name else TIMEOUT) as adapter:
        yield adapter


async def isolated(server: OkxServer, okx: Okx, side: Any = "long", mode: PositionMode = "long_short_mode") -> Leg:
    """33 contracts of 3 U at 10x, with 9.9 U of margin and 10.39 U on top of it."""
    server.account.position_mode = mode
    server.account.open_leg(STX, side, "33", "0.3", margin_mode="isolated", added_margin="10.39")
    (leg,) = (await okx.snapshot()).legs
    assert leg.initial_margin == Decimal("20.29")
    return leg


def of(leg: Leg, amount: Any) -> MarginMove:
    return MarginMove(leg=leg.key, position_mode=leg.position_mode, amount=Decimal(amount), margin=leg.initial_margin)


async def problem(okx: Okx, leg: Leg) -> ExchangeProblem:
    with pytest.raises(ExchangeProblem) as caught:
        await okx.move_margin(of(leg, -5))
    return caught.value


def margin(server: OkxServer) -> Decimal:
    return server.account.leg(STX, "long").margin


# What is sent


@pytest.mark.parametrize("mode", ["long_short_mode", "net_mode"])
@pytest.mark.parametrize("margin_mode", ["cross", "isolated"])
@pytest.mark.parametrize(("side", "order_side"), [("long", "buy"), ("short", "sell")])
async def test_a_buys_body_is_what_okx_wants(
    server: OkxServer, okx: Okx, mode: PositionMode, margin_mode: Any, side: Any, order_side: str
) -> None:
    server.account.position_mode = mode
    server.account.open_leg(STX, side, "2.5", "0.3", margin_mode=margin_mode)
    (leg,) = (await okx.snapshot()).legs
    await okx.submit(intent_for(leg, "0.7", "tgbuy").replaced(rule="buy"))
    (record,) = server.requests_to(ORDER)
    expected = {"instId": STX, "tdMode": margin_mode, "side": order_side, "ordType": "market", "sz": "0.7", "clOrdId": "tgbuy"}
    pos_side: Row = {} if mode == "net_mode" else {"posSide": side}
    assert record.body == expected | pos_side
    # It is void when it arrives late, as every order.
    assert record.headers["exptime"]
    assert server.account.leg(STX, side, margin_mode).contracts == Decimal("3.2")


@pytest.mark.parametrize("rule", ["tier", "hedge", "hand", "cut", "trim"])
async def test_whatever_is_no_buy_can_only_make_a_leg_smaller(server: OkxServer, okx: Okx, rule: str) -> None:
    leg = await isolated(server, okx, mode="net_mode")
    await okx.submit(intent_for(leg, "33").replaced(rule=rule))
    assert server.requests_to(ORDER)[0].body["reduceOnly"] is True
    with pytest.raises(OrderRefused):
        await okx.submit(intent_for(leg, "1").replaced(rule=rule))
    assert (await okx.snapshot()).legs == ()


@pytest.mark.parametrize(("mode", "side"), [("long_short_mode", "long"), ("long_short_mode", "short"), ("net_mode", "short")])
@pytest.mark.parametrize(
    ("amount", "kind", "sent"), [("5", "add", "5"), ("-5.00", "reduce", "5.00"), ("-1E+1", "reduce", "10"), ("1E-7", "add", "")]
)
async def test_a_moves_body_is_what_okx_wants(
    server: OkxServer, okx: Okx, mode: PositionMode, side: Any, amount: str, kind: str, sent: str
) -> None:
    leg = await isolated(server, okx, side, mode)
    await okx.move_margin(of(leg, amount))
    (record,) = server.requests_to(MOVE)
    pos_side = "net" if mode == "net_mode" else side
    assert record.body == {"instId": STX, "posSide": pos_side, "type": kind, "amt": sent or "0.0000001"}
    assert server.account.leg(STX, side).margin == Decimal("20.29") + Decimal(amount)


# What is made of the answers


@pytest.mark.parametrize(("code", "kind"), [(code, kinds[0]) for code, kinds in OUTER.items()] + list(INNER.items()))
async def test_a_move_that_is_refused_with_a_code(server: OkxServer, okx: Okx, code: str, kind: type[ExchangeProblem]) -> None:
    leg = await isolated(server, okx)
    server.fault(MOVE, "code", code=code, message="a reason")
    refused = await problem(okx, leg)
    assert type(refused) is kind
    if isinstance(refused, OrderRefused):
        assert (refused.code, refused.reason) == (code, "a reason")
    assert len(server.requests_to(MOVE)) == 1
    assert margin(server) == Decimal("20.29")


@pytest.mark.parametrize("after_effect", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("fault", PAGES)
async def test_a_move_without_an_answer(server: OkxServer, okx: Okx, fault: str, after_effect: bool) -> None:
    leg = await isolated(server, okx)
    moved = after_effect or fault == "cut_json"
    server.fault(MOVE, fault, after_effect=after_effect)
    assert type(await problem(okx, leg)) is OutcomeUnknown
    assert len(server.requests_to(MOVE)) == 1
    assert margin(server) == Decimal("15.29" if moved else "20.29")


async def test_an_answer_that_is_late_is_no_refusal(server: OkxServer) -> None:
    async with okx_on(server) as okx:
        leg = await isolated(server, okx)
        okx._client.timeout = 200
        server.fault(MOVE, "hang", after_effect=True)
        assert type(await problem(okx, leg)) is OutcomeUnknown
        assert margin(server) == Decimal("15.29")


ODD_DATA: list[object] = [[], [7], ["amt"], [None], [[]], {"rows": [{"amt": "5"}]}, "amt", 7, None]


@pytest.mark.parametrize(("status", "body"), [*ODD, *((200, {"code": "0", "data": data, "msg": ""}) for data in ODD_DATA)])
async def test_a_success_without_its_row_is_no_success(server: OkxServer, okx: Okx, status: int, body: object) -> None:
    leg = await isolated(server, okx)
    server.fault(MOVE, "json", status=status, body=body)
    assert type(await problem(okx, leg)) is OutcomeUnknown


async def test_a_move_that_is_signed_by_a_wrong_clock_is_refused_and_the_clock_measured(server: OkxServer, okx: Okx) -> None:
    leg = await isolated(server, okx)
    server.clock_offset = 100
    refused = await problem(okx, leg)
    assert isinstance(refused, OrderRefused)
    assert refused.code == "50102"
    await okx.profile()
    await okx.move_margin(of(leg, -5))
    assert margin(server) == Decimal("15.29")


async def test_a_margin_that_is_shown_empty_is_not_known(server: OkxServer, okx: Okx) -> None:
    leg = await isolated(server, okx)
    server.fault("/account/positions", "empty_row_field", field="margin")
    shot = await okx.snapshot()
    assert shot.legs == ()
    (blind,) = shot.unreadable
    assert (blind.key, blind.why, blind.detail, blind.closable) == (leg.key, "nonsense", "margin is missing", True)


# What is free


async def test_what_is_free(server: OkxServer, okx: Okx) -> None:
    assert (await okx.snapshot()).available == 10_000
    await isolated(server, okx)
    assert (await okx.snapshot()).available == Decimal("9979.71")
    assert len(server.requests_to(BALANCE)) == 3


@pytest.mark.parametrize("kind", ["empty_list", "wrong_types", "http_500", "html_200", "unauthorized", "drop"])
async def test_a_balance_that_cannot_be_read_leaves_the_legs(server: OkxServer, okx: Okx, kind: str) -> None:
    await isolated(server, okx)
    server.fault(BALANCE, kind, times=None)
    shot = await okx.snapshot()
    assert (shot.available, shot.equity, len(shot.legs)) == (None, None, 1)


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"ccy": "USDT", "availEq": "12.5", "availBal": "9"}, "12.5"),
        ({"ccy": "USDT", "availEq": "0", "availBal": "9"}, "0"),
        ({"ccy": "USDT", "availEq": "-3", "availBal": "9"}, "-3"),
        ({"ccy": "USDT", "availEq": "", "availBal": "9"}, "9"),
        ({"ccy": "USDT", "availBal": "9"}, "9"),
        ({"ccy": "USDT", "availEq": "much", "availBal": "9"}, "9"),
        ({"ccy": "USDT", "availEq": "NaN", "availBal": ""}, None),
        ({"ccy": "USDT", "availEq": 12.5}, None),
        ({"ccy": "USDT", "availEq": "1e99"}, None),
        ({"ccy": "USDT"}, None),
        ({"ccy": "USDC", "availEq": "12.5"}, None),
        ({}, None),
        ("USDT", None),
    ],
)
def test_the_row_of_the_usdt(row: Any, found: str | None) -> None:
    other = {"ccy": "BTC", "availEq": "0.5"}
    assert available_of({"details": [other, row]}) == (None if found is None else Decimal(found))


@pytest.mark.parametrize("details", [None, "", {}, [], 7, {"ccy": "USDT", "availEq": "1"}])
def test_a_balance_without_rows(details: Any) -> None:
    assert available_of({"details": details}) is None
    assert available_of({}) is None


async def test_a_margin_move_without_a_connection_is_left_to_the_legs_margin_to_tell(server: OkxServer, okx: Okx) -> None:
    leg = await isolated(server, okx)
    await server.stop()
    # The connection of before is used up.
    with pytest.raises(TemporarilyDown):
        await okx.snapshot()
    assert isinstance(await problem(okx, leg), OutcomeUnknown)
