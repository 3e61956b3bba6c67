"""What the rules will close of a leg while its price goes its way: the price is walked through the plan itself."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from tgtp.domain.fired_tiers import FiredTier
from tgtp.domain.ladder import HIGHEST_THRESHOLD, Tier
from tgtp.domain.life import Life
from tgtp.domain.model import Leg, MarginMode, Snapshot
from tgtp.domain.model.repriced import SAME_MARGIN, SCALED, repriced
from tgtp.domain.order import Intent, Order, OrderStatus
from tgtp.domain.plan import CANNOT_WORK, Note, Rules, Situation, hedge_plan, ladder_plan
from tgtp.domain.sizing import base_contracts, entry_margin, first_tick, is_orderable, price_at_roi, share_of, whole_lots

Stage = Literal[
    "fired",  # its order has filled
    "begun",  # it has filled partly; the rest is still open
    "ahead",  # it will close so much
    "late",  # at its threshold the margin is not above the gate; it will close so much further on
    "dust",  # it comes to less than the smallest order
    "small",  # the margin is not above the gate, and no price brings it there
    "gone",  # nothing is held any more
    "off",  # the ladder is switched off in this account
    "beyond",  # no price reaches it
    "unclear",  # it takes too many orders, or too many digits, to say
]

# What of a tier comes to an order.
ORDERED: Final[frozenset[Stage]] = frozenset({"begun", "ahead", "late"})
# Orders that one walk goes through; a ladder takes ten, and a leg beyond the largest order some more.
MOST_ORDERS = 200


class TierForecast(NamedTuple):
    """One tier of one leg. ``closes`` of the contracts ``held`` by then; for a fired one, what it has closed (0: not known).

    ``price`` is the first tick at which the threshold (a fraction) is reached, at the present entry price; ``fires_at`` is the
    mark price at which it will close, None where it never does.
    """

    number: int
    threshold: Decimal
    stage: Stage
    price: Decimal | None
    closes: Decimal = Decimal(0)
    held: Decimal = Decimal(0)
    fired_at: dt.datetime | None = None
    fires_at: Decimal | None = None


class HedgeForecast(NamedTuple):
    """What the hedge rule will close of a leg that loses against its other side: the first of it at ``fires_at``."""

    fires_at: Decimal
    closes: Decimal
    held: Decimal


class Forecast(NamedTuple):
    """Every tier by its number, fired ones as they fired; ``hedge`` is None where that rule closes nothing of the leg."""

    tiers: tuple[TierForecast, ...]
    hedge: HedgeForecast | None

    @property
    def next(self) -> TierForecast | None:
        """The tier that comes to an order next; None where none does."""
        return next((tier for tier in self.tiers if tier.stage in ORDERED), None)


class NextOrder(NamedTuple):
    """The ``tier`` of a leg that comes to an order next; None where none does. ``passed`` are those too small for one.

    ``price`` is the first tick at which its threshold is reached, None where there is none. ``is_small``: the margin is not
    above the gate there.
    """

    tier: Tier | None
    price: Decimal | None = None
    is_small: bool = False
    passed: tuple[Tier, ...] = ()


def next_order(note: Note, rules: Rules, hedge: Note | None = None) -> NextOrder:
    """Return which tier comes to an order next, from what the ladder's plan said of a leg: ``forecast`` without its walk.

    ``hedge`` is what the hedge rule says of it, which closes first.

    >>> from tgtp.domain.examples import OPENED_AT, leg
    >>> from tgtp.domain.ladder import Ladder
    >>> rules = Rules(long=Ladder.parse("25:30,35:50"), short=Ladder.parse("35:30"))
    >>> held = leg(contracts=3, entry_price="5")
    >>> situation = Situation("main", rules, {held.key: Life.begun(held)}, (), (), OPENED_AT, may_trade=True)
    >>> (note,) = ladder_plan(Snapshot(taken_at=OPENED_AT, legs=(held,)), situation).notes
    >>> found = next_order(note, rules)  # 30 % of 3 contracts are no whole one
    >>> note.tier.number, found.tier.number, str(found.price), [tier.number for tier in found.passed]
    (1, 2, '5.1750', [1])
    """
    leg, tier, passed = note.leg, note.tier, list(note.dust)
    try:
        if hedge is not None and hedge.contracts:
            leg = _smaller(leg, base_contracts(leg, rules.keep_margin), leg.adjusted_at)
        if note.why == "waiting":
            orders = [is_orderable(share_of(leg, each.share), leg.instrument) for each in note.ahead]
            tier = next(itertools.compress(note.ahead, orders), None)
            passed += itertools.takewhile(lambda each: each != tier, note.ahead)
        price = first_price(leg, tier.threshold) if tier is not None else None
        is_small = price is not None and note.why == "waiting" and repriced(leg, price).initial_margin <= rules.min_margin
    except CANNOT_WORK:
        return NextOrder(note.tier, passed=note.dust)
    return NextOrder(tier, price, is_small, tuple(passed))


class _Step(NamedTuple):
    """An order of the walk: ``tier`` is None for one of the hedge rule."""

    tier: int | None
    price: Decimal
    closes: Decimal
    held: Decimal


def forecast(leg: Leg, snapshot: Snapshot, situation: Situation) -> Forecast:
    """Tell what becomes of a leg if nobody touches it, nothing is paused, and its price goes its way tick by tick.

    The gate is looked at where the price is: a cross leg's margin follows it, and a tier that was held up stays the next one.

    >>> from tgtp.domain.examples import OPENED_AT, leg
    >>> from tgtp.domain.ladder import Ladder
    >>> from tgtp.domain.plan import Rules
    >>> held = leg(contracts=25, entry_price="0.39", mark_price="0.39")  # 0.975 U of margin; 1 U from 0.4 on
    >>> rules = Rules(long=Ladder.parse("15:30,40:50"), short=Ladder.parse("15:30"))
    >>> situation = Situation("main", rules, {held.key: Life.begun(held)}, (), (), OPENED_AT, may_trade=True)
    >>> for tier in forecast(held, Snapshot(taken_at=OPENED_AT, legs=(held,)), situation).tiers:
    ...     print(tier.number, tier.stage, tier.price, tier.fires_at, f"{tier.closes:f} of {tier.held:f}")
    1 late 0.3959 0.4001 7 of 25
    2 late 0.4056 0.5556 9 of 18
    """
    walk = _Walk(leg, snapshot, situation)
    walk.go()
    life = walk.begun_as
    ladder = situation.rules.ladder_of(leg.key)
    tiers = [_fired(leg, tier) for tier in life.fired]
    begun = life.unfinished
    if begun is not None:
        steps = walk.of_tier(begun.tier)
        rest = sum((step.closes for step in steps), Decimal(0)) or whole_lots(begun.rest, leg.instrument.lot_size)
        held, fires_at = (steps[0].held, steps[0].price) if steps else (leg.contracts, None)
        price = first_price(leg, begun.threshold)
        tiers.append(TierForecast(begun.tier, begun.threshold, "begun", price, rest, held, fires_at=fires_at))
    for tier in ladder.tiers:
        if tier.number in life.fired_numbers or (begun is not None and tier.number == begun.tier):
            continue
        price, steps = first_price(leg, tier.threshold), walk.of_tier(tier.number)
        if steps:
            first = steps[0]
            is_late = price is not None and _is_beyond(first.price, price, leg) and first.price != leg.mark_price
            closes = sum((step.closes for step in steps), Decimal(0))
            stage: Stage = "late" if is_late else "ahead"
            tiers.append(TierForecast(tier.number, tier.threshold, stage, price, closes, first.held, fires_at=first.price))
            continue
        stage, held = _never(walk, price, tier.share)
        tiers.append(TierForecast(tier.number, tier.threshold, stage, price, held=held))
    hedged = walk.of_tier(None)
    hedge = None
    if hedged:
        hedge = HedgeForecast(hedged[0].price, sum((step.closes for step in hedged), Decimal(0)), hedged[0].held)
    return Forecast(tuple(sorted(tiers, key=lambda tier: tier.number)), hedge)


def first_price(leg: Leg, roi: Decimal) -> Decimal | None:
    """Return the first price, in whole ticks, at which a leg's ROI (a fraction) has reached a threshold; else None."""
    exact = price_at_roi(leg, roi)
    found = first_tick(exact, leg.instrument.tick_size, leg.position_side) if exact is not None else None
    return found if found is not None and found > 0 else None


def _fired(leg: Leg, tier: FiredTier) -> TierForecast:
    price = first_price(leg, tier.threshold)
    return TierForecast(tier.tier, tier.threshold, "fired", price, tier.contracts, fired_at=tier.fired_at)


def _never(walk: _Walk, price: Decimal | None, share: Decimal) -> tuple[Stage, Decimal]:
    """Return why a tier closes nothing, and what is held in the end."""
    left = walk.left
    if left is None:
        return "gone", Decimal(0)
    if walk.is_off:
        return "off", left.contracts
    if price is None:
        return "beyond", left.contracts
    if walk.gave_up:
        return "unclear", left.contracts
    return "small" if is_orderable(share_of(left, share), left.instrument) else "dust", left.contracts


def _is_beyond(price: Decimal, other: Decimal, leg: Leg) -> bool:
    return (price - other) * leg.position_side.sign > 0


class _Walk:
    """The price of one leg on its way, all legs of the coin with it; the plan says at each stop what closes.

    Between two stops nothing changes but the hedge rule's base, and that in one direction: what becomes due there is found by
    halving.
    """

    def __init__(self, leg: Leg, snapshot: Snapshot, situation: Situation) -> None:
        legs = [other for other in snapshot.legs if other.instrument.instrument_id == leg.instrument.instrument_id]
        hedges = situation.switches.hedge and all(other.leverage_known for other in legs)
        lives = {other.key: _known(situation, other) for other in legs}
        self.key = leg.key
        self.begun_as = lives[leg.key]
        self.is_off = not situation.switches.ladder
        self.gave_up = False
        self._shot = snapshot.replaced(legs=tuple(map(_with_leverage, legs)))
        self._legs = dict(self._shot.by_key)
        self._lives = lives
        self._situation = situation._replace(
            unresolved=(),
            paused=(),
            may_trade=True,
            doubted=(),
            maintained=(),
            regained=(),
            fresh=(),
            # What rests closes as if the checks did it.
            resting={},
            switches=situation.switches.replaced(hedge=hedges),
        )
        self._tick, self._side = leg.instrument.tick_size, leg.position_side
        self._price, self._end = leg.mark_price, _horizon(leg, situation)
        self._steps: list[_Step] = []
        self._orders = 0

    @property
    def left(self) -> Leg | None:
        """The leg at the end of the walk; None when nothing of it is held."""
        return self._legs.get(self.key)

    def of_tier(self, number: int | None) -> list[_Step]:
        """Return the orders of a tier; None for those of the hedge rule."""
        return [step for step in self._steps if step.tier == number]

    def go(self) -> None:
        """Walk until the end, or until nothing is held."""
        self._settle()
        while self.left is not None and not self.gave_up:
            found = self._next_stop()
            if found is None:
                return
            self._price = found
            self._settle()

    def _next_stop(self) -> Decimal | None:
        """Find the next price at which something is due."""
        quiet = self._price
        for stop in self._stops():
            if self._is_due(stop):
                return self._first_due(quiet, stop)
            quiet = stop
        return None

    def _first_due(self, quiet: Decimal, due: Decimal) -> Decimal:
        """Find the first tick at which something is due, after a price at which nothing is."""
        sign = self._side.sign
        while (span := (due - quiet) * sign) > self._tick:
            middle = due - sign * max(whole_lots(span / 2, self._tick), self._tick)
            if middle in (due, quiet):
                # A price with more digits than are reckoned with has no tick beside it.
                self.gave_up = True
                return due
            due, quiet = (middle, quiet) if self._is_due(middle) else (due, middle)
        return due

    def _stops(self) -> list[Decimal]:
        """Return the prices still ahead beside which the answer to any question of the rules changes."""
        exact = [self._end]
        for key, leg in self._legs.items():
            ladder = self._situation.rules.ladder_of(key)
            exact.append(leg.entry_price)
            exact += [price for tier in ladder.tiers if (price := price_at_roi(leg, tier.threshold)) is not None]
            if leg.margin_mode is MarginMode.CROSS and leg.initial_margin > 0:
                exact.append(self._situation.rules.min_margin * leg.mark_price / leg.initial_margin)
        sign, found = self._side.sign, set()
        for price in exact:
            tick = first_tick(price, self._tick, self._side)
            # Some questions ask for at least, some for more than; and what is due before may be so no longer there.
            found |= {tick - sign * self._tick, tick, tick + sign * self._tick}
        ahead = [price for price in found if (price - self._price) * sign > 0 and (self._end - price) * sign >= 0]
        return sorted(ahead, reverse=sign < 0)

    def _settle(self) -> None:
        """Carry out what is due at this price, check after check, until nothing is."""
        while not self.gave_up:
            tiers = ladder_plan(self._at(self._price), self._now()).intents
            self._fill(tiers)
            hedges = self._hedges(self._at(self._price))
            self._fill(hedges)
            if not tiers and not hedges:
                return

    def _is_due(self, price: Decimal) -> bool:
        shot = self._at(price)
        return bool(ladder_plan(shot, self._now()).intents or self._hedges(shot))

    def _hedges(self, shot: Snapshot) -> list[Intent]:
        """Return what the hedge rule closes of the leg itself; what it closes of others changes nothing for it."""
        if len(shot.legs) == 1:
            return []
        return [intent for intent in hedge_plan(shot, self._now()).intents if intent.leg == self.key]

    def _now(self) -> Situation:
        return self._situation._replace(lives=self._lives)

    def _at(self, price: Decimal) -> Snapshot:
        return self._shot.replaced(legs=tuple(repriced(leg, price) for leg in self._legs.values()))

    def _fill(self, intents: Iterable[Intent]) -> None:
        for intent in intents:
            self._orders += 1
            self.gave_up = self._orders >= MOST_ORDERS
            leg = self._legs[intent.leg]
            if intent.leg == self.key:
                self._steps.append(_Step(intent.tier, self._price, intent.contracts, leg.contracts))
            order = Order(
                client_order_id=intent.client_order_id,
                order_id="",
                status=OrderStatus.FILLED,
                filled_contracts=intent.contracts,
                updated_at=leg.adjusted_at + dt.timedelta(milliseconds=1),
            )
            of = leg.instrument
            self._lives[intent.leg] = self._lives[intent.leg].after_order(intent, order, of.min_contracts, of.lot_size)
            left = leg.contracts - intent.contracts
            if left > 0:
                self._legs[intent.leg] = _smaller(leg, left, order.updated_at)
            else:
                del self._legs[intent.leg]


def _known(situation: Situation, leg: Leg) -> Life:
    """Return the life of a leg as it is remembered, with nothing in its way."""
    life = situation.lives.get(leg.key)
    if life is None or not life.is_of(leg):
        return Life.begun(leg)
    return life.replaced(contracts=leg.contracts, backoff={}, filled_at=None, row_at=None)


def _with_leverage(leg: Leg) -> Leg:
    """Return a leg whose ROI follows its price: the exchange's own figure stands still."""
    return leg if leg.leverage_known else leg.replaced(leverage_known=True, exchange_roi=None)


def _horizon(leg: Leg, situation: Situation) -> Decimal:
    """Return the last price of a walk: no ladder has a threshold beyond it."""
    highest = max(HIGHEST_THRESHOLD / 100, *(tier.threshold for tier in situation.rules.ladder_of(leg.key).tiers))
    return first_price(leg, highest) or leg.instrument.tick_size


def _smaller(leg: Leg, contracts: Decimal, at: dt.datetime) -> Leg:
    """Return a leg with so many contracts left: its margin goes with them."""
    changed = leg.replaced(contracts=contracts, adjusted_at=at)
    exact = entry_margin(leg) if leg.margin_mode is MarginMode.ISOLATED else leg.notional / leg.leverage
    is_plain = abs(leg.initial_margin - exact) <= exact * SAME_MARGIN
    plain = entry_margin(changed) if leg.margin_mode is MarginMode.ISOLATED else changed.notional / leg.leverage
    scaled = SCALED.plus(leg.initial_margin * contracts / leg.contracts)
    return changed.replaced(initial_margin=plain if is_plain else scaled)
