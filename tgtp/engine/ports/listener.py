"""Who hears of the engine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tgtp.domain.order import Intent
from tgtp.errors import Problem

if TYPE_CHECKING:
    from tgtp.domain.events import Event
    from tgtp.engine.check_report import CheckReport


class Listener:
    """Hears what the engine did, and takes up what concerns it. Must return at once and never raise: no trade waits for it."""

    def wake(self) -> None:
        """Hear that the outbox holds something new."""

    def sending(self, intents: Iterable[Intent]) -> None:
        """Hear what is about to be sent, and why."""

    def alarm(self, what: Problem) -> None:
        """Hear what must be told although it could not be written down; once per cause."""

    def checked(self, report: CheckReport) -> None:
        """Hear that a check has ended, well or badly."""

    def happened(self, number: int, event: Event) -> None:
        """Hear that an event was recorded under this number."""
