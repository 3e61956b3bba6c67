"""How often an account is looked at while its legs are kept up: OKX takes ten reads of the positions in two seconds."""

from __future__ import annotations

import asyncio
import contextlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import ccxt.async_support as ccxt
import pytest

from tests.engine.upkeep.test_over_http import ME, SUB, Sub
from tests.fixtures.okx_engine import OkxHouse, client_of, leg_key
from tests.simulation.exchange.account import Account
from tests.simulation.exchange.limits import LIMITS
from tgtp.domain.plan import ALL, Switches
from tgtp.engine.manual.actions import ManualActions
from tgtp.engine.manual.closing import CloseOrder
from tgtp.engine.upkeep.scheduler import Upkeep
from tgtp.errors import ExchangeProblem

D = Decimal
KEY = leg_key("CRV-USDT-SWAP", mode="isolated")
MOST = 8
LOOKS_IN = LIMITS["GET /account/positions"].seconds


class Watched:
    """Counts the reads of the positions by the exchange's clock."""

    def __init__(self, home: OkxHouse) -> None:
        self.home = home
        self.at: list[float] = []
        self.then: Any = None
        home.server.on_request = self._seen

    async def _seen(self, record: Any) -> None:
        if record.path.endswith("/account/positions"):
            self.at.append(self.home.account.time())
        if record.is_order and self.then is not None:
            then, self.then = self.then, None
            then()

    @property
    def most(self) -> int:
        """The most reads in any two seconds."""
        return max(sum(at <= other < at + LOOKS_IN for other in self.at) for at in self.at)


def sub(folder: Path, *, largest: str = "100000", upkeep: Upkeep = SUB) -> OkxHouse:
    account = Account(cash=D(5000))
    account.add_instrument("CRV-USDT-SWAP", "1", "1", max_market=largest, mark="0.5")
    account.open_leg("CRV-USDT-SWAP", "long", 200, "0.5", margin_mode="isolated")
    return OkxHouse(folder, account, upkeep=upkeep)


async def test_too_many_reads_get_50011(tmp_path: Path) -> None:
    async with sub(tmp_path) as home:
        now = home.account.time()
        client = client_of(home.server)
        home.account.time, client.milliseconds = lambda: now, lambda: int(now * 1000)
        for _ in range(10):
            await client.privateGetAccountPositions({})
        with pytest.raises(ccxt.RateLimitExceeded):
            await client.privateGetAccountPositions({})
        # Two seconds later it answers again.
        home.account.time, client.milliseconds = lambda: now + LOOKS_IN, lambda: int((now + LOOKS_IN) * 1000)
        await client.privateGetAccountPositions({})
        await client.close()


async def test_a_pause_in_the_middle_of_a_buy_needs_few_looks_and_is_cut_in_the_same_check(tmp_path: Path) -> None:
    upkeep = Upkeep(switches=Switches(maintenance=True), is_sub=True)
    async with sub(tmp_path, largest="500", upkeep=upkeep) as home:
        account, watched = Sub(home, KEY), Watched(home)
        await home.check()
        watched.then = lambda: ManualActions(home.checker).pause(ALL, ME)
        home.account.set_roi("CRV-USDT-SWAP", "long", -12, "isolated")
        before = len(watched.at)
        await home.check()
        assert 100 <= account.notional <= 105
        assert len(watched.at) - before <= 4
        assert home.told("exchange_lost") == []
        assert [event.why for event in home.told("maintenance_broken")] == ["paused"]


async def test_a_maintenance_in_many_parts_stays_below_the_limit(tmp_path: Path) -> None:
    async with sub(tmp_path, largest="250") as home:
        account, watched = Sub(home, KEY), Watched(home)
        plan = await account.losing()
        await account.actions.maintain(plan, ME)
        await home.check(6)
        assert account.count == 1
        assert len(home.server.orders_sent()) > 10
        assert watched.most <= MOST
        assert home.told("exchange_lost") == []


async def test_checks_hands_and_maintenance_together_stay_below_the_limit(tmp_path: Path) -> None:
    async with sub(tmp_path) as home:
        account, watched = Sub(home, KEY), Watched(home)
        home.account.open_leg("UNI-USDT-SWAP", "long", 40, "6")
        plan = await account.losing()
        home.server.fault("POST /trade/order", "code", times=8, skip=1, code="51022")
        await account.actions.maintain(plan, ME)
        actions = ManualActions(home.checker)

        async def hand(number: int) -> None:
            good = home.checker.last_good
            assert good is not None
            leg = good.by_key[leg_key("UNI-USDT-SWAP")]
            with contextlib.suppress(ExchangeProblem):
                await actions.close([CloseOrder(leg, D(1))], ME, f"n{number}")

        for number in range(12):
            await asyncio.gather(home.checker.check(), hand(number), home.checker.observer.observe())
        assert watched.most <= MOST
        assert not any(event.kind == "exchange_lost" for _, event in home.listener.events)
        await home.check(20)
        assert 100 <= account.notional <= 105


async def test_a_clock_that_is_doubted_reads_twice_and_stays_below_the_limit(tmp_path: Path) -> None:
    async with sub(tmp_path) as home:
        watched = Watched(home)
        await home.check()
        home.server.fault("/account/positions", "code", times=None, code="50102")
        for _ in range(4):
            with contextlib.suppress(ExchangeProblem):
                await home.checker.observer.observe()
        assert watched.most <= MOST
