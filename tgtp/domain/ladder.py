"""The ladder: which tier of a leg is due, and how many contracts it closes."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from enum import Enum, unique
from typing import NamedTuple, Self

from pydantic import ValidationError, model_validator

from tgtp.domain.fired_tiers import FiredTier, PartialTier
from tgtp.domain.life import Life
from tgtp.domain.model import Leg, Number, Positive, Value
from tgtp.domain.sizing import closed_in_orders, is_orderable, one_order, share_of, whole_lots
from tgtp.errors import Invalid, Problem

MOST_TIERS = 10
HIGHEST_THRESHOLD = Decimal(1000)


class Tier(Value):
    """One rung: fires at a ROI (a fraction) and closes a share (a fraction) of what is still held."""

    number: int
    threshold: Positive
    share: Positive

    def __str__(self) -> str:
        return f"{_percent(self.threshold)}:{_percent(self.share)}"


class Ladder(Value):
    """Tiers with rising thresholds; empty is not a ladder."""

    tiers: tuple[Tier, ...]

    @model_validator(mode="after")
    def _is_a_ladder(self) -> Self:
        if not 1 <= len(self.tiers) <= MOST_TIERS:
            raise Invalid(Problem("problem.ladder_count", most=MOST_TIERS, count=len(self.tiers)))
        for tier in self.tiers:
            if not Decimal("0.01") <= tier.share <= 1:
                raise Invalid(Problem("problem.ladder_share", share=_percent(tier.share)))
        for lower, upper in zip(self.tiers, self.tiers[1:], strict=False):
            if upper.threshold <= lower.threshold:
                raise Invalid(Problem("problem.ladder_rise", upper=_percent(upper.threshold), lower=_percent(lower.threshold)))
        if [tier.number for tier in self.tiers] != list(range(1, len(self.tiers) + 1)):
            raise ValueError("tiers are numbered from 1 up")
        return self

    def __str__(self) -> str:
        return ",".join(map(str, self.tiers))

    @classmethod
    def parse(cls, text: str) -> Ladder:
        """Read ``25:30,35:50,50:50``: percent of ROI, percent of what is still held.

        Raises Invalid.

        >>> str(Ladder.parse("25:30, 35:50, 50:50"))
        '25:30,35:50,50:50'
        >>> Ladder.parse("35:50,25:30")
        Traceback (most recent call last):
        ...
        tgtp.errors.Invalid: problem.ladder_rise (upper: 25, lower: 35)
        """
        tiers = []
        for number, rung in enumerate(text.replace(" ", "").split(","), start=1):
            threshold, colon, share = rung.partition(":")
            try:
                values = [Decimal(threshold) / 100, Decimal(share) / 100]
            except ArithmeticError:
                values = []
            if not colon or not values or not all(value.is_finite() for value in values):
                raise Invalid(Problem("problem.ladder_form", rung=repr(rung)))
            if not 0 < values[0] <= HIGHEST_THRESHOLD:
                highest = _percent(HIGHEST_THRESHOLD)
                raise Invalid(Problem("problem.ladder_high", highest=highest, threshold=threshold))
            if values[1] <= 0:
                raise Invalid(Problem("problem.ladder_share", share=share))
            tiers.append(Tier(number=number, threshold=values[0], share=values[1]))
        try:
            return cls(tiers=tuple(tiers))
        except ValidationError as exc:
            # pydantic wraps what is wrong in a report; people get what is wrong.
            raise exc.errors()[0]["ctx"]["error"] from None

    def next_after(self, done: Collection[int]) -> Tier | None:
        """Return the lowest tier that is not among the done ones."""
        return next((tier for tier in self.tiers if tier.number not in done), None)


@unique
class Ready(str, Enum):
    """What the ladder says of a leg."""

    DUE = "due"
    WAITING = "waiting"
    SMALL = "small"
    REST_WAITS = "rest_waits"
    DONE = "done"


class LadderVerdict(Value):
    """What the ladder says of one leg now, and why.

    ``tier`` is the one that is due, or the next one waited for. ``contracts`` is what this order closes, ``target`` what the
    tier closes in all. ``dust`` are reached tiers that round to less than the smallest order, ``ahead`` those not reached yet.
    """

    ready: Ready
    tier: Tier | None = None
    contracts: Number = Decimal(0)
    target: Number = Decimal(0)
    dust: tuple[Tier, ...] = ()
    ahead: tuple[Tier, ...] = ()


def ladder_verdict(leg: Leg, life: Life, ladder: Ladder, min_margin: Decimal) -> LadderVerdict:
    """Decide what the ladder does with a leg in this check: at most one tier, the lowest that has not fired.

    >>> from tgtp.domain.examples import leg
    >>> seed = Ladder.parse("25:30,35:50,50:50")
    >>> held = leg(roi=60)
    >>> fresh = Life.begun(held)
    >>> verdict = ladder_verdict(held, fresh, seed, Decimal(1))
    >>> verdict.tier.number, verdict.contracts
    (1, Decimal('30'))

    Two contracts with a lot of 1: 30 % is 0.6, dust; from 35 % on the next tier up closes one.

    >>> small = leg(contracts=2, roi=36)
    >>> verdict = ladder_verdict(small, Life.begun(small), seed, Decimal(1) / 2)
    >>> verdict.tier.number, verdict.contracts, [tier.number for tier in verdict.dust]
    (2, Decimal('1'), [1])

    The rest of a tier that was begun is closed while the ROI is above 0, whatever its threshold is, and waits otherwise:

    >>> begun = PartialTier(tier=1, threshold=Decimal("0.25"), target=Decimal(30), closed=Decimal(12))
    >>> for roi in (1, 0, -60):
    ...     held = leg(roi=roi)
    ...     verdict = ladder_verdict(held, Life.begun(held).replaced(unfinished=begun), seed, Decimal(1))
    ...     print(verdict.ready.value, verdict.contracts)
    due 18
    rest_waits 0
    rest_waits 0

    The gate is strict: a margin of exactly 1 U is not looked at.

    >>> ladder_verdict(leg(contracts=2, roi=36), Life.begun(small), seed, Decimal(1)).ready.value
    'small'
    """
    if leg.initial_margin <= min_margin:
        return LadderVerdict(ready=Ready.SMALL)
    if (unfinished := life.unfinished) is not None:
        tier = _begun(unfinished, ladder)
        rest = min(whole_lots(unfinished.rest, leg.instrument.lot_size), leg.contracts)
        if is_orderable(rest, leg.instrument):
            if leg.roi <= 0:
                # What is left of a take-profit is not sold at a loss.
                return LadderVerdict(ready=Ready.REST_WAITS, tier=tier, target=unfinished.target)
            contracts = one_order(rest, leg.instrument)
            return LadderVerdict(ready=Ready.DUE, tier=tier, contracts=contracts, target=unfinished.target)
    # A begun tier is never begun again, even where its rest has become too small to order.
    taken = life.fired_numbers | ({life.unfinished.tier} if life.unfinished else set())
    dust: list[Tier] = []
    for tier in ladder.tiers:
        if tier.number in taken:
            continue
        if leg.roi < tier.threshold:
            ahead = tuple(each for each in ladder.tiers if each.number >= tier.number and each.number not in taken)
            return LadderVerdict(ready=Ready.WAITING, tier=tier, dust=tuple(dust), ahead=ahead)
        target = share_of(leg, tier.share)
        if is_orderable(target, leg.instrument):
            contracts = one_order(target, leg.instrument)
            return LadderVerdict(ready=Ready.DUE, tier=tier, contracts=contracts, target=target, dust=tuple(dust))
        dust.append(tier)
    return LadderVerdict(ready=Ready.DONE, dust=tuple(dust))


class Reached(NamedTuple):
    """A tier that has been reached, and the contracts that it closes in all."""

    tier: Tier
    contracts: Decimal


def reached(leg: Leg, life: Life, ladder: Ladder, min_margin: Decimal) -> tuple[Reached, ...]:
    """Return what the ladder closes in the checks to come, one tier after the other, while the price stays as it is.

    >>> from tgtp.domain.examples import leg
    >>> held = leg(roi=40)
    >>> seed = Ladder.parse("25:30,35:50,50:50")
    >>> [(tier.number, f"{contracts:f}") for tier, contracts in reached(held, Life.begun(held), seed, Decimal(1))]
    [(1, '30'), (2, '35')]
    """
    found: list[Reached] = []
    # A tier is due once: its rest, where it has been begun already, counts as one more.
    for _ in range(len(ladder.tiers) + 1):
        verdict = ladder_verdict(leg, life, ladder, min_margin)
        if verdict.ready is not Ready.DUE or verdict.tier is None:
            break
        begun = life.unfinished
        target = min(whole_lots(begun.rest, leg.instrument.lot_size), leg.contracts) if begun else verdict.target
        contracts = closed_in_orders(target, leg.instrument)
        found.append(Reached(verdict.tier, contracts))
        left = leg.contracts - contracts
        if left <= 0:
            break
        fired = FiredTier(tier=verdict.tier.number, threshold=verdict.tier.threshold, fired_at=leg.adjusted_at)
        life = life.replaced(fired=(*life.fired, fired), unfinished=None)
        leg = leg.replaced(contracts=left, initial_margin=leg.initial_margin * left / leg.contracts)
    return tuple(found)


def _begun(unfinished: PartialTier, ladder: Ladder) -> Tier:
    """Return a begun tier as it was begun: the ladder may have been changed since."""
    tier = next((tier for tier in ladder.tiers if tier.number == unfinished.tier), None)
    share = unfinished.share or (tier.share if tier is not None else Decimal(1))
    return Tier(number=unfinished.tier, threshold=unfinished.threshold, share=share)


def _percent(fraction: Decimal) -> str:
    return f"{(fraction * 100).normalize():f}"
