"""The pushed mark prices of the process: which are believed, how old they come, and who is to hear of them."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from decimal import Decimal
from statistics import median
from typing import Final, NamedTuple

from tgtp.domain.stream.pushed_marks import Believed, push_doubt
from tgtp.engine.ports import Clock, PushedMark, PushedOrder, PushedPosition, StreamListener
from tgtp.engine.ports.stream import Connection
from tgtp.errors import Problem

# Pushes whose ages are kept: with 60 coins some seconds, with one coin some minutes.
KEPT: Final = 600
# Seconds. OKX pushes a price that stands still every 10.
SILENT_AFTER: Final = 12


class MarkReader(ABC):
    """Hears of mark prices as they come. Every method must return at once and never raise."""

    @abstractmethod
    def marked(self, push: PushedMark) -> None:
        """Take a mark price that is believed."""

    @abstractmethod
    def doubted(self, push: PushedMark) -> None:
        """Take that a mark price came which is not believed."""


class Age(NamedTuple):
    """When a push was read, by the clock that never jumps, and how many seconds old its price was then."""

    read_at: float
    seconds: float


class MarkBook(StreamListener):
    """Takes the mark prices of all instruments, from one connection, for all accounts.

    ``is_late``: they come too old to decide anything. ``lying`` are the instruments whose prices looks contradict. Both are
    found by whoever watches the stream; nothing is decided by such prices.
    """

    def __init__(self, clock: Clock, exchange_now: Callable[[], dt.datetime | None]) -> None:
        self.lost_why: Problem | None = None
        self.is_late = False
        self.lying: frozenset[str] = frozenset()
        self._clock = clock
        self._exchange_now = exchange_now
        self._readers: list[MarkReader] = []
        self._newest: dict[str, PushedMark] = {}
        self._believed: dict[str, Believed] = {}
        self._heard_at: dict[str, float] = {}
        self._ages: deque[Age] = deque(maxlen=KEPT)

    def tell(self, reader: MarkReader) -> None:
        """Let somebody hear of every mark price from now on."""
        self._readers.append(reader)

    def newest(self, instrument_id: str) -> PushedMark | None:
        """Return the newest mark price that is believed; None where there is none of this connection."""
        return self._newest.get(instrument_id)

    def age(self, push: PushedMark) -> float | None:
        """Return how many seconds old a price is now; None where the exchange's clock is not known.

        The longer of two: by the exchange's clock, and since it was read by ours.
        """
        now = self._exchange_now()
        if now is None:
            return None
        return max((now - push.at).total_seconds(), self._clock.monotonic() - push.received_at)

    def looked(self, instrument_id: str, price: Decimal) -> None:
        """Take the mark price of a look that is believed: the next push is held against it."""
        last = self._believed.get(instrument_id)
        if last is not None:
            self._believed[instrument_id] = last._replace(price=price)

    def median_age(self) -> float | None:
        """Return the median age in seconds of the last minute's pushes as they were read; None without any."""
        since = self._clock.monotonic() - 60
        ages = [age.seconds for age in self._ages if age.read_at >= since]
        return median(ages) if ages else None

    def is_silent(self, instrument_id: str) -> bool:
        """Return whether nothing was heard of an instrument for too long."""
        heard_at = self._heard_at.get(instrument_id)
        return heard_at is None or self._clock.monotonic() - heard_at > SILENT_AFTER

    def mark(self, push: PushedMark) -> None:
        """Take a mark price."""
        name, now = push.instrument_id, self._exchange_now()
        self._heard_at[name] = push.received_at
        last = self._believed.get(name)
        why = push_doubt(push.price, push.at, last, now, is_first=push.is_first)
        if why is None or (why == "first" and last is None):
            self._believed[name] = Believed(push.price, push.at)
        elif why == "first" and last is not None:
            # Its time begins anew; what it is held against stays, until a look says otherwise.
            self._believed[name] = last._replace(at=push.at)
        if now is not None:
            self._ages.append(Age(push.received_at, max(0, (now - push.at).total_seconds())))
        if why is not None:
            self._newest.pop(name, None)
            for reader in self._readers:
                reader.doubted(push)
            return
        self._newest[name] = push
        for reader in self._readers:
            reader.marked(push)

    def lost(self, connection: Connection, why: Problem) -> None:
        """Forget what nothing is known of any more."""
        if connection == "public":
            self.lost_why = why
            self._newest.clear()

    def regained(self, connection: Connection) -> None:
        """Take that prices come again."""
        if connection == "public":
            self.lost_why = None

    def position(self, push: PushedPosition) -> None:
        """Nothing of an account comes on this connection."""

    def order(self, push: PushedOrder) -> None:
        """Nothing of an account comes on this connection."""

    def account_changed(self) -> None:
        """Nothing of an account comes on this connection."""
