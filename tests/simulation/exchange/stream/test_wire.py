"""The stand-in's stream without a socket, in a loop whose time is skipped: a day of losses takes a second."""

from __future__ import annotations

import asyncio
from random import Random

import pytest

from tests.fixtures.streams import KEYS, Hearing
from tests.simulation.exchange.account import Account
from tests.simulation.exchange.server import OkxServer
from tests.simulation.exchange.stream.wire import StreamWire
from tests.simulation.virtual_time import HeldClock, VirtualLoop
from tgtp.adapters.okx.stream.account import OkxAccountStream
from tgtp.adapters.okx.stream.login import ExchangeTime
from tgtp.adapters.okx.stream.marks import OkxMarkStream
from tgtp.adapters.okx.stream.pacing import Pauses, connect_pace

STX, CRV = "STX-USDT-SWAP", "CRV-USDT-SWAP"
RUBBISH: list[str | bytes] = ["{", b"\xff", "[]", "{}"]


class ServerTime(ExchangeTime):
    def __init__(self, server: OkxServer) -> None:
        self._server = server

    async def measure(self) -> None:
        pass

    def seconds(self) -> int:
        return int(self._server.now())

    def doubt(self) -> None:
        pass


async def a_day(loop: VirtualLoop, seed: int) -> tuple[Hearing, OkxServer]:
    chance, clock = Random(seed), HeldClock(loop)
    account = Account(time=clock.true_seconds)
    server = OkxServer(account)
    server.stream.clock = loop.time
    server.stream.looks_every = 0.2
    account.open_leg(STX, "long", 20, "0.3")
    heard, wire, connects = Hearing(), StreamWire(server.stream), connect_pace(clock)
    marks = OkxMarkStream(wire, clock, connects, heard, Pauses(chance.random))
    private = OkxAccountStream(wire, clock, connects, heard, KEYS, ServerTime(server), Pauses(chance.random))
    marks.follow({STX, CRV})
    running = [asyncio.create_task(marks.run()), asyncio.create_task(private.run())]
    for _ in range(20):
        await asyncio.sleep(chance.uniform(1, 120))
        trouble = chance.choice(["cut", "mute", "upgrade", "refusing", "login", "crowded", "rubbish"])
        if trouble == "cut":
            server.stream.cut(chance.choice(["public", "private", ""]), code=chance.choice([None, 1001, 4004]))
        elif trouble == "mute":
            server.stream.mute(chance.choice(["public", "private"]))
        elif trouble == "upgrade":
            server.stream.announce_upgrade(chance.choice(["public", "private"]))
        elif trouble == "rubbish":
            server.stream.say(chance.choice(["public", "private"]), chance.choice(RUBBISH))
        wire.refusing = trouble == "refusing"
        server.stream.login_code = "60009" if trouble == "login" else ""
        server.stream.too_many = "orders" if trouble == "crowded" else ""
    wire.refusing, server.stream.login_code, server.stream.too_many = False, "", ""
    # Whatever has been, it is over, and the longest pause is five minutes.
    await asyncio.sleep(400)
    heard.marks.clear()
    heard.positions.clear()
    account.set_mark(STX, "0.4567")
    account.grow_leg(STX, "long", 1)
    await asyncio.sleep(1)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    await server.stream.stop()
    return heard, server


@pytest.mark.parametrize("seed", range(4))
def test_after_hours_of_every_trouble_both_streams_bring_what_happens(seed: int) -> None:
    loop = VirtualLoop()
    try:
        heard, server = loop.run_until_complete(a_day(loop, seed))
    finally:
        loop.close()
    assert "0.4567" in [str(price) for price in heard.prices(STX)]
    assert [position.contracts for position in heard.positions] == [21]
    assert server.stream.turned_away == 0
    assert len(server.stream.past) > 5
    assert max(len(peer.requests) for peer in server.stream.past) < 60
