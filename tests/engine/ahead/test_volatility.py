"""Bars are read beside the checks, of what is held and switched on alone; what is missing is told once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from tests.engine.ahead.test_watch import STX, HeldClock
from tests.fixtures.okx_engine import OkxHouse
from tgtp.adapters.storage.bar_files import BarFiles
from tgtp.domain.volatility.factor import HOUR
from tgtp.engine.ahead.volatility import AGAIN_AFTER, GRACE, LOOK_EVERY, VolatilityWatch
from tgtp.engine.volatility.scaled_rules import Switches, VolatilityBook

D = Decimal
ASKED = "GET /market/mark-price-candles"
ON = Switches(account=True)


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


def house_of(folder: Path, clock: HeldClock) -> OkxHouse:
    house = OkxHouse(folder, clock=clock)
    house.account.open_leg(STX, "long", "100", "0.30")
    return house


def switch(house: OkxHouse, switches: Switches) -> None:
    with house.checker.journal.step():
        house.checker.scaling.change(switches)


def watch(house: OkxHouse, folder: Path) -> VolatilityWatch:
    return VolatilityWatch([house.checker], house.okx, house.clock, BarFiles(folder / "volatility"))


def asked(house: OkxHouse) -> int:
    return len(house.server.requests_to(ASKED))


async def look_for(ahead: VolatilityWatch, clock: HeldClock, seconds: float) -> None:
    for _ in range(int(seconds / LOOK_EVERY)):
        await clock.sleep(LOOK_EVERY)
        await ahead.tick()


async def test_off_nothing_is_asked_and_nothing_is_written(tmp_path: Path, clock: HeldClock) -> None:
    async with house_of(tmp_path, clock) as house:
        await house.check()
        await look_for(watch(house, tmp_path), clock, 7200)
        assert asked(house) == 0
        assert house.checker.rules.factors == {}
        assert not (tmp_path / "volatility").exists()


async def test_a_month_once_and_then_a_page_an_hour(tmp_path: Path, clock: HeldClock) -> None:
    async with house_of(tmp_path, clock) as house:
        switch(house, ON)
        ahead = watch(house, tmp_path)
        await ahead.tick()
        assert asked(house) == 0
        await house.check()
        assert asked(house) == 0
        await ahead.tick()
        assert asked(house) == 8
        # It acts from the next check on.
        assert house.checker.rules.factors == {}
        await house.check()
        factor = house.checker.rules.factors[STX]
        assert D("0.75") <= factor <= D("1.5")
        (told,) = house.listener.of("thresholds_scaled")
        assert told.factors == {STX: factor}
        await look_for(ahead, clock, 5 * 3600 + 300)
        assert asked(house) == 8 + 5
        assert len(house.listener.of("thresholds_scaled")) == 1


async def test_after_a_restart_the_factor_acts_in_the_first_check(tmp_path: Path, clock: HeldClock) -> None:
    async with house_of(tmp_path, clock) as house:
        switch(house, ON)
        await house.check()
        await watch(house, tmp_path).tick()
        await house.check()
        factors = house.checker.rules.factors
        kept = BarFiles(tmp_path / "volatility")
        assert len(kept.bars(STX)) == 734
        house.checker.scaling.book = VolatilityBook(kept.volatilities())
        house.checker.scaling.hold(house.checker.exchange_now())
        assert house.checker.rules.factors == factors
        before = asked(house)
        await watch(house, tmp_path).tick()
        assert asked(house) == before + 1


@pytest.mark.parametrize("broken", [b"", b"\xff\xfe", b"opened_at,open,high,low,close\n2026-01-01T00:00Z,1,2,3\n", b"{}"])
async def test_a_broken_file_is_read_anew(tmp_path: Path, clock: HeldClock, broken: bytes) -> None:
    async with house_of(tmp_path, clock) as house:
        switch(house, ON)
        (tmp_path / "volatility").mkdir()
        for name in (f"{STX}.csv", "now.json"):
            (tmp_path / "volatility" / name).write_bytes(broken)
        assert BarFiles(tmp_path / "volatility").volatilities() == {}
        await house.check()
        await watch(house, tmp_path).tick()
        assert asked(house) == 8
        assert len(BarFiles(tmp_path / "volatility").bars(STX)) == 734


async def test_a_young_coin_is_told_once(tmp_path: Path, clock: HeldClock) -> None:
    async with house_of(tmp_path, clock) as house:
        house.account.begins_ms[STX] = int((clock.now() - 200 * HOUR).timestamp() * 1000)
        switch(house, ON)
        ahead = watch(house, tmp_path)
        await house.check()
        await look_for(ahead, clock, 2 * 3600)
        await house.check()
        assert house.checker.rules.factors == {}
        (told,) = house.listener.of("thresholds_unscaled")
        assert (told.why, told.instrument_ids) == ("young", (STX,))


async def test_gaps_are_no_reason_until_they_are_too_many(tmp_path: Path, clock: HeldClock) -> None:
    async with house_of(tmp_path, clock) as house:
        begun = clock.now().replace(minute=0, second=0, microsecond=0)
        house.account.missing_bars = {int((begun - back * HOUR).timestamp() * 1000) for back in range(200, 230)}
        switch(house, ON)
        await house.check()
        await watch(house, tmp_path).tick()
        await house.check()
        assert house.checker.rules.factors.keys() == {STX}
        house.account.missing_bars |= {int((begun - back * HOUR).timestamp() * 1000) for back in range(300, 310)}
        (tmp_path / "volatility" / f"{STX}.csv").unlink()
        await watch(house, tmp_path).tick()
        await house.check()
        assert house.checker.rules.factors == {}
        assert [told.why for told in house.listener.of("thresholds_unscaled")] == ["gaps"]


async def test_after_three_hours_without_bars_base_thresholds_act_and_both_are_told(tmp_path: Path, clock: HeldClock) -> None:
    async with house_of(tmp_path, clock) as house:
        switch(house, ON)
        ahead = watch(house, tmp_path)
        await house.check()
        await ahead.tick()
        house.server.fault(ASKED, "http_502", times=None)
        await look_for(ahead, clock, 2 * 3600)
        await house.check()
        assert house.checker.rules.factors.keys() == {STX}
        await look_for(ahead, clock, 2 * 3600)
        await house.check()
        assert house.checker.rules.factors == {}
        assert [told.why for told in house.listener.of("thresholds_unscaled")] == ["stale"]
        house.server.clear_faults()
        await look_for(ahead, clock, 2 * AGAIN_AFTER)
        await house.check()
        assert house.checker.rules.factors.keys() == {STX}
        assert len(house.listener.of("thresholds_scaled")) == 2


async def test_where_nothing_can_be_read_from_the_start_it_is_told_after_a_while(tmp_path: Path, clock: HeldClock) -> None:
    async with house_of(tmp_path, clock) as house:
        switch(house, ON)
        ahead = watch(house, tmp_path)
        await house.check()
        house.server.fault(ASKED, "http_502", times=None)
        await look_for(ahead, clock, GRACE - LOOK_EVERY)
        assert house.listener.of("thresholds_unscaled") == []
        await look_for(ahead, clock, 3 * LOOK_EVERY)
        assert [told.why for told in house.listener.of("thresholds_unscaled")] == ["stale"]


async def test_a_factor_stays_what_it_is_within_a_check(tmp_path: Path, clock: HeldClock) -> None:
    async with house_of(tmp_path, clock) as house:
        switch(house, ON)
        await house.check()
        await watch(house, tmp_path).tick()
        await house.check()
        rules = house.checker.rules
        house.checker.scaling.book.known.clear()
        assert house.checker.rules is rules
        await house.check()
        assert house.checker.rules.factors == {}


async def test_a_coin_may_be_left_out(tmp_path: Path, clock: HeldClock) -> None:
    async with house_of(tmp_path, clock) as house:
        switch(house, ON.changed(STX, on=False))
        await house.check()
        await look_for(watch(house, tmp_path), clock, 60)
        assert asked(house) == 0


async def test_the_clock_back_by_an_hour(tmp_path: Path, clock: HeldClock) -> None:
    async with house_of(tmp_path, clock) as house:
        switch(house, ON)
        await house.check()
        ahead = watch(house, tmp_path)
        await ahead.tick()
        found = house.checker.scaling.book.known[STX]
        assert not isinstance(found, str)
        assert found.until <= clock.now()
        assert house.checker.scaling.factors(ON, clock.now() - HOUR) == {STX: found.factor}
        assert house.checker.scaling.factors(ON, clock.now() - dt.timedelta(days=1)) == {}
