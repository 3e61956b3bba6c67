"""Finds where prices have gone since guards have closed legs: the marks of now, or of when a life ended."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from decimal import Decimal
from typing import NamedTuple

from tgtp.domain.model import Candle, LegKey, Snapshot
from tgtp.domain.report import GuardAct, GuardedLeg
from tgtp.errors import ExchangeProblem

log = logging.getLogger(__name__)

# Seconds for all of them: a report does not wait for prices.
LONGEST = 20
# What was seen so lately is the price of now.
FRESH = dt.timedelta(minutes=1)


class Market(NamedTuple):
    """Where the prices of an account are to be had: what was ``seen`` last, ``doubted`` legs in it, and the bars of marks."""

    account: str
    seen: Snapshot | None
    doubted: Collection[LegKey]
    bars: Callable[[str, dt.datetime], Awaitable[tuple[Candle, ...]]]


async def with_prices(acts: Sequence[GuardAct], markets: Sequence[Market], now: dt.datetime) -> tuple[GuardAct, ...]:
    """Return acts with the prices that are missing in them; without those that cannot be had now."""
    by_account = {market.account: market for market in markets}

    def of(act: GuardAct) -> Market:
        # One that had another name then: the first account sees the same market.
        return by_account.get(act.account, markets[0])

    found: dict[tuple[str, str, dt.datetime | None], Decimal | None] = {}
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LONGEST):
            for act in acts:
                for leg in act.legs:
                    name = (of(act).account, leg.leg.instrument_id, leg.ended_at)
                    if leg.price is None and name not in found:
                        found[name] = await _price(of(act), leg.leg, leg.ended_at, now)

    def priced(act: GuardAct, leg: GuardedLeg) -> GuardedLeg:
        name = (of(act).account, leg.leg.instrument_id, leg.ended_at)
        return leg if leg.price is not None else leg.replaced(price=found.get(name))

    return tuple(act.replaced(legs=tuple(priced(act, leg) for leg in act.legs)) for act in acts)


async def _price(market: Market, key: LegKey, ended_at: dt.datetime | None, now: dt.datetime) -> Decimal | None:
    if ended_at is None and (seen := _seen(market, key.instrument_id, now)) is not None:
        return seen
    try:
        bars = await market.bars(key.instrument_id, now - FRESH if ended_at is None else ended_at)
    except ExchangeProblem as exc:
        log.warning("the price of %s since a guard has closed it could not be read: %s", key.instrument_id, exc)
        return None
    if not bars:
        return None
    return bars[-1].close if ended_at is None else bars[0].close


def _seen(market: Market, instrument_id: str, now: dt.datetime) -> Decimal | None:
    """Return the mark that the last check has seen, where it is of now and nothing speaks against it."""
    if market.seen is None or abs(now - market.seen.taken_at) > FRESH:
        return None
    of = [leg for leg in market.seen.legs if leg.instrument.instrument_id == instrument_id and leg.key not in market.doubted]
    return of[0].mark_price if of else None
