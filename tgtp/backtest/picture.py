"""A backtest as a picture: the price, the levels of its ladder, and where it sold."""

from __future__ import annotations

import asyncio
import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Final

import numpy as np

from tgtp.backtest.alternatives import ladders_in_force
from tgtp.backtest.bars import Bars
from tgtp.backtest.job import Alternative, BacktestJob, BacktestResult
from tgtp.chat.charts.model import FillKind, FillMark, PriceChart, PriceLine
from tgtp.chat.charts.render import CannotDraw, drawn
from tgtp.chat.formatting.reader import Look
from tgtp.chat.texts import Language, plain
from tgtp.domain.model import EPOCH, Candle
from tgtp.errors import CannotStart, Problem

# More bars than that are no wider than a pixel.
MOST_CANDLES: Final = 400
KINDS: Final[dict[str, FillKind]] = {"tier": "tier", "hedge": "hedge"}


def write_picture(path: Path, job: BacktestJob, bars: Bars, result: BacktestResult, language: Language) -> None:
    """Draw the walk of the ladder; of several entries or paths that with the smallest result. Raises CannotStart."""
    shown = min((one for one in result.alternatives if one.name == "ladder"), key=lambda one: one.result)
    words = {"instrument": job.instrument.instrument_id, "path": shown.path, "result": shown.result}
    title = plain(language, "backtest.picture", **words)
    chart = PriceChart(title, _candles(bars, shown), tuple(_lines(job, shown, language)), tuple(_fills(shown)), Look(language))
    try:
        path.write_bytes(asyncio.run(drawn(chart)))
    except OSError as exc:
        raise CannotStart(Problem("problem.unwritten", path=path, why=exc.strerror or exc)) from exc
    except CannotDraw as exc:
        raise CannotStart(Problem("backtest.undrawn", why=exc)) from exc


def _candles(bars: Bars, shown: Alternative) -> tuple[Candle, ...]:
    """Return the bars from the entry on, several in one where there are too many."""
    first = int(bars.opened_ms.searchsorted((shown.entry_at - EPOCH) // dt.timedelta(milliseconds=1)))
    starts = np.arange(first, len(bars.opened_ms), -(-(len(bars.opened_ms) - first) // MOST_CANDLES))
    lows, highs = np.minimum.reduceat(bars.low, starts), np.maximum.reduceat(bars.high, starts)
    ends = [*(starts[1:] - 1), len(bars.opened_ms) - 1]
    return tuple(
        Candle(
            opened_at=EPOCH + dt.timedelta(milliseconds=int(bars.opened_ms[start])),
            open=bars.exact(int(start))[0],
            high=Decimal(repr(float(high))),
            low=Decimal(repr(float(low))),
            close=bars.exact(int(end))[3],
        )
        for start, end, low, high in zip(starts, ends, lows, highs, strict=True)
    )


def _lines(job: BacktestJob, shown: Alternative, language: Language) -> list[PriceLine]:
    lines = [PriceLine(plain(language, "backtest.picture.entry"), shown.entry_price, "entry")]
    fired = {(fill.position_side, fill.tier) for fill in shown.fills if fill.rule == "tier"}
    for side, ladder in zip(job.sides, ladders_in_force(job), strict=True):
        for tier in ladder.tiers:
            level = shown.entry_price * (1 + side.sign * tier.threshold / job.leverage)
            if level > 0:
                label = plain(language, "backtest.picture.tier", side=side.value, number=tier.number)
                lines.append(PriceLine(label, _short(level), "fired" if (side, tier.number) in fired else "tier"))
    for fill in shown.fills:
        if fill.rule == "liquidation":
            lines.append(PriceLine(plain(language, "backtest.picture.liquidation"), _short(fill.price), "liquidation"))
    return lines


def _fills(shown: Alternative) -> list[FillMark]:
    return [FillMark(fill.at, fill.price, KINDS.get(fill.rule, "guard")) for fill in shown.fills if fill.rule != "liquidation"]


def _short(price: Decimal) -> Decimal:
    return Decimal(f"{price:.6g}")
