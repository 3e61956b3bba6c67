"""What is read for the picture of a leg: the bars of its price, and our orders that have filled."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Sequence

from tgtp.domain.event_totals import FilledEvent
from tgtp.domain.model import Candle, Leg
from tgtp.domain.report import DAY
from tgtp.engine.cycle import Checker
from tgtp.errors import ExchangeProblem

log = logging.getLogger(__name__)

# Since entry; but what the last days did must still be seen.
LONGEST_SPAN = dt.timedelta(days=30)


async def read_candles(checker: Checker, legs: Sequence[Leg], now: dt.datetime) -> tuple[Candle, ...]:
    """Read the bars of the last day, or of all since the oldest of these legs was opened; empty where there are none.

    Takes as long as the exchange does.
    """
    since = min(*(leg.opened_at for leg in legs), now - DAY)
    return await read_candles_since(checker, legs[0].instrument.instrument_id, since, now)


async def read_candles_since(checker: Checker, instrument_id: str, since: dt.datetime, now: dt.datetime) -> tuple[Candle, ...]:
    """Read the bars of an instrument, at most so far back as pictures go; empty where there are none."""
    try:
        return await checker.records.mark_candles(instrument_id, max(since, now - LONGEST_SPAN))
    except ExchangeProblem as exc:
        log.warning("the prices for a picture could not be read: %s", exc)
        return ()


async def read_fills(checker: Checker, legs: Sequence[Leg], now: dt.datetime) -> list[FilledEvent]:
    """Read the orders that have filled since the oldest of these legs was opened, at most so far back as pictures go."""
    since = max(min(leg.opened_at for leg in legs), now - LONGEST_SPAN)
    events = await asyncio.to_thread(checker.journal.ledger.since, since)
    return [event for _, event in events if isinstance(event, FilledEvent)]
