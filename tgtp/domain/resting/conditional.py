"""Conditional orders: what is sent to rest at the exchange, and what the exchange shows."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from tgtp.domain.model import (
    LegKey,
    MarginMode,
    Moment,
    NotNegative,
    PositionMode,
    PositionSide,
    Positive,
    Side,
    Value,
    leg_key,
)
from tgtp.domain.order import OURS, client_order_id

ConditionalStatus = Literal["live", "pause", "partially_effective", "effective", "canceled", "order_failed", "partially_failed"]


class RestingTier(Value):
    """A tier that is to rest at the exchange. ``name`` is the order's own id there (``resting_name``).

    ``trigger_price`` is a mark price, rounded so that the ROI at it is not below the threshold.
    """

    name: str
    leg: LegKey
    opened_at: Moment
    position_mode: PositionMode
    tier: int
    contracts: Positive
    trigger_price: Positive

    @property
    def side(self) -> Side:
        """The order side."""
        return self.leg.position_side.closing


class Conditional(Value):
    """A conditional order of anybody's, as the exchange shows it; its times are by the exchange's clock.

    ``name`` is "" where nobody gave it one. ``position_side`` is None in net mode. ``contracts`` is 0 where it closes a
    fraction of the leg. ``trigger_type`` says which price triggers it: "mark", "last", "index", "" where that is not said.
    ``order_ids`` are the orders that it became. ``code`` is why it failed, as far as the exchange says.
    """

    algo_id: str
    name: str
    instrument_id: str
    position_side: PositionSide | None
    side: Side
    margin_mode: MarginMode
    contracts: NotNegative
    trigger_price: Positive | None
    trigger_type: str
    status: ConditionalStatus
    order_ids: tuple[str, ...] = ()
    created_at: Moment
    updated_at: Moment
    code: str = ""

    @property
    def is_ours(self) -> bool:
        """Return whether its name is like those that tgtp gives."""
        return self.name.startswith(OURS)

    @property
    def leg(self) -> LegKey:
        """The leg that it would make smaller."""
        closed = PositionSide.LONG if self.side is Side.SELL else PositionSide.SHORT
        return leg_key(self.instrument_id, self.position_side or closed, self.margin_mode)


def tag_of(tier: int) -> str:
    """Return what a life counts the orders of a tier by that have rested, and their failures."""
    return f"resting{tier}"


def resting_name(account: str, leg: LegKey, opened_at: dt.datetime, generation: int, tier: int, placing: int = 0) -> str:
    """Name a tier's order at the exchange, so that the same placing always gets the same name.

    ``placing`` counts the orders of this tier that are known to have ended without firing: a name that was used is refused.

    >>> key = LegKey(instrument_id="CRV-USDT-SWAP", position_side="long", margin_mode="cross")
    >>> opened_at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    >>> first = resting_name("main", key, opened_at, 0, 1)
    >>> len(first), first == resting_name("main", key, opened_at, 0, 1, 1), first == resting_name("main", key, opened_at, 0, 2)
    (30, False, False)
    """
    return client_order_id(account, leg, opened_at, generation, tag_of(tier), placing)
