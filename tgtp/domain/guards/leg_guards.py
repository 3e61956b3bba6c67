"""The guards of a leg that has won once: how far it may fall back from its best, and that it need not become a loss."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Literal, NamedTuple

from tgtp.domain.fired_tiers import GuardWork
from tgtp.domain.guards.rules import GuardRules
from tgtp.domain.life import Life
from tgtp.domain.model import Leg
from tgtp.domain.order import GUARDS, GuardRule
from tgtp.domain.sizing import (
    TAKER_FEE,
    base_contracts,
    break_even,
    closable_contracts,
    is_orderable,
    one_order,
    price_at_roi,
    whole_lots,
)

GuardSays = Literal[
    "off",  # no guard is set for it, or what it needs is not known
    "small",  # margin not above the gate
    "unarmed",  # the tier that it begins after has not fired
    "done",  # it has acted, and no tier has fired since
    "waiting",  # armed, and not reached
    "agreeing",  # reached; a second reading must say so too
    "at_base",  # nothing above the base can be ordered
    "due",
]


class GuardLine(NamedTuple):
    """Where a guard closes a leg: when its ROI is under ``roi`` (a fraction), which it is beyond ``price``; None: not known.

    At break-even it closes at the price itself too. ``after_tier`` is the first tier that arms it. ``best_roi`` and
    ``give_back`` are fractions, for the guard that they belong to. ``is_behind``: the leg has been beyond it.
    """

    rule: GuardRule
    is_armed: bool
    after_tier: int
    price: Decimal | None = None
    roi: Decimal | None = None
    best_roi: Decimal | None = None
    give_back: Decimal | None = None
    is_behind: bool = True

    def is_reached(self, leg: Leg) -> bool:
        """Return whether a leg stands where this guard closes it.

        >>> from tgtp.domain.examples import leg
        >>> line = GuardLine("give_back", True, 1, roi=Decimal("0.24"))
        >>> [line.is_reached(leg(entry_price=1, mark_price=mark, leverage=1)) for mark in ("1.2401", "1.24", "1.2399")]
        [False, False, True]
        """
        if self.rule == "give_back":
            return self.roi is not None and leg.roi < self.roi
        # Compared as it is shown: a ROI would be rounded once more. Nothing comes back to where it has not been.
        return self.is_behind and self.price is not None and leg.position_side.sign * (leg.mark_price - self.price) <= 0


class GuardVerdict(NamedTuple):
    """What the guards say of a leg now: ``line`` is the one that is due, or the first that is set.

    ``contracts`` is what this order closes, ``target`` what the guard closes in all; ``base`` stays.
    """

    says: GuardSays
    line: GuardLine | None = None
    contracts: Decimal = Decimal(0)
    target: Decimal = Decimal(0)
    base: Decimal = Decimal(0)


def guard_lines(leg: Leg, life: Life, best_roi: Decimal | None, rules: GuardRules) -> tuple[GuardLine, ...]:
    """Return where the guards that are set close a leg; ``best_roi`` (a fraction) of this life, None where not known yet.

    >>> from tgtp.domain.examples import OPENED_AT, leg
    >>> from tgtp.domain.fired_tiers import FiredTier
    >>> fired = FiredTier(tier=1, threshold=Decimal("0.25"), contracts=Decimal(30), fired_at=OPENED_AT)
    >>> held = leg(contracts=70, entry_price="4", mark_price="4.1", fees="0.2", funding="-0.1")
    >>> life = Life.begun(held, (fired,))
    >>> both = GuardRules(give_back=Decimal("0.4"), break_even=1)
    >>> [(line.rule, f"{line.price:.4f}") for line in guard_lines(held, life, Decimal("0.4"), both)]
    [('give_back', '4.0960'), ('break_even', '4.0050')]
    """
    name, found = leg.instrument.instrument_id, []
    if not leg.leverage_known:
        return ()
    highest = max(life.fired_numbers, default=0)
    if give_back := rules.give_back_of(name):
        roi = best_roi * (1 - give_back) if best_roi is not None and best_roi > 0 else None
        price = price_at_roi(leg, roi) if roi is not None else None
        found.append(GuardLine("give_back", highest > 0, 1, price, roi, best_roi, give_back))
    if after := rules.break_even_of(name):
        price = break_even_price(leg, life)
        roi = _roi_at(leg, price) if price is not None else None
        # A tier that has filled was reached, whether a second reading has seen that or not.
        seen = [tier.threshold for tier in life.fired] + ([best_roi] if best_roi is not None else [])
        is_behind = roi is None or any(one > roi for one in seen)
        found.append(GuardLine("break_even", highest >= after, after, price, roi, is_behind=is_behind))
    return tuple(found)


def break_even_price(leg: Leg, life: Life) -> Decimal | None:
    """Return the price at which what is left of a leg comes out with its costs; None where no price does.

    Fees and funding of the life so far are spread over all that the life has held: what was closed has paid its own part. To
    them comes the fee of closing at the market. What the exchange does not say counts as nothing.
    """
    closed = sum((tier.contracts for tier in life.fired), life.unfinished.closed if life.unfinished else Decimal(0))
    quantity = (leg.contracts + closed) * leg.instrument.contract_size
    paid = (leg.fees or Decimal(0)) - (leg.funding or Decimal(0))
    return break_even(leg.entry_price, leg.position_side, quantity, -paid, TAKER_FEE)


def reached_guards(leg: Leg, life: Life, best_roi: Decimal | None, rules: GuardRules) -> tuple[GuardRule, ...]:
    """Return the guards that are armed and where a leg stands, whether they have acted already or not."""
    if not life.fired:
        return ()
    return tuple(line.rule for line in guard_lines(leg, life, best_roi, rules) if line.is_armed and line.is_reached(leg))


def guard_verdict(
    leg: Leg,
    life: Life,
    best_roi: Decimal | None,
    rules: GuardRules,
    *,
    min_margin: Decimal,
    keep_margin: Decimal,
    agreed: Collection[GuardRule] = GUARDS,
) -> GuardVerdict:
    """Decide what the guards do with a leg now; ``agreed`` are those that two readings have found reached.

    >>> from tgtp.domain.examples import OPENED_AT, leg
    >>> from tgtp.domain.fired_tiers import FiredTier
    >>> fired = FiredTier(tier=1, threshold=Decimal("0.25"), fired_at=OPENED_AT)
    >>> rules, gate = GuardRules(give_back=Decimal("0.4")), {"min_margin": Decimal(1), "keep_margin": Decimal(1)}
    >>> for roi in (25, 23):
    ...     held = leg(roi=roi)
    ...     verdict = guard_verdict(held, Life.begun(held, (fired,)), Decimal("0.4"), rules, **gate)
    ...     print(verdict.says, verdict.contracts, verdict.base)
    waiting 0 0
    due 98 2

    Before a tier has fired it does nothing:

    >>> guard_verdict(held, Life.begun(held), Decimal("0.4"), rules, **gate).says
    'unarmed'
    """
    lines = guard_lines(leg, life, best_roi, rules)
    if not lines:
        return GuardVerdict("off")
    if leg.initial_margin <= min_margin:
        return GuardVerdict("small", lines[0])
    work = life.guarded
    if work is not None and not work.finished:
        begun = next((line for line in lines if line.rule == work.rule), None)
        return _closing(leg, begun, keep_margin, work) if begun is not None else GuardVerdict("off", lines[0])
    armed = [line for line in lines if line.is_armed]
    if not armed:
        return GuardVerdict("unarmed", lines[0])
    if work is not None and work.tiers >= len(life.fired):
        return GuardVerdict("done", lines[0])
    reached = [line for line in armed if line.is_reached(leg)]
    if not reached:
        return GuardVerdict("waiting", armed[0])
    due = next((line for line in reached if line.rule in agreed), None)
    return _closing(leg, due, keep_margin) if due is not None else GuardVerdict("agreeing", reached[0])


def _closing(leg: Leg, line: GuardLine, keep_margin: Decimal, work: GuardWork | None = None) -> GuardVerdict:
    """Close down to the base; of one that was begun, no more than what it began with."""
    base, above = base_contracts(leg, keep_margin), closable_contracts(leg, keep_margin)
    rest = above if work is None else min(whole_lots(work.target - work.closed, leg.instrument.lot_size), above)
    if not is_orderable(rest, leg.instrument):
        return GuardVerdict("at_base", line, base=base)
    target = rest if work is None else work.target
    return GuardVerdict("due", line, one_order(rest, leg.instrument), target, base)


def _roi_at(leg: Leg, price: Decimal) -> Decimal:
    return leg.position_side.sign * (price - leg.entry_price) * leg.leverage / leg.entry_price
