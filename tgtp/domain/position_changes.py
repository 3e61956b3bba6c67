"""What changed between what is remembered of the legs and a new snapshot: opened, grown, shrunk, gone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import NamedTuple

from tgtp.domain.events import Event, LegGone, LegGrew, LegOpened, LegShrank, LegUnreadable
from tgtp.domain.legacy import LegacyState, legacy_tiers
from tgtp.domain.life import Life
from tgtp.domain.model import Leg, LegKey, Snapshot
from tgtp.domain.plan import Rules

# One whole reply without a leg may still be the exchange's mistake; two in a row are believed.
MISSES_BELIEVED = 2
FORGET_AFTER = dt.timedelta(days=30)


class Changes(NamedTuple):
    """What to remember from now on, and what happened. ``misses`` counts whole replies in a row without a leg."""

    lives: tuple[Life, ...]
    forgotten: tuple[LegKey, ...]
    events: tuple[Event, ...]
    misses: Mapping[LegKey, int]


def changes(
    snapshot: Snapshot,
    lives: Mapping[LegKey, Life],
    misses: Mapping[LegKey, int],
    *,
    unresolved: Collection[LegKey],
    rules: Rules,
    legacy: Mapping[str, LegacyState],
    quiet: bool,
) -> Changes:
    """Compare. Legs with an unresolved order are left as they are; ``quiet`` takes new legs for the starting point."""
    now = snapshot.taken_at
    kept: list[Life] = []
    events: list[Event] = []
    older: set[LegKey] = set()
    for leg in snapshot.legs:
        if leg.key in unresolved:
            continue
        life = lives.get(leg.key)
        if life is not None and life.gone_at is None and leg.opened_at < life.opened_at:
            # A reply from before the leg was opened anew. Believed only when it stays so, as a leg that is missing.
            older.add(leg.key)
        elif life is None or not life.is_of(leg):
            fired = legacy_tiers(legacy.get(_legacy_name(leg.key)), leg, rules.ladder_of(leg.key))
            kept.append(Life.begun(leg, fired))
            if not quiet:
                anew = life is not None and life.gone_at is None
                events.append(_opened(leg, now, anew=anew))
        elif not life.is_stale(leg, now):
            seen, event = _seen(leg, life, rules, now)
            if seen is not life:
                kept.append(seen)
            if event is not None:
                events.append(event)
    for key in snapshot.unreadable:
        life = lives.get(key)
        if life is not None and "unreadable" not in life.told:
            kept.append(life.with_told("unreadable"))
            events.append(LegUnreadable(at=now, leg=key, detail=""))

    here = (snapshot.by_key.keys() - older) | snapshot.unreadable | set(unresolved)
    missing = {key: misses.get(key, 0) + 1 for key, life in lives.items() if key not in here and life.gone_at is None}
    for key, count in list(missing.items()):
        if count >= MISSES_BELIEVED:
            life = lives[key]
            kept.append(life.replaced(gone_at=now))
            events.append(LegGone(at=now, leg=key, contracts=life.contracts, by_us=life.contracts == 0))
            del missing[key]
    forgotten = tuple(key for key, life in lives.items() if life.gone_at and now - life.gone_at > FORGET_AFTER)
    return Changes(tuple(kept), forgotten, tuple(events), missing)


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
