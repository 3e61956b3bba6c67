"""What a day, a week and a leg came to."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fixtures.every_event import EVENTS
from tgtp.domain import events as ev
from tgtp.domain.event_totals import FilledEvent, equity_at, tally, total, uptime
from tgtp.domain.model import EquitySample, LegKey
from tgtp.domain.report import DAY, Period, Span, day_after, day_start, first_day, last_due, span_of

D = Decimal
SHANGHAI = ZoneInfo("Asia/Shanghai")
SLOT = dt.timedelta(minutes=5)
# Clocks that jump at night, over midnight, back over midnight, by half an hour, and over a whole day.
ZONES = [
    *("UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Africa/Cairo", "America/Havana", "America/Sao_Paulo"),
    *("America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "Pacific/Kiritimati"),
]
KINDS: dict[str, ev.Event] = {event.kind: event for event in EVENTS}


def fill(at: dt.datetime, rule: str = "tier", pnl: Any = "1", fee: Any = "0.1", name: str = "CRV-USDT-SWAP") -> FilledEvent:
    event = KINDS[f"{rule}_filled"]
    assert isinstance(event, FilledEvent)
    leg = event.intent.leg.replaced(instrument_id=name)
    return event.replaced(
        at=at,
        intent=event.intent.replaced(rule=rule, leg=leg),
        order=event.order.replaced(realised_pnl=D(pnl), fee=D(fee)),
    )


def at(text: str, zone: dt.tzinfo = dt.UTC) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


def sample(moment: dt.datetime, equity: Any = 1000) -> EquitySample:
    return EquitySample(at=moment, equity=D(equity))


# Sums


def test_the_days_are_those_of_the_zone() -> None:
    span = span_of("day", dt.date(2026, 11, 23), SHANGHAI)
    events = [
        fill(at("2026-11-22T23:59:59", SHANGHAI), pnl="100"),
        fill(at("2026-11-23T00:00", SHANGHAI), pnl="1"),
        fill(at("2026-11-23T23:59:59.999999", SHANGHAI), "hedge", pnl="-2"),
        fill(at("2026-11-24T00:00", SHANGHAI), pnl="1000"),
    ]
    (day,) = tally(events, span, SHANGHAI).days
    assert (day.day, day.orders) == (dt.date(2026, 11, 23), 2)
    assert (day.tier, day.hedge, day.hand, day.fees) == (D(1), D(-2), D(0), D("0.2"))
    assert day.realised == -1


def test_an_hour_that_comes_again_before_midnight_is_in_one_day_only() -> None:
    zone = ZoneInfo("America/St_Johns")
    # A minute into the seventh, the clock goes back to 23:01 of the sixth.
    sixth, seventh = (span_of("day", dt.date(2010, 11, day), zone) for day in (6, 7))
    again = fill(seventh.since + dt.timedelta(minutes=30))
    assert again.at.astimezone(zone).day == 6
    assert [tally([again], span, zone).days[-1].orders for span in (sixth, seventh)] == [0, 1]
    assert [day.orders for day in tally([again], Span(sixth.since, seventh.until), zone).days] == [0, 1]


def test_days_without_anything_are_days_too() -> None:
    span = span_of("day", dt.date(2026, 11, 23), dt.UTC)
    counted = tally([fill(at("2026-11-21T12:00"), "hand", pnl="3")], span, dt.UTC, dt.date(2026, 11, 20))
    assert [(str(day.day), day.hand) for day in counted.days] == [
        ("2026-11-20", D(0)),
        ("2026-11-21", D(3)),
        ("2026-11-22", D(0)),
        ("2026-11-23", D(0)),
    ]
    # The picture looks further back than the report does.
    assert counted.legs == ()
    assert counted.seen


def test_legs_are_ranked_by_what_they_realised_fees_off() -> None:
    span = span_of("day", dt.date(2026, 11, 23), dt.UTC)
    noon = at("2026-11-23T12:00")
    events = [
        fill(noon, pnl="5", fee="1", name="A-USDT-SWAP"),
        fill(noon, pnl="4.5", fee="0", name="B-USDT-SWAP"),
        fill(noon, pnl="-3", fee="-0.5", name="C-USDT-SWAP"),
        fill(noon, pnl="1", fee="0", name="A-USDT-SWAP"),
    ]
    counted = tally(events, span, dt.UTC)
    ranked = [("A", D(5)), ("B", D("4.5")), ("C", D("-2.5"))]
    assert [(row.leg.instrument_id[:1], row.realised) for row in counted.legs] == ranked


def test_an_order_that_was_told_by_its_leg_alone_is_counted_as_such() -> None:
    span = span_of("day", dt.date(2026, 11, 23), dt.UTC)
    event = fill(at("2026-11-23T12:00"), pnl="0", fee="0")
    presumed = event.replaced(order=event.order.replaced(reason="presumed"))
    (day,) = tally([event, presumed], span, dt.UTC).days
    assert (day.orders, day.presumed) == (2, 1)


def test_closes_of_an_older_daemon_are_not_money() -> None:
    legacy = KINDS["legacy_close"].replaced(at=at("2026-11-23T12:00"))
    counted = tally([legacy], span_of("day", dt.date(2026, 11, 23), dt.UTC), dt.UTC)
    assert total(counted.days).orders == 0
    assert counted.legs == ()


def test_failures_are_refused_and_unclear_orders_and_losses_of_the_exchange() -> None:
    noon = at("2026-11-23T12:00")
    names = ("order_rejected", "order_rejected", "order_unresolved", "order_not_arrived", "exchange_lost", "exchange_found")
    events: list[ev.Event] = [KINDS[name].replaced(at=noon) for name in names]
    span = span_of("day", dt.date(2026, 11, 23), dt.UTC)
    # Two refusals, one order that was unclear until it was known not to have arrived, one loss.
    assert tally(events, span, dt.UTC).failures == 4
    assert tally(events, span_of("day", dt.date(2026, 11, 24), dt.UTC), dt.UTC, dt.date(2026, 11, 23)).failures == 0


moments = st.datetimes(dt.datetime(2011, 12, 20), dt.datetime(2026, 12, 31), timezones=st.just(dt.UTC))
amounts = st.decimals(-1000, 1000, places=4)


@st.composite
def histories(draw: st.DrawFn) -> list[FilledEvent]:
    """Orders within twenty days."""
    begin = draw(moments)
    hours = st.integers(0, 20 * 24 * 60)
    rows = draw(st.lists(st.tuples(hours, st.sampled_from(["tier", "hedge", "hand"]), amounts, amounts), max_size=12))
    return [fill(begin + dt.timedelta(minutes=minutes), rule, pnl, fee) for minutes, rule, pnl, fee in rows]


@given(histories(), st.sampled_from(ZONES), moments)
def test_the_days_sum_up_to_the_events_whatever_the_zone(events: list[FilledEvent], name: str, other: dt.datetime) -> None:
    zone = ZoneInfo(name)
    times = [event.at for event in events] or [other]
    first, last = (moment.astimezone(zone).date() for moment in (min(times), max(times)))
    span = Span(day_start(first - DAY, zone), day_start(last + 2 * DAY, zone))
    days = tally(events, span, zone).days
    sums = total(days)
    for rule in ("tier", "hedge", "hand"):
        assert getattr(sums, rule) == sum((each.order.realised_pnl for each in events if each.intent.rule == rule), D(0))
    assert sums.fees == sum((each.order.fee for each in events), D(0))
    assert sums.orders == len(events)
    assert [day.day for day in days] == [days[0].day + number * DAY for number in range(len(days))]


# Periods


@given(moments, st.sampled_from(ZONES), st.sampled_from(get_args(Period)))
def test_periods_follow_each_other_without_gap_or_overlap(moment: dt.datetime, name: str, period: Any) -> None:
    zone = ZoneInfo(name)
    day = moment.astimezone(zone).date()
    here, next_ = span_of(period, day, zone), span_of(period, day_after(period, day), zone)
    assert here.until == next_.since
    assert here.since <= here.until
    assert first_day(period, day) <= day < day_after(period, day)


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize("hour", [dt.time(0), dt.time(2, 30), dt.time(8), dt.time(23, 59)])
def test_every_day_falls_due_once_through_a_year_of_clock_changes(name: str, hour: dt.time) -> None:
    zone, now = ZoneInfo(name), at("2011-06-01T00:29")
    due: list[Span] = []
    while now < at("2012-06-01T00:00"):
        span = last_due("day", now, hour, zone)
        if not due or span != due[-1]:
            due.append(span)
        now += dt.timedelta(minutes=30)
    # No moment is in two reports, none in no report, and none is reported before it is over.
    assert [span.since for span in due[1:]] == [span.until for span in due[:-1]]
    assert all(last_due("day", span.until, dt.time(0), zone).until == span.until for span in due)


def test_a_week_is_from_monday_to_sunday_and_due_on_monday() -> None:
    eight = dt.time(8)
    before, after = at("2026-11-23T07:59", SHANGHAI), at("2026-11-23T08:00", SHANGHAI)
    assert last_due("week", before, eight, SHANGHAI) == span_of("week", dt.date(2026, 11, 9), SHANGHAI)
    week = last_due("week", after, eight, SHANGHAI)
    assert week == (at("2026-11-16T00:00", SHANGHAI), at("2026-11-23T00:00", SHANGHAI))
    assert last_due("week", at("2026-11-29T23:59", SHANGHAI), eight, SHANGHAI) == week


# Samples


def looks(span: Span, *, without: range = range(0), every: int = 1) -> list[EquitySample]:
    count = int((span.until - span.since) / SLOT)
    return [sample(span.since + number * SLOT + DAY / 1000) for number in range(0, count, every) if number not in without]


def test_uptime_is_the_share_of_slots_with_a_sample() -> None:
    span = span_of("day", dt.date(2026, 11, 23), SHANGHAI)
    earlier = sample(span.since - DAY)
    assert uptime([earlier, *looks(span)], span, SLOT) == 1
    assert uptime([earlier, *looks(span, without=range(72))], span, SLOT) == D("0.75")
    assert uptime([earlier], span, SLOT) == 0
    assert uptime([], span, SLOT) == 0
    # Looked at every ten minutes only, where no more was meant.
    assert uptime([earlier, *looks(span, every=2)], span, 2 * SLOT) == 1


def test_uptime_counts_from_the_first_sample_ever() -> None:
    span = span_of("day", dt.date(2026, 11, 23), SHANGHAI)
    late = looks(span, without=range(72))
    assert uptime(late, span, SLOT) == 1
    assert uptime(late[:-144], span, SLOT) == D(1) / 3


def test_a_slot_that_has_just_begun_is_not_held_against_the_program() -> None:
    span = Span(at("2026-11-23T00:00"), at("2026-11-23T00:15:01"))
    assert uptime(looks(span)[:3], span, SLOT) == 1
    # Nor is one that began before.
    assert uptime([sample(span.since - DAY), *looks(span)[1:3]], Span(at("2026-11-23T00:03"), span.until), SLOT) == 1
    assert uptime([sample(at("2026-11-23T00:00:01"))], Span(span.since, at("2026-11-23T00:02")), SLOT) == 1


def test_the_equity_at_a_moment_is_the_last_one_seen() -> None:
    samples = [sample(at("2026-11-23T00:00"), 1), sample(at("2026-11-23T01:00"), 2)]
    found = [equity_at(samples, at(f"2026-11-{text}")) for text in ("22T23:59", "23T00:00", "23T00:59", "23T01:00")]
    assert [one and int(one.equity) for one in found] == [None, 1, 1, 2]


def test_periods_that_were_reported_are_named() -> None:
    due = KINDS["report_due"]
    counted = tally([due], span_of("day", dt.date(2026, 11, 23), dt.UTC), dt.UTC)
    assert due.kind == "report_due"
    assert counted.reported == ((due.report.period, due.report.until),)
    assert isinstance(due.report.best and due.report.best.leg, LegKey)
