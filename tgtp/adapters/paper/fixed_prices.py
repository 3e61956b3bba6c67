"""Prices that somebody sets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal

from tgtp.domain.funding.rates import FundingRate
from tgtp.domain.model import Candle, Instrument
from tgtp.engine.ports import Prices
from tgtp.errors import Problem, TemporarilyDown

BARS_A_PAGE = 100


class FixedPrices(Prices):
    """Prices that somebody sets: for replays and tests."""

    def __init__(self, instruments: Iterable[Instrument], marks: Mapping[str, Decimal] | None = None) -> None:
        self._instruments = {instrument.instrument_id: instrument for instrument in instruments}
        self.marks: dict[str, Decimal] = dict(marks or {})
        self.hours: dict[str, tuple[Candle, ...]] = {}
        self.candles: dict[str, tuple[Candle, ...]] = {}
        self.funding: dict[str, FundingRate] = {}
        self.down = False

    def list_anew(self, instrument: Instrument) -> None:
        """List an instrument, or what has changed of it."""
        self._instruments[instrument.instrument_id] = instrument

    async def instruments(self) -> Mapping[str, Instrument]:
        """Return the instruments."""
        return self._instruments

    async def mark_prices(self) -> Mapping[str, Decimal]:
        """Return the prices that were set."""
        if self.down:
            raise TemporarilyDown(Problem("problem.held_prices"))
        return self.marks

    async def mark_candles(self, instrument_id: str, since: dt.datetime) -> tuple[Candle, ...]:
        """Return the bars that were set."""
        if self.down:
            raise TemporarilyDown(Problem("problem.held_prices"))
        return tuple(candle for candle in self.candles.get(instrument_id, ()) if candle.opened_at >= since)

    async def hour_bars(self, instrument_id: str, before: dt.datetime | None = None) -> tuple[Candle, ...]:
        """Return a page of the one-hour bars that were set."""
        if self.down:
            raise TemporarilyDown(Problem("problem.held_prices"))
        bars = [bar for bar in self.hours.get(instrument_id, ()) if before is None or bar.opened_at < before]
        return tuple(bars[-BARS_A_PAGE:])

    async def funding_rate(self, instrument_id: str) -> FundingRate | None:
        """Return the rate that was set."""
        if self.down:
            raise TemporarilyDown(Problem("problem.held_prices"))
        return self.funding.get(instrument_id)

    async def close(self) -> None:
        """Do nothing: nothing is held."""
