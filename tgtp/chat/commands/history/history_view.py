"""The history as messages, newest event first."""

from __future__ import annotations

from collections.abc import Sequence

from tgtp.chat.events.one_line import line
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Message, pages
from tgtp.chat.texts import Html
from tgtp.chat.texts.formats.numbers import when
from tgtp.domain.events import Event


def history(reader: Reader, events: Sequence[tuple[int, Event]]) -> list[Message]:
    """List events, newest first, in as many messages as they need."""
    if not events:
        return [Message(reader.say("history.none"))]
    rows = [Html(f"#{number} · {when(event.at)}\n{line(reader, event)}") for number, event in events]
    title = reader.say("history.title", count=len(events))
    return [Message(text) for text in pages([title, *rows], between="\n\n")]
