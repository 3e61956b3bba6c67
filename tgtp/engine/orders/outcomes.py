"""What became of an order: filled, refused, never arrived, not known yet. Each is kept and told in one step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from tgtp.domain.events import (
    GuardFilled,
    HandFilled,
    HedgeFilled,
    OrderNotArrived,
    OrderRejected,
    OrderUnresolved,
    TierFilled,
    UpkeepFilled,
)
from tgtp.domain.life import Life
from tgtp.domain.order import GUARDS, TRADES_KEPT, Intent, Order
from tgtp.domain.plan.next_tier import next_tier
from tgtp.domain.retries import REMIND_AFTER, has_passed
from tgtp.engine.journal import Journal
from tgtp.engine.monitoring.fills import FillBook
from tgtp.engine.rulebook import InForce
from tgtp.engine.upkeep.store import UpkeepStore
from tgtp.errors import Problem

# The rules whose orders belong to a sub-account's upkeep.
UPKEEP = ("buy", "cut", "trim")
# An outcome that stays unknown for so long is told.
TOLD_AFTER = dt.timedelta(seconds=30)


class Reminder(NamedTuple):
    """Since when something has failed, and how often; ``since`` is None where it is news."""

    since: dt.datetime | None = None
    tries: int = 1


class Outcomes:
    """Strikes orders that have come to their end, and takes in what they did to their legs."""

    def __init__(self, journal: Journal, rules: InForce, upkeep: UpkeepStore) -> None:
        self._journal = journal
        self._ledger = journal.ledger
        self._rules = rules
        self._upkeep = upkeep
        self.fills = FillBook(journal)

    def is_beyond_records(self, intent: Intent) -> bool:
        """Return whether it is forgotten with its trades: then only a person can say what became of it."""
        return abs(self._journal.now() - intent.meant_at) > TRADES_KEPT

    def ended(self, intent: Intent, order: Order, *, at_once: bool, also: Callable[[], None] = lambda: None) -> None:
        """Take in an order that has ended. ``at_once``: whoever asked for it by hand is still looking at the answer.

        ``also`` is done in the same step, where something has filled.
        """
        if order.filled_contracts == 0:
            code = "canceled" if intent.limit_price is None else "slippage"
            why = order.why or (Problem.of_words(order.reason) if order.reason else Problem("problem.canceled.unsaid"))
            self.refused(intent, code, why, at_once=at_once)
            return
        if order.filled_contracts > intent.contracts:
            # No order fills more than it asked for: these are counted in contracts of a size that came after it.
            order = order.replaced(filled_contracts=intent.contracts)
        with self._journal.step():
            self.strike(intent)
            also()
            life = self._ledger.lives().get(intent.leg)
            if life is not None and life.opened_at == intent.opened_at:
                # Both are unknown of a leg that the exchange does not list: then nothing of it is an unfinished tier.
                least, lot = intent.basis.min_contracts or Decimal(1), intent.basis.lot_size or Decimal(1)
                life = life.after_order(intent, order, least, lot, seen_at=self._journal.now())
                self._ledger.keep_life(life)
                left = life.contracts
            else:
                # The leg was closed, or opened anew, while the order was looked up.
                life = None
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
                self.fills.record(self._tier_filled(intent, facts, life))
            elif intent.rule == "hedge":
                self.fills.record(HedgeFilled(**facts))
            elif intent.rule in GUARDS:
                # Of a life that is over nothing is open any more.
                is_open = life is not None and life.guarded is not None and not life.guarded.finished
                self.fills.record(GuardFilled(**facts, finished=not is_open))
            elif intent.rule == "drawdown":
                is_whole = life is None or order.filled_contracts >= intent.basis.target_contracts
                self.fills.record(GuardFilled(**facts, finished=is_whole))
            elif intent.rule in UPKEEP:
                # Told as a whole, when all of it is done.
                self._journal.record(UpkeepFilled(**facts), tell=False)
            else:
                self.fills.record(HandFilled(**facts), is_over=not at_once, on_card=intent.by if at_once else None)

    def _tier_filled(self, intent: Intent, facts: Mapping[str, Any], life: Life | None) -> TierFilled:
        """Return what is told of a tier and the one that comes next; ``life`` is None where the leg lives that one no more."""
        fired = life.fired_numbers if life is not None else frozenset()
        rules = self._rules.in_force
        # A lower tier that has not fired was too small to order, and is still.
        later = [tier for tier in rules.ladder_of(intent.leg).tiers if tier.number > (intent.tier or 0)]
        later = [tier for tier in later if tier.number not in fired]
        coming = next_tier(intent, facts["contracts_left"], later, rules.min_margin)
        return TierFilled(
            **facts,
            # Of a life that is over nothing is open any more.
            finished=life is None or intent.tier in fired,
            closed=life.closed_by(intent.tier) if life is not None else None,
            fired=tuple(sorted(fired)),
            next_threshold=coming.threshold if coming else None,
            next_price=coming.price if coming else None,
            next_is_small=coming.is_small if coming else False,
            earned=life.earned if life is not None else None,
        )

    def _is_held_in_both_modes(self, intent: Intent) -> bool:
        """Return whether the coin is held cross and isolated at once: then a side alone does not name the leg."""
        lives = self._ledger.lives()
        of = [key for key, life in lives.items() if key.instrument_id == intent.leg.instrument_id and life.gone_at is None]
        return any(key.margin_mode is not intent.leg.margin_mode for key in of)

    def refused(self, intent: Intent, code: str, reason: Problem, *, at_once: bool) -> None:
        """Take in a definite no: nothing was filled, and why."""
        with self._journal.step():
            self.strike(intent)
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

    def strike(self, intent: Intent) -> None:
        """Strike an order inside a step."""
        self._ledger.drop_intent(intent.client_order_id)

    def never_arrived(self, intent: Intent) -> None:
        """Strike it. The next plan decides anew, and the same decision carries the same name."""
        now = self._journal.now()
        tell, reminder = intent.rule == "hand", Reminder()
        life = self._ledger.lives().get(intent.leg)
        with self._journal.step():
            self.strike(intent)
            if life is not None and life.opened_at == intent.opened_at and intent.rule != "hand":
                due, word = life.is_reminder_due(intent.tag, now), f"lost:{intent.tag}"
                life = life.after_lost(intent.tag, now, at_once=intent.rule in UPKEEP)
                # Once may happen; twice in a row is something that the person should hear of.
                if life.backoff[intent.tag].failures > 1 and (word not in life.told or due):
                    reminder = _reminder(life, intent.tag) if word in life.told else reminder
                    life, tell = life.with_told(word).after_telling(intent.tag, now), True
                self._ledger.keep_life(life)
            self._journal.record(OrderNotArrived(at=now, intent=intent, **reminder._asdict()), tell=tell)

    def still_open(self, intent: Intent) -> None:
        """Leave it open, and tell of it: after a while, then once a day."""
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
