"""What the paper exchange remembers, in ``paper.json``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import orjson
from pydantic import ValidationError

from tgtp.adapters.storage.atomic_file import unreadable, write_whole
from tgtp.domain.funding.rates import FundingRate
from tgtp.domain.model import (
    Bill,
    CloseKind,
    CloseRecord,
    Instrument,
    Leg,
    LegKey,
    MarginMode,
    Moment,
    NotNegative,
    Number,
    PositionMode,
    PositionSide,
    Positive,
    UnreadableLeg,
    Value,
)
from tgtp.domain.order import Order
from tgtp.domain.resting.conditional import Conditional
from tgtp.domain.sizing import TAKER_FEE, break_even
from tgtp.errors import CannotStart, Problem, TemporarilyDown

START_CASH = Decimal(1000)
# As many as OKX gives a price that it has worked out.
PLACES = 10


class PaperLeg(Value):
    """A leg as the paper exchange keeps it: over its life, in USDT, ``realised_pnl`` with fees off, and the ``fees`` paid.

    ``added_margin`` (USDT) is what was moved into an isolated leg, below 0 where more was moved out; its funding is in it.
    ``funding`` (USDT, positive when received) is that of its life, and in ``realised_pnl``.
    """

    instrument_id: str
    position_side: PositionSide
    margin_mode: MarginMode
    contracts: Positive
    entry_price: Positive
    leverage: Positive
    opened_at: Moment
    adjusted_at: Moment
    realised_pnl: Number = Decimal(0)
    fees: NotNegative = Decimal(0)
    added_margin: Number = Decimal(0)
    funding: Number = Decimal(0)

    @property
    def key(self) -> LegKey:
        """The leg's name."""
        return LegKey(instrument_id=self.instrument_id, position_side=self.position_side, margin_mode=self.margin_mode)

    def shown(self, instrument: Instrument, mark: Decimal, mode: PositionMode, liquidated_at: Decimal | None = None) -> Leg:
        """Return the leg as the exchange shows it at a mark price, and where it would be liquidated, if that is asked for."""
        coins = self.contracts * instrument.contract_size
        # As OKX: cross margin follows the mark price, isolated margin stays at the entry's.
        price = mark if self.margin_mode is MarginMode.CROSS else self.entry_price
        pnl = (mark - self.entry_price) * self.position_side.sign * coins
        margin = coins * price / self.leverage + self.added_margin
        liquidation_price = round(liquidated_at, PLACES) if liquidated_at is not None else Decimal(0)
        return Leg(
            instrument=instrument,
            position_side=self.position_side,
            margin_mode=self.margin_mode,
            position_mode=mode,
            contracts=self.contracts,
            entry_price=self.entry_price,
            mark_price=mark,
            # It is the price that everybody is told.
            public_mark=mark,
            leverage=self.leverage,
            initial_margin=max(margin, Decimal(0)),
            opened_at=self.opened_at,
            adjusted_at=self.adjusted_at,
            unrealised_pnl=pnl,
            realised_pnl=self.realised_pnl,
            liquidation_price=liquidation_price if liquidation_price > 0 else None,
            break_even_price=break_even(self.entry_price, self.position_side, coins, self.realised_pnl, TAKER_FEE),
            fees=self.fees,
            funding=self.funding,
        )

    def unreadable(self, mode: PositionMode) -> UnreadableLeg:
        """Return the leg as it is while its instrument is not listed."""
        return UnreadableLeg(
            keys=(self.key,),
            why="unknown_instrument",
            position_mode=mode,
            contracts=self.contracts,
            opened_at=self.opened_at,
            adjusted_at=self.adjusted_at,
        )

    def closed(self, how: CloseKind, at: dt.datetime, pnl: Decimal, mark_price: Decimal | None = None) -> CloseRecord:
        """Return what is remembered of its end, which realised ``pnl`` (USDT)."""
        realised = self.realised_pnl + pnl
        return CloseRecord(
            leg=self.key, opened_at=self.opened_at, at=at, how=how, whole=True, realised_pnl=realised, mark_price=mark_price
        )

    def funded(self, payment: Decimal, at: dt.datetime) -> PaperLeg:
        """Return it after a settlement that paid it (USDT, below 0: that it paid); an isolated leg pays with its own margin."""
        own = payment if self.margin_mode is MarginMode.ISOLATED else Decimal(0)
        return self.replaced(
            adjusted_at=at,
            realised_pnl=self.realised_pnl + payment,
            funding=self.funding + payment,
            added_margin=self.added_margin + own,
        )

    def smaller(self, left: Decimal, at: dt.datetime, pnl: Decimal, fee: Decimal) -> PaperLeg:
        """Return it with ``left`` contracts; as much of what was added to its margin goes with those that were closed."""
        return self.replaced(
            contracts=left,
            adjusted_at=at,
            realised_pnl=self.realised_pnl + pnl - fee,
            fees=self.fees + fee,
            added_margin=self.added_margin * left / self.contracts,
        )

    def larger(self, contracts: Decimal, price: Decimal, at: dt.datetime, fee: Decimal) -> PaperLeg:
        """Return it with so many contracts more, bought at ``price``."""
        held = self.contracts + contracts
        return self.replaced(
            contracts=held,
            entry_price=round((self.contracts * self.entry_price + contracts * price) / held, PLACES),
            adjusted_at=at,
            realised_pnl=self.realised_pnl - fee,
            fees=self.fees + fee,
        )


def available(legs: Iterable[Leg], cash: Decimal) -> Decimal:
    """Return the USDT that no leg binds: cash - the margin of every leg + the unrealised profit or loss of the cross legs.

    An isolated leg wins and loses within its own margin, a cross leg in what belongs to all.
    """
    for leg in legs:
        cash -= leg.initial_margin
        if leg.margin_mode is MarginMode.CROSS:
            cash += leg.unrealised_pnl
    return cash


class Funded(Value):
    """What one settlement paid all legs of an instrument (USDT, below 0: what they paid)."""

    at: Moment
    payment: Number


class PaperResting(Value):
    """A conditional order of a leg that was ``opened_at`` then, in contracts of this size; ``order`` is what it became."""

    shown: Conditional
    opened_at: Moment
    contract_size: Positive
    order: Order | None = None

    @property
    def waits(self) -> bool:
        """Whether it may still be triggered."""
        return self.shown.status == "live"

    @property
    def nearness(self) -> Decimal:
        """What orders them as a price that moves their way meets them."""
        return (self.shown.trigger_price or Decimal(0)) * self.shown.leg.position_side.sign

    def is_due(self, mark: Decimal) -> bool:
        """Return whether a mark price triggers it."""
        return mark * self.shown.leg.position_side.sign >= self.nearness


class PaperAccount(Value):
    """All that the paper exchange remembers; ``genesis`` is when its simulated market began."""

    genesis: Moment
    cash: Number = START_CASH
    orders_placed: int = 0
    legs: tuple[PaperLeg, ...] = ()
    orders: tuple[Order, ...] = ()
    fees: NotNegative = Decimal(0)
    visits: int = 0
    # The contract size (coins) that the legs of an instrument are counted in.
    contract_sizes: dict[str, Positive] = {}
    # The leverage that a leg last had, by its name: an exchange keeps it when the leg is closed.
    leverages: dict[str, Positive] = {}
    # The rates that were shown and are not settled yet, by instrument, and what has been settled.
    rates: dict[str, FundingRate] = {}
    funded: tuple[Funded, ...] = ()
    # The newest lines of its book, and the number of the last one.
    bills: tuple[Bill, ...] = ()
    bill_number: int = 0
    # Its conditional orders, those that have ended too, and how many there ever were.
    resting: tuple[PaperResting, ...] = ()
    resting_placed: int = 0

    def write(self, path: Path) -> None:
        """Write it down as a whole. Raises TemporarilyDown."""
        try:
            write_whole(path, orjson.dumps(self.model_dump(mode="json"), option=orjson.OPT_INDENT_2))
        except OSError as exc:
            raise TemporarilyDown(Problem("problem.unsaved", why=exc.strerror or exc)) from exc


def read_paper_account(path: Path, now: dt.datetime) -> PaperAccount:
    """Read the account of an earlier run, or begin one. Raises CannotStart.

    Not as the ledger is unreadable: that one is whole, and must not be given up for it.
    """
    try:
        return PaperAccount(**orjson.loads(path.read_bytes()))
    except FileNotFoundError:
        return PaperAccount(genesis=now)
    except OSError as exc:
        raise unreadable(path, CannotStart, Problem.of_words(exc.strerror or exc)) from exc
    except (orjson.JSONDecodeError, ValidationError, TypeError) as exc:
        raise unreadable(path, CannotStart, Problem.of_words(str(exc).splitlines()[0])) from exc
