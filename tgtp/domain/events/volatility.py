"""Thresholds that follow how wild a coin is, and people's word on that."""

from __future__ import annotations

from typing import Literal

from tgtp.domain.events.fact import Fact
from tgtp.domain.model import Positive
from tgtp.domain.volatility.factor import Missing


class ThresholdsScaled(Fact):
    """The thresholds of these coins, by instrument, are multiplied by these factors from now on."""

    kind: Literal["thresholds_scaled"] = "thresholds_scaled"
    factors: dict[str, Positive]


class ThresholdsUnscaled(Fact):
    """The thresholds of these instruments act as they are written, though they are to follow the volatility."""

    kind: Literal["thresholds_unscaled"] = "thresholds_unscaled"
    instrument_ids: tuple[str, ...]
    why: Missing


class DynamicChanged(Fact):
    """Somebody has let thresholds follow the volatility, or not (``on``); of all coins where ``instrument_id`` is ""."""

    kind: Literal["dynamic_changed"] = "dynamic_changed"
    instrument_id: str
    on: bool
    by: int
