"""What a push costs: ``python -m bench.stream [SECONDS]``. 60 coins, 300 pushes a second, from another process on loopback.

The same frames are read by a bare loop (aiohttp and orjson, nothing else) and by the stream of mark prices; what is compared is
this process's own time. Then both as fast as they can.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import multiprocessing.connection
import sys
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import aiohttp
import orjson
from aiohttp import web

from tgtp.adapters.clock import SystemClock
from tgtp.adapters.okx.stream.dial import OkxDialer
from tgtp.adapters.okx.stream.marks import OkxMarkStream
from tgtp.adapters.okx.stream.pacing import connect_pace
from tgtp.engine.ports import PushedMark, PushedOrder, PushedPosition, StreamListener
from tgtp.engine.ports.stream import Connection
from tgtp.errors import Problem
from tgtp.settings.network import Network

COINS = [f"C{number:02d}-USDT-SWAP" for number in range(60)]
# Seconds.
EVERY = 0.2
FLOOD = 20_000


class Reading(NamedTuple):
    """How many pushes arrived, and what they cost."""

    arrived: int
    cpu: float

    @property
    def microseconds(self) -> float:
        return self.cpu / max(self.arrived, 1) * 1e6


# -- who pushes --------------------------------------------------------------------------------------------------------


def frame(inst_id: str, number: int) -> str:
    row = {"instType": "SWAP", "instId": inst_id, "markPx": f"5.{number % 100_000:05d}", "ts": str(time.time_ns() // 1_000_000)}
    return orjson.dumps({"arg": {"channel": "mark-price", "instId": inst_id}, "data": [row]}).decode()


async def push(request: web.Request, pushes: int, pause: float) -> web.WebSocketResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    asked = orjson.loads((await socket.receive()).data)
    for argument in asked["args"]:
        await socket.send_str(orjson.dumps({"event": "subscribe", "arg": argument, "connId": "1"}).decode())
    due = asyncio.get_running_loop().time()
    for number in range(0, pushes, len(COINS)):
        for inst_id in COINS:
            await socket.send_str(frame(inst_id, number))
        due += pause
        await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
    await socket.receive()
    return socket


async def serve(pushes: int, line: multiprocessing.connection.Connection) -> None:
    app = web.Application()
    app.router.add_route("GET", "/paced/public", lambda request: push(request, pushes, EVERY))
    app.router.add_route("GET", "/flood/public", lambda request: push(request, FLOOD - FLOOD % len(COINS), 0))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    line.send(runner.addresses[0][1])
    await asyncio.Event().wait()


def serve_in_process(pushes: int, line: multiprocessing.connection.Connection) -> None:
    asyncio.run(serve(pushes, line))


# -- who reads ---------------------------------------------------------------------------------------------------------


class Counting(StreamListener):
    """Counts, and says when all have come."""

    def __init__(self, expected: int) -> None:
        self.count, self.expected = 0, expected
        self.all_came = asyncio.Event()

    def mark(self, push: PushedMark) -> None:  # noqa: ARG002
        self.count += 1
        if self.count == self.expected:
            self.all_came.set()

    def position(self, push: PushedPosition) -> None:
        raise NotImplementedError

    def order(self, push: PushedOrder) -> None:
        raise NotImplementedError

    def account_changed(self) -> None:
        raise NotImplementedError

    def lost(self, connection: Connection, why: Problem) -> None:  # noqa: ARG002
        self.all_came.set()

    def regained(self, connection: Connection) -> None:
        """Nothing is counted for it."""


async def bare(url: str, pushes: int) -> Reading:
    """Read each frame and its JSON, and no more."""
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{url}/public", decode_text=False) as socket:
        arguments = [{"channel": "mark-price", "instId": inst_id} for inst_id in COINS]
        begun = time.process_time()
        await socket.send_str(orjson.dumps({"op": "subscribe", "args": arguments}).decode())
        count = 0
        while count < pushes:
            message = await socket.receive()
            if message.type is not aiohttp.WSMsgType.TEXT:
                break
            count += "data" in orjson.loads(message.data)
        return Reading(count, time.process_time() - begun)


async def ours(url: str, pushes: int) -> Reading:
    """Read them by the stream of mark prices."""
    clock, heard = SystemClock(), Counting(pushes)
    stream = OkxMarkStream(OkxDialer(Network(), ws_url=url), clock, connect_pace(clock), heard)
    stream.follow(COINS)
    begun = time.process_time()
    running = asyncio.create_task(stream.run())
    await heard.all_came.wait()
    cost = time.process_time() - begun
    running.cancel()
    await asyncio.wait({running})
    return Reading(heard.count, cost)


async def compare(port: int, pushes: int) -> None:
    flood = FLOOD - FLOOD % len(COINS)
    readers: dict[str, Callable[[str, int], Awaitable[Reading]]] = {"bare reader": bare, "mark stream": ours}
    for what, path, expected, rounds in (("300 a second", "paced", pushes, 1), ("as fast as it goes", "flood", flood, 3)):
        floor = 0.0
        for name, read in readers.items():
            readings = [await read(f"ws://127.0.0.1:{port}/{path}", expected) for _ in range(rounds)]
            best = min(readings, key=lambda reading: reading.cpu)
            floor = floor or best.microseconds
            print(
                f"{what:<20} {name:<12} {best.arrived:>6} of {expected:>6} arrived   {best.microseconds:6.1f} µs a push"
                f"   {best.microseconds / floor:4.2f} × the bare reader",
                flush=True,
            )


def main() -> None:
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    pushes = int(seconds / EVERY) * len(COINS)
    context = multiprocessing.get_context("spawn")
    near, far = context.Pipe()
    server = context.Process(target=serve_in_process, args=(pushes, far), daemon=True)
    server.start()
    # Else its end would not be heard here.
    far.close()
    try:
        asyncio.run(compare(near.recv(), pushes))
    finally:
        server.terminate()
        server.join()


if __name__ == "__main__":
    main()
