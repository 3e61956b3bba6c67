"""What an older daemon of this kind left behind, read so that no tier it fired fires again."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from tgtp.domain.fired_tiers import FiredTier
from tgtp.domain.ladder import Ladder, Tier
from tgtp.domain.model import Leg, Moment, Number, Value

# The older daemon wrote its dates in Beijing time, which has no summer time.
BEIJING = dt.timezone(dt.timedelta(hours=8))


class LegacyState(Value):
    """One entry of its state file: the levels that had fired, in percent of ROI, and the day of the last one.

    ``imported_at`` is when it was taken over: a leg opened later was never the older daemon's.
    """

    triggered_levels: tuple[Number, ...]
    last_update: dt.date
    imported_at: Moment | None = None

    @property
    def last_moment(self) -> dt.datetime:
        """The end of that day in Beijing."""
        next_day = dt.datetime.combine(self.last_update + dt.timedelta(days=1), dt.time(), BEIJING)
        return next_day.astimezone(dt.UTC)


def legacy_tiers(state: LegacyState | None, leg: Leg, ladder: Ladder) -> tuple[FiredTier, ...]:
    """Return the tiers that the older daemon had fired in this life of the leg.

    A leg opened after its last entry, or after that was taken over, is another life. A level that is no threshold of today's
    ladder stands for the highest tier at or below it, so that nothing fires a second time.

    >>> from tgtp.domain.examples import leg
    >>> state = LegacyState(triggered_levels=("25", "36"), last_update=dt.date(2026, 1, 2))
    >>> [tier.tier for tier in legacy_tiers(state, leg(), Ladder.parse("25:30,35:50,50:50"))]
    [1, 2]
    >>> later = leg(opened_at=dt.datetime(2026, 1, 3, tzinfo=dt.UTC))
    >>> legacy_tiers(state, later, Ladder.parse("25:30,35:50,50:50"))
    ()
    """
    return tiers_before(state, leg.opened_at, ladder)


def tiers_before(state: LegacyState | None, opened_at: dt.datetime, ladder: Ladder) -> tuple[FiredTier, ...]:
    """Return the same for a life of which only its beginning is known."""
    if state is None or is_later(state, opened_at):
        return ()
    fired: dict[int, FiredTier] = {}
    for level, tier in tiers_of(state, ladder):
        if tier is not None:
            fired[tier.number] = FiredTier(tier=tier.number, threshold=level / 100, fired_at=state.last_moment)
    return tuple(fired[number] for number in sorted(fired))


def tiers_of(state: LegacyState, ladder: Ladder) -> tuple[tuple[Decimal, Tier | None], ...]:
    """Return what each level (percent of ROI) stands for today; None where no threshold is at or below it."""
    below = ((level, [tier for tier in ladder.tiers if tier.threshold <= level / 100]) for level in state.triggered_levels)
    return tuple((level, tiers[-1] if tiers else None) for level, tiers in below)


def is_later(state: LegacyState, opened_at: dt.datetime) -> bool:
    """Return whether a leg was opened after the older daemon's last entry, or after that was taken over: it is another life."""
    return opened_at >= state.last_moment or (state.imported_at is not None and opened_at > state.imported_at)
