"""Answers what the page asks for. Whatever is long ago is read in a thread of its own, beside the event loop."""

from __future__ import annotations

import datetime as dt

from tgtp.chat.texts import Language
from tgtp.engine.accounts import Accounts
from tgtp.engine.ports import Clock
from tgtp.monitor.details.leg_details import Range, leg_details
from tgtp.monitor.details.money import MOST_LINES, Lines, money
from tgtp.monitor.details.past_days import PastDays
from tgtp.monitor.details.past_events import Wanted, past_events, why_text
from tgtp.monitor.plain import Record


class Details:
    """The details of all accounts."""

    def __init__(self, accounts: Accounts, clock: Clock, zone: dt.tzinfo) -> None:
        self._accounts = accounts
        self._clock = clock
        self._zone = zone
        self._lines = Lines(MOST_LINES)
        self._past = PastDays(accounts.main.checker.journal.ledger, zone)

    async def leg(self, key: str, language: Language, span: Range = "life") -> Record | None:
        """Return what belongs to one leg, of the last day or of its whole life; None where there is no such leg."""
        name, _, leg = key.partition("|")
        account = self._accounts.of(name)
        if account is None:
            return None
        return await leg_details(account, leg, language, self._zone, self._clock.now(), span)

    async def money(self, since: dt.date, until: dt.date, account: str | None) -> Record:
        """Return what the days from ``since`` to ``until``, both included, came to; of one account, or of all."""
        accounts = [one for one in self._accounts if account in (None, one.name)]
        now = self._clock.now()
        return await money(accounts, self._past, self._lines, since, until, self._zone, now, is_all=account is None)

    async def events(
        self,
        language: Language,
        *,
        before: int | None,
        count: int,
        kind: str | None,
        account: str | None,
        coin: str | None,
    ) -> Record:
        """Return past events, newest first: those with lower numbers than ``before`` that are of this kind, account, coin."""
        wanted = Wanted(before, count, kind, account, coin)
        return await past_events(self._accounts.main.checker, wanted, language, self._zone)

    async def why(self, number: int, language: Language) -> str | None:
        """Return the numbers behind an event; None where there is none of this number."""
        return await why_text(self._accounts.main.checker, number, language, self._zone)
