"""The engine on an OKX account over HTTP, on the exchange's bad days.

The exchange's own record says what happened: each tier filled once, none lost, and the person told once.
"""

from __future__ import annotations

import asyncio
import random
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.fixtures.engine import SEED_RULES
from tests.fixtures.okx_engine import TIMEOUT, OkxHouse, QuickClock, leg_key
from tests.simulation.exchange.account import Account, PositionMode
from tests.simulation.exchange.server import Record
from tgtp.adapters.clock import SystemClock
from tgtp.adapters.okx import orders as orders_module
from tgtp.engine.manual.actions import ManualActions
from tgtp.engine.manual.closing import CloseOrder
from tgtp.errors import AccessRefused, TemporarilyDown

CRV, UNI = leg_key("CRV-USDT-SWAP"), leg_key("UNI-USDT-SWAP")
ORDER = "POST /trade/order"
FOUND = "GET /trade/order"
POSITIONS = "/account/positions"
SEEDS = 10
CAPPED = SEED_RULES.replaced(max_slippage=Decimal("0.005"))


@pytest.fixture(params=["long_short_mode", "net_mode"])
def mode(request: pytest.FixtureRequest) -> PositionMode:
    found: PositionMode = request.param
    return found


@pytest.fixture(params=[("long_short_mode", True), ("net_mode", False)], ids=["long/short, names reusable", "net, names taken"])
def account(request: pytest.FixtureRequest) -> Account:
    """OKX promises that an order's name is refused only while an order of that name is pending; both must be safe."""
    return an_account(request.param[0], reuses=request.param[1])


def an_account(mode: PositionMode = "long_short_mode", *, reuses: bool = True) -> Account:
    held = Account(position_mode=mode, reuses_client_ids=reuses)
    held.open_leg("CRV-USDT-SWAP", "long", "100", "0.4")
    held.open_leg("UNI-USDT-SWAP", "long", "50", "6", margin_mode="isolated")
    return held


def win(house: OkxHouse, roi: Any = 26) -> None:
    house.account.set_roi("CRV-USDT-SWAP", "long", roi)


def expect_one_first_tier(house: OkxHouse) -> None:
    """Nothing doubled, nothing lost, nothing else touched, and told once."""
    assert sum(house.closed(CRV)) == 30
    assert house.account.leg("CRV-USDT-SWAP", "long").contracts == 70
    assert house.account.leg("UNI-USDT-SWAP", "long").contracts == 50
    assert house.grown() == []
    assert house.fired(CRV) == [1]
    assert house.ledger.lives()[CRV].unfinished is None
    assert house.ledger.open_intents() == []
    assert [event.finished for event in house.told("tier_filled")] == [True]
    for kind in ("leg_gone", "leg_opened", "leg_grew", "leg_shrank"):
        assert house.listener.of(kind) == [], kind


# -- reads -------------------------------------------------------------------------------------------------------------

READ_FAULTS: list[tuple[str, dict[str, Any]]] = [
    ("http_500", {}),
    ("http_502", {}),
    ("http_429", {}),
    ("http_403", {}),
    ("http_404", {}),
    ("html_200", {}),
    ("cut_json", {}),
    ("wrong_types", {}),
    ("drop", {}),
    ("hang", {}),
    ("code", {"code": "50011"}),
    ("code", {"code": "50001"}),
    ("code", {"code": "50026"}),
    ("json", {"body": {"code": "0", "msg": ""}}),
]


@pytest.mark.parametrize("path", [POSITIONS, ""], ids=["positions", "everything"])
@pytest.mark.parametrize(("kind", "options"), READ_FAULTS, ids=[f"{kind} {options}" for kind, options in READ_FAULTS])
async def test_reads_fail_for_a_while(tmp_path: Path, kind: str, options: dict[str, Any], path: str) -> None:
    async with OkxHouse(tmp_path, an_account(), timeout=0.4 if kind == "hang" else TIMEOUT) as house:
        await house.check(2)
        win(house)
        house.server.fault(path, kind, times=None, **options)
        report = await house.check(4)
        assert isinstance(report.error, TemporarilyDown)
        assert house.orders_asked() == []
        assert [event.cause for event in house.told("exchange_lost")] == ["down"]
        house.server.clear_faults()
        await house.check(3)
        expect_one_first_tier(house)
        assert len(house.told("exchange_lost")) == len(house.told("exchange_found")) == 1


@pytest.mark.parametrize("kind", ["http_500", "html_200", "cut_json", "drop", "empty_list"])
async def test_the_equity_alone_is_not_needed(tmp_path: Path, kind: str) -> None:
    async with OkxHouse(tmp_path, an_account()) as house:
        house.server.fault("/account/balance", kind, times=None)
        win(house)
        await house.check(2)
        expect_one_first_tier(house)
        assert house.told("exchange_lost") == []
        assert house.checker.last_good is not None
        assert house.checker.last_good.equity is None


@pytest.mark.parametrize("path", ["/public/instruments", "/public/time", "/account/config"])
@pytest.mark.parametrize("kind", ["http_500", "html_200", "cut_json", "empty_list"])
async def test_what_is_read_once_an_hour_may_fail_for_an_hour(tmp_path: Path, path: str, kind: str) -> None:
    async with OkxHouse(tmp_path, an_account()) as house:
        await house.check()
        house.server.fault(path, kind, times=None)
        await house.check(every=3700)
        win(house)
        await house.check(3)
        expect_one_first_tier(house)
        assert house.told("exchange_lost") == []


async def test_the_exchange_is_away_at_the_start(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, an_account()) as house:
        win(house)
        house.server.fault("", "http_503", times=None)
        await house.check(3)
        assert house.orders_asked() == []
        house.server.clear_faults()
        await house.check(2)
        expect_one_first_tier(house)
        assert len(house.told("started")) == 1


# -- replies that are whole, but wrong -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["empty_list", "half_list"])
async def test_one_reply_without_a_leg_says_nothing(tmp_path: Path, account: Account, kind: str) -> None:
    async with OkxHouse(tmp_path, account) as house:
        win(house)
        await house.check(2)
        # A fall of more than half of the legs is asked for a second time.
        house.server.fault(POSITIONS, kind, times=2 if kind == "empty_list" else 1)
        report = await house.check()
        assert report.error is None
        assert report.snapshot is not None
        assert CRV not in report.snapshot.by_key
        await house.check(3)
        expect_one_first_tier(house)


@pytest.mark.parametrize("kind", ["empty_list", "half_list"])
async def test_a_leg_that_was_believed_gone_and_comes_back_fires_nothing_again(
    tmp_path: Path, account: Account, kind: str
) -> None:
    async with OkxHouse(tmp_path, account) as house:
        win(house)
        await house.check(2)
        house.server.fault(POSITIONS, kind, times=None)
        await house.check(5)
        assert [event.leg for event in house.told("leg_gone")].count(CRV) == 1
        house.server.clear_faults()
        await house.check(3)
        assert house.closed(CRV) == [30]
        win(house, 36)
        await house.check(2)
        assert house.closed(CRV) == [30, 35]
        assert house.fired(CRV) == [1, 2]


@pytest.mark.parametrize("kind", ["empty_list", "half_list"])
async def test_a_leg_is_missing_from_the_look_after_its_own_order(tmp_path: Path, account: Account, kind: str) -> None:
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        win(house)
        house.server.fault(POSITIONS, kind, skip=1)
        await house.check(3)
        expect_one_first_tier(house)


@pytest.mark.parametrize("field", ["avgPx", "markPx", "lever", "cTime", "pos", "posSide", "mgnMode"])
async def test_a_row_without_sense_is_left_alone_and_stops_nobody_else(tmp_path: Path, mode: PositionMode, field: str) -> None:
    async with OkxHouse(tmp_path, an_account(mode)) as house:
        await house.check()
        win(house)
        house.account.set_roi("UNI-USDT-SWAP", "long", 26)
        house.server.fault(POSITIONS, "wrong_types", field=field, value="?", row="CRV-USDT-SWAP", times=None)
        await house.check(4)
        assert house.closed(CRV) == []
        assert sum(house.closed(leg_key("UNI-USDT-SWAP", "long", "isolated"))) == 15
        assert len(house.told("leg_unreadable")) == 1
        assert house.told("leg_gone") == []
        house.server.clear_faults()
        await house.check(2)
        assert house.closed(CRV) == [30]


# -- the order's own way -------------------------------------------------------------------------------------------------

# Checks after which an order that was never taken would be known, and is sent again.
SETTLED = 9
# An order that never arrives, or arrives and nobody says so: only the first takes long enough to be worth a word.
LOST_REPLIES: list[tuple[str, dict[str, Any]]] = [
    ("http_500", {}),
    ("http_502", {}),
    ("http_504", {}),
    ("http_429", {}),
    ("html_200", {}),
    ("drop", {}),
    ("hang", {}),
    ("code", {"code": "50004", "outer": True}),
    ("code", {"code": "50001", "outer": True}),
    ("code", {"code": "50013", "outer": True}),
    ("code", {"code": "50026", "outer": True}),
    ("code", {"code": "51149"}),
    ("code", {"code": "51054"}),
    ("code", {"code": "50061"}),
    ("json", {"body": {"x": 1}, "status": 502}),
    ("json", {"body": {"code": "0", "data": [], "msg": ""}}),
]
LOST_IDS = [f"{kind} {options}" for kind, options in LOST_REPLIES]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("kind", "options"), LOST_REPLIES, ids=LOST_IDS)
async def test_the_reply_to_an_order_is_lost(
    tmp_path: Path, account: Account, kind: str, options: dict[str, Any], when: Literal["before", "after"]
) -> None:
    async with OkxHouse(tmp_path, account, timeout=0.4 if kind == "hang" else TIMEOUT) as house:
        await house.check()
        win(house)
        fault = house.server.fault(ORDER, kind, after_effect=when == "after", **options)
        await house.check(SETTLED)
        assert fault.used == 1
        expect_one_first_tier(house)
        assert len(house.told("order_unresolved")) == (0 if when == "after" else 1)
        assert len(house.orders_asked()) == (1 if when == "after" else 2)
        # The same decision carries the same name.
        assert len({record.body["clOrdId"] for record in house.orders_asked()}) == 1


async def test_the_reply_to_an_order_is_cut(tmp_path: Path, account: Account) -> None:
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        win(house)
        house.server.fault(ORDER, "cut_json")
        await house.check(3)
        expect_one_first_tier(house)
        assert len(house.orders_asked()) == 1


@pytest.mark.parametrize("look", ["http_500", "html_200", "cut_json", "json", "drop", "code"])
@pytest.mark.parametrize("when", ["before", "after"])
async def test_neither_the_reply_nor_the_look_ups_come_through(tmp_path: Path, account: Account, look: str, when: str) -> None:
    bodies: dict[str, dict[str, Any]] = {"json": {"body": {"code": "0", "data": []}}, "code": {"code": "50011"}}
    options = bodies.get(look, {})
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        win(house, 60)
        house.server.fault(ORDER, "drop", after_effect=when == "after")
        house.server.fault(FOUND, look, times=None, **options)
        await house.check(3)
        assert house.told("order_unresolved") == []
        await house.check(2)
        # While it is not known what became of the order, the leg is left alone.
        assert len(house.orders_asked()) == 1
        assert len(house.told("order_unresolved")) == 1
        assert house.fired(CRV) == []
        house.server.clear_faults()
        win(house)
        await house.check(SETTLED)
        expect_one_first_tier(house)


@pytest.mark.parametrize("when", ["before", "after"])
async def test_the_program_dies_while_the_outcome_is_open(tmp_path: Path, account: Account, when: str) -> None:
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        win(house)
        house.server.fault(ORDER, "drop", after_effect=when == "after")
        house.server.fault(FOUND, "http_500", times=None)
        await house.check()
        house.server.clear_faults()
        await house.restart()
        await house.check(SETTLED)
        expect_one_first_tier(house)


async def test_an_order_that_is_on_its_way_for_too_long_is_not_taken(
    tmp_path: Path, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reply does not come, the exchange does not know the order, it is sent again: and then the first one arrives."""
    monkeypatch.setattr(orders_module, "ORDER_LIFETIME", 1.0)
    async with OkxHouse(tmp_path, account, timeout=0.4) as house:
        arrived: list[Record] = []

        async def note(record: Record) -> None:
            if record.is_order:
                arrived.append(record)

        house.server.on_reply = note
        await house.check()
        win(house)
        late = asyncio.Event()
        house.server.fault(ORDER, "delay", until=late)
        await house.check(SETTLED)
        late.set()
        await house.server.until(lambda: len(arrived) == 2)
        expect_one_first_tier(house)
        # The one that was sent first came last.
        assert arrived[0].at > arrived[1].at


async def test_an_order_that_is_late_but_not_too_late_is_found(tmp_path: Path, account: Account) -> None:
    async with OkxHouse(tmp_path, account, timeout=0.4) as house:
        await house.check()
        win(house)
        late = asyncio.Event()
        house.server.fault(ORDER, "delay", until=late)
        # The exchange goes by the same clock: skipping ahead now would make the order too late.
        await house.check(every=0)
        late.set()
        await house.server.until(lambda: bool(house.account.orders))
        await house.check(3)
        expect_one_first_tier(house)
        assert len(house.orders_asked()) == 1


@pytest.mark.parametrize(
    ("kind", "options"),
    [("empty_list", {}), ("missing_row", {"row": "CRV-USDT-SWAP"}), ("wrong_types", {"field": "avgPx", "value": "?"})],
    ids=["empty", "missing", "unreadable"],
)
async def test_a_lost_order_is_not_taken_for_filled_because_one_reply_lacks_the_leg(
    tmp_path: Path, account: Account, kind: str, options: dict[str, Any]
) -> None:
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        win(house)
        house.server.fault(ORDER, "drop")
        await house.check()
        house.server.fault(POSITIONS, kind, **options)
        await house.check(SETTLED)
        expect_one_first_tier(house)


@pytest.mark.parametrize("status", ["http_401", "http_403"])
async def test_a_page_that_refuses_after_the_order_was_taken_doubles_nothing(
    tmp_path: Path, account: Account, status: str
) -> None:
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        win(house)
        house.server.fault(ORDER, status, after_effect=True)
        await house.check(4)
        expect_one_first_tier(house)
        assert len(house.orders_asked()) == 1


async def sold_meanwhile(house: OkxHouse, contracts: int, *, forgotten: bool) -> None:
    """Dead between writing an order down and sending it (or hearing of it); a person sells; then it is alive again."""
    await house.check()
    win(house)
    house.server.fault(ORDER, "drop", after_effect=forgotten)
    if forgotten:
        house.server.fault(FOUND, "code", code="51603", times=None)
    await house.check()
    if contracts:
        house.account.shrink_leg("CRV-USDT-SWAP", "long", str(contracts))
    await house.restart()
    await house.check(SETTLED)


async def test_an_order_that_never_arrived_is_not_taken_for_filled_because_a_person_sold(
    tmp_path: Path, account: Account
) -> None:
    async with OkxHouse(tmp_path, account) as house:
        await sold_meanwhile(house, 40, forgotten=False)
        # 30 % of the 60 that were left; the tier has fired by an order of its own.
        assert sum(house.closed(CRV)) == 18
        assert house.account.leg("CRV-USDT-SWAP", "long").contracts == 42
        assert [event.order.reason for event in house.told("tier_filled")] == [""]


async def test_a_lost_order_is_not_taken_for_filled_because_a_hand_sold_just_before(tmp_path: Path) -> None:
    """In one check a tier of one leg fills, a hand sells half of another, the hedge is decided on that half, and is lost."""
    account = Account(reuses_client_ids=True)
    account.open_leg("STX-USDT-SWAP", "long", "100", "0.31", margin_mode="isolated")
    account.open_leg("LTC-USDT-SWAP", "long", "10", "80")
    account.open_leg("STX-USDT-SWAP", "short", "10", "0.311", margin_mode="isolated")
    stx = leg_key("STX-USDT-SWAP", "long", "isolated")
    async with OkxHouse(tmp_path, account) as house:
        account.set_mark("STX-USDT-SWAP", "0.3105")
        await house.check()
        account.set_roi("LTC-USDT-SWAP", "long", 26)
        account.set_mark("STX-USDT-SWAP", "0.305")

        async def hand(record: Record) -> None:
            if record.is_order and "LTC-USDT-SWAP" in record.inst_ids():
                account.shrink_leg("STX-USDT-SWAP", "long", "50")
                house.server.on_reply = None

        house.server.on_reply = hand
        house.server.fault(ORDER, "drop", inst_id="STX-USDT-SWAP")
        await house.check(SETTLED + 2)
        # 1 U at 10x and 3.05 a contract: a base of 3.3.
        assert account.leg("STX-USDT-SWAP", "long").contracts == Decimal("3.3")
        assert sum(house.closed(stx)) == Decimal("46.7")
        assert all(event.order.reason == "" for event in house.told("hedge_filled"))


async def test_an_order_that_okx_has_forgotten_is_recognised_by_its_trades(tmp_path: Path, account: Account) -> None:
    async with OkxHouse(tmp_path, account) as house:
        await sold_meanwhile(house, 0, forgotten=True)
        assert house.closed(CRV) == [30]
        assert house.fired(CRV) == [1]
        assert [event.order.filled_contracts for event in house.told("tier_filled")] == [30]
        assert len(house.orders_asked()) == 1


async def test_a_forgotten_order_is_recognised_beside_what_a_person_sold(tmp_path: Path, account: Account) -> None:
    async with OkxHouse(tmp_path, account) as house:
        await sold_meanwhile(house, 40, forgotten=True)
        assert house.closed(CRV) == [30]
        assert house.fired(CRV) == [1]
        assert house.account.leg("CRV-USDT-SWAP", "long").contracts == 30


@pytest.mark.parametrize(("kind", "options"), [("http_403", {}), ("html_200", {}), ("code", {"code": "50061"})])
async def test_orders_that_never_get_through_are_told_once(tmp_path: Path, kind: str, options: dict[str, Any]) -> None:
    async with OkxHouse(tmp_path, an_account()) as house:
        await house.check()
        win(house)
        house.server.fault(ORDER, kind, times=None, **options)
        await house.check(30)
        assert len(house.told("order_not_arrived")) == 1
        assert len(house.orders_asked()) < 10
        house.server.clear_faults()
        await house.check(31)
        assert house.closed(CRV) == [30]


# -- refusals --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "outer"),
    [
        ("51121", False),
        ("51020", False),
        ("51169", False),
        ("51170", False),
        ("51112", False),
        ("51202", False),
        ("51008", False),
        ("51022", False),
        ("54084", False),
        ("50020", False),
        ("50011", True),
        ("50102", True),
        ("50036", True),
    ],
)
async def test_a_refusal_is_told_once_with_okx_own_words_and_tried_again(
    tmp_path: Path, mode: PositionMode, code: str, outer: bool
) -> None:
    async with OkxHouse(tmp_path, an_account(mode)) as house:
        await house.check()
        win(house)
        house.server.fault(ORDER, "code", code=code, outer=outer, times=None)
        await house.check(30)
        assert 3 <= len(house.orders_asked()) <= 7
        (event,) = house.told("order_rejected")
        assert event.code == code
        assert str(event.reason) not in ("", "All operations failed")
        assert house.told("exchange_lost") == []
        house.server.clear_faults()
        await house.check(31)
        expect_one_first_tier(house)
        names = [record.body["clOrdId"] for record in house.orders_asked()]
        assert len(set(names)) == len(names)


async def test_a_real_refusal_over_a_lot_that_has_changed_is_healed_by_the_next_look(tmp_path: Path) -> None:
    """The instrument's lot grew since its list was read: OKX refuses, the list is read again, the order fits."""
    account = an_account()
    account.add_instrument("CRV-USDT-SWAP", "1", "1")
    account.legs.clear()
    account.lives.clear()
    account.open_leg("CRV-USDT-SWAP", "long", "110", "0.4")
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        account.instruments["CRV-USDT-SWAP"].lot_size = Decimal(10)
        win(house)
        await house.check(4)
        assert house.closed(CRV) == [30]
        assert [event.code for event in house.told("order_rejected")] == ["51121"]


async def test_a_person_was_faster(tmp_path: Path, mode: PositionMode) -> None:
    """Between the look and the order somebody closed the leg by hand: nothing is opened in its place."""
    async with OkxHouse(tmp_path, an_account(mode)) as house:

        async def close_it(record: Record) -> None:
            if record.is_order and house.account.lives[0].contracts:
                house.account.close_leg("CRV-USDT-SWAP", "long")

        await house.check()
        win(house)
        house.server.on_request = close_it
        await house.check(4)
        assert ("CRV-USDT-SWAP", "short", "cross") not in house.account.legs
        assert house.account.fills == []
        assert [event.code for event in house.told("order_rejected")] == ["51169"]
        assert len(house.told("leg_gone")) == 1


# -- the keys are refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("unauthorized", {}),
        ("http_401", {}),
        ("code", {"code": "50110"}),
        ("code", {"code": "50119"}),
        ("code", {"code": "50100"}),
    ],
    ids=["50111", "401 page", "50110", "50119", "50100"],
)
async def test_nothing_is_sent_while_the_keys_are_refused(tmp_path: Path, kind: str, options: dict[str, Any]) -> None:
    async with OkxHouse(tmp_path, an_account()) as house:
        await house.check()
        win(house)
        for path in ("/account/config", POSITIONS, "/account/balance", ORDER, FOUND):
            house.server.fault(path, kind, times=None, **options)
        checks = len(house.server.requests)
        report = await house.check(5)
        assert isinstance(report.error, AccessRefused)
        assert len(house.server.requests) >= checks + 5
        assert house.orders_asked() == []
        assert [event.cause for event in house.told("exchange_lost")] == ["refused"]
        assert house.told("exchange_found") == []
        house.server.clear_faults()
        await house.check(3)
        expect_one_first_tier(house)
        assert [event.cause for event in house.told("exchange_found")] == ["refused"]
        assert len(house.told("exchange_lost")) == 1


async def test_the_keys_are_refused_between_the_look_and_the_orders(tmp_path: Path, account: Account) -> None:
    account.set_mark("UNI-USDT-SWAP", "6.2")
    async with OkxHouse(tmp_path, account) as house:
        house.server.fault(ORDER, "unauthorized", times=2)
        win(house)
        await house.check()
        assert house.account.orders == []
        await house.check(8)
        assert house.closed(CRV) == [30]
        assert house.closed(leg_key("UNI-USDT-SWAP", "long", "isolated")) == [15]
        assert len(house.told("exchange_lost")) == 1


async def test_the_keys_are_refused_while_an_order_is_looked_up(tmp_path: Path, account: Account) -> None:
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        win(house)
        house.server.fault(ORDER, "drop", after_effect=True)
        for path in ("/account/config", POSITIONS, FOUND):
            house.server.fault(path, "unauthorized", times=None, skip=1 if path == POSITIONS else 0)
        await house.check(4)
        assert len(house.orders_asked()) == 1
        house.server.clear_faults()
        await house.check(2)
        expect_one_first_tier(house)
        assert [event.cause for event in house.told("exchange_lost")] == ["refused"]


# -- fills ----------------------------------------------------------------------------------------------------------------


async def test_a_part_fill_is_finished_and_is_never_a_second_share(tmp_path: Path, account: Account) -> None:
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        win(house)
        house.server.fault(ORDER, "partial_fill", share="0.4")
        await house.check()
        assert house.closed(CRV) == [12]
        assert house.fired(CRV) == []
        await house.check(3)
        assert house.closed(CRV) == [12, 18]
        assert house.fired(CRV) == [1]
        (told,) = house.told("tier_filled")
        assert told.finished
        assert (told.in_all.orders, told.in_all.contracts, told.in_all.before) == (2, 30, 100)
        assert house.grown() == []


@pytest.mark.parametrize("loss", ["drop", "hang", "http_502"])
async def test_a_part_fill_whose_reply_is_lost(tmp_path: Path, account: Account, loss: str) -> None:
    async with OkxHouse(tmp_path, account, timeout=0.4 if loss == "hang" else TIMEOUT) as house:
        await house.check()
        win(house)
        house.server.fault(ORDER, "partial_fill", share="0.4")
        await house.check()
        house.server.fault(ORDER, loss, after_effect=True)
        await house.check(3)
        assert house.closed(CRV) == [12, 18]
        assert house.fired(CRV) == [1]


async def test_an_order_that_fills_later_marks_its_tier_only_then(tmp_path: Path, account: Account) -> None:
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        win(house)
        house.server.fault(ORDER, "fill_later")
        await house.check(5)
        assert house.fired(CRV) == []
        assert len(house.orders_asked()) == 1
        assert len(house.told("order_unresolved")) == 1
        house.account.fill_live()
        await house.check(2)
        expect_one_first_tier(house)


async def test_an_order_that_is_canceled_without_a_fill_is_meant_again_under_a_new_name(
    tmp_path: Path, account: Account
) -> None:
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        win(house)
        house.server.fault(ORDER, "fill_later")
        await house.check()
        house.account.cancel_live()
        await house.check(5)
        expect_one_first_tier(house)
        names = [record.body["clOrdId"] for record in house.orders_asked()]
        assert len(names) == len(set(names)) == 2
        assert len(house.told("order_rejected")) == 1


async def test_an_order_that_fills_in_part_later_and_is_canceled(tmp_path: Path, account: Account) -> None:
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        win(house)
        house.server.fault(ORDER, "fill_later")
        await house.check()
        house.account.fill_live(share="0.5")
        await house.check()
        assert house.fired(CRV) == []
        house.account.cancel_live()
        await house.check(4)
        assert house.closed(CRV) == [15, 15]
        assert house.fired(CRV) == [1]


async def test_a_jump_takes_three_checks_and_ends(tmp_path: Path, account: Account) -> None:
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        win(house, 60)
        await house.check(6)
        assert house.closed(CRV) == [30, 35, 17]
        assert house.fired(CRV) == [1, 2, 3]


@pytest.mark.parametrize("margin_mode", ["cross", "isolated"])
async def test_the_hedge_through_a_lost_reply(tmp_path: Path, margin_mode: Literal["cross", "isolated"]) -> None:
    account = Account(reuses_client_ids=True)
    account.open_leg("STX-USDT-SWAP", "long", "50", "0.3", margin_mode=margin_mode)
    account.open_leg("STX-USDT-SWAP", "short", "50", "0.304", margin_mode=margin_mode)
    account.set_mark("STX-USDT-SWAP", "0.302")
    long = leg_key("STX-USDT-SWAP", "long", margin_mode)
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        # Both win: nothing. Then the long loses.
        assert house.account.fills == []
        house.server.fault(ORDER, "drop", after_effect=True)
        account.set_mark("STX-USDT-SWAP", "0.299")
        await house.check(4)
        # 1 U at 10x and 0.299 x 10 a contract: 3.344 contracts, up to a lot 3.4.
        assert sum(house.closed(long)) == Decimal("46.6")
        assert len(house.told("hedge_filled")) == 1
        assert house.grown() == []


# -- everything at once --------------------------------------------------------------------------------------------------

ANY_FAULTS: list[tuple[str, dict[str, Any]]] = [
    *((kind, {}) for kind in ("http_500", "http_502", "http_429", "http_401", "html_200", "drop", "cut_json", "unauthorized")),
    *(("code", {"code": code}) for code in ("50011", "50013", "50061", "50102", "51020", "51112", "51121", "51149", "51169")),
    ("json", {"body": {"code": "0", "data": [], "msg": ""}}),
]


def plague(house: OkxHouse, dice: random.Random) -> None:
    """Schedule one misfortune, of the kinds that do not change the truth: refusals happen instead of an effect."""
    path = dice.choice([ORDER, ORDER, ORDER, FOUND, FOUND, POSITIONS, "/account/config", "/public/instruments", ""])
    if path == ORDER and dice.random() < 0.3:
        house.server.fault(ORDER, "partial_fill", share=dice.choice(["0", "0.1", "0.5", "0.9"]))
        return
    if path == POSITIONS and dice.random() < 0.3:
        house.server.fault(POSITIONS, dice.choice(["empty_list", "half_list"]))
        return
    kind, options = dice.choice(ANY_FAULTS)
    lost = kind in {"http_500", "http_502", "html_200", "drop"} or options.get("code") in {"50013", "51149"}
    after = lost and dice.random() < 0.5
    if path in (FOUND, POSITIONS, "") and kind == "json":
        kind, options = "http_500", {}
    house.server.fault(path, kind, times=dice.choice([1, 1, 2, 5]), skip=dice.choice([0, 0, 1]), after_effect=after, **options)


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_a_hundred_misfortunes(tmp_path: Path, account: Account, seed: int) -> None:
    """Whatever happens on the way, in the end each tier has closed its own share, once."""
    dice = random.Random(seed)
    account.legs.clear()
    account.lives.clear()
    account.open_leg("CRV-USDT-SWAP", "long", "1000", "0.4")
    async with OkxHouse(tmp_path, account) as house:
        await house.check()
        for roi, held in ((26, 700), (36, 350), (51, 175)):
            win(house, roi)
            for _ in range(10):
                if dice.random() < 0.6:
                    plague(house, dice)
                await house.check(every=dice.choice([1, 10, 10, 60]))
                if dice.random() < 0.1:
                    await house.restart()
                assert held <= account.leg("CRV-USDT-SWAP", "long").contracts
            house.server.clear_faults()
            await house.check(4, every=310)
            assert account.leg("CRV-USDT-SWAP", "long").contracts == held
        assert house.fired(CRV) == [1, 2, 3]
        assert house.grown() == []
        assert house.ledger.open_intents() == []


# -- many at once ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["", "drop"])
async def test_twenty_two_legs_cross_at_once(tmp_path: Path, fault: str, capsys: pytest.CaptureFixture[str]) -> None:
    account = Account(reuses_client_ids=True)
    names = [f"C{number:02d}-USDT-SWAP" for number in range(22)]
    for name in names:
        account.add_instrument(name, "1", "1", mark="1")
        account.open_leg(name, "long", "100", "1")
    async with OkxHouse(tmp_path, account, clock=SystemClock(), timeout=5) as house:
        await house.check()
        house.server.latency = 0.1
        for name in names:
            account.set_roi(name, "long", 26)
        if fault:
            # Every third reply is lost after the order was taken.
            for name in names[::3]:
                house.server.fault(ORDER, fault, after_effect=True, inst_id=name)
        clock = SystemClock()
        begun = clock.monotonic()
        await house.check()
        orders = house.orders_asked()
        with capsys.disabled():
            last = max(record.at for record in orders) - begun
            print(f"\n22 legs at once, 0.1 s of latency, {fault or 'no'} fault: last order after {last:.2f} s", end=" ")
        assert len(orders) == 22
        assert {record.body["instId"] for record in orders} == set(names)
        assert last < 5
        assert [len(house.closed(leg_key(name))) for name in names] == [1] * 22
        house.server.latency = 0
        await house.check(2)
        assert [house.closed(leg_key(name)) for name in names] == [[30]] * 22
        assert len(house.told("tier_filled")) == 22


async def test_one_leg_that_hangs_does_not_hold_up_the_others(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, an_account(), clock=QuickClock(), timeout=0.4) as house:
        await house.check()
        win(house)
        house.account.set_roi("UNI-USDT-SWAP", "long", 26)
        house.server.fault(ORDER, "hang", inst_id="CRV-USDT-SWAP")
        await house.check()
        assert sum(house.closed(leg_key("UNI-USDT-SWAP", "long", "isolated"))) == 15
        await house.check(SETTLED)
        assert house.closed(CRV) == [30]


async def test_the_rest_of_a_tier_is_not_sold_at_a_loss_after_a_long_pause(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, an_account()) as house:
        await house.check()
        win(house)
        house.server.fault(ORDER, "partial_fill", share="0.5")
        await house.check()
        assert house.closed(CRV) == [15]
        ManualActions(house.checker).pause("*", by=1)
        await house.check(3)
        house.account.set_roi("CRV-USDT-SWAP", "long", -60)
        ManualActions(house.checker).resume("*", by=1)
        report = await house.check(5)
        assert house.closed(CRV) == [15]
        assert [note.why for note in report.ladder_notes if note.leg.key == CRV] == ["rest_waits"]
        # It has waited, and was not given up.
        win(house, 1)
        await house.check(2)
        assert house.closed(CRV) == [15, 15]
        assert house.fired(CRV) == [1]


@pytest.mark.parametrize("side", ["long", "short"])
async def test_an_order_with_a_limit_takes_no_worse_price_and_leaves_the_rest_to_the_next_check(
    tmp_path: Path, mode: PositionMode, side: Literal["long", "short"]
) -> None:
    held = Account(position_mode=mode)
    held.open_leg("CRV-USDT-SWAP", side, "100", "0.4")
    async with OkxHouse(tmp_path, held, rules=CAPPED) as house:
        await house.check()
        mark = house.account.set_roi("CRV-USDT-SWAP", side, 36)
        house.account.slippage = Decimal("0.01")
        await house.check(2)
        fills = [fill.contracts for fill in house.account.fills]
        assert fills == []
        body = house.server.orders_sent()[0]
        worst = mark * (Decimal("0.995") if side == "long" else Decimal("1.005"))
        assert body["ordType"] == "ioc"
        # To a tick within the cap.
        assert Decimal(body["px"]) % house.account.instruments["CRV-USDT-SWAP"].tick_size == 0
        assert (Decimal(body["px"]) - worst) * (1 if side == "long" else -1) >= 0
        assert abs(Decimal(body["px"]) - worst) < Decimal("0.0001")
        # Told once; and tried at every check, not with a growing pause.
        assert [event.code for event in house.told("order_rejected")] == ["slippage"]
        assert len(house.orders_asked()) == 2
        house.account.slippage = Decimal("0.001")
        house.server.fault(ORDER, "partial_fill", share="0.5")
        await house.check(2)
        assert [fill.contracts for fill in house.account.fills] == [15, 15]
        (told,) = house.told("tier_filled")
        # What it cost against the mark that each was decided on.
        assert told.in_all.slippage == -mark * Decimal("0.001") * 30


async def test_without_a_cap_orders_go_at_market_and_a_close_by_hand_always_does(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, an_account()) as house:
        await house.check()
        win(house)
        await house.check()
        house.rules = CAPPED
        await house.restart()
        await house.check()
        leg = (await house.okx.snapshot()).by_key[CRV]
        await ManualActions(house.checker).close([CloseOrder(leg, leg.contracts)], 7, "nonce")
        assert [body["ordType"] for body in house.server.orders_sent()] == ["market", "market"]
        assert all("px" not in body for body in house.server.orders_sent())
