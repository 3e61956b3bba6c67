"""Who reads: the language, rules, zone and theme by which one person is told things."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal, NamedTuple

from tgtp.chat.texts import Html, Language, plain, say
from tgtp.domain.plan import Rules

Theme = Literal["light", "dark"]


class Look(NamedTuple):
    """How a picture is drawn for one person."""

    language: Language = "en"
    theme: Theme = "light"
    zone: dt.tzinfo = dt.UTC


class Reader(NamedTuple):
    """How one person is told things: the rules in force, the theme of pictures, the program's ``zone``, that of reports.

    ``tagged``: there are several accounts, and whatever belongs to one names it. ``rounds`` is how many maintenances a leg has.
    ``own_zone`` is what the person has said of their clock on the wall, None where they have not.
    """

    language: Language
    rules: Rules
    interval: int
    zone: dt.tzinfo = dt.UTC
    theme: Theme = "light"
    tagged: bool = False
    rounds: int = 3
    own_zone: dt.tzinfo | None = None

    def say(self, key: str, /, **values: Any) -> Html:
        """Return a sentence for a chat in the reader's language: ``values`` are escaped unless they are ``Html``."""
        return say(self.language, key, **values)

    def plain(self, key: str, /, **values: Any) -> str:
        """Return a sentence without markup in the reader's language."""
        return plain(self.language, key, **values)

    @property
    def clock_zone(self) -> dt.tzinfo:
        """The zone by which this person says and is told hours of the day."""
        return self.own_zone or self.zone

    @property
    def look(self) -> Look:
        """How a picture is drawn for this person."""
        return Look(self.language, self.theme, self.clock_zone)
