"""The best prices of legs that pushed prices have held for a while, for the guard that goes by them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from tgtp.domain.guards.best_roi import AGREE_AFTER
from tgtp.domain.model import Leg, LegKey
from tgtp.engine.ports import PushedMark
from tgtp.engine.stream.mark_book import SILENT_AFTER


@dataclass(slots=True)
class Run:
    """The prices of one leg, entered as it was when this began.

    ``best`` is what prices have stayed at or beyond for long enough; ``worst`` the one that is least beyond it of all that came
    since ``since``, None where the last was not beyond it.
    """

    opened_at: dt.datetime
    entry_price: Decimal
    sign: int
    best: Decimal | None = None
    worst: Decimal | None = None
    since: float = 0
    heard_at: float = 0

    def take(self, price: Decimal, at: float) -> None:
        """Take in a price that was read then."""
        silent, self.heard_at = at - self.heard_at > SILENT_AFTER, at
        if self.best is not None and not self._is_beyond(price, self.best):
            self.worst = None
        elif self.worst is None or silent:
            self.worst, self.since = price, at
        else:
            if self._is_beyond(self.worst, price):
                self.worst = price
            if at - self.since >= AGREE_AFTER:
                self.best, self.since = self.worst, at
                self.worst = price if self._is_beyond(price, self.best) else None

    def is_of(self, leg: Leg) -> bool:
        """Return whether these are the prices of a leg as a look shows it."""
        return (self.opened_at, self.entry_price) == (leg.opened_at, leg.entry_price)

    def _is_beyond(self, price: Decimal, other: Decimal) -> bool:
        return (price - other) * self.sign > 0


class PushedPeaks:
    """The legs of one account. One price that nobody confirms is no peak, as of looks: it must hold for some seconds."""

    def __init__(self) -> None:
        self._runs: dict[LegKey, Run] = {}
        self._by_instrument: dict[str, list[Run]] = {}

    def follow(self, legs: Iterable[Leg]) -> None:
        """Follow these legs; what is known of them stays where they are as they were."""
        found: dict[LegKey, Run] = {}
        self._by_instrument = {}
        for leg in legs:
            run = self._runs.get(leg.key)
            if run is None or not run.is_of(leg):
                run = Run(leg.opened_at, leg.entry_price, leg.position_side.sign)
            found[leg.key] = run
            self._by_instrument.setdefault(leg.key.instrument_id, []).append(run)
        self._runs = found

    def forget(self, leg: LegKey) -> None:
        """Begin anew with the prices of a leg."""
        if (run := self._runs.get(leg)) is not None:
            run.best = run.worst = None

    def take(self, push: PushedMark) -> None:
        """Take in a price that is believed."""
        for run in self._by_instrument.get(push.instrument_id, ()):
            run.take(push.price, push.received_at)

    def best_of(self, leg: Leg) -> Decimal | None:
        """Return the best price that was held for a leg as a look shows it; None where there is none."""
        run = self._runs.get(leg.key)
        return run.best if run is not None and run.is_of(leg) else None
