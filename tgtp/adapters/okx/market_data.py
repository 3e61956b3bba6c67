"""OKX's public side: what is listed, at what mark prices and funding rates. Needs no key."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import ccxt.async_support as ccxt

from tgtp.adapters.okx.detour import Detour
from tgtp.adapters.okx.history import read_candles, read_hour_bars
from tgtp.adapters.okx.pace import Pace
from tgtp.adapters.okx.replies import read_rows
from tgtp.adapters.okx.rows.fields import Malformed, number
from tgtp.adapters.okx.rows.funding import funding_rate_of
from tgtp.adapters.okx.rows.instruments import instrument_of
from tgtp.domain.funding.rates import FundingRate
from tgtp.domain.liquidation.position_tiers import PositionTiers
from tgtp.domain.model import Candle, Instrument, MarginMode
from tgtp.engine.ports import Clock, Prices
from tgtp.errors import ExchangeProblem, Problem, TemporarilyDown

# Seconds between two readings of the list.
INSTRUMENTS_EVERY = 3600.0
# OKX takes ten reads of position tiers in two seconds; backtests may ask from here too.
MOST_TIER_READS = 2

log = logging.getLogger(__name__)


class OkxPrices(Prices):
    """OKX's public instruments, mark prices and their bars, for trading on paper."""

    def __init__(self, client: Any, clock: Clock, detour: Detour | None = None) -> None:
        self._client = client
        self._detour = detour or Detour()
        self._clock = clock
        self._instruments: dict[str, Instrument] = {}
        self._due = 0.0
        self._tiers_pace = Pace(clock, MOST_TIER_READS)

    async def instruments(self) -> Mapping[str, Instrument]:
        """Return all USDT-settled swaps, read again every hour: contract sizes and lots change."""
        if not self._instruments or self._clock.monotonic() >= self._due:
            self._due = self._clock.monotonic() + INSTRUMENTS_EVERY
            try:
                async with self._detour.explained():
                    self._instruments = {**self._instruments, **await read_instruments(self._client)}
            except ExchangeProblem:
                if not self._instruments:
                    raise
                log.warning("OKX did not send its instruments; those read before are used")
        return self._instruments

    async def mark_prices(self) -> Mapping[str, Decimal]:
        """Return their mark prices, in one call."""
        async with self._detour.explained():
            rows = await read_rows(self._client.publicGetPublicMarkPrice, {"instType": "SWAP"})
        prices: dict[str, Decimal] = {}
        for row in rows:
            try:
                prices[str(row["instId"])] = number(row, "markPx")
            except (Malformed, KeyError):
                continue
        return prices

    async def mark_candles(self, instrument_id: str, since: dt.datetime) -> tuple[Candle, ...]:
        """Read the mark price's bars."""
        return await read_candles(self._client, instrument_id, since, self._clock.now())

    async def hour_bars(self, instrument_id: str, before: dt.datetime | None = None) -> tuple[Candle, ...]:
        """Read a page of the mark price's one-hour bars."""
        return await read_hour_bars(self._client, instrument_id, before)

    async def funding_rate(self, instrument_id: str) -> FundingRate | None:
        """Read the rate of the next settlement."""
        return await read_funding_rate(self._client, instrument_id)

    async def position_tiers(self, instrument_id: str, mode: MarginMode) -> PositionTiers:
        """Read the position tiers of a coin, at its turn. Raises TemporarilyDown, AccessRefused."""
        async with self._tiers_pace.turn():
            return await read_position_tiers(self._client, instrument_id, mode)

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.close()


async def read_instruments(client: Any) -> dict[str, Instrument]:
    """Read all USDT-settled linear swaps. Raises TemporarilyDown, AccessRefused."""
    rows = await read_rows(client.publicGetPublicInstruments, {"instType": "SWAP"})
    found: dict[str, Instrument] = {}
    for row in rows:
        try:
            instrument = instrument_of(row)
        except Malformed as exc:
            log.debug("instrument passed over: %s", exc)
            continue
        if instrument is not None:
            found[instrument.instrument_id] = instrument
    if not found:
        raise TemporarilyDown(Problem("problem.instruments"))
    return found


async def read_funding_rate(client: Any, instrument_id: str) -> FundingRate | None:
    """Read an instrument's funding rate; None where OKX lists no such instrument, or names no rate or time.

    OKX lets it be read ten times in two seconds for each instrument. Raises TemporarilyDown, AccessRefused.
    """
    try:
        rows = await read_rows(client.publicGetPublicFundingRate, {"instId": instrument_id})
    except TemporarilyDown as exc:
        if isinstance(exc.__cause__, ccxt.BadSymbol):
            return None
        raise
    row = next((row for row in rows if row.get("instId") == instrument_id), None)
    try:
        return funding_rate_of(row) if row is not None else None
    except Malformed as exc:
        log.debug("the funding rate of %s makes no sense: %s", instrument_id, exc)
        return None


async def read_position_tiers(client: Any, instrument_id: str, mode: MarginMode) -> PositionTiers:
    """Read the position tiers of a coin.

    https://www.okx.com/docs-v5/en/#public-data-rest-api-get-position-tiers: ``minSz`` and ``maxSz`` count contracts. Raises
    TemporarilyDown, AccessRefused.
    """
    family = instrument_id.removesuffix("-SWAP")
    rows = await read_rows(
        client.publicGetPublicPositionTiers, {"instType": "SWAP", "tdMode": mode.value, "instFamily": family}
    )
    try:
        tiers = sorted((number(row, "maxSz"), number(row, "mmr")) for row in rows)
    except Malformed as exc:
        raise TemporarilyDown(Problem("problem.position_tiers", name=instrument_id)) from exc
    if not tiers or not all(0 < rate < 1 for _, rate in tiers):
        raise TemporarilyDown(Problem("problem.position_tiers", name=instrument_id))
    return PositionTiers(tuple(tiers))
