"""Ladders that people have changed: in force from the next check on, kept over restarts, whole after any crash."""

from __future__ import annotations

import asyncio
import contextlib
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.deaths import Killed, Killer
from tests.fixtures.engine import SEED_RULES, House, occupied
from tests.fixtures.fakes import key, paper_leg
from tests.fixtures.sentences import told
from tgtp.adapters.storage import atomic_file
from tgtp.domain.examples import instrument
from tgtp.domain.ladder import Ladder
from tgtp.domain.model import PositionSide
from tgtp.engine.rulebook import LADDERS, RuleBook, Wanted, Whose
from tgtp.errors import LedgerUnreadable, LedgerWriteFailed

CRV, UNI = key(), key("UNI-USDT-SWAP")
LONG = Whose("", PositionSide.LONG)
SHORT = Whose("", PositionSide.SHORT)
CRV_LONG = Whose("CRV-USDT-SWAP", PositionSide.LONG)
EARLY = Ladder.parse("20:10,40:50")
LATE = Ladder.parse("60:10,80:50")


async def opened(folder: Path, **how: Any) -> House:
    house = House(folder, paper_leg(contracts=100), paper_leg("UNI-USDT-SWAP", contracts=100), **how)
    await house.check()
    return house


async def given(house: House, wanted: Wanted, by: int = 7) -> bool:
    return await house.actions.change_ladder(house.checker.rulebook.proposal(wanted), by)


async def test_a_changed_ladder_holds_from_the_next_check_on_and_over_a_restart(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    house.set_roi(CRV, 22)
    house.set_roi(UNI, 22)
    await house.check()
    assert house.closed() == []
    assert await given(house, {LONG: EARLY})
    assert house.closed() == []
    await house.check()
    assert house.closed() == [10, 10]
    house.restart()
    assert house.checker.rules.long == EARLY
    assert house.checker.rules.short == SEED_RULES.short


async def test_a_ladder_of_its_own_holds_for_one_leg_alone(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    assert await given(house, {CRV_LONG: EARLY})
    house.set_roi(CRV, 22)
    house.set_roi(UNI, 22)
    await house.check(2)
    assert (house.fired(CRV), house.fired(UNI)) == ([1], [])
    # A change of the side does not touch it; put back, it follows again.
    assert await given(house, {LONG: LATE})
    assert house.checker.rules.ladder_of(CRV) == EARLY
    assert await given(house, {CRV_LONG: None})
    assert house.checker.rules.ladder_of(CRV) == LATE
    assert await given(house, {LONG: None})
    assert house.checker.rules == SEED_RULES


async def test_tiers_that_have_fired_stay_fired_by_their_number(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    house.set_roi(CRV, 26)
    await house.check()
    assert house.fired(CRV) == [1]
    assert await given(house, {CRV_LONG: Ladder.parse("5:100,90:10")})
    await house.check(3)
    assert house.closed() == [30]
    house.set_roi(CRV, 91)
    await house.check()
    assert house.fired(CRV) == [1, 2]


async def test_a_tier_that_was_begun_ends_as_it_was_begun(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=100), instruments=[instrument(max_market_contracts="20")])
    await house.check()
    house.set_roi(CRV, 26)
    await house.check()
    assert house.closed() == [20]
    assert await given(house, {LONG: LATE})
    await house.check(3)
    assert house.closed() == [20, 10]
    (first, second) = house.listener.of("tier_filled")
    assert second.intent.basis.threshold == first.intent.basis.threshold == Decimal("0.25")
    assert second.intent.basis.share == Decimal("0.3")
    assert house.ledger.lives()[CRV].fired[0].threshold == Decimal("0.25")


async def test_every_change_is_recorded_with_who_and_told_to_the_others(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    await given(house, {LONG: EARLY, CRV_LONG: LATE}, by=7)
    await given(house, {CRV_LONG: None}, by=8)
    first, second, third = house.listener.of("ladder_changed")
    assert (first.instrument_id, first.position_side.value, first.by, first.default) == ("", "long", 7, False)
    assert (first.before, first.after) == (str(SEED_RULES.long), str(EARLY))
    assert (second.instrument_id, second.before, second.after) == ("CRV-USDT-SWAP", str(SEED_RULES.long), str(LATE))
    assert (third.before, third.after, third.by, third.default) == (str(LATE), str(EARLY), 8, True)
    told = [told.delivered_to for told in house.ledger.outbox() if house.ledger.event(told.number)[1].kind == "ladder_changed"]  # type: ignore[index]
    assert told == [(7,), (7,), (8,)]


async def test_what_is_no_more_as_it_was_shown_changes_nothing(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    book = house.checker.rulebook
    shown, back = book.proposal({LONG: LATE}), book.proposal({CRV_LONG: EARLY})
    assert await given(house, {LONG: EARLY})
    assert not await house.actions.change_ladder(shown, 8)
    # What the leg would leave has changed too.
    assert not await house.actions.change_ladder(back, 8)
    assert house.checker.rules == SEED_RULES.replaced(long=EARLY)
    assert len(house.listener.of("ladder_changed")) == 1


async def test_a_change_of_another_ladder_does_not_matter(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    shown = house.checker.rulebook.proposal({LONG: LATE})
    assert await given(house, {SHORT: EARLY})
    assert await house.actions.change_ladder(shown, 8)
    assert (house.checker.rules.long, house.checker.rules.short) == (LATE, EARLY)


async def test_dust_and_what_a_pause_held_back_are_told_again_under_the_new_ladder(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg(contracts=3), paper_leg("UNI-USDT-SWAP", contracts=3))
    house.set_roi(CRV, 26)
    house.set_roi(UNI, 26)
    await house.check(2)
    assert len(house.listener.of("tier_is_dust")) == 2
    assert await given(house, {CRV_LONG: Ladder.parse("24:20,35:50")})
    await house.check(3)
    dust = house.listener.of("tier_is_dust")
    assert [(event.leg, event.threshold) for event in dust[2:]] == [(CRV, Decimal("0.24"))]

    house.actions.pause("*", by=7)
    house.set_roi(CRV, 41)
    await house.check(2)
    assert len(house.listener.of("would_have_closed")) == 1
    assert await given(house, {CRV_LONG: Ladder.parse("24:20,34:60")})
    await house.check(2)
    assert len(house.listener.of("would_have_closed")) == 2


async def test_a_change_waits_for_the_check_that_is_running(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    async with occupied(house.checker):
        changing = asyncio.create_task(given(house, {LONG: EARLY}))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert house.checker.rules == SEED_RULES
    assert await changing
    assert house.checker.rules.long == EARLY


async def test_a_full_disk_leaves_the_ladder_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = await opened(tmp_path)

    def full(path: Path, payload: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(atomic_file, "write_whole", full)
        with pytest.raises(LedgerWriteFailed):
            await given(house, {LONG: EARLY})
    assert house.checker.rules == SEED_RULES
    assert await given(house, {LONG: EARLY})


@pytest.mark.parametrize("place", [0, 1])
async def test_killed_before_or_after_the_write_the_old_or_the_new_ladder_is_whole(
    place: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await opened(tmp_path)
    await given(house, {LONG: EARLY, CRV_LONG: LATE})
    with monkeypatch.context() as disk:
        Killer(place).watch_writes(disk)
        with contextlib.suppress(Killed):
            await given(house, {LONG: None, CRV_LONG: EARLY})
    house.restart()
    rules = house.checker.rules
    old, new = (
        SEED_RULES.replaced(long=EARLY, own={"CRV-USDT-SWAP long": LATE}),
        SEED_RULES.replaced(own={"CRV-USDT-SWAP long": EARLY}),
    )
    assert rules == (old if place == 0 else new)
    assert len([event for _, event in house.ledger.history(20) if event.kind == "ladder_changed"]) == (2 if place == 0 else 4)


@pytest.mark.parametrize(
    ("note", "named"),
    [
        ({"STX-USDT-SWAP long": "35:50,25:30"}, "STX-USDT-SWAP long"),
        ({"short": "25:30", "long": ""}, "long"),
        ({"STX-USDT-SWAP up": "25:30"}, "STX-USDT-SWAP up"),
        ({"long": {"25": 30}}, "long"),
        (["25:30"], "ladders"),
        ("x" * 5000, "ladders"),
    ],
)
async def test_a_broken_ladder_in_the_ledger_refuses_to_start_in_one_line(tmp_path: Path, note: Any, named: str) -> None:
    house = await opened(tmp_path)
    house.ledger.close()
    path = tmp_path / "ledger.json"
    ledger = json.loads(path.read_text())
    ledger["notes"][LADDERS] = {"value": note}
    path.write_text(json.dumps(ledger))
    with pytest.raises(LedgerUnreadable) as caught:
        house._open()
    said = told(caught.value)
    assert named in said
    assert "ledger.json" in said
    assert "\n" not in said
    assert len(said) < 400


async def test_the_rules_of_the_settings_are_left_alone(tmp_path: Path) -> None:
    house = await opened(tmp_path)
    await given(house, {LONG: EARLY, CRV_LONG: LATE})
    assert house.checker.rulebook.settings == SEED_RULES
    # Other settings at the next start: what was changed stays, what was not follows.
    other = SEED_RULES.replaced(short=LATE)
    book = RuleBook(house.ledger, other)
    assert (book.in_force.long, book.in_force.short) == (EARLY, LATE)
    assert book.as_if({LONG: None, CRV_LONG: None}) == other
