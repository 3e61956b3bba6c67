"""What people are told of, in groups that each of them sets as loud as they like, and the hours in which nothing rings."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, Self, get_args

from pydantic import model_validator

from tgtp.domain.events import Event
from tgtp.domain.model import Value

Level = Literal["on", "silent", "off"]
Group = Literal["tier", "hedge", "guard", "hand", "upkeep", "positions", "skipped", "reports", "system", "people"]
LEVELS: Final[tuple[Level, ...]] = get_args(Level)
GROUPS: Final[tuple[Group, ...]] = get_args(Group)

CHANGED: Final = ("leg_readable", "leverage_changed", "margin_changed")
# The kinds of events in each group. A close by hand is news of somebody else to all but the one who asked for it.
KINDS: Final[dict[Group, frozenset[str]]] = {
    "tier": frozenset({"tier_filled"}),
    "hedge": frozenset({"hedge_filled"}),
    "guard": frozenset({"guard_filled"}),
    "hand": frozenset({"hand_filled"}),
    "upkeep": frozenset(
        {
            *("maintenance_begun", "maintenance_done", "maintenance_held_back", "corrected", "correction_stuck"),
            *("upkeep_asked", "upkeep_filled", "margin_moved", "margin_not_moved"),
        }
    ),
    "positions": frozenset(
        {"leg_opened", "leg_grew", "leg_shrank", "leg_redenominated", "leg_gone", "not_watched", *CHANGED, "funding_high"}
    ),
    "skipped": frozenset({"tier_is_dust", "would_have_closed", "would_have_kept_up", "leg_doubted"}),
    "reports": frozenset({"report_due"}),
    "system": frozenset(
        {
            *("started", "stopped", "exchange_found", "trading_allowed", "account_renamed"),
            *("clock_skewed", "looked_away", "strangers_turned_away", "legacy_close", "downtime_ahead", "instrument_ends"),
            *("thresholds_scaled", "thresholds_unscaled", "resting_cleared", "resting_full"),
            *("stream_troubled", "stream_recovered"),
        }
    ),
    "people": frozenset(
        {
            *("leg_rearmed", "ladder_changed", "guard_changed", "wish_changed", "close_asked", "hand_filled"),
            *("drawdown_reset", "drawdown_changed"),
            *("language_chosen", "owner_paired", "owner_released", "key_risk_acknowledged", "account_confirmed"),
            *("order_decided", "dynamic_changed", "resting_lifted"),
        }
    ),
}
# Money is in danger, or nobody guards it: this rings whatever anybody has set.
DANGER: Final = frozenset(
    {
        *("liquidation_near", "exchange_lost", "trading_forbidden", "order_rejected", "order_unresolved", "order_not_arrived"),
        *("leg_unreadable", "leg_unguarded", "telegram_conflict", "key_risk", "maintenance_broken", "leg_sinking"),
        *("account_held", "leg_force_closed", "foreign_orders", "first_start", "code_locked", "account_left_out"),
        *("drawdown_warned", "drawdown_fired", "drawdown_done", "drawdown_held_back", "drawdown_unexplained", "drawdown_blind"),
        # Who pauses in somebody else's name must not be able to keep it from them: it rings for every owner but the one whose
        # chat holds the answer, and for that one too where the answer was not taken.
        *("paused", "resumed", "pause_stands"),
        # Orders that nobody takes back may close something.
        *("resting_changed", "resting_stands", "resting_refused", "resting_left"),
    }
)
_HOURS = re.compile(r"(\d{1,2})(?:[:：](\d{2}))?\s*(?:-|–|—|~|～|－|至|到|\s)\s*(\d{1,2})(?:[:：](\d{2}))?")


class QuietHours(Value):
    """From ``begin`` to ``end``, times of the wall clock; over midnight where the end is earlier.

    >>> str(QuietHours.parse("23-8"))
    '23:00-08:00'
    """

    begin: dt.time
    end: dt.time

    @model_validator(mode="after")
    def _last(self) -> Self:
        if self.begin == self.end:
            raise ValueError("quiet hours that end when they begin would be none, or all")
        return self

    def __str__(self) -> str:
        """Return what ``parse`` reads."""
        return f"{self.begin:%H:%M}-{self.end:%H:%M}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``23:00-08:00``; a whole hour may go without its minutes. Raises ValueError."""
        begin, end = span_of_hours(text)
        return cls(begin=begin, end=end)

    def cover(self, time: dt.time) -> bool:
        """Return whether this time of the wall clock is quiet."""
        if self.begin < self.end:
            return self.begin <= time < self.end
        return time >= self.begin or time < self.end


def span_of_hours(text: str) -> tuple[dt.time, dt.time]:
    """Read when hours begin and end, though that may be the same. Raises ValueError."""
    found = _HOURS.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"these are no hours: {text!r}")
    begin_hour, begin_minute, end_hour, end_minute = (int(part or 0) for part in found.groups())
    # The day's end is written as 24:00 too.
    ends_the_day = (end_hour, end_minute) == (24, 0)
    return dt.time(begin_hour, begin_minute), dt.time(0 if ends_the_day else end_hour, end_minute)


class NotificationPreferences(NamedTuple):
    """How one person wants to be told: groups that are not ``on``, and their quiet hours."""

    levels: Mapping[Group, Level] = {}
    quiet: QuietHours | None = None

    @classmethod
    def parse(cls, levels: str, quiet: str) -> NotificationPreferences:
        """Read what is remembered of a person; whatever makes no sense counts as not said."""
        pairs = [tuple(pair.split()) for pair in levels.split(",")]
        known: dict[Group, Level] = {
            group: level for group in GROUPS for level in LEVELS if level != "on" and (group, level) in pairs
        }
        try:
            return cls(known, QuietHours.parse(quiet))
        except ValueError:
            return cls(known)

    @property
    def levels_text(self) -> str:
        """The levels as they are remembered.

        >>> NotificationPreferences({"people": "off", "tier": "silent"}).levels_text, NotificationPreferences().levels_text
        ('tier silent, people off', 'all on')
        """
        return ", ".join(f"{group} {self.levels[group]}" for group in GROUPS if group in self.levels) or "all on"

    def level(self, group: Group) -> Level:
        """Return how loud a group is."""
        return self.levels.get(group, "on")

    def changed(self, groups: tuple[Group, ...], level: Level) -> NotificationPreferences:
        """Set groups to a level."""
        kept = {group: known for group, known in self.levels.items() if group not in groups}
        return self._replace(levels=kept if level == "on" else {**kept, **dict.fromkeys(groups, level)})

    def may_leave_out(self, kind: str) -> bool:
        """Return whether events of a kind, or of one that is not known ("") may be off."""
        return any(level == "off" and (not kind or kind in KINDS[group]) for group, level in self.levels.items())

    def loudness(self, event: Event, reader: int, time: dt.time) -> Level:
        """Return how loud an event is told to its ``reader`` at this ``time`` of the wall clock."""
        group = group_of(event, reader)
        level = "on" if group is None else self.level(group)
        if level == "on" and group is not None and self.quiet is not None and self.quiet.cover(time):
            return "silent"
        return level


def group_of(event: Event, reader: int) -> Group | None:
    """Return the group that an event is in for its reader; None for danger, and for whatever has no group."""
    if event.kind in DANGER:
        return None
    if event.kind == "started" and (event.key_risks or event.readable_secrets):
        # It has told of the key's risks in place of their own message.
        return None
    if event.kind == "hand_filled":
        return "hand" if event.intent.by == reader else "people"
    return next((group for group, kinds in KINDS.items() if event.kind in kinds), None)
