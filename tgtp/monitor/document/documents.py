"""Builds the document of the page in each language: whole, and at once, from what is in memory."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from tgtp.chat.state.today_totals import TodayTotals
from tgtp.chat.texts import Language
from tgtp.engine.accounts import Account, Accounts
from tgtp.engine.ports import Clock, PushedMark
from tgtp.errors import TgtpError
from tgtp.monitor.document.account_part import AccountPart
from tgtp.monitor.document.event_rows import EventTail
from tgtp.monitor.document.forecasts import Forecasts
from tgtp.monitor.document.health_rows import ProcessFacts, health_rows
from tgtp.monitor.hourly import Hourly
from tgtp.monitor.plain import Record, moment, number

log = logging.getLogger(__name__)

Document = Mapping[str, Mapping[str, Any]]


class About(NamedTuple):
    """What the document says of the program: ``run`` names this run of it, ``has_chat`` whether there is a page to chat on."""

    run: str
    version: str
    exchange: str
    interval: int
    timezone: str
    has_chat: bool
    started_at: dt.datetime
    process: ProcessFacts = ProcessFacts()


class Documents:
    """Makes documents: a record that has not changed is the same object as before.

    ``pushed`` gives the newest mark price of an instrument that came by the stream.
    """

    def __init__(
        self,
        accounts: Accounts,
        clock: Clock,
        zone: dt.tzinfo,
        about: About,
        hourly: Hourly,
        pushed: Callable[[str], PushedMark | None] = lambda _: None,
    ) -> None:
        # Called when more is known than the last document says.
        self.found: Callable[[], None] = lambda: None
        self._accounts = accounts
        self._clock = clock
        self._zone = zone
        self._about = about
        self._hourly = hourly
        self._pushed = pushed
        self._ledger = accounts.main.checker.journal.ledger
        self._forecasts = Forecasts(clock)
        self._todays = {account.name: TodayTotals(account.checker, zone) for account in accounts}
        self._events = EventTail(self._ledger)
        self._parts: dict[Language, tuple[AccountPart, ...]] = {}
        self._kept: dict[tuple[str, str], Record] = {}
        self._reading: asyncio.Task[None] | None = None

    def is_behind(self, language: Language) -> bool:
        """Return whether not all that the tiers will close is worked out yet: the next document will say more."""
        return any(part.is_behind for part in self._parts.get(language, ()))

    def build(self, language: Language) -> Document:
        """Return the whole document. What must be read from disk is begun, and is there in one of the next."""
        now, ticks = self._clock.now(), self._clock.monotonic()
        newest = next((number for number, _ in self._ledger.history(1)), 0)
        todays = {name: totals.known(now, newest) for name, totals in self._todays.items()}
        is_told, unknown = self._events.follow(newest), [name for name, today in todays.items() if today is None]
        if (not is_told or unknown) and (self._reading is None or self._reading.done()):
            reading = self._read([] if is_told else [self._events], [self._todays[name] for name in unknown])
            self._reading = asyncio.create_task(reading, name="reading for the monitoring page")
        parts = self._parts.get(language) or self._parts.setdefault(
            language, tuple(AccountPart(account, language, self._zone, self._forecasts) for account in self._accounts)
        )
        for account, part in zip(self._accounts, parts, strict=True):
            part.renew(now, ticks, newest, todays[account.name])
        readers = {account.name: part.reader for account, part in zip(self._accounts, parts, strict=True)}
        main = readers[self._accounts.main.name]
        health = health_rows(self._accounts, readers, self._about.process)
        return {
            "meta": {"one": self._same(language, "meta", self._meta())},
            "marks": self.marks(),
            "legs": _together(part.legs for part in parts),
            "pairs": _together(part.pairs for part in parts),
            "accounts": {account.name: part.row for account, part in zip(self._accounts, parts, strict=True)},
            "upkeep": _together(part.upkeep for part in parts),
            "buckets": {account.name: self._bucket(account) for account in self._accounts},
            "events": self._events.rows(main),
            "health": {name: self._same(language, name, row) for name, row in health.items()},
        }

    def marks(self) -> dict[str, str]:
        """Return the newest mark price of each instrument that is held, by its name."""
        found: dict[str, tuple[dt.datetime, Decimal]] = {}
        for account in self._accounts:
            snapshot = account.checker.last_good
            if snapshot is None:
                continue
            for leg in snapshot.legs:
                name, at = leg.instrument.instrument_id, leg.priced_at or snapshot.taken_at
                if name not in found or found[name][0] < at:
                    found[name] = at, leg.mark_price
        for name, (at, _) in found.items():
            push = self._pushed(name)
            if push is not None and push.at >= at:
                found[name] = push.at, push.price
        return {name: number(price) or "" for name, (_, price) in found.items()}

    def _meta(self) -> Record:
        about, rules = self._about, self._accounts.main.checker.rules
        looks = [seen.taken_at for account in self._accounts if (seen := account.checker.last_good) is not None]
        return {
            "run": about.run,
            "version": about.version,
            "exchange": about.exchange,
            "interval": about.interval,
            "timezone": about.timezone,
            "started_at": moment(about.started_at),
            "at": moment(max(looks, default=None)),
            "min_margin": number(rules.min_margin),
            "keep_margin": number(rules.keep_margin),
            "liquidation_warn": number(self._accounts.main.checker.danger.warn),
            "chat": about.has_chat,
            "several": self._accounts.several,
        }

    def _bucket(self, account: Account) -> Record:
        found = self._hourly.oldest(account.name)
        record: Record = {"at": None, "counts": None}
        if found is not None:
            record = {"at": moment(found.at), "counts": list(found.counts)}
        return self._same("", f"bucket:{account.name}", record)

    def _same(self, language: str, name: str, record: Record) -> Record:
        """Return the record that was given before, where it says the same."""
        before = self._kept.get((language, name))
        if before != record:
            self._kept[language, name] = record
            return record
        return before

    async def _read(self, tails: Iterable[EventTail], days: Iterable[TodayTotals]) -> None:
        """Read what must come from disk, beside the event loop; what cannot be read is missing, and is tried again."""
        is_news = False
        for tail in tails:
            try:
                tail.begin(await asyncio.to_thread(tail.read))
                is_news = True
            except (OSError, ValueError, TgtpError) as exc:
                log.warning("the newest events could not be read for the page: %s", exc)
        for day in days:
            is_news = await day.reading(self._clock.now()) is not None or is_news
        if is_news:
            # Until something moves by itself, nobody would build it.
            self.found()


def _together(parts: Iterable[Mapping[str, Record]]) -> dict[str, Record]:
    return {name: record for part in parts for name, record in part.items()}
