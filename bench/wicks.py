"""How many wicks a look every ten seconds captures, how many the stream, and how many what rests at the exchange.

``python -m bench.wicks [WICKS]``. A wick is captured when the tier is filled while the price is still there. In virtual time:
what the program computes takes none, a request takes 50 ms, a push 20 ms, and REST shows a mark price 150 ms after the stream;
so late the exchange's own orders see it too, though it has it first.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import sys
import tempfile
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Final, Literal, get_args

from bench.report import report, verdict
from tests.fixtures.engine import SEED_RULES
from tests.simulation.exchange import rows as shown
from tests.simulation.exchange.account import Account
from tests.simulation.exchange.server import OkxServer
from tests.simulation.exchange.stream.peer import LastMark, Peer
from tests.simulation.exchange.stream.server import MARK_AT_LEAST, MARK_EVERY, StreamServer
from tests.simulation.exchange.stream.wire import StreamWire
from tests.simulation.exchange.wire import wired
from tests.simulation.virtual_time import HeldClock, VirtualLoop
from tgtp.adapters.okx.exchange import Okx
from tgtp.adapters.okx.public import OkxPublic
from tgtp.adapters.okx.stream.account import OkxAccountStream
from tgtp.adapters.okx.stream.login import Keys, OkxTime
from tgtp.adapters.okx.stream.marks import OkxMarkStream
from tgtp.adapters.okx.stream.pacing import connect_pace
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.chat.bot.check_jobs import CheckJob
from tgtp.domain.resting.rules import RestingRules
from tgtp.engine.cycle import Checker
from tgtp.engine.ports import Listener
from tgtp.engine.stream.decider import Decider
from tgtp.engine.stream.mark_book import MarkBook
from tgtp.engine.stream.streaming import Streamed, Streaming
from tgtp.engine.stream.watch import StreamWatch

By = Literal["looks", "stream", "resting"]
# Seconds, and what is asked of the stream.
LENGTHS: Final = {0.2: 0.0, 0.4: 0.9, 0.6: 1.0, 1.0: 1.0, 2.0: 1.0, 5.0: 1.0, 10.0: 1.0}
WICKS = 60
INTERVAL = 10
REQUEST_TAKES = 0.05
PUSH_TAKES = 0.02
REST_LATE = 0.15
MOVES_EVERY = 0.05
STX = "STX-USDT-SWAP"
ENTRY = Decimal("0.3")
# 27 % at 10x: beyond the first tier of a long leg, and below the second.
HIGH = ENTRY * Decimal("1.027")


class AheadStream(StreamServer):
    """Pushes a price that REST shows later; every push travels for a while."""

    mark = ENTRY

    def _push_mark(self, peer: Peer, inst_id: str, last: LastMark, now: float) -> None:
        waited = now - last.at
        if last.price is None or (self.mark != last.price and waited >= MARK_EVERY) or waited >= MARK_AT_LEAST:
            last.price, last.at = self.mark, now
            peer.pushed_at = now
            frame = self.mark_frame(inst_id, shown.text(self.mark))
            asyncio.get_running_loop().call_later(PUSH_TAKES, peer.say, frame)


class World:
    """One leg, a price that moves all the time, and the program's engine on both."""

    def __init__(self, loop: VirtualLoop, folder: Path, by: By) -> None:
        self._loop, self._by = loop, by
        self._high = False
        self._moves = 0
        self._clock = HeldClock(loop)
        self.account = Account(time=self._clock.true_seconds)
        self._server = OkxServer(self.account)
        self._server.latency, self._server.keeps_requests = REQUEST_TAKES, False
        self._stream = self._server.stream = AheadStream(self._server)
        self._stream.clock, self._stream.looks_every = loop.time, 0.02
        self.account.open_leg(STX, "long", 100, ENTRY)
        self._client, _ = wired(self._server, self._clock.milliseconds)
        self._public = OkxPublic(self._client, self._clock)
        self._ledger = TinyLedger(folder)
        exchange = Okx(self._client, self._clock, self._public)
        resting = RestingRules(mode="all" if by == "resting" else "off")
        self._checker = Checker(
            exchange, self._ledger, Listener(), self._clock, SEED_RULES, exchange_name="okx", resting=resting
        )
        self._job = CheckJob("", INTERVAL, self._checker.check)
        self._checker.wake = self._job.wake

    def _show(self) -> None:
        self._moves += 1
        self._stream.mark = mark = (HIGH if self._high else ENTRY) + Decimal(self._moves % 5) / 100_000
        self._loop.call_later(REST_LATE, self.account.set_mark, STX, mark)

    async def _move(self) -> None:
        while True:
            self._show()
            await asyncio.sleep(MOVES_EVERY)

    async def _beat(self) -> None:
        while True:
            self._job.wake()
            await asyncio.sleep(INTERVAL)

    def _streaming(self) -> Streaming:
        max_age, wire, connects = dt.timedelta(milliseconds=400), StreamWire(self._stream), connect_pace(self._clock)
        book = MarkBook(self._clock, lambda: dt.datetime.fromtimestamp(self._server.now(), dt.UTC))
        decider = Decider(self._checker, book, self._clock, self._job.wake, max_age=max_age)
        keys = Keys(self._client.apiKey, self._client.secret, self._client.password)
        time = OkxTime(self._public, self._client, self._clock)
        decider.stream = stream = OkxAccountStream(wire, self._clock, connects, decider, keys, time)
        marks = OkxMarkStream(wire, self._clock, connects, book)
        watch = StreamWatch([decider], marks, book, self._clock, max_age)
        return Streaming(marks, [Streamed(stream, decider)], book, watch, self._clock)

    async def captured(self, length: float, wicks: int) -> int:
        """Let wicks come, each at a time of its own; gives how many were captured."""
        chance, found = Random(length), 0
        running = [asyncio.create_task(self._move()), asyncio.create_task(self._beat())]
        if self._by == "stream":
            running.append(asyncio.create_task(self._streaming().run()))
        for _ in range(wicks):
            # A leg that is new is believed from its second look on.
            await asyncio.sleep(chance.uniform(25, 45))
            before, self._high = len(self.account.fills), True
            self._show()
            await asyncio.sleep(length)
            found += len(self.account.fills) > before
            self._high = False
            self._show()
            await asyncio.sleep(5)
            if len(self.account.fills) > before:
                # Another life, of which no tier has fired.
                self.account.close_leg(STX, "long")
                self.account.open_leg(STX, "long", 100, ENTRY)
        if (last := self._job.end()) is not None:
            await last
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self._server.stop()
        await self._public.close()
        await self._client.close()
        self._ledger.close()
        return found


def captured(length: float, wicks: int, by: By) -> int:
    loop = VirtualLoop()
    with tempfile.TemporaryDirectory() as folder:
        try:
            asyncio.set_event_loop(loop)
            world = World(loop, Path(folder), by)
            return loop.run_until_complete(world.captured(length, wicks))
        finally:
            asyncio.set_event_loop(None)
            loop.close()


def measure(wicks: int = WICKS) -> None:
    for length, least in LENGTHS.items():
        shares = [captured(length, wicks, by) / wicks for by in get_args(By)]
        figure = " / ".join(f"{share:.0%}" for share in shares)
        report(
            f"wicks of {length:g} s captured by looks / the stream / resting tiers",
            figure,
            f"at least {least:.0%} by the stream" if least else "",
            missed=shares[1] < least,
        )


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else WICKS)
    sys.exit(verdict())
