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
_LATER: Final = dt.datetime.max.replace(tzinfo=dt.UTC)


class PastDays:
    """Sums of days in one zone. Its methods are for threads of their own."""

    def __init__(self, ledger: Ledger, zone: dt.tzinfo) -> None:
        self._ledger = ledger
        self._zone = zone
        self._reading = threading.Lock()
        self._forget()

    def read(self, since: dt.datetime) -> bool:
        """Read on, a bounded part; return whether all is known since a moment."""
        with self._reading:
            self._catch_up()
            events = self._ledger.back_to(EPOCH, of_all=True, before=self._oldest)
            for _ in range(MOST_PIECES):
                if self._known < since:
                    break
                piece = list(itertools.islice(events, PIECE))
                for number, event in piece:
                    self._newest, self._oldest = max(self._newest, number), number
                    self._count(event)
                self._known = max(event.at for _, event in piece) if len(piece) == PIECE else EPOCH - DAY
            return self._known < since

    def of(self, day: dt.date, accounts: Collection[str] | None) -> Takings:
        """Return what a day came to in these accounts; None: in all, those too that are not here any more."""
        with self._reading:
            return total(
                sums for (name, at), sums in self._sums.items() if at == day and (accounts is None or name in accounts)
            )

    def _catch_up(self) -> None:
        """Count what has happened since the last question; where that is much, begin anew."""
        most = PIECE * MOST_PIECES
        newest = itertools.islice(self._ledger.back_to(EPOCH, of_all=True), most)
        news = list(itertools.takewhile(lambda each: each[0] > self._newest, newest)) if self._newest else []
        if len(news) == most or any(isinstance(event, AccountRenamed) for _, event in news):
            self._forget()
            return
        for number, event in news:
            self._newest = max(self._newest, number)
            self._count(event)

    def _forget(self) -> None:
        self._sums: dict[tuple[str, dt.date], Takings] = {}
        self._newest = 0
        self._oldest: int | None = None
        # All is known since a moment after this one.
        self._known = _LATER
        # How an account of the past is called now; "" for one of another account.
        self._names: dict[str, str] = {}
        self._names_after: dict[str, str] = {}
        self._renamed_at: dt.datetime | None = None

    def _count(self, event: Event) -> None:
        if isinstance(event, AccountRenamed):
            self._rename(event)
        if isinstance(event, FilledEvent):
            key = (self._names.get(event.account, event.account), self._day(event.at))
            self._sums[key] = with_fill(self._sums.get(key, Takings()), event)

    def _rename(self, event: AccountRenamed) -> None:
        # Two accounts may have changed their names for each other's in one step.
        if event.at != self._renamed_at:
            self._names_after, self._renamed_at = dict(self._names), event.at
        now = self._names_after.get(event.account, event.account)
        if self._names.get(event.account) == self._names_after.get(event.account):
            self._names[event.account] = ""
        self._names[event.before] = now

    def _day(self, at: dt.datetime) -> dt.date:
        day = at.astimezone(self._zone).date()
        # Where midnight comes twice, the day begins with the first.
        return day + DAY if at >= day_start(day + DAY, self._zone) else day
