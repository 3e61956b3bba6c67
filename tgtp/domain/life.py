"""What is remembered of one life of a leg.

A life is a leg and the exchange's creation time of the position: closed and opened again is a new life with an empty ladder,
even between two checks. All changes are pure: each returns the next value, which the ledger then writes.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Self

from pydantic import model_validator

from tgtp.domain.fired_tiers import FiredTier, GuardFill, GuardWork, PartialTier
from tgtp.domain.model import EPOCH, Instrument, Leg, LegKey, Moment, NotNegative, Number, Positive, UnreadableLeg, Value
from tgtp.domain.order import GUARDS, LOOK_UP_LAG, ORDER_LIFETIME, Intent, Order, client_order_id
from tgtp.domain.retries import LONGEST_PAUSE, NEXT_CHECK, REMIND_AFTER, FailedTries, growing_pause, has_passed
from tgtp.domain.sizing import CENT, has_an_order, own_margin, whole_lots

LONGEST_BEHIND = dt.timedelta(minutes=10)
# From our own fill on; after that no row is shown any more that is from before it.
SHOWN_AFTER = dt.timedelta(seconds=ORDER_LIFETIME + LOOK_UP_LAG)

# Words of ``told`` about a leg that cannot be read just now: begun without ever having been read, of an unknown time …
UNREADABLE = "unreadable"
BEGUN_UNREADABLE = "unreadable:begun"
UNKNOWN_BEGIN = "unreadable:no_time"
# … and known to be so without having been told again.
UNREADABLE_SILENT = "unreadable:silent"
# When it was told last; a leg that comes and goes is not told of each time.
UNREADABLE_TOLD = "blind_at:"
TOLD_AGAIN_AFTER = dt.timedelta(hours=1)


class Life(Value):
    """One life of a leg.

    ``contracts`` is what the leg should hold after our own fills: any other figure was made by hand. ``generation`` counts
    re-arms. ``attempts`` counts, per rule, the orders that came to a definite end: the next order's name depends on it.
    ``told`` holds what the person has been told once. ``filled_at`` is our last fill by the exchange's clock,
    ``filled_seen_at`` by ours; ``decided_at`` is when the row that this fill was decided on had last been adjusted.
    ``row_at`` is when the newest row that was taken in had last been adjusted, ``row_seen_at`` when that was, by our clock.
    ``contract_size`` (coins) is what all contracts here are counted in; None until it is known for sure.
    ``gone_at`` is when the leg was found closed, ``ended_at`` when the exchange says, by its clock, that it closed as a whole;
    None while it has not said so. ``maintenances`` were finished, the last at ``maintained_at``.
    ``leverage`` is what the leg showed last, ``raised_from`` the one from before a hand raised it. ``own_margin`` (USDT) is an
    isolated leg's margin without its funding: while the size stays, only a hand changes it. None where not known. Both are
    of a row that had last been adjusted at ``adjusted_at``. ``earned`` is what our closes of it have brought, USDT after their
    fees; None where one of them is not known, and in ledgers of before it was kept. ``guarded`` is what a guard did last.
    """

    key: LegKey
    opened_at: Moment
    contracts: NotNegative
    generation: int = 0
    fired: tuple[FiredTier, ...] = ()
    unfinished: PartialTier | None = None
    attempts: dict[str, int] = {}
    backoff: dict[str, FailedTries] = {}
    told: frozenset[str] = frozenset()
    filled_at: Moment | None = None
    filled_seen_at: Moment | None = None
    decided_at: Moment | None = None
    row_at: Moment | None = None
    row_seen_at: Moment | None = None
    gone_at: Moment | None = None
    ended_at: Moment | None = None
    maintenances: int = 0
    maintained_at: Moment | None = None
    contract_size: Positive | None = None
    leverage: Positive | None = None
    raised_from: Positive | None = None
    own_margin: Number | None = None
    adjusted_at: Moment | None = None
    earned: Number | None = None
    guarded: GuardWork | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        # A tier that is both finished and open would be closed again and again.
        if self.unfinished is not None and self.unfinished.tier in self.fired_numbers:
            raise ValueError(f"tier {self.unfinished.tier} has fired and is unfinished at once")
        return self

    @classmethod
    def begun(cls, leg: Leg, fired: tuple[FiredTier, ...] = (), *, is_size_believed: bool = True) -> Life:
        """Begin to remember a leg, with the tiers that an older daemon had fired already."""
        size = leg.instrument.contract_size if is_size_believed else None
        life = cls(key=leg.key, opened_at=leg.opened_at, contracts=leg.contracts, fired=fired, contract_size=size)
        # What an older daemon's closes have brought is not known.
        return life.after_adjusted(leg).replaced(earned=None if fired else Decimal(0))

    @classmethod
    def begun_unreadable(cls, leg: UnreadableLeg, now: dt.datetime) -> Life:
        """Begin to remember a leg that has never been read; what its row does not say is taken from the first that does."""
        words = {BEGUN_UNREADABLE} if leg.opened_at is not None else {BEGUN_UNREADABLE, UNKNOWN_BEGIN}
        return cls(key=leg.key, opened_at=leg.opened_at or now, contracts=leg.contracts or Decimal(0), told=frozenset(words))

    def now_read(self, leg: Leg, fired: tuple[FiredTier, ...]) -> Life:
        """Take in the first row of a leg that could not be read before; ``fired`` by an older daemon, for one begun so."""
        life = self
        if BEGUN_UNREADABLE in self.told and (UNKNOWN_BEGIN in self.told or self.opened_at == leg.opened_at):
            unknown = self.contracts == 0 and self.filled_at is None
            life = self.replaced(opened_at=leg.opened_at, contracts=leg.contracts if unknown else self.contracts, fired=fired)
        return life.without_told(UNREADABLE)

    @property
    def is_unreadable(self) -> bool:
        """Return whether the leg could not be read when it was seen last."""
        return any(word.startswith(UNREADABLE) for word in self.told)

    def unread(self, now: dt.datetime) -> Life:
        """Note that the leg cannot be read; ``UNREADABLE`` among ``told`` says that it is to be told, once per life.

        One that was read again in between is told of anew, after an hour.
        """
        if UNREADABLE in self.told or UNREADABLE_SILENT in self.told:
            return self
        times = [word.removeprefix(UNREADABLE_TOLD) for word in self.told if word.startswith(UNREADABLE_TOLD)]
        if not all(has_passed(TOLD_AGAIN_AFTER, dt.datetime.fromisoformat(told_at), now) for told_at in times):
            return self.with_told(UNREADABLE_SILENT)
        return self.without_told(UNREADABLE_TOLD).with_told(UNREADABLE).with_told(f"{UNREADABLE_TOLD}{now.isoformat()}")

    @property
    def fired_numbers(self) -> frozenset[int]:
        """The numbers of the tiers that have fired."""
        return frozenset(tier.tier for tier in self.fired)

    def closed_by(self, tier: int | None) -> Decimal | None:
        """Return the contracts that a tier has closed so far; None where it has closed none."""
        if self.unfinished is not None and self.unfinished.tier == tier:
            return self.unfinished.closed
        return next((fired.contracts for fired in self.fired if fired.tier == tier), None)

    def is_of(self, leg: Leg | UnreadableLeg) -> bool:
        """Return whether this is the life that the leg is living; one that does not say when it began is taken for it."""
        return self.key == leg.key and leg.opened_at in (None, self.opened_at)

    def order_name(self, account: str, tag: str) -> str:
        """Name the next order of a rule; the same until that order has come to a definite end."""
        return client_order_id(account, self.key, self.opened_at, self.generation, tag, self.attempts.get(tag, 0))

    def may_try(self, tag: str, now: dt.datetime) -> bool:
        """Return whether the pause after a refusal is over."""
        waiting = self.backoff.get(tag)
        # A pause that would last longer than any pause does was written by a clock that has since been put back.
        return waiting is None or now >= waiting.not_before or waiting.not_before - now > LONGEST_PAUSE

    def was_refused(self, tag: str, code: str) -> bool:
        """Return whether the person was told that this was refused for this cause."""
        return f"refused:{tag}:{code}" in self.told

    def at_once(self, *tags: str) -> Life:
        """End the pauses after refusals of these."""
        return self.replaced(backoff={tag: waiting for tag, waiting in self.backoff.items() if tag not in tags})

    def is_stale(self, leg: Leg | UnreadableLeg, now: dt.datetime, patience: dt.timedelta = SHOWN_AFTER) -> bool:
        """Return whether a row is from before what is known already: before another row, or before our own last fill.

        From before the fill is one of another size than that left, and not adjusted since.

        One that is no newer than the row that the fill was decided on is from before it, however late it comes: both times
        are of the positions' own clock. In between, a fill's time is only believed to agree with that clock: given up after
        ``patience`` (by ours).
        """
        if leg.contracts in (None, self.contracts):
            return False
        adjusted_at = leg.adjusted_at or EPOCH
        if (
            leg.adjusted_at is not None
            and self.row_at is not None
            and self.row_seen_at is not None
            and adjusted_at < self.row_at
        ):
            # Older than what was shown before. Believed in the end: a time that was wrong once must not hold it for good.
            return abs(now - self.row_seen_at) < LONGEST_BEHIND
        if self.filled_at is None:
            return False
        if self.decided_at is not None and EPOCH < adjusted_at <= self.decided_at:
            return True
        return adjusted_at < self.filled_at and abs(now - (self.filled_seen_at or self.filled_at)) < patience

    def after_order(
        self, intent: Intent, order: Order, leg_min: Decimal, lot_size: Decimal, *, seen_at: dt.datetime | None = None
    ) -> Life:
        """Take in an order that has come to its end with something filled, seen at ``seen_at`` by our clock.

        One that had filled before it was decided on (found by its name, our memory of it lost) has changed the leg already.
        A tier that rests may be learnt of after a later fill: rows are held against the later one.
        """
        earlier = order.updated_at <= intent.basis.adjusted_at
        change = order.filled_contracts if intent.grows else -order.filled_contracts
        left = self.contracts if earlier else max(self.contracts + change, Decimal(0))
        if intent.rule == "tier":
            life = self._after_tier(intent, order, leg_min, lot_size)
        else:
            # Closed by another rule or by hand: an unfinished tier must not take its whole rest out of what that left.
            life = self._shrunk(left, order.updated_at, leg_min, lot_size)
        is_late = earlier or (intent.basis.rested and self.filled_at is not None and order.updated_at < self.filled_at)
        return life.replaced(
            contracts=left,
            # The tag of a close by hand is used once; there is no next attempt to name.
            attempts=self.attempts if intent.rule == "hand" else self.counted(intent.tag),
            backoff={tag: waiting for tag, waiting in self.backoff.items() if tag != intent.tag},
            told=frozenset(
                word
                for word in self.told
                if word not in (f"unresolved:{intent.tag}", f"lost:{intent.tag}")
                and not word.startswith(f"refused:{intent.tag}:")
            ),
            filled_at=self.filled_at if is_late else order.updated_at,
            filled_seen_at=self.filled_seen_at if is_late else seen_at or order.updated_at,
            decided_at=self.decided_at if is_late else intent.basis.adjusted_at,
            own_margin=None,  # known anew from the first row after the fill
            earned=self._earned_with(order),
            guarded=self._guarded_with(
                intent, GuardFill(order.filled_contracts, intent.basis.target_contracts, leg_min, lot_size)
            ),
        )

    def _earned_with(self, order: Order) -> Decimal | None:
        if self.earned is None or order.reason == "presumed":
            return None
        return self.earned + order.realised_pnl - order.fee

    def _guarded_with(self, intent: Intent, fill: GuardFill) -> GuardWork | None:
        if intent.rule not in GUARDS:
            return self.guarded
        return GuardWork.after(self.guarded, intent.rule, fill, len(self.fired) + (self.unfinished is not None))

    def is_reminder_due(self, tag: str, now: dt.datetime) -> bool:
        """Return whether it is a day ago that a failure which still stands was told."""
        told_at = self.backoff[tag].told_at if tag in self.backoff else None
        return told_at is not None and has_passed(REMIND_AFTER, told_at, now)

    def after_telling(self, tag: str, now: dt.datetime) -> Life:
        """Remember that the person has heard of the failure that stands."""
        return self.replaced(backoff={**self.backoff, tag: self.backoff[tag].replaced(told_at=now)})

    def after_refusal(self, tag: str, code: str, now: dt.datetime, *, pauses: bool = True) -> Life:
        """Take in a definite refusal: a new name for the next try, after a pause that doubles up to five minutes.

        Without ``pauses`` it is tried again at the next check, though not within a few seconds.
        """
        waiting = FailedTries.failed(self.backoff.get(tag), code, now)
        pause = growing_pause(waiting.failures) if pauses else NEXT_CHECK
        waiting = waiting.replaced(not_before=now + pause)
        return self.replaced(
            attempts=self.counted(tag),
            backoff={**self.backoff, tag: waiting},
            # Its end is known: should the next one stay open, that is news again.
            told=(self.told - {f"unresolved:{tag}"}) | {f"refused:{tag}:{code}"},
        )

    def after_lost(self, tag: str, now: dt.datetime, *, at_once: bool = False) -> Life:
        """Take in an order that never arrived: the next try carries the same name.

        It is made at the next check, though not within a few seconds; ``at_once`` where the leg must not stay as it is. After
        the second there is a growing pause.
        """
        waiting = FailedTries.failed(self.backoff.get(tag), "lost", now)
        first = dt.timedelta() if at_once else NEXT_CHECK
        pause = growing_pause(waiting.failures - 1) if waiting.failures > 1 else first
        return self.replaced(backoff={**self.backoff, tag: waiting.replaced(not_before=now + pause)})

    def after_seen(self, leg: Leg | UnreadableLeg, now: dt.datetime) -> Life:
        """Take in the size that the exchange shows now.

        When somebody made the leg smaller by hand, an unfinished tier never takes more than its share of what is left.
        """
        contracts = self.contracts if leg.contracts is None else leg.contracts
        least, lot = (leg.instrument.min_contracts, leg.instrument.lot_size) if leg.instrument else (Decimal(1), Decimal(1))
        life = self._shrunk(contracts, leg.adjusted_at or now, least, lot)
        return life.replaced(
            contracts=contracts,
            gone_at=None,
            ended_at=None,
            row_at=leg.adjusted_at or self.row_at,
            row_seen_at=now,
            own_margin=None,
        )

    def after_adjusted(self, leg: Leg) -> Life:
        """Take in the leverage and the margin that the exchange shows now."""
        leverage, raised_from = self.leverage, self.raised_from
        if leg.leverage_known:
            leverage = leg.leverage
            if self.leverage is not None and leverage > self.leverage:
                raised_from = min(self.leverage, raised_from or self.leverage)
            if raised_from is not None and leverage <= raised_from:
                raised_from = None
        margin = own_margin(leg)
        if margin is None or (self.own_margin is not None and abs(margin - self.own_margin) < CENT):
            margin = self.own_margin
        shown = {"leverage": leverage, "raised_from": raised_from, "own_margin": margin, "adjusted_at": leg.adjusted_at}
        return self if all(getattr(self, name) == value for name, value in shown.items()) else self.replaced(**shown)

    def is_behind(self, leg: Leg, now: dt.datetime) -> bool:
        """Return whether leverage and margin of a row are from before those known; no row lags for long, so not for ever."""
        known = self.adjusted_at
        return known is not None and leg.adjusted_at < known and abs(now - known) < LONGEST_BEHIND

    def resized(self, instrument: Instrument) -> Life:
        """Count everything in contracts of another size: the same coins, nothing of it grown, shrunk or re-armed.

        >>> from tgtp.domain.examples import instrument, leg
        >>> life = Life.begun(leg(contracts=17)).resized(instrument(contract_size="0.1"))
        >>> f"{life.contracts:f}", life.contract_size
        ('170', Decimal('0.1'))
        """
        size = instrument.contract_size
        if self.contract_size is None or self.contract_size == size:
            return self if self.contract_size == size else self.replaced(contract_size=size)
        return self._counted_anew(self.contract_size / size).replaced(contract_size=size)

    def recounted(self, contracts: Decimal) -> Life:
        """Count everything in contracts of a size that is not known yet, where what is held is so many of them."""
        if contracts == self.contracts:
            return self
        times = contracts / self.contracts if self.contracts else Decimal(1)
        return self._counted_anew(times).replaced(contracts=contracts, contract_size=None)

    def rearmed(self) -> Life:
        """Empty the ladder: all tiers may fire again, under new order names."""
        return self.replaced(
            generation=self.generation + 1,
            fired=(),
            unfinished=None,
            guarded=None,
            attempts={},
            backoff={},
            # That it cannot be read is no matter of its ladder.
            told=frozenset(word for word in self.told if word.startswith((UNREADABLE, UNREADABLE_TOLD))),
        )

    def maintained(self, at: dt.datetime) -> Life:
        """Count a maintenance that is finished."""
        return self.replaced(maintenances=self.maintenances + 1, maintained_at=at)

    def with_told(self, word: str) -> Life:
        """Remember that the person was told."""
        return self.replaced(told=self.told | {word})

    def without_told(self, prefix: str) -> Life:
        """Forget what was told under a prefix, so that it may be told anew."""
        return self.replaced(told=frozenset(word for word in self.told if not word.startswith(prefix)))

    def _after_tier(self, intent: Intent, order: Order, leg_min: Decimal, lot_size: Decimal) -> Life:
        if intent.tier is None or intent.tier in self.fired_numbers:
            return self
        # Another tier's rest was too small to order by now (lots change), or this one would not have been due.
        life = self if self.unfinished is None or self.unfinished.tier == intent.tier else self._given_up(order.updated_at)
        # But one that rests is triggered though the rest below it is still to be closed: that comes with its own.
        behind = (
            self.unfinished.rest if self.unfinished is not None and life is not self and intent.basis.rested else Decimal(0)
        )
        closed = order.filled_contracts + (life.unfinished.closed if life.unfinished else Decimal(0))
        unfinished = PartialTier(
            tier=intent.tier,
            threshold=intent.basis.threshold or Decimal(0),
            target=max(intent.basis.target_contracts, closed) + behind,
            closed=closed,
            share=intent.basis.share,
            base_threshold=intent.basis.base_threshold,
            factor=intent.basis.factor,
        )
        life = life.replaced(unfinished=unfinished)
        return life if has_an_order(unfinished.rest, leg_min, lot_size) else life._given_up(order.updated_at)

    def _shrunk(self, contracts: Decimal, at: dt.datetime, leg_min: Decimal, lot_size: Decimal) -> Life:
        unfinished = self.unfinished
        if unfinished is None or contracts >= self.contracts:
            return self
        rest = whole_lots(unfinished.rest * contracts / self.contracts, lot_size)
        if has_an_order(rest, leg_min, lot_size):
            return self.replaced(unfinished=unfinished.replaced(target=unfinished.closed + rest))
        return self._given_up(at)

    def _given_up(self, at: dt.datetime) -> Life:
        """Count the unfinished tier as fired with what it has closed."""
        if (tier := self.unfinished) is None:
            return self
        fired = FiredTier(tier=tier.tier, threshold=tier.threshold, contracts=tier.closed, fired_at=at)
        return self.replaced(fired=(*self.fired, fired), unfinished=None)

    def _counted_anew(self, times: Decimal) -> Life:
        unfinished = self.unfinished
        if unfinished is not None:
            unfinished = unfinished.replaced(target=unfinished.target * times, closed=unfinished.closed * times)
        return self.replaced(
            contracts=self.contracts * times,
            fired=tuple(tier.replaced(contracts=tier.contracts * times) for tier in self.fired),
            unfinished=unfinished,
            guarded=self.guarded.times(times) if self.guarded is not None else None,
        )

    def counted(self, tag: str) -> dict[str, int]:
        """Return ``attempts`` with one more of a rule."""
        return {**self.attempts, tag: self.attempts.get(tag, 0) + 1}
