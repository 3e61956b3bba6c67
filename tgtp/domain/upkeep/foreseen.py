"""What the rules would do now, all of them: for whoever wants to see it before it is done."""

from __future__ import annotations

from tgtp.domain.hedge import is_hedged
from tgtp.domain.model import Leg, Snapshot
from tgtp.domain.plan import CANNOT_WORK, Foreseen, Situation, foreseen
from tgtp.domain.sizing import realised_estimate
from tgtp.domain.upkeep.correction import Trim, correction_step
from tgtp.domain.upkeep.maintenance import Draft, draft
from tgtp.domain.upkeep.rules import UpkeepRules


def all_foreseen(snapshot: Snapshot, situation: Situation, upkeep: UpkeepRules | None) -> tuple[Foreseen, ...]:
    """Give what the ladder, the hedge rule and upkeep would begin by themselves, if nothing were paused and no price moved.

    ``upkeep`` is None in an account that is no sub-account. A leg whose numbers make no sense is left alone.
    """
    found = list(foreseen(snapshot, situation))
    for leg in snapshot.legs if upkeep is not None else ():
        try:
            if upkeep is not None and leg.leverage_known and situation.holds(leg, None) is None:
                found += _kept_up(leg, snapshot, situation, upkeep)
        except CANNOT_WORK:
            # Neither is it kept up.
            continue
    return tuple(found)


def _kept_up(leg: Leg, snapshot: Snapshot, situation: Situation, upkeep: UpkeepRules) -> list[Foreseen]:
    facts = {"leg": leg.key, "roi": leg.roi, "held": leg.contracts}
    life, switches = situation.lives[leg.key], situation.switches
    hedged = switches.hedge and is_hedged(leg, snapshot.legs, situation.rules.min_margin)
    if switches.maintenance and leg.roi <= upkeep.maintain_at and not hedged:
        plan = draft(leg, upkeep, life.maintenances, life.maintained_at, snapshot.available, snapshot.taken_at)
        if isinstance(plan, Draft):
            return [Foreseen(**facts, rule="maintenance", buys=plan.buy)]
    target = upkeep.target(life.maintenances)
    step = correction_step(leg, target, snapshot.available) if switches.correction else None
    if not isinstance(step, Trim):
        return []
    realised = realised_estimate(leg, step.contracts)
    return [Foreseen(**facts, rule="correction", contracts=step.contracts, realised=realised)]
