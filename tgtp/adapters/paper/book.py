"""The money of a paper account, and what has changed it."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from tgtp.domain.model import Bill, BillKind

BILLS_KEPT = 1000


class Book:
    """The ``cash`` (USDT), and the newest lines of how it came about."""

    def __init__(self, cash: Decimal, bills: Iterable[Bill], number: int) -> None:
        """``number`` is that of the newest line so far."""
        self.cash = cash
        self.number = number
        self._bills = deque(bills, maxlen=BILLS_KEPT)

    @property
    def kept(self) -> dict[str, Any]:
        """What the account's file keeps of it."""
        return {"cash": self.cash, "bills": tuple(self._bills), "bill_number": self.number}

    def enter(self, kind: BillKind, amount: Decimal, at: dt.datetime) -> None:
        """Pay USDT in, or out where it is below 0."""
        if not amount:
            return
        self.cash += amount
        self.number += 1
        self._bills.append(Bill(bill_id=f"{self.number}", at=at, kind=kind, amount=amount))

    def since(self, moment: dt.datetime) -> tuple[Bill, ...] | None:
        """Return the lines since then; None where some of them may not be kept any more."""
        if len(self._bills) == BILLS_KEPT and self._bills[0].at >= moment:
            return None
        return tuple(bill for bill in self._bills if bill.at >= moment)
