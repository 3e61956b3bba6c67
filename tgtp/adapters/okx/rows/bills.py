"""The row of a bill (``/account/bills``)."""

from __future__ import annotations

from decimal import Decimal

from tgtp.adapters.okx.rows.fields import Row, moment, optional, text_of
from tgtp.domain.model import Bill, BillKind

# ``type``: https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-bills-details-last-7-days
# Trades, block and spread trades; liquidation, ADL and clawback.
OF_SWAPS: dict[str, BillKind] = {
    **dict.fromkeys(("2", "14", "24"), "trade"),
    **dict.fromkeys(("5", "9", "10"), "liquidation"),
    "8": "funding",
}
TRANSFERS = frozenset({"1", "12"})


def bill_of(row: Row) -> Bill:
    """Read a bill in USDT. Raises Malformed.

    ``balChg`` and ``posBalChg`` are what it changes of the balance and of an isolated leg's margin. Profit is in ``pnl`` and
    ``fee`` (negative when paid): a trade of an isolated leg moves margin as well, and its funding leaves ``balChg`` at 0.
    """
    kind, moved = str(row.get("type")), _sum(row, "balChg", "posBalChg")
    of_swap = OF_SWAPS.get(kind) if row.get("instType") == "SWAP" else None
    name, at = text_of(row, "billId"), moment(row, "ts")
    if of_swap is None:
        return Bill(bill_id=name, at=at, kind="transfer" if kind in TRANSFERS else "other", amount=moved)
    # Where neither is told, as of a penalty, what has moved is what it cost.
    return Bill(bill_id=name, at=at, kind=of_swap, amount=_sum(row, "pnl", "fee") or moved)


def _sum(row: Row, first: str, second: str) -> Decimal:
    return (optional(row, first) or Decimal(0)) + (optional(row, second) or Decimal(0))
