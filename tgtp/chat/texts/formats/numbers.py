"""Numbers, moments and lists as people read them: prices and sizes in full digits, never in powers of ten."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Final, ParamSpec, TypeVar

from babel.core import Locale
from babel.numbers import format_decimal, parse_pattern

from tgtp.chat.texts.sentence import Html, Names

LONGEST_PROBLEM = 300

# English and Chinese group alike.
_LOCALE: Final = Locale.parse("en")
_GROUPED: Final = {places: parse_pattern(f"#,##0.{'0' * places}") for places in (2, 4)}
_SIGNED: Final = {places: parse_pattern(f"+#,##0.{'0' * places};-#,##0.{'0' * places}") for places in (2, 4)}
# Babel reads a locale when it is first needed, in 10 ms or more: now, rather than in an answer.
format_decimal(0, locale=_LOCALE)

# Rounding to a place fails where a number has more digits than its context: one absurd leg would hide all others.
_WIDE: Final = Context(prec=1000)
Told = ParamSpec("Told")
Written = TypeVar("Written")


def _in_full(write: Callable[Told, Written]) -> Callable[Told, Written]:
    @functools.wraps(write)
    def wide(*told: Told.args, **how: Told.kwargs) -> Written:
        with localcontext(_WIDE):
            return write(*told, **how)

    return wide


def digits(number: Decimal) -> str:
    """Write a number in full, without superfluous zeros.

    >>> digits(Decimal("30.00")), digits(Decimal("1E+2")), digits(Decimal("0.00000012"))
    ('30', '100', '0.00000012')
    """
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@_in_full
def to_places(number: Decimal, places: int) -> Decimal:
    """Round to so many decimals, none where that is less, however many digits there are before them.

    >>> to_places(Decimal("0.2559"), 3), to_places(Decimal("7E+30"), -2) == Decimal("7E+30")
    (Decimal('0.256'), True)
    """
    return round(number, max(0, places))


@_in_full
def price(number: Decimal | None) -> str:
    """Write a price: at most 12 significant digits, which no exchange exceeds."""
    if number is None:
        return "?"
    return digits(round(number, max(0, 11 - number.adjusted())))


@_in_full
def rough_price(number: Decimal | None) -> str:
    """Write a price that was worked out rather than quoted: six significant digits.

    >>> rough_price(Decimal("0.401359516616")), rough_price(Decimal("24587.123456")), rough_price(Decimal("1234567.8"))
    ('0.40136', '24587.1', '1234568')
    """
    return price(None if number is None else round(number, max(0, 5 - number.adjusted())))


@_in_full
def money(number: Decimal | None, *, signed: bool = False) -> str:
    """Write USDT: two decimals, and more when it is less than a cent.

    >>> money(Decimal("1234.5")), money(Decimal("-0.1"), signed=True), money(Decimal("0.00123"))
    ('1,234.50', '-0.10', '0.0012')
    """
    if number is None:
        return "?"
    places = 2 if number == 0 or abs(number) >= Decimal("0.01") else 4
    rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    patterns = _SIGNED if signed and rounded != 0 else _GROUPED
    return format_decimal(abs(rounded) if rounded == 0 else rounded, format=patterns[places], locale=_LOCALE)


@_in_full
def margin(number: Decimal, gate: Decimal) -> str:
    """Write a margin so that it never reads as the gate when it is just above or below.

    >>> margin(Decimal("0.9971"), Decimal(1)), margin(Decimal("1.003"), Decimal(1)), margin(Decimal("1"), Decimal(1))
    ('0.9971', '1.003', '1.00')
    """
    if number != gate and abs(number - gate) < Decimal("0.005"):
        return digits(round(number, 6))
    return money(number)


@_in_full
def percent(fraction: Decimal, *, signed: bool = False) -> str:
    """Write a fraction in percent.

    >>> percent(Decimal("0.25")), percent(Decimal("0.234144"), signed=True), percent(Decimal("-0.0026"), signed=True)
    ('25%', '+23.41%', '-0.26%')
    """
    if not signed:
        return digits(round(fraction * 100, 4)) + "%"
    rounded = (fraction * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{rounded:+f}%" if rounded != 0 else "0.00%"


@_in_full
def rough_percent(fraction: Decimal) -> str:
    """Write a fraction in percent, with two decimals at most.

    >>> rough_percent(Decimal("0.123456"))
    '12.35%'
    """
    return percent(round(fraction, 4))


def when(moment: dt.datetime) -> Html:
    """Write a moment so that Telegram shows it in the reader's own time zone; UTC where it cannot."""
    utc = moment.astimezone(dt.UTC)
    return Html(f'<tg-time unix="{int(utc.timestamp())}" format="dt">{utc:%m-%d %H:%M:%S} UTC</tg-time>')


def when_short(moment: dt.datetime, now: dt.datetime, zone: dt.tzinfo) -> Html:
    """Write a moment in the fewest characters: of today, in the reader's zone, its time; of another day the day alone.

    >>> now = dt.datetime(2026, 11, 29, 9, 30, tzinfo=dt.UTC)
    >>> when_short(dt.datetime(2026, 11, 29, 9, 10, tzinfo=dt.UTC), now, dt.UTC)
    '<tg-time unix="1795943400" format="t">09:10</tg-time>'
    >>> when_short(dt.datetime(2026, 11, 28, 23, 10, tzinfo=dt.UTC), now, dt.UTC)
    '<tg-time unix="1795907400" format="d">11-28</tg-time>'
    """
    there = moment.astimezone(zone)
    pattern, shown = ("t", "%H:%M") if there.date() == now.astimezone(zone).date() else ("d", "%m-%d")
    return Html(f'<tg-time unix="{int(moment.timestamp())}" format="{pattern}">{there:{shown}}</tg-time>')


def span(first: dt.datetime, last: dt.datetime) -> Html:
    """Write when something began and ended, in the reader's own time zone; the days only where it took one or more."""
    pattern, shown = ("t", "%H:%M") if last - first < dt.timedelta(hours=12) else ("dt", "%m-%d %H:%M")
    ends = []
    for moment, zone in ((first, ""), (last, " UTC")):
        utc = moment.astimezone(dt.UTC)
        ends.append(f'<tg-time unix="{int(utc.timestamp())}" format="{pattern}">{utc:{shown}}{zone}</tg-time>')
    return Html("–".join(ends))


def brief(problem: object, longest: int = LONGEST_PROBLEM) -> str:
    """Cut what a library or the exchange says to what a chat can hold: it may be a whole web page."""
    text = " ".join(str(problem).split())
    return text if len(text) <= longest else text[: longest - 1] + "…"


def names(names: Sequence[str], most: int = 20) -> Names:
    """List names, the first ones and how many more."""
    return Names(", ".join(names[:most]) + (f" +{len(names) - most}" if len(names) > most else ""))


def dots(fired: frozenset[int] | tuple[int, ...], count: int) -> str:
    """Draw a ladder: ``●●○`` for two of three fired."""
    return "".join("●" if number in fired else "○" for number in range(1, count + 1))
