"""One field of a row: a number, a time, a text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from tgtp.domain.model import EPOCH

Row = Mapping[str, Any]
# No price, size or time is anywhere near; beyond it arithmetic would overflow.
LARGEST_EXPONENT = 30
# Milliseconds: the year 5138.
LATEST = 10**14


class Malformed(ValueError):
    """A row lacks what it must have, or holds what it must not."""


def optional(row: Row, name: str) -> Decimal | None:
    """Read a number that may be absent or empty. A JSON number where OKX sends strings is not believed."""
    text = row.get(name)
    if text is None or text == "":
        return None
    if not isinstance(text, str):
        raise Malformed(f"{name} is {text!r}, not a string")
    try:
        value = _decimal(text)
    except InvalidOperation as exc:
        raise Malformed(f"{name} is {text!r}, not a number") from exc
    if value is None:
        raise Malformed(f"{name} is {text!r}")
    return value


# Most of a row is as it was at the last look.
@lru_cache(maxsize=4096)
def _decimal(text: str) -> Decimal | None:
    """Read a number; None where no arithmetic can be done with it. Raises InvalidOperation."""
    value = Decimal(text)
    return value if value.is_finite() and abs(value.adjusted()) <= LARGEST_EXPONENT else None


def milliseconds(at: dt.datetime) -> str:
    """Write a moment as OKX does: in milliseconds since 1970."""
    return str((at - EPOCH) // dt.timedelta(milliseconds=1))


def number(row: Row, name: str) -> Decimal:
    """Read a number that must be there."""
    value = optional(row, name)
    if value is None:
        raise Malformed(f"{name} is missing")
    return value


def shown(row: Row, name: str) -> Decimal | None:
    """Read a number that is only shown: no rule decides on it, so nonsense in it is no reason to leave a leg unguarded."""
    try:
        return optional(row, name)
    except Malformed:
        return None


def shown_above_zero(row: Row, name: str) -> Decimal | None:
    """Read a price or ratio that is only shown; OKX works out prices below 0 for a leg that cannot be liquidated."""
    value = shown(row, name)
    return value if value is not None and value > 0 else None


def moment(row: Row, name: str) -> dt.datetime:
    """Read a time in milliseconds since 1970."""
    milliseconds = int(number(row, name))
    if not 0 < milliseconds < LATEST:
        raise Malformed(f"{name} is {milliseconds}, not a time")
    return EPOCH + dt.timedelta(milliseconds=milliseconds)


def shown_moment(row: Row, name: str) -> dt.datetime | None:
    """Read a time that is only shown; None where it is missing or makes no sense: no reason to leave a leg alone."""
    try:
        return moment(row, name)
    except Malformed:
        return None


def text_of(row: Row, name: str) -> str:
    """Read a text that must be there. Raises Malformed."""
    value = row.get(name)
    if not isinstance(value, str) or not value:
        raise Malformed(f"{name} is {value!r}")
    return value
