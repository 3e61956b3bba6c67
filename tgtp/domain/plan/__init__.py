"""A snapshot, the rules and what is remembered → what to do now, and why not the rest."""

from __future__ import annotations

from tgtp.domain.plan.intents import HEDGE_TAG, basis_of, intent_of, limit_price_of
from tgtp.domain.plan.planning import CANNOT_WORK, Foreseen, Note, Plan, foreseen, hedge_plan, ladder_plan
from tgtp.domain.plan.rules import Rules, Switches, ladder_name
from tgtp.domain.plan.situation import ALL, Situation, Why

__all__ = [
    "ALL",
    "CANNOT_WORK",
    "HEDGE_TAG",
    "Foreseen",
    "Note",
    "Plan",
    "Rules",
    "Situation",
    "Switches",
    "Why",
    "basis_of",
    "foreseen",
    "hedge_plan",
    "intent_of",
    "ladder_name",
    "ladder_plan",
    "limit_price_of",
]
