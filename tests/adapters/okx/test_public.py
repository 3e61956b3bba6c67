"""What twenty accounts share of OKX's public side is read once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from tests.fixtures.okx_engine import TIMEOUT, QuickClock, client_of, leg_key, on_one_clock
from tests.fixtures.waiting import DEADLINE
from tests.simulation.exchange.account import Account
from tests.simulation.exchange.server import OkxServer
from tgtp.adapters.okx.exchange import Okx
from tgtp.adapters.okx.market_data import INSTRUMENTS_EVERY
from tgtp.adapters.okx.public import PRICES_AGAIN_AFTER, PRICES_HOLD, OkxPublic
from tgtp.domain.model import Snapshot
from tgtp.domain.order import MarginMove
from tgtp.errors import OrderRefused, TemporarilyDown

INSTRUMENTS, TIME, PRICES = "/public/instruments", "/public/time", "/public/mark-price"


class Shared:
    """Several accounts of one server, on one clock."""

    def __init__(self, server: OkxServer, clock: QuickClock, accounts: list[Okx], public: OkxPublic) -> None:
        self.server, self.clock, self.accounts, self.public = server, clock, accounts, public

    def asked(self, path: str) -> int:
        return len(self.server.requests_to(path))


@pytest.fixture
def timeout() -> float:
    return TIMEOUT


@pytest.fixture
async def shared(timeout: float) -> AsyncIterator[Shared]:
    account = Account()
    account.open_leg("CRV-USDT-SWAP", "long", 100, "0.5")
    clock = QuickClock()
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(OkxServer(account))
        # A key for each: OKX counts how often somebody asks by the key.
        server.others = {f"key{number}": account for number in range(20)}
        clients = [client_of(server, keys=(key, "secret", "pass"), timeout=timeout) for key in server.others]
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


@pytest.mark.parametrize(("kind", "options"), [("http_500", {}), ("html_200", {}), ("code", {"code": "50011"})])
async def test_a_failed_read_of_the_prices_is_not_repeated_by_every_account(
    shared: Shared, kind: str, options: dict[str, Any]
) -> None:
    await shared.accounts[0].snapshot()
    shared.clock.ahead += PRICES_HOLD
    shared.server.fault(PRICES, kind, times=1, **options)
    for okx in shared.accounts[:4]:
        # The times of before would make new prices look old.
        assert (await okx.snapshot()).legs[0].priced_at is None
    assert shared.asked(PRICES) == 2
    shared.clock.ahead += PRICES_AGAIN_AFTER
    assert (await shared.accounts[0].snapshot()).legs[0].priced_at is not None


async def test_a_doubt_of_one_account_has_the_list_read_for_all_once_a_minute(shared: Shared) -> None:
    await looks(shared)
    shared.server.account.redenominate("CRV-USDT-SWAP", "0.1")
    await looks(shared)
    assert [okx.doubt_instruments() for okx in shared.accounts] == [True] * 20
    await looks(shared)
    assert shared.asked(INSTRUMENTS) == 2
    # They have looked with the new list by now.
    assert not any(okx.doubt_instruments() for okx in shared.accounts)
    shared.clock.ahead += 61
    assert shared.accounts[0].doubt_instruments()
    await shared.accounts[0].snapshot()
    assert [okx.doubt_instruments() for okx in shared.accounts] == [False, *[True] * 19]


async def looks(shared: Shared) -> list[Snapshot | BaseException]:
    return await asyncio.gather(*(okx.snapshot() for okx in shared.accounts), return_exceptions=True)


@pytest.mark.parametrize("timeout", [0.3])
async def test_instruments_that_hang_are_waited_for_once_and_not_by_one_account_after_the_other(shared: Shared) -> None:
    hung = shared.server.fault(INSTRUMENTS, "hang", times=None)
    assert all(isinstance(look, TemporarilyDown) for look in await looks(shared))
    assert shared.asked(INSTRUMENTS) == 1
    shared.server.lift(hung)
    for okx in shared.accounts:
        # What hung is over; what is only slow may take its time.
        okx._client.timeout = DEADLINE * 1000
    assert all(isinstance(look, Snapshot) for look in await looks(shared))


@pytest.mark.parametrize("timeout", [3600.0])
@pytest.mark.parametrize("path", [INSTRUMENTS, TIME])
async def test_what_is_known_already_is_not_waited_for_longer_than_patience(
    shared: Shared, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tgtp.adapters.okx.public.PATIENCE", 0.05)
    await looks(shared)
    shared.clock.ahead += INSTRUMENTS_EVERY
    shared.server.fault(path, "hang", times=None)
    async with asyncio.timeout(DEADLINE):
        assert all(isinstance(look, Snapshot) for look in await looks(shared))
    assert shared.asked(path) == 2


async def test_a_check_that_is_given_up_does_not_end_what_the_others_wait_for(shared: Shared) -> None:
    hung = shared.server.fault(INSTRUMENTS, "hang")
    first, *others = [asyncio.create_task(okx.snapshot()) for okx in shared.accounts]
    await shared.server.until(lambda: shared.asked(INSTRUMENTS) == 1)
    first.cancel()
    await asyncio.wait({first})
    hung.release()
    assert all(shot.legs for shot in await asyncio.gather(*others))
    assert shared.asked(INSTRUMENTS) == 1


async def test_an_account_that_is_closed_leaves_the_others_their_prices(shared: Shared) -> None:
    hung = shared.server.fault(PRICES, "hang")
    looking = asyncio.create_task(shared.accounts[1].snapshot())
    await shared.server.until(lambda: shared.asked(PRICES) == 1)
    await shared.accounts[2].close()
    hung.release()
    assert (await looking).legs[0].priced_at is not None


async def test_the_end_of_the_reading_account_is_no_end_of_anothers_look(shared: Shared) -> None:
    shared.server.fault(PRICES, "hang")
    looking = asyncio.create_task(shared.accounts[1].snapshot())
    await shared.server.until(lambda: shared.asked(PRICES) == 1)
    await shared.accounts[0].close()
    assert (await looking).legs[0].priced_at is None


async def test_a_clock_that_jumps_is_measured_once_for_all(shared: Shared) -> None:
    await looks(shared)
    shared.server.clock_offset = 100
    # All were refused before one of them could measure: the last hears of it when that is long done.
    slow = shared.server.fault("/account/positions", "hang", times=None, after_effect=True)
    looking = [asyncio.create_task(okx.snapshot()) for okx in shared.accounts]
    await shared.server.until(lambda: shared.asked("/account/positions") == 40)
    shared.server.lift(slow)
    assert all(shot.legs for shot in await asyncio.gather(*looking))
    for okx in shared.accounts:
        await okx.snapshot()
    assert shared.asked(TIME) == 2


async def test_one_after_the_other_is_refused_for_a_clock_that_was_measured_since(shared: Shared) -> None:
    await looks(shared)
    shared.server.clock_offset = 100
    await shared.accounts[0].snapshot()
    for okx in shared.accounts[1:]:
        # Signed by the old clock: this is how a look is that had begun before.
        with pytest.raises(OrderRefused, match="50102"):
            await okx.move_margin(MarginMove(leg=leg_key("CRV-USDT-SWAP"), position_mode="long_short", amount=1, margin=1))
        assert (await okx.snapshot()).legs
    assert shared.asked(TIME) == 2


@pytest.mark.parametrize("jump", [40, -40])
async def test_a_clock_of_ours_that_jumps_moves_no_time_of_theirs(shared: Shared, jump: float) -> None:
    await looks(shared)
    okx = shared.accounts[0]
    shared.clock.wall += jump
    # The exchange of this test goes by the same wall.
    shared.server.clock_offset -= jump
    assert abs(theirs(okx) - shared.server.now()) < 1
    await okx.snapshot()
    assert abs(theirs(okx) - shared.server.now()) < 1
    # By our clock the difference is another one, for what is told in our time and for signatures.
    skew = okx.skew()
    assert skew is not None
    assert abs(shared.clock.now().timestamp() - skew.total_seconds() - shared.server.now()) < 1
    assert shared.asked(TIME) == 2


async def test_a_machine_that_slept_knows_their_time_from_the_next_look_on(shared: Shared) -> None:
    await looks(shared)
    # What never jumps stands still meanwhile, and is the wrong one to go by.
    shared.clock.wall += 3600
    okx = shared.accounts[1]
    await okx.snapshot()
    assert abs(theirs(okx) - shared.server.now()) < 1
    await okx.snapshot()
    assert shared.asked(TIME) == 2


def theirs(okx: Okx) -> float:
    now = okx.now()
    assert now is not None
    return now.timestamp()


async def test_without_instruments_each_account_says_so(shared: Shared) -> None:
    shared.server.fault(INSTRUMENTS, "http_500", times=None)
    outcomes = await asyncio.gather(*(okx.snapshot() for okx in shared.accounts[:3]), return_exceptions=True)
    assert all(isinstance(outcome, TemporarilyDown) for outcome in outcomes)
    shared.server.clear_faults()
    assert (await shared.accounts[0].snapshot()).legs
