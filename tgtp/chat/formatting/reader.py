"""Who reads: the language, rules, zone and theme by which one person is told things."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal, NamedTuple

from tgtp.chat.texts import Html, Language, filler
from tgtp.domain.model import LegKey
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
    ``own_zone`` is what the person has said of their clock on the wall, None where they have not. ``whole``: legs go by the
    whole name of their instrument, as the log and tables keep them, and not by their coin.
    """

    language: Language
    rules: Rules
    interval: int
    zone: dt.tzinfo = dt.UTC
    theme: Theme = "light"
    tagged: bool = False
    rounds: int = 3
    own_zone: dt.tzinfo | None = None
    whole: bool = False

    def say(self, key: str, /, **values: Any) -> Html:
        """Return a sentence for a chat in the reader's language: ``values`` are escaped unless they are ``Html``."""
        return Html(filler(self.language, markup=True, whole=self.whole).fill(key, values))

    def plain(self, key: str, /, **values: Any) -> str:
        """Return a sentence without markup in the reader's language."""
        return filler(self.language, markup=False, whole=self.whole).fill(key, values)

    def leg(self, key: LegKey) -> str:
        """Name a leg; the margin mode only where it is not the usual one."""
        return filler(self.language, markup=False, whole=self.whole).written(key)

    @property
    def clock_zone(self) -> dt.tzinfo:
        """The zone by which this person says and is told hours of the day."""
        return self.own_zone or self.zone

    @property
    def look(self) -> Look:
        """How a picture is drawn for this person."""
        return Look(self.language, self.theme, self.clock_zone)
