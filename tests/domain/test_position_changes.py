"""What a new look at the account changes in memory: rules.md §1.6 to 1.8."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

import pytest

from tests.fixtures.snapshots import NOW, SEED, D, blind, lives_of, snapshot, with_contracts
from tgtp.domain.examples import leg
from tgtp.domain.fired_tiers import FiredTier, PartialTier
from tgtp.domain.legacy import LegacyState
from tgtp.domain.life import LONGEST_BEHIND, SHOWN_AFTER, Life
from tgtp.domain.model import Leg, LegKey, Snapshot
from tgtp.domain.plan import Rules
from tgtp.domain.position_changes import FORGET_AFTER, Changes, Missed, changes


def ticks_at(moment: dt.datetime) -> float:
    """The clock that never jumps, at a moment."""
    return (moment - NOW).total_seconds() + 1000


CRV = leg(roi=26)
ON_ADD = SEED.replaced(rearm="on_add")
LATER = NOW + dt.timedelta(seconds=8)
ONCE = {CRV.key: Missed(1, ticks_at(NOW) - 10)}
FIRED = (FiredTier(tier=1, threshold=D("0.25"), contracts=D(30), fired_at=NOW),)


def look(
    shot: Snapshot,
    lives: Mapping[LegKey, Life],
    misses: Mapping[LegKey, Missed] | None = None,
    *,
    unresolved: Collection[LegKey] = (),
    rules: Rules = SEED,
    legacy: Mapping[str, LegacyState] | None = None,
    quiet: bool = False,
    missized: Collection[LegKey] = (),
    ticks: float | None = None,
) -> Changes:
    return changes(
        shot,
        lives,
        misses or {},
        unresolved=unresolved,
        rules=rules,
        legacy=legacy or {},
        quiet=quiet,
        ticks=ticks_at(shot.taken_at) if ticks is None else ticks,
        missized=missized,
    )


def begun(leg: Leg, fired: tuple[FiredTier, ...] = (), at: dt.datetime = NOW) -> Life:
    """A leg as it is remembered when it was seen for the first time."""
    return Life.begun(leg, fired).replaced(row_at=leg.adjusted_at, row_seen_at=at)


NOTHING = Changes((), (), (), {})


def kinds(result: Changes) -> list[str]:
    return [event.kind for event in result.events]


def fired_life(**more: Any) -> Life:
    return begun(CRV, FIRED).replaced(**more)


def test_an_unchanged_account_changes_nothing() -> None:
    assert look(snapshot(CRV), lives_of(CRV)) == NOTHING


def test_a_new_leg_is_remembered_and_told() -> None:
    result = look(snapshot(CRV), {})
    assert result.lives == (begun(CRV),)
    assert kinds(result) == ["leg_opened"]


def test_the_first_look_of_all_tells_nothing() -> None:
    result = look(snapshot(CRV), {}, quiet=True)
    assert (result.lives, result.events) == ((begun(CRV),), ())


def test_s6_closed_and_opened_again_between_two_checks_is_a_new_life_with_an_empty_ladder() -> None:
    again = CRV.replaced(opened_at=NOW)
    result = look(snapshot(again), {CRV.key: fired_life()})
    (life,) = result.lives
    assert (life.fired, life.opened_at, life.attempts) == ((), NOW, {})
    assert kinds(result) == ["leg_opened"]


def test_s6_a_reply_from_before_a_leg_was_opened_anew_is_no_life_of_its_own() -> None:
    now = CRV.replaced(opened_at=NOW)
    result = look(snapshot(CRV), lives_of(now))
    assert result.lives == ()
    assert result.events == ()
    assert result.misses.keys() == {CRV.key}


def test_s6_a_leg_opened_anew_that_our_last_order_has_met_begins_with_a_row_from_after_it() -> None:
    filled_at = NOW + dt.timedelta(seconds=2)
    known = fired_life(filled_at=filled_at, filled_seen_at=filled_at, contracts=D(0))
    again = CRV.replaced(opened_at=NOW, adjusted_at=NOW)
    met = again.replaced(contracts=D(70), adjusted_at=filled_at)
    lives = {CRV.key: known}
    assert look(snapshot(again, at=LATER), lives).lives == ()
    assert look(snapshot(met, at=LATER), lives).lives[0].contracts == D(70)
    # A leg that was opened after the fill, and a row that stays as it is for long, are believed.
    fresh = again.replaced(opened_at=filled_at + dt.timedelta(seconds=1), adjusted_at=filled_at + dt.timedelta(seconds=1))
    assert look(snapshot(fresh, at=LATER), lives).lives[0].opened_at == fresh.opened_at
    assert look(snapshot(again, at=filled_at + SHOWN_AFTER), lives).lives[0].opened_at == NOW


def test_s7_missing_once_says_nothing_twice_in_a_row_is_gone() -> None:
    lives = {CRV.key: fired_life()}
    first = look(snapshot(), lives)
    assert (first.lives, first.events, first.misses) == ((), (), {CRV.key: Missed(1, ticks_at(NOW))})
    second = look(snapshot(at=LATER), lives, first.misses)
    assert (kinds(second), second.misses) == (["leg_gone"], {})
    assert second.lives[0].gone_at == LATER


def test_s7_two_looks_close_together_are_no_two_looks() -> None:
    lives = {CRV.key: fired_life()}
    missed = look(snapshot(), lives).misses
    for seconds in (1, 2, 7):
        early = look(snapshot(at=NOW + dt.timedelta(seconds=seconds)), lives, missed)
        assert early.events == ()
        missed = early.misses
    assert kinds(look(snapshot(at=LATER), lives, missed)) == ["leg_gone"]
    # What a clock on the wall says meanwhile makes it neither sooner nor later.
    for wall in (NOW - dt.timedelta(hours=1), NOW + dt.timedelta(hours=1)):
        assert kinds(look(snapshot(at=wall), lives, missed, ticks=ticks_at(LATER))) == ["leg_gone"]
        assert kinds(look(snapshot(at=wall), lives, missed, ticks=ticks_at(NOW) + 7)) == []


def test_a_row_of_a_life_that_was_over_before_is_stale_and_no_new_life() -> None:
    ended = fired_life(gone_at=NOW)
    before = CRV.replaced(opened_at=CRV.opened_at - dt.timedelta(hours=1))
    result = look(snapshot(before, at=LATER), {CRV.key: ended})
    assert (result.lives, result.events) == ((), ())
    # No reply is so old: then the exchange's time was wrong, and the leg must not stand unguarded for good.
    late = look(snapshot(before, at=NOW + LONGEST_BEHIND), {CRV.key: ended})
    assert kinds(late) == ["leg_opened"]
    # While the later life is not known as ended, it is missing from such a reply.
    living = look(snapshot(before, at=LATER), {CRV.key: fired_life()})
    assert (living.lives, living.misses) == ((), {CRV.key: Missed(1, ticks_at(LATER))})


def test_s7_two_misses_with_the_leg_between_them_are_not_two_in_a_row() -> None:
    lives = {CRV.key: fired_life()}
    seen = look(snapshot(CRV), lives, look(snapshot(), lives).misses)
    assert seen.misses == {}
    assert look(snapshot(), lives, seen.misses).events == ()


def test_s7_half_a_reply_twice_is_believed_only_for_what_is_missing() -> None:
    other = leg("UNI-USDT-SWAP")
    lives = lives_of(CRV, other)
    result = look(snapshot(other, at=LATER), lives, look(snapshot(other), lives).misses)
    assert [life.key for life in result.lives] == [CRV.key]


def test_s7_a_leg_that_comes_back_in_the_same_life_keeps_its_ladder() -> None:
    gone = fired_life(gone_at=NOW)
    result = look(snapshot(CRV), {CRV.key: gone})
    (life,) = result.lives
    assert (life.fired, life.gone_at) == (FIRED, None)
    (event,) = result.events
    assert event.kind == "leg_opened"
    assert event.reopened


def test_s7_a_row_that_makes_no_sense_says_nothing_about_its_leg() -> None:
    lives = {CRV.key: fired_life()}
    first = look(snapshot(unreadable=[CRV.key]), lives, ONCE)
    assert (kinds(first), first.misses) == (["leg_unreadable"], {})
    told = {CRV.key: first.lives[0]}
    second = look(snapshot(unreadable=[CRV.key]), told)
    assert (second.lives, second.events) == ((), ())
    third = look(snapshot(CRV), told)
    (life,) = third.lives
    assert (life.is_unreadable, life.without_told("blind_at:")) == (False, fired_life())
    assert kinds(third) == ["leg_readable"]
    assert third.regained == {CRV.key}


def test_a_leg_with_an_order_in_flight_is_neither_compared_nor_missed() -> None:
    lives = {CRV.key: fired_life()}
    assert look(snapshot(), lives, ONCE, unresolved=[CRV.key]) == NOTHING
    smaller = snapshot(with_contracts(CRV, D(70)))
    assert look(smaller, lives, unresolved=[CRV.key]).lives == ()


def test_gone_by_our_own_orders_is_not_news() -> None:
    lives = {CRV.key: fired_life(contracts=D(0))}
    (event,) = look(snapshot(), lives, ONCE).events
    assert event.kind == "leg_gone"
    assert event.by_us


def test_a_gone_leg_is_forgotten_after_a_month() -> None:
    lives = {CRV.key: fired_life(gone_at=NOW - FORGET_AFTER)}
    assert look(snapshot(), lives).forgotten == ()
    lives = {CRV.key: fired_life(gone_at=NOW - FORGET_AFTER - dt.timedelta(seconds=1))}
    assert look(snapshot(), lives).forgotten == (CRV.key,)


def test_s8_growth_is_noticed_and_does_not_rearm() -> None:
    result = look(snapshot(with_contracts(CRV, D(200))), {CRV.key: fired_life(generation=3)})
    (event,) = result.events
    assert event.kind == "leg_grew"
    assert (event.before, event.contracts, event.fired, event.generation, event.rearmed) == (D(100), D(200), (1,), 3, False)
    (life,) = result.lives
    assert (life.contracts, life.fired) == (D(200), FIRED)


def test_s8_rearm_on_add_answers_for_the_person() -> None:
    result = look(snapshot(with_contracts(CRV, D(200))), {CRV.key: fired_life()}, rules=ON_ADD)
    (event,) = result.events
    assert event.kind == "leg_grew"
    assert event.rearmed
    (life,) = result.lives
    assert (life.contracts, life.fired, life.generation) == (D(200), (), 1)


def test_s8_rearm_on_add_ends_a_half_filled_tier() -> None:
    half = begun(CRV).replaced(unfinished=PartialTier(tier=1, threshold=D("0.25"), target=D(30), closed=D(12)))
    (life,) = look(snapshot(with_contracts(CRV, D(200))), {CRV.key: half}, rules=ON_ADD).lives
    assert (life.unfinished, life.generation) == (None, 1)


def test_s8_rearm_on_add_without_a_fired_tier_has_nothing_to_rearm() -> None:
    result = look(snapshot(with_contracts(CRV, D(200))), lives_of(CRV), rules=ON_ADD)
    assert (kinds(result), result.lives[0].generation) == (["leg_grew"], 0)


def test_s8_our_own_fill_and_growth_by_hand_in_one_interval_are_told_apart() -> None:
    # We closed 30 of 100; somebody added 10: 80 are shown, 70 expected.
    (event,) = look(snapshot(with_contracts(CRV, D(80), at=NOW)), {CRV.key: fired_life(contracts=D(70), filled_at=NOW)}).events
    assert event.kind == "leg_grew"
    assert (event.before, event.contracts) == (D(70), D(80))


def test_made_smaller_by_hand_is_told() -> None:
    result = look(snapshot(with_contracts(CRV, D(60))), {CRV.key: fired_life()})
    (event,) = result.events
    assert event.kind == "leg_shrank"
    assert (event.before, event.contracts) == (D(100), D(60))
    assert result.lives[0].fired == FIRED


def test_a_row_from_before_our_fill_is_no_growth() -> None:
    assert look(snapshot(CRV), {CRV.key: fired_life(contracts=D(70), filled_at=NOW)}) == NOTHING


def test_an_older_daemons_tiers_are_taken_over_once_into_a_new_life() -> None:
    state = {"CRV-USDT-SWAP_long": LegacyState(triggered_levels=(D(25), D(35)), last_update=dt.date(2026, 1, 1))}
    (life,) = look(snapshot(CRV), {}, legacy=state).lives
    assert life.fired_numbers == {1, 2}
    (later,) = look(snapshot(CRV.replaced(opened_at=NOW)), {CRV.key: life}, legacy=state).lives
    assert later.fired == ()


def test_an_older_daemons_tiers_are_those_of_the_ladder_as_it_is_written() -> None:
    state = {"CRV-USDT-SWAP_long": LegacyState(triggered_levels=(D(25), D(35)), last_update=dt.date(2026, 1, 1))}
    for factor in ("0.75", "1.14", "1.5"):
        (life,) = look(snapshot(CRV), {}, legacy=state, rules=SEED.scaled_by({CRV.key.instrument_id: D(factor)})).lives
        assert life.fired_numbers == {1, 2}


# A contract size that has changed


def resized(contracts: Any, size: Any, **more: Any) -> Changes:
    """105 contracts of 1 coin, and then so many of another size."""
    before = leg(contracts=105)
    return look(snapshot(leg(contracts=contracts, contract_size=size)), lives_of(before), rules=ON_ADD, **more)


def test_another_contract_size_is_no_growth() -> None:
    result = resized(1050, "0.1")
    (life,) = result.lives
    assert kinds(result) == ["leg_redenominated"]
    assert (life.contracts, life.contract_size, life.generation) == (D(1050), D("0.1"), 0)


def test_what_comes_to_no_whole_lot_was_rounded_and_not_closed_by_hand() -> None:
    assert kinds(resized(10, 10)) == kinds(resized(11, 10)) == ["leg_redenominated"]
    assert kinds(resized(9, 10)) == ["leg_redenominated", "leg_shrank"]
    assert kinds(resized(12, 10)) == ["leg_redenominated", "leg_grew"]


def test_neither_a_doubted_size_nor_an_order_in_flight_changes_what_is_remembered() -> None:
    assert resized(1050, 1, missized={CRV.key}) == resized(1050, "0.1", unresolved={CRV.key}) == NOTHING


def test_a_row_from_before_our_fill_is_counted_anew_and_waited_for() -> None:
    fired = lives_of(leg(contracts=100))[CRV.key].replaced(contracts=D(70), filled_at=NOW, filled_seen_at=NOW, decided_at=NOW)
    result = look(snapshot(leg(contracts=1000, contract_size="0.1")), {CRV.key: fired})
    (life,) = result.lives
    assert (kinds(result), life.contracts) == (["leg_redenominated"], D(700))


def test_an_older_ledgers_lives_take_leverage_and_margin_as_they_are() -> None:
    leg = CRV.replaced(margin_mode="isolated")
    older = Life(key=leg.key, opened_at=leg.opened_at, contracts=leg.contracts)
    result = look(snapshot(leg), {leg.key: older})
    # What its closes have earned before is not known.
    assert (result.lives, result.events) == ((begun(leg).replaced(earned=None),), ())


def test_a_margin_that_we_move_ourselves_is_not_told_as_moved_by_hand() -> None:
    leg = CRV.replaced(margin_mode="isolated", funding=D(0))
    more = leg.replaced(initial_margin=leg.initial_margin + 5)
    lives = {leg.key: begun(leg)}
    assert kinds(look(snapshot(more), lives)) == ["margin_changed"]
    ours = changes(snapshot(more), lives, {}, unresolved=(), rules=SEED, legacy={}, quiet=False, ticks=0, moving=[leg.key])
    assert (kinds(ours), ours.lives[0].own_margin) == ([], more.initial_margin)


def test_margin_moved_while_the_funding_is_not_said_is_told_when_it_is() -> None:
    leg = CRV.replaced(margin_mode="isolated", funding=D(0))
    more = leg.replaced(initial_margin=leg.initial_margin + 5)
    unsaid = look(snapshot(more.replaced(funding=None)), {leg.key: begun(leg)})
    assert unsaid.events == ()
    known = {leg.key: unsaid.lives[0] if unsaid.lives else begun(leg)}
    assert kinds(look(snapshot(more), known)) == ["margin_changed"]


@pytest.mark.parametrize("changes_of_row", [{"leverage": D(20)}, {"initial_margin": D(99)}])
def test_leverage_and_margin_of_a_row_from_before_are_not_told(changes_of_row: dict[str, D]) -> None:
    earlier = dt.timedelta(seconds=40)
    leg = CRV.replaced(margin_mode="isolated", funding=D(0), adjusted_at=NOW - earlier)
    older = leg.replaced(adjusted_at=leg.adjusted_at - dt.timedelta(seconds=1), **changes_of_row)
    lives = {leg.key: begun(leg)}
    result = look(snapshot(older), lives)
    assert (result.events, result.lives) == ((), ())
    # No row lags so long: then it was the time of before that was wrong.
    assert len(look(snapshot(older, at=NOW + dt.timedelta(minutes=11)), lives).events) == 1


def test_contracts_of_another_size_are_no_growth_of_a_leg_that_cannot_be_read() -> None:
    other = leg(side="short")
    row = blind(CRV.key, CRV.contracts * 10, opened_at=CRV.opened_at)
    shot = snapshot(other).replaced(unreadable=(row,))
    lives = {CRV.key: begun(CRV), other.key: begun(other)}
    assert "leg_grew" in kinds(look(shot, lives))
    # The other leg shows that the coin may be counted anew.
    assert "leg_grew" not in kinds(look(shot, lives, missized=[other.key]))


def test_rearming_a_leg_that_cannot_be_read_forgets_nothing_of_that() -> None:
    life = fired_life().unread(NOW)
    assert life.rearmed().is_unreadable
    assert life.rearmed().unread(NOW) == life.rearmed()


def test_while_a_row_names_no_instrument_nothing_that_is_missing_is_believed_gone() -> None:
    lives = {CRV.key: fired_life()}
    result = look(snapshot().replaced(nameless=1), lives, ONCE)
    assert (result.lives, result.misses) == ((), ONCE)
    assert [(event.leg, event.name) for event in result.strays] == [(None, "")]
    assert look(snapshot().replaced(nameless=1), lives).misses == {}
    # Those are shown as what they may be.
    (blind,) = snapshot().replaced(nameless=1).with_missing([CRV.key]).unreadable
    assert (blind.key, blind.why, blind.closable) == (CRV.key, "unnamed", False)
    assert snapshot().with_missing([CRV.key]).unreadable == ()


@pytest.mark.parametrize("seen_before", [False, True])
def test_a_row_from_before_the_first_one_is_no_change_by_hand(*, seen_before: bool) -> None:
    # Made smaller by hand before it was ever seen; then a row comes that lags. Ledgers of before kept no first row.
    lives = {CRV.key: Life.begun(CRV)} if seen_before else {}
    (first,) = look(snapshot(CRV), lives, quiet=True).lives
    older = with_contracts(CRV, D(200), at=CRV.adjusted_at - dt.timedelta(seconds=9))
    found = look(snapshot(older, at=LATER), {CRV.key: first}, rules=ON_ADD)
    assert (found.lives, found.events) == ((), ())
