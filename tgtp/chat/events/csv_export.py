"""Events as a table for a spreadsheet: one row each, the same columns always.

Kinds and sides are in the reader's language. Beside each stands its name for programs, under a heading that never changes.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, Final, Literal

from tgtp.chat.events.one_line import line
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.values import side as side_name
from tgtp.chat.messages.message import bare
from tgtp.chat.texts import visible
from tgtp.chat.texts.formats.numbers import digits, price, to_places
from tgtp.domain.events import Event
from tgtp.domain.model import LegKey, PositionSide

NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
# What a spreadsheet takes for the begin of a formula; the wide and small forms of East Asian keyboards stand for the same.
FORMULA = "=+-@"
# Where lists are separated by semicolons, a spreadsheet begins a new cell after each, quotes or not.
INNER = re.compile(r"([;\uff1b\ufe54]\s*)(?=\S)")
# A spreadsheet keeps fifteen digits of a number; the names of OKX's orders have more.
MOST_DIGITS = 15
PLACES = 12
SIDES = frozenset(side.value for side in PositionSide)
# Of these, ``before`` and ``contracts`` are contracts held; other events have a ladder, a margin or a name there.
RESIZED: Final = frozenset({"leg_grew", "leg_shrank", "leg_redenominated", "leg_force_closed"})


class CsvRow:
    """An event, asked for one column at a time."""

    def __init__(self, reader: Reader, number: int, event: Event) -> None:
        self.reader, self.number, self.event = reader, number, event
        self.intent: Any = getattr(event, "intent", None)
        self.order: Any = getattr(event, "order", None)
        self.basis: Any = self.intent.basis if self.intent is not None else getattr(event, "basis", None)
        leg = self.intent.leg if self.intent is not None else getattr(event, "leg", None)
        self.leg: LegKey | None = leg if isinstance(leg, LegKey) else None

    def of_event(self, *names: str) -> Any:
        """Return the first of these fields that the event has."""
        return next((found for name in names if (found := getattr(self.event, name, None)) is not None), None)

    @property
    def roi(self) -> Decimal | None:
        """The ROI in percent."""
        roi = self.basis.roi if self.basis is not None else self.of_event("roi", "profit")
        return None if roi is None else to_places(roi * 100, 4)

    @property
    def left(self) -> Decimal | None:
        """The contracts that a leg held afterwards."""
        left: Decimal | None = self.of_event("contracts" if self.event.kind in {"leg_opened", *RESIZED} else "contracts_left")
        return left

    @property
    def before(self) -> Decimal | None:
        """The contracts that a leg held before."""
        before: Decimal | None = None
        if self.basis is not None:
            before = self.basis.contracts
        elif self.event.kind in RESIZED:
            before = self.of_event("before")
        return before

    def ladder(self, when: Literal["before", "after"]) -> str | None:
        """The ladder before or after a change of it."""
        return self.of_event(when) if self.event.kind == "ladder_changed" else None

    @property
    def side(self) -> str:
        """The position side; an older daemon wrote it as it liked."""
        side = self.leg.position_side if self.leg is not None else self.of_event("position_side", "side")
        return getattr(side, "value", side) or ""

    @property
    def side_in_words(self) -> str:
        """The position side in the reader's language."""
        return side_name(self.reader.language, PositionSide(self.side)) if self.side in SIDES else self.side


COLUMNS: Final[dict[str, Callable[[CsvRow], Any]]] = {
    "number": lambda row: row.number,
    "local": lambda row: f"{row.event.at.astimezone(row.reader.clock_zone):%Y-%m-%d %H:%M:%S}",
    "zone": lambda row: row.reader.clock_zone,
    "utc": lambda row: f"{row.event.at.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S}",
    "account": lambda row: row.event.account,
    "what": lambda row: row.reader.plain(f"kind.{row.event.kind}"),
    "kind": lambda row: row.event.kind,
    "instrument": lambda row: row.leg.instrument_id if row.leg is not None else row.of_event("instrument_id"),
    "side": lambda row: row.side_in_words,
    "position_side": lambda row: row.side,
    "mode": lambda row: row.leg.margin_mode.value if row.leg is not None else None,
    "rule": lambda row: row.intent.rule if row.intent is not None else None,
    "tier": lambda row: row.intent.tier if row.intent is not None else row.of_event("tier"),
    "roi": lambda row: row.roi,
    "margin": lambda row: row.basis.initial_margin if row.basis is not None else row.of_event("initial_margin"),
    "mark": lambda row: _price(row.basis.mark_price if row.basis is not None else row.of_event("mark_price")),
    "before": lambda row: row.before,
    "ladder_before": lambda row: row.ladder("before"),
    "ladder_after": lambda row: row.ladder("after"),
    "ordered": lambda row: row.intent.contracts if row.intent is not None else None,
    "filled": lambda row: row.order.filled_contracts if row.order is not None else None,
    "left": lambda row: row.left,
    "price": lambda row: _price(row.order.average_price) if row.order is not None else None,
    "realised": lambda row: row.order.realised_pnl if row.order is not None else None,
    "fee": lambda row: row.order.fee if row.order is not None else None,
    "order": lambda row: row.order.order_id if row.order is not None else None,
    "client": lambda row: row.intent.client_order_id if row.intent is not None else None,
    "by": lambda row: row.intent.by if row.intent is not None else row.of_event("by"),
    "words": lambda row: bare(line(row.reader._replace(tagged=False, whole=True), row.event)),
}
# Headings that are the same in every language.
FOR_PROGRAMS = frozenset({"kind", "position_side"})


def header(reader: Reader) -> bytes:
    """Return the table's first row, with the mark that tells a spreadsheet the encoding."""
    named = [name if name in FOR_PROGRAMS else reader.plain(f"export.column.{name}") for name in COLUMNS]
    return "\ufeff".encode() + _written(named)


def row(reader: Reader, number: int, event: Event) -> bytes:
    """Return an event's row."""
    asked = CsvRow(reader, number, event)
    return _written([cell(ask(asked)) for ask in COLUMNS.values()])


def table(reader: Reader, rows: Iterable[bytes]) -> bytes:
    """Put a table together."""
    return b"".join((header(reader), *rows))


def cell(value: Any) -> str:
    """Write a value so that a spreadsheet shows it as it is, and calculates nothing.

    >>> cell(Decimal("-1.50")), cell(Decimal("1E-7")), cell("=1+1"), cell("1234567890123456789"), cell(None)
    ('-1.5', '0.0000001', "'=1+1", "'1234567890123456789", '')
    """
    if value is None:
        return ""
    if isinstance(value, Decimal):
        # Rounding may leave a zero with a sign, or powers of ten.
        return digits(to_places(value, PLACES) + 0)
    text = harmless(str(value))
    return f"'{text}" if text.isdecimal() and len(text) > MOST_DIGITS else text


def harmless(text: str) -> str:
    """Write words in one line, with what hides in them, so that no spreadsheet takes them for a formula; a number stays one.

    >>> harmless("=1+1"), harmless("-1.5"), harmless("no;@x")
    ("'=1+1", '-1.5', "no;'@x")
    """
    shown = visible(" ".join(text.split()))
    first, *others = INNER.split(shown)
    parts = [first, *(f"'{part}" if _is_formula(part) else part for part in others)]
    return "".join(["'" if _is_formula(shown) and not NUMBER.fullmatch(shown) else "", *parts])


def _is_formula(text: str) -> bool:
    """Return whether a cell that begins so would be calculated.

    >>> cell("＝1+1"), cell("﹣x"), cell("a;=1+1"), cell("a ; ＠b; c"), cell("\u202e=1"), cell("-1.5"), cell("\\t=1")
    ("'＝1+1", "'﹣x", "a;'=1+1", "a ; '＠b; c", '\\\\u202e=1', '-1.5', "'=1")
    """
    return unicodedata.normalize("NFKC", text[:1]).startswith(tuple(FORMULA))


def _price(number: Decimal | None) -> str | None:
    return None if number is None else price(number)


def _written(cells: Sequence[str]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().encode()
