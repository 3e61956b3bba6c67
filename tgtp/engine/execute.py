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
from typing import Any, NamedTuple

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
from tgtp.domain.model import Snapshot
from tgtp.domain.order import LOOK_UP_LAG, ORDER_LIFETIME, TRADES_KEPT, UNFILLED_KEPT, Intent, Order, OrderStatus
from tgtp.domain.position_changes import GONE_AFTER
from tgtp.domain.retries import REMIND_AFTER, has_passed
from tgtp.engine.journal import Journal
from tgtp.engine.monitoring.fills import FillBook
from tgtp.engine.ports import Clock, Exchange
from tgtp.engine.rulebook import RuleBook
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
# The rules whose orders belong to a sub-account's upkeep.
UPKEEP = ("buy", "cut", "trim")
# An outcome that stays unknown for so long is told.
TOLD_AFTER = dt.timedelta(seconds=30)


class Reminder(NamedTuple):
    """Since when something has failed, and how often; ``since`` is None where it is news."""

    since: dt.datetime | None = None
    tries: int = 1


class Executor:
    """Sends intents and settles them. The caller has the account to itself."""

    def __init__(self, exchange: Exchange, journal: Journal, clock: Clock, rules: RuleBook, upkeep: UpkeepStore) -> None:
        self._exchange = exchange
        self._journal = journal
        self._ledger = journal.ledger
        self._clock = clock
        self._rules = rules
        self._upkeep = upkeep
        self.fills = FillBook(journal)
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
        """Say whether the leg that an order was decided on is no more: another life is shown, or none for a while."""
        leg, name = snapshot.held(intent.leg), intent.client_order_id
        if leg is not None or intent.leg in snapshot.unreadable_keys:
            self._legless_since.pop(name, None)
            return leg is not None and leg.opened_at is not None and leg.opened_at > intent.opened_at
        missing = self._clock.monotonic() - self._legless_since.setdefault(name, self._clock.monotonic())
        return missing >= GONE_AFTER.total_seconds()

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
                    self._strike(intent)
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
            self._refused(intent, exc.code, Problem.of_words(exc.reason), at_once=True)
            return None
        except NotSent as exc:
            log.warning("order %s did not leave this machine: %s", intent.client_order_id, exc)
            self._never_arrived(intent)
            return None
        except AccessRefused as exc:
            # Definitely not taken; the account as a whole is refused, which is not this order's fault.
            if intent.rule in UPKEEP:
                # But upkeep would come with it again at every check, over restarts too.
                self._refused(intent, "", exc.problem, at_once=True)
            else:
                with self._journal.step():
                    self._strike(intent)
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
        return self._journal.now() - (self._exchange.skew() or dt.timedelta())

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
                self._ended(intent, order, at_once=True)
                return
        if problem is not None:
            log.warning("order %s could not be looked up (%s)", intent.client_order_id, problem)
        self._still_open(intent)

    async def _settle_later(self, intent: Intent, is_leg_closed: bool) -> None:
        """Bring an open order to its end, if that can be known by now; else it stays open, and is told."""
        intent = self._with_acknowledgement(intent)
        try:
            async with asyncio.timeout(LONGEST_RECORDS):
                order = await self._exchange.find_order(intent) or await self._from_trades(intent)
        except (TemporarilyDown, AccessRefused, TimeoutError) as exc:
            log.warning("order %s could not be looked up (%s)", intent.client_order_id, exc or "too slow")
            self._still_open(intent)
            return
        if order is not None:
            if order.status is OrderStatus.LIVE:
                self._still_open(intent)
            else:
                self._ended(intent, order, at_once=False)
        elif not self._is_known_by_now(intent):
            self._still_open(intent)
        elif self.is_beyond_records(intent) and not is_leg_closed:
            if intent.rule == "tier":
                self._still_open(intent)
            else:
                # The leg shows what there is to do; only what a tier has done must be known.
                self._refused(intent, "forgotten", Problem("problem.forgotten"), at_once=False)
        elif intent.acknowledged_at is None:
            self._never_arrived(intent)
        elif is_leg_closed or self._exchange_now() - intent.acknowledged_at >= UNFILLED_KEPT:
            self._refused(intent, "canceled", Problem("problem.unfilled"), at_once=False)
        else:
            self._still_open(intent)

    def _with_acknowledgement(self, intent: Intent) -> Intent:
        """Give it with what the exchange said of it, and see that this is on disk."""
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
        """Say whether an order that was ever taken would be shown by now, with all that it filled."""
        sent_at = self._sent_at.get(intent.client_order_id, self._begun_at)
        return self._clock.monotonic() - sent_at >= KNOWN_AFTER

    def is_beyond_records(self, intent: Intent) -> bool:
        """Say whether it is forgotten with its trades: then only a person can say what became of it."""
        return abs(self._journal.now() - intent.meant_at) > TRADES_KEPT

    def _ended(self, intent: Intent, order: Order, *, at_once: bool) -> None:
        """Take in an order that has ended. ``at_once``: whoever asked for it by hand is still looking at the answer."""
        if order.filled_contracts == 0:
            code = "canceled" if intent.limit_price is None else "slippage"
            self._refused(intent, code, Problem.of_words(order.reason), at_once=at_once)
            return
        if order.filled_contracts > intent.contracts:
            # No order fills more than it asked for: these are counted in contracts of a size that came after it.
            order = order.replaced(filled_contracts=intent.contracts)
        with self._journal.step():
            self._strike(intent)
            life = self._ledger.lives().get(intent.leg)
            fired: frozenset[int] = frozenset()
            if life is not None and life.opened_at == intent.opened_at:
                # Both are unknown of a leg that the exchange does not list: then nothing of it is an unfinished tier.
                least, lot = intent.basis.min_contracts or Decimal(1), intent.basis.lot_size or Decimal(1)
                life = life.after_order(intent, order, least, lot, seen_at=self._journal.now())
                self._ledger.keep_life(life)
                left, fired = life.contracts, life.fired_numbers
            else:
                # The leg was closed, or opened anew, while the order was looked up.
                left = order.filled_contracts if intent.grows else intent.basis.contracts - order.filled_contracts
            if intent.rule in UPKEEP:
                self._upkeep.filled(intent, order, self._journal.now())
            facts: dict[str, Any] = {
                "at": self._journal.now(),
                "intent": intent,
                "order": order,
                "contracts_left": max(left, Decimal(0)),
                "both_modes": self._is_held_in_both_modes(intent),
            }
            if intent.rule == "tier":
                next_tier = self._rules.in_force.ladder_of(intent.leg).next_after(fired)
                event = TierFilled(
                    **facts,
                    finished=intent.tier in fired,
                    fired=tuple(sorted(fired)),
                    next_threshold=next_tier.threshold if next_tier else None,
                )
                self.fills.record(event)
            elif intent.rule == "hedge":
                self.fills.record(HedgeFilled(**facts))
            elif intent.rule in UPKEEP:
                # Told as a whole, when all of it is done.
                self._journal.record(UpkeepFilled(**facts), tell=False)
            else:
                self.fills.record(HandFilled(**facts), is_over=not at_once, on_card=intent.by if at_once else None)

    def _is_held_in_both_modes(self, intent: Intent) -> bool:
        """Say whether the coin is held cross and isolated at once: then a side alone does not name the leg."""
        lives = self._ledger.lives()
        of = [key for key, life in lives.items() if key.instrument_id == intent.leg.instrument_id and life.gone_at is None]
        return any(key.margin_mode is not intent.leg.margin_mode for key in of)

    def _refused(self, intent: Intent, code: str, reason: Problem, *, at_once: bool) -> None:
        with self._journal.step():
            self._strike(intent)
            life = self._ledger.lives().get(intent.leg)
            again_at: dt.datetime | None = None
            first, reminder = True, Reminder()
            # A close by hand is not repeated by itself: there is nothing to pause and nothing to fall silent about.
            if intent.rule != "hand" and life is not None and life.opened_at == intent.opened_at:
                now = self._journal.now()
                first, due = not life.was_refused(intent.tag, code), life.is_reminder_due(intent.tag, now)
                # Where only the price was too far away, the next check may find a better one.
                life = life.after_refusal(intent.tag, code, now, pauses=code != "slippage")
                again_at = life.backoff[intent.tag].not_before
                reminder = _reminder(life, intent.tag) if due and not first else reminder
                life = life.after_telling(intent.tag, now) if first or due else life
                self._ledger.keep_life(life)
            if intent.rule in UPKEEP:
                self._upkeep.refused(intent, code, reason)
                # A maintenance that cannot buy tells it as a whole.
                first = first and not intent.grows
            event = OrderRejected(
                at=self._journal.now(), intent=intent, code=code, reason=reason, again_at=again_at, **reminder._asdict()
            )
            tell = first or reminder.since is not None
            self._journal.record(event, tell=tell, on_card=intent.by if at_once else None)

    def _strike(self, intent: Intent) -> None:
        """Strike an order inside a step."""
        self._ledger.drop_intent(intent.client_order_id)

    def _never_arrived(self, intent: Intent) -> None:
        """Strike it. The next plan decides anew, and the same decision carries the same name."""
        now = self._journal.now()
        tell, reminder = intent.rule == "hand", Reminder()
        life = self._ledger.lives().get(intent.leg)
        with self._journal.step():
            self._strike(intent)
            if life is not None and life.opened_at == intent.opened_at and intent.rule != "hand":
                due, word = life.is_reminder_due(intent.tag, now), f"lost:{intent.tag}"
                life = life.after_lost(intent.tag, now)
                # Once may happen; twice in a row is something that the person should hear of.
                if life.backoff[intent.tag].failures > 1 and (word not in life.told or due):
                    reminder = _reminder(life, intent.tag) if word in life.told else reminder
                    life, tell = life.with_told(word).after_telling(intent.tag, now), True
                self._ledger.keep_life(life)
            self._journal.record(OrderNotArrived(at=now, intent=intent, **reminder._asdict()), tell=tell)

    def _still_open(self, intent: Intent) -> None:
        now = self._journal.now()
        told_at = (intent.told_at or intent.meant_at) if intent.late_told else None
        if not has_passed(REMIND_AFTER if told_at else TOLD_AFTER, told_at or intent.meant_at, now):
            return
        with self._journal.step():
            self._ledger.keep_intent(intent.replaced(late_told=True, told_at=now))
            life = self._ledger.lives().get(intent.leg)
            word = f"unresolved:{intent.tag}"
            first = life is None or word not in life.told or told_at is not None
            if life is not None and first and intent.rule != "hand":
                self._ledger.keep_life(life.with_told(word))
            event = OrderUnresolved(at=now, intent=intent, beyond_records=self.is_beyond_records(intent))
            self._journal.record(event, tell=first)


def _reminder(life: Life, tag: str) -> Reminder:
    waiting = life.backoff[tag]
    return Reminder(waiting.since, waiting.failures)
