"""Orders: what is meant, what it rests on, and what the exchange remembers of it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import Enum, unique
from typing import Any, Final, Literal, get_args

from pydantic import SerializerFunctionWrapHandler, model_serializer, model_validator

from tgtp.domain.model import EPOCH, LegKey, Moment, NotNegative, Number, PositionMode, Positive, Side, Value
from tgtp.errors import Problem

# What an exchange promises about an order; engine, stand-in and laboratory read it here (decision 5).
# Seconds after its signing from which an order is thrown away instead of taken.
ORDER_LIFETIME = 5
# Seconds by which an order's row, its trades and the legs may lag behind its acknowledgement.
LOOK_UP_LAG = 60
# An order that ended without a fill is forgotten after so long; our trades are known for three months.
UNFILLED_KEPT = dt.timedelta(hours=2)
TRADES_KEPT = dt.timedelta(days=85)
# The names of our orders begin so.
OURS = "tg"
# By so much our clock and the exchange's may differ when both were measured.
CLOCKS_AGREE = dt.timedelta(seconds=5)
# No clock by which we trade differs by so much.
LONG_BEFORE = dt.timedelta(minutes=1)
# ``give_back`` and ``break_even`` are the guards of a leg, ``drawdown`` that of an account. ``buy`` and ``cut`` are the two
# halves of a maintenance, ``trim`` closes what a correction finds above the target.
GuardRule = Literal["give_back", "break_even"]
GUARDS: Final[tuple[GuardRule, ...]] = get_args(GuardRule)
Rule = Literal["tier", "hedge", "hand", "give_back", "break_even", "drawdown", "buy", "cut", "trim"]
# What only guards, multiplied thresholds and pushed prices have in their basis.
SELDOM: Final = (
    "best_roi",
    "give_back",
    "guard_price",
    "after_tier",
    "fees",
    "funding",
    "base_threshold",
    "factor",
    "pushed_age",
    "rested",
    "while_pausing",
)


class Basis(Value):
    """The numbers an order was decided on; ``/why`` answers from these.

    ``roi``, ``threshold``, ``share`` and ``other_roi`` (the winning side, for the hedge rule) are fractions.
    ``target_contracts`` is what the rule wants closed in all; ``base_contracts`` what it keeps.
    ``adjusted_at`` is when the leg's size had last changed, by the exchange's clock; 1970 where it does not say.
    What is not known of a leg that cannot be read, and was closed by hand, is None. ``lower_leverage`` is the leverage from
    before it was raised by hand, for a tier that would not have been reached with it. ``factor`` is what the threshold
    of a tier was multiplied by, ``base_threshold`` what it was before; both None where the ladder acted as it is written.
    A guard's ``threshold`` is the ROI at which it closes, ``guard_price`` the mark price of that. ``best_roi`` is the best of
    the life, and ``give_back`` how much of it may be given back (fractions); ``after_tier`` the tier that break-even begins
    after, ``fees`` (USDT, positive when paid) and ``funding`` (positive when received) what the exchange says of the life.
    ``pushed_age``: the mark price came by the stream, and was so many seconds old then; None where a check has decided.
    ``rested``: the order waited at the exchange for this mark price, and the numbers are those that it was placed for;
    ``while_pausing``: it fired before it could be cancelled for a pause.
    """

    roi: Number | None = None
    initial_margin: NotNegative | None = None
    mark_price: Positive | None = None
    entry_price: Positive | None = None
    leverage: Positive | None = None
    contracts: Positive
    contract_size: Positive | None = None
    lot_size: Positive | None = None
    tick_size: Positive | None = None
    min_contracts: Positive | None = None
    adjusted_at: Moment
    target_contracts: NotNegative
    threshold: Number | None = None
    share: Number | None = None
    other_roi: Number | None = None
    base_contracts: NotNegative | None = None
    min_margin: NotNegative | None = None
    lower_leverage: Positive | None = None
    best_roi: Number | None = None
    give_back: Number | None = None
    guard_price: Positive | None = None
    after_tier: int | None = None
    fees: Number | None = None
    funding: Number | None = None
    base_threshold: Positive | None = None
    factor: Positive | None = None
    pushed_age: NotNegative | None = None
    rested: bool | None = None
    while_pausing: bool | None = None

    @model_serializer(mode="wrap")
    def _without_empty_fields(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # Few orders are of guards, or of a threshold that was multiplied: the others are written as if there were none.
        return {name: value for name, value in serialize(self).items() if name not in SELDOM or value is not None}


class Intent(Value):
    """A decision to close part of a leg, written down before it leaves the house; only a ``buy`` makes it larger.

    ``tag`` names the rule's place within the life (``tier1``, ``hedge``, ``guard_back``, ``hand`` + nonce); the client order id
    is a pure function of it, the life and the attempt. ``by`` is the person who asked, for a close by hand.
    ``limit_price`` is the worst price that it takes; None where it takes any.
    While its outcome is unknown: ``late_told`` says whether the person was told, ``told_at`` when last. ``acknowledged_at`` is
    when the exchange took it, by the exchange's clock, and ``order_id`` its id there; both empty where no reply came.
    """

    client_order_id: str
    leg: LegKey
    opened_at: Moment
    position_mode: PositionMode
    rule: Rule
    tag: str
    tier: int | None = None
    contracts: Positive
    basis: Basis
    meant_at: Moment
    by: int | None = None
    limit_price: Positive | None = None
    late_told: bool = False
    told_at: Moment | None = None
    acknowledged_at: Moment | None = None
    order_id: str = ""

    @model_validator(mode="before")
    @classmethod
    def _without_old_fields(cls, data: Any) -> Any:
        # Ledgers and events of before counted here the looks in which the leg, or the order, was missing.
        old = ("gone_looks", "not_found_at")
        return {name: value for name, value in data.items() if name not in old} if isinstance(data, dict) else data

    @property
    def grows(self) -> bool:
        """Return whether it makes the leg larger."""
        return self.rule == "buy"

    @property
    def side(self) -> Side:
        """The order side."""
        return self.leg.position_side.opening if self.grows else self.leg.position_side.closing

    def takes(self, price: Decimal) -> bool:
        """Return whether it may fill at a price."""
        if self.limit_price is None:
            return True
        return price >= self.limit_price if self.side is Side.SELL else price <= self.limit_price


class MarginMove(Value):
    """USDT of margin to move into an isolated leg (``amount`` above 0) or out of it (below), from a ``margin`` of so much."""

    leg: LegKey
    position_mode: PositionMode
    amount: Number
    margin: NotNegative


@unique
class OrderStatus(str, Enum):
    """Where an order stands at the exchange."""

    LIVE = "live"
    FILLED = "filled"
    CANCELED = "canceled"


class Order(Value):
    """An order as the exchange remembers it.

    ``filled_contracts`` so far, at ``average_price``; ``fee`` in USDT, positive when paid; ``realised_pnl`` in USDT
    without the fee. ``updated_at`` is the last fill's time where there is one. ``why`` is why the exchange cancelled it; None
    where it did not, or does not say, and in what was written before it was kept. ``reason`` is what the exchange says.
    """

    client_order_id: str
    order_id: str
    status: OrderStatus
    filled_contracts: NotNegative
    average_price: Positive | None = None
    fee: Number = Decimal(0)
    realised_pnl: Number = Decimal(0)
    updated_at: Moment
    reason: str = ""
    why: Problem | None = None


class Placed(Value):
    """An order as the exchange's lists show it, ``created_at`` a moment by our clock."""

    client_order_id: str
    order_id: str
    instrument_id: str
    created_at: Moment


class Resting(Value):
    """An order that waits at the exchange, of anybody's: ``what`` is the exchange's word for its kind, ``name`` its own id.

    ``closes`` is the leg that one with a price of its own makes smaller, by so many ``contracts`` yet; None of any other.
    """

    name: str
    instrument_id: str
    what: str
    is_ours: bool = False
    closes: LegKey | None = None
    contracts: NotNegative = Decimal(0)


class Known(Value):
    """What is remembered of the orders of one name: the first was ``meant_at``, and the exchange gave them these ids."""

    meant_at: Moment
    order_ids: frozenset[str] = frozenset()

    def plus(self, meant_at: dt.datetime, order_id: str) -> Known:
        """Add another one, or more of the same."""
        ids = self.order_ids | {order_id} if order_id else self.order_ids
        return Known(meant_at=min(self.meant_at, meant_at), order_ids=ids)


def foreign_orders(
    placed: Iterable[Placed], known: Mapping[str, Known], clock_trusted_since: dt.datetime | None
) -> tuple[Placed, ...]:
    """Return the orders under our names that another program has placed.

    Two programs on one account give the same names, for names are a function of the decision. So the sign is a name that is
    not remembered here, another order of a name than the one that is, or one created before it was meant here; the last counts
    for what was meant since ``clock_trusted_since`` only, and nowhere where that is None.
    """
    found = []
    for order in placed:
        mine = known.get(order.client_order_id)
        if mine is None or (mine.order_ids and order.order_id not in mine.order_ids):
            found.append(order)
        elif clock_trusted_since is not None and mine.meant_at >= clock_trusted_since:
            found += [order] if order.created_at < mine.meant_at - CLOCKS_AGREE else []
    return tuple(found)


def filled_before(intent: Intent, order: Order) -> bool:
    """Return whether an order had filled long before it was meant: another memory of this account sent it."""
    return order.updated_at < intent.meant_at - LONG_BEFORE


def slippage(intent: Intent, order: Order) -> Decimal | None:
    """Return the USDT that a fill brought beyond the mark price it was decided on, below 0 when less; None without a price."""
    mark, size = intent.basis.mark_price, intent.basis.contract_size
    if order.average_price is None or mark is None or size is None:
        return None
    better = order.average_price - mark
    coins = order.filled_contracts * size
    return coins * (better if intent.side is Side.SELL else -better)


def client_order_id(account: str, leg: LegKey, opened_at: dt.datetime, generation: int, tag: str, attempt: int) -> str:
    """Name an order so that the same decision always gets the same name: 30 of ``[a-z0-9]``.

    OKX allows at most 32 of ``[a-zA-Z0-9]`` and refuses a name that it has seen; a retry of an unknown outcome must carry
    the same one.

    >>> key = LegKey(instrument_id="CRV-USDT-SWAP", position_side="long", margin_mode="cross")
    >>> first = client_order_id("main", key, dt.datetime(2026, 1, 1, tzinfo=dt.UTC), 0, "tier1", 0)
    >>> len(first), first == client_order_id("main", key, dt.datetime(2026, 1, 1, tzinfo=dt.UTC), 0, "tier1", 1)
    (30, False)
    """
    # Exact: a float of seconds would give two lives a millisecond apart the same name.
    microseconds = (opened_at - EPOCH) // dt.timedelta(microseconds=1)
    text = f"{account}|{leg}|{microseconds}|{generation}|{tag}|{attempt}"
    return OURS + hashlib.sha256(text.encode()).hexdigest()[:28]
