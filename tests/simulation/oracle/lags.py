"""How many orders have met a lag that was longer than the time to the next look."""

from __future__ import annotations

from collections import Counter

from tests.simulation.exchange.account import Account
from tests.simulation.exchange.server import Record


class Lags:
    """``met`` counts orders by what the first look after them did not show yet: the ``legs``, or the ``order`` itself."""

    def __init__(self, account: Account) -> None:
        self.met: Counter[str] = Counter()
        self._account = account
        # Of each kind, how many of the account's orders have had their first look.
        self._looked = {"legs": 0, "order": 0}

    def look(self, record: Record) -> None:
        """The program has read a reply."""
        if record.path.endswith("/account/positions"):
            self._count("legs", self._account.row_lag)
        elif record.method == "GET" and record.path.endswith("/trade/order"):
            self._count("order", self._account.order_lag)

    def _count(self, kind: str, lag: float) -> None:
        account = self._account
        for order in account.orders[self._looked[kind] :]:
            self.met[kind] += not account.has_lagged(order.updated_at_ms, lag)
        self._looked[kind] = len(account.orders)
