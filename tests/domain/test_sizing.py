"""Lots, bases and the contract sizes that the older daemon took for 1."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.fixtures.snapshots import D
from tgtp.domain.examples import instrument, leg
from tgtp.domain.sizing import (
    base_contracts,
    closable_contracts,
    is_orderable,
    one_order,
    realised_estimate,
    share_of,
    whole_lots,
)


@pytest.mark.parametrize(
    ("contracts", "lot", "whole"),
    [
        ("17.5", "1", "17"),
        ("17.5", "0.1", "17.5"),
        ("0.6", "1", "0"),
        ("0.4", "1", "0"),
        ("0.99999999", "1", "0"),
        ("5", "5", "5"),
        ("9", "5", "5"),
        ("0.3", "0.1", "0.3"),
        ("40.9", "0.1", "40.9"),
        ("-0.6", "1", "0"),
        ("-1.6", "1", "-1"),
    ],
)
def test_contracts_are_rounded_toward_zero_to_a_lot(contracts: str, lot: str, whole: str) -> None:
    assert whole_lots(D(contracts), D(lot)) == D(whole)


def test_floats_would_have_lost_a_lot() -> None:
    assert 0.3 // 0.1 == 2
    assert whole_lots(D("0.3"), D("0.1")) == D("0.3")


@pytest.mark.parametrize(
    ("name", "contract_size", "contracts", "mark", "notional", "base"),
    [
        # Read as 1195 U and as a leg to be cut to 10 U; it is 119.5 U, of 10 U base at 10x.
        ("BCH-USDT-SWAP", "0.1", "2", "597.5", "119.5", "1"),
        ("FIL-USDT-SWAP", "0.1", "800", "1.5625", "125", "64"),
        ("CRO-USDT-SWAP", "10", "100", "0.1", "100", "10"),
        ("CFX-USDT-SWAP", "10", "130", "0.077", "100.1", "13"),
        ("STX-USDT-SWAP", "10", "33", "0.3", "99", "4"),
        ("XLM-USDT-SWAP", "100", "5", "0.2", "100", "1"),
        ("TAO-USDT-SWAP", "0.01", "30", "400", "120", "3"),
        ("LINK-USDT-SWAP", "1", "9", "12.5", "112.5", "1"),
    ],
)
def test_contract_sizes_in_the_wild(name: str, contract_size: str, contracts: str, mark: str, notional: str, base: str) -> None:
    held = leg(name, contracts=contracts, mark_price=mark, contract_size=contract_size)
    assert held.notional == D(notional)
    assert held.initial_margin == D(notional) / 10
    assert base_contracts(held, D(1)) == D(base)
    assert closable_contracts(held, D(1)) == D(contracts) - D(base)


def test_the_base_is_never_rounded_to_nothing() -> None:
    # The older daemon's int() kept 0 and closed the whole position.
    held = leg("TAO-USDT-SWAP", contracts=5, mark_price="400000", contract_size="0.01")
    assert base_contracts(held, D(1)) == 1


def test_the_base_that_is_whole_lots_is_not_rounded_up() -> None:
    assert base_contracts(leg(mark_price="5.0"), D(1)) == 2
    assert base_contracts(leg(mark_price="2.5", lot_size="0.1"), D(1)) == 4


def test_the_closable_part_is_never_negative() -> None:
    assert closable_contracts(leg(contracts=1), D(1)) == 0
    assert closable_contracts(leg(contracts=2), D(1)) == 0


def test_30_percent_of_4_is_1_and_half_of_1_is_nothing() -> None:
    assert share_of(leg(contracts=4), D("0.3")) == 1
    assert share_of(leg(contracts=1), D("0.5")) == 0


def test_one_contract_can_be_closed() -> None:
    assert share_of(leg(contracts=1), D(1)) == 1


@pytest.mark.parametrize(("contracts", "takes"), [("0", False), ("0.9", False), ("1", True), ("2", True), ("-1", False)])
def test_the_smallest_order(contracts: str, takes: bool) -> None:
    assert is_orderable(D(contracts), instrument(lot_size="0.1", min_contracts="1")) is takes


def test_nothing_is_no_order_whatever_the_minimum() -> None:
    assert not is_orderable(Decimal(0), instrument())


@pytest.mark.parametrize(
    ("largest", "asked", "sent"), [(None, "1000", "1000"), ("50", "30", "30"), ("50", "50", "50"), ("50.5", "80", "50")]
)
def test_the_largest_order(largest: str | None, asked: str, sent: str) -> None:
    assert one_order(D(asked), instrument(max_market_contracts=largest)) == D(sent)


def test_what_closing_would_realise() -> None:
    held = leg(side="short", contracts=10, contract_size="10", entry_price="1.2", mark_price="1.1")
    assert realised_estimate(held, D(4)) == D(4)
    assert realised_estimate(held.replaced(mark_price=D("1.3")), D(4)) == D(-4)
