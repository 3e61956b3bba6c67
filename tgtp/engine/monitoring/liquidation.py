"""Tells when a leg comes near its liquidation: at the distance of the settings, and again each time that halves."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import NamedTuple

from tgtp.domain.events import LiquidationNear
from tgtp.domain.life import Life
from tgtp.domain.model import Leg, LegKey, Snapshot
from tgtp.domain.plan import CANNOT_WORK
from tgtp.domain.sizing import first_tick
from tgtp.engine.journal import Journal

# Without a price, the exchange's margin ratio says it: OKX liquidates at 1, and itself warns below 3.
LIQUIDATED_AT = Decimal(1)
RATIO_WARN = Decimal(2)
RECOVERED = Decimal("1.25")
# At 20 %, the sixth is 0.625 %: nearer than that there is nothing left to do.
MOST_WARNINGS = 6


class Gap(NamedTuple):
    """How far a leg is from its liquidation, and how far is near, by the same ``measure``."""

    measure: str
    left: Decimal
    near: Decimal

    @property
    def warnings(self) -> int:
        """How many of the distances near, near / 2, near / 4 … it is within.

        >>> [Gap("liq", Decimal(left), Decimal(20)).warnings for left in (20, 19, 10, 9, 5, 0)]
        [0, 1, 1, 2, 2, 6]
        """
        return next((count for count in range(MOST_WARNINGS) if self.left * 2**count >= self.near), MOST_WARNINGS)


class DangerWatch:
    """Looks at every snapshot. ``warn`` is a fraction of the mark price; 0 watches nothing.

    A leg at or below the smallest margin is not told of: a base of 1 U that is liquidated is no danger to anybody's money.
    """

    def __init__(self, journal: Journal, warn: Decimal) -> None:
        self._journal = journal
        self.warn = warn

    def look(
        self, snapshot: Snapshot, doubted: Collection[LegKey], min_margin: Decimal, at_work: Collection[LegKey] = ()
    ) -> None:
        """Tell of the legs that have come nearer, once in each life, and anew when they had recovered.

        Legs whose numbers are ``doubted`` are not judged, nor those that upkeep is ``at_work`` on: how far they stand from
        their liquidation then is its own doing, and they are judged when it is done. Raises LedgerWriteFailed.
        """
        lives = self._journal.ledger.lives()
        kept: list[Life] = []
        told: list[LiquidationNear] = []
        for leg in snapshot.legs if self.warn else ():
            life = lives.get(leg.key)
            if life is None or not life.is_of(leg) or leg.initial_margin <= min_margin:
                continue
            if leg.key in doubted or leg.key in at_work:
                continue
            try:
                gap = gap_of(leg, self.warn)
                warned = _warned(life, gap) if gap is not None else 0
                if gap is None or (gap.warnings <= warned and not (warned and gap.left >= gap.near * RECOVERED)):
                    continue
                event = _event(snapshot, leg, gap) if gap.warnings > warned else None
            except CANNOT_WORK:
                # Numbers beyond all reason; planning finds them too, and tells.
                continue
            rest = life.without_told(f"{gap.measure}:")
            kept.append(rest.with_told(f"{gap.measure}:{gap.warnings}") if event is not None else rest)
            told += [event] if event is not None else []
        if not kept:
            return
        with self._journal.step():
            for life in kept:
                self._journal.ledger.keep_life(life)
            for event in told:
                self._journal.record(event)


def gap_of(leg: Leg, warn: Decimal) -> Gap | None:
    """Measure how far a leg is from its liquidation; None where the exchange says nothing of it. ``warn`` is a fraction.

    It is near within ``warn`` of the mark price, and once the price has gone half of the way from the entry: an isolated leg
    at 10x stands some 10 % away from the moment it is opened, and a warning of every new leg warns of nothing. A way that is
    shorter than the leverage gives counts as that long, for a cross leg's ends where the account's money does.

    More margin or a better price never brings it nearer:

    >>> from tgtp.domain.examples import leg
    >>> def held(liquidation: str, mark: str) -> Leg:
    ...     return leg(entry_price="5", mark_price=mark, liquidation_price=liquidation)
    >>> [gap_of(held(*prices), Decimal("0.2")).warnings for prices in (("4.5", "4.7"), ("3.9", "4.7"), ("3.9", "4.4"))]
    [1, 0, 1]
    """
    if leg.liquidation_price is not None:
        way = (leg.entry_price - leg.liquidation_price) * leg.position_side.sign
        half = max(way, leg.entry_price / leg.leverage) / 2
        left = abs(leg.mark_price - leg.liquidation_price)
        return Gap("liq", left / leg.mark_price, min(warn, half / leg.mark_price))
    if leg.margin_ratio is not None:
        return Gap("ratio", leg.margin_ratio - LIQUIDATED_AT, RATIO_WARN)
    return None


def _warned(life: Life, gap: Gap) -> int:
    prefix = f"{gap.measure}:"
    return max((int(word.removeprefix(prefix)) for word in life.told if word.startswith(prefix)), default=0)


def _event(snapshot: Snapshot, leg: Leg, gap: Gap) -> LiquidationNear:
    return LiquidationNear(
        at=snapshot.taken_at,
        leg=leg.key,
        opened_at=leg.opened_at,
        mark_price=leg.mark_price,
        roi=leg.roi,
        liquidation_price=_shown(leg),
        distance=gap.left if leg.liquidation_price is not None else None,
        margin_ratio=leg.margin_ratio,
    )


def _shown(leg: Leg) -> Decimal | None:
    """Return the liquidation price in whole ticks, the one that is reached first."""
    if leg.liquidation_price is None:
        return None
    return first_tick(leg.liquidation_price, leg.instrument.tick_size, leg.position_side) or leg.liquidation_price
