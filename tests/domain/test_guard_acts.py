"""What guards have done: the sum of their closes against holding, where a leg has ended, and what belongs to which day."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fixtures.every_event import BASIS, EVENTS, FALL, FIRING, GUARD, INTENT, ORDER
from tgtp.domain import events as ev
from tgtp.domain.guard_acts import guard_acts, is_of_guards, is_of_sales, sales, worth
from tgtp.domain.guards.drawdown import Firing
from tgtp.domain.model import LegKey
from tgtp.domain.report import DAY, GuardAct, Report, Span

D = Decimal
BEGIN = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
SPAN = Span(BEGIN, BEGIN + DAY)
LONG, SHORT = LegKey.parse("CRV-USDT-SWAP_long"), LegKey.parse("CRV-USDT-SWAP_short")
KINDS: dict[str, ev.Event] = {event.kind: event for event in EVENTS}


def at(hours: float) -> dt.datetime:
    return BEGIN + dt.timedelta(hours=hours)


def closed(
    hours: float,
    contracts: Any = 10,
    price: Any = "0.4",
    *,
    left: Any = 5,
    size: Any = 10,
    leg: LegKey = LONG,
    tag: str = "guard_back",
    opened_at: dt.datetime = BEGIN - DAY,
    **changes: Any,
) -> ev.GuardFilled:
    """A guard's order for ``contracts`` of ``size`` coins that has filled, so many hours after the day has begun."""
    rule = {"guard_back": "give_back", "guard_even": "break_even"}.get(tag, "drawdown")
    intent = GUARD.replaced(rule=rule, tag=tag, leg=leg, opened_at=opened_at, basis=GUARD.basis.replaced(contract_size=size))
    order = ORDER.replaced(filled_contracts=contracts, average_price=price)
    return ev.GuardFilled(at=at(hours), intent=intent, order=order, contracts_left=left, finished=True).replaced(**changes)


def fired(hours: float, action: str = "close") -> tuple[ev.DrawdownFired, Firing]:
    firing = FIRING.replaced(at=at(hours), action=action)
    return ev.DrawdownFired(at=at(hours), firing=firing), firing


def now_at(act: GuardAct, price: Any) -> GuardAct:
    return act.replaced(legs=tuple(leg if leg.price is not None else leg.replaced(price=price) for leg in act.legs))


def held_back(hours: float, rule: str = "tier") -> ev.WouldHaveClosed:
    return ev.WouldHaveClosed(at=at(hours), intent=INTENT.replaced(rule=rule))


# The sums


prices = st.decimals("0.0001", 100_000, places=4)
sizes = st.decimals("0.001", 10_000, places=3)


@given(
    st.sampled_from([LONG, SHORT]),
    st.lists(st.tuples(sizes, prices), min_size=1, max_size=6),
    st.sampled_from([D("0.001"), D("0.1"), D(1), D(10)]),
    prices,
    st.sampled_from(["guard_back", "guard_even", "drawdown1"]),
)
def test_holding_would_have_brought_the_way_of_the_price_on_every_coin(
    leg: LegKey, fills: list[tuple[Decimal, Decimal]], size: Decimal, now: Decimal, tag: str
) -> None:
    events = [closed(number, contracts, price, leg=leg, size=size, tag=tag) for number, (contracts, price) in enumerate(fills)]
    (act,) = guard_acts(events, SPAN)
    (row,) = act.legs
    sign = 1 if leg is LONG else -1
    assert now_at(act, now).forgone == sum(contracts * size * (now - price) * sign for contracts, price in fills)
    assert row.contracts == sum(contracts for contracts, _ in fills)
    assert row.average_price is not None
    assert min(price for _, price in fills) - D("1e-9") <= row.average_price <= max(price for _, price in fills) + D("1e-9")


@given(st.lists(st.tuples(sizes, prices), min_size=1, max_size=6), prices)
def test_what_a_long_leg_has_saved_a_short_one_has_cost(fills: list[tuple[Decimal, Decimal]], now: Decimal) -> None:
    both = [
        now_at(guard_acts([closed(1, *fill, leg=leg) for fill in fills], SPAN)[0], now).forgone or D(0) for leg in (LONG, SHORT)
    ]
    assert both[0] == -both[1]


@given(st.lists(st.tuples(sizes, prices, prices), min_size=1, max_size=6))
def test_a_firing_comes_to_what_its_legs_come_to(rows: list[tuple[Decimal, Decimal, Decimal]]) -> None:
    event, firing = fired(1)
    legs = [LegKey.parse(f"C{number}-USDT-SWAP_{'long' if number % 2 else 'short'}") for number in range(len(rows))]
    events = [closed(2, size, price, leg=leg, tag=firing.tag) for leg, (size, price, _) in zip(legs, rows, strict=True)]
    (act,) = guard_acts([event, *events], SPAN)
    now = dict(zip(legs, (now for _, _, now in rows), strict=True))
    priced = act.replaced(legs=tuple(leg.replaced(price=now[leg.leg]) for leg in act.legs))
    assert priced.forgone == sum((leg.forgone or D(0) for leg in priced.legs), D(0))
    assert (len(priced.legs), priced.action, priced.fall) == (len(rows), "close", FALL.fraction)


@pytest.mark.parametrize(
    "broken",
    [
        {"order": ORDER.replaced(average_price=None)},
        {"intent": GUARD.replaced(leg=LONG, opened_at=BEGIN - DAY, basis=BASIS.replaced(contract_size=None))},
    ],
)
def test_what_an_order_does_not_tell_leaves_the_sum_unknown(broken: dict[str, Any]) -> None:
    for order in itertools.permutations([closed(1), closed(2).replaced(**broken)]):
        (act,) = guard_acts(order, SPAN)
        assert act.legs[0].average_price is None
        assert now_at(act, "0.5").forgone is None


def test_without_a_price_of_now_the_sum_is_not_known() -> None:
    (act,) = guard_acts([closed(1)], SPAN)
    assert (act.forgone, act.legs[0].price) == (None, None)


# Where a leg has ended


def hand(hours: float, left: Any, price: Any = "0.3", opened_at: dt.datetime = BEGIN - DAY) -> ev.HandFilled:
    intent = INTENT.replaced(rule="hand", leg=LONG, opened_at=opened_at)
    return ev.HandFilled(at=at(hours), intent=intent, order=ORDER.replaced(average_price=price), contracts_left=left)


def gone(hours: float, *, by_us: bool = False, leg: LegKey = LONG) -> ev.LegGone:
    return ev.LegGone(at=at(hours), leg=leg, contracts=0, by_us=by_us)


def forced(hours: float, left: Any, price: Any = "0.2") -> ev.LegForceClosed:
    return ev.LegForceClosed(
        at=at(hours), leg=LONG, how="liquidation", before=5, contracts=left, life_realised=-1, mark_price=price
    )


@pytest.mark.parametrize(
    ("end", "price", "ends"),
    [
        (hand(2, 0), D("0.3"), True),
        (hand(2, 3), None, False),
        (hand(2, 0, opened_at=BEGIN), None, False),
        (forced(2, 0), D("0.2"), True),
        (forced(2, 3), None, False),
        (gone(2), None, True),
        (gone(2, leg=SHORT), None, False),
        (gone(2).replaced(account="alpha"), None, False),
        (KINDS["leg_opened"].replaced(at=at(2), leg=LONG, reopened=False, anew=True), None, True),
        (KINDS["leg_opened"].replaced(at=at(2), leg=LONG, reopened=True), None, False),
    ],
)
def test_a_leg_is_followed_until_its_end(end: ev.Event, price: Decimal | None, ends: bool) -> None:
    (act,) = guard_acts([closed(1), end, gone(30)], SPAN)
    (row,) = act.legs
    assert row.ended_at == (end.at if ends else at(30))
    assert row.price == price


def test_what_the_guard_has_closed_wholly_is_followed_on() -> None:
    event, firing = fired(1)
    whole = closed(2, left=0, tag=firing.tag)
    opened = KINDS["leg_opened"].replaced(at=at(5), leg=LONG, reopened=False)
    (act,) = guard_acts([event, whole, gone(3, by_us=True), opened, gone(6)], SPAN)
    assert (act.legs[0].ended_at, act.legs[0].price) == (None, None)
    assert now_at(act, "0.3").forgone == -10


def test_another_guard_may_end_what_one_has_left() -> None:
    event, firing = fired(2)
    first, last = guard_acts([closed(1), event, closed(3, price="0.35", left=0, tag=firing.tag)], SPAN)
    assert (first.rule, first.legs[0].price, first.legs[0].ended_at) == ("give_back", D("0.35"), at(3))
    assert (last.rule, last.legs[0].ended_at) == ("drawdown", None)


def test_two_lives_of_a_leg_are_two_acts() -> None:
    acts = guard_acts([closed(1), gone(2), closed(4, opened_at=at(3))], SPAN)
    assert [act.at for act in acts] == [at(1), at(4)]
    assert [act.legs[0].ended_at for act in acts] == [at(2), None]


# What belongs to which day, and to which account


def test_a_firing_belongs_to_the_day_in_which_it_fired() -> None:
    event, firing = fired(23.9)
    events: list[ev.Event] = [event, closed(24.1, tag=firing.tag)]
    (act,) = guard_acts(events, SPAN)
    assert len(act.legs) == 1
    assert guard_acts(events, Span(SPAN.until, SPAN.until + DAY)) == ()
    # Where only its closes are known, they count where they are.
    assert [len(act.legs) for act in guard_acts(events[1:], Span(SPAN.until, SPAN.until + DAY))] == [1]
    assert guard_acts(events[1:], SPAN) == ()


@pytest.mark.parametrize(("hours", "count"), [(-0.1, 0), (0, 1), (23.99, 1), (24, 0)])
def test_a_close_belongs_to_its_day(hours: float, count: int) -> None:
    assert len(guard_acts([closed(hours)], SPAN)) == count


def test_accounts_are_told_apart() -> None:
    acts = guard_acts([closed(1), closed(2, account="alpha"), gone(3).replaced(account="alpha")], SPAN)
    assert [(act.account, act.legs[0].ended_at) for act in acts] == [("main", None), ("alpha", at(3))]


@pytest.mark.parametrize(
    "over",
    [KINDS["drawdown_reset"].replaced(at=at(3)), ev.Resumed(at=at(3), name="*", by=7, cause="guard")],
)
def test_its_pause_is_known_to_have_held_back_what_was_told_meanwhile(over: ev.Event) -> None:
    event, _ = fired(1, "pause")
    others: list[ev.Event] = [held_back(2).replaced(account="alpha"), ev.Resumed(at=at(2), name="STX-USDT-SWAP", by=7)]
    events: list[ev.Event] = [
        held_back(0.5),
        event,
        held_back(2),
        *others,
        held_back(2, "hedge"),
        held_back(2.5),
        over,
        held_back(4),
    ]
    (act,) = guard_acts(events, SPAN)
    assert (act.action, act.legs, act.held_back) == ("pause", (), {"tier": 2, "hedge": 1})


def test_a_second_firing_is_another_act() -> None:
    (first, one), (second, two) = fired(1), fired(5, "base")
    events: list[ev.Event] = [
        first,
        closed(1.1, tag=one.tag),
        KINDS["drawdown_reset"].replaced(at=at(3)),
        second,
        closed(5.1, tag=two.tag),
    ]
    assert [(act.action, len(act.legs)) for act in guard_acts(events, SPAN)] == [("close", 1), ("base", 1)]


def test_what_is_left_out_says_nothing_of_guards() -> None:
    events = [event for event in EVENTS if is_of_guards(event)]
    assert guard_acts(events, Span(EVENTS[0].at, EVENTS[0].at + DAY)) == guard_acts(
        EVENTS, Span(EVENTS[0].at, EVENTS[0].at + DAY)
    )
    assert not all(map(is_of_guards, EVENTS))


# On disk


def test_a_report_without_guards_is_written_as_before_them() -> None:
    bare = Report(period="day", since=BEGIN, until=BEGIN + DAY, zone="UTC")
    assert "guard_acts" not in bare.model_dump(mode="json")
    full = bare.replaced(guard_acts=guard_acts([closed(1), fired(2)[0], held_back(3)], SPAN))
    assert Report(**full.model_dump(mode="json")) == full
    assert len(full.guard_acts) == 2


# What tiers and hedges were worth


def sold(hours: float, contracts: Any, price: Any, *, left: Any = 5, leg: LegKey = LONG, kind: str = "tier_filled") -> ev.Event:
    """A tier, or a hedge, that has filled in contracts of ten coins."""
    intent = INTENT.replaced(leg=leg, opened_at=BEGIN - DAY, basis=BASIS.replaced(contract_size=10))
    if kind == "hedge_filled":
        intent = intent.replaced(rule="hedge", tag="hedge", tier=None)
    order = ORDER.replaced(filled_contracts=contracts, average_price=price)
    return KINDS[kind].replaced(at=at(hours), intent=intent, order=order, contracts_left=left)


def test_tiers_and_hedges_are_measured_against_nothing_sold() -> None:
    events = [
        sold(-1, 4, "0.9"),
        sold(1, 3, "0.5"),
        sold(2, 2, "0.6"),
        sold(3, 6, "0.3", leg=SHORT, kind="hedge_filled"),
        closed(4),
    ]
    assert all(map(is_of_sales, events))
    acts = sales(events, SPAN)
    assert [(act.rule, act.legs[0].contracts) for act in acts] == [("tier", D(5)), ("hedge", D(6))]
    # Now at 0.4: the tiers' 50 coins brought 27 where 20 would be left; the short is held at 0.3 and would have lost.
    found = worth(now_at(act, "0.4") for act in acts)
    assert (found.tier, found.hedge, found.unknown) == (D(7), D(6), 0)


def test_a_leg_of_sales_is_measured_until_something_else_ends_it() -> None:
    last = [sold(1, 3, "0.5"), sold(2, 5, "0.6", left=0), gone(3, by_us=True)]
    (act,) = sales(last, SPAN)
    assert act.legs[0].ended_at is None
    (act,) = sales([sold(1, 3, "0.5"), hand(2, 0)], SPAN)
    assert (act.legs[0].ended_at, act.legs[0].price) == (at(2), D("0.3"))


def test_a_leg_without_a_price_is_counted_and_left_out() -> None:
    (act,) = sales([sold(1, 3, "0.5")], SPAN)
    assert worth([act]).replaced(unknown=0) == worth([])
    assert worth([act]).unknown == 1
