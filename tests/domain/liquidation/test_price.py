"""Liquidation prices, against OKX's own and against the equity that they leave."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tgtp.domain.liquidation.price import Exposure, liquidation
from tgtp.domain.model import PositionSide
from tgtp.domain.sizing import TAKER_FEE

D = Decimal


@pytest.mark.parametrize(
    ("file", "size", "tick"),
    [
        ("okx_positions/bigtime_isolated_net_long", "10", "0.00001"),
        ("okx_rows/btc_isolated_hedge_long_funded", "0.001", "0.1"),
        ("okx_rows/ada_isolated_net_short", "100", "0.0001"),
    ],
)
def test_recorded_isolated_rows_are_reproduced(shared: Path, file: str, size: str, tick: str) -> None:
    (row,) = json.loads((shared / "data" / f"{file}.json").read_text())["data"]
    coins = D(row["pos"]) * D(size)
    side = PositionSide.LONG if coins > 0 else PositionSide.SHORT
    rate = D(row["mmr"]) / (abs(coins) * D(row["markPx"]))
    found = liquidation([Exposure(side, abs(coins), D(row["avgPx"]))], D(row["margin"]), rate + TAKER_FEE)
    assert found is not None
    assert found.falls is (side is PositionSide.LONG)
    assert abs(found.safer(D(tick)) - D(row["liqPx"])) < D("1e-9")


LEGS = st.lists(
    st.builds(
        Exposure,
        st.sampled_from(PositionSide),
        st.decimals("0.01", 100, places=2, allow_nan=False),
        st.decimals("1", 5000, places=1, allow_nan=False),
    ),
    min_size=1,
    max_size=3,
)


@given(legs=LEGS, backing=st.integers(1, 100_000), rate=st.sampled_from([D("0.0045"), D("0.02")]))
def test_what_is_left_there_is_just_what_must_be_maintained(legs: list[Exposure], backing: int, rate: Decimal) -> None:
    found = liquidation(legs, D(backing), rate)

    def over(price: Decimal) -> Decimal:
        worth = sum((leg.position_side.sign * leg.quantity * (price - leg.entry_price) for leg in legs), D(backing))
        return worth - rate * price * sum((leg.quantity for leg in legs), D(0))

    if found is None:
        # It is borne at any price that falls, or the legs neither win nor lose.
        assert over(D("1e-9")) >= -D("1e-6")
        return
    assert found.price == 0 or abs(over(found.price)) < D("1e-9")
    way = -1 if found.falls else 1
    assert over(found.price + way) < over(found.price)
    assert found.is_reached(found.price)
    assert not found.is_reached(found.price - way * D("1e-9"))
