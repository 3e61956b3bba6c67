"""How often the stand-in lets itself be asked, and that its newer fields are of other types than text."""

from __future__ import annotations

import pytest

from tests.fixtures.fakes import FakeClock
from tests.fixtures.okx_engine import intent_for, okx_on
from tests.simulation.exchange import rows
from tests.simulation.exchange.account import Account, Refused
from tests.simulation.exchange.limits import LIMITS, Turnstile
from tests.simulation.exchange.server import OkxServer
from tgtp.errors import OrderRefused

STX, CRV = "STX-USDT-SWAP", "CRV-USDT-SWAP"


@pytest.mark.parametrize(
    ("name", "most"), [("GET /account/positions", 10), ("GET /account/config", 5), ("POST /trade/order", 60)]
)
def test_a_window_of_two_seconds_slides(name: str, most: int) -> None:
    turnstile = Turnstile()
    for number in range(most):
        turnstile.pass_by(name, "key", [STX], 100 + number / 1000)
    with pytest.raises(Refused, match="50011"):
        turnstile.pass_by(name, "key", [STX], 101.9)
    # Another user, and the moment at which the first of them is two seconds old.
    turnstile.pass_by(name, "other", [STX], 101.9)
    turnstile.pass_by(name, "key", [STX], 102)
    with pytest.raises(Refused, match="50011"):
        turnstile.pass_by(name, "key", [STX], 102)
    assert turnstile.refused == 2


def test_orders_are_counted_by_instrument_and_all_together() -> None:
    turnstile = Turnstile()
    for number in range(1000):
        turnstile.pass_by("POST /trade/order", "key", [f"coin {number}"], 100)
    with pytest.raises(Refused, match="50061"):
        turnstile.pass_by("POST /trade/order", "key", [STX], 100)
    turnstile.pass_by("POST /trade/order", "other", [STX], 100)


def test_public_endpoints_are_counted_by_address() -> None:
    turnstile = Turnstile()
    for number in range(10):
        turnstile.pass_by("GET /public/time", f"key {number}", [], 100)
    with pytest.raises(Refused, match="50011"):
        turnstile.pass_by("GET /public/time", "yet another", [], 100)


def test_a_clock_that_is_put_back_locks_nobody_out() -> None:
    turnstile = Turnstile()
    for _ in range(10):
        turnstile.pass_by("GET /account/positions", "key", [], 1000)
    turnstile.pass_by("GET /account/positions", "key", [], 900)


def test_every_limit_is_of_an_endpoint_that_is_there() -> None:
    there = {f"{method} {path.removeprefix('/api/v5')}" for method, path in OkxServer()._routes}
    assert there >= LIMITS.keys()


async def test_too_many_orders_are_turned_away_at_the_door() -> None:
    clock, account = FakeClock(), Account()
    account.time = lambda: clock.now().timestamp()
    account.open_leg(CRV, "long", 100, "0.4")
    async with OkxServer(account) as server, okx_on(server, clock=clock) as okx:
        leg = (await okx.snapshot()).legs[0]
        for _ in range(30):
            await okx.submit(intent_for(leg, 1))
            await okx.submit(intent_for(leg, 1))
        # Definite: it was turned away at the door.
        with pytest.raises(OrderRefused, match="50011"):
            await okx.submit(intent_for(leg, 1))
        clock.forward(2)
        assert (await okx.snapshot()).legs[0].contracts == 40


async def test_fields_of_every_type_are_read_past() -> None:
    account = Account()
    account.open_leg(STX, "long", 2, "0.3")
    (row, *_) = rows.instrument_rows(account)
    assert {type(value) for value in row.values()} == {str, bool, int, list}
    async with OkxServer(account) as server, okx_on(server) as okx:
        leg = (await okx.snapshot()).legs[0]
        assert leg.instrument.lot_size == account.instruments[STX].lot_size
        await okx.submit(intent_for(leg, 1))
        reply = server._order_reply({}, None)
        assert (reply["sMsg"], reply["subCode"]) == ("Order placed", "")
