"""The numbers on the cards: what a pair comes to, and which base can be had."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tgtp.domain.examples import leg
from tgtp.domain.model import Leg
from tgtp.domain.pair import Base, Pair, pair_of, two_sided
from tgtp.domain.sizing import closable_contracts

D = Decimal
ONE = Decimal(1)


def pair(*legs: Leg) -> Pair:
    return pair_of(legs, ONE)


def total_at(pair: Pair, mark: Decimal) -> Decimal:
    """What all legs come to at another price, leg by leg."""
    return sum(
        (
            (mark - leg.entry_price) * leg.position_side.sign * leg.contracts * leg.instrument.contract_size + leg.realised_pnl
            for leg in pair.legs
        ),
        D(0),
    )


# Break-even


@pytest.mark.parametrize(
    "legs",
    [
        [leg(entry_price=4), leg(side="short", contracts=50, entry_price=6)],
        [leg(entry_price=4, contracts=30), leg(side="short", contracts=50, entry_price=6)],
        [leg(entry_price=4, realised_pnl="-77.7"), leg(side="short", contracts=50, entry_price="4.4", realised_pnl="12.5")],
        [leg(entry_price=4, contract_size="0.01"), leg(side="short", contracts=7, entry_price=6, contract_size="0.01")],
        [leg(entry_price=4), leg(entry_price=5, margin_mode="isolated"), leg(side="short", contracts=3, entry_price=6)],
    ],
)
def test_at_the_break_even_all_legs_together_come_to_nothing(legs: list[Leg]) -> None:
    found = pair(*legs)
    assert found.break_even is not None
    assert abs(total_at(found, found.break_even)) < D("1e-20")
    assert abs(total_at(found, found.break_even * 2)) > 1
    assert found.total_pnl == total_at(found, D(5))


def test_equal_sizes_have_no_break_even_and_one_result() -> None:
    found = pair(leg(entry_price=4, realised_pnl=3), leg(side="short", entry_price=5, realised_pnl=-1))
    assert (found.net_contracts, found.net_notional, found.break_even) == (D(0), D(0), None)
    assert found.total_pnl == 102
    assert total_at(found, D(1)) == total_at(found, D(1000)) == 102


@pytest.mark.parametrize(("side", "other", "realised", "total"), [("long", "short", 1000, 950), ("short", "long", -1000, -850)])
def test_a_pair_that_no_price_brings_to_nothing(side: str, other: str, realised: int, total: int) -> None:
    found = pair(leg(side=side, entry_price=4, realised_pnl=realised), leg(side=other, contracts=50, entry_price=4))
    assert found.break_even is None
    # It stays on one side of nothing from the lowest price on.
    assert total_at(found, D("0.001")) * total_at(found, D(5)) > 0


def test_the_net_is_signed_and_counts_every_leg() -> None:
    legs = [leg(contracts=10, contract_size=2), leg(side="short", contracts=30, contract_size=2)]
    found = pair(*legs)
    assert (found.net_contracts, found.net_quantity, found.net_notional) == (D(-20), D(-40), D(-200))
    found = pair(*legs, leg(side="long", contracts=25, contract_size=2, margin_mode="isolated"))
    assert (found.net_contracts, found.net_quantity, found.net_notional) == (D(5), D(10), D(50))


def test_the_worst_leg_loses_most_money_not_most_percent() -> None:
    small, large = leg(roi=-90, contracts=1), leg(side="short", roi=-10, contracts=1000)
    assert pair(small, large).worst is large


# Bases


@pytest.mark.parametrize("mark", ["1.1", "5", "0.37", "812.5"])
@pytest.mark.parametrize("lot", ["1", "0.1", "0.01"])
@pytest.mark.parametrize("leverage", [3, 10, 50])
def test_the_base_is_the_nearest_that_can_be_had(mark: str, lot: str, leverage: int) -> None:
    base = Base.of(leg(mark_price=mark, lot_size=lot, leverage=leverage, contracts=1000), ONE)
    assert base.margin >= 1
    assert base.margin - base.lot_margin < 1
    assert base.exact <= base.contracts < base.exact + D(lot)
    assert base.above + base.contracts == 1000


def test_a_leg_at_its_base_has_nothing_above() -> None:
    base = Base.of(leg(mark_price="1.03", contracts=10), ONE)
    assert (base.contracts, base.above, base.can_close) == (D(10), D(0), False)


def test_what_is_above_may_be_too_little_to_close() -> None:
    base = Base.of(leg(mark_price="1.1", contracts="9.5", lot_size="0.1", min_contracts=1), ONE)
    assert (base.contracts, base.above, base.can_close) == (D("9.1"), D("0.4"), False)
    base = Base.of(leg(mark_price="1.1", contracts="10.5", lot_size="0.1", min_contracts=1), ONE)
    assert (base.above, base.can_close) == (D("1.4"), True)


def test_each_side_has_the_base_of_its_leverage() -> None:
    bases = pair(leg(mark_price="1.1", leverage=10), leg(side="short", mark_price="1.1", leverage=5)).bases
    assert [base.contracts for base in bases] == [10, 5]
    assert [base.above for base in bases] == [closable_contracts(base.leg, ONE) for base in bases]


def test_two_of_sixty_are_pairs() -> None:
    legs = [leg(f"C{number}-USDT-SWAP", side="long") for number in range(58)]
    legs.append(leg("C5-USDT-SWAP", margin_mode="isolated"))
    assert two_sided(legs) == []
    legs += [leg(f"C{number}-USDT-SWAP", side="short") for number in (3, 7)]
    assert [held[0].instrument.coin for held in two_sided(legs)] == ["C3", "C7"]
