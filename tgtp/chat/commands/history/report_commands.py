"""Reports when somebody asks for them: /report, /pnl, and all events as a table."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Mapping, Sequence
from functools import partial
from typing import Final, TypeVar

from telegram import Update

from tgtp.chat.commands.arguments import Unclear
from tgtp.chat.commands.context import Reception
from tgtp.chat.commands.handlers import Context, HandlerGroup, button, command
from tgtp.chat.events import csv_export
from tgtp.chat.events.report import Asked, pnl, report, span_words
from tgtp.chat.formatting.error_text import problem
from tgtp.chat.formatting.reader import Setting
from tgtp.chat.messages.message import Document, Message
from tgtp.chat.messages.send import answer
from tgtp.chat.texts import plain, say
from tgtp.domain.report import DAY, Span, day_start, first_day, span_of
from tgtp.engine.cycle import Checker
from tgtp.engine.reporter import READING_FAILS, Accountant

log = logging.getLogger(__name__)

Read = TypeVar("Read")

WORDS: Final[Mapping[str, Asked]] = {
    **dict.fromkeys(("", "day", "today", "日", "天", "今日", "今天", "日报"), Asked("day")),
    **dict.fromkeys(("week", "周", "本周", "这周", "周报"), Asked("week")),
    **dict.fromkeys(("month", "月", "本月", "这个月", "月报"), Asked("month")),
    **dict.fromkeys(("yesterday", "day last", "last day", "昨日", "昨天"), Asked("day", last=True)),
    **dict.fromkeys(("week last", "last week", "lastweek", "上周"), Asked("week", last=True)),
    **dict.fromkeys(("month last", "last month", "lastmonth", "上月", "上个月"), Asked("month", last=True)),
}
USUAL_DAYS: Final = 30
MOST_DAYS: Final = 366
# Telegram takes documents of up to 50 MB.
LARGEST_TABLE: Final = 45_000_000
# What the buttons say. "=" is under our own messages, which change in place; other rooms have the same words without it.
DATA = re.compile(r"(?P<own>=?)(?:(?P<period>day|week|month)(?P<last>-1)?|(?P<what>pnl|csv)(?P<days>[1-9]\d{0,2}))|new")


class Reports(HandlerGroup):
    """Answers /report, /pnl and /export; days are those of the asker's zone."""

    def __init__(self, reception: Reception, checkers: Sequence[Checker]) -> None:
        """``checkers`` are those of one account, or of all of them, whose sums are shown."""
        self._reception = reception
        self._accountant = Accountant(*checkers)

    @command("report", topic="reports", place=1)
    async def report(self, update: Update, context: Context) -> None:
        """Show what today, or another period, has come to."""
        setting = self._reception.setting(update)
        words = " ".join(context.args or ())
        asked = WORDS.get(words.lower())
        if asked is None:
            raise Unclear(say(setting.language, "report.how", word=words[:40]))
        await self._show_report(update, context, setting, asked)

    @command("pnl", topic="pictures", place=2)
    async def pnl(self, update: Update, context: Context) -> None:
        """Show what was realised on each of the last days."""
        setting = self._reception.setting(update)
        await self._show_pnl(update, context, setting, _days(setting, context, "pnl"))

    @command("export", topic="reports", place=4)
    async def export(self, update: Update, context: Context) -> None:
        """Send all events of the last days as a table."""
        setting = self._reception.setting(update)
        await self._send_table(update, context, setting, _days(setting, context, "export"))

    @button("rp")
    async def press(self, update: Update, context: Context, rest: str) -> None:
        """Turn a report of ours to another period, or answer a button of another room with a new message."""
        setting, found = self._reception.setting(update), DATA.fullmatch(rest)
        days = int(found["days"]) if found is not None and found["days"] else USUAL_DAYS
        if found is None or days > MOST_DAYS:
            if update.callback_query is not None:
                await answer(update.callback_query, plain(setting.language, "button.old", command="report"))
            return
        anew = not found["own"]
        if found["what"] == "pnl":
            await self._show_pnl(update, context, setting, days, anew=anew)
        elif found["what"] == "csv":
            await self._send_table(update, context, setting, days)
        else:
            asked = next((each for each in WORDS.values() if each.data == rest.lstrip("=")), Asked("day"))
            await self._show_report(update, context, setting, asked, anew=anew)

    async def _show_report(
        self, update: Update, context: Context, setting: Setting, asked: Asked, *, anew: bool = False
    ) -> None:
        await self._reception.work(update, context)
        now = self._reception.clock.now()
        first = first_day(asked.period, now.astimezone(setting.zone).date())
        if asked.last:
            span = span_of(asked.period, first - DAY, setting.zone)
        else:
            span = Span(day_start(first, setting.zone), now)
        made = await self._read(setting, self._accountant.report(asked.period, span, setting.zone, lasts=not asked.last))
        message = made if isinstance(made, Message) else report(setting, made.report, asked)
        await self._reception.reply(update, context, message, anew=anew)

    async def _show_pnl(self, update: Update, context: Context, setting: Setting, count: int, *, anew: bool = False) -> None:
        await self._reception.work(update, context)
        counted = await self._read(setting, self._accountant.tally(self._last_days(setting, count), setting.zone))
        if isinstance(counted, Message):
            message = counted
        else:
            message = pnl(setting, counted.days, {name: counted.accounts.get(name) for name in self._parts})
        await self._reception.reply(update, context, message, anew=anew)

    async def _send_table(self, update: Update, context: Context, setting: Setting, count: int) -> None:
        await self._reception.work(update, context)
        span = self._last_days(setting, count)
        rows = await self._read(setting, self._accountant.written(span, partial(csv_export.row, setting)))
        message = rows if isinstance(rows, Message) else _table(setting, span, count, rows)
        await self._reception.reply(update, context, message, anew=True)

    @property
    def _parts(self) -> tuple[str, ...]:
        """Name the accounts that a sum is made of, where there are several."""
        return self._reception.accounts.names if self._reception.accounts.several and self._reception.named is None else ()

    def _last_days(self, setting: Setting, count: int) -> Span:
        """Give the span of so many days, today among them."""
        now = self._reception.clock.now()
        return Span(day_start(now.astimezone(setting.zone).date() - (count - 1) * DAY, setting.zone), now)

    async def _read(self, setting: Setting, reading: Awaitable[Read]) -> Read | Message:
        """Read; or give the words that say why that cannot be now."""
        try:
            return await reading
        except READING_FAILS as exc:
            log.warning("the past could not be read (%s: %s)", type(exc).__name__, exc)
            what = getattr(exc, "strerror", None) or exc
            return Message(say(setting.language, "report.unread", what=problem(setting.language, what)))


def _table(setting: Setting, span: Span, count: int, rows: list[bytes]) -> Message:
    language = setting.language
    if not rows:
        return Message(say(language, "export.nothing", days=count))
    if sum(map(len, rows)) > LARGEST_TABLE:
        return Message(say(language, "export.large", days=count, fewer=max(1, count // 2)))
    first, last = (moment.astimezone(setting.zone).date() for moment in span)
    words = say(
        language,
        "export.caption",
        days=count,
        date=span_words(language, first, last),
        count=len(rows),
        zone=setting.zone,
    )
    return Message(words, document=Document(f"tgtp-{first}_{last}.csv", csv_export.table(setting, rows)))


def _days(setting: Setting, context: Context, command: str) -> int:
    """Read how many days; raises Unclear."""
    words = " ".join(context.args or ())
    found = re.fullmatch(r"(\d{1,3})\s*(?:d|days?|天|日)?", words, re.ASCII | re.IGNORECASE)
    if not words:
        return USUAL_DAYS
    if found is None or not 1 <= int(found[1]) <= MOST_DAYS:
        raise Unclear(say(setting.language, "pnl.how", word=words[:40], most=MOST_DAYS, command=command))
    return int(found[1])
