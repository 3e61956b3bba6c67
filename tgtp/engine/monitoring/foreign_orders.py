"""Finds orders under our names that we have not placed: a second machine on the same account, or a ledger from a backup."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Iterable
from typing import Any, Literal

from tgtp.domain.events import Event, ForeignOrders, Paused
from tgtp.domain.model import EPOCH
from tgtp.domain.order import Intent, Known, Placed, foreign_orders
from tgtp.domain.pauses import Pause
from tgtp.domain.plan import ALL
from tgtp.engine.journal import Journal
from tgtp.engine.ports import Clock, Exchange
from tgtp.errors import ExchangeProblem

log = logging.getLogger(__name__)

NOTE = "foreign_orders"
MOST_REMEMBERED = 1000
# Seconds between two looks, and that one may take.
EVERY = 60
PATIENCE = 3
# Looks at the start that may fail before orders go out all the same, and the seconds that they take at least.
TRIES = 3
TRYING_FOR = 20
# Looked at again each time: lists may lag, and clocks differ.
OVERLAP = dt.timedelta(minutes=10)
# So far back OKX lists orders that have ended. The first look of a ledger goes back as far: it may be one that was begun anew.
LISTED_FOR = dt.timedelta(days=7)
# Events that are read before others have their turn.
AT_ONCE = 100
# By so many seconds the clock on the wall may drift from the one that never jumps; after a jump it is not trusted for so long,
# until the exchange's was measured anew.
DRIFT = 2
UNTRUSTED = dt.timedelta(minutes=70)


class OrderWatch:
    """Looks before the first order of a process leaves, and once a minute after that."""

    def __init__(self, exchange: Exchange, journal: Journal, clock: Clock) -> None:
        self._exchange = exchange
        self._journal = journal
        self._ledger = journal.ledger
        self._clock = clock
        self._not_before = clock.monotonic()
        self._since: dt.datetime | None = None
        self._started = False
        self._failed = 0
        # When the first of these began, by the clock that never jumps.
        self._failing_since: float | None = None
        # When anything was last written here, by any account, before this process did: what it writes itself says nothing.
        self._last_entry = next((event.at for _, event in self._ledger.back_to(EPOCH, of_all=True)), None)
        self._offset = self._offset_now()
        self._trusted_since = clock.now()

    async def look_at_start(self) -> None:
        """Look before anything is sent. Raises ExchangeProblem for the first times that this fails, LedgerWriteFailed."""
        if not self._started:
            await self._look()

    async def look_again(self) -> None:
        """Look when it is time, at the end of a check. Raises LedgerWriteFailed: the next check looks again."""
        if self._started and self._clock.monotonic() >= self._not_before:
            await self._look()

    async def _look(self) -> None:
        """Look; tell and pause, once for each order."""
        now, ticks = self._clock.now(), self._clock.monotonic()
        is_first = self._ledger.note(NOTE) is None
        since = self._since or min(self._last_entry or now, now - LISTED_FOR if is_first else now) - OVERLAP
        try:
            async with asyncio.timeout(PATIENCE):
                placed = await self._exchange.orders_since(since)
        except (ExchangeProblem, TimeoutError) as exc:
            self._failed += 1
            if self._failing_since is None:
                self._failing_since = ticks
            tried = self._failed >= TRIES and self._clock.monotonic() - self._failing_since >= TRYING_FOR
            log.warning("orders under our names could not be looked for: %s", exc or "too slow")
            if not self._started and not tried and isinstance(exc, ExchangeProblem):
                raise
            self._not_before = self._clock.monotonic() + EVERY
            return
        self._mind_clock(now)
        foreign = await self._foreign(placed)
        if foreign:
            self._tell(foreign, is_first=is_first)
        elif is_first:
            with self._journal.step():
                self._ledger.keep_note(NOTE, [])
        self._started, self._since, self._failed, self._failing_since = True, now - OVERLAP, 0, None
        self._not_before = self._clock.monotonic() + EVERY

    async def _foreign(self, placed: tuple[Placed, ...]) -> tuple[Placed, ...]:
        told = set(self._ledger.note(NOTE) or ())
        placed = tuple(order for order in placed if order.order_id not in told)
        if not placed:
            return ()
        oldest = min(order.created_at for order in placed) - OVERLAP
        found = foreign_orders(
            placed, self._known(event for _, event in self._ledger.back_to(oldest, of_all=True)), self._trusted_since
        )
        if not found:
            return ()
        # Before anything is said, all that was ever written down is asked: clocks may have been set.
        return foreign_orders(found, self._known(await self._everything()), self._trusted_since)

    async def _everything(self) -> list[Event]:
        """Read all events of orders, and let others have their turn meanwhile: there may be very many."""
        events: list[Event] = []
        for count, (_, event) in enumerate(self._ledger.back_to(EPOCH, of_all=True), start=1):
            if hasattr(event, "intent"):
                events.append(event)
            if count % AT_ONCE == 0:
                await asyncio.sleep(0)
        return events

    def _known(self, events: Iterable[Event]) -> dict[str, Known]:
        return known_orders(self._ledger.open_intents(), events)

    def _tell(self, foreign: tuple[Placed, ...], *, is_first: bool) -> None:
        now = self._clock.now()
        last_entry = None if self._started else self._last_entry
        is_newer = is_first or (last_entry is not None and all(order.created_at > last_entry for order in foreign))
        cause: Literal["foreign_order", "restored_backup"] = "restored_backup" if is_newer else "foreign_order"
        told = [*(self._ledger.note(NOTE) or ()), *(order.order_id for order in foreign)]
        with self._journal.step():
            self._ledger.keep_note(NOTE, told[-MOST_REMEMBERED:])
            self._ledger.keep_pauses(self._ledger.pauses().with_pause(Pause(scope=ALL, cause=cause, since=now)))
            self._journal.record(ForeignOrders(at=now, orders=foreign, cause=cause))
            self._journal.record(Paused(at=now, name=ALL, by=None, cause=cause), tell=False)

    def _mind_clock(self, now: dt.datetime) -> None:
        offset = self._offset_now()
        if abs(offset - self._offset) > dt.timedelta(seconds=DRIFT):
            self._trusted_since = now + UNTRUSTED
        self._offset = offset

    def _offset_now(self) -> dt.timedelta:
        return self._clock.now() - EPOCH - dt.timedelta(seconds=self._clock.monotonic())


def known_orders(open_intents: Iterable[Intent], events: Iterable[Event]) -> dict[str, Known]:
    """Return what a ledger remembers of its orders, by name: those still open, and those of these events."""
    known: dict[str, Known] = {}
    intents: list[tuple[Intent, Any]] = [(intent, None) for intent in open_intents]
    intents += [(event.intent, getattr(event, "order", None)) for event in events if hasattr(event, "intent")]
    for intent, order in intents:
        before = known.get(intent.client_order_id, Known(meant_at=intent.meant_at))
        with_row = before.plus(intent.meant_at, order.order_id if order is not None else "")
        known[intent.client_order_id] = with_row.plus(intent.meant_at, intent.order_id)
    return known
