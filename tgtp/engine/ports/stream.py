"""What the exchange pushes by itself, between two looks."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Collection
from decimal import Decimal
from typing import Literal, NamedTuple

from tgtp.domain.model import LegKey
from tgtp.errors import Problem

# The last one, of conditional orders, is lost and regained without a word.
Connection = Literal["public", "private", "business"]


class PushedMark(NamedTuple):
    """A mark price; ``price`` is finite and above 0: what is not never leaves the adapter."""

    instrument_id: str
    price: Decimal
    # The exchange's own time of the price, aware, in UTC.
    at: dt.datetime
    # Clock.monotonic() when its frame was read.
    received_at: float
    # Of this instrument, after a (re)connection or (re)subscription.
    is_first: bool


class PushedPosition(NamedTuple):
    """What a position has become. None in a figure: unreadable, which counts as changed."""

    instrument_id: str
    # None where the row does not say which: then any leg of the instrument may have changed.
    leg: LegKey | None
    # 0 when it was closed.
    contracts: Decimal | None
    entry_price: Decimal | None
    leverage: Decimal | None
    margin: Decimal | None
    at: dt.datetime | None
    received_at: float


class PushedOrder(NamedTuple):
    """An order of any leg of the instrument was created, filled or ended: by us, by hand, by another program."""

    instrument_id: str
    received_at: float


class StreamListener(ABC):
    """Hears what is pushed. Every method must return at once and never raise."""

    @abstractmethod
    def mark(self, push: PushedMark) -> None:
        """Take a mark price."""

    @abstractmethod
    def position(self, push: PushedPosition) -> None:
        """Take what a position has become."""

    @abstractmethod
    def order(self, push: PushedOrder) -> None:
        """Take that an order has come, changed or gone."""

    @abstractmethod
    def account_changed(self) -> None:
        """Take that the account's money has changed."""

    @abstractmethod
    def lost(self, connection: Connection, why: Problem) -> None:
        """Take that nothing is known of this connection's things from now on."""

    @abstractmethod
    def regained(self, connection: Connection) -> None:
        """Take that it is logged in and subscribed, for the first time or again."""


class MarkStream(ABC):
    """The public mark prices: one for the process, shared by all accounts."""

    # Monotonic seconds of the last frame or pong; None before the first.
    heard_at: float | None = None

    @abstractmethod
    def follow(self, instrument_ids: Collection[str]) -> None:
        """Replace the instruments that are followed; it is subscribed in the background, within the exchange's limits."""

    @abstractmethod
    async def run(self) -> None:
        """Follow them until cancelled; connects again by itself with growing pauses. Never raises for the network."""

    def rebuild(self) -> bool:
        """Connect anew: what comes is not believed. Return False where that cannot be done."""
        return False


class AccountStream(ABC):
    """One account's positions, orders and money: one for each account."""

    # Monotonic seconds of the last frame or pong; None before the first.
    heard_at: float | None = None

    @abstractmethod
    async def run(self) -> None:
        """Follow the account until cancelled; connects again by itself with growing pauses. Never raises for the network."""

    def rebuild(self) -> bool:
        """Connect anew: what comes is not believed. Return False where that cannot be done."""
        return False
