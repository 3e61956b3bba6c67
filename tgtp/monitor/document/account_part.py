"""All that the document says of one account in one language; what is not new is not made anew."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from tgtp.chat.state.today_totals import SoFar
from tgtp.chat.texts import Language
from tgtp.domain.model import Snapshot
from tgtp.engine.accounts import Account
from tgtp.engine.check_report import CheckReport
from tgtp.monitor.document.account_rows import account_row
from tgtp.monitor.document.forecasts import Forecasts
from tgtp.monitor.document.leg_rows import LegRows
from tgtp.monitor.document.pair_rows import PairRows
from tgtp.monitor.document.seen import Seen, reader_of, seen_of
from tgtp.monitor.document.upkeep_rows import UpkeepRows
from tgtp.monitor.plain import Record


class Look(NamedTuple):
    """What the sections of an account were made of."""

    snapshot: Snapshot | None
    report: CheckReport | None
    newest: int
    paused: frozenset[str]
    is_held: bool

    def is_same(self, other: Look | None) -> bool:
        """Return whether nothing has happened in between."""
        return other is not None and self.snapshot is other.snapshot and self.report is other.report and self[2:] == other[2:]


class AccountPart:
    """The sections of one account."""

    def __init__(self, account: Account, language: Language, zone: dt.tzinfo, forecasts: Forecasts) -> None:
        self.legs: dict[str, Record] = {}
        self.pairs: dict[str, Record] = {}
        self.upkeep: dict[str, Record] = {}
        self.row: Record = {}
        self.reader = reader_of(account.checker, language, zone)
        self._account = account
        self._language: Language = language
        self._zone = zone
        self._seen: Seen | None = None
        self._look: Look | None = None
        self._leg_rows, self._pair_rows, self._upkeep_rows = LegRows(forecasts), PairRows(), UpkeepRows()

    @property
    def is_behind(self) -> bool:
        """Return whether some of it is not worked out yet."""
        return bool(self._leg_rows.behind)

    def renew(self, now: dt.datetime, ticks: float, newest: int, today: SoFar | None) -> None:
        """Take in what was seen last; ``newest`` is the number of the newest event, ``ticks`` the time that never jumps."""
        checker = self._account.checker
        self.reader = reader_of(checker, self._language, self._zone)
        paused = checker.journal.ledger.paused()
        look = Look(checker.last_good, checker.last_report, newest, paused, checker.held is not None)
        is_new = not look.is_same(self._look)
        if is_new:
            self._look = look
            self._seen = seen_of(self._account, self._language, self._zone, now)
        if self._seen is not None and not is_new and self.is_behind:
            self.legs = self.legs | self._leg_rows.caught_up(self._seen)
        if self._seen is not None and is_new:
            self.legs = self._leg_rows.rows(self._seen, ticks)
            self.pairs = self._pair_rows.rows(self._seen)
            self.upkeep = self._upkeep_rows.rows(self._seen, ticks)
        row = account_row(self._account, self._seen, today, self.reader, now)
        self.row = self.row if self.row == row else row
