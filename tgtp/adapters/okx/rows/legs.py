"""The row of a position: a leg, or why there is none to work with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache

from pydantic import ValidationError

from tgtp.adapters.okx.rows.fields import Malformed, Row, moment, number, optional, shown, shown_above_zero, shown_moment
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

# ``instType`` of what is surely no swap. A tuple: what a row holds in its place may be a list, which has no hash.
OTHER_KINDS = ("MARGIN", "FUTURES", "OPTION")


def is_ours(row: Row) -> bool:
    """Return whether a row is of a USDT-settled swap, by its name: that alone may be left of it."""
    name = row.get("instId")
    return isinstance(name, str) and name.endswith("-USDT-SWAP") and row.get("instType") not in OTHER_KINDS


def lacks_leverage(row: Row) -> bool:
    """Return whether OKX gives no leverage; a field that is missing or makes no sense is another matter."""
    return row.get("lever") == "" or shown(row, "lever") == 0


def swap_pnl_of(rows: Iterable[Row]) -> Decimal | None:
    """Add up the unrealised P&L (USDT) of all USDT-settled swaps, whatever else their rows say; None where one is not told."""
    total = Decimal(0)
    for row in rows:
        is_nameless = not isinstance(row.get("instId"), str) or not row["instId"]
        if is_nameless and row.get("instType") not in OTHER_KINDS:
            return None
        if not is_ours(row) or shown(row, "pos") == 0:
            continue
        if (pnl := shown(row, "upl")) is None:
            return None
        total += pnl
    return total


def futures_pnl_of(rows: Iterable[Row]) -> Decimal | None:
    """Add up the unrealised P&L of USDT-settled expiry futures: it is in the USDT equity; None where one is not told."""
    total = Decimal(0)
    for row in rows:
        if row.get("instType") != "FUTURES" or str(row.get("instId")).split("-")[1:2] != ["USDT"] or shown(row, "pos") == 0:
            continue
        if (pnl := shown(row, "upl")) is None:
            return None
        total += pnl
    return total


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


def _unreadable(
    row: Row, keys: tuple[LegKey, ...], instrument: Instrument | None, why: Unreadable, detail: str = ""
) -> UnreadableLeg:
    """Return a leg that cannot be read with all that its row says for certain: nothing, where it may be several legs."""
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
        opened_at=shown_moment(row, "cTime"),
        adjusted_at=shown_moment(row, "uTime"),
        instrument=instrument,
        mark_price=mark,
        unrealised_pnl=shown(row, "upl"),
    )


def _said(exc: ValueError) -> str:
    """Return what is wrong in one line; a value that the model refuses is named by its field."""
    if isinstance(exc, ValidationError):
        wrong = exc.errors(include_url=False)[0]
        return f"{'.'.join(map(str, wrong['loc']))}: {wrong['msg']}"
    return str(exc)


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


def _closing_orders(row: Row) -> int:
    """Count the resting orders that close the whole leg; one for a part of it says a fraction below 1."""
    resting = row.get("closeOrderAlgo")
    if not isinstance(resting, list):
        return 0
    fractions = [shown(one, "closeFraction") for one in resting if isinstance(one, Mapping)]
    # Where it does not say, it may be all of it.
    return sum(fraction is None or fraction >= 1 for fraction in fractions)
