"""The numbers that an event was decided on, and the order that came of it."""

from __future__ import annotations

from decimal import Decimal

from tgtp.chat.events.one_line import line, margin_of, roi_of
from tgtp.chat.formatting.numbers import digits, money, percent, price, side, when
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.texts import Html, Language, plain, say
from tgtp.domain import events as ev
from tgtp.domain.order import Intent, Order


def why(reader: Reader, number: int, event: ev.Event) -> Html:
    """Give the numbers that an event was decided on, and the order that came of it."""
    language = reader.language
    parts = [reader.say("why.head", number=number, when=when(event.at), line=line(reader, event))]
    intent: Intent | None = getattr(event, "intent", None)
    if intent is not None:
        parts.append(_why_intent(language, intent))
        order: Order | None = getattr(event, "order", None)
        if event.kind == "would_have_closed":
            parts.append(reader.say("why.held_back"))
        elif order is None:
            parts.append(reader.say("why.client", client=intent.client_order_id))
        else:
            parts.append(
                reader.say(
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


def _digits(number: Decimal | None) -> str:
    return "?" if number is None else digits(number)


def _why_intent(language: Language, intent: Intent) -> Html:
    basis = intent.basis
    values = {
        "tier": intent.tier,
        "threshold": percent(basis.threshold or Decimal(0)),
        "share": percent(basis.share or Decimal(0)),
        "min_margin": digits(basis.min_margin or Decimal(0)),
        "roi": roi_of(basis),
        "other_roi": percent(basis.other_roi or Decimal(0), signed=True),
        "side": side(language, intent.leg.position_side),
        "entry": price(basis.entry_price),
        "mark": price(basis.mark_price),
        "leverage": _digits(basis.leverage),
        "margin": margin_of(basis),
        "before": digits(basis.contracts),
        "contract_size": _digits(basis.contract_size),
        "base": digits(basis.base_contracts or Decimal(0)),
        "target": digits(basis.target_contracts),
        "lot": _digits(basis.lot_size),
        "least": _digits(basis.min_contracts),
        "contracts": digits(intent.contracts),
        "by": plain(language, "someone", id=intent.by),
    }
    return say(language, f"why.{intent.rule}", **values)
