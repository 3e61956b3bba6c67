"""The nouns: instruments, legs, orders, snapshots.

Every value is frozen and refuses floats, NaN and naive datetimes. Fractions are used inside (0.25), percent only where
people read (25 %). ``contracts`` are always positive; the side says the direction.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import Enum, unique
from functools import cached_property, lru_cache
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def _refuse_float(value: Any) -> Any:
    if isinstance(value, (float, bool)):
        raise ValueError(f"money and sizes are never floats: {value!r}")  # noqa: TRY004 - pydantic wants ValueError
    return value


def _utc(value: dt.datetime) -> dt.datetime:
    return value.astimezone(dt.UTC)


Number = Annotated[Decimal, BeforeValidator(_refuse_float), Field(allow_inf_nan=False)]
Positive = Annotated[Decimal, BeforeValidator(_refuse_float), Field(allow_inf_nan=False, gt=0)]
NotNegative = Annotated[Decimal, BeforeValidator(_refuse_float), Field(allow_inf_nan=False, ge=0)]
Moment = Annotated[AwareDatetime, AfterValidator(_utc)]


class Value(BaseModel):
    """A frozen value. Change one by ``replaced``: pydantic's ``model_copy`` would skip the validation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def replaced(self, **changes: Any) -> Self:
        """Return a validated copy with some fields changed."""
        return type(self)(**{**{name: getattr(self, name) for name in type(self).model_fields}, **changes})


@unique
class PositionSide(str, Enum):
    """Which way a leg points."""

    LONG = "long"
    SHORT = "short"

    @property
    def sign(self) -> int:
        """+1 for long, -1 for short."""
        return 1 if self is PositionSide.LONG else -1

    @property
    def opposite(self) -> PositionSide:
        """The other side."""
        return PositionSide.SHORT if self is PositionSide.LONG else PositionSide.LONG

    @property
    def closing(self) -> Side:
        """The order side that makes a leg of this side smaller."""
        return Side.SELL if self is PositionSide.LONG else Side.BUY

    @property
    def opening(self) -> Side:
        """The order side that makes a leg of this side larger."""
        return Side.BUY if self is PositionSide.LONG else Side.SELL


@unique
class Side(str, Enum):
    """The side of an order."""

    BUY = "buy"
    SELL = "sell"


@unique
class MarginMode(str, Enum):
    """How a leg is margined."""

    CROSS = "cross"
    ISOLATED = "isolated"


@unique
class PositionMode(str, Enum):
    """The account setting: one net position, or long and short side by side."""

    NET = "net"
    LONG_SHORT = "long_short"


class Instrument(Value):
    """A USDT-settled linear perpetual swap.

    ``contract_size`` is coins per contract (OKX ``ctVal`` x ``ctMult``); ``lot_size`` and ``min_contracts`` are contracts;
    ``max_market_contracts`` is the largest single market order, or None where the exchange names none.
    """

    instrument_id: str
    contract_size: Positive
    lot_size: Positive
    min_contracts: Positive
    tick_size: Positive
    max_market_contracts: Positive | None = None

    @property
    def coin(self) -> str:
        """The coin, as people say it: ``STX`` of ``STX-USDT-SWAP``."""
        return self.instrument_id.split("-", 1)[0]


class LegKey(Value):
    """Names a leg: one side of one instrument in one margin mode."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    instrument_id: str
    position_side: PositionSide
    margin_mode: MarginMode

    def __str__(self) -> str:
        """Give the ledger's key: ``CRV-USDT-SWAP_long`` for cross, ``CRV-USDT-SWAP_long_isolated`` for isolated.

        >>> str(LegKey(instrument_id="CRV-USDT-SWAP", position_side="long", margin_mode="cross"))
        'CRV-USDT-SWAP_long'
        """
        name = f"{self.instrument_id}_{self.position_side.value}"
        return name if self.margin_mode is MarginMode.CROSS else f"{name}_isolated"

    @classmethod
    def parse(cls, text: str) -> LegKey:
        """Read what ``str`` wrote."""
        name = text.removesuffix("_isolated")
        instrument_id, _, side = name.rpartition("_")
        return cls(
            instrument_id=instrument_id,
            position_side=PositionSide(side),
            margin_mode=MarginMode.CROSS if name == text else MarginMode.ISOLATED,
        )


# A leg is looked at every few seconds for months: its name is built once.
@lru_cache(maxsize=4096)
def leg_key(instrument_id: str, position_side: PositionSide, margin_mode: MarginMode) -> LegKey:
    """Name a leg."""
    return LegKey(instrument_id=instrument_id, position_side=position_side, margin_mode=margin_mode)


class Leg(Value):
    """One side of one perpetual swap, as the exchange shows it now.

    ``initial_margin`` in USDT: OKX ``margin`` when isolated, ``imr`` when cross. ``opened_at`` is the exchange's creation
    time (``cTime``) and, with the key, names one life of the leg. ``adjusted_at`` is when its size last changed
    (``uTime``). ``unrealised_pnl`` in USDT. ``exchange_roi`` is the exchange's own figure as a fraction, for comparison.
    ``exchange_notional`` (USDT) is its own figure of the notional, ``public_mark`` the mark price that it tells everybody.
    ``priced_at`` is the mark price's own time, by our clock; None where the exchange names none.
    ``closing_orders`` counts the person's own resting take-profit and stop orders that close the whole leg.
    ``break_even_price`` is where closing everything would leave neither profit nor loss of this life, fees counted in.
    ``fees`` (USDT, positive when paid) and ``funding`` (USDT, positive when received) of this life so far. ``margin_ratio`` is
    the exchange's own: it liquidates at 1. All of these are None where the exchange names none.
    """

    instrument: Instrument
    position_side: PositionSide
    margin_mode: MarginMode
    position_mode: PositionMode
    contracts: Positive
    entry_price: Positive
    mark_price: Positive
    leverage: Positive
    initial_margin: NotNegative
    opened_at: Moment
    adjusted_at: Moment
    unrealised_pnl: Number = Decimal(0)
    realised_pnl: Number = Decimal(0)
    exchange_roi: Number | None = None
    exchange_notional: NotNegative | None = None
    public_mark: Positive | None = None
    liquidation_price: Positive | None = None
    priced_at: Moment | None = None
    closing_orders: int = 0
    break_even_price: Positive | None = None
    fees: Number | None = None
    funding: Number | None = None
    margin_ratio: Positive | None = None

    @cached_property
    def key(self) -> LegKey:
        """The leg's name."""
        return leg_key(self.instrument.instrument_id, self.position_side, self.margin_mode)

    @cached_property
    def roi(self) -> Decimal:
        """Profit on the entry margin, as a fraction, positive when winning. Added margin does not change it."""
        # Divided last: a third times three would fall just short of a threshold that is reached exactly.
        return self.position_side.sign * (self.mark_price - self.entry_price) * self.leverage / self.entry_price

    @cached_property
    def notional(self) -> Decimal:
        """USDT value at the mark price."""
        return self.contracts * self.instrument.contract_size * self.mark_price


class Unwatched(Value):
    """A row of the account that tgtp shows once and never touches. ``reason`` names a text."""

    name: str
    reason: Literal["not_usdt", "not_swap", "unknown_instrument", "unreadable"]
    detail: str = ""


class Snapshot(Value):
    """A whole, well-formed look at the account at ``taken_at``.

    ``equity`` in USD and ``available`` (USDT that new orders and added margin can be paid from), None when only that could not
    be read. ``unreadable`` legs exist, but their row made no sense: they are neither traded nor taken for gone.
    """

    taken_at: Moment
    legs: tuple[Leg, ...]
    equity: Number | None = None
    available: Number | None = None
    unwatched: tuple[Unwatched, ...] = ()
    unreadable: frozenset[LegKey] = frozenset()

    @cached_property
    def by_key(self) -> dict[LegKey, Leg]:
        """The legs by name."""
        return {leg.key: leg for leg in self.legs}


class Profile(Value):
    """What the account's configuration allows. ``ip_bound`` is None where the exchange does not say.

    ``uid`` is the exchange's id of the account, "" where it has none: two keys of one account share it.
    """

    position_mode: PositionMode
    can_trade: bool
    can_withdraw: bool
    ip_bound: bool | None
    label: str = ""
    uid: str = ""


class Candle(Value):
    """One bar; ``opened_at`` is its start."""

    opened_at: Moment
    open: Positive
    high: Positive
    low: Positive
    close: Positive


class Sample(Value):
    """What the account was worth at a moment: ``equity`` in USD, ``unrealised_pnl`` of all legs in USDT."""

    at: Moment
    equity: Number
    unrealised_pnl: Number = Decimal(0)


MAIN = "main"
