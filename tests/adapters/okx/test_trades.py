"""What OKX's records know of an order whose row it does not show: ended orders, and our own trades."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from tests.fixtures.okx_engine import intent_for, okx_on
from tests.simulation.exchange.server import OkxServer
from tgtp.adapters.okx.exchange import Okx
from tgtp.domain.model import EPOCH
from tgtp.domain.order import Intent, OrderStatus
from tgtp.errors import TemporarilyDown

CRV = "CRV-USDT-SWAP"
ORDER, ENDED, NEW, OLD = "POST /trade/order", "/trade/orders-history", "/trade/fills", "/trade/fills-history"


@pytest.fixture
async def server() -> AsyncIterator[OkxServer]:
    async with OkxServer() as running:
        running.account.open_leg(CRV, "long", "1000", "0.4")
        yield running


@pytest.fixture
async def okx(server: OkxServer) -> AsyncIterator[Okx]:
    async with okx_on(server) as adapter:
        yield adapter


async def meant(okx: Okx, contracts: str = "300") -> Intent:
    (leg,) = (await okx.snapshot()).legs
    return intent_for(leg, contracts)


async def sent(okx: Okx, contracts: str = "300") -> Intent:
    intent = await meant(okx, contracts)
    return intent.replaced(order_id=await okx.submit(intent))


async def test_the_id_of_the_reply_finds_the_order(server: OkxServer, okx: Okx) -> None:
    intent = await sent(okx)
    order = await okx.find_order(intent)
    assert order is not None
    assert order.order_id == intent.order_id == server.account.orders[-1].order_id


async def test_of_two_orders_of_one_name_the_one_with_the_id_is_found(server: OkxServer, okx: Okx) -> None:
    server.account.reuses_client_ids = True
    intent = await sent(okx)
    again = intent.replaced(order_id=await okx.submit(intent.replaced(contracts=Decimal(5))))
    for one, contracts in ((intent, Decimal(300)), (again, Decimal(5))):
        for found in (await okx.find_order(one), await okx.find_trades(one)):
            assert found is not None
            assert (found.order_id, found.filled_contracts) == (one.order_id, contracts)


async def test_nothing_is_known_of_an_order_that_was_never_taken(okx: Okx) -> None:
    await sent(okx, "5")
    assert await okx.find_trades(await meant(okx)) is None


@pytest.mark.parametrize("acknowledged", [True, False])
@pytest.mark.parametrize("hidden", [(), (ENDED,), (ENDED, NEW), (ENDED, OLD)], ids=str)
async def test_each_record_by_itself_says_the_same(
    server: OkxServer, okx: Okx, acknowledged: bool, hidden: tuple[str, ...]
) -> None:
    server.account.slippage = Decimal("0.001")
    intent = await sent(okx)
    order = await okx.find_order(intent)
    for path in hidden:
        server.fault(f"GET {path}", "empty_list", times=None)
    assert order is not None
    assert await okx.find_trades(intent if acknowledged else intent.replaced(order_id="")) == order


async def test_drips_are_added_up_and_counted_once(server: OkxServer, okx: Okx) -> None:
    server.fault(ORDER, "fill_later")
    intent = await sent(okx)
    server.fault(f"GET {ENDED}", "empty_list", times=None)
    for share in ("0.34", "0.5"):
        server.account.fill_live(share=share)
    found = await okx.find_trades(intent)
    assert found is not None
    assert (found.status, found.filled_contracts) == (OrderStatus.LIVE, Decimal(102 + 99))
    server.account.fill_live()
    found = await okx.find_trades(intent)
    assert found is not None
    assert (found.status, found.filled_contracts) == (OrderStatus.FILLED, Decimal(300))
    assert found.updated_at == EPOCH + dt.timedelta(milliseconds=server.account.fills[-1].at_ms)


@pytest.mark.parametrize("value", ["", None])
async def test_a_trade_that_does_not_say_what_it_realised_adds_nothing(server: OkxServer, okx: Okx, value: object) -> None:
    intent = await sent(okx)
    server.fault(f"GET {ENDED}", "empty_list", times=None)
    for path in (NEW, OLD):
        server.fault(path, "wrong_types", times=None, field="fillPnl", value=value)
    found = await okx.find_trades(intent)
    assert found is not None
    assert found.realised_pnl == 0


async def test_a_cancelled_order_is_known_by_its_line_among_the_ended_ones(server: OkxServer, okx: Okx) -> None:
    server.fault(ORDER, "partial_fill", share="0")
    found = await okx.find_trades(await sent(okx))
    assert found is not None
    assert (found.status, found.filled_contracts) == (OrderStatus.CANCELED, Decimal(0))


async def test_the_trades_of_others_are_not_ours(server: OkxServer, okx: Okx) -> None:
    intent = await meant(okx)
    server.account.shrink_leg(CRV, "long", "300")
    assert await okx.find_trades(intent) is None


async def test_records_are_read_to_their_end(server: OkxServer, okx: Okx) -> None:
    intent = (await sent(okx)).replaced(order_id="")
    for _ in range(250):
        server.account.shrink_leg(CRV, "long", "1")
    server.fault(f"GET {ENDED}", "empty_list", times=None)
    found = await okx.find_trades(intent)
    assert found is not None
    assert found.filled_contracts == 300
    assert len(server.requests_to(OLD)) >= 3


@pytest.mark.parametrize("path", [ENDED, NEW, OLD])
@pytest.mark.parametrize("kind", ["http_500", "cut_json", "html_200", "drop"])
async def test_a_record_that_cannot_be_read_says_nothing(server: OkxServer, okx: Okx, path: str, kind: str) -> None:
    intent = await meant(okx)
    server.fault(f"GET {path}", kind, times=None)
    with pytest.raises(TemporarilyDown):
        await okx.find_trades(intent)


@pytest.mark.parametrize(("field", "value"), [("fillSz", "?"), ("fillPx", ""), ("ts", None), ("fillSz", "0")])
async def test_a_trade_that_makes_no_sense_says_nothing(server: OkxServer, okx: Okx, field: str, value: object) -> None:
    intent = (await sent(okx)).replaced(order_id="")
    server.fault(f"GET {ENDED}", "empty_list", times=None)
    for path in (NEW, OLD):
        server.fault(f"GET {path}", "wrong_types", times=None, field=field, value=value)
    with pytest.raises(TemporarilyDown):
        await okx.find_trades(intent)


async def test_the_list_of_ended_orders_is_read_to_its_end(server: OkxServer, okx: Okx) -> None:
    intent = await sent(okx)
    server.limits = None
    for number in range(150):
        await okx.submit(intent.replaced(client_order_id=f"tg{number}", contracts=Decimal(1)))
    for path in (NEW, OLD):
        server.fault(f"GET {path}", "empty_list", times=None)
    found = await okx.find_trades(intent)
    assert found is not None
    assert found.filled_contracts == 300
