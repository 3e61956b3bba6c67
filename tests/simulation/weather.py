"""How wild each coin is, hour after hour: what the thresholds of a day may follow."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

from tests.simulation.exchange.trader import COINS
from tests.simulation.oracle.guards.scaling import Factors
from tests.simulation.virtual_time import HeldClock
from tgtp.domain.volatility.factor import Volatility
from tgtp.engine.volatility.scaled_rules import VolatilityBook

HOUR = 3600.0
USUAL = Decimal("0.01")
# How often an hour's bars do not arrive for a coin.
MISSED = 0.3


class Weather:
    """Moves the factors; ``factors`` is what the judge knows of them, ``book`` what the program does."""

    def __init__(self, chance: random.Random, clock: HeldClock) -> None:
        self.factors = Factors()
        self.book = VolatilityBook()
        self._chance, self._clock = chance, clock
        self._next = 0.0

    def move(self, now: float) -> None:
        """Let the hours that are over be known."""
        if now < self._next:
            return
        self._next = now + HOUR
        until = dt.datetime.fromtimestamp(int(self._clock.true_seconds()), dt.UTC)
        for name in COINS:
            if self._chance.random() < MISSED:
                continue
            self.know(name, Decimal(self._chance.randint(75, 150)) / 100, now, until)

    def know(self, name: str, factor: Decimal, now: float, until: dt.datetime) -> None:
        """Let one coin's factor be known, of bars until then."""
        self.book.known[name] = Volatility(until=until, now=USUAL * factor, usual=USUAL, factor=factor)
        self.factors.drawn(name, now, now, factor)
