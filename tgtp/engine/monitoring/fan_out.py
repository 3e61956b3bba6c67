"""Lets more than one hear of the engine."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from tgtp.domain.events import Event
from tgtp.domain.order import Intent
from tgtp.engine.check_report import CheckReport
from tgtp.engine.ports import Listener
from tgtp.errors import Problem

log = logging.getLogger(__name__)


class FanOut(Listener):
    """Passes everything on to each listener, in their order. What one raises is logged; no other, and no trade, fails by it."""

    def __init__(self, *listeners: Listener) -> None:
        self._listeners = listeners

    def wake(self) -> None:
        """Pass it on."""
        self._each(lambda listener: listener.wake())

    def sending(self, intents: Iterable[Intent]) -> None:
        """Pass it on."""
        intents = tuple(intents)
        self._each(lambda listener: listener.sending(intents))

    def alarm(self, what: Problem) -> None:
        """Pass it on."""
        self._each(lambda listener: listener.alarm(what))

    def checked(self, report: CheckReport) -> None:
        """Pass it on."""
        self._each(lambda listener: listener.checked(report))

    def happened(self, number: int, event: Event) -> None:
        """Pass it on."""
        self._each(lambda listener: listener.happened(number, event))

    def _each(self, tell: Callable[[Listener], None]) -> None:
        for listener in self._listeners:
            try:
                tell(listener)
            except Exception:
                log.exception("%s broke; all else goes on", type(listener).__name__)
