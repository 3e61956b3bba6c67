"""What waits for one person → the messages that they get: a burst folded into one, a delay explained first."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tgtp.chat.events.alert import alert, alert_of_several
from tgtp.chat.events.alert_buttons import buttons_of_list, with_buttons
from tgtp.chat.events.one_line import line
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Message, packs
from tgtp.chat.texts import Html, Language, say
from tgtp.chat.texts.formats.numbers import span
from tgtp.domain.events import Event, Paused, Resumed
from tgtp.domain.model import MAIN

# So many come as themselves; more, at once, are listed in one message.
MOST_AS_THEMSELVES = 3
DELAYED_AFTER = dt.timedelta(seconds=60)
# Told whole even within a burst: each wants something done, or says more than its line does.
LOUD = frozenset({"exchange_lost", "trading_forbidden", "account_held", "telegram_conflict", "report_due"})
# Of twenty accounts at once it is one start, or one pause: told whole of the main one.
ONCE = frozenset({"started", "paused", "resumed", "pause_stands"})
# What one command does in several accounts happens within less.
AT_ONCE = dt.timedelta(seconds=1)
# Each wants something done too, but many of them are one thing: the market has moved. They are listed by themselves.
ONE_THING = "liquidation_near"

Entry = tuple[int, Event]


class Batch(NamedTuple):
    """One message, and all events that are told when it has been taken; ``unwritten`` are those that it cannot tell of."""

    message: Message
    entries: tuple[Entry, ...]
    unwritten: tuple[int, ...] = ()

    @property
    def numbers(self) -> tuple[int, ...]:
        """Their numbers."""
        return (*(number for number, _ in self.entries), *self.unwritten)

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


def batches(reader: Reader, entries: Sequence[Entry], now: dt.datetime) -> list[Batch]:
    """Make messages of what waits, in order."""
    made: list[Batch] = []
    parts = [_part(reader, run) for run in _deeds(entries)]
    lists = [key for key, batch in parts for _ in batch.entries]
    for key, run in itertools.groupby(parts, lambda part: part[0]):
        rows = [batch for _, batch in run]
        if key is not None and lists.count(key) > MOST_AS_THEMSELVES:
            made.extend(_folded(reader, [entry for batch in rows for entry in batch.entries], now, key))
        else:
            made.extend(rows)
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


def _deeds(entries: Sequence[Entry]) -> list[tuple[Entry, ...]]:
    """Put together what one command of a person has done in several accounts; all else stands alone."""
    found: list[tuple[Entry, ...]] = []
    for entry in entries:
        if found and _is_same_deed([event for _, event in found[-1]], entry[1]):
            found[-1] = (*found[-1], entry)
        else:
            found.append((entry,))
    return found


def _is_same_deed(before: Sequence[Event], event: Event) -> bool:
    first = before[0]
    if not isinstance(event, Paused | Resumed) or event.by is None or event.account in {one.account for one in before}:
        return False
    return event.at - first.at < AT_ONCE and event.replaced(account=first.account, at=first.at) == first


def _part(reader: Reader, run: tuple[Entry, ...]) -> tuple[str | None, Batch]:
    """Write the message of a deed, and name the list that it may go into."""
    if len(run) > 1:
        return None, Batch(alert_of_several(reader, run), run)
    message = alert(reader, *run[0])
    return _list_of(run[0][1], message), Batch(with_buttons(reader, *run[0], message), run)


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
            text = Html("\n".join([reader.say(key, count=len(pack)), *pack]))
            message = Message(text, buttons_of_list(reader, [event for _, event in listed]))
        else:
            message = with_buttons(reader, *listed[0], alert(reader, *listed[0]))
        yield Batch(message, tuple(listed))
        begin += len(pack)


def _row(reader: Reader, entry: Entry, now: dt.datetime) -> Html:
    number, event = entry
    if is_late(event.at, now):
        return reader.say("alert.many.row.late", number=number, when=event.at, line=line(reader, event))
    return reader.say("alert.many.row", number=number, line=line(reader, event))
