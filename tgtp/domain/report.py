"""What a day, a week or a month came to: the numbers of a report."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Literal

from tgtp.domain.model import LegKey, Moment, NotNegative, Number, Value

Period = Literal["day", "week", "month"]


class Takings(Value):
    """USDT realised without fees, by what closed; ``fees`` are positive when paid, ``orders`` those that filled."""

    tier: Number = Decimal(0)
    hedge: Number = Decimal(0)
    hand: Number = Decimal(0)
    fees: Number = Decimal(0)
    orders: int = 0

    @property
    def realised(self) -> Decimal:
        """All that was realised, without fees."""
        return self.tier + self.hedge + self.hand


class DayTakings(Takings):
    """What one calendar ``day`` came to, in the zone of the report."""

    day: dt.date


class LegTakings(Value):
    """What one leg has realised, fees off."""

    leg: LegKey
    realised: Number


class Report(Value):
    """What a period came to.

    Equity in USD, None where it was not seen. ``funding`` (USDT, positive when received) is None where the exchange does not
    say. ``failures`` counts refused and unclear orders and every loss of the exchange; ``uptime`` is the fraction of the period
    in which the account was looked at. ``days`` are in order, every day of the period.
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
