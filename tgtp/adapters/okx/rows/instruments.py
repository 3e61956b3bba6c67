"""The row of an instrument."""

from __future__ import annotations

from pydantic import ValidationError

from tgtp.adapters.okx.rows.fields import Malformed, Row, number, optional, shown_moment
from tgtp.domain.model import Instrument


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
            ends_at=shown_moment(row, "expTime"),
            tradable=row.get("state") in (None, "", "live"),
        )
    except (ValidationError, KeyError) as exc:
        raise Malformed(f"{row.get('instId')}: {exc}") from exc
