"""The mark prices of a leg beside which the answer of a rule changes."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from tgtp.domain.guards.leg_guards import guard_lines
from tgtp.domain.model import Leg, LegKey
from tgtp.domain.plan import Note, Situation
from tgtp.domain.sizing import price_at_roi


class Level(NamedTuple):
    """A leg's next tier is reached at ``price`` and beyond: above it for a long, below it for a short."""

    leg: LegKey
    price: Decimal

    def is_reached(self, mark: Decimal) -> bool:
        """Return whether a mark price is at the level, or beyond."""
        return self.leg.position_side.reaches(self.price, mark)


def tier_levels(notes: Iterable[Note]) -> dict[str, tuple[Level, ...]]:
    """Return by instrument where the next tiers of its legs are, from what the ladder's plan said of them.

    Only those of legs that wait for nothing but the price: whatever else is in a leg's way is for a look to find gone. The rest
    of a tier that was begun waits for the entry price, and is due beyond it.
    """
    found: dict[str, list[Level]] = {}
    for note in notes:
        leg = note.leg
        if note.rule != "tier" or note.tier is None or not leg.leverage_known:
            continue
        if note.why == "waiting":
            price = price_at_roi(leg, note.tier.threshold)
        elif note.why == "rest_waits":
            price = leg.entry_price
        else:
            continue
        if price is not None:
            found.setdefault(leg.instrument.instrument_id, []).append(Level(leg.key, price))
    return {name: tuple(levels) for name, levels in found.items()}


def turning_points(legs: Sequence[Leg], situation: Situation) -> dict[str, frozenset[Decimal]]:
    """Return by instrument the prices beside which another rule than the ladder may answer differently.

    There a leg of a pair turns from loss to profit, which the hedge rule goes by, or a guard closes it.
    """
    found: dict[str, set[Decimal]] = {}
    sides = Counter(leg.instrument.instrument_id for leg in legs)
    for leg in legs:
        name = leg.instrument.instrument_id
        prices = found.setdefault(name, set())
        if sides[name] > 1:
            prices.add(leg.entry_price)
        life = situation.lives.get(leg.key)
        if situation.rules.guards.is_on and life is not None and leg.leverage_known:
            with contextlib.suppress(ArithmeticError, ValueError):
                lines = guard_lines(leg, life, situation.guards.best.get(leg.key), situation.rules.guards)
                prices |= {line.price for line in lines if line.is_armed and line.price is not None}
    return {name: frozenset(prices) for name, prices in found.items() if prices}
