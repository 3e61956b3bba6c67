"""Prices that wander far enough for ladders and hedges to come due, and jump now and then."""

from __future__ import annotations

import random
from decimal import Decimal

from tests.simulation.exchange.account import Account
from tests.simulation.exchange.trader import COINS

FARTHEST = 0.08
STEP = 5.0
LONGEST_WALK = 1800


class Prices:
    """Each price walks from one mark to the next around where it began."""

    def __init__(self, account: Account, chance: random.Random) -> None:
        self.account = account
        self._chance = chance
        self._anchor = {name: float(account.instruments[name].mark) for name in COINS}
        self._at = dict(self._anchor)
        self._goal = dict(self._anchor)
        self._arrives = dict.fromkeys(COINS, 0.0)
        self._moved = 0.0

    def move(self, now: float) -> None:
        """Let the prices be where they are at this moment."""
        passed = now - self._moved
        if passed < STEP:
            return
        self._moved = now
        for name in COINS:
            if now >= self._arrives[name]:
                self._goal[name] = self._anchor[name] * (1 + self._chance.uniform(-FARTHEST, FARTHEST))
                jump = self._chance.random() < 0.1
                self._arrives[name] = now + (STEP if jump else self._chance.uniform(120, LONGEST_WALK))
            left = max(self._arrives[name] - now, passed)
            way = (self._goal[name] - self._at[name]) * min(passed / left, 1.0)
            self._at[name] += way + self._at[name] * self._chance.gauss(0, 0.0003)
            self._show(name)

    def push(self, name: str, share: float) -> None:
        """Move one price by a share of itself, at once."""
        self._at[name] *= 1 + share
        self._show(name)

    def _show(self, name: str) -> None:
        tick = self.account.instruments[name].tick_size
        mark = Decimal(str(round(self._at[name], 6))) // tick * tick
        self.account.set_mark(name, max(mark, tick))
