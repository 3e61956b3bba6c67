"""Maintenance of a losing leg: what it would do and cost, and what it does next, as values.

It buys into the leg and cuts it back to its target. What comes next is decided from a fresh look at the leg: it goes on,
after a crash at any point, from what is there.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Literal, NamedTuple, Self

from pydantic import model_validator

from tgtp.domain.life import SHOWN_AFTER
from tgtp.domain.model import Leg, LegKey, Moment, NotNegative, Number, Positive, Value
from tgtp.domain.sizing import TAKER_FEE, cents_up, is_orderable, one_order, whole_lots
from tgtp.domain.upkeep.rules import Target, UpkeepRules, excess_contracts, is_borne_out, is_near
from tgtp.errors import Problem

REST = dt.timedelta(minutes=15)
# A ROI (a fraction) at which a leg that has had its last maintenance is told of.
SINKING = Decimal("-0.2")
# What a market order may cost beyond the mark price, a fraction of what is traded.
SLIPPAGE = Decimal("0.01")
MOST_ORDERS = 10
# A buy that has not filled wholly after so long is given up, and the leg cut back.
BUYING_FOR = dt.timedelta(minutes=2)
# By so much the time of a fill and the creation time of the leg that it opened may differ.
CLOCKS_APART = dt.timedelta(seconds=1)
# A leg that is gone may come back, and its maintenance with it, for so long.
REMEMBERED_FOR = dt.timedelta(days=30)


class MaintenanceDraft(Value):
    """A maintenance that can be done: what it orders, and what that is reckoned to cost.

    ``needed`` USDT of ``available`` are bound while it lasts; ``fees`` of both orders and ``realised_loss`` of the cut, in
    USDT, positive when lost, at the mark price.
    """

    leg: LegKey
    opened_at: Moment
    count: int
    target: Target
    buy: Positive
    contracts: Positive
    mark_price: Positive
    buy_contracts: Positive
    cut_contracts: NotNegative
    needed: Positive
    available: Number
    average_price: Positive
    fees: NotNegative
    realised_loss: Number

    @model_validator(mode="before")
    @classmethod
    def _without_old_fields(cls, data: Any) -> Any:
        # Ledgers and events of before kept the margin that is left beside the target, which says it.
        return {name: value for name, value in data.items() if name != "keep"} if isinstance(data, dict) else data

    @property
    def keep(self) -> Decimal:
        """The margin (USDT) that is left."""
        return self.target.margin

    @property
    def contracts_left(self) -> Decimal:
        """What the leg holds in the end."""
        return self.contracts + self.buy_contracts - self.cut_contracts


Why = Literal[
    "used_up",  # the plan has no round left for this life of the leg
    "winning",  # the leg does not lose
    "resting",  # the last maintenance was less than 15 minutes ago
    "running",  # it is being maintained
    "poor",  # not enough free margin
    "unknown_funds",  # the free margin could not be read
    "small",  # the round buys less than the smallest order
    "no_leverage",  # the exchange gives no leverage of the leg
    "huge",  # the exchange takes so much in too many orders only
    "hedged",  # the hedge rule is on, and the leg's other side wins
]


class MaintenanceRefusal(Value):
    """Why a maintenance cannot be done; ``missing`` USDT where it is margin that lacks."""

    why: Why
    missing: NotNegative = Decimal(0)
    needed: NotNegative = Decimal(0)
    again_at: Moment | None = None


def draft(
    leg: Leg, rules: UpkeepRules, count: int, maintained_at: dt.datetime | None, available: Decimal | None, now: dt.datetime
) -> MaintenanceDraft | MaintenanceRefusal:
    """Work a whole maintenance out before anything is sent.

    >>> from tgtp.domain.examples import OPENED_AT, leg
    >>> found = draft(leg(contracts=20, roi=-12, mark_price=5), UpkeepRules(), 0, None, Decimal(500), OPENED_AT)
    >>> found.buy_contracts, found.cut_contracts, found.contracts_left  # 1000 U bought, 100 U left
    (Decimal('200'), Decimal('200'), Decimal('20'))
    """
    if count >= len(rules.plan.rounds):
        return MaintenanceRefusal(why="used_up")
    if leg.roi >= 0:
        return MaintenanceRefusal(why="winning")
    if not leg.leverage_known:
        return MaintenanceRefusal(why="no_leverage")
    # Either way: a clock that is put back a little must not end the rest, nor one put back by hours prolong it for as long.
    if maintained_at is not None and abs(now - maintained_at) < REST:
        return MaintenanceRefusal(why="resting", again_at=maintained_at + REST)
    each, instrument = rules.plan.rounds[count], leg.instrument
    coin_price = leg.mark_price * instrument.contract_size
    buys = whole_lots(each.buy * leg.leverage / coin_price, instrument.lot_size)
    if not is_orderable(buys, instrument):
        return MaintenanceRefusal(why="small")
    if buys > one_order(buys, instrument) * MOST_ORDERS:
        return MaintenanceRefusal(why="huge")
    target = rules.target(count)
    cuts = excess_contracts(leg, target, leg.contracts + buys)
    traded = buys * coin_price
    fees = (buys + cuts) * coin_price * TAKER_FEE
    needed = cents_up(traded * (1 + SLIPPAGE) / leg.leverage + fees)
    if available is None:
        return MaintenanceRefusal(why="unknown_funds", needed=needed)
    if available < needed:
        return MaintenanceRefusal(why="poor", missing=cents_up(needed - available), needed=needed)
    average = (leg.contracts * leg.entry_price + buys * leg.mark_price) / (leg.contracts + buys)
    lost = cuts * instrument.contract_size * (average - leg.mark_price) * leg.position_side.sign
    return MaintenanceDraft(
        leg=leg.key,
        opened_at=leg.opened_at,
        count=count,
        target=target,
        buy=each.buy,
        contracts=leg.contracts,
        mark_price=leg.mark_price,
        buy_contracts=buys,
        cut_contracts=cuts,
        needed=needed,
        available=available,
        average_price=average,
        fees=fees,
        realised_loss=lost,
    )


Stage = Literal["planned", "bought", "cut"]
# What ends a buy before its time, besides the exchange's own code: the leg is cut back to its target then, at once.
Interruption = Literal[
    "slow",  # it did not fill in two minutes
    "paused",  # somebody paused meanwhile
    "forbidden",  # the key may not trade any more
    "stopped",  # the program ends
    "denied",  # our own guard refused the order
    "refused",  # the exchange refused it without a code of its own for it: the key
    "hand",  # somebody made the leg smaller
    "missing",  # the leg was missing from the exchange's replies, and came back
]


class Maintenance(Value):
    """A maintenance of one life of a leg, as it lies on disk.

    ``stage`` says what is done of it; verified and counted it is struck. ``bought`` and ``cut`` contracts have filled, with
    ``fees`` and ``realised`` USDT; ``last_buy`` contracts of them at ``bought_at``, by the exchange's clock, which was seen at
    ``bought_seen_at`` by ours. ``broken`` is why
    it is not finished but cut back (an ``Interruption``, or the exchange's code, with its ``reason``). ``entry_price`` is the
    leg's before it. ``by`` is the person who asked, None when it began by itself; ``while_paused``: it began in a pause.

    ``gone_at`` is when its leg was found closed: it is over, unless that life comes back. ``strayed``: its buy came too late
    and went into another life, which ``draft`` names; exactly that much is cut there.
    """

    draft: MaintenanceDraft
    begun_at: Moment
    entry_price: Positive
    stage: Stage = "planned"
    bought: NotNegative = Decimal(0)
    cut: NotNegative = Decimal(0)
    fees: Number = Decimal(0)
    realised: Number = Decimal(0)
    broken: str = ""
    reason: Problem | None = None
    by: int | None = None
    last_buy: NotNegative = Decimal(0)
    bought_at: Moment | None = None
    bought_seen_at: Moment | None = None
    while_paused: bool = False
    gone_at: Moment | None = None
    strayed: bool = False

    @property
    def tag(self) -> str:
        """Name its place within the life, for the orders' names: ``m1`` for the first."""
        return f"m{self.draft.count + 1}"

    def resized(self, times: Decimal) -> Self:
        """Count in contracts of another size: so many times as many, the same coins."""
        plan = self.draft.replaced(
            contracts=self.draft.contracts * times,
            buy_contracts=self.draft.buy_contracts * times,
            cut_contracts=self.draft.cut_contracts * times,
        )
        return self.replaced(draft=plan, bought=self.bought * times, cut=self.cut * times, last_buy=self.last_buy * times)

    @property
    def is_whole(self) -> bool:
        """Return whether all that was planned has been bought."""
        return self.stage != "planned" and (not self.broken or self.bought >= self.draft.buy_contracts)

    @property
    def is_buying(self) -> bool:
        """Return whether something is still to be bought."""
        return self.stage == "planned" and self.bought < self.draft.buy_contracts and not self.broken

    @property
    def may_be_large(self) -> bool:
        """Return whether the leg, should its life come back, may hold what was bought."""
        return self.bought > self.cut if self.strayed else self.bought > 0

    @property
    def expected_contracts(self) -> Decimal:
        """What the leg holds when nobody but its orders has touched it."""
        return self.draft.contracts + self.bought - self.cut

    def interrupted(self, why: str, reason: Problem | None = None) -> Self:
        """Return up what is still to be bought; what has been bought is cut back. After the buy there is nothing to give up."""
        return self.replaced(broken=why, reason=reason) if self.is_buying else self

    def after_fill(
        self,
        *,
        grows: bool,
        contracts: Decimal,
        fee: Decimal,
        realised: Decimal,
        at: dt.datetime | None = None,
        seen_at: dt.datetime | None = None,
    ) -> Self:
        """Take in what an order of it has filled, ``at`` that time, seen at ``seen_at`` by our clock."""
        changes: dict[str, Any] = {"fees": self.fees + fee, "realised": self.realised + realised}
        if grows:
            changes |= {"bought": self.bought + contracts, "last_buy": contracts, "bought_at": at, "bought_seen_at": seen_at}
        else:
            changes |= {"cut": self.cut + contracts}
        return self.replaced(**changes)

    def is_hidden_by(self, leg: Leg, now: dt.datetime) -> bool:
        """Return whether the row of a later life is from before our buy, which has gone into that one.

        That the fill's time and the row's are of one clock is believed for a minute and a half after the fill was seen.
        """
        if self.bought_at is None or not leg.opened_at <= leg.adjusted_at < self.bought_at:
            return False
        # Rows may go back in time after one has shown the buy.
        if not (self.draft.opened_at < leg.opened_at or (self.strayed and self.draft.opened_at == leg.opened_at)):
            return False
        return abs(now - (self.bought_seen_at or self.bought_at)) < SHOWN_AFTER

    def in_life_of(self, leg: Leg) -> Self | None:
        """Return what is left to do in a later life of the leg: cut what our buy put there, coming after the close of its own.

        None where it put nothing there. What was bought earlier went with the life that it was bought in.
        """
        is_later = leg.opened_at > self.draft.opened_at
        if self.strayed or not is_later or self.bought_at is None or self.bought_at + CLOCKS_APART < leg.opened_at:
            return None
        if self.bought_at < leg.opened_at and leg.contracts != self.last_buy:
            # Somebody closed the leg just after the buy, and opened it anew.
            return None
        plan = self.draft.replaced(opened_at=leg.opened_at)
        return self.replaced(
            draft=plan, stage="bought", bought=self.last_buy, cut=Decimal(0), broken="gone", strayed=True, gone_at=None
        )


class MaintenanceOrder(NamedTuple):
    """Send an order: ``buy`` into the leg or ``cut`` it."""

    rule: Literal["buy", "cut"]
    contracts: Decimal


class Turn(NamedTuple):
    """Go on with the maintenance as it is then."""

    to: Maintenance


class End(NamedTuple):
    """It is over: ``counted``, or not, and why. Where both orders are done it counts, though there be something to tell."""

    counted: bool
    why: str = ""


def maintenance_step(
    work: Maintenance, leg: Leg | None, now: dt.datetime, *, is_gone: bool, interruption: str = ""
) -> MaintenanceOrder | Turn | End | None:
    """Return what a maintenance does next; None: wait for another look.

    ``leg`` is the leg of that name as it is now, ``is_gone`` whether the life that it began in is known to be over. No order of
    it may be in flight. ``interruption`` is what keeps it from buying, if anything does.
    """
    if leg is None:
        return End(counted=False, why="gone") if is_gone else None
    if leg.opened_at != work.draft.opened_at:
        # Closed by hand in the middle. A buy that came after that stands there as a leg of its own.
        strayed = work.in_life_of(leg)
        return Turn(strayed) if strayed is not None else End(counted=False, why="gone")
    if work.strayed:
        ours = min(leg.contracts, whole_lots(max(work.bought - work.cut, Decimal(0)), leg.instrument.lot_size))
        if is_orderable(ours, leg.instrument):
            return MaintenanceOrder("cut", one_order(ours, leg.instrument))
        return End(counted=False, why=work.broken)
    if work.gone_at is not None:
        return Turn(work.replaced(gone_at=None).interrupted("missing"))
    if work.stage != "cut" and leg.contracts < work.expected_contracts and work.broken != "hand":
        return Turn(work.replaced(broken="hand", reason=None))
    if work.stage == "planned":
        rest = work.draft.buy_contracts - work.bought
        if is_orderable(rest, leg.instrument) and not work.broken:
            if interruption:
                return Turn(work.interrupted(interruption))
            if abs(now - work.begun_at) < BUYING_FOR:
                # How much margin a buy binds is not known without the leverage.
                return MaintenanceOrder("buy", one_order(rest, leg.instrument)) if leg.leverage_known else None
            return Turn(work.interrupted("slow"))
        if work.bought == 0:
            return End(counted=False, why=work.broken or "slow")
        return Turn(work.replaced(stage="bought"))
    excess = excess_contracts(leg, work.draft.target)
    # Once it was cut to the last lot, the price may have moved on a little.
    if excess > 0 and not (work.stage == "cut" and is_near(leg, work.draft.target)):
        return MaintenanceOrder("cut", one_order(excess, leg.instrument))
    if work.stage == "bought":
        return Turn(work.replaced(stage="cut"))
    counted = work.is_whole and work.broken != "hand"
    if counted and not is_borne_out(leg):
        # Not counted, it would begin anew after a quarter of an hour, and so on.
        return End(counted=True, why="unverified")
    return End(counted=counted, why=work.broken)
