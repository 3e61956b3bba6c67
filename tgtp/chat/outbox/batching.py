"""What waits for one person → the messages that they get: a burst folded into one, a delay explained first."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tgtp.chat.events.alert import alert
from tgtp.chat.events.alert_buttons import with_buttons
from tgtp.chat.events.one_line import line
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Message, packs
from tgtp.chat.texts import Html, Language, say
from tgtp.chat.texts.formats.numbers import span
from tgtp.domain.events import Event
from tgtp.domain.model import MAIN

# So many come as themselves; more, at once, are listed in one message.
MOST_AS_THEMSELVES = 3
DELAYED_AFTER = dt.timedelta(seconds=60)
# Told whole even within a burst: each wants something done, or says more than its line does.
LOUD = frozenset({"exchange_lost", "trading_forbidden", "account_held", "telegram_conflict", "report_due"})
# Of twenty accounts at once it is one start, or one pause: told whole of the main one.
ONCE = frozenset({"started", "paused", "resumed", "pause_stands"})
# Each wants something done too, but many of them are one thing: the market has moved. They are listed by themselves.
ONE_THING = "liquidation_near"

Entry = tuple[int, Event]


class Batch(NamedTuple):
    """One message, and all events that are told when it has been taken."""

    message: Message
    entries: tuple[Entry, ...]

    @property
    def numbers(self) -> tuple[int, ...]:
        """Their numbers."""
        return tuple(number for number, _ in self.entries)

    @property
    def events(self) -> tuple[Event, ...]:
        """What has happened."""
        return tuple(event for _, event in self.entries)


class Delay(NamedTuple):
    """So many messages, of these moments and up to this number, that come late."""

    messages: int
    first: dt.datetime
    last: dt.datetime
    upto: int = 0


def batches(reader: Reader, entries: Sequence[Entry], now: dt.datetime, delay: Delay | None = None) -> list[Batch]:
    """Make messages of what waits, in order; ``delay`` is explained at the top of the first one."""
    alone = [(entry, alert(reader, *entry)) for entry in entries]
    lists = [_list_of(event, message) for (_, event), message in alone]
    made: list[Batch] = []
    for key, run in itertools.groupby(zip(lists, alone, strict=True), lambda row: row[0]):
        rows = [row for _, row in run]
        if key is not None and lists.count(key) > MOST_AS_THEMSELVES:
            made.extend(_folded(reader, [entry for entry, _ in rows], now, key))
        else:
            made.extend(Batch(with_buttons(reader, *entry, message), (entry,)) for entry, message in rows)
    if delay is not None and made:
        made[0] = made[0]._replace(message=late(reader.language, made[0].message, delay))
    return made


def is_late(happened_at: dt.datetime, now: dt.datetime) -> bool:
    """Return whether a message that goes out now was delayed."""
    return now - happened_at > DELAYED_AFTER


def late(language: Language, message: Message, delay: Delay) -> Message:
    """Write above a message that it, and those that follow it, come late."""
    if delay.messages == 1:
        head = say(language, "alert.delayed.one", when=delay.first)
    else:
        head = say(language, "alert.delayed", count=delay.messages, span=span(delay.first, delay.last))
    return message._replace(text=Html(f"{head}\n\n{message.text}"))


def _list_of(event: Event, message: Message) -> str | None:
    """Name the list that an event goes into when there are many; None for what is told whole."""
    if event.kind == ONE_THING:
        return "alert.many.liquidation"
    is_loud = event.kind in LOUD or (event.kind in ONCE and event.account == MAIN)
    return None if is_loud or message.asks else "alert.many"


def _folded(reader: Reader, entries: Sequence[Entry], now: dt.datetime, key: str) -> Iterator[Batch]:
    """List events in as few messages as hold them; a line is never cut."""
    rows = [_row(reader, entry, now) for entry in entries]
    begin = 0
    for pack in packs(rows):
        listed = entries[begin : begin + len(pack)]
        if len(pack) > 1:
            message = Message(Html("\n".join([reader.say(key, count=len(pack)), *pack])))
        else:
            message = with_buttons(reader, *listed[0], alert(reader, *listed[0]))
        yield Batch(message, tuple(listed))
        begin += len(pack)


def _row(reader: Reader, entry: Entry, now: dt.datetime) -> Html:
    number, event = entry
    if is_late(event.at, now):
        return reader.say("alert.many.row.late", number=number, when=event.at, line=line(reader, event))
    return reader.say("alert.many.row", number=number, line=line(reader, event))
