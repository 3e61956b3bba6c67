"""Events → one line each, for the history, the console and long lists."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tgtp.chat.events import (
    account_lines,
    first_start_lines,
    forgotten_order,
    key_risk,
    leg_lines,
    pause_lines,
    upkeep_lines,
)
from tgtp.chat.formatting.error_text import problem
from tgtp.chat.formatting.notification_levels import levels_in_words
from tgtp.chat.formatting.numbers import (
    age,
    brief,
    count_of_legs,
    digits,
    leg_name,
    margin,
    money,
    names,
    percent,
    price,
    side,
    when,
)
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.texts import Html, Language, plain
from tgtp.domain import events as ev
from tgtp.domain.event_totals import FilledEvent
from tgtp.domain.model import MarginMode, PositionSide
from tgtp.domain.order import Basis, Intent, slippage
from tgtp.domain.plan import ALL

# What each language calls itself.
OWN_NAMES = {"en": "English", "zh": "中文"}
# What a wish may be besides hours, which read the same in every language.
WISHES = ("on", "off", "light", "dark")


def line(reader: Reader, event: ev.Event) -> Html:
    """Give one line of history, with the account where there are several."""
    return Html(f"{tag(reader, event)}{LINES[event.kind](reader, event)}")


def tag(reader: Reader, event: ev.Event) -> Html:
    """Name the account of an event where there are several; nothing for what concerns them all."""
    if not reader.tagged or event.kind in OF_ALL:
        return Html("")
    return reader.say("account.tag", account=event.account)


def what(language: Language, intent: Intent) -> str:
    """Name the rule behind an order."""
    return plain(language, f"what.{intent.rule}", tier=intent.tier)


def filled_values(language: Language, event: FilledEvent) -> dict[str, Any]:
    """Give the numbers of an order that has filled, by the names that the texts have for them."""
    intent, order = event.intent, event.order
    return {
        "leg": f"{intent.leg.instrument_id} {_sided(language, event)}",
        "instrument": intent.leg.instrument_id,
        "side": _sided(language, event),
        "other_side": side(language, intent.leg.position_side.opposite),
        "tier": intent.tier,
        "threshold": percent(intent.basis.threshold or Decimal(0)),
        "share": percent(intent.basis.share or Decimal(0)),
        "roi": roi_of(intent.basis),
        "other_roi": percent(intent.basis.other_roi or Decimal(0), signed=True),
        "margin": margin_of(intent.basis),
        "closed": digits(order.filled_contracts),
        "before": digits(intent.basis.contracts),
        "price": price(order.average_price),
        "pnl": money(order.realised_pnl, signed=True),
        "fee": money(order.fee),
        "mark": price(intent.basis.mark_price),
        "slippage": money(slippage(intent, order), signed=True),
        "left": digits(event.contracts_left),
        "base": digits(intent.basis.base_contracts or Decimal(0)),
        "order": order.order_id,
        "by": plain(language, "someone", id=intent.by),
    }


def margin_of(basis: Basis) -> str:
    """Write the margin that an order was decided on; just over the gate it must not read as the gate."""
    if basis.initial_margin is None or basis.min_margin is None:
        return money(basis.initial_margin)
    return margin(basis.initial_margin, basis.min_margin)


def roi_of(basis: Basis) -> str:
    """Write the ROI that an order was decided on; of a leg that could not be read it is not known."""
    return "?" if basis.roi is None else percent(basis.roi, signed=True)


def _sided(language: Language, event: FilledEvent) -> str:
    """Name the side of an order's leg, with the margin mode where it is not the usual one, or where both are held."""
    key = event.intent.leg
    name = side(language, key.position_side)
    if key.margin_mode is MarginMode.CROSS and not event.both_modes:
        return name
    return f"{name} ({plain(language, f'mode.{key.margin_mode.value}')})"


def paused_names(language: Language, paused: tuple[str, ...]) -> str:
    """List what is paused."""
    return names([plain(language, "all") if name == ALL else name for name in paused])


def _order_line(reader: Reader, event: Any) -> Html:
    language = reader.language
    intent: Intent = event.intent
    values: dict[str, Any] = {
        "leg": leg_name(language, intent.leg),
        "contracts": digits(intent.contracts),
        "what": what(language, intent),
        "roi": roi_of(intent.basis),
        "code": getattr(event, "code", ""),
        "reason": problem(language, getattr(event, "reason", None)),
    }
    if isinstance(event, FilledEvent):
        values |= filled_values(language, event)
    if event.kind == "order_rejected" and event.code == "slippage":
        return reader.say("line.order_rejected.slippage", **values, limit=price(intent.limit_price))
    text = reader.say(f"line.{event.kind}", **values)
    in_all: ev.InAll | None = getattr(event, "in_all", None)
    if in_all is None:
        return text
    more = reader.say(
        "line.in_all",
        orders=in_all.orders,
        closed=digits(in_all.contracts),
        pnl=money(in_all.realised_pnl, signed=True),
    )
    return Html(f"{text}{more}")


def _dust_line(reader: Reader, event: ev.TierIsDust) -> Html:
    language = reader.language
    return reader.say(
        "line.tier_is_dust",
        leg=leg_name(language, event.leg),
        tier=event.tier,
        threshold=percent(event.threshold),
        share=percent(event.share),
        contracts=digits(event.basis.contracts),
        exact=digits(event.basis.target_contracts),
        least=digits(event.basis.min_contracts or Decimal(0)),
    )


def _foreign_line(reader: Reader, event: ev.ForeignOrders) -> Html:
    first = min(event.orders, key=lambda order: order.created_at)
    return reader.say(
        "line.foreign_orders" if event.cause == "foreign_order" else "line.foreign_orders.restored",
        count=len(event.orders),
        order=first.order_id,
        instrument=first.instrument_id,
        when=when(first.created_at),
    )


def _away_line(reader: Reader, event: ev.LookedAway) -> Html:
    return reader.say("line.looked_away", age=age(reader.language, event.seconds))


def _skew_line(reader: Reader, event: ev.ClockSkewed) -> Html:
    way = reader.plain("clock.ahead" if event.ahead > 0 else "clock.behind")
    return reader.say("line.clock_skewed", seconds=digits(abs(event.ahead)), way=way)


def _downtime_line(reader: Reader, event: ev.DowntimeAhead) -> Html:
    key = "line.downtime_ahead" if event.ends_at is not None else "line.downtime_ahead.open"
    until = when(event.ends_at) if event.ends_at is not None else ""
    return reader.say(key, since=when(event.begins_at), until=until, title=brief(event.title))


def _ends_line(reader: Reader, event: ev.InstrumentEnds) -> Html:
    language = reader.language
    key = "line.instrument_ends" if event.ends_at is not None else "line.instrument_ends.suspended"
    legs = names([leg_name(language, leg) for leg in event.legs])
    ends = when(event.ends_at) if event.ends_at is not None else ""
    return reader.say(key, instrument=event.instrument_id, legs=legs, when=ends)


def _not_watched_line(reader: Reader, event: ev.NotWatched) -> Html:
    rows = [f"{row.name} ({reader.plain(f'unwatched.{row.reason}')})" for row in event.rows]
    return reader.say("line.not_watched", names=names(rows))


def _switch_line(reader: Reader, event: Any) -> Html:
    language = reader.language
    values = {
        "name": paused_names(language, (event.name,)),
        "by": reader.plain("someone", id=event.by),
        "cause": reader.plain(f"pause.cause.{event.cause}", until=""),
    }
    if event.cause == "watch":
        return reader.say(f"line.{event.kind}.watch", **values)
    if event.cause == "person":
        return reader.say(f"line.{event.kind}", **values)
    return reader.say("line.resumed.over" if event.cause == "time" else f"line.{event.kind}.cause", **values)


def _person_line(reader: Reader, event: Any) -> Html:
    language = reader.language
    legs = names([leg_name(language, key) for key in getattr(event, "legs", ())])
    by = reader.plain("someone", id=event.by)
    return reader.say(f"line.{event.kind}", by=by, legs=legs, chosen=OWN_NAMES.get(getattr(event, "language", ""), ""))


def _lost_line(reader: Reader, event: ev.ExchangeLost) -> Html:
    detail = problem(reader.language, event.detail)
    return reader.say(f"line.exchange_lost.{event.cause}", detail=detail, interval=reader.interval)


def _found_line(reader: Reader, event: ev.ExchangeFound) -> Html:
    lasted = age(reader.language, (event.at - event.lost_at).total_seconds())
    return reader.say(f"line.exchange_found.{event.cause}", age=lasted)


def _started_line(reader: Reader, event: ev.Started) -> Html:
    exchange = reader.plain(f"exchange.{event.exchange}")
    legs = count_of_legs(reader.language, event.legs + len(event.unreadable))
    return reader.say("line.started", legs=legs, exchange=exchange)


def _legacy_line(reader: Reader, event: ev.LegacyClose) -> Html:
    return reader.say(
        "line.legacy_close",
        leg=f"{event.instrument_id} {_legacy_side(reader.language, event.side)}",
        share=percent(event.share),
        profit=percent(event.profit, signed=True),
        reason=brief(event.reason),
        when=when(event.closed_at),
    )


def _strangers_line(reader: Reader, event: ev.StrangersTurnedAway) -> Html:
    people = f"{event.people}+" if event.crowd else event.people
    ids = names(list(map(str, event.ids)))
    return reader.say("line.strangers_turned_away", people=people, tries=event.tries, since=when(event.since), ids=ids)


def _ladder_line(reader: Reader, event: ev.LadderChanged) -> Html:
    language = reader.language
    coin = f"{event.instrument_id.split('-', 1)[0]} " if event.instrument_id else ""
    return reader.say(
        "line.ladder_changed.default" if event.default else "line.ladder_changed",
        whose=f"{coin}{side(language, event.position_side)}",
        before=event.before,
        after=event.after,
        by=reader.plain("someone", id=event.by),
    )


def _wish_line(reader: Reader, event: ev.WishChanged) -> Html:
    by = reader.plain("someone", id=event.by)
    value = event.value
    if event.name == "notify":
        value = levels_in_words(reader.language, value)
    elif value in WISHES:
        value = reader.plain(f"wish.{value}")
    return reader.say(f"line.wish_changed.{event.name}", value=value, by=by)


def _report_line(reader: Reader, event: ev.ReportDue) -> Html:
    report = event.report
    return reader.say(f"line.report_due.{report.period}", realised=money(report.takings.realised, signed=True))


def _bare_line(reader: Reader, event: Any) -> Html:
    return reader.say(f"line.{event.kind}")


def _legacy_side(language: Language, word: str) -> str:
    return side(language, PositionSide(word)) if word in ("long", "short") else word


# What concerns the program or its people rather than an account.
OF_ALL = frozenset(
    {
        *("stopped", "report_due", "telegram_conflict", "strangers_turned_away", "legacy_close", "ladder_changed"),
        *("wish_changed", "language_chosen", "owner_paired", "looked_away", "clock_skewed", "downtime_ahead"),
        *("code_locked", "account_left_out"),
    }
)

LINES: dict[str, Callable[[Reader, Any], Html]] = {
    **dict.fromkeys(
        (
            "tier_filled",
            "hedge_filled",
            "hand_filled",
            "order_rejected",
            "order_unresolved",
            "order_not_arrived",
            "would_have_closed",
        ),
        _order_line,
    ),
    **dict.fromkeys(("paused", "resumed"), _switch_line),
    "pause_stands": lambda reader, event: pause_lines.stands_line(reader.language, event),
    **dict.fromkeys(("close_asked", "language_chosen", "owner_paired", "owner_released"), _person_line),
    **dict.fromkeys(("stopped", "trading_forbidden", "trading_allowed", "telegram_conflict"), _bare_line),
    **dict.fromkeys(("account_held", "account_renamed", "account_confirmed"), account_lines.line),
    **dict.fromkeys(("key_risk", "key_risk_acknowledged"), lambda reader, event: key_risk.line(reader.language, event)),
    "ladder_changed": _ladder_line,
    "wish_changed": _wish_line,
    "report_due": _report_line,
    "foreign_orders": _foreign_line,
    "order_decided": forgotten_order.decided_line,
    "tier_is_dust": _dust_line,
    "not_watched": _not_watched_line,
    "clock_skewed": _skew_line,
    "looked_away": _away_line,
    "downtime_ahead": _downtime_line,
    "instrument_ends": _ends_line,
    "exchange_lost": _lost_line,
    "exchange_found": _found_line,
    "started": _started_line,
    "legacy_close": _legacy_line,
    "strangers_turned_away": _strangers_line,
    **first_start_lines.LINES,
    **leg_lines.LINES,
    **upkeep_lines.LINES,
}
