"""What can be done about an alert from where it stands: close half, see the leg, pause the coin, ask why; end a pause."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tgtp.chat.events import standing_pauses
from tgtp.chat.formatting.callback_ids import life_mark
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.values import leg_name
from tgtp.chat.messages.account_tags import addressed
from tgtp.chat.messages.keyboard import Row, grid
from tgtp.chat.messages.message import Button, Message
from tgtp.domain import events as ev
from tgtp.domain.model import MAIN, LegKey
from tgtp.domain.pauses import Pause
from tgtp.domain.plan import ALL

# Answered by /why, with the number of the event.
WHY = "wy"
# Asks whether what rests at the exchange is to be cancelled.
CANCEL = "rx"
# What may have closed a leg as a whole.
FILLS = ("tier_filled", "hedge_filled", "guard_filled", "hand_filled")
# What tells that a leg is no more.
OVER = ("leg_gone", "leg_force_closed")
# Below a list.
MOST_LEGS = 6
PER_ROW = 2


def with_buttons(reader: Reader, number: int, event: ev.Event, message: Message) -> Message:
    """Put below an alert what can be done about it; what it asks itself stays above."""
    rows = _of_pauses(reader, event) or _of_leg(reader, number, event)
    if not rows:
        return message
    whole = message._replace(buttons=(*message.buttons, *rows))
    # Where there are several accounts a button without an address would mean all of them.
    return addressed(whole, event.account) if reader.tagged or event.account != MAIN else whole


def _of_leg(reader: Reader, number: int, event: ev.Event) -> tuple[Row, ...]:
    if isinstance(event, ev.DrawdownFired):
        return ((Button(reader.plain("button.why"), f"{WHY}:{number}"),),)
    if isinstance(event, ev.RestingStands) and event.cause == "off":
        return ((Button(reader.plain("button.resting.cancel"), f"{CANCEL}:"),),)
    life = _life(event)
    if life is None:
        return ()
    key, opened_at = life
    mark, coin = life_mark(key, opened_at, 0), key.coin
    half = Button(reader.plain("button.half"), f"cl:{mark}:50:new", "primary")
    leg = Button(leg_name(reader.language, key), f"ll:{mark}:{coin}")
    pause = Button(reader.plain("card.button.pause", coin=coin), f"{standing_pauses.PAUSE}:{key.instrument_id}", "primary")
    why = Button(reader.plain("button.why"), f"{WHY}:{number}")
    is_whole = event.kind in FILLS and not getattr(event, "contracts_left", None)
    if _is_of_drawdown(event):
        return ((why,),) if is_whole else ((leg, why),)
    if is_whole:
        return ((pause, why),)
    # What the hedge rule or a guard leaves is the base.
    return ((leg, pause), (why,)) if event.kind in ("hedge_filled", "guard_filled") else ((half, leg), (pause, why))


def buttons_of_list(reader: Reader, events: Sequence[ev.Event]) -> tuple[Row, ...]:
    """Return what can be done about many alerts at once: see the legs of the first few, or all of them; pause everything."""
    legs: dict[tuple[str, LegKey], Button | None] = {}
    for event in events:
        of = getattr(event, "intent", event)
        key, opened_at = getattr(of, "leg", None), getattr(of, "opened_at", None)
        if key is None or opened_at is None:
            continue
        is_over = event.kind in OVER or (event.kind in FILLS and not getattr(event, "contracts_left", None))
        named = reader.tagged or event.account != MAIN
        label = f"{event.account} {leg_name(reader.language, key)}" if named else leg_name(reader.language, key)
        to = f"@{event.account}:" if named else ""
        legs[event.account, key] = None if is_over else Button(label, f"{to}ll:{life_mark(key, opened_at, 0)}:{key.coin}")
    held = [button for button in legs.values() if button is not None]
    if not legs:
        return ()
    below = [Button(reader.plain("panel.button.positions"), "pc:")] if len(held) > MOST_LEGS else []
    if not any(map(_is_of_drawdown, events)):
        below.append(Button(reader.plain("card.button.pause.all"), f"{standing_pauses.PAUSE}:{ALL}", "primary"))
    return (*grid(held[:MOST_LEGS], PER_ROW), *((tuple(below),) if below else ()))


def _is_of_drawdown(event: ev.Event) -> bool:
    """Return whether the drawdown guard has done it: then the account is paused already."""
    if isinstance(event, ev.GuardFilled):
        return event.intent.rule == "drawdown"
    return isinstance(event, ev.DrawdownFired | ev.DrawdownDone)


def _life(event: ev.Event) -> tuple[LegKey, dt.datetime] | None:
    """Return the leg that an alert is about, and the beginning of its life; None where half of it cannot be meant."""
    match event:
        case ev.TierFilled() | ev.HedgeFilled() | ev.GuardFilled() | ev.HandFilled():
            return event.intent.leg, event.intent.opened_at
        case ev.OrderRejected() | ev.OrderNotArrived():
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
