"""What the page asks for: one leg, the money of some days, past events, and why."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from tests.fixtures.fakes import NOW, fail, key
from tests.monitor.document.book import APT, CRO, CRV, CRV_SHORT, STX, Book
from tgtp.chat.texts import LANGUAGES, Language
from tgtp.domain.funding.rates import Settled
from tgtp.domain.model import Candle, EquitySample
from tgtp.engine.ports import EquityHistory, Exchange
from tgtp.errors import TemporarilyDown
from tgtp.monitor.details import money, past_events
from tgtp.monitor.details.details import Details

DOGE = key("DOGE-USDT-SWAP")
TODAY = NOW.date()
DAY = dt.timedelta(days=1)


@pytest.fixture
def details(book: Book) -> Details:
    return Details(book.accounts, book.clock, dt.UTC)


def with_bars(book: Book, monkeypatch: pytest.MonkeyPatch) -> list[dt.datetime]:
    """Have the exchange know bars; gives since when they were asked for."""
    asked = []

    async def mark_candles(_: Exchange, instrument_id: str, since: dt.datetime) -> tuple[Candle, ...]:
        asked.append(since)
        hours = (NOW - dt.timedelta(hours=number) for number in (2, 1, 0))
        return tuple(Candle(opened_at=at, open=5, high="5.5", low="4.5", close="5.25") for at in hours)

    monkeypatch.setattr(type(book.exchange), "mark_candles", mark_candles)
    return asked


# A leg


async def test_a_leg_has_its_bars_the_orders_of_its_life_and_the_numbers_of_now(
    book: Book, details: Details, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = with_bars(book, monkeypatch)
    found = await details.leg(f"main|{CRV}", "en")
    assert found is not None
    assert found["bars"][0] == [int((NOW - dt.timedelta(hours=2)).timestamp() * 1000), 5.0, 5.5, 4.5, 5.25]
    assert found["step"] == 3600
    assert asked == [NOW - dt.timedelta(hours=36)]
    assert [(fill["rule"], fill["tier"], fill["contracts"]) for fill in found["fills"]] == [
        ("tier", 3, "17"),
        ("tier", 2, "35"),
        ("tier", 1, "30"),
    ]
    assert found["orders"][-1]["words"] == "🎯 CRV long: tier 1 at +80.00%, closed 30, +12.00 U"
    assert found["orders"][-1]["why"].startswith("Rule: tier 1, ROI ≥ 25%")
    numbers = dict(found["decision"])
    assert numbers["ROI"] == "+80.00%: entry 5, mark 5.4, 10x"
    assert numbers["Margin"] == "9.72 U, above the gate of 1 U"
    assert "Hedge rule" in numbers
    assert found["text"] == "all tiers fired"


async def test_the_last_day_is_shorter_than_a_life(book: Book, details: Details, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = with_bars(book, monkeypatch)
    await details.leg(f"main|{CRV}", "en", "day")
    assert asked == [book.clock.now() - DAY]


async def test_a_leg_says_its_next_tier_and_where_it_closes(details: Details) -> None:
    numbers = dict((await details.leg(f"main|{STX}", "en") or {})["decision"])
    assert numbers["Tier 1, next"] == "25% at 0.5125 (+2.50% away): closes 300 of 1000"
    assert "Hedge rule" not in numbers
    numbers = dict((await details.leg(f"main|{CRO}", "zh") or {})["decision"])
    assert numbers["保证金"] == "0.60 U，不高于门槛 1 U"
    assert numbers["第 1 档（下一档）"] == "25% @ 0.1025；价格到 0.1667（距离 +66.70%）时保证金才高于门槛：平 18 张，共 60 张"


async def test_orders_of_another_leg_or_life_are_left_out(book: Book, details: Details) -> None:
    short = await details.leg(f"main|{CRV_SHORT}", "en")
    assert short is not None
    assert {order["kind"] for order in short["orders"]} <= {"tier_filled", "hedge_filled", "guard_filled"}
    assert not any("long" in order["words"] for order in short["orders"])
    assert (await details.leg(f"alpha|{APT}", "en") or {})["orders"] == []


async def test_a_leg_that_cannot_be_read_says_so(book: Book, details: Details) -> None:
    book.hide(DOGE)
    await book.check()
    found = await details.leg(f"main|{DOGE}", "en")
    assert found is not None
    assert found["decision"] == []
    assert "invalid data" in found["text"]


@pytest.mark.parametrize("name", ["", "main", "nobody|CRV-USDT-SWAP_long", "main|", "main|XYZ-USDT-SWAP_long", "main|../x"])
async def test_what_is_not_held_has_no_details(details: Details, name: str) -> None:
    assert await details.leg(name, "en") is None


async def test_without_prices_there_are_no_bars(book: Book, details: Details) -> None:
    book.exchange.before = fail("mark_candles", TemporarilyDown("no route"))
    found = await details.leg(f"main|{CRV}", "en")
    assert found is not None
    assert (found["bars"], found["step"]) == ([], None)


# Money


async def test_days_say_what_was_realised_by_what(details: Details) -> None:
    found = await details.money(TODAY - DAY, TODAY, None)
    assert [day["day"] for day in found["days"]] == ["2026-01-01", "2026-01-02"]
    assert found["days"][0]["tier"] == "0"
    totals = found["totals"]
    assert Decimal(totals["net"]) == Decimal(totals["tier"]) + Decimal(totals["hedge"]) + Decimal(totals["guard"]) - Decimal(
        totals["fees"]
    )
    assert totals["orders"] == sum(day["orders"] for day in found["days"]) > 0
    assert totals["funding"] == "0"


async def test_money_is_of_one_account_or_of_all(details: Details) -> None:
    everything, main, alpha = [await details.money(TODAY, TODAY, name) for name in (None, "main", "alpha")]
    assert everything["totals"]["orders"] == main["totals"]["orders"] > alpha["totals"]["orders"] == 0
    assert Decimal(everything["equity"][-1][1]) == Decimal(main["equity"][-1][1]) + Decimal(alpha["equity"][-1][1])
    nobody = await details.money(TODAY, TODAY, "nobody")
    assert (nobody["equity"], nobody["totals"]["orders"]) == ([], 0)


async def test_a_long_line_keeps_its_deepest_fall_and_has_few_points(book: Book, details: Details) -> None:
    for number in range(3 * money.MOST_POINTS):
        worth = 500 if number == 777 else 1000
        book.checker.equity_history.append(EquitySample(at=NOW - DAY + number * dt.timedelta(minutes=1), equity=worth))
    found = await details.money(TODAY - 30 * DAY, TODAY, "main")
    assert 100 < len(found["equity"]) <= money.MOST_POINTS
    assert max(Decimal(fall) for _, fall in found["drawdown"]) == Decimal("0.5")
    assert all(type(at) is int for at, _ in found["equity"])


async def test_a_long_line_is_read_every_five_minutes(book: Book, details: Details, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dt.datetime] = []

    def since(_: EquityHistory, moment: dt.datetime) -> list[EquitySample]:
        asked.append(moment)
        return [EquitySample(at=NOW - DAY, equity=1000)]

    monkeypatch.setattr(type(book.checker.equity_history), "since", since)
    for days, reads in ((60, 1), (60, 1), (61, 2), (60, 2), (3, 3), (3, 4)):
        assert (await details.money(TODAY - days * DAY, TODAY, "main"))["equity"]
        assert len(asked) == reads
    book.clock.forward(300)
    await details.money(TODAY - 60 * DAY, TODAY, "main")
    assert len(asked) == 5


async def test_what_is_over_has_its_own_funding(book: Book, details: Details, monkeypatch: pytest.MonkeyPatch) -> None:
    hour = dt.timedelta(hours=1)

    async def settled(_: Exchange, since: dt.datetime) -> tuple[Settled, ...]:
        return tuple(Settled(since + hours * hour, Decimal(hours)) for hours in range(0, 24 * 6, 8))

    monkeypatch.setattr(type(book.exchange), "settled_since", settled)
    over = await details.money(TODAY - 5 * DAY, TODAY - 3 * DAY, "main")
    assert [day["funding"] for day in over["days"]] == ["24", "96", "168"]
    assert over["totals"]["funding"] == "288"
    both = await details.money(TODAY - 5 * DAY, TODAY - 3 * DAY, None)
    assert both["totals"]["funding"] == "576"
    monkeypatch.undo()
    book.exchange.before = fail("settled_since", TemporarilyDown("no answer"), times=-1)
    unknown = await details.money(TODAY - 5 * DAY, TODAY - 3 * DAY, "main")
    assert {day["funding"] for day in unknown["days"]} == {unknown["totals"]["funding"]} == {None}


# Events


async def page(details: Details, *, before: int | None = None, count: int = 50, **filters: str) -> dict[str, Any]:
    kind, account, coin = (filters.get(name) or None for name in ("kind", "account", "coin"))
    return await details.events("en", before=before, count=count, kind=kind, account=account, coin=coin)


async def test_events_come_in_pages_newest_first(details: Details) -> None:
    whole = await page(details)
    assert whole["more"] is False
    numbers = [event["number"] for event in whole["events"]]
    assert numbers == sorted(numbers, reverse=True)
    found: list[int] = []
    before: int | None = None
    while True:
        part = await page(details, before=before, count=2)
        found += [event["number"] for event in part["events"]]
        before = part["next"]
        if not part["more"]:
            break
    assert found == numbers


async def test_events_are_filtered_by_kind_account_and_coin(details: Details) -> None:
    async def kinds(kind: str = "", account: str = "", coin: str = "") -> set[tuple[str, str]]:
        found = await page(details, kind=kind, account=account, coin=coin)
        return {(event["kind"], event["account"]) for event in found["events"]}

    assert await kinds(kind="tier_filled") == {("tier_filled", "main")}
    assert await kinds(account="alpha") == {("started", "alpha")}
    assert ("started", "main") not in await kinds(coin="crv")
    assert await kinds(coin="NONE") == set()


async def test_a_search_in_vain_gives_up_and_says_where(details: Details, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past_events, "MOST_READ", 2)
    newest = (await page(details))["next"]
    found = await page(details, coin="NONE")
    assert (found["events"], found["more"]) == ([], True)
    assert found["next"] == newest


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_event_has_its_why(details: Details, language: Language) -> None:
    for event in (await page(details))["events"]:
        text = await details.why(event["number"], language)
        assert text is not None
        assert text.startswith(f"#{event['number']} · 01-02 12:00:")
        assert "<" not in text
    assert await details.why(99_999, language) is None
