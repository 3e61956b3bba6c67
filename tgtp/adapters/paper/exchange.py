"""The paper exchange: the same port, lots, minimums and fees as the real one, with money that is not."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from pathlib import Path

from tgtp.adapters.paper.account_file import START_CASH, PaperAccount, PaperLeg, available
from tgtp.adapters.paper.book import Book
from tgtp.adapters.paper.conditional import Holder, PaperConditional
from tgtp.adapters.paper.funding import Settlements
from tgtp.adapters.paper.holdings import Holdings
from tgtp.adapters.paper.liquidation.losses import Priced, liquidations, losses, priced_legs
from tgtp.adapters.paper.liquidation.maintenance import MaintenanceRates
from tgtp.adapters.paper.sizes import check_size
from tgtp.adapters.refusals import refused
from tgtp.domain.funding.rates import FundingRate, Settled
from tgtp.domain.model import (
    AccountProfile,
    Bill,
    Candle,
    CloseRecord,
    Instrument,
    LegKey,
    MarginMode,
    PositionMode,
    Snapshot,
    UsdtMoney,
)
from tgtp.domain.order import Intent, MarginMove, Order, OrderStatus, Placed
from tgtp.domain.sizing import TAKER_FEE
from tgtp.domain.volatility.factor import finished
from tgtp.engine.ports import Clock, Exchange, Prices
from tgtp.errors import OutcomeUnknown, Problem, TemporarilyDown

ORDERS_KEPT = 500
CLOSES_KEPT = 100

Seed = Callable[[Mapping[str, Decimal], Mapping[str, Instrument], dt.datetime], Iterable[PaperLeg]]


class PaperExchange(Exchange, Holder):
    """An account on paper. Market orders fill at once at the mark price; legs are liquidated by what bears them.

    ``path`` keeps the account over restarts, None keeps it in memory. ``seed`` opens the first legs of an empty account.
    ``taker_fee`` is a fraction of what is traded; ``maintenance`` says what must be left of what is held.
    """

    def __init__(
        self,
        prices: Prices,
        clock: Clock,
        account: PaperAccount,
        *,
        path: Path | None = None,
        seed: Seed | None = None,
        taker_fee: Decimal = TAKER_FEE,
        maintenance: MaintenanceRates | None = None,
    ) -> None:
        self._prices = prices
        self._taker_fee = taker_fee
        self._maintenance = maintenance or MaintenanceRates()
        self._clock = clock
        self._path = path
        self._seed = seed
        self._seeded = False
        self._book = Book(account.cash, account.bills, account.bill_number)
        self._fees = account.fees
        self._genesis = account.genesis
        self._placed = account.orders_placed
        self._holdings = Holdings(account)
        self._legs = self._holdings.legs
        self._orders = {order.client_order_id: order for order in account.orders}
        # The funding rates that were read, by instrument: accounts that share them are funded by the same.
        self.shown_rates: dict[str, FundingRate] = {}
        self._settlements = Settlements(account)
        self._conditional = PaperConditional(account, self, clock)
        # Not over restarts: what closed a leg is asked at once.
        self._closes: deque[CloseRecord] = deque(maxlen=CLOSES_KEPT)
        self.position_mode = PositionMode.LONG_SHORT

    @property
    def orders(self) -> Mapping[str, Order]:
        """The newest orders by client order id."""
        return self._orders

    @property
    def legs(self) -> tuple[PaperLeg, ...]:
        """The legs as they are kept."""
        return tuple(self._legs.values())

    @property
    def conditional(self) -> PaperConditional:
        """What waits here for a mark price."""
        return self._conditional

    async def profile(self) -> AccountProfile:
        """Say what a good key says."""
        return AccountProfile(
            position_mode=self.position_mode, can_trade=True, can_withdraw=False, ip_bound=None, label="paper"
        )

    async def snapshot(self) -> Snapshot:
        """Look at the account at this moment's mark prices."""
        instruments, marks = await self._prices.instruments(), await self._prices.mark_prices()
        if self._seed is not None and not self._seeded:
            self._seeded = True
            if not self._legs and not self._orders and self._book.cash == START_CASH:
                for leg in self._seed(marks, instruments, self._clock.now()):
                    self._legs[leg.key] = leg
                self.save()
        self._follow(instruments, marks)
        self._maintenance.follow(self._legs)
        self._liquidate(instruments, marks)
        priced = self._priced(instruments, marks)
        missing = [held for held in self._legs.values() if held.key not in priced]
        ends = self._ends(priced) if not missing else {}
        legs = [leg.held.shown(leg.instrument, leg.mark, self.position_mode, ends.get(key)) for key, leg in priced.items()]
        unrealised = sum((leg.unrealised_pnl for leg in legs), Decimal(0))
        return Snapshot(
            taken_at=self._clock.now(),
            legs=tuple(sorted(legs, key=lambda leg: leg.opened_at, reverse=True)),
            equity=self._book.cash + unrealised,
            available=None if missing else available(legs, self._book.cash),
            usdt=None if missing else UsdtMoney(equity=self._book.cash + unrealised, unrealised_pnl=unrealised),
            unreadable=tuple(held.unreadable(self.position_mode) for held in missing),
        )

    async def submit(self, intent: Intent) -> str:
        """Fill an order at the mark price, or cancel it where its limit is better than that."""
        if intent.client_order_id in self._orders:
            raise OutcomeUnknown(Problem("problem.says", code="51016", words="an order of this name exists"))
        try:
            instruments, marks = await self.market()
        except TemporarilyDown as exc:
            raise OutcomeUnknown(Problem("problem.no_fill_prices", why=exc.problem)) from exc
        instrument = instruments.get(intent.leg.instrument_id)
        mark = marks.get(intent.leg.instrument_id)
        if instrument is None or mark is None:
            raise refused("51001", "Instrument ID does not exist")
        check_size(intent.contracts, instrument)
        held = self._legs.get(intent.leg)
        if intent.grows:
            fee = self._fee(intent, instrument, mark)
            bought = self._holdings.bought(intent, mark, self._clock.now(), fee)
            margin = intent.contracts * instrument.contract_size * mark / bought.leverage
            if margin + fee > self._spendable(instruments, marks):
                raise refused("51008", "Order failed. Insufficient USDT margin in account")
        elif held is None:
            raise refused("51169", "You don't have any positions in this direction to reduce")
        elif intent.contracts > held.contracts:
            raise refused("51112", "Close order size exceeds available size of positions")
        try:
            self._fill(intent, held, instrument, mark)
        except TemporarilyDown as exc:
            raise OutcomeUnknown(exc.problem) from exc
        return self._orders[intent.client_order_id].order_id

    async def move_margin(self, move: MarginMove) -> None:
        """Move margin between the account and an isolated leg."""
        try:
            instruments, marks = await self.market()
        except TemporarilyDown as exc:
            raise OutcomeUnknown(Problem("problem.no_prices", why=exc.problem)) from exc
        held, name = self._legs.get(move.leg), move.leg.instrument_id
        if held is None or held.margin_mode is not MarginMode.ISOLATED or name not in instruments or name not in marks:
            raise refused("59300", "Margin call failed. Position does not exist")
        if move.amount > self._spendable(instruments, marks):
            raise refused("51008", "Insufficient USDT margin in account")
        leg = held.shown(instruments[name], marks[name], self.position_mode)
        withdrawable = leg.initial_margin + min(leg.unrealised_pnl, Decimal(0)) - leg.notional / leg.leverage
        if -move.amount > max(withdrawable, Decimal(0)):
            raise refused("59301", "Margin adjustment amount exceeds the maximum adjustable limit")
        try:
            self.put_leg(held.replaced(added_margin=held.added_margin + move.amount))
        except TemporarilyDown as exc:
            raise OutcomeUnknown(exc.problem) from exc

    async def find_order(self, intent: Intent) -> Order | None:
        """Look an order up."""
        return self._orders.get(intent.client_order_id)

    async def find_trades(self, intent: Intent) -> Order | None:
        """Return the order itself: nothing lags here, and nothing is forgotten."""
        return await self.find_order(intent)

    async def mark_candles(self, instrument_id: str, since: dt.datetime) -> tuple[Candle, ...]:
        """Return what the prices' own record holds."""
        return await self._prices.mark_candles(instrument_id, since)

    async def hour_bars(self, instrument_id: str, before: dt.datetime | None = None) -> tuple[Candle, ...]:
        """Return those of the prices' own record that are over."""
        return finished(await self._prices.hour_bars(instrument_id, before), self._clock.now())

    async def settled_since(self, since: dt.datetime) -> tuple[Settled, ...] | None:
        """Return what was settled since then."""
        return self._settlements.since(since)

    async def bills_since(self, since: dt.datetime) -> tuple[Bill, ...] | None:
        """Return what is in the book."""
        return self._book.since(since)

    async def funding_rate(self, instrument_id: str) -> FundingRate | None:
        """Return the rate that comes with the prices. By what was shown last, legs are settled when it comes due."""
        rate = await self._prices.funding_rate(instrument_id)
        if rate is not None:
            self.shown_rates[instrument_id] = rate
        return rate

    async def orders_since(self, since: dt.datetime) -> tuple[Placed, ...]:  # noqa: ARG002 - the port's shape
        """Say that nobody else trades on paper."""
        return ()

    async def closes_since(self, since: dt.datetime) -> tuple[CloseRecord, ...]:
        """Return the lives that this process has seen end."""
        return tuple(record for record in self._closes if record.at >= since)

    async def close(self) -> None:
        """Let go of the prices' connections."""
        self._maintenance.stop()
        await self._prices.close()

    # What a person does by hand, on another screen.

    def put_leg(self, leg: PaperLeg) -> None:
        """Open a leg, or replace it with another size or another life."""
        self._legs[leg.key] = leg
        self.save()

    def drop_leg(self, key: LegKey) -> None:
        """Close a leg behind tgtp's back."""
        held = self._legs[key]
        self._drop(held, held.closed("order", self._clock.now(), Decimal(0)))

    def deposit(self, amount: Decimal) -> None:
        """Pay USDT in, or out where it is below 0."""
        self._book.enter("transfer", amount, self._clock.now())
        self.save()

    def leg(self, key: LegKey) -> PaperLeg | None:
        """Return a leg as it is kept."""
        return self._legs.get(key)

    def _spendable(self, instruments: Mapping[str, Instrument], marks: Mapping[str, Decimal]) -> Decimal:
        """Return what may be spent: nothing, where it is not known what a leg without a price binds."""
        held = self._legs.values()
        if any(leg.instrument_id not in instruments or leg.instrument_id not in marks for leg in held):
            return Decimal(0)
        shown = [leg.shown(instruments[leg.instrument_id], marks[leg.instrument_id], self.position_mode) for leg in held]
        return max(available(shown, self._book.cash), Decimal(0))

    def _fee(self, intent: Intent, instrument: Instrument, mark: Decimal) -> Decimal:
        return intent.contracts * instrument.contract_size * mark * self._taker_fee

    async def market(self) -> tuple[Mapping[str, Instrument], Mapping[str, Decimal]]:
        """Read the instruments and the mark prices, and let happen what they bring about."""
        instruments, marks = await self._prices.instruments(), await self._prices.mark_prices()
        self._follow(instruments, marks)
        return instruments, marks

    def close_at(self, held: PaperLeg, contracts: Decimal, instrument: Instrument, mark: Decimal, name: str) -> Order:
        """Close so much of a leg at a price."""
        now, coins = self._clock.now(), contracts * instrument.contract_size
        pnl, fee = (mark - held.entry_price) * held.position_side.sign * coins, coins * mark * self._taker_fee
        self._enter(pnl, fee)
        if held.contracts > contracts:
            self._legs[held.key] = held.smaller(held.contracts - contracts, now, pnl, fee)
        else:
            self._holdings.drop(held.key)
        return self._ended(name, contracts, mark, fee, pnl)

    def _fill(self, intent: Intent, held: PaperLeg | None, instrument: Instrument, mark: Decimal) -> None:
        name = intent.client_order_id
        if not intent.takes(mark):
            order = self._ended(name, Decimal(0), None)
        elif intent.grows or held is None:
            fee = self._fee(intent, instrument, mark)
            self._enter(Decimal(0), fee)
            self._legs[intent.leg] = self._holdings.bought(intent, mark, self._clock.now(), fee)
            order = self._ended(name, intent.contracts, mark, fee)
        else:
            order = self.close_at(held, intent.contracts, instrument, mark, name)
        self._orders[name] = order
        while len(self._orders) > ORDERS_KEPT:
            del self._orders[next(iter(self._orders))]
        self.save()

    def _enter(self, pnl: Decimal, fee: Decimal) -> None:
        self._book.enter("trade", pnl - fee, self._clock.now())
        self._fees += fee

    def _ended(
        self, name: str, filled: Decimal, price: Decimal | None, fee: Decimal = Decimal(0), pnl: Decimal = Decimal(0)
    ) -> Order:
        """Return an order that has just ended, by the next id."""
        self._placed += 1
        return Order(
            client_order_id=name,
            order_id=f"paper{self._placed:06d}",
            status=OrderStatus.FILLED if filled else OrderStatus.CANCELED,
            filled_contracts=filled,
            average_price=price,
            fee=fee,
            realised_pnl=pnl,
            updated_at=self._clock.now(),
        )

    def _follow(self, instruments: Mapping[str, Instrument], marks: Mapping[str, Decimal]) -> None:
        """Let happen what the contract sizes, the settlements and the mark prices of now bring about."""
        now, changed = self._clock.now(), self._holdings.resize(instruments)
        for payment in (paid := self._settlements.settle(self._legs, (instruments, marks), self.position_mode, now)):
            self._book.enter("funding", payment, now)
        held = {leg.instrument_id for leg in self._legs.values()}
        changed |= self._settlements.follow(self.shown_rates, held, now) or bool(paid)
        if self._conditional.look(instruments, marks) or changed:
            # Where this cannot be saved, the next change is saved with it, or says that it could not be.
            with contextlib.suppress(TemporarilyDown):
                self.save()

    def _ends(self, priced: Mapping[LegKey, Priced]) -> dict[LegKey, Decimal]:
        """Return the prices at which the legs would be liquidated, as OKX shows them."""
        found = liquidations([*priced.values()], self._book.cash)
        return {key: at.safer(priced[key].instrument.tick_size) for key, at in found.items()}

    def _priced(self, instruments: Mapping[str, Instrument], marks: Mapping[str, Decimal]) -> dict[LegKey, Priced]:
        def rate(leg: LegKey, contracts: Decimal) -> Decimal:
            return self._maintenance.rate(leg, contracts) + self._taker_fee

        return priced_legs(self._legs.values(), instruments, marks, rate)

    def _liquidate(self, instruments: Mapping[str, Instrument], marks: Mapping[str, Decimal]) -> None:
        priced = self._priced(instruments, marks)
        if len(priced) < len(self._legs):
            # What one of them wins or loses is not known: cross legs are left alone.
            priced = {key: leg for key, leg in priced.items() if key.margin_mode is MarginMode.ISOLATED}
        for leg, lost in losses([*priced.values()], self._book.cash):
            self._book.enter("liquidation", lost, self._clock.now())
            self._drop(leg.held, leg.held.closed("liquidation", self._clock.now(), lost, leg.mark))

    def _drop(self, held: PaperLeg, record: CloseRecord) -> None:
        self._holdings.drop(held.key)
        self._closes.appendleft(record)
        self.save()

    def _kept(self) -> PaperAccount:
        """Return what is kept over restarts."""
        return PaperAccount(
            genesis=self._genesis,
            **self._book.kept,
            fees=self._fees,
            orders_placed=self._placed,
            **self._holdings.kept,
            orders=tuple(self._orders.values()),
            **self._settlements.kept,
            **self._conditional.kept,
        )

    def save(self) -> None:
        """Write the account down."""
        if self._path is not None:
            # Where it fails, memory is ahead of the disk until the next change is saved; what it says is what has happened.
            self._kept().write(self._path)
