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
# When no order has filled, and he has opened no leg anew, for so long, he trades; and again where nothing comes of it.
QUIET_FOR = dt.timedelta(seconds=50)
TRADE_EVERY = dt.timedelta(seconds=15)
# USDT of margin that he trades with: above the gate, and little enough that losing it again and again costs little.
STAKE = Decimal("1.8")
# A share of the price: so much worse than the mark he buys and sells, so that the leg loses from the beginning.
SLIPPAGE = Decimal("0.0004")


class Demonstration(PaperExchange):
    """A paper account and its trader, who acts between two looks, as a person on another screen would.

    Every two minutes he visits one leg of the seed, by turns. Where it is closed or worn down he opens it anew, at the seed's
    size and the price of the moment. While nothing happens he opens a small leg whose other side wins, a little worse than the
    mark as an order at market is: it loses, and the hedge rule has something to do. ``trades`` are the
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
        self._visited_at = self._traded_at = clock.now()

    async def snapshot(self) -> Snapshot:
        """Look at the account, again where the trader has just changed it."""
        seen = await super().snapshot()
        return await super().snapshot() if await self._act() else seen

    async def _act(self) -> bool:
        """Let the trader come where it is time; return whether he has opened a leg."""
        now = self._clock.now()
        instruments, marks = await self._prices.instruments(), await self._prices.mark_prices()
        seed = [leg for leg in self._legs_wanted(marks, instruments, now) if leg.instrument_id in marks]
        seed = [leg for leg in seed if self._trades is None or leg.instrument_id in self._trades]
        turn = (now - self._genesis) // REOPEN_EVERY
        if turn > self._visits:
            self._visits = turn
            return bool(seed) and self._visit(seed[turn % len(seed)], instruments, marks)
        if self._is_quiet(now):
            return self._trade(seed, instruments, marks)
        return False

    def _visit(self, wanted: PaperLeg, instruments: Mapping[str, Instrument], marks: Mapping[str, Decimal]) -> bool:
        held = self.leg(wanted.key)
        if held is not None and held.contracts > wanted.contracts * WORN_DOWN:
            return False
        self._open(wanted, instruments, marks)
        self._visited_at = self._clock.now()
        return True

    def _is_quiet(self, now: dt.datetime) -> bool:
        last = max((self._visited_at, *(order.updated_at for order in self.orders.values())))
        return now - last >= QUIET_FOR and now - self._traded_at >= TRADE_EVERY

    def _trade(self, seed: list[PaperLeg], instruments: Mapping[str, Instrument], marks: Mapping[str, Decimal]) -> bool:
        """Open a small leg whose other side wins; where there is none, one that begins to win: its other side can be next."""
        against: list[PaperLeg] = []
        first: list[PaperLeg] = []
        for wanted in seed:
            name = wanted.instrument_id
            winners = {leg.position_side for leg in self.legs if leg.instrument_id == name and _wins(leg, marks[name])}
            contracts, held = _stake(wanted, instruments[name], marks[name]), self.leg(wanted.key)
            if held is not None and held.contracts >= contracts * WORN_DOWN:
                continue
            if wanted.position_side.opposite in winners:
                against.append(wanted.replaced(contracts=contracts))
            elif not winners:
                first.append(wanted.replaced(contracts=contracts))
        if not against and not first:
            return False
        self._traded_at = self._clock.now()
        self._open((against or first)[0], instruments, marks, SLIPPAGE if against else -SLIPPAGE)
        return True

    def _open(
        self,
        wanted: PaperLeg,
        instruments: Mapping[str, Instrument],
        marks: Mapping[str, Decimal],
        slippage: Decimal = Decimal(0),
    ) -> None:
        """Close what is left of a leg and open it anew at the price of the moment, or so much worse than that."""
        held = self.leg(wanted.key)
        mark, coins_each = marks[wanted.instrument_id], instruments[wanted.instrument_id].contract_size
        traded = wanted.contracts * coins_each * mark
        fee, realised = traded * TAKER_FEE, Decimal(0)
        if held is not None:
            realised = (mark - held.entry_price) * held.position_side.sign * held.contracts * coins_each
            traded += held.contracts * coins_each * mark
        self._book.enter("trade", realised - traded * TAKER_FEE, self._clock.now())
        self._fees += traded * TAKER_FEE
        entry = mark * (1 + wanted.position_side.sign * slippage)
        self.put_leg(wanted.replaced(entry_price=entry, realised_pnl=-fee, fees=fee))

    def _kept(self) -> PaperAccount:
        return super()._kept().replaced(visits=self._visits)


def _wins(leg: PaperLeg, mark: Decimal) -> bool:
    return (mark - leg.entry_price) * leg.position_side.sign > 0


def _stake(wanted: PaperLeg, instrument: Instrument, mark: Decimal) -> Decimal:
    """Return the contracts that he trades of a leg, in whole lots."""
    exact = STAKE * wanted.leverage / (mark * instrument.contract_size)
    return max(whole_lots(exact, instrument.lot_size), instrument.min_contracts)
