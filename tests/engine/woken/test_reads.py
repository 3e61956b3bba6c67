"""However often checks are woken: OKX is never asked more often than it takes, measured where it counts; reads wait instead."""

from __future__ import annotations

import asyncio
import contextlib
from decimal import Decimal
from pathlib import Path

from tests.fixtures.okx_engine import OkxHouse, leg_key
from tests.simulation.exchange.account import Account
from tests.simulation.exchange.limits import LIMITS
from tests.simulation.exchange.server import Record
from tgtp.engine.manual.actions import ManualActions
from tgtp.engine.manual.closing import CloseOrder
from tgtp.errors import ExchangeProblem

POSITIONS = "GET /account/positions"
CRV = leg_key("CRV-USDT-SWAP")
MOST = 8


class Asked:
    """When each endpoint was asked, by the exchange's clock."""

    def __init__(self, home: OkxHouse) -> None:
        self.at: dict[str, list[float]] = {}
        self._home = home
        home.server.on_request = self._note

    async def _note(self, record: Record) -> None:
        name = f"{record.method} {record.path.removeprefix('/api/v5')}"
        self.at.setdefault(name, []).append(self._home.account.time())

    def most(self, name: str) -> int:
        """The most of one kind within the time that OKX counts over."""
        at, within = self.at[name], LIMITS[name].seconds
        return max(sum(begun <= other < begun + within for other in at) for begun in at)


def refused(home: OkxHouse) -> int:
    assert home.server.limits is not None
    return home.server.limits.refused


def winning(level: str = "2") -> Account:
    account = Account(level=level)
    account.open_leg("CRV-USDT-SWAP", "long", "1000", "0.4")
    account.open_leg("UNI-USDT-SWAP", "long", "50", "6")
    return account


async def test_checks_that_follow_each_other_at_once_share_one_budget_of_reads(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, winning()) as home:
        asked = Asked(home)
        for number in range(60):
            if number == 20:
                # Looks after orders come out of the same budget.
                home.account.set_roi("CRV-USDT-SWAP", "long", 60)
            if number == 40:
                # And so do second tries.
                home.server.fault("/account/positions", "http_500", times=5)
            await home.checker.check()
        assert asked.most(POSITIONS) == MOST
        assert refused(home) == 0
        assert home.told("exchange_lost") == []
        assert home.fired(CRV) == [1, 2, 3]


async def test_a_hand_waits_for_its_read_and_does_not_fail(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, winning()) as home:
        asked = Asked(home)
        await home.checker.check()
        actions = ManualActions(home.checker)
        closed = 0

        async def hand(number: int) -> None:
            nonlocal closed
            assert home.checker.last_good is not None
            leg = home.checker.last_good.by_key[CRV]
            result = await actions.close([CloseOrder(leg, Decimal(1))], 7, f"n{number}")
            closed += result.problem is None and not result.changed

        for number in range(15):
            await asyncio.gather(home.checker.check(), home.checker.check(), hand(number))
        assert closed == 15
        assert asked.most(POSITIONS) == MOST
        assert refused(home) == 0


async def test_an_account_whose_mode_is_asked_for_at_every_look_is_refused_nothing(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, winning(level="4")) as home:
        asked = Asked(home)
        for _ in range(40):
            await home.checker.check()
        assert asked.most("GET /account/config") <= 4
        assert refused(home) == 0


async def test_a_key_that_is_refused_is_not_tried_more_often_than_okx_takes(tmp_path: Path) -> None:
    async with OkxHouse(tmp_path, winning()) as home:
        await home.checker.check()
        asked = Asked(home)
        home.server.fault("", "code", code="50111", times=None)
        for _ in range(40):
            with contextlib.suppress(ExchangeProblem):
                await home.checker.check()
        assert max(asked.most(name) for name in asked.at if name in LIMITS and "account" in name) <= MOST
        assert asked.most("GET /account/config") <= 4
        assert [event.cause for event in home.told("exchange_lost")] == ["refused"]
