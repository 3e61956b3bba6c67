"""Pictures as values: what stands on each. Nothing here draws."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Literal, NamedTuple

from tgtp.chat.formatting.reader import Look
from tgtp.domain.model import Candle, EquitySample
from tgtp.domain.report import DayTakings, Source

LineKind = Literal["entry", "tier", "fired", "mark", "liquidation", "break_even"]
FillKind = Source


class PriceLine(NamedTuple):
    """A level across the chart: a ``label`` at its right end, the ``price`` written out behind it."""

    label: str
    price: Decimal
    kind: LineKind


class FillMark(NamedTuple):
    """An order of ours that has filled."""

    at: dt.datetime
    price: Decimal
    kind: FillKind


class PriceChart(NamedTuple):
    """Mark prices with what matters about one or both legs of an instrument. ``candles`` oldest first, at least one."""

    title: str
    candles: tuple[Candle, ...]
    lines: tuple[PriceLine, ...]
    fills: tuple[FillMark, ...]
    look: Look


class TakingsChart(NamedTuple):
    """Realised USDT per day, stacked by tier / hedge / by hand, with the cumulative line. ``days`` in order, at least one."""

    title: str
    days: tuple[DayTakings, ...]
    look: Look


class EquityChart(NamedTuple):
    """Equity and its drawdown from the peak so far. ``samples`` oldest first, at least two."""

    title: str
    samples: tuple[EquitySample, ...]
    look: Look


Picture = PriceChart | TakingsChart | EquityChart
