"""What is known in advance: times in which nothing can be guarded."""

from __future__ import annotations

from typing import Literal

from tgtp.domain.events.fact import Fact
from tgtp.domain.model import LegKey, Moment


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
