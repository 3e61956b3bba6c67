"""Carries out maintenances, one durable step after the other. The caller holds the account's lock."""

from __future__ import annotations

from decimal import Decimal

from tgtp.domain.events import MaintenanceBegun, MaintenanceBroken, MaintenanceDone
from tgtp.domain.life import Life
from tgtp.domain.model import Leg, Moment, Snapshot
from tgtp.domain.order import Intent, Rule
from tgtp.domain.plan import Situation, basis_of
from tgtp.domain.upkeep.maintenance import Draft, End, Maintenance, Refusal, Turn, draft, maintenance_step
from tgtp.domain.upkeep.rules import UpkeepRules
from tgtp.engine.journal import Journal
from tgtp.engine.upkeep.store import UpkeepBook


class Maintainer:
    """The maintenances of one account."""

    def __init__(self, journal: Journal, book: UpkeepBook, rules: UpkeepRules) -> None:
        self._journal = journal
        self._ledger = journal.ledger
        self._book = book
        self._rules = rules

    def draft(self, leg: Leg, available: Decimal | None, now: Moment) -> Draft | Refusal:
        """Work out a maintenance of a leg, or say why there is none."""
        if leg.key in self._book.maintenances:
            return Refusal(why="running")
        life = self._life(leg)
        at = life.maintained_at if life is not None else None
        return draft(leg, self._rules, self.count(leg), at, available, now)

    def count(self, leg: Leg) -> int:
        """Give how many maintenances a leg has had in this life."""
        life = self._life(leg)
        return life.maintenances if life is not None else 0

    def _life(self, leg: Leg) -> Life | None:
        life = self._ledger.lives().get(leg.key)
        return life if life is not None and life.is_of(leg) else None

    def begin(self, plan: Draft, leg: Leg, by: int | None) -> None:
        """Write a maintenance down, inside a step; the next look carries it out."""
        work = Maintenance(draft=plan, begun_at=self._journal.now(), entry_price=leg.entry_price, by=by)
        self._book.strike_correction(leg.key)
        self._book.keep_maintenance(work)
        self._journal.record(MaintenanceBegun(at=work.begun_at, work=work, roi=leg.roi), tell=False)

    def orders(self, snapshot: Snapshot, situation: Situation) -> list[Intent]:
        """Give the next order of every maintenance that has one, and bring those to their end that have come to it."""
        free = (
            work
            for key, work in self._book.maintenances.items()
            if key not in situation.unresolved and key not in snapshot.unreadable_keys
        )
        return [order for work in free if (order := self._step(work, snapshot, situation)) is not None]

    def _step(self, work: Maintenance, snapshot: Snapshot, situation: Situation) -> Intent | None:
        """Take all steps of a maintenance that send nothing; gives the order that comes next."""
        key = work.draft.leg
        leg, life = snapshot.by_key.get(key), situation.lives.get(key)
        now = snapshot.taken_at
        is_gone = leg is None and life is not None and life.gone_at is not None
        if leg is not None and (life is None or not life.is_of(leg) or life.is_stale(leg, now) or key in situation.doubted):
            return None
        step = maintenance_step(work, leg, now, is_gone=is_gone)
        if isinstance(step, Turn):
            with self._journal.step():
                self._book.keep_maintenance(step.to)
            # What is cut is judged by a fresh look; everything before it may go on with this one.
            return self._step(step.to, snapshot, situation) if step.to.stage != "cut" else None
        if isinstance(step, End):
            self._end(work, step, leg, life)
            return None
        if step is None or leg is None or life is None:
            return None
        tag = f"{work.tag}{step.rule}"
        return upkeep_order(leg, life, step.rule, step.contracts, tag, situation, work.by) if life.may_try(tag, now) else None

    def _end(self, work: Maintenance, step: End, leg: Leg | None, life: Life | None) -> None:
        """Strike a maintenance that is over; only now it counts."""
        now, key = self._journal.now(), work.draft.leg
        with self._journal.step():
            self._book.strike_maintenance(key)
            if not (step.counted and leg is not None and life is not None):
                if life is not None and life.opened_at == work.draft.opened_at and work.bought > 0:
                    # It does not count, but the next one waits as after any other.
                    self._ledger.keep_life(life.replaced(maintained_at=now))
                event = MaintenanceBroken(at=now, leg=key, work=work, why=step.why, reason=work.reason)
                self._journal.record(event, on_card=work.by)
                return
            life = life.maintained(now)
            self._ledger.keep_life(life)
            self._journal.record(
                MaintenanceDone(
                    at=now,
                    leg=key,
                    work=work,
                    count=life.maintenances,
                    contracts=leg.contracts,
                    margin=leg.initial_margin,
                    notional=leg.notional,
                    entry_before=work.entry_price,
                    entry_price=leg.entry_price,
                ),
                on_card=work.by,
            )


def upkeep_order(
    leg: Leg, life: Life, rule: Rule, contracts: Decimal, tag: str, situation: Situation, by: int | None
) -> Intent:
    """Build an order of upkeep, with the numbers that it rests on; its name depends on the life of the leg and the ``tag``."""
    return Intent(
        client_order_id=life.order_name(situation.account, tag),
        leg=leg.key,
        opened_at=leg.opened_at,
        position_mode=leg.position_mode,
        rule=rule,
        tag=tag,
        contracts=contracts,
        basis=basis_of(leg, contracts),
        meant_at=situation.now,
        by=by,
    )
