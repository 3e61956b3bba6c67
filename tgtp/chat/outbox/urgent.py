"""What must be heard: texts that ring past the ledger, and that ring once where several accounts have the same cause."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tgtp.chat.formatting.error_text import problem
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.messages.message import Message
from tgtp.chat.outbox.batching import Delay, is_late, late
from tgtp.chat.texts import Language, say
from tgtp.engine.journal import Journal
from tgtp.engine.ports import Clock, Listener

log = logging.getLogger(__name__)
MOST_RINGING = 20
# Seconds for which the same words from another account are the same alarm.
SAME_FOR = 60.0

What = str | Callable[[Language], str]


@dataclass(slots=True, eq=False)
class UrgentMessage:
    """A text that could not be written down, and who has it."""

    key: str
    what: What
    at: dt.datetime
    taken_by: set[int] = field(default_factory=set)
    sounded: bool = False

    def said(self, language: Language) -> str:
        """Give what is the matter, in a language where it has words of its own."""
        return problem(language, self.what) if isinstance(self.what, str) else self.what(language)


class AlarmDeduplicator:
    """Knows which alarms another account has just rung: of one cause, each account would ring for itself."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rung: dict[tuple[str, str], tuple[str, float]] = {}

    def is_new(self, account: str, key: str, what: str) -> bool:
        """Say whether this has to ring."""
        now = self._clock.monotonic()
        self._rung = {rung: by for rung, by in self._rung.items() if now - by[1] < SAME_FOR}
        by, _ = self._rung.get((key, what), (account, now))
        if by != account:
            return False
        self._rung[key, what] = account, now
        return True


class Alarms(Listener):
    """Lets the alarms of one account ring everywhere, straight to the phone: the way through the ledger is broken."""

    def __init__(self, account: str, once: AlarmDeduplicator, bells: Iterable[Callable[[str, str], None]]) -> None:
        self._account = account
        self._once = once
        self._bells = bells

    def alarm(self, what: str) -> None:
        """Ring, unless another account has just rung for the same."""
        if self._once.is_new(self._account, "alarm", what):
            for bell in self._bells:
                bell("alarm", what)


class UrgentMessages:
    """Texts that wait in memory until every owner has them; the oldest give way when there are too many."""

    def __init__(self, journal: Journal, owners: Callable[[], frozenset[int]], reader: Callable[[int], Reader]) -> None:
        self._journal = journal
        self._owners = owners
        self._reader = reader
        self._ringing: list[UrgentMessage] = []

    def ring(self, key: str, what: What) -> None:
        """Take in a text."""
        self._ringing = [*self._ringing, UrgentMessage(key, what, self._journal.now())][-MOST_RINGING:]

    def all(self) -> list[UrgentMessage]:
        """Give what still rings, oldest first."""
        owners = self._owners()
        if owners:
            self._ringing = [ring for ring in self._ringing if not owners <= ring.taken_by]
        return self._ringing

    def message(self, ring: UrgentMessage, user_id: int) -> Message:
        """Write it for one person."""
        language = self._reader(user_id).language
        message = Message(say(language, ring.key, what=ring.said(language)))
        if is_late(ring.at, self._journal.now()):
            return late(language, message, Delay(1, ring.at, ring.at))
        return message
