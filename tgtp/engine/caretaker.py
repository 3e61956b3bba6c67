"""Keeps the legs of a sub-account up: maintenance and correction, one durable step after the other.

Everything here is decided from a fresh look at the leg and from what is on disk; an end of the process between any two steps
leaves what the next check goes on from. The caller holds the account's lock.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from tgtp.domain.events import (
    Corrected,
    CorrectionStuck,
    LegSinking,
    MaintenanceBegun,
    MaintenanceBroken,
    MaintenanceDone,
    MaintenanceHeldBack,
    MarginMoved,
    MarginNotMoved,
)
from tgtp.domain.life import Life
from tgtp.domain.model import Intent, Leg, LegKey, MarginMove, Moment, Snapshot
from tgtp.domain.plan import CANNOT_WORK, Situation, Switches, basis_of
from tgtp.domain.upkeep import (
    CORRECT_EVERY,
    MOVING_FOR,
    SINKING,
    Correction,
    Draft,
    End,
    InBand,
    Maintenance,
    Move,
    Obstacle,
    Order,
    Pending,
    Refusal,
    Stuck,
    Target,
    Trim,
    Turn,
    UpkeepRules,
    correction_step,
    draft,
    has_moved,
    maintenance_step,
)
from tgtp.engine.journal import Journal
from tgtp.engine.ports import Clock, Exchange
from tgtp.engine.upkeepbook import UpkeepBook
from tgtp.errors import AccessRefused, OrderRejected, OutcomeUnknown

log = logging.getLogger(__name__)


class Upkeep(NamedTuple):
    """What the caretaker needs of an account: its dials, which rules act by themselves, and whether it is a sub-account.

    In one that is none nothing is kept up, not even by hand.
    """

    rules: UpkeepRules = UpkeepRules()
    switches: Switches = Switches()
    is_sub: bool = False


class Keeping(NamedTuple):
    """How far the upkeep of a leg has come: its maintenances, what it should hold, and what is under way."""

    maintenances: int
    target: Target
    maintaining: bool = False
    correcting: bool = False


class Caretaker:
    """The hands of upkeep in one account."""

    def __init__(self, exchange: Exchange, journal: Journal, clock: Clock, book: UpkeepBook, upkeep: Upkeep) -> None:
        self.book = book
        self.rules = upkeep.rules
        self.switches = upkeep.switches
        self.is_sub = upkeep.is_sub
        self._exchange = exchange
        self._journal = journal
        self._ledger = journal.ledger
        self._clock = clock
        # When the corrections of this account last began by themselves, by the clock that never jumps.
        self._corrected_at: float | None = None

    def target(self, key: LegKey) -> Target:
        """Give what a leg should hold now."""
        life = self._ledger.lives().get(key)
        return self.rules.target(life.maintenances if life is not None else 0)

    def keeping(self, leg: Leg) -> Keeping:
        """Give how far the upkeep of a leg has come."""
        life = self._ledger.lives().get(leg.key)
        return Keeping(
            maintenances=life.maintenances if life is not None and life.is_of(leg) else 0,
            target=self.target(leg.key),
            maintaining=leg.key in self.book.maintenances,
            correcting=leg.key in self.book.corrections,
        )

    def draft(self, leg: Leg, available: Decimal | None, now: Moment) -> Draft | Refusal:
        """Work out a maintenance of a leg, or say why there is none."""
        if leg.key in self.book.maintenances:
            return Refusal(why="running")
        life = self._ledger.lives().get(leg.key)
        of_it = life is not None and life.is_of(leg)
        count, at = (life.maintenances, life.maintained_at) if life is not None and of_it else (0, None)
        return draft(leg, self.rules, count, at, available, now)

    def next_correction(self, now: float) -> float | None:
        """Give the seconds until corrections begin by themselves; None where they do not."""
        if not self.switches.correction:
            return None
        return 0.0 if self._corrected_at is None else max(0.0, self._corrected_at + CORRECT_EVERY.total_seconds() - now)

    # --- Beginning

    def begin_maintenance(self, plan: Draft, leg: Leg, by: int | None) -> None:
        """Write a maintenance down, inside a step; it is carried out by ``maintain``."""
        work = Maintenance(draft=plan, begun_at=self._journal.now(), entry_price=leg.entry_price, by=by)
        self.book.strike_correction(leg.key)
        self.book.keep_maintenance(work)
        self._journal.record(MaintenanceBegun(at=work.begun_at, work=work, roi=leg.roi), tell=False)

    def begin_correction(self, leg: Leg, by: int | None) -> None:
        """Write a correction down, inside a step; each check takes the next step of it."""
        self.book.keep_correction(
            Correction(
                leg=leg.key,
                opened_at=leg.opened_at,
                begun_at=self._journal.now(),
                margin=leg.initial_margin,
                contracts=leg.contracts,
                by=by,
            )
        )

    def look(self, snapshot: Snapshot, situation: Situation) -> None:
        """Begin what is due by itself, and tell of legs that sink although they have had their last maintenance."""
        if not (self.is_sub and (self.switches.maintenance or self.switches.correction)):
            return
        correct = self.switches.correction and self.next_correction(self._clock.monotonic()) == 0
        if correct:
            self._corrected_at = self._clock.monotonic()
        left = snapshot.available
        for leg in snapshot.legs:
            try:
                if situation.holds(leg, None) is not None or situation.stops(leg) != "due":
                    continue
                if self.switches.maintenance and leg.roi <= self.rules.maintain_at:
                    left = self._maintain_by_itself(leg, situation.lives[leg.key], left, snapshot.taken_at)
                if correct and leg.key not in self.book.corrections and leg.key not in self.book.maintenances:
                    self._correct_by_itself(leg, situation.lives[leg.key], left)
            except CANNOT_WORK as exc:
                log.warning("%s cannot be kept up: %s", leg.key, exc)

    def _maintain_by_itself(self, leg: Leg, life: Life, left: Decimal | None, now: Moment) -> Decimal | None:
        """Begin a maintenance; gives what is left of the free margin for the next one."""
        found = self.draft(leg, left, now)
        if isinstance(found, Draft):
            with self._journal.step():
                self.begin_maintenance(found, leg, None)
            return found.available - found.needed
        if found.why == "used_up":
            if leg.roi <= SINKING and "sinking" not in life.told:
                with self._journal.step():
                    self._ledger.keep_life(life.with_told("sinking"))
                    self._journal.record(
                        LegSinking(at=now, leg=leg.key, count=life.maintenances, roi=leg.roi, margin=leg.initial_margin)
                    )
            return left
        word = f"held_back:{found.why}:{life.maintenances}"
        if found.why not in ("resting", "running") and word not in life.told:
            with self._journal.step():
                self._ledger.keep_life(life.with_told(word))
                self._journal.record(
                    MaintenanceHeldBack(at=now, leg=leg.key, count=life.maintenances, roi=leg.roi, refusal=found)
                )
        return left

    def _correct_by_itself(self, leg: Leg, life: Life, available: Decimal | None) -> None:
        if _stuck_word("refused", leg) in life.told or _stuck_word("lost", leg) in life.told:
            # Asked again, the exchange would say the same for ever.
            return
        if not isinstance(correction_step(leg, self.target(leg.key), available), InBand):
            with self._journal.step():
                self.begin_correction(leg, None)

    # --- Maintenance

    def orders(self, snapshot: Snapshot, situation: Situation) -> list[Intent]:
        """Give the next order of every maintenance that has one, and bring those to their end that have come to it."""
        found = []
        for key, work in self.book.maintenances.items():
            if key in situation.unresolved or key in snapshot.unreadable:
                continue
            step = self._step(work, snapshot, situation)
            if isinstance(step, Intent):
                found.append(step)
        return found

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
                self.book.keep_maintenance(step.to)
            # What is cut is judged by a fresh look; everything before it may go on with this one.
            return self._step(step.to, snapshot, situation) if step.to.stage != "cut" else None
        if isinstance(step, End):
            self._end(work, step, leg, life)
            return None
        if step is None or leg is None or life is None:
            return None
        tag = f"{work.tag}{step.rule}"
        return self._intent(leg, life, step, tag, situation, work.by) if life.may_try(tag, now) else None

    def _intent(self, leg: Leg, life: Life, step: Order, tag: str, situation: Situation, by: int | None) -> Intent:
        return Intent(
            client_order_id=life.order_name(situation.account, tag),
            leg=leg.key,
            opened_at=leg.opened_at,
            position_mode=leg.position_mode,
            rule=step.rule,
            tag=tag,
            contracts=step.contracts,
            basis=basis_of(leg, step.contracts),
            meant_at=situation.now,
            by=by,
        )

    def _end(self, work: Maintenance, step: End, leg: Leg | None, life: Life | None) -> None:
        """Strike a maintenance that is over; only now it counts."""
        now, key = self._journal.now(), work.draft.leg
        with self._journal.step():
            self.book.strike_maintenance(key)
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

    # --- Correction

    async def correct(self, snapshot: Snapshot, situation: Situation) -> list[Intent]:
        """Take one step of every correction: margin is moved here, the orders that close are given to be sent."""
        moves: list[tuple[Correction, MarginMove, Leg]] = []
        trims: list[Intent] = []
        left = snapshot.available
        for key, work in list(self.book.corrections.items()):
            leg, life = snapshot.by_key.get(key), situation.lives.get(key)
            if leg is None or life is None or leg.opened_at != work.opened_at:
                if key not in snapshot.unreadable and (leg is not None or life is None or life.gone_at is not None):
                    self._strike(key)
                continue
            if situation.holds(leg, f"c{life.maintenances}trim") is not None:
                continue
            settled = self._settled(work, leg, snapshot.taken_at)
            if settled is None or not self._may_go_on(settled, leg, situation):
                continue
            step = correction_step(leg, self.target(key), left, is_trimmed=settled.trimmed > 0)
            if isinstance(step, Trim):
                tag = f"c{life.maintenances}trim"
                order = Order("cut", step.contracts)
                trims.append(self._intent(leg, life, order, tag, situation, work.by).replaced(rule="trim"))
            elif isinstance(step, Move):
                left = left - max(step.amount, Decimal(0)) if left is not None else None
                move = MarginMove(leg=key, position_mode=leg.position_mode, amount=step.amount, margin=leg.initial_margin)
                moves.append((self._meant(settled, move, leg), move, leg))
            else:
                self._finish(settled, step, leg, life)
        await _side_by_side(self._move(work, move, leg) for work, move, leg in moves)
        return trims

    def _may_go_on(self, work: Correction, leg: Leg, situation: Situation) -> bool:
        """Say whether the next step may be taken; what a person asked for is done while paused too."""
        stops = situation.stops(leg)
        return stops == "due" or (stops == "paused" and work.by is not None)

    def _meant(self, work: Correction, move: MarginMove, leg: Leg) -> Correction:
        """Write a move down before it leaves the house."""
        pending = Pending(amount=move.amount, margin=leg.initial_margin, contracts=leg.contracts, asked_at=self._journal.now())
        work = work.replaced(pending=pending)
        with self._journal.step():
            self.book.keep_correction(work)
        return work

    async def _move(self, work: Correction, move: MarginMove, leg: Leg) -> None:
        try:
            await self._exchange.move_margin(move)
        except OrderRejected as exc:
            self._refused(work, move, leg, exc)
        except AccessRefused:
            with self._journal.step():
                self.book.keep_correction(work.replaced(pending=None))
            raise
        except OutcomeUnknown as exc:
            # It has no name to look it up by. Nothing more is moved until the leg has shown it, or had the time to.
            log.warning("%s: whether %s U of margin moved is not known (%s)", move.leg, move.amount, exc)

    def _settled(self, work: Correction, leg: Leg, now: Moment) -> Correction | None:
        """Give the correction with its last move accounted for; None while it is not known what became of it."""
        pending = work.pending
        if pending is None:
            return work
        if has_moved(pending, leg):
            settled = work.replaced(pending=None, steps=work.steps + 1)
            with self._journal.step():
                self.book.keep_correction(settled)
                self._journal.record(
                    MarginMoved(at=now, leg=leg.key, amount=pending.amount, before=pending.margin, after=leg.initial_margin),
                    tell=False,
                )
            return settled
        # Either way: a clock that was put back must not hold it for good.
        if abs(now - pending.asked_at) < MOVING_FOR:
            return None
        with self._journal.step():
            self._journal.record(
                MarginNotMoved(at=now, leg=leg.key, amount=pending.amount, margin=leg.initial_margin), tell=False
            )
            self._stuck(work, Stuck("lost"), leg)
        return None

    def _refused(self, work: Correction, move: MarginMove, leg: Leg, exc: OrderRejected) -> None:
        with self._journal.step():
            self._journal.record(
                MarginNotMoved(
                    at=self._journal.now(),
                    leg=move.leg,
                    amount=move.amount,
                    margin=move.margin,
                    code=exc.code,
                    reason=exc.reason,
                ),
                tell=False,
            )
            self._stuck(work, Stuck("refused"), leg, code=exc.code, reason=exc.reason)

    def _finish(self, work: Correction, step: Stuck | InBand, leg: Leg, life: Life) -> None:
        with self._journal.step():
            if isinstance(step, Stuck):
                self._stuck(work, step, leg)
                return
            self.book.strike_correction(leg.key)
            if any(word.startswith("stuck:") for word in life.told):
                self._ledger.keep_life(self._ledger.lives()[leg.key].without_told("stuck:"))
            if work.trimmed or work.steps or work.by is not None:
                self._journal.record(
                    Corrected(
                        at=self._journal.now(),
                        leg=leg.key,
                        target=self.target(leg.key),
                        trimmed=work.trimmed,
                        steps=work.steps,
                        margin_before=work.margin,
                        margin=leg.initial_margin,
                        contracts=leg.contracts,
                        by=work.by,
                    )
                )

    def _stuck(self, work: Correction, step: Stuck, leg: Leg, *, code: str = "", reason: str = "") -> None:
        """End a correction that cannot go on, inside a step; what is the same as before is not told again."""
        self.book.strike_correction(leg.key)
        life, word = self._ledger.lives()[leg.key], _stuck_word(step.why, leg)
        known = word in life.told
        if not known:
            self._ledger.keep_life(life.without_told("stuck:").with_told(word))
        if known and work.by is None:
            return
        self._journal.record(
            CorrectionStuck(
                at=self._journal.now(),
                leg=leg.key,
                target=self.target(leg.key),
                why=step.why,
                contracts=leg.contracts,
                margin=leg.initial_margin,
                notional=leg.notional,
                leverage=leg.leverage,
                least=step.least,
                missing=step.missing,
                code=code,
                reason=reason,
                by=work.by,
            )
        )

    def _strike(self, key: LegKey) -> None:
        """Strike the correction of a leg that is no more."""
        with self._journal.step():
            self.book.strike_correction(key)


def _stuck_word(why: Obstacle, leg: Leg) -> str:
    """Name an obstacle: one that the exchange has named holds until the leg has changed, the others for any size."""
    return f"stuck:{why}:{leg.contracts:f}:{leg.initial_margin:.2f}" if why in ("refused", "lost") else f"stuck:{why}"


async def _side_by_side(works: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Bring every one to its end; then raise what the first of those that failed has raised."""
    for result in await asyncio.gather(*works, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result
