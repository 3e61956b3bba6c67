"""The simulated market and the account of the description's table."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from pathlib import Path

import pytest

from tests.fixtures.engine import SEED_RULES
from tests.fixtures.fakes import NOW, FakeClock, RecordingListener, key
from tests.fixtures.okx_engine import intent_for
from tests.fixtures.snapshots import DESCRIBED, D
from tgtp.adapters.paper.account_file import PaperAccount
from tgtp.adapters.paper.demonstration import Demonstration
from tgtp.adapters.paper.exchange import PaperExchange
from tgtp.adapters.paper.simulated_market import (
    COINS,
    SEED_LEGS,
    SIMULATED_INSTRUMENTS,
    SimulatedMarket,
    seed_legs,
    seed_sub_legs,
    traded_by_hand,
)
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.domain.model import Candle, Leg, MarginMode, PositionSide
from tgtp.domain.upkeep.correction import correction_step
from tgtp.domain.upkeep.maintenance import MaintenanceDraft, draft
from tgtp.domain.upkeep.rules import UpkeepRules
from tgtp.domain.volatility.factor import HOUR, Volatility, volatility
from tgtp.engine.cycle import Checker


class Demo:
    """The account of a first start, checked every ten seconds of virtual time."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        account = PaperAccount(genesis=self.clock.now())
        self.exchange = Demonstration(
            SimulatedMarket(self.clock, account.genesis), self.clock, account, path=folder / "paper.json", seed=seed_legs
        )
        self.ledger = TinyLedger(folder)
        self.listener = RecordingListener()
        self.checker = Checker(self.exchange, self.ledger, self.listener, self.clock, SEED_RULES)

    async def run(self, minutes: float) -> None:
        for _ in range(int(minutes * 6)):
            report = await self.checker.check()
            assert report.error is None
            self.clock.forward(10)

    def happened(self, kind: str, since: dt.datetime = NOW) -> int:
        return sum(event.kind == kind and event.at >= since for _, event in self.listener.events)


async def first_look() -> dict[tuple[str, str], Leg]:
    clock = FakeClock()
    market = SimulatedMarket(clock, clock.now())
    exchange = PaperExchange(market, clock, PaperAccount(genesis=clock.now()), seed=seed_legs)
    return {(leg.instrument.coin, leg.position_side.value): leg for leg in (await exchange.snapshot()).legs}


@pytest.mark.parametrize(("coin", "side", "margin", "roi"), DESCRIBED)
async def test_the_table_of_the_description_comes_out(coin: str, side: str, margin: str, roi: str) -> None:
    leg = (await first_look())[coin, side]
    assert abs(leg.initial_margin - D(margin)) <= D("0.02")
    assert abs(leg.roi * 100 - D(roi)) < D("0.005")


async def test_all_seven_coins_are_held_on_both_sides_some_under_one_u() -> None:
    legs = await first_look()
    names = {row.instrument_id for row in SEED_LEGS}
    assert legs.keys() == {(name.split("-")[0], side.value) for name in names for side in PositionSide}
    assert len({coin for coin, _ in legs}) == 7
    assert sum(leg.initial_margin <= 1 for leg in legs.values()) >= 7
    assert sum(leg.initial_margin > 1 for leg in legs.values()) >= 4


async def test_the_first_look_is_calm_as_in_the_description(tmp_path: Path) -> None:
    demo = Demo(tmp_path)
    await demo.run(1 / 6)
    assert demo.listener.kinds() == ["started"]
    demo.ledger.close()


async def test_seed_legs_are_whole_lots() -> None:
    for leg in (await first_look()).values():
        assert leg.contracts % leg.instrument.lot_size == 0
        assert leg.contracts >= leg.instrument.min_contracts


async def test_prices_are_pure_in_time() -> None:
    late = FakeClock(NOW + dt.timedelta(seconds=12345))
    walked = FakeClock()
    markets = [SimulatedMarket(late, NOW), SimulatedMarket(walked, NOW)]
    for _ in range(5):
        await markets[1].mark_prices()
        walked.forward(2469)
    assert await markets[0].mark_prices() == await markets[1].mark_prices()
    assert await SimulatedMarket(late, NOW, seed=2).mark_prices() != await markets[0].mark_prices()


async def test_prices_are_whole_ticks_above_zero_and_move() -> None:
    clock = FakeClock()
    market = SimulatedMarket(clock, NOW)
    seen: dict[str, set[Decimal]] = {name: set() for name in COINS}
    for _ in range(200):
        clock.forward(37)
        for name, mark in (await market.mark_prices()).items():
            assert mark > 0
            assert mark % SIMULATED_INSTRUMENTS[name].tick_size == 0
            seen[name].add(mark)
    assert all(len(marks) > 20 for marks in seen.values())


async def test_a_clock_before_the_beginning_shows_the_beginning() -> None:
    early = SimulatedMarket(FakeClock(NOW - dt.timedelta(days=1)), NOW)
    assert await early.mark_prices() == {name: Decimal(coin.price) for name, coin in COINS.items()}


async def test_a_first_tier_and_a_hedge_happen_within_two_minutes(tmp_path: Path) -> None:
    demo = Demo(tmp_path)
    await demo.run(2)
    assert demo.happened("tier_filled") >= 1
    assert demo.happened("hedge_filled") >= 1
    assert demo.happened("order_rejected") == 0
    demo.ledger.close()


async def test_the_demonstration_is_still_lively_in_its_second_hour(tmp_path: Path) -> None:
    demo = Demo(tmp_path)
    await demo.run(60)
    begun = demo.clock.now()
    await demo.run(60)
    assert demo.happened("tier_filled", begun) >= 3
    assert demo.happened("hedge_filled", begun) >= 5
    assert demo.happened("leg_opened", begun) >= 5
    assert demo.happened("order_rejected") == demo.happened("exchange_lost") == 0
    assert demo.checker.last_report is not None
    assert demo.checker.last_report.snapshot is not None
    equity = demo.checker.last_report.snapshot.equity
    assert equity is not None
    assert 950 < equity < 1050
    demo.ledger.close()


def test_legs_at_real_prices_keep_their_margin() -> None:
    # Real prices are elsewhere, and a real instrument may have other lots.
    marks = {name: Decimal(coin.price) * 2 for name, coin in COINS.items()}
    instruments = {**SIMULATED_INSTRUMENTS, "CRO-USDT-SWAP": SIMULATED_INSTRUMENTS["CRO-USDT-SWAP"].replaced(lot_size=D("0.1"))}
    for leg, row in zip(seed_legs(marks, instruments, NOW), SEED_LEGS, strict=True):
        name = row.instrument_id
        meant = Decimal(row.contracts) * Decimal(COINS[name].price)
        one_lot = instruments[name].lot_size * marks[name]
        assert abs(leg.contracts * marks[name] - meant) <= one_lot
        assert leg.contracts % instruments[name].lot_size == 0


async def test_the_sub_accounts_have_something_to_keep_up() -> None:
    clock, rules, found = FakeClock(), UpkeepRules(), []
    for number in range(3):
        account = PaperAccount(genesis=clock.now())
        paper = PaperExchange(SimulatedMarket(clock, clock.now()), clock, account, seed=seed_sub_legs(number))
        shot = await paper.snapshot()
        assert shot.available is not None
        assert 500 < shot.available < 1000
        steps = [correction_step(leg, rules.target(0), shot.available) for leg in shot.legs]
        losing = [
            leg for leg in shot.legs if isinstance(draft(leg, rules, 0, None, shot.available, clock.now()), MaintenanceDraft)
        ]
        assert losing
        found.append({type(step).__name__ for step in steps})
    assert found[0] == found[2] == {"InBand", "Move", "Trim"}
    assert found[1] == {"InBand", "Move", "Stuck"}


@pytest.mark.parametrize("number", [0, 1])
async def test_a_sub_account_stays_worth_keeping_up(number: int) -> None:
    """For two hours: most of the time a leg loses enough for a maintenance, and none is lost or changed by itself."""
    clock, rules, losing = FakeClock(), UpkeepRules(), 0
    account = PaperAccount(genesis=clock.now())
    paper = PaperExchange(SimulatedMarket(clock, clock.now()), clock, account, seed=seed_sub_legs(number))
    hands = traded_by_hand(number)
    begun = [leg for leg in (await paper.snapshot()).legs if leg.key.instrument_id not in hands]
    first = {leg.key: (leg.opened_at, leg.contracts) for leg in begun}
    for _ in range(240):
        clock.forward(30)
        shot = await paper.snapshot()
        legs = [leg for leg in shot.legs if leg.key.instrument_id not in hands]
        assert {leg.key: (leg.opened_at, leg.contracts) for leg in legs} == first
        losing += any(leg.roi <= rules.maintain_at for leg in legs if leg.margin_mode is MarginMode.ISOLATED)
    assert losing > 240 / 2


async def test_a_sub_account_can_pay_two_maintenances() -> None:
    clock = FakeClock()
    paper = PaperExchange(SimulatedMarket(clock, NOW), clock, PaperAccount(genesis=NOW), seed=seed_sub_legs(0))
    for turn in range(2):
        leg = (await paper.snapshot()).by_key[key("CRV-USDT-SWAP", mode="isolated")]
        # 100 U of margin at 10x: 1000 U.
        bought = Decimal(int(1000 / leg.mark_price))
        meant = intent_for(leg, bought, f"tgbuy{turn}").replaced(rule="buy", tag=f"m{turn}buy")
        await paper.submit(meant)
        large = (await paper.snapshot()).by_key[leg.key]
        assert large.contracts == leg.contracts + bought
        cut = intent_for(large, large.contracts - leg.contracts, f"tgcut{turn}").replaced(rule="cut", tag=f"m{turn}cut")
        await paper.submit(cut)
        after = (await paper.snapshot()).by_key[leg.key]
        # The loss is spread over ten times the size, and most of it taken.
        assert leg.roi < after.roi < 0
        assert after.initial_margin == pytest.approx(after.contracts * after.entry_price / 10)
    available = (await paper.snapshot()).available
    assert available is not None
    assert available > 900


def test_coins_that_are_not_there_are_left_out() -> None:
    marks = {"CRV-USDT-SWAP": D("0.4")}
    legs = seed_legs(marks, SIMULATED_INSTRUMENTS, NOW)
    assert {leg.instrument_id for leg in legs} == {"CRV-USDT-SWAP"}
    assert {leg.opened_at for leg in legs} == {NOW}


@pytest.mark.parametrize(
    ("age", "back", "width"),
    [
        (0, 0, 10),
        (7, 7, 10),
        (601.5, 300, 10),
        (86400 * 3 + 7, 3600, 30),
        (86400 * 3 + 7, 86400, 300),
        (86400 * 3 + 7, 86400 * 3, 900),
        (86400 * 90, 86400 * 90, 14400 * 6),
        (86400 * 900, 86400 * 900, 86400),
    ],
)
async def test_bars_lead_up_to_now(age: float, back: float, width: int) -> None:
    clock = FakeClock(NOW + dt.timedelta(seconds=age))
    market, now = SimulatedMarket(clock, NOW), clock.now()
    candles = await market.mark_candles("STX-USDT-SWAP", now - dt.timedelta(seconds=back))
    wide = dt.timedelta(seconds=width)
    assert 0 < len(candles) <= 300
    assert candles[0].opened_at <= max(now - dt.timedelta(seconds=back), now - 300 * wide + wide)
    assert candles[-1].opened_at <= now < candles[-1].opened_at + wide
    for earlier, later in itertools.pairwise(candles[1:]):
        assert later.opened_at - earlier.opened_at == wide
        assert later.open == earlier.close
    assert all(bar.low <= min(bar.open, bar.close) <= max(bar.open, bar.close) <= bar.high for bar in candles)
    assert candles[-1].close == (await market.mark_prices())["STX-USDT-SWAP"]


async def test_a_bar_that_is_over_stays_as_it_is() -> None:
    clock = FakeClock(NOW + dt.timedelta(hours=30, seconds=17))
    market = SimulatedMarket(clock, NOW)
    first = await market.mark_candles("STX-USDT-SWAP", clock.now() - dt.timedelta(days=1))
    clock.forward(247)
    second = await SimulatedMarket(clock, NOW).mark_candles("STX-USDT-SWAP", clock.now() - dt.timedelta(days=1))
    known = {bar.opened_at: bar for bar in first[:-1]}
    assert len(known) > 280
    assert [bar for bar in second if known.get(bar.opened_at, bar) != bar] == []


async def test_there_are_no_bars_of_before_the_beginning_or_of_a_coin_that_is_not_there() -> None:
    clock = FakeClock(NOW + dt.timedelta(minutes=3))
    market = SimulatedMarket(clock, NOW)
    (first, *_) = await market.mark_candles("STX-USDT-SWAP", NOW - dt.timedelta(days=1))
    assert (first.opened_at, first.open) == (NOW, Decimal(COINS["STX-USDT-SWAP"].price))
    assert await market.mark_candles("NOWHERE-USDT-SWAP", NOW) == ()
    assert await market.mark_candles("STX-USDT-SWAP", clock.now() + dt.timedelta(minutes=1)) == ()
    assert await SimulatedMarket(clock, NOW + dt.timedelta(days=1)).mark_candles("STX-USDT-SWAP", NOW) == ()


@pytest.mark.parametrize("age", [0, 1800, 3600 * 50 + 7])
@pytest.mark.parametrize("name", COINS)
async def test_a_month_of_hours_is_there_from_the_beginning(name: str, age: int) -> None:
    clock = FakeClock(NOW + dt.timedelta(seconds=age))
    market = SimulatedMarket(clock, NOW)
    bars: tuple[Candle, ...] = ()
    for _ in range(8):
        bars = (*await market.hour_bars(name, bars[0].opened_at if bars else None), *bars)
    assert {later.opened_at - earlier.opened_at for earlier, later in itertools.pairwise(bars)} == {HOUR}
    assert bars[-1].opened_at <= clock.now() - HOUR < bars[-1].opened_at + HOUR
    assert all(bar.low <= min(bar.open, bar.close) <= max(bar.open, bar.close) <= bar.high for bar in bars)
    found = volatility(bars)
    assert isinstance(found, Volatility)
    # Another process sees the same.
    assert await SimulatedMarket(FakeClock(clock.now()), NOW).hour_bars(name) == bars[-100:]


async def test_coins_are_as_wild_as_they_like() -> None:
    market = SimulatedMarket(FakeClock(NOW + dt.timedelta(hours=5)), NOW)
    factors = set()
    for name in COINS:
        bars: tuple[Candle, ...] = ()
        for _ in range(8):
            bars = (*await market.hour_bars(name, bars[0].opened_at if bars else None), *bars)
        found = volatility(bars)
        assert isinstance(found, Volatility)
        factors.add(found.factor)
    assert min(factors) < 1 < max(factors)


async def test_no_hour_that_runs_is_given_whatever_is_asked() -> None:
    clock = FakeClock(NOW + dt.timedelta(hours=5, minutes=40))
    market, full = SimulatedMarket(clock, NOW), (NOW + dt.timedelta(hours=5)).replace(minute=0, second=0, microsecond=0)
    for before in (None, clock.now(), clock.now() + dt.timedelta(days=1), clock.now() - dt.timedelta(minutes=1)):
        newest = (await market.hour_bars("STX-USDT-SWAP", before))[-1].opened_at
        assert newest + HOUR <= clock.now() < newest + 2 * HOUR
    assert (await market.hour_bars("STX-USDT-SWAP", full))[-1].opened_at == full - HOUR
    assert (await market.hour_bars("STX-USDT-SWAP", full + dt.timedelta(seconds=1)))[-1].opened_at <= full
    assert await market.hour_bars("NOWHERE-USDT-SWAP") == ()


@pytest.mark.parametrize("name", COINS)
async def test_a_rate_stays_what_it_is_until_its_settlement(name: str) -> None:
    clock = FakeClock()
    market = SimulatedMarket(clock, clock.now())
    first = await market.funding_rate(name)
    assert first is not None
    assert first.interval is not None
    assert first.settles_at.minute == first.settles_at.second == 0
    clock.forward((first.settles_at - clock.now()).total_seconds() - 1)
    assert await market.funding_rate(name) == first
    clock.forward(1)
    then = await market.funding_rate(name)
    assert then is not None
    assert then.settles_at - first.settles_at == first.interval
    assert abs(then.rate) <= D("0.0004")
    assert await market.funding_rate("NOWHERE-USDT-SWAP") is None
