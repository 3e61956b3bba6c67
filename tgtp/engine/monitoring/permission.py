"""Whether the exchange lets our key trade: what its configuration says, and what it answers to orders."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import partial

from tgtp.domain.events import TradingAllowed, TradingForbidden
from tgtp.domain.model import AccountProfile
from tgtp.domain.retries import growing_pause
from tgtp.engine.journal import Journal
from tgtp.engine.ports import Clock, Exchange
from tgtp.errors import AccessRefused, TemporarilyDown

# Seconds, by the clock that never jumps.
PROFILE_EVERY = 3600
PROFILE_EVERY_WHILE_FORBIDDEN = 60
QUIET_AFTER_REFUSALS = 600


class Permission:
    """What the key of an account may do, as far as it is known. ``refused``: the exchange does not take the key at all."""

    def __init__(self, exchange: Exchange, journal: Journal, clock: Clock) -> None:
        self.profile: AccountProfile | None = None
        self.refused = False
        self._exchange = exchange
        self._journal = journal
        self._clock = clock
        self._read_at: float | None = None
        self._forbidden = False
        self._refusals = 0
        self._again_at: float | None = None

    @property
    def may_trade(self) -> bool:
        """Return whether the exchange lets this key trade."""
        waiting = self._again_at is not None and self._clock.monotonic() < self._again_at
        return not (self.refused or waiting) and self.profile is not None and self.profile.can_trade

    async def read(self) -> None:
        """Read the account's configuration when it is time. Raises AccessRefused, TemporarilyDown while it is not known."""
        begun = self._clock.monotonic()
        every = PROFILE_EVERY if self.may_trade else PROFILE_EVERY_WHILE_FORBIDDEN
        if self.profile is not None and self._read_at is not None and not self.refused and begun - self._read_at < every:
            return
        try:
            self.profile = await self._exchange.profile()
        except TemporarilyDown:
            # Known once is good enough for a while; never known means that nothing may trade yet.
            if self.profile is None or self.refused:
                raise
            return
        self.refused = False
        if self.profile.can_trade == self._forbidden:
            now, forbidden = self._clock.now(), not self.profile.can_trade
            with self._journal.step():
                self._journal.record(TradingForbidden(at=now) if forbidden else TradingAllowed(at=now))
                self._journal.when_written(partial(self._has_told, forbidden=forbidden))
        # What could not be told is read, and told, by the next check.
        self._read_at = begun

    def _has_told(self, *, forbidden: bool) -> None:
        self._forbidden = forbidden

    @contextlib.contextmanager
    def counting_refusals(self) -> Iterator[None]:
        """Let nothing be sent for a growing while when the exchange refuses the keys for it, though it lets them read."""
        try:
            yield
        except AccessRefused:
            self._refusals += 1
            self._again_at = self._clock.monotonic() + growing_pause(self._refusals).total_seconds()
            raise

    def sent(self) -> None:
        """Take in that orders were not refused for their key."""
        self._refusals = 0

    def proves(self) -> bool:
        """Return whether reads that succeed prove that the key is good.

        They do not while orders are refused again and again; when none was due for a while, they do.
        """
        if self._refusals <= 1:
            # Until then no order was sent that could have been refused again.
            return self._again_at is None or self._clock.monotonic() >= self._again_at
        proven = self._clock.monotonic() >= (self._again_at or 0) + QUIET_AFTER_REFUSALS
        self._refusals = 0 if proven else self._refusals
        return proven
