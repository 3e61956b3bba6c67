"""What can be done about an alert from where it stands: close half, see the leg, pause the coin, ask why; end a pause."""

from __future__ import annotations

import datetime as dt

from tgtp.chat.events import standing_pauses
from tgtp.chat.formatting.callback_ids import life_mark
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.values import short_name
from tgtp.chat.messages.account_tags import addressed
from tgtp.chat.messages.keyboard import Row
from tgtp.chat.messages.message import Button, Message
from tgtp.domain import events as ev
from tgtp.domain.model import MAIN, LegKey
from tgtp.domain.pauses import Pause

# Answered by /why, with the number of the event.
WHY = "wy"
# What may have closed a leg as a whole.
FILLS = ("tier_filled", "hedge_filled", "hand_filled")


def with_buttons(reader: Reader, number: int, event: ev.Event, message: Message) -> Message:
    """Put below an alert what can be done about it; what it asks itself stays above."""
    rows = _of_pauses(reader, event) or _of_leg(reader, number, event)
    if not rows:
        return message
    whole = message._replace(buttons=(*message.buttons, *rows))
    # Where there are several accounts a button without an address would mean all of them.
    return addressed(whole, event.account) if reader.tagged or event.account != MAIN else whole


def _of_leg(reader: Reader, number: int, event: ev.Event) -> tuple[Row, ...]:
    life = _life(event)
    if life is None:
        return ()
    key, opened_at = life
    mark, coin = life_mark(key, opened_at, 0), key.coin
    half = Button(reader.plain("button.half"), f"cl:{mark}:50:new", "primary")
    leg = Button(short_name(reader.language, key), f"ll:{mark}:{coin}")
    pause = Button(reader.plain("card.button.pause", coin=coin), f"{standing_pauses.PAUSE}:{key.instrument_id}", "primary")
    why = Button(reader.plain("button.why"), f"{WHY}:{number}")
    if event.kind in FILLS and not getattr(event, "contracts_left", None):
        return ((pause, why),)
    # What the hedge rule leaves is the base.
    return ((leg, pause), (why,)) if event.kind == "hedge_filled" else ((half, leg), (pause, why))


def _life(event: ev.Event) -> tuple[LegKey, dt.datetime] | None:
    """Return the leg that an alert is about, and the beginning of its life; None where half of it cannot be meant."""
    match event:
        case ev.TierFilled() | ev.HedgeFilled() | ev.HandFilled() | ev.OrderRejected() | ev.OrderNotArrived():
            return event.intent.leg, event.intent.opened_at
        case ev.LiquidationNear():
            return event.leg, event.opened_at
        case _:
            return None


def _of_pauses(reader: Reader, event: ev.Event) -> tuple[Row, ...]:
    """Return the button that ends each pause which is spoken of."""
    pauses: tuple[Pause, ...] = ()
    if event.kind == "pause_stands":
        pauses = getattr(event, "pauses", ())
    elif event.kind == "started":
        # Those that stand for another cause have theirs already.
        pauses = tuple(pause for pause in event.pauses.entries if pause.is_lifted_at_once)
    rows: list[Row] = []
    for pause in pauses[: standing_pauses.MOST_BUTTONS]:
        if pause.is_lifted_at_once:
            rows.append((standing_pauses.resume_button(reader.language, pause.scope, below=True),))
        elif not pause.is_by_settings:
            rows.append((standing_pauses.button(reader.language, pause),))
    return tuple(rows)
