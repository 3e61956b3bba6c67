"""rules.md §1: every sentence about the ladder, and every worked example."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from tests.fixtures.sentences import told
from tests.fixtures.snapshots import LONG, NOW, SEED, SHORT, D, PerfectExchange, filled, situation, snapshot
from tgtp.domain.examples import leg
from tgtp.domain.fired_tiers import FiredTier, PartialTier
from tgtp.domain.ladder import Ladder, Ready, Tier, ladder_verdict, reached
from tgtp.domain.life import Life
from tgtp.domain.model import Leg
from tgtp.domain.plan import ladder_plan


def fired(*numbers: int) -> tuple[FiredTier, ...]:
    return tuple(FiredTier(tier=number, threshold=LONG.tiers[number - 1].threshold, fired_at=NOW) for number in numbers)


def verdict(held: Leg, life: Life | None = None, ladder: Ladder = LONG, gate: str = "1"):  # type: ignore[no-untyped-def]
    return ladder_verdict(held, life or Life.begun(held), ladder, D(gate))


def test_the_table_of_the_long_ladder() -> None:
    assert [(tier.threshold, tier.share) for tier in SEED.long.tiers] == [
        (D("0.25"), D("0.3")),
        (D("0.35"), D("0.5")),
        (D("0.50"), D("0.5")),
    ]


def test_the_table_of_the_short_ladder() -> None:
    assert [(tier.threshold, tier.share) for tier in SEED.short.tiers] == [
        (D("0.35"), D("0.3")),
        (D("0.45"), D("0.5")),
        (D("0.55"), D("0.5")),
    ]


@pytest.mark.parametrize(
    ("side", "roi", "tier"),
    [
        ("long", "24.99", None),
        ("long", "25", 1),
        ("long", "26.5", 1),
        ("short", "25", None),
        ("short", "34.99", None),
        ("short", "35", 1),
    ],
)
def test_a_tier_fires_at_its_threshold_not_below(side: str, roi: str, tier: int | None) -> None:
    # An entry of 100 at 10x: every percent of ROI is a move of 0.1, exactly.
    sign = 1 if side == "long" else -1
    held = leg(side=side, entry_price="100", mark_price=str(100 + sign * Decimal(roi) / 10))
    says = verdict(held, ladder=SEED.ladder(held.position_side))
    assert (says.tier.number if says.ready is Ready.DUE else None) == tier


def test_the_seed_long_100_30_35_half_a_contract_with_a_fine_lot() -> None:
    exchange = PerfectExchange(leg(roi=60, lot_size="0.1"))
    exchange.until_quiet()
    assert [intent.contracts for intent in exchange.intents] == [D(30), D(35), D("17.5")]
    assert next(iter(exchange.legs.values())).contracts == D("17.5")


def test_the_seed_long_closes_17_with_a_lot_of_1() -> None:
    exchange = PerfectExchange(leg(roi=60))
    exchange.until_quiet()
    assert [intent.contracts for intent in exchange.intents] == [D(30), D(35), D(17)]


def test_the_seed_short_100_30_35_and_17_5() -> None:
    exchange = PerfectExchange(leg(side="short", roi=56, lot_size="0.1"))
    exchange.until_quiet()
    assert [intent.contracts for intent in exchange.intents] == [D(30), D(35), D("17.5")]
    assert {intent.side.value for intent in exchange.intents} == {"buy"}


def test_s1_gate_is_strictly_greater() -> None:
    at_one = leg(roi=60, initial_margin="1")
    assert verdict(at_one).ready is Ready.SMALL
    assert verdict(at_one.replaced(initial_margin=D("1.00000001"))).ready is Ready.DUE
    assert verdict(at_one.replaced(initial_margin=D(0))).ready is Ready.SMALL


def test_s1_gate_is_looked_at_again_at_every_check() -> None:
    # 40 contracts at 0.5 and 10x are 2 U; 30 % and then half of the rest bring it below 1 U before tier 3.
    exchange = PerfectExchange(leg(contracts=40, mark_price="0.5", roi=60))
    exchange.until_quiet()
    assert [intent.tier for intent in exchange.intents] == [1, 2]
    assert next(iter(exchange.legs.values())).initial_margin <= 1


def test_s1_gate_holds_a_half_filled_tier_too() -> None:
    held = leg(roi=60, initial_margin="1")
    life = Life.begun(held).replaced(unfinished=PartialTier(tier=1, threshold=D("0.25"), target=D(30), closed=D(12)))
    assert verdict(held, life).ready is Ready.SMALL


def test_s2_one_tier_per_check_lowest_first() -> None:
    exchange = PerfectExchange(leg(roi=60))
    tiers = [[intent.tier for intent in exchange.check()] for _ in range(5)]
    assert tiers == [[1], [2], [3], [], []]


def test_s2_a_skipped_lower_tier_comes_before_the_higher_ones() -> None:
    held = leg(roi=60)
    life = Life.begun(held, fired(2))
    assert verdict(held, life).tier.number == 1
    assert verdict(held, Life.begun(held, fired(1, 2))).tier.number == 3


@pytest.mark.parametrize(
    ("contracts", "share", "lot", "closes"),
    [
        ("100", "30", "1", "30"),
        ("70", "50", "1", "35"),
        ("35", "50", "0.1", "17.5"),
        ("35", "50", "1", "17"),
        ("7", "30", "0.1", "2.1"),
    ],
)
def test_s3_size_is_a_share_of_what_is_held_rounded_down_to_a_lot(contracts: str, share: str, lot: str, closes: str) -> None:
    held = leg(contracts=contracts, roi=30, lot_size=lot)
    assert verdict(held, ladder=Ladder.parse(f"25:{share}")).contracts == D(closes)


def test_s4_two_contracts_tier_1_is_dust_and_tier_2_closes_one() -> None:
    at_26 = leg(contracts=2, roi=26, mark_price="50")
    says = verdict(at_26)
    assert (says.ready, says.tier.number, [tier.number for tier in says.dust]) == (Ready.WAITING, 2, [1])
    at_36 = leg(contracts=2, roi=36, mark_price="50")
    says = verdict(at_36)
    assert (says.ready, says.tier.number, says.contracts, [tier.number for tier in says.dust]) == (Ready.DUE, 2, D(1), [1])


def test_s4_dust_is_not_marked_as_fired_and_sends_nothing() -> None:
    exchange = PerfectExchange(leg(contracts=2, roi=26, mark_price="50"))
    assert exchange.check() == []
    (life,) = exchange.lives.values()
    assert life.fired == ()


def test_s4_dust_all_the_way_up_is_done() -> None:
    says = verdict(leg(contracts=1, roi=90, mark_price="50"))
    assert (says.ready, [tier.number for tier in says.dust]) == (Ready.DONE, [1, 2, 3])


def test_s4_less_than_the_minimum_is_dust_even_in_whole_lots() -> None:
    says = verdict(leg(contracts=10, roi=30, mark_price="50", lot_size="1", min_contracts="5"))
    assert (says.ready, [tier.number for tier in says.dust]) == (Ready.WAITING, [1])


def test_s4_a_dust_tier_fires_when_the_leg_has_grown() -> None:
    grown = leg(contracts=10, roi=36, mark_price="50")
    assert verdict(grown, Life.begun(grown, fired(2))).tier.number == 1


def test_s5_accepted_is_not_fired() -> None:
    held = leg(roi=26)
    lives = {held.key: Life.begun(held)}
    plan = ladder_plan(snapshot(held), situation(lives))
    assert len(plan.intents) == 1
    assert lives[held.key].fired == ()


def test_s5_filled_partly_stays_open_for_the_rest_of_its_own_size() -> None:
    held = leg(roi=26)
    exchange = PerfectExchange(held)
    exchange.check(lambda _: D(12))
    (life,) = exchange.lives.values()
    assert (life.fired, life.unfinished and life.unfinished.rest) == ((), D(18))
    (intent,) = exchange.check()
    assert (intent.tier, intent.contracts, intent.basis.target_contracts) == (1, D(18), D(30))
    (life,) = exchange.lives.values()
    assert (life.fired[0].contracts, life.unfinished) == (D(30), None)
    assert exchange.check() == []


def test_s5_a_half_filled_tier_is_finished_below_its_threshold_too() -> None:
    exchange = PerfectExchange(leg(roi=26))
    exchange.check(lambda _: D(12))
    exchange.legs = {key: held.replaced(mark_price=held.entry_price * D("1.001")) for key, held in exchange.legs.items()}
    assert [intent.contracts for intent in exchange.check()] == [D(18)]


def test_s5_a_half_filled_tier_comes_before_the_next_one() -> None:
    exchange = PerfectExchange(leg(roi=60))
    exchange.check(lambda _: D(29))
    assert [(intent.tier, intent.contracts) for intent in exchange.check()] == [(1, D(1))]
    # The next tier takes its share of what is really left.
    assert [(intent.tier, intent.contracts) for intent in exchange.check()] == [(2, D(35))]


def test_s5_a_rest_below_the_smallest_order_counts_as_fired() -> None:
    exchange = PerfectExchange(leg(roi=26, lot_size="1", min_contracts="5"))
    exchange.check(lambda _: D(27))
    (life,) = exchange.lives.values()
    assert ([tier.contracts for tier in life.fired], life.unfinished) == ([D(27)], None)


def test_s5_a_rest_that_became_too_small_is_passed_over_and_never_begun_again() -> None:
    held = leg(roi=60, min_contracts="5")
    life = Life.begun(held).replaced(unfinished=PartialTier(tier=1, threshold=D("0.25"), target=D(30), closed=D(27)))
    says = verdict(held, life)
    assert says.tier.number == 2
    (intent,) = ladder_plan(snapshot(held), situation({held.key: life})).intents
    after = life.after_order(intent, filled(intent), D(5), D(1))
    assert after.fired_numbers == {1, 2}
    assert after.unfinished is None


def test_s5_a_tier_larger_than_one_market_order_takes_several() -> None:
    exchange = PerfectExchange(leg(roi=26, max_market_contracts="12"))
    exchange.until_quiet()
    assert [intent.contracts for intent in exchange.intents] == [D(12), D(12), D(6)]
    assert len({intent.client_order_id for intent in exchange.intents}) == 3


def test_a_tier_left_unfinished_under_another_ladder_is_finished_all_the_same() -> None:
    held = leg(roi=26)
    life = Life.begun(held).replaced(unfinished=PartialTier(tier=3, threshold=D("0.5"), target=D(20), closed=D(5)))
    says = verdict(held, life, Ladder.parse("25:30"))
    assert (says.ready, says.tier.number, says.contracts) == (Ready.DUE, 3, D(15))


def test_never_more_than_is_held() -> None:
    held = leg(contracts=10, roi=26)
    life = Life.begun(held).replaced(unfinished=PartialTier(tier=1, threshold=D("0.25"), target=D(30), closed=D(12)))
    assert verdict(held, life).contracts == D(10)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("35:50,25:30", "thresholds must rise, but 25 follows 35"),
        ("25:30,25:50", "thresholds must rise, but 25 follows 25"),
        ("25:0", "a tier closes 1 to 100 percent of what is held, not 0"),
        ("25:0.5", "a tier closes 1 to 100 percent of what is held, not 0.5"),
        ("25:130", "a tier closes 1 to 100 percent of what is held, not 130"),
        ("25:-5", "a tier closes 1 to 100 percent of what is held, not -5"),
        ("0:30", "a tier fires at a profit above 0 and up to 100000, not at 0"),
        ("-5:30", "a tier fires at a profit above 0 and up to 100000, not at -5"),
        ("abc", "'abc' is not a tier; a tier is ROI:SHARE in percent, as 25:30"),
        ("25", "'25' is not a tier; a tier is ROI:SHARE in percent, as 25:30"),
        ("25:30,", "'' is not a tier; a tier is ROI:SHARE in percent, as 25:30"),
        ("nan:30", "'nan:30' is not a tier; a tier is ROI:SHARE in percent, as 25:30"),
        ("25:Infinity", "'25:Infinity' is not a tier; a tier is ROI:SHARE in percent, as 25:30"),
        ("25:30:5", "'25:30:5' is not a tier; a tier is ROI:SHARE in percent, as 25:30"),
        ("", "'' is not a tier; a tier is ROI:SHARE in percent, as 25:30"),
        (",".join(f"{number}:10" for number in range(1, 12)), "there must be 1 to 10 tiers, not 11"),
    ],
)
def test_malformed_tiers_are_refused_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError) as refused:
        Ladder.parse(text)
    assert told(refused.value) == sentence


@pytest.mark.parametrize("text", ["25:30,35:50,50:50", "0.5:1", "1:100", "12.5:33.3,80:100"])
def test_a_ladder_reads_what_it_wrote(text: str) -> None:
    assert str(Ladder.parse(text)) == text
    assert Ladder.parse(str(Ladder.parse(text))) == Ladder.parse(text)


def test_tiers_are_numbered_from_one_up() -> None:
    with pytest.raises(ValueError, match="numbered from 1"):
        Ladder(tiers=(Tier(number=2, threshold=D("0.2"), share=D("0.5")),))


def test_the_next_threshold() -> None:
    assert SHORT.next_after({1}) == SHORT.tiers[1]
    assert SHORT.next_after({1, 2, 3}) is None


def test_s5_rejected_is_tried_again_after_10_20_40_seconds_up_to_five_minutes() -> None:
    held = leg(roi=26)
    life = Life.begun(held)
    pauses = []
    for _ in range(8):
        life = life.after_refusal("tier1", "51121", NOW)
        pauses.append((life.backoff["tier1"].not_before - NOW).total_seconds())
    assert pauses == [10, 20, 40, 80, 160, 300, 300, 300]
    early = situation({held.key: life}, now=NOW + dt.timedelta(seconds=299))
    plan = ladder_plan(snapshot(held), early)
    assert ([note.why for note in plan.notes], plan.intents) == (["backing_off"], ())
    late = situation({held.key: life}, now=NOW + dt.timedelta(seconds=300))
    assert len(ladder_plan(snapshot(held), late).intents) == 1


def test_what_is_foretold_stops_where_the_gate_comes_down() -> None:
    # 4 U of margin: 2 U are left after the first tier, 1 U after the second, and that is not above the gate.
    held = leg(contracts=8, roi=60)
    ladder = Ladder.parse("10:50,20:50,30:50")
    assert [(one.tier.number, one.contracts) for one in reached(held, Life.begun(held), ladder, D(1))] == [(1, D(4)), (2, D(2))]


def test_what_is_foretold_begins_with_the_rest_of_a_begun_tier() -> None:
    held = leg(roi=26)
    life = Life.begun(held).replaced(unfinished=PartialTier(tier=1, threshold=D("0.25"), target=D(30), closed=D(12)))
    found = reached(held, life, Ladder.parse("10:50,20:50,30:50"), D(1))
    assert [(one.tier.number, one.contracts) for one in found] == [(1, D(18)), (2, D(41))]


@pytest.mark.parametrize(("roi", "ready"), [("0.01", Ready.DUE), (0, Ready.REST_WAITS), (-60, Ready.REST_WAITS)])
def test_the_rest_of_a_half_filled_tier_is_not_sold_at_a_loss(roi: Any, ready: Ready) -> None:
    held = leg(roi=roi)
    life = Life.begun(held).replaced(unfinished=PartialTier(tier=1, threshold=D("0.25"), target=D(30), closed=D(12)))
    assert verdict(held, life).ready is ready


def test_a_rest_that_is_too_small_to_order_holds_nothing_up() -> None:
    held = leg(roi=-5)
    life = Life.begun(held).replaced(unfinished=PartialTier(tier=1, threshold=D("0.25"), target=D(30), closed=D("29.5")))
    assert verdict(held, life).ready is Ready.WAITING
