"""A stream that is silent, late or lying decides nothing, and is believed again when it is right again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal
from pathlib import Path

from tests.fixtures.fakes import key, mark_at, paper_leg
from tests.fixtures.pushes import PushedHouse
from tgtp.engine.ports import MarkStream
from tgtp.engine.stream.watch import StreamWatch

CRV = key()
NAME = CRV.instrument_id
THIRTY = [Decimal(30)]


class Followed(MarkStream):
    """Remembers what it was to follow."""

    def __init__(self) -> None:
        self.asked: list[frozenset[str]] = []
        self.rebuilt = 0

    def follow(self, instrument_ids: Collection[str]) -> None:
        self.asked.append(frozenset(instrument_ids))

    async def run(self) -> None:
        raise NotImplementedError

    def rebuild(self) -> bool:
        self.rebuilt += 1
        return True


class WatchedHouse(PushedHouse):
    """``pass_by`` lets seconds go by, with a push of this ROI in each."""

    def _open(self) -> None:
        super()._open()
        self.marks = Followed()
        self.watch = StreamWatch([self.decider], self.marks, self.book, self.clock, dt.timedelta(milliseconds=400))

    def pass_by(self, seconds: int, roi: int | None = 0, *, late: float = 0) -> None:
        for _ in range(seconds):
            self.clock.forward(1)
            if roi is not None:
                self.push(NAME, mark_at("5", roi), late=late)
            self.watch.tick()

    def is_late_after(self, seconds: int, *, late: float = 0) -> bool:
        self.pass_by(seconds, late=late)
        return self.book.is_late

    async def fires(self) -> bool:
        """Whether a touch of the first tier is decided by the stream, over a look of now."""
        before = len(self.closed())
        self.heard()
        self.push(NAME, mark_at("5", 30))
        await self.decider.act()
        return len(self.closed()) > before


async def house_of(folder: Path) -> WatchedHouse:
    house = WatchedHouse(folder, paper_leg(contracts=100))
    await house.begin()
    house.watch.tick()
    return house


async def test_what_is_held_is_followed_and_asked_for_once(tmp_path: Path) -> None:
    house = await house_of(tmp_path)
    house.pass_by(3)
    assert house.marks.asked == [frozenset({NAME})]


async def test_an_instrument_of_which_nothing_comes_is_silent(tmp_path: Path) -> None:
    house = await house_of(tmp_path)
    house.pass_by(10, None)
    assert house.watch.silent == frozenset()
    house.pass_by(5, None)
    assert house.watch.silent == {NAME}
    house.pass_by(1)
    assert house.watch.silent == frozenset()


async def test_late_prices_decide_nothing_after_a_minute_of_them(tmp_path: Path) -> None:
    house = await house_of(tmp_path)
    assert not house.is_late_after(61, late=0.5)
    assert house.is_late_after(65, late=0.5)
    await house.check(every=1.1)
    assert not await house.fires()
    assert house.decider.obstacles == {"late": 1}
    # As soon as most of a minute's come in time.
    assert not house.is_late_after(61)
    await house.check(every=1.1)
    assert await house.fires()


async def test_prices_that_two_looks_contradict_decide_nothing(tmp_path: Path) -> None:
    house = await house_of(tmp_path)
    house.set_roi(CRV, 12)  # 1.2 % above what is pushed
    for _ in range(2):
        house.pass_by(9)
        await house.check(every=1.1)
        house.watch.tick()
    assert house.book.lying == {NAME}
    assert not await house.fires()
    assert house.decider.obstacles == {"lying": 1}
    house.pass_by(1, 12)
    await house.check(every=1.1)
    house.watch.tick()
    assert house.book.lying == frozenset()
    assert await house.fires()
    assert house.closed() == THIRTY


async def test_one_look_or_two_at_once_are_no_lie(tmp_path: Path) -> None:
    house = await house_of(tmp_path)
    house.set_roi(CRV, 12)
    house.pass_by(2)
    for _ in range(3):
        await house.check(every=1)
        house.pass_by(1)
    assert house.book.lying == frozenset()
    assert await house.fires()


async def test_what_is_contradicted_in_most_is_believed_in_none(tmp_path: Path) -> None:
    house = WatchedHouse(tmp_path, *(paper_leg(f"{coin}-USDT-SWAP") for coin in ("CRV", "STX", "ETH")))
    await house.begin()
    house.watch.tick()
    for name in (CRV, key("STX-USDT-SWAP")):
        house.set_roi(name, 12)
    for _ in range(2):
        for coin in ("CRV", "STX", "ETH"):
            house.push(f"{coin}-USDT-SWAP", "5")
        house.clock.forward(9)
        await house.check(every=1.1)
        house.watch.tick()
    assert house.book.lying == {f"{coin}-USDT-SWAP" for coin in ("CRV", "STX", "ETH")}
