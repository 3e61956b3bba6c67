"""Bugs that the guards must never have, planted into the running engine: the laboratory finds each of them in its story."""

from __future__ import annotations

import datetime as dt
import importlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.stories import Story, in_a_world
from tests.chaos.test_planted import Plant
from tests.simulation.process import ME
from tests.simulation.setup import GuardSetup
from tests.simulation.simulation import Violated, World
from tgtp.domain.guards import leg_guards
from tgtp.domain.guards.best_roi import BestRoi
from tgtp.domain.guards.drawdown import Action, DrawdownRules, Fall, Watch
from tgtp.domain.guards.rules import GuardRules
from tgtp.domain.life import Life
from tgtp.domain.model import Leg, UsdtMoney
from tgtp.domain.pauses import Pauses
from tgtp.domain.plan import ALL
from tgtp.domain.sizing import TAKER_FEE, break_even
from tgtp.domain.volatility.factor import Volatility
from tgtp.engine.guards import drawdown, leg_readings
from tgtp.engine.guards.drawdown import DrawdownGuard
from tgtp.engine.guards.drawdown_notes import DrawdownNotes
from tgtp.engine.volatility.scaled_rules import ScaledRules, VolatilityBook

CRV = "CRV-USDT-SWAP"
GIVE_BACK = GuardSetup(GuardRules(give_back=Decimal("0.4")))
BREAK_EVEN = GuardSetup(GuardRules(break_even=1))
DYNAMIC = GuardSetup(dynamic=True)


def guarded(action: Action) -> GuardSetup:
    return GuardSetup(drawdown=DrawdownRules(warn="0.01", limit="0.02", action=action), cash=100)


async def rises(world: World, roi: int, seconds: float = 60) -> None:
    world.account.set_roi(CRV, "long", roi)
    await world.run(seconds)


async def a_dip_of_one_reading(world: World) -> None:
    for roi, seconds in ((26, 60), (30, 60), (12, 10), (30, 60)):
        await rises(world, roi, seconds)


async def a_spike_of_one_reading(world: World) -> None:
    for roi, seconds in ((26, 60), (34, 10), (18, 60)):
        await rises(world, roi, seconds)


async def a_win_that_is_given_back_twice(world: World) -> None:
    for roi in (26, 30, 12):
        await rises(world, roi)
    # The base is half as large now: there is something to close, and no cause.
    world.account.set_leverage(CRV, "cross", 5)
    world.audit.touch((CRV, "long", "cross"), world.loop.time())
    await world.run(60)


async def a_funding_that_was_received(world: World) -> None:
    await rises(world, 26)
    world.account.fund_leg(CRV, "long", Decimal(1))
    await rises(world, 0)
    await rises(world, -50)


async def a_loss(world: World) -> None:
    await rises(world, 0)
    world.audit.stand_still()
    await rises(world, -80)


async def a_loss_of_one_reading(world: World) -> None:
    await rises(world, 0)
    await rises(world, -60, 10)
    await rises(world, 0)


async def a_loss_and_a_new_process(world: World) -> None:
    await a_loss(world)
    world.killer.dead = True
    await world.die()
    world.account.open_leg(CRV, "short", "100", "0.376")
    await world.run(60)


async def an_equity_of_half(world: World) -> None:
    await rises(world, 0)
    world.account.shows_usdt = Decimal("0.5")
    await world.run(60)
    world.account.shows_usdt = Decimal(1)


async def half_moved_out_with_a_late_bill(world: World) -> None:
    await rises(world, 0)
    world.account.bill_lag = 60
    world.holders[0].transfer(Decimal(-45))
    await world.run(120)


async def a_loss_under_a_pause(world: World) -> None:
    await rises(world, 0)
    assert world.process is not None
    world.process.parts[0].actions.pause(ALL, ME)
    await rises(world, -80)


def known(world: World, now: str, factor: str, hours: int = 0) -> None:
    """Let the coin be so wild, by bars that ended hours ago."""
    assert world.weathered is not None
    until = dt.datetime.fromtimestamp(int(world.clock.true_seconds()), dt.UTC) - dt.timedelta(hours=hours)
    usual = Decimal("0.01")
    world.weathered.book.known[CRV] = Volatility(until=until, now=usual * Decimal(now), usual=usual, factor=Decimal(factor))
    at = world.loop.time()
    world.weathered.factors.drawn(CRV, at, at - 3600 * hours, Decimal(factor))


async def a_market_that_is_asleep(world: World) -> None:
    known(world, "0.4", "0.75")
    await world.run(200)
    await rises(world, 15)


async def bars_of_hours_ago(world: World) -> None:
    known(world, "0.75", "0.75", hours=4)
    await world.run(200)
    await rises(world, 20)


def leg_guards_act_on_one_reading(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(leg_readings, "AGREE_AFTER", 0)


def leg_guards_never_act(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(leg_readings, "reached_guards", lambda *_: ())


def one_spike_is_the_best(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(BestRoi, "followed_by", lambda self, leg, _: self._replace(roi=max(self.roi or leg.roi, leg.roi)))


def what_a_guard_did_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Life, "_guarded_with", lambda *_: None)


def funding_is_left_out(patch: pytest.MonkeyPatch) -> None:
    def without(leg: Leg, life: Life) -> Decimal | None:
        closed = sum((tier.contracts for tier in life.fired), Decimal(0))
        quantity = (leg.contracts + closed) * leg.instrument.contract_size
        return break_even(leg.entry_price, leg.position_side, quantity, -(leg.fees or Decimal(0)), TAKER_FEE)

    patch.setattr(leg_guards, "break_even_price", without)


def all_is_closed_for_the_base(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("tgtp.domain.guards.leg_guards.base_contracts", lambda *_: Decimal(1))
    patch.setattr("tgtp.domain.guards.leg_guards.closable_contracts", lambda leg, _: leg.contracts - 1)


def the_account_is_guarded_on_one_reading(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(drawdown, "AGREE_AFTER", dt.timedelta())


def the_account_is_never_guarded(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(DrawdownGuard, "_confirmed", lambda _: Decimal(0))


def an_act_is_not_on_disk(patch: pytest.MonkeyPatch) -> None:
    keep = DrawdownNotes.keep
    patch.setattr(DrawdownNotes, "keep", lambda self, watch: keep(self, watch and watch.replaced(firing=None)))


def equity_is_believed(patch: pytest.MonkeyPatch) -> None:
    async def always(*_: Any) -> bool:
        return True

    def fall(self: Watch, money: UsdtMoney) -> Fall:
        lost = max(self.peak_equity - money.equity, Decimal(0))
        return Fall(fraction=lost / self.peak_equity, lost=lost, peak_equity=self.peak_equity)

    patch.setattr(DrawdownGuard, "_explained", always)
    patch.setattr(Watch, "fall", fall)


def pauses_are_overlooked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Pauses, "of_account", lambda *_: ())


def the_base_is_closed_too(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(importlib.import_module("tgtp.domain.plan.drawdown_plan"), "_base", lambda *_: Decimal(1))


def its_own_pause_holds_it_back(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Pauses, "_against", lambda self, _: self.entries)


def the_factor_has_no_limits(patch: pytest.MonkeyPatch) -> None:
    def ratio(self: ScaledRules, *_: Any) -> dict[str, Decimal]:
        wild = {name: one for name, one in self.book.known.items() if isinstance(one, Volatility)}
        return {name: one.now / one.usual for name, one in wild.items()}

    patch.setattr(ScaledRules, "factors", ratio)


def old_bars_count(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(VolatilityBook, "fresh", lambda self, name, _: self.known.get(name))


PLANTED = [
    (leg_guards_act_on_one_reading, a_dip_of_one_reading, GIVE_BACK, "on one reading"),
    (one_spike_is_the_best, a_spike_of_one_reading, GIVE_BACK, "nothing is the cause"),
    (what_a_guard_did_is_forgotten, a_win_that_is_given_back_twice, GIVE_BACK, "acts again"),
    (leg_guards_never_act, a_win_that_is_given_back_twice, GIVE_BACK, "has given back"),
    (all_is_closed_for_the_base, a_win_that_is_given_back_twice, GIVE_BACK, "down to the base"),
    (funding_is_left_out, a_funding_that_was_received, BREAK_EVEN, "nothing is the cause"),
    (leg_guards_never_act, a_funding_that_was_received, BREAK_EVEN, "it comes out even"),
    (the_account_is_guarded_on_one_reading, a_loss_of_one_reading, guarded("pause"), "on one reading"),
    (the_account_is_never_guarded, a_loss, guarded("pause"), "the guard has not acted"),
    (an_act_is_not_on_disk, a_loss_and_a_new_process, guarded("close"), "has acted again"),
    (equity_is_believed, an_equity_of_half, guarded("close"), "has acted at a fall"),
    (equity_is_believed, half_moved_out_with_a_late_bill, guarded("base"), "has acted at a fall"),
    (pauses_are_overlooked, a_loss_under_a_pause, guarded("pause"), "in spite of"),
    (the_base_is_closed_too, a_loss, guarded("base"), "aims at"),
    (its_own_pause_holds_it_back, a_loss, guarded("close"), "has not ended"),
    (the_factor_has_no_limits, a_market_that_is_asleep, DYNAMIC, "was sent at"),
    (old_bars_count, bars_of_hours_ago, DYNAMIC, "was sent at"),
]


def _names() -> list[str]:
    return [f"{plant.__name__}-{story.__name__}" for plant, story, *_ in PLANTED]


# Each story once, whatever is planted in it.
STORIES = {(story.__name__, guards.drawdown.action): (story, guards) for _, story, guards, _ in PLANTED}


@pytest.mark.parametrize(("story", "guards"), STORIES.values(), ids=["-".join(name) for name in STORIES])
def test_the_engine_as_it_is_lives_through_the_story(tmp_path: Path, story: Story, guards: GuardSetup) -> None:
    in_a_world(tmp_path, story, guards=guards)


@pytest.mark.parametrize(("plant", "story", "guards", "words"), PLANTED, ids=_names())
def test_a_bug_planted_in_the_guards_is_found_in_its_story(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plant: Plant, story: Story, guards: GuardSetup, words: str
) -> None:
    plant(monkeypatch)
    with pytest.raises(Violated, match=words):
        in_a_world(tmp_path, story, guards=guards)
