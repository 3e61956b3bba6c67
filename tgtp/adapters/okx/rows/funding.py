"""The row of a funding rate (``/public/funding-rate``)."""

from __future__ import annotations

from tgtp.adapters.okx.rows.fields import Malformed, Row, moment, number, shown_moment, text_of
from tgtp.domain.funding.rates import FundingRate


def funding_rate_of(row: Row) -> FundingRate:
    """Read a rate. Raises Malformed, also where OKX leaves the rate or its time empty.

    OKX charges ``fundingRate`` at ``fundingTime``; ``nextFundingTime`` is the settlement after that one, ``settFundingRate``
    what was charged last. The times stay OKX's own: whole hours, by which a settlement is told from the next.
    """
    rate, settles_at, following = number(row, "fundingRate"), moment(row, "fundingTime"), shown_moment(row, "nextFundingTime")
    # OKX caps it at a few percent: such a rate would take more than the whole position.
    if abs(rate) >= 1:
        raise Malformed(f"fundingRate is {rate}")
    interval = following - settles_at if following is not None and following > settles_at else None
    return FundingRate(instrument_id=text_of(row, "instId"), rate=rate, settles_at=settles_at, interval=interval)
