"""What the monitoring page costs: ``python -m bench.monitor [SECONDS]``. Readers are another process, as browsers are.

The engine looks every 10 s, and every mark price moves once a second; the same is measured without readers.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import multiprocessing.synchronize
import statistics
import sys
import tempfile
import time
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

import aiohttp

from bench.report import report, verdict, within
from bench.worlds import ReplyingClient, rows_for
from tests.fixtures.engine import SEED_RULES
from tests.fixtures.fakes import FakeClock
from tests.fixtures.process_resources import resident_megabytes
from tests.web.visitor import Visitor
from tgtp.adapters.okx.exchange import Okx
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.chat.console.log_setup import set_up_log
from tgtp.chat.console.story import ConsoleListener
from tgtp.chat.formatting.reader import Reader
from tgtp.engine.accounts import Accounts
from tgtp.engine.cycle import Checker
from tgtp.engine.manual.actions import ManualActions
from tgtp.engine.monitoring.fan_out import FanOut
from tgtp.engine.ports import PushedMark
from tgtp.monitor.building import build_monitor
from tgtp.monitor.changes import changes
from tgtp.monitor.document.documents import About, Documents
from tgtp.monitor.hourly import Hourly
from tgtp.monitor.listening import Changes
from tgtp.web.access import Access
from tgtp.web.server import WebServer

TOKEN = "a-token-of-the-bench"
READERS = 10
CHECK_EVERY = 10


class Watched:
    """An engine of quiet legs, the page on it, and prices that move when they are told to."""

    def __init__(self, folder: Path, legs: int, *, is_monitored: bool = True) -> None:
        self.clock = FakeClock()
        self.heard = Changes()
        self.ledger = TinyLedger(folder)
        console = ConsoleListener(Reader("en", SEED_RULES, CHECK_EVERY))
        listener = FanOut(*([self.heard.of("main")] if is_monitored else []), console)
        rows = rows_for(legs)
        self.names = sorted({row["instId"] for row in rows})
        self.checker = Checker(Okx(ReplyingClient(rows, self.clock), self.clock), self.ledger, listener, self.clock, SEED_RULES)
        self.accounts = Accounts.of_one(self.checker, ManualActions(self.checker))
        self.about = About("bench", "0", "okx", CHECK_EVERY, "UTC", False, self.clock.now())
        self.server = WebServer(Access(TOKEN), port=0)
        self._pushed: dict[str, PushedMark] = {}
        self._moves = 0

    def serve(self) -> None:
        """Have the page served."""
        zone = self.clock.now().tzinfo
        assert zone is not None
        built = build_monitor(self.accounts, self.clock, zone, self.about, self.heard, self.server.closing, self._pushed.get)
        self.server.add(built.page.routes)
        self.feeds = built.feeds

    @property
    def documents(self) -> Documents:
        """What a page shows, by itself."""
        zone = self.clock.now().tzinfo
        assert zone is not None
        return Documents(self.accounts, self.clock, zone, self.about, Hourly(self.accounts, self.clock), self._pushed.get)

    def move(self) -> None:
        """Push a new price of every instrument."""
        self._moves += 1
        for number, name in enumerate(self.names):
            price = Decimal(50_000 + (self._moves + number) % 97) / 10_000
            push = PushedMark(name, price, self.clock.now(), self.clock.monotonic(), is_first=False)
            self._pushed[name] = push
            self.heard.marked(push)

    async def check(self) -> None:
        """Look, as long after the last look as the beat has it."""
        self.clock.forward(CHECK_EVERY)
        result = await self.checker.check()
        assert result.error is None
        assert not result.sent


@asynccontextmanager
async def watched(legs: int, *, is_monitored: bool = True) -> AsyncIterator[Watched]:
    with tempfile.TemporaryDirectory() as folder:
        one = Watched(Path(folder), legs, is_monitored=is_monitored)
        await one.check()
        yield one
        await one.server.stop()
        one.ledger.close()


# -- who reads ---------------------------------------------------------------------------------------------------------


async def read(port: int, reading: multiprocessing.synchronize.Semaphore) -> None:
    async with aiohttp.ClientSession() as session:
        visitor = Visitor(session, WebServer(Access(TOKEN), port=port))
        await visitor.show_the_token()

        async def one() -> None:
            async with visitor.stream() as stream:
                await stream.next()
                reading.release()
                while await stream.answer.content.readany():
                    pass

        await asyncio.gather(*(one() for _ in range(READERS)))


def readers(port: int, reading: multiprocessing.synchronize.Semaphore) -> None:
    asyncio.run(read(port, reading))


# -- what it costs -----------------------------------------------------------------------------------------------------


async def second_by_second(one: Watched, seconds: int) -> float:
    """Let time pass; gives the processor time that a second took of this process."""
    begun, due = time.process_time(), asyncio.get_running_loop().time()
    for number in range(seconds):
        one.move()
        if number % CHECK_EVERY == 0:
            await one.check()
        due += 1
        await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
    return (time.process_time() - begun) / seconds


async def with_readers(legs: int, seconds: int) -> tuple[float, float, float]:
    """Processor time of a second without readers and with ten, as fractions of a core; the megabytes that they add."""
    async with watched(legs) as one:
        one.serve()
        await one.server.start()
        alone = await second_by_second(one, seconds)
        before = resident_megabytes()
        spawning = multiprocessing.get_context("spawn")
        reading = spawning.Semaphore(0)
        process = spawning.Process(target=readers, args=(one.server.port, reading), daemon=True)
        process.start()
        for _ in range(READERS):
            await asyncio.to_thread(reading.acquire)
        # What the tiers will close is worked out once, beside.
        await asyncio.sleep(3)
        watched_by_ten = await second_by_second(one, seconds)
        added = resident_megabytes() - before
        feed = one.feeds.of("en")
        assert feed.readers == READERS
        assert feed.number >= seconds
        process.kill()
        process.join()
    return alone, watched_by_ten, added


def sent(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


async def sizes(legs: int) -> None:
    async with watched(legs) as one:
        documents = one.documents
        old = documents.build("en")
        while documents.is_behind("en"):
            await asyncio.sleep(0.05)
            documents.build("en")
        begun = time.process_time()
        old = documents.build("en")
        whole = sent(old)
        report(f"{legs} legs: a document that says the same again", f"{(time.process_time() - begun) * 1000:.1f} ms")
        report(
            f"{legs} legs: all of it, once", f"{len(whole) / 1000:.0f} kB", f"packed {len(zlib.compress(whole, 1)) / 1000:.0f}"
        )
        one.move()
        begun = time.process_time()
        moved = sent(changes(old, {**old, "marks": documents.marks()}))
        report("  all marks move: made and written", f"{(time.process_time() - begun) * 1000:.1f} ms")
        within("  all marks move: sent", len(moved) / 1000, 10, "{:.1f} kB")
        await one.check()
        begun = time.process_time()
        new = documents.build("en")
        after = sent(changes(old, new))
        report("  a look with nothing new: built", f"{(time.process_time() - begun) * 1000:.1f} ms")
        within("  a look with nothing new: sent", len(after) / 1000, 10, "{:.1f} kB")


async def checks_of(legs: int, *, is_monitored: bool, rounds: int = 20) -> float:
    """Processor milliseconds of a quiet check, with the page that nobody reads, or without; the median."""
    async with watched(legs, is_monitored=is_monitored) as one:
        if is_monitored:
            one.serve()
            await one.server.start()
        times = []
        for _ in range(rounds):
            begun = time.process_time()
            await one.check()
            times.append(time.process_time() - begun)
    return statistics.median(times) * 1000


def measure(seconds: int = 20) -> None:
    """Measure all of it."""
    # By turns, so that a noisy minute falls on both; of each the best.
    without, beside = [], []
    for _ in range(8):
        without.append(asyncio.run(checks_of(60, is_monitored=False)))
        beside.append(asyncio.run(checks_of(60, is_monitored=True)))
    within("a quiet check of 60 legs with a page that nobody reads / without", min(beside) / min(without), 1.05, "x {:.3f}")
    for legs in (60, 500):
        asyncio.run(sizes(legs))
    alone, busy, megabytes = asyncio.run(with_readers(60, seconds))
    report("60 legs, nobody reads: of a core", f"{alone * 100:.2f} %")
    within(f"60 legs, {READERS} readers: what they add, of a core", (busy - alone) * 100, 1, "{:.2f} %")
    within(f"60 legs, {READERS} readers: what they add of memory", megabytes, 5, "{:.1f} MB")


def main(seconds: int = 20) -> int:
    set_up_log("ERROR", ())
    measure(seconds)
    return verdict()


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
