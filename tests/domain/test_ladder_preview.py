"""What a card tells of the ladder is what the rules do, tick by tick; the engine itself proves it in ``tests/engine``."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings

from tests.fixtures.snapshots import LONG, NOW, PerfectExchange, situation, snapshot
from tests.fixtures.thoroughness import tries
from tests.fixtures.walks import TICK, Walked, Way, walked, ways
from tgtp.domain.examples import leg
from tgtp.domain.fired_tiers import FiredTier, PartialTier
from tgtp.domain.ladder import Ladder
from tgtp.domain.ladder_preview import Forecast, HedgeForecast, TierForecast, forecast, next_order
from tgtp.domain.life import Life
from tgtp.domain.model import Leg
from tgtp.domain.plan import Rules, Switches, hedge_plan, ladder_plan

D = Decimal


def foretold(
    held: Leg, life: Life | None = None, ladder: Ladder = LONG, min_margin: Any = 1, *, ladder_on: bool = True
) -> Forecast:
    rules = Rules(long=ladder, short=ladder, min_margin=D(min_margin))
    now = situation({held.key: life or Life.begun(held)}, rules=rules)
    return forecast(held, snapshot(held), now._replace(switches=Switches(ladder=ladder_on)))


def stages(*args: Any, **how: Any) -> list[tuple[Any, ...]]:
    return [(tier.number, tier.stage, tier.closes, tier.held) for tier in foretold(*args, **how).tiers]


# What the rules do


def done(way: Way) -> Walked:
    """Every tick of the way, one after the other, and what the rules close there."""
    exchange = PerfectExchange(*way.legs, rules=way.rules)

    def checked(price: Decimal) -> list[tuple[Any, ...]]:
        exchange.legs = {key: way.at(held, price) for key, held in exchange.legs.items()}
        held = {key: leg.contracts for key, leg in exchange.legs.items()}
        return [(intent.tier, intent.contracts, held[intent.leg]) for intent in exchange.check() if intent.leg == way.leg.key]

    found: list[tuple[Any, ...]] = []
    for price in way.prices():
        while steps := checked(price):
            found += [(price, *step) for step in steps]
    return walked(found)


@settings(max_examples=tries(25, 1500))
@given(ways())
@example(Way.of("long", "25", entry="0.0390", ladder="15:30,40:50"))
@example(Way.of("short", "24", entry="0.0420", ladder="15:30,40:50"))
@example(Way.of("long", "25", entry="0.0390", ladder="15:30,40:50", mode="isolated", added="0.1"))
@example(Way.of("short", "2", entry="0.6", ladder="10:30,20:50,30:50"))
@example(Way.of("long", "30", entry="0.0390", ladder="15:100", other="25", other_entry="0.0420"))
# The base becomes smaller by some lots on the way to the entry, where the leg loses no longer.
@example(Way.of("long", "550", entry="0.01", mark="0.0098", ladder="1:10", mode="isolated", other="250", size="1", leverage=5))
# The margin of what is left comes to the gate exactly, after two orders.
@example(
    Way.of(
        "short", "540", entry="0.01", mark="0.0101", ladder="1:10,2:10", mode="isolated", added="0.3", other="100", leverage=20
    )
)
def test_what_is_foretold_is_what_the_rules_do_at_every_tick(way: Way) -> None:
    told = forecast(way.leg, snapshot(*way.legs), situation({held.key: Life.begun(held) for held in way.legs}, rules=way.rules))
    assert Walked.told(told) == done(way)


@settings(max_examples=tries(60, 3000))
@given(ways())
@example(Way.of("long", "3", entry="0.5", ladder="25:30,35:50"))
@example(Way.of("short", "24", entry="0.0420", ladder="15:30,40:50"))
def test_the_next_order_is_the_one_that_the_walk_comes_to_first(way: Way) -> None:
    held = way.leg
    now = situation({held.key: Life.begun(held)}, rules=way.rules)
    (note,) = ladder_plan(snapshot(held), now).notes
    if note.why == "waiting":
        found, coming = next_order(note, way.rules), forecast(held, snapshot(held), now).next
        told = (found.tier.number, found.price) if found.tier and found.price and not found.is_small else None
        assert told == ((coming.number, coming.fires_at) if coming is not None else None)


def test_what_the_hedge_rule_closes_first_is_no_part_of_the_next_order() -> None:
    losing = leg(contracts=50, entry_price="1.2", mark_price="1.1")
    shot = snapshot(losing, leg(side="short", contracts=50, entry_price="1.3", mark_price="1.1"))
    rules = Rules(long=Ladder.parse("25:5,35:50"), short=LONG)
    now = situation({held.key: Life.begun(held) for held in shot.legs}, rules=rules)
    note, hedge = ladder_plan(shot, now).notes[0], hedge_plan(shot, now).notes[0]
    found = forecast(losing, shot, now).next, next_order(note, rules, hedge).tier, next_order(note, rules).tier
    # 5 % of the base is no whole contract.
    assert [tier.number for tier in found if tier is not None] == [2, 2, 1]


def test_the_margin_of_a_cross_leg_follows_the_price() -> None:
    # 25 contracts are 1 U at 0.4 exactly, which is not above the gate.
    way = Way.of("long", "25", entry="0.39", ladder="15:30,40:50", tick="0.0001", size="1")
    assert stages(way.leg, ladder=way.rules.long) == [(1, "late", 7, 25), (2, "late", 9, 18)]
    first, second = foretold(way.leg, ladder=way.rules.long).tiers
    assert (first.price, first.fires_at) == (D("0.3959"), D("0.4001"))
    assert (second.price, second.fires_at) == (D("0.4056"), D("0.5556"))


def test_a_short_whose_margin_falls_with_the_price_is_held_up_for_good() -> None:
    held = leg(side="short", contracts="24", entry_price="0.42", mark_price="0.42", contract_size=1)
    assert stages(held, ladder=Ladder.parse("35:30,45:50")) == [(1, "small", 0, 24), (2, "small", 0, 24)]


def test_an_isolated_leg_keeps_what_was_added_to_its_margin() -> None:
    held = leg(contracts="24", entry_price="0.4", mark_price="0.4", margin_mode="isolated", initial_margin="1.5")
    # 24 -> 17 leaves 1.0625 U of 1.5, 17 -> 9 leaves 0.5625.
    assert stages(held) == [(1, "ahead", 7, 24), (2, "ahead", 8, 17), (3, "small", 0, 9)]


def test_what_is_due_already_closes_at_the_price_of_now() -> None:
    held = leg(roi=40)
    first, second, third = foretold(held).tiers
    assert [tier.fires_at for tier in (first, second)] == [held.mark_price] * 2
    assert third.fires_at == third.price


def test_the_hedge_rule_is_foretold_too() -> None:
    losing = leg(contracts=50, entry_price="1.2", mark_price="1.1")
    winning = leg(side="short", contracts=50, entry_price="1.3", mark_price="1.1")
    told = forecast(losing, snapshot(losing, winning), situation({held.key: Life.begun(held) for held in (losing, winning)}))
    # 40 at once, down to the base of 10, and one more as the base becomes smaller: 9 from 1.1112 on.
    assert told.hedge == HedgeForecast(fires_at=D("1.1"), closes=D(41), held=D(50))
    assert (told.tiers[0].stage, told.tiers[0].held) == ("ahead", D(9))


# How it is told


def test_fired_tiers_stand_as_they_fired() -> None:
    held = leg(contracts=70)
    life = Life.begun(held, (FiredTier(tier=1, threshold="0.2", contracts=30, fired_at=NOW),))
    first, *rest = foretold(held, life).tiers
    assert first == TierForecast(1, D("0.2"), "fired", D("5.1"), D(30), D(0), NOW)
    assert [(tier.number, tier.closes, tier.held) for tier in rest] == [(2, D(35), D(70)), (3, D(17), D(35))]


def test_a_tier_that_has_fired_stays_where_the_ladder_has_become_shorter() -> None:
    held = leg(contracts=70)
    life = Life.begun(held, (FiredTier(tier=3, threshold="0.5", contracts=30, fired_at=NOW),))
    assert stages(held, life, Ladder.parse("25:30")) == [(1, "ahead", 21, 70), (3, "fired", 30, 0)]


def test_what_has_begun_is_finished_first() -> None:
    held = leg(contracts=80)
    begun = PartialTier(tier=2, threshold="0.35", target=35, closed=15)
    life = Life.begun(held).replaced(unfinished=begun)
    assert stages(held, life) == [(1, "ahead", 18, 60), (2, "begun", 20, 80), (3, "ahead", 21, 42)]
    # It waits for a ROI above 0, be it by one tick.
    assert [tier.fires_at for tier in foretold(held, life).tiers] == [D("5.125"), D("5.0001"), D("5.25")]


def test_a_margin_that_will_be_too_small_is_said() -> None:
    # 1.5 U at 5: after the first tier some 1.05 U are left at its price, after the second half of that.
    held = leg(contracts="30", contract_size="0.1", lot_size="0.1", entry_price=5, mark_price=5, margin_mode="isolated")
    assert [stage[1] for stage in stages(held)] == ["ahead", "ahead", "small"]
    assert [stage[1] for stage in stages(held, min_margin="2")] == ["small", "small", "small"]


def test_dust_and_what_is_gone() -> None:
    # 1.04 U at the second threshold, which closes one of two; nothing smaller than one can be ordered.
    assert stages(leg(contracts=2)) == [(1, "dust", 0, 1), (2, "ahead", 1, 2), (3, "dust", 0, 1)]
    assert stages(leg(), ladder=Ladder.parse("25:100,35:50")) == [(1, "ahead", 100, 100), (2, "gone", 0, 0)]


def test_a_ladder_that_is_switched_off_closes_nothing() -> None:
    assert {stage[1:3] for stage in stages(leg(roi=60), ladder_on=False)} == {("off", 0)}


def test_a_price_that_does_not_exist_is_said() -> None:
    held = leg(side="short", leverage="0.5", entry_price=5, mark_price=5)
    assert [stage[1] for stage in stages(held, ladder=Ladder.parse("25:30,60:50"))] == ["ahead", "beyond"]


def test_a_pause_and_a_refusal_are_over_by_then() -> None:
    held = leg(contracts=80)
    now = situation({held.key: Life.begun(held).after_refusal("tier1", "51000", NOW)}, unresolved=[held.key], may_trade=False)
    told = forecast(held, snapshot(held), now._replace(paused=("*",)))
    assert [tier.closes for tier in told.tiers] == [24, 28, 14]


def test_a_tier_that_rests_closes_what_it_would_without() -> None:
    held = leg(roi=10)
    now = situation({held.key: Life.begun(held)})
    plain = forecast(held, snapshot(held), now)
    assert [tier.closes for tier in plain.tiers] == [30, 35, 17]
    assert forecast(held, snapshot(held), now._replace(resting={held.key: {1, 2, 3}})) == plain


def test_a_leg_without_leverage_is_walked_all_the_same() -> None:
    held = leg(leverage_known=False, exchange_roi="0.02")
    assert [tier.stage for tier in foretold(held).tiers] == ["ahead"] * 3


def test_a_year_of_fired_tiers_keeps_its_days() -> None:
    held = leg()
    fired = tuple(FiredTier(tier=n, threshold=n, contracts=1, fired_at=NOW + n * dt.timedelta(days=1)) for n in range(1, 11))
    assert [tier.fired_at for tier in foretold(held, Life.begun(held, fired)).tiers] == [tier.fired_at for tier in fired]


def test_a_leg_of_ten_thousand_orders_does_not_hold_up_the_card() -> None:
    held = leg(contracts=100_000, lot_size=1, max_market_contracts=1)
    assert {tier.stage for tier in foretold(held).tiers} == {"ahead", "unclear"}


@pytest.mark.parametrize("side", ["long", "short"])
def test_prices_are_whole_ticks(side: str) -> None:
    held = leg(side=side, entry_price="4.87325")
    for tier in foretold(held).tiers:
        assert tier.price is not None
        assert tier.price % TICK == 0
