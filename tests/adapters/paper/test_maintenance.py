"""What must be left of a leg on paper: OKX's tiers, read beside the looks."""

from __future__ import annotations

import asyncio
import json
import logging
from decimal import Decimal
from pathlib import Path

import pytest

from tests.fixtures.fakes import FakeClock, paper_leg
from tests.fixtures.okx_engine import client_of
from tests.fixtures.waiting import until
from tests.simulation.exchange.server import OkxServer
from tgtp.adapters.okx.market_data import OkxPrices
from tgtp.adapters.paper.account_file import PaperAccount, PaperLeg
from tgtp.adapters.paper.exchange import PaperExchange
from tgtp.adapters.paper.fixed_prices import FixedPrices
from tgtp.adapters.paper.liquidation.maintenance import AGAIN_AFTER, READ_EVERY, TieredRates
from tgtp.domain.examples import instrument
from tgtp.domain.liquidation.position_tiers import PositionTiers
from tgtp.domain.model import MarginMode
from tgtp.errors import Problem, TemporarilyDown

D = Decimal
STX = "STX-USDT-SWAP"


class Tiers:
    """Tiers of every coin, which come when they are let go; None while they cannot be read."""

    def __init__(self, *tiers: tuple[str, str]) -> None:
        self.tiers: PositionTiers | None = PositionTiers(tuple((D(most), D(rate)) for most, rate in tiers))
        self.asked: list[tuple[str, str]] = []
        self.come = asyncio.Event()
        self.come.set()

    async def read(self, name: str, mode: MarginMode) -> PositionTiers:
        self.asked.append((name, mode.value))
        await self.come.wait()
        if self.tiers is None:
            raise TemporarilyDown(Problem("problem.position_tiers", name=name))
        return self.tiers


def paper(tiers: Tiers, clock: FakeClock, *legs: PaperLeg, **about: str) -> tuple[PaperExchange, FixedPrices]:
    prices = FixedPrices(
        [instrument(leg.instrument_id, **about) for leg in legs], {leg.instrument_id: leg.entry_price for leg in legs}
    )
    account = PaperAccount(genesis=clock.now(), legs=legs, cash=D(100_000))
    return PaperExchange(prices, clock, account, maintenance=TieredRates(tiers.read, clock)), prices


async def shown(exchange: PaperExchange) -> Decimal | None:
    """Where the one leg is liquidated, after what was begun by the look is over."""
    await exchange.snapshot()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return (await exchange.snapshot()).legs[0].liquidation_price


def isolated(contracts: int, rate: str) -> Decimal:
    """The price of a 10x long from 5, a tick earlier."""
    return round(D(contracts) * D("4.5") / (contracts * (1 - D(rate) - D("0.0005"))) + D("0.0001"), 10)


@pytest.mark.parametrize(
    ("file", "size", "tick"),
    [
        ("okx_positions/bigtime_isolated_net_long", "10", "0.00001"),
        ("okx_rows/btc_isolated_hedge_long_funded", "0.001", "0.1"),
        ("okx_rows/ada_isolated_net_short", "100", "0.0001"),
    ],
)
async def test_recorded_rows_are_shown_as_okx_shows_them(shared: Path, file: str, size: str, tick: str) -> None:
    (row,) = json.loads((shared / "data" / f"{file}.json").read_text())["data"]
    contracts, entry, leverage = abs(D(row["pos"])), D(row["avgPx"]), D(row["lever"])
    coins = contracts * D(size)
    tiers = Tiers((f"{contracts}", f"{D(row['mmr']) / (coins * D(row['markPx']))}"), ("1e9", "0.5"))
    side = "long" if row["posSide"] == "long" or D(row["pos"]) > 0 else "short"
    leg = paper_leg(row["instId"], side, contracts=contracts, entry_price=entry, leverage=leverage, mode="isolated")
    leg = leg.replaced(added_margin=D(row["margin"]) - coins * entry / leverage)
    exchange, prices = paper(tiers, FakeClock(), leg, contract_size=size, tick_size=tick)
    prices.marks[leg.instrument_id] = D(row["markPx"])
    price = await shown(exchange)
    assert price is not None
    assert abs(price - D(row["liqPx"])) < D("1e-9")


async def test_a_larger_leg_is_liquidated_earlier_and_no_look_waits_for_its_tiers() -> None:
    tiers, clock = Tiers(("100", "0.004"), ("1000", "0.02")), FakeClock()
    tiers.come.clear()
    exchange, prices = paper(tiers, clock, paper_leg(mode="isolated", contracts=101))
    assert await shown(exchange) == isolated(101, "0.004")
    tiers.come.set()
    assert await shown(exchange) == isolated(101, "0.02")
    assert tiers.asked == [("CRV-USDT-SWAP", "isolated")]
    prices.marks["CRV-USDT-SWAP"] = isolated(101, "0.02") - D("0.001")
    assert not (await exchange.snapshot()).legs


async def test_cross_legs_of_one_coin_must_keep_what_each_of_them_needs() -> None:
    tiers = Tiers(("100", "0.004"), ("50000", "0.03"))
    exchange, _ = paper(tiers, FakeClock(), paper_leg(contracts=40_000), paper_leg(side="short", contracts=100))
    # 100,000 U + 40,000 (p - 5) - 100 (p - 5) = 0.0305 * 40,000 p + 0.0045 * 100 p
    price = (39_900 * D(5) - 100_000) / (39_900 - D("0.0305") * 40_000 - D("0.0045") * 100)
    assert await shown(exchange) == round(price + D("0.0001"), 10)


async def test_while_they_cannot_be_read_trading_goes_on_and_it_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    tiers, clock = Tiers(("1000", "0.02")), FakeClock()
    known, tiers.tiers = tiers.tiers, None
    exchange, _ = paper(tiers, clock, paper_leg(mode="isolated"), paper_leg("UNI-USDT-SWAP", mode="isolated"))
    with caplog.at_level(logging.WARNING):
        assert await shown(exchange) == isolated(100, "0.004")
        clock.forward(AGAIN_AFTER)
        assert await shown(exchange) == isolated(100, "0.004")
    assert ["0.4 %" in line for line in caplog.messages] == [True]
    assert len(tiers.asked) == 4
    tiers.tiers = known
    clock.forward(AGAIN_AFTER)
    assert await shown(exchange) == isolated(100, "0.02")
    # Those that were read stay, whatever the next read fails by.
    tiers.tiers = None
    clock.forward(READ_EVERY)
    assert await shown(exchange) == isolated(100, "0.02")
    assert len(tiers.asked) == 8


async def test_live_prices_bring_okx_own_tiers() -> None:
    async with OkxServer() as server:
        clock = FakeClock()
        prices = OkxPrices(client_of(server, keys=None), clock)
        account = PaperAccount(genesis=clock.now(), legs=(paper_leg(STX, contracts=2600, entry_price="0.3", mode="isolated"),))
        rates = TieredRates(prices.position_tiers, clock)
        exchange = PaperExchange(prices, clock, account, maintenance=rates)
        try:
            key = (await exchange.snapshot()).legs[0].key
            await until(lambda: rates.rate(key, D(2600)) == D("0.01"))
            assert rates.rate(key, D(2500)) == D("0.004")
        finally:
            await exchange.close()
