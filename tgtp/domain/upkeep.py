"""Sub-account upkeep: what the maintenance and the correction of a leg do next, as values.

A maintenance buys into a losing leg and cuts it back to its target; a correction brings a leg to its target by closing what is
above it and moving margin in small steps. Both decide from a fresh look at the leg each time, so that they go on, after a crash
at any point, from what is there.
"""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import Field

from tgtp.domain.model import Leg, LegKey, MarginMode, Moment, NotNegative, Number, Positive, Value
from tgtp.domain.sizing import is_orderable, one_order, whole_lots

# The table of the rules is for 10x: 10 U of margin stand for 100 U of notional, whatever the leg's own leverage is.
TABLE_LEVERAGE = Decimal(10)
# How far the margin may be from its target, a fraction of it: 9.5 to 10.5 of 10 U.
BAND = Decimal("0.05")
# USDT: the most that is moved out at once, and the least worth moving.
LARGEST_STEP = Decimal(5)
CENT = Decimal("0.01")
REST = dt.timedelta(minutes=15)
CORRECT_EVERY = dt.timedelta(minutes=5)
# A ROI (a fraction) at which a leg that has had its last maintenance is told of.
SINKING = Decimal("-0.2")
# What a market order may cost beyond the mark price, and its fee, as fractions of what is traded.
SLIPPAGE = Decimal("0.01")
TAKER_FEE = Decimal("0.0005")
MOST_ORDERS = 10
# A buy that has not filled wholly after so long is given up, and the leg cut back.
BUYING_FOR = dt.timedelta(minutes=2)
# An exchange that has not shown a margin move after so long has not done it.
MOVING_FOR = dt.timedelta(seconds=30)


class Round(Value):
    """One maintenance: how much margin (USDT) to buy for, and for how much to keep."""

    buy: Annotated[Positive, Field(le=100_000)]
    keep: Annotated[Positive, Field(le=100_000)]


class MaintenancePlan(Value):
    """The rounds of one life of a leg, first to last."""

    rounds: Annotated[tuple[Round, ...], Field(min_length=1, max_length=20)]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``100:10,100:10,200:20``. Raises ValueError.

        >>> [str(each.keep) for each in MaintenancePlan.parse("100:10,100:10,200:20").rounds]
        ['10', '10', '20']
        """
        rounds = []
        for word in text.split(","):
            buy, colon, keep = (part.strip() for part in word.partition(":"))
            if not (colon and _is_plain(buy) and _is_plain(keep)):
                raise ValueError(f"{word.strip()!r} is no round BUY:KEEP")
            rounds.append({"buy": buy, "keep": keep})
        return cls(rounds=rounds)

    def __str__(self) -> str:
        """Write it as ``parse`` reads it."""
        return ",".join(f"{each.buy:f}:{each.keep:f}" for each in self.rounds)


def _is_plain(word: str) -> bool:
    return word.isascii() and word.replace(".", "", 1).isdigit() and Decimal(word) > 0


class UpkeepRules(Value):
    """The dials; ``maintain_at`` is a ROI (a fraction, below 0) for the maintenance that begins by itself."""

    plan: MaintenancePlan = MaintenancePlan.parse("100:10,100:10,200:20")
    maintain_at: Annotated[Number, Field(ge=-1, lt=0)] = Decimal("-0.1")

    def target(self, count: int) -> Target:
        """Give what a leg should hold that has had so many maintenances; after the last it is what the last one left.

        >>> [str(UpkeepRules().target(count).notional) for count in (0, 1, 2, 3)]
        ['100', '100', '200', '200']
        """
        return Target(margin=self.plan.rounds[min(count, len(self.plan.rounds) - 1)].keep)


class Target(Value):
    """What a leg of a sub-account should hold: ``margin`` (USDT), and the notional that it stands for."""

    margin: Positive

    @property
    def notional(self) -> Decimal:
        """USDT at the mark price."""
        return self.margin * TABLE_LEVERAGE

    @property
    def lowest(self) -> Decimal:
        """The lower end of the band."""
        return self.margin * (1 - BAND)

    @property
    def highest(self) -> Decimal:
        """The upper end of the band."""
        return self.margin * (1 + BAND)


def excess_contracts(leg: Leg, target: Target, contracts: Decimal | None = None) -> Decimal:
    """Give what is to be closed to come down to a target, rounded down to a lot; 0 within one lot of it.

    ``contracts`` is what is held, by default what the leg shows.

    >>> from tgtp.domain.examples import leg
    >>> ten = Target(margin=10)
    >>> excess_contracts(leg(contracts=35, mark_price=5), ten)
    Decimal('15')
    >>> excess_contracts(leg(contracts=21, mark_price=5), ten)  # 105 U: one lot above
    Decimal('0')
    """
    held = leg.contracts if contracts is None else contracts
    exact = held - target.notional / (leg.mark_price * leg.instrument.contract_size)
    if exact <= leg.instrument.lot_size:
        return Decimal(0)
    closable = whole_lots(exact, leg.instrument.lot_size)
    return closable if is_orderable(closable, leg.instrument) else Decimal(0)


def is_near(leg: Leg, target: Target) -> bool:
    """Say whether a leg that was cut is at its target or below it: the price moves while it is cut."""
    return excess_contracts(leg, target) == 0 or leg.notional <= target.notional * (1 + BAND)


def least_margin(leg: Leg) -> Decimal:
    """Give the margin (USDT) below which an isolated leg cannot come: notional / leverage, and what it has lost.

    >>> from tgtp.domain.examples import leg
    >>> least_margin(leg(contracts=2, contract_size="0.1", mark_price="597.5", leverage=10))  # the BCH leg of 119.5 U
    Decimal('11.95')
    """
    exact = leg.notional / leg.leverage + max(-leg.unrealised_pnl, Decimal(0))
    return exact.quantize(CENT, ROUND_UP)


# --- Maintenance


class Draft(Value):
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
    keep: Positive
    mark_price: Positive
    buy_contracts: Positive
    cut_contracts: NotNegative
    needed: Positive
    available: Number
    average_price: Positive
    fees: NotNegative
    realised_loss: Number

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
    "huge",  # the exchange takes so much in too many orders only
]


class Refusal(Value):
    """Why a maintenance cannot be done; ``missing`` USDT where it is margin that lacks."""

    why: Why
    missing: NotNegative = Decimal(0)
    needed: NotNegative = Decimal(0)
    again_at: Moment | None = None


def draft(
    leg: Leg, rules: UpkeepRules, count: int, maintained_at: dt.datetime | None, available: Decimal | None, now: dt.datetime
) -> Draft | Refusal:
    """Work a whole maintenance out before anything is sent.

    >>> from tgtp.domain.examples import OPENED_AT, leg
    >>> found = draft(leg(contracts=20, roi=-12, mark_price=5), UpkeepRules(), 0, None, Decimal(500), OPENED_AT)
    >>> found.buy_contracts, found.cut_contracts, found.contracts_left  # 1000 U bought, 100 U left
    (Decimal('200'), Decimal('200'), Decimal('20'))
    """
    if count >= len(rules.plan.rounds):
        return Refusal(why="used_up")
    if leg.roi >= 0:
        return Refusal(why="winning")
    # A time that lies ahead was written by a clock that has since been put back.
    if maintained_at is not None and dt.timedelta() <= now - maintained_at < REST:
        return Refusal(why="resting", again_at=maintained_at + REST)
    each, instrument = rules.plan.rounds[count], leg.instrument
    coin_price = leg.mark_price * instrument.contract_size
    buys = whole_lots(each.buy * leg.leverage / coin_price, instrument.lot_size)
    if not is_orderable(buys, instrument):
        return Refusal(why="small")
    if buys > one_order(buys, instrument) * MOST_ORDERS:
        return Refusal(why="huge")
    target = rules.target(count)
    cuts = excess_contracts(leg, target, leg.contracts + buys)
    traded = buys * coin_price
    fees = (buys + cuts) * coin_price * TAKER_FEE
    needed = (traded * (1 + SLIPPAGE) / leg.leverage + fees).quantize(CENT, ROUND_UP)
    if available is None:
        return Refusal(why="unknown_funds", needed=needed)
    if available < needed:
        return Refusal(why="poor", missing=(needed - available).quantize(CENT, ROUND_UP), needed=needed)
    average = (leg.contracts * leg.entry_price + buys * leg.mark_price) / (leg.contracts + buys)
    lost = cuts * instrument.contract_size * (average - leg.mark_price) * leg.position_side.sign
    return Draft(
        leg=leg.key,
        opened_at=leg.opened_at,
        count=count,
        target=target,
        buy=each.buy,
        keep=each.keep,
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


class Maintenance(Value):
    """A maintenance under way, as it lies on disk.

    ``stage`` says what is done of it; verified and counted it is struck. ``bought`` and ``cut`` contracts have filled, with
    ``fees`` and ``realised`` USDT. ``broken`` is why it is not finished but cut back (``slow``, or the exchange's code, with
    its ``reason``). ``entry_price`` is the leg's before it. ``by`` is the person who asked, None when it began by itself.
    """

    draft: Draft
    begun_at: Moment
    entry_price: Positive
    stage: Stage = "planned"
    bought: NotNegative = Decimal(0)
    cut: NotNegative = Decimal(0)
    fees: Number = Decimal(0)
    realised: Number = Decimal(0)
    broken: str = ""
    reason: str = ""
    by: int | None = None

    @property
    def tag(self) -> str:
        """Name its place within the life, for the orders' names: ``m1`` for the first."""
        return f"m{self.draft.count + 1}"

    def after_fill(self, *, grows: bool, contracts: Decimal, fee: Decimal, realised: Decimal) -> Self:
        """Take in what an order of it has filled."""
        changes: dict[str, Any] = {"fees": self.fees + fee, "realised": self.realised + realised}
        changes |= {"bought": self.bought + contracts} if grows else {"cut": self.cut + contracts}
        return self.replaced(**changes)


class Order(NamedTuple):
    """Send an order: ``buy`` into the leg or ``cut`` it."""

    rule: Literal["buy", "cut"]
    contracts: Decimal


class Turn(NamedTuple):
    """Go on with the maintenance as it is then."""

    to: Maintenance


class End(NamedTuple):
    """It is over: ``counted``, or not, and why."""

    counted: bool
    why: str = ""


WAIT = None


def maintenance_step(work: Maintenance, leg: Leg | None, now: dt.datetime, *, is_gone: bool) -> Order | Turn | End | None:
    """Say what a maintenance does next; None: wait for another look.

    ``leg`` is the leg of that name as it is now, ``is_gone`` whether the life that it began in is known to be over. No order of
    it may be in flight.
    """
    plan = work.draft
    if leg is None:
        return End(counted=False, why="gone") if is_gone else WAIT
    if leg.opened_at != plan.opened_at:
        # Closed by hand in the middle. What was bought after that stands there as a leg of its own.
        ours = min(leg.contracts, whole_lots(max(work.bought - work.cut, Decimal(0)), leg.instrument.lot_size))
        if leg.opened_at >= work.begun_at and is_orderable(ours, leg.instrument):
            return Order("cut", one_order(ours, leg.instrument))
        return End(counted=False, why="gone")
    if work.stage == "planned":
        rest = plan.buy_contracts - work.bought
        if is_orderable(rest, leg.instrument) and not work.broken:
            if abs(now - work.begun_at) < BUYING_FOR:
                return Order("buy", one_order(rest, leg.instrument))
            return Turn(work.replaced(broken="slow"))
        if work.bought == 0:
            return End(counted=False, why=work.broken or "slow")
        return Turn(work.replaced(stage="bought"))
    if work.stage == "bought" or not is_near(leg, plan.target):
        excess = excess_contracts(leg, plan.target)
        if excess > 0:
            return Order("cut", one_order(excess, leg.instrument))
        return Turn(work.replaced(stage="cut")) if work.stage == "bought" else End(counted=not work.broken, why=work.broken)
    return End(counted=not work.broken, why=work.broken)


# --- Correction


class Pending(Value):
    """A margin move that was sent: ``amount`` USDT, in when above 0, from a ``margin`` of a leg of so many ``contracts``."""

    amount: Number
    margin: NotNegative
    contracts: Positive
    asked_at: Moment


class Correction(Value):
    """A correction under way, as it lies on disk.

    ``margin`` and ``contracts`` are those that it began with; ``trimmed`` contracts were closed, and margin was moved in
    so many ``steps``.
    """

    leg: LegKey
    opened_at: Moment
    begun_at: Moment
    margin: NotNegative
    contracts: Positive
    trimmed: NotNegative = Decimal(0)
    steps: int = 0
    pending: Pending | None = None
    by: int | None = None


class Trim(NamedTuple):
    """Close so many contracts above the target."""

    contracts: Decimal


class Move(NamedTuple):
    """Move so much margin (USDT): in when above 0, out when below."""

    amount: Decimal


Obstacle = Literal[
    "cross",  # the margin of a cross leg cannot be moved
    "unreachable",  # the leg's size needs more margin than the target, at its leverage
    "losing",  # what it has lost holds more margin than the target
    "poor",  # the account has not enough to add
    "unknown_funds",  # what it has could not be read
    "refused",  # the exchange says no to a margin move
    "lost",  # a margin move was sent, but never seen in the leg
]


class Stuck(NamedTuple):
    """It cannot be brought to its target: ``least`` is the margin that its size needs, ``missing`` what the account lacks."""

    why: Obstacle
    least: Decimal = Decimal(0)
    missing: Decimal = Decimal(0)


class InBand(NamedTuple):
    """Nothing is to be done."""


Step = Trim | Move | Stuck | InBand


def correction_step(leg: Leg, target: Target, available: Decimal | None, *, is_trimmed: bool = False) -> Step:
    """Say what brings a leg nearer to its target, from a fresh look at it.

    ``is_trimmed``: this correction has closed what was above already. While the price goes on moving it does not close lot
    after lot behind it.

    20.29 → 15.29 → 10.29, and then it is in the band:

    >>> from tgtp.domain.examples import leg
    >>> ten = Target(margin=10)
    >>> def held(margin: str) -> Leg:
    ...     return leg(contracts=20, mark_price=5, margin_mode="isolated", initial_margin=margin)
    >>> [correction_step(held(margin), ten, Decimal(50)) for margin in ("20.29", "15.29", "10.29")]
    [Move(amount=Decimal('-5.00')), Move(amount=Decimal('-5.00')), InBand()]
    >>> correction_step(held("4"), ten, Decimal(50)), correction_step(held("4"), ten, Decimal(1)).why
    (Move(amount=Decimal('6.00')), 'poor')
    """
    excess = excess_contracts(leg, target)
    if excess > 0 and not (is_trimmed and is_near(leg, target)):
        return Trim(one_order(excess, leg.instrument))
    margin = leg.initial_margin
    if target.lowest <= margin <= target.highest:
        return InBand()
    if leg.margin_mode is MarginMode.CROSS:
        return Stuck("cross")
    if margin < target.lowest:
        missing = (target.margin - margin).quantize(CENT, ROUND_UP)
        if available is None:
            return Stuck("unknown_funds")
        return Move(missing) if available >= missing else Stuck("poor", missing=missing - max(available, Decimal(0)))
    least = least_margin(leg)
    if leg.notional / leg.leverage > target.highest:
        return Stuck("unreachable", least=least)
    amount = min(LARGEST_STEP, margin - max(target.margin, least)).quantize(CENT, ROUND_DOWN)
    # What the leg has lost must stay in it: it is brought down to that, and no further.
    return Move(-amount) if amount >= CENT else Stuck("losing", least=least)


def has_moved(pending: Pending, leg: Leg) -> bool:
    """Say whether a leg shows a margin move that was sent.

    Where it was made smaller meanwhile, as much of its margin went with it.
    """
    before = pending.margin * leg.contracts / pending.contracts
    return (leg.initial_margin - before) * (1 if pending.amount > 0 else -1) > abs(pending.amount) / 2
