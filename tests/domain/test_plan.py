"""Snapshot, rules and memory → orders, and a reason for everything that is not ordered."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.fixtures.snapshots import NOW, SEED, D, lives_of, situation, snapshot, with_contracts
from tgtp.domain.examples import leg
from tgtp.domain.ladder import Ladder
from tgtp.domain.life import Life
from tgtp.domain.model import Side
from tgtp.domain.plan import ALL, Rules, hedge_plan, ladder_plan


def test_a_due_tier_becomes_an_intent_with_the_numbers_it_was_decided_on() -> None:
    held = leg(roi=26, opened_at=NOW)
    plan = ladder_plan(snapshot(held), situation(lives_of(held)))
    (intent,) = plan.intents
    assert (intent.leg, intent.opened_at, intent.rule, intent.tag, intent.tier) == (held.key, NOW, "tier", "tier1", 1)
    assert (intent.contracts, intent.side, intent.meant_at) == (D(30), Side.SELL, NOW)
    basis = intent.basis
    assert (basis.roi, basis.initial_margin, basis.mark_price) == (held.roi, held.initial_margin, held.mark_price)
    assert (basis.threshold, basis.share, basis.min_margin) == (D("0.25"), D("0.3"), D(1))
    assert (basis.contracts, basis.lot_size, basis.min_contracts, basis.target_contracts) == (D(100), D(1), D(1), D(30))


def test_a_due_hedge_becomes_an_intent_with_the_numbers_it_was_decided_on() -> None:
    winner, loser = leg(side="short", roi="45.5"), leg(roi="-8.2", mark_price="1.1", contracts=50, lot_size="0.1")
    (intent,) = hedge_plan(snapshot(winner, loser), situation(lives_of(winner, loser))).intents
    assert (intent.leg, intent.rule, intent.tag, intent.tier, intent.side) == (loser.key, "hedge", "hedge", None, Side.SELL)
    assert (intent.contracts, intent.basis.base_contracts, intent.basis.other_roi) == (D("40.9"), D("9.1"), winner.roi)


def test_the_same_plan_twice_carries_the_same_names() -> None:
    held = leg(roi=26)
    first, second = (ladder_plan(snapshot(held), situation(lives_of(held))).intents for _ in range(2))
    assert first == second


@pytest.mark.parametrize("paused", [ALL, "CRV-USDT-SWAP"])
def test_a_pause_holds_back_what_would_have_been_sent(paused: str) -> None:
    winner, loser = leg(side="short", roi="45.5"), leg(roi="-8.2")
    held_by = situation(lives_of(winner, loser), paused=[paused])
    ladder, hedge = ladder_plan(snapshot(winner, loser), held_by), hedge_plan(snapshot(winner, loser), held_by)
    assert (ladder.intents, [intent.contracts for intent in ladder.held_back]) == ((), [D(30)])
    assert (hedge.intents, [intent.contracts for intent in hedge.held_back]) == ((), [D(98)])
    assert [note.why for note in hedge.notes] == ["paused"]


def test_another_instruments_pause_holds_nothing_back() -> None:
    held = leg(roi=26)
    assert len(ladder_plan(snapshot(held), situation(lives_of(held), paused=["UNI-USDT-SWAP"])).intents) == 1


def test_a_leg_in_the_middle_of_its_maintenance_is_left_alone_by_both_rules() -> None:
    winner, loser = leg(side="short", roi="45.5"), leg(roi="-8.2")
    held_by = situation(lives_of(winner, loser))._replace(maintained=[winner.key, loser.key])
    ladder, hedge = ladder_plan(snapshot(winner, loser), held_by), hedge_plan(snapshot(winner, loser), held_by)
    assert (ladder.intents, [note.why for note in ladder.notes]) == ((), ["upkeep", "upkeep"])
    assert hedge == ((), (), ())


def test_a_key_that_may_not_trade_sends_nothing_and_holds_nothing_back() -> None:
    held = leg(roi=26)
    plan = ladder_plan(snapshot(held), situation(lives_of(held), may_trade=False))
    assert (plan.intents, plan.held_back, [note.why for note in plan.notes]) == ((), (), ["forbidden"])


def test_a_leg_that_is_not_remembered_is_left_alone() -> None:
    held = leg(roi=26)
    plan = ladder_plan(snapshot(held), situation({}))
    assert (plan.intents, [note.why for note in plan.notes]) == ((), ["unknown"])


def test_another_life_is_not_judged_by_the_old_ones_memory() -> None:
    held = leg(roi=26)
    again = held.replaced(opened_at=NOW)
    plan = ladder_plan(snapshot(again), situation(lives_of(held)))
    assert [note.why for note in plan.notes] == ["unknown"]


def test_a_leg_with_an_order_in_flight_is_left_alone() -> None:
    held = leg(roi=26)
    plan = ladder_plan(snapshot(held), situation(lives_of(held), unresolved=[held.key]))
    assert (plan.intents, [note.why for note in plan.notes]) == ((), ["unresolved"])


def test_a_row_from_before_our_fill_is_left_alone_by_both_rules() -> None:
    winner, loser = leg(side="short", roi="20"), leg(roi="-8.2")
    life = Life.begun(loser).replaced(filled_at=NOW, contracts=D(70))
    lives = {**lives_of(winner), loser.key: life}
    assert [note.why for note in ladder_plan(snapshot(loser), situation(lives)).notes] == ["stale"]
    assert hedge_plan(snapshot(winner, loser), situation(lives)).intents == ()


def test_a_hedge_that_was_refused_waits_its_turn() -> None:
    winner, loser = leg(side="short", roi="20"), leg(roi="-8.2")
    lives = {**lives_of(winner), loser.key: Life.begun(loser).after_refusal("hedge", "51121", NOW)}
    plan = hedge_plan(snapshot(winner, loser), situation(lives))
    assert (plan.intents, [note.why for note in plan.notes]) == ((), ["backing_off"])
    later = situation(lives, now=NOW + dt.timedelta(seconds=10))
    assert len(hedge_plan(snapshot(winner, loser), later).intents) == 1


def test_every_leg_gets_a_note_and_a_reason() -> None:
    legs = [
        leg("AAVE-USDT-SWAP", roi=26),
        leg("UNI-USDT-SWAP", roi=5),
        leg("CRO-USDT-SWAP", roi=60, initial_margin="0.92"),
        leg("BCH-USDT-SWAP", contracts=1, mark_price="600", roi=70),
    ]
    plan = ladder_plan(snapshot(*legs), situation(lives_of(*legs)))
    assert [(note.leg, note.why) for note in plan.notes] == list(zip(legs, ["due", "waiting", "small", "done"], strict=True))
    assert [tier.number for tier in plan.notes[3].dust] == [1, 2, 3]


def test_each_side_has_its_own_ladder() -> None:
    long, short = leg(roi=26), leg("UNI-USDT-SWAP", side="short", roi=26)
    plan = ladder_plan(snapshot(long, short), situation(lives_of(long, short)))
    assert [intent.leg for intent in plan.intents] == [long.key]


def test_the_smallest_losing_leg_is_noted_and_not_closed() -> None:
    winner, loser = leg(side="short", roi="20"), leg(roi="-8.2", initial_margin="0.9")
    plan = hedge_plan(snapshot(winner, loser), situation(lives_of(winner, loser)))
    assert (plan.intents, [note.why for note in plan.notes]) == ((), ["loser_small"])


def test_the_gate_and_the_base_are_settings() -> None:
    rules = Rules(long=SEED.long, short=SEED.short, min_margin=D(5), keep_margin=D(3))
    winner, loser = leg(side="short", roi="20"), with_contracts(leg(roi="-8.2"), D(10))
    assert hedge_plan(snapshot(winner, loser), situation(lives_of(winner, loser), rules=rules)).intents == ()
    loser = with_contracts(loser, D(11))
    (intent,) = hedge_plan(snapshot(winner, loser), situation(lives_of(winner, loser), rules=rules)).intents
    assert intent.contracts == 5


def test_an_empty_account_plans_nothing() -> None:
    for plan in (ladder_plan, hedge_plan):
        assert plan(snapshot(), situation({})) == ((), (), ())


def test_a_tier_that_takes_all_closes_the_leg() -> None:
    held = leg(roi=26)
    rules = SEED.replaced(long=Ladder.parse("25:100"))
    (intent,) = ladder_plan(snapshot(held), situation(lives_of(held), rules=rules)).intents
    assert intent.contracts == held.contracts
