"""A paper account that stays lively: a trader opens its legs anew, and trades when nothing happens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from decimal import Decimal
from pathlib import Path

from tgtp.adapters.paper.account_file import PaperAccount, PaperLeg
from tgtp.adapters.paper.exchange import PaperExchange, Seed
from tgtp.domain.model import Instrument, Snapshot
from tgtp.domain.sizing import TAKER_FEE, whole_lots
from tgtp.engine.ports import Clock, Prices

# Without the trader every ladder would be used up after half an hour, and the demonstration dead.
REOPEN_EVERY = dt.timedelta(minutes=2)
# He opens a leg anew when no more than this share of its size in the seed is left.
WORN_DOWN = Decimal("0.75")
# When nothing of the account's orders has filled for so long, he trades, and again where nothing comes of it.
QUIET_FOR = dt.timedelta(seconds=50)
TRADE_EVERY = dt.timedelta(seconds=15)
# USDT of margin that he trades with: above the gate, and little enough that losing it again and again costs little.
STAKE = Decimal("1.8")


class Demonstration(PaperExchange):
    """A paper account and its trader, who acts between two looks, as a person on another screen would.

    Every two minutes he visits one leg of the seed, by turns. Where it is closed or worn down he opens it anew, at the seed's
    size and the price of the moment. While nothing happens he buys what has just become cheaper, and sells what has become
    dearer, of a coin whose other side wins: where the price goes on, the hedge rule has something to do. ``trades`` are the
    instruments that he touches; None for all of the seed.
    """

    def __init__(
        self,
        prices: Prices,
        clock: Clock,
        account: PaperAccount,
        *,
        seed: Seed,
        path: Path | None = None,
        trades: Collection[str] | None = None,
    ) -> None:
        super().__init__(prices, clock, account, path=path, seed=seed)
        self._legs_wanted = seed
        self._trades = trades
        self._visits = account.visits
        self._traded_at = clock.now()
        self._marks: Mapping[str, Decimal] = {}

    async def snapshot(self) -> Snapshot:
        """Look at the account, again where the trader has just changed it."""
        seen = await super().snapshot()
        return await super().snapshot() if await self._act() else seen

    async def _act(self) -> bool:
        """Let the trader come where it is time; return whether he has opened a leg."""
        now = self._clock.now()
        instruments, marks = await self._prices.instruments(), await self._prices.mark_prices()
        before, self._marks = self._marks, dict(marks)
        seed = [leg for leg in self._legs_wanted(marks, instruments, now) if leg.instrument_id in marks]
        seed = [leg for leg in seed if self._trades is None or leg.instrument_id in self._trades]
        turn = (now - self._genesis) // REOPEN_EVERY
        if turn > self._visits:
            self._visits = turn
            return bool(seed) and self._visit(seed[turn % len(seed)], instruments, marks)
        if self._is_quiet(now):
            return self._trade(seed, instruments, marks, before)
        return False

    def _visit(self, wanted: PaperLeg, instruments: Mapping[str, Instrument], marks: Mapping[str, Decimal]) -> bool:
        held = self.leg(wanted.key)
        if held is not None and held.contracts > wanted.contracts * WORN_DOWN:
            return False
        self._open(wanted, instruments, marks)
        return True

    def _is_quiet(self, now: dt.datetime) -> bool:
        filled_at = max((order.updated_at for order in self.orders.values()), default=self._genesis)
        return now - filled_at >= QUIET_FOR and now - self._traded_at >= TRADE_EVERY

    def _trade(
        self,
        seed: list[PaperLeg],
        instruments: Mapping[str, Instrument],
        marks: Mapping[str, Decimal],
        before: Mapping[str, Decimal],
    ) -> bool:
        """Open the leg against which its price moves most, of those that are small and whose other side wins.

        Where there is none, open one that begins to win: its other side can be next.
        """
        losing: list[tuple[Decimal, PaperLeg]] = []
        winning: list[tuple[Decimal, PaperLeg]] = []
        for wanted in seed:
            name, sign = wanted.instrument_id, wanted.position_side.sign
            mark, moved = marks[name], (marks[name] / before[name] - 1) * sign if name in before else Decimal(0)
            winners = {leg.position_side for leg in self.legs if leg.instrument_id == name and _wins(leg, mark)}
            contracts, held = _stake(wanted, instruments[name], mark), self.leg(wanted.key)
            if held is not None and held.contracts >= contracts * WORN_DOWN:
                continue
            if moved < 0 and wanted.position_side.opposite in winners:
                losing.append((-moved, wanted.replaced(contracts=contracts)))
            elif moved > 0 and not winners:
                winning.append((moved, wanted.replaced(contracts=contracts)))
        if not losing and not winning:
            return False
        self._traded_at = self._clock.now()
        self._open(max(losing or winning, key=lambda row: row[0])[1], instruments, marks)
        return True

    def _open(self, wanted: PaperLeg, instruments: Mapping[str, Instrument], marks: Mapping[str, Decimal]) -> None:
        """Close what is left of a leg and open it anew, at the price of the moment."""
        held = self.leg(wanted.key)
        mark, coins_each = marks[wanted.instrument_id], instruments[wanted.instrument_id].contract_size
        traded = wanted.contracts * coins_each * mark
        fee = traded * TAKER_FEE
        if held is not None:
            self._cash += (mark - held.entry_price) * held.position_side.sign * held.contracts * coins_each
            traded += held.contracts * coins_each * mark
        self._cash -= traded * TAKER_FEE
        self._fees += traded * TAKER_FEE
        self.put_leg(wanted.replaced(entry_price=mark, realised_pnl=-fee, fees=fee))

    def _kept(self) -> PaperAccount:
        return super()._kept().replaced(visits=self._visits)


def _wins(leg: PaperLeg, mark: Decimal) -> bool:
    return (mark - leg.entry_price) * leg.position_side.sign > 0


def _stake(wanted: PaperLeg, instrument: Instrument, mark: Decimal) -> Decimal:
    """Give the contracts that he trades of a leg, in whole lots."""
    exact = STAKE * wanted.leverage / (mark * instrument.contract_size)
    return max(whole_lots(exact, instrument.lot_size), instrument.min_contracts)
