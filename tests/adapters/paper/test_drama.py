"""The plot of a paper account: what guards are for is to be seen within minutes, in virtual time, and again in the next act."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.engine import SEED_RULES
from tests.fixtures.fakes import NOW, FakeClock, RecordingListener, key
from tests.fixtures.snapshots import D
from tgtp.adapters.paper.account_file import PaperAccount
from tgtp.adapters.paper.drama import ACT, CALM, PLOT, Drama, DramaticMarket
from tgtp.adapters.paper.simulated_market import COINS, SimulatedMarket, seed_legs
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.domain.guards.drawdown import ACTIONS, Action, DrawdownRules
from tgtp.domain.guards.rules import GuardRules
from tgtp.engine.cycle import Checker
from tgtp.engine.manual.actions import ManualActions

SOL, ETH = key("SOL-USDT-SWAP"), key("ETH-USDT-SWAP")


class Stage:
    """A paper account with the plot, checked every ten seconds; the percentages are those that a person would set."""

    def __init__(self, folder: Path, action: Action | None = None, guards: GuardRules | None = None, age: float = 0) -> None:
        self.clock = FakeClock(NOW + dt.timedelta(seconds=age))
        self.exchange = Drama(
            DramaticMarket(self.clock, NOW), self.clock, PaperAccount(genesis=NOW), path=folder / "paper.json", seed=seed_legs
        )
        self.ledger, self.listener = TinyLedger(folder), RecordingListener()
        rules = SEED_RULES.replaced(guards=guards or GuardRules())
        floor = DrawdownRules(warn="0.02", limit="0.05", action=action) if action else None
        self.checker = Checker(self.exchange, self.ledger, self.listener, self.clock, rules, drawdown=floor)

    async def run(self, minutes: float) -> None:
        for _ in range(int(minutes * 6)):
            report = await self.checker.check()
            assert report.error is None
            self.clock.forward(10)

    def of(self, kind: str) -> list[Any]:
        return self.listener.of(kind)

    def guarded(self, rule: str) -> list[Any]:
        return [event for event in self.of("guard_filled") if event.intent.rule == rule]


@pytest.fixture
async def stages(tmp_path: Path) -> AsyncIterator[Any]:
    made: list[Stage] = []

    def build(*args: Any, **options: Any) -> Stage:
        made.append(Stage(tmp_path / f"{len(made)}", *args, **options))
        return made[-1]

    yield build
    for stage in made:
        stage.ledger.close()


@pytest.mark.parametrize("action", ACTIONS)
async def test_the_fall_warns_once_and_is_acted_on_once_within_minutes(stages: Any, action: Action) -> None:
    stage = stages(action)
    await stage.run(4.5)
    (warned,), (fired,) = stage.of("drawdown_warned"), stage.of("drawdown_fired")
    assert (warned.level, fired.firing.limit, fired.firing.action) == (D("0.02"), D("0.05"), action)
    assert D("0.05") <= fired.firing.fall.fraction < D("0.1")
    assert warned.at < fired.at <= NOW + dt.timedelta(minutes=4)
    assert stage.ledger.pauses().has("*", "guard")
    held = {leg.key: leg for leg in (await stage.exchange.snapshot()).legs}
    if action == "pause":
        assert held[ETH].contracts == 5
        assert stage.guarded("drawdown") == []
    elif action == "base":
        assert held[ETH].initial_margin < 2
        assert len(stage.of("drawdown_done")) == 1
    else:
        assert ETH not in held
        assert len(stage.of("drawdown_done")) == 1
    # Nobody begins it anew: the next act is not acted on.
    await stage.run(8)
    assert len(stage.of("drawdown_fired")) == 1


async def test_who_begins_it_anew_sees_the_next_act_acted_on_too(stages: Any) -> None:
    stage = stages("close")
    await stage.run(5)
    assert await ManualActions(stage.checker).reset_drawdown(7, stage.checker.drawdown.fired_at)
    await stage.run(8)
    first, second = stage.of("drawdown_fired")
    assert ACT - dt.timedelta(minutes=1) < second.at - first.at < ACT + dt.timedelta(minutes=1)
    assert len(stage.of("drawdown_warned")) == 2


@pytest.mark.parametrize(
    ("guards", "rule"),
    [(GuardRules(give_back="0.4"), "give_back"), (GuardRules(break_even=1), "break_even")],
)
async def test_a_leg_passes_its_first_tier_and_gives_it_back(stages: Any, guards: GuardRules, rule: str) -> None:
    stage = stages(guards=guards)
    await stage.run(4)
    mine = [event for event in stage.guarded(rule) if event.intent.leg == SOL]
    assert [event.finished for event in mine] == [True]
    tiers = [event for event in stage.of("tier_filled") if event.intent.leg == SOL]
    assert [event.fired for event in tiers] == [(1,)]
    basis = mine[0].intent.basis
    if rule == "give_back":
        assert basis.best_roi > D("0.3")
        assert basis.roi < basis.best_roi * D("0.6")
    else:
        assert basis.roi < D("0.02")
    # The trader opens it anew, and the next act is as good.
    await stage.run(8)
    assert len([event for event in stage.guarded(rule) if event.intent.leg == SOL]) == 2


async def test_without_guards_the_account_comes_through(stages: Any) -> None:
    stage = stages()
    lowest = Decimal(1000)
    for _ in range(24):
        await stage.run(5)
        lowest = min(lowest, stage.checker.last_good.equity)
    assert 850 < lowest < 950
    assert stage.checker.last_good.equity > 950
    assert stage.of("order_rejected") == []
    assert {event.leg.coin for event in stage.of("leg_force_closed")} <= {"APT"}
    assert stage.exchange.leg(ETH).contracts == 5


async def test_an_account_of_before_has_its_legs_opened_when_an_act_begins(stages: Any) -> None:
    stage = stages(age=ACT.total_seconds() * 5 + 200)
    await stage.run(4)
    assert stage.exchange.leg(SOL) is stage.exchange.leg(ETH) is None
    await stage.run(2)
    assert stage.exchange.leg(ETH).opened_at < NOW + 6 * ACT + CALM
    # Closed by hand, it stays closed until the next act.
    stage.exchange.drop_leg(ETH)
    await stage.run(3)
    assert stage.exchange.leg(ETH) is None


async def test_the_plot_is_pure_in_time_and_touches_no_other_coin() -> None:
    clock, walked = FakeClock(NOW + dt.timedelta(seconds=4567)), FakeClock()
    market, walking = DramaticMarket(clock, NOW), DramaticMarket(walked, NOW)
    for _ in range(4567):
        walked.forward(1)
    assert await market.mark_prices() == await walking.mark_prices()
    usual = await SimulatedMarket(clock, NOW).mark_prices()
    assert {name for name, mark in (await market.mark_prices()).items() if mark != usual[name]} == set(PLOT)


@pytest.mark.parametrize("name", PLOT)
async def test_the_bars_of_the_plot_are_as_those_of_any_coin(name: str) -> None:
    clock = FakeClock(NOW + dt.timedelta(hours=2, seconds=17))
    market = DramaticMarket(clock, NOW)
    candles = await market.mark_candles(name, NOW)
    assert candles[0].open == Decimal(COINS[name].price)
    assert candles[-1].close == (await market.mark_prices())[name]
    lowest, start = min(bar.low for bar in candles), Decimal(COINS[name].price)
    assert lowest / start - 1 == pytest.approx(min(D(str(turn.away)) for turn in PLOT[name]), abs=D("0.002"))
    assert len(await market.hour_bars(name)) == 100
