"""Writes a step down, and only then lets anybody hear of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from tgtp.domain.events import Event
from tgtp.engine.ports import Clock, Ledger, Listener
from tgtp.errors import LedgerWriteFailed


class Journal:
    """The ledger with listeners: events are passed on when the step that holds them is on disk."""

    def __init__(self, ledger: Ledger, listener: Listener, clock: Clock) -> None:
        self.ledger = ledger
        self._listener = listener
        self._clock = clock
        self._fresh: list[tuple[int, Event]] = []
        self._then: list[Callable[[], None]] = []

    def now(self) -> dt.datetime:
        """Return the time that events are stamped with."""
        return self._clock.now()

    def monotonic(self) -> float:
        """Return seconds that never jump, for measuring."""
        return self._clock.monotonic()

    def wake(self) -> None:
        """Have the outbox look again."""
        self._listener.wake()

    @contextmanager
    def step(self) -> Iterator[None]:
        """Group changes and events into one atomic write; nothing is awaited inside."""
        with together([self]):
            yield

    def record(self, event: Event, *, tell: bool = True, except_for: int | None = None, on_card: int | None = None) -> int:
        """Record an event inside a step; ``tell`` sends it to the phone, except to the person who knows already."""
        account = self.ledger.account
        event = event if event.account == account else event.replaced(account=account)
        number = self.ledger.record(event, tell=tell, except_for=except_for, on_card=on_card)
        self._fresh.append((number, event))
        return number

    def when_written(self, then: Callable[[], None]) -> None:
        """Do this when the step in hand is on disk, also where it raises all the same; inside a step."""
        self._then.append(then)

    def forget(self) -> None:
        """Begin a step: nothing of one that failed is passed on, or done."""
        self._fresh, self._then = [], []

    def pass_on(self) -> None:
        """Let everybody hear of what a step has written."""
        then, self._then = self._then, []
        for one in then:
            one()
        fresh, self._fresh = self._fresh, []
        for number, event in fresh:
            self._listener.happened(number, event)
        if fresh:
            self._listener.wake()


@contextmanager
def together(journals: Sequence[Journal]) -> Iterator[None]:
    """Group changes of several accounts, whose ledgers share a file, into one atomic write. Raises LedgerWriteFailed."""
    for journal in journals:
        journal.forget()
    try:
        with journals[0].ledger.step():
            yield
    except LedgerWriteFailed as exc:
        if exc.on_disk:
            # What is remembered in memory must not differ from it: an act would be lost, or done and told twice.
            _pass_on(journals)
        raise
    _pass_on(journals)


def _pass_on(journals: Sequence[Journal]) -> None:
    for journal in journals:
        journal.pass_on()
