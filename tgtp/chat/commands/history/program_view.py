"""The last lines of the log and the settings in force, as messages."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from tgtp.chat.commands.history.in_force import Shown
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Message
from tgtp.chat.texts import Html

# Telegram takes 4096 characters of a message; the head needs some.
MOST_SIGNS = 3800
LONGEST_LINE = 400


def log_lines(reader: Reader, lines: Sequence[str]) -> Message:
    """Show lines of the log, the newest last; of too many the oldest are left out."""
    if not lines:
        return Message(reader.say("logs.none"))
    kept: list[str] = []
    size = 0
    for line in reversed(lines):
        short = line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…"
        # A sign beyond the first plane counts twice there.
        size += len(short.encode("utf-16-le")) // 2 + 1
        if size > MOST_SIGNS:
            break
        kept.insert(0, short)
    head = reader.say("logs.head", count=len(kept))
    return Message(Html(f"{head}\n<pre>{escape(chr(10).join(kept), quote=False)}</pre>"))


def settings_in_force(reader: Reader, settings: Sequence[Shown]) -> Message:
    """Show every setting; the ladders are those that people may have given since."""
    ladders = {"LONG_TIERS": str(reader.rules.long), "SHORT_TIERS": str(reader.rules.short)}
    rows = []
    for one in settings:
        value = ladders.get(one.name, one.value)
        if one.value is None:
            value = reader.plain("config.set" if one.is_set else "config.not_set")
        elif value != one.value:
            value = reader.plain("config.changed", value=value, before=one.value)
        rows.append(f"{one.name}={value}")
    if not rows:
        return Message(reader.say("config.none"))
    return Message(Html(f"{reader.say('config.head')}\n<pre>{escape(chr(10).join(rows), quote=False)}</pre>"))
