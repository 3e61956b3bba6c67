"""What OKX remembers: bars of the mark price, and bills."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tgtp.domain.model import Candle


async def read_candles(client: Any, instrument_id: str, since: dt.datetime, now: dt.datetime) -> tuple[Candle, ...]:  # noqa: ARG001
    """Read the mark price's bars. Raises TemporarilyDown."""
    return ()
