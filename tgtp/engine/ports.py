"""What the engine needs from the outside, in its own words."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tgtp.domain.model import MAIN, AccountProfile, Candle, CloseRecord, EquitySample, Instrument, Snapshot
from tgtp.domain.order import Intent, MarginMove, Order, Placed, Resting

if TYPE_CHECKING:
    from tgtp.domain.events import Event
    from tgtp.domain.life import Life
    from tgtp.domain.model import LegKey
    from tgtp.domain.notifications.ahead import Downtime
    from tgtp.domain.notifications.outbox_entry import OutboxEntry
    from tgtp.domain.pauses import Pauses
    from tgtp.engine.check_report import CheckReport


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
        """Give the mark price's bars from ``since`` to now, oldest first, at most some 300, of whatever width fits.

        Empty where there is no such record. Raises TemporarilyDown.
        """

    @abstractmethod
    async def funding_since(self, since: dt.datetime) -> Decimal | None:
        """Give the funding (USDT, positive when received) of the whole account since then; None where that is not known.

        Raises AccessRefused, TemporarilyDown.
        """

    @abstractmethod
    async def orders_since(self, since: dt.datetime) -> tuple[Placed, ...]:
        """Give the orders with names like ours that were created since then, resting and ended ones, at most of seven days.

        Raises AccessRefused, TemporarilyDown.
        """

    @abstractmethod
    async def closes_since(self, since: dt.datetime) -> tuple[CloseRecord, ...]:
        """Give every life of a leg that was closed, or closed in part, since then, newest first.

        Raises AccessRefused, TemporarilyDown.
        """

    async def downtimes(self) -> tuple[Downtime, ...]:
        """Give the times that are announced in which the exchange will not trade; past ones may be among them.

        Raises AccessRefused, TemporarilyDown.
        """
        return ()

    async def resting(self) -> tuple[Resting, ...]:
        """Give the orders that wait at the exchange, of anybody's, take-profits and stops among them.

        Raises AccessRefused, TemporarilyDown.
        """
        return ()

    def doubt_instruments(self) -> bool:
        """Have the instruments read anew at the next look; False where that was done within the last minute, or never is."""
        return False

    def skew(self) -> dt.timedelta | None:
        """Give how far our clock is ahead of the exchange's; None where that is not known."""
        return None

    @abstractmethod
    async def close(self) -> None:
        """Let go of connections."""


class Prices(ABC):
    """Where the paper exchange gets instruments and mark prices from."""

    @abstractmethod
    async def instruments(self) -> Mapping[str, Instrument]:
        """Give the instruments by id. Raises TemporarilyDown."""

    @abstractmethod
    async def mark_prices(self) -> Mapping[str, Decimal]:
        """Give the mark price of every instrument, in USDT. Raises TemporarilyDown."""

    @abstractmethod
    async def mark_candles(self, instrument_id: str, since: dt.datetime) -> tuple[Candle, ...]:
        """Give the mark price's bars from ``since`` to now, oldest first; empty where there is no record of them.

        Raises TemporarilyDown.
        """

    @abstractmethod
    async def close(self) -> None:
        """Let go of connections."""


class Clock(ABC):
    """Time, so that tests and replays can hold it."""

    @abstractmethod
    def now(self) -> dt.datetime:
        """Give the time, aware, in UTC."""

    @abstractmethod
    def monotonic(self) -> float:
        """Give seconds that never jump, for measuring."""

    @abstractmethod
    async def sleep(self, seconds: float) -> None:
        """Let this much time pass."""


class Listener:
    """Hears what the engine did, and takes up what concerns it. Must return at once and never raise: no trade waits for it."""

    def wake(self) -> None:
        """Hear that the outbox holds something new."""

    def sending(self, intents: Iterable[Intent]) -> None:
        """Hear what is about to be sent, and why."""

    def alarm(self, what: str) -> None:
        """Hear what must be told although it could not be written down; once per cause."""

    def checked(self, report: CheckReport) -> None:
        """Hear that a check has ended, well or badly."""

    def happened(self, number: int, event: Event) -> None:
        """Hear that an event was recorded under this number."""


class FallbackNotifier(ABC):
    """A second way to people, for what is critical while Telegram is silent, and for the kinds of events in ``also``."""

    also: frozenset[str] = frozenset()

    @abstractmethod
    async def sound(self, text: str) -> bool:
        """Send plain text to every service there is; False when surely none of them has taken it.

        Ends within half a minute, and never raises for a service that fails.
        """


# The note that says which messages gave way: their ``count``, the ``first`` and ``last`` number, and who was ``told``.
DROPPED = "dropped_messages"


class Ledger(ABC):
    """What tgtp remembers of one ``account``. Everything inside one ``step`` is written at once, or not at all.

    Lives, orders, pauses and notes are the account's own; events, with one count for all, and the outbox are common to all.
    """

    account: str = MAIN
    # The name that its state is kept under and its orders are named by: the account's first one, whatever it is called now.
    first_name: str = MAIN

    @abstractmethod
    def belong_to(self, first_name: str) -> None:
        """Turn to the state that is kept under this name."""

    @abstractmethod
    def step(self) -> AbstractContextManager[None]:
        """Group changes into one atomic write. Raises LedgerWriteFailed, with memory put back."""

    @abstractmethod
    def lives(self) -> Mapping[LegKey, Life]:
        """Give what is remembered of every leg, by name; gone ones included until they are forgotten."""

    @abstractmethod
    def keep_life(self, life: Life) -> None:
        """Remember a life, replacing what was known of that leg."""

    @abstractmethod
    def forget_life(self, key: LegKey) -> None:
        """Forget a leg."""

    @abstractmethod
    def open_intents(self) -> list[Intent]:
        """Give every order whose outcome is not known yet."""

    @abstractmethod
    def keep_intent(self, intent: Intent) -> None:
        """Write an order down before it is sent, or change what is known of it."""

    @abstractmethod
    def drop_intent(self, client_order_id: str) -> None:
        """Strike an order whose outcome is known."""

    @abstractmethod
    def record(self, event: Event, *, tell: bool, except_for: int | None = None, on_card: int | None = None) -> int:
        """Append an event to the history, give its number, and with ``tell`` put it into the outbox.

        ``except_for`` names the person who knows already, ``on_card`` one who is about to read it elsewhere.
        """

    @abstractmethod
    def event(self, number: int) -> tuple[int, Event] | None:
        """Give one past event."""

    @abstractmethod
    def history(self, count: int) -> list[tuple[int, Event]]:
        """Give the newest events of all accounts, newest first."""

    @abstractmethod
    def back_to(self, moment: dt.datetime, *, of_all: bool = False) -> Iterator[tuple[int, Event]]:
        """Give the account's events (``of_all`` accounts') that happened at or after a moment, newest first, one by one.

        A year of them need not fit in memory. Slow for long spans: not for the event loop.
        """

    def since(self, moment: dt.datetime) -> list[tuple[int, Event]]:
        """Give the account's events that happened at or after a moment, oldest first."""
        return list(self.back_to(moment))[::-1]

    @abstractmethod
    def pauses(self) -> Pauses:
        """Give the pauses in force."""

    @abstractmethod
    def keep_pauses(self, pauses: Pauses) -> None:
        """Replace the pauses."""

    def paused(self) -> frozenset[str]:
        """Give the paused instruments; ``*`` stands for all."""
        return self.pauses().scopes

    @abstractmethod
    def outbox(self) -> list[OutboxEntry]:
        """Give the undelivered messages, oldest first."""

    @abstractmethod
    def keep_told(self, told: OutboxEntry) -> None:
        """Change what is known of an undelivered message."""

    @abstractmethod
    def strike_told(self, number: int) -> None:
        """Strike a message that everybody has."""

    @abstractmethod
    def note(self, name: str) -> Any:
        """Give a small remembered thing (a language, an owner), or None."""

    @abstractmethod
    def keep_note(self, name: str, value: Any) -> None:
        """Remember a small thing; it must be plain JSON."""


class EquityHistory(ABC):
    """What the account was worth, moment by moment; kept beside the ledger, and not worth a lost check."""

    @abstractmethod
    def append(self, sample: EquitySample) -> None:
        """Take a sample down. Must return at once and never raise: what cannot be written is logged and lost."""

    @abstractmethod
    def since(self, moment: dt.datetime) -> list[EquitySample]:
        """Give the samples at or after a moment, oldest first. Slow for long spans: not for the event loop."""


class Supervisor(ABC):
    """Whoever started the program, and starts it again when it is dead. Must return at once and never raise."""

    @abstractmethod
    def running(self, status: str) -> None:
        """Say that the program is up and alive, and how the last check went."""

    @abstractmethod
    def alive(self) -> None:
        """Say that the program is alive."""

    @abstractmethod
    def stopping(self) -> None:
        """Say that the program ends in order."""
