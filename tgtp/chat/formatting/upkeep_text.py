"""Why a maintenance or a correction cannot be done, or was given up."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import Any, get_args

from tgtp.chat.formatting.error_text import problem
from tgtp.chat.formatting.numbers import brief, digits, money, percent, price, when
from tgtp.chat.texts import Language, plain
from tgtp.domain import events as ev
from tgtp.domain.model import Leg
from tgtp.domain.upkeep.correction import Stuck
from tgtp.domain.upkeep.maintenance import Interruption, MaintenanceRefusal
from tgtp.errors import Problem

_SIX_DIGITS = Context(prec=6)
# Why a maintenance was given up, besides the exchange's codes.
OWN_WORDS = ("gone", "unverified", *get_args(Interruption))


def average(exact: Decimal) -> str:
    """Write an average price: its many digits say nothing."""
    return price(exact.normalize(_SIX_DIGITS))


def refusal_words(language: Language, refusal: MaintenanceRefusal, *, count: int, roi: Any = None) -> str:
    """Say why a maintenance cannot be done."""
    return plain(
        language,
        f"refusal.{refusal.why}",
        count=count,
        roi=percent(roi, signed=True) if roi is not None else "",
        missing=money(refusal.missing),
        needed=money(refusal.needed),
        when=when(refusal.again_at) if refusal.again_at is not None else "",
    )


def stuck_words(language: Language, event: ev.CorrectionStuck) -> str:
    """Say why a leg could not be brought to its target."""
    return _obstacle(language, event, Stuck(event.why, event.least, event.missing), event.code, event.reason)


def obstacle_words(language: Language, leg: Leg, step: Stuck) -> str:
    """Say what stands between a leg and its target."""
    return _obstacle(language, leg, step)


def _obstacle(language: Language, held: Leg | ev.CorrectionStuck, step: Stuck, code: str = "", reason: str = "") -> str:
    return plain(
        language,
        f"stuck.{step.why}",
        notional=money(held.notional),
        leverage=digits(held.leverage),
        least=money(step.least),
        missing=money(step.missing),
        code=code,
        reason=brief(reason),
    )


def broken_words(language: Language, why: str, reason: Problem | None) -> str:
    """Say why a maintenance was given up."""
    if why in OWN_WORDS:
        return plain(language, f"maintenance.{why}", reason=problem(language, reason))
    return plain(language, "upkeep.refused", code=why, reason=problem(language, reason))
