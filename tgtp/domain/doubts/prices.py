"""Numbers that are not believed: a leg whose row is doubtful is left alone for this check."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Literal, NamedTuple

from tgtp.domain.model import Leg, NotNegative, Number, Positive, Value

# Fractions.
LARGEST_JUMP = Decimal("0.2")
LARGEST_ROI_GAP = Decimal("0.005")
OLDEST_PRICE = dt.timedelta(seconds=30)

# How far (a fraction) the public mark price may be from that of a row which has stood still for so long.
LARGEST_LEAD = Decimal("0.005")
STANDS_STILL_AFTER = dt.timedelta(seconds=5)

Cause = Literal["jump", "old", "roi", "behind", "size", "frozen"]
Witness = Literal["notional", "pnl", "margin"]


class LastMark(NamedTuple):
    """The mark price that a leg showed at its last look, and since when it has shown that."""

    price: Decimal
    since: dt.datetime

    def followed_by(self, price: Decimal, now: dt.datetime) -> LastMark:
        """Return what is remembered after the next look."""
        # A clock that was put back must not make a standing price look new for as long.
        return self if price == self.price and now >= self.since else LastMark(price, now)


class Doubt(Value):
    """Why a leg's numbers are not believed, and the two that do not go together; ``age`` is in seconds.

    For a size, ``witness`` is the figure of the exchange's that was ``shown``, beside what is ``worked_out`` from the
    contracts (USDT).
    """

    cause: Cause
    mark_price: Positive
    last_mark: Positive | None = None
    age: NotNegative | None = None
    roi: Number | None = None
    exchange_roi: Number | None = None
    witness: Witness | None = None
    shown: Number | None = None
    worked_out: Number | None = None
    public_mark: Positive | None = None


def doubt_of(leg: Leg, last_mark: Decimal | None, now: dt.datetime) -> Doubt | None:
    """Return what speaks against a leg's numbers; ``last_mark`` is its mark price at the last look, None at the first.

    >>> from tgtp.domain.examples import OPENED_AT, leg
    >>> doubt_of(leg(mark_price="5"), Decimal("4.2"), OPENED_AT) is None
    True
    >>> doubt_of(leg(mark_price="5"), Decimal("4"), OPENED_AT).cause
    'jump'
    >>> doubt_of(leg(roi=26, exchange_roi="0.266"), None, OPENED_AT).cause
    'roi'
    >>> half_a_minute = OPENED_AT + dt.timedelta(seconds=31)
    >>> doubt_of(leg(priced_at=OPENED_AT), None, half_a_minute).cause
    'old'
    """
    if last_mark is not None and abs(leg.mark_price - last_mark) > LARGEST_JUMP * last_mark:
        return Doubt(cause="jump", mark_price=leg.mark_price, last_mark=last_mark)
    if leg.priced_at is not None and now - leg.priced_at > OLDEST_PRICE:
        age = (now - leg.priced_at) // dt.timedelta(seconds=1)
        return Doubt(cause="old", mark_price=leg.mark_price, age=Decimal(age))
    if leg.exchange_roi is not None and abs(leg.roi - leg.exchange_roi) > LARGEST_ROI_GAP:
        return Doubt(cause="roi", mark_price=leg.mark_price, roi=leg.roi, exchange_roi=leg.exchange_roi)
    return None


def is_shown_elsewhere(leg: Leg, price: Decimal | None = None) -> bool:
    """Return whether another source shows a leg's mark price: ``price``, by default what the exchange tells everybody.

    >>> from tgtp.domain.examples import leg
    >>> [is_shown_elsewhere(leg(mark_price=5, public_mark=public)) for public in (None, "5.02", "5.03")]
    [False, True, False]
    """
    other = leg.public_mark if price is None else price
    return other is not None and abs(other - leg.mark_price) <= LARGEST_LEAD * other


def standstill_of(leg: Leg, last: LastMark | None, now: dt.datetime) -> Doubt | None:
    """Say that a row's mark price stands still while the public one has moved away from it.

    >>> from tgtp.domain.examples import OPENED_AT, leg
    >>> last, later = LastMark(Decimal(5), OPENED_AT), OPENED_AT + dt.timedelta(seconds=10)
    >>> [standstill_of(leg(mark_price=5, public_mark=public), last, later) is None for public in ("5.02", "5.03")]
    [True, False]
    >>> standstill_of(leg(mark_price="5.001", public_mark="5.03"), last, later) is None  # it moves
    True
    """
    public, mark = leg.public_mark, leg.mark_price
    if public is None or last is None or mark != last.price or is_shown_elsewhere(leg):
        return None
    if now - last.since < STANDS_STILL_AFTER:
        return None
    age = (now - last.since) // dt.timedelta(seconds=1)
    return Doubt(cause="frozen", mark_price=mark, public_mark=public, age=Decimal(age))
