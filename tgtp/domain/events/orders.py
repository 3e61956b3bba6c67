"""What became of orders, sent or held back."""

from __future__ import annotations

from typing import Literal

from tgtp.domain.events.fact import Fact
from tgtp.domain.model import LegKey, Moment, NotNegative, Number, Positive, Value
from tgtp.domain.order import Basis, Intent, Order, Placed, slippage
from tgtp.errors import Problem


class InAll(Value):
    """What several ``orders`` that are told of as one came to; ``before`` contracts were held before the first of them.

    ``contracts`` were closed, at ``average_price``. ``fee``, ``realised_pnl`` and ``slippage`` are USDT, with signs as an
    order has them. What one of them does not tell is None.
    """

    orders: int
    before: NotNegative
    contracts: NotNegative
    average_price: Positive | None
    fee: Number
    realised_pnl: Number
    slippage: Number | None

    @classmethod
    def of(cls, intent: Intent, order: Order) -> InAll:
        """Begin with one order."""
        return cls(
            orders=1,
            before=intent.basis.contracts,
            contracts=order.filled_contracts,
            average_price=order.average_price,
            fee=order.fee,
            realised_pnl=order.realised_pnl,
            slippage=slippage(intent, order),
        )

    def plus(self, more: InAll) -> InAll:
        """Add orders that came later."""
        contracts = self.contracts + more.contracts
        price = None
        if self.average_price is not None and more.average_price is not None:
            price = (self.average_price * self.contracts + more.average_price * more.contracts) / contracts
        return InAll(
            orders=self.orders + more.orders,
            before=self.before,
            contracts=contracts,
            average_price=price,
            fee=self.fee + more.fee,
            realised_pnl=self.realised_pnl + more.realised_pnl,
            slippage=None if self.slippage is None or more.slippage is None else self.slippage + more.slippage,
        )


class TierFilled(Fact):
    """An order of a tier has filled. ``finished`` is False while part of the tier's own size is still open.

    ``closed`` is what the tier has closed so far, in all its orders. ``next_price`` is where the next tier is reached;
    ``next_is_small``: by then the margin of what is left is not above the gate. ``earned`` is what all our closes of this life
    have brought so far, USDT after their fees; None where that is not known. ``both_modes`` says that the coin was held cross
    and isolated at once. ``in_all`` is what it came to with those before it, where several are told of as one.
    """

    kind: Literal["tier_filled"] = "tier_filled"
    intent: Intent
    order: Order
    contracts_left: NotNegative
    both_modes: bool = False
    finished: bool
    closed: NotNegative | None = None
    fired: tuple[int, ...]
    next_threshold: Number | None
    next_price: Positive | None = None
    next_is_small: bool = False
    earned: Number | None = None
    in_all: InAll | None = None


class HedgeFilled(Fact):
    """The losing leg of a pair was closed down towards its base; ``in_all`` as of a tier."""

    kind: Literal["hedge_filled"] = "hedge_filled"
    intent: Intent
    order: Order
    contracts_left: NotNegative
    both_modes: bool = False
    in_all: InAll | None = None


class GuardFilled(Fact):
    """A guard has closed a leg down towards its base; ``finished`` and ``in_all`` as of a tier."""

    kind: Literal["guard_filled"] = "guard_filled"
    intent: Intent
    order: Order
    contracts_left: NotNegative
    both_modes: bool = False
    finished: bool
    in_all: InAll | None = None


class HandFilled(Fact):
    """A close that a person asked for has filled; ``in_all`` as of a tier."""

    kind: Literal["hand_filled"] = "hand_filled"
    intent: Intent
    order: Order
    contracts_left: NotNegative
    both_modes: bool = False
    in_all: InAll | None = None


class OrderRejected(Fact):
    """The exchange refused an order, definitely. Told once per cause, and daily while it stands; tried again at ``again_at``.

    ``since`` is when the first of so many ``tries`` failed, in a reminder; None when it is news. The code ``slippage`` says
    that an order with a limit found nobody.
    """

    kind: Literal["order_rejected"] = "order_rejected"
    intent: Intent
    code: str
    reason: Problem
    again_at: Moment | None
    since: Moment | None = None
    tries: int = 1


class OrderUnresolved(Fact):
    """It is not known whether an order happened; the leg is left alone meanwhile.

    It is being looked up, or, ``beyond_records``, the exchange has forgotten it and a person is asked.
    """

    kind: Literal["order_unresolved"] = "order_unresolved"
    intent: Intent
    beyond_records: bool = False


class OrderDecided(Fact):
    """Somebody said whether a tier's order that the exchange has forgotten had filled."""

    kind: Literal["order_decided"] = "order_decided"
    intent: Intent
    filled: bool
    by: int


class OrderNotArrived(Fact):
    """An order of unknown outcome was looked up until it would be known: the exchange never got it.

    ``since`` and ``tries`` as of a refusal.
    """

    kind: Literal["order_not_arrived"] = "order_not_arrived"
    intent: Intent
    since: Moment | None = None
    tries: int = 1


class TierIsDust(Fact):
    """A tier was reached, but rounds to less than the smallest order."""

    kind: Literal["tier_is_dust"] = "tier_is_dust"
    leg: LegKey
    tier: int
    threshold: Number
    share: Number
    basis: Basis


class WouldHaveClosed(Fact):
    """A rule would have fired, but is paused."""

    kind: Literal["would_have_closed"] = "would_have_closed"
    intent: Intent


class ForeignOrders(Fact):
    """Orders under our names that this ledger does not know: of another program, or of later than the backup it comes from."""

    kind: Literal["foreign_orders"] = "foreign_orders"
    orders: tuple[Placed, ...]
    cause: Literal["foreign_order", "restored_backup"]


class LegacyClose(Fact):
    """A close that an older daemon had recorded, at ``closed_at``; ``at`` is when it was taken over.

    ``profit`` and ``share`` are fractions; ``fingerprint`` keeps the same record from being taken over twice.
    """

    kind: Literal["legacy_close"] = "legacy_close"
    closed_at: Moment
    instrument_id: str
    side: str
    profit: Number
    share: Number
    reason: str
    fingerprint: str
