"""What to walk, and what came of it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Literal, NamedTuple

from tgtp.domain.ladder import Ladder
from tgtp.domain.liquidation.price import MAINTENANCE_RATE
from tgtp.domain.model import Instrument, MarginMode, PositionSide
from tgtp.domain.plan import Rules
from tgtp.domain.sizing import TAKER_FEE

Execution = Literal["polled", "resting"]
# The order of a bar's two extremes.
Order = Literal["low-first", "high-first"]
PathChoice = Literal["low-first", "high-first", "worst"]
# Settlements: when (unix ms), and the rate, a fraction of the notional that a long pays.
Rates = tuple[tuple[int, Decimal], ...]


class BacktestJob(NamedTuple):
    """One coin, and how its legs are opened, kept and closed; rates are fractions.

    The bars before ``begins_ms`` (unix ms) only tell how wild the coin was; None where there are none. ``entry_price`` is that
    of legs that are held already when their bars begin; None: they are opened at the first price. ``every_ms``: anew each so
    many ms. ``equity`` (USDT) bears cross legs, None for as much as ever is needed. ``funding`` is one rate per eight hours, or
    what was settled. ``only`` names the alternatives that are wanted; all, where it is empty. ``beside`` are more legs of the
    same size and price, in a margin mode of their own; in each of ``pauses`` (from and until, unix ms) nothing is decided.
    """

    instrument: Instrument
    sides: tuple[PositionSide, ...]
    rules: Rules
    contracts: Decimal = Decimal(100)
    leverage: Decimal = Decimal(10)
    margin_mode: MarginMode = MarginMode.ISOLATED
    equity: Decimal | None = None
    begins_ms: int | None = None
    entry_price: Decimal | None = None
    every_ms: int | None = None
    ladders: tuple[Ladder, ...] = ()
    execution: Execution = "polled"
    interval_ms: int = 10_000
    path: PathChoice = "low-first"
    taker_fee: Decimal = TAKER_FEE
    slippage: Decimal = Decimal(0)
    funding: Decimal | Rates | None = None
    maintenance_rate: Decimal = MAINTENANCE_RATE
    only: tuple[str, ...] = ()
    beside: tuple[tuple[PositionSide, MarginMode], ...] = ()
    pauses: tuple[tuple[int, int], ...] = ()

    @property
    def legs(self) -> tuple[tuple[PositionSide, MarginMode], ...]:
        """All legs that are opened."""
        return *((side, self.margin_mode) for side in self.sides), *self.beside

    @property
    def orders(self) -> tuple[Order, ...]:
        """The paths that are walked."""
        return ("low-first", "high-first") if self.path == "worst" else (self.path,)


class Fill(NamedTuple):
    """One order of a walk; ``pnl`` (USDT) is before the ``fee``, at the ``price`` that it filled at.

    Its leg was entered at ``entry_price``.
    """

    at: dt.datetime
    position_side: PositionSide
    rule: str
    tier: int | None
    price: Decimal
    contracts: Decimal
    contracts_left: Decimal
    pnl: Decimal
    fee: Decimal
    margin_mode: MarginMode
    entry_price: Decimal


class Alternative(NamedTuple):
    """What one set of rules came to on one path from one entry on, in USDT; ``funding`` is below 0 where it was paid.

    ``opening_fee`` is beside the ``fees``. ``slippage`` is what the prices of the fills lost by it, and ``best`` and ``worst``
    are of the equity at the bars' corners and at fills. ``held_until`` is when the last contract was gone, or the end.
    """

    name: str
    path: Order
    entry_at: dt.datetime
    entry_price: Decimal
    fills: tuple[Fill, ...]
    realised: Decimal
    unrealised: Decimal
    fees: Decimal
    funding: Decimal
    max_drawdown: Decimal
    opening_fee: Decimal
    slippage: Decimal
    best: Decimal
    worst: Decimal
    held_until: dt.datetime

    @property
    def result(self) -> Decimal:
        """The change of equity after the opening fee."""
        return self.realised + self.unrealised - self.fees + self.funding


class BacktestResult(NamedTuple):
    """All that was walked; ``seconds`` without imports and reading."""

    bars: int
    looks_skipped: int
    seconds: float
    alternatives: tuple[Alternative, ...]
