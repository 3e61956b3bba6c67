"""What a trader's own legs would have come to under other rules: what is asked, and what was found."""

from __future__ import annotations

from typing import Literal

from tgtp.domain.model import LegKey, Moment, Number, Positive, Value
from tgtp.domain.plan import Rules

# Why a leg is not walked: the exchange names no leverage, entry or size of it; it was over within a minute; OKX has no bars of
# its time; it lies beyond what one run reads.
WhyLeftOut = Literal["terms", "short", "bars", "bound"]


class PastLeg(Value):
    """A life of a leg as it was: its most ``contracts``, opened at ``entry_price``, until it ended, or until now.

    ``close_price`` is what its contracts were closed at in the mean; None while it ``is_open``. ``net`` (USDT) is what it has
    brought with fees and funding, and with what is open of it. ``tiers`` and ``hedges`` are how many of ours have filled.
    """

    leg: LegKey
    opened_at: Moment
    until: Moment
    is_open: bool = False
    contracts: Positive
    entry_price: Positive
    close_price: Positive | None = None
    leverage: Positive
    net: Number
    fees: Number
    funding: Number
    tiers: int = 0
    hedges: int = 0
    liquidated: bool = False


class WhatIfRequest(Value):
    """Legs to be walked again, the newest first: under the ``rules`` in force, and under ``other``, a ladder as it is written.

    Without ``other`` beside thresholds that follow the volatility, tiers that rest, no guards, holding, and one take-profit at
    each threshold. Prices are looked at every ``interval`` seconds; ``hedges``: the hedge rule is on.
    """

    legs: tuple[PastLeg, ...]
    rules: Rules
    other: str = ""
    interval: int
    hedges: bool = True


class OneLeg(Value):
    """What one leg has come to (USDT)."""

    leg: LegKey
    opened_at: Moment
    net: Number


class LegSums(Value):
    """What all legs have come to under one set of rules, in USDT: ``fees`` above 0 when paid, ``funding`` below 0 when paid."""

    name: str
    net: Number
    fees: Number
    funding: Number
    tiers: int
    hedges: int
    liquidated: int
    best: OneLeg
    worst: OneLeg


class MissedTouches(Value):
    """An estimate by one-second bars of traded prices, in so many minutes of those that touched a tier.

    ``touches`` are how often the price came to a tier, ``missed`` those that no look would have seen.
    """

    minutes: int
    of: int
    touches: int
    missed: int


class WhatIfOutcome(Value):
    """What was found of ``legs`` legs, ``still_open`` of them walked to now: first what really was, named ``real``.

    There are no ``rows`` where no leg could be walked. ``left_out`` counts the others by the reason.
    """

    rows: tuple[LegSums, ...]
    legs: int
    still_open: int
    bars: int
    left_out: dict[WhyLeftOut, int] = {}
    touched: MissedTouches
