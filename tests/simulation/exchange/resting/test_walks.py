"""Random days of conditional orders, at the stand-in through OKX's adapter and on paper: nothing is closed twice or in vain."""

from __future__ import annotations

import datetime as dt
import random
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal

import pytest

from tests.fixtures.fakes import FakeClock, paper_exchange, paper_leg
from tests.fixtures.thoroughness import tries
from tests.simulation.exchange.account import Account
from tests.simulation.exchange.server import OkxServer
from tests.simulation.exchange.wire import wired
from tgtp.adapters.okx.exchange import Okx
from tgtp.adapters.paper.exchange import PaperExchange
from tgtp.adapters.paper.fixed_prices import FixedPrices
from tgtp.domain.examples import instrument
from tgtp.domain.model import LegKey, MarginMode, PositionMode, PositionSide, leg_key
from tgtp.domain.resting.conditional import RestingTier, resting_name
from tgtp.engine.ports import ConditionalOrders
from tgtp.errors import OrderRefused

COIN = "CRV-USDT-SWAP"
SIDES = list(PositionSide)
ENTRY, TICK = Decimal(1), Decimal("0.0001")
STEPS = 45
DAYS = 4


def key(side: PositionSide) -> LegKey:
    return leg_key(COIN, side, MarginMode.CROSS)


class House(ABC):
    """An exchange, and hands that trade there besides."""

    clock: FakeClock
    orders: ConditionalOrders

    @abstractmethod
    def mark(self, price: Decimal) -> None: ...

    @abstractmethod
    def hold(self, side: PositionSide, contracts: Decimal) -> None:
        """Make a leg of this size by hand; a life begins, or ends, where there was none or will be none."""

    @abstractmethod
    def contracts(self, side: PositionSide) -> Decimal: ...

    @abstractmethod
    def opened_at(self, side: PositionSide) -> dt.datetime | None: ...

    @abstractmethod
    def unsettle(self, chance: random.Random) -> None:
        """Let the exchange be another one from now on, where it can be."""


class OkxHouse(House):
    def __init__(self, account: Account, okx: Okx, clock: FakeClock) -> None:
        self.account, self.clock, self.orders = account, clock, okx.conditional

    def mark(self, price: Decimal) -> None:
        self.account.set_mark(COIN, price)

    def hold(self, side: PositionSide, contracts: Decimal) -> None:
        now = self.contracts(side)
        if now == 0 and contracts:
            self.account.open_leg(COIN, side.value, contracts, ENTRY)
        elif contracts > now:
            self.account.grow_leg(COIN, side.value, contracts - now)
        elif contracts < now:
            self.account.shrink_leg(COIN, side.value, now - contracts)

    def contracts(self, side: PositionSide) -> Decimal:
        leg = self.account.legs.get((COIN, side.value, "cross"))
        return Decimal(0) if leg is None else leg.contracts

    def opened_at(self, side: PositionSide) -> dt.datetime | None:
        leg = self.account.legs.get((COIN, side.value, "cross"))
        return None if leg is None else dt.datetime.fromtimestamp(leg.opened_at_ms / 1000, dt.UTC)

    def unsettle(self, chance: random.Random) -> None:
        book = self.account.algo
        book.share = Decimal(chance.choice(["1", "1", "0.5"]))
        book.pieces = chance.choice([1, 1, 3])
        book.failing = chance.choice(["", "", "", "51008"])
        book.failing_after = chance.choice([0, 1])
        book.trims_waiting = chance.random() < 0.5
        book.cancel_delay = chance.choice([0.0, 0.0, 3.0])
        book.ignores_amends = chance.choice([0, 0, 1])
        book.keeps_ended = chance.random() < 0.7


class PaperHouse(House):
    def __init__(self, paper: PaperExchange, prices: FixedPrices, clock: FakeClock) -> None:
        self.paper, self.prices, self.clock, self.orders = paper, prices, clock, paper.conditional

    def mark(self, price: Decimal) -> None:
        self.prices.marks[COIN] = price

    def hold(self, side: PositionSide, contracts: Decimal) -> None:
        leg = self.paper.leg(key(side))
        if leg is not None and contracts == 0:
            self.paper.drop_leg(key(side))
        elif leg is not None:
            self.paper.put_leg(leg.replaced(contracts=contracts))
        elif contracts:
            self.paper.put_leg(paper_leg(side=side.value, contracts=contracts, entry_price=ENTRY, opened_at=self.clock.now()))

    def contracts(self, side: PositionSide) -> Decimal:
        leg = self.paper.leg(key(side))
        return Decimal(0) if leg is None else leg.contracts

    def opened_at(self, side: PositionSide) -> dt.datetime | None:
        leg = self.paper.leg(key(side))
        return None if leg is None else leg.opened_at

    def unsettle(self, chance: random.Random) -> None:
        """Paper is always the same."""


@asynccontextmanager
async def house_of(kind: str) -> AsyncIterator[House]:
    clock = FakeClock()
    if kind == "paper":
        paper, prices = paper_exchange(clock, instruments=[instrument(tick_size=str(TICK))], marks={COIN: ENTRY})
        yield PaperHouse(paper, prices, clock)
        return
    account = Account(time=lambda: clock.now().timestamp())
    account.add_instrument(COIN, "1", "1", tick=TICK, mark=ENTRY)
    account.set_mark(COIN, ENTRY)
    server = OkxServer(account)
    server.limits = None
    client, _ = wired(server, lambda: int(clock.now().timestamp() * 1000))
    yield OkxHouse(account, Okx(client, clock), clock)


class Day:
    """Random steps, and what must be true after each of them."""

    def __init__(self, house: House, chance: random.Random) -> None:
        self.house, self.chance = house, chance
        self.price = ENTRY
        # By name: the leg, its life, the exchange's id.
        self.placed: dict[str, tuple[PositionSide, dt.datetime, str]] = {}
        # What hands brought and took, and what had been filled of an order when its life ended.
        self.brought = dict.fromkeys(SIDES, Decimal(0))
        self.settled: dict[str, Decimal] = {}
        self.refused: list[str] = []

    async def live(self) -> None:
        """Do something, and look whether all is as it must be."""
        chance, side = self.chance, self.chance.choice(SIDES)
        self.house.clock.forward(chance.choice([0.2, 1, 5]))
        act = chance.choice([self.trade, *[self.move, self.place] * 3, self.amend, self.cancel])
        held = {one: self.house.contracts(one) for one in SIDES}
        filled = await self.filled()
        if act == self.trade:
            await self.trade(side)
        elif act == self.move:
            self.move()
        else:
            try:
                await (self.place(side) if act == self.place else self.amend() if act == self.amend else self.cancel())
            except OrderRefused as exc:
                self.refused.append(exc.code)
        self.house.unsettle(chance)
        await self.check(held, filled)

    def move(self) -> None:
        """Let the price go somewhere, at times far."""
        step = Decimal(self.chance.choice(["0.003", "0.01", "0.03", "0.05"]))
        self.price = max(self.price + self.chance.choice([-1, 1]) * step, Decimal("0.7")).quantize(TICK)
        self.house.mark(self.price)

    async def trade(self, side: PositionSide) -> None:
        """Let a hand open, grow, shrink or close a leg."""
        # What a price has brought about on paper is seen by then.
        await self.house.orders.live()
        before = self.house.contracts(side)
        after = Decimal(self.chance.choice([0, 3, 10, 40]) if before else 40)
        self.house.hold(side, after)
        self.brought[side] += after - before
        if after == 0:
            await self.settle(side)

    async def settle(self, side: PositionSide) -> None:
        """Remember what the orders of a life that is over have filled: it must not become more."""
        filled = await self.filled()
        self.settled |= {name: filled[name] for name, (of, _, _) in self.placed.items() if of is side}

    async def place(self, side: PositionSide) -> None:
        number = len(self.placed) + len(self.refused)
        opened_at = self.house.opened_at(side)
        one = self.tier(side, f"{number}", opened_at or self.house.clock.now())
        algo_id = await self.house.orders.place(one)
        assert opened_at is not None
        self.placed[one.name] = side, opened_at, algo_id

    async def amend(self) -> None:
        if self.placed:
            name, (side, opened_at, algo_id) = self.chance.choice(list(self.placed.items()))
            await self.house.orders.amend(algo_id, self.tier(side, name, opened_at))

    async def cancel(self) -> None:
        if self.placed:
            _, _, algo_id = self.chance.choice(list(self.placed.values()))
            await self.house.orders.cancel(COIN, algo_id)

    def tier(self, side: PositionSide, name: str, opened_at: dt.datetime) -> RestingTier:
        away = Decimal(self.chance.choice(["-0.01", "0", "0.004", "0.012", "0.03"]))
        return RestingTier(
            name=resting_name(name, key(side), opened_at, 0, 1),
            leg=key(side),
            opened_at=opened_at,
            position_mode=PositionMode.LONG_SHORT,
            tier=1,
            contracts=Decimal(self.chance.choice([1, 3, 7, 20])),
            trigger_price=(self.price + side.sign * away).quantize(TICK),
        )

    async def filled(self) -> dict[str, Decimal]:
        """What each order has filled, by the exchange's own word."""
        found = {}
        for name in self.placed:
            shown = await self.house.orders.find(name)
            assert shown is not None
            order = await self.house.orders.fills(shown)
            found[name] = Decimal(0) if order is None else order.filled_contracts
        return found

    async def check(self, held: dict[PositionSide, Decimal], before: dict[str, Decimal]) -> None:
        filled = await self.filled()
        waiting = {one.name: one for one in await self.house.orders.live()}
        for side in SIDES:
            mine = [name for name, (of, _, _) in self.placed.items() if of is side]
            closed = sum((filled[name] for name in mine), Decimal(0))
            # All that a leg has become is what hands did and what fired.
            assert self.house.contracts(side) == self.brought[side] - closed >= 0
            assert closed - sum((before.get(name, Decimal(0)) for name in mine), Decimal(0)) <= held[side]
        for name, (side, opened_at, _) in self.placed.items():
            assert filled[name] >= before.get(name, Decimal(0))
            if name in self.settled:
                assert filled[name] == self.settled[name]
            if name in waiting:
                # It waits for the life that it was placed in, and for nothing that is there already.
                assert self.house.opened_at(side) == opened_at
                assert waiting[name].trigger_type == "mark"
                assert (waiting[name].trigger_price or 0) * side.sign > self.price * side.sign


@pytest.mark.parametrize("kind", ["paper", "okx"])
@pytest.mark.parametrize("seed", range(tries(DAYS, 150)))
async def test_a_day(kind: str, seed: int) -> None:
    async with house_of(kind) as house:
        day = Day(house, random.Random(seed))
        for side in SIDES:
            house.hold(side, Decimal(40))
            day.brought[side] = Decimal(40)
        for _ in range(STEPS):
            await day.live()
        # On the first ones, which every run tries, something fires.
        assert seed >= DAYS or any((await day.filled()).values())
