"""A paper account and the engine that looks at it, at moments and prices of the past."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from tgtp.adapters.paper.account_file import PaperAccount, PaperLeg
from tgtp.adapters.paper.exchange import PaperExchange
from tgtp.adapters.paper.fixed_prices import FixedPrices
from tgtp.adapters.paper.liquidation.losses import Priced
from tgtp.adapters.storage.memory_ledger import MemoryLedger
from tgtp.backtest.job import BacktestJob, Fill
from tgtp.domain.doubts.prices import LARGEST_JUMP
from tgtp.domain.guards.best_roi import BestRoi
from tgtp.domain.life import Life
from tgtp.domain.liquidation.price import Exposure, Liquidation, liquidation
from tgtp.domain.model import EPOCH, Instrument, LegKey, MarginMode, PositionSide
from tgtp.domain.order import Intent, Order
from tgtp.domain.pauses import Pause, Pauses
from tgtp.domain.plan import Rules, Switches
from tgtp.domain.volatility.factor import Volatility
from tgtp.engine.check_report import CheckReport
from tgtp.engine.cycle import Checker
from tgtp.engine.ports import Clock, Listener
from tgtp.engine.upkeep.scheduler import Upkeep
from tgtp.engine.volatility.scaled_rules import VolatilityBook
from tgtp.errors import TgtpError

# What bears cross legs for whom no equity is given.
PLENTY: Final = Decimal(10) ** 12
# An order that fills takes a moment: nothing that comes after it happened at the same time.
MOMENT: Final = dt.timedelta(microseconds=1)
# A leg was there before anybody looks at it.
BEFORE: Final = dt.timedelta(seconds=1)
# So much of the largest believed jump a price may go between two looks.
STRIDE: Final = LARGEST_JUMP * Decimal("0.9")


PAUSED: Final = Pauses(entries=(Pause(scope="*", cause="person", since=EPOCH),))


class HeldClock(Clock):
    """Time that stands still until it is moved."""

    def __init__(self, now: dt.datetime) -> None:
        self._now = now

    def move_to(self, now: dt.datetime) -> None:
        """Let it be this late."""
        self._now = now

    def now(self) -> dt.datetime:
        """Return the held time."""
        return self._now

    def monotonic(self) -> float:
        """Return the held time in seconds."""
        return (self._now - EPOCH).total_seconds()

    async def sleep(self, seconds: float) -> None:
        """Pass over a pause at once."""
        self._now += dt.timedelta(seconds=seconds)


class WalkedExchange(PaperExchange):
    """A paper exchange whose fills are taken down; what liquidates a leg between two looks is said by who walks."""

    def __init__(self, prices: FixedPrices, clock: HeldClock, account: PaperAccount, job: BacktestJob) -> None:
        super().__init__(prices, clock, account, taker_fee=job.taker_fee)
        self.fills: list[Fill] = []
        self.slippage = self.slips = job.slippage
        self.lost_by_slipping = Decimal(0)
        # When the look in hand is, whatever time its orders take.
        self.at = account.genesis
        self._held_clock = clock
        self._intent: Intent | None = None
        self._walked = job.instrument

    async def submit(self, intent: Intent) -> str:
        """Fill an order, a moment after what was before it."""
        self._held_clock.move_to(self._held_clock.now() + MOMENT)
        self._intent = intent
        return await super().submit(intent)

    def close_at(self, held: PaperLeg, contracts: Decimal, instrument: Instrument, mark: Decimal, name: str) -> Order:
        """Close so much of a leg, at a price that is worse by the slippage."""
        price = mark * (1 - held.position_side.sign * self.slips)
        order = super().close_at(held, contracts, instrument, price, name)
        self.lost_by_slipping += abs(mark - price) * contracts * instrument.contract_size
        if (intent := self._intent) is not None:
            self._note(held, intent.rule, intent.tier, price, contracts, order.realised_pnl, order.fee)
        return order

    def end(self, held: PaperLeg, at: dt.datetime, price: Decimal) -> None:
        """Close what is left of a leg, as its trader did."""
        self._held_clock.move_to(at)
        self.at = at
        order = super().close_at(held, held.contracts, self._walked, price, f"end{len(self.fills)}")
        self._note(held, "end", None, price, held.contracts, order.realised_pnl, order.fee)

    def liquidate(self, held: PaperLeg, at: dt.datetime, price: Decimal, loss: Decimal) -> None:
        """Take a leg away (``loss`` in USDT, below 0)."""
        self._held_clock.move_to(at)
        self.at = at
        self._book.enter("liquidation", loss, at)
        self._drop(held, held.closed("liquidation", at, loss, price))
        self._note(held, "liquidation", None, price, held.contracts, loss, Decimal(0))

    def _note(
        self, held: PaperLeg, rule: str, tier: int | None, price: Decimal, closed: Decimal, pnl: Decimal, fee: Decimal
    ) -> None:
        left = held.contracts - closed
        about = (held.margin_mode, held.entry_price)
        self.fills.append(Fill(self.at, held.position_side, rule, tier, price, closed, left, pnl, fee, *about))

    def _liquidate(self, instruments: Mapping[str, Instrument], marks: Mapping[str, Decimal]) -> None:
        """Do nothing."""

    def _ends(self, priced: Mapping[LegKey, Priced]) -> dict[LegKey, Decimal]:  # noqa: ARG002 - nobody asks for them
        """Return nothing."""
        return {}


class Terms(NamedTuple):
    """What a leg is opened by; its ``maintenance_rate`` is a fraction of the notional."""

    contracts: Decimal
    entry_price: Decimal
    leverage: Decimal
    maintenance_rate: Decimal


class _Listener(Listener):
    """Keeps what a look failed by."""

    def __init__(self) -> None:
        self.failed: TgtpError | None = None

    def checked(self, report: CheckReport) -> None:
        self.failed = self.failed or report.error


class WalkedAccount:
    """One account under some rules. The engine is built when it is first needed: many a leg never meets it."""

    def __init__(
        self,
        job: BacktestJob,
        rules: Rules,
        opened_at: dt.datetime,
        entry_price: Decimal,
        *,
        hedges: bool = True,
        volatility: VolatilityBook | None = None,
    ) -> None:
        self.job, self.rules, self.entry_price = job, rules, entry_price
        # Of each leg.
        self.opening_fee = job.contracts * job.instrument.contract_size * entry_price * job.taker_fee
        self.hedges = hedges
        self.looks = 0
        self._volatility = volatility
        self._clock = HeldClock(opened_at)
        self._name = job.instrument.instrument_id
        self._prices = FixedPrices([job.instrument], {self._name: entry_price})
        account = PaperAccount(
            genesis=opened_at,
            cash=PLENTY if job.equity is None else job.equity,
        )
        self.exchange = WalkedExchange(self._prices, self._clock, account, job)
        self._maintenance: dict[LegKey, Decimal] = {}
        for side, mode in job.legs:
            self.open(side, mode, Terms(job.contracts, entry_price, job.leverage, job.maintenance_rate), opened_at)
        self._ledger = MemoryLedger()
        self._listener = _Listener()
        self._checker: Checker | None = None
        self._seen: Decimal | None = None

    @property
    def is_cross(self) -> bool:
        """Return whether any leg is borne by the equity."""
        return any(leg.margin_mode is MarginMode.CROSS for leg in self.legs)

    @property
    def legs(self) -> tuple[PaperLeg, ...]:
        """The legs that are held."""
        return self.exchange.legs

    def open(self, side: PositionSide, mode: MarginMode, terms: Terms, at: dt.datetime) -> PaperLeg:
        """Open a leg."""
        fee = terms.contracts * self.job.instrument.contract_size * terms.entry_price * self.job.taker_fee
        leg = PaperLeg(
            instrument_id=self._name,
            position_side=side,
            margin_mode=mode,
            contracts=terms.contracts,
            entry_price=terms.entry_price,
            leverage=terms.leverage,
            opened_at=at - BEFORE,
            adjusted_at=at - BEFORE,
            realised_pnl=-fee,
            fees=fee,
        )
        self._maintenance[leg.key] = terms.maintenance_rate
        self.exchange.put_leg(leg)
        return leg

    def life(self, key: LegKey) -> Life | None:
        """Return what the engine remembers of a leg; None before it has looked."""
        return self._ledger.lives().get(key)

    def fired(self, key: LegKey) -> frozenset[int]:
        """Return the numbers of the tiers that have fired."""
        life = self._ledger.lives().get(key)
        return frozenset(life.fired_numbers) if life is not None else frozenset()

    async def look(
        self,
        at: dt.datetime,
        price: Decimal,
        *,
        ladder: bool = True,
        hedge: bool = True,
        slips: bool = True,
        volatility: Volatility | None = None,
        best: Mapping[LegKey, BestRoi] | None = None,
        reached: bool = False,
    ) -> int:
        """Let the engine look and act once; return how many orders filled. Raises what the look failed by.

        ``best`` are the best ROIs of before; ``reached``: the look before this one was taken too.
        """
        checker = self._checker or self._built()
        if self._volatility is not None:
            self._volatility.known = {} if volatility is None else {self._name: volatility}
        while self._seen is not None and abs(price - self._seen) > LARGEST_JUMP * self._seen:
            # What a bar holds is believed, however far it is from the last look: the engine is led there.
            self._seen *= 1 + STRIDE if price > self._seen else 1 - STRIDE
            checker.stopping = True
            await self._check(checker, at, self._seen)
            checker.stopping = False
        if self.job.pauses:
            at_ms = (at - EPOCH) // dt.timedelta(milliseconds=1)
            paused = any(since <= at_ms < until for since, until in self.job.pauses)
            self._ledger.keep_pauses(PAUSED if paused else Pauses())
        checker.upkeep_scheduler.switches = Switches(ladder=ladder, hedge=hedge and self.hedges)
        self.exchange.slips = self.exchange.slippage if slips else Decimal(0)
        if best is not None:
            checker.leg_readings.carry_on(best, reached=reached)
        self._seen = price
        before = len(self.exchange.fills)
        self.looks += 1
        await self._check(checker, at, price)
        return len(self.exchange.fills) - before

    def liquidations(self, extra: Decimal) -> list[tuple[tuple[PaperLeg, ...], Liquidation]]:
        """Return what would be liquidated where, each leg by its margin, or all by the equity; ``extra`` (USDT) is in that."""
        found: list[tuple[tuple[PaperLeg, ...], Liquidation | None]]
        isolated = [leg for leg in self.legs if leg.margin_mode is MarginMode.ISOLATED]
        found = [((leg,), liquidation([self._exposure(leg)], self._margin(leg), self._rate(leg))) for leg in isolated]
        cross = tuple(leg for leg in self.legs if leg.margin_mode is MarginMode.CROSS)
        if cross and self.job.equity is not None:
            backing = self.job.equity + extra + sum((fill.pnl - fill.fee for fill in self.exchange.fills), Decimal(0))
            backing -= sum(map(self._margin, isolated), Decimal(0))
            found.append((cross, liquidation(map(self._exposure, cross), backing, self._rate(cross[0]))))
        return [(legs, one) for legs, one in found if one is not None]

    def liquidate(self, legs: tuple[PaperLeg, ...], at: dt.datetime, price: Decimal) -> None:
        """Take legs away: all that bears them is lost."""
        for leg in legs:
            coins = leg.contracts * self.job.instrument.contract_size
            if leg.margin_mode is MarginMode.ISOLATED:
                loss = -self._margin(leg)
            else:
                # What the exchange keeps to itself is all that would be left.
                loss = coins * (leg.position_side.sign * (price - leg.entry_price) - price * self._rate(leg))
            self.exchange.liquidate(leg, at, price, loss)

    def settle(self, paid: Decimal) -> None:
        """Let each leg have paid so much (USDT) for a coin held long, in all."""
        for leg in self.legs:
            coins = leg.position_side.sign * leg.contracts * self.job.instrument.contract_size
            self.exchange.put_leg(leg.replaced(funding=leg.funding - coins * paid))

    def _rate(self, leg: PaperLeg) -> Decimal:
        return self._maintenance[leg.key] + self.job.taker_fee

    def _exposure(self, leg: PaperLeg) -> Exposure:
        return Exposure(leg.position_side, leg.contracts * self.job.instrument.contract_size, leg.entry_price)

    def _margin(self, leg: PaperLeg) -> Decimal:
        return leg.contracts * self.job.instrument.contract_size * leg.entry_price / leg.leverage

    def _built(self) -> Checker:
        self._checker = Checker(
            self.exchange,
            self._ledger,
            self._listener,
            self._clock,
            self.rules,
            upkeep=Upkeep(),
            volatility=self._volatility,
            dynamic=self._volatility is not None,
        )
        return self._checker

    async def _check(self, checker: Checker, at: dt.datetime, price: Decimal) -> None:
        # Two looks at one moment are one after the other.
        self._clock.move_to(max(at, self._clock.now()))
        self.exchange.at = at
        self._prices.marks[self._name] = price
        await checker.check()
        if self._listener.failed is not None:
            raise self._listener.failed
