"""Accounts of any size for measuring."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tgtp.adapters.okx.pace import RequestCounter
from tgtp.engine.ports import Clock

OPENED = 1767225600000


def rows_for(legs: int, large: int = 40) -> list[dict[str, Any]]:
    """Give rows of quiet legs, half of them pairs, every other one at or under 1 U, as OKX writes them.

    ``large`` are the contracts of the others: 20, worth 10 U of margin, are what a sub-account's leg should hold.
    """
    rows: list[dict[str, Any]] = []
    for number in range(legs):
        side = "long" if number % 2 == 0 else "short"
        mark = 5 + (number // 2 % 7) / 100
        contracts = large if number % 4 < 2 else 1
        entry = 4.99 if side == "long" else 5.10
        # Numbers that do not agree would be doubted, and the rules would have nothing to do.
        roi = (mark - entry) / entry * (10 if side == "long" else -10)
        rows.append(
            {
                "instType": "SWAP",
                "instId": f"C{number // 2:03d}-USDT-SWAP",
                "mgnMode": "cross",
                "posSide": side,
                "pos": str(contracts),
                "avgPx": f"{entry:.2f}",
                "markPx": f"{mark:.4f}",
                "lever": "10",
                "imr": f"{contracts * mark / 10:.6f}",
                "margin": "",
                "upl": f"{(mark - entry) * contracts * (1 if side == 'long' else -1):.6f}",
                "notionalUsd": f"{contracts * mark * 1.0003:.6f}",
                "usdPx": "1.0003",
                "uplRatio": f"{roi:.8f}",
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

    def __init__(self, rows: list[dict[str, Any]], clock: Clock) -> None:
        self.options: dict[str, Any] = {}
        self.asked = RequestCounter()
        self._rows = rows
        self._clock = clock
        self._begun_at = clock.now()

    @property
    def _time(self) -> str:
        """OKX's clock: prices that grow old would be doubted."""
        return str(OPENED + (self._clock.now() - self._begun_at) // dt.timedelta(milliseconds=1))

    async def privateGetAccountPositions(self, _: Any) -> Any:  # noqa: N802 - ccxt's name
        return {"code": "0", "msg": "", "data": self._rows}

    async def privateGetAccountBalance(self, _: Any) -> Any:  # noqa: N802
        return {"code": "0", "msg": "", "data": [{"totalEq": "1000.5"}]}

    async def privateGetTradeOrdersPending(self, _: Any) -> Any:  # noqa: N802
        return {"code": "0", "msg": "", "data": []}

    privateGetTradeOrdersHistory = privateGetAccountPositionsHistory = privateGetTradeOrdersPending  # noqa: N815
    privateGetTradeOrdersAlgoPending = privateGetTradeOrdersPending  # noqa: N815

    async def privateGetAccountConfig(self, _: Any) -> Any:  # noqa: N802
        return {
            "code": "0",
            "msg": "",
            "data": [{"posMode": "long_short_mode", "perm": "read_only,trade", "ip": "", "uid": "1"}],
        }

    async def publicGetPublicTime(self, _: Any) -> Any:  # noqa: N802
        return {"code": "0", "msg": "", "data": [{"ts": self._time}]}

    async def publicGetPublicMarkPrice(self, _: Any) -> Any:  # noqa: N802
        names = {row["instId"]: row["markPx"] for row in self._rows}
        rows = [{"instId": name, "instType": "SWAP", "markPx": mark, "ts": self._time} for name, mark in names.items()]
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
