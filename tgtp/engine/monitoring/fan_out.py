"""Lets more than one hear of a check."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tgtp.domain.events import Event
from tgtp.domain.order import Intent
from tgtp.engine.check_report import CheckReport
from tgtp.engine.ports import Notifier


class Relay(Notifier):
    """Passes everything on to one notifier, and the end of every check to others besides.

    These too must return at once and never raise.
    """

    def __init__(self, notifier: Notifier, *checked: Callable[[CheckReport], None]) -> None:
        self._notifier = notifier
        self._checked = checked

    def wake(self) -> None:
        """Pass it on."""
        self._notifier.wake()

    def sending(self, intents: Iterable[Intent]) -> None:
        """Pass it on."""
        self._notifier.sending(intents)

    def alarm(self, what: str) -> None:
        """Pass it on."""
        self._notifier.alarm(what)

    def happened(self, number: int, event: Event) -> None:
        """Pass it on."""
        self._notifier.happened(number, event)

    def checked(self, report: CheckReport) -> None:
        """Pass it on to all."""
        # The others first: they take no time, and the story on the console is the longest of all.
        for tell in self._checked:
            tell(report)
        self._notifier.checked(report)
