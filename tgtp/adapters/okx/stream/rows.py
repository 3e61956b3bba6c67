"""The rows that are pushed → values."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tgtp.adapters.okx.rows.fields import Malformed, Row, moment, number, shown, shown_moment
from tgtp.adapters.okx.rows.legs import OTHER_KINDS, is_ours
from tgtp.domain.model import LegKey, MarginMode, PositionSide, leg_key
from tgtp.engine.ports import PushedMark, PushedOrder, PushedPosition

SIDES = {side.value: side for side in PositionSide}
MODES = {mode.value: mode for mode in MarginMode}


def pushed_mark(row: Row, received_at: float, *, is_first: bool) -> PushedMark:
    """Read a mark price. Raises Malformed."""
    price = number(row, "markPx")
    if price <= 0:
        raise Malformed(f"markPx is {price}")
    return PushedMark(row["instId"], price, moment(row, "ts"), received_at, is_first)


def pushed_position(row: Any, received_at: float) -> PushedPosition | None:
    """Read a position; None for what is none of ours. What cannot be read of it is None, and counts as changed."""
    name = _name_of(row)
    if name is None:
        return None
    if not name:
        return unknown_position(received_at)
    contracts = shown(row, "pos")
    key = _key(row, name, contracts)
    return PushedPosition(
        name,
        key,
        None if contracts is None else abs(contracts),
        shown(row, "avgPx"),
        shown(row, "lever"),
        # As in a look: of a cross leg what OKX binds for it at the mark price of now.
        shown(row, "margin" if row.get("mgnMode") == "isolated" else "imr"),
        shown_moment(row, "uTime"),
        received_at,
    )


def unknown_position(received_at: float) -> PushedPosition:
    """Return that any position may have changed."""
    return PushedPosition("", None, None, None, None, None, None, received_at)


def pushed_order(row: Any, received_at: float) -> PushedOrder | None:
    """Read which instrument an order is of; None for what is none of ours, an empty name where it cannot be read."""
    name = _name_of(row)
    return None if name is None else PushedOrder(name, received_at)


def _name_of(row: Any) -> str | None:
    """Return the instrument; "" where a row does not say it, None where it is none of ours."""
    if not isinstance(row, dict):
        return ""
    name = row.get("instId")
    if isinstance(name, str) and name:
        return name if is_ours(row) else None
    return None if row.get("instType") in OTHER_KINDS else ""


def _key(row: Row, name: str, contracts: Decimal | None) -> LegKey | None:
    side = row.get("posSide")
    if side == "net":
        # The sign is the direction; a closed one has none.
        side = "" if not contracts else "long" if contracts > 0 else "short"
    known_side, known_mode = SIDES.get(str(side)), MODES.get(str(row.get("mgnMode")))
    return None if known_side is None or known_mode is None else leg_key(name, known_side, known_mode)
