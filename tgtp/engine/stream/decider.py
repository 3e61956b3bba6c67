"""Lets the ladder of one account be decided by the mark prices that the exchange pushes, between two checks.

A pushed price is put into the newest look, and the same plan answers. Whatever it cannot be sure of it leaves to a check, which
it wakes: that costs nothing but time.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import math
from collections import deque
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Final, NamedTuple

from tgtp.domain.doubts.prices import LARGEST_JUMP, is_shown_elsewhere
from tgtp.domain.model import Leg, LegKey, MarginMode, Snapshot
from tgtp.domain.model.repriced import repriced
from tgtp.domain.order import LOOK_UP_LAG, Intent
from tgtp.domain.plan import Plan, Situation, ladder_plan
from tgtp.domain.stream.levels import Level, tier_levels, turning_points
from tgtp.domain.stream.state import Obstacle
from tgtp.engine.check_report import CheckReport
from tgtp.engine.cycle import Checker
from tgtp.engine.ports import AccountStream, Clock, PushedMark, PushedOrder, PushedPosition, StreamListener
from tgtp.engine.ports.stream import Connection
from tgtp.engine.stream.broken import BrokenLegs
from tgtp.engine.stream.mark_book import SILENT_AFTER, MarkBook, MarkReader
from tgtp.engine.stream.peaks import PushedPeaks
from tgtp.errors import Problem

# Seconds. A look that is older says too little of a leg; nor does one whose account has not been heard for so long.
OLDEST_LOOK: Final = 12
HEARD_WITHIN: Final = 25
# Seconds between two decisions for one leg, and between two checks that are woken.
DECISIONS_APART: Final = 1
WAKES_APART: Final = 1

# Ages of the prices of missed thresholds that are kept.
AGES_KEPT: Final = 5


class Touch(NamedTuple):
    """A level was touched, and at ``left_at`` left to a check; the price was ``age`` seconds old, None if that is not known."""

    level: Level
    left_at: float
    age: float | None


class Decider(MarkReader, StreamListener):
    """Decides for one account. ``fired`` counts its orders, ``obstacles`` why a check was left to decide instead.

    ``missed`` counts the thresholds that were touched and that the next look did not find reached; ``missed_ages`` (seconds)
    are how old the prices of the last of them were when their turn came.
    """

    def __init__(
        self,
        checker: Checker,
        book: MarkBook,
        clock: Clock,
        wake: Callable[[], None],
        *,
        max_age: dt.timedelta = dt.timedelta(milliseconds=400),
    ) -> None:
        self.checker = checker
        self.fired = 0
        self.missed = 0
        self.missed_ages: deque[float] = deque(maxlen=AGES_KEPT)
        self.obstacles: dict[Obstacle, int] = {}
        self.lost_why: Problem | None = None
        # Since when looks show what should have been pushed, and was not.
        self.deaf_since: float | None = None
        self.broken = BrokenLegs(clock)
        # The account's own connection; without one nothing is decided here.
        self.stream: AccountStream | None = None
        self.is_connected = False
        self._book = book
        self._clock = clock
        self._wake_check = wake
        self._max_age = max_age.total_seconds()
        self._report: CheckReport | None = None
        self._look: Snapshot | None = None
        # When that was asked for.
        self._asked_at = -math.inf
        self._levels: dict[str, tuple[Level, ...]] = {}
        # The mark price that the look shows, and those beside which another rule answers differently.
        self._turning: dict[str, tuple[Decimal, frozenset[Decimal]]] = {}
        # What was pushed of legs and of instruments since; "" stands for all.
        self._changed_at: dict[str, float] = {}
        # When a leg, or any of an instrument, changed by the exchange's clock, and when that was pushed.
        self._leg_changed: dict[LegKey | str, tuple[dt.datetime, float]] = {}
        self._decided_at: dict[LegKey, float] = {}
        # When each leg that has crossed a level is to be decided, and what was left to a check.
        self._due: dict[LegKey, float] = {}
        self._touched: dict[LegKey, Touch] = {}
        self._peaks = PushedPeaks()
        self._wakes_due = False
        self._woken_at: float | None = None
        self._work = asyncio.Event()
        self._is_planned = False
        self._firing: asyncio.Future[tuple[Intent, ...]] | None = None
        checker.leg_readings.pushed_best = self._pushed_best
        checker.tracker.is_pushed = self._is_pushed
        book.tell(self)

    async def run(self) -> None:
        """Decide whatever crosses a threshold, until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._until_due()):
                    await self._work.wait()
            await self.act()

    async def act(self) -> None:
        """Decide what has crossed a threshold and is due by now, and wake a check where one is due."""
        self._work.clear()
        now = self._clock.monotonic()
        if due := [key for key, at in self._due.items() if at <= now]:
            await self._decide(due)
        if self._wakes_due and self._until_wake() <= 0:
            self._wakes_due, self._woken_at = False, self._clock.monotonic()
            self._wake_check()

    def take_look(self) -> None:
        """Take in the last check, where that is not done yet."""
        if self.checker.last_report is not self._report:
            self._take_look()

    # -- what is pushed ---------------------------------------------------------------------------------------------

    def marked(self, push: PushedMark) -> None:
        """See whether a price has reached anything."""
        self.take_look()
        name, now = push.instrument_id, push.received_at
        if not self._book.is_late and name not in self._book.lying:
            self._peaks.take(push)
        for level in self._levels.get(name, ()):
            if level.leg not in self._due and level.is_reached(push.price):
                self._due[level.leg] = max(now, self._decided_at.get(level.leg, -math.inf) + DECISIONS_APART)
                self._work.set()
        if turning := self._turning.get(name):
            shown, prices = turning
            low, high = min(shown, push.price), max(shown, push.price)
            if any(low <= price <= high for price in prices):
                self._want_look()

    def doubted(self, push: PushedMark) -> None:
        """Leave a price that is not believed to a check."""
        if self._look is not None and push.instrument_id in self._look.instrument_ids:
            self._want_look()

    def mark(self, push: PushedMark) -> None:
        """No mark prices come on an account's connection."""

    def position(self, push: PushedPosition) -> None:
        """Take down that a leg is not what the newest look shows."""
        self.deaf_since = None
        leg = None if push.leg is None or self._look is None else self._look.by_key.get(push.leg)
        if leg is not None and _is_as_shown(leg, push):
            return
        if push.at is not None:
            self._leg_changed[push.leg or push.instrument_id] = push.at, push.received_at
        self._changed_at[push.instrument_id] = push.received_at
        self._want_look()

    def order(self, push: PushedOrder) -> None:
        """Take down that an order of an instrument has come, changed or gone."""
        self.deaf_since = None
        self._changed_at[push.instrument_id] = push.received_at
        self._want_look()

    def account_changed(self) -> None:
        """Have money that comes or goes looked at."""
        self._want_look()

    def lost(self, connection: Connection, why: Problem) -> None:
        """Decide nothing until the account is heard again."""
        if connection == "private":
            self.is_connected, self.lost_why = False, why
            # What happens from now on is seen by looks alone.
            self._want_look()

    def regained(self, connection: Connection) -> None:
        """Take that the account is heard; what has happened before that is for a look to find."""
        if connection != "private":
            return
        self.is_connected, self.lost_why, self.deaf_since = True, None, None
        self._changed_at[""] = self._clock.monotonic()
        self._want_look()

    # -- deciding ---------------------------------------------------------------------------------------------------

    async def _decide(self, due: Iterable[LegKey]) -> None:
        """Take the account's turn, and decide by what the price is then."""
        now = self._clock.monotonic()
        self._decided_at = {key: at for key, at in self._decided_at.items() if now - at < DECISIONS_APART}
        crossed: dict[LegKey, Level | None] = {}
        for key in due:
            del self._due[key]
            self._decided_at[key] = now
            crossed[key] = self._level_of(key)
        exc = await self._fire(crossed)
        if exc is not None:
            # Where it broke before anything was sent, each leg is tried by itself: the others are not held up.
            alone = {} if self._is_planned else {key: await self._fire({key: crossed[key]}) for key in crossed}
            self.broken.take([key for key, why in alone.items() if why is not None] or crossed, exc)
            self._levels = self.broken.without(self._levels)
        self._want_look()

    async def _fire(self, crossed: dict[LegKey, Level | None]) -> Exception | None:
        """Send what is due of these legs; gives what broke that."""
        self._is_planned = False
        self._firing = asyncio.ensure_future(self.checker.fire(lambda look, situation: self._plan(look, situation, crossed)))
        # Whoever is cancelled at the end of the program lets an order come to its end: the checker waits for that.
        await asyncio.wait({self._firing})
        exc = self._firing.exception()
        if exc is not None and not isinstance(exc, Exception):
            raise exc
        sent = [] if exc is not None else [intent.leg for intent in self._firing.result()]
        self.fired += len(sent)
        # The account is looked at as after every order; until then the look in hand is not believed of these legs.
        changed = crossed if self._is_planned and exc is not None else sent
        self._changed_at |= dict.fromkeys((leg.instrument_id for leg in changed), self._clock.monotonic())
        return exc

    def _plan(self, look: Snapshot, situation: Situation, crossed: dict[LegKey, Level | None]) -> Plan:
        self.take_look()
        plan = Plan((), (), ())
        for key, level in crossed.items():
            leg = look.by_key.get(key)
            if leg is None or level is None or level != self._level_of(key):
                # A check was quicker, or has found something else.
                continue
            life = situation.lives.get(key)
            is_known = life is not None and life.contracts == leg.contracts
            found = self._at_mark(look, leg, level) if is_known else "changed"
            if isinstance(found, str):
                self._leave(level, found)
                continue
            leg, age = found
            plan = plan.plus(_aged(ladder_plan(look.replaced(legs=(leg,)), situation), age))
        self._is_planned = True
        return plan

    def _leave(self, level: Level, why: Obstacle) -> None:
        """Leave a level that was touched to a check."""
        self.obstacles[why] = self.obstacles.get(why, 0) + 1
        push = self._book.newest(level.leg.instrument_id)
        age = None if push is None else self._book.age(push)
        self._touched[level.leg] = Touch(level, self._clock.monotonic(), age)

    def _at_mark(self, look: Snapshot, leg: Leg, level: Level) -> tuple[Leg, Decimal] | Obstacle:
        """Return a leg at the newest pushed price and the age of that in seconds, or what is in the way of believing it."""
        name, now = leg.key.instrument_id, self._clock.monotonic()
        newest = self.checker.observer.newest
        if newest is None or newest[0] is not look or now - newest[1] > OLDEST_LOOK:
            return "old_look"
        heard_at = self.stream.heard_at if self.stream is not None else None
        if not self.is_connected or heard_at is None or now - heard_at > HEARD_WITHIN or self.deaf_since is not None:
            return "unheard"
        if self._book.lost_why is not None:
            # What comes all the same is watched by nobody.
            return "unheard"
        changed_at = max(self._changed_at.get(name, -math.inf), self._changed_at.get("", -math.inf))
        if changed_at >= newest[1] or self._is_behind(leg):
            return "changed"
        if self._book.is_late or name in self._book.lying:
            return "late" if self._book.is_late else "lying"
        push = self._book.newest(name)
        age = None if push is None else self._book.age(push)
        if push is None or age is None or age > self._max_age:
            return "old_mark"
        if abs(push.price - leg.mark_price) > LARGEST_JUMP * leg.mark_price:
            return "far"
        if not level.is_reached(push.price):
            return "gone"
        moved = repriced(leg, push.price).replaced(exchange_roi=None, exchange_notional=None, public_mark=push.price)
        return moved, Decimal(dt.timedelta(seconds=age) // dt.timedelta(milliseconds=1)) / 1000

    def _is_pushed(self, leg: Leg) -> bool:
        """Return whether a look shows a leg at the price that is pushed."""
        name = leg.key.instrument_id
        push = None if self._book.is_late or name in self._book.lying else self._book.newest(name)
        age = None if push is None else self._book.age(push)
        return push is not None and age is not None and age <= SILENT_AFTER and is_shown_elsewhere(leg, push.price)

    def _pushed_best(self, leg: Leg) -> Decimal | None:
        """Return the best price that was held for a leg; what was pushed is forgotten where a look does not agree with it."""
        if self._is_pushed(leg):
            return self._peaks.best_of(leg)
        self._peaks.forget(leg.key)
        return None

    def _is_behind(self, leg: Leg) -> bool:
        """Return whether a look shows a leg as it was before something that was pushed of it a while ago."""
        now = self._clock.monotonic()
        for name in (leg.key, leg.key.instrument_id):
            at, pushed_at = self._leg_changed.get(name, (leg.adjusted_at, -math.inf))
            if leg.adjusted_at < at and now - pushed_at < LOOK_UP_LAG:
                return True
        return False

    def _level_of(self, key: LegKey) -> Level | None:
        return next((level for level in self._levels.get(key.instrument_id, ()) if level.leg == key), None)

    # -- looking ----------------------------------------------------------------------------------------------------

    def _take_look(self) -> None:
        """Work out anew what is reached where, from the last check."""
        checker = self.checker
        self._report = report = checker.last_report
        self._levels, self._turning = {}, {}
        before, since = self._look, self._asked_at
        self._look = look = report.snapshot if report is not None and report.error is None else None
        if look is None or report is None:
            return
        newest = checker.observer.newest
        self._asked_at = newest[1] if newest is not None else -math.inf
        if before is not None and self._is_unheard_of(before, look, since):
            self.deaf_since = self._clock.monotonic() if self.deaf_since is None else self.deaf_since
        self._levels = self.broken.without(tier_levels(report.ladder_notes))
        self._count_missed()
        shown = {leg.key.instrument_id: leg.mark_price for leg in look.legs}
        situation = checker.situation(look.taken_at)
        guards = situation.rules.guards
        self._peaks.follow(leg for leg in look.legs if guards.give_back_of(leg.key.instrument_id) and leg.leverage_known)
        turning = turning_points(look.legs, situation)
        self._turning = {name: (shown[name], prices) for name, prices in turning.items()}
        known = look.by_key.keys() | look.instrument_ids
        self._leg_changed = {key: one for key, one in self._leg_changed.items() if key in known}
        for leg in look.legs:
            if leg.key not in checker.observer.doubts:
                self._book.looked(leg.key.instrument_id, leg.public_mark or leg.mark_price)

    def _is_unheard_of(self, before: Snapshot, look: Snapshot, since: float) -> bool:
        """Return whether a leg has another size, or another entry, than it had ``since``, and nothing was pushed of that."""
        for leg in look.legs:
            was = before.by_key.get(leg.key)
            if was is None or (was.contracts, was.entry_price) == (leg.contracts, leg.entry_price):
                continue
            if was.instrument.contract_size != leg.instrument.contract_size:
                # Only counted otherwise.
                continue
            if max(self._changed_at.get(leg.key.instrument_id, -math.inf), self._changed_at.get("", -math.inf)) < since:
                return True
        return False

    def _count_missed(self) -> None:
        """Count what was touched before the newest look was asked for, and still waits for its price in it."""
        newest = self.checker.observer.newest
        looked_at = newest[1] if newest is not None else -math.inf
        for key, touch in list(self._touched.items()):
            if touch.left_at > looked_at:
                continue
            del self._touched[key]
            if touch.level in self._levels.get(key.instrument_id, ()):
                self.missed += 1
                if touch.age is not None:
                    self.missed_ages.append(touch.age)

    def _want_look(self) -> None:
        self._wakes_due = True
        self._work.set()

    def _until_due(self) -> float | None:
        """Return the seconds until something is due; None where nothing is, before anything comes."""
        now = self._clock.monotonic()
        times = [at - now for at in self._due.values()]
        if self._wakes_due:
            times.append(self._until_wake())
        return max(min(times), 0) if times else None

    def _until_wake(self) -> float:
        """Return how long the next check may not be woken yet."""
        return 0 if self._woken_at is None else self._woken_at + WAKES_APART - self._clock.monotonic()


def _aged(plan: Plan, age: Decimal) -> Plan:
    """Note how old the price was that the orders of a plan are decided on."""

    def aged(intents: Iterable[Intent]) -> tuple[Intent, ...]:
        return tuple(intent.replaced(basis=intent.basis.replaced(pushed_age=age)) for intent in intents)

    return plan._replace(intents=aged(plan.intents), held_back=aged(plan.held_back))


def _is_as_shown(leg: Leg, push: PushedPosition) -> bool:
    """Return whether a push says of a leg what the look says. Cross margin follows the price, and is no difference."""
    is_margin_same = leg.margin_mode is MarginMode.CROSS or push.margin == leg.initial_margin
    same = (push.contracts, push.entry_price, push.leverage) == (leg.contracts, leg.entry_price, leg.leverage)
    return same and is_margin_same
