"""The numbers on the cards: what a pair comes to, which base can be had, and what a ladder still has ahead."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from tests.fixtures.snapshots import LONG, NOW, PerfectExchange
from tgtp.domain.examples import leg
from tgtp.domain.ladder import Ladder
from tgtp.domain.ladder_preview import TierForecast, rungs
from tgtp.domain.life import FiredTier, Life, PartialTier
from tgtp.domain.model import Leg, MarginMode
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


# What is ahead


def stages(leg: Leg, life: Life | None = None, ladder: Ladder = LONG, min_margin: Any = 1) -> list[tuple[Any, ...]]:
    found = rungs(leg, life or Life.begun(leg), ladder, D(min_margin))
    return [(rung.number, rung.stage, rung.closes, rung.held) for rung in found]


def at(leg: Leg, mark: Decimal) -> Leg:
    """The leg at another price, with the margin that the exchange shows then."""
    cross = leg.margin_mode is MarginMode.CROSS
    margin = leg.initial_margin * mark / leg.mark_price if cross else leg.initial_margin
    return leg.replaced(mark_price=mark, initial_margin=margin)


@pytest.mark.parametrize("mode", ["cross", "isolated"])
@pytest.mark.parametrize("side", ["long", "short"])
@pytest.mark.parametrize(
    ("contracts", "lot"), [("100", "1"), ("17.5", "0.1"), ("3", "1"), ("2", "1"), ("1", "1"), ("7", "0.01"), ("4", "1")]
)
def test_what_is_said_to_be_ahead_is_what_happens(contracts: str, lot: str, side: str, mode: str) -> None:
    """The price passes every tier in order: the rules close what the card had said, and nothing else."""
    held = leg(side=side, contracts=contracts, lot_size=lot, entry_price=5, mark_price=5, margin_mode=mode)
    exchange = PerfectExchange(held)
    ladder = exchange.rules.ladder_of(held.key)
    said = rungs(held, Life.begun(held), ladder, exchange.rules.min_margin)
    for rung in said:
        now = exchange.legs[held.key]
        assert now.contracts == rung.held
        assert rung.price is not None
        exchange.legs[held.key] = at(now, rung.price)
        sent = [intent.contracts for intent in exchange.check()]
        assert sent == ([rung.closes] if rung.stage == "ahead" else []), rung
    assert {rung.stage for rung in said} <= {"ahead", "dust", "small"}


def test_fired_tiers_stand_as_they_fired() -> None:
    held = leg(contracts=70)
    life = Life.begun(held, (FiredTier(tier=1, threshold="0.2", contracts=30, fired_at=NOW),))
    first, *rest = rungs(held, life, LONG, ONE)
    assert first == TierForecast(1, D("0.2"), "fired", D("5.1"), D(30), D(0), NOW)
    assert [(rung.number, rung.closes, rung.held) for rung in rest] == [(2, D(35), D(70)), (3, D(17), D(35))]


def test_a_tier_that_has_fired_stays_where_the_ladder_has_become_shorter() -> None:
    held = leg(contracts=70)
    life = Life.begun(held, (FiredTier(tier=3, threshold="0.5", contracts=30, fired_at=NOW),))
    assert stages(held, life, Ladder.parse("25:30")) == [(1, "ahead", 21, 70), (3, "fired", 30, 0)]


def test_what_has_begun_is_finished_first() -> None:
    held = leg(contracts=80)
    begun = PartialTier(tier=2, threshold="0.35", target=35, closed=15)
    life = Life.begun(held).replaced(unfinished=begun)
    assert stages(held, life) == [(1, "ahead", 18, 60), (2, "begun", 20, 80), (3, "ahead", 21, 42)]


def test_a_margin_that_will_be_too_small_is_said() -> None:
    # 1.5 U at 5: after the first tier some 1.05 U are left at its price, after the second half of that.
    held = leg(contracts="30", contract_size="0.1", lot_size="0.1", entry_price=5, mark_price=5)
    assert [stage[1] for stage in stages(held)] == ["ahead", "ahead", "small"]
    assert [stage[1] for stage in stages(held, min_margin="2")] == ["small", "small", "small"]


def test_a_price_that_does_not_exist_is_said() -> None:
    held = leg(side="short", leverage="0.5", entry_price=5, mark_price=5)
    assert [stage[1] for stage in stages(held, ladder=Ladder.parse("25:30,60:50"))] == ["ahead", "beyond"]


def test_a_year_of_fired_tiers_keeps_its_days() -> None:
    held = leg()
    fired = tuple(FiredTier(tier=n, threshold=n, contracts=1, fired_at=NOW + n * dt.timedelta(days=1)) for n in range(1, 11))
    found = rungs(held, Life.begun(held, fired), LONG, ONE)
    assert [rung.fired_at for rung in found] == [tier.fired_at for tier in fired]
