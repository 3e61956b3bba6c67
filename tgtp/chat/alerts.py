"""Events → what the phone shows: the whole alert, one line of history, and the numbers behind it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from tgtp.chat.figures import age, brief, digits, dots, leg_name, money, names, percent, price, side, when
from tgtp.chat.message import Button, Message
from tgtp.chat.texts import Html, Language, plain, say
from tgtp.domain import events as ev
from tgtp.domain.model import Intent, LegKey, Order, PositionSide
from tgtp.domain.plan import ALL, Rules

FilledEvent = ev.TierFilled | ev.HedgeFilled | ev.HandFilled


class Setting(NamedTuple):
    """What an alert needs to know besides its event."""

    language: Language
    rules: Rules
    interval: int


def life_mark(key: LegKey, opened_at: Any, generation: int | str) -> str:
    """Name a life of a leg in ten characters, for buttons that must not act on another one."""
    return hashlib.sha256(f"{key}|{opened_at.isoformat()}|{generation}".encode()).hexdigest()[:10]


def rearm_mark(key: LegKey, opened_at: Any, generation: int, fired: Iterable[int]) -> str:
    """Name what a re-arm was asked about: the life, and what had fired in it."""
    return life_mark(key, opened_at, f"{generation}|{sorted(fired)}")


def alert(setting: Setting, number: int, event: ev.Event) -> Message:
    """Give the message that tells of an event, with its number at the end."""
    writer = ALERTS.get(event.kind)
    message = writer(setting, event) if writer else Message(line(setting, event))
    end = say(setting.language, "alert.number", number=number)
    return message._replace(text=Html(f"{message.text}\n{end}"))


def line(setting: Setting, event: ev.Event) -> Html:
    """Give one line of history."""
    return LINES[event.kind](setting, event)


def why(setting: Setting, number: int, event: ev.Event) -> Html:
    """Give the numbers that an event was decided on, and the order that came of it."""
    language = setting.language
    parts = [say(language, "why.head", number=number, when=when(event.at), line=line(setting, event))]
    intent: Intent | None = getattr(event, "intent", None)
    if intent is not None:
        parts.append(_why_intent(language, intent))
        order: Order | None = getattr(event, "order", None)
        if event.kind == "would_have_closed":
            parts.append(say(language, "why.held_back"))
        elif order is None:
            parts.append(say(language, "why.client", client=intent.client_order_id))
        else:
            parts.append(
                say(
                    language,
                    "why.order",
                    order=order.order_id,
                    client=intent.client_order_id,
                    closed=digits(order.filled_contracts),
                    price=price(order.average_price),
                    pnl=money(order.realised_pnl, signed=True),
                    fee=money(order.fee),
                    when=when(intent.meant_at),
                )
            )
    return Html("\n\n".join(parts))


def what(language: Language, intent: Intent) -> str:
    """Name the rule behind an order."""
    return plain(language, f"what.{intent.rule}", tier=intent.tier)


def _why_intent(language: Language, intent: Intent) -> Html:
    basis = intent.basis
    values = {
        "tier": intent.tier,
        "threshold": percent(basis.threshold or Decimal(0)),
        "share": percent(basis.share or Decimal(0)),
        "min_margin": digits(basis.min_margin or Decimal(0)),
        "roi": percent(basis.roi, signed=True),
        "other_roi": percent(basis.other_roi or Decimal(0), signed=True),
        "side": side(language, intent.leg.position_side),
        "entry": price(basis.entry_price),
        "mark": price(basis.mark_price),
        "leverage": digits(basis.leverage),
        "margin": money(basis.initial_margin),
        "before": digits(basis.contracts),
        "contract_size": digits(basis.contract_size),
        "base": digits(basis.base_contracts or Decimal(0)),
        "target": digits(basis.target_contracts),
        "lot": digits(basis.lot_size),
        "least": digits(basis.min_contracts),
        "contracts": digits(intent.contracts),
        "by": plain(language, "someone", id=intent.by),
    }
    return say(language, f"why.{intent.rule}", **values)


def _filled(language: Language, event: FilledEvent) -> dict[str, Any]:
    intent, order = event.intent, event.order
    return {
        "leg": leg_name(language, intent.leg),
        "instrument": intent.leg.instrument_id,
        "side": side(language, intent.leg.position_side),
        "other_side": side(language, intent.leg.position_side.opposite),
        "tier": intent.tier,
        "threshold": percent(intent.basis.threshold or Decimal(0)),
        "share": percent(intent.basis.share or Decimal(0)),
        "roi": percent(intent.basis.roi, signed=True),
        "other_roi": percent(intent.basis.other_roi or Decimal(0), signed=True),
        "margin": money(intent.basis.initial_margin),
        "closed": digits(order.filled_contracts),
        "before": digits(intent.basis.contracts),
        "price": price(order.average_price),
        "pnl": money(order.realised_pnl, signed=True),
        "fee": money(order.fee),
        "left": digits(event.contracts_left),
        "base": digits(intent.basis.base_contracts or Decimal(0)),
        "order": order.order_id,
        "by": plain(language, "someone", id=intent.by),
    }


def _with_doubt(language: Language, text: Html, event: FilledEvent) -> Message:
    if event.order.reason != "presumed":
        return Message(text)
    return Message(Html(f"{text}\n{say(language, 'alert.presumed')}"))


def _tier_filled(setting: Setting, event: ev.TierFilled) -> Message:
    language = setting.language
    ladder = setting.rules.ladder(event.intent.leg.position_side)
    next_ = (
        plain(language, "next.threshold", threshold=percent(event.next_threshold))
        if event.next_threshold is not None
        else plain(language, "next.none")
    )
    tiers = dots(event.fired, max(len(ladder.tiers), *event.fired, 1))
    text = say(language, "alert.tier", **_filled(language, event), tiers=tiers, next=next_)
    if not event.finished:
        target = digits(event.intent.basis.target_contracts)
        text = Html(f"{text}\n{say(language, 'alert.tier.part', target=target)}")
    return _with_doubt(language, text, event)


def _hedge_filled(setting: Setting, event: ev.HedgeFilled) -> Message:
    return _with_doubt(setting.language, say(setting.language, "alert.hedge", **_filled(setting.language, event)), event)


def _hand_filled(setting: Setting, event: ev.HandFilled) -> Message:
    return _with_doubt(setting.language, say(setting.language, "alert.hand", **_filled(setting.language, event)), event)


def _rejected(setting: Setting, event: ev.OrderRejected) -> Message:
    language = setting.language
    then = say(language, "rejected.hand" if event.again_at is None else "rejected.again")
    return Message(
        say(
            language,
            "alert.rejected",
            leg=leg_name(language, event.intent.leg),
            contracts=digits(event.intent.contracts),
            what=what(language, event.intent),
            code=event.code,
            reason=brief(event.reason),
            then=then,
        )
    )


def _unresolved(setting: Setting, event: ev.OrderUnresolved) -> Message:
    language = setting.language
    return Message(
        say(
            language,
            "alert.unresolved",
            leg=leg_name(language, event.intent.leg),
            contracts=digits(event.intent.contracts),
            what=what(language, event.intent),
        )
    )


def _grew(setting: Setting, event: ev.LegGrew) -> Message:
    language = setting.language
    text = line(setting, event)
    if event.rearmed:
        return Message(Html(f"{text}\n{say(language, 'line.leg_grew.rearmed')}"))
    if not event.fired:
        return Message(text)
    mark = rearm_mark(event.leg, event.opened_at, event.generation, event.fired)
    tiers = ", ".join(map(str, event.fired))
    buttons = (
        Button(plain(language, "button.rearm"), f"ra:{mark}", "primary"),
        Button(plain(language, "button.no.rearm"), f"rk:{mark}"),
    )
    return Message(Html(f"{text}\n{say(language, 'line.leg_grew.ask', tiers=tiers)}"), (buttons,))


def _started(setting: Setting, event: ev.Started) -> Message:
    language, profile = setting.language, event.profile
    parts: list[str] = [
        say(
            language,
            "alert.started",
            version=event.version,
            exchange=plain(language, f"exchange.{event.exchange}"),
            legs=event.legs,
            watched=event.legs - event.small_legs,
            small=event.small_legs,
            min_margin=digits(event.min_margin),
            interval=event.interval,
            long=event.long_tiers,
            short=event.short_tiers,
            position_mode=plain(language, f"position_mode.{profile.position_mode.value}"),
        )
    ]
    if event.exchange.startswith("okx"):
        words = [plain(language, "started.trade" if profile.can_trade else "started.no_trade")]
        if profile.ip_bound is not None:
            words.append(plain(language, "started.bound" if profile.ip_bound else "started.unbound"))
        parts.append(say(language, "started.perm", what=", ".join(words)))
    if profile.can_withdraw:
        parts.append(say(language, "started.withdraw"))
    if event.unwatched:
        unwatched = [f"{row.name} ({plain(language, f'unwatched.{row.reason}')})" for row in event.unwatched]
        parts.append(say(language, "started.unwatched", names=names(unwatched)))
    if event.exchange == "paper":
        parts.append(say(language, "started.paper"))
    if event.paused:
        parts.append(say(language, "started.paused", names=_paused(language, event.paused)))
    if event.missed_seconds is not None and event.missed_seconds > 60:
        parts.append(say(language, "started.missed", age=age(language, event.missed_seconds)))
    return Message(Html("\n".join(parts)))


def _paused(language: Language, paused: tuple[str, ...]) -> str:
    return names([plain(language, "all") if name == ALL else name for name in paused])


def _order_line(setting: Setting, event: Any) -> Html:
    language = setting.language
    intent: Intent = event.intent
    values: dict[str, Any] = {
        "leg": leg_name(language, intent.leg),
        "contracts": digits(intent.contracts),
        "what": what(language, intent),
        "roi": percent(intent.basis.roi, signed=True),
        "code": getattr(event, "code", ""),
        "reason": brief(getattr(event, "reason", "")),
    }
    if isinstance(event, FilledEvent):
        values |= _filled(language, event)
    return say(language, f"line.{event.kind}", **values)


def _dust_line(setting: Setting, event: ev.TierIsDust) -> Html:
    language = setting.language
    return say(
        language,
        "line.tier_is_dust",
        leg=leg_name(language, event.leg),
        tier=event.tier,
        threshold=percent(event.threshold),
        share=percent(event.share),
        contracts=digits(event.basis.contracts),
        exact=digits(event.basis.target_contracts),
        least=digits(event.basis.min_contracts),
    )


def _leg_line(setting: Setting, event: Any) -> Html:
    language = setting.language
    key = f"line.{event.kind}"
    if event.kind == "leg_opened" and event.reopened:
        key = "line.leg_reopened"
    if event.kind == "leg_opened" and event.anew:
        key = "line.leg_opened.anew"
    if event.kind == "leg_gone" and event.by_us:
        key = "line.leg_gone.by_us"
    return say(
        language,
        key,
        leg=leg_name(language, event.leg),
        contracts=digits(getattr(event, "contracts", Decimal(0))),
        before=digits(getattr(event, "before", Decimal(0))),
        price=price(getattr(event, "entry_price", None)),
        margin=money(getattr(event, "initial_margin", None)),
        by=plain(language, "someone", id=getattr(event, "by", "")),
    )


def _not_watched_line(setting: Setting, event: ev.NotWatched) -> Html:
    language = setting.language
    rows = [f"{row.name} ({plain(language, f'unwatched.{row.reason}')})" for row in event.rows]
    return say(language, "line.not_watched", names=names(rows))


def _switch_line(setting: Setting, event: Any) -> Html:
    language = setting.language
    by = plain(language, "someone", id=event.by)
    return say(language, f"line.{event.kind}", name=_paused(language, (event.name,)), by=by)


def _person_line(setting: Setting, event: Any) -> Html:
    language = setting.language
    legs = names([leg_name(language, key) for key in getattr(event, "legs", ())])
    by = plain(language, "someone", id=event.by)
    return say(language, f"line.{event.kind}", by=by, legs=legs, chosen=getattr(event, "language", ""))


def _lost_line(setting: Setting, event: ev.ExchangeLost) -> Html:
    return say(setting.language, f"line.exchange_lost.{event.cause}", detail=brief(event.detail), interval=setting.interval)


def _found_line(setting: Setting, event: ev.ExchangeFound) -> Html:
    lasted = age(setting.language, (event.at - event.lost_at).total_seconds())
    return say(setting.language, f"line.exchange_found.{event.cause}", age=lasted)


def _started_line(setting: Setting, event: ev.Started) -> Html:
    exchange = plain(setting.language, f"exchange.{event.exchange}")
    return say(setting.language, "line.started", legs=event.legs, exchange=exchange)


def _legacy_line(setting: Setting, event: ev.LegacyClose) -> Html:
    return say(
        setting.language,
        "line.legacy_close",
        leg=f"{event.instrument_id} {_legacy_side(setting.language, event.side)}",
        share=percent(event.share),
        profit=percent(event.profit, signed=True),
        reason=brief(event.reason),
        when=when(event.closed_at),
    )


def _legacy_side(language: Language, word: str) -> str:
    return side(language, PositionSide(word)) if word in ("long", "short") else word


def _strangers_line(setting: Setting, event: ev.StrangersTurnedAway) -> Html:
    people = f"{event.people}+" if event.crowd else event.people
    ids = names(list(map(str, event.ids)))
    return say(
        setting.language, "line.strangers_turned_away", people=people, tries=event.tries, since=when(event.since), ids=ids
    )


def _bare_line(setting: Setting, event: Any) -> Html:
    return say(setting.language, f"line.{event.kind}")


ALERTS: dict[str, Callable[[Setting, Any], Message]] = {
    "tier_filled": _tier_filled,
    "hedge_filled": _hedge_filled,
    "hand_filled": _hand_filled,
    "order_rejected": _rejected,
    "order_unresolved": _unresolved,
    "leg_grew": _grew,
    "started": _started,
}

LINES: dict[str, Callable[[Setting, Any], Html]] = {
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
    **dict.fromkeys(("leg_opened", "leg_grew", "leg_shrank", "leg_gone", "leg_unreadable", "leg_rearmed"), _leg_line),
    **dict.fromkeys(("paused", "resumed"), _switch_line),
    **dict.fromkeys(("close_asked", "language_chosen", "owner_paired"), _person_line),
    **dict.fromkeys(("stopped", "trading_forbidden", "trading_allowed", "telegram_conflict"), _bare_line),
    "tier_is_dust": _dust_line,
    "not_watched": _not_watched_line,
    "exchange_lost": _lost_line,
    "exchange_found": _found_line,
    "started": _started_line,
    "legacy_close": _legacy_line,
    "strangers_turned_away": _strangers_line,
}
