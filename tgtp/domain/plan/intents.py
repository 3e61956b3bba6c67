"""Orders as they are decided, with the numbers that each decision rests on."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from tgtp.domain.guards.leg_guards import GuardVerdict
from tgtp.domain.hedge import HedgeVerdict
from tgtp.domain.ladder import LadderVerdict, Tier
from tgtp.domain.life import Life
from tgtp.domain.model import EPOCH, Leg, UnreadableLeg
from tgtp.domain.order import Basis, GuardRule, Intent, Rule
from tgtp.domain.plan.rules import Rules
from tgtp.domain.plan.situation import Situation
from tgtp.domain.sizing import worst_price

HEDGE_TAG = "hedge"
# They begin alike: what was told of a pause of guards is forgotten with it.
GUARD_TAGS: Final[Mapping[GuardRule, str]] = {"give_back": "guard_back", "break_even": "guard_even"}


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


def tier_intent(leg: Leg, life: Life, verdict: LadderVerdict, tag: str, situation: Situation) -> Intent:
    """Build the order of a tier that is due."""
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
        **_scaling_of(leg, life, tier, situation.rules),
    )
    limit = limit_price_of(leg, situation.rules)
    return intent_of(leg, life, "tier", tag, verdict.contracts, situation, basis, tier=tier.number, limit_price=limit)


def hedge_intent(leg: Leg, life: Life, verdict: HedgeVerdict, situation: Situation) -> Intent:
    """Build the order that cuts a losing leg down towards its base."""
    basis = basis_of(
        leg,
        verdict.target,
        other_roi=verdict.winner_roi,
        base_contracts=verdict.base,
        min_margin=situation.rules.min_margin,
    )
    limit = limit_price_of(leg, situation.rules)
    return intent_of(leg, life, "hedge", HEDGE_TAG, verdict.contracts, situation, basis, limit_price=limit)


def guard_intent(leg: Leg, life: Life, verdict: GuardVerdict, situation: Situation) -> Intent:
    """Build the order of a guard that is due."""
    line = verdict.line
    if line is None:
        raise ValueError("a due verdict names its guard")
    is_even = line.rule == "break_even"
    basis = basis_of(
        leg,
        verdict.target,
        threshold=line.roi,
        base_contracts=verdict.base,
        min_margin=situation.rules.min_margin,
        best_roi=line.best_roi,
        give_back=line.give_back,
        guard_price=line.price,
        after_tier=line.after_tier if is_even else None,
        fees=leg.fees if is_even else None,
        funding=leg.funding if is_even else None,
    )
    limit = limit_price_of(leg, situation.rules)
    return intent_of(leg, life, line.rule, GUARD_TAGS[line.rule], verdict.contracts, situation, basis, limit_price=limit)


def basis_of(leg: Leg | UnreadableLeg, target: Decimal, **more: Decimal | int | None) -> Basis:
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
        tick_size=leg.instrument.tick_size,
        min_contracts=leg.instrument.min_contracts,
        adjusted_at=leg.adjusted_at,
        target_contracts=target,
        **more,
    )


def limit_price_of(leg: Leg, rules: Rules) -> Decimal | None:
    """Return the worst price at which a rule may close a leg; None where it takes any."""
    if not rules.max_slippage:
        return None
    return worst_price(leg.mark_price, leg.position_side.closing, rules.max_slippage, leg.instrument.tick_size)


def _raised_from(leg: Leg, life: Life, threshold: Decimal) -> Decimal | None:
    """Return the leverage from before it was raised by hand, where that would not have reached the tier; else None."""
    if life.raised_from is None or leg.roi * life.raised_from / leg.leverage >= threshold:
        return None
    return life.raised_from


def _scaling_of(leg: Leg, life: Life, tier: Tier, rules: Rules) -> dict[str, Decimal | None]:
    """Return what a tier's threshold was before it was multiplied, and by what; a begun tier keeps what it was begun with."""
    if (begun := life.unfinished) is not None and begun.tier == tier.number:
        return {"base_threshold": begun.base_threshold, "factor": begun.factor}
    base = next((each.threshold for each in rules.base_ladder_of(leg.key).tiers if each.number == tier.number), tier.threshold)
    if base == tier.threshold:
        return {}
    return {"base_threshold": base, "factor": rules.factor_of(leg.instrument.instrument_id)}
