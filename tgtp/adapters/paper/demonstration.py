"""A paper account that stays lively: a trader opens its legs anew."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

from tgtp.adapters.paper.account_file import PaperAccount
from tgtp.adapters.paper.exchange import PaperExchange, Seed
from tgtp.domain.model import Snapshot
from tgtp.domain.sizing import TAKER_FEE
from tgtp.engine.ports import Clock, Prices

# Without the trader every ladder would be used up after half an hour, and the demonstration dead.
REOPEN_EVERY = dt.timedelta(minutes=2)
# He opens a leg anew when no more than this share of its size in the seed is left.
WORN_DOWN = Decimal("0.75")


class Demonstration(PaperExchange):
    """A paper account and its trader, who acts between two looks, as a person on another screen would.

    Every two minutes he visits one leg of the seed, by turns. Where it is closed or worn down he opens it anew, at the seed's
    size and the price of the moment.
    """

    def __init__(self, prices: Prices, clock: Clock, account: PaperAccount, *, seed: Seed, path: Path | None = None) -> None:
        super().__init__(prices, clock, account, path=path, seed=seed)
        self._legs_wanted = seed
        self._visits = account.visits

    async def snapshot(self) -> Snapshot:
        """Look at the account, again where the trader has just changed it."""
        seen = await super().snapshot()
        return await super().snapshot() if await self._visit() else seen

    async def _visit(self) -> bool:
        """Let the trader come where it is time; return whether he has opened a leg."""
        now = self._clock.now()
        turn = (now - self._genesis) // REOPEN_EVERY
        if turn <= self._visits:
            return False
        instruments, marks = await self._prices.instruments(), await self._prices.mark_prices()
        self._visits = turn
        seed = [leg for leg in self._legs_wanted(marks, instruments, now) if leg.instrument_id in marks]
        if not seed:
            return False
        wanted = seed[turn % len(seed)]
        held = self.leg(wanted.key)
        if held is not None and held.contracts > wanted.contracts * WORN_DOWN:
            return False
        mark, coins_each = marks[wanted.instrument_id], instruments[wanted.instrument_id].contract_size
        traded = wanted.contracts * coins_each * mark
        fee = traded * TAKER_FEE
        if held is not None:
            self._cash += (mark - held.entry_price) * held.position_side.sign * held.contracts * coins_each
            traded += held.contracts * coins_each * mark
        self._cash -= traded * TAKER_FEE
        self._fees += traded * TAKER_FEE
        self.put_leg(wanted.replaced(entry_price=mark, realised_pnl=-fee, fees=fee))
        return True

    def _kept(self) -> PaperAccount:
        return super()._kept().replaced(visits=self._visits)
