"""A tier's order that the exchange has forgotten: the question to a person."""

from __future__ import annotations

from typing import Final

from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Button, Message
from tgtp.domain import events as ev

# What the buttons begin with; the name of the order follows.
FILLED: Final = "oy"
NOT_FILLED: Final = "on"


def question(reader: Reader, event: ev.OrderUnresolved) -> Message:
    """Ask what became of it."""
    intent = event.intent
    text = reader.say("alert.forgotten", intent=intent, since=intent.meant_at.date().isoformat())
    buttons = (
        Button(reader.plain("button.forgotten.filled", intent=intent), f"{FILLED}:{intent.client_order_id}"),
        Button(reader.plain("button.forgotten.not_filled", intent=intent), f"{NOT_FILLED}:{intent.client_order_id}"),
    )
    return Message(text, tuple((button,) for button in buttons))
