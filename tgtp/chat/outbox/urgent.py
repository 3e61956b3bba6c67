"""What must be heard: texts that go past the ledger, and go once where several accounts have the same cause."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tgtp.chat.formatting.error_text import problem
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Message
from tgtp.chat.outbox.batching import Delay, is_late, late
from tgtp.chat.outbox.catching import caught
from tgtp.chat.texts import Html, Language, say
from tgtp.engine.journal import Journal
from tgtp.engine.ports import Clock, Listener
from tgtp.errors import Problem

MOST_WAITING = 20
# Seconds for which the same words from another account are the same alarm.
SAME_FOR = 60.0

What = Problem | Callable[[Language], str]


@dataclass(slots=True, eq=False)
class UrgentMessage:
    """A text that could not be written down, and who has it."""

    key: str
    what: What
    at: dt.datetime
    taken_by: set[int] = field(default_factory=set)
    sounded: bool = False

    def text(self, language: Language) -> Html:
        """Return it in a language; where it cannot be put into words, that there is an alarm."""
        with caught("the alarm %s cannot be put into words", self.key):
            what = problem(language, self.what) if isinstance(self.what, Problem) else self.what(language)
            return say(language, self.key, what=what)
        return say(language, "alarm.unwritten")


class AlarmDeduplicator:
    """Knows which alarms another account has just raised: of one cause, each account would raise its own."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._raised: dict[tuple[str, Problem], tuple[str, float]] = {}

    def is_new(self, account: str, key: str, what: Problem) -> bool:
        """Return whether this has to be raised."""
        now = self._clock.monotonic()
        self._raised = {raised: by for raised, by in self._raised.items() if now - by[1] < SAME_FOR}
        by, _ = self._raised.get((key, what), (account, now))
        if by != account:
            return False
        self._raised[key, what] = account, now
        return True


class Alarms(Listener):
    """Brings the alarms of one account straight to people, by all of ``on_alarm``: the way through the ledger is broken."""

    def __init__(self, account: str, once: AlarmDeduplicator, on_alarm: Iterable[Callable[[str, What], None]]) -> None:
        self._account = account
        self._once = once
        self._on_alarm = on_alarm

    def alarm(self, what: Problem) -> None:
        """Raise it, unless another account has just done so for the same."""
        if self._once.is_new(self._account, "alarm", what):
            for raise_alarm in self._on_alarm:
                raise_alarm("alarm", what)


class UrgentMessages:
    """Texts that wait in memory until every owner has them; the oldest give way when there are too many."""

    def __init__(self, journal: Journal, owners: Callable[[], frozenset[int]], reader: Callable[[int], Reader]) -> None:
        self._journal = journal
        self._owners = owners
        self._reader = reader
        self._waiting: list[UrgentMessage] = []

    def add(self, key: str, what: What) -> None:
        """Take in a text."""
        self._waiting = [*self._waiting, UrgentMessage(key, what, self._journal.now())][-MOST_WAITING:]

    def all(self) -> list[UrgentMessage]:
        """Return what still waits, oldest first."""
        owners = self._owners()
        if owners:
            self._waiting = [urgent for urgent in self._waiting if not owners <= urgent.taken_by]
        return self._waiting

    def message(self, urgent: UrgentMessage, user_id: int) -> Message:
        """Write it for one person."""
        language = self._reader(user_id).language
        message = Message(urgent.text(language))
        if is_late(urgent.at, self._journal.now()):
            return late(language, message, Delay(1, urgent.at, urgent.at))
        return message
