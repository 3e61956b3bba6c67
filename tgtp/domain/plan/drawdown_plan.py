"""What is left to be closed after the drawdown guard of an account has fired."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from tgtp.domain.guards.drawdown import Action, Firing, Target
from tgtp.domain.life import Life
from tgtp.domain.model import Leg, LegKey, Snapshot
from tgtp.domain.order import Intent
from tgtp.domain.pauses import Pauses
from tgtp.domain.plan.intents import basis_of, intent_of, limit_price_of
from tgtp.domain.plan.planning import CANNOT_WORK
from tgtp.domain.plan.situation import Situation
from tgtp.domain.sizing import base_contracts, is_orderable, one_order, whole_lots


def targets_of(action: Action, snapshot: Snapshot, situation: Situation) -> tuple[Target, ...]:
    """Return what a guard that fires now brings each living leg down to; one without a row waits until it has one.

    Nothing where it only pauses.
    """
    if action == "pause":
        return ()
    lives = [life for life in situation.lives.values() if life.gone_at is None]
    return tuple(_target(life, snapshot.by_key.get(life.key), action, situation) for life in lives)


def _target(life: Life, leg: Leg | None, action: Action, situation: Situation) -> Target:
    leg = leg if leg is not None and life.is_of(leg) else None
    held, keeps = leg.contracts if leg is not None else life.contracts, Decimal(0)
    if action == "base":
        # Where the base is not known the leg is left as it is: closing all of it is not what was asked for.
        keeps = held
        if leg is not None and leg.leverage_known:
            keeps = min(held, _base(leg, situation.rules.keep_margin) or held)
    size = leg.instrument.contract_size if leg is not None else life.contract_size
    # One that has never been read may hold anything.
    done = keeps == held and (held > 0 or action == "base")
    return Target(leg=life.key, opened_at=life.opened_at, held=held, keeps=keeps, contract_size=size, done=done)


def _base(leg: Leg, keep_margin: Decimal) -> Decimal | None:
    try:
        return base_contracts(leg, keep_margin)
    except CANNOT_WORK:
        return None


def with_done(firing: Firing, snapshot: Snapshot, situation: Situation) -> Firing:
    """Mark what is at its target or gone: also where the rest is no order, or another life has begun."""
    targets = tuple(
        target if target.done else target.replaced(done=_is_done(target, snapshot, situation)) for target in firing.targets
    )
    return firing if targets == firing.targets else firing.replaced(targets=targets)


def _is_done(target: Target, snapshot: Snapshot, situation: Situation) -> bool:
    life, leg = situation.lives.get(target.leg), snapshot.by_key.get(target.leg)
    if leg is not None and leg.opened_at != target.opened_at:
        return True
    if life is None or life.opened_at != target.opened_at or life.gone_at is not None:
        return True
    if target.leg in situation.unresolved or leg is None or situation.at_any_price.holds(leg, None) is not None:
        return False
    return not is_orderable(_left(target, leg), leg.instrument)


def _left(target: Target, leg: Leg) -> Decimal:
    """Return the contracts that are to be closed yet, in those of now."""
    keeps = target.keeps
    if keeps and target.contract_size is not None:
        keeps = keeps * target.contract_size / leg.instrument.contract_size
    return whole_lots(leg.contracts - keeps, leg.instrument.lot_size) if keeps else leg.contracts


def drawdown_plan(
    firing: Firing, snapshot: Snapshot, situation: Situation, pauses: Pauses
) -> tuple[list[Intent], list[LegKey]]:
    """Return the next order of each leg that is not at its target, and the legs that a pause holds back."""
    intents: list[Intent] = []
    held_back: list[LegKey] = []
    for target, leg, life in _open(firing.targets, snapshot, situation):
        if situation.at_any_price.holds(leg, firing.tag) is not None:
            continue
        left = _left(target, leg)
        if not is_orderable(left, leg.instrument):
            continue
        if pauses.holds(leg.key, "drawdown"):
            held_back.append(leg.key)
        elif situation.may_trade:
            basis = basis_of(leg, left, base_contracts=target.keeps or None)
            limit = limit_price_of(leg, situation.rules)
            contracts = one_order(left, leg.instrument)
            intents.append(intent_of(leg, life, "drawdown", firing.tag, contracts, situation, basis, limit_price=limit))
    return intents, held_back


def _open(targets: Iterable[Target], snapshot: Snapshot, situation: Situation) -> Iterable[tuple[Target, Leg, Life]]:
    for target in targets:
        leg, life = snapshot.by_key.get(target.leg), situation.lives.get(target.leg)
        if not target.done and leg is not None and life is not None and leg.opened_at == target.opened_at == life.opened_at:
            yield target, leg, life
