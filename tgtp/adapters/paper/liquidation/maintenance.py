"""The maintenance rates that a paper account's legs are liquidated by: OKX's own, where prices come from there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from decimal import Decimal
from typing import Final

from tgtp.domain.liquidation.position_tiers import ONE_TIER, PositionTiers
from tgtp.domain.liquidation.price import MAINTENANCE_RATE
from tgtp.domain.model import LegKey, MarginMode
from tgtp.engine.ports import Clock
from tgtp.errors import ExchangeProblem

# Seconds until tiers are read again: those that were read, and those that could not be.
READ_EVERY: Final = 86_400.0
AGAIN_AFTER: Final = 600.0

log = logging.getLogger(__name__)

Coin = tuple[str, MarginMode]


class MaintenanceRates:
    """One maintenance rate for every coin and size."""

    def rate(self, leg: LegKey, contracts: Decimal) -> Decimal:  # noqa: ARG002 - others go by them
        """Return that of a leg of so many contracts, a fraction of the notional."""
        return MAINTENANCE_RATE

    def follow(self, legs: Iterable[LegKey]) -> None:
        """Begin to read what is due of these legs; nothing waits for it."""

    def stop(self) -> None:
        """Give up a read."""


class TieredRates(MaintenanceRates):
    """The rates of position tiers, which are read beside the looks: no look waits for them, or fails with them."""

    def __init__(self, read: Callable[[str, MarginMode], Awaitable[PositionTiers]], clock: Clock) -> None:
        self._read, self._clock = read, clock
        self._tiers: dict[Coin, PositionTiers] = {}
        # When a coin's tiers are read next, by the clock that never jumps.
        self._due: dict[Coin, float] = {}
        self._said = False
        self._reading: asyncio.Task[None] | None = None

    def rate(self, leg: LegKey, contracts: Decimal) -> Decimal:
        """Return that of its tier; that of every coin, while its tiers are not known."""
        return self._tiers.get(_coin(leg), ONE_TIER).rate(contracts)

    def follow(self, legs: Iterable[LegKey]) -> None:
        """Begin to read the tiers that are due, unless that is under way."""
        now = self._clock.monotonic()
        due = {coin for coin in map(_coin, legs) if now >= self._due.get(coin, now)}
        if due and (self._reading is None or self._reading.done()):
            self._reading = asyncio.create_task(self._read_all(due), name="position tiers")

    def stop(self) -> None:
        """Give up a read."""
        if self._reading is not None:
            self._reading.cancel()

    async def _read_all(self, coins: Iterable[Coin]) -> None:
        for coin in coins:
            self._due[coin] = self._clock.monotonic() + AGAIN_AFTER
            try:
                self._tiers[coin] = await self._read(*coin)
            except ExchangeProblem as exc:
                if coin not in self._tiers and not self._said:
                    self._said = True
                    log.warning("%s: until they are read, legs are liquidated by a maintenance rate of 0.4 %%", exc)
            else:
                self._due[coin] = self._clock.monotonic() + READ_EVERY


def _coin(leg: LegKey) -> Coin:
    return leg.instrument_id, leg.margin_mode
