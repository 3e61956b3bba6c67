"""The watchdog is fed while checks begin and end, whatever becomes of them, and by a timer only as long as they do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.fixtures.engine import House
from tests.fixtures.fakes import NOW, FakeClock, fail, paper_leg
from tests.fixtures.waiting import until
from tgtp.engine.check_report import CheckReport
from tgtp.engine.ports import Supervisor
from tgtp.engine.watchdog import Watchdog
from tgtp.errors import TemporarilyDown


class Keeper(Supervisor):
    """A supervisor that writes down what it was told, and when."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.told: list[str] = []
        self.fed_at: list[float] = []

    def running(self, status: str) -> None:
        self.told.append(status)

    def alive(self) -> None:
        self.fed_at.append((self._clock.now() - NOW).total_seconds())

    def stopping(self) -> None:
        self.told.append("stopping")


class LimitedClock(FakeClock):
    """Time that passes by itself while somebody sleeps, until ``end`` (seconds)."""

    end = 0.0

    async def sleep(self, seconds: float) -> None:
        await until(lambda: (self.now() - NOW).total_seconds() + seconds <= self.end)
        await super().sleep(seconds)


class Ward:
    """A pulse whose timer runs in virtual time."""

    def __init__(self, interval: int, watchdog: float | None) -> None:
        self.half = (watchdog or 0) / 2
        self.clock = LimitedClock()
        self.keeper = Keeper(self.clock)
        self.watchdog = Watchdog(self.keeper, self.clock, interval, watchdog, lambda report: f"check {report.number}")

    async def pass_until(self, end: float) -> list[float]:
        """Let time pass until so many seconds after the start; gives when the timer has fed the watchdog up to then."""
        self.clock.end = end
        await until(lambda: (self.clock.now() - NOW).total_seconds() + self.half > end)
        return self.keeper.fed_at


@asynccontextmanager
async def ward(interval: int, watchdog: float = 60) -> AsyncIterator[Ward]:
    one = Ward(interval, watchdog)
    task = asyncio.create_task(one.watchdog.run())
    yield one
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def report(number: int = 1, error: TemporarilyDown | None = None) -> CheckReport:
    return CheckReport(number=number, started_at=NOW, error=error)


async def hang() -> CheckReport:
    await asyncio.Event().wait()
    raise AssertionError("never")


async def test_a_check_that_ends_feeds_the_watchdog_well_or_badly(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg())
    keeper = Keeper(house.clock)
    watchdog = Watchdog(keeper, house.clock, 10, 60, lambda report: f"{report.number} {report.error is None}")
    check = watchdog.watched(house.checker.check)
    house.exchange.before = fail("snapshot", TemporarilyDown("HTTP 502"), times=3)
    for _ in range(2):
        watchdog.checked(await check())
    assert keeper.told == ["1 False", "2 True"]


async def test_the_timer_bridges_a_long_interval_only_while_checks_keep_beginning() -> None:
    async with ward(interval=3600) as one:
        one.watchdog.checked(report())
        # Five intervals without a check, then never again.
        fed = await one.pass_until(36_000)
        assert fed == [30.0 * turn for turn in range(1, 600)]
        one.watchdog.checked(report(2))
        assert (await one.pass_until(36_090))[599:] == [36_030, 36_060, 36_090]


async def test_the_timer_falls_silent_when_no_check_begins_at_all() -> None:
    async with ward(interval=10) as one:
        assert await one.pass_until(600) == [30]


async def test_a_long_check_is_borne_and_one_that_never_ends_is_not() -> None:
    async with ward(interval=10) as one:
        one.watchdog.checked(report())
        checking = asyncio.ensure_future(one.watchdog.watched(hang)())
        await asyncio.sleep(0)
        assert await one.pass_until(600) == [30, 60, 90]
        checking.cancel()


async def test_checks_that_begin_and_never_end_keep_nothing_alive() -> None:
    async def breaks() -> CheckReport:
        raise OSError("Input/output error")

    async with ward(interval=10) as one:
        check = one.watchdog.watched(breaks)
        for end in range(0, 600, 10):
            with pytest.raises(OSError, match="Input/output error"):
                await check()
            await one.pass_until(end)
        assert one.keeper.fed_at == [30, 60, 90]
        one.watchdog.checked(report())
        assert (await one.pass_until(600))[3:] == [600]


async def test_without_a_watchdog_there_is_no_timer() -> None:
    one = Ward(10, None)
    await asyncio.wait_for(one.watchdog.run(), 5)
    one.watchdog.checked(report(7, TemporarilyDown("HTTP 502")))
    one.watchdog.stopping()
    assert one.keeper.told == ["check 7", "stopping"]
    assert one.keeper.fed_at == []


@pytest.mark.parametrize("watchdog", [60, 20])
async def test_the_timer_is_twice_as_fast_as_the_watchdog(watchdog: float) -> None:
    async with ward(interval=100, watchdog=watchdog) as one:
        fed = await one.pass_until(120)
        assert fed[:3] == [watchdog / 2, watchdog, watchdog * 1.5]
