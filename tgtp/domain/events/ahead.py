"""What is known in advance: times in which nothing can be guarded, and what holding a leg will cost."""

from __future__ import annotations

from typing import Literal

from tgtp.domain.events.fact import Fact
from tgtp.domain.model import LegKey, Moment, Number


class DowntimeAhead(Fact):
    """The exchange has announced that it will not trade from ``begins_at`` on; ``ends_at`` None where it does not say."""

    kind: Literal["downtime_ahead"] = "downtime_ahead"
    title: str
    begins_at: Moment
    ends_at: Moment | None = None


class InstrumentEnds(Fact):
    """An instrument of which ``legs`` are open will end at a moment, or (``ends_at`` None) cannot be traded now."""

    kind: Literal["instrument_ends"] = "instrument_ends"
    instrument_id: str
    legs: tuple[LegKey, ...]
    ends_at: Moment | None = None


class FundingHigh(Fact):
    """The rate (a fraction) of an instrument's next settlement is high, and ``legs`` above the gate pay it.

    ``payment`` is what all of them pay at the mark price of now, in USDT, below 0.
    """

    kind: Literal["funding_high"] = "funding_high"
    instrument_id: str
    legs: tuple[LegKey, ...]
    rate: Number
    payment: Number
    settles_at: Moment
