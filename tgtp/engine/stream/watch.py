"""Watches the stream once a second: what is followed, and whether its prices come, come in time, and are true."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from tgtp.domain.model import Snapshot
from tgtp.engine.cycle import Checker
from tgtp.engine.ports import Clock, MarkStream, PushedMark
from tgtp.engine.stream.mark_book import SILENT_AFTER, MarkBook, MarkReader

EVERY: Final = 1
# Seconds for which the median age is over the limit before the stream counts as late.
LATE_AFTER: Final = 60
# How far (a fraction) the mark of a look may be outside of what was pushed since the look before; so many looks, at least so
# many seconds apart, are believed.
LARGEST_LIE: Final = Decimal("0.005")
LIES_BELIEVED: Final = 2
LIES_APART: Final = 8


class PushedRange(NamedTuple):
    """The lowest, the highest and the last mark of an instrument that were pushed since a look."""

    low: Decimal
    high: Decimal
    last: Decimal

    def plus(self, mark: Decimal) -> PushedRange:
        """Take a mark."""
        return PushedRange(min(self.low, mark), max(self.high, mark), mark)

    def contradicts(self, mark: Decimal) -> bool:
        """Return whether the mark of the next look lies too far outside.

        >>> pushed = PushedRange(Decimal(100), Decimal(110), Decimal(105))
        >>> [pushed.contradicts(Decimal(mark)) for mark in ("99.4", "99.5", "110.55", "110.6")]
        [True, False, False, True]
        """
        return not self.low * (1 - LARGEST_LIE) <= mark <= self.high * (1 + LARGEST_LIE)


class Lie(NamedTuple):
    """How many looks in a row have contradicted what was pushed, and when the last of them was counted."""

    looks: int
    at: float


class StreamWatch(MarkReader):
    """Watches the marks for all accounts. ``silent`` are the instruments that are held and of which nothing is heard."""

    def __init__(
        self, checkers: Sequence[Checker], marks: MarkStream, book: MarkBook, clock: Clock, max_age: dt.timedelta
    ) -> None:
        self.silent: frozenset[str] = frozenset()
        self._checkers = checkers
        self._marks = marks
        self._book = book
        self._clock = clock
        self._max_age = max_age.total_seconds()
        # Since when each instrument is followed, and since when prices come too late.
        self._followed: dict[str, float] = {}
        self._late_since: float | None = None
        self._looks: list[Snapshot | None] = [None] * len(checkers)
        self._ranges: dict[str, PushedRange] = {}
        self._lies: dict[str, Lie] = {}
        book.tell(self)

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            self.tick()
            await self._clock.sleep(EVERY)

    def tick(self) -> None:
        """Follow what is held now, and say what the stream is worth."""
        now = self._clock.monotonic()
        looks = [checker.last_good for checker in self._checkers]
        held = frozenset(name for look in looks if look is not None for name in look.instrument_ids)
        if held != self._followed.keys():
            self._marks.follow(held)
            self._followed = {name: self._followed.get(name, now) for name in held}
        self._compare(looks, now)
        self.silent = frozenset(
            name for name, since in self._followed.items() if now - since > SILENT_AFTER and self._book.is_silent(name)
        )
        median = self._book.median_age()
        if median is None or median <= self._max_age:
            self._late_since = None
        elif self._late_since is None:
            self._late_since = now
        self._book.is_late = self._late_since is not None and now - self._late_since >= LATE_AFTER
        self._lies = {name: lie for name, lie in self._lies.items() if name in held}
        self._ranges = {name: pushed for name, pushed in self._ranges.items() if name in held}
        self._book.lying = frozenset(name for name, lie in self._lies.items() if lie.looks >= LIES_BELIEVED)

    def marked(self, push: PushedMark) -> None:
        """Take down between what prices an instrument was."""
        pushed, price = self._ranges.get(push.instrument_id), push.price
        self._ranges[push.instrument_id] = PushedRange(price, price, price) if pushed is None else pushed.plus(price)

    def doubted(self, push: PushedMark) -> None:
        """Nothing is held against a look that is not believed itself."""

    def _compare(self, looks: Sequence[Snapshot | None], now: float) -> None:
        """Hold what was pushed against the looks that are new, of legs that are believed."""
        shown: dict[str, Decimal] = {}
        for checker, look, before in zip(self._checkers, looks, self._looks, strict=True):
            if look is not None and look is not before:
                doubts = checker.observer.doubts
                shown |= {leg.key.instrument_id: leg.mark_price for leg in look.legs if leg.key not in doubts}
        self._looks = list(looks)
        for name, mark in shown.items():
            pushed = self._ranges.get(name)
            if pushed is None:
                continue
            lie = self._lies.get(name)
            if not pushed.contradicts(mark):
                self._lies.pop(name, None)
            elif lie is None or now - lie.at >= LIES_APART:
                self._lies[name] = Lie(1 if lie is None else lie.looks + 1, now)
            self._ranges[name] = PushedRange(pushed.last, pushed.last, pushed.last)
