"""What happened to legs, in one line each."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tgtp.chat.formatting.numbers import age, brief, digits, leg_name, money, percent, price, rough_price
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.texts import Html
from tgtp.domain import events as ev

# What is wrong with a row, beside the sentence that says it.
LONGEST_DETAIL = 80


def _leg_line(reader: Reader, event: Any) -> Html:
    language = reader.language
    key = f"line.{event.kind}"
    if event.kind == "leg_opened" and event.reopened:
        key = "line.leg_reopened"
    if event.kind == "leg_opened" and event.anew:
        key = "line.leg_opened.anew"
    if event.kind == "leg_gone" and event.by_us:
        key = "line.leg_gone.by_us"
    elif getattr(event, "how", "") == "order":
        key = "line.leg_gone.order" if event.kind == "leg_gone" else "line.leg_shrank.order"
    return reader.say(
        key,
        leg=leg_name(language, event.leg),
        contracts=digits(getattr(event, "contracts", Decimal(0))),
        before=digits(getattr(event, "before", Decimal(0))),
        size_before=digits(getattr(event, "size_before", Decimal(0))),
        size=digits(getattr(event, "size", Decimal(0))),
        price=price(getattr(event, "entry_price", None)),
        margin=money(getattr(event, "initial_margin", None)),
        by=reader.plain("someone", id=getattr(event, "by", "")),
    )


def _unreadable_line(reader: Reader, event: ev.LegUnreadable) -> Html:
    language = reader.language
    if event.leg is None and not event.name:
        return reader.say("line.leg_unreadable.nameless")
    name = leg_name(language, event.leg) if event.leg is not None else f"{event.name} (?)"
    detail = reader.say("line.leg_unreadable.detail", detail=brief(event.detail, LONGEST_DETAIL)) if event.detail else ""
    return reader.say("line.leg_unreadable", leg=name, why=reader.say(f"unreadable.{event.why}"), detail=detail)


def _leverage_line(reader: Reader, event: ev.LeverageChanged) -> Html:
    return reader.say(
        "line.leverage_changed",
        leg=leg_name(reader.language, event.leg),
        before=digits(event.before),
        after=digits(event.after),
        roi=percent(event.roi, signed=True),
    )


def _margin_line(reader: Reader, event: ev.MarginChanged) -> Html:
    return reader.say(
        "line.margin_changed.in" if event.amount > 0 else "line.margin_changed.out",
        leg=leg_name(reader.language, event.leg),
        amount=money(abs(event.amount)),
        margin=money(event.margin),
    )


def _force_closed_line(reader: Reader, event: ev.LegForceClosed) -> Html:
    language = reader.language
    return reader.say(
        f"line.leg_force_closed.{event.how}",
        leg=leg_name(language, event.leg),
        before=digits(event.before),
        contracts=digits(event.contracts),
        realised=money(event.life_realised if event.realised is None else event.realised, signed=True),
    )


def _doubted_line(reader: Reader, event: ev.LegDoubted) -> Html:
    language, doubt = reader.language, event.doubt
    return reader.say(
        "line.leg_doubted.size.count" if doubt.cause == "size" and doubt.witness is None else f"line.leg_doubted.{doubt.cause}",
        leg=leg_name(language, event.leg),
        mark=price(doubt.mark_price),
        last=price(doubt.last_mark),
        age=digits(doubt.age or Decimal(0)),
        roi=percent(doubt.roi or Decimal(0), signed=True),
        exchange_roi=percent(doubt.exchange_roi or Decimal(0), signed=True),
        witness=reader.plain(f"witness.{doubt.witness or 'notional'}"),
        shown=money(doubt.shown),
        worked_out=money(doubt.worked_out),
        public=price(doubt.public_mark),
    )


def _unguarded_line(reader: Reader, event: ev.LegUnguarded) -> Html:
    language = reader.language
    return reader.say(
        "line.leg_unguarded",
        leg=leg_name(language, event.leg),
        age=age(language, event.seconds),
        why=reader.plain(f"doubt.{event.doubt.cause}"),
    )


def _liquidation_line(reader: Reader, event: ev.LiquidationNear) -> Html:
    language = reader.language
    return reader.say(
        "line.liquidation_near" if event.liquidation_price is not None else "line.liquidation_near.ratio",
        leg=leg_name(language, event.leg),
        distance=percent(round(event.distance or Decimal(0), 4)),
        price=rough_price(event.liquidation_price),
        mark=price(event.mark_price),
        ratio=percent(round(event.margin_ratio or Decimal(0), 4)),
    )


LINES: dict[str, Callable[[Reader, Any], Html]] = {
    **dict.fromkeys(("leg_opened", "leg_grew", "leg_shrank", "leg_gone", "leg_readable", "leg_rearmed"), _leg_line),
    "leg_redenominated": _leg_line,
    "leg_unguarded": _unguarded_line,
    "leg_unreadable": _unreadable_line,
    "leg_doubted": _doubted_line,
    "leg_force_closed": _force_closed_line,
    "leverage_changed": _leverage_line,
    "margin_changed": _margin_line,
    "liquidation_near": _liquidation_line,
}
