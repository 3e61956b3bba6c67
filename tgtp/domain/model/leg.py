"""One side of an instrument: its name, what the exchange shows of it, readable or not, and how it was closed."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum, unique
from functools import cached_property, lru_cache
from typing import Literal, Self

from pydantic import ConfigDict, model_validator

from tgtp.domain.model.instrument import Instrument, coin_of_instrument
from tgtp.domain.model.value import Moment, NotNegative, Number, Positive, Value


@unique
class PositionSide(str, Enum):
    """Which way a leg points."""

    LONG = "long"
    SHORT = "short"

    @property
    def sign(self) -> int:
        """+1 for long, -1 for short."""
        return 1 if self is PositionSide.LONG else -1

    def reaches(self, price: Decimal, mark_price: Decimal) -> bool:
        """Return whether a mark price is at ``price`` or on the winning side of it.

        >>> [PositionSide.LONG.reaches(Decimal(5), Decimal(mark)) for mark in ("4.99", "5", "5.01")]
        [False, True, True]
        >>> [PositionSide.SHORT.reaches(Decimal(5), Decimal(mark)) for mark in ("4.99", "5", "5.01")]
        [True, True, False]
        """
        return mark_price >= price if self is PositionSide.LONG else mark_price <= price

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


class LegKey(Value):
    """Names a leg: one side of one instrument in one margin mode."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    instrument_id: str
    position_side: PositionSide
    margin_mode: MarginMode

    @property
    def coin(self) -> str:
        """The coin, as people say it."""
        return coin_of_instrument(self.instrument_id)

    # Asked for hundreds of times in a check: pydantic's own look at more than a name has.
    def __eq__(self, other: object) -> bool:
        """Return whether it is the same leg."""
        return self is other or (isinstance(other, LegKey) and self.__dict__ == other.__dict__)

    def __hash__(self) -> int:
        """Return the same for the same leg."""
        return hash((self.instrument_id, self.position_side, self.margin_mode))

    def __str__(self) -> str:
        """Return the ledger's key: ``CRV-USDT-SWAP_long`` for cross, ``CRV-USDT-SWAP_long_isolated`` for isolated.

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
        return leg_key(instrument_id, PositionSide(side), MarginMode.CROSS if name == text else MarginMode.ISOLATED)


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
        """Return whether it can be closed by hand: size, side and margin mode suffice."""
        return self.certain and self.contracts is not None and self.position_mode is not None


# An order of anybody's; the exchange itself, because the margin was used up; or against somebody else's loss (ADL).
CloseKind = Literal["order", "liquidation", "partial_liquidation", "partial_adl", "adl"]


class CloseRecord(Value):
    """What the exchange's history says of a life: ``how`` it was closed last, as a ``whole`` or in part, ``at`` a moment.

    How earlier parts were closed is not told. ``realised_pnl`` (USDT) is of the whole life, with fees, funding and penalties;
    ``mark_price`` is the one that set a liquidation off, where it is told. ``most_contracts`` were held at once, opened at
    ``entry_price`` and closed at ``close_price`` in the mean; ``fees`` (USDT, positive when paid) and ``funding`` (USDT,
    positive when received) are of the whole life. Each of these is None where the history does not name it.
    """

    leg: LegKey
    opened_at: Moment
    at: Moment
    how: CloseKind
    whole: bool
    realised_pnl: Number
    mark_price: Positive | None = None
    most_contracts: Positive | None = None
    entry_price: Positive | None = None
    close_price: Positive | None = None
    leverage: Positive | None = None
    fees: Number | None = None
    funding: Number | None = None
