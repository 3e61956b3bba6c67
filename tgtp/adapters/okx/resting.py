"""Orders that rest at OKX: ordinary ones, and algo orders (take-profits, stops, triggers), which have lists of their own.

https://www.okx.com/docs-v5/en/#order-book-trading-trade-get-order-list
https://www.okx.com/docs-v5/en/#order-book-trading-algo-trading-get-algo-order-list
"""

from __future__ import annotations

from typing import Any

from tgtp.adapters.okx.replies import read_rows
from tgtp.domain.order import OURS, Resting

# As many kinds as one request may name.
ALGO_KINDS = ("conditional,oco", "trigger", "move_order_stop", "iceberg", "twap")


async def read_resting(client: Any) -> tuple[Resting, ...]:
    """Read the newest hundred of each kind. Raises TemporarilyDown, AccessRefused."""
    rows = await read_rows(client.privateGetTradeOrdersPending, {"instType": "SWAP"})
    for kinds in ALGO_KINDS:
        rows += await read_rows(client.privateGetTradeOrdersAlgoPending, {"instType": "SWAP", "ordType": kinds})
    return tuple(
        Resting(
            name=str(row.get("ordId") or row.get("algoId") or ""),
            instrument_id=str(row.get("instId", "")),
            what=str(row.get("ordType", "")),
            is_ours=any(str(row.get(name) or "").startswith(OURS) for name in ("clOrdId", "algoClOrdId")),
        )
        for row in rows
    )
