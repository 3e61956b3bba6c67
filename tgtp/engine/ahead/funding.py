"""Reads the funding rates of what is held, and tells of high ones; beside the checks, which never wait for it."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from tgtp.domain.events import FundingHigh
from tgtp.domain.funding.rates import FundingRate, NextFunding, next_funding
from tgtp.domain.model import LegKey
from tgtp.engine.cycle import Checker
from tgtp.engine.ports import Clock, Exchange
from tgtp.errors import ExchangeProblem, LedgerWriteFailed

log = logging.getLogger(__name__)

NOTE = "funding"
# Seconds between two looks at what is held, between two instruments, and that one reading may take.
LOOK_EVERY = 30
READ_PAUSE = 0.3
PATIENCE = 10
# Seconds until an instrument is read again: where its settlement is near, where it is not, and where that failed.
NEAR = 3600
READ_NEAR = 300
READ_FAR = 1800
AGAIN_AFTER = 60
# So many failures in a row end a round: where the exchange does not answer, there is no use in asking for all.
MOST_FAILURES = 3
# Seconds after which a rate that could not be read again is not known any more.
STALE_AFTER = 3600


class Reading(NamedTuple):
    """When an instrument was asked for last, and when its ``rate`` was read (seconds that never jump); None while not known."""

    tried_at: float
    due_at: float
    rate: FundingRate | None = None
    read_at: float = 0


class FundingWatch:
    """Reads by one exchange for the legs of all accounts, the main one first: rates are public.

    ``warn`` (a fraction, 0 for never) is the rate from which on people are told of legs above the gate that pay it.
    """

    def __init__(self, checkers: Sequence[Checker], exchange: Exchange, clock: Clock, warn: Decimal) -> None:
        self._checkers = checkers
        self._exchange = exchange
        self._clock = clock
        self._warn = warn
        self._readings: dict[str, Reading] = {}

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            # First: at the start the first check has the machine for itself.
            await self._clock.sleep(LOOK_EVERY)
            await self.tick()

    async def tick(self) -> None:
        """Read what is due, hand out what is known, and tell of what is high. What fails is logged and tried again."""
        snapshots = [checker.last_good for checker in self._checkers]
        held = {leg.instrument.instrument_id for each in snapshots if each is not None for leg in each.legs}
        self._readings = {name: reading for name, reading in self._readings.items() if name in held}
        await self._read(held)
        now = self._clock.monotonic()
        known = {
            name: reading.rate
            for name, reading in self._readings.items()
            if reading.rate is not None and now - reading.read_at < STALE_AFTER
        }
        for checker in self._checkers:
            checker.funding_rates, checker.funding_tried = known, frozenset(self._readings)
            if checker.stopping or checker.held is not None:
                continue
            try:
                self._tell(checker, known)
            except LedgerWriteFailed as exc:
                log.error("a high funding rate could not be written: %s", exc)

    async def _read(self, held: Collection[str]) -> None:
        """Read what is due, that first which has waited longest."""
        failures = 0
        due = [name for name in held if self._is_due(name)]
        for place, name in enumerate(sorted(due, key=lambda name: (self._tried_at(name), name))):
            if place:
                await self._clock.sleep(READ_PAUSE)
            failures = 0 if await self._read_one(name) else failures + 1
            if failures == MOST_FAILURES:
                return

    def _is_due(self, name: str) -> bool:
        reading = self._readings.get(name)
        if reading is None or self._clock.monotonic() >= reading.due_at:
            return True
        # A settlement that is over: the next one has a rate of its own.
        return reading.rate is not None and reading.rate.settles_at <= self._clock.now()

    def _tried_at(self, name: str) -> float:
        reading = self._readings.get(name)
        return reading.tried_at if reading is not None else 0

    async def _read_one(self, name: str) -> bool:
        """Read one instrument's rate; False where the exchange did not answer."""
        before = self._readings.get(name, Reading(0, 0))
        try:
            async with asyncio.timeout(PATIENCE):
                rate = await self._exchange.funding_rate(name)
        except (ExchangeProblem, TimeoutError) as exc:
            log.debug("the funding rate of %s could not be read: %s", name, exc or "too slow")
            now = self._clock.monotonic()
            kept = before.rate if before.rate is not None and before.rate.settles_at > self._clock.now() else None
            self._readings[name] = before._replace(tried_at=now, due_at=now + AGAIN_AFTER, rate=kept)
            return False
        now = self._clock.monotonic()
        if rate is not None and rate.settles_at <= self._clock.now():
            # Still that of the settlement that is just over.
            rate = None
        if rate is None:
            self._readings[name] = Reading(now, now + AGAIN_AFTER)
            return True
        left = (rate.settles_at - self._clock.now()).total_seconds()
        # Read far ahead, it is read again when it comes near.
        wait = READ_NEAR if left <= NEAR else min(READ_FAR, left - NEAR + 1)
        self._readings[name] = Reading(now, now + wait, rate, now)
        return True

    def _tell(self, checker: Checker, known: Mapping[str, FundingRate]) -> None:
        journal, snapshot = checker.journal, checker.last_good
        if snapshot is None:
            return
        now, gate = journal.now(), checker.rules.min_margin
        before: dict[str, str] = journal.ledger.note(NOTE) or {}
        # Nobody asks for a settlement that is over; one whose rate is not known for a while may come back.
        told = {name: at for name, at in before.items() if dt.datetime.fromisoformat(at) > now}
        high: dict[str, list[NextFunding]] = {}
        for leg in snapshot.legs if self._warn else ():
            name = leg.instrument.instrument_id
            funding = next_funding(leg, known, now)
            if funding is None or abs(funding.rate.rate) < self._warn or funding.payment >= 0:
                continue
            if leg.initial_margin > gate and told.get(name) != funding.rate.settles_at.isoformat():
                high.setdefault(name, []).append(funding)
        if not high:
            return
        told |= {name: known[name].settles_at.isoformat() for name in high}
        with journal.step():
            journal.ledger.keep_note(NOTE, told)
            for name, paying in sorted(high.items()):
                keys: tuple[LegKey, ...] = tuple(each.leg.key for each in paying)
                journal.record(
                    FundingHigh(
                        at=now,
                        instrument_id=name,
                        legs=keys,
                        rate=known[name].rate,
                        payment=sum((each.payment for each in paying), Decimal(0)),
                        settles_at=known[name].settles_at,
                    )
                )
