"""Where the ladder, the hedge rule and the guards could decide anything: between those prices nobody need look.

A region may be wider than what decides, never narrower: the engine is asked in it, and may still do nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

from tgtp.adapters.paper.account_file import PaperLeg
from tgtp.backtest.walk.region import ANY, Region, region
from tgtp.domain.guards.leg_guards import guard_lines
from tgtp.domain.ladder import Ladder, Tier
from tgtp.domain.life import Life
from tgtp.domain.model import Instrument, MarginMode, PositionMode
from tgtp.domain.plan import Rules
from tgtp.domain.sizing import first_tick, is_orderable, price_of_roi, whole_lots


def gate_price(leg: PaperLeg, instrument: Instrument, min_margin: Decimal) -> Decimal | None:
    """Return the price above which a leg's margin is over the gate; 0 where it always is, None where it never is."""
    coins = leg.contracts * instrument.contract_size
    if leg.margin_mode is MarginMode.CROSS:
        return min_margin * leg.leverage / coins
    return Decimal(0) if coins * leg.entry_price / leg.leverage > min_margin else None


def next_tier(leg: PaperLeg, instrument: Instrument, ladder: Ladder, fired: Collection[int]) -> Tier | None:
    """Return the lowest tier that has not fired and closes anything."""
    for tier in ladder.tiers:
        closes = whole_lots(leg.contracts * tier.share, instrument.lot_size)
        if tier.number not in fired and is_orderable(closes, instrument):
            return tier
    return None


def ladder_regions(leg: PaperLeg, instrument: Instrument, tier: Tier, min_margin: Decimal) -> tuple[Region, ...]:
    """Return where a tier fires.

    >>> from tgtp.domain.examples import OPENED_AT, instrument
    >>> held = {"instrument_id": "X", "contracts": 2, "entry_price": 5, "leverage": 10}
    >>> held |= {"opened_at": OPENED_AT, "adjusted_at": OPENED_AT}
    >>> tier = Ladder.parse("20:50").tiers[0]
    >>> for side, mode in (("long", "isolated"), ("long", "cross"), ("short", "cross")):
    ...     leg = PaperLeg(position_side=side, margin_mode=mode, **held)
    ...     print([f"{low:.2f}..{high:.2f}" for low, high in ladder_regions(leg, instrument(), tier, Decimal("0.99"))])
    ['5.10..Infinity']
    ['5.10..Infinity']
    []
    """
    gate = gate_price(leg, instrument, min_margin)
    reached = price_of_roi(leg.entry_price, leg.leverage, leg.position_side, tier.threshold)
    if gate is None or reached is None:
        return ()
    return region(max(reached, gate), ANY) if leg.position_side.sign > 0 else region(gate, reached)


def trigger_price(leg: PaperLeg, instrument: Instrument, tier: Tier, min_margin: Decimal) -> Decimal | None:
    """Return the price that a tier rests at; None where it does not, because its margin there is not over the gate."""
    gate = gate_price(leg, instrument, min_margin)
    reached = price_of_roi(leg.entry_price, leg.leverage, leg.position_side, tier.threshold)
    if gate is None or reached is None:
        return None
    price = first_tick(reached, instrument.tick_size, leg.position_side)
    return price if price > gate else None


def hedge_regions(legs: Sequence[PaperLeg], instrument: Instrument, rules: Rules) -> tuple[Region, ...]:
    """Return where the hedge rule closes anything of a leg whose other side wins."""
    found: list[Region] = []
    for losing in legs:
        winners = [leg.entry_price for leg in legs if leg.position_side is losing.position_side.opposite]
        least = least_price(losing, instrument, rules)
        if not winners or least is None:
            continue
        if losing.position_side.sign < 0:
            found += region(max(least, losing.entry_price, min(winners)), ANY)
        else:
            found += region(least, min(losing.entry_price, max(winners)))
    return tuple(found)


def guard_regions(
    leg: PaperLeg, instrument: Instrument, life: Life, best_roi: Decimal | None, rules: Rules, *, closes: bool = True
) -> tuple[Region, ...]:
    """Return where the guards of a leg close anything of it; the first of two looks that agree counts already.

    Unless it ``closes``: where they are reached, also where the leg is too small to be closed.
    """
    least, work = least_price(leg, instrument, rules), life.guarded
    if least is not None and not closes:
        least = Decimal(0)
    if least is None or not life.fired or (work is not None and work.finished and work.tiers >= len(life.fired)):
        return ()
    if work is not None and not work.finished:
        return region(least, ANY)
    shown = leg.shown(instrument, leg.entry_price, PositionMode.LONG_SHORT)
    found: list[Region] = []
    for line in guard_lines(shown, life, best_roi, rules.guards):
        if line.is_armed and line.is_behind and line.price is not None:
            found += region(least, line.price) if leg.position_side.sign > 0 else region(max(least, line.price), ANY)
    return tuple(found)


def least_price(leg: PaperLeg, instrument: Instrument, rules: Rules) -> Decimal | None:
    """Return the price from which on a leg is over the gate, and over its base by an order; None where it never is.

    That stays so: no leg grows.
    """
    gate, lot = gate_price(leg, instrument, rules.min_margin), instrument.lot_size
    least = whole_lots(instrument.min_contracts, lot)
    least += 0 if least == instrument.min_contracts else lot
    # What is held is cut down to whole lots, and so is what is closed.
    base = whole_lots(leg.contracts, lot) - max(least, lot)
    if gate is None or base < 0 or (base == 0 and rules.keep_margin > 0):
        return None
    return max(gate, rules.keep_margin * leg.leverage / (instrument.contract_size * base) if base else Decimal(0))
