"""The judges of the long runs: what they must find, they find."""

from __future__ import annotations

import datetime as dt
import time
from decimal import Decimal
from typing import Any

import pytest

from tests.e2e.process import Program
from tests.fixtures.every_event import EVENTS
from tests.simulation.faults.random_faults import Phone
from tests.simulation.oracle.verdict import Verdict, told_otherwise
from tests.simulation.oracle.witness import Standing, WitnessedAccount
from tests.simulation.people import OWNER, STRANGER
from tests.simulation.phone.bot_api import TOKEN
from tgtp.domain.model import EPOCH, LegKey, MarginMode, PositionSide
from tgtp.domain.order import client_order_id

STX = "STX-USDT-SWAP"


def account(roi: int = 26, *, pair: bool = False) -> WitnessedAccount:
    held = WitnessedAccount()
    held.open_leg(STX, "long", "137.3", "0.3")
    if pair:
        held.open_leg(STX, "short", "88.8", "0.3")
    held.set_roi(STX, "long", roi)
    return held


def body(held: WitnessedAccount, contracts: str, tag: str, attempt: int = 0, side: str = "long") -> dict[str, Any]:
    leg = held.leg(STX, "long" if side == "long" else "short")
    key = LegKey(instrument_id=STX, position_side=PositionSide(side), margin_mode=MarginMode.CROSS)
    opened_at = EPOCH + dt.timedelta(milliseconds=leg.opened_at_ms)
    return {
        "instId": STX,
        "tdMode": "cross",
        "side": "sell" if side == "long" else "buy",
        "posSide": side,
        "ordType": "market",
        "sz": contracts,
        "clOrdId": client_order_id("main", key, opened_at, 0, tag, attempt),
    }


def test_what_is_right_passes() -> None:
    held = account(pair=True)
    assert len(held.due()) == 2
    held.place(body(held, "41.1", "tier1"), share=Decimal("0.5"))
    assert held.due() == ["the rest of tier 1 of STX-USDT-SWAP long cross", "the hedge of STX-USDT-SWAP short cross"]
    held.place(body(held, "20.6", "tier1", 1))
    held.place(body(held, "85.5", "hedge", side="short"))
    assert held.due() == []
    held.set_roi(STX, "long", 36)
    held.place(body(held, "48.1", "tier2"), live=True)
    held.fill_live()
    assert held.violations == []
    assert held.rules_of == {"tier1": 2, "tier2": 1, "hedge": 1}


@pytest.mark.parametrize(
    ("contracts", "tag", "words"),
    [
        ("41.2", "tier1", "its share is 41.1"),
        ("41", "tier1", "its share is 41.1"),
        ("68.6", "tier2", "below its threshold"),
        ("68.6", "tier2", "before tier 1 had"),
        ("85.5", "hedge", "the hedge closes"),
        ("41.1", "tier9", "a name that no decision gives"),
    ],
)
def test_a_wrong_order_is_found(contracts: str, tag: str, words: str) -> None:
    held = account()
    held.place(body(held, contracts, tag))
    assert any(words in violation for violation in held.violations)


def test_a_hedge_beyond_the_base_is_found() -> None:
    held = account(pair=True)
    held.place(body(held, "85.6", "hedge", side="short"))
    assert len(held.violations) == 1
    assert "it may close 85.5" in held.violations[0]


@pytest.mark.parametrize("attempt", [0, 1])
def test_a_second_order_for_a_tier_is_found(attempt: int) -> None:
    held = account()
    held.reuses_client_ids = True
    held.place(body(held, "41.1", "tier1"))
    held.place(body(held, "28.8", "tier1", attempt))
    assert held.doubled >= 1


def test_two_orders_in_flight_are_found() -> None:
    held = account(36)
    held.place(body(held, "41.1", "tier1"), live=True)
    held.place(body(held, "41.1", "tier1", 1))
    assert any("was still open" in violation for violation in held.violations)


@pytest.mark.parametrize(
    ("paused", "tag", "found"),
    [
        (STX, "tier1", True),
        ("*", "hedge", True),
        (f"{STX} long", "tier1", True),
        (f"{STX} short", "tier1", False),
        ("* long", "tier1", True),
        ("* hedge", "tier1", False),
        ("* hedge", "hedge", True),
        (f"{STX} long tier", "tier1", True),
        ("CRV-USDT-SWAP", "tier1", False),
    ],
)
def test_an_order_of_what_is_paused_is_found(paused: str, tag: str, found: bool) -> None:
    held = account()
    held.held_back[paused] = Standing(0.0)
    held.arrived(body(held, "41.1", tag))
    assert bool(held.violations) == found


def test_an_order_without_a_known_name_is_found_where_all_of_its_leg_is_paused() -> None:
    held = account()
    held.held_back["* tier"] = Standing(0.0)
    held.arrived({**body(held, "41.1", "tier1"), "clOrdId": "x"})
    assert held.violations == []
    held.held_back["* long"] = Standing(0.0)
    held.arrived({**body(held, "41.1", "tier1"), "clOrdId": "x"})
    assert len(held.violations) == 1


def test_a_timed_pause_holds_nothing_back_when_it_is_over() -> None:
    held = account()
    held.held_back[STX] = Standing(0.0, time.monotonic() - 1)
    held.arrived(body(held, "41.1", "tier1"))
    assert held.violations == []
    held.held_back[STX] = Standing(0.0, time.monotonic() + 60)
    held.arrived(body(held, "41.1", "tier1"))
    assert len(held.violations) == 1


def test_an_order_that_makes_a_leg_larger_is_found() -> None:
    held = account()
    held.place({**body(held, "41.1", "tier1"), "side": "buy"})
    assert any("was made larger" in violation for violation in held.violations)


def test_a_lost_order_is_found() -> None:
    held = account()
    held.place(body(held, "41.1", "tier1"))
    verdict = Verdict()
    verdict.judge_orders(held, [])
    assert (verdict.filled, verdict.lost, len(verdict.violations)) == (1, 1, 1)


def phone(*texts: str, to: int = OWNER) -> Phone:
    api = Phone()
    api.sent = [{"chat_id": to, "text": text} for text in texts]
    return api


@pytest.mark.parametrize(
    ("api", "waiting", "moments", "found"),
    [
        (phone("a tier\n#1", "a hedge\n#2"), set(), 0, []),
        (phone("3 things\n#1 a tier\n#2 a hedge"), set(), 0, []),
        (phone("a tier\n#1"), {2}, 0, []),
        (phone("a tier\n#1"), set(), 0, ["never sent: [2]"]),
        (phone("a tier\n#1", "<b>#2</b> · why", "<b>The last 5</b>, newest first\n#2"), set(), 0, ["never sent: [2]"]),
        (phone("#1", "#2", "#2"), set(), 1, []),
        (phone("#1", "#2", "#2"), set(), 0, ["came twice"]),
        (phone("#1", "#2", to=STRANGER), {1, 2}, 0, ["the stranger was answered"]),
    ],
)
def test_the_phone_is_judged(api: Phone, waiting: set[int], moments: int, found: list[str]) -> None:
    verdict = Verdict()
    verdict.judge_phone(api, {1, 2}, waiting, moments=moments)
    assert len(verdict.violations) == len(found)
    assert all(words in violation for words, violation in zip(found, verdict.violations, strict=True))


def test_a_part_of_a_fill_and_a_stop_of_ones_own_need_no_alert_of_their_own() -> None:
    part = next(event for event in EVENTS if event.kind == "tier_filled")
    other = next(event for event in EVENTS if event.kind == "hedge_filled")
    stop = next(event for event in EVENTS if event.kind == "paused").replaced(by=OWNER)
    history: list[tuple[int, Any]] = [(1, part), (2, part), (3, other), (4, stop), (5, stop.replaced(by=OWNER + 1))]
    assert told_otherwise(history, {2}) == {1, 4}
    # The last one itself is missed like any other.
    assert told_otherwise(history, set()) == {4}


def test_the_output_is_judged(tmp_path: Any) -> None:
    program = Program(tmp_path)
    program.lines = ["check 1: 12 legs", "check 2 failed: away", f"bot{TOKEN}/getMe", "Traceback (most recent call last):"]
    verdict = Verdict()
    verdict.judge_output([program], [TOKEN])
    assert (verdict.checks, verdict.failed_checks, len(verdict.violations)) == (2, 1, 2)
