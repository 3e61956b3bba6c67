"""Whoever hears of us besides Telegram: other services, and what has started the program."""

from __future__ import annotations

from abc import ABC, abstractmethod


class FallbackNotifier(ABC):
    """A second way to people, for what is critical while Telegram is silent, and for the kinds of events in ``also``."""

    also: frozenset[str] = frozenset()

    @abstractmethod
    async def sound(self, text: str) -> bool:
        """Send plain text to every service there is; False when surely none of them has taken it.

        Ends within half a minute, and never raises for a service that fails.
        """


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
