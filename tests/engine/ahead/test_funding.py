"""Funding rates are read beside the checks, of what is held alone, and a high one is told once for each settlement."""

from __future__ import annotations

import asyncio
import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from tests.engine.ahead.test_watch import HOUR, STX, HeldClock
from tests.fixtures.okx_engine import OkxHouse
from tgtp.domain.funding.rates import next_funding
from tgtp.engine.ahead.funding import AGAIN_AFTER, LOOK_EVERY, READ_FAR, STALE_AFTER, FundingWatch

D = Decimal
ASKED = "GET /public/funding-rate"
CRV = "CRV-USDT-SWAP"


@pytest.fixture
def clock() -> HeldClock:
    # At 12:00; the next settlement of eight hours is at 16:00.
    return HeldClock()


def house_of(folder: Path, clock: HeldClock) -> OkxHouse:
    house = OkxHouse(folder, clock=clock)
    house.account.add_instrument(CRV, "1", "1", mark="0.5")
    house.account.open_leg(STX, "long", "100", "0.30")
    return house


def watch(house: OkxHouse, warn: str = "0.003") -> FundingWatch:
    return FundingWatch([house.checker], house.okx, house.clock, D(warn))


def asked(house: OkxHouse) -> list[str]:
    return [record.query["instId"] for record in house.server.requests_to(ASKED)]


def set_rate(house: OkxHouse, rate: str, *, every: int = 8, name: str = STX) -> None:
    instrument = house.account.instruments[name]
    instrument.funding_rate, instrument.funding_every_ms = D(rate), every * HOUR * 1000


async def look_for(ahead: FundingWatch, clock: HeldClock, seconds: float) -> None:
    """Let the watch look every half a minute for so long."""
    for _ in range(int(seconds / LOOK_EVERY)):
        await clock.sleep(LOOK_EVERY)
        await ahead.tick()


async def test_only_what_is_held_is_read_and_no_check_reads_it(tmp_path: Path, clock: HeldClock) -> None:
    async with house_of(tmp_path, clock) as house:
        ahead = watch(house)
        await ahead.tick()
        assert asked(house) == []
        await house.check()
        assert asked(house) == []
        await ahead.tick()
        assert asked(house) == [STX]
        assert house.checker.funding_tried == {STX}
        rate = house.checker.funding_rates[STX]
        assert (rate.rate, rate.settles_at.hour, rate.interval) == (D("0.0001"), 16, dt.timedelta(hours=8))
        # A leg that is opened later is read at the next look, and one that is gone is forgotten.
        house.account.open_leg(CRV, "short", "100", "0.5")
        house.account.close_leg(STX, "long")
        await house.check()
        await ahead.tick()
        assert asked(house) == [STX, CRV]
        assert house.checker.funding_rates.keys() == {CRV}


async def test_what_is_far_is_read_seldom_and_what_is_near_more_often(tmp_path: Path, clock: HeldClock) -> None:
    async with house_of(tmp_path, clock) as house:
        await house.check()
        ahead = watch(house)
        await ahead.tick()
        await look_for(ahead, clock, 2.9 * HOUR)
        far = len(asked(house))
        assert far == 1 + int(2.9 * HOUR) // READ_FAR
        await look_for(ahead, clock, 1 * HOUR)
        near = len(asked(house)) - far
        assert 10 <= near <= 13


@pytest.mark.parametrize("every", [8, 4, 2, 1])
async def test_after_a_settlement_the_next_one_is_read_at_the_next_look(tmp_path: Path, clock: HeldClock, every: int) -> None:
    async with house_of(tmp_path, clock) as house:
        set_rate(house, "0.0002", every=every)
        await house.check()
        ahead = watch(house)
        await ahead.tick()
        first = house.checker.funding_rates[STX].settles_at
        assert (first.hour, first.minute) == ((12 // every + 1) * every, 0)
        await look_for(ahead, clock, (first - clock.now()).total_seconds() - LOOK_EVERY)
        # It changes how often it settles, with the settlement.
        set_rate(house, "-0.0004", every=1)
        await look_for(ahead, clock, 2 * LOOK_EVERY)
        rate = house.checker.funding_rates[STX]
        assert (rate.rate, rate.settles_at - first, rate.interval) == (
            D("-0.0004"),
            dt.timedelta(hours=1),
            dt.timedelta(hours=1),
        )


@pytest.mark.parametrize("field", ["fundingRate", "fundingTime"])
@pytest.mark.parametrize("value", ["", None, "soon"])
async def test_where_the_exchange_does_not_say_it_is_not_known(
    tmp_path: Path, clock: HeldClock, field: str, value: str | None
) -> None:
    async with house_of(tmp_path, clock) as house:
        await house.check()
        ahead = watch(house)
        await ahead.tick()
        house.server.fault(ASKED, "wrong_types", times=None, field=field, value=value)
        await look_for(ahead, clock, READ_FAR)
        assert house.checker.funding_rates == {}
        assert house.checker.funding_tried == {STX}
        leg = house.checker.last_good
        assert leg is not None
        assert next_funding(leg.legs[0], house.checker.funding_rates, clock.now()) is None
        house.server.clear_faults()
        await look_for(ahead, clock, AGAIN_AFTER)
        assert house.checker.funding_rates.keys() == {STX}


async def test_a_rate_that_cannot_be_read_again_is_known_for_an_hour_and_disturbs_no_check(
    tmp_path: Path, clock: HeldClock
) -> None:
    async with house_of(tmp_path, clock) as house:
        await house.check()
        ahead = watch(house)
        await ahead.tick()
        house.server.fault(ASKED, "http_503", times=None)
        await look_for(ahead, clock, STALE_AFTER - 2 * LOOK_EVERY)
        assert house.checker.funding_rates.keys() == {STX}
        await look_for(ahead, clock, 3 * LOOK_EVERY)
        assert house.checker.funding_rates == {}
        assert house.checker.funding_tried == {STX}
        assert (await house.check()).error is None
        assert house.checker.outage.failed_in_a_row == 0


async def test_a_reading_that_hangs_holds_up_no_check(tmp_path: Path, clock: HeldClock) -> None:
    async with house_of(tmp_path, clock) as house:
        await house.check()
        hung = house.server.fault(ASKED, "hang", times=None)
        ahead = watch(house)
        reading = asyncio.create_task(ahead.tick())
        await house.server.until(lambda: hung.used == 1)
        assert (await house.check()).error is None
        house.server.clear_faults()
        await reading


async def test_where_nothing_answers_not_everything_is_asked_for(tmp_path: Path, clock: HeldClock) -> None:
    async with house_of(tmp_path, clock) as house:
        names = [f"C{number}-USDT-SWAP" for number in range(8)]
        for name in names:
            house.account.add_instrument(name, "1", "1", mark="1")
            house.account.open_leg(name, "long", "10", "1")
        await house.check()
        house.server.fault(ASKED, "http_503", times=3)
        ahead = watch(house)
        await ahead.tick()
        first = asked(house)
        assert len(first) == 3
        await ahead.tick()
        # The others come first; those that failed wait for a minute.
        assert set(asked(house)[3:]) == {STX, *names} - set(first)
        await look_for(ahead, clock, AGAIN_AFTER)
        assert house.checker.funding_rates.keys() == {STX, *names}


async def test_a_high_rate_is_told_once_for_each_settlement(tmp_path: Path, clock: HeldClock) -> None:
    async with house_of(tmp_path, clock) as house:
        set_rate(house, "0.0029")
        await house.check()
        ahead = watch(house)
        await ahead.tick()
        assert house.told("funding_high") == []
        set_rate(house, "0.003")
        await look_for(ahead, clock, 3 * HOUR)
        (told,) = house.told("funding_high")
        # 100 contracts of 10 STX at 0.30.
        assert (told.instrument_id, told.rate, told.payment) == (STX, D("0.003"), D("-0.9"))
        assert [key.instrument_id for key in told.legs] == [STX]
        # Nor by the next process.
        await house.restart()
        await house.check()
        ahead = watch(house)
        await ahead.tick()
        assert len(house.told("funding_high")) == 1
        await look_for(ahead, clock, 1.1 * HOUR)
        assert [event.settles_at.hour for event in house.told("funding_high")] == [16, 0]


async def test_one_that_comes_back_after_it_was_not_known_is_not_told_again(tmp_path: Path, clock: HeldClock) -> None:
    async with house_of(tmp_path, clock) as house:
        house.account.open_leg(CRV, "long", "1000", "0.5")
        set_rate(house, "0.004")
        await house.check()
        ahead = watch(house)
        await ahead.tick()
        house.server.fault(ASKED, "wrong_types", times=None, field="fundingRate", value="", inst_id=STX)
        set_rate(house, "0.004", name=CRV)
        await look_for(ahead, clock, HOUR)
        house.server.clear_faults()
        await look_for(ahead, clock, HOUR)
        assert [event.instrument_id for event in house.told("funding_high")] == [STX, CRV]


@pytest.mark.parametrize(
    ("side", "contracts", "rate", "warn"),
    [
        ("short", "100", "0.01", "0.003"),  # it receives
        ("long", "100", "-0.01", "0.003"),
        ("long", "3", "0.01", "0.003"),  # 0.9 U of margin: the rules leave it alone
        ("long", "100", "0.01", "0"),  # switched off
    ],
)
async def test_nobody_hears_of_what_is_received_small_or_switched_off(
    tmp_path: Path, clock: HeldClock, side: str, contracts: str, rate: str, warn: str
) -> None:
    async with OkxHouse(tmp_path, clock=clock) as house:
        house.account.open_leg(STX, side, contracts, "0.30")  # type: ignore[arg-type]
        set_rate(house, rate)
        await house.check()
        await watch(house, warn).tick()
        assert house.told("funding_high") == []
        assert house.checker.funding_rates[STX].rate == D(rate)
