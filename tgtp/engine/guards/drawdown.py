"""The drawdown guard at work: reads the account's P&L, warns, acts once, and sees to it that what it closes is closed."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import Collection, Sequence
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from tgtp.domain.events import (
    DrawdownDone,
    DrawdownFired,
    DrawdownHeldBack,
    DrawdownReset,
    DrawdownUnexplained,
    DrawdownWarned,
    Event,
    Paused,
)
from tgtp.domain.guards.drawdown import AGREE_AFTER, LATE_BILLS, DrawdownRules, Fall, Firing, Watch
from tgtp.domain.model import Bill, LegKey, Snapshot, UsdtMoney
from tgtp.domain.order import Intent
from tgtp.domain.pauses import Pause
from tgtp.domain.plan import ALL, Situation, drawdown_plan, targets_of, with_done
from tgtp.engine.guards.blindness import Blindfold
from tgtp.engine.guards.drawdown_notes import DrawdownNotes
from tgtp.engine.journal import Journal
from tgtp.engine.ports import Exchange
from tgtp.errors import AccessRefused, LedgerWriteFailed, TemporarilyDown

log = logging.getLogger(__name__)

# Seconds that a check waits for the book; what takes longer is looked at by a later one.
PATIENCE = 1
# Seconds after which a renewed peak that has hardly risen is written down all the same.
KEPT_EVERY = 300
# A peak that has risen by this fraction is written at once.
WORTH_KEEPING = Decimal("0.001")


class First(NamedTuple):
    """The look that a guard is to begin with, at a moment and by the clock that never jumps."""

    money: UsdtMoney
    at: dt.datetime
    ticks: float


class DrawdownGuard:
    """Guards the P&L of one account. The caller has the account to itself."""

    def __init__(self, exchange: Exchange, journal: Journal, notes: DrawdownNotes) -> None:
        self.notes = notes
        self._exchange = exchange
        self._journal = journal
        self._ledger = journal.ledger
        self._blindfold = Blindfold(journal)
        self._reading: asyncio.Task[tuple[Bill, ...] | None] | None = None
        # Nothing of an earlier process: two looks of this one must agree.
        self._first: First | None = None
        self._falls: list[tuple[float, Fall]] = []
        # What stays unexplained though it is little, and since when it is another sum than that.
        self._gap = Decimal(0)
        self._off_since: float | None = None
        self._unexplained_since: float | None = None
        self._watch = notes.watch
        self._kept_at = journal.monotonic()
        self._of = self._ledger.first_name

    @property
    def rules(self) -> DrawdownRules:
        """The rules in force."""
        return self.notes.rules

    @property
    def watch(self) -> Watch | None:
        """What is known; None where it is off, or has not begun."""
        return self._watch

    @property
    def fall(self) -> Fall | None:
        """The fall of the newest reading that counts; None where there is none."""
        return self._falls[-1][1] if self._falls else None

    @property
    def fired_at(self) -> dt.datetime | None:
        """When it acted, and was disarmed by that; None where it is armed, or off."""
        return self._watch.firing.at if self._watch is not None and self._watch.firing is not None else None

    async def look(self, snapshot: Snapshot, doubted: Collection[LegKey], situation: Situation) -> None:
        """Read the account, warn, and fire where two readings say so. Raises LedgerWriteFailed."""
        if self._of != self._ledger.first_name:
            self._of, self._watch = self._ledger.first_name, self.notes.watch
            self._forget()
        watch, rules = self._watch, self.rules
        if watch is not None and watch.firing is not None:
            if not rules.is_on and not watch.firing.is_over:
                # Whoever switches it off wants nothing more of it; it stays disarmed.
                done = tuple(target.replaced(done=True) for target in watch.firing.targets)
                self._keep(watch.replaced(firing=watch.firing.replaced(targets=done)))
            return
        if watch is not None and watch.rules != rules:
            # Another guard than before, or none any more: its peak begins now.
            self._forget()
            self._keep(None)
            watch = None
        if not rules.is_on:
            return
        money = self._money(snapshot, doubted)
        if money is None:
            return
        if watch is None:
            self._begin(rules, money, snapshot.taken_at)
            return
        if await self._explained(watch, money, self._by_exchange(snapshot.taken_at)) and self._watch is not None:
            fall = self._watch.fall(money)
            self._note(fall)
            self._judge(self._watch, fall, snapshot, situation)

    def plan(self, snapshot: Snapshot, situation: Situation) -> tuple[Intent, ...]:
        """Return what is to be closed now after it has fired; tells of what a pause holds back. Raises LedgerWriteFailed."""
        watch = self._watch
        firing = watch.firing if watch is not None else None
        if watch is None or firing is None or firing.is_over:
            return ()
        after = with_done(firing, snapshot, situation)
        intents, held_back = drawdown_plan(after, snapshot, situation, self._ledger.pauses())
        blind = [target.leg for target in after.targets if not target.done and target.leg in snapshot.unreadable_keys]
        events: list[Event] = []
        if held_back and not after.held_told:
            events.append(self._held_back(after.fall, firing.limit, firing, held_back))
        if blind and not after.blind_told:
            events.append(self._held_back(after.fall, firing.limit, firing, blind).replaced(pauses=(), unreadable=True))
        after = after.replaced(held_told=bool(held_back), blind_told=bool(blind))
        if after.is_over:
            events.append(DrawdownDone(at=self._journal.now(), firing=after))
        if after != firing:
            self._keep(watch.replaced(firing=after), *events)
        return tuple(intents)

    def reset(self, by: int) -> None:
        """Begin anew with a peak of now, inside a step; what it had left to close is left."""
        self.notes.keep(None)
        self._journal.record(DrawdownReset(at=self._journal.now(), by=by), except_for=by)
        self._journal.when_written(self._begin_anew)

    def save(self) -> None:
        """Write the peak down before the program ends; what cannot be written is found out again."""
        with contextlib.suppress(LedgerWriteFailed):
            if self._watch != self.notes.watch:
                self._keep(self._watch)

    def stop(self) -> None:
        """Let go of a read that is under way."""
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    # -- reading ---------------------------------------------------------------------------------------------------

    def _money(self, snapshot: Snapshot, doubted: Collection[LegKey]) -> UsdtMoney | None:
        """Return the money of a look that can be believed; what cannot is told after a while."""
        money = snapshot.usdt
        if money is None or money.equity == 0 or (self._watch is None and money.equity < 0):
            is_hidden = bool(snapshot.nameless or snapshot.unreadable)
            self._blindfold.missed("legs" if money is None and is_hidden else "equity")
            return None
        if doubted:
            self._blindfold.missed("doubted")
            return None
        return money

    def _begin(self, rules: DrawdownRules, money: UsdtMoney, at: dt.datetime) -> None:
        """Begin once two looks show the same money: what is in the book by then is not counted later."""
        first, ticks = self._first, self._journal.monotonic()
        if first is None or abs(_cash(money) - _cash(first.money)) > money.equity / 1000:
            if first is not None:
                self._blindfold.missed("moving")
            self._first = First(money, at, ticks)
            return
        if abs(ticks - first.ticks) < AGREE_AFTER.total_seconds():
            return
        between = self._by_exchange(first.at + (at - first.at) / 2)
        self._forget()
        self._keep(Watch.begun(rules, money, self._journal.now(), between))
        self._note(Fall(fraction=Decimal(0), lost=Decimal(0), peak_equity=money.equity))

    def _by_exchange(self, at: dt.datetime) -> dt.datetime:
        return at - (self._exchange.skew() or dt.timedelta())

    async def _explained(self, watch: Watch, money: UsdtMoney, at: dt.datetime) -> bool:
        """Return whether the equity is what P&L and bills make of it; the book is read only where they do not."""
        gap = watch.gap(money)
        if abs(gap - self._gap) > watch.rounding or self._reading is not None:
            found = await self._bills(watch)
            if found is None or self._watch is not watch:
                # Not known yet; or somebody has begun it anew meanwhile.
                return False
            counted = watch.with_bills(found, money)
            if counted is None:
                self._lose_track()
                return False
            gap = counted.gap(money)
            if abs(gap) > counted.tolerance:
                self._unexplained(watch, gap)
                return False
            watch = counted
        elif abs(gap) > watch.tolerance:
            self._unexplained(watch, gap)
            return False
        self._settle_gap(gap, watch)
        self._unexplained_since = None
        watch = watch if watch.unexplained is None else watch.replaced(unexplained=None)
        self._take(watch.read(money, at, is_whole=abs(gap - self._gap) <= watch.rounding))
        self._blindfold.saw()
        return True

    async def _bills(self, watch: Watch) -> Sequence[Bill] | None:
        """Return what the book holds; None where that is not known yet."""
        if self._reading is None:
            self._reading = asyncio.create_task(self._exchange.bills_since(watch.since), name="bills")
        task = self._reading
        done, _ = await asyncio.wait({task}, timeout=PATIENCE)
        if self._reading is not task:
            # Somebody has begun it anew meanwhile.
            return None
        if not done:
            self._blindfold.missed("bills")
            return None
        self._reading = None
        try:
            found = task.result()
        except (TemporarilyDown, AccessRefused) as exc:
            log.warning("the account's book could not be read: %s", exc)
            self._blindfold.missed("bills")
            return None
        if found is None:
            self._lose_track()
        return found

    def _settle_gap(self, gap: Decimal, watch: Watch) -> None:
        """Get used to a small gap that no bill has explained for as long as one may come late."""
        ticks = self._journal.monotonic()
        if abs(gap - self._gap) <= watch.rounding:
            self._off_since = None
        elif self._off_since is None:
            self._off_since = ticks
        elif abs(ticks - self._off_since) >= LATE_BILLS.total_seconds():
            self._gap, self._off_since = gap, None

    def _unexplained(self, watch: Watch, gap: Decimal) -> None:
        """Tell once, when two looks agree, that the equity is not what P&L and bills make of it."""
        ticks = self._journal.monotonic()
        self._falls.clear()
        self._blindfold.missed("unexplained")
        if self._unexplained_since is None:
            self._unexplained_since = ticks
        elif watch.unexplained is None and abs(ticks - self._unexplained_since) >= AGREE_AFTER.total_seconds():
            event = DrawdownUnexplained(at=self._journal.now(), amount=gap, peak_equity=watch.peak_equity)
            self._keep(watch.replaced(unexplained=gap), event)

    def _lose_track(self) -> None:
        """Begin anew where what was before cannot be known any more."""
        log.warning("the drawdown guard begins anew: what has changed the equity cannot be known any more")
        self._forget()
        self._keep(None, DrawdownReset(at=self._journal.now(), by=None))

    # -- judging ---------------------------------------------------------------------------------------------------

    def _note(self, fall: Fall) -> None:
        self._falls.append((self._journal.monotonic(), fall))

    def _confirmed(self) -> Decimal:
        """Return the least fall since the newest reading that is old enough to agree with this one; 0 without one."""
        ticks = self._falls[-1][0]
        old = [place for place, (at, _) in enumerate(self._falls) if abs(ticks - at) >= AGREE_AFTER.total_seconds()]
        if not old:
            return Decimal(0)
        self._falls = self._falls[old[-1] :]
        return min(fall.fraction for _, fall in self._falls)

    def _judge(self, watch: Watch, fall: Fall, snapshot: Snapshot, situation: Situation) -> None:
        rules, sure = watch.rules, self._confirmed()
        if rules.limit is not None and sure >= rules.limit:
            blocking = self._ledger.pauses().of_account("drawdown")
            forbidden = not situation.may_trade and rules.action != "pause"
            if not blocking and not forbidden:
                self._fire(watch, rules.limit, fall, snapshot, situation)
            elif not watch.held_told:
                self._keep(watch.replaced(held_told=True), self._held_back(fall, rules.limit))
            return
        level = rules.level(sure)
        if level is not None and (watch.warned is None or level > watch.warned):
            event = DrawdownWarned(at=self._journal.now(), fall=fall, level=level, limit=rules.limit, action=rules.action)
            self._keep(watch.replaced(warned=level), event)
        elif watch.held_told and rules.limit is not None and fall.fraction < rules.limit:
            self._keep(watch.replaced(held_told=False))

    def _fire(self, watch: Watch, limit: Decimal, fall: Fall, snapshot: Snapshot, situation: Situation) -> None:
        """Pause the account and take down what is to be closed, in one write: from here on it acts, whatever is lost."""
        now, action = self._journal.now(), watch.rules.action
        firing = Firing(at=now, action=action, limit=limit, fall=fall, targets=targets_of(action, snapshot, situation))
        after = watch.replaced(firing=firing)
        with self._journal.step():
            pause = Pause(scope=ALL, cause="guard", since=now)
            self._ledger.keep_pauses(self._ledger.pauses().with_pause(pause))
            self._write(after)
            self._journal.record(Paused(at=now, name=ALL, by=None, cause="guard"), tell=False)
            self._journal.record(DrawdownFired(at=now, firing=firing))

    def _held_back(
        self, fall: Fall, limit: Decimal, firing: Firing | None = None, legs: Sequence[LegKey] = ()
    ) -> DrawdownHeldBack:
        pauses = self._ledger.pauses()
        against = pauses.of_account("drawdown")
        if firing is not None and not against:
            against = tuple(one for one in pauses.ordered if one.cause != "guard" and any(map(one.reach.touches, legs)))
        return DrawdownHeldBack(
            at=self._journal.now(),
            fall=fall,
            limit=limit,
            action=firing.action if firing is not None else self.rules.action,
            pauses=against,
            acting=firing is not None,
            legs=tuple(legs),
        )

    # -- keeping ---------------------------------------------------------------------------------------------------

    def _take(self, watch: Watch) -> None:
        """Take in what a reading has changed; written now where that is worth a write."""
        before, self._watch = self._watch, watch
        kept = self.notes.watch
        if before is None or kept is None or watch == kept:
            return
        ticks = self._journal.monotonic()
        risen = watch.peak_equity - kept.peak_equity > kept.peak_equity * WORTH_KEEPING
        changed = (watch.warned, watch.unexplained, watch.held_told) != (kept.warned, kept.unexplained, kept.held_told)
        if risen or changed or abs(ticks - self._kept_at) >= KEPT_EVERY:
            self._keep(watch)

    def _keep(self, watch: Watch | None, *events: Event) -> None:
        with self._journal.step():
            self._write(watch)
            for event in events:
                self._journal.record(event)

    def _write(self, watch: Watch | None) -> None:
        """Write it down, inside a step; it is what is known once it is on disk."""
        self.notes.keep(watch)
        self._journal.when_written(partial(self._know, watch))

    def _know(self, watch: Watch | None) -> None:
        self._watch, self._kept_at = watch, self._journal.monotonic()

    def _begin_anew(self) -> None:
        self._watch = None
        self._forget()

    def _forget(self) -> None:
        """Forget what this process has read so far."""
        self.stop()
        self._first, self._falls = None, []
        self._gap, self._off_since, self._unexplained_since = Decimal(0), None, None
        self._blindfold.saw()


def _cash(money: UsdtMoney) -> Decimal:
    return money.equity - money.unrealised_pnl
