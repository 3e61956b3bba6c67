"""Past events, a page at a time, and the numbers behind one."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
from collections.abc import Iterator
from typing import Final, NamedTuple

from tgtp.chat.formatting.reader import Reader
from tgtp.chat.texts import Language
from tgtp.domain.events import Event
from tgtp.domain.model import EPOCH
from tgtp.engine.cycle import Checker
from tgtp.monitor.document.event_rows import coin_of, event_row, why_of
from tgtp.monitor.document.seen import reader_of
from tgtp.monitor.plain import Record

# So many events are gone through for one page, a quarter of a second of the processor: who asked may ask for what is before.
MOST_READ: Final = 2_000


class Wanted(NamedTuple):
    """What is asked for: ``most`` events with numbers below ``before``; None for any."""

    before: int | None
    most: int
    kind: str | None = None
    account: str | None = None
    coin: str | None = None

    def fits(self, event: Event) -> bool:
        """Return whether an event is asked for; the coin in any case."""
        if (self.kind or event.kind) != event.kind or (self.account or event.account) != event.account:
            return False
        return self.coin is None or (coin_of(event) or "").upper() == self.coin.upper()


async def past_events(checker: Checker, wanted: Wanted, language: Language, zone: dt.tzinfo) -> Record:
    """Read a page, newest first; ``next`` is what the next page comes before, None where this is the last one."""
    reader = reader_of(checker, language, zone)
    events = checker.journal.ledger.back_to(EPOCH, of_all=True, before=wanted.before)
    return await asyncio.to_thread(_page, events, wanted, reader)


def _page(events: Iterator[tuple[int, Event]], wanted: Wanted, reader: Reader) -> Record:
    found: list[Record] = []
    last = None
    for number, event in itertools.islice(events, MOST_READ):
        if len(found) == wanted.most:
            return {"events": found, "more": True, "next": last}
        if wanted.fits(event):
            found.append({"number": number, **event_row(reader, event)})
        last = number
    is_over = last is None or next(events, None) is None
    return {"events": found, "more": not is_over, "next": None if is_over else last}


async def why_text(checker: Checker, number: int, language: Language, zone: dt.tzinfo) -> str | None:
    """Read the numbers behind an event; None where there is none of this number."""
    found = await asyncio.to_thread(checker.journal.ledger.event, number)
    return why_of(reader_of(checker, language, zone), *found) if found is not None else None
