"""The account's own legs of the last days, as the exchange remembers them and as our records know what we did in them."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import NamedTuple

from tgtp.domain.events import Event
from tgtp.domain.model import CloseRecord, Leg, LegKey
from tgtp.engine.cycle import Checker
from tgtp.engine.ports import PastLeg
from tgtp.errors import Problem, TemporarilyDown

LifeOf = tuple[LegKey, dt.datetime]


class PastLegs(NamedTuple):
    """Legs, the newest end first, and how many more there were whose terms nobody names."""

    legs: tuple[PastLeg, ...]
    without_terms: int


class _Done(NamedTuple):
    """How many tiers and hedges of ours have filled, by the life of a leg."""

    tiers: Counter[LifeOf]
    hedges: Counter[LifeOf]


async def past_legs(checker: Checker, since: dt.datetime, now: dt.datetime) -> PastLegs:
    """Read the legs that ended since then, and those that are open.

    Raises TemporarilyDown, AccessRefused, and what a disk fails by.
    """
    closes = await checker.records.closes_since(since)
    snapshot, ledger = checker.last_good, checker.journal.ledger
    open_legs = {(leg.key, leg.opened_at): leg for leg in (snapshot.legs if snapshot is not None else ())}
    begun = min([since, *(close.opened_at for close in closes), *(at for _, at in open_legs)])
    done = await asyncio.to_thread(lambda: _done(ledger.back_to(begun), lambda: checker.stopping))
    lives: dict[LifeOf, PastLeg | None] = {}
    for close in closes:
        life = close.leg, close.opened_at
        held = open_legs.get(life)
        if life not in lives and held is None:
            # What was closed in part, and is not seen as an open leg, is not known to have ended.
            lives[life] = _ended(close, done) if close.whole else None
        elif held is not None and life not in lives:
            lives[life] = _open(held, close.most_contracts, now, done)
    for life, leg in open_legs.items():
        if life not in lives:
            lives[life] = _open(leg, None, now, done)
    known = sorted((leg for leg in lives.values() if leg is not None), key=lambda leg: leg.until, reverse=True)
    return PastLegs(tuple(known), len(lives) - len(known))


def _ended(close: CloseRecord, done: _Done) -> PastLeg | None:
    if close.most_contracts is None or close.entry_price is None or close.close_price is None or close.leverage is None:
        return None
    life = close.leg, close.opened_at
    return PastLeg(
        leg=close.leg,
        opened_at=close.opened_at,
        until=close.at,
        contracts=close.most_contracts,
        entry_price=close.entry_price,
        close_price=close.close_price,
        leverage=close.leverage,
        net=close.realised_pnl,
        fees=close.fees or Decimal(0),
        funding=close.funding or Decimal(0),
        tiers=done.tiers[life],
        hedges=done.hedges[life],
        liquidated=close.how == "liquidation",
    )


def _open(leg: Leg, most: Decimal | None, now: dt.datetime, done: _Done) -> PastLeg | None:
    if not leg.leverage_known:
        return None
    life = leg.key, leg.opened_at
    return PastLeg(
        leg=leg.key,
        opened_at=leg.opened_at,
        until=now,
        is_open=True,
        contracts=max(leg.contracts, most or leg.contracts),
        entry_price=leg.entry_price,
        leverage=leg.leverage,
        net=leg.realised_pnl + leg.unrealised_pnl,
        fees=leg.fees or Decimal(0),
        funding=leg.funding or Decimal(0),
        tiers=done.tiers[life],
        hedges=done.hedges[life],
    )


def _done(events: Iterable[tuple[int, Event]], is_ending: Callable[[], bool]) -> _Done:
    found = _Done(Counter(), Counter())
    for _, event in events:
        if is_ending():
            # The end of the program would wait for this thread.
            raise TemporarilyDown(Problem("problem.ending"))
        if event.kind == "tier_filled" and event.finished:
            found.tiers[event.intent.leg, event.intent.opened_at] += 1
        elif event.kind == "hedge_filled":
            found.hedges[event.intent.leg, event.intent.opened_at] += 1
    return found
