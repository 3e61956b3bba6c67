"""The next funding of a leg: what it pays or receives for being held, when, and whether that lets it slip under the gate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from tgtp.domain.model import Leg, MarginMode, Moment, Number, Value


class Settled(NamedTuple):
    """Funding that was settled ``at`` a moment: a ``payment`` in USDT, positive when received."""

    at: dt.datetime
    payment: Decimal


class FundingRate(Value):
    """The rate of the settlement that comes next, as the exchange shows it now; it moves until then.

    ``rate`` is a fraction of the notional: above 0 long legs pay the short ones, below 0 the short ones pay. ``interval`` is
    the time from this settlement to the one after it, None where the exchange does not say; it changes now and then.
    """

    instrument_id: str
    rate: Number
    settles_at: Moment
    interval: dt.timedelta | None = None


class NextFunding(NamedTuple):
    """What a leg's next settlement comes to at the rate and mark price of now: ``payment`` in USDT, positive when received."""

    leg: Leg
    rate: FundingRate
    payment: Decimal

    @property
    def margin_after(self) -> Decimal | None:
        """The leg's margin (USDT) after it; None for a cross leg, whose margin does not pay it.

        >>> from tgtp.domain.examples import leg
        >>> rate = FundingRate(instrument_id="CRV-USDT-SWAP", rate="0.01", settles_at=leg().opened_at)
        >>> isolated = leg(margin_mode="isolated", initial_margin="50")
        >>> NextFunding(isolated, rate, Decimal("-4.9")).margin_after, NextFunding(leg(), rate, Decimal(-5)).margin_after
        (Decimal('45.1'), None)
        """
        if self.leg.margin_mode is not MarginMode.ISOLATED:
            return None
        return max(self.leg.initial_margin + self.payment, Decimal(0))

    def slips_under(self, gate: Decimal) -> bool:
        """Return whether the rules consider the leg now, but not once it has paid: at a margin of ``gate`` (USDT) or less."""
        after = self.margin_after
        return after is not None and self.leg.initial_margin > gate >= after


class FundingAhead(NamedTuple):
    """The next settlement of each of so many ``legs``, added up: ``payment`` in USDT, the last of them at ``until``.

    A leg that is settled every hour counts once, as any other does: what later settlements cost is not known yet. ``unknown``
    legs have no known rate and are not in it.
    """

    payment: Decimal
    until: dt.datetime
    legs: int
    unknown: int


def next_funding(leg: Leg, rates: Mapping[str, FundingRate], now: dt.datetime) -> NextFunding | None:
    """Work a leg's next funding out; None where its rate is not known, or the settlement it was for is over."""
    rate = rates.get(leg.instrument.instrument_id)
    if rate is None or rate.settles_at <= now:
        return None
    return NextFunding(leg, rate, payment_of(leg, rate))


def payment_of(leg: Leg, rate: FundingRate) -> Decimal:
    """Work out what a leg is paid (USDT, below 0: what it pays) at its settlement, at the mark price that it shows."""
    return -leg.position_side.sign * leg.notional * rate.rate


def funding_ahead(of: Iterable[NextFunding | None]) -> FundingAhead | None:
    """Add up the next funding of legs, None for one that is not known; None where none of it is."""
    found = list(of)
    known = [each for each in found if each is not None]
    if not known:
        return None
    return FundingAhead(
        payment=sum((each.payment for each in known), Decimal(0)),
        until=max(each.rate.settles_at for each in known),
        legs=len(known),
        unknown=len(found) - len(known),
    )
