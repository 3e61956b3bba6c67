"""What the page shows is made by these; how it gets there is not their matter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal, Protocol

from tgtp.chat.texts import Language

# Of str, int, bool, None, lists and such dicts alone.
Record = dict[str, Any]
# By section, then by key: a record or a scalar.
Document = Mapping[str, Mapping[str, Any]]


Range = Literal["day", "life"]


class Documents(Protocol):
    """Tells all that is known now, from memory alone."""

    def is_behind(self, language: Language) -> bool:
        """Return whether more will be known in a moment: the next document should come sooner."""

    def build(self, language: Language) -> Document:
        """Return everything; a record that has not changed is the same object, where that can be had."""

    def marks(self) -> Mapping[str, str]:
        """Return the section ``marks`` as it is now, between two checks."""


class Details(Protocol):
    """Tells what is asked for one by one. What is unknown is an empty answer, or None."""

    async def leg(self, key: str, language: Language, span: Range) -> Record | None:
        """Return what a leg's own view shows, of a day or of its life; None where there is no such leg."""

    async def money(self, since: dt.date, until: dt.date, account: str | None) -> Record:
        """Return equity, drawdown and what each day brought, both days included."""

    async def events(
        self, language: Language, *, before: int | None, count: int, kind: str | None, account: str | None, coin: str | None
    ) -> Record:
        """Return the newest events below a number, and whether there are more."""

    async def why(self, number: int, language: Language) -> str | None:
        """Return why an event happened; None where there is none of this number."""


class Metrics(Protocol):
    """Tells what Prometheus reads."""

    @property
    def content_type(self) -> str:
        """What it is written in."""

    def prepare(self) -> None:
        """Load what writes it; safe in a thread."""

    def expose(self) -> bytes:
        """Return all of it."""
