"""The real process with OKX's stream on loopback: what is decided between two checks, and what is lost without it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.e2e.process import Program
from tests.e2e.test_process import SECRETS, okx_server, on_okx
from tests.fixtures.waiting import until
from tests.simulation.exchange.server import OkxServer

STX = "STX-USDT-SWAP"
POSITIONS = "GET /account/positions"
# Seconds: the look of a check is over by then, and the next one is far.
EVERY = 3
AFTER_A_LOOK = 0.5


@asynccontextmanager
async def guarded(folder: Path, server: OkxServer, **more: Any) -> AsyncIterator[Program]:
    server.account.open_leg(STX, "long", "20", "0.30")
    settings = on_okx(server, CHAT="local", ALLOW_LIVE_LOCAL_CHAT="true", CHECK_INTERVAL=EVERY, **more)
    async with Program(folder, **settings) as program:
        yield program


def is_up(server: OkxServer) -> bool:
    prices = [peer for peer in server.stream.of("public") if peer.marks]
    accounts = [peer for peer in server.stream.of("private") if len(peer.channels) == 4]
    return bool(prices and accounts)


async def next_look(server: OkxServer) -> None:
    before = len(server.requests_to(POSITIONS))
    await server.until(lambda: len(server.requests_to(POSITIONS)) > before)


async def wick(*servers: OkxServer, roi: int, seconds: float = 0.6) -> None:
    """Let the price be there for a moment, between two checks."""
    for server in servers:
        server.account.set_roi(STX, "long", roi)
    await asyncio.sleep(seconds)
    for server in servers:
        server.account.set_roi(STX, "long", 0)


def sold(server: OkxServer) -> list[int]:
    return [int(fill.contracts) for fill in server.account.fills]


async def test_a_wick_between_two_checks_fires_once_and_a_stream_that_dies_and_comes_back_costs_nothing_else(
    tmp_path: Path,
) -> None:
    for name in ("streamed", "polled"):
        (tmp_path / name).mkdir()
    async with okx_server() as pushing, okx_server() as silent:
        streamed = guarded(tmp_path / "streamed", pushing)
        polled = guarded(tmp_path / "polled", silent, STREAM="off")
        async with streamed as program, polled as other:
            await until(lambda: is_up(pushing))
            # The look that the connection has asked for.
            await until(lambda: len(pushing.requests_to(POSITIONS)) > 1)
            await next_look(silent)
            await asyncio.sleep(AFTER_A_LOOK)
            await wick(pushing, silent, roi=26)
            await pushing.until(lambda: sold(pushing) == [6])
            await next_look(silent)
            assert sold(silent) == []
            assert silent.stream.past == []
            assert not any("between two checks, by the mark prices" in line for line in other.lines)

            pushing.stream.refuses_with = 503
            pushing.stream.cut()
            await program.said("public stream is lost")
            await program.said("private stream is lost")
            await next_look(pushing)
            pushing.stream.refuses_with = None
            await until(lambda: is_up(pushing))
            await asyncio.sleep(AFTER_A_LOOK)
            await wick(pushing, roi=36)
            await pushing.until(lambda: sold(pushing) == [6, 7])
            await next_look(pushing)
            assert sold(pushing) == [6, 7]
            program.terminate()
            other.terminate()
            assert [await program.ended(), await other.ended()] == [0, 0]
        assert pushing.stream.peers == []
        log = "\n".join(program.lines)
        assert not any(secret in log for secret in SECRETS.values())
        assert "Traceback" not in log
