"""The ladder, the hedge rule and the guards, leg by leg: what is due now, and what would be if nothing were paused."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, NamedTuple

from tgtp.domain.guards.leg_guards import guard_verdict
from tgtp.domain.hedge import Loser, hedge_verdicts, pairs
from tgtp.domain.ladder import Reached, Ready, Tier, ladder_verdict, reached
from tgtp.domain.model import Leg, LegKey, NotNegative, Number, Snapshot, Value
from tgtp.domain.order import GUARDS, GuardRule, Intent
from tgtp.domain.pauses import PausableRule
from tgtp.domain.plan.intents import GUARD_TAGS, HEDGE_TAG, guard_intent, hedge_intent, tier_intent
from tgtp.domain.plan.situation import Situation, Why
from tgtp.domain.sizing import realised_estimate

# What arithmetic and validation raise where numbers are beyond all reason.
CANNOT_WORK = (ArithmeticError, ValueError)


class Note(NamedTuple):
    """What a rule says of a leg, and the numbers behind it; the tier that comes to an order next is ``next_order``'s to say."""

    leg: Leg
    rule: Literal["tier", "hedge", "guard"]
    why: Why
    tier: Tier | None = None
    contracts: Decimal = Decimal(0)
    other_roi: Decimal | None = None
    dust: tuple[Tier, ...] = ()
    detail: str = ""
    guard: GuardRule | None = None
    ahead: tuple[Tier, ...] = ()


class Plan(NamedTuple):
    """Orders to send side by side, orders that a pause holds back, and a note for every leg looked at."""

    intents: tuple[Intent, ...]
    held_back: tuple[Intent, ...]
    notes: tuple[Note, ...]

    def plus(self, other: Plan) -> Plan:
        """Return both."""
        return Plan(self.intents + other.intents, self.held_back + other.held_back, self.notes + other.notes)


class Foreseen(Value):
    """What a rule would do with a leg now: close ``contracts`` of those ``held``, by these ``tiers`` where it is the ladder.

    ``realised`` is the P&L (USDT) of that at the mark price, before fees. ``buys``: a maintenance would buy for so much margin
    (USDT) before it closes anything.
    """

    leg: LegKey
    rule: Literal["tier", "hedge", "give_back", "break_even", "maintenance", "correction"]
    roi: Number
    held: NotNegative
    contracts: NotNegative = Decimal(0)
    realised: Number = Decimal(0)
    tiers: tuple[int, ...] = ()
    buys: NotNegative = Decimal(0)

    @property
    def pausable(self) -> PausableRule:
        """The rule that a pause holds it back by."""
        return "guard" if self.rule == "give_back" or self.rule == "break_even" else self.rule  # noqa: PLR1714 - mypy


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


def guard_plan(snapshot: Snapshot, situation: Situation, *, at_once: bool = False) -> Plan:
    """Plan the guards for every leg of the snapshot; ``at_once``: without waiting for a second reading, for who only asks."""
    intents: list[Intent] = []
    held_back: list[Intent] = []
    notes: list[Note] = []
    for leg in snapshot.legs if situation.rules.guards.is_on else ():
        try:
            note, intent = _guard_of(leg, situation, at_once=at_once)
        except CANNOT_WORK as exc:
            note, intent = Note(leg, "guard", "broken", detail=_said(exc)), None
        notes.append(note)
        if intent is not None:
            {"due": intents, "paused": held_back}.get(note.why, []).append(intent)
    return Plan(tuple(intents), tuple(held_back), tuple(notes))


def foreseen(snapshot: Snapshot, situation: Situation) -> tuple[Foreseen, ...]:
    """Return what the ladder, the hedge rule and the guards would close in the checks to come, if nothing were paused.

    No price moves meanwhile.

    >>> from tgtp.domain.examples import OPENED_AT, leg
    >>> from tgtp.domain.ladder import Ladder
    >>> from tgtp.domain.life import Life
    >>> from tgtp.domain.plan import ALL, Rules
    >>> held = leg(roi=40)
    >>> rules = Rules(long=Ladder.parse("25:30,35:50"), short=Ladder.parse("35:30"))
    >>> situation = Situation("main", rules, {held.key: Life.begun(held)}, (), {ALL}, OPENED_AT, may_trade=True)
    >>> found = foreseen(Snapshot(taken_at=OPENED_AT, legs=(held,)), situation)
    >>> [(row.tiers, f"{row.contracts:f} of {row.held:f}") for row in found]
    [((1, 2), '65 of 100')]
    """
    free, rules = situation._replace(paused=(), may_trade=True), situation.rules
    found: list[Foreseen] = []
    guards = guard_plan(snapshot, free, at_once=True).intents
    for intent in (*ladder_plan(snapshot, free).intents, *hedge_plan(snapshot, free).intents, *guards):
        leg = snapshot.by_key[intent.leg]
        steps: tuple[Reached, ...] = ()
        if intent.rule == "tier":
            steps = reached(leg, situation.lives[leg.key], rules.ladder_of(leg.key), rules.min_margin)
        contracts = sum((step.contracts for step in steps), Decimal(0)) if steps else intent.contracts
        found.append(
            Foreseen(
                leg=leg.key,
                rule=intent.rule if intent.rule in ("tier", "give_back", "break_even") else "hedge",
                roi=leg.roi,
                held=leg.contracts,
                contracts=contracts,
                realised=realised_estimate(leg, contracts),
                tiers=tuple(step.tier.number for step in steps),
            )
        )
    return tuple(found)


def _ladder_of(leg: Leg, situation: Situation) -> tuple[Note, Intent | None]:
    why = situation.holds(leg, None) if situation.switches.ladder else "off"
    if why is not None:
        return Note(leg, "tier", why), None
    life = situation.lives[leg.key]
    ladder = situation.rules.ladder_of(leg.key)
    verdict = ladder_verdict(leg, life, ladder, situation.rules.min_margin)
    if verdict.ready is not Ready.DUE or verdict.tier is None:
        return Note(leg, "tier", verdict.ready.value, verdict.tier, dust=verdict.dust, ahead=verdict.ahead), None
    tag = f"tier{verdict.tier.number}"
    if verdict.tier.number in situation.resting.get(leg.key, ()):
        return Note(leg, "tier", "resting", verdict.tier, verdict.contracts, dust=verdict.dust), None
    why = situation.holds(leg, tag) or situation.stops(leg, "tier")
    intent = tier_intent(leg, life, verdict, tag, situation)
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
            intent = hedge_intent(leg, situation.lives[leg.key], verdict, situation)
            why = situation.stops(leg, "hedge")
        found.append((Note(leg, "hedge", why, contracts=verdict.contracts, other_roi=verdict.winner_roi), intent))
    return found


def _guard_of(leg: Leg, situation: Situation, *, at_once: bool) -> tuple[Note, Intent | None]:
    why = situation.holds(leg, None)
    if why is not None:
        return Note(leg, "guard", why), None
    life, rules, readings = situation.lives[leg.key], situation.rules, situation.guards
    verdict = guard_verdict(
        leg,
        life,
        readings.best.get(leg.key),
        rules.guards,
        min_margin=rules.min_margin,
        keep_margin=rules.keep_margin,
        agreed=GUARDS if at_once else readings.agreed.get(leg.key, ()),
    )
    guard = verdict.line.rule if verdict.line is not None else None
    if verdict.says != "due" or guard is None:
        return Note(leg, "guard", verdict.says, guard=guard), None
    why = situation.holds(leg, GUARD_TAGS[guard]) or situation.stops(leg, "guard")
    intent = guard_intent(leg, life, verdict, situation)
    return Note(leg, "guard", why, contracts=verdict.contracts, guard=guard), intent


def _said(exc: BaseException) -> str:
    return f"{type(exc).__name__}: {exc}".splitlines()[0]
