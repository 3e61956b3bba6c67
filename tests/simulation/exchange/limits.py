"""How often OKX lets itself be asked: its documented limits for each endpoint, in a window that slides."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from tests.simulation.exchange.account import Refused

USER, INSTRUMENT, ADDRESS = "user", "user and instrument", "address"
MOST_ORDERS = 1000


class Limit(NamedTuple):
    """So many requests in so many seconds, counted for each ``scope``."""

    most: int
    seconds: float
    scope: str


LIMITS = {
    "GET /account/positions": Limit(10, 2, USER),
    "GET /account/positions-history": Limit(10, 2, USER),
    "GET /account/balance": Limit(10, 2, USER),
    "GET /account/config": Limit(5, 2, USER),
    "GET /account/bills": Limit(5, 1, USER),
    "GET /account/bills-archive": Limit(5, 2, USER),
    "POST /account/position/margin-balance": Limit(20, 2, USER),
    "POST /account/set-leverage": Limit(20, 2, USER),
    "POST /trade/order": Limit(60, 2, INSTRUMENT),
    "POST /trade/batch-orders": Limit(300, 2, INSTRUMENT),
    "GET /trade/order": Limit(60, 2, INSTRUMENT),
    "GET /trade/orders-pending": Limit(60, 2, USER),
    "POST /trade/order-algo": Limit(20, 2, INSTRUMENT),
    "POST /trade/amend-algos": Limit(20, 2, INSTRUMENT),
    "POST /trade/cancel-algos": Limit(20, 2, INSTRUMENT),
    "GET /trade/order-algo": Limit(20, 2, USER),
    "GET /trade/orders-algo-pending": Limit(20, 2, USER),
    "GET /trade/orders-algo-history": Limit(20, 2, USER),
    "GET /trade/fills": Limit(60, 2, USER),
    "GET /trade/fills-history": Limit(10, 2, USER),
    "GET /trade/orders-history": Limit(40, 2, USER),
    "GET /system/status": Limit(1, 5, ADDRESS),
    "GET /public/time": Limit(10, 2, ADDRESS),
    "GET /public/mark-price": Limit(10, 2, ADDRESS),
    "GET /public/instruments": Limit(20, 2, ADDRESS),
    "GET /public/funding-rate": Limit(10, 2, INSTRUMENT),
    "GET /public/position-tiers": Limit(10, 2, ADDRESS),
    "GET /market/mark-price-candles": Limit(20, 2, ADDRESS),
    "GET /market/history-mark-price-candles": Limit(10, 2, ADDRESS),
    "GET /market/history-candles": Limit(20, 2, ADDRESS),
    "GET /public/funding-rate-history": Limit(10, 2, INSTRUMENT),
}


class Turnstile:
    """Counts the requests of everybody. ``refused`` says how many it turned away."""

    def __init__(self) -> None:
        self.refused = 0
        self._passed: dict[tuple[str, ...], deque[float]] = {}

    def pass_by(self, name: str, user: str, inst_ids: list[str], now: float) -> None:
        """Let a request pass, or raise Refused: 50011, and 50061 above all the orders that an account may place."""
        limit = LIMITS.get(name)
        if limit is None:
            return
        for inst_id in inst_ids if limit.scope == INSTRUMENT else [""]:
            self._count((name, "" if limit.scope == ADDRESS else user, inst_id), limit, now, "50011")
        if name.startswith("POST /trade/"):
            for _ in inst_ids:
                self._count(("orders", user), Limit(MOST_ORDERS, 2, USER), now, "50061")

    def _count(self, place: tuple[str, ...], limit: Limit, now: float, code: str) -> None:
        passed = self._passed.setdefault(place, deque())
        # A clock that was put back leaves nothing to count.
        while passed and not now - limit.seconds < passed[0] <= now:
            passed.popleft()
        if len(passed) >= limit.most:
            self.refused += 1
            raise Refused(code)
        passed.append(now)
