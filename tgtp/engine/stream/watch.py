"""Watches the stream once a second: what is followed, and whether its prices come, come in time, and are true.

What is not right is told, and connected anew.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Final, NamedTuple

from tgtp.domain.model import Snapshot
from tgtp.domain.stream.state import StreamState, StreamTrouble
from tgtp.engine.ports import Clock, MarkStream, PushedMark
from tgtp.engine.stream.decider import HEARD_WITHIN, Decider
from tgtp.engine.stream.mark_book import SILENT_AFTER, MarkBook, MarkReader
from tgtp.engine.stream.news import StreamNews
from tgtp.errors import Problem

EVERY: Final = 1
# Seconds for which the median age is over the limit before the stream counts as late.
LATE_AFTER: Final = 60
# How far (a fraction) the mark of a look may be outside of what was pushed since the look before; so many looks, at least so
# many seconds apart, are believed.
LARGEST_LIE: Final = Decimal("0.005")
LIES_BELIEVED: Final = 2
LIES_APART: Final = 8
# Seconds for which most instruments, or an account, are silent before their connection is made anew: it notices by itself, as
# a rule. Between two of them at least so long, and ever longer, until all was well for the longest time.
REBUILT_AFTER: Final = 60
# Seconds that a push may be later than the look that shows the same.
DEAF_AFTER: Final = 5
LONGEST_APART: Final = 600


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


class Rebuilding:
    """Has one connection made anew, not more often than is good for it."""

    def __init__(self) -> None:
        self._at = -math.inf
        self._apart = REBUILT_AFTER
        self._wanted_at = -math.inf

    def look(self, rebuild: Callable[[], bool], now: float, *, wanted: bool) -> bool:
        """Return whether it is made anew now, because that is ``wanted``."""
        if not wanted:
            if now - self._wanted_at >= LONGEST_APART:
                self._apart = REBUILT_AFTER
            return False
        self._wanted_at = now
        if now - self._at < self._apart or not rebuild():
            return False
        if self._at > -math.inf:
            self._apart = min(2 * self._apart, LONGEST_APART)
        self._at = now
        return True


class StreamWatch(MarkReader):
    """Watches the marks for all accounts, the main one first: what concerns them all is told by that.

    ``silent`` are the instruments that are held and of which nothing is heard. Each account's checker is given
    ``stream_state``.
    """

    def __init__(
        self, deciders: Sequence[Decider], marks: MarkStream, book: MarkBook, clock: Clock, max_age: dt.timedelta
    ) -> None:
        self.silent: frozenset[str] = frozenset()
        self._deciders = deciders
        self._checkers = [decider.checker for decider in deciders]
        self._marks = marks
        self._book = book
        self._clock = clock
        self._max_age = max_age.total_seconds()
        # Since when each instrument is followed, and since when prices come too late.
        self._followed: dict[str, float] = {}
        self._late_since: float | None = None
        self._looks: list[Snapshot | None] = [None] * len(deciders)
        self._ranges: dict[str, PushedRange] = {}
        self._lies: dict[str, Lie] = {}
        self._news = [StreamNews(checker, clock) for checker in self._checkers]
        self._rebuilding = Rebuilding()
        self._rebuilding_accounts = [Rebuilding() for _ in deciders]
        # Since when most instruments are silent, and since when each account is.
        self._silent_since: float | None = None
        self._unheard_since: list[float | None] = [None] * len(deciders)
        self._begun_at = clock.monotonic()
        book.tell(self)
        for number, checker in enumerate(self._checkers):
            checker.stream_state = partial(self._state, number)

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
        found = frozenset(name for name, lie in self._lies.items() if lie.looks >= LIES_BELIEVED)
        # What is contradicted in most is believed in none: a leg that is new had no two looks yet.
        self._book.lying = held if 2 * len(found) > len(held) else found
        self._rebuild(now)
        for number, (decider, news) in enumerate(zip(self._deciders, self._news, strict=True)):
            decider.take_look()
            news.take(self._trouble(number))

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

    def _rebuild(self, now: float) -> None:
        """Have connections made anew that bring nothing, or nothing true."""
        is_down = bool(self._followed) and self._book.lost_why is not None
        if not is_down and 2 * len(self.silent) <= len(self._followed):
            self._silent_since = None
        elif self._silent_since is None:
            self._silent_since = now
        wanted = bool(self._book.lying) or _lasts(self._silent_since, now)
        if self._rebuilding.look(self._marks.rebuild, now, wanted=wanted):
            # What it brought is no witness of what it will bring.
            self._ranges.clear()
        for number, (decider, rebuilding) in enumerate(zip(self._deciders, self._rebuilding_accounts, strict=True)):
            since = self._unheard_since[number]
            since = self._unheard_since[number] = None if self._is_heard(decider, now) else (since or now)
            if decider.stream is not None:
                rebuilding.look(decider.stream.rebuild, now, wanted=_lasts(since, now))

    def _is_heard(self, decider: Decider, now: float) -> bool:
        """Return whether an account is connected, and what happens to it is heard."""
        heard_at = decider.stream.heard_at if decider.stream is not None else None
        is_deaf = decider.deaf_since is not None and now - decider.deaf_since >= DEAF_AFTER
        return decider.is_connected and heard_at is not None and now - heard_at <= HEARD_WITHIN and not is_deaf

    def _trouble(self, number: int) -> StreamTrouble | None:
        """Return what is wrong with the stream of an account now; what is wrong for all of them only for the first."""
        found = self._trouble_of_all() if self._followed else None
        if found is not None and (number == 0 or found.cause == "down"):
            return found if number == 0 else None
        decider, now = self._deciders[number], self._clock.monotonic()
        if self._is_heard(decider, now) or (decider.lost_why is None and now - self._begun_at <= HEARD_WITHIN):
            names = decider.broken.instruments
            return StreamTrouble(cause="broken", why=decider.broken.why, instruments=names) if names else None
        return StreamTrouble(cause="account", why=decider.lost_why or Problem("problem.stream.unheard"))

    def _trouble_of_all(self) -> StreamTrouble | None:
        book = self._book
        if book.lost_why is not None:
            return StreamTrouble(cause="down", why=book.lost_why)
        if self.silent:
            return StreamTrouble(cause="silent", instruments=tuple(sorted(self.silent)))
        if book.is_late:
            median = book.median_age()
            return StreamTrouble(cause="late", median_age=_hundredths(median), limit=_hundredths(self._max_age))
        if book.lying:
            return StreamTrouble(cause="lying", instruments=tuple(sorted(book.lying)))
        return None

    def _state(self, number: int) -> StreamState:
        decider = self._deciders[number]
        return StreamState(
            trouble=self._trouble(number),
            told=self._news[number].told,
            median_age=self._book.median_age(),
            limit=self._max_age,
            fired=decider.fired,
            missed=decider.missed,
            missed_ages=tuple(decider.missed_ages),
            obstacles=dict(decider.obstacles),
        )


def _lasts(since: float | None, now: float) -> bool:
    return since is not None and now - since >= REBUILT_AFTER


def _hundredths(seconds: float | None) -> Decimal | None:
    return None if seconds is None else Decimal(dt.timedelta(seconds=seconds) // dt.timedelta(milliseconds=10)) / 100
