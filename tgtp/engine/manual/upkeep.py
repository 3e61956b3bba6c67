"""Upkeep by hand: a person confirms a maintenance or a correction, and it is carried out as one that began by itself."""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from decimal import Decimal
from typing import Literal, NamedTuple

from tgtp.domain.events import MaintenanceBroken, MaintenanceDone, UpkeepAsked
from tgtp.domain.model import Leg, LegKey, Snapshot
from tgtp.domain.pauses import PausableRule
from tgtp.domain.upkeep.maintenance import MaintenanceDraft, MaintenanceRefusal
from tgtp.engine.cycle import Checker
from tgtp.errors import AccessRefused, ExchangeProblem, LedgerWriteFailed, Problem

# How far what would be bought may have moved since it was shown, as a fraction of it.
LARGEST_DRIFT = Decimal("0.05")
# Events that one maintenance can have written.
MOST_EVENTS = 50

Held = Literal["changed", "busy", "forbidden", "account"]


class MaintenanceResult(NamedTuple):
    """What became of a maintenance: nothing was sent where it was ``held`` or a ``refusal`` says why.

    Else ``outcome`` is its end with its number, or None: it goes on with the next check. ``problem`` is what came between.
    """

    held: Held | None = None
    refusal: MaintenanceRefusal | None = None
    snapshot: Snapshot | None = None
    outcome: tuple[int, MaintenanceDone | MaintenanceBroken] | None = None
    problem: Problem | None = None


class CorrectionResult(NamedTuple):
    """Which legs are being corrected now, and which are not: those that are ``busy``, and those that have ``changed`` since."""

    begun: tuple[LegKey, ...] = ()
    busy: tuple[LegKey, ...] = ()
    changed: tuple[LegKey, ...] = ()
    snapshot: Snapshot | None = None
    problem: Problem | None = None


class ManualUpkeep:
    """The hand's way to the upkeep of one account. It works while paused, as closing by hand does."""

    def __init__(self, checker: Checker) -> None:
        self._checker = checker
        self._upkeep_scheduler = checker.upkeep_scheduler
        self._journal = checker.journal
        self._ledger = checker.journal.ledger

    async def maintain(self, shown: MaintenanceDraft, by: int) -> MaintenanceResult:
        """Carry out the maintenance that a person has seen, if it still is the same one.

        Raises ExchangeProblem when the account cannot be seen, LedgerWriteFailed when nothing could be written down; nothing
        was sent then.
        """
        checker = self._checker

        async def command() -> MaintenanceResult:
            snapshot = await self._look()
            leg = snapshot.by_key.get(shown.leg)
            if leg is None or (leg.opened_at, leg.contracts) != (shown.opened_at, shown.contracts):
                return MaintenanceResult(held="changed", snapshot=snapshot)
            if (held := self._held(leg, snapshot)) is not None:
                return MaintenanceResult(held=held, snapshot=snapshot)
            plan = self._upkeep_scheduler.maintenance_runner.draft(
                leg, snapshot.available, snapshot.taken_at, beside=snapshot.legs
            )
            if isinstance(plan, MaintenanceRefusal):
                return MaintenanceResult(refusal=plan, snapshot=snapshot)
            drift = abs(plan.buy_contracts - shown.buy_contracts)
            if plan.count != shown.count or drift > shown.buy_contracts * LARGEST_DRIFT:
                return MaintenanceResult(held="changed", snapshot=snapshot)
            with self._journal.step():
                asked = UpkeepAsked(at=self._journal.now(), what="maintenance", legs=(leg.key,), by=by)
                number = self._journal.record(asked, tell=False)
                is_paused = self._is_paused(leg, "maintenance", snapshot)
                self._upkeep_scheduler.maintenance_runner.begin(plan, leg, by, while_paused=is_paused)
            problem = await self._carry_on(snapshot)
            return MaintenanceResult(snapshot=checker.last_good, outcome=self._outcome(leg.key, number), problem=problem)

        return await self._checker.run_exclusive(command)

    async def correct(self, shown: Collection[Leg], by: int) -> CorrectionResult:
        """Begin to correct legs that a person has seen, and take the first step; each check takes the next.

        Raises as ``maintain`` does.
        """

        async def command() -> CorrectionResult:
            snapshot = await self._look()
            now = {leg.key: leg for leg in snapshot.legs}
            changed = tuple(leg.key for leg in shown if not _is_same(leg, now.get(leg.key)))
            same = [now[leg.key] for leg in shown if leg.key not in changed]
            free = [leg for leg in same if self._held(leg, snapshot) is None]
            busy = tuple(leg.key for leg in same if leg not in free)
            if not free:
                return CorrectionResult(busy=busy, changed=changed, snapshot=snapshot)
            keys = tuple(leg.key for leg in free)
            with self._journal.step():
                asked = UpkeepAsked(at=self._journal.now(), what="correction", legs=keys, by=by)
                self._journal.record(asked, tell=False)
                for leg in free:
                    known = self._upkeep_scheduler.book.corrections.get(leg.key)
                    # A move whose outcome is not known must stay known.
                    if known is None or known.pending is None:
                        is_paused = self._is_paused(leg, "correction", snapshot)
                        self._upkeep_scheduler.correction_runner.begin(leg, by, while_paused=is_paused)
            problem = await self._carry_on(snapshot)
            after = self._checker.last_good
            return CorrectionResult(begun=keys, busy=busy, changed=changed, snapshot=after, problem=problem)

        return await self._checker.run_exclusive(command)

    async def _look(self) -> Snapshot:
        self._checker.admit()
        snapshot = await self._checker.observer.observe()
        self._checker.tracker.take_in(snapshot)
        return snapshot

    def _is_paused(self, leg: Leg, rule: PausableRule, snapshot: Snapshot) -> bool:
        return self._checker.situation(snapshot.taken_at).is_paused(leg.key, rule)

    def _held(self, leg: Leg, snapshot: Snapshot) -> Held | None:
        if not self._upkeep_scheduler.is_sub:
            return "account"
        situation = self._checker.situation(snapshot.taken_at)
        if not situation.may_trade:
            return "forbidden"
        return "busy" if situation.at_any_price.holds(leg, None) is not None else None

    async def _carry_on(self, snapshot: Snapshot) -> Problem | None:
        """Take the steps that can be taken now; what comes between is left to the next check."""
        try:
            self._checker.last_good = await self._checker.keep_up(snapshot)
        except (ExchangeProblem, LedgerWriteFailed) as exc:
            if isinstance(exc, AccessRefused):
                self._checker.permission.refused = True
            with contextlib.suppress(ExchangeProblem):
                # What people look at next must not show the legs as they were.
                self._checker.last_good = await self._checker.observer.observe()
            return exc.problem
        return None

    def _outcome(self, key: LegKey, since: int) -> tuple[int, MaintenanceDone | MaintenanceBroken] | None:
        for number, event in self._ledger.history(MOST_EVENTS):
            if number <= since:
                break
            mine = event.account == self._ledger.account
            if isinstance(event, (MaintenanceDone, MaintenanceBroken)) and mine and event.leg == key:
                return number, event
        return None


def _is_same(shown: Leg, now: Leg | None) -> bool:
    """Return whether a leg still is what the card showed: what was added since must not be closed by it."""
    return now is not None and (now.opened_at, now.contracts) == (shown.opened_at, shown.contracts)
