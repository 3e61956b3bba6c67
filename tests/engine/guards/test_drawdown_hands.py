"""What people do to a drawdown guard at the wrong moment, and legs that it cannot close: over HTTP."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path

from tests.engine.guards.test_drawdown import CLOSE, CRV, FIRED, PAUSE, STX, account, armed, house_of, lose
from tests.fixtures.okx_engine import OkxHouse
from tests.fixtures.waiting import until
from tgtp.domain.pauses import Pause
from tgtp.engine.manual.actions import ManualActions

HELD_BACK = "drawdown_held_back"


async def fired(house: OkxHouse) -> None:
    await armed(house)
    lose(house, 10)
    await house.check()
    lose(house, 21)
    await house.check(2)
    assert len(house.told(FIRED)) == 1


async def test_a_reset_that_was_asked_before_it_fired_lifts_nothing(tmp_path: Path) -> None:
    held = account()
    held.instruments["CRV-USDT-SWAP"].max_market_contracts = Decimal(400)
    async with house_of(tmp_path, CLOSE, held) as house:
        await armed(house)
        seen = house.checker.drawdown.fired_at
        await fired(house)
        assert not await ManualActions(house.checker).reset_drawdown(by=1, fired_at=seen)
        assert house.ledger.pauses().has("*", "guard")
        await house.check(4)
        assert sum(house.closed(CRV)) == 1000


async def test_a_reset_of_the_first_firing_does_not_end_the_second(tmp_path: Path) -> None:
    async with house_of(tmp_path, PAUSE) as house:
        await fired(house)
        actions, first = ManualActions(house.checker), house.checker.drawdown.fired_at
        assert await actions.reset_drawdown(by=1, fired_at=first)
        await house.check(3)
        lose(house, 38)
        await house.check(3)
        assert len(house.told(FIRED)) == 2
        assert not await actions.reset_drawdown(by=2, fired_at=first)
        assert house.ledger.pauses().has("*", "guard")
        assert await actions.reset_drawdown(by=2, fired_at=house.checker.drawdown.fired_at)
        assert not house.ledger.pauses()


async def test_one_that_is_given_another_limit_guards_on_from_a_peak_of_now(tmp_path: Path) -> None:
    async with house_of(tmp_path) as house:
        await armed(house)
        lose(house, 4)
        await house.check(2)
        assert await ManualActions(house.checker).change_drawdown(CLOSE, CLOSE.replaced(limit="0.1"), by=1)
        await house.check(3)
        lose(house, 13)
        await house.check(2)
        assert house.told(FIRED) == []
        lose(house, 14)
        await house.check(4)
        (told,) = house.told(FIRED)
        assert (told.firing.limit, told.firing.fall.peak_equity) == (Decimal("0.1"), Decimal(960))
        assert (house.closed(CRV), house.closed(STX)) == ([Decimal(1000)], [Decimal(40)])


async def test_lifting_its_pause_while_the_book_is_slow_breaks_no_check(tmp_path: Path) -> None:
    async with house_of(tmp_path, PAUSE) as house:
        await armed(house)
        with house.checker.journal.step():
            pause = Pause(scope="*", cause="guard", since=house.clock.now())
            house.ledger.keep_pauses(house.ledger.pauses().with_pause(pause))
        house.account.transfer(-100)
        house.server.fault("GET /account/bills", "delay", seconds=0.5, times=None)
        check = asyncio.create_task(house.check())
        await until(lambda: any("bills" in record.path for record in house.server.requests))
        assert ManualActions(house.checker).lift(pause, by=1)
        report = await check
        assert report.error is None
        house.server.clear_faults()
        await house.check(3)
        assert house.checker.drawdown.watch is not None


async def test_a_leg_of_unknown_size_is_closed_once_it_can_be_read(tmp_path: Path) -> None:
    held = account()
    async with house_of(tmp_path, CLOSE, held) as house:
        row_of = {"instId": "LINK-USDT-SWAP", "instType": "SWAP", "mgnMode": "cross", "posSide": "long", "upl": "0"}
        held.extra_rows.append({**row_of, "pos": "many", "cTime": "1764000000000"})
        await fired(house)
        held.extra_rows.clear()
        held.set_mark("LINK-USDT-SWAP", 13)
        held.open_leg("LINK-USDT-SWAP", "long", "10", "13", opened_at_ms=1764000000000)
        await house.check(4)
        assert sum(fill.contracts for fill in held.fills if fill.inst_id == "LINK-USDT-SWAP" and not fill.increased) == 10


async def test_a_leg_that_it_cannot_close_is_told_once(tmp_path: Path) -> None:
    held = account()
    held.level = "4"
    async with house_of(tmp_path, CLOSE, held) as house:
        await fired(house)
        await house.check(4)
        assert house.orders_asked() == []
        (told,) = house.told(HELD_BACK)
        assert (told.acting, told.unreadable, set(told.legs)) == (True, True, {CRV, STX})
