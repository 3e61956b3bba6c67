"""The judge of what rests in the long runs: what it must find, it finds."""

from __future__ import annotations

import datetime as dt
import re
import time
from typing import Any

import pytest

from tests.simulation.oracle.resting.witness import RestingWitness
from tests.simulation.oracle.witness import Standing
from tgtp.domain.model import EPOCH, LegKey, MarginMode, PositionSide
from tgtp.domain.order import client_order_id

STX = "STX-USDT-SWAP"
TRIGGERS = {"resting1": "0.3075", "resting2": "0.3105", "resting3": "0.3150"}


def account() -> RestingWitness:
    held = RestingWitness()
    held.open_leg(STX, "long", "100", "0.3")
    return held


def name(held: RestingWitness, tag: str, placing: int = 0) -> str:
    key = LegKey(instrument_id=STX, position_side=PositionSide.LONG, margin_mode=MarginMode.CROSS)
    opened_at = EPOCH + dt.timedelta(milliseconds=held.leg(STX, "long").opened_at_ms)
    return client_order_id("main", key, opened_at, 0, tag, placing)


def rest(held: RestingWitness, tag: str, contracts: str, placing: int = 0) -> None:
    body: dict[str, Any] = {
        "instId": STX,
        "tdMode": "cross",
        "side": "sell",
        "posSide": "long",
        "ordType": "conditional",
        "sz": contracts,
        "tpTriggerPx": TRIGGERS[tag],
        "tpTriggerPxType": "mark",
        "tpOrdPx": "-1",
        "reduceOnly": True,
        "cxlOnClosePos": True,
        "algoClOrdId": name(held, tag, placing),
    }
    held.algo_arrived("order-algo", body)
    held.algo.place(body)


def three(held: RestingWitness) -> None:
    for tag, contracts in (("resting1", "30"), ("resting2", "35"), ("resting3", "17.5")):
        rest(held, tag, contracts)


def sell(held: RestingWitness, tag: str, contracts: str) -> None:
    body = {"instId": STX, "tdMode": "cross", "side": "sell", "posSide": "long", "ordType": "market", "sz": contracts}
    held.place({**body, "clOrdId": name(held, tag)})


def test_three_tiers_that_fire_are_right() -> None:
    held = account()
    three(held)
    assert held.wrongly_resting() == []
    for percent in (26, 36, 60):
        held.set_roi(STX, "long", percent)
    assert (held.violations, held.due(), held.fired) == ([], [], 3)
    assert held.rules_of == {"resting1": 1, "resting2": 1, "resting3": 1}


def test_the_rest_of_those_that_filled_in_part_is_closed_together_and_once() -> None:
    held = account()
    three(held)
    held.algo.share /= 2
    held.set_roi(STX, "long", 60)
    # 15 of 30, 17.5 of 35, 8.7 of 17.5.
    sell(held, "tier3", "41.3")
    assert held.violations == []
    sell(held, "tier2", "1")
    assert any("DOUBLED" in what for what in held.violations)


@pytest.mark.parametrize(
    ("tag", "contracts", "words"),
    [("resting1", "31", "its share is 30"), ("resting2", "36", "its share is"), ("resting1", "29.9", "its share is 30")],
)
def test_a_wrong_size_is_found(tag: str, contracts: str, words: str) -> None:
    held = account()
    rest(held, tag, contracts)
    held.set_roi(STX, "long", 60)
    assert any(words in what for what in held.violations)


def test_a_tier_that_a_check_fires_while_its_order_waits_is_found_and_so_is_what_comes_of_it() -> None:
    held = account()
    three(held)
    # It waits on while the mark price is beyond it.
    held.algo.orders[0].take_profit_type = "last"
    held.instruments[STX].last = held.instruments[STX].mark
    held.set_roi(STX, "long", 26)
    sell(held, "tier1", "30")
    held.instruments[STX].last = None
    held.set_roi(STX, "long", 27)
    assert [what.split(" ", 1)[1] for what in held.violations] == [
        f"tier 1 of STX-USDT-SWAP long cross is fired by {name(held, 'tier1')} while its order {name(held, 'resting1')} waits",
        "DOUBLED: tier 1 of STX-USDT-SWAP long cross, at rest, closes 30, of its 30 only 0 were left",
        "DOUBLED: tier 1 of STX-USDT-SWAP long cross has closed 60.0, its share was 30",
    ]


def test_two_orders_of_a_tier_and_hands_on_the_orders_of_others_are_found() -> None:
    held = account()
    rest(held, "resting1", "30")
    rest(held, "resting1", "30", placing=1)
    foreign = held.algo.rest(STX, "long", "5", "0.4")
    held.algo_arrived("cancel-algos", {"instId": STX, "algoId": foreign.algo_id})
    assert ["while another order of it waits" in held.violations[0], "not ours" in held.violations[1]] == [True, True]


@pytest.mark.parametrize("may_rest", [False, True])
def test_what_fires_in_a_pause_is_found_unless_the_answer_has_named_it(may_rest: bool) -> None:
    held = account()
    three(held)
    held.held_back["*"] = Standing(time.monotonic() - 10, may_rest=may_rest)
    assert all("though it is paused" in what for what in held.wrongly_resting())
    held.set_roi(STX, "long", 26)
    assert (held.fired_while_paused, bool(held.violations)) == (1, not may_rest)


def test_what_is_placed_in_a_pause_is_found() -> None:
    held = account()
    held.held_back[STX] = Standing(time.monotonic() - 10)
    rest(held, "resting1", "30")
    assert re.search(r"came \d+\.\d s after", held.violations[0])


def test_what_outlives_its_leg_is_found() -> None:
    held = account()
    three(held)
    held.algo.orders[0].ends_with_leg = False
    held.close_leg(STX, "long")
    assert "though that leg is gone" in held.wrongly_resting()[0]
    held.open_leg(STX, "long", "100", "0.3")
    held.set_roi(STX, "long", 26)
    assert "has outlived its leg" in held.violations[0]
