"""A snapshot, the rules and what is remembered → what to do now, and why not the rest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from tgtp.domain.hedge import HedgeVerdict, Loser, hedge_verdicts, pairs
from tgtp.domain.ladder import Ladder, LadderVerdict, Reached, Ready, Tier, ladder_verdict, reached
from tgtp.domain.life import Life
from tgtp.domain.model import EPOCH, Leg, LegKey, NotNegative, Number, PositionSide, Snapshot, UnreadableLeg, Value
from tgtp.domain.order import Basis, Intent, Rule
from tgtp.domain.pauses import PausableRule, Scope, is_covered
from tgtp.domain.sizing import realised_estimate, worst_price

# The scope of an account as a whole, by its name.
ALL = Scope().name
HEDGE_TAG = "hedge"
# What arithmetic and validation raise where numbers are beyond all reason.
CANNOT_WORK = (ArithmeticError, ValueError)

Why = Literal[
    "due",  # an order goes out
    "waiting",  # the next tier has not been reached
    "rest_waits",  # the rest of a tier that was begun waits for a ROI above 0
    "small",  # margin not above the gate
    "done",  # every tier has fired, or is dust
    "at_base",  # hedge: nothing above the base can be ordered
    "loser_small",  # hedge: the losing leg is not above the gate
    "forbidden",  # would have closed, but the key may not trade
    "paused",  # would have closed, but is paused
    "unresolved",  # an order of this leg is still being looked up
    "backing_off",  # refused lately; the pause is not over
    "stale",  # the row is older than our own last fill
    "doubted",  # the row's numbers are not believed
    "regained",  # it can be read again since this check
    "unknown",  # not remembered yet
    "broken",  # its numbers cannot be worked with
    "off",  # the rule is switched off in this account
    "upkeep",  # a maintenance of this leg is under way
]


class Switches(Value):
    """Which rules act by themselves in an account."""

    ladder: bool = True
    hedge: bool = True
    maintenance: bool = False
    correction: bool = False


class Rules(Value):
    """The dials of the main rules; margins in USDT. ``own`` are ladders of single legs, by ``ladder_name``.

    ``max_slippage`` (a fraction of the mark price) is how much worse than the mark an order of theirs may fill; 0 for any.
    """

    long: Ladder
    short: Ladder
    own: dict[str, Ladder] = {}
    min_margin: NotNegative = Decimal(1)
    keep_margin: NotNegative = Decimal(1)
    rearm: Literal["on_close", "on_add"] = "on_close"
    max_slippage: NotNegative = Decimal(0)

    def ladder(self, side: PositionSide) -> Ladder:
        """Give the ladder of a side."""
        return self.long if side is PositionSide.LONG else self.short

    def ladder_of(self, leg: LegKey) -> Ladder:
        """Give the ladder of a leg: its own where it has one, else that of its side."""
        return self.own.get(ladder_name(leg.instrument_id, leg.position_side)) or self.ladder(leg.position_side)


def ladder_name(instrument_id: str, side: PositionSide) -> str:
    """Name the ladder of one side of one instrument.

    >>> ladder_name("STX-USDT-SWAP", PositionSide.LONG)
    'STX-USDT-SWAP long'
    """
    return f"{instrument_id} {side.value}"


class Note(NamedTuple):
    """What a rule says of a leg, and the numbers behind it."""

    leg: Leg
    rule: Literal["tier", "hedge"]
    why: Why
    tier: Tier | None = None
    contracts: Decimal = Decimal(0)
    other_roi: Decimal | None = None
    dust: tuple[Tier, ...] = ()
    detail: str = ""


class Plan(NamedTuple):
    """Orders to send side by side, orders that a pause holds back, and a note for every leg looked at."""

    intents: tuple[Intent, ...]
    held_back: tuple[Intent, ...]
    notes: tuple[Note, ...]


class Foreseen(Value):
    """What a rule would do with a leg now: close ``contracts`` of those ``held``, by these ``tiers`` where it is the ladder.

    ``realised`` is the P&L (USDT) of that at the mark price, before fees. ``buys``: a maintenance would buy for so much margin
    (USDT) before it closes anything.
    """

    leg: LegKey
    rule: Literal["tier", "hedge", "maintenance", "correction"]
    roi: Number
    held: NotNegative
    contracts: NotNegative = Decimal(0)
    realised: Number = Decimal(0)
    tiers: tuple[int, ...] = ()
    buys: NotNegative = Decimal(0)


class Situation(NamedTuple):
    """What planning needs besides the snapshot; ``paused`` are the names of the scopes that are."""

    account: str
    rules: Rules
    lives: Mapping[LegKey, Life]
    unresolved: Collection[LegKey]
    paused: Collection[str]
    now: dt.datetime
    may_trade: bool
    doubted: Collection[LegKey] = ()
    switches: Switches = Switches()
    maintained: Collection[LegKey] = ()
    regained: Collection[LegKey] = ()

    def is_paused(self, leg: LegKey, rule: PausableRule) -> bool:
        """Say whether a pause holds back what a rule wants with a leg."""
        return is_covered(self.paused, leg, rule)

    def stops(self, leg: Leg, rule: PausableRule) -> Literal["due", "paused", "forbidden"]:
        """Say whether an order of a rule that is due may go out."""
        if self.is_paused(leg.key, rule):
            return "paused"
        return "due" if self.may_trade else "forbidden"

    def holds(self, leg: Leg, tag: str | None) -> Why | None:
        """Say why a leg must be left alone now, whatever the rules say; None when it is free."""
        life = self.lives.get(leg.key)
        if life is None or not life.is_of(leg):
            return "unknown"
        if leg.key in self.unresolved:
            return "unresolved"
        if leg.key in self.maintained:
            return "upkeep"
        if life.is_stale(leg, self.now):
            return "stale"
        if leg.key in self.doubted:
            return "doubted"
        if leg.key in self.regained:
            return "regained"
        if tag is not None and not life.may_try(tag, self.now):
            return "backing_off"
        return None


def ladder_plan(snapshot: Snapshot, situation: Situation) -> Plan:
    """Plan the ladder for every leg of the snapshot: at most one order a leg."""
    intents: list[Intent] = []
    held_back: list[Intent] = []
    notes: list[Note] = []
    for leg in snapshot.legs:
        try:
            note, intent = _ladder_of(leg, situation)
        except CANNOT_WORK as exc:
            # One leg's absurd numbers never stop the others.
            note, intent = Note(leg, "tier", "broken", detail=_said(exc)), None
        notes.append(note)
        if intent is not None:
            {"due": intents, "paused": held_back}.get(note.why, []).append(intent)
    return Plan(tuple(intents), tuple(held_back), tuple(notes))


def hedge_plan(snapshot: Snapshot, situation: Situation) -> Plan:
    """Plan the hedge rule for every pair of the snapshot."""
    if not situation.switches.hedge:
        return Plan((), (), ())
    intents: list[Intent] = []
    held_back: list[Intent] = []
    notes: list[Note] = []
    # A leg whose numbers are not to be trusted decides nothing, neither for itself nor for its other side.
    sound = [leg for leg in snapshot.legs if situation.holds(leg, None) is None]
    # A leg that is there but cannot be read may be the winner or the loser: the pair is left alone. So is one whose base is not
    # known, because the exchange gives no leverage.
    blind = frozenset(key.instrument_id for key in snapshot.unreadable_keys)
    blind |= frozenset(leg.instrument.instrument_id for leg in snapshot.legs if not leg.leverage_known)
    for pair in pairs(sound):
        try:
            found = _hedge_of(pair, blind, situation)
        except CANNOT_WORK as exc:
            found = [(Note(leg, "hedge", "broken", detail=_said(exc)), None) for leg in pair]
        for note, intent in found:
            notes.append(note)
            if intent is not None:
                {"due": intents, "paused": held_back}.get(note.why, []).append(intent)
    return Plan(tuple(intents), tuple(held_back), tuple(notes))


def foreseen(snapshot: Snapshot, situation: Situation) -> tuple[Foreseen, ...]:
    """Give what the ladder and the hedge rule would close in the checks to come, if nothing were paused and no price moved.

    >>> from tgtp.domain.examples import OPENED_AT, leg
    >>> held = leg(roi=40)
    >>> rules = Rules(long=Ladder.parse("25:30,35:50"), short=Ladder.parse("35:30"))
    >>> situation = Situation("main", rules, {held.key: Life.begun(held)}, (), {ALL}, OPENED_AT, may_trade=True)
    >>> found = foreseen(Snapshot(taken_at=OPENED_AT, legs=(held,)), situation)
    >>> [(row.tiers, f"{row.contracts:f} of {row.held:f}") for row in found]
    [((1, 2), '65 of 100')]
    """
    free, rules = situation._replace(paused=(), may_trade=True), situation.rules
    found: list[Foreseen] = []
    for intent in (*ladder_plan(snapshot, free).intents, *hedge_plan(snapshot, free).intents):
        leg = snapshot.by_key[intent.leg]
        steps: tuple[Reached, ...] = ()
        if intent.rule == "tier":
            steps = reached(leg, situation.lives[leg.key], rules.ladder_of(leg.key), rules.min_margin)
        contracts = sum((step.contracts for step in steps), Decimal(0)) if steps else intent.contracts
        found.append(
            Foreseen(
                leg=leg.key,
                rule="tier" if intent.rule == "tier" else "hedge",
                roi=leg.roi,
                held=leg.contracts,
                contracts=contracts,
                realised=realised_estimate(leg, contracts),
                tiers=tuple(step.tier.number for step in steps),
            )
        )
    return tuple(found)


def intent_of(
    leg: Leg, life: Life, rule: Rule, tag: str, contracts: Decimal, situation: Situation, basis: Basis, **more: Any
) -> Intent:
    """Build an order of a rule or of upkeep; its name depends on the account, the life of the leg and the ``tag`` alone."""
    return Intent(
        client_order_id=life.order_name(situation.account, tag),
        leg=leg.key,
        opened_at=leg.opened_at,
        position_mode=leg.position_mode,
        rule=rule,
        tag=tag,
        contracts=contracts,
        basis=basis,
        meant_at=situation.now,
        **more,
    )


def basis_of(leg: Leg | UnreadableLeg, target: Decimal, **more: Decimal | None) -> Basis:
    """Take down the numbers that a decision rests on; a leg that cannot be read, closed by hand, has but few of them."""
    if isinstance(leg, UnreadableLeg):
        of = leg.instrument
        return Basis(
            mark_price=leg.mark_price,
            contracts=leg.contracts or target,
            contract_size=of.contract_size if of else None,
            lot_size=of.lot_size if of else None,
            min_contracts=of.min_contracts if of else None,
            adjusted_at=leg.adjusted_at or leg.opened_at or EPOCH,
            target_contracts=target,
        )
    return Basis(
        roi=leg.roi,
        initial_margin=leg.initial_margin,
        mark_price=leg.mark_price,
        entry_price=leg.entry_price,
        leverage=leg.leverage,
        contracts=leg.contracts,
        contract_size=leg.instrument.contract_size,
        lot_size=leg.instrument.lot_size,
        min_contracts=leg.instrument.min_contracts,
        adjusted_at=leg.adjusted_at,
        target_contracts=target,
        **more,
    )


def limit_price_of(leg: Leg, rules: Rules) -> Decimal | None:
    """Give the worst price at which a rule may close a leg; None where it takes any."""
    if not rules.max_slippage:
        return None
    return worst_price(leg.mark_price, leg.position_side.closing, rules.max_slippage, leg.instrument.tick_size)


def _ladder_of(leg: Leg, situation: Situation) -> tuple[Note, Intent | None]:
    why = situation.holds(leg, None) if situation.switches.ladder else "off"
    if why is not None:
        return Note(leg, "tier", why), None
    life = situation.lives[leg.key]
    ladder = situation.rules.ladder_of(leg.key)
    verdict = ladder_verdict(leg, life, ladder, situation.rules.min_margin)
    if verdict.ready is not Ready.DUE or verdict.tier is None:
        return Note(leg, "tier", verdict.ready.value, verdict.tier, dust=verdict.dust), None
    tag = f"tier{verdict.tier.number}"
    why = situation.holds(leg, tag) or situation.stops(leg, "tier")
    intent = _tier_intent(leg, life, verdict, tag, situation)
    return Note(leg, "tier", why, verdict.tier, verdict.contracts, dust=verdict.dust), intent


def _hedge_of(pair: list[Leg], blind: frozenset[str], situation: Situation) -> list[tuple[Note, Intent | None]]:
    found: list[tuple[Note, Intent | None]] = []
    rules = situation.rules
    for verdict in hedge_verdicts(pair, rules.min_margin, rules.keep_margin, but_not=blind):
        leg, intent = verdict.losing, None
        why: Why
        if verdict.says is Loser.SMALL:
            why = "loser_small"
        elif verdict.says is Loser.AT_BASE:
            why = "at_base"
        elif (held := situation.holds(leg, HEDGE_TAG)) is not None:
            why = held
        else:
            intent = _hedge_intent(leg, situation.lives[leg.key], verdict, situation)
            why = situation.stops(leg, "hedge")
        found.append((Note(leg, "hedge", why, contracts=verdict.contracts, other_roi=verdict.winner_roi), intent))
    return found


def _raised_from(leg: Leg, life: Life, threshold: Decimal) -> Decimal | None:
    """Give the leverage from before it was raised by hand, where the tier would not have been reached with that; else None."""
    if life.raised_from is None or leg.roi * life.raised_from / leg.leverage >= threshold:
        return None
    return life.raised_from


def _said(exc: BaseException) -> str:
    return f"{type(exc).__name__}: {exc}".splitlines()[0]


def _tier_intent(leg: Leg, life: Life, verdict: LadderVerdict, tag: str, situation: Situation) -> Intent:
    tier = verdict.tier
    if tier is None:
        raise ValueError("a due verdict names its tier")
    basis = basis_of(
        leg,
        verdict.target,
        threshold=tier.threshold,
        share=tier.share,
        min_margin=situation.rules.min_margin,
        lower_leverage=_raised_from(leg, life, tier.threshold),
    )
    limit = limit_price_of(leg, situation.rules)
    return intent_of(leg, life, "tier", tag, verdict.contracts, situation, basis, tier=tier.number, limit_price=limit)


def _hedge_intent(leg: Leg, life: Life, verdict: HedgeVerdict, situation: Situation) -> Intent:
    basis = basis_of(
        leg,
        verdict.target,
        other_roi=verdict.winner_roi,
        base_contracts=verdict.base,
        min_margin=situation.rules.min_margin,
    )
    limit = limit_price_of(leg, situation.rules)
    return intent_of(leg, life, "hedge", HEDGE_TAG, verdict.contracts, situation, basis, limit_price=limit)
