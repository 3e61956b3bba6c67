"""A tier's order that the exchange has forgotten: the question to a person, and what they said."""

from __future__ import annotations

from typing import Final

from tgtp.chat.formatting.numbers import digits, leg_name
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.texts import Html
from tgtp.domain import events as ev

# What the buttons begin with; the name of the order follows.
FILLED: Final = "oy"
NOT_FILLED: Final = "on"


def question(reader: Reader, event: ev.OrderUnresolved) -> Message:
    """Ask what became of it."""
    language, intent = reader.language, event.intent
    text = reader.say(
        "alert.forgotten",
        leg=leg_name(language, intent.leg),
        contracts=digits(intent.contracts),
        tier=intent.tier,
        since=intent.meant_at.date().isoformat(),
    )
    buttons = (
        Button(reader.plain("button.forgotten.filled", tier=intent.tier), f"{FILLED}:{intent.client_order_id}"),
        Button(reader.plain("button.forgotten.not_filled", tier=intent.tier), f"{NOT_FILLED}:{intent.client_order_id}"),
    )
    return Message(text, tuple((button,) for button in buttons))


def decided_line(reader: Reader, event: ev.OrderDecided) -> Html:
    """Say in one line what a person has decided."""
    language = reader.language
    key = "line.order_decided.filled" if event.filled else "line.order_decided.not_filled"
    who = reader.plain("someone", id=event.by)
    return reader.say(key, leg=leg_name(language, event.intent.leg), tier=event.intent.tier, by=who)
