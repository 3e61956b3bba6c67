"""Numbers that are not believed: a leg whose row is doubtful is left alone for this check."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Literal

from tgtp.domain.model import Leg, NotNegative, Number, Positive, Value

# Fractions.
LARGEST_JUMP = Decimal("0.2")
LARGEST_ROI_GAP = Decimal("0.005")
OLDEST_PRICE = dt.timedelta(seconds=30)

Cause = Literal["jump", "old", "roi", "behind"]


class Doubt(Value):
    """Why a leg's numbers are not believed, and the two that do not go together; ``age`` is in seconds."""

    cause: Cause
    mark_price: Positive
    last_mark: Positive | None = None
    age: NotNegative | None = None
    roi: Number | None = None
    exchange_roi: Number | None = None


def doubt_of(leg: Leg, last_mark: Decimal | None, now: dt.datetime) -> Doubt | None:
    """Say what speaks against a leg's numbers; ``last_mark`` is its mark price at the last look, None at the first.

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
