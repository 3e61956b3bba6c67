"""What twenty accounts share of OKX's public side is read once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from tests.okx_account import Account
from tests.okx_house import QuickClock, client_of, on_one_clock
from tests.okx_server import OkxServer
from tgtp.adapters.okx import Okx
from tgtp.adapters.okx_public import PRICES_HOLD, OkxPublic
from tgtp.errors import TemporarilyDown

INSTRUMENTS, TIME, PRICES = "/public/instruments", "/public/time", "/public/mark-price"


class Shared:
    """Several accounts of one server, on one clock."""

    def __init__(self, server: OkxServer, clock: QuickClock, accounts: list[Okx], public: OkxPublic) -> None:
        self.server, self.clock, self.accounts, self.public = server, clock, accounts, public

    def asked(self, path: str) -> int:
        return len(self.server.requests_to(path))


@pytest.fixture
async def shared() -> AsyncIterator[Shared]:
    account = Account()
    account.open_leg("CRV-USDT-SWAP", "long", 100, "0.5")
    clock = QuickClock()
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(OkxServer(account))
        clients = [client_of(server) for _ in range(20)]
        for client in clients:
            on_one_clock(clock, client, account)
            stack.push_async_callback(client.close)
        public = OkxPublic(clients[0], clock)
        accounts = [Okx(client, clock, public) for client in clients]
        stack.push_async_callback(public.close)
        yield Shared(server, clock, accounts, public)


async def test_twenty_accounts_in_one_second_read_the_public_side_once(shared: Shared) -> None:
    shots = await asyncio.gather(*(okx.snapshot() for okx in shared.accounts))
    assert all(shot.legs[0].priced_at is not None for shot in shots)
    assert (shared.asked(INSTRUMENTS), shared.asked(TIME), shared.asked(PRICES)) == (1, 1, 1)
    assert shared.asked("/account/positions") == 20
    shared.clock.ahead += PRICES_HOLD
    await asyncio.gather(*(okx.snapshot() for okx in shared.accounts))
    assert (shared.asked(INSTRUMENTS), shared.asked(TIME), shared.asked(PRICES)) == (1, 1, 2)


async def test_every_account_signs_by_the_measured_clock(shared: Shared) -> None:
    shared.server.clock_offset = 40
    await asyncio.gather(*(okx.profile() for okx in shared.accounts))
    offsets = {okx.skew() for okx in shared.accounts}
    assert len(offsets) == 1
    assert abs((offsets.pop() or shared.clock.now() - shared.clock.now()).total_seconds() + 40) < 1
    assert shared.asked(TIME) == 1


async def test_one_that_is_refused_leaves_the_others_alone(shared: Shared) -> None:
    shared.server.fault("/account/positions", "unauthorized")
    outcomes = await asyncio.gather(*(okx.snapshot() for okx in shared.accounts), return_exceptions=True)
    assert sum(isinstance(outcome, BaseException) for outcome in outcomes) == 1


async def test_prices_that_hang_hold_up_nobody_and_come_to_all_when_they_come(shared: Shared) -> None:
    hung = shared.server.fault(PRICES, "hang")
    shots = await asyncio.gather(*(okx.snapshot() for okx in shared.accounts))
    assert {shot.legs[0].priced_at for shot in shots} == {None}
    assert shared.asked(PRICES) == 1
    hung.release()
    shots = await asyncio.gather(*(okx.snapshot() for okx in shared.accounts))
    assert all(shot.legs[0].priced_at is not None for shot in shots)


async def test_a_failed_read_of_the_prices_is_tried_by_the_next_account(shared: Shared) -> None:
    shared.server.fault(PRICES, "http_500")
    assert (await shared.accounts[0].snapshot()).legs[0].priced_at is None
    assert (await shared.accounts[1].snapshot()).legs[0].priced_at is not None


async def test_without_instruments_each_account_says_so(shared: Shared) -> None:
    shared.server.fault(INSTRUMENTS, "http_500", times=None)
    outcomes = await asyncio.gather(*(okx.snapshot() for okx in shared.accounts[:3]), return_exceptions=True)
    assert all(isinstance(outcome, TemporarilyDown) for outcome in outcomes)
    shared.server.clear_faults()
    assert (await shared.accounts[0].snapshot()).legs
