"""What rests beside what is to rest."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.fixtures.snapshots import NOW, lives_of, snapshot
from tests.fixtures.snapshots import situation as situation_of
from tgtp.domain.examples import OPENED_AT, leg
from tgtp.domain.fired_tiers import GuardWork
from tgtp.domain.ladder import Ladder
from tgtp.domain.model import Leg, PositionMode, UnreadableLeg
from tgtp.domain.plan import Rules, Situation, Switches
from tgtp.domain.resting.audit import Audit, Rested, audit, stance
from tgtp.domain.resting.conditional import Conditional
from tgtp.domain.resting.rules import RestingRules
from tgtp.domain.resting.wanted import wanted

HELD = leg(entry_price="5", mark_price="5")
ALL = RestingRules(mode="all")


def situation(*legs: Leg) -> Situation:
    return situation_of(lives_of(*legs))


def resting(now: Situation, *legs: Leg) -> tuple[dict[str, Rested], list[Conditional]]:
    """All that is to rest, as it does."""
    rested: dict[str, Rested] = {}
    live: list[Conditional] = []
    for held in legs:
        life = now.lives[held.key]
        for each in wanted(held, life, now.rules.ladder_of(held.key), now.rules.min_margin, now.account):
            order = each.order
            rested[order.name] = Rested(order=order, intent=each.intent(life, now), algo_id=order.name[-4:], sent_at=NOW)
            live.append(
                Conditional(
                    algo_id=order.name[-4:], name=order.name, instrument_id=order.leg.instrument_id,
                    position_side=order.leg.position_side, side=order.side, margin_mode=order.leg.margin_mode,
                    contracts=order.contracts, trigger_price=order.trigger_price, trigger_type="mark", status="live",
                    created_at=NOW, updated_at=NOW,
                )
            )  # fmt: skip
    return rested, live


def did(found: Audit) -> dict[str, list[int]]:
    """By what is done, to which tiers."""
    return {
        name: tiers
        for name, tiers in {
            "place": [each.order.tier for each in found.place],
            "amend": [each.rested.order.tier for each in found.amend],
            "cancel": sorted(each.order.tier for each in found.cancel),
            "gone": [each.order.tier for each in found.gone],
        }.items()
        if tiers
    }


def test_what_does_not_rest_is_placed_the_nearest_first() -> None:
    near, far = HELD.replaced(mark_price="5.1"), leg("UNI-USDT-SWAP", entry_price="5", mark_price="5")
    found = audit(snapshot(near, far), situation(near, far), ALL, {}, ())
    order = [(each.order.leg.coin, each.order.tier) for each in found.place]
    assert order == [("CRV", 1), ("CRV", 2), ("UNI", 1), ("CRV", 3), ("UNI", 2), ("UNI", 3)]
    assert len(audit(snapshot(near, far), situation(near, far), ALL, {}, (), most=4).place) == 4
    assert audit(snapshot(near, far), situation(near, far), ALL, {}, (), most=4).left_out == 2


def test_a_tier_whose_price_is_reached_is_left_to_the_check() -> None:
    held = HELD.replaced(mark_price="5.18")
    assert did(audit(snapshot(held), situation(held), ALL, {}, ())) == {"place": [3]}


def test_nothing_is_done_where_all_is_as_it_should_be() -> None:
    now = situation(HELD)
    assert did(audit(snapshot(HELD), now, ALL, *resting(now, HELD))) == {}


CHANGES: dict[str, tuple[Callable[[Leg], Leg], dict[str, list[int]]]] = {
    "size": (lambda held: held.replaced(contracts=200), {"amend": [1, 2, 3]}),
    "entry": (lambda held: held.replaced(entry_price="5.01"), {"amend": [1, 2, 3]}),
    "leverage": (lambda held: held.replaced(leverage=20), {"amend": [1, 2, 3]}),
    "price": (lambda held: held.replaced(mark_price="5.05", initial_margin="50.5"), {}),
    # Its trigger moves to where the price is by now.
    "crossed": (lambda held: held.replaced(leverage=20, mark_price="5.08"), {"amend": [2, 3], "cancel": [1]}),
    "life": (lambda held: held.replaced(opened_at=NOW), {"cancel": [1, 2, 3]}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_leg_that_has_changed(name: str) -> None:
    change, expected = CHANGES[name]
    changed = change(HELD)
    now = situation(HELD)
    rested, live = resting(now, HELD)
    # What was changed by hand has been taken in.
    lives = lives_of(HELD) if name == "life" else lives_of(changed)
    assert did(audit(snapshot(changed), now._replace(lives=lives), ALL, rested, live)) == expected


def test_another_ladder_is_followed() -> None:
    now = situation(HELD)
    rested, live = resting(now, HELD)
    rules = now.rules.replaced(long=Ladder.parse("27:30,35:50"))
    assert did(audit(snapshot(HELD), now._replace(rules=rules), ALL, rested, live)) == {"amend": [1], "cancel": [3]}


@pytest.mark.parametrize(
    ("factor", "amended"), [("1.01", []), ("1.02", [3]), ("1.03", [2, 3]), ("1.04", [1, 2, 3]), ("0.97", [2, 3])]
)
def test_a_scaled_threshold_is_followed_by_whole_points(factor: str, amended: list[int]) -> None:
    now = situation(HELD)
    rested, live = resting(now, HELD)
    rules = now.rules.scaled_by({HELD.instrument.instrument_id: Decimal(factor)})
    found = audit(snapshot(HELD), now._replace(rules=rules), ALL, rested, live)
    assert sorted(each.rested.order.tier for each in found.amend) == amended


@pytest.mark.parametrize("factor", ["1.01", "0.99"])
def test_a_threshold_that_acts_as_it_is_written_again_is_followed_to_the_tick(factor: str) -> None:
    now = situation(HELD)
    scaled = now._replace(rules=now.rules.scaled_by({HELD.instrument.instrument_id: Decimal(factor)}))
    rested, live = resting(scaled, HELD)
    assert did(audit(snapshot(HELD), scaled, ALL, rested, live)) == {}
    found = audit(snapshot(HELD), now, ALL, rested, live)
    triggers = {each.rested.order.tier: f"{each.wanted.order.trigger_price:f}" for each in found.amend}
    assert triggers == {1: "5.1250", 2: "5.1750", 3: "5.2500"}


LIFTS: dict[str, Callable[[Situation], Situation]] = {
    "paused": lambda now: now._replace(paused=("*",)),
    "ladder paused": lambda now: now._replace(paused=("CRV-USDT-SWAP long tier",)),
    "ladder off": lambda now: now._replace(switches=Switches(ladder=False)),
    "maintained": lambda now: now._replace(maintained=(HELD.key,)),
    "guard acts": lambda now: now._replace(
        lives={
            key: life.replaced(guarded=GuardWork(rule="give_back", target=50, closed=1, tiers=1, finished=False))
            for key, life in now.lives.items()
        }
    ),
}  # fmt: skip
LEAVES: dict[str, Callable[[Situation], Situation]] = {
    "hedge paused": lambda now: now._replace(paused=("* hedge", "UNI-USDT-SWAP")),
    "key may not trade": lambda now: now._replace(may_trade=False),
    "unresolved": lambda now: now._replace(unresolved=(HELD.key,)),
    "doubted": lambda now: now._replace(doubted=(HELD.key,)),
    "regained": lambda now: now._replace(regained=(HELD.key,)),
    "unknown": lambda now: now._replace(lives={}),
}


@pytest.mark.parametrize("name", LIFTS)
def test_nothing_may_rest(name: str) -> None:
    now = situation(HELD)
    rested, live = resting(now, HELD)
    assert did(audit(snapshot(HELD), LIFTS[name](now), ALL, rested, live)) == {"cancel": [1, 2, 3]}
    assert did(audit(snapshot(HELD), LIFTS[name](now), ALL, {}, ())) == {}


@pytest.mark.parametrize("name", LEAVES)
def test_what_rests_stays_as_it_is(name: str) -> None:
    now = situation(HELD)
    rested, live = resting(now, HELD)
    changed = HELD.replaced(contracts=100, entry_price="5")
    assert did(audit(snapshot(changed), LEAVES[name](now), ALL, rested, live)) == {}


def test_switched_off_or_lifted_all_of_it_goes() -> None:
    now = situation(HELD)
    rested, live = resting(now, HELD)
    for rules in (RestingRules(), ALL.changed("CRV-USDT-SWAP", "off")):
        assert did(audit(snapshot(HELD), now, rules, rested, live)) == {"cancel": [1, 2, 3]}
    assert did(audit(snapshot(HELD), now, ALL, rested, live, lifted=(HELD.key,))) == {"cancel": [1, 2, 3]}


def test_what_has_no_leg_goes_unless_the_leg_cannot_be_read() -> None:
    now = situation(HELD)
    rested, live = resting(now, HELD)
    assert did(audit(snapshot(), now, ALL, rested, live)) == {"cancel": [1, 2, 3]}
    blind = snapshot().replaced(unreadable=(UnreadableLeg(keys=(HELD.key,)),))
    assert did(audit(blind, now, ALL, rested, live)) == {}
    assert did(audit(snapshot().replaced(nameless=1), now, ALL, rested, live)) == {}


def test_what_waits_no_more_is_looked_up_and_strangers_are_named() -> None:
    now = situation(HELD)
    rested, live = resting(now, HELD)
    stranger = live[0].replaced(name="tgother")
    person = live[0].replaced(name="mine", contracts=0, trigger_type="last")
    found = audit(snapshot(HELD), now, ALL, rested, [stranger, person, *live[1:]])
    assert (did(found), found.strangers) == ({"gone": [1]}, (stranger,))


def test_what_was_changed_at_the_exchange_is_changed_back() -> None:
    now = situation(HELD)
    rested, live = resting(now, HELD)
    live[1] = live[1].replaced(trigger_type="last")
    assert did(audit(snapshot(HELD), now, ALL, rested, live)) == {"amend": [2]}


def test_one_that_is_leaving_is_cancelled_again() -> None:
    now = situation(HELD)
    rested, live = resting(now, HELD)
    rested = {name: one.replaced(leaving=one.order.tier == 1) for name, one in rested.items()}
    assert did(audit(snapshot(HELD), now, ALL, rested, live)) == {"cancel": [1]}


def test_two_that_are_as_far_away_do_not_take_turns() -> None:
    other = leg("UNI-USDT-SWAP", entry_price="5", mark_price="5")
    ladder = Ladder.parse("25:30")
    rules = Rules(long=ladder, short=ladder)
    now = situation(HELD, other)._replace(rules=rules)
    rested, live = resting(now, HELD)
    nearer = other.replaced(mark_price="5.01")
    assert did(audit(snapshot(HELD, nearer), now, ALL, rested, live, most=1)) == {}
    nearer = other.replaced(mark_price="5.05")
    assert did(audit(snapshot(HELD, nearer), now, ALL, rested, live, most=1)) == {"place": [1], "cancel": [1]}


def test_another_position_mode_is_seen() -> None:
    now = situation(HELD)
    net = HELD.replaced(position_mode=PositionMode.NET)
    assert audit(snapshot(net), now, ALL, *resting(now, HELD)).is_other_mode
    assert not audit(snapshot(HELD), now, ALL, *resting(now, HELD)).is_other_mode


def test_a_leg_of_an_instrument_that_is_left_out_is_let_be() -> None:
    rules = RestingRules().changed("CRV-USDT-SWAP", "all")
    other: Any = leg("UNI-USDT-SWAP")
    now = situation(HELD, other)
    assert [stance(each, now, rules) for each in (HELD, other)] == ["rest", "lift"]
    assert OPENED_AT < NOW
