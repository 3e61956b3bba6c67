"""How long to wait between two tries of what fails again and again."""

from __future__ import annotations


class Backoff:
    """A pause in seconds that doubles with each failure, from ``first`` up to ``longest``.

    >>> backoff = Backoff(1.0, 5.0)
    >>> [backoff.failed(), backoff.failed(), backoff.failed(), backoff.failed()]
    [1.0, 2.0, 4.0, 5.0]
    >>> backoff.failed(at_least=60.0), backoff.failed()
    (60.0, 5.0)
    """

    def __init__(self, first: float, longest: float) -> None:
        self._first = first
        self._longest = longest
        self._next = first

    def failed(self, at_least: float = 0.0) -> float:
        """Return how long to wait before the next try; ``at_least`` so long, where the other side has said so."""
        pause = max(self._next, at_least)
        self._next = min(pause * 2, self._longest)
        return pause

    def worked(self) -> None:
        """Begin anew with the first pause."""
        self._next = self._first
