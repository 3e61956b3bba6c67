"""OKX's rows → values. Every field is a string, and ``""`` where it does not apply."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from tgtp.domain.model import (
    AccountMode,
    Instrument,
    Leg,
    LegKey,
    MarginMode,
    PositionMode,
    PositionSide,
    Unreadable,
    UnreadableLeg,
    Unwatched,
    leg_key,
)
from tgtp.domain.order import Intent, Order, OrderStatus

Row = Mapping[str, Any]

# No price, size or time is anywhere near; beyond it arithmetic would overflow.
LARGEST_EXPONENT = 30

STATUS = {
    "live": OrderStatus.LIVE,
    "partially_filled": OrderStatus.LIVE,
    "filled": OrderStatus.FILLED,
    "canceled": OrderStatus.CANCELED,
    "mmp_canceled": OrderStatus.CANCELED,
}

# ``acctLv``.
ACCOUNT_MODES = {
    "1": AccountMode.SPOT,
    "2": AccountMode.FUTURES,
    "3": AccountMode.MULTI_CURRENCY,
    "4": AccountMode.PORTFOLIO_MARGIN,
}
# ``instType`` of what is surely no swap.
OTHER_KINDS = frozenset({"MARGIN", "FUTURES", "OPTION"})


class Malformed(ValueError):
    """A row lacks what it must have, or holds what it must not."""


def optional(row: Row, name: str) -> Decimal | None:
    """Read a number that may be absent or empty. A JSON number where OKX sends strings is not believed."""
    text = row.get(name)
    if text is None or text == "":
        return None
    if not isinstance(text, str):
        raise Malformed(f"{name} is {text!r}, not a string")
    try:
        value = Decimal(text)
    except InvalidOperation as exc:
        raise Malformed(f"{name} is {text!r}, not a number") from exc
    if not value.is_finite() or abs(value.adjusted()) > LARGEST_EXPONENT:
        raise Malformed(f"{name} is {text!r}")
    return value


def shown(row: Row, name: str) -> Decimal | None:
    """Read a number that is only shown: no rule decides on it, so nonsense in it is no reason to leave a leg unguarded."""
    try:
        return optional(row, name)
    except Malformed:
        return None


def available_of(balance: Row) -> Decimal | None:
    """Read the USDT of a balance that new orders and added margin can be paid from; None where it does not say."""
    details = balance.get("details")
    for row in details if isinstance(details, list) else ():
        if isinstance(row, Mapping) and row.get("ccy") == "USDT":
            equity = shown(row, "availEq")
            # In some account modes only the balance is told.
            return equity if equity is not None else shown(row, "availBal")
    return None


def shown_above_zero(row: Row, name: str) -> Decimal | None:
    """Read a price or ratio that is only shown; OKX works out prices below 0 for a leg that cannot be liquidated."""
    value = shown(row, name)
    return value if value is not None and value > 0 else None


def number(row: Row, name: str) -> Decimal:
    """Read a number that must be there."""
    value = optional(row, name)
    if value is None:
        raise Malformed(f"{name} is missing")
    return value


def moment(row: Row, name: str) -> dt.datetime:
    """Read a time in milliseconds since 1970."""
    milliseconds = number(row, name)
    if not 0 < milliseconds < 10**14:
        raise Malformed(f"{name} is {milliseconds}, not a time")
    whole = int(milliseconds)
    return dt.datetime.fromtimestamp(whole // 1000, dt.UTC) + dt.timedelta(milliseconds=whole % 1000)


def instrument_of(row: Row) -> Instrument | None:
    """Read an instrument; None when it is not a USDT-settled linear swap."""
    if row.get("instType") != "SWAP" or row.get("settleCcy") != "USDT" or row.get("ctType") != "linear":
        return None
    try:
        return Instrument(
            instrument_id=row["instId"],
            contract_size=number(row, "ctVal") * (optional(row, "ctMult") or 1),
            lot_size=number(row, "lotSz"),
            min_contracts=number(row, "minSz"),
            tick_size=number(row, "tickSz"),
            max_market_contracts=optional(row, "maxMktSz") or None,
            ends_at=_shown_moment(row, "expTime"),
            tradable=row.get("state") in (None, "", "live"),
        )
    except (ValidationError, KeyError) as exc:
        raise Malformed(f"{row.get('instId')}: {exc}") from exc


def _shown_moment(row: Row, name: str) -> dt.datetime | None:
    """Read a time that people are only told; None where it makes no sense, which is no reason to leave a leg alone."""
    try:
        return moment(row, name) if row.get(name) else None
    except Malformed:
        return None


def account_mode_of(row: Row) -> AccountMode | None:
    """Read the mode of an account's configuration; None for one that is not known."""
    return ACCOUNT_MODES.get(str(row.get("acctLv")))


def is_ours(row: Row) -> bool:
    """Say whether a row is of a USDT-settled swap, by its name: that alone may be left of it."""
    name = row.get("instId")
    return isinstance(name, str) and name.endswith("-USDT-SWAP") and row.get("instType") not in OTHER_KINDS


def lacks_leverage(row: Row) -> bool:
    """Say whether OKX gives no leverage; a field that is missing or makes no sense is another matter."""
    return row.get("lever") == "" or shown(row, "lever") == 0


def leg_or_reason(
    row: Row,
    instruments: Mapping[str, Instrument],
    priced_at: dt.datetime | None = None,
    public_mark: Decimal | None = None,
    account_mode: AccountMode | None = None,
) -> Leg | UnreadableLeg | Unwatched | None:
    """Read a position; everybody was told the mark price ``public_mark``, in a reply that was made at ``priced_at``.

    Gives a leg; or one that cannot be read, and why; or why it is not watched; or None for a row of size 0. Raises Malformed
    when not even the instrument can be told: then the row may be any leg.
    """
    name, kind = row.get("instId"), row.get("instType")
    contracts = shown(row, "pos")
    if contracts == 0:
        return None
    if not is_ours(row):
        if not isinstance(name, str) or not name:
            if kind not in OTHER_KINDS:
                raise Malformed("a row without an instrument")
            name = str(kind)
        if row.get("pos") == "":
            return None
        return Unwatched(name=name, reason="not_swap" if kind != "SWAP" else "not_usdt")
    name = str(name)
    # Net mode: the sign is the direction.
    side = row.get("posSide") if row.get("posSide") != "net" or contracts is None else "long" if contracts > 0 else "short"
    keys = _keys(name, str(side), str(row.get("mgnMode")))
    instrument = instruments.get(name)
    if instrument is None:
        return _unreadable(row, keys, None, "unknown_instrument")
    if len(keys) != 1 or contracts is None:
        return _unreadable(row, keys, instrument, "nonsense", f"pos {row.get('pos')!r}, posSide {row.get('posSide')!r}")
    cross = keys[0].margin_mode is MarginMode.CROSS
    if account_mode is AccountMode.PORTFOLIO_MARGIN and (cross or lacks_leverage(row)):
        # Its margin is the risk unit's: neither a ROI nor the smallest margin would mean anything.
        return _unreadable(row, keys, instrument, "portfolio_margin")
    if lacks_leverage(row) and (account_mode is None or shown(row, "uplRatio") is None):
        return _unreadable(row, keys, instrument, "no_leverage")
    mode = PositionMode.NET if row.get("posSide") == "net" else PositionMode.LONG_SHORT
    try:
        if kind != "SWAP":
            raise Malformed(f"instType is {kind!r}")
        return _leg(row, instrument, keys[0], mode, abs(contracts), (public_mark, priced_at))
    except (Malformed, ValidationError) as exc:
        return _unreadable(row, keys, instrument, "nonsense", _said(exc))


def twice(first: Leg | UnreadableLeg, second: Leg | UnreadableLeg) -> UnreadableLeg:
    """Make one leg that cannot be read of one that stands twice in a reply; of two sizes it surely holds the smaller one."""
    sizes = [leg.contracts for leg in (first, second) if leg.contracts is not None]
    times = {leg.opened_at for leg in (first, second)}
    return UnreadableLeg(
        keys=(first.key,),
        why="twice",
        detail=f"pos {' and '.join(f'{size:f}' for size in sizes)}",
        position_mode=first.position_mode or second.position_mode,
        contracts=min(sizes, default=None),
        opened_at=first.opened_at if len(times) == 1 else None,
        instrument=first.instrument,
    )


def order_of(row: Row, client_order_id: str) -> Order:
    """Read an order; OKX's fee is negative when paid, ours positive. Raises Malformed."""
    status = STATUS.get(str(row.get("state")))
    if status is None:
        raise Malformed(f"state is {row.get('state')!r}")
    if row.get("clOrdId") != client_order_id:
        raise Malformed(f"asked for {client_order_id}, got {row.get('clOrdId')!r}")
    filled = optional(row, "accFillSz") or Decimal(0)
    if status is OrderStatus.FILLED and filled == 0:
        raise Malformed("filled, with nothing filled")
    try:
        return Order(
            client_order_id=client_order_id,
            order_id=str(row["ordId"]),
            status=status,
            filled_contracts=filled,
            average_price=optional(row, "avgPx") or None,
            fee=-(optional(row, "fee") or Decimal(0)),
            realised_pnl=optional(row, "pnl") or Decimal(0),
            updated_at=moment(row, "fillTime") if row.get("fillTime") else moment(row, "uTime"),
            reason=str(row.get("cancelSourceReason") or ""),
        )
    except (ValidationError, KeyError) as exc:
        raise Malformed(str(exc)) from exc


def is_of(row: Row, intent: Intent) -> bool:
    """Say whether a line or a trade is an order's: by OKX's own id where it is known, for a name may be used again."""
    if intent.order_id:
        return row.get("ordId") == intent.order_id
    return row.get("clOrdId") == intent.client_order_id


def text_of(row: Row, name: str) -> str:
    """Read a text that must be there. Raises Malformed."""
    value = row.get(name)
    if not isinstance(value, str) or not value:
        raise Malformed(f"{name} is {value!r}")
    return value


def order_from_trades(rows: Sequence[Row], intent: Intent) -> Order | None:
    """Add an order's trades up; None for none. Its end is known only where they are all of it. Raises Malformed."""
    if not rows:
        return None
    filled = sum((number(row, "fillSz") for row in rows), Decimal(0))
    worth = sum((number(row, "fillSz") * number(row, "fillPx") for row in rows), Decimal(0))
    if filled <= 0:
        raise Malformed("trades of nothing")
    return Order(
        client_order_id=intent.client_order_id,
        order_id=str(rows[0].get("ordId") or intent.order_id),
        status=OrderStatus.FILLED if filled >= intent.contracts else OrderStatus.LIVE,
        filled_contracts=filled,
        average_price=worth / filled,
        fee=-sum((optional(row, "fee") or Decimal(0) for row in rows), Decimal(0)),
        realised_pnl=sum((optional(row, "fillPnl") or Decimal(0) for row in rows), Decimal(0)),
        updated_at=max(moment(row, "ts") for row in rows),
    )


def _closing_orders(row: Row) -> int:
    """Count the resting orders that close the whole leg; one for a part of it says a fraction below 1."""
    resting = row.get("closeOrderAlgo")
    if not isinstance(resting, list):
        return 0
    fractions = [shown(one, "closeFraction") for one in resting if isinstance(one, Mapping)]
    # Where it does not say, it may be all of it.
    return sum(fraction is None or fraction >= 1 for fraction in fractions)


def _said(exc: ValueError) -> str:
    """Give what is wrong in one line; a value that the model refuses is named by its field."""
    if isinstance(exc, ValidationError):
        wrong = exc.errors(include_url=False)[0]
        return f"{'.'.join(map(str, wrong['loc']))}: {wrong['msg']}"
    return str(exc)


def _unreadable(
    row: Row, keys: tuple[LegKey, ...], instrument: Instrument | None, why: Unreadable, detail: str = ""
) -> UnreadableLeg:
    """Give a leg that cannot be read with all that its row says for certain: nothing, where it may be several legs."""
    if len(keys) != 1:
        return UnreadableLeg(keys=keys, why=why, detail=detail, certain=False, instrument=instrument)
    contracts, mark = shown(row, "pos"), shown_above_zero(row, "markPx")
    modes = {"net": PositionMode.NET, "long": PositionMode.LONG_SHORT, "short": PositionMode.LONG_SHORT}
    return UnreadableLeg(
        keys=keys,
        why=why,
        detail=detail,
        position_mode=modes.get(str(row.get("posSide"))),
        contracts=abs(contracts) if contracts is not None else None,
        opened_at=_moment_or_none(row, "cTime"),
        adjusted_at=_moment_or_none(row, "uTime"),
        instrument=instrument,
        mark_price=mark,
        unrealised_pnl=shown(row, "upl"),
    )


def _moment_or_none(row: Row, name: str) -> dt.datetime | None:
    try:
        return moment(row, name)
    except Malformed:
        return None


@lru_cache(maxsize=4096)
def _keys(name: str, side: str, margin_mode: str) -> tuple[LegKey, ...]:
    """Name the leg, or all that it may be."""
    sides = tuple(one for one in PositionSide if one.value == side) or tuple(PositionSide)
    modes = tuple(one for one in MarginMode if one.value == margin_mode) or tuple(MarginMode)
    return tuple(leg_key(name, one, mode) for one in sides for mode in modes)


def _leg(
    row: Row,
    instrument: Instrument,
    key: LegKey,
    mode: PositionMode,
    contracts: Decimal,
    public: tuple[Decimal | None, dt.datetime | None],
) -> Leg:
    entry, mark = number(row, "avgPx"), number(row, "markPx")
    leverage = None if lacks_leverage(row) else number(row, "lever")
    opened_at = moment(row, "cTime")
    if leverage is not None and leverage <= 0:
        raise Malformed(f"lever is {leverage}")
    # ``imr`` is empty for isolated legs and ``margin`` for cross ones; read as 0 they would never be watched.
    if key.margin_mode is MarginMode.CROSS:
        margin, price = optional(row, "imr"), mark
    else:
        # It carries what was added and taken out, which no other number says: one worked out would have margin moved twice.
        margin, price = number(row, "margin"), entry
    worth = contracts * instrument.contract_size * price
    if margin is None and leverage is not None:
        margin = worth / leverage
    if margin is None or (leverage is None and margin <= 0):
        raise Malformed("neither leverage nor margin")
    pnl = shown(row, "upl")
    if pnl is None:
        pnl = (mark - entry) * contracts * instrument.contract_size * key.position_side.sign
    fee = shown(row, "fee")
    return Leg(
        instrument=instrument,
        position_side=key.position_side,
        margin_mode=key.margin_mode,
        position_mode=mode,
        contracts=contracts,
        entry_price=entry,
        mark_price=mark,
        leverage=worth / margin if leverage is None else leverage,
        leverage_known=leverage is not None,
        initial_margin=margin,
        opened_at=opened_at,
        adjusted_at=moment(row, "uTime") if row.get("uTime") else opened_at,
        unrealised_pnl=pnl,
        realised_pnl=shown(row, "realizedPnl") or Decimal(0),
        exchange_roi=shown(row, "uplRatio"),
        exchange_notional=_notional(row),
        public_mark=public[0],
        priced_at=public[1],
        liquidation_price=shown_above_zero(row, "liqPx"),
        closing_orders=_closing_orders(row),
        break_even_price=shown_above_zero(row, "bePx"),
        # Negative when paid, to OKX.
        fees=None if fee is None else -fee,
        funding=shown(row, "fundingFee"),
        margin_ratio=shown_above_zero(row, "mgnRatio"),
    )


def _notional(row: Row) -> Decimal | None:
    """Read what OKX says a leg is worth, in USDT; None where it does not say."""
    dollars = shown(row, "notionalUsd")
    if dollars is None:
        return None
    price = shown_above_zero(row, "usdPx")
    return abs(dollars) if price is None else abs(dollars) / price
