"""The hedge rule: what the losing leg of a pair must keep."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import Enum, unique

from tgtp.domain.model import Leg, Number, Value
from tgtp.domain.sizing import base_contracts, closable_contracts, is_orderable, one_order


@unique
class Loser(str, Enum):
    """What the hedge rule says of a losing leg whose other side wins."""

    DUE = "due"
    AT_BASE = "at_base"
    SMALL = "small"


class HedgeVerdict(Value):
    """What the hedge rule says of one losing leg now; ``winner_roi`` is the best ROI on the other side (a fraction)."""

    losing: Leg
    winner_roi: Number
    says: Loser
    contracts: Number = Decimal(0)
    target: Number = Decimal(0)
    base: Number = Decimal(0)


def pairs(legs: Iterable[Leg]) -> list[list[Leg]]:
    """Group the legs of every instrument that is held more than once."""
    sides: dict[str, list[Leg]] = {}
    for leg in legs:
        sides.setdefault(leg.instrument.instrument_id, []).append(leg)
    return [held for held in sides.values() if len(held) > 1]


def hedge_verdicts(
    legs: Iterable[Leg], min_margin: Decimal, keep_margin: Decimal, *, but_not: frozenset[str] = frozenset()
) -> list[HedgeVerdict]:
    """Judge the losing leg of every pair in which the other side wins; all other pairs are passed over.

    With several legs on one side (cross and isolated) each losing one is judged against the best of the other side.

    >>> from tgtp.domain.examples import leg
    >>> losing = leg(side="long", roi="-8.2", mark_price="1.1", contracts=50, lot_size="0.1")
    >>> verdict, = hedge_verdicts([leg(side="short", roi="45.5"), losing], Decimal(1), Decimal(1))
    >>> verdict.losing is losing, verdict.says.value, verdict.contracts, verdict.base
    (True, 'due', Decimal('40.9'), Decimal('9.1'))

    A base rounded up to a lot may read more than 1 U of margin. It is the base all the same:

    >>> rounded = leg(side="long", roi="-8.2", mark_price="1.03", contracts=10)
    >>> verdict, = hedge_verdicts([leg(side="short", roi="45.5"), rounded], Decimal(1), Decimal(1))
    >>> rounded.initial_margin, verdict.says.value, verdict.contracts
    (Decimal('1.03'), 'at_base', Decimal('0'))
    """
    verdicts = []
    for sides in pairs(legs):
        if sides[0].instrument.instrument_id in but_not:
            continue
        for losing in sides:
            winner_roi = _winner_roi(losing, sides)
            if winner_roi is not None:
                verdicts.append(_judge(losing, winner_roi, min_margin, keep_margin))
    return verdicts


def is_hedged(leg: Leg, legs: Iterable[Leg], min_margin: Decimal) -> bool:
    """Return whether a leg among ``legs`` is one that the hedge rule brings to its base and keeps there.

    >>> from tgtp.domain.examples import leg
    >>> losing = leg(side="long", roi="-8.2", contracts=50)
    >>> [is_hedged(losing, [losing, leg(side="short", roi=roi)], Decimal(1)) for roi in ("45.5", "-1")]
    [True, False]
    """
    same = [other for other in legs if other.instrument.instrument_id == leg.instrument.instrument_id]
    return leg.initial_margin > min_margin and _winner_roi(leg, same) is not None


def _winner_roi(losing: Leg, sides: Iterable[Leg]) -> Decimal | None:
    """Return the best ROI of the other side, if that wins while this one loses."""
    winners = [leg.roi for leg in sides if leg.position_side is losing.position_side.opposite and leg.roi > 0]
    return max(winners) if winners and losing.roi < 0 else None


def _judge(losing: Leg, winner_roi: Decimal, min_margin: Decimal, keep_margin: Decimal) -> HedgeVerdict:
    if losing.initial_margin <= min_margin:
        return HedgeVerdict(losing=losing, winner_roi=winner_roi, says=Loser.SMALL)
    base = base_contracts(losing, keep_margin)
    target = closable_contracts(losing, keep_margin)
    if not is_orderable(target, losing.instrument):
        # Even at 1.03 U: another order would be below the smallest, or cut into the base.
        return HedgeVerdict(losing=losing, winner_roi=winner_roi, says=Loser.AT_BASE, base=base)
    contracts = one_order(target, losing.instrument)
    return HedgeVerdict(losing=losing, winner_roi=winner_roi, says=Loser.DUE, contracts=contracts, target=target, base=base)
