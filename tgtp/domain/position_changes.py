"""What changed between what is remembered of the legs and a new snapshot: opened, grown, shrunk, gone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import NamedTuple

from tgtp.domain.events import Event, LegGone, LegGrew, LegOpened, LegRedenominated, LegShrank, LegUnreadable
from tgtp.domain.legacy import LegacyState, legacy_tiers
from tgtp.domain.life import LONGEST_BEHIND, Life
from tgtp.domain.model import Leg, LegKey, Snapshot
from tgtp.domain.plan import Rules

# One whole reply without a leg may still be the exchange's mistake; two in a row, so far apart, are believed.
MISSES_BELIEVED = 2
GONE_AFTER = dt.timedelta(seconds=8)
FORGET_AFTER = dt.timedelta(days=30)


class Missed(NamedTuple):
    """Whole replies in a row without a leg: how many, and when the first of them was."""

    looks: int
    since: dt.datetime


class Changes(NamedTuple):
    """What to remember from now on, and what happened. ``misses`` are the legs that are missing and not yet taken for gone."""

    lives: tuple[Life, ...]
    forgotten: tuple[LegKey, ...]
    events: tuple[Event, ...]
    misses: Mapping[LegKey, Missed]


def changes(
    snapshot: Snapshot,
    lives: Mapping[LegKey, Life],
    misses: Mapping[LegKey, Missed],
    *,
    unresolved: Collection[LegKey],
    rules: Rules,
    legacy: Mapping[str, LegacyState],
    quiet: bool,
    missized: Collection[LegKey] = (),
) -> Changes:
    """Compare. Legs with an unresolved order are left as they are; ``quiet`` takes new legs for the starting point.

    The size of ``missized`` legs is not believed: what they show is neither growth nor shrinking.
    """
    now = snapshot.taken_at
    kept: list[Life] = []
    events: list[Event] = []
    older: set[LegKey] = set()
    for leg in snapshot.legs:
        if leg.key in unresolved:
            continue
        life = lives.get(leg.key)
        if life is not None and _is_from_before(leg, life, now):
            older.add(leg.key)
        elif life is None or not life.is_of(leg):
            fired = legacy_tiers(legacy.get(_legacy_name(leg.key)), leg, rules.ladder_of(leg.key))
            kept.append(Life.begun(leg, fired, is_size_believed=leg.key not in missized))
            if not quiet:
                anew = life is not None and life.gone_at is None
                events.append(_opened(leg, now, anew=anew))
        elif leg.key not in missized:
            seen, resized = _resized(leg, life, now)
            event = None
            if not seen.is_stale(leg, now):
                seen, event = _seen(leg, seen, rules, now)
            if seen is not life:
                kept.append(seen)
            events += [happened for happened in (resized, event) if happened is not None]
    for key in snapshot.unreadable:
        life = lives.get(key)
        if life is not None and "unreadable" not in life.told:
            kept.append(life.with_told("unreadable"))
            events.append(LegUnreadable(at=now, leg=key, detail=""))

    here = (snapshot.by_key.keys() - older) | snapshot.unreadable | set(unresolved)
    missing = {
        key: Missed(misses[key].looks + 1, misses[key].since) if key in misses else Missed(1, now)
        for key, life in lives.items()
        if key not in here and life.gone_at is None
    }
    for key, missed in list(missing.items()):
        # Either way: a clock that was put back must not keep a leg open that is gone.
        if missed.looks >= MISSES_BELIEVED and abs(now - missed.since) >= GONE_AFTER:
            life = lives[key]
            kept.append(life.replaced(gone_at=now))
            events.append(LegGone(at=now, leg=key, contracts=life.contracts, by_us=life.contracts == 0))
            del missing[key]
    forgotten = tuple(key for key, life in lives.items() if life.gone_at and now - life.gone_at > FORGET_AFTER)
    return Changes(tuple(kept), forgotten, tuple(events), missing)


def _is_from_before(leg: Leg, life: Life, now: dt.datetime) -> bool:
    """Say whether a row shows a life that was over before the one that is remembered began.

    Such a row is of an old reply: its tiers have fired, and a new life would fire them again. While the later life is not
    known as ended, the leg counts as missing. Long after its end no reply is so old: then the time itself was wrong.
    """
    if leg.opened_at >= life.opened_at:
        return False
    return life.gone_at is None or abs(now - life.gone_at) < LONGEST_BEHIND


def _resized(leg: Leg, life: Life, now: dt.datetime) -> tuple[Life, Event | None]:
    """Count what is remembered in the contracts of now, where the exchange has changed their size."""
    seen = life.resized(leg.instrument)
    if seen is life or life.contract_size is None:
        return seen, None
    if abs(leg.contracts - seen.contracts) < leg.instrument.lot_size:
        # What does not come to a whole lot was rounded by the exchange, not closed by hand.
        seen = seen.replaced(contracts=leg.contracts)
    event = LegRedenominated(
        at=now,
        leg=leg.key,
        before=life.contracts,
        contracts=seen.contracts,
        size_before=life.contract_size,
        size=leg.instrument.contract_size,
    )
    return seen, event


def _seen(leg: Leg, life: Life, rules: Rules, now: dt.datetime) -> tuple[Life, Event | None]:
    event: Event | None = None
    if life.gone_at is not None:
        event = _opened(leg, now, reopened=True)
    seen = life.without_told("unreadable") if "unreadable" in life.told else life
    if leg.contracts == life.contracts and life.gone_at is None:
        return seen, event
    seen = seen.after_seen(leg, now)
    if leg.contracts > life.contracts and event is None:
        rearm = rules.rearm == "on_add" and bool(life.fired or life.unfinished)
        event = LegGrew(
            at=now,
            leg=leg.key,
            opened_at=leg.opened_at,
            generation=life.generation,
            before=life.contracts,
            contracts=leg.contracts,
            fired=tuple(sorted(life.fired_numbers)),
            rearmed=rearm,
        )
        if rearm:
            seen = seen.rearmed()
    elif leg.contracts < life.contracts and event is None:
        event = LegShrank(at=now, leg=leg.key, before=life.contracts, contracts=leg.contracts)
    return seen, event


def _opened(leg: Leg, now: dt.datetime, *, reopened: bool = False, anew: bool = False) -> LegOpened:
    return LegOpened(
        at=now,
        leg=leg.key,
        contracts=leg.contracts,
        entry_price=leg.entry_price,
        initial_margin=leg.initial_margin,
        reopened=reopened,
        anew=anew,
    )


def _legacy_name(key: LegKey) -> str:
    return f"{key.instrument_id}_{key.position_side.value}"
