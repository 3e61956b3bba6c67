"""Times in which nothing can be guarded are told a day before, once, whatever becomes of the reading."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.okx_engine import OkxHouse
from tests.simulation.exchange.rows import announcement
from tgtp.engine.ahead.watch import READ_EVERY, AheadWatch
from tgtp.engine.ports import Clock

HOUR, DAY = 3600, 86_400
STX = "STX-USDT-SWAP"


class HeldClock(Clock):
    """Time that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)

    def now(self) -> dt.datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.at += dt.timedelta(seconds=seconds)
        await asyncio.sleep(0)

    def in_ms(self, seconds: float) -> int:
        return int((self.at.timestamp() + seconds) * 1000)


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


def house_of(folder: Path, clock: HeldClock) -> OkxHouse:
    house = OkxHouse(folder, clock=clock)
    house.account.open_leg(STX, "long", "100", "0.30")
    return house


def watch(house: OkxHouse) -> AheadWatch:
    return AheadWatch([house.checker], house.okx, house.clock)


async def test_a_maintenance_is_told_a_day_before_and_once(tmp_path: Path, clock: HeldClock) -> None:
    async with house_of(tmp_path, clock) as house:
        house.account.announced.append(announcement("Trading upgrade", clock.in_ms(2 * DAY), clock.in_ms(2 * DAY + HOUR)))
        await house.check()
        ahead = watch(house)
        await ahead.tick()
        assert house.told("downtime_ahead") == []
        await clock.sleep(DAY + 60)
        await ahead.tick()
        (told,) = house.told("downtime_ahead")
        assert told.title == "Trading upgrade"
        assert told.ends_at - told.begins_at == dt.timedelta(hours=1)
        for _ in range(3):
            await clock.sleep(READ_EVERY)
            await ahead.tick()
        # Nor by the next process.
        await house.restart()
        await house.check()
        await watch(house).tick()
        assert len(house.told("downtime_ahead")) == 1


async def test_one_that_is_moved_is_told_anew_and_one_under_way_at_once(tmp_path: Path, clock: HeldClock) -> None:
    async with house_of(tmp_path, clock) as house:
        house.account.announced.append(announcement("Upgrade", clock.in_ms(HOUR), clock.in_ms(2 * HOUR)))
        ahead = watch(house)
        await ahead.tick()
        house.account.announced[:] = [announcement("Upgrade", clock.in_ms(5 * HOUR), clock.in_ms(6 * HOUR))]
        await clock.sleep(READ_EVERY)
        await ahead.tick()
        assert len(house.told("downtime_ahead")) == 2
        house.account.announced.append(announcement("Disruption", clock.in_ms(-60), None, state="ongoing"))
        await clock.sleep(READ_EVERY)
        await ahead.tick()
        assert [event.title for event in house.told("downtime_ahead")] == ["Upgrade", "Upgrade", "Disruption"]


@pytest.mark.parametrize("state", [["scheduled"], {}, None])
async def test_a_row_of_another_shape_hides_none_beside_it(tmp_path: Path, clock: HeldClock, state: Any) -> None:
    async with house_of(tmp_path, clock) as house:
        rows = [announcement(name, clock.in_ms(HOUR), clock.in_ms(2 * HOUR)) for name in ("Odd", "Upgrade")]
        body = {"code": "0", "data": [{**rows[0], "state": state}, rows[1]], "msg": ""}
        house.server.fault("GET /system/status", "json", body=body)
        await watch(house).tick()
        assert [event.title for event in house.told("downtime_ahead")] == ["Upgrade"]


@pytest.mark.parametrize(
    "more",
    [
        *({"state": state} for state in ("completed", "canceled")),
        *({"serviceType": kind} for kind in ("0", "7")),
        {"env": "2"},
        {"begin": "soon"},
    ],
)
async def test_what_does_not_stop_this_account_is_not_told(tmp_path: Path, clock: HeldClock, more: Any) -> None:
    async with house_of(tmp_path, clock) as house:
        house.account.announced.append(announcement("Other", clock.in_ms(HOUR), clock.in_ms(2 * HOUR), **more))
        house.account.announced.append(announcement("Over", clock.in_ms(-HOUR), clock.in_ms(-60)))
        await watch(house).tick()
        assert house.told("downtime_ahead") == []
        assert len(house.server.requests_to("GET /system/status")) == 1


async def test_it_is_read_every_quarter_of_an_hour_and_its_failure_disturbs_no_check(tmp_path: Path, clock: HeldClock) -> None:
    async with house_of(tmp_path, clock) as house:
        hung = house.server.fault("GET /system/status", "hang", times=None)
        ahead = watch(house)
        reading = asyncio.create_task(ahead.tick())
        await house.server.until(lambda: hung.used == 1)
        # While it hangs, checks go on.
        assert (await house.check()).error is None
        house.server.clear_faults()
        await reading
        house.server.fault("GET /system/status", "http_503", times=None)
        for _ in range(40):
            await clock.sleep(60)
            await ahead.tick()
        assert len(house.server.requests_to("GET /system/status")) == 1 + 40 * 60 // READ_EVERY
        assert (await house.check()).error is None


async def test_the_end_of_an_instrument_is_told_to_who_holds_it(tmp_path: Path, clock: HeldClock) -> None:
    async with house_of(tmp_path, clock) as house:
        for name in (STX, "CRV-USDT-SWAP"):
            house.account.instruments[name].ends_at_ms = clock.in_ms(DAY + 2 * HOUR)
        await house.check()
        ahead = watch(house)
        await ahead.tick()
        assert house.told("instrument_ends") == []
        await clock.sleep(3 * HOUR)
        await ahead.tick()
        await ahead.tick()
        (told,) = house.told("instrument_ends")
        assert told.instrument_id == STX
        assert [str(leg) for leg in told.legs] == [f"{STX}_long"]
        assert told.ends_at == clock.at + dt.timedelta(days=1, hours=-1)


async def test_a_suspension_is_told_once_until_it_is_over(tmp_path: Path, clock: HeldClock) -> None:
    async with house_of(tmp_path, clock) as house:
        for state, times in (("suspend", 1), ("suspend", 1), ("live", 1), ("suspend", 2)):
            house.account.instruments[STX].state = state
            # The list is read hourly.
            await clock.sleep(HOUR + 1)
            await house.check()
            await watch(house).tick()
            assert len(house.told("instrument_ends")) == times


async def test_an_end_that_makes_no_sense_leaves_the_leg_guarded(tmp_path: Path, clock: HeldClock) -> None:
    async with house_of(tmp_path, clock) as house:
        house.account.instruments[STX].ends_at_ms = -5
        report = await house.check()
        assert report.snapshot is not None
        assert [leg.instrument.ends_at for leg in report.snapshot.legs] == [None]
