"""The parts of the stream side by side: what breaks is begun anew, and none of it stands before the first check."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.fixtures.fakes import paper_leg
from tests.fixtures.pushes import PushedHouse, SilentStream
from tests.fixtures.streams import HeldClock
from tests.fixtures.waiting import until
from tgtp.engine.ports import MarkStream
from tgtp.engine.stream.streaming import AGAIN_AFTER, Streamed, Streaming
from tgtp.engine.stream.watch import StreamWatch


class Marks(MarkStream):
    """Breaks when told to; ``begun`` counts how often it was run, ``ended`` how often it was cancelled."""

    def __init__(self) -> None:
        self.begun = self.ended = 0
        self.breaks = asyncio.Event()

    def follow(self, instrument_ids: Collection[str]) -> None:
        pass

    async def run(self) -> None:
        self.begun += 1
        try:
            await self.breaks.wait()
        except asyncio.CancelledError:
            self.ended += 1
            raise
        raise ZeroDivisionError


class Own(SilentStream):
    begun = 0

    async def run(self) -> None:
        self.begun += 1
        await asyncio.Event().wait()


@asynccontextmanager
async def streaming(house: PushedHouse, marks: Marks, own: Own, clock: HeldClock) -> AsyncIterator[None]:
    watch = StreamWatch([house.decider], marks, house.book, clock, dt.timedelta(milliseconds=400))
    parts = Streaming(marks, [Streamed(own, house.decider)], house.book, watch, clock)
    running = asyncio.create_task(parts.run())
    try:
        yield
        assert not running.done()
    finally:
        running.cancel()
        await asyncio.wait({running})


async def test_what_breaks_is_logged_and_begun_anew_and_the_rest_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    house, marks, own, clock = PushedHouse(tmp_path, paper_leg()), Marks(), Own(), HeldClock()
    await house.check(every=0)
    async with streaming(house, marks, own, clock):
        await until(lambda: (marks.begun, own.begun) == (1, 1))
        marks.breaks.set()
        await until(lambda: house.book.lost_why is not None)
        assert "ZeroDivisionError" in str(house.book.lost_why)
        assert "ZeroDivisionError" in caplog.text
        marks.breaks.clear()
        await clock.forward(AGAIN_AFTER - 1, step=1)
        assert marks.begun == 1
        await clock.forward(2, step=1)
        await until(lambda: marks.begun == 2)
    # The connection of the account was never touched, and what runs has been closed.
    assert (own.begun, marks.ended) == (1, 1)
    house.ledger.close()


async def test_no_connection_of_an_account_stands_before_its_first_check(tmp_path: Path) -> None:
    house, marks, own, clock = PushedHouse(tmp_path, paper_leg()), Marks(), Own(), HeldClock()
    async with streaming(house, marks, own, clock):
        await clock.forward(30, step=1)
        assert own.begun == 0
        await house.check(every=0)
        await clock.forward(2, step=1)
        await until(lambda: own.begun == 1)
    house.ledger.close()
