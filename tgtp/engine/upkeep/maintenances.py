"""Carries out maintenances, one durable step after the other. The caller has the account to itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from tgtp.domain.events import MaintenanceBegun, MaintenanceBroken, MaintenanceDone, MaintenanceHeldBack
from tgtp.domain.hedge import is_hedged
from tgtp.domain.life import Life
from tgtp.domain.model import Leg, LegKey, Moment, Snapshot
from tgtp.domain.order import Intent, Rule
from tgtp.domain.plan import Situation, basis_of, intent_of
from tgtp.domain.upkeep.maintenance import (
    REMEMBERED_FOR,
    End,
    Maintenance,
    MaintenanceDraft,
    MaintenanceRefusal,
    Turn,
    draft,
    maintenance_step,
)
from tgtp.domain.upkeep.rules import UpkeepRules
from tgtp.engine.journal import Journal
from tgtp.engine.upkeep.store import UpkeepStore


class MaintenanceRunner:
    """The maintenances of one account. ``hedge_gate`` is the margin (USDT) above which the hedge rule acts; None: it is off."""

    def __init__(
        self, journal: Journal, book: UpkeepStore, rules: UpkeepRules, hedge_gate: Callable[[], Decimal | None]
    ) -> None:
        self._journal = journal
        self._ledger = journal.ledger
        self._book = book
        self._rules = rules
        self._hedge_gate = hedge_gate

    def draft(
        self, leg: Leg, available: Decimal | None, now: Moment, *, beside: Iterable[Leg] = ()
    ) -> MaintenanceDraft | MaintenanceRefusal:
        """Work out a maintenance of a leg, or say why there is none. ``beside`` are the legs of the account."""
        if leg.key in self._book.maintenances:
            return MaintenanceRefusal(why="running")
        if self.is_hedged(leg, beside):
            return MaintenanceRefusal(why="hedged")
        life = self._life(leg)
        at = life.maintained_at if life is not None else None
        return draft(leg, self._rules, self.count(leg), at, available, now)

    def is_hedged(self, leg: Leg, beside: Iterable[Leg]) -> bool:
        """Return whether a leg is left to the hedge rule: each would undo what the other does."""
        gate = self._hedge_gate()
        return gate is not None and is_hedged(leg, beside, gate)

    def may_be_hedged(self, leg: Leg, snapshot: Snapshot, lives: Mapping[LegKey, Life]) -> bool:
        """Return whether the other side, which may win, is open but not shown by this look: its row is invalid, or missing."""
        if self._hedge_gate() is None:
            return False
        open_keys = {key for key, life in lives.items() if life.gone_at is None} | snapshot.unreadable_keys
        return any(
            key.instrument_id == leg.key.instrument_id and key.position_side is leg.position_side.opposite
            for key in open_keys - snapshot.by_key.keys()
        )

    def count(self, leg: Leg) -> int:
        """Return how many maintenances a leg has had in this life."""
        life = self._life(leg)
        return life.maintenances if life is not None else 0

    def _life(self, leg: Leg) -> Life | None:
        life = self._ledger.lives().get(leg.key)
        return life if life is not None and life.is_of(leg) else None

    def begin(self, plan: MaintenanceDraft, leg: Leg, by: int | None, *, while_paused: bool = False) -> None:
        """Write a maintenance down, inside a step; the next look carries it out."""
        now = self._journal.now()
        work = Maintenance(draft=plan, begun_at=now, entry_price=leg.entry_price, by=by, while_paused=while_paused)
        for old in list(self._book.records.values()):
            if old.gone_at is not None and abs(now - old.gone_at) > REMEMBERED_FOR:
                self._book.strike_maintenance(old)
        self._book.strike_correction(leg.key)
        self._book.keep_maintenance(work)
        if (life := self._life(leg)) is not None:
            # What an earlier one waited for is no business of this one.
            self._ledger.keep_life(life.at_once(_tag(work, "buy"), _tag(work, "cut")))
        self._journal.record(MaintenanceBegun(at=work.begun_at, work=work, roi=leg.roi), tell=False)

    def stop(self) -> None:
        """Write down that the program ends: nothing more is bought, what was bought is cut without waiting.

        Raises LedgerWriteFailed.
        """
        works = self._book.maintenances.values()
        if not works:
            return
        with self._journal.step():
            for work in works:
                self._book.keep_maintenance(work.interrupted("stopped"))
                life = self._ledger.lives().get(work.draft.leg)
                if life is not None:
                    self._ledger.keep_life(life.at_once(_tag(work, "cut")))

    def orders(self, snapshot: Snapshot, situation: Situation, *, is_stopping: bool = False) -> list[Intent]:
        """Return the next order of every maintenance that has one, and bring those to their end that have come to it."""
        found: list[Intent] = []
        for key, work in self._book.maintenances.items():
            if key in situation.unresolved or key in snapshot.unreadable_keys:
                continue
            leg = snapshot.by_key.get(key)
            interruption = self._interruption(work, leg, situation, is_stopping=is_stopping)
            if (order := self._step(work, snapshot, situation, interruption)) is not None:
                found.append(order)
        return found

    def only_waits(self, situation: Situation) -> bool:
        """Return whether all that is under way waits for the pause after a refusal: another look would show nothing new."""
        lives = self._ledger.lives()
        return all(
            key in lives and not lives[key].may_try(_tag(work, "buy" if work.is_buying else "cut"), situation.now)
            for key, work in self._book.maintenances.items()
        )

    def was_asked_in_pause(self, intent: Intent) -> bool:
        """Return whether a person has asked for a maintenance although its leg was paused."""
        work = self._book.maintenances.get(intent.leg)
        return work is not None and work.while_paused

    def may_try(self, leg: Leg, life: Life, now: Moment) -> bool:
        """Return whether the pause after the last one that could not be done is over."""
        return life.may_try(f"m{self.count(leg) + 1}", now)

    def held_back(self, leg: Leg, life: Life, refusal: MaintenanceRefusal, now: Moment) -> None:
        """Take in, inside a step, that one cannot be begun: told once for each cause, tried again after a growing pause."""
        tag = f"m{life.maintenances + 1}"
        self._ledger.keep_life(life.after_refusal(tag, refusal.why, now))
        if not life.was_refused(tag, refusal.why):
            event = MaintenanceHeldBack(at=now, leg=leg.key, count=life.maintenances, roi=leg.roi, refusal=refusal)
            self._journal.record(event)

    def _step(self, work: Maintenance, snapshot: Snapshot, situation: Situation, interruption: str) -> Intent | None:
        """Take all steps of a maintenance that send nothing; return the order that comes next."""
        key = work.draft.leg
        leg, life = snapshot.by_key.get(key), situation.lives.get(key)
        now = snapshot.taken_at
        is_gone = leg is None and (life is None or life.gone_at is not None)
        if leg is not None and (life is None or not life.is_of(leg) or life.is_stale(leg, now) or key in situation.doubted):
            return None
        step = maintenance_step(work, leg, now, is_gone=is_gone, interruption=interruption)
        if isinstance(step, Turn):
            with self._journal.step():
                if step.to.strayed and not work.strayed:
                    self._book.strike_maintenance(work)
                self._book.keep_maintenance(step.to)
            # What is cut is judged by a fresh look; everything before it may go on with this one.
            return self._step(step.to, snapshot, situation, interruption) if step.to.stage != "cut" else None
        if isinstance(step, End):
            self._end(work, step, leg)
            return None
        if step is None or leg is None or life is None:
            return None
        tag = _tag(work, step.rule)
        return upkeep_order(leg, life, step.rule, step.contracts, tag, situation, work.by) if life.may_try(tag, now) else None

    def _interruption(self, work: Maintenance, leg: Leg | None, situation: Situation, *, is_stopping: bool) -> str:
        """Return what keeps a maintenance from buying; a pause in which a person asked for it does not."""
        if is_stopping:
            return "stopped"
        stops = situation.stops(leg, "maintenance") if leg is not None else "due"
        return "" if stops == "due" or (stops == "paused" and work.while_paused) else stops

    def _end(self, work: Maintenance, step: End, leg: Leg | None) -> None:
        """Strike a maintenance that is over; only now it counts."""
        now, key = self._journal.now(), work.draft.leg
        life = self._ledger.lives().get(key)
        with self._journal.step():
            if step.why == "gone" and leg is None and work.may_be_large:
                self._book.keep_maintenance(work.replaced(gone_at=now))
            else:
                self._book.strike_maintenance(work)
            if step.counted and life is not None:
                life = life.maintained(now)
                self._ledger.keep_life(life)
            if not step.counted or step.why == "unverified" or leg is None or life is None:
                tell = True
                if not step.counted and life is not None and life.opened_at == work.draft.opened_at:
                    # One that has cost something is always told, and the next one waits as after any other.
                    tell = work.by is not None or work.bought > 0 or not life.was_refused(work.tag, step.why)
                    life = life.after_refusal(work.tag, step.why, now)
                    self._ledger.keep_life(life.replaced(maintained_at=now) if work.bought > 0 else life)
                event = MaintenanceBroken(at=now, leg=key, work=work, why=step.why, reason=work.reason, counted=step.counted)
                self._journal.record(event, tell=tell, on_card=work.by)
                return
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


def _tag(work: Maintenance, rule: str) -> str:
    return f"{work.tag}{rule}"


def upkeep_order(
    leg: Leg, life: Life, rule: Rule, contracts: Decimal, tag: str, situation: Situation, by: int | None
) -> Intent:
    """Build an order of upkeep, with the numbers that it rests on."""
    return intent_of(leg, life, rule, tag, contracts, situation, basis_of(leg, contracts), by=by)
