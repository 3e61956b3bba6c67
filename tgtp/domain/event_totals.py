"""Sums over past events and samples: what was realised, by day and by leg; what failed; how long the account was looked at."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from tgtp.domain.events import Event, GuardFilled, HandFilled, HedgeFilled, TierFilled, UpkeepFilled
from tgtp.domain.model import EPOCH, EquitySample, LegKey
from tgtp.domain.report import DAY, DayTakings, LegTakings, Period, Source, Span, Takings, day_start

FilledEvent = TierFilled | HedgeFilled | GuardFilled | HandFilled | UpkeepFilled


class Tally(NamedTuple):
    """What some events came to.

    ``days`` in order; ``accounts`` what each came to within the span, by name; ``legs`` from the one that realised most to the
    one that realised least; ``reported`` are the periods, by kind and end, that have had their report.
    """

    days: tuple[DayTakings, ...]
    legs: tuple[LegTakings, ...]
    failures: int
    reported: tuple[tuple[Period, dt.datetime], ...]
    seen: bool
    accounts: Mapping[str, Takings] = {}


def source_of(event: FilledEvent) -> Source:
    """Return what an order realised by: the orders of upkeep are one kind."""
    rule = event.intent.rule
    if isinstance(event, GuardFilled):
        return "guard"
    return rule if rule in ("tier", "hedge", "hand") else "upkeep"


def with_fill(takings: Takings, event: FilledEvent) -> Takings:
    """Add an order that has filled, or one part of it: every part is an event of its own."""
    order, rule = event.order, source_of(event)
    return takings.replaced(
        **{rule: getattr(takings, rule) + order.realised_pnl},
        fees=takings.fees + order.fee,
        orders=takings.orders + 1,
        tiers=takings.tiers + (isinstance(event, TierFilled) and event.finished),
        hedges=takings.hedges + (isinstance(event, HedgeFilled) and _is_whole(event)),
        guards=takings.guards + (isinstance(event, GuardFilled) and event.finished),
        presumed=takings.presumed + (order.reason == "presumed"),
    )


def _is_whole(event: FilledEvent) -> bool:
    # The hedge is reckoned anew at every check: what its last order wanted is all that was left to close.
    return event.order.filled_contracts >= event.intent.basis.target_contracts


def total(days: Iterable[Takings]) -> Takings:
    """Add days up."""
    names = tuple(Takings.model_fields)
    sums: dict[str, Decimal | int] = dict.fromkeys(names, 0)
    for day in days:
        for name in names:
            sums[name] += getattr(day, name)
    return Takings(**sums)


def tally(events: Iterable[Event], span: Span, zone: dt.tzinfo, since: dt.date | None = None) -> Tally:
    """Sum events, given in any order, up within a span; ``days`` begin with ``since`` where that is before the span.

    Closes that an older daemon had recorded are not money: they name no amounts. ``seen`` says whether anything at all happened
    before the span's end.
    """
    first = span.since.astimezone(zone).date()
    first = first if since is None else min(first, since)
    last = max(first, (span.until - dt.timedelta(microseconds=1)).astimezone(zone).date())
    days = [first + number * DAY for number in range((last - first).days + 1)]
    # Not by an event's own date: where a clock is put back over midnight, a date can come again after the next one.
    starts = [day_start(day, zone) for day in days]
    sums = [Takings() for _ in days]
    legs: dict[tuple[str, LegKey], Decimal] = {}
    accounts: dict[str, Takings] = {}
    failures, seen = 0, False
    unclear: set[str] = set()
    reported: list[tuple[Period, dt.datetime]] = []
    for event in events:
        if event.kind == "report_due":
            reported.append((event.report.period, event.report.until))
        if not starts[0] <= event.at < span.until:
            continue
        seen = True
        inside = event.at >= span.since
        if isinstance(event, FilledEvent):
            day, key = bisect_right(starts, event.at) - 1, (event.account, event.intent.leg)
            sums[day] = with_fill(sums[day], event)
            if inside:
                accounts[event.account] = with_fill(accounts.get(event.account, Takings()), event)
                legs[key] = legs.get(key, Decimal(0)) + event.order.realised_pnl - event.order.fee
        elif not inside:
            continue
        elif event.kind in ("order_rejected", "exchange_lost"):
            failures += 1
        elif event.kind in ("order_unresolved", "order_not_arrived"):
            # The same order, first unclear and then known not to have arrived, is one failure.
            unclear.add(event.intent.client_order_id)
    ranked = sorted(legs.items(), key=lambda row: (-row[1], str(row[0][1]), row[0][0]))
    return Tally(
        days=tuple(DayTakings(day=day, **dict(takings)) for day, takings in zip(days, sums, strict=True)),
        legs=tuple(LegTakings(leg=key, realised=realised, account=account) for (account, key), realised in ranked),
        failures=failures + len(unclear),
        reported=tuple(reported),
        seen=seen,
        accounts=accounts,
    )


def equity_at(samples: Sequence[EquitySample], moment: dt.datetime) -> EquitySample | None:
    """Return the last sample at or before a moment; ``samples`` oldest first."""
    number = bisect_right(samples, moment, key=lambda sample: sample.at)
    return samples[number - 1] if number else None


def uptime(samples: Sequence[EquitySample], span: Span, slot: dt.timedelta) -> Decimal:
    """Return the fraction of a span in which the account was looked at.

    Time is cut into slots of equal length, counted from 1970; a slot counts as looked at when a sample lies in it. Only whole
    slots of the span are asked, so that one which has just begun is not held against the program; and none from before the
    first sample, when that is the first ever (``samples``, oldest first, hold one from before the span otherwise).
    """

    def begun(moment: dt.datetime) -> dt.datetime:
        return moment - (moment - EPOCH) % slot

    looked = {begun(sample.at) for sample in samples if span.since <= sample.at < span.until}
    begin, end = begun(span.since), begun(span.until)
    if begin < span.since:
        begin += slot
    if samples and samples[0].at >= span.since:
        begin = max(begin, begun(samples[0].at))
    slots = seen = 0
    while begin < end:
        slots, seen = slots + 1, seen + (begin in looked)
        begin += slot
    return Decimal(seen) / slots if slots else Decimal(bool(looked))
