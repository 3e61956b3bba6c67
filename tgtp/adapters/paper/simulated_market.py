"""A lively market of our own, and the account to try tgtp on: that of the table in the user's description."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from tgtp.adapters.paper.account_file import PaperLeg
from tgtp.adapters.paper.exchange import Seed
from tgtp.domain.funding.rates import FundingRate
from tgtp.domain.model import EPOCH, Candle, Instrument, MarginMode, PositionSide
from tgtp.engine.ports import Clock, Prices

LEVERAGE = Decimal(10)
MOST_BARS = 300
BAR_WIDTHS = tuple(dt.timedelta(seconds=seconds) for seconds in (10, 30, 60, 180, 300, 900, 3600, 14400, 86400))
PRICES_A_BAR = 4
HOUR = dt.timedelta(hours=1)
BARS_A_PAGE = 100
# No coin's wave has a period of which these are a whole part: each bar meets its heights and depths.
PRICES_AN_HOUR = 17
FUNDED_EVERY = dt.timedelta(hours=8)
# As OKX does with coins whose price runs away from the index.
FUNDED_MORE_OFTEN = {"CRV-USDT-SWAP": dt.timedelta(hours=4), "APT-USDT-SWAP": dt.timedelta(hours=1)}


class Wave(NamedTuple):
    """How a price swings around its start: ``height`` as a fraction, positive when it rises first; ``period`` in seconds."""

    height: float
    period: float


class Coin(NamedTuple):
    """A simulated instrument."""

    price: str
    contract_size: str
    lot_size: str
    tick_size: str
    wave: Wave


# Contract sizes are OKX's; prices are near those of the day of the description, so that its margins come out.
COINS = {
    "STX-USDT-SWAP": Coin("0.3000", "10", "0.1", "0.0001", Wave(-0.030, 420)),
    "CRV-USDT-SWAP": Coin("0.3960", "1", "1", "0.0001", Wave(0.012, 330)),
    "UNI-USDT-SWAP": Coin("6.400", "1", "0.1", "0.001", Wave(-0.009, 390)),
    "AAVE-USDT-SWAP": Coin("150.00", "0.1", "0.1", "0.01", Wave(0.018, 300)),
    "CRO-USDT-SWAP": Coin("0.09200", "10", "1", "0.00001", Wave(0.010, 360)),
    "APT-USDT-SWAP": Coin("1.8000", "1", "0.1", "0.0001", Wave(0.062, 480)),
    "BCH-USDT-SWAP": Coin("600.0", "0.1", "0.1", "0.1", Wave(-0.022, 450)),
    "SOL-USDT-SWAP": Coin("140.00", "1", "0.01", "0.01", Wave(0.015, 270)),
    "ETH-USDT-SWAP": Coin("3000.00", "0.1", "0.01", "0.01", Wave(0.008, 510)),
}


class SeedLeg(NamedTuple):
    """A leg at the start of a demonstration: contracts at the coin's price here, ROI in percent, USDT of margin added."""

    instrument_id: str
    side: str
    contracts: str
    roi: str
    margin_mode: MarginMode = MarginMode.CROSS
    added_margin: str = "0"
    leverage: Decimal = LEVERAGE


# The rows of the description first, then their other sides.
SEED_LEGS = (
    SeedLeg("STX-USDT-SWAP", "long", "2.4", "11.05"),
    SeedLeg("CRV-USDT-SWAP", "long", "25", "5.51"),
    SeedLeg("UNI-USDT-SWAP", "long", "1.0", "3.82"),
    SeedLeg("AAVE-USDT-SWAP", "long", "1.0", "-0.26"),
    SeedLeg("CRO-USDT-SWAP", "long", "10", "19.43"),
    SeedLeg("CRV-USDT-SWAP", "short", "16", "75.09"),
    SeedLeg("UNI-USDT-SWAP", "short", "1.0", "73.00"),
    SeedLeg("APT-USDT-SWAP", "short", "4.0", "55.79"),
    SeedLeg("BCH-USDT-SWAP", "long", "0.9", "3.23"),
    SeedLeg("BCH-USDT-SWAP", "short", "0.1", "36.77"),
    SeedLeg("CRO-USDT-SWAP", "short", "9", "15.24"),
    SeedLeg("STX-USDT-SWAP", "short", "18.0", "21.40"),
    SeedLeg("AAVE-USDT-SWAP", "short", "3.0", "-1.90"),
    SeedLeg("APT-USDT-SWAP", "long", "30.0", "8.00"),
)
_ISOLATED = MarginMode.ISOLATED
# Two sub-accounts: legs that lose, one with too much margin, one above its target, one in band, one cross, and one that its
# leverage lets reach no target. These change by nobody's hand but tgtp's: what is tried there is upkeep. The pairs above them
# are the trader's.
SUB_SEED_LEGS = (
    (
        SeedLeg("STX-USDT-SWAP", "long", "6.0", "0", _ISOLATED),
        SeedLeg("STX-USDT-SWAP", "short", "2.4", "12", _ISOLATED),
        SeedLeg("CRO-USDT-SWAP", "long", "10", "19", _ISOLATED),
        SeedLeg("CRO-USDT-SWAP", "short", "20", "0", _ISOLATED),
        SeedLeg("SOL-USDT-SWAP", "long", "0.07", "21", _ISOLATED),
        SeedLeg("SOL-USDT-SWAP", "short", "0.13", "0", _ISOLATED),
        SeedLeg("CRV-USDT-SWAP", "long", "253", "-14", _ISOLATED),
        SeedLeg("UNI-USDT-SWAP", "short", "15.7", "2", _ISOLATED, "10.25"),
        SeedLeg("AAVE-USDT-SWAP", "long", "9.0", "3", _ISOLATED, "2"),
        SeedLeg("BCH-USDT-SWAP", "short", "1.7", "4", _ISOLATED),
        SeedLeg("APT-USDT-SWAP", "long", "56.0", "1"),
    ),
    (
        SeedLeg("CRV-USDT-SWAP", "long", "45", "0", _ISOLATED),
        SeedLeg("CRV-USDT-SWAP", "short", "16", "15", _ISOLATED),
        SeedLeg("AAVE-USDT-SWAP", "long", "1.0", "14", _ISOLATED),
        SeedLeg("AAVE-USDT-SWAP", "short", "1.2", "0", _ISOLATED),
        SeedLeg("APT-USDT-SWAP", "long", "4.0", "9", _ISOLATED),
        SeedLeg("APT-USDT-SWAP", "short", "10.0", "0", _ISOLATED),
        SeedLeg("CRO-USDT-SWAP", "long", "109", "-13", _ISOLATED),
        SeedLeg("STX-USDT-SWAP", "short", "33.4", "-11", _ISOLATED),
        SeedLeg("UNI-USDT-SWAP", "long", "15.7", "2", _ISOLATED, leverage=Decimal(5)),
        SeedLeg("BCH-USDT-SWAP", "long", "1.7", "6", _ISOLATED, "15"),
    ),
)


class SimulatedMarket(Prices):
    """Seeded prices that are a pure function of the time since ``genesis``: a restart goes on where it would have been."""

    def __init__(self, clock: Clock, genesis: dt.datetime, seed: int = 1) -> None:
        self._clock = clock
        self._genesis = genesis
        self._seed = seed

    async def instruments(self) -> Mapping[str, Instrument]:
        """Return the simulated instruments."""
        return SIMULATED_INSTRUMENTS

    async def mark_prices(self) -> Mapping[str, Decimal]:
        """Return the prices of this moment."""
        seconds = max(0.0, (self._clock.now() - self._genesis).total_seconds())
        return {name: self._price(name, coin, seconds) for name, coin in COINS.items()}

    async def mark_candles(self, instrument_id: str, since: dt.datetime) -> tuple[Candle, ...]:
        """Return the bars from the one in which ``since`` falls; before ``genesis`` there are none.

        Bars begin at whole multiples of their width, so that one that is over is the same whenever it is asked for.
        """
        coin, now = COINS.get(instrument_id), self._clock.now()
        since = max(since, self._genesis)
        if coin is None or since > now:
            return ()
        width = next((one for one in BAR_WIDTHS if now - since < (MOST_BARS - 1) * one), BAR_WIDTHS[-1])
        step = width / PRICES_A_BAR
        first, last = (since - EPOCH) // width, (now - EPOCH) // width
        bars = []
        for number in range(max(first, last - MOST_BARS + 1), last + 1):
            begins = EPOCH + number * width
            moments = {min(max(begins + step * place, self._genesis), now) for place in range(PRICES_A_BAR + 1)}
            prices = [self._price(instrument_id, coin, (at - self._genesis).total_seconds()) for at in sorted(moments)]
            opened_at = max(begins, self._genesis)
            bars.append(Candle(opened_at=opened_at, open=prices[0], high=max(prices), low=min(prices), close=prices[-1]))
        return tuple(bars)

    async def hour_bars(self, instrument_id: str, before: dt.datetime | None = None) -> tuple[Candle, ...]:
        """Return a page of the one-hour bars that are over; they go back as far as anybody asks.

        What lies before ``genesis`` was wilder or calmer than what follows, by the coin and by the day: thresholds that follow
        the volatility have something to follow.
        """
        coin = COINS.get(instrument_id)
        if coin is None:
            return ()
        # The first one that is not over, or did not begin before.
        last = (self._clock.now() - EPOCH) // HOUR
        if before is not None:
            last = min(last, -((EPOCH - before) // HOUR))
        return tuple(self._hour(instrument_id, coin, EPOCH + number * HOUR) for number in range(last - BARS_A_PAGE, last))

    def _hour(self, name: str, coin: Coin, begins: dt.datetime) -> Candle:
        seconds = (begins - self._genesis).total_seconds()
        step = HOUR.total_seconds() / PRICES_AN_HOUR
        prices = [self._price(name, coin, seconds + step * place) for place in range(PRICES_AN_HOUR + 1)]
        if seconds < 0:
            digest = hashlib.sha256(f"{self._seed}|wild|{name}|{begins:%Y-%m-%d}".encode()).digest()
            # From 0.7 to 1.3 of the coin's usual height, and more or less for all of what was before.
            wild = (Decimal(digest[0]) / 255 * 60 + 70) * (80 + Decimal(sum(name.encode()) % 5) * 10) / 10_000
            middle, tick = Decimal(coin.price), Decimal(coin.tick_size)
            prices = [(middle + (price - middle) * wild).quantize(tick) for price in prices]
        return Candle(opened_at=begins, open=prices[0], high=max(prices), low=min(prices), close=prices[-1])

    async def funding_rate(self, instrument_id: str) -> FundingRate | None:
        """Return the rate of the next settlement, which stays what it is until then; they lie on whole hours of UTC."""
        if instrument_id not in COINS:
            return None
        interval = FUNDED_MORE_OFTEN.get(instrument_id, FUNDED_EVERY)
        settlement = (self._clock.now() - EPOCH) // interval + 1
        digest = hashlib.sha256(f"{self._seed}|funding|{instrument_id}|{settlement}".encode()).digest()
        # From -0.02 to 0.04 %, as on most days.
        rate = Decimal(int.from_bytes(digest[:4]) % 601 - 200).scaleb(-6)
        return FundingRate(instrument_id=instrument_id, rate=rate, settles_at=EPOCH + settlement * interval, interval=interval)

    async def close(self) -> None:
        """Do nothing: nothing is held."""

    def _away(self, name: str, coin: Coin, seconds: float) -> float:  # noqa: ARG002 - others go by the name
        """Return how far a price is from its start, as a fraction of that."""
        swing = coin.wave.height * math.sin(2 * math.pi * seconds / coin.wave.period)
        # A slower wave of its own keeps later rounds from repeating the first.
        drift = 0.4 * coin.wave.height * math.sin(2 * math.pi * seconds / (coin.wave.period * 5.3))
        return swing + drift

    def _price(self, name: str, coin: Coin, seconds: float) -> Decimal:
        digest = hashlib.sha256(f"{self._seed}|{name}|{int(seconds)}".encode()).digest()
        noise = (int.from_bytes(digest[:4]) / 2**32 - 0.5) * 0.001 if seconds > 0 else 0.0
        factor = Decimal(f"{1 + self._away(name, coin, seconds) + noise:.8f}")
        return (Decimal(coin.price) * factor).quantize(Decimal(coin.tick_size))


SIMULATED_INSTRUMENTS: Mapping[str, Instrument] = {
    name: Instrument(
        instrument_id=name,
        contract_size=Decimal(coin.contract_size),
        lot_size=Decimal(coin.lot_size),
        min_contracts=Decimal(coin.lot_size),
        tick_size=Decimal(coin.tick_size),
    )
    for name, coin in COINS.items()
}


def seed_legs(marks: Mapping[str, Decimal], instruments: Mapping[str, Instrument], opened_at: dt.datetime) -> list[PaperLeg]:
    """Open the account of the description at these mark prices, with its margins and profits."""
    return opened(SEED_LEGS, marks, instruments, opened_at)


def seed_sub_legs(number: int) -> Seed:
    """Return what opens the first legs of a sub-account, the first being 0; there are two kinds, which come by turns."""
    rows = SUB_SEED_LEGS[number % len(SUB_SEED_LEGS)]
    return lambda marks, instruments, opened_at: opened(rows, marks, instruments, opened_at)


def traded_by_hand(number: int) -> frozenset[str]:
    """Name the instruments of a sub-account that its trader touches: those of which the seed has both sides."""
    sides = Counter(row.instrument_id for row in SUB_SEED_LEGS[number % len(SUB_SEED_LEGS)])
    return frozenset(name for name, count in sides.items() if count > 1)


def opened(
    rows: Iterable[SeedLeg], marks: Mapping[str, Decimal], instruments: Mapping[str, Instrument], opened_at: dt.datetime
) -> list[PaperLeg]:
    """Return legs as they are opened at these mark prices.

    Where a real instrument has other lots or another price than the simulated one, the margin is kept as near as lots allow.
    """
    legs = []
    for row in rows:
        name = row.instrument_id
        if name not in marks or name not in instruments:
            continue
        side, mark, instrument = PositionSide(row.side), marks[name], instruments[name]
        coin = COINS[name]
        notional = Decimal(row.contracts) * Decimal(coin.contract_size) * Decimal(coin.price)
        lots = round(notional / (mark * instrument.contract_size * instrument.lot_size))
        entry = mark / (1 + side.sign * Decimal(row.roi) / 100 / row.leverage)
        legs.append(
            PaperLeg(
                instrument_id=name,
                position_side=side,
                margin_mode=row.margin_mode,
                contracts=max(lots * instrument.lot_size, instrument.min_contracts),
                entry_price=entry.quantize(instrument.tick_size / 100),
                leverage=row.leverage,
                opened_at=opened_at,
                adjusted_at=opened_at,
                added_margin=Decimal(row.added_margin),
            )
        )
    return legs
