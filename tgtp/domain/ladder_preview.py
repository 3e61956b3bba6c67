"""What a leg's ladder has behind it and still ahead: every tier with its price, and what it closes of what is held by then."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Literal, NamedTuple

from tgtp.domain.ladder import Ladder
from tgtp.domain.life import Life
from tgtp.domain.model import Leg, MarginMode
from tgtp.domain.sizing import is_orderable, price_at_roi, whole_lots

Stage = Literal[
    "fired",  # its order has filled
    "begun",  # it has filled partly; the rest is still open
    "ahead",  # it will close so much
    "dust",  # it comes to less than the smallest order
    "small",  # by then the margin is no longer above the gate
    "beyond",  # no price reaches it
]


class TierForecast(NamedTuple):
    """One tier of one leg. ``closes`` of the contracts ``held`` by then; for a fired one, what it has closed (0: not known).

    ``price`` is where the threshold (a fraction) is reached at the present entry price.
    """

    number: int
    threshold: Decimal
    stage: Stage
    price: Decimal | None
    closes: Decimal = Decimal(0)
    held: Decimal = Decimal(0)
    fired_at: dt.datetime | None = None


def rungs(leg: Leg, life: Life, ladder: Ladder, min_margin: Decimal) -> tuple[TierForecast, ...]:
    """Give every tier by its number, fired ones as they fired, if nobody touches the leg and the price passes them in order.

    >>> from tgtp.domain.examples import leg
    >>> held = leg(contracts="17.5", lot_size="0.1", entry_price="0.25", mark_price="0.25", contract_size=10)
    >>> seed = Ladder.parse("25:30,35:50,50:50")
    >>> for rung in rungs(held, Life.begun(held), seed, Decimal(1)):
    ...     print(rung.number, rung.stage, rung.price, f"{rung.closes:f} of {rung.held:f}")
    1 ahead 0.25625 5.2 of 17.5
    2 ahead 0.25875 6.1 of 12.3
    3 ahead 0.2625 3.1 of 6.2
    """
    begun = life.unfinished
    fired = {tier.tier: tier for tier in life.fired}
    found = [
        TierForecast(
            tier.tier, tier.threshold, "fired", price_at_roi(leg, tier.threshold), tier.contracts, fired_at=tier.fired_at
        )
        for tier in life.fired
    ]
    held = leg.contracts
    if begun is not None:
        # It is finished before any other begins.
        rest = min(whole_lots(begun.rest, leg.instrument.lot_size), held)
        found.append(TierForecast(begun.tier, begun.threshold, "begun", price_at_roi(leg, begun.threshold), rest, held))
        held -= rest
    for tier in ladder.tiers:
        if tier.number in fired or (begun is not None and tier.number == begun.tier):
            continue
        price = price_at_roi(leg, tier.threshold)
        closes = whole_lots(held * tier.share, leg.instrument.lot_size)
        stage: Stage = "ahead"
        if price is None:
            stage = "beyond"
        elif _margin_at(leg, held, price) <= min_margin:
            stage = "small"
        elif not is_orderable(closes, leg.instrument):
            stage = "dust"
        found.append(TierForecast(tier.number, tier.threshold, stage, price, closes, held))
        if stage == "ahead":
            held -= closes
    return tuple(sorted(found, key=lambda rung: rung.number))


def _margin_at(leg: Leg, contracts: Decimal, price: Decimal) -> Decimal:
    """Give the margin of so many contracts at a price: cross margin follows it, isolated margin does not."""
    margin = leg.initial_margin * contracts / leg.contracts
    return margin * price / leg.mark_price if leg.margin_mode is MarginMode.CROSS else margin
