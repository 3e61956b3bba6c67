"""What rests, within a check: lifted where it may not, looked at, let go of for the check to act, and brought up to date."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Collection, Mapping
from typing import Final, Literal, NamedTuple

from tgtp.domain.events import RestingChanged, RestingFull, RestingLifted
from tgtp.domain.ladder import MOST_TIERS
from tgtp.domain.model import AccountMode, LegKey, Positive, Snapshot
from tgtp.domain.plan import Situation
from tgtp.domain.resting.audit import Audit, Rested, audit
from tgtp.domain.resting.conditional import Conditional
from tgtp.domain.resting.rules import RestingMode, RestingRules
from tgtp.domain.resting.wanted import is_beyond
from tgtp.engine.journal import Journal
from tgtp.engine.orders.outcomes import Outcomes
from tgtp.engine.ports import Clock, Exchange
from tgtp.engine.resting.book import RestingBook
from tgtp.engine.resting.placing import Placing
from tgtp.engine.resting.settling import Settling
from tgtp.engine.resting.standing import Standing

log = logging.getLogger(__name__)

# Orders that one check places or amends.
MOST_IN_A_CHECK: Final = 40
# Seconds for which it is believed that the exchange takes no more orders than there are.
FULL_FOR: Final = 600
# Seconds that whoever pauses waits for what rests to be cancelled.
PATIENCE: Final = 3
# Seconds until it is told that it is not known what became of one: most are known by then.
UNKNOWN_FOR: Final = 90
# Checks whose first look at what rests may fail before nothing more is asked, where no tier is to rest.
MOST_STARTS: Final = 3
EVERY_TIER: Final = frozenset(range(1, MOST_TIERS + 1))

State = Literal["asked", "rests", "leaving"]


class Lifted(NamedTuple):
    """How many ``orders`` a pause was to cancel, and how many of them were not seen to have ended (``left``)."""

    orders: int = 0
    left: int = 0


class TierAtRest(NamedTuple):
    """What people see of a tier that rests: its order is ``asked`` for, ``rests``, or is to be cancelled (``leaving``)."""

    leg: LegKey
    tier: int
    trigger_price: Positive
    contracts: Positive
    state: State


class Resting:
    """Tiers of one account that rest. Nothing of it does anything where the exchange takes no such orders.

    ``wake`` has a check begin soon. What a check does with them is in the order of its methods ``begin`` to ``bring_up``.
    """

    def __init__(
        self,
        exchange: Exchange,
        journal: Journal,
        clock: Clock,
        outcomes: Outcomes,
        settings: RestingRules,
        *,
        situation: Callable[[], Situation],
        wake: Callable[[], None],
        is_stopping: Callable[[], bool],
        at_work: Callable[[], Collection[LegKey]],
        account_mode: Callable[[], AccountMode | None],
    ) -> None:
        """``at_work`` are the legs that upkeep is at work on: the exchange moves no margin and no leverage beside orders."""
        self.book = RestingBook(journal.ledger, settings)
        self._journal = journal
        self._ledger = journal.ledger
        self._clock = clock
        self._situation = situation
        self._wake = wake
        self._skew = exchange.skew
        self._is_stopping = is_stopping
        self._at_work = at_work
        self._account_mode = account_mode
        self._standing = Standing(journal)
        self._settling: Settling | None = None
        self._placing: Placing | None = None
        conditional = exchange.conditional
        if conditional is not None:
            self._settling = Settling(conditional, journal, clock, self.book, outcomes)
            self._placing = Placing(conditional, journal, clock, self.book, self._settling, self._may_rest)
        # Whether tiers are to rest now or not: this ledger may be a copy from before they did.
        if conditional is not None:
            self.book.watched = {key for key, life in self._ledger.lives().items() if life.gone_at is None}
        self._starts = 0
        self._is_lifting = False
        # Since when looks show the mark price beyond a trigger, by the clock that never jumps.
        self._beyond_since: dict[str, float] = {}
        # How many tiers the exchange takes, and until when that is believed.
        self._most: int | None = None
        self._full_until = clock.monotonic()

    # -- for people -----------------------------------------------------------------------------------------------------

    @property
    def is_possible(self) -> bool:
        """Return whether the exchange takes orders that rest."""
        return self._placing is not None

    @property
    def rules(self) -> RestingRules:
        """The dials in force."""
        return self.book.rules

    @property
    def at_rest(self) -> tuple[TierAtRest, ...]:
        """What rests, or may, by leg and tier."""
        rows = [
            TierAtRest(one.order.leg, one.order.tier, one.order.trigger_price, one.order.contracts, _state_of(one))
            for one in self.book.rested.values()
        ]
        return tuple(sorted(rows, key=lambda row: (str(row.leg), row.tier)))

    @property
    def others(self) -> tuple[Conditional, ...]:
        """Orders that wait and are not ours, as far as they were read."""
        return self._settling.others if self._settling is not None else ()

    def change(self, instrument_id: str, mode: RestingMode, by: int | None, **why: str) -> None:
        """Have tiers of an instrument, or of all (""), rest or not, inside a step; the next check does it."""
        self.book.change(self.rules.changed(instrument_id, mode))
        event = RestingChanged(at=self._journal.now(), instrument_id=instrument_id, mode=mode, by=by, **why)
        self._journal.record(event, except_for=by)
        self._journal.when_written(self._wake)

    @property
    def lifted(self) -> Mapping[LegKey, dt.datetime]:
        """The legs whose orders somebody has lifted, and until when."""
        return self.book.lifted(self._journal.now())

    async def lift(self, leg: LegKey, by: int) -> Lifted:
        """Lift what rests of a leg for ten minutes, and wait a moment to see it; then it is put back. Raises LedgerWriteFailed.

        A check fires its tiers meanwhile.
        """
        now = self._journal.now()
        with self._journal.step():
            event = RestingLifted(at=now, leg=leg, until=self.book.lift(leg, now), by=by)
            self._journal.record(event, except_for=by)
        return await self._lift([one for one in self.book.rested.values() if one.order.leg == leg])

    async def may_have_fired(self, leg: LegKey) -> bool:
        """Return whether one of a leg has fired unrecorded, or may have; what has is recorded. Raises LedgerWriteFailed."""
        mine = [one for one in self.book.rested.values() if one.order.leg == leg]
        if self._settling is None or not mine:
            return False
        fates = self._settling.take_all(await self._settling.look_up(mine))
        return any(fate in ("fired", "unknown") for _, fate in fates)

    def outdate(self) -> None:
        """Have a check begin soon, where something rests: somebody has changed what that is to be."""
        if self.book.rested:
            self._wake()

    def cancel_all(self) -> None:
        """Have all that rests cancelled by the next check, where no tier is to rest: else it would be placed again."""
        self._is_lifting = True
        self._wake()

    async def lift_paused(self) -> Lifted:
        """Ask for the end of what pauses cover, beside whatever check is running, and wait a moment to see it.

        The next check brings the rest to its end, and records what has fired.
        """
        return await self._lift(self._paused())

    async def _lift(self, held: Collection[Rested]) -> Lifted:
        if not held or self._placing is None:
            return Lifted()
        left = len(held)
        try:
            async with asyncio.timeout(PATIENCE):
                left = await self._placing.ask_quietly(held)
        except TimeoutError:
            log.warning("%s orders that rest could not be cancelled yet", left)
        self._wake()
        return Lifted(len(held), left)

    # -- within a check -------------------------------------------------------------------------------------------------

    @property
    def tiers(self) -> Mapping[LegKey, frozenset[int]]:
        """The tiers of each leg that nobody else may fire now; every one where an order rests that nothing is known of."""
        strangers = self._settling.strangers if self._settling is not None else ()
        found = self.book.tiers
        return {**found, **dict.fromkeys((one.leg for one in strangers), EVERY_TIER)} if strangers else found

    async def begin(self) -> None:
        """Cancel what a pause covers, before anything else is done. Raises AccessRefused, LedgerWriteFailed."""
        held = self._paused()
        if held and self._placing is not None:
            await self._placing.cancel(held)
            held = self._paused()
        self._standing.look("paused", len(held))

    async def look(self, snapshot: Snapshot) -> bool:
        """See what rests, and record what has fired; True where something has. Raises LedgerWriteFailed."""
        # As the last check has left them: those that were sent anew in it are among them.
        self._standing.look("unanswered", self._unanswered() if self.rules.is_on else 0)
        if self._settling is None or not self._is_asked():
            self._standing.look("off", 0)
            return False
        has_fired = await self._settling.look(snapshot, self._situation)
        is_seen = self._settling.waits is not None
        self._starts = MOST_STARTS if is_seen else self._starts + 1
        # A leg is left as it is while it is not known what became of one of its tiers.
        unseen = self._settling.unknown if is_seen else len(self.book.rested)
        self._standing.look("unseen", unseen, first_after=UNKNOWN_FOR if is_seen else None)
        if is_seen:
            strange = len(self._settling.strangers)
            self._standing.look("strange", strange if self.rules.is_on else 0)
            self._standing.look("stuck", self._stuck() if self.rules.is_on else 0)
            # What was switched off is being cancelled.
            patience = 60 if self.book.is_changed or self._is_lifting else None
            left = 0 if self.rules.is_on else len(self.book.rested) + strange
            self._standing.look("off", left, first_after=patience)
        return has_fired

    async def let_go(self, snapshot: Snapshot) -> None:
        """Cancel what still waits though the price has been beyond its trigger for a while: the check acts in its place."""
        waits = self._settling.waits if self._settling is not None else None
        if self._placing is None or not waits:
            return
        now, situation = self._clock.monotonic(), self._situation()
        since: dict[str, float] = {}
        overdue: list[Rested] = []
        for name, one in self.book.rested.items():
            leg = snapshot.by_key.get(one.order.leg)
            if leg is None or name not in waits or situation.holds(leg, None) is not None:
                continue
            # By what waits there, which need not be what was sent last.
            trigger = waits[name].trigger_price or one.order.trigger_price
            if is_beyond(one.order.replaced(trigger_price=trigger), leg.mark_price):
                since[name] = self._beyond_since.get(name, now)
                overdue += [one] if now - since[name] >= self.rules.grace else []
        self._beyond_since = since
        await self._placing.cancel(overdue)

    async def make_way(self) -> None:
        """Cancel what rests of legs that upkeep is at work on; it is put back when that is done."""
        rested = self.book.rested
        at_work = self._at_work() if rested else ()
        if at_work and self._placing is not None:
            await self._placing.cancel([one for one in rested.values() if one.order.leg in at_work])

    async def bring_up(self, snapshot: Snapshot) -> None:
        """Have just that rest which is to. Raises AccessRefused, LedgerWriteFailed."""
        settling, placing = self._settling, self._placing
        if settling is None or placing is None or settling.waits is None:
            return
        if not self.rules.is_on and not self._is_lifting and not self.book.is_changed:
            # Found at a start, and told: a person says what becomes of it.
            return
        self._look_at_mode()
        situation = self._situation()
        found = self._audit(snapshot, situation, settling)
        if found.is_other_mode and self.rules.is_on:
            with self._journal.step():
                self.change("", "off", None, cause="position_mode")
            found = self._audit(snapshot, situation, settling)
        await placing.cancel(found.cancel)
        if self._is_stopping():
            return
        self._is_lifting = self._is_lifting and bool(self.book.rested)
        amend = found.amend[:MOST_IN_A_CHECK]
        await placing.amend(amend, situation)
        room = MOST_IN_A_CHECK - len(amend)
        await placing.place_again(found.again[:room], situation)
        # Each that is not answered is waited for, and looked up at the next check.
        room = max(room - self._unanswered(), 0)
        before = len(self.book.rested)
        placed = await placing.place(found.place[:room], situation)
        if placed.unfit is not None:
            with self._journal.step():
                self.change("", "off", None, cause="refused", code=placed.unfit.code)
        if placed.too_many:
            self._fill_up(before + len(found.place) + found.left_out)
        if placed.crossed:
            self._wake()

    def _look_at_mode(self) -> None:
        """Switch resting off where the account is in another mode than it was: margins are reckoned anew there."""
        mode = self._account_mode()
        if mode is None or self.book.is_in(mode):
            return
        with self._journal.step():
            if self.book.take_mode(mode) and self.rules.is_on:
                self.change("", "off", None, cause="account_mode")

    async def finish(self) -> None:
        """Cancel what rests at the end of the program, where that is wanted. Raises AccessRefused, LedgerWriteFailed."""
        if self.rules.at_exit == "cancel" and self._placing is not None:
            await self._placing.cancel(self.book.rested.values())

    def _is_asked(self) -> bool:
        strangers = self._settling.strangers if self._settling is not None else ()
        is_open = self.book.rested or self.book.watched or strangers
        return self.rules.is_on or bool(is_open) or self._starts < MOST_STARTS

    def _paused(self) -> list[Rested]:
        pauses, skew = self._ledger.pauses(), self._skew() or dt.timedelta()
        held = []
        for one in self.book.rested.values():
            since = pauses.since(one.order.leg, "tier")
            held += [one.replaced(paused_at=since - skew)] if since is not None else []
        return held

    def _unanswered(self) -> int:
        return sum(not (one.algo_id or one.leaving) for one in self.book.rested.values())

    def _stuck(self) -> int:
        """Count what waits though it was to be cancelled, for another cause than a pause."""
        waits = (self._settling.waits if self._settling is not None else None) or {}
        return sum(one.leaving and name in waits and not self._is_paused(one) for name, one in self.book.rested.items())

    def _may_rest(self, one: Rested) -> bool:
        return not self._is_paused(one) and one.order.leg not in self.lifted

    def _is_paused(self, one: Rested) -> bool:
        return self._ledger.pauses().holds(one.order.leg, "tier")

    def _audit(self, snapshot: Snapshot, situation: Situation, settling: Settling) -> Audit:
        return audit(
            snapshot,
            situation,
            self.rules,
            self.book.rested,
            (settling.waits or {}).values(),
            most=self._most if self._clock.monotonic() < self._full_until else None,
            lifted=self.lifted.keys() | set(self._at_work()),
        )

    def _fill_up(self, wanted: int) -> None:
        """Let no more rest than there are, of so many that are wanted: the nearest."""
        rest = len(self.book.rested)
        self._full_until = self._clock.monotonic() + FULL_FOR
        if rest == self._most:
            return
        with self._journal.step():
            self._journal.record(RestingFull(at=self._journal.now(), rest=rest, left_out=wanted - rest))
        self._most = rest


def _state_of(one: Rested) -> State:
    return "leaving" if one.leaving else "rests" if one.algo_id else "asked"
