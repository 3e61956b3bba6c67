"""The dials of the guards of single legs. All of them are off until they are set."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Final

from pydantic import Field

from tgtp.domain.model import NotNegative, Value
from tgtp.domain.order import GuardRule
from tgtp.errors import Invalid, Problem

OFF: Final = "off"
# A ladder has no more tiers.
HIGHEST_TIER = 10

GiveBack = Annotated[NotNegative, Field(lt=1)]
AfterTier = Annotated[int, Field(ge=0, le=HIGHEST_TIER)]


class OwnGuards(Value):
    """What holds for one instrument alone; None where it follows all others."""

    give_back: GiveBack | None = None
    break_even: AfterTier | None = None


class GuardRules(Value):
    """``give_back`` is a fraction of the best ROI, ``break_even`` the number of a tier; 0 is off. ``own``: by instrument."""

    give_back: GiveBack = Decimal(0)
    break_even: AfterTier = 0
    own: dict[str, OwnGuards] = {}

    @property
    def is_on(self) -> bool:
        """Return whether any leg may be guarded."""
        return bool(self.give_back or self.break_even) or any(one.give_back or one.break_even for one in self.own.values())

    def give_back_of(self, instrument_id: str) -> Decimal:
        """Return the fraction of its best ROI that a leg of an instrument may give back; 0 where this guard is off."""
        own = self.own.get(instrument_id)
        return self.give_back if own is None or own.give_back is None else own.give_back

    def break_even_of(self, instrument_id: str) -> int:
        """Return the tier after which a leg of an instrument is closed at break-even; 0 where this guard is off."""
        own = self.own.get(instrument_id)
        return self.break_even if own is None or own.break_even is None else own.break_even

    def of(self, instrument_id: str) -> GuardRules:
        """Return what holds for the legs of an instrument."""
        return GuardRules(give_back=self.give_back_of(instrument_id), break_even=self.break_even_of(instrument_id))

    def written(self, rule: GuardRule, instrument_id: str = "") -> str:
        """Write what a guard is set to, for an instrument or for all others, as ``parsed`` reads it."""
        if rule == "give_back":
            return written_give_back(self.give_back_of(instrument_id))
        return written_break_even(self.break_even_of(instrument_id))

    def with_set(self, rule: GuardRule, value: Decimal | int, instrument_id: str = "") -> GuardRules:
        """Set a guard, for an instrument alone or for all others."""
        if not instrument_id:
            return self.replaced(**{rule: value})
        own = self.own.get(instrument_id, OwnGuards()).replaced(**{rule: value})
        return self.replaced(own={**self.own, instrument_id: own})


def parsed(rule: GuardRule, text: str) -> Decimal | int:
    """Read what ``GuardRules.written`` wrote, and what people write in settings. Raises Invalid.

    >>> parsed("give_back", "40"), parsed("break_even", "after_tier_1"), parsed("break_even", "off")
    (Decimal('0.4'), 1, 0)
    """
    return parsed_give_back(text) if rule == "give_back" else parsed_break_even(text)


def parsed_give_back(text: str) -> Decimal:
    """Read a percentage of the best ROI, 1 to 99, or ``off``; a fraction. Raises Invalid."""
    word = text.strip().lower().removesuffix("%").strip()
    if word in ("", OFF):
        return Decimal(0)
    try:
        percent = Decimal(word)
    except ArithmeticError:
        percent = Decimal(0)
    if not (percent.is_finite() and 1 <= percent <= 99) or int(percent.as_tuple().exponent) < -2:
        raise Invalid(Problem("problem.guard.give_back"))
    return percent / 100


def parsed_break_even(text: str) -> int:
    """Read ``after_tier_2``, ``2`` or ``off``; the number of the tier, 0 for off. Raises Invalid."""
    word = text.strip().lower().removeprefix("after_tier_")
    if word in ("", OFF):
        return 0
    if not (word.isascii() and word.isdigit() and 1 <= int(word) <= HIGHEST_TIER):
        raise Invalid(Problem("problem.guard.break_even", most=HIGHEST_TIER))
    return int(word)


def written_give_back(give_back: Decimal) -> str:
    """Write a fraction as ``parsed_give_back`` reads it.

    >>> written_give_back(Decimal("0.4")), written_give_back(Decimal(0))
    ('40', 'off')
    """
    return f"{(give_back * 100).normalize():f}" if give_back else OFF


def written_break_even(tier: int) -> str:
    """Write the number of a tier as ``parsed_break_even`` reads it."""
    return f"after_tier_{tier}" if tier else OFF
