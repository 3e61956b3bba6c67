"""What happened to legs."""

from __future__ import annotations

from typing import Literal

from tgtp.domain.doubts.prices import Doubt
from tgtp.domain.events.fact import Fact
from tgtp.domain.model import CloseKind, LegKey, Moment, NotNegative, Number, Positive, Unreadable


class LegOpened(Fact):
    """A leg appeared that was not opened by tgtp.

    ``reopened``: the very same life that was taken for gone. ``anew``: in place of one that was closed between two looks.
    """

    kind: Literal["leg_opened"] = "leg_opened"
    leg: LegKey
    contracts: Positive
    entry_price: Positive
    initial_margin: NotNegative
    reopened: bool = False
    anew: bool = False


class LegGrew(Fact):
    """Somebody added to a leg. With fired tiers the person is asked: re-arm, or keep."""

    kind: Literal["leg_grew"] = "leg_grew"
    leg: LegKey
    opened_at: Moment
    generation: int
    before: NotNegative
    contracts: Positive
    fired: tuple[int, ...]
    rearmed: bool = False


class LegShrank(Fact):
    """Somebody, or the exchange, made a leg smaller; ``how`` is ``order`` where its history says that an order did."""

    kind: Literal["leg_shrank"] = "leg_shrank"
    leg: LegKey
    before: NotNegative
    contracts: Positive
    how: Literal["unknown", "order"] = "unknown"


class LegRedenominated(Fact):
    """The exchange counts a leg in contracts of another size (coins): the same position, nothing bought and nothing sold."""

    kind: Literal["leg_redenominated"] = "leg_redenominated"
    leg: LegKey
    before: NotNegative
    contracts: NotNegative
    size_before: Positive
    size: Positive


class LegGone(Fact):
    """A leg is closed: missing from two whole replies in a row. ``by_us`` when our own orders closed it.

    ``how`` is ``order`` where its history says that an order did.
    """

    kind: Literal["leg_gone"] = "leg_gone"
    leg: LegKey
    contracts: NotNegative
    by_us: bool
    how: Literal["unknown", "order"] = "unknown"


class LegForceClosed(Fact):
    """The exchange has closed a leg, or a part of it, by liquidation or by auto-deleveraging (ADL).

    ``before`` contracts were held, ``contracts`` are left. ``realised`` (USDT, below 0 when lost, fees and penalty counted in)
    came of this, None where the leg's row of before is not known; ``life_realised`` of its life. ``mark_price`` set it off.
    """

    kind: Literal["leg_force_closed"] = "leg_force_closed"
    leg: LegKey
    how: CloseKind
    before: NotNegative
    contracts: NotNegative
    life_realised: Number
    realised: Number | None = None
    mark_price: Positive | None = None


class LegUnreadable(Fact):
    """The row of a leg cannot be worked with; it is left alone until it can, and counts as open.

    ``leg`` is None where the row does not say which one it is: then ``name`` is its instrument, "" where not even that is said.
    """

    kind: Literal["leg_unreadable"] = "leg_unreadable"
    leg: LegKey | None = None
    name: str = ""
    why: Unreadable = "nonsense"
    detail: str = ""
    contracts: Positive | None = None


class LegReadable(Fact):
    """The row of a leg can be read again; it is watched from the next check on."""

    kind: Literal["leg_readable"] = "leg_readable"
    leg: LegKey
    contracts: Positive


class LeverageChanged(Fact):
    """Somebody changed the leverage of a leg: its ROI, and what is due, change with it."""

    kind: Literal["leverage_changed"] = "leverage_changed"
    leg: LegKey
    before: Positive
    after: Positive
    roi: Number


class MarginChanged(Fact):
    """Somebody moved margin into an isolated leg (``amount`` USDT above 0) or out of it; ``margin`` is what it has now."""

    kind: Literal["margin_changed"] = "margin_changed"
    leg: LegKey
    amount: Number
    margin: NotNegative


class LegDoubted(Fact):
    """A leg was left alone for a check, because its numbers do not go together."""

    kind: Literal["leg_doubted"] = "leg_doubted"
    leg: LegKey
    doubt: Doubt


class LegUnguarded(Fact):
    """A leg has been left alone for so many ``seconds`` by now, because its numbers still do not go together."""

    kind: Literal["leg_unguarded"] = "leg_unguarded"
    leg: LegKey
    doubt: Doubt
    seconds: int


class LiquidationNear(Fact):
    """A leg has come near its liquidation.

    ``distance`` is how far the mark price is from ``liquidation_price``, a fraction of the mark price. Where the exchange names
    no such price, ``margin_ratio`` says how near it is (liquidated at 1).
    """

    kind: Literal["liquidation_near"] = "liquidation_near"
    leg: LegKey
    opened_at: Moment
    mark_price: Positive
    roi: Number
    liquidation_price: Positive | None = None
    distance: Number | None = None
    margin_ratio: Positive | None = None
