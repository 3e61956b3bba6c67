"""What waits for one person → the messages that they get: a burst folded into one, a delay explained first."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tgtp.chat.alerts import alert
from tgtp.chat.figures import span, when
from tgtp.chat.lines import Setting, line
from tgtp.chat.message import Message, packs
from tgtp.chat.texts import Html, Language, say
from tgtp.domain.events import Event

# So many come as themselves; more, at once, are listed in one message.
MOST_AS_THEMSELVES = 3
DELAYED_AFTER = dt.timedelta(seconds=60)
# Told whole even within a burst: each wants something done, or says more than its line does.
LOUD = frozenset({"started", "exchange_lost", "trading_forbidden", "telegram_conflict"})

Entry = tuple[int, Event]


class Parcel(NamedTuple):
    """One message, and the numbers of all events that are told when it has been taken."""

    message: Message
    numbers: tuple[int, ...]


class Delay(NamedTuple):
    """So many messages, of these moments and up to this number, that come late."""

    messages: int
    first: dt.datetime
    last: dt.datetime
    upto: int = 0


def parcels(setting: Setting, entries: Sequence[Entry], now: dt.datetime, delay: Delay | None = None) -> list[Parcel]:
    """Make messages of what waits, in order; ``delay`` is explained at the top of the first one."""
    alone = [(entry, alert(setting, *entry)) for entry in entries]
    told_whole = [event.kind in LOUD or bool(message.buttons) for (_, event), message in alone]
    made: list[Parcel] = []
    many = told_whole.count(False) > MOST_AS_THEMSELVES
    for whole, run in itertools.groupby(zip(told_whole, alone, strict=True), lambda row: row[0]):
        rows = [row for _, row in run]
        if many and not whole:
            made.extend(_folded(setting, [entry for entry, _ in rows], now))
        else:
            made.extend(Parcel(message, (number,)) for (number, _), message in rows)
    if delay is not None and made:
        made[0] = made[0]._replace(message=late(setting.language, made[0].message, delay))
    return made


def is_late(happened_at: dt.datetime, now: dt.datetime) -> bool:
    """Say whether a message that goes out now was delayed."""
    return now - happened_at > DELAYED_AFTER


def late(language: Language, message: Message, delay: Delay) -> Message:
    """Say above a message that it, and those that follow it, come late."""
    if delay.messages == 1:
        head = say(language, "alert.delayed.one", when=when(delay.first))
    else:
        head = say(language, "alert.delayed", count=delay.messages, span=span(delay.first, delay.last))
    return message._replace(text=Html(f"{head}\n\n{message.text}"))


def _folded(setting: Setting, entries: Sequence[Entry], now: dt.datetime) -> Iterator[Parcel]:
    """List events in as few messages as hold them; a line is never cut."""
    language = setting.language
    rows = [_row(setting, entry, now) for entry in entries]
    begin = 0
    for pack in packs(rows):
        listed = entries[begin : begin + len(pack)]
        head = say(language, "alert.many", count=len(pack))
        message = Message(Html("\n".join([head, *pack]))) if len(pack) > 1 else alert(setting, *listed[0])
        yield Parcel(message, tuple(number for number, _ in listed))
        begin += len(pack)


def _row(setting: Setting, entry: Entry, now: dt.datetime) -> Html:
    number, event = entry
    if is_late(event.at, now):
        return say(setting.language, "alert.many.row.late", number=number, when=when(event.at), line=line(setting, event))
    return say(setting.language, "alert.many.row", number=number, line=line(setting, event))
