"""What changed between what is remembered of the legs and a new snapshot: opened, changed by hand, gone, not to be read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

from tgtp.domain.events import (
    Event,
    LegGone,
    LegGrew,
    LegOpened,
    LegReadable,
    LegRedenominated,
    LegShrank,
    LegUnreadable,
    LeverageChanged,
    MarginChanged,
)
from tgtp.domain.fired_tiers import FiredTier
from tgtp.domain.legacy import LegacyState, legacy_tiers
from tgtp.domain.life import BEGUN_UNREADABLE, LONGEST_BEHIND, SHOWN_AFTER, UNREADABLE, Life
from tgtp.domain.model import Leg, LegKey, Snapshot, UnreadableLeg
from tgtp.domain.plan import Rules
from tgtp.domain.sizing import own_margin

# One whole reply without a leg may still be the exchange's mistake; two in a row, so far apart, are believed.
MISSES_BELIEVED = 2
# Seconds.
GONE_AFTER: Final = 8
FORGET_AFTER = dt.timedelta(days=30)


class Missed(NamedTuple):
    """Whole replies in a row without a leg: how many, and when the first of them was (ticks of the clock that never jumps)."""

    looks: int
    since: float


class Changes(NamedTuple):
    """What to remember from now on, and what happened. ``misses`` are the legs that are missing and not yet taken for gone.

    ``regained`` legs can be read again since this snapshot: nothing is decided of them yet. ``strays`` tell of rows that may be
    several legs, of which none is remembered. ``begun`` are the legs that were not there before.
    """

    lives: tuple[Life, ...]
    forgotten: tuple[LegKey, ...]
    events: tuple[Event, ...]
    misses: Mapping[LegKey, Missed]
    regained: frozenset[LegKey] = frozenset()
    strays: tuple[LegUnreadable, ...] = ()
    begun: frozenset[LegKey] = frozenset()


def changes(
    snapshot: Snapshot,
    lives: Mapping[LegKey, Life],
    misses: Mapping[LegKey, Missed],
    *,
    unresolved: Collection[LegKey],
    rules: Rules,
    legacy: Mapping[str, LegacyState],
    quiet: bool,
    ticks: float,
    missized: Collection[LegKey] = (),
    moving: Collection[LegKey] = (),
) -> Changes:
    """Compare. Legs with an unresolved order are left as they are; ``quiet`` takes new legs for the starting point.

    ``ticks`` is when the snapshot was taken, in seconds of the clock that never jumps: what is gone is told by that.

    The size of ``missized`` legs is not believed: what they show is neither growth nor shrinking. The margin of ``moving`` legs
    is being moved by ourselves.
    """
    now = snapshot.taken_at
    kept: list[Life] = []
    events: list[Event] = []
    older: set[LegKey] = set()
    regained: set[LegKey] = set()
    begun: set[LegKey] = set()
    for leg in snapshot.legs:
        if leg.key in unresolved:
            continue
        life = known = lives.get(leg.key)
        if life is not None and life.is_unreadable:
            life = life.now_read(leg, _legacy_tiers(leg, legacy, rules))
        if life is not None and _is_from_before(leg, life, now):
            older.add(leg.key)
            continue
        if life is not None and life.is_of(leg):
            if leg.key in missized:
                continue
            counted, told = _redenominated(leg, life, now)
            events += told
            if counted.is_stale(leg, now):
                kept += [counted] if life is known and counted is not life else []
                continue
            life = counted
        if known is not None and known.is_unreadable:
            regained.add(leg.key)
            if UNREADABLE in known.told:
                events.append(LegReadable(at=now, leg=leg.key, contracts=leg.contracts))
        if life is None or not life.is_of(leg):
            kept.append(
                _dated(Life.begun(leg, _legacy_tiers(leg, legacy, rules), is_size_believed=leg.key not in missized), leg, now)
            )
            if not quiet:
                begun.add(leg.key)
                events.append(_opened(leg, now, anew=life is not None and life.gone_at is None))
            continue
        seen, told = _seen(leg, life, rules, now, is_moving=leg.key in moving)
        if seen != known:
            kept.append(seen)
        events += told
    in_doubt = {key.instrument_id for key in missized}
    for row in snapshot.unreadable:
        found, told = _unread(row, lives, unresolved, rules, now, in_doubt)
        kept += found
        events += told
    missing = _missing(snapshot, lives, misses, ticks, here=(snapshot.by_key.keys() - older) | set(unresolved))
    for key, missed in list(missing.items()):
        if missed.looks >= MISSES_BELIEVED and ticks - missed.since >= GONE_AFTER:
            life = lives[key]
            kept.append(life.replaced(gone_at=now))
            by_us = life.contracts == 0 and (life.filled_at is not None or BEGUN_UNREADABLE not in life.told)
            events.append(LegGone(at=now, leg=key, contracts=life.contracts, by_us=by_us))
            del missing[key]
    forgotten = tuple(key for key, life in lives.items() if life.gone_at and now - life.gone_at > FORGET_AFTER)
    return Changes(
        tuple(kept), forgotten, tuple(events), missing, frozenset(regained), _strays(snapshot, lives), frozenset(begun)
    )


def _missing(
    snapshot: Snapshot, lives: Mapping[LegKey, Life], misses: Mapping[LegKey, Missed], ticks: float, here: Collection[LegKey]
) -> dict[LegKey, Missed]:
    """Count the whole replies in which each leg is missing; one that cannot be read is not."""
    absent = [
        key for key, life in lives.items() if key not in here and key not in snapshot.unreadable_keys and life.gone_at is None
    ]
    if snapshot.nameless:
        # Any of these rows may be the leg that is missing.
        return {key: misses[key] for key in absent if key in misses}
    first = Missed(1, ticks)
    return {key: Missed(misses[key].looks + 1, misses[key].since) if key in misses else first for key in absent}


def _strays(snapshot: Snapshot, lives: Mapping[LegKey, Life]) -> tuple[LegUnreadable, ...]:
    now = snapshot.taken_at
    strays = [
        LegUnreadable(at=now, name=row.key.instrument_id, why=row.why, detail=row.detail)
        for row in snapshot.unreadable
        if not row.certain and not any(_is_open(lives.get(key)) for key in row.keys)
    ]
    return (*strays, *([LegUnreadable(at=now)] if snapshot.nameless else []))


def _is_from_before(leg: Leg | UnreadableLeg, life: Life, now: dt.datetime) -> bool:
    """Return whether a row shows a life that was over before the one that is remembered began, or before that one ended.

    Or a later life, as it was before our own last order met it. Such a row is of an old reply: its tiers have fired, and a new
    life would fire them again. While the later life is not known as ended, the leg counts as missing. Long after its end no
    reply is so old: then the time itself was wrong.
    """
    if leg.opened_at == life.opened_at and life.ended_at is not None and leg.adjusted_at is not None:
        is_before = leg.adjusted_at < life.ended_at
    else:
        is_before = leg.opened_at is not None and leg.opened_at < life.opened_at
    if not is_before:
        return _has_met_our_fill(leg, life, now)
    return life.gone_at is None or abs(now - life.gone_at) < LONGEST_BEHIND


def _has_met_our_fill(leg: Leg | UnreadableLeg, life: Life, now: dt.datetime) -> bool:
    """Return whether an order of ours has changed a later life than the one it was meant for since this row was made.

    A hand had closed the leg and opened it anew while the order was under way: the row still shows all that was opened.
    """
    if life.filled_at is None or leg.opened_at is None or leg.adjusted_at is None:
        return False
    is_met = life.opened_at < leg.opened_at < life.filled_at and leg.adjusted_at < life.filled_at
    return is_met and abs(now - (life.filled_seen_at or life.filled_at)) < SHOWN_AFTER


def _redenominated(leg: Leg | UnreadableLeg, life: Life, now: dt.datetime) -> tuple[Life, list[Event]]:
    """Count what is remembered in the contracts of now, where the exchange has changed their size."""
    if leg.instrument is None or leg.contracts is None:
        return life, []
    seen = life.resized(leg.instrument)
    if seen is life or life.contract_size is None:
        return seen, []
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
    return seen, [event]


def _is_open(life: Life | None) -> bool:
    return life is not None and life.gone_at is None


def _unread(
    row: UnreadableLeg,
    lives: Mapping[LegKey, Life],
    unresolved: Collection[LegKey],
    rules: Rules,
    now: dt.datetime,
    missized: Collection[str],
) -> tuple[list[Life], list[Event]]:
    """Take in a row that cannot be worked with: it is a leg all the same, and changes of its size by hand are told.

    Not of ``missized`` instruments: that their contracts are of another size is seen at another leg only.
    """
    kept: list[Life] = []
    events: list[Event] = []
    for key in row.keys:
        known = lives.get(key)
        life = known
        if key in unresolved or (not row.certain and not _is_open(known)):
            continue
        if life is not None and _is_from_before(row, life, now):
            continue
        if life is not None and row.certain and life.is_of(row):
            life, told = _redenominated(row, life, now)
            events += told
        # Of a leg that stands twice in the reply, neither size is believed.
        is_believed = row.why != "twice" and key.instrument_id not in missized
        is_other = life is not None and is_believed and row.contracts not in (None, life.contracts)
        if life is None or (row.certain and not life.is_of(row)):
            life = Life.begun_unreadable(row, now)
        elif row.certain and (is_other or life.gone_at is not None) and not life.is_stale(row, now):
            life, told = _sized_by_hand(row, life, rules, now)
            events += told
        life = life.unread(now)
        if life == known:
            continue
        kept.append(life)
        if UNREADABLE in life.told and (known is None or UNREADABLE not in known.told or not known.is_of(row)):
            events.append(LegUnreadable(at=now, leg=key, why=row.why, detail=row.detail, contracts=row.contracts))
    return kept, events


def _seen(leg: Leg, life: Life, rules: Rules, now: dt.datetime, *, is_moving: bool) -> tuple[Life, list[Event]]:
    if life.gone_at is not None:
        return life.after_seen(leg, now).after_adjusted(leg), [_opened(leg, now, reopened=True)]
    events: list[Event] = []
    seen = _dated(life, leg, now)
    if leg.contracts != life.contracts:
        seen, events = _sized_by_hand(leg, life, rules, now)
    if seen.is_behind(leg, now):
        return seen, events
    adjusted = seen.after_adjusted(leg)
    if leg.leverage_known and seen.leverage is not None and seen.leverage != leg.leverage:
        events.append(LeverageChanged(at=now, leg=leg.key, before=seen.leverage, after=leg.leverage, roi=leg.roi))
    elif not is_moving and seen.own_margin is not None and adjusted.own_margin not in (None, seen.own_margin):
        amount = (own_margin(leg) or seen.own_margin) - seen.own_margin
        events.append(MarginChanged(at=now, leg=leg.key, amount=amount, margin=leg.initial_margin))
    return adjusted, events


def _dated(life: Life, leg: Leg, now: dt.datetime) -> Life:
    """Take in when the first row was from: an older one that comes later shows the leg as it was before."""
    return life if life.row_at is not None else life.replaced(row_at=leg.adjusted_at, row_seen_at=now)


def _sized_by_hand(leg: Leg | UnreadableLeg, life: Life, rules: Rules, now: dt.datetime) -> tuple[Life, list[Event]]:
    """Take in a size that is not what our own fills have left."""
    seen = life.after_seen(leg, now)
    begins = life.contracts == 0 and life.filled_at is None
    if leg.contracts is None or life.gone_at is not None or begins:
        return seen, []
    if leg.contracts < life.contracts:
        return seen, [LegShrank(at=now, leg=leg.key, before=life.contracts, contracts=leg.contracts)]
    rearm = rules.rearm == "on_add" and bool(life.fired or life.unfinished)
    event = LegGrew(
        at=now,
        leg=leg.key,
        opened_at=life.opened_at,
        generation=life.generation,
        before=life.contracts,
        contracts=leg.contracts,
        fired=tuple(sorted(life.fired_numbers)),
        rearmed=rearm,
    )
    return seen.rearmed() if rearm else seen, [event]


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


def _legacy_tiers(leg: Leg, legacy: Mapping[str, LegacyState], rules: Rules) -> tuple[FiredTier, ...]:
    name = f"{leg.key.instrument_id}_{leg.key.position_side.value}"
    return legacy_tiers(legacy.get(name), leg, rules.base_ladder_of(leg.key))
