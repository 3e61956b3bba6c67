"""The nouns: instruments, legs, orders, snapshots.

Every value is frozen and refuses floats, NaN and naive datetimes. Fractions are used inside (0.25), percent only where
people read (25 %). ``contracts`` are always positive; the side says the direction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from enum import Enum, unique
from functools import cached_property, lru_cache
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

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


@unique
class AccountMode(str, Enum):
    """What the account trades on. In portfolio margin OKX gives no leverage and no margin per cross leg: they have no ROI."""

    SPOT = "spot"
    FUTURES = "futures"
    MULTI_CURRENCY = "multi_currency"
    PORTFOLIO_MARGIN = "portfolio_margin"


class Instrument(Value):
    """A USDT-settled linear perpetual swap.

    ``contract_size`` is coins per contract (OKX ``ctVal`` x ``ctMult``); ``lot_size`` and ``min_contracts`` are contracts;
    ``max_market_contracts`` is the largest single market order, or None where the exchange names none. ``ends_at`` is when it
    is taken from the market, None while that is not announced; not ``tradable``: orders are not taken now.
    """

    instrument_id: str
    contract_size: Positive
    lot_size: Positive
    min_contracts: Positive
    tick_size: Positive
    max_market_contracts: Positive | None = None
    ends_at: Moment | None = None
    tradable: bool = True

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

    @property
    def coin(self) -> str:
        """The coin, as people say it."""
        return self.instrument_id.split("-", 1)[0]

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
    ``leverage_known`` is False where the exchange gives no leverage: ``leverage`` is then what the margin comes to, and the ROI
    is the exchange's own figure.
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
    leverage_known: bool = True

    @model_validator(mode="after")
    def _has_a_roi(self) -> Self:
        if not self.leverage_known and self.exchange_roi is None:
            raise ValueError("a leg without leverage has the exchange's ROI, or none at all")
        return self

    @cached_property
    def key(self) -> LegKey:
        """The leg's name."""
        return leg_key(self.instrument.instrument_id, self.position_side, self.margin_mode)

    @cached_property
    def roi(self) -> Decimal:
        """Profit on the entry margin, as a fraction, positive when winning. Added margin does not change it."""
        if not self.leverage_known and self.exchange_roi is not None:
            return self.exchange_roi
        # Divided last: a third times three would fall just short of a threshold that is reached exactly.
        return self.position_side.sign * (self.mark_price - self.entry_price) * self.leverage / self.entry_price

    @cached_property
    def notional(self) -> Decimal:
        """USDT value at the mark price."""
        return self.contracts * self.instrument.contract_size * self.mark_price


Unreadable = Literal[
    "nonsense",  # a number that makes no sense
    "twice",  # the same leg stands twice in one reply
    "unknown_instrument",  # the exchange lists no such instrument
    "portfolio_margin",  # the account's mode gives no leverage and no margin of this leg
    "no_leverage",  # no leverage, and no ROI in its place
    "unnamed",  # no row of its own, but one that names no instrument and may be it
]


class UnreadableLeg(Value):
    """A leg that is open, though its row cannot be worked with: never traded by itself, never taken for gone.

    ``keys`` are the leg, or all that it may be: then it is not ``certain``, and its size is not given. Everything that the row
    does not say is None; ``instrument`` where the exchange lists none. ``detail`` is what is wrong, for the log.
    """

    keys: tuple[LegKey, ...]
    why: Unreadable = "nonsense"
    detail: str = ""
    certain: bool = True
    position_mode: PositionMode | None = None
    contracts: Positive | None = None
    opened_at: Moment | None = None
    adjusted_at: Moment | None = None
    instrument: Instrument | None = None
    mark_price: Positive | None = None
    unrealised_pnl: Number | None = None

    @property
    def key(self) -> LegKey:
        """The leg's name; the first one where it may have several."""
        return self.keys[0]

    @property
    def closable(self) -> bool:
        """Say whether it can be closed by hand: size, side and margin mode suffice."""
        return self.certain and self.contracts is not None and self.position_mode is not None


# An order of anybody's; the exchange itself, because the margin was used up; or against somebody else's loss (ADL).
CloseKind = Literal["order", "liquidation", "partial_liquidation", "partial_adl", "adl"]


class CloseRecord(Value):
    """What the exchange's history says of a life: ``how`` it was closed last, as a ``whole`` or in part, ``at`` a moment.

    How earlier parts were closed is not told. ``realised_pnl`` (USDT) is of the whole life, with fees, funding and penalties;
    ``mark_price`` is the one that set a liquidation off, where it is told.
    """

    leg: LegKey
    opened_at: Moment
    at: Moment
    how: CloseKind
    whole: bool
    realised_pnl: Number
    mark_price: Positive | None = None


class Unwatched(Value):
    """A row of the account that tgtp shows once and never touches. ``reason`` names a text."""

    name: str
    reason: Literal["not_usdt", "not_swap", "unknown_instrument", "unreadable"]
    detail: str = ""


class Snapshot(Value):
    """A whole, well-formed look at the account at ``taken_at``.

    ``equity`` in USD and ``available`` (USDT that new orders and added margin can be paid from), None when only that could not
    be read. ``unreadable`` legs exist, but their rows cannot be worked with. ``nameless`` counts rows that do not even say of
    which instrument they are: each may be any leg that is missing.
    """

    taken_at: Moment
    legs: tuple[Leg, ...]
    equity: Number | None = None
    available: Number | None = None
    unwatched: tuple[Unwatched, ...] = ()
    unreadable: tuple[UnreadableLeg, ...] = ()
    nameless: int = 0

    @cached_property
    def unreadable_keys(self) -> frozenset[LegKey]:
        """The names of all legs that the unreadable ones are or may be."""
        return frozenset(key for leg in self.unreadable for key in leg.keys)

    @property
    def blind_count(self) -> int:
        """How many legs are open, or may be, and cannot be read."""
        unnamed = sum(leg.why == "unnamed" for leg in self.unreadable)
        return len(self.unreadable) - unnamed + max(unnamed, self.nameless)

    def with_missing(self, remembered: Iterable[LegKey]) -> Snapshot:
        """Count remembered legs that have no row as unreadable, where a row names no instrument: each may be that one."""
        seen = self.by_key.keys() | self.unreadable_keys
        missing = sorted((key for key in remembered if key not in seen), key=str) if self.nameless else []
        found = tuple(UnreadableLeg(keys=(key,), why="unnamed", certain=False) for key in missing)
        return self.replaced(unreadable=(*self.unreadable, *found)) if found else self

    @property
    def has_legs(self) -> bool:
        """Say whether anything of ours is open, readable or not."""
        return bool(self.legs or self.unreadable or self.nameless)

    @property
    def closable(self) -> tuple[Leg | UnreadableLeg, ...]:
        """The legs that a hand can close, readable ones first."""
        blind = sorted((leg for leg in self.unreadable if leg.closable), key=lambda leg: str(leg.key))
        return (*self.legs, *blind)

    def held(self, key: LegKey) -> Leg | UnreadableLeg | None:
        """Give a leg, readable or not; None where no row is certainly its own."""
        return self.by_key.get(key) or next((leg for leg in self.unreadable if leg.certain and leg.key == key), None)

    @cached_property
    def by_key(self) -> dict[LegKey, Leg]:
        """The legs by name."""
        return {leg.key: leg for leg in self.legs}


class AccountProfile(Value):
    """What the account's configuration allows. ``ip_bound`` and ``account_mode`` are None where it does not say.

    ``uid`` is the exchange's id of the account, "" where it has none: two keys of one account share it.
    """

    position_mode: PositionMode
    can_trade: bool
    can_withdraw: bool
    ip_bound: bool | None
    label: str = ""
    uid: str = ""
    account_mode: AccountMode | None = None


class Candle(Value):
    """One bar; ``opened_at`` is its start."""

    opened_at: Moment
    open: Positive
    high: Positive
    low: Positive
    close: Positive


class EquitySample(Value):
    """What the account was worth at a moment: ``equity`` in USD, ``unrealised_pnl`` of all legs in USDT."""

    at: Moment
    equity: Number
    unrealised_pnl: Number = Decimal(0)


MAIN = "main"
