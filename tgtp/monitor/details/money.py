"""What days have brought: the equity and how far it fell, and what was realised by what."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Final, get_args

from tgtp.bounded_dict import BoundedDict
from tgtp.domain.drawdown import drawdowns
from tgtp.domain.event_totals import total
from tgtp.domain.model import EPOCH, EquitySample
from tgtp.domain.report import DAY, Source, Span, Takings, day_start
from tgtp.engine.accounts import Account
from tgtp.monitor.details.past_days import PastDays
from tgtp.monitor.plain import Record, milliseconds, moment, number

# Points of a line: more than any screen shows.
MOST_POINTS: Final = 600
# Seconds that the exchange may take to say what was funded.
PATIENCE: Final = 5
# Samples of one account are five minutes apart; those of several are added up where they are of the same slot.
SLOT: Final = dt.timedelta(minutes=5)
# A line of so many days hardly moves in five minutes.
LONG: Final = 32 * DAY

Point = tuple[dt.datetime, Decimal, Decimal]
# The lines that were read last, by accounts and span, each with when it was read.
Lines = BoundedDict[tuple[tuple[str, ...], Span], tuple[dt.datetime, list[Point]]]
MOST_LINES: Final = 8


async def money(
    accounts: Sequence[Account],
    past: PastDays,
    lines: Lines,
    since: dt.date,
    until: dt.date,
    zone: dt.tzinfo,
    now: dt.datetime,
    *,
    is_all: bool,
) -> Record:
    """Return what the days from ``since`` to ``until``, both included, have brought in these accounts together.

    ``more``: the oldest of them are not read to the end yet; who asks again gets more.
    """
    span = Span(day_start(since, zone), day_start(until + DAY, zone))
    days = [since + number * DAY for number in range((until - since).days + 1)]
    names = {account.name for account in accounts}
    read = asyncio.to_thread(_read, await _line(accounts, lines, span, now), past, days, span, None if is_all else names)
    record, funding = await asyncio.gather(read, _funding(accounts, span, zone, now))
    if funding is None:
        return {**record, "totals": {**record["totals"], "funding": None}}
    whole = number(sum(funding.values(), Decimal(0)))
    funded = [{**day, "funding": number(funding.get(day["day"], Decimal(0)))} for day in record["days"]]
    return {**record, "days": funded, "totals": {**record["totals"], "funding": whole}}


def _read(
    points: Sequence[Point], past: PastDays, days: Sequence[dt.date], span: Span, names: Collection[str] | None
) -> Record:
    is_whole = past.read(span.since)
    takings = [past.of(day, names) for day in days]
    return {
        "equity": [[milliseconds(at), number(equity)] for at, equity, _ in points],
        "drawdown": [[milliseconds(at), number(round(fall, 6))] for at, _, fall in points],
        "days": [{"day": day.isoformat(), **_sums(one), "funding": None} for day, one in zip(days, takings, strict=True)],
        "totals": _sums(total(takings)),
        "more": not is_whole,
        "since": moment(span.since),
        "until": moment(span.until),
    }


def _sums(takings: Takings) -> Record:
    by_source = {name: number(getattr(takings, name)) for name in get_args(Source)}
    net = number(takings.realised - takings.fees)
    return {**by_source, "fees": number(takings.fees), "net": net, "orders": takings.orders, "presumed": takings.presumed}


async def _line(accounts: Sequence[Account], lines: Lines, span: Span, now: dt.datetime) -> list[Point]:
    """Return the equity as a line; a long one, which takes long to read, as it was within the last five minutes."""
    key = (tuple(account.name for account in accounts), span)
    read_at, points = lines.get(key, (EPOCH, []))
    if now - read_at >= SLOT or span.until - span.since < LONG:
        points = await asyncio.to_thread(lambda: _points([_samples(account, span) for account in accounts]))
        lines[key] = (now, points)
    return points


def _samples(account: Account, span: Span) -> list[EquitySample]:
    samples = [one for one in account.checker.equity_history.since(span.since) if one.at < span.until]
    # What was seen since the newest sample is news.
    seen = account.checker.last_good
    now = account.checker.books.sample(seen) if seen is not None else None
    if now is not None and now.at < span.until and (not samples or now.at > samples[-1].at >= span.since):
        samples.append(now)
    return samples


def _points(of: Sequence[Sequence[EquitySample]]) -> list[Point]:
    """Return the equity of all together and its fall from the peak so far, at most so many points."""
    samples = list(of[0]) if len(of) == 1 else _added(of)
    falls = drawdowns(samples)
    points = [(sample.at, sample.equity, fall) for sample, fall in zip(samples, falls, strict=True)]
    if len(points) <= MOST_POINTS:
        return points
    size = -(-len(points) // MOST_POINTS)
    packs = [points[place : place + size] for place in range(0, len(points), size)]
    # The last equity of each, and the deepest fall: no fall may be lost.
    return [(pack[-1][0], pack[-1][1], max(fall for _, _, fall in pack)) for pack in packs]


def _added(of: Sequence[Sequence[EquitySample]]) -> list[EquitySample]:
    """Add the equities of several accounts up, from when each of them was seen."""
    slots: dict[dt.datetime, dict[int, Decimal]] = {}
    for place, samples in enumerate(of):
        for sample in samples:
            slots.setdefault(sample.at - (sample.at - EPOCH) % SLOT, {})[place] = sample.equity
    found: list[EquitySample] = []
    known: dict[int, Decimal] = {}
    seen = sum(bool(samples) for samples in of)
    for at, equities in sorted(slots.items()):
        known |= equities
        if len(known) == seen:
            found.append(EquitySample(at=at, equity=sum(known.values(), Decimal(0))))
    return found


async def _funding(accounts: Sequence[Account], span: Span, zone: dt.tzinfo, now: dt.datetime) -> dict[str, Decimal] | None:
    """Ask for the funding of each day of a span in all of them; None where one of them does not say so in time."""
    if span.since >= now:
        return {}
    try:
        async with asyncio.timeout(PATIENCE):
            found = await asyncio.gather(*(account.checker.records.settled_since(span.since) for account in accounts))
    except TimeoutError:
        return None
    days: dict[str, Decimal] = {}
    for settled in found:
        if settled is None:
            return None
        for at, payment in settled:
            if at < span.until:
                day = at.astimezone(zone).date().isoformat()
                days[day] = days.get(day, Decimal(0)) + payment
    return days
