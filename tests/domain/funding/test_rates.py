"""What the next settlement comes to, for each side and margin mode."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tgtp.domain.examples import leg
from tgtp.domain.funding.rates import FundingRate, NextFunding, funding_ahead, next_funding
from tgtp.domain.model import Leg

NOW = dt.datetime(2026, 11, 29, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
D = Decimal
GATE = D(1)


def rate(of: str = "0.0001", *, after: dt.timedelta = 4 * HOUR, name: str = "CRV-USDT-SWAP") -> FundingRate:
    return FundingRate(instrument_id=name, rate=of, settles_at=NOW + after)


def funding(of: Leg, value: str = "0.0001", **more: Any) -> NextFunding:
    found = next_funding(of, {of.instrument.instrument_id: rate(value, **more)}, NOW)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("side", "value", "payment"),
    [("long", "0.0001", "-0.05"), ("short", "0.0001", "0.05"), ("long", "-0.002", "1"), ("short", "-0.002", "-1")],
)
@pytest.mark.parametrize("mode", ["cross", "isolated"])
def test_above_zero_the_long_leg_pays_and_below_it_the_short_one(side: str, value: str, payment: str, mode: str) -> None:
    # 100 contracts of one coin at a mark of 5: a notional of 500 U.
    assert funding(leg(side=side, margin_mode=mode), value).payment == D(payment)


@pytest.mark.parametrize("after", [dt.timedelta(0), -HOUR])
def test_the_rate_of_a_settlement_that_is_over_says_nothing_of_the_next(after: dt.timedelta) -> None:
    assert next_funding(leg(), {"CRV-USDT-SWAP": rate(after=after)}, NOW) is None
    assert next_funding(leg(), {}, NOW) is None


@pytest.mark.parametrize(
    ("margin", "value", "slips"),
    [
        ("1.05", "0.0001", True),  # to 1 U, which is not above the gate
        ("1.06", "0.0001", False),
        ("1.04", "0.0001", True),
        ("1", "0.0001", False),  # out of the rules before
        ("1.05", "-0.0001", False),  # it receives
    ],
)
def test_an_isolated_leg_slips_when_its_payment_takes_it_to_the_gate(margin: str, value: str, slips: bool) -> None:
    isolated = leg(margin_mode="isolated", initial_margin=margin)
    assert funding(isolated, value).slips_under(GATE) is slips
    # The margin of a cross leg does not pay it.
    assert not funding(leg(margin_mode="cross", initial_margin=margin), value).slips_under(GATE)


def test_a_payment_that_eats_all_of_the_margin_leaves_nothing() -> None:
    assert funding(leg(margin_mode="isolated", initial_margin="2"), "0.01").margin_after == 0


def test_each_leg_counts_once_and_the_last_settlement_ends_it() -> None:
    hourly = funding(leg(), "0.0001", after=HOUR)
    later = funding(leg(side="short"), "0.0003", after=4 * HOUR)
    ahead = funding_ahead([hourly, None, later, None])
    assert ahead is not None
    assert ahead == (D("-0.05") + D("0.15"), NOW + 4 * HOUR, 2, 2)
    assert funding_ahead([None, None]) is None
    assert funding_ahead([]) is None


@given(value=st.decimals(min_value="-0.9", max_value="0.9", places=8), contracts=st.integers(1, 10**6))
def test_what_one_side_pays_the_other_receives(value: Decimal, contracts: int) -> None:
    long, short = (funding(leg(side=side, contracts=contracts), str(value)).payment for side in ("long", "short"))
    assert long + short == 0
    assert (long <= 0) is (value >= 0)
    assert abs(long) == abs(value) * contracts * 5
