"""What rests at the exchange beside what is to rest: what is to be placed, amended and cancelled, and what is looked up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from tgtp.domain.model import Leg, LegKey, Moment, Snapshot, Value
from tgtp.domain.order import Intent
from tgtp.domain.plan import CANNOT_WORK, Situation
from tgtp.domain.resting.conditional import Conditional, RestingTier, tag_of
from tgtp.domain.resting.rules import RestingRules
from tgtp.domain.resting.wanted import Wanted, is_beyond, wanted

# A trigger follows a scaled threshold from this ROI on (a fraction).
ONE_POINT: Final = Decimal("0.01")
# What rests already counts as nearer by this factor: two tiers that are as far away do not take turns.
STAYS: Final = Decimal("0.8")

Stance = Literal[
    "rest",  # its tiers are to rest
    "leave",  # what rests stays as it is: not enough is known of the leg now
    "lift",  # nothing of it may rest
]


class Rested(Value):
    """A tier that rests, or may: what was sent at ``sent_at``, and the decision that it stands for.

    ``algo_id`` is the exchange's id of it, "" while its answer is not known. ``leaving``: it is to end, and was not seen to.
    ``absent``: no answer came, and two looks some seconds apart have found none; it may come yet. ``paused_at`` is since when a
    pause has it end, by the exchange's clock.
    """

    order: RestingTier
    intent: Intent
    algo_id: str = ""
    sent_at: Moment
    leaving: bool = False
    absent: bool = False
    paused_at: Moment | None = None

    @property
    def is_asked(self) -> bool:
        """Return whether it is to rest, and it is not known whether it does."""
        return not (self.algo_id or self.leaving or self.absent)


class Change(NamedTuple):
    """Something that rests, and what is to rest in its place."""

    rested: Rested
    wanted: Wanted


class Audit(NamedTuple):
    """What to do, the nearest tiers first. ``gone`` does not wait any more, ``strangers`` have our names.

    ``again`` was asked for and never acknowledged.

    ``left_out`` counts the tiers that are too many. ``is_other_mode``: the position mode is not that in which tiers rest.
    """

    place: tuple[Wanted, ...] = ()
    amend: tuple[Change, ...] = ()
    cancel: tuple[Rested, ...] = ()
    again: tuple[Change, ...] = ()
    gone: tuple[Rested, ...] = ()
    strangers: tuple[Conditional, ...] = ()
    left_out: int = 0
    is_other_mode: bool = False


class _Seen(NamedTuple):
    """A leg, its stance, and the tiers of it that are to rest."""

    leg: Leg
    stance: Stance
    wants: tuple[Wanted, ...]


def stance(leg: Leg, situation: Situation, rules: RestingRules, lifted: Collection[LegKey] = ()) -> Stance:
    """Say whether the tiers of a leg are to rest now."""
    if rules.mode_of(leg.instrument.instrument_id) == "off" or not situation.switches.ladder:
        return "lift"
    if situation.is_paused(leg.key, "tier") or leg.key in lifted or leg.key in situation.maintained:
        return "lift"
    if not situation.may_trade or situation.holds(leg, None) is not None:
        return "leave"
    guarded = situation.lives[leg.key].guarded
    return "lift" if guarded is not None and not guarded.finished else "rest"


def audit(
    snapshot: Snapshot,
    situation: Situation,
    rules: RestingRules,
    rested: Mapping[str, Rested],
    live: Iterable[Conditional],
    *,
    most: int | None = None,
    lifted: Collection[LegKey] = (),
) -> Audit:
    """Compare what rests with what is to rest, for every leg; ``rested`` by name, ``live`` of anybody's.

    ``most`` tiers may rest, where the exchange takes no more. Whatever is not ours by its name is passed over.
    """
    waits = {one.name: one for one in live if one.is_ours}
    seen = {(leg.key, leg.opened_at): _see(leg, situation, rules, lifted) for leg in snapshot.legs}
    nearest = _nearest(seen.values(), rested, waits)
    kept = nearest[:most]
    meant = {want.order.name if one is None else one.order.name: want for want, one in kept}
    amend: list[Change] = []
    cancel: list[Rested] = []
    for name, one in rested.items():
        at = seen.get((one.order.leg, one.order.opened_at))
        if at is None:
            # Of a leg that cannot be read it is not known whether it is there.
            cancel += [] if one.order.leg in snapshot.unreadable_keys or snapshot.nameless else [one]
        elif at.stance == "lift" or one.leaving or (at.stance == "rest" and name not in meant):
            cancel.append(one)
        elif at.stance == "rest" and name in waits and _differs(one, waits[name], meant[name], situation):
            # One that would be beyond its trigger at once is the check's to fire.
            if is_beyond(meant[name].order, at.leg.mark_price):
                cancel.append(one)
            else:
                amend.append(Change(one, meant[name]))
    return Audit(
        place=tuple(want for want, one in kept if one is None and _may_be_placed(want, seen, situation)),
        amend=tuple(amend),
        cancel=tuple(cancel),
        again=tuple(
            Change(one, want)
            for want, one in kept
            if one is not None and not (one.algo_id or one.leaving or one.order.name in waits or _is_crossed(want.order, seen))
        ),
        gone=tuple(one for name, one in rested.items() if name not in waits),
        strangers=tuple(one for name, one in waits.items() if name not in rested),
        left_out=len(nearest) - len(kept),
        is_other_mode=any(_is_other_mode(one, seen) for one in rested.values()),
    )


def _see(leg: Leg, situation: Situation, rules: RestingRules, lifted: Collection[LegKey]) -> _Seen:
    is_to = stance(leg, situation, rules, lifted)
    if is_to != "rest":
        return _Seen(leg, is_to, ())
    life, ladder = situation.lives[leg.key], situation.rules.ladder_of(leg.key)
    try:
        return _Seen(leg, is_to, wanted(leg, life, ladder, situation.rules.min_margin, situation.account))
    except CANNOT_WORK:
        # One leg's absurd numbers never stop the others.
        return _Seen(leg, "leave", ())


def _nearest(seen: Iterable[_Seen], rested: Mapping[str, Rested], waits: Collection[str]) -> list[tuple[Wanted, Rested | None]]:
    """Return what is to rest, the nearest trigger first, each with what rests of its tier already."""
    by_tier = {(one.order.leg, one.order.opened_at, one.order.tier): one for one in rested.values()}
    found: list[tuple[Decimal, Wanted, Rested | None]] = []
    for leg, _, wants in seen:
        for want in wants:
            one = by_tier.get((leg.key, leg.opened_at, want.order.tier))
            far = abs(want.order.trigger_price - leg.mark_price) / leg.mark_price
            found.append((far * STAYS if one is not None and one.order.name in waits else far, want, one))
    found.sort(key=lambda each: each[0])
    return [(want, one) for _, want, one in found]


def _may_be_placed(want: Wanted, seen: Mapping[tuple[LegKey, Moment], _Seen], situation: Situation) -> bool:
    """Return whether a tier may be placed now: one whose trigger the price is beyond is the check's to fire."""
    leg = seen[want.order.leg, want.order.opened_at].leg
    is_free = situation.lives[leg.key].may_try(tag_of(want.order.tier), situation.now)
    return is_free and not is_beyond(want.order, leg.mark_price)


def _differs(one: Rested, live: Conditional, want: Wanted, situation: Situation) -> bool:
    """Return whether another order waits than the one that is wanted. A scaled threshold is followed by whole points."""
    if live.trigger_type != "mark" or live.contracts != want.order.contracts or live.trigger_price is None:
        return True
    if live.trigger_price == want.order.trigger_price:
        return False
    was, leg = one.intent.basis, want.leg
    base = next(tier.threshold for tier in situation.rules.base_ladder_of(leg.key).tiers if tier.number == want.tier.number)
    # Where a threshold acts as it is written, no later factor would put right what is left of the last one.
    is_scaled = want.tier.threshold not in (base, was.threshold) and (was.base_threshold or was.threshold) == base
    if not is_scaled or (was.entry_price, was.leverage) != (leg.entry_price, leg.leverage):
        return True
    return abs(leg.replaced(mark_price=live.trigger_price).roi - want.tier.threshold) >= ONE_POINT


def _is_crossed(order: RestingTier, seen: Mapping[tuple[LegKey, Moment], _Seen]) -> bool:
    return is_beyond(order, seen[order.leg, order.opened_at].leg.mark_price)


def _is_other_mode(one: Rested, seen: Mapping[tuple[LegKey, Moment], _Seen]) -> bool:
    at = seen.get((one.order.leg, one.order.opened_at))
    return at is not None and at.leg.position_mode is not one.order.position_mode
