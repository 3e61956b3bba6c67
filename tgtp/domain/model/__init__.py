"""The nouns: instruments, legs, orders, snapshots.

Every value is frozen and refuses floats, NaN and naive datetimes. Fractions are used inside (0.25), percent only where
people read (25 %). ``contracts`` are always positive; the side says the direction.
"""

from __future__ import annotations

from tgtp.domain.model.account import MAIN, AccountMode, AccountProfile, Bill, BillKind, EquitySample, UsdtMoney
from tgtp.domain.model.instrument import Candle, Instrument, coin_of_instrument, name_of_instrument
from tgtp.domain.model.leg import (
    CloseKind,
    CloseRecord,
    Leg,
    LegKey,
    MarginMode,
    PositionMode,
    PositionSide,
    Side,
    Unreadable,
    UnreadableLeg,
    leg_key,
)
from tgtp.domain.model.snapshot import Snapshot, Unwatched
from tgtp.domain.model.value import EPOCH, Moment, NotNegative, Number, Positive, Value

__all__ = [
    "EPOCH",
    "MAIN",
    "AccountMode",
    "AccountProfile",
    "Bill",
    "BillKind",
    "Candle",
    "CloseKind",
    "CloseRecord",
    "EquitySample",
    "Instrument",
    "Leg",
    "LegKey",
    "MarginMode",
    "Moment",
    "NotNegative",
    "Number",
    "PositionMode",
    "PositionSide",
    "Positive",
    "Side",
    "Snapshot",
    "Unreadable",
    "UnreadableLeg",
    "Unwatched",
    "UsdtMoney",
    "Value",
    "coin_of_instrument",
    "leg_key",
    "name_of_instrument",
]
