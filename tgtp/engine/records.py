"""What the exchange remembers, read beside the checks for pictures and reports."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from decimal import Decimal

from tgtp.domain.funding.rates import Settled
from tgtp.domain.model import Candle, CloseRecord
from tgtp.domain.order import Resting
from tgtp.engine.ports import Exchange, RequestCount
from tgtp.errors import ExchangeProblem

log = logging.getLogger(__name__)

# Seconds that somebody who asks waits for it.
PATIENCE = 3


class Records:
    """Reads of one account."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def requests(self) -> tuple[RequestCount, ...]:
        """Return what was asked of the exchange, by endpoint."""
        return self._exchange.requests()

    async def mark_candles(self, instrument_id: str, since: dt.datetime) -> tuple[Candle, ...]:
        """Read the mark price's bars, for a picture. Raises TemporarilyDown."""
        return await self._exchange.mark_candles(instrument_id, since)

    async def closes_since(self, since: dt.datetime) -> tuple[CloseRecord, ...]:
        """Read how legs were closed, newest first. Raises AccessRefused, TemporarilyDown."""
        return await self._exchange.closes_since(since)

    async def limit_closes(self) -> tuple[Resting, ...] | None:
        """Read people's own orders with a price that make legs smaller; None where they cannot be read now, or not soon."""
        try:
            async with asyncio.timeout(PATIENCE):
                return tuple(one for one in await self._exchange.resting() if one.closes is not None and not one.is_ours)
        except (ExchangeProblem, TimeoutError) as exc:
            log.warning("the orders that wait could not be read: %s", exc or "too slow")
            return None

    async def settled_since(self, since: dt.datetime) -> tuple[Settled, ...] | None:
        """Read the account's funding, settlement by settlement; None where it cannot be known now."""
        try:
            return await self._exchange.settled_since(since)
        except ExchangeProblem as exc:
            log.warning("the funding could not be read: %s", exc)
            return None

    async def funding_since(self, since: dt.datetime) -> Decimal | None:
        """Read the account's funding, for a report; None where it cannot be known now."""
        try:
            return await self._exchange.funding_since(since)
        except ExchangeProblem as exc:
            log.warning("the funding could not be read: %s", exc)
            return None
