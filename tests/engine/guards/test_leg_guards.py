"""The guards of legs in the cycle, on good days and bad ones: never without cause, and once for each."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.engine import SEED_RULES, House
from tests.fixtures.fakes import fail, key, paper_leg
from tests.fixtures.okx_engine import OkxHouse, leg_key
from tests.simulation.exchange.account import Account
from tgtp.adapters.storage import atomic_file
from tgtp.domain.guards.rules import GuardRules, OwnGuards
from tgtp.domain.ladder import Ladder
from tgtp.domain.model import PositionSide
from tgtp.domain.pauses import Scope
from tgtp.engine.rulebook import Whose
from tgtp.errors import OrderRefused, OutcomeUnknown, Problem

CRV, CRV_SHORT = key(), key(side="short")
BACK = GuardRules(give_back=Decimal("0.4"))
EVEN = GuardRules(break_even=1)
GUARD = Scope(rule="guard").name
SIDES = [CRV, CRV_SHORT]


def house_of(folder: Path, guards: GuardRules = BACK, side: str = "long", **more: Any) -> House:
    return House(folder, paper_leg(side=side, **more), rules=SEED_RULES.replaced(guards=guards))


async def at(house: House, roi: Any, times: int = 2, *, of: Any = CRV, every: float = 10) -> None:
    house.set_roi(of, roi)
    await house.check(times, every=every)


def guarded(house: House) -> list[str]:
    return [event.intent.rule for event in house.listener.of("guard_filled")]


def guard_orders(house: House) -> int:
    return sum(intent.rule in ("give_back", "break_even") for intent in house.exchange.submitted)


def why(house: House) -> list[str]:
    report = house.checker.last_report
    assert report is not None
    return [note.why for note in report.guard_notes]


@pytest.mark.parametrize("leg", SIDES, ids=str)
async def test_give_back_closes_to_the_base_once(tmp_path: Path, leg: Any) -> None:
    house = house_of(tmp_path, side=leg.position_side.value)
    won = 36 if leg is CRV_SHORT else 30
    await at(house, won, 3, of=leg)
    assert house.fired(leg) == [1]
    await at(house, Decimal(won) * Decimal("0.61"), 3, of=leg)
    assert guarded(house) == []
    await at(house, Decimal(won) * Decimal("0.59"), 1, of=leg)
    assert (guarded(house), why(house)) == ([], ["agreeing"])
    await house.check()
    assert guarded(house) == ["give_back"]
    assert house.held(leg) <= 3, "the base of 1 U at 10x of 5"
    (event,) = house.listener.of("guard_filled")
    assert event.intent.basis.best_roi == Decimal(won) / 100
    await at(house, -20, 5, of=leg)
    assert guard_orders(house) == 1


async def test_nothing_is_closed_before_a_tier_has_fired(tmp_path: Path) -> None:
    house = house_of(tmp_path, GuardRules(give_back=Decimal("0.1"), break_even=1))
    await at(house, 24, 3)
    await at(house, -30, 4)
    assert house.closed() == []
    assert why(house) == ["unarmed"]


async def test_off_is_off(tmp_path: Path) -> None:
    house = house_of(tmp_path, GuardRules())
    await at(house, 30, 3)
    await at(house, -30, 4)
    assert house.closed() == [Decimal(30)]


@pytest.mark.parametrize("leg", SIDES, ids=str)
async def test_break_even_closes_at_entry_with_its_costs(tmp_path: Path, leg: Any) -> None:
    house = house_of(tmp_path, EVEN, side=leg.position_side.value)
    await at(house, 40, 3, of=leg)
    await at(house, 3, 3, of=leg)
    assert guarded(house) == []
    # The fees of the close to come alone are half a percent of ROI at 10x.
    await at(house, "0.4", 3, of=leg)
    assert guarded(house) == ["break_even"]
    await at(house, -9, 3, of=leg)
    assert guard_orders(house) == 1


async def test_break_even_waits_for_its_tier(tmp_path: Path) -> None:
    house = house_of(tmp_path, GuardRules(break_even=2))
    await at(house, 30, 3)
    await at(house, -5, 3)
    assert guarded(house) == []
    await at(house, 36, 3)
    await at(house, -5, 3)
    assert guarded(house) == ["break_even"]


async def test_a_coin_may_have_its_own(tmp_path: Path) -> None:
    house = house_of(tmp_path, BACK.replaced(own={"CRV-USDT-SWAP": OwnGuards(give_back=Decimal(0))}))
    await at(house, 30, 3)
    await at(house, 5, 4)
    assert guarded(house) == []


async def test_seconds_count_and_not_checks(tmp_path: Path) -> None:
    house = house_of(tmp_path)
    await at(house, 30, 3)
    await at(house, 10, 8, every=1)
    assert guarded(house) == [], "eight checks in seven seconds"
    await house.check()
    assert guarded(house) == ["give_back"]


async def test_a_restart_begins_with_the_first_reading_and_keeps_the_best(tmp_path: Path) -> None:
    house = house_of(tmp_path)
    await at(house, 30, 3)
    await at(house, 10, 1)
    house.restart()
    await house.check()
    assert guarded(house) == []
    await house.check()
    (event,) = house.listener.of("guard_filled")
    assert event.intent.basis.best_roi == Decimal("0.3")


async def test_one_absurd_mark_neither_fires_nor_raises_the_best(tmp_path: Path) -> None:
    house = house_of(tmp_path)
    await at(house, 30, 3)
    for absurd in (-90, 22, -90, 22):
        await at(house, absurd, 1)
        assert guarded(house) == []
    # Nor one upwards, of tiers that have fired.
    house = house_of(tmp_path / "up")
    await at(house, 51, 5)
    closed = house.closed()
    await at(house, 900, 1)
    await at(house, 40, 4)
    assert (guarded(house), house.closed()) == ([], closed)


async def test_the_clock_may_be_set_back(tmp_path: Path) -> None:
    house = house_of(tmp_path)
    await at(house, 30, 3)
    await at(house, 10, 1)
    house.clock.set_back(3600)
    await house.check(3)
    assert guard_orders(house) <= 1
    house.clock.forward(3600)
    await house.check(3)
    assert guarded(house) == ["give_back"]
    assert guard_orders(house) == 1


async def test_a_tier_goes_first_and_the_guard_looks_at_what_it_has_left(tmp_path: Path) -> None:
    house = house_of(tmp_path, GuardRules(give_back=Decimal("0.01")))
    await at(house, 34, 3)
    await at(house, "33.5", 1)
    assert why(house) == ["agreeing"]
    # The next check has both: what two readings agree on, and a tier that stands lower by now.
    change = house.checker.rulebook.proposal({Whose("", PositionSide.LONG): Ladder.parse("25:30,33:50")})
    assert await house.actions.change_ladder(change, by=7)
    await house.check()
    assert [intent.rule for intent in house.exchange.submitted] == ["tier", "tier", "give_back"]
    assert [intent.basis.contracts for intent in house.exchange.submitted] == [100, 70, 35]
    await house.check(3)
    assert guard_orders(house) == 1


async def test_a_refused_close_is_tried_again_with_growing_pauses(tmp_path: Path) -> None:
    house = house_of(tmp_path)
    await at(house, 30, 3)
    house.exchange.before = fail("submit", OrderRefused("51000", "no"), times=2)
    await at(house, 10, 30)
    assert guarded(house) == ["give_back"]
    assert guard_orders(house) == 3
    first, second = (event.again_at - event.at for event in house.listener.of("order_rejected"))
    assert second > first


async def test_lost_between_intent_and_fill_it_fills_once(tmp_path: Path) -> None:
    house = house_of(tmp_path)
    await at(house, 30, 3)
    await at(house, 10, 1)
    house.exchange.after = fail("submit", OutcomeUnknown(Problem.of_words("cut")))
    house.exchange.before = fail("find_order", OutcomeUnknown(Problem.of_words("cut")), times=1)
    await house.check()
    house.restart()
    await house.check(4)
    assert guarded(house) == ["give_back"]
    assert len(house.closed()) == 2
    assert house.held(CRV) <= 3


async def test_a_pause_is_told_once_and_sends_nothing(tmp_path: Path) -> None:
    house = house_of(tmp_path)
    await at(house, 30, 3)
    house.actions.pause(GUARD, by=7)
    await at(house, 10, 6)
    assert guard_orders(house) == 0
    (told,) = house.listener.of("would_have_closed")
    assert told.intent.rule == "give_back"
    house.actions.resume(GUARD, by=7)
    await house.check(2)
    assert guarded(house) == ["give_back"]


async def test_a_leg_that_is_opened_anew_begins_anew(tmp_path: Path) -> None:
    house = house_of(tmp_path)
    await at(house, 45, 4)
    house.paper.put_leg(paper_leg(opened_at=house.clock.now()))
    await at(house, 20, 4)
    assert guarded(house) == []
    assert why(house) == ["unarmed"]


async def test_a_quiet_check_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = house_of(tmp_path)
    await at(house, 30, 5)
    written: list[Path] = []
    monkeypatch.setattr(atomic_file, "write_whole", lambda path, payload: written.append(path))
    for roi in ("29.9", "30.5", "30.9"):
        await at(house, roi, 2)
    assert written == []


async def test_with_rows_that_lag_it_closes_once(tmp_path: Path) -> None:
    account = Account()
    account.open_leg("CRV-USDT-SWAP", "long", "100", "0.4")
    account.row_lag = account.order_lag = account.fill_lag = 25.0
    crv = leg_key("CRV-USDT-SWAP")
    async with OkxHouse(tmp_path, account, rules=SEED_RULES.replaced(guards=BACK)) as house:
        account.set_roi("CRV-USDT-SWAP", "long", 30)
        await house.check(8)
        account.set_roi("CRV-USDT-SWAP", "long", 10)
        await house.check(12)
        assert len(house.closed(crv)) == 2
        assert [event.intent.rule for event in house.told("guard_filled")] == ["give_back"]
        assert house.grown() == []


async def test_break_even_waits_until_the_mark_has_been_beyond_what_the_leg_has_paid(tmp_path: Path) -> None:
    """After months of funding it lies above the first tier: nothing comes back to where it has not been."""
    account = Account()
    account.open_leg("CRV-USDT-SWAP", "long", "1000", "0.4")
    account.fund_leg("CRV-USDT-SWAP", "long", -12)
    crv = leg_key("CRV-USDT-SWAP")
    async with OkxHouse(tmp_path, account, rules=SEED_RULES.replaced(guards=EVEN)) as house:
        account.set_roi("CRV-USDT-SWAP", "long", 26)
        await house.check(5)
        assert house.closed(crv) == [Decimal(300)]
        account.set_roi("CRV-USDT-SWAP", "long", 34)
        await house.check(3)
        account.set_roi("CRV-USDT-SWAP", "long", 26)
        await house.check(3)
        assert [event.intent.rule for event in house.told("guard_filled")] == ["break_even"]
