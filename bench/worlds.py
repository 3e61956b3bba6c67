"""Accounts of any size for measuring."""

from __future__ import annotations

from typing import Any

OPENED = 1767225600000


def rows_for(legs: int) -> list[dict[str, Any]]:
    """Give rows of quiet legs, half of them pairs, every other one at or under 1 U, as OKX writes them."""
    rows: list[dict[str, Any]] = []
    for number in range(legs):
        side = "long" if number % 2 == 0 else "short"
        mark = 5 + (number % 7) / 100
        contracts = 40 if number % 4 < 2 else 1
        rows.append(
            {
                "instType": "SWAP",
                "instId": f"C{number // 2:03d}-USDT-SWAP",
                "mgnMode": "cross",
                "posSide": side,
                "pos": str(contracts),
                "avgPx": "4.99" if side == "long" else "5.10",
                "markPx": f"{mark:.4f}",
                "lever": "10",
                "imr": f"{contracts * mark / 10:.6f}",
                "margin": "",
                "upl": "0.5",
                "uplRatio": "0.01",
                "liqPx": "",
                "realizedPnl": "0",
                "cTime": str(OPENED + number),
                "uTime": str(OPENED + number),
                "closeOrderAlgo": [],
            }
        )
    return rows


class ReplyingClient:
    """Answers as ccxt's client does once the HTTP call is over: with decoded JSON."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.options: dict[str, Any] = {}
        self._rows = rows

    async def privateGetAccountPositions(self, _: Any) -> Any:  # noqa: N802 - ccxt's name
        return {"code": "0", "msg": "", "data": self._rows}

    async def privateGetAccountBalance(self, _: Any) -> Any:  # noqa: N802
        return {"code": "0", "msg": "", "data": [{"totalEq": "1000.5"}]}

    async def privateGetAccountConfig(self, _: Any) -> Any:  # noqa: N802
        return {"code": "0", "msg": "", "data": [{"posMode": "long_short_mode", "perm": "read_only,trade", "ip": ""}]}

    async def publicGetPublicTime(self, _: Any) -> Any:  # noqa: N802
        return {"code": "0", "msg": "", "data": [{"ts": str(OPENED)}]}

    async def publicGetPublicMarkPrice(self, _: Any) -> Any:  # noqa: N802
        names = {row["instId"]: row["markPx"] for row in self._rows}
        rows = [{"instId": name, "instType": "SWAP", "markPx": mark, "ts": str(OPENED)} for name, mark in names.items()]
        return {"code": "0", "msg": "", "data": rows}

    async def publicGetPublicInstruments(self, _: Any) -> Any:  # noqa: N802
        names = {row["instId"] for row in self._rows}
        return {
            "code": "0",
            "msg": "",
            "data": [
                {
                    "instType": "SWAP",
                    "instId": name,
                    "settleCcy": "USDT",
                    "ctType": "linear",
                    "ctVal": "1",
                    "ctMult": "1",
                    "lotSz": "1",
                    "minSz": "1",
                    "tickSz": "0.0001",
                    "maxMktSz": "100000",
                }
                for name in sorted(names)
            ],
        }
