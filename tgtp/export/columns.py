"""The columns of the exported tables; docs/export.md says what stands in each.

Made from the rows as they are on disk, whose numbers are text: nothing is rounded. A value that an event does not have is None.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

import orjson

from tgtp.chat.events.csv_export import RESIZED
from tgtp.chat.formatting.error_text import sentence
from tgtp.domain.model import MAIN
from tgtp.errors import Problem
from tgtp.export.reading import EQUITY, EVENTS, ORDERS, Row

# What became of an order, by the kind of the event that told its end; one that has no end yet is ``open``.
OUTCOMES: Final = {
    **dict.fromkeys(("tier_filled", "hedge_filled", "guard_filled", "hand_filled", "upkeep_filled"), "filled"),
    "order_rejected": "refused",
    "order_not_arrived": "not_arrived",
    "order_decided": "decided_by_hand",
}
OPEN: Final = "open"
# Where a cell begins, also for a spreadsheet that separates by semicolons, these would begin a formula. JSON has them there
# only within its strings, as what they can be written as instead.
FORMULA_IN_JSON: Final = re.compile(rb"(;\s*)([=+\-@])")


class Line(NamedTuple):
    """One row that is exported: ``number`` is its event's, None for what is no event yet."""

    number: int | None
    at: str
    account: str
    row: Row

    def of(self, *names: str) -> Any:
        """Return what lies below these names; None where one of them is missing."""
        found: Any = self.row
        for name in names:
            found = found.get(name) if isinstance(found, Mapping) else None
        return found

    def leg(self, name: str) -> Any:
        """Return a part of the name of the leg that it is about."""
        return self.of("intent", "leg", name) or self.of("leg", name) or self.of(name)

    def basis(self, name: str) -> Any:
        """Return one of the numbers that an order was decided on."""
        found = self.of("intent", "basis", name)
        return found if found is not None else self.of("basis", name)

    def resized(self, name: str) -> Any:
        """Return a field of an event about how many contracts are held."""
        return self.of(name) if self.of("kind") in RESIZED else None


def moment(text: Any) -> str | None:
    """Write a moment so that the text sorts by time.

    >>> moment("2026-11-23T08:30:15Z"), moment(None)
    ('2026-11-23T08:30:15.000000Z', None)
    """
    if text is None:
        return None
    return f"{dt.datetime.fromisoformat(text).astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def number(value: Any) -> str | None:
    """Write a number in full: exact, and without an exponent.

    >>> number("-1.5E-7"), number("110.00"), number(None)
    ('-0.00000015', '110.00', None)
    """
    return None if value is None else f"{Decimal(value):f}"


def whole(row: Row) -> str:
    """Write a row as JSON in which nothing begins a formula.

    >>> whole({"reason": "no; =1+1"})
    '{"reason":"no; \\\\u003d1+1"}'
    """
    return FORMULA_IN_JSON.sub(lambda found: b"%b\\u%04x" % (found[1], ord(found[2])), orjson.dumps(row)).decode()


def _reason(line: Line) -> str | None:
    why = line.of("reason") or line.of("order", "why") or line.of("order", "reason") or None
    return None if why is None else sentence("en", Problem.read(why))


def _order_side(line: Line) -> str:
    grows = line.of("intent", "rule") == "buy"
    return "buy" if grows == (line.leg("position_side") == "long") else "sell"


def _contracts_after(line: Line) -> str | None:
    if line.of("kind") == "leg_opened":
        return number(line.of("contracts"))
    left = line.of("contracts_left")
    return number(left if left is not None else line.resized("contracts"))


def _contracts_before(line: Line) -> str | None:
    held = line.basis("contracts")
    return number(held if held is not None else line.resized("before"))


def _text_of(kind: str, name: str) -> Callable[[Line], Any]:
    return lambda line: line.of(name) if line.of("kind") == kind else None


Column = Callable[[Line], Any]

OF_EVENTS: Final[dict[str, Column]] = {
    "number": lambda line: line.number,
    "at": lambda line: line.at,
    "account": lambda line: line.account,
    "kind": lambda line: line.of("kind"),
    "instrument_id": lambda line: line.leg("instrument_id"),
    "position_side": lambda line: line.leg("position_side") or line.of("side"),
    "margin_mode": lambda line: line.leg("margin_mode"),
    "rule": lambda line: line.of("intent", "rule"),
    "tier": lambda line: line.of("intent", "tier") or line.of("tier"),
    "client_order_id": lambda line: line.of("intent", "client_order_id"),
    "contracts_before": _contracts_before,
    "contracts_after": _contracts_after,
    "ladder_before": _text_of("ladder_changed", "before"),
    "ladder_after": _text_of("ladder_changed", "after"),
    "guard_before": _text_of("guard_changed", "before"),
    "guard_after": _text_of("guard_changed", "after"),
    "by": lambda line: line.of("intent", "by") or line.of("by"),
    "details": lambda line: whole(line.row),
}

OF_ORDERS: Final[dict[str, Column]] = {
    "event": lambda line: line.number,
    "at": lambda line: line.at,
    "account": lambda line: line.account,
    "client_order_id": lambda line: line.of("intent", "client_order_id"),
    "order_id": lambda line: line.of("order", "order_id") or line.of("intent", "order_id") or None,
    "instrument_id": lambda line: line.leg("instrument_id"),
    "position_side": lambda line: line.leg("position_side"),
    "margin_mode": lambda line: line.leg("margin_mode"),
    "order_side": _order_side,
    "rule": lambda line: line.of("intent", "rule"),
    "tier": lambda line: line.of("intent", "tier"),
    "outcome": lambda line: OUTCOMES.get(line.of("kind") or "", OPEN),
    "decided_at": lambda line: moment(line.of("intent", "meant_at")),
    "ended_at": lambda line: moment(line.of("order", "updated_at")),
    "contracts": lambda line: number(line.of("intent", "contracts")),
    "filled_contracts": lambda line: number(line.of("order", "filled_contracts")),
    "average_price": lambda line: number(line.of("order", "average_price")),
    "realised_pnl": lambda line: number(line.of("order", "realised_pnl")),
    "fee": lambda line: number(line.of("order", "fee")),
    "contracts_before": lambda line: number(line.basis("contracts")),
    "contracts_after": lambda line: number(line.of("contracts_left")),
    "contract_size": lambda line: number(line.basis("contract_size")),
    "entry_price": lambda line: number(line.basis("entry_price")),
    "mark_price": lambda line: number(line.basis("mark_price")),
    "limit_price": lambda line: number(line.of("intent", "limit_price")),
    "leverage": lambda line: number(line.basis("leverage")),
    "initial_margin": lambda line: number(line.basis("initial_margin")),
    "roi": lambda line: number(line.basis("roi")),
    "threshold": lambda line: number(line.basis("threshold")),
    "share": lambda line: number(line.basis("share")),
    "code": lambda line: line.of("code"),
    "reason": _reason,
    "by": lambda line: line.of("intent", "by") or line.of("by"),
}

OF_EQUITY: Final[dict[str, Column]] = {
    "at": lambda line: line.at,
    "account": lambda line: line.account,
    "equity": lambda line: number(line.of("equity")),
    "unrealised_pnl": lambda line: number(line.of("unrealised_pnl")),
    "lowest": lambda line: number(line.of("lowest")),
    "highest": lambda line: number(line.of("highest")),
}

TABLES: Final = {EVENTS: OF_EVENTS, ORDERS: OF_ORDERS, EQUITY: OF_EQUITY}
# Kept as integers in SQLite; all else is text.
INTEGERS: Final = frozenset({"number", "event", "tier", "by"})


def event_line(row: Row) -> Line:
    """Return the line of an event. Raises LookupError, ValueError, TypeError where the row is none."""
    at = moment(row["at"])
    if at is None or not isinstance(row["kind"], str):
        raise ValueError("no event")
    return Line(int(row["n"]), at, row.get("account", MAIN), row)


def open_order_line(account: str, intent: Row) -> Line:
    """Return the line of an order whose outcome is not known yet."""
    return Line(None, moment(intent["meant_at"]) or "", account, {"intent": intent})


def equity_line(account: str, row: Row) -> Line:
    """Return the line of a sample. Raises ValueError, TypeError where the row is none."""
    return Line(None, moment(row["at"]) or "", account, row)
