"""Reports: each day and each week once, late rather than never, and never in the way of a check."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest

from tests.fixtures.engine import House
from tests.fixtures.every_event import EVENTS
from tests.fixtures.fakes import FakeClock, fail, key, paper_leg
from tests.fixtures.snapshots import snapshot
from tests.fixtures.waiting import DEADLINE, until
from tgtp.adapters.storage.equity_samples import FileDiary
from tgtp.adapters.storage.event_archive import Archive
from tgtp.domain.event_totals import uptime
from tgtp.domain.events import Event, ReportDue
from tgtp.domain.model import EquitySample
from tgtp.domain.report import DAY, Report, Span, span_of
from tgtp.engine.monitoring.equity_sampling import SAMPLE_EVERY, EquitySampler, InMemoryEquityHistory
from tgtp.engine.reports.reporter import Accountant, Reporter
from tgtp.errors import TemporarilyDown

CRV = key()
SHANGHAI = ZoneInfo("Asia/Shanghai")
EIGHT = dt.time(8)
HOUR = 3600


def moment(text: str, zone: dt.tzinfo = SHANGHAI) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


class Desk:
    """A house, and the reporter beside it; the tests say what time it is."""

    def __init__(self, folder: Path, now: str, zone: dt.tzinfo = SHANGHAI, at: dt.time | None = EIGHT) -> None:
        self.zone, self.at = zone, at
        self.house = House(folder, paper_leg())
        self.told: list[ReportDue] = []
        self.set(now)
        self._begin()

    def set(self, now: str) -> None:
        self.clock.forward((moment(now, self.zone) - self.clock.now()).total_seconds())

    @property
    def clock(self) -> FakeClock:
        return self.house.clock

    def restart(self, zone: dt.tzinfo | None = None, at: dt.time | None = None) -> None:
        self.zone, self.at = zone or self.zone, at or self.at
        self.house.restart()
        self._begin()

    def _begin(self) -> None:
        checker = self.house.checker
        checker.equity_history = FileDiary(self.house.folder / "equity")
        checker.books = EquitySampler(checker.journal, checker.equity_history)
        self.reporter = Reporter(checker, self.clock, self.zone, self.at)

    async def tick(self, now: str | None = None) -> list[tuple[str, str]]:
        """Look once; gives the periods and first days of what was reported."""
        if now is not None:
            self.set(now)
        before = len(self.house.listener.of("report_due"))
        await self.reporter.tick()
        due = self.house.listener.of("report_due")[before:]
        return [(event.report.period, str(event.report.since.astimezone(self.zone).date())) for event in due]

    async def live(self, until: str, every: float = HOUR) -> list[tuple[str, str]]:
        """Check and look every hour."""
        found = []
        while self.clock.now() < moment(until, self.zone):
            await self.house.check(every=0)
            found += await self.tick()
            self.clock.forward(every)
        return found

    @property
    def report(self) -> Report:
        report: Report = self.house.listener.of("report_due")[-1].report
        return report


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Any]:
    made: list[Desk] = []

    def build(*args: Any, **options: Any) -> Desk:
        made.append(Desk(tmp_path / f"data{len(made)}", *args, **options))
        return made[-1]

    yield build
    for actions in made:
        actions.house.ledger.close()


# When


async def test_a_day_is_reported_once_at_its_hour_the_morning_after(desks: Any) -> None:
    actions = desks("2026-11-24 10:00")
    await actions.house.check()
    assert await actions.tick("2026-11-25 07:59:59") == []
    assert await actions.tick("2026-11-25 08:00") == [("day", "2026-11-24")]
    assert await actions.tick("2026-11-25 08:00:20") == []
    assert await actions.tick("2026-11-25 23:00") == []
    assert await actions.tick("2026-11-26 08:00") == [("day", "2026-11-25")]
    # It waits in the outbox, whatever Telegram does.
    assert [told.kind for told in actions.house.ledger.outbox()].count("report_due") == 2


async def test_no_day_is_reported_from_before_there_was_anything(desks: Any) -> None:
    actions = desks("2026-11-24 10:00")
    assert await actions.tick() == []
    await actions.house.check()
    assert await actions.tick() == []
    actions.restart()
    assert await actions.tick("2026-11-24 23:00") == []


async def test_mondays_bring_the_week_as_well(desks: Any) -> None:
    actions = desks("2026-11-18 12:00")
    found = await actions.live("2026-12-01 12:00")
    days = [f"2026-11-{day}" for day in range(18, 31)]
    weeks = [day for period, day in found if period == "week"]
    assert [day for period, day in found if period == "day"] == days
    # From Monday on, though it was begun in the middle.
    assert weeks == ["2026-11-16", "2026-11-23"]
    assert found.index(("week", "2026-11-16")) == found.index(("day", "2026-11-22")) + 1
    week = next(event.report for event in actions.house.listener.of("report_due") if event.report.period == "week")
    assert (week.since, week.until) == (moment("2026-11-16"), moment("2026-11-23"))


async def test_a_month_says_what_tiers_were_worth(desks: Any) -> None:
    desk = desks("2026-11-29 12:00")
    house = desk.house
    await house.check()
    house.set_roi(CRV, 26)
    await house.check()
    (filled,) = house.listener.of("tier_filled")
    coins = filled.order.filled_contracts * filled.intent.basis.contract_size
    house.set_roi(CRV, 10)
    found = await desk.live("2026-12-01 09:00")
    assert [day for period, day in found if period == "month"] == ["2026-11-01"]
    (month,) = (event.report for event in house.listener.of("report_due") if event.report.period == "month")
    mark = house.checker.last_good.legs[0].mark_price
    assert month.worth is not None
    assert month.worth.tier == coins * (filled.order.average_price - mark) * CRV.position_side.sign > 0
    assert (month.worth.hedge, month.worth.unknown) == (0, 0)
    # The others do not read so far back for it.
    assert {event.report.worth for event in house.listener.of("report_due") if event.report.period != "month"} == {None}


async def test_what_was_missed_is_made_up_for_the_same_day(desks: Any) -> None:
    actions = desks("2026-11-24 10:00")
    await actions.house.check()
    actions.restart()
    assert await actions.tick("2026-11-25 17:30") == [("day", "2026-11-24")]
    actions.restart()
    assert await actions.tick("2026-11-25 17:31") == []


async def test_of_several_missed_days_only_the_last_is_reported(desks: Any) -> None:
    actions = desks("2026-11-24 10:00")
    await actions.house.check()
    actions.restart()
    assert await actions.tick("2026-11-28 09:00") == [("day", "2026-11-27")]
    assert actions.report.equity is None
    assert actions.report.equity_before is not None
    assert actions.report.uptime == 0


async def test_nothing_is_read_when_nothing_is_due(desks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    actions = desks("2026-11-20 10:00")
    await actions.live("2026-11-23 09:00")

    def read(_: dt.datetime) -> Any:
        raise AssertionError("the past is read")

    monkeypatch.setattr(actions.house.ledger, "back_to", read)
    for now in ("2026-11-23 09:00", "2026-11-23 23:59", "2026-11-24 07:59"):
        assert await actions.tick(now) == []


async def test_no_report_where_none_is_wanted(desks: Any) -> None:
    actions = desks("2026-11-24 10:00", at=None)
    await actions.house.check()
    assert await actions.tick("2026-11-25 09:00") == []


@pytest.mark.parametrize(("begin", "end"), [("2026-03-26", "2026-04-01"), ("2026-10-22", "2026-10-28")])
async def test_a_night_that_skips_or_repeats_its_hour_has_one_report(desks: Any, begin: str, end: str) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    actions = desks(f"{begin} 03:30", zone=berlin, at=dt.time(2, 30))
    found = await actions.live(f"{end} 03:30", every=HOUR / 3)
    first = dt.date.fromisoformat(begin)
    assert [day for period, day in found if period == "day"] == [str(first + number * DAY) for number in range(6)]
    lengths = {
        (event.report.until - event.report.since) / dt.timedelta(hours=1) for event in actions.house.listener.of("report_due")
    }
    assert lengths & {23, 25}


async def test_a_clock_that_is_put_back_repeats_nothing(desks: Any) -> None:
    actions = desks("2026-11-20 10:00")
    assert len(await actions.live("2026-11-25 12:00")) == 6
    for back in ("2026-11-25 07:00", "2026-11-24 23:00", "2026-11-23 08:30", "2026-11-22 09:00"):
        actions.set(back)
        actions.restart()
        assert await actions.live("2026-11-25 12:00", every=3 * HOUR) == []
    assert await actions.live("2026-11-26 09:00") == [("day", "2026-11-25")]


async def test_a_clock_that_was_far_ahead_does_not_silence_the_reports(desks: Any) -> None:
    actions = desks("2026-11-24 10:00")
    await actions.house.check()
    assert await actions.tick("2027-06-02 09:00") != []
    assert await actions.tick("2026-11-25 08:30") == [("day", "2026-11-24")]
    assert await actions.tick("2026-11-25 09:30") == []
    assert await actions.tick("2026-11-26 08:30") == [("day", "2026-11-25")]


async def test_another_hour_neither_repeats_nor_loses_a_day(desks: Any) -> None:
    actions = desks("2026-11-24 06:00")
    assert await actions.live("2026-11-25 10:00") == [("day", "2026-11-24")]
    actions.restart(at=dt.time(20))
    assert await actions.live("2026-11-26 21:00") == [("day", "2026-11-25")]
    actions.restart(at=EIGHT)
    assert await actions.live("2026-11-27 09:00") == [("day", "2026-11-26")]


async def test_another_zone_neither_repeats_nor_loses_a_day(desks: Any) -> None:
    actions = desks("2026-11-24 06:00")
    assert await actions.live("2026-11-25 10:00") == [("day", "2026-11-24")]
    # In Los Angeles the 24th is two thirds another day than in Shanghai.
    actions.restart(zone=ZoneInfo("America/Los_Angeles"))
    assert await actions.live("2026-11-26 09:00") == [("day", "2026-11-24"), ("day", "2026-11-25")]
    # East of it and west of it, the same day ends an hour or two earlier or later.
    actions.restart(zone=ZoneInfo("America/Denver"))
    assert await actions.live("2026-11-26 11:00") == []
    actions.restart(zone=ZoneInfo("Pacific/Honolulu"))
    assert await actions.live("2026-11-26 11:00") == []
    assert await actions.live("2026-11-27 11:00") == [("day", "2026-11-26")]


# What


async def test_a_report_says_what_the_day_came_to(desks: Any) -> None:
    actions = desks("2026-11-23 22:00")
    house = actions.house
    await house.check(every=60 * 60 * 3)
    house.set_roi(CRV, 26)
    await house.check()
    house.set_roi(CRV, 36)
    await house.check()
    house.exchange.before = fail("snapshot", TemporarilyDown("no answer"), times=-1)
    await house.check(3)
    house.exchange.before = lambda _: None
    await house.check()
    assert await actions.tick("2026-11-25 08:00") == [("day", "2026-11-24")]
    report, fills = actions.report, house.listener.of("tier_filled")
    assert len(fills) == 2
    assert report.takings.tier == sum(event.order.realised_pnl for event in fills) > 0
    assert report.takings.fees == sum(event.order.fee for event in fills) > 0
    assert (report.takings.orders, report.takings.hedge, report.takings.hand) == (2, 0, 0)
    assert report.best is not None
    assert (report.best.leg, report.best.realised) == (CRV, report.takings.tier - report.takings.fees)
    assert report.worst is None
    assert report.failures == 1
    assert report.equity is not None
    assert report.equity_before is not None
    assert report.equity > report.equity_before
    assert report.zone == "Asia/Shanghai"
    assert 0 < report.uptime < 1
    assert report.days[-1].day == dt.date(2026, 11, 24)
    assert report.days[-1].tier == report.takings.tier
    assert len(report.days) == 14


@pytest.mark.parametrize("call", range(5))
async def test_funding_is_that_of_the_period_even_while_more_comes_in(
    desks: Any, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    actions = desks("2026-11-24 10:00")
    bills = [(moment("2026-11-23 16:00"), 1), (moment("2026-11-24 16:00"), 10), (moment("2026-11-25 00:00"), 100)]
    # Funding of this morning comes in between two questions.
    late = itertools.count()

    async def funding_since(since: dt.datetime) -> Decimal:
        if next(late) == call:
            bills.append((moment("2026-11-25 08:00"), 1000))
        return Decimal(sum(amount for at, amount in bills if at >= since))

    monkeypatch.setattr(actions.house.paper, "funding_since", funding_since)
    await actions.house.check()
    await actions.tick("2026-11-25 08:00")
    assert actions.report.funding == 10


async def test_a_period_in_which_looking_began_says_when(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg())
    begun = house.clock.now()
    await house.check(12)
    accountant, now = Accountant(house.checker), house.clock.now()
    month = Span(begun.replace(day=1, hour=0), now)
    report = (await accountant.report("month", month, dt.UTC)).report
    assert (report.uptime, report.watched_since) == (Decimal(1), begun)
    # In one that began with it, or after it, there is nothing to say.
    for since in (begun - dt.timedelta(minutes=1), begun + dt.timedelta(minutes=1)):
        assert (await accountant.report("day", Span(since, now), dt.UTC)).report.watched_since is None
    assert await accountant.begins() is not None


async def test_an_exchange_that_is_away_keeps_no_report_back(desks: Any) -> None:
    actions = desks("2026-11-24 10:00")
    await actions.house.check()
    actions.house.exchange.before = fail("funding_since", TemporarilyDown("no answer"), times=-1)
    assert await actions.tick("2026-11-25 08:00") == [("day", "2026-11-24")]
    assert actions.report.funding is None


async def test_every_slot_has_its_sample_though_checks_drift(tmp_path: Path) -> None:
    house = House(tmp_path)
    equity_history = InMemoryEquityHistory()
    books = EquitySampler(house.checker.journal, equity_history)
    span = span_of("day", dt.date(2026, 11, 24), SHANGHAI)
    at = span.since - DAY / 100
    while at < span.until:
        books.look(snapshot(at=at).replaced(equity=Decimal(1000)), ())
        at += dt.timedelta(seconds=11)
    assert uptime(equity_history.since(span.since - DAY), span, SAMPLE_EVERY) == 1
    assert len(equity_history.since(span.since)) == 288
    house.ledger.close()


# What goes wrong


async def test_a_disk_that_fails_is_tried_again_after_a_pause(
    desks: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    actions = desks("2026-11-24 10:00")
    await actions.house.check()
    tries = 0

    def broken(_: dt.datetime) -> list[EquitySample]:
        nonlocal tries
        tries += 1
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(actions.house.checker.equity_history, "since", broken)
        assert await actions.tick("2026-11-25 08:00:00") == []
        assert await actions.tick("2026-11-25 08:00:05") == []
        assert await actions.tick("2026-11-25 08:00:11") == []
        assert (await actions.house.check()).error is None
    assert tries == 2
    assert "Input/output error" in caplog.text
    assert await actions.tick("2026-11-25 08:00:41") == [("day", "2026-11-24")]


async def test_a_report_that_could_not_be_written_is_made_again(desks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    actions = desks("2026-11-24 10:00")
    await actions.house.check()

    def full(_: Path, __: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("tgtp.adapters.storage.atomic_file.write_whole", full)
        assert await actions.tick("2026-11-25 08:00") == []
    assert actions.house.listener.of("report_due") == []
    assert actions.house.ledger.outbox()[-1].kind != "report_due"
    actions.restart()
    assert await actions.tick("2026-11-25 08:01") == [("day", "2026-11-24")]
    assert len(actions.house.listener.of("report_due")) == 1


def past_of(house: House, count: int, end: dt.datetime) -> None:
    """Fill the archive with orders, one a minute up to a moment."""
    row = next(event for event in EVENTS if event.kind == "tier_filled").model_dump(mode="json")
    archive = Archive(house.folder / "events")
    begin = end - count * dt.timedelta(minutes=1)
    rows = ({"n": n, **row, "at": (begin + n * dt.timedelta(minutes=1)).isoformat()} for n in range(1, count + 1))
    archive.append(rows)
    with house.ledger.step():
        house.ledger.keep_note("next_event", count + 1)
    assert orjson.dumps(house.ledger.event(1)[1].model_dump(mode="json"))  # type: ignore[index]


async def test_a_long_past_is_read_beside_the_checks(desks: Any) -> None:
    actions = desks("2026-11-24 10:00")
    past_of(actions.house, 20_000, moment("2026-11-24"))
    accountant = Accountant(actions.house.checker)
    span = Span(moment("2026-11-01"), actions.clock.now())
    reading = asyncio.create_task(accountant.report("month", span, SHANGHAI))
    checks = 0
    while not reading.done():
        assert not actions.house.checker.is_busy
        assert (await actions.house.check(every=0)).error is None
        checks += 1
        await asyncio.sleep(0)
    # Read on the loop itself, it would have been done before the first check.
    assert checks > 1
    report = reading.result().report
    assert report.takings.orders == 20_000
    assert sum(day.orders for day in report.days) == 20_000


async def test_the_end_of_the_program_does_not_wait_for_a_reading(desks: Any) -> None:
    actions = desks("2026-11-24 10:00")
    past_of(actions.house, 500, moment("2026-11-24"))
    begun, goes_on, back_to = threading.Event(), threading.Event(), actions.house.ledger.back_to

    def slowly(*asked: Any, **how: Any) -> Iterator[tuple[int, Event]]:
        for entry in back_to(*asked, **how):
            begun.set()
            goes_on.wait(DEADLINE)
            yield entry

    actions.house.ledger.back_to = slowly
    reading = asyncio.create_task(
        Accountant(actions.house.checker).takings(Span(moment("2026-11-01"), actions.clock.now()), SHANGHAI)
    )
    await asyncio.to_thread(begun.wait, DEADLINE)
    actions.house.checker.stopping = True
    goes_on.set()
    with pytest.raises(TemporarilyDown):
        await reading
    assert await actions.tick("2026-11-25 09:00") == []


async def test_the_loop_goes_by_the_clock(desks: Any) -> None:
    actions = desks("2026-11-24 10:00")
    await actions.house.check()
    actions.set("2026-11-25 07:59:45")
    running = asyncio.create_task(actions.reporter.run())
    await until(lambda: actions.house.listener.of("report_due"))
    running.cancel()
    assert actions.report.since == moment("2026-11-24")


async def test_a_report_until_now_shows_what_was_seen_last_and_counts_from_what_was_seen_first(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg())
    await house.check()
    first = house.checker.last_good
    house.set_roi(key(), 10)
    # Too soon for another sample.
    await house.check()
    seen = house.checker.last_good
    assert first is not None
    assert seen is not None
    assert first.equity != seen.equity
    span = Span(house.clock.now() - dt.timedelta(hours=6), house.clock.now())
    # Time goes on while it is read.
    house.clock.forward(1)
    made = await Accountant(house.checker).report("day", span, dt.UTC, lasts=True)
    assert house.exchange.calls.count("funding_since") == 1
    assert (made.report.equity, made.report.equity_before) == (seen.equity, first.equity)


async def test_a_check_while_it_is_read_does_not_leave_the_equity_of_minutes_ago(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = House(tmp_path, paper_leg())
    await house.check()
    house.set_roi(key(), -40)
    await house.check(2)
    seen = house.checker.last_good
    assert seen is not None
    span = Span(house.clock.now() - dt.timedelta(hours=6), house.clock.now())
    funding_since = house.paper.funding_since

    async def slowly(since: dt.datetime) -> Decimal | None:
        house.clock.forward(1)
        await house.check()
        return await funding_since(since)

    monkeypatch.setattr(house.paper, "funding_since", slowly)
    made = await Accountant(house.checker).report("day", span, dt.UTC, lasts=True)
    assert made.report.equity == seen.equity
    house.ledger.close()
