"""Pauses: what is not closed by itself, why, since when and until when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple, Self, get_args

from pydantic import field_validator, model_validator

from tgtp.domain.model import EPOCH, LegKey, Moment, PositionSide, Value
from tgtp.domain.order import Rule

# Stands in the name of a scope for every instrument.
EVERY: Final = "*"
# What a pause can stop for itself.
PausableRule = Literal["tier", "hedge", "guard", "maintenance", "correction"]
# The rule that an order is of; a close by hand and the cut that ends a maintenance are never held back.
RULE_OF: Final[Mapping[Rule, PausableRule]] = {
    "tier": "tier",
    "hedge": "hedge",
    "give_back": "guard",
    "break_even": "guard",
    "drawdown": "guard",
    "buy": "maintenance",
    "trim": "correction",
}

Cause = Literal["person", "time", "first_start", "new_ledger", "foreign_order", "restored_backup", "guard", "watch"]
# What /resume lifts at once. Each other cause says that something is to be looked at first, and has a button of its own.
LIFTED_AT_ONCE: frozenset[Cause] = frozenset({"person", "time"})
# What no button lifts: it stands for as long as the settings say so, and is never on disk.
BY_SETTINGS: frozenset[Cause] = frozenset({"watch"})
# What an authenticator guards, where one is set: from then on orders may leave that nobody has looked at.
GUARDED_BY_CODE: frozenset[Cause] = frozenset({"guard", "first_start"})
# The one that is shown: what people must look into before what they did themselves.
STRICTEST: tuple[Cause, ...] = (
    *("watch", "guard", "foreign_order", "restored_backup", "new_ledger", "first_start"),
    *("person", "time"),
)


class Scope(NamedTuple):
    """What a pause holds back; what is not named is not narrowed down.

    On disk it is its name: the instrument or ``*``, then the side and the rule, where they are named.
    """

    instrument_id: str | None = None
    position_side: PositionSide | None = None
    rule: PausableRule | None = None

    @classmethod
    def of(cls, name: str) -> Scope:
        """Read a name. Raises ValueError.

        >>> Scope.of("STX-USDT-SWAP long hedge").rule, Scope.of("* tier").instrument_id, Scope.of("*") == Scope()
        ('hedge', None, True)
        """
        return _read_scope(name)

    @classmethod
    def is_name(cls, name: str) -> bool:
        """Return whether this is the name of a scope."""
        try:
            return bool(cls.of(name).name)
        except ValueError:
            return False

    @property
    def name(self) -> str:
        """The name.

        >>> Scope().name, Scope("STX-USDT-SWAP", PositionSide.LONG, "hedge").name, Scope(rule="tier").name
        ('*', 'STX-USDT-SWAP long hedge', '* tier')
        """
        side = self.position_side.value if self.position_side is not None else None
        return " ".join(part for part in (self.instrument_id or EVERY, side, self.rule) if part)

    @property
    def is_whole(self) -> bool:
        """Return whether it is the account as a whole."""
        return self == Scope()

    @property
    def parts(self) -> int:
        """How many parts it is narrowed down by: 0 for the account as a whole, 3 at the most."""
        return sum(part is not None for part in self)

    def covers(self, leg: LegKey, rule: PausableRule) -> bool:
        """Return whether it holds back what a rule wants with a leg."""
        return self.touches(leg) and self.rule in (None, rule)

    def touches(self, leg: LegKey) -> bool:
        """Return whether it holds back anything of a leg."""
        return self.instrument_id in (None, leg.instrument_id) and self.position_side in (None, leg.position_side)

    def includes(self, other: Scope) -> bool:
        """Return whether all that the other holds back is held back by this one too."""
        return all(mine in (None, theirs) for mine, theirs in zip(self, other, strict=True))


@lru_cache(maxsize=1024)
def _read_scope(name: str) -> Scope:
    instrument_id, *rest = name.split(" ")
    sides = [side for side in PositionSide if side.value in rest]
    rules: list[PausableRule] = [rule for rule in get_args(PausableRule) if rule in rest]
    scope = Scope(
        None if instrument_id == EVERY else instrument_id,
        sides[0] if sides else None,
        rules[0] if rules else None,
    )
    if not instrument_id or scope.name != name:
        raise ValueError(f"not a scope of a pause: {name!r}")
    return scope


def is_covered(scopes: Iterable[str], leg: LegKey, rule: PausableRule) -> bool:
    """Return whether one of these scopes, by name, holds back what a rule wants with a leg."""
    return any(Scope.of(name).covers(leg, rule) for name in scopes)


# What one command does in several accounts happens within less.
AT_ONCE: Final = dt.timedelta(seconds=1)


class Pause(Value):
    """Nothing is done by itself within ``scope``, the name of a ``Scope``.

    ``by`` is the person who paused. ``until`` is when it ends by itself; ``since`` is None in ledgers of before.
    """

    scope: str
    cause: Cause
    since: Moment | None = None
    by: int | None = None
    until: Moment | None = None

    @field_validator("scope")
    @classmethod
    def _is_a_scope(cls, name: str) -> str:
        return Scope.of(name).name

    @property
    def reach(self) -> Scope:
        """What it holds back."""
        return Scope.of(self.scope)

    def is_same_deed(self, other: Pause) -> bool:
        """Return whether one command has paused both, in two accounts.

        >>> moment = dt.datetime(2026, 11, 29, tzinfo=dt.UTC)
        >>> mine = Pause(scope="*", cause="person", by=7, since=moment)
        >>> [mine.is_same_deed(mine.replaced(**what)) for what in ({}, {"by": 8}, {"since": moment + AT_ONCE}, {"since": None})]
        [True, False, False, False]
        """
        if self.since is None or other.since is None:
            return self == other
        return abs(self.since - other.since) < AT_ONCE and other.replaced(since=self.since) == self

    def is_over(self, now: dt.datetime) -> bool:
        """Return whether its time has run out."""
        return self.until is not None and now >= self.until

    @property
    def is_lifted_at_once(self) -> bool:
        """Return whether /resume alone ends it."""
        return self.cause in LIFTED_AT_ONCE

    @property
    def is_by_settings(self) -> bool:
        """Return whether only a change of the settings ends it."""
        return self.cause in BY_SETTINGS


class Pauses(Value):
    """All pauses of an account, one for each scope and cause."""

    entries: tuple[Pause, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _read_names(cls, data: Any) -> Any:
        # Ledgers of before kept the names alone; every pause was a person's.
        if isinstance(data, list | tuple):
            return {"entries": tuple({"scope": row, "cause": "person"} if isinstance(row, str) else row for row in data)}
        return data

    def __bool__(self) -> bool:
        """Return whether anything is paused."""
        return bool(self.entries)

    @property
    def scopes(self) -> frozenset[str]:
        """What is paused: the names of the scopes."""
        return frozenset(pause.scope for pause in self.entries)

    @property
    def instruments(self) -> frozenset[str]:
        """The instruments that scopes name."""
        return frozenset(name for pause in self.entries if (name := pause.reach.instrument_id) is not None)

    @property
    def strictest(self) -> Pause | None:
        """The one to show: of the widest scope, and of the cause that asks most of a person."""
        return min(self.entries, key=_strictness, default=None)

    @property
    def ordered(self) -> tuple[Pause, ...]:
        """All of them, the strictest first."""
        return tuple(sorted(self.entries, key=lambda pause: (*_strictness(pause), pause.scope)))

    def holds(self, leg: LegKey, rule: Rule) -> bool:
        """Return whether an order of a rule may not be sent for a leg."""
        of = RULE_OF.get(rule)
        return of is not None and any(pause.reach.covers(leg, of) for pause in self._against(rule))

    def since(self, leg: LegKey, rule: Rule) -> dt.datetime | None:
        """Return since when an order of a rule may not be sent for a leg; None where it may. Ledgers of before say 1970."""
        of = RULE_OF.get(rule)
        found = [pause.since or EPOCH for pause in self._against(rule) if of is not None and pause.reach.covers(leg, of)]
        return min(found, default=None)

    def _against(self, rule: Rule) -> tuple[Pause, ...]:
        """Return those that a rule heeds: what the guard of an account has paused never holds back its own closes."""
        return tuple(pause for pause in self.entries if rule != "drawdown" or pause.cause != "guard")

    def of_account(self, rule: Rule) -> tuple[Pause, ...]:
        """Return those that hold a rule back in the whole account, the strictest first."""
        of, against = RULE_OF.get(rule), self._against(rule)
        return tuple(pause for pause in self.ordered if pause in against and pause.reach in (Scope(), Scope(rule=of)))

    def touching(self, leg: LegKey) -> tuple[Pause, ...]:
        """Return those that hold back anything of a leg, the strictest first."""
        return tuple(pause for pause in self.ordered if pause.reach.touches(leg))

    def within(self, scope: Scope) -> tuple[Pause, ...]:
        """Return those of a narrower scope, the strictest first."""
        return tuple(pause for pause in self.ordered if scope.includes(pause.reach) and pause.reach != scope)

    def around(self, scope: Scope) -> tuple[Pause, ...]:
        """Return those of a wider scope, the strictest first."""
        return tuple(pause for pause in self.ordered if pause.reach.includes(scope) and pause.reach != scope)

    def has(self, scope: str, *causes: Cause) -> bool:
        """Return whether a scope is paused for one of these causes."""
        return any(pause.scope == scope and pause.cause in causes for pause in self.entries)

    def with_pause(self, pause: Pause) -> Self:
        """Add a pause, in place of one of the same scope and cause."""
        others = (other for other in self.entries if (other.scope, other.cause) != (pause.scope, pause.cause))
        return type(self)(entries=(*others, pause))

    def without(self, gone: Iterable[Pause]) -> Self:
        """Take pauses away."""
        left = tuple(gone)
        return type(self)(entries=tuple(pause for pause in self.entries if pause not in left))

    def lifted_by(self, scope: str) -> tuple[Pause, ...]:
        """Return what /resume ends at once: with ``*`` in every scope, else in just this one."""
        return tuple(pause for pause in self.entries if pause.is_lifted_at_once and scope in (EVERY, pause.scope))

    def asked_for_by(self, scope: str) -> tuple[Pause, ...]:
        """Return what stands after /resume: each has to be lifted for itself."""
        return tuple(pause for pause in self.entries if not pause.is_lifted_at_once and scope in (EVERY, pause.scope))

    def over(self, now: dt.datetime) -> tuple[Pause, ...]:
        """Return those whose time has run out."""
        return tuple(pause for pause in self.entries if pause.is_over(now))


def _strictness(pause: Pause) -> tuple[int, int]:
    return pause.reach.parts, STRICTEST.index(pause.cause)
