"""The paper account and OKX over HTTP, each with a hand that moves its legs and prices, for the suites of what both owe."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from decimal import Decimal
from typing import Any

import pytest

from tests.fakes import FakeClock, paper_exchange, paper_leg
from tests.okx_server import OkxServer
from tgtp.domain.model import Candle, Instrument, Leg, LegKey, MarginMode, PositionMode, PositionSide
from tgtp.engine.ports import Exchange

STX = "STX-USDT-SWAP"
OPENED_AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
SPEC = Instrument(
    instrument_id=STX,
    contract_size=Decimal(10),
    lot_size=Decimal("0.1"),
    min_contracts=Decimal("0.5"),
    tick_size=Decimal("0.0001"),
    max_market_contracts=Decimal(50),
)
# USDT at the start: a contract is worth this, however many coins it holds.
WORTH = Decimal(3)


class World(ABC):
    """An exchange and a hand that moves its legs and prices."""

    exchange: Exchange
    start: Decimal

    @abstractmethod
    def open(self, key: LegKey, contracts: str, entry_price: str) -> None: ...

    @abstractmethod
    def mark(self, price: Decimal) -> None: ...

    @abstractmethod
    def drop(self, key: LegKey) -> None: ...

    @abstractmethod
    def pay(self, amount: Decimal) -> None: ...

    @abstractmethod
    def lived(self, bars: dict[dt.datetime, tuple[str, str]]) -> None:
        """Let the mark price have gone from one to the other in these minutes."""


class PaperWorld(World):
    def __init__(self, size: str = "10", mode: PositionMode = PositionMode.LONG_SHORT) -> None:
        self.clock, self.start = FakeClock(), WORTH / Decimal(size)
        spec = SPEC.replaced(contract_size=Decimal(size))
        self.paper, self.prices = paper_exchange(self.clock, instruments=[spec], marks={STX: self.start})
        self.paper.position_mode = mode
        self.exchange = self.paper

    def open(self, key: LegKey, contracts: str, entry_price: str) -> None:
        self.paper.put_leg(
            paper_leg(
                STX,
                key.position_side.value,
                contracts=contracts,
                entry_price=entry_price,
                mode=key.margin_mode.value,
                opened_at=OPENED_AT,
            )
        )

    def mark(self, price: Decimal) -> None:
        self.prices.marks[STX] = price

    def drop(self, key: LegKey) -> None:
        self.paper.drop_leg(key)

    def pay(self, amount: Decimal) -> None:
        self.paper.deposit(amount)

    def lived(self, bars: dict[dt.datetime, tuple[str, str]]) -> None:
        ends = {at: (Decimal(first), Decimal(last)) for at, (first, last) in bars.items()}
        self.prices.candles[STX] = tuple(
            Candle(opened_at=at, open=first, high=max(first, last), low=min(first, last), close=last)
            for at, (first, last) in ends.items()
        )


class OkxWorld(World):
    def __init__(
        self, server: OkxServer, exchange: Exchange, size: str = "10", mode: PositionMode = PositionMode.LONG_SHORT
    ) -> None:
        self.server, self.exchange, self.start = server, exchange, WORTH / Decimal(size)
        self.account = account = server.account
        account.position_mode = "net_mode" if mode is PositionMode.NET else "long_short_mode"
        account.add_instrument(STX, size, "0.1", minimum="0.5", max_market="50", mark=self.start)
        account.set_mark(STX, self.start)

    def open(self, key: LegKey, contracts: str, entry_price: str) -> None:
        self.account.open_leg(
            STX,
            key.position_side.value,
            contracts,
            entry_price,
            margin_mode=key.margin_mode.value,
            opened_at_ms=int(OPENED_AT.timestamp() * 1000),
        )

    def mark(self, price: Decimal) -> None:
        self.account.set_mark(STX, price)

    def drop(self, key: LegKey) -> None:
        self.account.close_leg(STX, key.position_side.value, key.margin_mode.value)

    def pay(self, amount: Decimal) -> None:
        self.account.cash += amount

    def lived(self, bars: dict[dt.datetime, tuple[str, str]]) -> None:
        rows = {str(int(at.timestamp() * 1000)): ends for at, ends in bars.items()}
        body = [[at, first, max(first, last), min(first, last), last, "1"] for at, (first, last) in rows.items()]
        self.server.fault("/market/mark-price-candles", "json", body={"code": "0", "data": body[::-1], "msg": ""})


def named(side: str = "long", margin_mode: MarginMode = MarginMode.CROSS) -> LegKey:
    return LegKey(instrument_id=STX, position_side=PositionSide(side), margin_mode=margin_mode)


async def look(world: World, key: LegKey) -> Leg:
    return (await world.exchange.snapshot()).by_key[key]


async def held(world: World, key: LegKey) -> Decimal:
    leg = (await world.exchange.snapshot()).by_key.get(key)
    return Decimal(0) if leg is None else leg.contracts


def near(value: Any) -> Any:
    return pytest.approx(Decimal(value), abs=Decimal("1e-9"))
