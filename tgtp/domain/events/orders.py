"""What became of orders, sent or held back."""

from __future__ import annotations

from typing import Literal

from tgtp.domain.events.fact import Fact
from tgtp.domain.model import LegKey, Moment, NotNegative, Number
from tgtp.domain.order import Basis, Intent, Order


class TierFilled(Fact):
    """An order of a tier has filled. ``finished`` is False while part of the tier's own size is still open.

    ``both_modes`` says that the coin was held cross and isolated at once.
    """

    kind: Literal["tier_filled"] = "tier_filled"
    intent: Intent
    order: Order
    contracts_left: NotNegative
    both_modes: bool = False
    finished: bool
    fired: tuple[int, ...]
    next_threshold: Number | None


class HedgeFilled(Fact):
    """The losing leg of a pair was closed down towards its base."""

    kind: Literal["hedge_filled"] = "hedge_filled"
    intent: Intent
    order: Order
    contracts_left: NotNegative
    both_modes: bool = False


class HandFilled(Fact):
    """A close that a person asked for has filled."""

    kind: Literal["hand_filled"] = "hand_filled"
    intent: Intent
    order: Order
    contracts_left: NotNegative
    both_modes: bool = False


class OrderRejected(Fact):
    """The exchange refused an order, definitely. Told once per cause; tried again at ``again_at``."""

    kind: Literal["order_rejected"] = "order_rejected"
    intent: Intent
    code: str
    reason: str
    again_at: Moment | None


class OrderUnresolved(Fact):
    """It is not known whether an order happened; it is being looked up and the leg is left alone."""

    kind: Literal["order_unresolved"] = "order_unresolved"
    intent: Intent


class OrderNotArrived(Fact):
    """An order of unknown outcome was looked up until it would be known: the exchange never got it."""

    kind: Literal["order_not_arrived"] = "order_not_arrived"
    intent: Intent


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
