"""Who reads the outcome of a close on its card, and need not be told again; who did not, is told after all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class PendingResults:
    """The cards whose close is being carried out in this process. After a restart there are none: then the outbox tells."""

    def __init__(self) -> None:
        self._working: Counter[int] = Counter()
        self._read: set[tuple[int, int]] = set()

    @contextmanager
    def working(self, user_id: int) -> Iterator[None]:
        """Hold back what this person is about to read on a card."""
        self._working[user_id] += 1
        try:
            yield
        finally:
            self._working[user_id] -= 1

    def is_working(self, user_id: int) -> bool:
        """Return whether a card of this person is being worked on."""
        return self._working[user_id] > 0

    def read(self, numbers: Iterable[int], user_id: int) -> None:
        """Remember that a person has these events before their eyes."""
        self._read |= {(number, user_id) for number in numbers}

    def take_read(self) -> set[tuple[int, int]]:
        """Return what was read since the last call."""
        taken, self._read = self._read, set()
        return taken
