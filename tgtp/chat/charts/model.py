"""Pictures as values, and the one way to have them drawn: outside the event loop, with matplotlib loaded at the first one."""

from __future__ import annotations

import asyncio
import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Literal, NamedTuple

from tgtp.chat.texts import Language
from tgtp.domain.model import Candle, Sample
from tgtp.domain.report import DayTakings, Source

Theme = Literal["light", "dark"]
LineKind = Literal["entry", "tier", "fired", "mark", "liquidation", "break_even"]
FillKind = Source

# One thread: what matplotlib keeps for itself is not made for more, and one picture at a time leaves the checks a core.
_STUDIO = ThreadPoolExecutor(max_workers=1, thread_name_prefix="charts")


class CannotDraw(Exception):
    """The picture could not be drawn; whoever asked for it gets the words alone."""


class Look(NamedTuple):
    """How a picture is drawn for one person."""

    language: Language = "en"
    theme: Theme = "light"
    zone: dt.tzinfo = dt.UTC


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
    samples: tuple[Sample, ...]
    look: Look


Picture = PriceChart | TakingsChart | EquityChart


async def drawn(picture: Picture) -> bytes:
    """Draw a picture as PNG. Raises CannotDraw."""
    return await asyncio.get_running_loop().run_in_executor(_STUDIO, _draw, picture)


def _draw(picture: Picture) -> bytes:
    try:
        # Imported here: matplotlib costs half a second and 60 MB, which whoever wants no pictures need not pay.
        from tgtp.chat.charts.draw import draw  # noqa: PLC0415

        return draw(picture)
    except (ImportError, ArithmeticError, LookupError, ValueError, RuntimeError, OSError) as exc:
        raise CannotDraw(f"{type(exc).__name__}: {exc}") from exc
