"""One intent → exactly one outcome.

The intent is on disk before it leaves the house. A reply that does not come is never taken for an answer: the order is looked
up by its own name until it is known what became of it, in this check or in a later one, before or after a crash.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Sequence

from tgtp.domain.model import Snapshot
from tgtp.domain.order import LOOK_UP_LAG, ORDER_LIFETIME, UNFILLED_KEPT, Intent, Order, OrderStatus
from tgtp.domain.position_changes import GONE_AFTER
from tgtp.engine.journal import Journal
from tgtp.engine.orders.outcomes import UPKEEP, Outcomes
from tgtp.engine.ports import Clock, Exchange
from tgtp.engine.rulebook import InForce
from tgtp.engine.tasks import side_by_side
from tgtp.engine.upkeep.store import UpkeepStore
from tgtp.errors import AccessRefused, ExchangeProblem, NotSent, OrderDenied, OutcomeUnknown, Problem, TemporarilyDown
from tgtp.errors import OrderRefused as Rejected

log = logging.getLogger(__name__)

ORDERS_AT_ONCE = 20
# A market order fills at once; after these looks (seconds apart) it is left to the next check.
LOOKS = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5)
# Seconds that looking takes at the most, even where every look-up hangs, and that reading all records of an order takes.
LONGEST_LOOK = 4.0
LONGEST_RECORDS = 15
# From the sending on: until then an order may still be taken, or be taken and not shown yet.
KNOWN_AFTER = ORDER_LIFETIME + LOOK_UP_LAG


class Executor:
    """Sends intents and settles them. The caller has the account to itself."""

    def __init__(self, exchange: Exchange, journal: Journal, clock: Clock, rules: InForce, upkeep: UpkeepStore) -> None:
        self._exchange = exchange
        self._journal = journal
        self._ledger = journal.ledger
        self._clock = clock
        self._upkeep = upkeep
        self.outcomes = Outcomes(journal, rules, upkeep)
        self._at_once = asyncio.Semaphore(ORDERS_AT_ONCE)
        # When each order was sent, by the clock that never jumps. One of an earlier process was sent before this one began.
        self._sent_at: dict[str, float] = {}
        self._begun_at = clock.monotonic()
        # What the exchange has acknowledged, should the ledger not have taken it.
        self._taken: dict[str, Intent] = {}
        # Since when the leg of an open order is missing from every reply.
        self._legless_since: dict[str, float] = {}

    async def execute(self, intents: Sequence[Intent], may_send: Callable[[Intent], bool]) -> list[Intent]:
        """Write all intents down in one step, then send and settle them side by side; gives those that our guard denied.

        ``may_send`` is asked again just before each order leaves. Raises AccessRefused when the exchange refused the keys for
        any of them, LedgerWriteFailed when a step could not be written; in both cases the others were still brought to an end.
        """
        if not intents:
            return []
        self._forget_settled()
        allowed, denied = [], []
        with self._journal.step():
            for intent in intents:
                try:
                    self._guard(intent)
                except OrderDenied as exc:
                    # The leg has changed under the plan; the next check sees it as it is.
                    log.warning("denied, nothing sent: %s", exc)
                    denied.append(intent)
                    continue
                self._ledger.keep_intent(intent)
                allowed.append(intent)
        await side_by_side(self._one(intent, may_send) for intent in allowed)
        return denied

    async def settle_open(self, snapshot: Snapshot) -> bool:
        """Look up every order whose outcome is not known; True when there were any. ``snapshot`` says whose leg is closed."""
        intents = self._ledger.open_intents()
        await side_by_side(self._settle_later(intent, self._is_leg_closed(intent, snapshot)) for intent in intents)
        return bool(intents)

    def _forget_settled(self) -> None:
        # Not when an order is struck: that may fail on its way to disk, and leaves it open.
        names = {intent.client_order_id for intent in self._ledger.open_intents()}
        for remembered in (self._sent_at, self._taken, self._legless_since):
            for name in remembered.keys() - names:
                remembered.pop(name)

    def _is_leg_closed(self, intent: Intent, snapshot: Snapshot) -> bool:
        """Return whether the leg that an order was decided on is no more: another life is shown, or none for a while."""
        leg, name = snapshot.held(intent.leg), intent.client_order_id
        if leg is not None or intent.leg in snapshot.unreadable_keys:
            self._legless_since.pop(name, None)
            return leg is not None and leg.opened_at is not None and leg.opened_at > intent.opened_at
        missing = self._clock.monotonic() - self._legless_since.setdefault(name, self._clock.monotonic())
        return missing >= GONE_AFTER

    def _guard(self, intent: Intent) -> None:
        life = self._ledger.lives().get(intent.leg)
        if life is None or life.opened_at != intent.opened_at:
            raise OrderDenied(Problem("denied.other_leg", leg=intent.leg))
        if intent.grows:
            self._upkeep.allow(intent)
        elif intent.contracts > life.contracts:
            raise OrderDenied(Problem("denied.too_many", leg=intent.leg, held=life.contracts, contracts=intent.contracts))
        if any(other.leg == intent.leg for other in self._ledger.open_intents()):
            raise OrderDenied(Problem("denied.in_flight", leg=intent.leg))

    async def _one(self, intent: Intent, may_send: Callable[[Intent], bool]) -> None:
        async with self._at_once:
            # Asked here, after waiting for a turn: a pause holds for what has not left yet.
            if not may_send(intent):
                with self._journal.step():
                    self.outcomes.strike(intent)
                return
            sent = await self._submitted(intent)
        if sent is not None:
            await self._settle_now(sent)

    async def _submitted(self, intent: Intent) -> Intent | None:
        """Send it, and keep what the exchange said; None when it is known that nothing came of it."""
        # Also for one that is cut short in the middle: it may be on its way.
        self._sent_at[intent.client_order_id] = self._clock.monotonic()
        try:
            order_id = await self._exchange.submit(intent)
        except Rejected as exc:
            self.outcomes.refused(intent, exc.code, exc.why, at_once=True)
            return None
        except NotSent as exc:
            log.warning("order %s did not leave this machine: %s", intent.client_order_id, exc)
            self.outcomes.never_arrived(intent)
            return None
        except AccessRefused as exc:
            # Definitely not taken; the account as a whole is refused, which is not this order's fault.
            if intent.rule in UPKEEP:
                # But upkeep would come with it again at every check, over restarts too.
                self.outcomes.refused(intent, "", exc.problem, at_once=True)
            else:
                with self._journal.step():
                    self.outcomes.strike(intent)
            raise
        except OutcomeUnknown as exc:
            log.warning("order %s: outcome unknown (%s), looking it up", intent.client_order_id, exc)
            return intent
        taken = intent.replaced(acknowledged_at=self._exchange_now(), order_id=order_id)
        self._taken[intent.client_order_id] = taken
        with self._journal.step():
            self._ledger.keep_intent(taken)
        return taken

    def _exchange_now(self) -> dt.datetime:
        return self._exchange.now() or self._clock.now()

    async def _settle_now(self, intent: Intent) -> None:
        """Look for the row of an order that was sent just now; what a few looks do not show is left to the next check."""
        deadline = self._clock.monotonic() + LONGEST_LOOK
        problem: ExchangeProblem | None = None
        for pause in LOOKS:
            if pause:
                await self._clock.sleep(pause)
            if self._clock.monotonic() > deadline:
                break
            try:
                order = await self._exchange.find_order(intent)
            except (TemporarilyDown, AccessRefused) as exc:
                problem = exc
                continue
            if order is not None and order.status is not OrderStatus.LIVE:
                self.outcomes.ended(intent, order, at_once=True)
                return
        if problem is not None:
            log.warning("order %s could not be looked up (%s)", intent.client_order_id, problem)
        self.outcomes.still_open(intent)

    async def _settle_later(self, intent: Intent, is_leg_closed: bool) -> None:
        """Bring an open order to its end, if that can be known by now; else it stays open, and is told."""
        intent = self._with_acknowledgement(intent)
        try:
            async with asyncio.timeout(LONGEST_RECORDS):
                order = await self._exchange.find_order(intent) or await self._from_trades(intent)
        except (TemporarilyDown, AccessRefused, TimeoutError) as exc:
            log.warning("order %s could not be looked up (%s)", intent.client_order_id, exc or "too slow")
            self.outcomes.still_open(intent)
            return
        if order is not None:
            if order.status is OrderStatus.LIVE:
                self.outcomes.still_open(intent)
            else:
                self.outcomes.ended(intent, order, at_once=False)
        elif not self._is_known_by_now(intent):
            self.outcomes.still_open(intent)
        elif self.outcomes.is_beyond_records(intent) and not is_leg_closed:
            if intent.rule == "tier":
                self.outcomes.still_open(intent)
            else:
                # The leg shows what there is to do; only what a tier has done must be known.
                self.outcomes.refused(intent, "forgotten", Problem("problem.forgotten"), at_once=False)
        elif intent.acknowledged_at is None:
            self.outcomes.never_arrived(intent)
        elif is_leg_closed or self._exchange_now() - intent.acknowledged_at >= UNFILLED_KEPT:
            self.outcomes.refused(intent, "canceled", Problem("problem.unfilled"), at_once=False)
        else:
            self.outcomes.still_open(intent)

    def _with_acknowledgement(self, intent: Intent) -> Intent:
        """Return it with what the exchange said of it, and see that this is on disk."""
        taken = self._taken.get(intent.client_order_id)
        if taken is None or intent.acknowledged_at is not None:
            return intent
        intent = intent.replaced(acknowledged_at=taken.acknowledged_at, order_id=taken.order_id)
        with self._journal.step():
            self._ledger.keep_intent(intent)
        return intent

    async def _from_trades(self, intent: Intent) -> Order | None:
        """Ask the records for an order that has no row. A part of it is all of it once nothing more can come."""
        order = await self._exchange.find_trades(intent)
        if order is not None and order.status is OrderStatus.LIVE and self._is_known_by_now(intent):
            return order.replaced(status=OrderStatus.CANCELED)
        return order

    def _is_known_by_now(self, intent: Intent) -> bool:
        """Return whether an order that was ever taken would be shown by now, with all that it filled."""
        sent_at = self._sent_at.get(intent.client_order_id, self._begun_at)
        return self._clock.monotonic() - sent_at >= KNOWN_AFTER
