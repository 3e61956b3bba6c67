"""What must hold of the guards for every leg, not only for the worked examples."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.domain.test_properties import legs
from tests.fixtures.snapshots import NOW, D, filled, situation, snapshot, with_contracts
from tgtp.domain.examples import leg as example
from tgtp.domain.fired_tiers import FiredTier, PartialTier
from tgtp.domain.guards.leg_guards import GuardVerdict, break_even_price, guard_verdict
from tgtp.domain.guards.rules import GuardRules
from tgtp.domain.ladder import Ladder
from tgtp.domain.life import Life
from tgtp.domain.model import Leg, PositionSide
from tgtp.domain.plan import Rules, guard_plan
from tgtp.domain.plan.intents import guard_intent
from tgtp.domain.sizing import closable_contracts

_FAR = Ladder.parse("999:1")
RULES = st.builds(
    GuardRules,
    give_back=st.sampled_from([D(0), D("0.01"), D("0.4"), D("0.99")]),
    break_even=st.integers(0, 3),
)
BESTS = st.one_of(st.none(), st.integers(-50, 200).map(lambda percent: D(percent) / 100))
FIRED = st.integers(0, 3)
# In contracts of the same size as what is held.
PAID = st.tuples(st.integers(0, 100), st.integers(-100, 100))


def life_of(leg: Leg, fired: int) -> Life:
    tiers = tuple(
        FiredTier(tier=number, threshold=D(number) / 10, contracts=leg.contracts, fired_at=NOW)
        for number in range(1, fired + 1)
    )
    return Life.begun(leg, tiers)


def verdict(leg: Leg, life: Life, best: Decimal | None, rules: GuardRules, gate: Decimal = D(1)) -> GuardVerdict:
    return guard_verdict(leg, life, best, rules, min_margin=gate, keep_margin=D(1))


@given(legs(), FIRED, BESTS, RULES)
def test_it_never_closes_more_than_is_above_the_base(leg: Leg, fired: int, best: Decimal | None, rules: GuardRules) -> None:
    found = verdict(leg, life_of(leg, fired), best, rules)
    assert 0 <= found.contracts <= found.target <= closable_contracts(leg, D(1))
    assert (found.contracts > 0) == (found.says == "due")


@given(legs(), BESTS, RULES)
def test_without_a_fired_tier_it_never_closes(leg: Leg, best: Decimal | None, rules: GuardRules) -> None:
    assert verdict(leg, life_of(leg, 0), best, rules).says in ("off", "small", "unarmed")


@given(legs(), FIRED, BESTS, RULES)
def test_a_margin_of_exactly_the_gate_is_left_alone(leg: Leg, fired: int, best: Decimal | None, rules: GuardRules) -> None:
    assert verdict(leg, life_of(leg, fired), best, rules, leg.initial_margin).says in ("off", "small")


@given(legs(), FIRED, BESTS, RULES)
def test_without_a_leverage_it_never_closes(leg: Leg, fired: int, best: Decimal | None, rules: GuardRules) -> None:
    unknown = leg.replaced(leverage_known=False, exchange_roi=leg.roi)
    assert verdict(unknown, life_of(unknown, fired), best, rules).says == "off"


@given(legs(side=PositionSide.LONG), FIRED, BESTS, st.sampled_from([D("0.01"), D("0.4"), D("0.99")]))
def test_give_back_is_the_same_for_both_sides(leg: Leg, fired: int, best: Decimal | None, share: Decimal) -> None:
    mark = 2 * leg.entry_price - leg.mark_price
    assume(mark > 0)
    mirrored = leg.replaced(position_side=PositionSide.SHORT, mark_price=mark)
    assume(mirrored.roi == leg.roi)
    rules = GuardRules(give_back=share)
    one, other = (verdict(side, life_of(side, fired), best, rules) for side in (leg, mirrored))
    # The base is worth so much margin at its own mark.
    assert one.says == other.says or "at_base" in (one.says, other.says)


@given(legs(), PAID)
def test_break_even_lies_beyond_entry_where_only_costs_are_known(leg: Leg, paid: tuple[int, int]) -> None:
    fees, funding = D(paid[0]) / 100, D(paid[1]) / 100
    held = leg.replaced(fees=fees, funding=funding)
    price, unknown = break_even_price(held, life_of(held, 1)), break_even_price(leg, life_of(leg, 1))
    assume(price is not None and unknown is not None)
    assert price is not None
    assert unknown is not None
    assert leg.position_side.sign * (unknown - leg.entry_price) > 0
    assert (leg.position_side.sign * (price - unknown) >= 0) == (fees - funding >= 0) or fees == funding


@given(legs(), st.integers(1, 3), st.integers(1, 100))
def test_once_at_the_base_it_is_done_until_another_tier_fires(leg: Leg, fired: int, part: int) -> None:
    rules = GuardRules(give_back=D("0.01"))
    life = life_of(leg, fired)
    at = situation({leg.key: life}, rules=Rules(long=_FAR, short=_FAR, guards=rules))
    orders = 0
    while (found := verdict(leg, life, leg.roi * 2 + 1, rules)).says == "due":
        orders += 1
        assert orders < 500
        lots = max(leg.instrument.lot_size, found.contracts * part / 100 // leg.instrument.lot_size * leg.instrument.lot_size)
        intent = guard_intent(leg, life, found, at)
        order = filled(intent, min(lots, found.contracts))
        life = life.after_order(intent, order, leg.instrument.min_contracts, leg.instrument.lot_size)
        leg = with_contracts(leg, leg.contracts - order.filled_contracts)
        if part < 50 and orders > 20:
            part = 100
    again = life_of(leg, fired + 1).replaced(guarded=life.guarded)
    if orders and verdict(leg, life, leg.roi * 2 + 1, rules).says == "done":
        assert verdict(leg, again, leg.roi * 2 + 1, rules).says != "done"


@pytest.mark.parametrize(("lot", "fired"), [("1", {1, 2}), ("0.1", {1})], ids=["given up at once", "given up later"])
def test_a_tier_that_had_filled_partly_when_it_acted_is_no_other_tier(lot: str, fired: set[int]) -> None:
    rules, held = GuardRules(break_even=1), example(contracts=65, lot_size=lot)
    unfinished = PartialTier(tier=2, threshold=D("0.35"), target=D(35), closed=D(5))
    life = life_of(held, 1).replaced(unfinished=unfinished)
    at = situation({held.key: life}, rules=Rules(long=_FAR, short=_FAR, guards=rules))
    intent = guard_intent(held, life, verdict(held, life, D("0.4"), rules), at)
    life = life.after_order(intent, filled(intent), held.instrument.min_contracts, held.instrument.lot_size)
    assert life.fired_numbers == fired
    # Grown by a maintenance or by hand, then made smaller: the rest is too small to order.
    for contracts in (100, 2, 100):
        life = life.after_seen(with_contracts(held, D(contracts)), NOW)
    assert life.unfinished is None
    assert life.fired_numbers == {1, 2}
    held = with_contracts(held, D(100))
    assert verdict(held, life, D("0.4"), rules).says == "done"
    assert verdict(held, life_of(held, 3).replaced(guarded=life.guarded), D("0.4"), rules).says == "due"


def test_nothing_is_planned_while_it_is_off() -> None:
    assert guard_plan(snapshot(), situation({})) == ((), (), ())
