"""What past days came to, of each account: read once, a bounded part for each question, and then only what is new."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from collections.abc import Collection
from typing import Final

from tgtp.domain.event_totals import FilledEvent, total, with_fill
from tgtp.domain.events import AccountRenamed, Event
from tgtp.domain.model import EPOCH
from tgtp.domain.report import DAY, Takings, day_start
from tgtp.engine.ports import Ledger

# So many events in a row from before a moment: what is older is from before it too, whatever a clock said for a while.
PIECE: Final = 500
# For one question; a quarter of a second of the processor.
MOST_PIECES: Final = 4


class PastDays:
    """Sums of days in one zone. Its methods are for threads of their own."""

    def __init__(self, ledger: Ledger, zone: dt.tzinfo) -> None:
        self._ledger = ledger
        self._zone = zone
        self._reading = threading.Lock()
        self._sums = _Sums(zone)

    def read(self, since: dt.datetime) -> bool:
        """Read on, a bounded part; return whether all is known since a moment."""
        with self._reading:
            self._catch_up()
            sums = self._sums
            events = self._ledger.back_to(EPOCH, of_all=True, before=sums.oldest)
            for _ in range(MOST_PIECES):
                if sums.reached < since:
                    break
                piece = list(itertools.islice(events, PIECE))
                for number, event in piece:
                    sums.count(number, event)
                sums.reached = max(event.at for _, event in piece) if len(piece) == PIECE else EPOCH - DAY
            return sums.reached < since

    def of(self, day: dt.date, accounts: Collection[str] | None) -> Takings:
        """Return what a day came to in these accounts; None: in all, those too that are not here any more."""
        with self._reading:
            found = self._sums.days.get(day, {})
            return total(takings for name, takings in found.items() if accounts is None or name in accounts)

    def _catch_up(self) -> None:
        """Count what has happened since the last question; where that is much, or nothing had ever happened, begin anew."""
        most = PIECE * MOST_PIECES
        newest = itertools.islice(self._ledger.back_to(EPOCH, of_all=True), most)
        news = list(itertools.takewhile(lambda each: each[0] > self._sums.newest, newest))
        if self._sums.oldest is None or len(news) == most or any(isinstance(event, AccountRenamed) for _, event in news):
            self._sums = _Sums(self._zone)
            return
        for number, event in reversed(news):
            self._sums.count(number, event)


class _Sums:
    """What was read: the events from the number ``oldest`` to ``newest``, which are all that happened after ``reached``."""

    def __init__(self, zone: dt.tzinfo) -> None:
        # By account.
        self.days: dict[dt.date, dict[str, Takings]] = {}
        self.newest = 0
        self.oldest: int | None = None
        self.reached = dt.datetime.max.replace(tzinfo=dt.UTC)
        self._zone = zone
        # How an account of the past is called now; "" for one that had the name of another.
        self._names: dict[str, str] = {}
        self._names_after: dict[str, str] = {}
        self._renamed_at: dt.datetime | None = None

    def count(self, number: int, event: Event) -> None:
        """Take an event in: the one before the oldest, or the one after the newest."""
        # What is new is of the account that has the name now.
        name = event.account if number > self.newest else self._names.get(event.account, event.account)
        self.newest, self.oldest = max(self.newest, number), min(self.oldest or number, number)
        if isinstance(event, AccountRenamed):
            self._rename(event)
        elif isinstance(event, FilledEvent):
            day = self.days.setdefault(self._day(event.at), {})
            day[name] = with_fill(day.get(name, Takings()), event)

    def _rename(self, event: AccountRenamed) -> None:
        # Two accounts may have changed their names for each other's in one step.
        if event.at != self._renamed_at:
            self._names_after, self._renamed_at = dict(self._names), event.at
        if self._names.get(event.account) == self._names_after.get(event.account):
            self._names[event.account] = ""
        self._names[event.before] = self._names_after.get(event.account, event.account)

    def _day(self, at: dt.datetime) -> dt.date:
        day = at.astimezone(self._zone).date()
        # Where midnight comes twice, the day begins with the first.
        return day + DAY if at >= day_start(day + DAY, self._zone) else day
