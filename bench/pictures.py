"""How long a picture takes, from asking for it to its PNG."""

from __future__ import annotations

import datetime as dt
import math
import time
from decimal import Decimal

from tgtp.chat.charts.model import EquityChart, Picture, PriceChart, PriceLine, TakingsChart
from tgtp.chat.charts.render import drawn
from tgtp.chat.formatting.reader import Look
from tgtp.domain.model import Candle, EquitySample
from tgtp.domain.report import DayTakings

BEGUN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def wave(number: int) -> Decimal:
    return Decimal(f"{5 + math.sin(number / 20) / 10:.4f}")


def three() -> dict[str, Picture]:
    """A picture of each kind, as full as they get."""
    look, bar = Look("zh", "dark"), dt.timedelta(minutes=5)
    candles = tuple(
        Candle(opened_at=BEGUN + bar * number, open=wave(number), high="5.2", low="4.8", close=wave(number + 1))
        for number in range(300)
    )
    lines = tuple(PriceLine(f"{number} 档", Decimal(490 + 3 * number) / 100, "tier") for number in range(13))
    days = tuple(
        DayTakings(day=BEGUN.date() + dt.timedelta(days=number), tier=wave(number), hedge=-wave(number + 9), hand=1)
        for number in range(90)
    )
    samples = tuple(EquitySample(at=BEGUN + bar * number, equity=wave(number)) for number in range(30 * 288))
    return {
        "price": PriceChart("STX-USDT-SWAP", candles, lines, (), look),
        "takings of 90 days": TakingsChart("已实现盈亏", days, look),
        "equity of 30 days": EquityChart("账户权益", samples, look),
    }


async def seconds_to_draw() -> list[tuple[str, float]]:
    """Draw the three, the very first one twice: with matplotlib's import, and as it is from then on."""
    pictures = three()
    first = next(iter(pictures))
    found = []
    for what, picture in ((f"{first}, the first of all", pictures[first]), *pictures.items()):
        begun = time.monotonic()
        await drawn(picture)
        found.append((what, time.monotonic() - begun))
    return found
