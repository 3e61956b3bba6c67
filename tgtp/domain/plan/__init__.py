"""A snapshot, the rules and what is remembered → what to do now, and why not the rest."""

from __future__ import annotations

from tgtp.domain.plan.drawdown_plan import drawdown_plan, targets_of, with_done
from tgtp.domain.plan.intents import GUARD_TAGS, HEDGE_TAG, basis_of, intent_of, limit_price_of
from tgtp.domain.plan.planning import CANNOT_WORK, Foreseen, Note, Plan, foreseen, guard_plan, hedge_plan, ladder_plan
from tgtp.domain.plan.rules import Rules, Switches, ladder_name
from tgtp.domain.plan.situation import ALL, GuardReadings, Situation, Why

__all__ = [
    "ALL",
    "CANNOT_WORK",
    "GUARD_TAGS",
    "HEDGE_TAG",
    "Foreseen",
    "GuardReadings",
    "Note",
    "Plan",
    "Rules",
    "Situation",
    "Switches",
    "Why",
    "basis_of",
    "drawdown_plan",
    "foreseen",
    "guard_plan",
    "hedge_plan",
    "intent_of",
    "ladder_name",
    "ladder_plan",
    "limit_price_of",
    "targets_of",
    "with_done",
]
