"""Values refuse what would be wrong silently."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from tests.fixtures.snapshots import D
from tgtp.domain.examples import OPENED_AT, instrument, leg
from tgtp.domain.model import LegKey, MarginMode, PositionSide, Snapshot
from tgtp.domain.order import client_order_id

CRV = LegKey(instrument_id="CRV-USDT-SWAP", position_side=PositionSide.LONG, margin_mode=MarginMode.CROSS)
NUMBERS = ["contracts", "entry_price", "mark_price", "leverage", "initial_margin", "unrealised_pnl", "exchange_roi"]


@pytest.mark.parametrize("field", NUMBERS)
@pytest.mark.parametrize(
    "wrong", [1.5, 1.0, True, False, "NaN", "sNaN", "Infinity", "-Infinity", Decimal("NaN"), "", "abc", []]
)
def test_numbers_refuse_floats_booleans_and_what_is_no_number(field: str, wrong: Any) -> None:
    with pytest.raises(ValidationError):
        leg().replaced(**{field: wrong})


@pytest.mark.parametrize("field", ["contracts", "entry_price", "mark_price", "leverage"])
@pytest.mark.parametrize("wrong", ["0", "-1", None])
def test_sizes_and_prices_are_above_zero(field: str, wrong: Any) -> None:
    with pytest.raises(ValidationError):
        leg().replaced(**{field: wrong})


@pytest.mark.parametrize("field", ["opened_at", "adjusted_at"])
@pytest.mark.parametrize("wrong", [dt.datetime(2026, 1, 1), dt.date(2026, 1, 1), "2026-01-01T00:00:00", "yesterday"])
def test_moments_refuse_naive_times(field: str, wrong: Any) -> None:
    with pytest.raises(ValidationError):
        leg().replaced(**{field: wrong})


def test_moments_are_turned_to_utc() -> None:
    beijing = dt.datetime(2026, 1, 1, 8, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    moment = leg().replaced(opened_at=beijing).opened_at
    assert (moment, moment.tzinfo) == (OPENED_AT, dt.UTC)


def test_values_are_frozen_and_know_their_fields() -> None:
    with pytest.raises(ValidationError):
        leg().contracts = D(5)  # type: ignore[misc]
    with pytest.raises(ValidationError):
        leg().replaced(size=5)
    with pytest.raises(ValidationError):
        instrument().replaced(lot_size=D(0))


def test_a_replaced_leg_does_not_remember_the_old_profit() -> None:
    held = leg(roi=10)
    assert held.roi > 0
    assert held.replaced(mark_price=held.entry_price).roi == 0


@pytest.mark.parametrize(
    ("side", "entry", "mark", "leverage", "roi"),
    [
        ("long", "100", "102.5", "10", "0.25"),
        ("long", "100", "97.5", "10", "-0.25"),
        ("short", "100", "96.5", "10", "0.35"),
        ("short", "100", "103.5", "10", "-0.35"),
        ("long", "3", "3", "10", "0"),
        # A third of a tenth and the like: exactly at the threshold is at the threshold.
        ("long", "12", "13", "3", "0.25"),
        ("short", "60", "53", "3", "0.35"),
        ("long", "21", "22", "7", "0.3333333333333333333333333333"),
    ],
)
def test_roi_is_on_the_entry_margin(side: str, entry: str, mark: str, leverage: str, roi: str) -> None:
    assert leg(side=side, entry_price=entry, mark_price=mark, leverage=leverage).roi == D(roi)


def test_added_margin_does_not_change_the_roi() -> None:
    held = leg(roi=26, margin_mode=MarginMode.ISOLATED)
    assert held.replaced(initial_margin=held.initial_margin * 5).roi == held.roi


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (CRV, "CRV-USDT-SWAP_long"),
        (CRV.replaced(position_side="short"), "CRV-USDT-SWAP_short"),
        (CRV.replaced(margin_mode="isolated"), "CRV-USDT-SWAP_long_isolated"),
        (CRV.replaced(instrument_id="BTC-USD_UM-SWAP", margin_mode="isolated"), "BTC-USD_UM-SWAP_long_isolated"),
    ],
)
def test_a_leg_key_reads_what_it_wrote(key: LegKey, text: str) -> None:
    assert str(key) == text
    assert LegKey.parse(text) == key


@pytest.mark.parametrize(
    "text", ["", "CRV-USDT-SWAP", "CRV-USDT-SWAP_net", "CRV-USDT-SWAP_long_", "CRV-USDT-SWAP_long_crossed"]
)
def test_a_leg_key_refuses_nonsense(text: str) -> None:
    with pytest.raises(ValueError):
        LegKey.parse(text)


def test_a_leg_is_closed_by_the_other_side() -> None:
    assert PositionSide.LONG.closing.value == "sell"
    assert PositionSide.SHORT.closing.value == "buy"
    assert PositionSide.LONG.opposite is PositionSide.SHORT


def test_order_names_are_what_okx_takes() -> None:
    assert re.fullmatch(r"[a-zA-Z0-9]{1,32}", client_order_id("main", CRV, OPENED_AT, 0, "tier1", 0))


def test_order_names_are_pure() -> None:
    names = {client_order_id("main", CRV, OPENED_AT, 0, "tier1", 0) for _ in range(3)}
    assert len(names) == 1
    elsewhere = OPENED_AT.astimezone(dt.timezone(dt.timedelta(hours=8)))
    assert client_order_id("main", CRV, elsewhere, 0, "tier1", 0) in names


def test_order_names_differ_for_every_part() -> None:
    names = [
        client_order_id("main", CRV, OPENED_AT, 0, "tier1", 0),
        client_order_id("sub1", CRV, OPENED_AT, 0, "tier1", 0),
        client_order_id("main", CRV.replaced(instrument_id="UNI-USDT-SWAP"), OPENED_AT, 0, "tier1", 0),
        client_order_id("main", CRV.replaced(position_side="short"), OPENED_AT, 0, "tier1", 0),
        client_order_id("main", CRV.replaced(margin_mode="isolated"), OPENED_AT, 0, "tier1", 0),
        client_order_id("main", CRV, OPENED_AT, 1, "tier1", 0),
        client_order_id("main", CRV, OPENED_AT, 0, "tier2", 0),
        client_order_id("main", CRV, OPENED_AT, 0, "hedge", 0),
        client_order_id("main", CRV, OPENED_AT, 0, "tier1", 1),
        client_order_id("main", CRV, OPENED_AT, 0, "tier11", 0),
        client_order_id("main", CRV, OPENED_AT, 1, "tier1", 1),
    ]
    assert len(set(names)) == len(names)


def test_order_names_differ_for_lives_a_millisecond_apart() -> None:
    # As floats of seconds some neighbours fall together.
    start = dt.datetime(2026, 1, 1, 0, 0, 0, tzinfo=dt.UTC)
    names = {client_order_id("main", CRV, start + dt.timedelta(milliseconds=step), 0, "tier1", 0) for step in range(2000)}
    assert len(names) == 2000


def test_the_snapshot_names_its_legs() -> None:
    held = leg()
    assert Snapshot(taken_at=OPENED_AT, legs=(held,)).by_key == {held.key: held}
