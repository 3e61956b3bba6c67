"""Events as an account makes them, mostly orders that have filled, no two alike."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random

from tgtp.domain.events import Event, ExchangeFound, HedgeFilled, LegOpened, TierFilled
from tgtp.domain.model import Basis, Intent, LegKey, MarginMode, Order, OrderStatus, PositionMode, PositionSide, client_order_id

BEGIN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
COINS = ("CRV", "STX", "UNI", "LINK", "ETH", "BCH", "CRO", "XLM", "TAO", "NEAR", "APT", "DOT", "FIL", "AAVE", "LTC")


def mixed_event(rng: Random, number: int, every: dt.timedelta) -> Event:
    """Give the event of this number, ``every`` so much time: seven tiers, two hedges and one other in ten."""
    at = BEGIN + number * every + dt.timedelta(microseconds=rng.randrange(1_000_000))
    key = LegKey(
        instrument_id=f"{rng.choice(COINS)}-USDT-SWAP",
        position_side=rng.choice(tuple(PositionSide)),
        margin_mode=rng.choice(tuple(MarginMode)),
    )
    kind = rng.randrange(10)
    if kind == 9:
        if number % 2:
            return ExchangeFound(at=at, cause="down", lost_at=at - dt.timedelta(seconds=rng.randrange(600)))
        return LegOpened(at=at, leg=key, contracts=_some(rng, 1), entry_price=_some(rng, 4), initial_margin=_some(rng, 12))
    tier = kind % 3 + 1 if kind < 7 else None
    tag = f"tier{tier}" if tier else "hedge"
    opened_at = at - dt.timedelta(milliseconds=rng.randrange(10**9))
    held, closed, price = _some(rng, 1), _some(rng, 1), _some(rng, 5)
    basis = Basis(
        roi=_some(rng, 28),
        initial_margin=_some(rng, 14),
        mark_price=price,
        entry_price=_some(rng, 16),
        leverage=Decimal(10),
        contracts=held,
        contract_size=Decimal(rng.choice((1, 10, 100))),
        lot_size=Decimal("0.1"),
        min_contracts=Decimal("0.1"),
        adjusted_at=opened_at,
        target_contracts=closed,
        min_margin=Decimal(1),
        **(
            {"threshold": Decimal("0.25"), "share": Decimal("0.3")}
            if tier
            else {"other_roi": _some(rng, 28), "base_contracts": held}
        ),
    )
    name = client_order_id("main", key, opened_at, 0, tag, 0)
    intent = Intent(
        client_order_id=name,
        leg=key,
        opened_at=opened_at,
        position_mode=PositionMode.LONG_SHORT,
        rule="tier" if tier else "hedge",
        tag=tag,
        tier=tier,
        contracts=closed,
        basis=basis,
        meant_at=at,
    )
    order = Order(
        client_order_id=name,
        order_id=str(rng.randrange(10**18, 10**19)),
        status=OrderStatus.FILLED,
        filled_contracts=closed,
        average_price=price,
        fee=_some(rng, 10),
        realised_pnl=_some(rng, 10),
        updated_at=at,
    )
    if tier is None:
        return HedgeFilled(at=at, intent=intent, order=order, contracts_left=held)
    return TierFilled(
        at=at,
        intent=intent,
        order=order,
        contracts_left=held,
        finished=True,
        fired=tuple(range(1, tier + 1)),
        next_threshold=Decimal("0.35"),
    )


def _some(rng: Random, digits: int) -> Decimal:
    """A number with so many digits behind the point."""
    return Decimal(rng.randrange(1, 10 ** (digits + 2))).scaleb(-digits)
