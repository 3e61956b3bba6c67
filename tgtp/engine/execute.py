"""One intent → exactly one outcome.

The intent is on disk before it leaves the house. A reply that does not come is never taken for an answer: the order is looked
up by its own name until it is known what became of it, in this check or in a later one, before or after a crash.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from tgtp.domain.events import (
    HandFilled,
    HedgeFilled,
    OrderNotArrived,
    OrderRejected,
    OrderUnresolved,
    TierFilled,
    UpkeepFilled,
)
from tgtp.domain.life import Life
from tgtp.domain.model import Intent, Order, OrderStatus, Snapshot
from tgtp.engine.journal import Journal
from tgtp.engine.ports import Clock, Exchange
from tgtp.engine.rulebook import RuleBook
from tgtp.engine.tasks import side_by_side
from tgtp.engine.upkeep.store import UpkeepBook
from tgtp.errors import AccessRefused, ExchangeProblem, OrderDenied, OutcomeUnknown, TemporarilyDown
from tgtp.errors import OrderRejected as Rejected

log = logging.getLogger(__name__)

ORDERS_AT_ONCE = 20
# A market order fills at once; after these looks (seconds apart) it is left to the next check.
LOOKS = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5)
# Looking takes no longer than this (seconds) even where every look-up hangs.
LONGEST_LOOK = 4.0
# "Not found" is believed only from a second look that is at least this much later than the first.
SECOND_LOOK_AFTER = 5.0
# The rules whose orders belong to a sub-account's upkeep.
UPKEEP = ("buy", "cut", "trim")
# An outcome that stays unknown for so long is told.
TOLD_AFTER = dt.timedelta(seconds=30)


class Executor:
    """Sends intents and settles them. The caller holds the account's lock."""

    def __init__(self, exchange: Exchange, journal: Journal, clock: Clock, rules: RuleBook, upkeep: UpkeepBook) -> None:
        self._exchange = exchange
        self._journal = journal
        self._ledger = journal.ledger
        self._clock = clock
        self._rules = rules
        self._upkeep = upkeep
        self._at_once = asyncio.Semaphore(ORDERS_AT_ONCE)
        # Since when an order is not found, by the clock that never jumps; after a restart it begins anew.
        self._missing_since: dict[str, float] = {}

    async def execute(self, intents: Sequence[Intent], may_send: Callable[[Intent], bool]) -> None:
        """Write all intents down in one step, then send and settle them side by side.

        ``may_send`` is asked again just before each order leaves. Raises AccessRefused when the exchange refused the keys for
        any of them, LedgerWriteFailed when a step could not be written; in both cases the others were still brought to an end.
        """
        if not intents:
            return
        allowed = []
        with self._journal.step():
            for intent in intents:
                try:
                    self._guard(intent)
                except OrderDenied as exc:
                    # The leg has changed under the plan; the next check sees it as it is.
                    log.warning("denied, nothing sent: %s", exc)
                    continue
                self._ledger.keep_intent(intent)
                allowed.append(intent)
        await side_by_side(self._one(intent, may_send) for intent in allowed)

    async def settle_open(self, snapshot: Snapshot) -> bool:
        """Look up every order whose outcome is not known; True when there were any.

        ``snapshot`` is what the legs look like now: an order that the exchange no longer knows, but whose leg became smaller by
        just its size, has filled.
        """
        intents = self._ledger.open_intents()
        await side_by_side(self._settle(intent, LOOKS[:1], snapshot) for intent in intents)
        return bool(intents)

    def _guard(self, intent: Intent) -> None:
        life = self._ledger.lives().get(intent.leg)
        if life is None or life.opened_at != intent.opened_at:
            raise OrderDenied(f"{intent.leg} is not the leg that this order was decided on")
        if intent.grows:
            self._upkeep.allow(intent)
        elif intent.contracts > life.contracts:
            raise OrderDenied(f"{intent.leg} holds {life.contracts} contracts; refusing to close {intent.contracts}")
        if any(other.leg == intent.leg for other in self._ledger.open_intents()):
            raise OrderDenied(f"{intent.leg} has an order in flight already")

    async def _one(self, intent: Intent, may_send: Callable[[Intent], bool]) -> None:
        async with self._at_once:
            # Asked here, after waiting for a turn: a pause holds for what has not left yet.
            if not may_send(intent):
                with self._journal.step():
                    self._strike(intent)
                return
            if not await self._submitted(intent):
                return
        await self._settle(intent, LOOKS)

    async def _submitted(self, intent: Intent) -> bool:
        """Send it; False when it is known that nothing came of it."""
        try:
            await self._exchange.submit(intent)
        except Rejected as exc:
            self._refused(intent, exc.code, exc.reason, at_once=True)
            return False
        except AccessRefused:
            # Definitely not taken; the account as a whole is refused, which is not this order's fault.
            with self._journal.step():
                self._strike(intent)
            raise
        except OutcomeUnknown as exc:
            log.warning("order %s: outcome unknown (%s), looking it up", intent.client_order_id, exc)
        return True

    async def _settle(self, intent: Intent, looks: Sequence[float], snapshot: Snapshot | None = None) -> None:
        """Look the order up until its end is known or patience is over; then it stays open for the next check."""
        order: Order | None = None
        problem: ExchangeProblem | None = None
        deadline = self._clock.monotonic() + LONGEST_LOOK
        for pause in looks:
            if pause:
                await self._clock.sleep(pause)
            if self._clock.monotonic() > deadline:
                break
            try:
                order = await self._exchange.find_order(intent)
            except (TemporarilyDown, AccessRefused) as exc:
                problem = exc
                continue
            problem = None
            if order is not None and order.status is not OrderStatus.LIVE:
                self._ended(intent, order, at_once=snapshot is None)
                return
        if problem is not None:
            log.warning("order %s could not be looked up (%s)", intent.client_order_id, problem)
        if order is None and problem is None and self._is_believed_lost(intent):
            await self._lost(intent, snapshot)
            return
        self._still_open(intent, found=order is not None or problem is not None)

    def _ended(self, intent: Intent, order: Order, *, at_once: bool) -> None:
        """Take in an order that has ended. ``at_once``: whoever asked for it by hand is still looking at the answer."""
        if order.filled_contracts == 0:
            self._refused(intent, "canceled", order.reason, at_once=at_once)
            return
        with self._journal.step():
            self._strike(intent)
            life = self._ledger.lives().get(intent.leg)
            fired: frozenset[int] = frozenset()
            if life is not None and life.opened_at == intent.opened_at:
                life = life.after_order(
                    intent, order, intent.basis.min_contracts, intent.basis.lot_size, seen_at=self._journal.now()
                )
                self._ledger.keep_life(life)
                left, fired = life.contracts, life.fired_numbers
            else:
                # The leg was closed, or opened anew, while the order was looked up.
                left = order.filled_contracts if intent.grows else intent.basis.contracts - order.filled_contracts
            if intent.rule in UPKEEP:
                self._upkeep.filled(intent, order)
            facts: dict[str, Any] = {
                "at": self._journal.now(),
                "intent": intent,
                "order": order,
                "contracts_left": max(left, Decimal(0)),
            }
            if intent.rule == "tier":
                next_tier = self._rules.in_force.ladder_of(intent.leg).next_after(fired)
                event = TierFilled(
                    **facts,
                    finished=intent.tier in fired,
                    fired=tuple(sorted(fired)),
                    next_threshold=next_tier.threshold if next_tier else None,
                )
                self._journal.record(event)
            elif intent.rule == "hedge":
                self._journal.record(HedgeFilled(**facts))
            elif intent.rule in UPKEEP:
                # Told as a whole, when all of it is done.
                self._journal.record(UpkeepFilled(**facts), tell=False)
            else:
                self._journal.record(HandFilled(**facts), on_card=intent.by if at_once else None)

    def _refused(self, intent: Intent, code: str, reason: str, *, at_once: bool) -> None:
        with self._journal.step():
            self._strike(intent)
            life = self._ledger.lives().get(intent.leg)
            again_at: dt.datetime | None = None
            first = True
            # A close by hand is not repeated by itself: there is nothing to pause and nothing to fall silent about.
            if intent.rule != "hand" and life is not None and life.opened_at == intent.opened_at:
                first = f"refused:{intent.tag}:{code}" not in life.told
                life = life.after_refusal(intent.tag, code, self._journal.now())
                self._ledger.keep_life(life)
                again_at = life.backoff[intent.tag].not_before
            if intent.rule in UPKEEP:
                self._upkeep.refused(intent, code, reason)
                # A maintenance that cannot buy tells it as a whole.
                first = first and not intent.grows
            event = OrderRejected(at=self._journal.now(), intent=intent, code=code, reason=reason, again_at=again_at)
            self._journal.record(event, tell=first, on_card=intent.by if at_once else None)

    def _strike(self, intent: Intent) -> None:
        """Strike an order inside a step. Its repetition has the same name, and its own time to be found."""
        self._ledger.drop_intent(intent.client_order_id)
        self._missing_since.pop(intent.client_order_id, None)

    def _is_believed_lost(self, intent: Intent) -> bool:
        since = self._missing_since.get(intent.client_order_id)
        return since is not None and self._clock.monotonic() - since >= SECOND_LOOK_AFTER

    async def _lost(self, intent: Intent, snapshot: Snapshot | None) -> None:
        """Bring an order to its end that the exchange says, twice, it does not have; the leg is the witness."""
        life = self._ledger.lives().get(intent.leg)
        if snapshot is None or intent.leg in snapshot.unreadable:
            return
        leg = snapshot.by_key.get(intent.leg)
        if life is None or life.opened_at != intent.opened_at:
            # Its leg is no more: there is nothing left to witness, and nothing to decide anew.
            self._never_arrived(intent, life)
        elif leg is not None and leg.opened_at == life.opened_at:
            # What it was decided on counts, and only a row that was adjusted since can show that it filled.
            since = leg.adjusted_at > intent.basis.adjusted_at
            change = (leg.contracts - intent.basis.contracts) * (1 if intent.grows else -1)
            await self._by_its_leg(intent, life, change if since else Decimal(0))
        elif (leg is None or leg.opened_at < life.opened_at) and intent.gone_looks == 0:
            # One reply without the leg, or with one from before it, says nothing.
            with self._journal.step():
                self._ledger.keep_intent(intent.replaced(gone_looks=1))
        elif intent.contracts == intent.basis.contracts and not intent.grows:
            await self._by_its_leg(intent, life, intent.contracts)
        else:
            self._never_arrived(intent, life)

    async def _by_its_leg(self, intent: Intent, life: Life, change: Decimal) -> None:
        """Take it as filled when the leg changed by its size or more, and nobody else is known to have closed so much."""
        if intent.grows and change >= intent.contracts:
            # Should somebody else have added it, too little is bought, which is the better mistake.
            self._presume_filled(intent)
            return
        if change >= intent.contracts:
            try:
                others = await self._exchange.closed_by_others(intent)
            except (TemporarilyDown, AccessRefused) as exc:
                log.warning("order %s: the trades could not be read (%s)", intent.client_order_id, exc)
                return
            if change - (others or Decimal(0)) >= intent.contracts:
                self._presume_filled(intent)
                return
        self._never_arrived(intent, life)

    def _presume_filled(self, intent: Intent) -> None:
        presumed = Order(
            client_order_id=intent.client_order_id,
            order_id="?",
            status=OrderStatus.FILLED,
            filled_contracts=intent.contracts,
            updated_at=self._journal.now(),
            reason="presumed",
        )
        self._ended(intent, presumed, at_once=False)

    def _never_arrived(self, intent: Intent, life: Life | None) -> None:
        """Strike it. The next plan decides anew, and the same decision carries the same name."""
        now = self._journal.now()
        tell = intent.rule == "hand"
        with self._journal.step():
            self._strike(intent)
            if life is not None and life.opened_at == intent.opened_at and intent.rule != "hand":
                life, word = life.after_lost(intent.tag, now), f"lost:{intent.tag}"
                # Once may happen; twice in a row is something that the person should hear of.
                if life.backoff[intent.tag].failures > 1 and word not in life.told:
                    life, tell = life.with_told(word), True
                self._ledger.keep_life(life)
            self._journal.record(OrderNotArrived(at=now, intent=intent), tell=tell)

    def _still_open(self, intent: Intent, *, found: bool) -> None:
        if found:
            self._missing_since.pop(intent.client_order_id, None)
        else:
            self._missing_since.setdefault(intent.client_order_id, self._clock.monotonic())
        now = self._journal.now()
        # Either way: a clock that was put back must not keep it silent.
        late = intent.late_told or abs(now - intent.meant_at) >= TOLD_AFTER
        changed = intent.replaced(gone_looks=0, late_told=late)
        if changed == intent:
            return
        with self._journal.step():
            self._ledger.keep_intent(changed)
            if late and not intent.late_told:
                life = self._ledger.lives().get(intent.leg)
                word = f"unresolved:{intent.tag}"
                first = life is None or word not in life.told
                if life is not None and first and intent.rule != "hand":
                    self._ledger.keep_life(life.with_told(word))
                self._journal.record(OrderUnresolved(at=now, intent=intent), tell=first)
