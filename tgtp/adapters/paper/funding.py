"""The rates that a paper account is funded by, and what has been settled."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Collection, Mapping, MutableMapping
from decimal import Decimal
from typing import Any

from tgtp.adapters.paper.account_file import Funded, PaperAccount, PaperLeg
from tgtp.domain.funding.rates import FundingRate, Settled, payment_of
from tgtp.domain.model import Instrument, LegKey, PositionMode

FUNDED_KEPT = 1000
Market = tuple[Mapping[str, Instrument], Mapping[str, Decimal]]


class Settlements:
    """The rates by which what is held will be settled, by instrument, and the newest settlements."""

    def __init__(self, account: PaperAccount) -> None:
        self._rates = dict(account.rates)
        self._funded = deque(account.funded, maxlen=FUNDED_KEPT)

    @property
    def kept(self) -> dict[str, Any]:
        """What the account's file keeps of it."""
        return {"rates": self._rates, "funded": tuple(self._funded)}

    def since(self, moment: dt.datetime) -> tuple[Settled, ...]:
        """Return the settlements since then."""
        return tuple(Settled(row.at, row.payment) for row in self._funded if row.at >= moment)

    def settle(
        self, legs: MutableMapping[LegKey, PaperLeg], market: Market, mode: PositionMode, now: dt.datetime
    ) -> list[Decimal]:
        """Fund the legs by the rates that have come due, at the mark prices of now; return what each paid (USDT)."""
        instruments, marks = market
        paid = []
        for rate in [rate for rate in self._rates.values() if rate.settles_at <= now]:
            name = rate.instrument_id
            if name not in instruments or name not in marks:
                continue
            del self._rates[name]
            payments = {
                key: payment_of(held.shown(instruments[name], marks[name], mode), rate)
                for key, held in legs.items()
                if held.instrument_id == name and held.opened_at < rate.settles_at
            }
            for key, payment in payments.items():
                legs[key] = legs[key].funded(payment, now)
            paid.append(sum(payments.values(), Decimal(0)))
            self._funded.append(Funded(at=rate.settles_at, payment=paid[-1]))
        return paid

    def follow(self, shown: Mapping[str, FundingRate], held: Collection[str], now: dt.datetime) -> bool:
        """Take the rates that were shown of what is held; return whether one is new."""
        fresh = {
            name: rate
            for name, rate in shown.items()
            if name in held and rate.settles_at > now and self._rates.get(name) != rate
        }
        self._rates |= fresh
        return bool(fresh)
