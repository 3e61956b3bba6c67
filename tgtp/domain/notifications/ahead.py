"""What of the exchange's announcements is told, and that each is told once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from tgtp.domain.model import Leg, LegKey, Moment, Value

# So long before it begins, or ends, people are told.
BEFORE = dt.timedelta(days=1)


class Downtime(Value):
    """A time in which the exchange will not trade; ``ends_at`` None where it does not say."""

    title: str
    begins_at: Moment
    ends_at: Moment | None = None

    @property
    def name(self) -> str:
        """Tell it from others; one that is moved is another."""
        return f"{self.begins_at.isoformat()} {self.title}"

    def is_due(self, now: dt.datetime) -> bool:
        """Return whether people should know by now; not when it is over."""
        return self.begins_at - now <= BEFORE and (self.ends_at is None or now < self.ends_at)


class Ending(NamedTuple):
    """An instrument of open ``legs`` that ends at a moment, or cannot be traded now (None)."""

    instrument_id: str
    ends_at: dt.datetime | None
    legs: tuple[LegKey, ...]

    @property
    def name(self) -> str:
        """Tell it from others; an end that is moved is another."""
        return f"{self.instrument_id} {self.ends_at.isoformat() if self.ends_at is not None else 'suspended'}"


def due_downtimes(downtimes: Iterable[Downtime], now: dt.datetime, told: Collection[str]) -> list[Downtime]:
    """Return what is to be told now, each once."""
    found = {downtime.name: downtime for downtime in downtimes if downtime.is_due(now) and downtime.name not in told}
    return sorted(found.values(), key=lambda downtime: downtime.begins_at)


def endings(legs: Iterable[Leg], now: dt.datetime) -> list[Ending]:
    """Return the instruments of these legs that end within a day, or cannot be traded now."""
    held: dict[str, list[Leg]] = {}
    for leg in legs:
        held.setdefault(leg.instrument.instrument_id, []).append(leg)
    found = []
    for name, of in held.items():
        instrument, keys = of[0].instrument, tuple(leg.key for leg in of)
        if not instrument.tradable:
            found.append(Ending(name, None, keys))
        if instrument.ends_at is not None and instrument.ends_at - now <= BEFORE:
            found.append(Ending(name, instrument.ends_at, keys))
    return found


def still_told(told: Mapping[str, str], present: Collection[str], now: dt.datetime) -> dict[str, str]:
    """Drop what nobody will ask for again: told more than a week ago, or a suspension that is over (not ``present``)."""
    week = dt.timedelta(days=7)
    return {
        name: at
        for name, at in told.items()
        if name in present or (not name.endswith(" suspended") and now - dt.datetime.fromisoformat(at) < week)
    }
