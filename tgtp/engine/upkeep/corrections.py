"""Carries out corrections: one step in each check, from a fresh look at the leg. The caller has the account to itself."""

from __future__ import annotations

import logging
from collections.abc import Callable

from tgtp.domain.events import Corrected, CorrectionStuck, MarginMoved, MarginNotMoved
from tgtp.domain.life import Life
from tgtp.domain.model import Leg, LegKey, Moment, Snapshot
from tgtp.domain.order import Intent, MarginMove
from tgtp.domain.plan import Situation
from tgtp.domain.upkeep.correction import (
    MOVING_FOR,
    Correction,
    InBand,
    Move,
    Obstacle,
    Pending,
    Step,
    Stuck,
    Trim,
    correction_step,
    has_moved,
    left_after,
)
from tgtp.domain.upkeep.rules import Target
from tgtp.engine.journal import Journal
from tgtp.engine.ports import Exchange
from tgtp.engine.tasks import side_by_side
from tgtp.engine.upkeep.maintenances import upkeep_order
from tgtp.engine.upkeep.store import UpkeepStore
from tgtp.errors import NO_WORDS, AccessRefused, LedgerWriteFailed, OrderRefused, OutcomeUnknown, Problem

log = logging.getLogger(__name__)

# What a correction is not tried against again by itself before the leg has changed.
UNTIL_CHANGED: tuple[Obstacle, ...] = ("refused", "lost")
# Seconds between two steps of one correction.
STEP_EVERY = 10


class CorrectionRunner:
    """The corrections of one account; ``target`` says what a leg should hold now."""

    def __init__(self, exchange: Exchange, journal: Journal, book: UpkeepStore, target: Callable[[Leg], Target]) -> None:
        self._exchange = exchange
        self._journal = journal
        self._ledger = journal.ledger
        self._book = book
        self._target = target
        # When each correction that has begun took its last step, by the clock that never jumps.
        self._stepped_at: dict[tuple[LegKey, Moment], float] = {}
        # Moves on disk that never left: writing them down has failed only after that.
        self._unsent: dict[LegKey, Pending] = {}

    def is_stuck(self, leg: Leg, life: Life, step: Step) -> bool:
        """Return whether a correction would only end where the last one did, which was told: nothing has changed since."""
        if isinstance(step, Stuck) and life.was_refused(_tag(life), step.why):
            return True
        return any(_stuck_word(why, leg) in life.told for why in UNTIL_CHANGED)

    def begin(self, leg: Leg, by: int | None, *, while_paused: bool = False) -> None:
        """Write a correction down, inside a step; each check takes the next step of it."""
        life = self._ledger.lives().get(leg.key)
        if by is not None and life is not None:
            # Who asks does not wait for the pause after a refusal.
            self._ledger.keep_life(life.at_once(_tag(life)))
        self._book.keep_correction(
            Correction(
                leg=leg.key,
                opened_at=leg.opened_at,
                begun_at=self._journal.now(),
                margin=leg.initial_margin,
                contracts=leg.contracts,
                by=by,
                while_paused=while_paused,
            )
        )

    def was_asked_in_pause(self, intent: Intent) -> bool:
        """Return whether a person has asked for a correction although its leg was paused."""
        work = self._book.corrections.get(intent.leg)
        return work is not None and work.while_paused

    async def steps(self, snapshot: Snapshot, situation: Situation) -> list[Intent]:
        """Take one step of every correction: margin is moved here, the orders that close are given to be sent."""
        moves: list[tuple[Correction, MarginMove, Leg]] = []
        trims: list[Intent] = []
        left = snapshot.available
        for key, work in list(self._book.corrections.items()):
            leg, life = snapshot.by_key.get(key), situation.lives.get(key)
            if leg is None or life is None or leg.opened_at != work.opened_at:
                if key not in snapshot.unreadable_keys and (leg is not None or life is None or life.gone_at is not None):
                    self._strike(key)
                continue
            tag = _tag(life)
            if situation.holds(leg, tag) is not None or life.is_behind(leg, snapshot.taken_at):
                continue
            settled = self._settled(work, leg, snapshot.taken_at)
            if settled is None or not self._may_go_on(settled, leg, situation):
                continue
            step = correction_step(leg, self._target(leg), left)
            left = left_after(step, left)
            if isinstance(step, Trim | Move) and not self._steps_now(work):
                continue
            if isinstance(step, Trim):
                trims.append(upkeep_order(leg, life, "trim", step.contracts, tag, situation, work.by))
            elif isinstance(step, Move):
                move = MarginMove(leg=key, position_mode=leg.position_mode, amount=step.amount, margin=leg.initial_margin)
                moves.append((settled, move, leg))
            else:
                self._finish(settled, step, leg)
        await side_by_side(self._move(work, move, leg) for work, move, leg in moves)
        return trims

    def _steps_now(self, work: Correction) -> bool:
        """Take the turn for the next step of a correction; False where the last one is not long enough ago."""
        ticks, name = self._journal.monotonic(), (work.leg, work.begun_at)
        self._stepped_at = {other: at for other, at in self._stepped_at.items() if ticks - at < STEP_EVERY}
        if name in self._stepped_at:
            return False
        self._stepped_at[name] = ticks
        return True

    def _may_go_on(self, work: Correction, leg: Leg, situation: Situation) -> bool:
        """Return whether the next step may be taken; a pause in which a person asked for it does not stop it, later ones do."""
        stops = situation.stops(leg, "correction")
        return stops == "due" or (stops == "paused" and work.while_paused)

    def _meant(self, work: Correction, move: MarginMove, leg: Leg) -> Correction:
        """Write a move down before it leaves the house."""
        pending = Pending(amount=move.amount, margin=leg.initial_margin, contracts=leg.contracts, asked_at=self._journal.now())
        work = work.replaced(pending=pending)
        try:
            with self._journal.step():
                self._book.keep_correction(work)
        except LedgerWriteFailed as exc:
            if exc.on_disk:
                self._unsent[work.leg] = pending
            raise
        return work

    async def _move(self, work: Correction, move: MarginMove, leg: Leg) -> None:
        if self._ledger.pauses().holds(leg.key, "trim") and not work.while_paused:
            # It came after the plan.
            return
        # Nothing may come between the two: what was cut off there would be taken for lost.
        work = self._meant(work, move, leg)
        try:
            await self._exchange.move_margin(move)
        except OrderRefused as exc:
            self._refused(work, move, leg, exc)
        except AccessRefused:
            with self._journal.step():
                self._book.keep_correction(work.replaced(pending=None))
                life = self._ledger.lives()[leg.key]
                self._ledger.keep_life(life.after_refusal(_tag(life), "", self._journal.now()))
            raise
        except OutcomeUnknown as exc:
            # It has no name to look it up by. Nothing more is moved until the leg has shown it, or had the time to.
            log.warning("%s: whether %s U of margin moved is not known (%s)", move.leg, move.amount, exc)

    def _settled(self, work: Correction, leg: Leg, now: Moment) -> Correction | None:
        """Return the correction with its last move accounted for; None while it is not known what became of it."""
        pending = work.pending
        if pending is None or pending == self._unsent.get(work.leg):
            return work.replaced(pending=None)
        if has_moved(pending, leg):
            settled = work.replaced(pending=None, steps=work.steps + 1)
            with self._journal.step():
                self._book.keep_correction(settled)
                life = self._ledger.lives()[leg.key]
                self._ledger.keep_life(life.at_once(_tag(life)))
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

    def _refused(self, work: Correction, move: MarginMove, leg: Leg, exc: OrderRefused) -> None:
        with self._journal.step():
            self._journal.record(
                MarginNotMoved(
                    at=self._journal.now(),
                    leg=move.leg,
                    amount=move.amount,
                    margin=move.margin,
                    code=exc.code,
                    reason=exc.why,
                ),
                tell=False,
            )
            self._stuck(work, Stuck("refused"), leg, code=exc.code, reason=exc.why)

    def _finish(self, work: Correction, step: Stuck | InBand, leg: Leg) -> None:
        with self._journal.step():
            if isinstance(step, Stuck):
                self._stuck(work, step, leg)
                return
            self._book.strike_correction(leg.key)
            life = self._ledger.lives()[leg.key]
            told_anew = life.without_told("stuck:").without_told(f"refused:{_tag(life)}:")
            self._ledger.keep_life(told_anew.at_once(_tag(life)))
            if work.trimmed or work.steps or work.by is not None:
                self._journal.record(
                    Corrected(
                        at=self._journal.now(),
                        leg=leg.key,
                        target=self._target(leg),
                        trimmed=work.trimmed,
                        steps=work.steps,
                        margin_before=work.margin,
                        margin=leg.initial_margin,
                        contracts=leg.contracts,
                        by=work.by,
                    )
                )

    def _stuck(self, work: Correction, step: Stuck, leg: Leg, *, code: str = "", reason: Problem = NO_WORDS) -> None:
        """End a correction that cannot go on, inside a step; what is the same as before is not told again."""
        self._book.strike_correction(leg.key)
        life = self._ledger.lives()[leg.key]
        tag, cause = _tag(life), f"{step.why}:{code}" if code else step.why
        known = life.was_refused(tag, cause)
        life = life.after_refusal(tag, cause, self._journal.now()).without_told("stuck:")
        self._ledger.keep_life(life.with_told(_stuck_word(step.why, leg)) if step.why in UNTIL_CHANGED else life)
        if known and work.by is None:
            return
        self._journal.record(
            CorrectionStuck(
                at=self._journal.now(),
                leg=leg.key,
                target=self._target(leg),
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
            self._book.strike_correction(key)


def _tag(life: Life) -> str:
    return f"c{life.maintenances}trim"


def _stuck_word(why: Obstacle, leg: Leg) -> str:
    """Name an obstacle that holds for a leg as it is."""
    return f"stuck:{why}:{leg.contracts:f}:{leg.initial_margin:.2f}"
