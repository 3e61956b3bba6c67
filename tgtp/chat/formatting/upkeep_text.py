"""Why a maintenance or a correction cannot be done, or was given up."""

from __future__ import annotations

from decimal import Decimal
from typing import get_args

from tgtp.chat.texts import Html, Language, plain, say
from tgtp.domain import events as ev
from tgtp.domain.model import Leg
from tgtp.domain.upkeep.correction import Stuck
from tgtp.domain.upkeep.maintenance import Interruption, MaintenanceRefusal
from tgtp.errors import Problem

# Why a maintenance was given up, besides the exchange's codes.
OWN_WORDS = ("gone", "unverified", *get_args(Interruption))


def refusal_words(language: Language, refusal: MaintenanceRefusal, *, count: int, roi: Decimal | None = None) -> Html:
    """Write why a maintenance cannot be done."""
    return say(language, f"refusal.{refusal.why}", **dict(refusal), count=count, roi=roi)


def stuck_words(language: Language, event: ev.CorrectionStuck) -> str:
    """Write why a leg could not be brought to its target."""
    return plain(language, f"stuck.{event.why}", **dict(event), held=event)


def obstacle_words(language: Language, leg: Leg, step: Stuck) -> str:
    """Write what stands between a leg and its target."""
    return plain(language, f"stuck.{step.why}", **step._asdict(), held=leg, code="", reason="")


def broken_words(language: Language, why: str, reason: Problem | None) -> str:
    """Write why a maintenance was given up."""
    if why in OWN_WORDS:
        return plain(language, f"maintenance.{why}", reason=reason)
    return plain(language, "upkeep.refused", code=why, reason=reason)
