"""What the exchange remembers, read beside the checks for pictures and reports."""

from __future__ import annotations

import datetime as dt
import logging
from decimal import Decimal

from tgtp.domain.model import Candle
from tgtp.engine.ports import Exchange
from tgtp.errors import ExchangeProblem

log = logging.getLogger(__name__)


class Records:
    """Reads of one account."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def mark_candles(self, instrument_id: str, since: dt.datetime) -> tuple[Candle, ...]:
        """Read the mark price's bars, for a picture. Raises TemporarilyDown."""
        return await self._exchange.mark_candles(instrument_id, since)

    async def funding_since(self, since: dt.datetime) -> Decimal | None:
        """Read the account's funding, for a report; None where it cannot be known now."""
        try:
            return await self._exchange.funding_since(since)
        except ExchangeProblem as exc:
            log.warning("the funding could not be read: %s", exc)
            return None
