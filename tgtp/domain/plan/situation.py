"""What planning needs besides the snapshot, and why a leg must be left alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Literal, NamedTuple

from tgtp.domain.life import Life
from tgtp.domain.model import Leg, LegKey
from tgtp.domain.order import GuardRule
from tgtp.domain.pauses import PausableRule, Scope, is_covered
from tgtp.domain.plan.rules import Rules, Switches


class GuardReadings(NamedTuple):
    """What the readings of the guards have come to: the best ROI of each leg (a fraction), and the guards that two agree on."""

    best: Mapping[LegKey, Decimal] = {}
    agreed: Mapping[LegKey, Collection[GuardRule]] = {}


# The scope of an account as a whole, by its name.
ALL = Scope().name

Why = Literal[
    "due",  # an order goes out
    "waiting",  # the next tier has not been reached
    "rest_waits",  # the rest of a tier that was begun waits for a ROI above 0
    "small",  # margin not above the gate
    "done",  # every tier has fired, or is dust
    "at_base",  # hedge: nothing above the base can be ordered
    "loser_small",  # hedge: the losing leg is not above the gate
    "forbidden",  # would have closed, but the key may not trade
    "paused",  # would have closed, but is paused
    "unresolved",  # an order of this leg is still being looked up
    "backing_off",  # refused lately; the pause is not over
    "stale",  # the row is older than our own last fill
    "doubted",  # the row's numbers are not believed
    "regained",  # it can be read again since this check
    "fresh",  # it was seen for the first time, and nothing else has shown its price
    "unknown",  # not remembered yet
    "broken",  # its numbers cannot be worked with
    "off",  # the rule is switched off in this account
    "unarmed",  # guard: no tier has fired that it begins after
    "agreeing",  # guard: reached, and a second reading must say so too
    "upkeep",  # a maintenance of this leg is under way
    "resting",  # reached, and its order rests at the exchange
]


class Situation(NamedTuple):
    """What planning needs besides the snapshot; ``paused`` are the names of the scopes that are.

    ``resting`` are the tiers of each leg that rest at the exchange, or may: nobody else fires them meanwhile.
    """

    account: str
    rules: Rules
    lives: Mapping[LegKey, Life]
    unresolved: Collection[LegKey]
    paused: Collection[str]
    now: dt.datetime
    may_trade: bool
    doubted: Collection[LegKey] = ()
    switches: Switches = Switches()
    maintained: Collection[LegKey] = ()
    regained: Collection[LegKey] = ()
    fresh: Collection[LegKey] = ()
    guards: GuardReadings = GuardReadings()
    resting: Mapping[LegKey, Collection[int]] = {}

    def is_paused(self, leg: LegKey, rule: PausableRule) -> bool:
        """Return whether a pause holds back what a rule wants with a leg."""
        return is_covered(self.paused, leg, rule)

    def stops(self, leg: Leg, rule: PausableRule) -> Literal["due", "paused", "forbidden"]:
        """Return whether an order of a rule that is due may go out."""
        if self.is_paused(leg.key, rule):
            return "paused"
        return "due" if self.may_trade else "forbidden"

    @property
    def at_any_price(self) -> Situation:
        """The same for what no price has begun: a leg need not be seen twice for it."""
        return self._replace(fresh=())

    def holds(self, leg: Leg, tag: str | None) -> Why | None:
        """Say why a leg must be left alone now, whatever the rules say; None when it is free."""
        life = self.lives.get(leg.key)
        if life is None or not life.is_of(leg):
            return "unknown"
        if leg.key in self.unresolved:
            return "unresolved"
        if leg.key in self.maintained:
            return "upkeep"
        if life.is_stale(leg, self.now):
            return "stale"
        if leg.key in self.doubted:
            return "doubted"
        if leg.key in self.regained:
            return "regained"
        if leg.key in self.fresh:
            return "fresh"
        if tag is not None and not life.may_try(tag, self.now):
            return "backing_off"
        return None
