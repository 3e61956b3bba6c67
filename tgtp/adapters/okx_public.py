"""What OKX tells everybody: instruments, the times of mark prices, its clock. Read once for all accounts.

OKX counts these reads by address (10 in 2 s): twenty accounts that are looked at in the same second share them.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Mapping
from typing import Any

from tgtp.adapters.okx_market import read_instruments
from tgtp.adapters.okx_replies import read_rows
from tgtp.adapters.okx_rows import Malformed, moment
from tgtp.domain.model import EPOCH, Instrument
from tgtp.engine.ports import Clock
from tgtp.errors import ExchangeProblem, TemporarilyDown

log = logging.getLogger(__name__)

# Seconds.
INSTRUMENTS_EVERY = 3600.0
CLOCK_EVERY = 3600.0
AGAIN_AFTER = 60.0
# The prices of one moment serve all accounts that are looked at in it.
PRICES_HOLD = 2.0


class OkxPublic:
    """The public side, as several accounts share it; ``client`` is any of theirs."""

    def __init__(self, client: Any, clock: Clock) -> None:
        self.instruments: Mapping[str, Instrument] = {}
        self.skew: dt.timedelta | None = None
        self._client = client
        self._clock = clock
        # When to read each again, by the monotonic clock.
        self._instruments_due = 0.0
        self._unknown_due = 0.0
        self._time_due: float | None = None
        self._prices_due: float | None = None
        # OKX's clock when it was measured, and when that was by the monotonic clock.
        self._measured: tuple[dt.datetime, float] | None = None
        self._times: dict[str, str] = {}
        self._pricing: asyncio.Future[dict[str, str]] | None = None
        self._one_at_a_time = asyncio.Lock()

    async def keep_instruments(self) -> None:
        """Read the instruments when it is time. Raises TemporarilyDown where none are known yet."""
        async with self._one_at_a_time:
            if self.instruments and self._clock.monotonic() < self._instruments_due:
                return
            try:
                found = await read_instruments(self._client)
            except TemporarilyDown:
                if not self.instruments:
                    raise
                log.warning("OKX did not send its instruments; those read before are used")
                self._instruments_due = self._clock.monotonic() + AGAIN_AFTER
                return
            # One that a cut reply left out is still held: what was known of it stays.
            self.instruments = {**self.instruments, **found}
            self._instruments_due = self._clock.monotonic() + INSTRUMENTS_EVERY

    async def look_for_new_instruments(self) -> None:
        """Read the list again for what was listed after it was read, at most once a minute."""
        if self._clock.monotonic() < self._unknown_due:
            return
        self._unknown_due = self._clock.monotonic() + AGAIN_AFTER
        self.doubt_instruments()
        await self.keep_instruments()

    def doubt_instruments(self) -> None:
        """Have them read again at the next look: an order was refused for its lots."""
        self._instruments_due = 0.0

    async def keep_time(self, client: Any) -> None:
        """Measure OKX's clock against ours when it is time, and let a client sign by it.

        Signatures carry the time, and are refused when it is 30 s off.
        """
        async with self._one_at_a_time:
            if self._time_due is None or self._clock.monotonic() >= self._time_due:
                await self._measure()
        if self.skew is not None:
            client.options["timeDifference"] = self.skew // dt.timedelta(milliseconds=1)

    def doubt_time(self) -> None:
        """Have the clocks compared again: a signature was refused for its time."""
        self._time_due = None

    def milliseconds(self) -> int | None:
        """Give OKX's time, None before it was measured. A jump of our wall clock since then does not move it."""
        if self._measured is None:
            return None
        theirs, at = self._measured
        return int((theirs.timestamp() + self._clock.monotonic() - at) * 1000)

    def by_our_clock(self, theirs: str | None) -> dt.datetime | None:
        """Give a time of OKX's, in milliseconds, by our clock; None where it is no time."""
        if theirs is None or not theirs.isdecimal() or len(theirs) != len("1767225600000"):
            return None
        return EPOCH + dt.timedelta(milliseconds=int(theirs)) + (self.skew or dt.timedelta())

    async def price_times(self) -> Mapping[str, str]:
        """Give when the mark prices were made: positions do not say it. Nothing, where that cannot be read."""
        if self._prices_due is not None and self._clock.monotonic() < self._prices_due:
            return self._times
        if self._pricing is None or self._pricing.done():
            self._pricing = asyncio.ensure_future(self._read_price_times())
            # Nobody may be left who waits for it.
            self._pricing.add_done_callback(lambda read: read.cancelled() or read.exception())
        # Whoever loses patience leaves it to the others.
        return await asyncio.shield(self._pricing)

    async def close(self) -> None:
        """Give up what is being read."""
        if self._pricing is not None:
            self._pricing.cancel()
            await asyncio.wait({self._pricing})

    async def _read_price_times(self) -> dict[str, str]:
        try:
            rows = await read_rows(self._client.publicGetPublicMarkPrice, {"instType": "SWAP"})
            times = {str(row["instId"]): str(row["ts"]) for row in rows}
        except (ExchangeProblem, KeyError):
            return {}
        self._times, self._prices_due = times, self._clock.monotonic() + PRICES_HOLD
        return times

    async def _measure(self) -> None:
        sent_at = self._clock.now()
        try:
            rows = await read_rows(self._client.publicGetPublicTime)
            theirs = moment(rows[0], "ts")
        except (ExchangeProblem, Malformed, IndexError) as exc:
            # What was measured before is good enough; if not, OKX says so and it is measured again.
            log.debug("OKX's clock could not be read: %s", exc)
            self._time_due = self._clock.monotonic() + AGAIN_AFTER
            return
        ours = sent_at + (self._clock.now() - sent_at) / 2
        self.skew = ours - theirs
        self._measured = (theirs, self._clock.monotonic())
        self._time_due = self._clock.monotonic() + CLOCK_EVERY
