"""More of the hours that thresholds follow: read beside the checks, seldom, and told of once where they are missing."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from decimal import Decimal
from pathlib import Path

import pytest

from tests.engine.ahead.test_watch import HeldClock
from tests.fixtures.engine import House
from tests.fixtures.fakes import key, paper_leg
from tests.fixtures.hour_bars import NOW, course, flat
from tests.fixtures.okx_engine import OkxHouse
from tgtp.adapters.storage.bar_files import BarFiles
from tgtp.domain.model import Candle
from tgtp.domain.volatility.factor import BARS_NEEDED, HOUR, Volatility, volatility
from tgtp.engine.ahead.volatility import LOOK_EVERY, VolatilityWatch
from tgtp.engine.volatility.scaled_rules import Switches
from tgtp.errors import Problem, TemporarilyDown

D = Decimal
CRV, STX = "CRV-USDT-SWAP", "STX-USDT-SWAP"
ASKED = "GET /market/mark-price-candles"
BARS = course(random.Random(11), hours=900)


def house_of(folder: Path, *names: str, dynamic: bool = True) -> House:
    """A house at noon whose prices know the last 900 hours."""
    house = House(folder, *(paper_leg(name) for name in names or (CRV,)), dynamic=dynamic)
    for name in names or (CRV,):
        house.prices.hours[name] = BARS
    return house


def watch(house: House) -> VolatilityWatch:
    return VolatilityWatch([house.checker], house.exchange, house.clock, house.bars)


def asked(house: House) -> int:
    return house.exchange.calls.count("hour_bars")


async def look_for(house: House, watching: VolatilityWatch, hours: float) -> None:
    """Let the watch look for so long, with a check and the bars of the hours that pass."""
    ends = house.clock.now() + hours * HOUR
    while house.clock.now() < ends:
        house.clock.forward(60)
        for name in house.prices.hours:
            while (bars := house.prices.hours[name]) and bars[-1].opened_at + 2 * HOUR <= house.clock.now():
                house.prices.hours[name] = (*bars, bars[-1].replaced(opened_at=bars[-1].opened_at + HOUR))
        await watching.tick()


def expected(house: House) -> Volatility:
    found = volatility(house.prices.hours[CRV])
    assert isinstance(found, Volatility)
    return found


async def test_a_month_is_read_once_and_then_a_page_an_hour(tmp_path: Path) -> None:
    house = house_of(tmp_path)
    watching = watch(house)
    await watching.tick()
    assert asked(house) == 0, "nothing is held, as far as is known"
    await house.check()
    assert asked(house) == 0, "no check reads it"
    await watching.tick()
    assert asked(house) == 8
    await house.check()
    assert house.checker.rules.factor_of(CRV) == expected(house).factor
    await look_for(house, watching, 6)
    assert asked(house) == 8 + 6
    assert house.checker.scaling.book.known[CRV] == expected(house)
    (event,) = house.listener.of("thresholds_scaled")
    assert event.factors.keys() == {CRV}


async def test_switched_off_nothing_is_asked_and_nothing_kept(tmp_path: Path) -> None:
    house = house_of(tmp_path, dynamic=False)
    watching = watch(house)
    await house.check()
    await look_for(house, watching, 2)
    assert asked(house) == 0
    assert not (tmp_path / "volatility").exists()
    # For one coin it is asked of that coin alone, and no more once it is switched off again.
    assert await house.actions.change_dynamic(Switches(account=False), CRV, {}, on=True, by=7)
    await watching.tick()
    assert asked(house) == 8
    assert await house.actions.change_dynamic(house.checker.scaling.switches, CRV, {}, on=False, by=7)
    await look_for(house, watching, 3)
    assert asked(house) == 8


async def test_a_restart_reads_what_is_new_and_acts_on_what_is_kept(tmp_path: Path) -> None:
    house = house_of(tmp_path)
    await house.check()
    await watch(house).tick()
    house.restart()
    # Before anything is read: what was known is still good.
    await house.check()
    assert house.checker.rules.factor_of(CRV) == expected(house).factor
    before = asked(house)
    await watch(house).tick()
    assert asked(house) == before + 1
    # Nothing new is told.
    assert len(house.listener.of("thresholds_scaled")) == 1


@pytest.mark.parametrize(("away", "pages"), [(30, 1), (150, 2), (500, 5), (2000, 8)])
async def test_after_a_stop_only_what_is_missing_is_read(tmp_path: Path, away: int, pages: int) -> None:
    house = house_of(tmp_path)
    await house.check()
    await watch(house).tick()
    house.clock.forward(away * 3600)
    last = BARS[-1]
    later = tuple(last.replaced(opened_at=last.opened_at + number * HOUR) for number in range(1, away + 1))
    house.prices.hours[CRV] = (*BARS, *later)
    house.restart()
    before = asked(house)
    await house.check()
    assert house.checker.rules.factor_of(CRV) == 1, "what is known is of long ago"
    await watch(house).tick()
    assert asked(house) == before + pages
    assert house.checker.scaling.book.known[CRV] == volatility(house.prices.hours[CRV])


@pytest.mark.parametrize("content", [b"", b"rubbish", b"opened_at,open,high,low,close\n2026-01-01T00:00Z,1,2\n"])
async def test_a_broken_cache_is_read_anew(tmp_path: Path, content: bytes) -> None:
    house = house_of(tmp_path)
    await house.check()
    await watch(house).tick()
    for path in (tmp_path / "volatility").iterdir():
        path.write_bytes(content)
    house.restart()
    await house.check()
    assert house.checker.rules.factor_of(CRV) == 1
    before = asked(house)
    await watch(house).tick()
    assert asked(house) == before + 8
    assert BarFiles(tmp_path / "volatility").volatilities() == {CRV: expected(house)}


async def test_what_cannot_be_read_is_told_after_three_hours_and_when_it_is_back(tmp_path: Path) -> None:
    house = house_of(tmp_path)
    watching = watch(house)
    await house.check()
    await watching.tick()
    house.prices.down = True
    await look_for(house, watching, 2.9)
    assert house.listener.of("thresholds_unscaled") == []
    await look_for(house, watching, 2)
    (event,) = house.listener.of("thresholds_unscaled")
    assert (event.instrument_ids, event.why) == ((CRV,), "stale")
    house.checker.scaling.hold(house.clock.now())
    assert house.checker.rules.factor_of(CRV) == 1
    await look_for(house, watching, 5)
    house.restart()
    house.prices.down = False
    await house.check()
    watching = watch(house)
    await look_for(house, watching, 1)
    assert len(house.listener.of("thresholds_unscaled")) == 1
    # The first time, and now.
    assert len(house.listener.of("thresholds_scaled")) == 2
    await house.check()
    assert house.checker.rules.factor_of(CRV) == expected(house).factor


async def test_while_it_cannot_be_read_it_is_asked_for_seldom(tmp_path: Path) -> None:
    house = house_of(tmp_path, *(f"C{number}-USDT-SWAP" for number in range(22)))
    await house.check()
    house.prices.down = True
    watching = watch(house)
    for _ in range(60):
        house.clock.forward(LOOK_EVERY)
        await watching.tick()
    # Ten minutes: three at a look, none of them again within a minute.
    assert asked(house) <= 22 * 10


@pytest.mark.parametrize(
    ("bars", "why"),
    [
        ((), "young"),
        (BARS[-300:], "young"),
        ((*BARS[:400], *BARS[500:]), "gaps"),
        (flat(BARS_NEEDED, height="0"), "still"),
    ],
)
async def test_a_coin_without_a_factor_keeps_its_thresholds_and_it_is_said_once(
    tmp_path: Path, bars: tuple[Candle, ...], why: str
) -> None:
    house = house_of(tmp_path)
    house.prices.hours[CRV] = bars
    watching = watch(house)
    await house.check()
    await watching.tick()
    await look_for(house, watching, 0.5)
    house.restart()
    await house.check()
    await look_for(house, watch(house), 0.5)
    (event,) = house.listener.of("thresholds_unscaled")
    assert (event.instrument_ids, event.why) == ((CRV,), why)
    house.set_roi(key(), "25")
    await house.check()
    assert house.closed() == [D(30)]


async def test_a_coin_that_has_no_hours_is_asked_for_less_and_less(tmp_path: Path) -> None:
    house = house_of(tmp_path)
    house.prices.hours[CRV] = ()
    await house.check()
    watching = watch(house)
    for _ in range(24 * 60):
        house.clock.forward(60)
        await watching.tick()
    assert asked(house) < 40


async def test_gaps_of_a_reading_are_mended_by_another(tmp_path: Path) -> None:
    house = house_of(tmp_path)
    house.prices.hours[CRV] = (*BARS[:400], *BARS[500:])
    await house.check()
    watching = watch(house)
    await watching.tick()
    assert house.checker.scaling.book.known[CRV] == "gaps"
    house.prices.hours[CRV] = BARS
    await look_for(house, watching, 1.1)
    assert house.checker.scaling.book.known[CRV] == expected(house)


@pytest.mark.parametrize("restarts", [False, True])
async def test_a_month_that_a_reading_has_cut_off_is_read_as_a_whole_by_the_next(tmp_path: Path, *, restarts: bool) -> None:
    """A page that comes empty once is no sign of a young coin."""
    house = house_of(tmp_path)
    house.prices.hours[CRV] = BARS[-250:]
    await house.check()
    watching = watch(house)
    await watching.tick()
    assert house.checker.scaling.book.known[CRV] == "young"
    house.prices.hours[CRV] = BARS
    if restarts:
        house.restart()
        await house.check()
        watching = watch(house)
    await look_for(house, watching, 1.1)
    assert house.checker.scaling.book.known[CRV] == expected(house)


async def test_after_the_machine_has_slept_it_is_read_at_once(tmp_path: Path) -> None:
    house = house_of(tmp_path)
    await house.check()
    watching = watch(house)
    await watching.tick()
    # The clock that never jumps has stood still meanwhile.
    house.clock.set_back(-8 * 3600)
    last = BARS[-1]
    house.prices.hours[CRV] = (*BARS, *(last.replaced(opened_at=last.opened_at + number * HOUR) for number in range(1, 9)))
    house.clock.forward(LOOK_EVERY)
    before = asked(house)
    await watching.tick()
    assert asked(house) == before, "not twice within a minute"
    house.clock.forward(60)
    await watching.tick()
    assert asked(house) == before + 1
    assert house.checker.scaling.book.known[CRV] == expected(house)
    await watching.tick()
    assert asked(house) == before + 1


async def test_bars_of_a_time_to_come_are_not_taken_for_a_month(tmp_path: Path) -> None:
    """Kept by a clock that has been put back by weeks since."""
    house = house_of(tmp_path)
    house.bars.keep_bars(CRV, [bar.replaced(opened_at=bar.opened_at + 600 * HOUR) for bar in BARS])
    await house.check()
    await watch(house).tick()
    assert house.checker.scaling.book.known[CRV] == expected(house)


async def test_a_bar_that_is_not_over_is_never_used(tmp_path: Path) -> None:
    house = house_of(tmp_path)
    running = BARS[-1].replaced(opened_at=NOW, high=BARS[-1].high * 9, close=BARS[-1].high * 9)
    house.prices.hours[CRV] = (*BARS, running)
    await house.check()
    await watch(house).tick()
    assert house.checker.scaling.book.known[CRV] == volatility(BARS)
    assert running not in house.bars.bars(CRV)


async def test_a_reading_that_hangs_holds_no_check_up(tmp_path: Path) -> None:
    house = house_of(tmp_path)
    await house.check()
    inner, waiting = house.exchange.inner, asyncio.Event()

    class Hanging:
        def __getattr__(self, name: str) -> object:
            return getattr(inner, name)

        async def hour_bars(self, *_: object) -> tuple[Candle, ...]:
            waiting.set()
            await asyncio.Event().wait()
            return ()

    house.exchange.inner = Hanging()  # type: ignore[assignment]
    reading = asyncio.create_task(watch(house).tick())
    await waiting.wait()
    report = await house.check(5)
    assert report.error is None
    assert not reading.done()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading


async def test_an_exchange_that_fails_disturbs_nothing(tmp_path: Path) -> None:
    house = house_of(tmp_path)
    await house.check()
    house.exchange.before = lambda name: TemporarilyDown(Problem("problem.held_prices")) if name == "hour_bars" else None
    watching = watch(house)
    await look_for(house, watching, 0.2)
    assert (await house.check()).error is None
    house.exchange.before = lambda _: None
    await look_for(house, watching, 0.1)
    assert house.checker.scaling.book.known[CRV] == expected(house)


async def test_okx_over_http_a_month_within_its_limits(tmp_path: Path) -> None:
    clock = HeldClock()
    clock.at += dt.timedelta(minutes=10)
    house = OkxHouse(tmp_path, clock=clock)
    house.account.open_leg(STX, "long", "100", "0.30")
    async with house:
        house.checker.scaling.book.known.clear()
        await house.check()
        with house.ledger.step():
            house.checker.scaling.change(Switches(account=True))
        watching = VolatilityWatch([house.checker], house.okx, clock, BarFiles(tmp_path / "volatility"))
        full = clock.at.replace(minute=0)
        # Two hours of which OKX has no record, and the one that runs.
        house.account.missing_bars = {int((full - back * HOUR).timestamp() * 1000) for back in (30, 400)}
        begun = clock.now()
        await watching.tick()
        requests = house.server.requests_to(ASKED)
        assert len(requests) == 8
        # At most ten in two seconds are allowed; charts want some too.
        assert (clock.now() - begun).total_seconds() >= 7 * 0.5
        kept = BarFiles(tmp_path / "volatility").bars(STX)
        assert (len(kept), kept[-1].opened_at) == (BARS_NEEDED - 2, full - HOUR)
        known = house.checker.scaling.book.known[STX]
        assert isinstance(known, Volatility)
        assert known.until == full
        await clock.sleep(3600)
        await watching.tick()
        assert len(house.server.requests_to(ASKED)) == 9
