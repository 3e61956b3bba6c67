"""Tiers that rest at an OKX-shaped server over HTTP: what is sent, and what comes of it on bad days."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from pathlib import Path

import pytest

from tests.fixtures.okx_engine import OkxHouse, leg_key
from tests.simulation.exchange.resting.book import AlgoBook
from tgtp.domain.resting.rules import RestingRules

CRV = "CRV-USDT-SWAP"
LONG = leg_key(CRV)
ALL = RestingRules(mode="all")
PLACE, AMEND, CANCEL = "/trade/order-algo", "/trade/amend-algos", "/trade/cancel-algos"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[OkxHouse]:
    async with OkxHouse(tmp_path, resting=ALL) as made:
        made.account.open_leg(CRV, "long", 100, "0.5", leverage=10)
        await made.check()
        yield made


def waiting(house: OkxHouse) -> dict[str, str]:
    """Contracts by trigger."""
    return {f"{one.take_profit.normalize():f}": f"{one.contracts:f}" for one in house.account.algo.waiting() if one.take_profit}


def closed(house: OkxHouse) -> list[int]:
    """What every trade of the leg has closed."""
    return [int(contracts) for contracts in house.closed(LONG)]


def rows(house: OkxHouse) -> list[tuple[int | None, int, bool]]:
    return [(each.intent.tier, int(each.order.filled_contracts), each.finished) for each in house.told("tier_filled")]


async def test_what_is_sent_is_what_was_agreed(house: OkxHouse) -> None:
    sent = house.server.requests_to(PLACE)
    bodies = [record.body for record in sent if record.method == "POST"]
    assert [(body["sz"], body["tpTriggerPx"]) for body in bodies] == [("30", "0.5125"), ("35", "0.5175"), ("17", "0.5250")]
    assert {name for body in bodies for name in body} == {
        *("instId", "tdMode", "side", "posSide", "ordType", "sz", "tpTriggerPx", "tpTriggerPxType", "tpOrdPx"),
        *("algoClOrdId", "reduceOnly", "cxlOnClosePos"),
    }
    assert waiting(house) == {"0.5125": "30", "0.5175": "35", "0.525": "17"}


async def test_dead_from_nothing_to_sixty_percent(house: OkxHouse) -> None:
    await house.okx.close()
    house.ledger.close()
    for roi in range(0, 61, 2):
        house.account.set_roi(CRV, "long", roi)
        house.clock.ahead += 60  # type: ignore[attr-defined]
    house._open()
    await house.check(3)
    assert rows(house) == [(1, 30, True), (2, 35, True), (3, 17, True)]
    assert [each.intent.basis.mark_price for each in house.told("tier_filled")] == [
        Decimal("0.5125"), Decimal("0.5175"), Decimal("0.525"),
    ]  # fmt: skip
    assert (house.fired(LONG), closed(house)) == ([1, 2, 3], [30, 35, 17])
    assert house.orders_asked() == []
    assert house.told("leg_shrank") == []
    await house.check(6)
    assert closed(house) == [30, 35, 17]


Unfriendly = Callable[[AlgoBook], None]
PART = {"pieces": 3, "failing": "51008", "failing_after": 1}
DAYS: dict[str, tuple[Unfriendly, list[int]]] = {
    "lists lag": (lambda book: vars(book).update(list_lag=12.0), [30]),
    "looks lag": (lambda book: vars(book).update(look_lag=12.0), [30]),
    "all lag": (lambda book: vars(book).update(list_lag=12.0, look_lag=12.0, ids_lag=25.0), [30]),
    "its orders are not said": (lambda book: vars(book).update(ids_lag=25.0), [30]),
    "only the history has it": (lambda book: vars(book).update(keeps_ended=False), [30]),
    "in pieces": (lambda book: vars(book).update(pieces=3), [10, 10, 10]),
    "in part": (lambda book: vars(book).update(share=Decimal("0.4")), [12, 18]),
    "failed": (lambda book: vars(book).update(failing="51008"), [30]),
    "failed in part": (lambda book: vars(book).update(PART), [10, 20]),
    "failed in part, not said": (lambda book: vars(book).update(PART, ids_lag=12.0), [10, 20]),
    "trimmed": (lambda book: vars(book).update(trims_waiting=True), [30]),
}  # fmt: skip


@pytest.mark.parametrize("name", DAYS)
async def test_a_tier_closes_its_own_size_once(house: OkxHouse, name: str) -> None:
    book = house.account.algo
    DAYS[name][0](book)
    house.account.set_roi(CRV, "long", 26)
    await house.check(12)
    assert (closed(house), house.fired(LONG)) == (DAYS[name][1], [1])
    assert house.ledger.lives()[LONG].contracts == house.account.leg(CRV, "long").contracts == 70
    assert (house.told("leg_shrank"), house.grown()) == ([], [])


async def test_a_cancel_that_takes_effect_later_is_waited_for(house: OkxHouse) -> None:
    book = house.account.algo
    book.cancel_delay = 15.0
    with house.checker.journal.step():
        house.checker.resting.change("", "off", by=7)
    await house.check()
    assert {row.state for row in house.checker.resting.at_rest} == {"leaving"}
    house.account.set_roi(CRV, "long", 26)
    await house.check(4)
    assert (closed(house), house.fired(LONG)) == ([30], [1])
    assert waiting(house) == {}
    assert house.orders_asked() == []


async def test_an_amend_that_was_not_done_is_done_again(house: OkxHouse) -> None:
    house.account.algo.ignores_amends = 2
    house.account.grow_leg(CRV, "long", 100, "0.5")
    await house.check(4)
    assert waiting(house) == {"0.5125": "60", "0.5175": "70", "0.525": "35"}
    assert {one.take_profit_type for one in house.account.algo.waiting()} == {"mark"}


@pytest.mark.parametrize("code", ["51277", "51279", "51300", "51303"])
async def test_a_refusal_by_the_last_price_is_no_price(tmp_path: Path, code: str) -> None:
    async with OkxHouse(tmp_path, resting=ALL) as house:
        house.account.open_leg(CRV, "long", 100, "0.5", leverage=10)
        house.account.set_roi(CRV, "long", "24.9")
        house.account.algo.past_code = code
        woken: list[int] = []
        house.checker.wake = lambda: woken.append(1)
        await house.check(2)
        assert len(waiting(house)) == 3
        with house.checker.journal.step():
            house.checker.resting.change("", "off", by=7)
        await house.check(2)
        house.account.set_roi(CRV, "long", 30)
        with house.checker.journal.step():
            house.checker.resting.change("", "all", by=7)
        await house.check(3)
        assert (closed(house), house.fired(LONG)) == ([30], [1])


async def test_where_okx_refuses_what_ends_an_order_with_its_leg_none_rests(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, resting=ALL) as house:
        house.account.algo.refuses_end_with_leg = "51000"
        house.account.open_leg(CRV, "long", 100, "0.5", leverage=10)
        await house.check(3)
        (event,) = house.told("resting_changed")
        assert (event.mode, event.cause, event.code, waiting(house)) == ("off", "refused", "51000", {})


async def test_closed_by_hand_its_orders_are_gone_and_nothing_of_it_is_told(house: OkxHouse) -> None:
    house.account.close_leg(CRV, "long")
    await house.check(4)
    assert (waiting(house), house.checker.resting.at_rest, house.told("resting_refused")) == ({}, (), [])
    house.account.open_leg(CRV, "long", 200, "0.5", leverage=10)
    await house.check(2)
    assert waiting(house) == {"0.5125": "60", "0.5175": "70", "0.525": "35"}


async def test_a_persons_own_orders_are_left_alone(house: OkxHouse) -> None:
    own = house.account.algo.rest(CRV, "long", 80, "0.6")
    house.account.grow_leg(CRV, "long", 100, "0.5")
    await house.check(2)
    await house.checker.resting.lift(LONG, by=7)
    await house.check()
    assert (own.waits, own.take_profit) == (True, Decimal("0.6"))
    assert [one.algo_id for one in house.checker.resting.others] == [own.algo_id]
    asked = [record.body for path in (AMEND, CANCEL) for record in house.server.requests_to(path)]
    assert own.algo_id not in str(asked)


async def test_every_request_of_a_check_is_one_list(house: OkxHouse) -> None:
    house.server.requests.clear()
    await house.check(3)
    asked = [record.path for record in house.server.requests if "algo" in record.path]
    assert asked == ["/api/v5/trade/orders-algo-pending"] * 3


@pytest.mark.parametrize("arrives", [False, True], ids=["never", "unanswered"])
async def test_placings_that_are_not_answered_leave_their_tier_to_the_checks(tmp_path: Path, arrives: bool) -> None:
    async with OkxHouse(tmp_path, resting=ALL) as house:
        house.account.open_leg(CRV, "long", 100, "0.5", leverage=10)
        house.server.fault(f"POST {PLACE}", "http_502", after_effect=arrives, times=None)
        await house.check()
        house.account.set_roi(CRV, "long", 26)
        await house.check(3)
        # What has come to OKX fires there, what has not by the check.
        assert (house.fired(LONG), closed(house), len(house.orders_asked())) == ([1], [30], 0 if arrives else 1)
        house.server.clear_faults()
        await house.check(3)
        assert (closed(house), waiting(house)) == ([30], {"0.5175": "35", "0.525": "17"})
        assert house.told("leg_shrank") == []
