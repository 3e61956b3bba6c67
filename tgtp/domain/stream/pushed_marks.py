"""Which pushed mark prices are believed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from tgtp.domain.doubts.prices import LARGEST_JUMP

# By so much a price's own time may be ahead of the exchange's clock, which is known to some tens of milliseconds.
LARGEST_LEAD: Final = dt.timedelta(seconds=1)

PushDoubt = Literal[
    "first",  # after a connection was made anew nothing is known of what was before
    "jump",  # too far from what was believed last
    "backwards",  # older than the one before
    "ahead",  # from the future
]


class Believed(NamedTuple):
    """What the next mark price of an instrument is held against: the last ``price`` that was believed, and the newest time."""

    price: Decimal
    at: dt.datetime


def push_doubt(
    price: Decimal, at: dt.datetime, last: Believed | None, now: dt.datetime | None, *, is_first: bool
) -> PushDoubt | None:
    """Return what speaks against a pushed mark price; ``now`` by the exchange's clock, None where that is not known.

    >>> at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    >>> last = Believed(Decimal(5), at)
    >>> [push_doubt(Decimal(price), at, last, at, is_first=False) for price in ("6", "6.01", "3.99")]
    [None, 'jump', 'jump']
    >>> push_doubt(Decimal(5), at - dt.timedelta(milliseconds=1), last, at, is_first=False)
    'backwards'
    >>> push_doubt(Decimal(5), at, None, at - dt.timedelta(seconds=2), is_first=False)
    'ahead'
    """
    if now is not None and at - now > LARGEST_LEAD:
        return "ahead"
    if is_first or last is None:
        return "first"
    if at < last.at:
        return "backwards"
    return "jump" if abs(price - last.price) > LARGEST_JUMP * last.price else None
