"""Liquidations and auto-deleveraging (ADL): what the exchange closes by force must be told as such."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.simulation.exchange.account import LegKey as Where

# Seconds within which it is told, where nothing is in the way: the next look, and what a look may have to wait for.
PATIENCE = 180.0


@dataclass
class Forced:
    """A close by force; ``sure``: nothing hides it from the program."""

    where: Where
    how: str
    at: float
    # A hand had made the leg smaller just before: the history shows the last of both, and it may be told for each of them.
    crowded: bool
    sure: bool = False
    told: bool = False


class ForcedCloses:
    """What was closed by force in one account. ``interval`` is how many seconds pass between two looks of the program."""

    def __init__(self, found: list[str], text: Callable[[Where], str]) -> None:
        self.interval = 10.0
        self._found = found
        self._text = text
        self.closes: list[Forced] = []
        self._touched: dict[Where, float] = {}

    def closed(self, where: Where, how: str, at: float) -> Forced:
        """The exchange has closed a leg or a part of it."""
        crowded = at - self._touched.get(where, -PATIENCE) < self.interval + PATIENCE
        self.closes.append(Forced(where, how, at, crowded))
        return self.closes[-1]

    def touch(self, where: Where, at: float) -> None:
        """A person's hand was on this leg."""
        self._touched[where] = at
        self.spoil(where)

    def spoil(self, where: Where | None = None) -> None:
        """Something came after it, on that leg or on all: the history may show only that, or not be read in time."""
        for one in self.closes:
            if where in (None, one.where):
                one.sure = False

    def told(self, where: Where, how: str) -> None:
        """It is written down as closed by force."""
        same = [one for one in self.closes if (one.where, one.how) == (where, how)]
        untold = [one for one in same if not one.told]
        if untold:
            # What was hidden may never be told.
            next((one for one in untold if one.sure), untold[-1]).told = True
            return
        if any(one.crowded for one in same):
            return
        self._found.append(f"{self._text(where)}: told as closed by force ({how}), which the exchange has not done")

    def look(self, at: float) -> None:
        """Demand that what nothing hides was told."""
        for one in self.closes:
            if one.sure and not one.told and at - one.at > 3 * self.interval + PATIENCE:
                one.sure = False
                self._found.append(f"{self._text(one.where)}: closed by force ({one.how}), and it was not told as such")
