"""What a guard is set to, in words."""

from __future__ import annotations

from tgtp.chat.texts import Language, plain
from tgtp.domain.guards.rules import parsed_break_even, parsed_give_back
from tgtp.domain.order import GuardRule


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
