"""What counts as shown: a row whose data is invalid is of a leg, and shows nothing of it."""

from __future__ import annotations

import pytest

from tests.simulation.exchange.account import Account
from tests.simulation.exchange.account import LegKey as Where
from tests.simulation.exchange.rows import position_rows
from tests.simulation.oracle.shown_legs import Shown

CRV: Where = ("CRV-USDT-SWAP", "long", "isolated")


@pytest.mark.parametrize(
    ("name", "value"), [("markPx", "NaN"), ("avgPx", "Infinity"), ("lever", "NaN"), ("margin", "NaN"), ("pos", "?")]
)
def test_a_row_that_makes_no_sense_names_its_leg_and_shows_no_numbers(name: str, value: str) -> None:
    account = Account()
    leg = account.open_leg("CRV-USDT-SWAP", "long", 10, "0.4", margin_mode="isolated")
    (row,) = position_rows(account)
    good = Shown(0.0, [row], 0.0)
    assert good.legs(account)[CRV].contracts == 10
    spoiled = Shown(0.0, [row | {name: value}], 0.0)
    assert CRV not in spoiled.legs(account)
    assert spoiled.shows(account, CRV, leg.opened_at_ms)
