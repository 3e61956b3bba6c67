"""Backtests, run beside the program: what is asked of one, and what it has come to."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Literal, NamedTuple

from tgtp.domain.model import Moment, NotNegative, Number, Positive, Value
from tgtp.engine.ports.what_if import WhatIfOutcome, WhatIfRequest


class BacktestRequest(Value):
    """A leg, or a pair, of an instrument from ``since`` on, until ``until`` without it, under the ladders given.

    ``long`` and ``short`` are ladders as they are written; ``other`` is one more to be walked, "" for none. ``margin`` (USDT)
    is what a leg begins with, at most; the other two margins are those of the rules in force.
    """

    instrument_id: str
    side: Literal["long", "short", "pair"]
    leverage: Positive
    since: Moment
    until: Moment
    long: str
    short: str
    other: str = ""
    margin: Positive
    min_margin: NotNegative
    keep_margin: NotNegative


class Walked(Value):
    """What one alternative has come to, in USDT; ``fees`` and ``max_drawdown`` above 0, ``funding`` below 0 when paid."""

    name: str
    realised: Number
    unrealised: Number
    fees: NotNegative
    funding: Number
    max_drawdown: NotNegative
    tiers: int
    hedges: int
    liquidated_at: Moment | None = None

    @property
    def net(self) -> Number:
        """All that it changed the equity by, after the opening fee."""
        return self.realised + self.unrealised - self.fees + self.funding


class BacktestOutcome(Value):
    """What a backtest has found: ``alternatives``, the ladder in force first, for legs of ``margin`` USDT each.

    ``bars`` of ``minutes`` each, the first opened at ``since`` at ``entry_price``, the last over at ``until``. ``missing`` bars
    lie in gaps, which nothing walks across.
    """

    alternatives: tuple[Walked, ...]
    margin: Positive
    entry_price: Positive
    since: Moment
    until: Moment
    bars: int
    minutes: int
    missing: int = 0


class Progress(NamedTuple):
    """How far a backtest is: a fraction of its history read, walked, or looked at again by the second."""

    stage: Literal["history", "walk", "seconds"]
    done: float


class Backtests(ABC):
    """Runs backtests where they are in nobody's way."""

    @abstractmethod
    async def run(self, request: BacktestRequest, heard: Callable[[Progress], None]) -> BacktestOutcome:
        """Return what a backtest has come to; ``heard`` is told how far it is. Cancelled, it is gone within a second.

        Raises Invalid where there is nothing to walk: no such instrument, no bars. Raises TemporarilyDown where it could not be
        done now.
        """

    @abstractmethod
    async def what_if(self, request: WhatIfRequest, heard: Callable[[Progress], None]) -> WhatIfOutcome:
        """Return what legs of the past would have come to, in the same way."""
