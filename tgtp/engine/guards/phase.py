"""The guards' part of a check: after ladder and hedge, on the numbers that those have left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Collection
from typing import NamedTuple

from tgtp.domain.model import LegKey, Snapshot
from tgtp.domain.order import Intent
from tgtp.domain.plan import Situation, guard_plan
from tgtp.engine.check_report import CheckReport
from tgtp.engine.guards.drawdown import DrawdownGuard
from tgtp.engine.guards.leg_readings import LegReadings
from tgtp.engine.monitoring.skipped_once import SkippedOnce

SendAndLook = Callable[[tuple[Intent, ...], Snapshot, CheckReport], Awaitable[Snapshot]]


class GuardPhase(NamedTuple):
    """``send_and_look`` sends orders and gives the newest look at the account, the same one where nothing was sent."""

    readings: LegReadings
    drawdown: DrawdownGuard
    skipped_once: SkippedOnce
    situation: Callable[[dt.datetime], Situation]
    send_and_look: SendAndLook

    async def act(self, snapshot: Snapshot, doubted: Collection[LegKey], report: CheckReport) -> Snapshot:
        """Let the guards look, those of legs first, and act; gives the newest look at the account."""
        snapshot = await self._guard_legs(snapshot, report)
        await self.drawdown.look(snapshot, doubted, self.situation(snapshot.taken_at))
        intents = self.drawdown.plan(snapshot, self.situation(snapshot.taken_at))
        after = await self.send_and_look(intents, snapshot, report)
        if after is not snapshot:
            self.drawdown.plan(after, self.situation(after.taken_at))
        return after

    async def _guard_legs(self, snapshot: Snapshot, report: CheckReport) -> Snapshot:
        situation = self.situation(snapshot.taken_at)
        self.readings.look(snapshot, situation)
        if not situation.rules.guards.is_on:
            return snapshot
        plan = guard_plan(snapshot, self.situation(snapshot.taken_at))
        report.guard_notes = plan.notes
        self.skipped_once.tell(plan)
        return await self.send_and_look(plan.intents, snapshot, report)
