"""The guards of legs as people have set them; the ledger keeps ``give_back``, or ``STX-USDT-SWAP give_back``, as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Self

from tgtp.domain.guards.rules import GuardRules, parsed
from tgtp.domain.order import GUARDS, GuardRule

GUARD_NOTE = "guards"


class GuardName(NamedTuple):
    """Which guard, of an instrument alone or ("") of all others."""

    rule: GuardRule
    instrument_id: str = ""

    @classmethod
    def parse(cls, name: str) -> Self:
        """Read what ``name`` wrote. Raises ValueError.

        >>> GuardName.parse("STX-USDT-SWAP give_back").name, GuardName.parse("break_even").name
        ('STX-USDT-SWAP give_back', 'break_even')
        """
        instrument_id, _, word = name.rpartition(" ")
        rule = next((rule for rule in GUARDS if rule == word), None)
        if rule is None:
            raise ValueError(f"no guard: {name!r}")
        return cls(rule, instrument_id)

    @property
    def name(self) -> str:
        """The name that the ledger keeps it under."""
        return f"{self.instrument_id} {self.rule}".strip()


# What is to be set, as text; None where it is put back to what holds without it.
WantedGuards = Mapping[GuardName, str | None]


class GuardChange(NamedTuple):
    """Guards to set, and all of them before and after as a person saw them."""

    wanted: WantedGuards
    before: GuardRules
    after: GuardRules


def with_notes(settings: GuardRules, notes: Mapping[str, str]) -> GuardRules:
    """Return the guards as people have set them. Raises ValueError where a name or a text makes no sense.

    >>> rules = with_notes(GuardRules(), {"give_back": "40", "STX-USDT-SWAP give_back": "off"})
    >>> rules.written("give_back"), rules.written("give_back", "STX-USDT-SWAP")
    ('40', 'off')
    """
    rules = settings
    for name, text in notes.items():
        of = GuardName.parse(name)
        rules = rules.with_set(of.rule, parsed(of.rule, text), of.instrument_id)
    return rules
