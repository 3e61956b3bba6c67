"""What a day, a week or a month came to, and when each of them begins and ends."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from pydantic import SerializerFunctionWrapHandler, model_serializer

from tgtp.domain.guards.drawdown import Action
from tgtp.domain.model import MAIN, LegKey, Moment, NotNegative, Number, Positive, Value
from tgtp.domain.order import Rule
from tgtp.domain.pauses import Pause

Period = Literal["day", "week", "month"]
# What realised something.
Source = Literal["tier", "hedge", "guard", "hand", "upkeep"]

DAY = dt.timedelta(days=1)


class Takings(Value):
    """USDT realised without fees, by what closed; ``fees`` are positive when paid, ``orders`` those that filled.

    ``tiers``, ``hedges`` and ``guards`` are those that were finished, each in one order or more; 0 in reports of before they
    were counted.
    ``presumed`` orders among them are known to have filled by their leg alone: what they realised was never told and counts
    as 0.
    """

    tier: Number = Decimal(0)
    hedge: Number = Decimal(0)
    guard: Number = Decimal(0)
    hand: Number = Decimal(0)
    upkeep: Number = Decimal(0)
    fees: Number = Decimal(0)
    orders: int = 0
    tiers: int = 0
    hedges: int = 0
    guards: int = 0
    presumed: int = 0

    @property
    def realised(self) -> Decimal:
        """All that was realised, without fees."""
        return self.tier + self.hedge + self.guard + self.hand + self.upkeep


class DayTakings(Takings):
    """What one calendar ``day`` came to, in the zone of the report."""

    day: dt.date


class LegTakings(Value):
    """What one leg of an account has realised, fees off."""

    leg: LegKey
    realised: Number
    account: str = MAIN


class AccountTakings(Takings):
    """What a period came to in one ``account``; its equity in USD at both ends, None where it was not seen."""

    account: str
    equity: Number | None = None
    equity_before: Number | None = None


class StandingPause(Value):
    """A pause of an account that stood when a report was made."""

    pause: Pause
    account: str = MAIN


class GuardedLeg(Value):
    """What a guard has closed of one life of a leg, and where the price has gone since.

    ``contracts`` of so many ``coins`` brought ``proceeds`` (USDT, at the prices of their fills); coins and proceeds are None
    where an order does not tell. ``price`` is the mark of when the report was made, or that at which the life ended
    (``ended_at``); None where it is not known. A guard that has closed all of it is measured on: the life was not ended by
    anything else.
    """

    leg: LegKey
    opened_at: Moment
    contracts: NotNegative
    coins: NotNegative | None
    proceeds: NotNegative | None
    price: Positive | None = None
    ended_at: Moment | None = None

    @property
    def average_price(self) -> Decimal | None:
        """The price that was closed at."""
        return self.proceeds / self.coins if self.coins and self.proceeds is not None else None

    @property
    def forgone(self) -> Decimal | None:
        """Return the USDT that holding would have brought since: above 0 the guard has cost that, below 0 it has saved it.

        Without fees and funding: what is held pays its closing fee later, and the funding of what is not held is not known.

        >>> leg = LegKey.parse("CRV-USDT-SWAP_short")
        >>> at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        >>> row = GuardedLeg(leg=leg, opened_at=at, contracts=10, coins=100, proceeds=40, price="0.38")
        >>> row.average_price, row.forgone
        (Decimal('0.4'), Decimal('2.00'))
        """
        if self.coins is None or self.proceeds is None or self.price is None:
            return None
        return self.leg.position_side.sign * (self.coins * self.price - self.proceeds)


class GuardAct(Value):
    """What a guard has done, first ``at``: the drawdown guard in one firing with all of its closes, another one of a leg.

    The tiers, or the hedges, of a leg are told so too where a report says what they were worth.

    ``action`` and ``fall`` (a fraction) are those of a firing, None where that was not found. ``held_back`` counts what its
    pause is known to have held back, by rule.
    """

    rule: Rule
    at: Moment
    account: str = MAIN
    legs: tuple[GuardedLeg, ...] = ()
    action: Action | None = None
    fall: NotNegative | None = None
    held_back: dict[Rule, int] = {}

    @property
    def forgone(self) -> Decimal | None:
        """Return what holding all of it would have brought since (USDT); None where that of one leg is not known."""
        found = [leg.forgone for leg in self.legs]
        known = [each for each in found if each is not None]
        return sum(known, Decimal(0)) if known and len(known) == len(found) else None


class Worth(Value):
    """What the tiers and the hedges of a period were worth against nothing sold, in USDT without fees and funding.

    Above 0: the price has come back since. ``unknown`` legs are not in it, whose price or fill is not known.
    """

    tier: Number = Decimal(0)
    hedge: Number = Decimal(0)
    unknown: int = 0


class Report(Value):
    """What a period came to.

    Equity in USD, None where it was not seen. ``funding`` (USDT, positive when received) is None where the exchange does not
    say. ``failures`` counts refused and unclear orders and every loss of the exchange; ``uptime`` is the fraction of the period
    in which the account was looked at. ``days`` are in order and without gaps: those of the period, and before them, where they
    are few, as many as a picture wants. ``accounts`` are the parts of it where there are several: equity and funding are then
    None where one of them lacks it, and ``uptime`` is that of the account that was looked at least. ``paused`` is what was
    paused when it was made. ``watched_since`` is when looking began, where that lies within the period: ``uptime`` is counted
    from then on. ``guard_acts`` is what guards have done in it, in order;
    ``worth`` what tiers and hedges were worth, of a month in which there were any.
    """

    period: Period
    since: Moment
    until: Moment
    zone: str
    equity: Number | None = None
    equity_before: Number | None = None
    takings: Takings = Takings()
    funding: Number | None = None
    best: LegTakings | None = None
    worst: LegTakings | None = None
    failures: NotNegative = Decimal(0)
    uptime: NotNegative = Decimal(0)
    days: tuple[DayTakings, ...] = ()
    accounts: tuple[AccountTakings, ...] = ()
    paused: tuple[StandingPause, ...] = ()
    watched_since: Moment | None = None
    guard_acts: tuple[GuardAct, ...] = ()
    worth: Worth | None = None

    @model_serializer(mode="wrap")
    def _without_new_fields(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # Where there is nothing of these, versions that know nothing of them can read what is written.
        return {name: value for name, value in serialize(self).items() if name not in ("guard_acts", "worth") or value}


class Span(NamedTuple):
    """From one moment up to, and without, another."""

    since: dt.datetime
    until: dt.datetime


def day_start(day: dt.date, zone: dt.tzinfo) -> dt.datetime:
    """Return the moment, in UTC, at which a day begins in a zone.

    Where the clock jumps over midnight the day begins with the jump; where midnight comes twice, with the first one.

    >>> day_start(dt.date(2026, 1, 2), dt.timezone(dt.timedelta(hours=8)))
    datetime.datetime(2026, 1, 1, 16, 0, tzinfo=datetime.timezone.utc)
    """
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)


def first_day(period: Period, day: dt.date) -> dt.date:
    """Return the first day of the period that a day is in; weeks begin on Mondays.

    >>> [str(first_day(period, dt.date(2026, 11, 24))) for period in ("day", "week", "month")]
    ['2026-11-24', '2026-11-23', '2026-11-01']
    """
    if period == "week":
        return day - day.weekday() * DAY
    return day.replace(day=1) if period == "month" else day


def day_after(period: Period, day: dt.date) -> dt.date:
    """Return the first day after the period that a day is in.

    >>> [str(day_after(period, dt.date(2026, 12, 30))) for period in ("day", "week", "month")]
    ['2026-12-31', '2027-01-04', '2027-01-01']
    """
    longest = {"day": 1, "week": 7, "month": 31}[period]
    return first_day(period, first_day(period, day) + longest * DAY)


def span_of(period: Period, day: dt.date, zone: dt.tzinfo) -> Span:
    """Return when the period that a day is in begins and ends, in UTC."""
    return Span(day_start(first_day(period, day), zone), day_start(day_after(period, day), zone))


def last_due(period: Period, now: dt.datetime, at: dt.time, zone: dt.tzinfo) -> Span:
    """Return the period whose report was due last: at ``at`` of the first day after it.

    A time that the clock jumps over is due with the jump, one that comes twice when it first comes.

    >>> eight, now = dt.time(8), dt.datetime(2026, 11, 24, 7, 59, tzinfo=dt.UTC)
    >>> str(last_due("day", now, eight, dt.UTC).since), str(last_due("day", now, dt.time(7), dt.UTC).since)
    ('2026-11-22 00:00:00+00:00', '2026-11-23 00:00:00+00:00')
    """
    first = first_day(period, now.astimezone(zone).date())
    if dt.datetime.combine(first, at, zone).astimezone(dt.UTC) > now:
        first = first_day(period, first - DAY)
    span = span_of(period, first - DAY, zone)
    # Whoever crosses the date line skips a day.
    return span if span.since < span.until else span_of(period, first - 2 * DAY, zone)
