"""How the program itself is doing, as a message."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from tgtp.chat.commands.history.in_force import Shown
from tgtp.chat.formatting.left_out import left_out_rows
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.routes import stream_rows, ways
from tgtp.chat.formatting.values import age
from tgtp.chat.messages.message import Message
from tgtp.chat.texts import Html, Language, plain
from tgtp.domain.events import LeftOut, Route
from tgtp.domain.stream.state import StreamState
from tgtp.engine.monitoring.metrics import Health


class Running(NamedTuple):
    """What the system says of this process: ``resident`` bytes of memory (None where it does not say), ``versions`` by name.

    ``routes`` say how each side is reached; ``left_out`` are accounts that were not started; ``unreadable`` counts the
    updates of Telegram that could not be read since the start; ``settings`` are those in force. ``page`` is where people open
    the monitoring page, "" where that is not known.
    """

    resident: Callable[[], int | None]
    versions: Mapping[str, str]
    routes: Sequence[Route] = ()
    left_out: Sequence[LeftOut] = ()
    unreadable: Callable[[], int] = lambda: 0
    settings: Sequence[Shown] = ()
    page: str = ""


class Depths(NamedTuple):
    """What is waiting: messages for the phone, orders whose outcome is not known."""

    messages: int
    orders: int


def health(
    reader: Reader,
    reading: Health,
    depths: Depths,
    skew: dt.timedelta | None,
    running: Running,
    now: dt.datetime,
    stream: StreamState | None = None,
) -> Message:
    """Show checks, failures, what waits, and the process."""
    language = reader.language
    memory, unreadable = running.resident(), running.unreadable()
    last = age(language, (now - reading.last_at).total_seconds()) if reading.last_at else reader.plain("unknown")
    parts = [
        *left_out_rows(language, running.left_out),
        reader.say("health.head", last=last, interval=reader.interval, up=age(language, reading.running_for)),
        reader.say(
            "health.checks",
            checks=reading.checks,
            failed=reading.failed_checks,
            reads=reading.failed_reads,
            median=_seconds(language, reading.median),
            p95=_seconds(language, reading.p95),
            longest=_seconds(language, reading.longest),
        ),
        reader.say("health.waiting", messages=depths.messages, orders=depths.orders),
        *([reader.say("health.unreadable", count=unreadable)] if unreadable else []),
        reader.say("health.clock", skew=_skew(language, skew)),
        *stream_rows(reader, stream),
        *([reader.say("health.routes", ways=ways(language, running.routes))] if running.routes else []),
        reader.say(
            "health.process",
            memory=f"{memory / 2**20:.0f} MB" if memory else reader.plain("unknown"),
            versions=", ".join(f"{name} {version}" for name, version in running.versions.items()),
        ),
    ]
    return Message(Html("\n".join(parts)))


def version(reader: Reader, running: Running) -> Message:
    """Show what is running, a line for each part."""
    rows = "\n".join(f"{name} {number}" for name, number in running.versions.items())
    return Message(reader.say("version", rows=rows))


def health_row(reader: Reader, account: str, reading: Health, now: dt.datetime) -> Html:
    """Show the checks of a further account in one line."""
    language = reader.language
    last = age(language, (now - reading.last_at).total_seconds()) if reading.last_at else reader.plain("unknown")
    return reader.say(
        "accounts.health",
        account=account,
        last=last,
        checks=reading.checks,
        failed=reading.failed_checks,
        p95=_seconds(language, reading.p95),
    )


def _seconds(language: Language, seconds: float | None) -> str:
    return plain(language, "unknown") if seconds is None else f"{seconds:.2f} s"


def _skew(language: Language, skew: dt.timedelta | None) -> str:
    return plain(language, "unknown") if skew is None else f"{skew.total_seconds():+.2f} s"
