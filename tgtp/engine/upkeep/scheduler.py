"""Keeps the legs of a sub-account up: what they should hold, and what begins by itself.

Everything is decided from a fresh look at the leg and from what is on disk; an end of the process between any two steps leaves
what the next check goes on from. The caller has the account to itself.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from tgtp.domain.events import LegSinking, WouldHaveKeptUp
from tgtp.domain.life import Life
from tgtp.domain.model import Leg, Moment, Snapshot
from tgtp.domain.plan import CANNOT_WORK, Situation, Switches
from tgtp.domain.upkeep.correction import CORRECT_EVERY, InBand, Move, Trim, correction_step
from tgtp.domain.upkeep.foreseen import due_upkeep
from tgtp.domain.upkeep.maintenance import SINKING, MaintenanceDraft
from tgtp.domain.upkeep.rules import Target, UpkeepRules
from tgtp.engine.journal import Journal
from tgtp.engine.ports import Clock, Exchange
from tgtp.engine.rulebook import InForce
from tgtp.engine.upkeep.corrections import CorrectionRunner
from tgtp.engine.upkeep.maintenances import MaintenanceRunner
from tgtp.engine.upkeep.store import UpkeepStore

log = logging.getLogger(__name__)

# Why a maintenance is not done that nobody needs to hear of: it is over soon, or told by other words.
QUIET = ("resting", "running", "used_up", "hedged")


class Upkeep(NamedTuple):
    """What the scheduler needs of an account: its dials, which rules act by themselves, and whether it is a sub-account.

    In one that is none nothing is kept up, not even by hand.
    """

    rules: UpkeepRules = UpkeepRules()
    switches: Switches = Switches()
    is_sub: bool = False


class UpkeepStatus(NamedTuple):
    """How far the upkeep of a leg has come: its maintenances, what it should hold, and what is under way.

    ``hedged``: it is left to the hedge rule.
    """

    maintenances: int
    target: Target
    maintaining: bool = False
    correcting: bool = False
    hedged: bool = False


class UpkeepScheduler:
    """The hands of upkeep in one account."""

    def __init__(
        self,
        exchange: Exchange,
        journal: Journal,
        clock: Clock,
        book: UpkeepStore,
        upkeep: Upkeep,
        rulebook: InForce,
    ) -> None:
        self.book = book
        self.rules = upkeep.rules
        self.switches = upkeep.switches
        self.is_sub = upkeep.is_sub
        self._journal = journal
        self._ledger = journal.ledger
        self._clock = clock
        self._rulebook = rulebook
        self.maintenance_runner = MaintenanceRunner(journal, book, upkeep.rules, self._hedge_gate)
        self.correction_runner = CorrectionRunner(exchange, journal, book, self.target)
        # When the corrections of this account last began by themselves, by the clock that never jumps.
        self._corrected_at: float | None = None

    def target(self, leg: Leg) -> Target:
        """Return what a leg should hold now."""
        return self.rules.target(self.maintenance_runner.count(leg))

    @property
    def yields_to_hedge(self) -> bool:
        """Return whether maintenances leave to the hedge rule, which is on too, what that rule acts on."""
        return self.is_sub and self.switches.maintenance and self.switches.hedge

    def _hedge_gate(self) -> Decimal | None:
        return self._rulebook.in_force.min_margin if self.switches.hedge else None

    def status(self, leg: Leg, beside: Iterable[Leg] = ()) -> UpkeepStatus:
        """Return how far the upkeep of a leg has come; ``beside`` are the legs of the account."""
        return UpkeepStatus(
            maintenances=self.maintenance_runner.count(leg),
            target=self.target(leg),
            maintaining=leg.key in self.book.maintenances,
            correcting=leg.key in self.book.corrections,
            hedged=self.maintenance_runner.is_hedged(leg, beside),
        )

    def next_correction(self, now: float) -> float | None:
        """Return the seconds until corrections begin by themselves; None where they do not."""
        if not self.switches.correction:
            return None
        return 0 if self._corrected_at is None else max(0, self._corrected_at + CORRECT_EVERY.total_seconds() - now)

    def look(self, snapshot: Snapshot, situation: Situation) -> None:
        """Begin what is due by itself, and tell of legs that sink although they have had their last maintenance."""
        if not self.is_sub:
            return
        correct = self.switches.correction and self.next_correction(self._clock.monotonic()) == 0
        if correct:
            self._corrected_at = self._clock.monotonic()
        left = snapshot.available
        for leg in snapshot.legs:
            try:
                if not leg.leverage_known or situation.holds(leg, None) is not None:
                    continue
                self._watch(leg, situation.lives[leg.key], snapshot.taken_at)
                maintains, corrects = situation.stops(leg, "maintenance"), situation.stops(leg, "correction")
                if "paused" in (maintains, corrects):
                    self._tell_held_back(leg, snapshot, situation)
                if maintains == "due" and self.switches.maintenance and leg.roi <= self.rules.maintain_at:
                    left = self._maintain_by_itself(leg, snapshot, left)
                free = leg.key not in self.book.corrections and leg.key not in self.book.maintenances
                if correct and corrects == "due" and free:
                    self._correct_by_itself(leg, situation.lives[leg.key], left)
            except CANNOT_WORK as exc:
                log.warning("%s cannot be kept up: %s", leg.key, exc)

    def _watch(self, leg: Leg, life: Life, now: Moment) -> None:
        """Tell, once, of a leg that sinks although it has had its last maintenance."""
        if life.maintenances < len(self.rules.plan.rounds) or leg.roi > SINKING or "sinking" in life.told:
            return
        with self._journal.step():
            self._ledger.keep_life(life.with_told("sinking"))
            sinking = LegSinking(at=now, leg=leg.key, count=life.maintenances, roi=leg.roi, margin=leg.initial_margin)
            self._journal.record(sinking)

    def _tell_held_back(self, leg: Leg, snapshot: Snapshot, situation: Situation) -> None:
        """Tell, once for a pause, of what would begin by itself now."""
        if leg.key in self.book.maintenances or leg.key in self.book.corrections:
            return
        due, life = due_upkeep(leg, snapshot, situation, self.rules), situation.lives[leg.key]
        facts: dict[str, Any]
        if isinstance(due, MaintenanceDraft):
            facts = {"what": "maintenance", "count": due.count + 1, "contracts": due.buy_contracts}
        elif isinstance(due, Trim):
            facts = {"what": "correction", "contracts": due.contracts}
        elif isinstance(due, Move):
            facts = {"what": "correction", "margin": due.amount}
        else:
            return
        if not situation.is_paused(leg.key, facts["what"]) or f"held:{facts['what']}" in life.told:
            return
        with self._journal.step():
            self._ledger.keep_life(life.with_told(f"held:{facts['what']}"))
            held = {"leg": leg.key, "roi": leg.roi, "target": self.target(leg), "held": leg.initial_margin}
            self._journal.record(WouldHaveKeptUp(at=snapshot.taken_at, **held, **facts))

    def _maintain_by_itself(self, leg: Leg, snapshot: Snapshot, left: Decimal | None) -> Decimal | None:
        """Begin a maintenance; return what is left of the free margin for the next one."""
        lives, now = self._ledger.lives(), snapshot.taken_at
        life = lives[leg.key]
        if not self.maintenance_runner.may_try(leg, life, now) or self.maintenance_runner.may_be_hedged(leg, snapshot, lives):
            return left
        found = self.maintenance_runner.draft(leg, left, now, beside=snapshot.legs)
        if isinstance(found, MaintenanceDraft):
            with self._journal.step():
                self.maintenance_runner.begin(found, leg, None)
            return found.available - found.needed
        if found.why not in QUIET:
            with self._journal.step():
                self.maintenance_runner.held_back(leg, life, found, now)
        return left

    def _correct_by_itself(self, leg: Leg, life: Life, available: Decimal | None) -> None:
        step = correction_step(leg, self.target(leg), available)
        if not isinstance(step, InBand) and not self.correction_runner.is_stuck(leg, life, step):
            with self._journal.step():
                self.correction_runner.begin(leg, None)
