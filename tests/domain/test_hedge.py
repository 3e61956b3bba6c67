"""rules.md §2: every sentence about the hedge rule, and every worked example."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.fixtures.snapshots import SEED, D, PerfectExchange, lives_of, situation, snapshot
from tgtp.domain.examples import leg
from tgtp.domain.hedge import HedgeVerdict, Loser, hedge_verdicts
from tgtp.domain.ladder import Ladder
from tgtp.domain.model import Leg, MarginMode
from tgtp.domain.plan import hedge_plan


def judge(*legs: Leg, gate: Any = 1, keep: Any = 1) -> list[HedgeVerdict]:
    return hedge_verdicts(legs, D(gate), D(keep))


def pair(long_roi: Any, short_roi: Any, **changes: Any) -> tuple[Leg, Leg]:
    return leg(side="long", roi=long_roi, **changes), leg(side="short", roi=short_roi, **changes)


def test_case_a_long_wins_and_short_loses_closes_the_short() -> None:
    (says,) = judge(*pair("45", "-8"))
    assert says.losing.position_side.value == "short"
    assert (says.says, says.winner_roi > 0) == (Loser.DUE, True)


def test_case_b_short_wins_and_long_loses_closes_the_long() -> None:
    (says,) = judge(*pair("-8", "45"))
    assert says.losing.position_side.value == "long"


def test_the_seed_keep_2_at_10x_and_a_mark_of_5() -> None:
    (says,) = judge(*pair("-8", "45"))
    assert (says.base, says.contracts) == (D(2), D(98))


def test_the_seed_40_9_of_50_at_a_mark_of_1_1() -> None:
    (says,) = judge(*pair("-8.2", "45.5", mark_price="1.1", contracts=50, lot_size="0.1"))
    assert (says.base, says.contracts) == (D("9.1"), D("40.9"))


def test_the_seed_with_a_lot_of_1_keeps_10_and_closes_40() -> None:
    (says,) = judge(*pair("-8.2", "45.5", mark_price="1.1", contracts=50))
    assert (says.base, says.contracts) == (D(10), D(40))


def test_s1_the_losing_leg_must_be_strictly_above_the_gate() -> None:
    winner, loser = leg(side="long", roi=10), leg(side="short", roi=-10, initial_margin="1")
    assert [says.says for says in judge(winner, loser)] == [Loser.SMALL]
    assert [says.says for says in judge(winner, loser.replaced(initial_margin=D("1.01")))] == [Loser.DUE]


def test_s1_the_winning_legs_margin_does_not_matter() -> None:
    winner = leg(side="long", roi=10, contracts=1, initial_margin="0.1")
    assert [says.says for says in judge(winner, leg(side="short", roi=-10))] == [Loser.DUE]


def test_s2_the_base_counts_coins_not_contracts() -> None:
    # 10 U of notional at a mark of 0.1: 100 coins, 10 contracts of 10 coins each.
    (says,) = judge(*pair("-8", "45", mark_price="0.1", contracts=50, contract_size="10"))
    assert (says.base, says.contracts) == (D(10), D(40))


def test_s2_the_base_follows_the_leverage() -> None:
    (says,) = judge(*pair("-8", "45", leverage=20))
    assert (says.base, says.contracts) == (D(4), D(96))


def test_s2_the_base_follows_the_setting() -> None:
    (says,) = judge(*pair("-8", "45"), keep="2.5")
    assert (says.base, says.contracts) == (D(5), D(95))


def test_s3_at_base_no_order_even_at_1_03_u() -> None:
    # 18.7 coins at 0.55 and 10x: 1.0285 U, and the base of 18.2 rounds up to 18.7 with a lot of 1.1.
    loser = leg(side="long", roi=-10, contracts="18.7", mark_price="0.55", lot_size="1.1")
    assert D("1.02") < loser.initial_margin < D("1.04")
    winner = leg(side="short", roi=10, mark_price="0.55")
    (says,) = judge(winner, loser)
    assert (says.says, says.contracts) == (Loser.AT_BASE, D(0))
    plan = hedge_plan(snapshot(winner, loser), situation(lives_of(winner, loser)))
    assert (plan.intents, [note.why for note in plan.notes]) == ((), ["at_base"])


def test_s3_what_is_left_after_a_hedge_is_at_base_and_stays_quiet() -> None:
    exchange = PerfectExchange(*pair("-8.2", "30", mark_price="1.1", contracts=50, lot_size="0.1"))
    assert [intent.contracts for intent in exchange.check()] == [D("40.9")]
    left = next(held for held in exchange.legs.values() if held.position_side.value == "long")
    assert left.initial_margin > 1
    assert [exchange.check() for _ in range(5)] == [[]] * 5


def test_s3_a_closable_part_below_the_minimum_is_at_base() -> None:
    (says,) = judge(*pair("-8", "45", contracts=6, min_contracts="5"))
    assert (says.base, says.says) == (D(2), Loser.AT_BASE)


def test_s3_a_leg_below_its_base_in_contracts_is_at_base() -> None:
    # Margin that was added to an isolated leg passes the gate; its size is below the base all the same.
    loser = leg(side="long", roi=-10, contracts=1, initial_margin="30", margin_mode=MarginMode.ISOLATED)
    (says,) = judge(leg(side="short", roi=10), loser)
    assert says.says is Loser.AT_BASE


def test_s4_the_hedge_looks_after_the_ladder_at_fresh_numbers() -> None:
    # The ladder closes the whole winner: no pair is left for the hedge.
    rules = SEED.replaced(short=Ladder.parse("35:100"))
    exchange = PerfectExchange(*pair("-8", "45"), rules=rules)
    assert [intent.rule for intent in exchange.check()] == ["tier"]
    assert exchange.check() == []


def test_s4_a_winner_that_the_ladder_only_made_smaller_still_hedges_in_the_same_check() -> None:
    exchange = PerfectExchange(*pair("-8", "45"))
    assert [intent.rule for intent in exchange.check()] == ["tier", "hedge"]


@pytest.mark.parametrize(
    ("long_roi", "short_roi"),
    [
        ("5", "5"),
        ("-5", "-5"),
        ("0", "-5"),
        ("-5", "0"),
        ("0", "5"),
        ("5", "0"),
        ("0", "0"),
        ("19.43", "15.24"),
        ("3.23", "36.77"),
    ],
)
def test_s5_both_winning_both_losing_or_exactly_zero_is_nothing(long_roi: str, short_roi: str) -> None:
    assert judge(*pair(long_roi, short_roi)) == []


def test_exactly_zero_is_neither_won_nor_lost() -> None:
    flat, loser = leg(side="long", entry_price="5"), leg(side="short", roi="-0.0001")
    assert flat.roi == 0
    assert judge(flat, loser) == []


def test_a_leg_alone_is_no_pair() -> None:
    assert judge(leg(roi=-50)) == []


def test_two_instruments_are_no_pair() -> None:
    assert judge(leg("CRV-USDT-SWAP", side="long", roi=-5), leg("UNI-USDT-SWAP", side="short", roi=5)) == []


def test_two_legs_of_one_side_are_no_pair() -> None:
    assert judge(leg(roi=-5), leg(roi=5, margin_mode=MarginMode.ISOLATED)) == []


def test_cross_and_isolated_losers_are_each_judged_against_the_best_winner() -> None:
    losers = [leg(roi=-5), leg(roi=-9, margin_mode=MarginMode.ISOLATED)]
    winners = [leg(side="short", roi=4), leg(side="short", roi=6, margin_mode=MarginMode.ISOLATED)]
    says = judge(*losers, *winners)
    assert [verdict.losing for verdict in says] == losers
    assert {round(verdict.winner_roi, 6) for verdict in says} == {Decimal("0.06")}


def test_a_pair_with_an_unreadable_leg_is_left_alone() -> None:
    winner, loser = pair("45", "-8")
    other = winner.replaced(margin_mode=MarginMode.ISOLATED).key
    plan = hedge_plan(snapshot(winner, loser, unreadable=[other]), situation(lives_of(winner, loser)))
    assert plan.intents == ()


def test_a_leg_with_an_order_in_flight_decides_nothing_for_its_other_side() -> None:
    winner, loser = pair("45", "-8")
    plan = hedge_plan(snapshot(winner, loser), situation(lives_of(winner, loser), unresolved=[winner.key]))
    assert plan.intents == ()


def test_more_than_one_market_order_is_closed_in_several_checks() -> None:
    exchange = PerfectExchange(*pair("-8", "30", max_market_contracts="40"))
    exchange.until_quiet()
    assert [intent.contracts for intent in exchange.intents] == [D(40), D(40), D(18)]
    assert len({intent.client_order_id for intent in exchange.intents}) == 3
