"""A ledger that nobody keeps: for what only happens on paper, many times over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from tgtp.domain.events import Event
from tgtp.domain.life import Life
from tgtp.domain.model import LegKey
from tgtp.domain.notifications.outbox_entry import OutboxEntry
from tgtp.domain.order import Intent
from tgtp.domain.pauses import Pause, Pauses
from tgtp.engine.ports import Ledger


class MemoryLedger(Ledger):
    """What is remembered of one account for as long as this lives. Events are counted, and told to nobody."""

    def __init__(self) -> None:
        self._lives: dict[LegKey, Life] = {}
        self._intents: dict[str, Intent] = {}
        self._notes: dict[str, Any] = {}
        self._pauses = self._held = Pauses()
        self._events = 0

    def belong_to(self, first_name: str) -> None:
        """Be named so from now on."""
        self.first_name = first_name

    def step(self) -> AbstractContextManager[None]:
        """Group changes; none of them can fail."""
        return nullcontext()

    def lives(self) -> Mapping[LegKey, Life]:
        """Return what is remembered of every leg."""
        return self._lives

    def keep_life(self, life: Life) -> None:
        """Remember a life."""
        self._lives = {**self._lives, life.key: life}

    def forget_life(self, key: LegKey) -> None:
        """Forget a leg."""
        self._lives = {other: life for other, life in self._lives.items() if other != key}

    def open_intents(self) -> list[Intent]:
        """Return every order whose outcome is not known yet."""
        return list(self._intents.values())

    def keep_intent(self, intent: Intent) -> None:
        """Remember an order."""
        self._intents[intent.client_order_id] = intent

    def drop_intent(self, client_order_id: str) -> None:
        """Forget an order."""
        self._intents.pop(client_order_id, None)

    def pauses(self) -> Pauses:
        """Return the pauses in force."""
        return Pauses(entries=(*self._pauses.entries, *self._held.entries)) if self._held.entries else self._pauses

    def paused(self) -> frozenset[str]:
        """Return the names of the scopes that are paused: mostly none, and asked for at every turn."""
        return super().paused() if self._pauses.entries or self._held.entries else frozenset()

    def keep_pauses(self, pauses: Pauses) -> None:
        """Replace the pauses."""
        self._pauses = pauses

    def unwritten_pauses(self) -> tuple[Pause, ...]:
        """Return the pauses that were held."""
        return self._held.entries

    def hold(self, pause: Pause) -> None:
        """Pause until it is let go of."""
        self._held = self._held.with_pause(pause)

    def let_go(self, pauses: Collection[Pause]) -> None:
        """Let go of pauses that were held."""
        self._held = self._held.without(pauses)

    def record(self, event: Event, *, tell: bool, except_for: int | None = None, on_card: int | None = None) -> int:  # noqa: ARG002 - the port's shape
        """Count an event."""
        self._events += 1
        return self._events

    def event(self, number: int) -> tuple[int, Event] | None:  # noqa: ARG002 - the port's shape
        """Return nothing: events are not kept."""
        return None

    def history(self, count: int) -> list[tuple[int, Event]]:  # noqa: ARG002 - the port's shape
        """Return nothing: events are not kept."""
        return []

    def back_to(
        self,
        moment: dt.datetime,  # noqa: ARG002 - the port's shape
        *,
        of_all: bool = False,  # noqa: ARG002 - the port's shape
        before: int | None = None,  # noqa: ARG002 - the port's shape
        leg: LegKey | None = None,  # noqa: ARG002 - the port's shape
    ) -> Iterator[tuple[int, Event]]:
        """Return nothing: events are not kept."""
        return iter(())

    def outbox(self) -> list[OutboxEntry]:
        """Return nothing: nobody is told."""
        return []

    def keep_told(self, told: OutboxEntry) -> None:
        """Do nothing: nobody is told."""

    def strike_told(self, number: int) -> None:
        """Do nothing: nobody is told."""

    def note(self, name: str) -> Any:
        """Return a small remembered thing."""
        return self._notes.get(name)

    def keep_note(self, name: str, value: Any) -> None:
        """Remember a small thing."""
        self._notes[name] = value

    def note_of_all(self, name: str) -> dict[str, Any]:
        """Return what is remembered under a name of this account, which is the only one."""
        return {self.first_name: self._notes[name]} if name in self._notes else {}
