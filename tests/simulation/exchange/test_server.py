"""The OKX stand-in, kept honest by OKX's own client and by what OKX documents."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import aiohttp
import pytest
from okx.Account import AccountAPI
from okx.PublicData import PublicAPI
from okx.Trade import TradeAPI
from yarl import URL

from tests.simulation.exchange.account import Account
from tests.simulation.exchange.server import OkxServer, Record

# The official client still uses calls that newer Pythons and httpx warn about.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow", "ignore:Use 'content=")

ORDER = "/api/v5/trade/order"
POSITIONS = "/api/v5/account/positions"
MARGIN = "/api/v5/account/position/margin-balance"


@pytest.fixture
async def server() -> AsyncIterator[OkxServer]:
    async with OkxServer() as running:
        yield running


@pytest.fixture
async def client(server: OkxServer) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as session:
        yield Client(session, server.url)


class Client:
    """A bare signing client, so that a request can be spoiled in one place."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session, self.url = session, url

    async def call(self, method: str, target: str, body: Any = None, **spoiled: str) -> tuple[int, dict[str, Any]]:
        raw = "" if body is None else json.dumps(body)
        stamp = spoiled.get("timestamp", dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")[:-6] + "Z")
        digest = hmac.new(b"secret", f"{stamp}{method}{target}{raw}".encode(), hashlib.sha256).digest()
        headers = {
            "OK-ACCESS-KEY": spoiled.get("key", "key"),
            "OK-ACCESS-SIGN": spoiled.get("sign", base64.b64encode(digest).decode()),
            "OK-ACCESS-TIMESTAMP": stamp,
            "OK-ACCESS-PASSPHRASE": spoiled.get("passphrase", "pass"),
            "Content-Type": "application/json",
        }
        headers |= {name: value for name, value in spoiled.items() if name in {"expTime", "x-simulated-trading"}}
        url = URL(f"{self.url}{target}", encoded=True)
        async with self.session.request(method, url, data=raw or None, headers=headers) as response:
            reply = await response.json()
        assert isinstance(reply, dict)
        return response.status, reply

    async def order(self, **fields: Any) -> str:
        """Place an order for a closed long of STX unless told otherwise; return its sCode."""
        _, reply = await self.call("POST", ORDER, sell(**fields))
        return str(reply["data"][0]["sCode"])

    async def rows(self, target: str) -> list[dict[str, Any]]:
        status, reply = await self.call("GET", target)
        assert (status, reply["code"]) == (200, "0")
        rows: list[dict[str, Any]] = reply["data"]
        return rows


def sell(**fields: Any) -> dict[str, Any]:
    body = {
        "instId": "STX-USDT-SWAP",
        "tdMode": "cross",
        "side": "sell",
        "posSide": "long",
        "ordType": "market",
        "sz": "1",
    }
    return {name: value for name, value in (body | fields).items() if value is not None}


class TestOfficialClient:
    """python-okx, unmodified."""

    async def test_reads(self, server: OkxServer) -> None:
        server.account.open_leg("STX-USDT-SWAP", "long", "2", "0.5", margin_mode="isolated", added_margin="3")
        server.account.open_leg("STX-USDT-SWAP", "short", "1.5", "0.5", leverage=5)
        server.account.set_roi("STX-USDT-SWAP", "long", 25)
        server.account.equity = Decimal(1234)

        def drive() -> list[dict[str, Any]]:
            with (
                PublicAPI(flag="0", domain=server.url) as public,
                AccountAPI("key", "secret", "pass", flag="0", domain=server.url) as account,
            ):
                return [
                    public.get_instruments("SWAP"),
                    public.get_mark_price("SWAP", instId="STX-USDT-SWAP"),
                    public.get_system_time(),
                    account.get_positions(instType="SWAP"),
                    account.get_account_balance(),
                    account.get_account_config(),
                ]

        replies = await asyncio.to_thread(drive)
        assert {reply["code"] for reply in replies} == {"0"}
        instruments, marks, clock, positions, balance, config = (reply["data"] for reply in replies)
        stx = next(row for row in instruments if row["instId"] == "STX-USDT-SWAP")
        assert (stx["ctVal"], stx["ctMult"], stx["lotSz"], stx["minSz"], stx["state"]) == ("10", "1", "0.1", "0.1", "live")
        assert {row["settleCcy"] for row in instruments} == {"USDT", "USDC", "BTC"}
        assert marks[0]["markPx"] == "0.5125"
        assert clock[0]["ts"].isdigit()
        assert [row["posSide"] for row in positions] == ["short", "long"]
        assert (balance[0]["totalEq"], balance[0]["details"][0]["ccy"]) == ("1234", "USDT")
        assert (config[0]["posMode"], config[0]["perm"], config[0]["acctLv"]) == ("long_short_mode", "read_only,trade", "2")
        assert not any(record.simulated for record in server.requests)

    async def test_orders(self, server: OkxServer) -> None:
        server.account.open_leg("STX-USDT-SWAP", "long", "2", "0.5", margin_mode="isolated")
        server.account.set_mark("STX-USDT-SWAP", "0.6")
        order: dict[str, Any] = {
            "instId": "STX-USDT-SWAP",
            "tdMode": "isolated",
            "side": "sell",
            "posSide": "long",
            "ordType": "market",
            "sz": "0.5",
            "clOrdId": "first1",
        }

        def drive() -> list[dict[str, Any]]:
            with (
                TradeAPI("key", "secret", "pass", flag="1", domain=server.url) as trade,
                AccountAPI("key", "secret", "pass", flag="1", domain=server.url) as account,
            ):
                return [
                    trade.place_order(**order),
                    trade.place_order(**order),
                    trade.get_order("STX-USDT-SWAP", clOrdId="first1"),
                    trade.get_order("STX-USDT-SWAP", clOrdId="never"),
                    trade.place_multiple_orders([order | {"clOrdId": "second"}, order | {"sz": "0.55", "clOrdId": "third"}]),
                    account.adjustment_margin("STX-USDT-SWAP", "long", "add", "5"),
                    trade.get_fills(instType="SWAP"),
                    trade.get_order_list(instType="SWAP"),
                ]

        placed, twice, found, missing, batch, margin, fills, pending = await asyncio.to_thread(drive)
        assert (placed["code"], placed["data"][0]["sCode"], placed["data"][0]["clOrdId"]) == ("0", "0", "first1")
        assert (twice["code"], twice["msg"], twice["data"][0]["sCode"]) == ("1", "All operations failed", "51016")
        row = found["data"][0]
        assert row["ordId"] == placed["data"][0]["ordId"]
        assert (row["state"], row["accFillSz"], row["avgPx"], row["pnl"], row["fee"]) == (
            "filled",
            "0.5",
            "0.6",
            "0.5",
            "-0.0015",
        )
        assert (missing["code"], missing["data"]) == ("51603", [])
        assert (batch["code"], [one["sCode"] for one in batch["data"]]) == ("2", ["0", "51121"])
        assert margin["data"][0]["amt"] == "5"
        assert [fill["clOrdId"] for fill in fills["data"]] == ["second", "first1"]
        assert pending["data"] == []
        # 1 U of entry margin, half of it released with half of the leg, and 5 U added
        assert server.account.leg("STX-USDT-SWAP", "long").margin == Decimal("5.5")
        assert [body["clOrdId"] for body in server.orders_sent()] == ["first1", "second"]
        assert all(record.simulated for record in server.requests)


class TestSignature:
    @pytest.mark.parametrize(
        ("spoiled", "code"),
        [
            ({"key": ""}, "50103"),
            ({"key": "other"}, "50111"),
            ({"sign": "bm8="}, "50113"),
            ({"passphrase": "wrong"}, "50105"),
            ({"timestamp": "2020-01-01T00:00:00.000Z"}, "50102"),
            ({"timestamp": "yesterday"}, "50112"),
        ],
    )
    async def test_refuses(self, client: Client, spoiled: dict[str, str], code: str) -> None:
        status, reply = await client.call("GET", POSITIONS, **spoiled)
        assert (status, reply["code"], reply["data"]) == (401, code, [])

    async def test_query_is_part_of_it(self, client: Client) -> None:
        assert await client.rows(f"{POSITIONS}?instType=SWAP&instId=STX-USDT-SWAP%2CCRV-USDT-SWAP") == []

    async def test_clock_of_the_exchange(self, server: OkxServer, client: Client) -> None:
        server.clock_offset = 31
        assert (await client.call("GET", POSITIONS))[1]["code"] == "50102"

    async def test_demo_keys(self, server: OkxServer, client: Client) -> None:
        server.demo = True
        assert (await client.call("GET", POSITIONS))[1]["code"] == "50101"
        assert (await client.call("GET", POSITIONS, **{"x-simulated-trading": "1"}))[1]["code"] == "0"

    async def test_read_only_key(self, server: OkxServer, client: Client) -> None:
        server.account.permissions = "read_only"
        assert (await client.call("POST", ORDER, sell()))[1]["code"] == "50120"

    async def test_late_order(self, client: Client) -> None:
        assert (await client.call("POST", ORDER, sell(), expTime="1"))[1]["code"] == "50036"

    async def test_unknown_path_has_a_numeric_code(self, client: Client) -> None:
        status, reply = await client.call("GET", "/api/v5/account/nothing")
        assert (status, reply["code"]) == (404, 404)


def of_both() -> dict[str, Any]:
    return sell(tdMode="isolated", clOrdId="tgboth")


class TestAccounts:
    """Several accounts on one server, told apart by their keys."""

    @pytest.fixture
    def second(self, server: OkxServer) -> Account:
        account = server.others["second"] = Account(cash=Decimal(50))
        server.account.open_leg("STX-USDT-SWAP", "long", "2", "0.5", margin_mode="isolated", added_margin="5")
        account.open_leg("STX-USDT-SWAP", "long", "7", "0.4", margin_mode="isolated", added_margin="3")
        return account

    async def test_each_sees_and_changes_its_own(self, server: OkxServer, client: Client, second: Account) -> None:
        for key, contracts, free in (("key", "2", "9994"), ("second", "7", "44.2")):
            (row,) = (await client.call("GET", POSITIONS, key=key))[1]["data"]
            (balance,) = (await client.call("GET", "/api/v5/account/balance", key=key))[1]["data"]
            assert (row["pos"], balance["details"][0]["availEq"]) == (contracts, free)
        moved = {"instId": "STX-USDT-SWAP", "posSide": "long", "type": "reduce", "amt": "2"}
        assert (await client.call("POST", MARGIN, moved, key="second"))[1]["code"] == "0"
        assert (await client.call("POST", ORDER, of_both(), key="second"))[1]["code"] == "0"
        assert (server.account.leg("STX-USDT-SWAP", "long").margin, server.account.orders) == (Decimal(6), [])
        assert second.leg("STX-USDT-SWAP", "long").contracts < 7
        query = "/api/v5/trade/order?instId=STX-USDT-SWAP&clOrdId=tgboth"
        assert (await client.call("GET", query, key="second"))[1]["code"] == "0"
        assert (await client.call("GET", query))[1]["code"] == "51603"

    async def test_a_name_belongs_to_an_account(self, client: Client, second: Account) -> None:
        for key in ("key", "second"):
            assert (await client.call("POST", ORDER, of_both(), key=key))[1]["code"] == "0"
        assert (await client.call("POST", ORDER, of_both(), key="second"))[1]["data"][0]["sCode"] == "51016"

    async def test_a_fault_of_one(self, server: OkxServer, client: Client, second: Account) -> None:
        server.fault(POSITIONS, "unauthorized", times=None, key="second")
        assert (await client.call("GET", POSITIONS))[1]["code"] == "0"
        assert (await client.call("GET", POSITIONS, key="second"))[1]["code"] == "50111"

    async def test_what_was_shown_to_one_is_not_shown_to_another(
        self, server: OkxServer, client: Client, second: Account
    ) -> None:
        await client.call("GET", POSITIONS)
        server.fault(POSITIONS, "stale", seconds=10)
        (row,) = (await client.call("GET", POSITIONS, key="second"))[1]["data"]
        assert row["pos"] == "7"

    async def test_an_unknown_key(self, client: Client, second: Account) -> None:
        assert (await client.call("GET", POSITIONS, key="third"))[1]["code"] == "50111"


class TestMargin:
    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({}, "0"),
            ({"amt": "5.01"}, "59301"),
            ({"type": "add", "amt": "10000"}, "51008"),
            ({"posSide": "short"}, "59300"),
            ({"instId": "CRV-USDT-SWAP"}, "59300"),
            ({"posSide": "net"}, "51000"),
            ({"type": "take"}, "51000"),
            ({"amt": "-5"}, "51000"),
            ({"amt": "5e0"}, "51000"),
        ],
    )
    async def test_a_move(self, server: OkxServer, client: Client, changed: dict[str, str], code: str) -> None:
        server.account.open_leg("STX-USDT-SWAP", "long", "2", "0.5", margin_mode="isolated", added_margin="5")
        server.account.open_leg("CRV-USDT-SWAP", "long", "2", "0.5")
        body = {"instId": "STX-USDT-SWAP", "posSide": "long", "type": "reduce", "amt": "5"} | changed
        assert (await client.call("POST", MARGIN, body))[1]["code"] == code
        assert server.account.leg("STX-USDT-SWAP", "long").margin == (1 if code == "0" else 6)

    async def test_net_mode_has_no_sides(self, server: OkxServer, client: Client) -> None:
        server.account.position_mode = "net_mode"
        server.account.open_leg("STX-USDT-SWAP", "short", "2", "0.5", margin_mode="isolated", added_margin="5")
        body = {"instId": "STX-USDT-SWAP", "posSide": "short", "type": "reduce", "amt": "1"}
        assert (await client.call("POST", MARGIN, body))[1]["code"] == "51000"
        assert (await client.call("POST", MARGIN, body | {"posSide": "net"}))[1]["code"] == "0"
        assert server.account.leg("STX-USDT-SWAP", "short").margin == 5


class TestPositions:
    async def test_cross_and_isolated(self, server: OkxServer, client: Client) -> None:
        account = server.account
        account.open_leg("BCH-USDT-SWAP", "long", "2", "600")
        account.open_leg("BCH-USDT-SWAP", "long", "1", "600", margin_mode="isolated", added_margin="4", opened_at_ms=5)
        account.set_mark("BCH-USDT-SWAP", "615")
        cross, isolated = await client.rows(POSITIONS)
        assert (cross["mgnMode"], cross["margin"], cross["imr"], cross["liqPx"]) == ("cross", "", "12.3", "")
        assert (isolated["margin"], isolated["imr"], isolated["cTime"]) == ("10", "", "5")
        assert cross["posId"] != isolated["posId"]
        # added margin does not change the ratio: upl / (entry notional / leverage)
        assert (cross["uplRatio"], isolated["uplRatio"]) == ("0.25", "0.25")
        assert (cross["upl"], cross["notionalUsd"], cross["pos"]) == ("3", "123.0369", "2")
        strings = {name for name, value in cross.items() if not isinstance(value, str)}
        assert strings == {"closeOrderAlgo"}

    async def test_net_mode_signs_the_size(self, server: OkxServer, client: Client) -> None:
        server.account.position_mode = "net_mode"
        server.account.open_leg("CRV-USDT-SWAP", "short", "30", "0.4")
        (row,) = await client.rows(POSITIONS)
        assert (row["posSide"], row["pos"], row["availPos"]) == ("net", "-30", "")

    async def test_recorded_row_has_the_same_numbers(self, server: OkxServer, client: Client) -> None:
        """A BIGTIME leg as OKX once showed it; money rounds differently there, from the tenth digit on."""
        server.account.add_instrument("BIGTIME-USDT-SWAP", "10")
        server.account.position_mode = "net_mode"
        server.account.maintenance_rate = Decimal("0.02")
        server.account.open_leg(
            "BIGTIME-USDT-SWAP", "long", "613", "0.01305", leverage=8, margin_mode="isolated", opened_at_ms=1773111514250
        )
        server.account.set_mark("BIGTIME-USDT-SWAP", "0.01304")
        (row,) = await client.rows(POSITIONS)
        shown = {
            "avgPx": "0.01305",
            "bePx": "0.0130630565282641",
            "fee": "-0.03999825",
            "margin": "9.9995625",
            "mgnRatio": "6.064828669759086",
            "mmr": "1.598704",
            "upl": "-0.0613000000000081",
            "uplRatio": "-0.0061302681992341",
        }
        for name, value in shown.items():
            assert float(row[name]) == pytest.approx(float(value), rel=1e-9), name

    async def test_coin_margined(self, server: OkxServer, client: Client) -> None:
        """A BTC-USD leg as OKX once showed it."""
        server.account.open_leg("BTC-USD-SWAP", "long", "1", "91957.1", leverage=20)
        server.account.set_mark("BTC-USD-SWAP", "92057.4")
        (row,) = await client.rows(POSITIONS)
        assert (row["ccy"], row["notionalUsd"]) == ("BTC", "100")
        assert float(row["imr"]) == pytest.approx(0.000054313938912)
        assert float(row["upl"]) == pytest.approx(0.0000011848325084)
        assert float(row["uplRatio"]) == pytest.approx(0.0217907522915017)

    async def test_closed_is_gone_but_for_its_name(self, server: OkxServer, client: Client) -> None:
        account = server.account
        first = account.open_leg("CRV-USDT-SWAP", "long", "3", "0.4")
        account.close_leg("CRV-USDT-SWAP", "long")
        assert await client.rows(f"{POSITIONS}?instType=SWAP") == []
        (row,) = await client.rows(f"{POSITIONS}?instId=CRV-USDT-SWAP")
        assert (row["pos"], row["avgPx"], row["posId"]) == ("0", "", first.position_id)
        (life,) = await client.rows("/api/v5/account/positions-history?instType=SWAP")
        assert (life["type"], life["closeTotalPos"]) == ("2", "3")

    async def test_a_life_of_before_says_how_it_was_held(self, server: OkxServer, client: Client) -> None:
        at = int(server.now() * 1000) - 3_600_000
        server.account.past_leg(
            "STX-USDT-SWAP", "short", 20, "0.3", "0.27", opened_at_ms=at, closed_at_ms=at + 60_000, leverage=5, funding="-0.5"
        )
        (row,) = await client.rows("/api/v5/account/positions-history?instType=SWAP")
        shown = {"openAvgPx": "0.3", "closeAvgPx": "0.27", "openMaxPos": "20", "lever": "5", "mgnMode": "isolated"}
        shown |= {"direction": "short", "cTime": str(at), "uTime": str(at + 60_000), "pnl": "6", "fundingFee": "-0.5"}
        assert {name: row[name] for name in shown} == shown
        assert (row["fee"], row["realizedPnl"]) == ("-0.057", "5.443")

    async def test_seconds_are_of_traded_prices_and_of_three_months(self, server: OkxServer, client: Client) -> None:
        path, now = "/api/v5/market/history-candles?instId=STX-USDT-SWAP&bar=1s&limit=300", int(server.now() * 1000)
        server.account.traded = lambda _, at_ms: Decimal(at_ms % 60_000) / 1000 + 1
        rows: Any = await client.rows(f"{path}&after={now // 60_000 * 60_000}")
        assert len(rows) == 300
        assert [rows[0][place] for place in (1, 2, 3, 4, 8)] == ["60", "60.833", "1", "1", "1"]
        assert await client.rows(f"{path}&after={now - 91 * 86_400_000}") == []
        mark = "/api/v5/market/history-mark-price-candles?instId=STX-USDT-SWAP&bar=1s"
        assert (await client.call("GET", mark))[1]["code"] == "51000"

    async def test_reopened_keeps_its_id(self, server: OkxServer, client: Client) -> None:
        server.account.open_leg("CRV-USDT-SWAP", "long", "3", "0.4")
        (before,) = await client.rows(POSITIONS)
        server.account.reopen("CRV-USDT-SWAP", "long")
        (after,) = await client.rows(f"{POSITIONS}?instId=CRV-USDT-SWAP")
        assert before["posId"] == after["posId"]
        assert int(before["cTime"]) < int(after["cTime"])

    async def test_grown_and_shrunk_by_hand(self, server: OkxServer, client: Client) -> None:
        leg = server.account.open_leg("UNI-USDT-SWAP", "short", "4", "6", margin_mode="isolated")
        opened = leg.opened_at_ms
        server.account.grow_leg("UNI-USDT-SWAP", "short", "4", "7")
        server.account.shrink_leg("UNI-USDT-SWAP", "short", "2")
        (row,) = await client.rows(POSITIONS)
        assert (row["pos"], row["avgPx"], row["margin"], row["cTime"]) == ("6", "6.5", "3.9", str(opened))
        assert int(row["uTime"]) > opened
        assert server.account.fills == []


class TestLongShortOrders:
    @pytest.fixture(autouse=True)
    def legs(self, server: OkxServer) -> None:
        server.account.open_leg("STX-USDT-SWAP", "long", "2", "0.5")

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({}, "0"),
            ({"instId": "NONE-USDT-SWAP"}, "51001"),
            ({"sz": "0"}, "51000"),
            ({"sz": "-1"}, "51000"),
            ({"sz": "1e1"}, "51000"),
            ({"sz": ""}, "51000"),
            ({"sz": "0.15"}, "51121"),
            ({"sz": "5000.1"}, "51202"),
            ({"clOrdId": "with-dash"}, "51000"),
            ({"clOrdId": "x" * 33}, "51000"),
            ({"tdMode": None}, "51000"),
            ({"tdMode": "isolated"}, "51169"),
            ({"posSide": None}, "51000"),
            ({"posSide": "net"}, "51000"),
            ({"posSide": "short", "side": "buy"}, "51169"),
            ({"instId": "CRV-USDT-SWAP"}, "51169"),
            ({"sz": "2.1"}, "51112"),
            # reduceOnly means nothing here: this opens
            ({"side": "buy", "reduceOnly": True}, "0"),
        ],
    )
    async def test_checks(self, client: Client, fields: dict[str, Any], code: str) -> None:
        assert await client.order(**fields) == code

    async def test_minimum(self, server: OkxServer, client: Client) -> None:
        server.account.add_instrument("NEW-USDT-SWAP", "1", "0.1", minimum="1")
        assert await client.order(instId="NEW-USDT-SWAP", sz="0.5") == "51020"

    async def test_funds(self, server: OkxServer, client: Client) -> None:
        server.account.equity = Decimal(2)
        assert await client.order(side="buy", sz="10") == "51008"

    async def test_a_name_is_used_up_for_ever(self, server: OkxServer, client: Client) -> None:
        assert await client.order(clOrdId="once", sz="9") == "51112"
        assert await client.order(clOrdId="once", sz="2") == "0"
        assert await client.order(clOrdId="once", sz="2") == "51016"
        server.account.reuses_client_ids = True
        assert await client.order(clOrdId="once", side="buy") == "0"
        (row,) = await client.rows(f"{ORDER}?instId=STX-USDT-SWAP&clOrdId=once")
        assert row["side"] == "buy"

    async def test_says_what_grew(self, server: OkxServer, client: Client) -> None:
        await client.order(clOrdId="less")
        await client.order(clOrdId="more", side="buy")
        assert [(fill.client_order_id, fill.pos_side, fill.increased) for fill in server.account.fills] == [
            ("less", "long", False),
            ("more", "long", True),
        ]


class TestNetOrders:
    @pytest.fixture(autouse=True)
    def legs(self, server: OkxServer) -> None:
        server.account.position_mode = "net_mode"
        server.account.open_leg("STX-USDT-SWAP", "long", "2", "0.5")

    async def reduce(self, client: Client, **fields: Any) -> str:
        return await client.order(posSide=None, reduceOnly=True, **fields)

    async def test_reduces_and_never_more(self, server: OkxServer, client: Client) -> None:
        assert await self.reduce(client, side="buy") == "51170"
        assert await self.reduce(client, tdMode="isolated") == "51169"
        assert await self.reduce(client, sz="5") == "0"
        assert await self.reduce(client) == "51169"
        assert [(fill.contracts, fill.increased) for fill in server.account.fills] == [(Decimal(2), False)]

    async def test_may_refuse_instead_of_trimming(self, server: OkxServer, client: Client) -> None:
        server.account.trims_reduce_only = False
        assert await self.reduce(client, sz="5") == "51112"

    async def test_flips_without_reduce_only(self, server: OkxServer, client: Client) -> None:
        assert await client.order(posSide="net", sz="5") == "0"
        (row,) = await client.rows(POSITIONS)
        assert row["pos"] == "-3"
        assert [(fill.pos_side, fill.increased) for fill in server.account.fills] == [("long", False), ("short", True)]

    async def test_refuses_a_side(self, client: Client) -> None:
        assert await client.order(posSide="long") == "51000"


class HeldClock:
    """Seconds since 1970 that pass only when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds

    def forward(self, seconds: float) -> None:
        self.seconds += seconds

    @property
    def ms(self) -> int:
        return int(self.seconds * 1000)


class PunctualClient(Client):
    """Signs by the exchange's clock."""

    def __init__(self, session: aiohttp.ClientSession, url: str, clock: HeldClock) -> None:
        super().__init__(session, url)
        self.clock = clock

    async def call(self, method: str, target: str, body: Any = None, **spoiled: str) -> tuple[int, dict[str, Any]]:
        stamp = dt.datetime.fromtimestamp(self.clock.seconds, dt.UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
        return await super().call(method, target, body, **{"timestamp": stamp} | spoiled)

    async def code(self, target: str) -> str:
        return str((await self.call("GET", target))[1]["code"])

    async def names(self, target: str) -> list[str]:
        return [row["clOrdId"] for row in await self.rows(target)]


class TestLate:
    """What the account has done may be seen only later, and not for ever."""

    FOUND = f"{ORDER}?instId=STX-USDT-SWAP&clOrdId="
    PENDING = "/api/v5/trade/orders-pending"
    ENDED = "/api/v5/trade/orders-history"
    FILLS = "/api/v5/trade/fills"
    OLDER_FILLS = "/api/v5/trade/fills-history"

    @pytest.fixture
    def clock(self) -> HeldClock:
        return HeldClock()

    @pytest.fixture
    async def server(self, clock: HeldClock) -> AsyncIterator[OkxServer]:
        async with OkxServer(Account(time=clock)) as running:
            running.account.open_leg("STX-USDT-SWAP", "long", "200", "0.5")
            yield running

    @pytest.fixture
    async def client(self, server: OkxServer, clock: HeldClock) -> AsyncIterator[PunctualClient]:
        async with aiohttp.ClientSession() as session:
            yield PunctualClient(session, server.url, clock)

    async def test_an_order_is_known_later(self, server: OkxServer, client: PunctualClient, clock: HeldClock) -> None:
        server.account.order_lag = 60
        assert await client.order(clOrdId="late") == "0"
        clock.forward(59.9)
        assert await client.code(f"{self.FOUND}late") == "51603"
        assert await client.rows(f"{self.ENDED}?instType=SWAP") == []
        # What became of it lags for itself.
        assert await client.names(self.FILLS) == ["late"]
        assert [row["pos"] for row in await client.rows(POSITIONS)] == ["199"]
        clock.forward(0.2)
        (row,) = await client.rows(f"{self.FOUND}late")
        assert (row["state"], row["accFillSz"]) == ("filled", "1")
        assert await client.rows(f"{self.ENDED}?instType=SWAP") == [row]

    async def test_a_resting_order_is_known_later(self, server: OkxServer, client: PunctualClient, clock: HeldClock) -> None:
        server.account.order_lag = 60
        await client.order(clOrdId="rests", ordType="limit", px="0.5")
        assert await client.rows(self.PENDING) == []
        # The account itself knows it from the start.
        assert await client.order(sz="200") == "51112"
        clock.forward(60.1)
        assert await client.names(self.PENDING) == ["rests"]
        assert await client.rows(f"{self.ENDED}?instType=SWAP") == []

    async def test_asking_moves_no_clock(self, server: OkxServer, client: PunctualClient) -> None:
        await client.order(clOrdId="asked")
        before = server.account.now_ms()
        for target in (f"{self.FOUND}asked", self.PENDING, f"{self.ENDED}?instType=SWAP", self.FILLS, POSITIONS):
            assert await client.code(target) == "0"
        assert server.account.now_ms() == before + 1

    async def test_an_order_without_a_trade_is_forgotten(
        self, server: OkxServer, client: PunctualClient, clock: HeldClock
    ) -> None:
        for name, share in (("nothing", "0"), ("part", "0.5"), ("whole", "1")):
            server.fault("POST /trade/order", "partial_fill", share=share)
            await client.order(clOrdId=name)
        clock.forward(2 * 3600 - 1)
        assert await client.names(f"{self.ENDED}?instType=SWAP") == ["whole", "part", "nothing"]
        assert await client.code(f"{self.FOUND}nothing") == "0"
        clock.forward(1.1)
        assert await client.names(f"{self.ENDED}?instType=SWAP") == ["whole", "part"]
        assert await client.code(f"{self.FOUND}nothing") == "51603"
        assert await client.code(f"{self.FOUND}part") == "0"

    async def test_two_hours_begin_with_its_end(self, server: OkxServer, client: PunctualClient, clock: HeldClock) -> None:
        await client.order(clOrdId="rests", ordType="limit", px="0.5")
        clock.forward(5 * 3600)
        server.account.cancel_live()
        clock.forward(3600)
        assert await client.names(f"{self.ENDED}?instType=SWAP") == ["rests"]
        server.account.keeps_unfilled_ms = 3_600_000
        assert await client.rows(f"{self.ENDED}?instType=SWAP") == []

    async def test_orders_that_have_ended(self, server: OkxServer, client: PunctualClient, clock: HeldClock) -> None:
        server.account.open_leg("CRV-USDT-SWAP", "long", "5", "0.4")
        await client.order(clOrdId="first")
        clock.forward(100)
        second = clock.ms
        await client.order(clOrdId="second", instId="CRV-USDT-SWAP")
        clock.forward(100)
        server.fault("POST /trade/order", "partial_fill", share="0.5")
        await client.order(clOrdId="third", ordType="ioc", px="0.5")
        (row, *_) = rows = await client.rows(f"{self.ENDED}?instType=SWAP")
        assert [one["clOrdId"] for one in rows] == ["third", "second", "first"]
        assert await client.rows(f"{self.FOUND}third") == [row]
        for query, names in (
            ("&instId=STX-USDT-SWAP", ["third", "first"]),
            ("&ordType=ioc", ["third"]),
            ("&state=filled", ["second", "first"]),
            (f"&begin={second}", ["third", "second"]),
            (f"&end={second - 1}", ["first"]),
            (f"&after={row['ordId']}", ["second", "first"]),
            ("&limit=1", ["third"]),
            (f"&limit=1&after={row['ordId']}", ["second"]),
        ):
            assert await client.names(f"{self.ENDED}?instType=SWAP{query}") == names, query
        assert await client.rows(f"{self.ENDED}?instType=SPOT") == []
        for query in ("", "?instId=STX-USDT-SWAP", "?instType=SWAP&begin=yesterday", "?instType=SWAP&limit=-1"):
            assert await client.code(f"{self.ENDED}{query}") == "51000", query
        clock.forward(7 * 86_400 - 150)
        assert await client.names(f"{self.ENDED}?instType=SWAP") == ["third", "second"]

    async def test_a_page_holds_a_hundred(self, server: OkxServer, client: PunctualClient) -> None:
        for number in range(103):
            server.account.place(sell(clOrdId=f"n{number}"))
        for path, name in ((self.ENDED, "ordId"), (self.OLDER_FILLS, "billId"), (self.FILLS, "billId")):
            rows = await client.rows(f"{path}?instType=SWAP&limit=500")
            assert (len(rows), rows[0]["clOrdId"]) == (100, "n102")
            assert len(await client.rows(f"{path}?instType=SWAP")) == 100
            assert await client.names(f"{path}?instType=SWAP&after={rows[-1][name]}") == ["n2", "n1", "n0"]

    @pytest.mark.parametrize("path", [FILLS, f"{OLDER_FILLS}?instType=SWAP"])
    async def test_a_trade_is_shown_later(self, server: OkxServer, client: PunctualClient, clock: HeldClock, path: str) -> None:
        server.account.fill_lag = 60
        await client.order(clOrdId="late")
        server.account.shrink_leg("STX-USDT-SWAP", "long", "2")
        clock.forward(59.9)
        assert await client.rows(path) == []
        assert await client.code(f"{self.FOUND}late") == "0"
        assert [row["pos"] for row in await client.rows(POSITIONS)] == ["197"]
        clock.forward(0.2)
        assert await client.names(path) == ["", "late"]

    async def test_a_trade_keeps_its_number(self, server: OkxServer, client: PunctualClient, clock: HeldClock) -> None:
        await client.order(clOrdId="first")
        server.account.fill_lag = 60
        clock.forward(60.1)
        (alone,) = await client.rows(self.FILLS)
        await client.order(clOrdId="second")
        clock.forward(60.1)
        assert (await client.rows(self.FILLS))[1] == alone

    @pytest.mark.parametrize("path", [f"{FILLS}?", f"{OLDER_FILLS}?instType=SWAP&"])
    async def test_trades_that_are_asked_for(
        self, server: OkxServer, client: PunctualClient, clock: HeldClock, path: str
    ) -> None:
        server.account.open_leg("CRV-USDT-SWAP", "long", "5", "0.4")
        await client.order(clOrdId="first")
        clock.forward(100)
        second = clock.ms
        await client.order(clOrdId="second", instId="CRV-USDT-SWAP")
        clock.forward(100)
        await client.order(clOrdId="third")
        third, _, first = await client.rows(f"{path}limit=3")
        for query, names in (
            ("instId=CRV-USDT-SWAP", ["second"]),
            (f"ordId={first['ordId']}", ["first"]),
            (f"begin={second}", ["third", "second"]),
            (f"end={second - 1}", ["first"]),
            (f"after={third['billId']}", ["second", "first"]),
            (f"instId=STX-USDT-SWAP&after={third['billId']}", ["first"]),
            (f"after={first['billId']}", []),
            ("after=7", []),
            ("limit=2", ["third", "second"]),
        ):
            assert await client.names(f"{path}{query}") == names, query

    async def test_trades_are_kept_for_days_and_for_months(
        self, server: OkxServer, client: PunctualClient, clock: HeldClock
    ) -> None:
        await client.order(clOrdId="old")
        clock.forward(3 * 86_400 - 1)
        assert await client.names(self.FILLS) == ["old"]
        clock.forward(2)
        assert await client.rows(self.FILLS) == []
        assert await client.names(f"{self.OLDER_FILLS}?instType=SWAP") == ["old"]
        assert await client.code(self.OLDER_FILLS) == "51000"
        clock.forward(87 * 86_400)
        assert await client.rows(f"{self.OLDER_FILLS}?instType=SWAP") == []

    async def test_rows_show_what_the_legs_were(self, server: OkxServer, client: PunctualClient, clock: HeldClock) -> None:
        async def shown() -> list[tuple[str, str]]:
            return [(row["pos"], row["uTime"]) for row in await client.rows(POSITIONS)]

        before = await shown()
        clock.forward(100)
        server.account.row_lag = 60
        await client.order(clOrdId="first")
        assert await shown() == before
        assert await client.code(f"{self.FOUND}first") == "0"
        assert await client.names(self.FILLS) == ["first"]
        first = server.account.leg("STX-USDT-SWAP", "long").adjusted_at_ms
        clock.forward(30)
        await client.order(clOrdId="second")
        clock.forward(29)
        assert await shown() == before
        for _ in range(2):
            clock.forward(1)
            assert await shown() == [("199", str(first))]
            clock.forward(28)
        clock.forward(2)
        assert await shown() == [("198", str(server.account.leg("STX-USDT-SWAP", "long").adjusted_at_ms))]

    async def test_the_lag_of_rows_can_end_early(self, server: OkxServer, client: PunctualClient) -> None:
        server.account.row_lag = 60
        await client.order()
        server.account.row_lag = 0
        assert [row["pos"] for row in await client.rows(POSITIONS)] == ["199"]

    async def test_a_lagging_row_has_the_mark_of_now(self, server: OkxServer, client: PunctualClient) -> None:
        server.account.row_lag = 60
        await client.order()
        server.account.set_mark("STX-USDT-SWAP", "0.6")
        (row,) = await client.rows(POSITIONS)
        assert (row["pos"], row["markPx"], row["upl"]) == ("200", "0.6", "200")

    async def test_legs_that_come_and_go_lag_too(self, server: OkxServer, client: PunctualClient, clock: HeldClock) -> None:
        server.account.row_lag = 60
        await client.order(sz="200")
        server.account.open_leg("CRV-USDT-SWAP", "long", "5", "0.4")
        asked = f"{POSITIONS}?instId=STX-USDT-SWAP%2CCRV-USDT-SWAP"
        for target in (POSITIONS, asked):
            assert [(row["instId"], row["pos"]) for row in await client.rows(target)] == [("STX-USDT-SWAP", "200")]
        clock.forward(60)
        assert [row["instId"] for row in await client.rows(POSITIONS)] == ["CRV-USDT-SWAP"]
        assert [row["pos"] for row in await client.rows(asked)] == ["5", "0"]

    async def test_moved_margin_lags_too(self, server: OkxServer, client: PunctualClient, clock: HeldClock) -> None:
        server.account.open_leg("LTC-USDT-SWAP", "long", "10", "80", margin_mode="isolated", added_margin="5")
        server.account.row_lag = 60
        moved = {"instId": "LTC-USDT-SWAP", "posSide": "long", "type": "reduce", "amt": "5"}
        assert (await client.call("POST", MARGIN, moved))[1]["code"] == "0"
        asked = f"{POSITIONS}?instId=LTC-USDT-SWAP"
        assert [row["margin"] for row in await client.rows(asked)] == ["85"]
        clock.forward(60)
        assert [row["margin"] for row in await client.rows(asked)] == ["80"]

    async def test_each_account_lags_for_itself(self, server: OkxServer, client: PunctualClient, clock: HeldClock) -> None:
        second = server.others["second"] = Account(time=clock)
        second.open_leg("STX-USDT-SWAP", "long", "7", "0.5")
        second.row_lag = second.order_lag = 60
        for key, shown, found in (("key", "199", "0"), ("second", "7", "51603")):
            assert (await client.call("POST", ORDER, sell(clOrdId="both"), key=key))[1]["code"] == "0"
            (row,) = (await client.call("GET", POSITIONS, key=key))[1]["data"]
            assert row["pos"] == shown
            assert (await client.call("GET", f"{self.FOUND}both", key=key))[1]["code"] == found


class TestFaults:
    @pytest.fixture(autouse=True)
    def legs(self, server: OkxServer) -> None:
        server.account.open_leg("STX-USDT-SWAP", "long", "2", "0.5")
        server.account.open_leg("CRV-USDT-SWAP", "short", "5", "0.4")

    @pytest.mark.parametrize(("kind", "status"), [("http_500", 500), ("http_429", 429), ("html_200", 200), ("cut_json", 200)])
    async def test_no_json(self, server: OkxServer, client: Client, kind: str, status: int) -> None:
        server.fault("/account/positions", kind)
        async with client.session.get(f"{server.url}/api/v5/public/time") as response:
            assert response.status == 200
        with pytest.raises((aiohttp.ContentTypeError, json.JSONDecodeError)):
            await client.call("GET", POSITIONS)
        assert server.requests[-1].fault == kind
        assert len(await client.rows(POSITIONS)) == 2

    @pytest.mark.parametrize(
        ("kind", "options", "left"),
        [
            ("empty_list", {}, []),
            ("half_list", {}, ["CRV-USDT-SWAP"]),
            ("missing_row", {"row": "CRV-USDT-SWAP"}, ["STX-USDT-SWAP"]),
        ],
    )
    async def test_rows_that_are_not_there(
        self, server: OkxServer, client: Client, kind: str, options: dict[str, Any], left: list[str]
    ) -> None:
        server.fault("/account/positions", kind, **options)
        assert [row["instId"] for row in await client.rows(POSITIONS)] == left

    async def test_rows_that_are_wrong(self, server: OkxServer, client: Client) -> None:
        server.fault("/account/positions", "empty_row_field", row="STX-USDT-SWAP", field="markPx")
        crv, stx = await client.rows(POSITIONS)
        assert (crv["markPx"], stx["markPx"]) == ("0.4", "")
        server.fault("/account/positions", "wrong_types", field="pos", value=[1])
        assert [row["pos"] for row in await client.rows(POSITIONS)] == [[1], [1]]
        server.fault("/account/positions", "wrong_types")
        assert isinstance((await client.call("GET", POSITIONS))[1]["data"], dict)

    async def test_codes(self, server: OkxServer, client: Client) -> None:
        server.fault("/account/positions", "code", code="50011")
        assert (await client.call("GET", POSITIONS))[0] == 429
        server.fault("/account/positions", "unauthorized")
        assert (await client.call("GET", POSITIONS))[1]["code"] == "50111"
        server.fault("POST /trade/order", "code", code="50004", after_effect=True)
        assert await client.order(clOrdId="late") == "50004"
        assert [fill.client_order_id for fill in server.account.fills] == ["late"]
        server.fault("POST /trade/order", "code", code="50001", outer=True)
        assert (await client.call("POST", ORDER, sell()))[1] | {"msg": ""} == {"code": "50001", "data": [], "msg": ""}
        assert len(server.account.fills) == 1

    async def test_skip_times_and_instrument(self, server: OkxServer, client: Client) -> None:
        server.fault("POST /trade/order", "code", code="51149", times=None, skip=1, inst_id="STX-USDT-SWAP")
        assert [await client.order(sz="0.1") for _ in range(3)] == ["0", "51149", "51149"]
        assert await client.order(instId="CRV-USDT-SWAP", side="buy", posSide="short") == "0"
        server.clear_faults()
        assert await client.order(sz="0.1") == "0"

    @pytest.mark.parametrize("after_effect", [False, True])
    async def test_drop(self, server: OkxServer, client: Client, after_effect: bool) -> None:
        server.fault("POST /trade/order", "drop", after_effect=after_effect)
        with pytest.raises(aiohttp.ClientConnectionError):
            await client.order()
        assert len(server.account.fills) == len(server.orders_sent()) == int(after_effect)
        assert len(server.requests_to("POST /trade/order")) == 1

    @pytest.mark.parametrize("after_effect", [False, True])
    async def test_hang_until_released(self, server: OkxServer, client: Client, after_effect: bool) -> None:
        fault = server.fault("POST /trade/order", "hang", after_effect=after_effect)
        placing = asyncio.create_task(client.order())
        await server.until(lambda: len(server.account.fills) == 1 if after_effect else fault.used == 1)
        assert not placing.done()
        assert len(server.account.fills) == int(after_effect)
        fault.release()
        assert await placing == "0"

    async def test_hang_until_the_client_leaves(self, server: OkxServer, client: Client) -> None:
        fault = server.fault("POST /trade/order", "hang")
        placing = asyncio.create_task(client.order())
        await server.until(lambda: fault.used == 1)
        placing.cancel()
        await asyncio.gather(placing, return_exceptions=True)
        assert await client.order(clOrdId="next") == "0"
        assert [fill.client_order_id for fill in server.account.fills] == ["next"]

    async def test_delay(self, server: OkxServer, client: Client) -> None:
        server.fault("/account/positions", "delay", seconds=0.01)
        assert len(await client.rows(POSITIONS)) == 2

    async def test_partial_fill(self, server: OkxServer, client: Client) -> None:
        server.fault("POST /trade/order", "partial_fill", share="0.55")
        assert await client.order(clOrdId="part", sz="1") == "0"
        (row,) = await client.rows(f"{ORDER}?instId=STX-USDT-SWAP&clOrdId=part")
        assert (row["state"], row["accFillSz"], row["sz"]) == ("canceled", "0.5", "1")

    async def test_fill_later(self, server: OkxServer, client: Client) -> None:
        server.fault("POST /trade/order", "fill_later", times=2)
        assert await client.order(clOrdId="slow", sz="1.5") == "0"
        (row,) = await client.rows("/api/v5/trade/orders-pending")
        assert (row["state"], row["accFillSz"], row["avgPx"]) == ("live", "0", "")
        # what waits to close is not there to be closed twice
        assert await client.order(sz="1") == "51112"
        server.account.fill_live("slow", share="0.5")
        (row,) = await client.rows(f"{ORDER}?instId=STX-USDT-SWAP&clOrdId=slow")
        assert (row["state"], row["accFillSz"]) == ("partially_filled", "0.7")
        server.account.fill_live()
        assert await client.rows("/api/v5/trade/orders-pending") == []
        assert server.account.leg("STX-USDT-SWAP", "long").contracts == Decimal("0.5")

    async def test_fill_later_on_its_own(self, server: OkxServer, client: Client) -> None:
        server.fault("POST /trade/order", "fill_later", seconds=0.01)
        await client.order()
        await server.until(lambda: len(server.account.fills) == 1)

    async def test_closing_order_never_turns_the_leg_around(self, server: OkxServer, client: Client) -> None:
        server.fault("POST /trade/order", "fill_later")
        await client.order(clOrdId="slow", sz="2")
        server.account.shrink_leg("STX-USDT-SWAP", "long", "1.5")
        server.account.fill_live()
        (row,) = await client.rows(f"{ORDER}?instId=STX-USDT-SWAP&clOrdId=slow")
        assert (row["state"], row["accFillSz"]) == ("canceled", "0.5")

    async def test_hooks_stand_before_and_after_the_effect(self, server: OkxServer, client: Client) -> None:
        seen: list[int] = []

        async def look(record: Record) -> None:
            seen.append(len(server.account.fills))

        server.on_request = server.on_reply = look
        await client.order()
        assert seen == [0, 1]

    async def test_unknown_kind(self, server: OkxServer) -> None:
        with pytest.raises(ValueError, match="no such fault"):
            server.fault("/trade/order", "gremlins")

    async def test_comes_back_on_the_same_port(self, server: OkxServer, client: Client) -> None:
        await server.stop()
        with pytest.raises(aiohttp.ClientConnectionError):
            await client.rows(POSITIONS)
        await server.start()
        assert len(await client.rows(POSITIONS)) == 2


class TestMoney:
    def test_equity_moves_with_the_marks_and_the_fees(self) -> None:
        account = Account(usdt_usd=Decimal(1))
        account.open_leg("LTC-USDT-SWAP", "long", "10", "80")
        account.equity = Decimal(500)
        account.set_mark("LTC-USDT-SWAP", "81")
        assert account.equity == Decimal(510)
        account.place(sell(instId="LTC-USDT-SWAP", sz="10"))
        assert account.equity == Decimal(510) - 810 * account.fee_rate
        assert account.legs == {}

    @pytest.mark.parametrize("side", ["long", "short"])
    @pytest.mark.parametrize("inst_id", ["LTC-USDT-SWAP", "BTC-USD-SWAP"])
    def test_roi_at_will(self, side: Any, inst_id: str) -> None:
        account = Account()
        leg = account.open_leg(inst_id, side, "10", "80", leverage=8)
        account.set_roi(inst_id, side, "-30")
        assert round(leg.roi, 20) == Decimal("-0.3")

    def test_margin_cannot_leave_below_notional_over_leverage(self) -> None:
        account = Account()
        account.open_leg("LTC-USDT-SWAP", "long", "10", "80", margin_mode="isolated", added_margin="5")
        account.move_margin("LTC-USDT-SWAP", "long", "-5")
        with pytest.raises(Exception, match="59301"):
            account.move_margin("LTC-USDT-SWAP", "long", "-1")

    def test_what_an_isolated_leg_wins_is_not_free(self) -> None:
        account = Account(cash=Decimal(1000))
        account.open_leg("LTC-USDT-SWAP", "long", "10", "80", margin_mode="isolated", added_margin="5")
        assert account.available == 1000 - 85
        account.set_mark("LTC-USDT-SWAP", "81")
        assert account.available == 1000 - 85
        account.open_leg("CRV-USDT-SWAP", "long", "100", "0.5")
        account.set_mark("CRV-USDT-SWAP", "0.6")
        # 10 U won, 6 U bound.
        assert account.available == 1000 - 85 + 10 - 6

    def test_refuses_floats(self) -> None:
        with pytest.raises(TypeError):
            Account().set_mark("LTC-USDT-SWAP", 0.1)  # type: ignore[arg-type]
