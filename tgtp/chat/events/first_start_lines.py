"""What is told before anything is risked: the first start of an account, one that was left out, a code that is locked."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tgtp.chat.events import standing_pauses
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Button, Message, packs
from tgtp.chat.texts import Html
from tgtp.domain import events as ev

STAY = "pk"
# UTF-16 units that the rows may take of a message.
ROOM_FOR_ROWS = 2600


def alert(reader: Reader, event: ev.FirstStart) -> Message:
    """Show what the rules would do, leg by leg, with the button that lets them."""
    language, uid = reader.language, event.uid or "?"
    head = reader.say("first.head", uid=uid)
    if event.times:
        head = reader.say("first.head.again", uid=uid, since=event.pause.since or event.at)
    parts = [head]
    if event.rows:
        found = rows(reader, event)
        shown = list(packs(found, most=ROOM_FOR_ROWS)[0])
        if len(shown) < len(found):
            shown.append(reader.say("close.rows.more", more=len(found) - len(shown)))
        parts += [reader.say("first.would", count=_legs(event), legs=event.legs), *shown]
        parts.append(reader.say("first.sum", pnl=_sum(event)))
    else:
        parts.append(reader.say("first.nothing", legs=event.legs))
    if event.unreadable:
        parts.append(reader.say("first.unreadable", legs=event.unreadable))
    parts.append(reader.say("first.how"))
    stay = Button(reader.plain("button.stay"), f"{STAY}:")
    return Message(Html("\n".join(parts)), ((standing_pauses.button(language, event.pause),), (stay,)))


def rows(reader: Reader, event: ev.FirstStart) -> list[Html]:
    """Write for each leg what a rule would do with it, by name."""
    ordered = sorted(event.rows, key=lambda one: (one.leg.instrument_id, one.leg.position_side.value, one.rule))
    return [reader.say(f"first.{one.rule}", **dict(one)) for one in ordered]


def values(_: Reader, event: ev.FirstStart) -> dict[str, Any]:
    """Return what the line of history needs besides the event's fields."""
    return {"uid": event.uid or "?", "count": _legs(event), "pnl": _sum(event)}


def _legs(event: ev.FirstStart) -> int:
    return len({row.leg for row in event.rows})


def _sum(event: ev.FirstStart) -> Decimal:
    return sum((row.realised for row in event.rows), Decimal(0))
