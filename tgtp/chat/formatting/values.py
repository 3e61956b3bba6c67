"""A leg, a side, a duration, a threshold as a word by itself; where it stands in a sentence, the text says how it looks."""

from __future__ import annotations

from decimal import Decimal

from tgtp.chat.texts import Language, plain, written
from tgtp.chat.texts.formats.numbers import percent
from tgtp.domain.guards.rules import parsed_break_even, parsed_give_back
from tgtp.domain.model import Leg, LegKey, MarginMode, PositionSide
from tgtp.domain.order import Basis, GuardRule
from tgtp.domain.plan import Rules


def age(language: Language, seconds: float) -> str:
    """Write a duration in its largest fitting unit."""
    return written(language, seconds, "age")


def side(language: Language, position_side: PositionSide) -> str:
    """Name a side."""
    return written(language, position_side)


def sided(language: Language, leg: Leg) -> str:
    """Name a leg's side; the margin mode only where it is not the usual one."""
    name = side(language, leg.position_side)
    isolated = leg.margin_mode is MarginMode.ISOLATED
    return f"{name} {plain(language, 'mode.isolated')}" if isolated else name


def leg_name(language: Language, key: LegKey) -> str:
    """Name a leg by its coin; the margin mode only where it is not the usual one."""
    return written(language, key)


def threshold(language: Language, acts: Decimal | None, base: Decimal | None = None, factor: Decimal | None = None) -> str:
    """Write a threshold (a fraction), and the ``base`` that was multiplied by a ``factor`` where there is one.

    >>> threshold("en", Decimal("0.285"), Decimal("0.25"), Decimal("1.14")), threshold("en", Decimal("0.25"))
    ('28.5% = 25% × 1.14', '25%')
    """
    if acts is None:
        return "?"
    if base is None or factor is None:
        return percent(acts)
    return plain(language, "threshold.scaled", acts=acts, base=base, factor=factor)


def threshold_of_basis(language: Language, basis: Basis) -> str:
    """Write the threshold that an order was decided on."""
    return threshold(language, basis.threshold, basis.base_threshold, basis.factor)


def threshold_of_tier(language: Language, rules: Rules, leg: LegKey, number: int, acts: Decimal) -> str:
    """Write the threshold of a tier of a leg under rules."""
    return threshold(language, acts, rules.base_of(leg, number, acts), rules.factor_of(leg.instrument_id))


def guard_value(language: Language, rule: GuardRule, text: str) -> str:
    """Write what a guard is set to; ``text`` is as settings have it.

    >>> guard_value("en", "give_back", "40"), guard_value("zh", "break_even", "after_tier_1")
    ('40%', '第 1 档之后')
    """
    if rule == "give_back":
        fraction = parsed_give_back(text)
        return plain(language, "guards.give_back", fraction=fraction) if fraction else plain(language, "guards.off")
    tier = parsed_break_even(text)
    return plain(language, "guards.break_even", tier=tier) if tier else plain(language, "guards.off")
