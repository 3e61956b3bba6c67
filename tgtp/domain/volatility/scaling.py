"""Thresholds times a factor, in the order that they were in."""

from __future__ import annotations

import itertools
from decimal import ROUND_HALF_UP, Decimal

from tgtp.domain.ladder import Ladder

# A tenth of a percent point.
TENTH = Decimal("0.001")
# Nearer tiers could round to the same at the lowest factor.
NEAREST = 2 * TENTH
UNSCALED = Decimal(1)


def scaled(ladder: Ladder, factor: Decimal) -> Ladder:
    """Return a ladder with its thresholds times a factor, to a tenth of a percent point; shares stay.

    >>> str(scaled(Ladder.parse("25:30,35:50,50:50"), Decimal("1.13")))
    '28.3:30,39.6:50,56.5:50'

    One that is written finer than rounding is, or has tiers nearer than 0.2, is not rounded: no two may become one.

    >>> str(scaled(Ladder.parse("25:30,25.1:50"), Decimal("0.75")))
    '18.75:30,18.825:50'
    """
    if factor == UNSCALED:
        return ladder
    thresholds = [tier.threshold for tier in ladder.tiers]
    rounds = all(threshold % TENTH == 0 for threshold in thresholds)
    rounds &= all(upper - lower >= NEAREST for lower, upper in itertools.pairwise(thresholds))
    tiers = []
    for tier in ladder.tiers:
        threshold = tier.threshold * factor
        tiers.append(tier.replaced(threshold=threshold.quantize(TENTH, ROUND_HALF_UP) if rounds else threshold))
    return Ladder(tiers=tuple(tiers))
