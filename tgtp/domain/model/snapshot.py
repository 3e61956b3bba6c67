"""What one look at an account has seen."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Literal

from tgtp.domain.model.account import UsdtMoney
from tgtp.domain.model.leg import Leg, LegKey, UnreadableLeg
from tgtp.domain.model.value import Moment, Number, Value


class Unwatched(Value):
    """A row of the account that tgtp shows once and never touches. ``reason`` names a text."""

    name: str
    reason: Literal["not_usdt", "not_swap", "unknown_instrument", "unreadable"]
    detail: str = ""


class Snapshot(Value):
    """A whole, well-formed look at the account at ``taken_at``.

    ``equity`` in USD and ``available`` (USDT that new orders and added margin can be paid from), None when only that could not
    be read; so is ``usdt``, where any part of it could not. ``unreadable`` legs exist, but their rows cannot be worked with.
    ``nameless`` counts rows that do not even say of which instrument they are: each may be any leg that is missing.
    """

    taken_at: Moment
    legs: tuple[Leg, ...]
    equity: Number | None = None
    available: Number | None = None
    usdt: UsdtMoney | None = None
    unwatched: tuple[Unwatched, ...] = ()
    unreadable: tuple[UnreadableLeg, ...] = ()
    nameless: int = 0

    @cached_property
    def unreadable_keys(self) -> frozenset[LegKey]:
        """The names of all legs that the unreadable ones are or may be."""
        return frozenset(key for leg in self.unreadable for key in leg.keys)

    @cached_property
    def leg_keys(self) -> frozenset[LegKey]:
        """The names of all legs, readable or not."""
        return self.unreadable_keys | self.by_key.keys()

    @cached_property
    def instrument_ids(self) -> frozenset[str]:
        """The instruments of all legs, readable or not."""
        return frozenset(key.instrument_id for key in self.leg_keys)

    @property
    def blind_count(self) -> int:
        """How many legs are open, or may be, and cannot be read."""
        unnamed = sum(leg.why == "unnamed" for leg in self.unreadable)
        return len(self.unreadable) - unnamed + max(unnamed, self.nameless)

    def with_missing(self, remembered: Iterable[LegKey]) -> Snapshot:
        """Count remembered legs that have no row as unreadable, where a row names no instrument: each may be that one."""
        missing = sorted((key for key in remembered if key not in self.leg_keys), key=str) if self.nameless else []
        found = tuple(UnreadableLeg(keys=(key,), why="unnamed", certain=False) for key in missing)
        return self.replaced(unreadable=(*self.unreadable, *found)) if found else self

    @property
    def has_legs(self) -> bool:
        """Return whether anything of ours is open, readable or not."""
        return bool(self.legs or self.unreadable or self.nameless)

    @property
    def closable(self) -> tuple[Leg | UnreadableLeg, ...]:
        """The legs that a hand can close, readable ones first."""
        blind = sorted((leg for leg in self.unreadable if leg.closable), key=lambda leg: str(leg.key))
        return (*self.legs, *blind)

    def held(self, key: LegKey) -> Leg | UnreadableLeg | None:
        """Return a leg, readable or not; None where no row is certainly its own."""
        return self.by_key.get(key) or next((leg for leg in self.unreadable if leg.certain and leg.key == key), None)

    @cached_property
    def by_key(self) -> dict[LegKey, Leg]:
        """The legs by name."""
        return {leg.key: leg for leg in self.legs}
