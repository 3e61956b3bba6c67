"""Fills a sentence with values as they are: the text says behind each name how its value looks.

==========================  =============================================================================================
``{leg}`` ``{contracts}``   a leg or a side by its name, a number in full digits, a moment in the reader's zone, a list in a row
``{margin:U}`` ``{pnl:+U}`` USDT; with a sign
``{share:%}`` ``{roi:+%}``  a fraction in percent; with a sign and two decimals
``{distance:.2%}``          a fraction in percent, two decimals at most
``{mark:price}``            a price that was quoted
``{entry:~price}``          a price that was worked out, six digits of it
``{lasted:age}``            seconds, or a span of time
``{by:user}``               a person, by the id
``{leg:whole}``             a leg by the whole name of its instrument, wherever it stands
``{reason:brief}``          words from outside, cut to what a chat can hold; so is a ``Problem``, which needs no spec
``{cause:doubt.}``          a word of ours: the text ``doubt.jump`` for ``jump``
``{count:# leg|# legs}``    ``1 leg``, but ``2 legs``
==========================  =============================================================================================

A name may reach into its value (``{order.fee:U}``). What is not known (None) is a question mark.
"""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from enum import Enum
from string import Formatter
from typing import Any, Final

from tgtp.chat.texts.formats.numbers import brief, digits, money, names, percent, price, rough_percent, rough_price, when
from tgtp.chat.texts.sentence import Html, Language, Text, listed, visible
from tgtp.domain.model import LegKey, PositionSide, name_of_instrument
from tgtp.errors import Problem

SPECS: Final[dict[str, Callable[[Any], str]]] = {
    "U": money,
    "+U": lambda number: money(number, signed=True),
    "%": percent,
    "+%": lambda fraction: percent(fraction, signed=True),
    ".2%": rough_percent,
    "price": price,
    "~price": rough_price,
    "brief": brief,
}
# What filling raises where a value does not fit its sentence: one of another version, or beyond all bounds.
DOES_NOT_FIT: Final = (LookupError, AttributeError, TypeError, ValueError, ArithmeticError)
UNITS: Final = (("days", 86400), ("hours", 3600), ("minutes", 60))


class Filler(Formatter):
    """Fills the ``texts`` of one language; with ``markup``, for a chat: then whatever is not ``Html`` is escaped.

    ``whole``: legs go by the whole name of their instrument, as in the log and in tables; else by the coin.
    """

    def __init__(self, texts: Mapping[str, Text], language: Language, *, markup: bool, whole: bool = False) -> None:
        self.texts, self.language, self.markup, self.whole = texts, language, markup, whole
        self._values: Mapping[str, Any] = {}

    def fill(self, key: str, values: Mapping[str, Any]) -> str:
        """Return a sentence; raises one of ``DOES_NOT_FIT`` where a value does not."""
        self._values = values
        return self.vformat(getattr(self.texts[key], self.language), (), values)

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Any, str]:
        """Reach into a value; into one that is not known, too: nothing of it is."""
        first, *path = field_name.split(".")
        value = self.get_value(first, args, kwargs)
        for name in path:
            value = None if value is None else getattr(value, name)
        return value, first

    def format_field(self, value: Any, format_spec: str) -> str:
        """Write one value, safe to stand in the sentence."""
        text = self.written(value, format_spec)
        return text if not self.markup or isinstance(text, Html) else html.escape(visible(text), quote=False)

    def written(self, value: Any, spec: str = "") -> str:
        """Write one value as its spec says, or as its type does where there is none."""
        if spec.endswith("."):
            return self._inner(f"{spec}{value.value if isinstance(value, Enum) else value}", self._values)
        if value is None:
            return "?"
        if isinstance(value, Problem):
            return brief(self.sentence(value))
        if "|" in spec:
            one, many = spec.split("|")
            return (one if value == 1 else many).replace("#", self.written(value))
        if spec == "age":
            return self._age(value.total_seconds() if isinstance(value, dt.timedelta) else value)
        if spec == "user":
            return self._inner("someone", {"id": value})
        if spec == "whole":
            return self._leg(value, whole=True)
        if spec:
            return SPECS[spec](value)
        return self._by_type(value)

    def sentence(self, what: Problem) -> str:
        """Return what a problem says, whole and without markup."""
        values = {name: self.sentence(part) if isinstance(part, Problem) else part for name, part in what.values}
        try:
            return self._bare().fill(what.key, values)
        except DOES_NOT_FIT:
            # A ledger of another version may hold another key, or other values.
            return str(what)

    def _by_type(self, value: Any) -> str:
        match value:
            case LegKey():
                return self._leg(value, whole=self.whole)
            case PositionSide():
                return self._inner(f"side.{value.value}", {})
            case Decimal():
                return digits(value)
            case dt.datetime():
                return when(value) if self.markup else f"{value.astimezone(dt.UTC):%m-%d %H:%M:%S} UTC"
            case tuple() | list():
                one = self._bare()
                value = names([one.written(each) for each in value])
        text = listed(self.language, value)
        return text if isinstance(text, str) else str(text)

    def _leg(self, leg: LegKey, *, whole: bool) -> str:
        name = leg.instrument_id if whole else name_of_instrument(leg.instrument_id)
        return self._inner(f"leg.{leg.margin_mode.value}", {"leg": leg, "name": name})

    def _bare(self) -> Filler:
        return Filler(self.texts, self.language, markup=False, whole=self.whole)

    def _age(self, seconds: float) -> str:
        # Not by Babel: "10 sec" and "10秒" would stand beside the "10 s" and "10 秒" of the sentences.
        whole = max(0, int(seconds))
        for unit, length in UNITS:
            if whole >= 2 * length:
                return self._inner(f"age.{unit}", {"n": whole // length})
        return self._inner("age.seconds", {"n": whole})

    def _inner(self, key: str, values: Mapping[str, Any]) -> str:
        """Return a text that stands inside of another."""
        text = Filler(self.texts, self.language, markup=self.markup, whole=self.whole).fill(key, values)
        return Html(text) if self.markup else text
