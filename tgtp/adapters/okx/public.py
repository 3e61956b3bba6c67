"""What OKX tells everybody: instruments, mark prices, its clock. Read once for all accounts.

OKX counts these reads by address (10 in 2 s): twenty accounts that are looked at in the same second share them. They share
the waiting as well: a read that hangs is waited for once, and not by one account after the other.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from typing import Any, Generic, NamedTuple, TypeVar

from tgtp.adapters.okx.errors import CLOCK_CODES, SIZE_CODES
from tgtp.adapters.okx.market_data import INSTRUMENTS_EVERY, read_instruments
from tgtp.adapters.okx.replies import read_rows
from tgtp.adapters.okx.rows.fields import Malformed, Row, moment, shown_above_zero
from tgtp.domain.model import EPOCH, Instrument
from tgtp.engine.ports import Clock
from tgtp.errors import ExchangeProblem, OrderRefused, Problem, TemporarilyDown

log = logging.getLogger(__name__)

MILLISECOND = dt.timedelta(milliseconds=1)
# Seconds.
CLOCK_EVERY = 3600.0
AGAIN_AFTER = 60.0
# What our two clocks may differ by before OKX's is measured anew.
CLOCKS_APART = dt.timedelta(seconds=1)
# The same, while OKX's clock is not known: no pushed price decides without it.
UNMEASURED_AGAIN_AFTER = 5.0
# The prices of one moment serve all accounts that are looked at in it.
PRICES_HOLD = 2.0
# Asked again by each account at once, prices that were refused for too many requests would be refused for ever.
PRICES_AGAIN_AFTER = 1.0
# How long a check waits for what it can do without.
PATIENCE = 1.0

T = TypeVar("T")


class PublicMark(NamedTuple):
    """A mark price as everybody is told it, and when the reply was made, in OKX's words; None where it does not say."""

    price: Decimal | None = None
    at: str | None = None


NO_MARK = PublicMark()


def _public_mark(row: Row) -> PublicMark:
    return PublicMark(shown_above_zero(row, "markPx"), str(row["ts"]))


class _Shared(Generic[T]):
    """A read that all who want it while it is under way wait for. Whoever stops waiting leaves it to the others."""

    def __init__(self, read: Callable[[], Awaitable[T]]) -> None:
        self._read = read
        self._task: asyncio.Future[T] | None = None

    async def result(self, patience: float | None = None) -> T:
        """Return what was read, within ``patience`` seconds, or None for as long as it takes. Raises TemporarilyDown."""
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._read())
            # Nobody may be left who waits for it.
            self._task.add_done_callback(lambda read: read.cancelled() or read.exception())
        task = self._task
        # Unlike a bare await, this neither ends the read with one who waits nor those who wait with the read.
        await asyncio.wait({task}, timeout=patience)
        if not task.done() or task.cancelled():
            raise TemporarilyDown(Problem("problem.public"))
        return task.result()

    async def end(self) -> None:
        """Give up the read that is under way."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})


class OkxPublic:
    """The public side, as several accounts share it; ``client`` is any of theirs."""

    def __init__(self, client: Any, clock: Clock) -> None:
        self.instruments: Mapping[str, Instrument] = {}
        self.skew: dt.timedelta | None = None
        self._client = client
        self._clock = clock
        # When to read each again, by the monotonic clock.
        self._instruments_due = 0.0
        self._doubt_due = 0.0
        self._time_due: float | None = None
        self._prices_due: float | None = None
        # OKX's clock when it was measured, and when that was by the monotonic clock.
        self._measured: tuple[dt.datetime, float] | None = None
        self._marks: dict[str, PublicMark] = {}
        self._listing = _Shared(self._read_listed)
        self._measuring = _Shared(self._measure)
        self._pricing = _Shared(self._read_marks)

    def reads_by(self, client: Any) -> bool:
        """Return whether it reads by this client, and ends with it."""
        return self._client is client

    async def keep_instruments(self) -> None:
        """Read the instruments when it is time. Raises TemporarilyDown, AccessRefused where none are known yet."""
        if not self.instruments:
            await self._listing.result()
        elif self._clock.monotonic() >= self._instruments_due:
            with contextlib.suppress(TemporarilyDown):
                await self._listing.result(PATIENCE)

    async def look_for_new_instruments(self) -> None:
        """Read the list again for what was listed after it was read, at most once a minute."""
        if self.doubt_instruments():
            await self.keep_instruments()

    def doubt_instruments(self) -> bool:
        """Have them read again at the next look: a size was refused, or is contradicted. At most once a minute; else False."""
        if self._instruments_due == 0:
            # Somebody has asked for it, and they have not come yet.
            return True
        if self._clock.monotonic() < self._doubt_due:
            return False
        self._doubt_due = self._clock.monotonic() + AGAIN_AFTER
        self._instruments_due = 0.0
        return True

    async def keep_time(self, client: Any) -> None:
        """Measure OKX's clock against ours when it is time, and let a client sign by it.

        Signatures carry the time, and are refused when it is 30 s off.
        """
        if self._time_due is None or self._clock.monotonic() >= self._time_due or self._clocks_parted():
            with contextlib.suppress(TemporarilyDown):
                await self._measuring.result(None if self.skew is None else PATIENCE)
        if self.skew is not None:
            client.options["timeDifference"] = self.skew // MILLISECOND

    def doubt_time(self, client: Any) -> None:
        """Have the clocks compared again: a signature of this client was refused for its time."""
        if self.skew is None or client.options.get("timeDifference") == self.skew // MILLISECOND:
            self._time_due = None
        # Else they were compared since it signed: when a clock jumps, every account is refused, and one comparison mends all.

    def take_refusal(self, problem: ExchangeProblem, client: Any) -> None:
        """Have read anew what a refusal of this client's shows to be out of date: the sizes, or the time."""
        code = problem.code if isinstance(problem, OrderRefused) else ""
        if code in SIZE_CODES:
            self.doubt_instruments()
        if code in CLOCK_CODES:
            self.doubt_time(client)

    def now(self) -> dt.datetime | None:
        """Return OKX's time, None before it was measured. A jump of our wall clock since then does not move it."""
        if self._measured is None:
            return None
        theirs, at = self._measured
        return theirs + dt.timedelta(seconds=self._clock.monotonic() - at)

    def milliseconds(self) -> int | None:
        """Return OKX's time as it writes it."""
        now = self.now()
        return None if now is None else (now - EPOCH) // MILLISECOND

    def _clocks_parted(self) -> bool:
        """Return whether our clock has jumped since the measurement, or the one that never jumps stood still in a sleep."""
        now = self.now()
        return now is not None and self.skew is not None and abs(self._clock.now() - self.skew - now) > CLOCKS_APART

    def by_our_clock(self, theirs: str | None) -> dt.datetime | None:
        """Return a time of OKX's, in milliseconds, by our clock; None where it is no time."""
        if theirs is None or not theirs.isdecimal() or len(theirs) != len("1767225600000"):
            return None
        return EPOCH + dt.timedelta(milliseconds=int(theirs)) + (self.skew or dt.timedelta())

    async def mark_prices(self) -> Mapping[str, PublicMark]:
        """Return the mark prices that everybody is told. Nothing, where they cannot be read."""
        if self._prices_due is not None and self._clock.monotonic() < self._prices_due:
            return self._marks
        try:
            return await self._pricing.result()
        except TemporarilyDown:
            return {}

    async def close(self) -> None:
        """Give up what is being read."""
        for shared in (self._listing, self._measuring, self._pricing):
            await shared.end()

    async def _read_listed(self) -> None:
        try:
            found = await read_instruments(self._client)
        except ExchangeProblem:
            if not self.instruments:
                raise
            log.warning("OKX did not send its instruments; those read before are used")
            self._instruments_due = self._clock.monotonic() + AGAIN_AFTER
            return
        # One that a cut reply left out is still held: what was known of it stays.
        self.instruments = {**self.instruments, **found}
        self._instruments_due = self._clock.monotonic() + INSTRUMENTS_EVERY

    async def _read_marks(self) -> Mapping[str, PublicMark]:
        try:
            rows = await read_rows(self._client.publicGetPublicMarkPrice, {"instType": "SWAP"})
            # Old ones would make the prices of the positions look old, or wrong.
            self._marks, hold = {str(row["instId"]): _public_mark(row) for row in rows}, PRICES_HOLD
        except (ExchangeProblem, KeyError):
            self._marks, hold = {}, PRICES_AGAIN_AFTER
        self._prices_due = self._clock.monotonic() + hold
        return self._marks

    async def _measure(self) -> None:
        sent_at = self._clock.now()
        try:
            rows = await read_rows(self._client.publicGetPublicTime)
            theirs = moment(rows[0], "ts")
        except (ExchangeProblem, Malformed, IndexError) as exc:
            # What was measured before is good enough; if not, OKX says so and it is measured again.
            log.debug("OKX's clock could not be read: %s", exc)
            self._time_due = self._clock.monotonic() + (UNMEASURED_AGAIN_AFTER if self.skew is None else AGAIN_AFTER)
            return
        ours = sent_at + (self._clock.now() - sent_at) / 2
        self.skew = ours - theirs
        self._measured = (theirs, self._clock.monotonic())
        self._time_due = self._clock.monotonic() + CLOCK_EVERY
