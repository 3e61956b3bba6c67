"""Finds out what became of tiers that rest: what has fired is recorded like any tier, once, however it was learnt."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final, Literal, NamedTuple

from tgtp.domain.events import RestingRefused
from tgtp.domain.model import EPOCH, Leg, LegKey, Snapshot
from tgtp.domain.order import LOOK_UP_LAG, ORDER_LIFETIME, UNFILLED_KEPT, Intent, Order, OrderStatus
from tgtp.domain.plan import CANNOT_WORK, Situation
from tgtp.domain.resting.audit import Rested
from tgtp.domain.resting.conditional import Conditional, tag_of
from tgtp.domain.resting.wanted import identify, name_of, recovered
from tgtp.domain.retries import NEXT_CHECK
from tgtp.engine.journal import Journal
from tgtp.engine.orders.outcomes import Outcomes
from tgtp.engine.ports import Clock
from tgtp.engine.ports.conditional import ConditionalOrders
from tgtp.engine.resting.book import RestingBook, Shown
from tgtp.errors import AccessRefused, Problem, TemporarilyDown

log = logging.getLogger(__name__)

# Seconds after which the exchange shows what it has taken, and what that has filled.
KNOWN_AFTER: Final = ORDER_LIFETIME + LOOK_UP_LAG
LOOK_UPS_AT_ONCE: Final = 10
# So many refusals in a row are told.
TOLD_AFTER: Final = 3

Fate = Literal[
    "waits",  # it waits for its price
    "fired",  # it has filled, and that is recorded
    "ended",  # it ended, and nothing came of it
    "unknown",  # that is not known yet
    "absent",  # it is not there, though it may come yet
]


class LookedUp(NamedTuple):
    """What the exchange says of one, and what the orders that it became have filled; ``is_known`` unless it did not answer."""

    rested: Rested
    found: Conditional | None = None
    order: Order | None = None
    is_known: bool = True

    @property
    def since(self) -> dt.datetime:
        """When it changed last: what fired first is recorded first."""
        return self.order.updated_at if self.order is not None else self.found.updated_at if self.found is not None else EPOCH


class Settling:
    """Knows what waits at the exchange. The caller has the account to itself.

    ``waits`` are the orders of ours that the newest list shows, by name; None where it could not be read. ``others`` are
    those of persons and other programs, ``strangers`` those of our names that nothing is remembered of. ``unknown`` counts
    those that were looked up after that list, and of which it is not known what became.
    """

    def __init__(
        self, conditional: ConditionalOrders, journal: Journal, clock: Clock, book: RestingBook, outcomes: Outcomes
    ) -> None:
        self.waits: dict[str, Conditional] | None = None
        self.others: tuple[Conditional, ...] = ()
        self.strangers: tuple[Conditional, ...] = ()
        self.unknown = 0
        self._conditional = conditional
        self._journal = journal
        self._ledger = journal.ledger
        self._clock = clock
        self._book = book
        self._outcomes = outcomes
        self._at_once = asyncio.Semaphore(LOOK_UPS_AT_ONCE)
        # Since when what became of one is not known, and since when a leg shows what our orders have not left, by the clock
        # that never jumps.
        self._unknown_since: dict[str, float] = {}
        self._shown_since: dict[LegKey, tuple[Shown, float]] = {}
        self._snapshot: Snapshot | None = None
        # When those have ended that a list may still show.
        self._ended: dict[str, float] = {}
        self._suspects: Mapping[LegKey, Shown] = {}

    async def look(self, snapshot: Snapshot, situation: Callable[[], Situation]) -> bool:
        """Read what waits, and bring to its end what does not any more; True where something was recorded as filled.

        Where the exchange does not answer nothing is taken for known.
        """
        self.waits, self._snapshot = None, snapshot
        try:
            listed = await self._conditional.live()
        except (TemporarilyDown, AccessRefused) as exc:
            log.warning("the orders that wait could not be read: %s", exc)
            return False
        self.waits = {one.name: one for one in listed if one.is_ours}
        self.others = tuple(one for one in listed if not one.is_ours)
        self._recognise(snapshot, situation)
        suspects = self._suspects = self._book.suspects(snapshot)
        due = [one for one in self._book.rested.values() if one.order.name not in self.waits or one.order.leg in suspects]
        fates = [*self.take_all(await self.look_up(due)), *await self._forgotten(snapshot, suspects, situation)]
        self._believe(suspects, fates)
        # What was never answered is told for itself.
        self.unknown = sum(fate == "unknown" for _, fate in fates) - sum(one.is_asked for one in self._book.rested.values())
        return any(fate == "fired" for _, fate in fates)

    async def look_up(self, due: Iterable[Rested]) -> list[LookedUp]:
        """Ask what became of these, side by side."""
        return list(await asyncio.gather(*(self._look_up(one) for one in due)))

    async def _look_up(self, one: Rested) -> LookedUp:
        async with self._at_once:
            try:
                found = await self._conditional.find(one.order.name)
                has_ended = found is not None and found.status not in ("live", "pause")
                order = await self._conditional.fills(found) if found is not None and has_ended else None
                return LookedUp(one, found, order)
            except (TemporarilyDown, AccessRefused) as exc:
                log.warning("%s could not be looked up: %s", one.order.name, exc)
                return LookedUp(one, is_known=False)

    def take_all(self, found: Iterable[LookedUp]) -> list[tuple[LegKey, Fate]]:
        """Take in what was found, what fired first before what fired later. Raises LedgerWriteFailed."""
        ordered = sorted(found, key=lambda each: (each.since, each.rested.order.tier))
        return [(each.rested.order.leg, self._take(each)) for each in ordered]

    def _take(self, looked_up: LookedUp) -> Fate:
        one, found, order, is_known = looked_up
        name = one.order.name
        # Another look-up may have been quicker.
        if name not in self._book.rested:
            return "ended"
        one = self._book.rested[name]
        if not is_known:
            return "unknown"
        if found is not None and found.status in ("live", "pause"):
            self._unknown_since.pop(name, None)
            if self.waits is not None:
                self.waits[name] = found
            self._acknowledge(one, found)
            return "waits"
        if self.waits is not None:
            self.waits.pop(name, None)
        if order is not None and order.status is not OrderStatus.LIVE and order.filled_contracts > 0 and found is not None:
            self._forget(name)
            self._outcomes.ended(self._as_fired(one, found, order), order, at_once=False, also=partial(self._book.strike, one))
            return "fired"
        if found is None or (order is None and found.status != "canceled"):
            # Lists lag. After a while what is not shown is not there: what failed has made no order, as a rule.
            has_failed = found is not None and found.status == "order_failed" and not found.order_ids
            is_known = self._is_known_by_now(name, NEXT_CHECK.total_seconds() if has_failed else KNOWN_AFTER)
            if not is_known or (found is not None and self._must_be_found(found)):
                return self._if_absent(one) if found is None and not one.algo_id else "unknown"
        elif order is not None and order.status is OrderStatus.LIVE:
            return "unknown"
        self._end(one, found)
        return "ended"

    def _if_absent(self, one: Rested) -> Fate:
        """Say that one was never there: nobody waits for it any more; it is looked up for a while yet, should it come late."""
        # Where the leg is not as our orders have left it, it may have fired.
        if one.order.leg in self._suspects or not self._is_known_by_now(one.order.name, NEXT_CHECK.total_seconds()):
            return "unknown"
        if not one.absent:
            with self._journal.step():
                self._book.keep(one.replaced(absent=True))
        return "absent"

    def sent_again(self, names: Iterable[str]) -> None:
        """Take in that these were sent anew, and may come from now on."""
        for name in names:
            self._unknown_since.pop(name, None)

    def _is_known_by_now(self, name: str, after: float) -> bool:
        now = self._clock.monotonic()
        return now - self._unknown_since.setdefault(name, now) >= after

    def _must_be_found(self, found: Conditional) -> bool:
        """Return whether the orders that it became are kept yet, filled or not: what is not shown of them is not known."""
        has_made = found.order_ids or found.status in ("effective", "partially_effective")
        return bool(has_made) and abs(self._journal.now() - found.updated_at) < UNFILLED_KEPT

    def _forget(self, name: str) -> None:
        self._unknown_since.pop(name, None)
        now = self._clock.monotonic()
        self._ended = {other: at for other, at in self._ended.items() if now - at < KNOWN_AFTER} | {name: now}

    def _acknowledge(self, one: Rested, found: Conditional) -> None:
        if one.algo_id != found.algo_id:
            with self._journal.step():
                self._book.keep(one.replaced(algo_id=found.algo_id, absent=False))

    def _as_fired(self, one: Rested, found: Conditional, order: Order) -> Intent:
        """Return the decision of an order that has fired, as it was when it fired."""
        intent, life = one.intent, self._book.life_of(one)
        changes: dict[str, object] = {}
        if found.contracts not in (0, intent.contracts):
            # Amended, and the answer to that never came.
            intent = intent.replaced(contracts=found.contracts)
            changes["target_contracts"] = found.contracts
        if life is not None:
            known = [at for at in (life.row_at, life.adjusted_at) if at is not None]
            # What had filled before the newest row that was taken in is counted in it.
            changes["adjusted_at"] = max(known, default=intent.basis.adjusted_at)
            changes["contracts"] = life.contracts or intent.basis.contracts
        if one.paused_at is not None and order.updated_at >= one.paused_at:
            changes["while_pausing"] = True
        return intent.replaced(basis=intent.basis.replaced(**changes))

    def _end(self, one: Rested, found: Conditional | None) -> None:
        """Strike one that nothing came of. What failed, or somebody has cancelled, is placed again after a growing pause."""
        self._forget(one.order.name)
        life = self._book.life_of(one)
        with self._journal.step():
            self._book.strike(one, ended=found is not None)
            if found is None or one.leaving or life is None or not self._is_held(one):
                return
            has_fired = found.status != "canceled"
            self.refused(one, found.code or found.status, Problem("problem.resting.ended"), has_fired=has_fired)

    def _is_held(self, one: Rested) -> bool:
        leg = self._snapshot.held(one.order.leg) if self._snapshot is not None else None
        return leg is not None and leg.opened_at == one.order.opened_at

    def refused(self, one: Rested, code: str, reason: Problem, *, has_fired: bool = False) -> None:
        """Take in, inside a step, that a tier could not rest: when it may try again, told when that happens again and again."""
        now, tag, life = self._journal.now(), tag_of(one.order.tier), self._book.life_of(one)
        if life is None:
            return
        # Names are counted where orders are struck: one that was refused never had any.
        life = life.after_refusal(tag, code, now).replaced(attempts=life.attempts)
        self._ledger.keep_life(life)
        waiting = life.backoff[tag]
        self._journal.record(
            RestingRefused(
                at=now,
                leg=one.order.leg,
                tier=one.order.tier,
                code=code,
                reason=reason,
                tries=waiting.failures,
                again_at=waiting.not_before,
                fired=has_fired,
            ),
            tell=has_fired or waiting.failures == TOLD_AFTER,
        )

    # -- what is not remembered ---------------------------------------------------------------------------------------

    def _recognise(self, snapshot: Snapshot, situation: Callable[[], Situation]) -> None:
        """Take in orders of our names that are not remembered, where their tier can be told by the name."""
        waits, rested = self.waits or {}, self._book.rested
        strangers = []
        for name, found in waits.items():
            one = rested.get(name)
            if one is not None:
                self._acknowledge(one, found)
            elif not (self._has_ended(found) or self._recognised(found, snapshot.by_key.get(found.leg), situation)):
                strangers.append(found)
        self.strangers = tuple(strangers)

    def _has_ended(self, found: Conditional) -> bool:
        """Return whether a list still shows one that is known to have ended."""
        if found.name in self._ended:
            return True
        life = self._ledger.lives().get(found.leg)
        place = identify(found.name, self._ledger.first_name, life) if life is not None else None
        return place is not None and place.is_used

    def _recognised(self, found: Conditional, leg: Leg | None, situation: Callable[[], Situation]) -> bool:
        life = self._ledger.lives().get(found.leg)
        if leg is None or life is None or not life.is_of(leg):
            return False
        place = identify(found.name, self._ledger.first_name, life)
        if place is None:
            return False
        now = situation()
        try:
            wanted = recovered(found, place.tier, leg, life, now)
            one = Rested(order=wanted.order, intent=wanted.intent(life, now), algo_id=found.algo_id, sent_at=found.created_at)
        except CANNOT_WORK as exc:
            log.warning("%s is not understood: %s", found.name, exc)
            return False
        with self._journal.step():
            tag = tag_of(place.tier)
            placing = max(place.placing, life.attempts.get(tag, 0))
            self._ledger.keep_life(life.replaced(attempts={**life.attempts, tag: placing}))
            self._book.keep(one)
        return True

    async def _forgotten(
        self, snapshot: Snapshot, suspects: Mapping[LegKey, Shown], situation: Callable[[], Situation]
    ) -> list[tuple[LegKey, Fate]]:
        """Look for orders that nothing is remembered of: this ledger may be an older copy than what it tells of."""
        fates: list[tuple[LegKey, Fate]] = []
        for key in self._book.watched & suspects.keys():
            leg, life = snapshot.by_key.get(key), self._ledger.lives().get(key)
            if leg is None or life is None or not life.is_of(leg):
                continue
            for tier in situation().rules.ladder_of(key).tiers:
                fates += await self._chain(leg, tier.number, situation)
        self._book.watched &= suspects.keys()
        return fates

    async def _chain(self, leg: Leg, tier: int, situation: Callable[[], Situation]) -> list[tuple[LegKey, Fate]]:
        """Look one order after the other of a tier up by the names that they would have."""
        fates: list[tuple[LegKey, Fate]] = []
        while True:
            life = self._ledger.lives()[leg.key]
            if tier in life.fired_numbers or tier in self._book.tiers.get(leg.key, ()):
                return fates
            try:
                found = await self._conditional.find(name_of(self._ledger.first_name, life, tier))
            except (TemporarilyDown, AccessRefused):
                return [*fates, (leg.key, "unknown")]
            if found is None or not self._recognised(found, leg, situation):
                return fates
            one = self._book.rested[found.name].replaced(leaving=found.status == "canceled")
            with self._journal.step():
                self._book.keep(one)
            fates += self.take_all(await self.look_up([one]))

    def _believe(self, suspects: Mapping[LegKey, Shown], fates: Iterable[tuple[LegKey, Fate]]) -> None:
        """Believe what legs show where no tier has fired: at once where they grew, else at a second look."""
        now, found = self._clock.monotonic(), list(fates)
        self._shown_since = {key: at for key, at in self._shown_since.items() if key in suspects}
        self._book.believed = {key: shown for key, shown in self._book.believed.items() if key in suspects}
        for key, shown in suspects.items():
            if any(leg == key and fate in ("fired", "unknown") for leg, fate in found):
                continue
            first, since = self._shown_since.get(key, (shown, now))
            self._shown_since[key] = (shown, since if first == shown else now)
            life = self._ledger.lives()[key]
            has_grown = shown.contracts is not None and shown.contracts > life.contracts
            if has_grown or now - self._shown_since[key][1] >= NEXT_CHECK.total_seconds():
                self._book.believed[key] = shown
                self._book.watched.discard(key)
