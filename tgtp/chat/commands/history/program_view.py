"""The last lines of the log and the settings in force, as messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

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


class Said(NamedTuple):
    """What people have a setting say on the phone, by ``command``."""

    value: str
    command: str


def settings_in_force(reader: Reader, settings: Sequence[Shown], said: Mapping[str, Said]) -> Message:
    """Show every setting, with what is ``said`` of some on the phone."""
    rows = []
    for one in settings:
        value, on_phone = one.value, said.get(one.name)
        if value is None:
            value = reader.plain("config.set" if one.is_set else "config.not_set")
        elif on_phone is not None and on_phone.value != value:
            value = reader.plain("config.changed", value=on_phone.value, command=on_phone.command, before=value)
        rows.append(f"{one.name}={value}")
    if not rows:
        return Message(reader.say("config.none"))
    return Message(Html(f"{reader.say('config.head')}\n<pre>{escape(chr(10).join(rows), quote=False)}</pre>"))
