"""Events → one line each, for the history, the console and long lists.

The line of an event is the text ``line.<kind>``, filled with the event's fields. ``VARIANTS`` names the text where a kind has
several, ``VALUES`` gives what its texts need besides the fields.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any, Final

from tgtp.chat.events import drawdown_lines, first_start_lines, key_risk
from tgtp.chat.formatting import pause_text
from tgtp.chat.formatting.error_text import reasons
from tgtp.chat.formatting.notification_levels import levels_in_words
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.routes import troubled_coins
from tgtp.chat.formatting.upkeep_text import broken_words, refusal_words, stuck_words
from tgtp.chat.formatting.values import guard_value, side
from tgtp.chat.texts import Html, Language, Names, plain
from tgtp.chat.texts.formats.filler import DOES_NOT_FIT
from tgtp.chat.texts.formats.numbers import brief, margin, money, names
from tgtp.domain import events as ev
from tgtp.domain.event_totals import FilledEvent
from tgtp.domain.model import MarginMode, PositionSide, Unwatched, coin_of_instrument, name_of_instrument
from tgtp.domain.order import Basis, Intent

log = logging.getLogger(__name__)

UNSAID: Final = "an event of the kind %s cannot be said"
# What each language calls itself.
OWN_NAMES = {"en": "English", "zh": "中文"}
# What a wish may be besides hours, which read the same in every language.
WISHES = ("on", "off", "light", "dark")
# What is wrong with a row, beside the sentence that says it.
LONGEST_DETAIL = 80


def line(reader: Reader, event: ev.Event) -> Html:
    """Return one line of history, with the account where there are several; of an event that cannot be said, its kind.

    Whoever tells many must not fall silent about the others because of one: the outbox, the history, the console in a check.
    """
    try:
        return _line(reader, event)
    except DOES_NOT_FIT:
        log.exception(UNSAID, event.kind)
        return unsaid(reader, event)


def unsaid(reader: Reader, event: ev.Event) -> Html:
    """Name the kind of an event whose values do not fit its sentence."""
    return Html(f"{tag(reader, event)}{reader.say('event.unsaid', kind=event.kind)}")


def _line(reader: Reader, event: ev.Event) -> Html:
    variant, values = VARIANTS.get(event.kind), VALUES.get(event.kind)
    key = f"line.{event.kind}{variant(event) if variant else ''}"
    text = reader.say(key, **{**dict(event), **(values(reader, event) if values else {})})
    in_all: ev.InAll | None = getattr(event, "in_all", None)
    more = reader.say("line.in_all", **dict(in_all)) if in_all is not None else ""
    return Html(f"{tag(reader, event)}{text}{more}")


def tag(reader: Reader, event: ev.Event) -> Html:
    """Name the account of an event where there are several; nothing for what concerns them all."""
    if not reader.tagged or event.kind in OF_ALL or _is_of_all_prices(event):
        return Html("")
    return reader.say("account.tag", account=event.account)


def what(language: Language, intent: Intent) -> str:
    """Name the rule behind an order."""
    return plain(language, f"what.{intent.rule}", tier=intent.tier)


def filled_leg(reader: Reader, event: FilledEvent) -> str:
    """Name the leg of an order that has filled."""
    return f"{_instrument(reader, event.intent.leg.instrument_id)} {filled_side(reader.language, event)}"


def filled_side(language: Language, event: FilledEvent) -> str:
    """Name the side of an order's leg, with the margin mode where it is not the usual one, or where both are held."""
    key = event.intent.leg
    name = side(language, key.position_side)
    if key.margin_mode is MarginMode.CROSS and not event.both_modes:
        return name
    return f"{name} {plain(language, f'mode.{key.margin_mode.value}')}"


def margin_of(basis: Basis) -> str:
    """Write the margin that an order was decided on; just over the gate it must not read as the gate."""
    if basis.initial_margin is None or basis.min_margin is None:
        return money(basis.initial_margin)
    return margin(basis.initial_margin, basis.min_margin)


def paused_names(language: Language, paused: Iterable[str]) -> Names:
    """List what is paused."""
    return names([pause_text.scope_name(language, name) for name in paused])


def unwatched_names(reader: Reader, rows: Iterable[Unwatched]) -> Names:
    """List what is not watched, and why."""
    return names([reader.plain("named", name=row.name, what=reader.plain(f"unwatched.{row.reason}")) for row in rows])


def _filled(reader: Reader, event: FilledEvent) -> dict[str, Any]:
    return {"leg": filled_leg(reader, event)}


def _rule(reader: Reader, event: Any) -> dict[str, Any]:
    return {"what": what(reader.language, event.intent)}


def _foreign(_: Reader, event: ev.ForeignOrders) -> dict[str, Any]:
    return {"count": len(event.orders), "first": min(event.orders, key=lambda order: order.created_at)}


def _legacy(reader: Reader, event: ev.LegacyClose) -> dict[str, Any]:
    named = side(reader.language, PositionSide(event.side)) if event.side in ("long", "short") else event.side
    return {"leg": f"{_instrument(reader, event.instrument_id)} {named}"}


def _ladder(reader: Reader, event: ev.LadderChanged) -> dict[str, Any]:
    coin = f"{event.instrument_id.split('-', 1)[0]} " if event.instrument_id else ""
    return {"whose": f"{coin}{side(reader.language, event.position_side)}"}


def _scaled(_: Reader, event: ev.ThresholdsScaled) -> dict[str, Any]:
    return {"coins": ", ".join(f"{_coin(name)} × {factor:f}" for name, factor in event.factors.items())}


def _dynamic(reader: Reader, event: ev.DynamicChanged | ev.RestingChanged) -> dict[str, Any]:
    return {"whose": _coin(event.instrument_id) if event.instrument_id else reader.plain("dynamic.everywhere")}


def _is_of_all_prices(event: ev.Event) -> bool:
    """Return whether an event is of the connection that brings prices to all accounts."""
    if event.kind == "stream_troubled":
        return event.trouble.cause != "account"
    return event.kind == "stream_recovered" and event.cause != "account"


def _coin(instrument_id: str) -> str:
    return instrument_id.split("-", 1)[0]


def _instrument(reader: Reader, instrument_id: str) -> str:
    return instrument_id if reader.whole else name_of_instrument(instrument_id)


def _guard(reader: Reader, event: ev.GuardChanged) -> dict[str, Any]:
    coin = f"{coin_of_instrument(event.instrument_id)} " if event.instrument_id else ""
    before, after = (guard_value(reader.language, event.rule, text) for text in (event.before, event.after))
    return {"whose": coin, "what": reader.plain(f"what.{event.rule}"), "before": before, "after": after}


def _wish(reader: Reader, event: ev.WishChanged) -> dict[str, Any]:
    if event.name == "notify":
        return {"value": levels_in_words(reader.language, event.value)}
    return {"value": reader.plain(f"wish.{event.value}") if event.value in WISHES else event.value}


def _unreadable(reader: Reader, event: ev.LegUnreadable) -> dict[str, Any]:
    name = reader.leg(event.leg) if event.leg is not None else f"{_instrument(reader, event.name)} (?)"
    detail = reader.say("line.leg_unreadable.detail", detail=brief(event.detail, LONGEST_DETAIL)) if event.detail else ""
    return {"leg": name, "why": reader.say(f"unreadable.{event.why}"), "detail": detail}


def _margin_refused(reader: Reader, event: ev.MarginNotMoved) -> dict[str, Any]:
    return {"why": reader.plain("upkeep.refused", **dict(event)) if event.code else reader.plain("margin.lost")}


def _corrected(reader: Reader, event: ev.Corrected) -> dict[str, Any]:
    words = ["corrected.trimmed"] if event.trimmed else []
    words += ["corrected.moved"] if event.steps else []
    return {"what": names([reader.plain(key, **dict(event)) for key in words])}


def _switch_variant(event: ev.Paused | ev.Resumed) -> str:
    if event.cause == "time":
        if event.kind == "paused":
            return ".until" if event.until is not None else ""
        return "" if event.by is not None else ".over.stays" if event.stays else ".over"
    return {"person": "", "watch": ".watch"}.get(event.cause, ".cause")


def _opened_variant(event: ev.LegOpened) -> str:
    return ".anew" if event.anew else ".reopened" if event.reopened else ""


def _kept_up_variant(event: ev.WouldHaveKeptUp) -> str:
    return ".maintenance" if event.what == "maintenance" else ".trim" if event.contracts else ".move"


def _doubt_variant(event: ev.LegDoubted) -> str:
    return ".size.count" if event.doubt.cause == "size" and event.doubt.witness is None else f".{event.doubt.cause}"


# What concerns the program or its people rather than an account.
OF_ALL = frozenset(
    {
        *("stopped", "report_due", "telegram_conflict", "strangers_turned_away", "legacy_close", "ladder_changed"),
        "guard_changed",
        *("wish_changed", "language_chosen", "owner_paired", "looked_away", "clock_skewed", "downtime_ahead"),
        *("code_locked", "account_left_out", "resting_left"),
    }
)

# What stands behind ``line.<kind>`` in the key of the text.
VARIANTS: Final[dict[str, Callable[[Any], str]]] = {
    **dict.fromkeys(("exchange_lost", "exchange_found"), lambda event: f".{event.cause}"),
    **dict.fromkeys(("paused", "resumed"), _switch_variant),
    "account_held": lambda event: f".{event.why}",
    "corrected": lambda event: "" if event.trimmed or event.steps else ".nothing",
    "downtime_ahead": lambda event: "" if event.ends_at is not None else ".open",
    "dynamic_changed": lambda event: "" if event.on else ".off",
    "drawdown_held_back": lambda event: ".blind" if event.unreadable else ".acting" if event.acting else "",
    "drawdown_reset": lambda event: "" if event.by is not None else ".itself",
    "drawdown_warned": drawdown_lines.warned_variant,
    "foreign_orders": lambda event: "" if event.cause == "foreign_order" else ".restored",
    "guard_filled": lambda event: f".{event.intent.rule}",
    "instrument_ends": lambda event: "" if event.ends_at is not None else ".suspended",
    **dict.fromkeys(("ladder_changed", "guard_changed"), lambda event: ".default" if event.default else ""),
    "leg_doubted": _doubt_variant,
    "leg_force_closed": lambda event: f".{event.how}",
    "leg_gone": lambda event: ".by_us" if event.by_us else ".order" if event.how == "order" else "",
    "leg_opened": _opened_variant,
    "leg_shrank": lambda event: ".order" if event.how == "order" else "",
    "leg_unreadable": lambda event: ".nameless" if event.leg is None and not event.name else "",
    "liquidation_near": lambda event: "" if event.liquidation_price is not None else ".ratio",
    "maintenance_broken": lambda event: ".counted" if event.counted else "",
    "margin_changed": lambda event: ".in" if event.amount > 0 else ".out",
    "order_decided": lambda event: ".filled" if event.filled else ".not_filled",
    "order_rejected": lambda event: f".{event.code}" if event.code in ("slippage", "canceled") else "",
    "report_due": lambda event: f".{event.report.period}",
    "resting_changed": lambda event: f".{event.cause}" if event.cause != "person" else ".off" if event.mode == "off" else "",
    "resting_refused": lambda event: ".fired" if event.fired else "",
    **dict.fromkeys(("resting_stands", "resting_cleared"), lambda event: f".{event.cause}"),
    "started": lambda event: ".cut_short" if event.was_cut_short else "",
    "stopped": lambda event: ".rest" if event.rest else "",
    "stream_troubled": lambda event: f".{event.trouble.cause}",
    "thresholds_unscaled": lambda event: f".{event.why}",
    "tier_filled": lambda event: ".pausing" if event.intent.basis.while_pausing else "",
    "upkeep_asked": lambda event: f".{event.what}",
    "upkeep_filled": lambda event: f".{event.intent.rule}",
    "wish_changed": lambda event: f".{event.name}",
    "would_have_kept_up": _kept_up_variant,
}

VALUES: Final[dict[str, Callable[[Reader, Any], dict[str, Any]]]] = {
    **dict.fromkeys(("tier_filled", "hedge_filled", "guard_filled", "hand_filled"), _filled),
    **dict.fromkeys(("order_rejected", "would_have_closed"), _rule),
    **dict.fromkeys(("paused", "resumed"), lambda reader, event: {"name": paused_names(reader.language, (event.name,))}),
    **dict.fromkeys(("key_risk", "key_risk_acknowledged"), key_risk.values),
    "account_left_out": lambda reader, event: {"why": reasons(reader.language, event.why)},
    "clock_skewed": lambda _, event: {"seconds": abs(event.ahead), "way": "ahead" if event.ahead > 0 else "behind"},
    "corrected": _corrected,
    "correction_stuck": lambda reader, event: {"why": stuck_words(reader.language, event)},
    **dict.fromkeys(("dynamic_changed", "resting_changed"), _dynamic),
    "drawdown_changed": drawdown_lines.changed,
    "drawdown_done": drawdown_lines.done,
    "drawdown_fired": drawdown_lines.fired,
    "drawdown_held_back": drawdown_lines.held_back,
    "exchange_found": lambda _, event: {"lasted": event.at - event.lost_at},
    "exchange_lost": lambda reader, _: {"interval": reader.interval},
    "first_start": first_start_lines.values,
    "foreign_orders": _foreign,
    "ladder_changed": _ladder,
    "guard_changed": _guard,
    "language_chosen": lambda _, event: {"chosen": OWN_NAMES.get(event.language, "")},
    "leg_force_closed": lambda _, event: {
        "realised": event.life_realised if event.realised is None else event.realised,
    },
    "leg_unreadable": _unreadable,
    "legacy_close": _legacy,
    "maintenance_begun": lambda _, event: {"count": event.work.draft.count + 1},
    "maintenance_broken": lambda reader, event: {
        "count": event.work.draft.count + 1,
        "why": broken_words(reader.language, event.why, event.reason),
    },
    "maintenance_held_back": lambda reader, event: {
        "why": refusal_words(reader.language, event.refusal, count=event.count, roi=event.roi),
    },
    "margin_changed": lambda _, event: {"amount": abs(event.amount)},
    "margin_not_moved": _margin_refused,
    "not_watched": lambda reader, event: {"names": unwatched_names(reader, event.rows)},
    "pause_stands": lambda reader, event: {"rows": pause_text.rows(reader.language, event.pauses)},
    "resting_left": lambda reader, event: {"legs": names([reader.leg(key) for key in event.legs])},
    "started": lambda _, event: {"legs": event.legs + len(event.unreadable)},
    "stream_recovered": lambda _, event: {"lasted": event.at - event.lost_at},
    "stream_troubled": lambda reader, event: {"interval": reader.interval, "names": troubled_coins(event.trouble)},
    "strangers_turned_away": lambda _, event: {"people": f"{event.people}+" if event.crowd else event.people},
    "thresholds_scaled": _scaled,
    "thresholds_unscaled": lambda _, event: {"coins": ", ".join(map(_coin, event.instrument_ids))},
    "wish_changed": _wish,
}
