"""What today has brought so far: read from disk once a day, and followed event by event from then on."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from decimal import Decimal
from typing import NamedTuple

from tgtp.chat.formatting.reader import Reader
from tgtp.domain.event_totals import FilledEvent, with_fill
from tgtp.domain.events import Event
from tgtp.domain.report import Takings, day_start
from tgtp.engine.cycle import Checker
from tgtp.errors import TgtpError

log = logging.getLogger(__name__)

# So many events are taken in one by one; more may lie in the archive, and are read in one go beside the event loop.
MOST_AT_ONCE = 40
# Seconds until what could not be read is tried again.
PAUSE = 60.0
# What was seen first within this time after midnight is the whole day's.
SOON = dt.timedelta(minutes=15)


class SoFar(NamedTuple):
    """What was taken since midnight, and the equity (USD) seen first since then; None where none was.

    ``seen_since`` is when that was, where it was not soon after midnight.
    """

    takings: Takings
    equity_before: Decimal | None
    seen_since: dt.datetime | None = None


class TodayTotals:
    """The day in a time zone; a new one begins at midnight there."""

    def __init__(self, checker: Checker, zone: dt.tzinfo) -> None:
        self._checker = checker
        self._ledger = checker.journal.ledger
        self._zone = zone
        self._loading = asyncio.Lock()
        self._since: dt.datetime | None = None
        self._number = 0
        self._takings = Takings()
        self._equity: Decimal | None = None
        self._seen_at: dt.datetime | None = None
        self._not_before: dt.datetime | None = None

    async def reading(self, now: dt.datetime) -> SoFar | None:
        """Return the day so far; None while it cannot be read."""
        async with self._loading:
            since = day_start(now.astimezone(self._zone).date(), self._zone)
            newest = next((number for number, _ in self._ledger.history(1)), 0)
            if since != self._since or not 0 <= newest - self._number <= MOST_AT_ONCE:
                if self._not_before is not None and abs(now - self._not_before) < dt.timedelta(seconds=PAUSE):
                    return None
                if not await self._load(since, newest, now):
                    return None
            return self._followed(since, newest)

    def known(self, now: dt.datetime, newest: int) -> SoFar | None:
        """Return the day up to the ``newest`` event, by its number, from memory; None where ``reading`` must come first."""
        since = day_start(now.astimezone(self._zone).date(), self._zone)
        if self._loading.locked() or since != self._since or not 0 <= newest - self._number <= MOST_AT_ONCE:
            return None
        return self._followed(since, newest)

    def _followed(self, since: dt.datetime, newest: int) -> SoFar:
        while self._number < newest:
            self._number += 1
            found = self._ledger.event(self._number)
            # The count is that of all accounts.
            if found is not None and found[1].at >= since and found[1].account == self._ledger.account:
                self._takings = _with(self._takings, found[1])
        seen = self._checker.last_good
        if self._equity is None and seen is not None and seen.taken_at >= since:
            self._equity, self._seen_at = seen.equity, seen.taken_at
        late = self._seen_at is not None and self._seen_at - since > SOON
        return SoFar(self._takings, self._equity, self._seen_at if late else None)

    async def _load(self, since: dt.datetime, newest: int, now: dt.datetime) -> bool:
        try:
            events = await asyncio.to_thread(self._ledger.since, since)
            samples = await asyncio.to_thread(self._checker.equity_history.since, since)
        except (OSError, ValueError, TgtpError) as exc:
            log.warning("what today has brought could not be read: %s", exc)
            self._not_before = now
            return False
        takings = Takings()
        for number, event in events:
            # What came while this was read is taken in after it.
            takings = _with(takings, event) if number <= newest else takings
        self._since, self._number, self._takings, self._not_before = since, newest, takings, None
        self._equity, self._seen_at = (samples[0].equity, samples[0].at) if samples else (None, None)
        return True


def _with(takings: Takings, event: Event) -> Takings:
    return with_fill(takings, event) if isinstance(event, FilledEvent) else takings


def day_begins(reader: Reader, now: dt.datetime) -> str:
    """Write when, by the reader's clock, the day of reports has begun; "" where it is their own day."""
    begin = day_start(now.astimezone(reader.zone).date(), reader.zone).astimezone(reader.clock_zone)
    here = now.astimezone(reader.clock_zone).date()
    if begin == day_start(here, reader.clock_zone):
        return ""
    return reader.plain("panel.day_begins", at=f"{begin:%H:%M}" if begin.date() == here else f"{begin:%m-%d %H:%M}")
