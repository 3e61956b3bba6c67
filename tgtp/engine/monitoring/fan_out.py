"""Lets more than one hear of the engine."""

from __future__ import annotations

from collections.abc import Iterable

from tgtp.domain.events import Event
from tgtp.domain.order import Intent
from tgtp.engine.check_report import CheckReport
from tgtp.engine.ports import Listener
from tgtp.errors import Problem


class FanOut(Listener):
    """Passes everything on to each listener, in their order."""

    def __init__(self, *listeners: Listener) -> None:
        self._listeners = listeners

    def wake(self) -> None:
        """Pass it on."""
        for listener in self._listeners:
            listener.wake()

    def sending(self, intents: Iterable[Intent]) -> None:
        """Pass it on."""
        intents = tuple(intents)
        for listener in self._listeners:
            listener.sending(intents)

    def alarm(self, what: Problem) -> None:
        """Pass it on."""
        for listener in self._listeners:
            listener.alarm(what)

    def checked(self, report: CheckReport) -> None:
        """Pass it on."""
        for listener in self._listeners:
            listener.checked(report)

    def happened(self, number: int, event: Event) -> None:
        """Pass it on."""
        for listener in self._listeners:
            listener.happened(number, event)
