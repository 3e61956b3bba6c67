"""What the rules would do now, all of them: for whoever wants to see it before it is done."""

from __future__ import annotations

from tgtp.domain.hedge import is_hedged
from tgtp.domain.model import Leg, Snapshot
from tgtp.domain.plan import CANNOT_WORK, Foreseen, Situation, foreseen
from tgtp.domain.sizing import realised_estimate
from tgtp.domain.upkeep.correction import Step, Trim, correction_step
from tgtp.domain.upkeep.maintenance import MaintenanceDraft, draft
from tgtp.domain.upkeep.rules import UpkeepRules


def all_foreseen(snapshot: Snapshot, situation: Situation, upkeep: UpkeepRules | None) -> tuple[Foreseen, ...]:
    """Return what the ladder, the hedge rule and upkeep would begin by themselves, if nothing were paused and no price moved.

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


def due_upkeep(leg: Leg, snapshot: Snapshot, situation: Situation, upkeep: UpkeepRules) -> MaintenanceDraft | Step | None:
    """Return what upkeep would begin by itself now, paused or not: a maintenance, or else the first step of a correction."""
    life, switches = situation.lives[leg.key], situation.switches
    hedged = switches.hedge and is_hedged(leg, snapshot.legs, situation.rules.min_margin)
    if switches.maintenance and leg.roi <= upkeep.maintain_at and not hedged:
        plan = draft(leg, upkeep, life.maintenances, life.maintained_at, snapshot.available, snapshot.taken_at)
        if isinstance(plan, MaintenanceDraft):
            return plan
    return correction_step(leg, upkeep.target(life.maintenances), snapshot.available) if switches.correction else None


def _kept_up(leg: Leg, snapshot: Snapshot, situation: Situation, upkeep: UpkeepRules) -> list[Foreseen]:
    facts = {"leg": leg.key, "roi": leg.roi, "held": leg.contracts}
    due = due_upkeep(leg, snapshot, situation, upkeep)
    if isinstance(due, MaintenanceDraft):
        return [Foreseen(**facts, rule="maintenance", buys=due.buy)]
    if not isinstance(due, Trim):
        return []
    return [Foreseen(**facts, rule="correction", contracts=due.contracts, realised=realised_estimate(leg, due.contracts))]
