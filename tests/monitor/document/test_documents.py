"""The document says what the engine knows, in plain JSON, and nothing of it is worked out twice."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.every_event import EVENTS
from tests.fixtures.fakes import FakeClock, fail, key, paper_leg
from tests.fixtures.several_accounts import Street
from tests.fixtures.snapshots import NOW
from tests.fixtures.thoroughness import FULL
from tests.monitor.document.book import ABOUT, APT, CRO, CRV, CRV_SHORT, STX, UNI, Book, worked_out
from tgtp.adapters.clock import SystemClock
from tgtp.chat.texts import LANGUAGES
from tgtp.domain.events import OrderNotArrived, OrderRejected
from tgtp.domain.ladder_preview import Forecast
from tgtp.domain.model import LegKey
from tgtp.domain.stream.state import StreamState, StreamTrouble
from tgtp.engine.ports import Exchange, PushedMark, RequestCount
from tgtp.errors import TemporarilyDown
from tgtp.monitor.details.details import Details
from tgtp.monitor.document.documents import Documents
from tgtp.monitor.document.event_rows import group_of_repeats
from tgtp.monitor.document.forecasts import Forecasts
from tgtp.monitor.document.seen import seen_of
from tgtp.monitor.hourly import Hourly
from tgtp.monitor.metrics import Metrics

DOGE = key("DOGE-USDT-SWAP")


@pytest.fixture
async def book(tmp_path: Path) -> Any:
    made = Book(tmp_path)
    await made.check(2)
    yield made
    made.ledger.close()


def named(leg: LegKey, account: str = "main") -> str:
    return f"{account}|{leg}"


def tiers(record: dict[str, Any], *fields: str) -> list[tuple[Any, ...]]:
    return [tuple(tier.get(field) for field in fields) for tier in record["tiers"]]


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for each in value.values():
            yield from leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each)
    else:
        yield value


async def test_it_is_plain_json_without_fractions_that_were_rounded(book: Book) -> None:
    for language in LANGUAGES:
        document = await book.built(language)
        assert {type(leaf) for leaf in leaves(document)} <= {str, int, bool, type(None)}
        assert json.loads(json.dumps(document)) == document
        assert set(document) == {"meta", "marks", "legs", "pairs", "accounts", "upkeep", "buckets", "events", "health"}


async def test_before_anything_was_seen_it_says_so(tmp_path: Path) -> None:
    book = Book(tmp_path)
    document = await book.built()
    assert document["legs"] == document["pairs"] == document["marks"] == {}
    assert [row["code"] for row in document["accounts"].values()] == ["starting", "starting"]
    assert document["meta"]["one"]["at"] is None
    book.ledger.close()


async def test_a_leg_says_all_that_does_not_follow_its_price(book: Book) -> None:
    leg = (await book.built())["legs"][named(CRV)]
    assert (leg["account"], leg["coin"], leg["side"], leg["mode"]) == ("main", "CRV", "long", "cross")
    assert (leg["contracts"], leg["entry"], leg["leverage"], leg["contract_size"]) == ("35", "5", "10", "1")
    assert "margin" not in leg
    assert "mark" not in leg


async def test_tiers_stand_as_they_fired_and_as_they_will(book: Book) -> None:
    legs = (await book.built())["legs"]
    crv = legs[named(CRV)]
    assert tiers(crv, "number", "status", "contracts", "price") == [
        (1, "fired", "30", "5.125"),
        (2, "fired", "35", "5.175"),
        (3, "next", "17", "5.25"),
    ]
    assert crv["tiers"][0]["at"] == "2026-01-02T12:00:00Z"
    assert (crv["code"], crv["state"]) == ("due", "tier 3 is due")
    assert legs[named(UNI)]["margin"] == "2.4"
    assert tiers(legs[named(UNI)], "status", "contracts") == [("dust", "0"), ("next", "1"), ("waiting", "1")]


async def test_tiers_that_rest_say_their_size(book: Book) -> None:
    stx = (await book.built())["legs"][named(STX)]
    assert tiers(stx, "status", "size", "fires_at") == [
        ("resting", "300", "0.5125"),
        ("resting", "350", "0.5175"),
        ("resting", "175", "0.525"),
    ]


async def test_a_tier_that_is_held_up_says_where_it_closes(book: Book) -> None:
    cro = (await book.built())["legs"][named(CRO)]
    assert (cro["code"], cro["tiers"][0]["stage"]) == ("small", "late")
    assert Decimal(cro["tiers"][0]["fires_at"]) > Decimal(cro["tiers"][0]["price"])
    assert tiers(cro, "status")[1:] == [("off",), ("off",)]
    assert "fires_at" not in cro["tiers"][1]


async def test_a_leg_that_cannot_be_read_stands_there(book: Book) -> None:
    book.hide(DOGE)
    await book.check()
    document = await book.built()
    doge = document["legs"][named(DOGE)]
    assert (doge["code"], doge["contracts"], doge["tiers"]) == ("unreadable", "7", [])
    assert "invalid data" in doge["detail"]
    assert document["accounts"]["main"]["unreadable"] == 1
    assert document["accounts"]["main"]["code"] == "unguarded"
    assert document["accounts"]["alpha"]["code"] == "running"


async def test_a_pause_is_said_of_the_account_and_of_its_legs(book: Book) -> None:
    book.actions.pause(STX.instrument_id, 7)
    document = await book.built()
    main = document["accounts"]["main"]
    assert main["code"] == "some_paused"
    assert main["pauses"] == ["STX (by user 7, since 01-02 12:00:20)"]
    assert [name for name, leg in document["legs"].items() if leg["paused"]] == [named(STX)]
    assert "⏸" in document["legs"][named(STX)]["state"]


async def test_a_pair_says_what_both_come_to(book: Book) -> None:
    await book.check(5)
    pairs = (await book.built())["pairs"]
    pair = pairs[f"main|{CRV.instrument_id}"]
    assert pair["legs"] == [named(CRV), named(CRV_SHORT)]
    assert pair["code"] in ("both_win", "at_base", "due")
    assert pair["hedge"]
    assert {base["leg"]: base["contracts"] for base in pair["bases"]} == {named(CRV): "2", named(CRV_SHORT): "2"}
    assert list(pairs) == [f"main|{CRV.instrument_id}"]


async def test_upkeep_is_said_of_sub_accounts_alone(book: Book) -> None:
    upkeep = (await book.built())["upkeep"]
    assert set(upkeep) == {named(APT, "alpha"), named(CRV, "alpha")}
    assert upkeep[named(APT, "alpha")]["target_notional"] == "100"
    assert upkeep[named(APT, "alpha")]["next"] == "nothing to do"
    assert "/correct" in upkeep[named(CRV, "alpha")]["next"]


async def test_a_guard_is_said_where_it_is_set(book: Book) -> None:
    legs = (await book.built())["legs"]
    assert "give-back guard" in legs[named(CRV)]["guards"]
    assert "guards" not in legs[named(CRO)]


async def test_today_and_the_newest_events_come_from_disk_and_are_followed(book: Book) -> None:
    before = await book.built()
    assert before["accounts"]["main"]["today"]["orders"] == 2
    assert [row["kind"] for row in before["events"].values()].count("tier_filled") == 2
    await book.check()
    after = book.documents.build("en")
    assert after["accounts"]["main"]["today"]["orders"] == 3
    newest = list(after["events"].values())[-1]
    assert (newest["kind"], newest["leg"], newest["coin"], newest["level"]) == ("tier_filled", named(CRV), "CRV", "tier")
    assert newest["line"].startswith("🎯 CRV long: tier 3")


async def test_what_was_read_from_disk_is_told_at_once_and_once(book: Book) -> None:
    found: list[str] = []
    book.documents.found = lambda: found.append("more")
    assert book.documents.build("en")["accounts"]["main"]["today"] is None
    await worked_out()
    assert (await book.built())["accounts"]["main"]["today"]["orders"] == 2
    assert found == ["more"]


def test_refusals_of_one_order_are_one_group() -> None:
    refused = [event for event in EVENTS if isinstance(event, OrderRejected)]
    event, other = refused[0], refused[0].intent.replaced(tag="another")
    again = event.replaced(at=event.at + dt.timedelta(minutes=5), tries=2)
    assert group_of_repeats(event) == group_of_repeats(again)
    # Some of it has been closed in between.
    basis = event.intent.basis
    less = event.intent.replaced(basis=basis.replaced(contracts=basis.contracts / 2))
    changed = [event.replaced(intent=intent) for intent in (other, less)]
    different = [event, event.replaced(code="1"), event.replaced(account="alpha"), *changed]
    assert len({group_of_repeats(one) for one in different}) == len(different)
    assert [one.kind for one in EVENTS if group_of_repeats(one) and not isinstance(one, OrderRejected | OrderNotArrived)] == []


async def test_a_failed_check_leaves_what_was_seen_and_says_why(book: Book) -> None:
    await book.built()
    book.exchange.before = fail("snapshot", TemporarilyDown("no route"), times=9)
    await book.check()
    document = book.documents.build("en")
    main = document["accounts"]["main"]
    assert (main["code"], main["failed"], main["failure"]) == ("unseen", 1, "no route")
    assert named(CRV) in document["legs"]


@pytest.mark.parametrize(
    "absurd",
    [
        {"entry_price": "1E-999999"},
        {"contracts": "9E+999998"},
        {"leverage": "1E+999999"},
        {"mark_price": "1E-999999"},
        {"initial_margin": "9E+999999"},
        {"liquidation_price": "1E-999999"},
        {"leverage_known": False, "exchange_roi": "0.1"},
    ],
    ids=str,
)
@pytest.mark.parametrize("is_new", [True, False])
async def test_a_leg_whose_numbers_make_no_sense_hides_nothing(absurd: dict[str, Any], is_new: bool, tmp_path: Path) -> None:
    book = Book(tmp_path)
    if not is_new:
        await book.check(2)
    book.exchange.view = lambda shot: shot.replaced(
        legs=tuple(leg.replaced(**absurd) if leg.key in (STX, UNI) else leg for leg in shot.legs)
    )
    await book.check()
    document = await book.built()
    if book.checker.last_good is not None:
        assert {named(STX), named(CRV), named(UNI)} <= set(document["legs"])
        assert (await Details(book.accounts, book.clock, dt.UTC).leg(named(STX), "en") or {})["text"]
    assert len(json.dumps(document)) < 30_000
    book.hourly.take()
    assert b"tgtp_equity_usd" in Metrics(book.accounts, book.clock).expose()
    book.ledger.close()


async def test_what_has_not_changed_is_the_same_object(book: Book) -> None:
    await book.check(5)
    before = await book.built()
    book.set_roi(STX, 3)
    await book.check(every=1)
    after = book.documents.build("en")
    assert after["marks"][STX.instrument_id] == "0.5015"
    for section in ("legs", "pairs", "upkeep", "buckets"):
        for name, record in before[section].items():
            assert after[section][name] is record, (section, name)


async def test_each_language_has_its_own_words(book: Book) -> None:
    english, chinese = await book.built("en"), await book.built("zh")
    assert english["accounts"]["main"]["state"] == "Running"
    assert chinese["accounts"]["main"]["state"] == "运行中"
    assert list(chinese["events"].values())[-1]["line"] != list(english["events"].values())[-1]["line"]


async def test_the_newest_mark_counts_wherever_it_comes_from(book: Book) -> None:
    pushes: dict[str, PushedMark] = {}
    documents = Documents(book.accounts, book.clock, dt.UTC, ABOUT, book.hourly, pushes.get)
    assert documents.marks()[STX.instrument_id] == "0.5"
    pushes[STX.instrument_id] = PushedMark(STX.instrument_id, Decimal("0.51"), book.clock.now(), 0, is_first=False)
    assert documents.marks()[STX.instrument_id] == "0.51"
    pushes[STX.instrument_id] = pushes[STX.instrument_id]._replace(at=NOW.replace(year=2025))
    assert documents.marks()[STX.instrument_id] == "0.5"


async def test_health_tells_of_requests_beside_their_limits_and_of_the_stream(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Exchange, "requests", lambda _: (RequestCount("account/positions", 1200, 4, 10, 2),))
    trouble = StreamTrouble(cause="silent", instruments=(CRV.instrument_id,))
    state = StreamState(trouble, trouble, 0.1234, 0.4, 3, 2, (0.5, 0.61), {"old_look": 2})
    book.checker.stream_state = lambda: state
    health = (await book.built())["health"]
    reads = {"account": "main", "endpoint": "account/positions", "used": 4, "limit": 10, "seconds": 2}
    assert health["reads:main:account/positions"] == reads
    stream = health["stream:main"]
    assert (stream["trouble"], stream["median_age"], stream["limit"], stream["fired"]) == ("silent", "0.1", "0.4", 3)
    assert (stream["missed"], stream["missed_ages"]) == (2, ["0.5", "0.61"])
    assert stream["text"] == "Stream silent (CRV). Their tiers fire at checks alone, every 10 s."
    assert len(stream["obstacles"]) == 1
    # Where nothing comes at all, the age of the last that came says nothing.
    down = state._replace(trouble=StreamTrouble(cause="down"))
    book.checker.stream_state = lambda: down
    told = (await book.built())["health"]["stream:main"]
    assert (told["median_age"], told["text"]) == (None, "Stream down. Tiers fire at checks alone, every 10 s.")
    book.checker.stream_state = lambda: state
    assert "stream:alpha" not in health
    book.checker.stream_state = lambda: state._replace(trouble=None)
    assert (await book.built())["health"]["stream:main"]["text"] is None


async def test_an_hour_ago_is_kept_by_ranges_of_roi(book: Book) -> None:
    for minute in range(75):
        book.hourly.take()
        book.set_roi(STX, minute)
        await book.check(every=60)
    oldest = book.hourly.oldest("main")
    assert oldest is not None
    assert (book.clock.now() - oldest.at).total_seconds() == pytest.approx(3660, abs=61)
    assert (await book.built())["buckets"]["main"]["counts"] == list(oldest.counts)
    assert sum(oldest.counts) == len(book.checker.last_good.legs) if book.checker.last_good else 0


class SlowClock(FakeClock):
    """A clock by which every look at it takes a while; it tells of every pause."""

    def __init__(self) -> None:
        super().__init__()
        self.rests: Callable[[float], None] = lambda _: None

    def monotonic(self) -> float:
        self.forward(0.015)
        return super().monotonic()

    async def sleep(self, seconds: float) -> None:
        self.rests(seconds)
        await super().sleep(seconds)


async def test_tiers_are_worked_out_beside_a_few_at_a_time(book: Book) -> None:
    clock = SlowClock()
    forecasts, made = Forecasts(clock), [0]
    clock.rests = lambda seconds: made.append(forecasts.made) if seconds > 0 else None
    seen = seen_of(book.accounts.main, "en", dt.UTC, book.clock.now())
    assert seen is not None
    legs = seen.outlook.snapshot.legs
    assert {forecasts.of(seen, leg) for leg in legs} == {"later"}
    await worked_out()
    assert made == [0, 2, 4, 5]
    assert all(isinstance(forecasts.of(seen, leg), Forecast) for leg in legs)


async def test_a_document_is_behind_until_all_tiers_are_worked_out(book: Book) -> None:
    first = book.documents.build("en")
    assert book.documents.is_behind("en")
    assert not book.documents.is_behind("zh")
    assert not any("contracts" in tier for tier in first["legs"][named(STX)]["tiers"])
    assert {tier["status"] for tier in first["legs"][named(CRO)]["tiers"]} == {"off"}
    await worked_out()
    assert book.documents.build("en")["legs"][named(STX)]["tiers"][0]["contracts"] == "300"
    assert not book.documents.is_behind("en")


async def test_what_a_leg_becomes_meanwhile_is_worked_out_anew(book: Book) -> None:
    book.documents.build("en")
    await book.check()
    book.documents.build("en")
    await worked_out()
    document = book.documents.build("en")
    assert not book.documents.is_behind("en")
    assert tiers(document["legs"][named(CRV)], "status") == [("fired",)] * 3


async def test_five_hundred_legs_cost_little(tmp_path: Path) -> None:
    count = 500 if FULL else 60
    legs = [paper_leg(f"C{number}-USDT-SWAP", contracts=1000) for number in range(count)]
    street = Street(tmp_path, {"main": legs[: count // 2], "alpha": legs[count // 2 :]})
    await street.check()
    documents = Documents(street.accounts, SystemClock(), dt.UTC, ABOUT, Hourly(street.accounts, street.clock))
    documents.build("en")
    await worked_out()
    documents.build("en")
    took = []
    for _ in range(3):
        await street.check()
        begun = time.process_time()
        documents.build("en")
        took.append(time.process_time() - begun)
    assert min(took) < 0.05
    street.ledger.close()
