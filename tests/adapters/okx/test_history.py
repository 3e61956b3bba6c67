"""What OKX remembers, over HTTP: bars of the mark price, funding bills, and the fields of a leg that are only shown."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
from okx.Account import AccountAPI
from okx.MarketData import MarketAPI

from tests.fixtures.okx_engine import QuickClock, client_of, okx_on
from tests.simulation.exchange.account import Account
from tests.simulation.exchange.server import OkxServer
from tgtp.adapters.okx.exchange import Okx
from tgtp.adapters.okx.history import MOST_BARS, WIDTHS
from tgtp.adapters.okx.market_data import OkxPrices
from tgtp.adapters.okx.rows.legs import leg_or_reason
from tgtp.domain.examples import instrument
from tgtp.domain.model import EPOCH, Candle, Leg
from tgtp.errors import AccessRefused, TemporarilyDown

STX = "STX-USDT-SWAP"
CANDLES = "/market/mark-price-candles"
BILLS, ARCHIVE = "/account/bills", "/account/bills-archive"
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
async def server() -> AsyncIterator[OkxServer]:
    async with OkxServer() as running:
        yield running


class HeldClock(QuickClock):
    """Stands at a quarter past an hour, so that a bar is always half done; moves when somebody sleeps."""

    def now(self) -> dt.datetime:
        return dt.datetime(2026, 11, 24, 18, 15, 30, tzinfo=dt.UTC) + dt.timedelta(seconds=self.ahead)


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
async def okx(server: OkxServer, clock: HeldClock) -> AsyncIterator[Okx]:
    async with okx_on(server, clock=clock) as adapter:
        yield adapter


def milliseconds(moment: dt.datetime) -> int:
    return (moment - EPOCH) // dt.timedelta(milliseconds=1)


def row_at(moment: dt.datetime, *prices: Any) -> list[Any]:
    return [str(milliseconds(moment)), *(prices or ("1", "3", "0.5", "2")), "1"]


class TestCandles:
    @pytest.mark.parametrize(
        ("back", "bar", "pages"),
        [
            (dt.timedelta(0), "1m", 1),
            (MINUTE, "1m", 1),
            (298 * MINUTE, "1m", 3),
            (299 * MINUTE, "3m", 2),
            (DAY, "5m", 3),
            (3 * DAY, "15m", 3),
            (30 * DAY, "4H", 2),
            (200 * DAY, "1Dutc", 3),
            (1000 * DAY, "1Wutc", 2),
        ],
    )
    async def test_the_narrowest_bars_that_reach_back(
        self, server: OkxServer, okx: Okx, clock: HeldClock, back: dt.timedelta, bar: str, pages: int
    ) -> None:
        now = clock.now()
        candles = await okx.mark_candles(STX, now - back)
        asked = server.requests_to(CANDLES)
        assert ({record.query["bar"] for record in asked}, len(asked)) == ({bar}, pages)
        width = WIDTHS[bar]
        assert {later.opened_at - earlier.opened_at for earlier, later in itertools.pairwise(candles)} <= {width}
        assert candles[0].opened_at <= now - back < candles[0].opened_at + width
        assert candles[-1].opened_at <= now < candles[-1].opened_at + width
        assert len(candles) <= MOST_BARS

    async def test_the_prices_are_those_of_the_exchange(self, server: OkxServer, okx: Okx, clock: HeldClock) -> None:
        server.account.past = lambda _, at_ms: Decimal(at_ms // 60_000 % 60 + 1) / 10
        server.account.set_mark(STX, "0.3123456789")
        before, last = (await okx.mark_candles(STX, clock.now() - MINUTE))[-2:]
        assert before.opened_at == dt.datetime(2026, 11, 24, 18, 14, tzinfo=dt.UTC)
        # The bar of the 14th minute begins at 1.5 and ends where the next begins.
        assert (before.open, before.high, before.low, before.close) == (*map(Decimal, ("1.5", "1.6", "1.5", "1.6")),)
        assert (last.open, last.high, last.low, last.close) == (*map(Decimal, ("1.6", "1.6", "0.3123456789", "0.3123456789")),)

    async def test_it_needs_no_key(self, server: OkxServer, clock: HeldClock) -> None:
        server.account.time = lambda: clock.now().timestamp()
        prices = OkxPrices(client_of(server, keys=None), clock)
        candles = await prices.mark_candles(STX, clock.now() - HOUR)
        await prices.close()
        # By the given clock: the wall's would have asked for other bars.
        assert (candles[0].opened_at, len(candles)) == (dt.datetime(2026, 11, 24, 17, 15, tzinfo=dt.UTC), 61)

    async def test_an_instrument_that_okx_does_not_know_has_none(self, okx: Okx, clock: HeldClock) -> None:
        assert await okx.mark_candles("NOWHERE-USDT-SWAP", clock.now() - HOUR) == ()

    async def test_a_young_instrument_has_few(self, server: OkxServer, okx: Okx, clock: HeldClock) -> None:
        since = clock.now() - DAY
        rows = [row_at(clock.now() - n * 5 * MINUTE) for n in range(3)]
        server.fault(CANDLES, "json", body={"code": "0", "data": rows, "msg": ""})
        assert len(await okx.mark_candles(STX, since)) == 3
        server.fault(CANDLES, "empty_list")
        assert await okx.mark_candles(STX, since) == ()

    async def test_a_page_that_goes_no_further_back_does_not_turn_for_ever(
        self, server: OkxServer, okx: Okx, clock: HeldClock
    ) -> None:
        rows = [row_at(clock.now() - n * MINUTE) for n in range(100)]
        server.fault(CANDLES, "json", times=None, body={"code": "0", "data": rows, "msg": ""})
        candles = await okx.mark_candles(STX, clock.now() - 200 * MINUTE)
        assert (len(candles), len(server.requests_to(CANDLES))) == (100, 4)

    @pytest.mark.parametrize(
        "row",
        [
            [],
            ["1767225600000", "1", "2"],
            ["", "1", "3", "0.5", "2", "1"],
            ["soon", "1", "3", "0.5", "2", "1"],
            ["1767225600000", "1", "3", "", "2", "1"],
            ["1767225600000", "1", "3", "-0.5", "2", "1"],
            ["1767225600000", "0", "3", "0", "2", "1"],
            ["1767225600000", 1.0, "3", "0.5", "2", "1"],
            ["1767225600000", "NaN", "3", "0.5", "2", "1"],
            ["1767225600000", "1", "0.9", "0.5", "0.8", "1"],
            ["1767225600000", "1", "3", "0.5", "4", "1"],
            {"ts": "1767225600000", "o": "1"},
            None,
        ],
    )
    async def test_a_row_that_makes_no_sense(self, server: OkxServer, okx: Okx, clock: HeldClock, row: Any) -> None:
        body = {"code": "0", "data": [row_at(clock.now()), row], "msg": ""}
        server.fault(CANDLES, "json", body=body)
        with pytest.raises(TemporarilyDown):
            await okx.mark_candles(STX, clock.now() - HOUR)
        assert await okx.mark_candles(STX, clock.now() - HOUR)

    @pytest.mark.parametrize("kind", ["http_502", "html_200", "cut_json", "wrong_types"])
    async def test_what_is_no_reply(self, server: OkxServer, okx: Okx, clock: HeldClock, kind: str) -> None:
        server.fault(CANDLES, kind)
        with pytest.raises(TemporarilyDown):
            await okx.mark_candles(STX, clock.now() - HOUR)


class TestHourBars:
    async def test_a_month_is_eight_pages(self, server: OkxServer, okx: Okx, clock: HeldClock) -> None:
        bars: list[Candle] = []
        for _ in range(8):
            bars = [*await okx.hour_bars(STX, bars[0].opened_at if bars else None), *bars]
        asked = server.requests_to(CANDLES)
        assert {(record.query["bar"], record.query["limit"]) for record in asked} == {("1H", "100")}
        # The first page has the hour that runs as well.
        assert (len(asked), len(bars)) == (8, 799)
        assert {later.opened_at - earlier.opened_at for earlier, later in itertools.pairwise(bars)} == {HOUR}
        assert bars[-1].opened_at == dt.datetime(2026, 11, 24, 17, tzinfo=dt.UTC)

    async def test_it_needs_no_key(self, server: OkxServer, clock: HeldClock) -> None:
        server.account.time = lambda: clock.now().timestamp()
        prices = OkxPrices(client_of(server, keys=None), clock)
        bars = await prices.hour_bars(STX)
        await prices.close()
        assert (len(bars), bars[-1].opened_at) == (99, dt.datetime(2026, 11, 24, 17, tzinfo=dt.UTC))

    async def test_only_what_okx_says_is_over(self, server: OkxServer, okx: Okx) -> None:
        full = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
        rows = [[*row_at(full - back * HOUR)[:5], confirm] for back, confirm in enumerate(("0", "1", 1, 0, "", None, "2"))]
        server.fault(CANDLES, "json", body={"code": "0", "data": rows, "msg": ""})
        assert [bar.opened_at for bar in await okx.hour_bars(STX)] == [full - 2 * HOUR, full - HOUR]

    @pytest.mark.parametrize(
        "row",
        [
            ["1767225600000", "1", "3", "0.5", "2"],
            ["1767225600001", "1", "3", "0.5", "2", "1"],
            ["1767225600000", "1", "3", "0.5", "4", "1"],
            ["1767225600000", "", "3", "0.5", "2", "1"],
            ["1767225600000", "0", "0", "0", "0", "1"],
            ["soon", "1", "3", "0.5", "2", "1"],
            [],
        ],
    )
    async def test_a_row_that_makes_no_sense_is_passed_over(self, server: OkxServer, okx: Okx, row: list[Any]) -> None:
        full = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
        server.fault(CANDLES, "json", body={"code": "0", "data": [row_at(full), row], "msg": ""})
        assert [bar.opened_at for bar in await okx.hour_bars(STX)] == [full]
        # A page of nothing else is no reply: it does not say that there are no hours.
        server.fault(CANDLES, "json", body={"code": "0", "data": [row, row], "msg": ""})
        with pytest.raises(TemporarilyDown):
            await okx.hour_bars(STX)

    async def test_prices_that_are_numbers_are_read_as_well(self, server: OkxServer, okx: Okx) -> None:
        row = row_at(dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC), "1", "3", "0.5", "2.000000000000000001")
        server.fault(CANDLES, "json", body={"code": "0", "data": [row], "msg": ""})
        (bar,) = await okx.hour_bars(STX)
        assert bar.close == Decimal("2.000000000000000001")

    @pytest.mark.parametrize("kind", ["http_502", "html_200", "cut_json", "wrong_types"])
    async def test_what_is_no_reply(self, server: OkxServer, okx: Okx, kind: str) -> None:
        server.fault(CANDLES, kind)
        with pytest.raises(TemporarilyDown):
            await okx.hour_bars(STX)


class TestFunding:
    async def test_received_and_paid_since_then(self, server: OkxServer, okx: Okx, clock: HeldClock) -> None:
        account, now = server.account, clock.now()
        account.open_leg(STX, "long", "100", "0.3")
        account.open_leg(STX, "short", "100", "0.3", margin_mode="isolated")
        account.fund_leg(STX, "long", "-0.031", at_ms=milliseconds(now - DAY) - 1)
        account.fund_leg(STX, "long", "-0.03", at_ms=milliseconds(now - DAY))
        account.fund_leg(STX, "short", "0.0201", at_ms=milliseconds(now - HOUR))
        account.fund_leg(STX, "long", "-0.0000001", at_ms=milliseconds(now - MINUTE))
        assert await okx.funding_since(now - DAY) == Decimal("-0.0099001")
        assert [record.path[-6:] for record in server.requests if "bills" in record.path] == ["/bills"]

    async def test_nothing_but_funding_in_usdt_counts(self, server: OkxServer, okx: Okx, clock: HeldClock) -> None:
        account, now = server.account, clock.now()
        account.bill("8", "-0.5", STX)
        account.bill("8", "-7", "BTC-USDC-SWAP", "USDC")
        account.bill("8", "-7", "BTC-USD-SWAP", "BTC")
        account.bill("1", "1000")
        account.bill("2", "-7", STX)
        assert await okx.funding_since(now - HOUR) == Decimal("-0.5")
        # Even where OKX should send more than it was asked for.
        rows = [
            {"type": kind, "instType": family, "ccy": ccy, "pnl": "-1", "ts": str(milliseconds(now)), "billId": "1"}
            for kind, family, ccy in (("8", "SWAP", "USDT"), ("8", "SWAP", "USDC"), ("8", "", "USDT"), ("2", "SWAP", "USDT"))
        ]
        server.fault(BILLS, "json", body={"code": "0", "data": rows, "msg": ""})
        assert await okx.funding_since(now - HOUR) == -1

    async def test_no_bills_are_no_funding(self, okx: Okx, clock: HeldClock) -> None:
        assert await okx.funding_since(clock.now() - DAY) == 0

    @pytest.mark.parametrize(("days", "path"), [(6, BILLS), (7, ARCHIVE), (31, ARCHIVE)])
    async def test_older_ones_are_in_the_archive(
        self, server: OkxServer, okx: Okx, clock: HeldClock, days: int, path: str
    ) -> None:
        since = clock.now() - days * DAY
        server.account.bill("8", "0.25", STX, at_ms=milliseconds(since) + 1000)
        assert await okx.funding_since(since) == Decimal("0.25")
        assert {record.path for record in server.requests if "bills" in record.path} == {f"/api/v5{path}"}

    async def test_longer_ago_than_okx_remembers_is_not_known(self, server: OkxServer, okx: Okx, clock: HeldClock) -> None:
        assert await okx.funding_since(clock.now() - 95 * DAY) is None
        assert not [record for record in server.requests if "bills" in record.path]

    @pytest.mark.parametrize("count", [99, 100, 101, 250])
    async def test_more_than_a_page(self, server: OkxServer, okx: Okx, clock: HeldClock, count: int) -> None:
        for number in range(count):
            # Several of the same moment: pages turn by number.
            server.account.bill("8", "0.01", STX, at_ms=milliseconds(clock.now() - HOUR) + number // 3)
        begun = clock.now()
        assert await okx.funding_since(clock.now() - DAY) == Decimal(count) / 100
        pages = len(server.requests_to(BILLS))
        assert pages == count // 100 + 1
        # Five in a second are allowed.
        assert clock.now() - begun >= (pages - 1) * dt.timedelta(seconds=0.2)

    async def test_more_than_anybody_reads_is_not_known(self, server: OkxServer, okx: Okx, clock: HeldClock) -> None:
        bill = {"type": "8", "instType": "SWAP", "ccy": "USDT", "pnl": "1", "ts": str(milliseconds(clock.now()))}
        rows = [bill | {"billId": str(number)} for number in range(100)]
        server.fault(BILLS, "json", times=None, body={"code": "0", "data": rows, "msg": ""})
        assert await okx.funding_since(clock.now() - DAY) is None
        assert len(server.requests_to(BILLS)) == 50

    @pytest.mark.parametrize(("field", "value"), [("pnl", ""), ("pnl", "much"), ("pnl", 1), ("ts", ""), ("ts", "today")])
    async def test_a_bill_that_makes_no_sense(
        self, server: OkxServer, okx: Okx, clock: HeldClock, field: str, value: Any
    ) -> None:
        server.account.bill("8", "0.25", STX)
        server.fault(BILLS, "wrong_types", field=field, value=value)
        with pytest.raises(TemporarilyDown):
            await okx.funding_since(clock.now() - DAY)

    async def test_a_key_that_is_refused(self, server: OkxServer, okx: Okx, clock: HeldClock) -> None:
        server.fault(BILLS, "unauthorized")
        with pytest.raises(AccessRefused):
            await okx.funding_since(clock.now() - DAY)


class TestShownOfALeg:
    async def test_break_even_fees_funding_and_margin_ratio(self, server: OkxServer, okx: Okx) -> None:
        account = server.account
        held = account.open_leg(STX, "long", "100", "0.3", margin_mode="isolated")
        account.fund_leg(STX, "long", "-0.025")
        (leg,) = (await okx.snapshot()).legs
        # 300 U at 0.05 %.
        assert (leg.fees, leg.funding) == (Decimal("0.15"), Decimal("-0.025"))
        assert leg.break_even_price == pytest.approx(Decimal("0.3003001500750375"))
        assert leg.margin_ratio == pytest.approx(held.margin / (300 * (account.maintenance_rate + account.fee_rate)))
        assert leg.realised_pnl == Decimal("-0.175")

    @pytest.mark.parametrize("field", ["bePx", "fee", "fundingFee", "mgnRatio", "liqPx"])
    @pytest.mark.parametrize("value", [None, "", "nonsense", 1.5, "NaN", "Infinity", "1e99", "-1", "0", [], {}])
    def test_nonsense_in_them_never_hides_a_leg(self, field: str, value: Any) -> None:
        row = {
            "instType": "SWAP",
            "instId": "CRV-USDT-SWAP",
            "mgnMode": "cross",
            "posSide": "long",
            "pos": "10",
            "avgPx": "5",
            "markPx": "5",
            "lever": "10",
            "imr": "5",
            "cTime": "1767225600000",
        }
        leg = leg_or_reason(row | {field: value}, {"CRV-USDT-SWAP": instrument()})
        assert isinstance(leg, Leg)
        shown = {
            "bePx": leg.break_even_price,
            "fee": leg.fees,
            "fundingFee": leg.funding,
            "mgnRatio": leg.margin_ratio,
            "liqPx": leg.liquidation_price,
        }
        found = shown.pop(field)
        assert set(shown.values()) == {None}
        signed = {"fee": {"-1": Decimal(1), "0": Decimal(0)}, "fundingFee": {"-1": Decimal(-1), "0": Decimal(0)}}
        expected = signed.get(field, {}).get(value) if isinstance(value, str) else None
        assert found == expected


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_the_official_client_reads_the_same_server(server: OkxServer) -> None:
    account: Account = server.account
    account.open_leg(STX, "long", "100", "0.3")
    for amount in ("-0.03", "0.01"):
        account.fund_leg(STX, "long", amount)

    def drive() -> list[dict[str, Any]]:
        with (
            MarketAPI(flag="0", domain=server.url) as market,
            AccountAPI("key", "secret", "pass", flag="0", domain=server.url) as official,
        ):
            newest = market.get_mark_price_candlesticks(STX, bar="5m", limit="3")
            return [
                newest,
                market.get_mark_price_candlesticks(STX, bar="5m", limit="2", after=newest["data"][0][0]),
                market.get_mark_price_candlesticks("NOWHERE-USDT-SWAP"),
                official.get_account_bills(instType="SWAP", type="8"),
                official.get_account_bills_archive(instType="SWAP", type="8", limit="1"),
            ]

    newest, older, unknown, bills, archived = await asyncio.to_thread(drive)
    assert older["data"] == newest["data"][1:]
    assert [row[5] for row in newest["data"]] == ["0", "1", "1"]
    assert {len(row) for row in newest["data"]} == {6}
    assert (unknown["code"], unknown["data"]) == ("51001", [])
    assert [(row["pnl"], row["subType"], row["type"]) for row in bills["data"]] == [("0.01", "174", "8"), ("-0.03", "173", "8")]
    assert archived["data"] == bills["data"][:1]
