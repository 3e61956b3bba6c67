"""From a push to its order, and what hours without an order cost: ``python -m bench.reaction [TRIALS]``.

The program is a process of its own, the exchange is in this one, both on the cores of this machine. All prices move with every
push. A bare client without any logic, in a process of its own as well, is the floor of the same run.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import itertools
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import orjson
from aiohttp import web

from bench.report import percentiles, report, verdict, within
from tests.e2e.process import Program
from tests.e2e.test_process import okx_server, on_okx
from tests.fixtures.process_resources import resident_megabytes
from tests.fixtures.waiting import until
from tests.simulation.exchange import rows as shown
from tests.simulation.exchange.server import OkxServer, Record
from tests.simulation.exchange.stream.peer import Peer
from tests.simulation.exchange.stream.server import MARK_EVERY, StreamServer
from tgtp.engine.stream.decider import DECISIONS_APART

LEGS = (1, 22, 60, 200)
TRIALS = 60
ENTRY = Decimal(5)
# Ten tiers of a life, each of which is tried once: a trial crosses one of them.
TIERS = range(25, 45, 2)
# Seconds: no request for so long after the look that follows an order, and all is done that a trial has led to.
CALM = 0.4
PATIENCE = 5.0
QUIET = 30.0
POSITIONS = "/account/positions"
STAGES = ("push written → frame read", "→ decided", "→ intent on disk", "→ bytes out", "→ order received")

# Starts the program with marks on the way of an order, each a line on its console when one leaves. All processes of a machine
# have the same monotonic clock.
MARKED = """
import sys, time
from tgtp.adapters.okx.client import OkxClient
from tgtp.adapters.okx.stream.link import Link
from tgtp.engine.cycle import Checker
from tgtp.engine.orders.execute import Executor
from tgtp.engine.stream.decider import Decider

at = dict.fromkeys(("heard", "read", "decided", "on disk"), 0.0)

def before(kind, name, note):
    real = getattr(kind, name)
    def noting(self, *words, **more):
        note(words)
        return real(self, *words, **more)
    setattr(kind, name, noting)

before(Link, "_take", lambda words: at.update({"heard": words[1]}))
before(Decider, "_decide", lambda words: at.update({"read": at["heard"]}))
before(Checker, "_send", lambda words: at.update({"decided": time.monotonic()}))
before(Executor, "_one", lambda words: at.update({"on disk": time.monotonic()}))

def out(words):
    if words[1:2] == ("POST",):
        now = time.monotonic()
        print("MARKS", at["read"], at["decided"], at["on disk"], now, flush=True)

before(OkxClient, "fetch", out)
from tgtp.app import main
sys.exit(main())
"""


class TimedStream(StreamServer):
    """Takes down when a frame is written that holds the words that are awaited."""

    awaited = ""
    written_at: float | None = None

    def wait_for(self, words: str) -> None:
        self.awaited, self.written_at = words, None

    async def _write(self, socket: web.WebSocketResponse, request: web.Request, peer: Peer) -> None:
        noted: Any = _Noted(socket, self)
        await super()._write(noted, request, peer)


class _Noted:
    def __init__(self, socket: web.WebSocketResponse, stream: TimedStream) -> None:
        self._socket, self._stream = socket, stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)

    async def send_str(self, text: str) -> None:
        if self._stream.awaited and self._stream.awaited in text:
            self._stream.written_at, self._stream.awaited = time.monotonic(), ""
        await self._socket.send_str(text)


class Trials(NamedTuple):
    """Seconds from push to order, in all and in each stage, of those that the stream decided; how many were tried."""

    seconds: list[float]
    tried: int
    stages: list[list[float]] = []


class Reaction(NamedTuple):
    """When a push was written, and when its order was received."""

    written_at: float
    received_at: float


class Market:
    """An exchange with so many coins, a leg in each, and prices that move all the time."""

    def __init__(self, server: OkxServer, legs: int) -> None:
        self.server = server
        self.stream = server.stream = TimedStream(server)
        self.coins = [f"C{number:03d}-USDT-SWAP" for number in range(legs)]
        self.still = ""
        self._ordered: asyncio.Future[Record] | None = None
        for coin in self.coins:
            server.account.add_instrument(coin, "1", "1", mark=str(ENTRY))
            server.account.open_leg(coin, "long", "1000", str(ENTRY))
        server.on_request = self._take

    async def _take(self, record: Record) -> None:
        if record.is_order and self._ordered is not None and not self._ordered.done():
            self._ordered.set_result(record)

    async def move(self) -> None:
        """Move every price with every push, but for the one that is tried."""
        for number in itertools.count():
            for coin in self.coins:
                if coin != self.still:
                    self.server.account.set_mark(coin, ENTRY + Decimal(number % 7 - 3) / 2_000)
            await asyncio.sleep(MARK_EVERY)

    def is_up(self) -> bool:
        """Whether somebody follows all prices and the account."""
        followed = [peer for peer in self.stream.of("public") if len(peer.marks) == len(self.coins)]
        return bool(followed and any(len(peer.channels) == 4 for peer in self.stream.of("private")))

    async def calm(self, since: float) -> None:
        """Wait until the account was looked at since then, nothing was asked for a moment, and a leg may be decided again."""

        def is_calm() -> bool:
            looks = [one.at for one in self.server.requests[-20:] if one.path.endswith(POSITIONS)]
            now = time.monotonic()
            return (
                any(at > since for at in looks) and now - self.server.requests[-1].at > CALM and now - since > DECISIONS_APART
            )

        await until(is_calm)

    async def trial(self, coin: str, roi: Decimal) -> Reaction | None:
        """Let a price cross. None where no order came, or where a look found it before the push was written."""
        self.still, self._ordered = coin, asyncio.get_running_loop().create_future()
        mark = self.server.account.set_roi(coin, "long", roi)
        self.stream.wait_for(f'"instId":"{coin}","markPx":"{shown.text(mark)}"')
        try:
            async with asyncio.timeout(PATIENCE):
                record = await self._ordered
        except TimeoutError:
            return None
        finally:
            self.server.account.set_mark(coin, ENTRY)
            self.still = ""
        written_at = self.stream.written_at
        return None if written_at is None or record.at < written_at else Reaction(written_at, record.at)


@contextlib.asynccontextmanager
async def market(coins: int, *, both_sides: bool = False) -> AsyncIterator[Market]:
    async with okx_server() as plain:
        # Before anybody has connected.
        await plain.stop()
        made = Market(plain, coins)
        for coin in made.coins if both_sides else ():
            plain.account.open_leg(coin, "short", "1000", str(ENTRY))
        await plain.start()
        moving = asyncio.create_task(made.move())
        try:
            yield made
        finally:
            moving.cancel()
            await asyncio.wait({moving})


def settings(server: OkxServer, **more: Any) -> dict[str, Any]:
    ladder = ",".join(f"{roi}:1" for roi in TIERS)
    return on_okx(server, CHAT="local", ALLOW_LIVE_LOCAL_CHAT="true", LONG_TIERS=ladder, LOG_LEVEL="WARNING", **more)


async def reaction(legs: int, trials: int) -> Trials:
    """Let one leg after the other cross one tier after the other."""
    found = Trials([], trials, [[] for _ in STAGES])
    with tempfile.TemporaryDirectory() as folder:
        async with market(legs) as place, Program(Path(folder), ("-c", MARKED), **settings(place.server)) as program:
            await until(place.is_up)
            changed_at = time.monotonic()
            for number in range(trials):
                coin, tier = place.coins[number % legs], number // legs % len(TIERS)
                if tier == 0 and number >= legs:
                    place.server.account.close_leg(coin, "long")
                    place.server.account.open_leg(coin, "long", "1000", str(ENTRY))
                    changed_at = time.monotonic()
                await place.calm(changed_at)
                before = len(program.lines)
                one = await place.trial(coin, TIERS[tier] + Decimal("0.5"))
                changed_at = time.monotonic()
                if one is None:
                    continue
                await until(lambda before=before: any(map(is_marked, program.lines[before:])))  # type: ignore[misc]
                marks = [float(word) for word in next(filter(is_marked, program.lines[before:])).split()[1:]]
                # An order of a check has no frame behind it that came after the push.
                if marks[0] >= one.written_at:
                    found.seconds.append(one.received_at - one.written_at)
                    times = (one.written_at, *marks, one.received_at)
                    for stage, (begun, ended) in zip(found.stages, itertools.pairwise(times), strict=True):
                        stage.append(ended - begun)
    return found


def is_marked(line: str) -> bool:
    return line.startswith("MARKS ")


# -- the floor ---------------------------------------------------------------------------------------------------------


async def bare(url: str, ws_url: str, coins: list[str]) -> None:
    """Send an order for every price that is far above the others: what is asked, and signed, is the same each time."""
    body = orjson.dumps({"instId": coins[0], "tdMode": "cross", "side": "sell", "ordType": "market", "sz": "10"})
    headers = {"content-type": "application/json"}
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{ws_url}/public", decode_text=False) as socket:
        arguments = [{"channel": "mark-price", "instId": coin} for coin in coins]
        await socket.send_str(orjson.dumps({"op": "subscribe", "args": arguments}).decode())
        await (await session.get(f"{url}/api/v5/public/time")).read()
        async for message in socket:
            for row in orjson.loads(message.data).get("data", ()):
                if float(row["markPx"]) > 5.05:
                    await (await session.post(f"{url}/api/v5/trade/order", data=body, headers=headers)).read()


def bare_in_process(url: str, ws_url: str, coins: list[str]) -> None:
    asyncio.run(bare(url, ws_url, coins))


async def floor(legs: int, trials: int) -> Trials:
    """The same for a client without logic."""
    seconds = []
    async with market(legs) as found:
        context = multiprocessing.get_context("spawn")
        words = (found.server.url, found.server.ws_url, found.coins)
        client = context.Process(target=bare_in_process, args=words, daemon=True)
        client.start()
        try:
            await until(lambda: any(len(peer.marks) == legs for peer in found.stream.of("public")))
            await asyncio.sleep(1)
            for number in range(trials):
                await asyncio.sleep(MARK_EVERY + 0.01 * (number % 10))
                one = await found.trial(found.coins[number % legs], Decimal("25.5"))
                seconds += [one.received_at - one.written_at] if one is not None else []
        finally:
            client.kill()
            client.join()
    return Trials(seconds, trials)


# -- hours without an order --------------------------------------------------------------------------------------------


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Hours(NamedTuple):
    """The share of a core that the program takes, its resident megabytes, and when it has looked at the account."""

    share: float
    memory: float
    looks: list[float]

    @property
    def most_looks(self) -> int:
        """The most of them in any two seconds."""
        return max(sum(begun <= at < begun + 2 for at in self.looks) for begun in self.looks)

    @property
    def longest_pause(self) -> float:
        return max(after - before for before, after in itertools.pairwise(self.looks))


async def without_orders(coins: int, *, both_sides: bool = False, **more: Any) -> Hours:
    """Let prices move, and nothing be sent. With legs on both sides of a coin they dance round where the hedge rule acts."""
    with tempfile.TemporaryDirectory() as folder:
        async with (
            market(coins, both_sides=both_sides) as found,
            Program(Path(folder), **settings(found.server, **more)) as program,
        ):
            if more.get("STREAM") != "off":
                await until(found.is_up)
            await asyncio.sleep(12)
            before, begun = processor_seconds(program.pid), time.monotonic()
            await asyncio.sleep(QUIET)
            share = (processor_seconds(program.pid) - before) / (time.monotonic() - begun)
            looks = [one.at for one in found.server.requests if one.path.endswith(POSITIONS) and one.at >= begun]
            return Hours(share, resident_megabytes(program.pid), looks)


def tell(what: str, trials: Trials) -> tuple[float, float, float]:
    found = percentiles(trials.seconds)
    report(f"{what}, p50 / p95 / p99", " / ".join(f"{seconds * 1000:.1f}" for seconds in found) + " ms")
    decided = f"{len(trials.seconds)} / {trials.tried}"
    report("  orders that the push decided / crossings", decided, missed=2 * len(trials.seconds) < trials.tried)
    for name, times in zip(STAGES, trials.stages, strict=False):
        shown = " / ".join(f"{seconds * 1000:.1f}" for seconds in percentiles(times))
        report(f"  {name}, p50 / p95 / p99", f"{shown} ms")
    return found


def disk(size: int, times: int) -> list[float]:
    """Seconds to write a file of so many bytes that no power cut can take back, by nobody but the system."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(times):
            begun = time.monotonic()
            handle = os.open(f"{folder}/file", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.write(handle, b"x" * size)
            os.fsync(handle)
            os.close(handle)
            found.append(time.monotonic() - begun)
            time.sleep(0.05)
    return found


async def measure(trials: int = TRIALS) -> None:
    # The exchange is in this process: its own garbage is no part of what is measured.
    gc.collect()
    gc.freeze()
    report(
        "a file of 30 kB on this disk, synced: p50 / p99",
        "{0:.1f} / {2:.1f} ms".format(*(one * 1000 for one in percentiles(disk(30_000, trials)))),
    )
    found: dict[int, tuple[float, float, float]] = {}
    for legs in LEGS:
        low, _, low_tail = tell(f"push to order, {legs} legs: the bare client", await floor(legs, trials))
        found[legs] = median, _, tail = tell(f"push to order, {legs} legs: tgtp", await reaction(legs, trials))
        if legs == 22:
            within("  p50 / that of the bare client", median / low, 8, "x {:.1f}")
            within("  p99 / that of the bare client", tail / low_tail, 12, "x {:.1f}")
        else:
            report("  p50 and p99 / those of the bare client", f"x {median / low:.1f}, x {tail / low_tail:.1f}")
    within("  p50 of 200 legs / that of 22", found[200][0] / found[22][0], 2, "x {:.1f}")
    within("  p99 of 200 legs / that of 22", found[200][2] / found[22][2], 2, "x {:.1f}")
    polled, quiet = await without_orders(60, STREAM="off"), await without_orders(60)
    report("60 legs, 300 pushes a second, nothing crosses: of a core", f"{quiet.share:.1%}")
    report("  without the stream, checks alone", f"{polled.share:.1%}")
    within("  what the stream adds", quiet.share - polled.share, 0.02, "{:.1%}")
    within("  resident memory", quiet.memory, 170, "{:.0f} MB")
    # In this mode nothing is sent, and every look finds what would be.
    storm = await without_orders(30, both_sides=True, GUARD_MODE="watch")
    within("30 pairs, prices dance round where a leg would be cut: of a core", storm.share, 0.25, "{:.1%}")
    within("  looks in any 2 s", storm.most_looks, 8, "{:.0f}")
    within("  longest time without a look", storm.longest_pause, 11, "{:.1f} s")


if __name__ == "__main__":
    asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else TRIALS))
    sys.exit(verdict())
