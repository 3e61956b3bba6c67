"""What is remembered on disk, by what is kept."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from tgtp.domain.model import MAIN
from tgtp.domain.order import Intent

if TYPE_CHECKING:
    from tgtp.domain.events import Event
    from tgtp.domain.life import Life
    from tgtp.domain.model import LegKey
    from tgtp.domain.notifications.outbox_entry import OutboxEntry
    from tgtp.domain.pauses import Pause, Pauses


# The note that says which messages gave way: their ``count``, the ``first`` and ``last`` number, and who was ``told``.
DROPPED = "dropped_messages"


class WrittenInSteps(ABC):
    """Whatever is kept of one ``account``: all of one ``step`` is written at once, or nothing of it."""

    account: str = MAIN

    @abstractmethod
    def step(self) -> AbstractContextManager[None]:
        """Group changes into one atomic write. Raises LedgerWriteFailed, with memory put back."""


class AccountState(WrittenInSteps):
    """What the account holds and does: the lives of its legs, orders under way, pauses. All of it is the account's own."""

    # The name that its state is kept under and its orders are named by: the account's first one, whatever it is called now.
    first_name: str = MAIN

    @abstractmethod
    def belong_to(self, first_name: str) -> None:
        """Turn to the state that is kept under this name."""

    @abstractmethod
    def lives(self) -> Mapping[LegKey, Life]:
        """Return what is remembered of every leg, by name; gone ones included until they are forgotten."""

    @abstractmethod
    def keep_life(self, life: Life) -> None:
        """Remember a life, replacing what was known of that leg."""

    @abstractmethod
    def forget_life(self, key: LegKey) -> None:
        """Forget a leg."""

    @abstractmethod
    def open_intents(self) -> list[Intent]:
        """Return every order whose outcome is not known yet."""

    @abstractmethod
    def keep_intent(self, intent: Intent) -> None:
        """Write an order down before it is sent, or change what is known of it."""

    @abstractmethod
    def drop_intent(self, client_order_id: str) -> None:
        """Strike an order whose outcome is known."""

    @abstractmethod
    def pauses(self) -> Pauses:
        """Return the pauses in force."""

    @abstractmethod
    def keep_pauses(self, pauses: Pauses) -> None:
        """Replace the pauses."""

    @abstractmethod
    def unwritten_pauses(self) -> tuple[Pause, ...]:
        """Return those of the pauses in force that could not be written down yet."""

    @abstractmethod
    def hold(self, pause: Pause) -> None:
        """Have a pause in force that cannot be written down, until it is let go of; no step takes it back."""

    @abstractmethod
    def let_go(self, pauses: Collection[Pause]) -> None:
        """Forget that these could not be written down: they are by now, or are lifted."""

    def paused(self) -> frozenset[str]:
        """Return the names of the scopes that are paused."""
        return self.pauses().scopes


class EventHistory(WrittenInSteps):
    """What has happened. It is common to all accounts, with one count."""

    @abstractmethod
    def record(self, event: Event, *, tell: bool, except_for: int | None = None, on_card: int | None = None) -> int:
        """Append an event to the history, give its number, and with ``tell`` put it into the outbox.

        ``except_for`` names the person who knows already, ``on_card`` one who is about to read it elsewhere.
        """

    @abstractmethod
    def event(self, number: int) -> tuple[int, Event] | None:
        """Return one past event."""

    @abstractmethod
    def history(self, count: int) -> list[tuple[int, Event]]:
        """Return the newest events of all accounts, newest first."""

    @abstractmethod
    def back_to(
        self, moment: dt.datetime, *, of_all: bool = False, before: int | None = None, leg: LegKey | None = None
    ) -> Iterator[tuple[int, Event]]:
        """Return the account's events (``of_all`` accounts') that happened at or after a moment, newest first, one by one.

        ``before``: those with lower numbers, found without reading the newer ones. ``leg``: those of its orders.
        A year of them need not fit in memory. Slow for long spans: not for the event loop.
        """

    def since(self, moment: dt.datetime) -> list[tuple[int, Event]]:
        """Return the account's events that happened at or after a moment, oldest first."""
        return list(self.back_to(moment))[::-1]


class WaitingMessages(WrittenInSteps):
    """The outbox: events that not everybody has been told of. It is common to all accounts."""

    @abstractmethod
    def outbox(self) -> list[OutboxEntry]:
        """Return the undelivered messages, oldest first."""

    @abstractmethod
    def keep_told(self, told: OutboxEntry) -> None:
        """Change what is known of an undelivered message."""

    @abstractmethod
    def strike_told(self, number: int) -> None:
        """Strike a message that everybody has."""


class Notes(WrittenInSteps):
    """Small things under a name, of the account."""

    @abstractmethod
    def note(self, name: str) -> Any:
        """Return a small remembered thing (a language, an owner), or None."""

    @abstractmethod
    def keep_note(self, name: str, value: Any) -> None:
        """Remember a small thing; it must be plain JSON."""

    @abstractmethod
    def note_of_all(self, name: str) -> dict[str, Any]:
        """Return what is remembered under a name of each account, by its first name, whether it is here or not."""


class Ledger(AccountState, EventHistory, WaitingMessages, Notes):
    """What tgtp remembers of one account: all that is kept in one file."""
