"""What is remembered of one life of a leg: rules.md §1.5, 1.6 and 1.8."""

from __future__ import annotations

import datetime as dt

import pytest
from pydantic import ValidationError

from tests.fixtures.snapshots import LONG, NOW, D, blind, filled, lives_of, situation, snapshot, with_contracts
from tgtp.domain.examples import leg
from tgtp.domain.fired_tiers import FiredTier, PartialTier
from tgtp.domain.life import Life
from tgtp.domain.model import Leg
from tgtp.domain.order import Intent
from tgtp.domain.plan import basis_of, hedge_plan, ladder_plan

ONE = D(1)


def tier_intent(held: Leg, life: Life) -> Intent:
    (intent,) = ladder_plan(snapshot(held), situation({held.key: life})).intents
    return intent


def half_filled(held: Leg) -> Life:
    """100 held, tier 1 of 30 filled for 12: 88 left, 18 to go."""
    life = Life.begun(held)
    intent = tier_intent(held, life)
    return life.after_order(intent, filled(intent, D(12)), ONE, ONE)


def hand(held: Leg, contracts: int) -> Intent:
    return Intent(
        client_order_id="tghand1",
        leg=held.key,
        opened_at=held.opened_at,
        position_mode=held.position_mode,
        rule="hand",
        tag="hand1",
        contracts=D(contracts),
        basis=basis_of(held, D(contracts)),
        meant_at=NOW,
        by=7,
    )


def test_a_life_is_a_leg_and_its_creation_time() -> None:
    held = leg()
    life = Life.begun(held)
    assert life.is_of(held)
    assert life.is_of(held.replaced(contracts=D(5), adjusted_at=NOW))
    assert not life.is_of(held.replaced(opened_at=held.opened_at + dt.timedelta(milliseconds=1)))
    assert not life.is_of(leg(side="short"))


def test_a_filled_tier_has_fired_with_what_it_closed() -> None:
    held = leg(roi=26)
    life = Life.begun(held)
    intent = tier_intent(held, life)
    after = life.after_order(intent, filled(intent), ONE, ONE)
    assert (after.contracts, after.unfinished) == (D(70), None)
    (fired,) = after.fired
    assert (fired.tier, fired.threshold, fired.contracts, fired.fired_at) == (1, D("0.25"), D(30), NOW)


def test_part_fills_add_up_to_the_tiers_own_size() -> None:
    life = half_filled(held := leg(roi=26))
    assert life.unfinished == PartialTier(tier=1, threshold=D("0.25"), target=D(30), closed=D(12), share=D("0.3"))
    held = with_contracts(held, life.contracts, at=NOW)
    intent = tier_intent(held, life)
    after = life.after_order(intent, filled(intent, at=NOW + dt.timedelta(seconds=10)), ONE, ONE)
    assert (after.contracts, after.fired[0].contracts, after.unfinished) == (D(70), D(30), None)


def test_a_tier_is_never_finished_and_open_at_once() -> None:
    life = half_filled(leg(roi=26))
    with pytest.raises(ValidationError):
        life.replaced(fired=(FiredTier(tier=1, threshold=D("0.25"), fired_at=NOW),))


def test_every_order_that_ended_gives_the_next_one_a_new_name() -> None:
    life = Life.begun(held := leg(roi=26))
    names = [life.order_name("main", "tier1")]
    life = life.after_refusal("tier1", "51121", NOW)
    names.append(life.order_name("main", "tier1"))
    intent = tier_intent(held, life.replaced(backoff={}))
    life = life.after_order(intent, filled(intent, D(1)), ONE, ONE)
    names.append(life.order_name("main", "tier1"))
    life = life.rearmed()
    names.append(life.order_name("main", "tier1"))
    assert len(set(names)) == 4


def test_an_order_that_did_not_end_keeps_its_name() -> None:
    life = Life.begun(leg())
    assert life.order_name("main", "tier1") == life.with_told("dust:1").order_name("main", "tier1")


def test_a_refusal_is_told_once_per_cause_and_anew_after_a_fill() -> None:
    life = Life.begun(held := leg(roi=26)).after_refusal("tier1", "51121", NOW)
    assert "refused:tier1:51121" in life.told
    intent = tier_intent(held, life.replaced(backoff={}))
    after = life.after_order(intent, filled(intent), ONE, ONE)
    assert (after.told, after.backoff) == (frozenset(), {})


def test_one_rules_pause_does_not_hold_the_other_rule() -> None:
    life = Life.begun(leg()).after_refusal("tier1", "51121", NOW)
    assert not life.may_try("tier1", NOW)
    assert life.may_try("tier1", NOW + dt.timedelta(seconds=10))
    assert life.may_try("hedge", NOW)


@pytest.mark.parametrize(("at_once", "first"), [(False, 8), (True, 0)])
def test_an_order_that_gets_lost_goes_again_soon_and_then_ever_more_seldom(at_once: bool, first: int) -> None:
    life, seconds = Life.begun(leg()), []
    for _ in range(4):
        life = life.after_lost("tier1", NOW, at_once=at_once)
        seconds.append((life.backoff["tier1"].not_before - NOW).total_seconds())
        assert life.may_try("tier1", life.backoff["tier1"].not_before)
    assert seconds == [first, 10, 20, 40]
    assert life.attempts == {}


def test_a_row_older_than_our_fill_is_stale_for_as_long_as_rows_may_lag() -> None:
    life = Life.begun(held := leg()).replaced(filled_at=NOW, contracts=D(70))
    assert life.is_stale(held, NOW + dt.timedelta(seconds=64))
    assert not life.is_stale(held, NOW + dt.timedelta(seconds=65))
    assert not life.is_stale(held.replaced(adjusted_at=NOW), NOW)
    # Of the size that our fill left it is believed, whatever its clock says.
    assert not life.is_stale(held.replaced(contracts=D(70)), NOW)


def test_made_smaller_by_hand_elsewhere_an_unfinished_tier_shrinks_with_the_leg() -> None:
    life = half_filled(held := leg(roi=26))
    after = life.after_seen(with_contracts(held, D(44)), NOW)
    # 18 of 88 were still to go; of 44 it is 9.
    assert after.unfinished is not None
    assert (after.contracts, after.unfinished.rest) == (D(44), D(9))


def test_made_tiny_by_hand_elsewhere_an_unfinished_tier_counts_as_fired() -> None:
    life = half_filled(held := leg(roi=26))
    after = life.after_seen(with_contracts(held, D(4)), NOW)
    assert (after.unfinished, after.fired_numbers) == (None, frozenset({1}))


def test_a_close_by_hand_does_not_leave_the_whole_rest_to_an_unfinished_tier() -> None:
    life = half_filled(held := leg(roi=26))
    intent = hand(held, 80)
    after = life.after_order(intent, filled(intent), ONE, ONE)
    assert after.contracts == 8
    # Not 18, which would take all that is left: 18 of 88, of 8 rounded down.
    assert after.unfinished is not None
    assert after.unfinished.rest == 1


def test_a_hedge_does_not_leave_the_base_to_an_unfinished_tier() -> None:
    held = with_contracts(leg(roi=-8, leverage=10), D(88))
    life = half_filled(leg(roi=26)).replaced(filled_at=None)
    winner = leg(side="short", roi=40)
    plan = hedge_plan(snapshot(held, winner), situation({held.key: life, **lives_of(winner)}))
    (intent,) = plan.intents
    after = life.after_order(intent, filled(intent), ONE, ONE)
    assert (after.contracts, after.unfinished, after.fired_numbers) == (D(2), None, frozenset({1}))


def test_grown_by_hand_an_unfinished_tier_keeps_its_own_size() -> None:
    life = half_filled(held := leg(roi=26))
    after = life.after_seen(with_contracts(held, D(500)), NOW)
    assert after.unfinished is not None
    assert (after.contracts, after.unfinished.rest) == (D(500), D(18))


def test_rearming_empties_the_ladder_and_renames_the_orders() -> None:
    life = half_filled(leg(roi=26)).after_refusal("hedge", "51121", NOW).with_told("dust:1")
    after = life.rearmed()
    assert (after.fired, after.unfinished, after.backoff, after.told) == ((), None, {}, frozenset())
    assert after.generation == 1
    assert after.contracts == life.contracts
    assert LONG.next_after(after.fired_numbers) == LONG.tiers[0]


def test_a_second_report_of_a_fired_tier_changes_only_the_size() -> None:
    held = leg(roi=26)
    life = Life.begun(held)
    intent = tier_intent(held, life)
    once = life.after_order(intent, filled(intent), ONE, ONE)
    assert once.after_order(intent, filled(intent), ONE, ONE).fired == once.fired


def test_a_close_by_hand_has_no_next_attempt() -> None:
    intent = hand(held := leg(), 10)
    assert Life.begun(held).after_order(intent, filled(intent), ONE, ONE).attempts == {}


def test_a_row_that_is_older_than_the_last_one_is_stale_for_ten_minutes() -> None:
    held = leg()
    life = Life.begun(held).after_seen(with_contracts(held, D(84)).replaced(adjusted_at=NOW), NOW)
    # A cached row comes once more: somebody seems to have added, but nobody did.
    older = held.replaced(adjusted_at=NOW - dt.timedelta(seconds=1))
    assert life.is_stale(older, NOW + dt.timedelta(minutes=9))
    assert not life.is_stale(older, NOW + dt.timedelta(minutes=10))
    assert not life.is_stale(held.replaced(adjusted_at=NOW), NOW)


@pytest.mark.parametrize("known", [100, 60, None], ids=["as it was", "other than the row", "not known"])
@pytest.mark.parametrize("closed", [False, True], ids=["untouched", "closed by hand"])
def test_the_first_row_gives_a_leg_its_size_only_where_none_was_known(known: int | None, closed: bool) -> None:
    held = leg()
    life = Life.begun_unreadable(blind(held.key, known, opened_at=held.opened_at), NOW)
    if closed:
        # All that was known of it; a late row still shows it whole.
        life = life.replaced(contracts=D(0), filled_at=NOW)
    after = life.now_read(held, ())
    assert after.contracts == (D(0) if closed else D(known or 100))


def test_counted_in_contracts_of_a_tenth_the_ladder_is_as_far_as_it_was() -> None:
    life = half_filled(leg(roi=26)).replaced(fired=(FiredTier(tier=2, threshold=D("0.3"), contracts=D(7), fired_at=NOW),))
    after = life.recounted(life.contracts * 10)
    assert (after.contracts, after.contract_size, after.fired[0].contracts) == (D(880), None, D(70))
    assert after.unfinished is not None
    assert (after.unfinished.target, after.unfinished.closed) == (D(300), D(120))
    assert life.recounted(life.contracts) == life
