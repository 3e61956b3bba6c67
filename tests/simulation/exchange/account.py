"""An OKX account in memory: instruments, legs, orders, fills, money. No HTTP, no waiting.

It answers with OKX's own words (``instId``, ``posSide`` …) and OKX's own codes; its methods for tests are a person's
hands on the account. Everything is Decimal: a float is refused at the door.
"""

from __future__ import annotations

import copy
import dataclasses
import itertools
import math
import re
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_DOWN, Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from tests.simulation.exchange.resting.book import AlgoBook, AlgoOrder

Number = Decimal | int | str
Row = dict[str, Any]
LegSide = Literal["long", "short"]
MarginMode = Literal["cross", "isolated"]
PositionMode = Literal["long_short_mode", "net_mode"]

ZERO, ONE = Decimal(0), Decimal(1)

MESSAGES = {
    "50000": "Body for POST request cannot be empty.",
    "50001": "Service temporarily unavailable. Please try again later.",
    "50002": "JSON syntax error",
    "50004": "API endpoint request timeout. (does not mean that the request was successful or failed, "
    "please check the request result).",
    "50011": "Too Many Requests",
    "50013": "Systems are busy. Please try again later.",
    "50015": "Either parameter {param0} or {param1} is required.",
    "50026": "System error. Try again later",
    "50036": "The expTime can't be earlier than the current system time. Please adjust the expTime and try again.",
    "50061": "You've reached the maximum order rate limit for this account.",
    "50100": "API frozen, please contact customer service.",
    "50101": "APIKey does not match current environment.",
    "50102": "Timestamp request expired",
    "50103": 'Request header "OK-ACCESS-KEY" cannot be empty.',
    "50104": 'Request header "OK-ACCESS-PASSPHRASE" cannot be empty.',
    "50105": 'Request header "OK-ACCESS-PASSPHRASE" incorrect.',
    "50106": 'Request header "OK-ACCESS-SIGN" cannot be empty.',
    "50107": 'Request header "OK-ACCESS-TIMESTAMP" cannot be empty.',
    "50110": "Your IP is not included in your API key's IP whitelist.",
    "50111": "Invalid OK-ACCESS-KEY",
    "50112": "Invalid OK-ACCESS-TIMESTAMP",
    "50113": "Invalid Sign",
    "50115": "Invalid request method.",
    "50120": "This API key doesn't have permission to use this function",
    "51001": "Instrument ID, Instrument ID code or Spread ID doesn't exist.",
    "51003": "Either client order ID or order ID is required.",
    "51008": "Order failed. Insufficient USDT margin in account",
    "51016": "Client order ID already exists.",
    "51020": "Your order should meet or exceed the minimum order amount.",
    "51022": "Contract suspended.",
    "51027": "Contract expired.",
    "51108": "Positions exceed the limit for closing out with the market price.",
    "51111": "Maximum 20 orders can be placed in bulk.",
    "51065": "algoClOrdId already exists",
    "51112": "Close order size exceeds available size for this position.",
    "51121": "Order quantity must be a multiple of the lot size.",
    "51149": "Order timed out. Please try again later.",
    "51169": "Order failed because you don't have any positions in this direction for this contract to reduce or close.",
    "51170": "Failed to place order. A reduce-only order can't be the same trading direction as your existing positions.",
    "51201": "Value of per market order cannot exceed the maximum.",
    "51202": "Market order amount exceeds the maximum amount.",
    "51206": "Please cancel the Reduce Only order before placing the current order to avoid opening a reverse position.",
    "51261": "You've reached the maximum limit of pending orders of this type.",
    "51277": "TP trigger price cannot be higher than the last price",
    "51279": "TP trigger price cannot be lower than the last price",
    "51298": "Trigger orders are not available in the net mode of Expiry Futures and Perpetual Swaps",
    "51299": "Order did not go through. You can hold a maximum of 100 orders of this type.",
    "51300": "TP trigger price cannot be higher than the mark price",
    "51303": "TP trigger price cannot be lower than the mark price",
    "51400": "Cancellation failed as the order has been filled, canceled or does not exist.",
    "51410": "Cancellation failed as the order is already in canceling status or pending settlement.",
    "51412": "Cancellation failed as the order has already been triggered and can't be canceled.",
    "51416": "Order has been triggered and can't be canceled.",
    "51503": "Order modification failed as the order does not exist.",
    "51603": "Order does not exist",
    "59300": "Margin call failed. Position does not exist.",
    "59301": "Margin adjustment failed for exceeding the max limit.",
    "59302": "Margin adjustment failed as there is a pending close order. Please cancel any pending close orders.",
    "59668": "Cancel cross-margin TP/SL, trailing, trigger, and chase orders or stop bots before adjusting your leverage.",
    "59669": "Cancel isolated-margin TP/SL, trailing, trigger, and chase orders or stop bots before adjusting your leverage.",
}

# id: contract size, lot, largest market order, tick, a plausible price
_LISTED = {
    "BTC-USDT-SWAP": ("0.01", "0.01", "12000", "0.1", "90000"),
    "ETH-USDT-SWAP": ("0.1", "0.01", "20000", "0.01", "3000"),
    "LTC-USDT-SWAP": ("1", "0.1", "9000", "0.01", "80"),
    "BCH-USDT-SWAP": ("0.1", "0.1", "4000", "0.1", "600"),
    "AAVE-USDT-SWAP": ("0.1", "0.1", "6000", "0.01", "160"),
    "LINK-USDT-SWAP": ("1", "0.1", "10000", "0.001", "13"),
    "UNI-USDT-SWAP": ("1", "1", "8000", "0.001", "6"),
    "CRV-USDT-SWAP": ("1", "1", "100000", "0.0001", "0.4"),
    "DOT-USDT-SWAP": ("1", "1", "10000", "0.001", "2"),
    "APT-USDT-SWAP": ("1", "0.1", "12000", "0.001", "1.8"),
    "STX-USDT-SWAP": ("10", "0.1", "5000", "0.0001", "0.3"),
    "CRO-USDT-SWAP": ("10", "1", "20000", "0.00001", "0.1"),
    "NEAR-USDT-SWAP": ("10", "0.1", "5000", "0.001", "1.6"),
    "CFX-USDT-SWAP": ("10", "1", "20000", "0.00001", "0.07"),
    "XLM-USDT-SWAP": ("100", "0.1", "4000", "0.00001", "0.2"),
    "FIL-USDT-SWAP": ("0.1", "1", "60000", "0.001", "1.4"),
    "TAO-USDT-SWAP": ("0.01", "1", "15000", "0.1", "240"),
    "BTC-USD-SWAP": ("100", "0.1", "30000", "0.1", "90000"),
    "BTC-USDC-SWAP": ("0.0001", "1", "50000", "0.1", "90000"),
}


class Refused(Exception):
    """OKX says no: its code and its message."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message or MESSAGES.get(code, "Operation failed.")


def decimal(value: Number) -> Decimal:
    """Take a number without a float's noise."""
    if not isinstance(value, (Decimal, int, str)):
        raise TypeError(f"no floats here: {value!r}")
    return Decimal(value)


@dataclass
class Instrument:
    """A perpetual swap; ``mark`` is its mark price, ``last`` its last price where that differs.

    Its legs are funded by ``funding_rate`` whenever ``funding_every_ms`` have passed, counted from midnight UTC.

    ``frozen_mark`` is what position rows show in place of ``mark``, and reckon with, while they stand still.
    """

    inst_id: str
    contract_size: Decimal
    lot_size: Decimal
    min_contracts: Decimal
    max_market_contracts: Decimal
    tick_size: Decimal
    mark: Decimal
    last: Decimal | None = None
    state: str = "live"
    listed: bool = True
    ends_at_ms: int | None = None
    funding_rate: Decimal = Decimal("0.0001")
    funding_every_ms: int = 8 * 3600 * 1000
    frozen_mark: Decimal | None = None

    @cached_property
    def settle(self) -> str:
        """The currency of margin and profit."""
        base, quote, _ = self.inst_id.split("-")
        return base if quote == "USD" else quote

    @cached_property
    def inverse(self) -> bool:
        """Coin-margined: a contract is worth dollars, not coins."""
        return self.inst_id.endswith("-USD-SWAP")

    def worth(self, contracts: Decimal, price: Decimal) -> Decimal:
        """Notional in the settlement currency."""
        face = contracts * self.contract_size
        return face / price if self.inverse else face * price

    def gain(self, side: LegSide, contracts: Decimal, entry: Decimal, leave: Decimal) -> Decimal:
        """Profit between two prices in the settlement currency."""
        rise = self.worth(contracts, leave) - self.worth(contracts, entry)
        return rise if (side == "long") is not self.inverse else -rise


@dataclass
class Leg:
    """One life of a position, from its opening until nothing is left. ``margin`` counts only when isolated.

    Not ``gives_leverage``: its row has no ``lever``, as OKX does in portfolio margin, whatever the account's mode is.
    """

    instrument: Instrument
    side: LegSide
    margin_mode: MarginMode
    position_id: str
    contracts: Decimal
    entry_price: Decimal
    leverage: Decimal
    margin: Decimal
    opened_at_ms: int
    adjusted_at_ms: int
    most_contracts: Decimal = ZERO
    closed_contracts: Decimal = ZERO
    closed_worth: Decimal = ZERO
    pnl: Decimal = ZERO
    fee: Decimal = ZERO
    funding: Decimal = ZERO
    penalty: Decimal = ZERO
    closing_orders: int = 0
    gives_leverage: bool = True
    closing_fraction: str = "1"
    # OKX's number for how it was closed last, when that was, and the leg as it was before.
    closed_how: str = ""
    closed_at_ms: int = 0
    before_close: Leg | None = None

    @property
    def upl(self) -> Decimal:
        """Unrealised profit at the mark price."""
        return self.upl_at(self.instrument.mark)

    def upl_at(self, price: Decimal) -> Decimal:
        """Unrealised profit at any price."""
        return self.instrument.gain(self.side, self.contracts, self.entry_price, price)

    @property
    def entry_margin(self) -> Decimal:
        """Notional at the entry price / leverage: the denominator of ``uplRatio``."""
        return self.instrument.worth(self.contracts, self.entry_price) / self.leverage

    @property
    def initial_margin(self) -> Decimal:
        """``margin`` when isolated; when cross ``imr``, at the mark price."""
        if self.margin_mode == "isolated":
            return self.margin
        return self.instrument.worth(self.contracts, self.instrument.mark) / self.leverage

    @property
    def roi(self) -> Decimal:
        """``uplRatio``, a fraction."""
        return self.upl / self.entry_margin


@dataclass
class Order:
    """An order that the account has accepted, of ``asked`` contracts. ``closes``: it may only make a leg smaller."""

    order_id: str
    client_order_id: str
    instrument: Instrument
    side: str
    pos_side: str
    margin_mode: MarginMode
    order_type: str
    contracts: Decimal
    closes: bool
    reduce_only: bool
    leverage: Decimal
    tag: str
    created_at_ms: int
    updated_at_ms: int
    state: str = "live"
    filled: Decimal = ZERO
    filled_value: Decimal = ZERO
    last_price: Decimal | None = None
    last_contracts: Decimal = ZERO
    asked: Decimal = ZERO
    filled_at_ms: int | None = None
    fee: Decimal = ZERO
    pnl: Decimal = ZERO
    limit: Decimal | None = None
    # The conditional order that became this one.
    algo: AlgoOrder | None = None

    @property
    def rest(self) -> Decimal:
        """Contracts not filled yet."""
        return self.contracts - self.filled


@dataclass(frozen=True)
class Fill:
    """One trade of an order against one ``leg``. ``pos_side`` is never net; ``increased`` says that the leg grew."""

    client_order_id: str
    order_id: str
    inst_id: str
    pos_side: LegSide
    margin_mode: MarginMode
    side: str
    contracts: Decimal
    price: Decimal
    increased: bool
    fee: Decimal
    pnl: Decimal
    at_ms: int
    leg: Leg | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Bill:
    """A line of the account's book; ``kind`` is OKX's number, 8 for funding. ``amount`` in ``ccy``, negative when paid.

    ``fee`` is the part of it that is a fee, ``margin`` what it has moved besides into an isolated leg's margin.
    """

    bill_id: str
    at_ms: int
    kind: str
    ccy: str
    inst_id: str
    margin_mode: str
    contracts: Decimal
    mark: Decimal
    amount: Decimal
    fee: Decimal = ZERO
    margin: Decimal = ZERO


LegKey = tuple[str, LegSide, MarginMode]


@dataclass(frozen=True)
class MarginMoved:
    """A move of isolated margin, USDT, into a leg when ``amount`` is above 0; ``margin`` is what it has after it."""

    leg: Leg
    amount: Decimal
    margin: Decimal


@dataclass(frozen=True)
class Before:
    """A swap as it was before its contract size changed, and until when it is still shown so, in milliseconds."""

    instrument: Instrument
    listed_until_ms: int
    rows_until_ms: int


@dataclass
class Account:
    """The account. Public attributes may be set by a test at any time; ``time`` is its clock, seconds since 1970.

    ``trims_reduce_only``: what net mode does with a reduce-only order above the position could not be established, so
    both are on offer. ``reuses_client_ids``: OKX's documentation promises uniqueness only among pending orders; a bot
    must be safe either way. ``past`` says what the mark price was at a moment, for bars that are over: a calm wave around the
    listed price, unless a test has another story.

    What has happened may be seen only later, by up to a minute at OKX; each record lags for itself, in seconds.
    ``order_lag``: an order can be looked up, and is on a list, only so long after it was created. ``fill_lag``: the same of
    trades, a person's too. ``row_lag``: position rows show the legs as they were so long ago, at the marks of now. It holds
    for what these methods do to a leg from the moment it is set; a test that writes into a leg itself is not held back.
    ``level`` is OKX's account mode. In portfolio margin (4) rows of cross legs have no leverage (``lever`` is ``no_lever``: ""
    and "0" were recorded), and their ``imr`` is that of the whole risk unit.
    ``bill_lag``: the book shows a line only so long after it. ``shows_usdt``: the part of the USDT equity it tells, or None.
    ``bots`` is what OKX's own trading bots hold: it is in the USDT equity, and what they win and lose has no bill here.
    ``close_lag``: the history of positions shows a leg's last close only so long after it.
    ``keeps_unfilled_ms``: an order that was cancelled without a trade is forgotten so long after its end.
    ``shows_usd_price``: rows carry ``usdPx``; some recorded ones leave it empty.
    ``algo`` are its conditional orders; ``algo_orders`` rows of a test's own that are listed among those that wait.
    ``beside``: an account of the same exchange, whose instruments, prices and numbers are this one's too.
    """

    position_mode: PositionMode = "long_short_mode"
    permissions: str = "read_only,trade"
    ip: str = ""
    label: str = "tests"
    uid: str = "44705892343619584"
    main_uid: str = ""
    level: str = "2"
    no_lever: Literal["", "0"] = ""
    cash: Decimal = Decimal(10_000)
    usdt_usd: Decimal = Decimal("1.0003")
    shows_usd_price: bool = True
    fee_rate: Decimal = Decimal("0.0005")
    maintenance_rate: Decimal = Decimal("0.0065")
    slippage: Decimal = ZERO
    trims_reduce_only: bool = True
    reuses_client_ids: bool = False
    order_lag: float = 0.0
    row_lag: float = 0.0
    fill_lag: float = 0.0
    close_lag: float = 0.0
    bill_lag: float = 0.0
    shows_usdt: Decimal | None = ONE
    bots: Decimal = ZERO
    keeps_unfilled_ms: int = 2 * 3600 * 1000
    instruments: dict[str, Instrument] = field(default_factory=dict)
    legs: dict[LegKey, Leg] = field(default_factory=dict)
    lives: list[Leg] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    hand_fills: list[Fill] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)
    extra_rows: list[Row] = field(default_factory=list)
    announced: list[Row] = field(default_factory=list)
    algo_orders: list[Row] = field(default_factory=list)
    time: Callable[[], float] = time.time
    # What prices were: the mark price, and the traded one where it was another; by instrument and moment (ms).
    past: Callable[[str, int], Decimal] | None = None
    traded: Callable[[str, int], Decimal] | None = None
    # Beginnings of bars that OKX has no record of, and the first moment of an instrument that is young; in milliseconds.
    missing_bars: set[int] = field(default_factory=set)
    begins_ms: dict[str, int] = field(default_factory=dict)
    beside: Account | None = None

    def __post_init__(self) -> None:
        self._ids: Iterator[int] = itertools.count(3_234_547_810_395_054_080)
        self._position_ids: dict[tuple[str, str, MarginMode], str] = {}
        self._leverages: dict[tuple[str, str, MarginMode], Decimal] = {}
        self._marked: set[str] = set()
        self._listed_at: dict[str, Decimal] = {}
        self._before: dict[str, Before] = {}
        self._last_ms = 0
        # What the legs were until a moment: before each change, the oldest first.
        self._once: deque[tuple[int, list[Leg]]] = deque()
        # Every move of margin that was done.
        self.margin_moves: list[MarginMoved] = []
        self._neighbours: list[Account] = [self]
        # It is made of the things of this module.
        from tests.simulation.exchange.resting.book import AlgoBook

        self.algo: AlgoBook = AlgoBook(self)
        if self.beside is not None:
            other = self.beside
            self.instruments, self._ids, self._marked = other.instruments, other._ids, other._marked
            self._listed_at, self._before = other._listed_at, other._before
            self._neighbours = other._neighbours
            self._neighbours.append(self)
            return
        for inst_id, (size, lot, largest, tick, mark) in _LISTED.items():
            self.add_instrument(inst_id, size, lot, max_market=largest, tick=tick, mark=mark)

    # -- a person's hands ------------------------------------------------------------------------------------------

    def add_instrument(
        self,
        inst_id: str,
        contract_size: Number = "1",
        lot: Number = "1",
        *,
        minimum: Number | None = None,
        max_market: Number = "10000",
        tick: Number = "0.0001",
        mark: Number = "1",
        listed: bool = True,
    ) -> Instrument:
        """Add or replace a swap; the minimum is one lot unless given. Not ``listed``: the public list hides it."""
        lot_size = decimal(lot)
        smallest = lot_size if minimum is None else decimal(minimum)
        numbers = (decimal(contract_size), lot_size, smallest, decimal(max_market), decimal(tick), decimal(mark))
        self.instruments[inst_id] = Instrument(inst_id, *numbers, listed=listed)
        self._listed_at[inst_id] = decimal(mark)
        return self.instruments[inst_id]

    def set_mark(self, inst_id: str, price: Number) -> None:
        """Move the mark price (and with it the last price, unless that was set apart)."""
        self.instruments[inst_id].mark = decimal(price)
        self._marked.add(inst_id)
        for account in self._neighbours:
            account.algo.look()

    def freeze_mark(self, inst_id: str) -> None:
        """Let the position rows of a swap stand still at the mark price of now, while the public one goes on."""
        self.instruments[inst_id].frozen_mark = self.instruments[inst_id].mark

    def thaw_mark(self, inst_id: str) -> None:
        """Let the position rows go on with the mark price."""
        self.instruments[inst_id].frozen_mark = None

    def redenominate(
        self,
        inst_id: str,
        contract_size: Number,
        lot: Number | None = None,
        *,
        list_lag: float = 0.0,
        row_lag: float = 0.0,
        with_orders: bool = False,
    ) -> None:
        """Change the contract size: as many coins in other contracts, as OKX did with some thirty swaps on one day.

        For ``list_lag`` seconds the public list still names the old size and lot, for ``row_lag`` the position rows the old
        number of contracts. What rests is cancelled. ``with_orders``: orders and trades of before are counted anew as well;
        whether OKX does so is not known.
        """
        instrument, now = self.instruments[inst_id], self.clock_ms()
        for account in self._neighbours:
            account._keep_legs()
            for order in account.live_orders():
                if order.instrument is instrument:
                    account._finish(order)
            for waiting in account.algo.waiting():
                if waiting.instrument is instrument:
                    account.algo.end(waiting)
        self._before[inst_id] = Before(copy.copy(instrument), now + int(list_lag * 1000), now + int(row_lag * 1000))
        times = instrument.contract_size / decimal(contract_size)
        instrument.contract_size = decimal(contract_size)
        if lot is not None:
            instrument.lot_size = instrument.min_contracts = decimal(lot)
        for account in self._neighbours:
            account._recount(instrument, times, with_orders=with_orders)

    def _recount(self, instrument: Instrument, times: Decimal, *, with_orders: bool) -> None:
        for leg in (*self.lives, *(leg for _, kept in self._once for leg in kept)):
            if leg.instrument is instrument:
                leg.contracts *= times
                leg.most_contracts *= times
                leg.closed_contracts *= times
                leg.closed_worth *= times
        if not with_orders:
            return
        for order in self.orders:
            if order.instrument is instrument:
                order.contracts, order.asked = order.contracts * times, order.asked * times
                order.filled, order.last_contracts = order.filled * times, order.last_contracts * times
                order.filled_value *= times
        self.fills = [
            replace(fill, contracts=fill.contracts * times) if fill.inst_id == instrument.inst_id else fill
            for fill in self.fills
        ]

    def listed_instrument(self, inst_id: str) -> Instrument:
        """Give a swap as the public list names it."""
        before = self._before.get(inst_id)
        if before is not None and self.clock_ms() < before.listed_until_ms:
            return before.instrument
        return self.instruments[inst_id]

    def contracts_in_row(self, leg: Leg) -> Decimal:
        """Give the contracts of a leg as its row counts them."""
        before = self._before.get(leg.instrument.inst_id)
        if before is not None and self.clock_ms() < before.rows_until_ms:
            return leg.contracts * leg.instrument.contract_size / before.instrument.contract_size
        return leg.contracts

    def set_roi(self, inst_id: str, side: LegSide, roi_percent: Number, margin_mode: MarginMode | None = None) -> Decimal:
        """Move the mark price to where this leg has this ROI, and return it. The other side of the pair moves too."""
        leg = self.leg(inst_id, side, margin_mode)
        push = decimal(roi_percent) if side == "long" else -decimal(roi_percent)
        whole = 100 * leg.leverage
        entry = leg.entry_price
        mark = entry * whole / (whole - push) if leg.instrument.inverse else entry + entry * push / whole
        if mark <= 0:
            raise ValueError(f"{inst_id} {side} cannot have {roi_percent} % at {leg.leverage}x")
        self.set_mark(inst_id, mark)
        return mark

    def leg(self, inst_id: str, side: LegSide, margin_mode: MarginMode | None = None) -> Leg:
        """Return the open leg; name the margin mode where both exist. KeyError if there is none."""
        modes: tuple[MarginMode, ...] = ("cross", "isolated") if margin_mode is None else (margin_mode,)
        found = [self.legs[inst_id, side, mode] for mode in modes if (inst_id, side, mode) in self.legs]
        if len(found) != 1:
            raise KeyError(f"{len(found)} legs of {inst_id} {side}")
        return found[0]

    def open_leg(
        self,
        inst_id: str,
        side: LegSide,
        contracts: Number,
        entry_price: Number,
        *,
        leverage: Number = 10,
        margin_mode: MarginMode = "cross",
        added_margin: Number = 0,
        opened_at_ms: int | None = None,
    ) -> Leg:
        """Open a leg by hand. The mark price goes to the entry, unless a test has set it."""
        if (inst_id, side, margin_mode) in self.legs:
            raise ValueError(f"{inst_id} {side} {margin_mode} is open already: grow it")
        other: LegSide = "short" if side == "long" else "long"
        if self.position_mode == "net_mode" and (inst_id, other, margin_mode) in self.legs:
            raise ValueError(f"{inst_id} {margin_mode} is {other}: net mode has one direction")
        instrument = self.instruments[inst_id]
        if inst_id not in self._marked and not any(key[0] == inst_id for key in self.legs):
            instrument.mark = decimal(entry_price)
        leg = self._increase(
            instrument, side, margin_mode, decimal(contracts), decimal(entry_price), leverage=decimal(leverage)
        )
        if margin_mode == "isolated":
            leg.margin += decimal(added_margin)
        if opened_at_ms is not None:
            leg.opened_at_ms = leg.adjusted_at_ms = opened_at_ms
        return leg

    def past_leg(
        self,
        inst_id: str,
        side: LegSide,
        contracts: Number,
        entry_price: Number,
        close_price: Number,
        *,
        opened_at_ms: int,
        closed_at_ms: int,
        leverage: Number = 10,
        margin_mode: MarginMode = "isolated",
        funding: Number = 0,
        how: str = "2",
    ) -> Leg:
        """Add a life that is over: opened once, closed once (``how``: OKX's number)."""
        instrument, size, entry, left = (
            self.instruments[inst_id],
            decimal(contracts),
            decimal(entry_price),
            decimal(close_price),
        )
        fee = -(instrument.worth(size, entry) + instrument.worth(size, left)) * self.fee_rate
        leg = Leg(
            instrument,
            side,
            margin_mode,
            str(next(self._ids)),
            ZERO,
            entry,
            decimal(leverage),
            ZERO,
            opened_at_ms,
            closed_at_ms,
            most_contracts=size,
            closed_contracts=size,
            closed_worth=size * left,
            pnl=instrument.gain(side, size, entry, left),
            fee=fee,
            funding=decimal(funding),
            closed_how=how,
            closed_at_ms=closed_at_ms,
        )
        self.lives.append(leg)
        return leg

    def close_leg(self, inst_id: str, side: LegSide, margin_mode: MarginMode | None = None) -> None:
        """Close a leg by hand at the mark price."""
        leg = self.leg(inst_id, side, margin_mode)
        self._close_by_hand(leg, leg.contracts, leg.instrument.mark)

    def grow_leg(
        self,
        inst_id: str,
        side: LegSide,
        contracts: Number,
        price: Number | None = None,
        *,
        margin_mode: MarginMode | None = None,
    ) -> Leg:
        """Add to a leg by hand, at the mark price unless given."""
        leg = self.leg(inst_id, side, margin_mode)
        at = leg.instrument.mark if price is None else decimal(price)
        return self._increase(leg.instrument, side, leg.margin_mode, decimal(contracts), at)

    def shrink_leg(
        self,
        inst_id: str,
        side: LegSide,
        contracts: Number,
        price: Number | None = None,
        *,
        margin_mode: MarginMode | None = None,
    ) -> Leg:
        """Close part of a leg by hand, at the mark price unless given."""
        leg = self.leg(inst_id, side, margin_mode)
        self._close_by_hand(leg, decimal(contracts), leg.instrument.mark if price is None else decimal(price))
        return leg

    def liquidate_leg(
        self,
        inst_id: str,
        side: LegSide,
        contracts: Number | None = None,
        price: Number | None = None,
        *,
        penalty: Number = 0,
        margin_mode: MarginMode | None = None,
    ) -> Leg:
        """Let OKX liquidate a leg, or a part of it, for a ``penalty`` in the settlement currency."""
        return self._close_by_force(self.leg(inst_id, side, margin_mode), contracts, price, decimal(penalty), ("3", "4"))

    def deleverage_leg(
        self,
        inst_id: str,
        side: LegSide,
        contracts: Number | None = None,
        price: Number | None = None,
        *,
        margin_mode: MarginMode | None = None,
    ) -> Leg:
        """Let OKX close a leg, or a part of it, against somebody's loss: auto-deleveraging (ADL)."""
        return self._close_by_force(self.leg(inst_id, side, margin_mode), contracts, price, ZERO, ("6", "5"))

    def reopen(
        self,
        inst_id: str,
        side: LegSide,
        *,
        contracts: Number | None = None,
        entry_price: Number | None = None,
        margin_mode: MarginMode | None = None,
    ) -> Leg:
        """Close a leg and open it again: the same position id, a new creation time. Entry at the mark unless given."""
        old = self.leg(inst_id, side, margin_mode)
        size = old.contracts if contracts is None else decimal(contracts)
        entry = old.instrument.mark if entry_price is None else decimal(entry_price)
        self._reduce(old, old.contracts, old.instrument.mark)
        return self.open_leg(inst_id, side, size, entry, leverage=old.leverage, margin_mode=old.margin_mode)

    def fund_leg(
        self, inst_id: str, side: LegSide, amount: Number, margin_mode: MarginMode | None = None, *, at_ms: int | None = None
    ) -> Bill:
        """Let a leg receive funding, or pay it when negative; an isolated one with its own margin."""
        leg, received = self.leg(inst_id, side, margin_mode), decimal(amount)
        self._keep_legs()
        leg.funding += received
        if leg.margin_mode == "isolated":
            leg.margin += received
        leg.adjusted_at_ms = self.now_ms()
        if leg.instrument.settle == "USDT":
            self.cash += received
        return self.bill("8", received, inst_id, leg.instrument.settle, leg=leg, at_ms=at_ms)

    def transfer(self, amount: Number) -> Bill:
        """Move USDT into the account, or out of it when negative."""
        self.cash += decimal(amount)
        return self.bill("1", amount)

    def start_bot(self, amount: Number) -> Bill:
        """Give USDT to a trading bot of OKX's, or take them back when negative."""
        self.cash -= decimal(amount)
        self.bots += decimal(amount)
        return self.bill("12", -decimal(amount))

    def bill(
        self,
        kind: str,
        amount: Number,
        inst_id: str = "",
        ccy: str = "USDT",
        *,
        leg: Leg | None = None,
        at_ms: int | None = None,
        fee: Decimal = ZERO,
        margin: Decimal = ZERO,
    ) -> Bill:
        """Write a line of any kind into the account's book: funding of a leg that is gone, a transfer …"""
        numbers = (ZERO, ZERO) if leg is None else (leg.contracts, leg.instrument.mark)
        mode = "" if leg is None else leg.margin_mode
        at = self.now_ms() if at_ms is None else at_ms
        self.bills.append(Bill(str(next(self._ids)), at, kind, ccy, inst_id, mode, *numbers, decimal(amount), fee, margin))
        return self.bills[-1]

    def past_mark(self, inst_id: str, at_ms: int) -> Decimal:
        """Say what the mark price was."""
        if self.past is not None:
            return self.past(inst_id, at_ms)
        listed = self._listed_at[inst_id]
        swing = math.sin(at_ms / 2_000_000 + len(inst_id)) * 0.02 + math.sin(at_ms / 90_000) * 0.003
        return round(listed * (1 + Decimal(f"{swing:.6f}")), 8)

    def past_trade(self, inst_id: str, at_ms: int) -> Decimal:
        """Say what the traded price was: the mark price, unless a test has another one."""
        return self.traded(inst_id, at_ms) if self.traded is not None else self.past_mark(inst_id, at_ms)

    def fill_live(self, client_order_id: str | None = None, *, order_id: str | None = None, share: Number = 1) -> list[Order]:
        """Fill the resting orders (or the one named); a share below 1 leaves the rest on the book."""
        touched = []
        part = decimal(share)
        for order in self.live_orders():
            if client_order_id in {None, order.client_order_id} and order_id in {None, order.order_id}:
                self._fill(order, self._floor(order.instrument, order.rest * part))
                if part >= 1:
                    self._finish(order)
                elif order.filled:
                    order.state = "partially_filled"
                touched.append(order)
        return touched

    def cancel_live(self, client_order_id: str | None = None) -> None:
        """Cancel what rests on the book, or the one order named."""
        for order in self.live_orders():
            if client_order_id in {None, order.client_order_id}:
                self._finish(order)

    def live_orders(self) -> list[Order]:
        """Orders still on the book, newest first."""
        return [order for order in reversed(self.orders) if order.state in {"live", "partially_filled"}]

    @property
    def equity(self) -> Decimal:
        """Equity in USD. Setting it changes the cash; afterwards it moves with the marks."""
        return round((self.cash + self.upl) * self.usdt_usd, 12)

    @equity.setter
    def equity(self, value: Number) -> None:
        self.cash = decimal(value) / self.usdt_usd - self.upl

    @property
    def upl(self) -> Decimal:
        """Unrealised profit of all legs margined in USDT."""
        return sum((leg.upl for leg in self.legs.values() if leg.instrument.settle == "USDT"), ZERO)

    @property
    def available(self) -> Decimal:
        """USDT that is not bound: an isolated leg wins and loses within its own margin, not in what is free."""
        legs = [leg for leg in self.legs.values() if leg.instrument.settle == "USDT"]
        shared = (leg.upl for leg in legs if leg.margin_mode == "cross")
        return self.cash + sum(shared, ZERO) - sum((leg.initial_margin for leg in legs), ZERO)

    # -- what a request does ---------------------------------------------------------------------------------------

    def place(self, body: Mapping[str, Any], *, share: Decimal = ONE, live: bool = False) -> Order:
        """Accept an order or raise Refused. ``share`` fills a part and cancels the rest; ``live`` leaves it resting."""
        instrument = self.instruments.get(str(body.get("instId")))
        if instrument is None:
            raise Refused("51001")
        mode = body.get("tdMode")
        order_type = body.get("ordType")
        side = body.get("side")
        known_types = {"market", "optimal_limit_ioc", "ioc", "fok", "limit", "post_only"}
        for name, good in (
            ("tdMode", mode in {"cross", "isolated"}),
            ("side", side in {"buy", "sell"}),
            ("ordType", order_type in known_types),
        ):
            if not good:
                raise Refused("51000", f"Parameter {name} error")
        asked = contracts = self.order_size(instrument, body)
        limit = self._limit(instrument, body)
        client_id = str(body.get("clOrdId") or "")
        self._check_client_id(client_id)
        if instrument.ends_at_ms is not None and self.now_ms() >= instrument.ends_at_ms:
            raise Refused("51027")
        if instrument.state != "live":
            raise Refused("51022")
        pos_side = str(body.get("posSide") or ("net" if self.position_mode == "net_mode" else ""))
        if pos_side not in ({"net"} if self.position_mode == "net_mode" else {"long", "short"}):
            raise Refused("51000", "Parameter posSide error")
        reduce_only = body.get("reduceOnly") in {True, "true"}
        pushes: LegSide = "long" if side == "buy" else "short"
        against: LegSide = "short" if side == "buy" else "long"
        closes = reduce_only if pos_side == "net" else pos_side == against
        margin_mode: MarginMode = "cross" if mode == "cross" else "isolated"
        if closes:
            contracts = self._closable(instrument, pushes, against, margin_mode, contracts, net=pos_side == "net")
        elif pos_side == "net":
            self.algo.check_reversing(self.legs.get((instrument.inst_id, against, margin_mode)), contracts)
        leverage = self._leverage(instrument, pushes, pos_side, margin_mode)
        shrinks_first = pos_side == "net" and (instrument.inst_id, against, margin_mode) in self.legs
        if not closes and not shrinks_first:
            need = instrument.worth(contracts, instrument.mark) / leverage
            if instrument.settle == "USDT" and need > self.available:
                raise Refused("51008")
        now = self.now_ms()
        order = Order(
            order_id=str(next(self._ids)),
            client_order_id=client_id,
            instrument=instrument,
            side=str(side),
            pos_side=pos_side,
            margin_mode=margin_mode,
            order_type=str(order_type),
            contracts=contracts,
            asked=asked,
            closes=closes,
            reduce_only=reduce_only,
            leverage=leverage,
            tag=str(body.get("tag") or ""),
            created_at_ms=now,
            updated_at_ms=now,
            limit=limit,
        )
        self.orders.append(order)
        if not live and order_type not in {"limit", "post_only"}:
            self._fill(order, self._floor(instrument, contracts * share))
            self._finish(order)
        return order

    def find_order(self, inst_id: str, order_id: str = "", client_order_id: str = "") -> Order:
        """Return the latest matching order that is known, or raise Refused 51603."""
        if not (order_id or client_order_id):
            raise Refused("51003")
        for order in self.known_orders():
            known = order.order_id == order_id if order_id else order.client_order_id == client_order_id
            if known and order.instrument.inst_id == inst_id:
                return order
        raise Refused("51603")

    def known_orders(self) -> Iterator[Order]:
        """Orders that are known by now and not forgotten yet, newest first."""
        now = self.clock_ms()
        for order in reversed(self.orders):
            is_forgotten = (
                order.state == "canceled" and not order.filled and order.updated_at_ms + self.keeps_unfilled_ms <= now
            )
            if not is_forgotten and self.has_lagged(order.created_at_ms, self.order_lag):
                yield order

    def shown_lives(self) -> list[Leg]:
        """Give the lives as position rows show them: those of ``row_lag`` seconds ago."""
        for until_ms, lives in self._once:
            if not self.has_lagged(until_ms, self.row_lag):
                return lives
        return self.lives

    def has_lagged(self, at_ms: int, lag: float) -> bool:
        """Whether something of this moment may be seen by now."""
        # Without a lag it may at once: ``now_ms`` runs ahead of a clock that is held.
        return not lag or at_ms + lag * 1000 <= self.clock_ms()

    def move_margin(self, inst_id: str, pos_side: str, amount: Number) -> Leg:
        """Add isolated margin, or take it away when negative; never below notional / leverage and what the leg has lost."""
        if pos_side not in ({"net"} if self.position_mode == "net_mode" else {"long", "short"}):
            raise Refused("51000", "Parameter posSide error")
        leg = None
        for held in self.legs.values():
            if held.instrument.inst_id == inst_id and held.margin_mode == "isolated" and pos_side in {"net", held.side}:
                leg = held
        if leg is None:
            raise Refused("59300")
        self.algo.check_margin_move(leg)
        step = decimal(amount)
        floor = leg.instrument.worth(leg.contracts, leg.instrument.mark) / leg.leverage
        if step > max(self.available, ZERO):
            raise Refused("51008")
        if step < 0 and leg.margin + step < floor - min(leg.upl, ZERO):
            raise Refused("59301")
        self._keep_legs()
        leg.margin += step
        leg.adjusted_at_ms = self.now_ms()
        self.margin_moves.append(MarginMoved(leg, step, leg.margin))
        return leg

    def set_leverage(self, inst_id: str, margin_mode: MarginMode, leverage: Number, pos_side: str = "") -> None:
        """Change the leverage of open legs and of what is opened later; refused while a conditional order waits."""
        self.algo.check_leverage(inst_id, margin_mode)
        self._keep_legs()
        for side in ("long", "short"):
            if pos_side in ("", "net", side):
                self._leverages[inst_id, side, margin_mode] = decimal(leverage)
                for key, leg in self.legs.items():
                    if key == (inst_id, side, margin_mode):
                        before = leg.entry_margin
                        leg.leverage = decimal(leverage)
                        # What a lower leverage needs more goes into an isolated leg.
                        leg.margin += leg.entry_margin - before if margin_mode == "isolated" else ZERO

    def now_ms(self) -> int:
        """Milliseconds since 1970, never twice the same: two lives of a leg must differ."""
        self._last_ms = max(int(self.time() * 1000), self._last_ms + 1)
        return self._last_ms

    def clock_ms(self) -> int:
        """Milliseconds since 1970 by the account's clock; asking changes nothing."""
        return int(self.time() * 1000)

    def new_id(self) -> str:
        """Give an id of OKX's."""
        return str(next(self._ids))

    def order_size(self, instrument: Instrument, body: Mapping[str, Any]) -> Decimal:
        """Return the contracts that a body asks for, or raise Refused."""
        raw = str(body.get("sz") or "")
        if not re.fullmatch(r"\d+(\.\d+)?", raw) or not (contracts := Decimal(raw)):
            raise Refused("51000", "Parameter sz error")
        if contracts % instrument.lot_size:
            raise Refused("51121")
        if contracts < instrument.min_contracts:
            raise Refused("51020")
        if body.get("ordType") in {"market", "optimal_limit_ioc"} and contracts > instrument.max_market_contracts:
            raise Refused("51202")
        return contracts

    def fill_triggered(self, algo: AlgoOrder, contracts: Decimal, share: Decimal) -> Order:
        """Trade the market order that a conditional order becomes: OKX gives it no name."""
        instrument, now = algo.instrument, self.now_ms()
        order = Order(
            order_id=self.new_id(),
            client_order_id="",
            instrument=instrument,
            side=algo.side,
            pos_side=algo.pos_side,
            margin_mode=algo.margin_mode,
            order_type="market",
            contracts=contracts,
            asked=contracts,
            closes=True,
            reduce_only=True,
            leverage=self._leverage(instrument, algo.closes, algo.pos_side, algo.margin_mode),
            tag=algo.tag,
            created_at_ms=now,
            updated_at_ms=now,
            algo=algo,
        )
        self.orders.append(order)
        self._fill(order, self._floor(instrument, contracts * share))
        self._finish(order)
        return order

    def trim_closes(self, leg: Leg) -> None:
        """Cancel resting orders that would close more of a leg than it has, the newest first."""
        side = "sell" if leg.side == "long" else "buy"
        mine = (leg.instrument, side, leg.margin_mode, True)
        resting = [one for one in self.live_orders() if (one.instrument, one.side, one.margin_mode, one.closes) == mine]
        for order in resting:
            if sum((one.rest for one in resting if one.state != "canceled"), ZERO) > leg.contracts:
                self._finish(order)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _keep_legs(self) -> None:
        """Keep the legs as they are before something changes them."""
        while self._once and self.has_lagged(self._once[0][0], self.row_lag):
            self._once.popleft()
        now = self.clock_ms()
        if self.row_lag and not (self._once and self._once[-1][0] == now):
            self._once.append((now, [copy.copy(leg) for leg in self.lives]))

    def _limit(self, instrument: Instrument, body: Mapping[str, Any]) -> Decimal | None:
        """Return the price of an order that has one: a whole number of ticks."""
        if body.get("ordType") not in {"ioc", "fok", "limit", "post_only"}:
            return None
        raw = str(body.get("px") or "")
        if not re.fullmatch(r"\d+(\.\d+)?", raw) or not (price := Decimal(raw)) or price % instrument.tick_size:
            raise Refused("51000", "Parameter px error")
        return price

    def _check_client_id(self, client_id: str) -> None:
        if not client_id:
            return
        if not re.fullmatch(r"[A-Za-z0-9]{1,32}", client_id):
            raise Refused("51000", "Parameter clOrdId error")
        rivals = self.live_orders() if self.reuses_client_ids else self.orders
        if any(order.client_order_id == client_id for order in rivals):
            raise Refused("51016")

    def _closable(
        self,
        instrument: Instrument,
        pushes: LegSide,
        against: LegSide,
        mode: MarginMode,
        contracts: Decimal,
        *,
        net: bool,
    ) -> Decimal:
        """Return how much a closing order may close, or refuse it as OKX does."""
        leg = self.legs.get((instrument.inst_id, against, mode))
        if leg is None:
            raise Refused("51170" if net and (instrument.inst_id, pushes, mode) in self.legs else "51169")
        side = "sell" if against == "long" else "buy"
        resting = (
            order.rest
            for order in self.live_orders()
            if (order.instrument, order.side, order.margin_mode, order.closes) == (instrument, side, mode, True)
        )
        free = leg.contracts - sum(resting, ZERO)
        if contracts <= free:
            return contracts
        if net and self.trims_reduce_only and free > 0:
            return free
        raise Refused("51112")

    def _leverage(self, instrument: Instrument, pushes: LegSide, pos_side: str, mode: MarginMode) -> Decimal:
        side = pushes if pos_side == "net" else pos_side
        for key, leg in self.legs.items():
            if key[0] == instrument.inst_id and key[2] == mode and (pos_side == "net" or key[1] == side):
                return leg.leverage
        return self._leverages.get((instrument.inst_id, side, mode), Decimal(10))

    def _fill(self, order: Order, contracts: Decimal) -> None:
        """Trade at the mark price: first against the opposite leg, the rest opens, unless the order may only close."""
        if contracts <= 0:
            return
        instrument = order.instrument
        pushes: LegSide = "long" if order.side == "buy" else "short"
        against: LegSide = "short" if order.side == "buy" else "long"
        slip = 1 + self.slippage if order.side == "buy" else 1 - self.slippage
        price = instrument.mark * slip
        beyond = order.limit is not None and (price > order.limit if order.side == "buy" else price < order.limit)
        if order.order_type in {"ioc", "fok"} and beyond:
            # Nobody trades at that price: what is not filled at once is cancelled.
            return
        leg = self.legs.get((instrument.inst_id, against, order.margin_mode))
        if leg is not None and order.pos_side in {"net", against}:
            part = min(contracts, leg.contracts)
            fee, pnl = self._reduce(leg, part, price)
            self._note(order, leg, part, price, fee, pnl)
            contracts -= part
        if contracts and not order.closes:
            leg = self._increase(instrument, pushes, order.margin_mode, contracts, price, leverage=order.leverage, charge=True)
            fee = -instrument.worth(contracts, price) * self.fee_rate
            self._note(order, leg, contracts, price, fee, None)

    def _note(self, order: Order, leg: Leg, contracts: Decimal, price: Decimal, fee: Decimal, pnl: Decimal | None) -> None:
        # A trade and what it does to the leg happen at the same moment.
        now = leg.adjusted_at_ms
        order.filled += contracts
        order.filled_value += contracts * price
        order.last_price, order.last_contracts = price, contracts
        order.fee += fee
        order.pnl += pnl or ZERO
        order.filled_at_ms = order.updated_at_ms = now
        self.fills.append(
            Fill(
                client_order_id=order.client_order_id,
                order_id=order.order_id,
                inst_id=order.instrument.inst_id,
                pos_side=leg.side,
                margin_mode=order.margin_mode,
                side=order.side,
                contracts=contracts,
                price=price,
                increased=pnl is None,
                fee=fee,
                pnl=pnl or ZERO,
                at_ms=now,
                leg=leg,
            )
        )

    def _finish(self, order: Order) -> None:
        order.state = "canceled" if order.rest else "filled"
        order.updated_at_ms = self.now_ms()

    def _increase(
        self,
        instrument: Instrument,
        side: LegSide,
        mode: MarginMode,
        contracts: Decimal,
        price: Decimal,
        *,
        leverage: Decimal = Decimal(10),
        charge: bool = False,
    ) -> Leg:
        self._keep_legs()
        now = self.now_ms()
        key: LegKey = (instrument.inst_id, side, mode)
        leg = self.legs.get(key)
        if leg is None:
            label = "net" if self.position_mode == "net_mode" else side
            position_id = self._position_ids.setdefault((instrument.inst_id, label, mode), str(next(self._ids)))
            leg = Leg(instrument, side, mode, position_id, ZERO, price, leverage, ZERO, now, now)
            self.legs[key] = leg
            self.lives.append(leg)
        total = leg.contracts + contracts
        if instrument.inverse:
            leg.entry_price = total / (leg.contracts / leg.entry_price + contracts / price)
        else:
            leg.entry_price = (leg.contracts * leg.entry_price + contracts * price) / total
        if mode == "isolated":
            leg.margin += instrument.worth(contracts, price) / leg.leverage
        leg.contracts = total
        leg.most_contracts = max(leg.most_contracts, total)
        leg.adjusted_at_ms = now
        fee = -instrument.worth(contracts, price) * self.fee_rate
        leg.fee += fee
        if charge:
            margin = instrument.worth(contracts, price) / leg.leverage if mode == "isolated" else ZERO
            self._book("2", leg, fee, fee, margin)
        return leg

    def _reduce(self, leg: Leg, contracts: Decimal, price: Decimal, how: str = "2") -> tuple[Decimal, Decimal]:
        """Close part of a leg; return the fee (negative) and the profit without it."""
        if not 0 < contracts <= leg.contracts:
            raise ValueError(f"cannot take {contracts} from {leg.contracts}")
        self._keep_legs()
        leg.before_close = dataclasses.replace(leg, before_close=None)
        instrument = leg.instrument
        pnl = instrument.gain(leg.side, contracts, leg.entry_price, price)
        fee = -instrument.worth(contracts, price) * self.fee_rate
        released = leg.margin * contracts / leg.contracts
        leg.margin -= released
        leg.contracts -= contracts
        leg.closed_contracts += contracts
        leg.closed_worth += contracts * price
        leg.pnl += pnl
        leg.fee += fee
        leg.adjusted_at_ms = leg.closed_at_ms = self.now_ms()
        leg.closed_how = "1" if leg.contracts else "2"
        self._book(how, leg, pnl + fee, fee, -released)
        if not leg.contracts:
            del self.legs[instrument.inst_id, leg.side, leg.margin_mode]
        self.algo.leg_shrank(leg)
        return fee, pnl

    def _close_by_hand(self, leg: Leg, contracts: Decimal, price: Decimal) -> None:
        fee, pnl = self._reduce(leg, contracts, price)
        self.hand_fills.append(
            Fill(
                client_order_id="",
                order_id=str(next(self._ids)),
                inst_id=leg.instrument.inst_id,
                pos_side=leg.side,
                margin_mode=leg.margin_mode,
                side="sell" if leg.side == "long" else "buy",
                contracts=contracts,
                price=price,
                increased=False,
                fee=fee,
                pnl=pnl,
                at_ms=leg.adjusted_at_ms,
            )
        )

    def _close_by_force(
        self, leg: Leg, contracts: Number | None, price: Number | None, penalty: Decimal, how: tuple[str, str]
    ) -> Leg:
        """Close all of a leg (the first of ``how``) or a part (the second), as no order of anybody's does."""
        size = leg.contracts if contracts is None else decimal(contracts)
        self._reduce(leg, size, leg.instrument.mark if price is None else decimal(price), "5" if how[0] == "3" else "9")
        leg.closed_how = how[1] if leg.contracts else how[0]
        leg.penalty -= penalty
        self._book("5", leg, -penalty, -penalty)
        return leg

    def _book(self, kind: str, leg: Leg, amount: Decimal, fee: Decimal, margin: Decimal = ZERO) -> None:
        if leg.instrument.settle == "USDT":
            self.cash += amount
        if amount:
            self.bill(
                kind,
                amount,
                leg.instrument.inst_id,
                leg.instrument.settle,
                leg=leg,
                at_ms=self._last_ms,
                fee=fee,
                margin=margin,
            )

    @staticmethod
    def _floor(instrument: Instrument, contracts: Decimal) -> Decimal:
        return (contracts / instrument.lot_size).to_integral_value(ROUND_DOWN) * instrument.lot_size
