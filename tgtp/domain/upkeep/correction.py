"""Correction of a leg: what brings it nearer to its target, one step after the other, as values."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Literal, NamedTuple, Self

from tgtp.domain.model import Leg, LegKey, MarginMode, Moment, NotNegative, Number, Positive, Value
from tgtp.domain.order import LOOK_UP_LAG
from tgtp.domain.sizing import CENT, cents_up, one_order, whole_lots
from tgtp.domain.upkeep.rules import Target, least_margin, trim_contracts

# USDT: the most that is moved out at once.
LARGEST_STEP = Decimal(5)
CORRECT_EVERY = dt.timedelta(minutes=5)
# Seconds within which OKX takes a signed request; a margin move has no end of its own, as orders do.
TAKEN_WITHIN = 30
# An exchange that has not shown a margin move after so long has not done it.
MOVING_FOR = dt.timedelta(seconds=TAKEN_WITHIN + LOOK_UP_LAG)


class Pending(Value):
    """A margin move that was sent: ``amount`` USDT, in when above 0, from a ``margin`` of a leg of so many ``contracts``."""

    amount: Number
    margin: NotNegative
    contracts: Positive
    asked_at: Moment


class Correction(Value):
    """A correction under way, as it lies on disk.

    ``margin`` and ``contracts`` are those that it began with; ``trimmed`` contracts were closed, and margin was moved in
    so many ``steps``. ``by`` is the person who asked, None when it began by itself; ``while_paused``: it began in a pause.
    """

    leg: LegKey
    opened_at: Moment
    begun_at: Moment
    margin: NotNegative
    contracts: Positive
    trimmed: NotNegative = Decimal(0)
    steps: int = 0
    pending: Pending | None = None
    by: int | None = None
    while_paused: bool = False

    def resized(self, times: Decimal) -> Self:
        """Count in contracts of another size: so many times as many, the same coins."""
        pending = self.pending
        if pending is not None:
            pending = pending.replaced(contracts=pending.contracts * times)
        return self.replaced(contracts=self.contracts * times, trimmed=self.trimmed * times, pending=pending)


class Trim(NamedTuple):
    """Close so many contracts above the target."""

    contracts: Decimal


class Move(NamedTuple):
    """Move so much margin (USDT): in when above 0, out when below."""

    amount: Decimal


Obstacle = Literal[
    "cross",  # the margin of a cross leg cannot be moved
    "no_leverage",  # the exchange gives no leverage of the leg
    "unreachable",  # the leg's size needs more margin than the target, at its leverage
    "losing",  # what it has lost holds more margin than the target
    "poor",  # the account has not enough to add
    "unknown_funds",  # what it has could not be read
    "refused",  # the exchange says no to a margin move
    "lost",  # a margin move was sent, but never seen in the leg
]


class Stuck(NamedTuple):
    """It cannot be brought to its target: ``least`` is the margin that its size needs, ``missing`` what the account lacks."""

    why: Obstacle
    least: Decimal = Decimal(0)
    missing: Decimal = Decimal(0)


class InBand(NamedTuple):
    """Nothing is to be done."""


Step = Trim | Move | Stuck | InBand


def correction_step(leg: Leg, target: Target, available: Decimal | None) -> Step:
    """Return what brings a leg nearer to its target, from a fresh look at it.

    20.29 → 15.29 → 10.29, and then it is in the band:

    >>> from tgtp.domain.examples import leg
    >>> ten = Target(margin=10)
    >>> def held(margin: str) -> Leg:
    ...     return leg(contracts=20, mark_price=5, margin_mode="isolated", initial_margin=margin)
    >>> [correction_step(held(margin), ten, Decimal(50)) for margin in ("20.29", "15.29", "10.29")]
    [Move(amount=Decimal('-5.00')), Move(amount=Decimal('-5.00')), InBand()]
    >>> correction_step(held("4"), ten, Decimal(50)), correction_step(held("4"), ten, Decimal(1)).why
    (Move(amount=Decimal('6.00')), 'poor')
    """
    if not leg.leverage_known:
        return Stuck("no_leverage")
    above = trim_contracts(leg, target)
    if above > 0:
        return Trim(one_order(above, leg.instrument))
    margin = leg.initial_margin
    if target.lowest <= margin <= target.highest:
        return InBand()
    if leg.margin_mode is MarginMode.CROSS:
        return Stuck("cross")
    if margin < target.lowest:
        missing = cents_up(target.margin - margin)
        if available is None:
            return Stuck("unknown_funds")
        return Move(missing) if available >= missing else Stuck("poor", missing=missing - max(available, Decimal(0)))
    least = least_margin(leg)
    if leg.notional / leg.leverage > target.highest:
        return Stuck("unreachable", least=least)
    amount = whole_lots(min(LARGEST_STEP, margin - max(target.margin, least)), CENT)
    # What the leg has lost must stay in it: it is brought down to that, and no further.
    return Move(-amount) if amount >= CENT else Stuck("losing", least=least)


def left_after(step: Step, available: Decimal | None) -> Decimal | None:
    """Return what a step leaves of the account's free margin; what it moves out is not counted on before it has come."""
    if available is None or not isinstance(step, Move):
        return available
    return available - max(step.amount, Decimal(0))


def has_moved(pending: Pending, leg: Leg) -> bool:
    """Return whether a leg shows a margin move that was sent.

    Where it was made smaller meanwhile, as much of its margin went with it.
    """
    before = pending.margin * leg.contracts / pending.contracts
    return (leg.initial_margin - before) * (1 if pending.amount > 0 else -1) > abs(pending.amount) / 2
