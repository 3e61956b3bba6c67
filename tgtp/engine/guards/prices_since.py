"""Finds where prices have gone since guards have closed legs: the marks of now, or of when a life ended."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import Sequence
from decimal import Decimal

from tgtp.domain.model import LegKey
from tgtp.domain.report import GuardAct, GuardedLeg
from tgtp.engine.cycle import Checker
from tgtp.errors import ExchangeProblem

log = logging.getLogger(__name__)

# Seconds for all of them: a report does not wait for prices.
LONGEST = 20
# What was seen so lately is the price of now.
FRESH = dt.timedelta(minutes=1)


async def with_prices(acts: Sequence[GuardAct], checkers: Sequence[Checker]) -> tuple[GuardAct, ...]:
    """Return acts with the prices that are missing in them; without those that cannot be had now."""
    by_account = {checker.account: checker for checker in checkers}
    found: dict[tuple[Checker, str, dt.datetime | None], Decimal | None] = {}
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LONGEST):
            for act in acts:
                # One that had another name then: the first account sees the same market.
                checker = by_account.get(act.account, checkers[0])
                for leg in act.legs:
                    name = (checker, leg.leg.instrument_id, leg.ended_at)
                    if leg.price is None and name not in found:
                        found[name] = await _price(checker, leg.leg, leg.ended_at)

    def priced(act: GuardAct, leg: GuardedLeg) -> GuardedLeg:
        name = (by_account.get(act.account, checkers[0]), leg.leg.instrument_id, leg.ended_at)
        return leg if leg.price is not None else leg.replaced(price=found.get(name))

    return tuple(act.replaced(legs=tuple(priced(act, leg) for leg in act.legs)) for act in acts)


async def _price(checker: Checker, key: LegKey, ended_at: dt.datetime | None) -> Decimal | None:
    now = checker.journal.now()
    if ended_at is None and (seen := _seen(checker, key.instrument_id, now)) is not None:
        return seen
    try:
        bars = await checker.mark_candles(key.instrument_id, now - FRESH if ended_at is None else ended_at)
    except ExchangeProblem as exc:
        log.warning("the price of %s since a guard has closed it could not be read: %s", key.instrument_id, exc)
        return None
    if not bars:
        return None
    return bars[-1].close if ended_at is None else bars[0].close


def _seen(checker: Checker, instrument_id: str, now: dt.datetime) -> Decimal | None:
    """Return the mark that the last check has seen, where it is of now and nothing speaks against it."""
    snapshot = checker.last_good
    if snapshot is None or abs(now - snapshot.taken_at) > FRESH:
        return None
    doubted = checker.observer.doubts.keys()
    of = [leg for leg in snapshot.legs if leg.instrument.instrument_id == instrument_id and leg.key not in doubted]
    return of[0].mark_price if of else None
