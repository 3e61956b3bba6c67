"""Contract sizes that change and marks that stand still, as the stand-in shows them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.simulation.exchange import rows as shown
from tests.simulation.exchange.account import Account, MarginMode
from tests.simulation.exchange.test_server import HeldClock

STX = "STX-USDT-SWAP"
D = Decimal


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
def account(clock: HeldClock) -> Account:
    account = Account(time=clock)
    account.open_leg(STX, "long", "200", "0.5")
    account.set_mark(STX, "0.6")
    return account


def row_of(account: Account) -> dict[str, Any]:
    (row,) = shown.position_rows(account)
    return row


def listed(account: Account) -> dict[str, Any]:
    return next(row for row in shown.instrument_rows(account) if row["instId"] == STX)


def numbers(row: dict[str, Any], *but: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in but}


@pytest.mark.parametrize("mode", ["cross", "isolated"])
def test_the_witnesses_of_a_row_fit_its_numbers(mode: MarginMode) -> None:
    account = Account()
    account.open_leg(STX, "short", "200", "0.5", margin_mode=mode, leverage=5)
    account.set_mark(STX, "0.6")
    row = row_of(account)
    assert D(row["notionalUsd"]) / D(row["usdPx"]) == 200 * 10 * D("0.6")
    assert D(row["upl"]) == -200 * 10 * D("0.1")
    assert row["imr"] == ("240" if mode == "cross" else "")
    account.shows_usd_price = False
    assert row_of(account)["usdPx"] == ""


def test_a_new_contract_size_changes_the_count_and_nothing_else(account: Account) -> None:
    before = row_of(account)
    account.redenominate(STX, "1", "0.1")
    after = row_of(account)
    assert (after["pos"], after["availPos"]) == ("2000", "2000")
    assert numbers(after, "pos", "availPos") == numbers(before, "pos", "availPos")
    assert listed(account)["ctVal"] == "1"


def test_the_list_and_the_rows_may_change_at_different_moments(account: Account, clock: HeldClock) -> None:
    account.redenominate(STX, "1", "1", list_lag=3600, row_lag=60)
    seen = []
    for seconds in (0, 60, 3540):
        clock.forward(seconds)
        seen.append((row_of(account)["pos"], listed(account)["ctVal"], listed(account)["lotSz"]))
    assert seen == [("200", "10", "0.1"), ("2000", "10", "0.1"), ("2000", "1", "1")]


def test_what_rests_is_cancelled_and_trades_stay_as_they_were(account: Account) -> None:
    order = {"instId": STX, "tdMode": "cross", "side": "sell", "posSide": "long", "ordType": "market", "sz": "50"}
    account.place({**order, "clOrdId": "filled"})
    account.place({**order, "clOrdId": "rests"}, live=True)
    account.redenominate(STX, "1")
    assert account.live_orders() == []
    assert [fill.contracts for fill in account.fills] == [50]
    account.redenominate(STX, "0.1", with_orders=True)
    assert [fill.contracts for fill in account.fills] == [500]


def test_rows_that_lag_count_anew_too(account: Account, clock: HeldClock) -> None:
    account.row_lag = 60
    account.shrink_leg(STX, "long", "100")
    account.redenominate(STX, "1")
    assert row_of(account)["pos"] == "2000"
    clock.forward(61)
    assert row_of(account)["pos"] == "1000"


def test_a_mark_that_stands_still_does_so_in_the_rows_alone(account: Account) -> None:
    account.freeze_mark(STX)
    before = row_of(account)
    account.set_mark(STX, "0.9")
    # What the account is worth, and with it the ratio of a cross leg, goes on.
    assert numbers(row_of(account), "mgnRatio") == numbers(before, "mgnRatio")
    assert next(row["markPx"] for row in shown.mark_rows(account) if row["instId"] == STX) == "0.9"
    account.thaw_mark(STX)
    assert (row_of(account)["markPx"], row_of(account)["upl"]) == ("0.9", "800")
