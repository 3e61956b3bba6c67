"""Reports when somebody asks for them: /report, /pnl, and all events as a table."""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Awaitable, Mapping, Sequence
from functools import partial
from typing import Final, TypeVar

from telegram import Update

from tgtp.chat.commands.arguments import Unclear
from tgtp.chat.commands.handlers import Context, HandlerGroup, button, command
from tgtp.chat.commands.session import Session
from tgtp.chat.events import csv_export
from tgtp.chat.events.report import ReportRequest, pnl, report, span_words
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Document, Message
from tgtp.chat.messages.send import answer
from tgtp.domain.report import DAY, Span, day_start, first_day, span_of
from tgtp.engine.cycle import Checker
from tgtp.engine.reports.reporter import READING_FAILS, Accountant
from tgtp.errors import Problem, TgtpError

log = logging.getLogger(__name__)

Read = TypeVar("Read")

WORDS: Final[Mapping[str, ReportRequest]] = {
    **dict.fromkeys(("", "day", "today", "日", "天", "今日", "今天", "日报"), ReportRequest("day")),
    **dict.fromkeys(("week", "周", "本周", "这周", "周报"), ReportRequest("week")),
    **dict.fromkeys(("month", "月", "本月", "这个月", "月报"), ReportRequest("month")),
    **dict.fromkeys(("yesterday", "day last", "last day", "昨日", "昨天"), ReportRequest("day", last=True)),
    **dict.fromkeys(("week last", "last week", "lastweek", "上周"), ReportRequest("week", last=True)),
    **dict.fromkeys(("month last", "last month", "lastmonth", "上月", "上个月"), ReportRequest("month", last=True)),
}
USUAL_DAYS: Final = 30
MOST_DAYS: Final = 366
# Telegram takes documents of up to 50 MB.
LARGEST_TABLE: Final = 45_000_000
# What the buttons say. "=" is under our own messages, which change in place; other groups have the same words without it.
DATA = re.compile(r"(?P<own>=?)(?:(?P<period>day|week|month)(?P<last>-1)?|(?P<what>pnl|csv)(?P<days>[1-9]\d{0,2}))|new")


class ReportCommands(HandlerGroup):
    """Answers /report, /pnl and /export; days are those of the asker's zone."""

    def __init__(self, session: Session, checkers: Sequence[Checker]) -> None:
        """``checkers`` are those of one account, or of all of them, whose sums are shown."""
        self._session = session
        self._accountant = Accountant(*checkers)

    @command("report", topic="reports", place=1)
    async def report(self, update: Update, context: Context) -> None:
        """Show what today, or another period, has come to."""
        reader = self._session.reader(update)
        words = " ".join(context.args or ())
        asked = WORDS.get(words.lower())
        if asked is None:
            raise Unclear(reader.say("report.how", word=words[:40]))
        await self._show_report(update, context, reader, asked)

    @command("pnl", topic="pictures", place=2)
    async def pnl(self, update: Update, context: Context) -> None:
        """Show what was realised on each of the last days."""
        reader = self._session.reader(update)
        await self._show_pnl(update, context, reader, _days(reader, context, "pnl"))

    @command("export", topic="reports", place=4)
    async def export(self, update: Update, context: Context) -> None:
        """Send all events of the last days as a table."""
        reader = self._session.reader(update)
        await self._send_table(update, context, reader, _days(reader, context, "export"))

    @button("rp")
    async def press(self, update: Update, context: Context, rest: str) -> None:
        """Turn a report of ours to another period, or answer a button of another group with a new message."""
        reader, found = self._session.reader(update), DATA.fullmatch(rest)
        days = int(found["days"]) if found is not None and found["days"] else USUAL_DAYS
        if found is None or days > MOST_DAYS:
            if update.callback_query is not None:
                await answer(update.callback_query, reader.plain("button.old", command="report"))
            return
        anew = not found["own"]
        if found["what"] == "pnl":
            await self._show_pnl(update, context, reader, days, anew=anew)
        elif found["what"] == "csv":
            await self._send_table(update, context, reader, days)
        else:
            asked = next((each for each in WORDS.values() if each.data == rest.lstrip("=")), ReportRequest("day"))
            await self._show_report(update, context, reader, asked, anew=anew)

    async def _show_report(
        self, update: Update, context: Context, reader: Reader, asked: ReportRequest, *, anew: bool = False
    ) -> None:
        await self._session.work(update, context)
        now = self._session.clock.now()
        first = first_day(asked.period, now.astimezone(reader.zone).date())
        if asked.last:
            span = span_of(asked.period, first - DAY, reader.zone)
        else:
            span = Span(day_start(first, reader.zone), now)
        made = await self._read(reader, self._accountant.report(asked.period, span, reader.zone, lasts=not asked.last))
        message = made if isinstance(made, Message) else report(reader, made.report, asked)
        await self._session.reply(update, context, message, anew=anew)

    async def _show_pnl(self, update: Update, context: Context, reader: Reader, count: int, *, anew: bool = False) -> None:
        await self._session.work(update, context)
        counted = await self._read(reader, self._accountant.tally(self._last_days(reader.zone, count), reader.zone))
        if isinstance(counted, Message):
            message = counted
        else:
            begins = await self._read(reader, self._accountant.begins())
            parts = {name: counted.accounts.get(name) for name in self._parts}
            message = pnl(reader, counted.days, parts, begins=None if isinstance(begins, Message) else begins)
        await self._session.reply(update, context, message, anew=anew)

    async def _send_table(self, update: Update, context: Context, reader: Reader, count: int) -> None:
        await self._session.work(update, context)
        span = self._last_days(reader.clock_zone, count)
        rows = await self._read(reader, self._accountant.written(span, partial(csv_export.row, reader)))
        message = rows if isinstance(rows, Message) else _table(reader, span, count, rows)
        await self._session.reply(update, context, message, anew=True)

    @property
    def _parts(self) -> tuple[str, ...]:
        """Name the accounts that a sum is made of, where there are several."""
        return self._session.accounts.names if self._session.accounts.several and self._session.named is None else ()

    def _last_days(self, zone: dt.tzinfo, count: int) -> Span:
        """Return the span of so many days of a zone, today among them."""
        now = self._session.clock.now()
        return Span(day_start(now.astimezone(zone).date() - (count - 1) * DAY, zone), now)

    async def _read(self, reader: Reader, reading: Awaitable[Read]) -> Read | Message:
        """Read; or give the words that say why that cannot be now."""
        try:
            return await reading
        except READING_FAILS as exc:
            log.warning("the past could not be read (%s: %s)", type(exc).__name__, exc)
            what = exc.problem if isinstance(exc, TgtpError) else Problem.of_words(getattr(exc, "strerror", None) or exc)
            return Message(reader.say("report.unread", what=what))


def _table(reader: Reader, span: Span, count: int, rows: list[bytes]) -> Message:
    language = reader.language
    if not rows:
        return Message(reader.say("export.nothing", days=count))
    if sum(map(len, rows)) > LARGEST_TABLE:
        return Message(reader.say("export.large", days=count, fewer=max(1, count // 2)))
    first, last = (moment.astimezone(reader.clock_zone).date() for moment in span)
    words = reader.say(
        "export.caption",
        days=count,
        date=span_words(language, first, last),
        count=len(rows),
        zone=reader.clock_zone,
    )
    return Message(words, document=Document(f"tgtp-{first}_{last}.csv", csv_export.table(reader, rows)))


def _days(reader: Reader, context: Context, command: str) -> int:
    """Read how many days; raises Unclear."""
    words = " ".join(context.args or ())
    found = re.fullmatch(r"(\d{1,3})\s*(?:d|days?|天|日)?", words, re.ASCII | re.IGNORECASE)
    if not words:
        return USUAL_DAYS
    if found is None or not 1 <= int(found[1]) <= MOST_DAYS:
        raise Unclear(reader.say("pnl.how", word=words[:40], most=MOST_DAYS, command=command))
    return int(found[1])
