"""Values as plain JSON: what the page is sent holds nothing but strings, whole numbers, lists and records."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

from tgtp.domain.model import EPOCH

Record = dict[str, Any]
# What stands in a sentence for a moment: Telegram shows it in the reader's zone.
MOMENT = "tg-time"
MOST_ZEROS = 40


def number(value: Decimal | None) -> str | None:
    """Write a number in full digits, without zeros at its end; None where it is not known, or beyond all reason.

    >>> number(Decimal("1E+2")), number(Decimal("0.1230")), number(Decimal("-0.0")), number(None), number(Decimal("1E+99999"))
    ('100', '0.123', '0', None, None)
    """
    if value is None or is_beyond_reason(value):
        return None
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def is_beyond_reason(value: Decimal) -> bool:
    """Return whether a number would fill a page with zeros."""
    return bool(value) and abs(value.adjusted()) > MOST_ZEROS


def moment(at: dt.datetime | None) -> str | None:
    """Write a moment in UTC, to the second; None where it is not known."""
    return None if at is None else f"{at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def milliseconds(at: dt.datetime) -> int:
    """Write a moment as a chart counts it, in milliseconds since 1970."""
    return (at - EPOCH) // dt.timedelta(milliseconds=1)


def seconds(value: float | None) -> str | None:
    """Write seconds with three decimals at most."""
    return None if value is None else number(round(Decimal(value), 3))


def without_unknown(record: Record) -> Record:
    """Return a record without what is not known: with 500 legs that is a quarter of all."""
    return {name: value for name, value in record.items() if value is not None}


def text_of(markup: str, zone: dt.tzinfo) -> str:
    """Return a sentence without its markup, moments in a zone.

    >>> text_of('<b>a &lt; b</b> <tg-time unix="0">01-01 00:00:00 UTC</tg-time>', dt.timezone(dt.timedelta(hours=8)))
    'a < b 01-01 08:00:00'
    """
    if "<" not in markup and "&" not in markup:
        return str(markup)
    reader = _Bare(zone)
    reader.feed(markup)
    reader.close()
    return "".join(reader.parts)


def without_sign(text: str) -> str:
    """Return a sentence without the sign at its head: the page has signs of its own.

    >>> without_sign("🟢 Running, all"), without_sign("⏸ 已暂停"), without_sign("1 leg"), without_sign("🟢")
    ('Running, all', '已暂停', '1 leg', '🟢')
    """
    head, _, rest = text.partition(" ")
    return rest if rest and not any(map(str.isalnum, head)) else text


class _Bare(HTMLParser):
    def __init__(self, zone: dt.tzinfo) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._zone = zone
        self._is_moment = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        unix = dict(attrs).get("unix") if tag == MOMENT else None
        if unix is not None:
            self._is_moment = True
            self.parts.append(f"{dt.datetime.fromtimestamp(int(unix), self._zone):%m-%d %H:%M:%S}")

    def handle_endtag(self, tag: str) -> None:
        self._is_moment = self._is_moment and tag != MOMENT

    def handle_data(self, data: str) -> None:
        if not self._is_moment:
            self.parts.append(data)
