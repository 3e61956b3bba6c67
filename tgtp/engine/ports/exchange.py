"""Where orders go, and where prices come from."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from tgtp.domain.funding.rates import FundingRate, Settled
from tgtp.domain.model import AccountProfile, Bill, Candle, CloseRecord, Instrument, Snapshot
from tgtp.domain.order import Intent, MarginMove, Order, Placed, Resting

if TYPE_CHECKING:
    from tgtp.domain.notifications.ahead import Downtime
    from tgtp.engine.ports.conditional import ConditionalOrders
    from tgtp.engine.ports.requests import RequestCount


class Exchange(ABC):
    """An account at an exchange."""

    @abstractmethod
    async def profile(self) -> AccountProfile:
        """Read what the account's configuration allows.

        Raises AccessRefused, TemporarilyDown.
        """

    @abstractmethod
    async def snapshot(self) -> Snapshot:
        """Look at the whole account. Never partial: whatever is not whole and well-formed raises.

        Raises AccessRefused, TemporarilyDown.
        """

    @abstractmethod
    async def submit(self, intent: Intent) -> str:
        """Send one order and return the exchange's id of it. It makes the leg smaller unless it ``grows``.

        It fills at market at once, or with a limit price at that or better; what does not is cancelled.

        Raises OrderRefused (definite), OutcomeUnknown (look it up), AccessRefused (nothing happened), NotSent (no connection).
        """

    @abstractmethod
    async def find_order(self, intent: Intent) -> Order | None:
        """Look an order's row up, by the exchange's id where that is known; None when the exchange says that it has none.

        Raises AccessRefused, TemporarilyDown.
        """

    @abstractmethod
    async def find_trades(self, intent: Intent) -> Order | None:
        """Read what the exchange's records (ended orders, our own trades) know of an order whose row it does not show.

        None when all of them, read whole, know nothing of it. With trades alone its end is not known: its status is FILLED
        where they add up to all of it, else LIVE. Raises AccessRefused, TemporarilyDown.
        """

    @abstractmethod
    async def move_margin(self, move: MarginMove) -> None:
        """Move margin into or out of an isolated leg. It has no name to look it up by: only the leg's margin tells its outcome.

        Raises OrderRefused (definite; OKX 59301: more than can be withdrawn), OutcomeUnknown (it may have happened, or happen
        yet), AccessRefused (nothing happened).
        """

    @abstractmethod
    async def mark_candles(self, instrument_id: str, since: dt.datetime) -> tuple[Candle, ...]:
        """Return the mark price's bars from ``since`` to now, oldest first, at most some 300, of whatever width fits.

        Empty where there is no such record. Raises TemporarilyDown.
        """

    @abstractmethod
    async def hour_bars(self, instrument_id: str, before: dt.datetime | None = None) -> tuple[Candle, ...]:
        """Return the newest one-hour bars of the mark price that are over, oldest first, at most 100; they begin on the hour.

        Only those that began ``before`` a moment, where one is given: pages go back in time. Hours may be missing. Empty where
        there are none. Raises TemporarilyDown.
        """

    @abstractmethod
    async def settled_since(self, since: dt.datetime) -> tuple[Settled, ...] | None:
        """Return the funding of the whole account since then, settlement by settlement; None where that is not known.

        Raises AccessRefused, TemporarilyDown.
        """

    async def funding_since(self, since: dt.datetime) -> Decimal | None:
        """Return its sum (USDT, positive when received). Raises as ``settled_since``."""
        found = await self.settled_since(since)
        return None if found is None else sum((one.payment for one in found), Decimal(0))

    @abstractmethod
    async def bills_since(self, since: dt.datetime) -> tuple[Bill, ...] | None:
        """Return the lines of the account's book in USDT from then on (by the exchange's clock), oldest first.

        None where that is longer ago than it is kept, or there are too many. Raises AccessRefused, TemporarilyDown.
        """

    @abstractmethod
    async def funding_rate(self, instrument_id: str) -> FundingRate | None:
        """Return the rate at which an instrument's legs are funded next; None where the exchange does not say it.

        It may be of a settlement that is just over. Raises TemporarilyDown, AccessRefused.
        """

    @abstractmethod
    async def orders_since(self, since: dt.datetime) -> tuple[Placed, ...]:
        """Return the orders with names like ours that were created since then, resting and ended ones, at most of seven days.

        Raises AccessRefused, TemporarilyDown.
        """

    @abstractmethod
    async def closes_since(self, since: dt.datetime) -> tuple[CloseRecord, ...]:
        """Return every life of a leg that was closed, or closed in part, since then, newest first.

        Raises AccessRefused, TemporarilyDown.
        """

    @property
    def conditional(self) -> ConditionalOrders | None:
        """What may wait here for a mark price; None where nothing can."""
        return None

    async def downtimes(self) -> tuple[Downtime, ...]:
        """Return the times that are announced in which the exchange will not trade; past ones may be among them.

        Raises AccessRefused, TemporarilyDown.
        """
        return ()

    async def resting(self) -> tuple[Resting, ...]:
        """Return the orders that wait at the exchange, of anybody's, take-profits and stops among them.

        Raises AccessRefused, TemporarilyDown.
        """
        return ()

    def doubt_instruments(self) -> bool:
        """Have the instruments read anew at the next look; False where that was done within the last minute, or never is."""
        return False

    def skew(self) -> dt.timedelta | None:
        """Return how far our clock is ahead of the exchange's; None where that is not known."""
        return None

    def now(self) -> dt.datetime | None:
        """Return the time by the exchange's clock, which no jump of ours moves; None where that is not known."""
        return None

    def requests(self) -> tuple[RequestCount, ...]:
        """Return what was asked of the exchange by this process, by endpoint; nothing where nothing goes over a network."""
        return ()

    @abstractmethod
    async def close(self) -> None:
        """Let go of connections."""


class Prices(ABC):
    """Where the paper exchange gets instruments and mark prices from."""

    @abstractmethod
    async def instruments(self) -> Mapping[str, Instrument]:
        """Return the instruments by id. Raises TemporarilyDown."""

    @abstractmethod
    async def mark_prices(self) -> Mapping[str, Decimal]:
        """Return the mark price of every instrument, in USDT. Raises TemporarilyDown."""

    @abstractmethod
    async def mark_candles(self, instrument_id: str, since: dt.datetime) -> tuple[Candle, ...]:
        """Return the mark price's bars from ``since`` to now, oldest first; empty where there is no record of them.

        Raises TemporarilyDown.
        """

    @abstractmethod
    async def hour_bars(self, instrument_id: str, before: dt.datetime | None = None) -> tuple[Candle, ...]:
        """Return a page of one-hour bars that are over, as ``Exchange.hour_bars`` does. Raises TemporarilyDown."""

    @abstractmethod
    async def funding_rate(self, instrument_id: str) -> FundingRate | None:
        """Return the rate at which an instrument's legs are funded next; None where there is none. Raises TemporarilyDown."""

    @abstractmethod
    async def close(self) -> None:
        """Let go of connections."""
