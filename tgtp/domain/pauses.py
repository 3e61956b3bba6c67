"""Pauses: what is not closed by itself, why, since when and until when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Literal, Self

from pydantic import model_validator

from tgtp.domain.model import Moment, Value
from tgtp.domain.plan import ALL

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


class Pause(Value):
    """Nothing is closed by itself within ``scope``: ``*`` for the whole account, or one instrument.

    ``by`` is the person who paused. ``until`` is when it ends by itself; ``since`` is None in ledgers of before.
    """

    scope: str
    cause: Cause
    since: Moment | None = None
    by: int | None = None
    until: Moment | None = None

    def is_over(self, now: dt.datetime) -> bool:
        """Say whether its time has run out."""
        return self.until is not None and now >= self.until

    @property
    def is_lifted_at_once(self) -> bool:
        """Say whether /resume alone ends it."""
        return self.cause in LIFTED_AT_ONCE

    @property
    def is_by_settings(self) -> bool:
        """Say whether only a change of the settings ends it."""
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
        """Say whether anything is paused."""
        return bool(self.entries)

    @property
    def scopes(self) -> frozenset[str]:
        """What is paused: instruments, ``*`` for all."""
        return frozenset(pause.scope for pause in self.entries)

    @property
    def strictest(self) -> Pause | None:
        """The one to show: of the widest scope, and of the cause that asks most of a person."""
        return min(self.entries, key=lambda pause: (pause.scope != ALL, STRICTEST.index(pause.cause)), default=None)

    def holds(self, instrument_id: str) -> bool:
        """Say whether nothing of an instrument is closed by itself."""
        return not self.scopes.isdisjoint((ALL, instrument_id))

    def has(self, scope: str, *causes: Cause) -> bool:
        """Say whether a scope is paused for one of these causes."""
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
        """Give what /resume ends at once: with ``*`` in every scope."""
        return tuple(pause for pause in self.entries if pause.is_lifted_at_once and scope in (ALL, pause.scope))

    def asked_for_by(self, scope: str) -> tuple[Pause, ...]:
        """Give what stands after /resume: each has to be lifted for itself."""
        return tuple(pause for pause in self.entries if not pause.is_lifted_at_once and scope in (ALL, pause.scope))

    def over(self, now: dt.datetime) -> tuple[Pause, ...]:
        """Give those whose time has run out."""
        return tuple(pause for pause in self.entries if pause.is_over(now))
