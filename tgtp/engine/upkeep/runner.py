"""Carries on the upkeep that is under way: orders, a fresh look, and on. The caller has the account to itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from tgtp.domain.model import Moment, Snapshot
from tgtp.domain.order import Intent
from tgtp.domain.plan import Situation
from tgtp.engine.check_report import CheckReport
from tgtp.engine.journal import Journal
from tgtp.engine.monitoring.permission import Permission
from tgtp.engine.ports import Clock, Listener
from tgtp.engine.upkeep.scheduler import UpkeepScheduler

# Looks that one check takes at the legs under maintenance: a buy and a cut, the ends of both, and some that come late.
MOST_LOOKS = 16
# Of these, looks at which nothing could be done but wait, and the seconds between them.
MOST_WAITS = 4
LOOK_PAUSE = 0.5


# Sends orders that may leave, settles them, and gives those that our own guard denied.
Execute = Callable[[Sequence[Intent], Callable[[Intent], bool]], Awaitable[list[Intent]]]


class UpkeepRunner:
    """The upkeep of one account, step after step.

    ``situation`` says what planning needs besides a snapshot; ``look`` takes a fresh look, with what it changes taken in;
    ``may_send`` says whether what no person asked for may leave now, ``is_stopping`` whether the program ends.
    """

    def __init__(
        self,
        upkeep_scheduler: UpkeepScheduler,
        execute: Execute,
        permission: Permission,
        journal: Journal,
        listener: Listener,
        clock: Clock,
        *,
        situation: Callable[[Moment], Situation],
        look: Callable[[], Awaitable[Snapshot]],
        may_send: Callable[[Intent], bool],
        is_stopping: Callable[[], bool],
    ) -> None:
        self._upkeep_scheduler = upkeep_scheduler
        self._execute = execute
        self._permission = permission
        self._journal = journal
        self._listener = listener
        self._clock = clock
        self._situation = situation
        self._look = look
        self._may_send = may_send
        self._is_stopping = is_stopping

    async def keep_up(self, snapshot: Snapshot, report: CheckReport | None = None) -> Snapshot:
        """Carry on all that is under way; return the newest look at the account.

        A maintenance goes through all its steps at once, each from a fresh look: the large leg must not stay open. A
        correction takes one step.
        """
        snapshot = await self.maintain(snapshot, report)
        book = self._upkeep_scheduler.book
        if book.corrections and not self._is_stopping():
            before = book.corrections
            with self._permission.counting_refusals():
                trims = await self._upkeep_scheduler.correction_runner.steps(snapshot, self._free(snapshot))
            await self._carry_out(trims, report)
            if trims or book.corrections != before:
                snapshot = await self._look()
        return snapshot

    async def maintain(self, snapshot: Snapshot, report: CheckReport | None = None) -> Snapshot:
        """Carry on the maintenances alone; return the newest look at the account."""
        book, waits = self._upkeep_scheduler.book, 0
        for _ in range(MOST_LOOKS):
            before = book.maintenances
            if not before:
                break
            orders = self._upkeep_scheduler.maintenance_runner.orders(
                snapshot, self._free(snapshot), is_stopping=self._is_stopping()
            )
            if not book.maintenances:
                break
            await self._carry_out(orders, report)
            if book.maintenances == before:
                # Nothing came of it: refused, held, or not shown yet. A few more looks, and the next check goes on.
                waits += 1
                if waits > MOST_WAITS or self._upkeep_scheduler.maintenance_runner.only_waits(self._free(snapshot)):
                    break
                await self._clock.sleep(LOOK_PAUSE)
            snapshot = await self._look()
        return snapshot

    def _free(self, snapshot: Snapshot) -> Situation:
        """Return the situation in which a maintenance is not held up by itself."""
        return self._situation(snapshot.taken_at)._replace(maintained=())

    async def _carry_out(self, intents: list[Intent], report: CheckReport | None) -> None:
        if not intents:
            return
        if report is not None:
            report.sent.extend(intents)
        self._listener.sending(intents)
        with self._permission.counting_refusals():
            denied = await self._execute(intents, self._may_leave)
        if denied:
            with self._journal.step():
                for intent in denied:
                    self._upkeep_scheduler.book.refused(intent, "denied")

    def _may_leave(self, intent: Intent) -> bool:
        """Return whether an order may leave: what was bought is cut back even while paused, and at the end too."""
        if intent.rule == "cut":
            return not self._permission.refused
        upkeep = (
            self._upkeep_scheduler.correction_runner if intent.rule == "trim" else self._upkeep_scheduler.maintenance_runner
        )
        if upkeep.was_asked_in_pause(intent):
            return not self._is_stopping() and not self._permission.refused
        return self._may_send(intent)
