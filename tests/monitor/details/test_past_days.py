"""Days are summed a part of the history at a time, each event once, under the name that its account has now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.fixtures.every_event import EVENTS
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.domain.events import AccountRenamed, Event, TierFilled
from tgtp.monitor.details import past_days
from tgtp.monitor.details.past_days import PastDays

DAY = dt.timedelta(days=1)
AT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
EXAMPLE = next(event for event in EVENTS if isinstance(event, TierFilled))


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TinyLedger]:
    monkeypatch.setattr(past_days, "PIECE", 4)
    opened = TinyLedger(tmp_path)
    yield opened
    opened.close()


def earned(at: dt.datetime, usdt: int = 1, account: str = "main") -> TierFilled:
    return EXAMPLE.replaced(at=at, account=account, order=EXAMPLE.order.replaced(realised_pnl=Decimal(usdt)))


def record(ledger: TinyLedger, *events: Event) -> None:
    for event in events:
        own = ledger.of(event.account)
        with own.step():
            own.record(event, tell=False)


def days_of(past: PastDays, *accounts: str) -> list[Decimal]:
    return [past.of(AT.date() + number * DAY, accounts or None).tier for number in range(-9, 3)]


def test_a_long_history_is_read_in_parts_and_then_no_more(ledger: TinyLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    record(ledger, *(earned(AT - 9 * DAY + number // 10 * DAY) for number in range(100)))
    past, since = PastDays(ledger, dt.UTC), AT - 9.5 * DAY
    parts = 1
    while not past.read(since):
        parts += 1
        assert parts < 50
    assert parts > 100 // (past_days.PIECE * past_days.MOST_PIECES)
    assert days_of(past) == [10] * 10 + [0, 0]
    record(ledger, earned(AT + DAY, 5), earned(AT, 3))
    assert past.read(since)
    assert days_of(past) == [10] * 9 + [13, 5, 0]


def test_where_nothing_had_happened_the_first_event_is_counted(ledger: TinyLedger) -> None:
    past = PastDays(ledger, dt.UTC)
    assert past.read(AT)
    record(ledger, earned(AT))
    assert past.read(AT - DAY)
    assert sum(days_of(past)) == 1


def test_a_short_range_reads_no_further_than_it_must(ledger: TinyLedger) -> None:
    record(ledger, *(earned(AT - 9 * DAY + number // 10 * DAY) for number in range(100)))
    past = PastDays(ledger, dt.UTC)
    assert past.read(AT)
    assert sum(days_of(past)) < 30


def test_a_clock_that_was_wrong_for_a_while_hides_nothing(ledger: TinyLedger) -> None:
    wrong = [earned(AT - 400 * DAY)] * (past_days.PIECE - 1)
    record(ledger, earned(AT), earned(AT), *wrong, earned(AT))
    past = PastDays(ledger, dt.UTC)
    assert past.read(AT - DAY)
    assert days_of(past)[9] == 3


def test_much_that_is_new_is_counted_once(ledger: TinyLedger) -> None:
    record(ledger, earned(AT))
    past = PastDays(ledger, dt.UTC)
    assert past.read(AT - DAY)
    record(ledger, *(earned(AT + DAY) for _ in range(past_days.PIECE * past_days.MOST_PIECES)))
    while not past.read(AT - DAY):
        pass
    assert days_of(past)[-3:] == [1, 16, 0]


def test_accounts_that_have_changed_their_names_keep_what_was_theirs(ledger: TinyLedger) -> None:
    """alpha and beta took each other's names in one step; gamma was delta before, whose name another one had had."""
    record(
        ledger,
        earned(AT, 1, "alpha"),
        earned(AT, 2, "beta"),
        earned(AT, 4, "delta"),
        earned(AT, 8, "gamma"),
        AccountRenamed(at=AT, account="beta", before="alpha"),
        AccountRenamed(at=AT, account="alpha", before="beta"),
        AccountRenamed(at=AT + DAY, account="gamma", before="delta"),
        earned(AT + DAY, 16, "alpha"),
        earned(AT + DAY, 32, "gamma"),
    )
    past = PastDays(ledger, dt.UTC)
    while not past.read(AT - DAY):
        pass
    assert {name: days_of(past, name)[9:11] for name in ("alpha", "beta", "gamma", "delta")} == {
        "alpha": [2, 16],
        "beta": [1, 0],
        "gamma": [4, 32],
        "delta": [0, 0],
    }
    assert days_of(past)[9:11] == [15, 48]
    record(ledger, earned(AT + DAY, 64, "delta"))
    assert past.read(AT - DAY)
    assert [days_of(past, name)[10] for name in ("gamma", "delta")] == [32, 64]
    # As the ledger itself has it.
    for name in ("alpha", "beta", "gamma"):
        events = [event for _, event in ledger.of(name).back_to(AT - DAY) if isinstance(event, TierFilled)]
        assert sum(event.order.realised_pnl for event in events) == sum(days_of(past, name))


def test_where_midnight_comes_twice_the_day_begins_with_the_first(ledger: TinyLedger) -> None:
    zone = ZoneInfo("America/St_Johns")
    # At 00:01 of the 7th, 02:31 in UTC, the clock went back to 23:01 of the 6th.
    first, second = (dt.datetime(2010, 11, 7, 2, minute, tzinfo=dt.UTC) for minute in (29, 45))
    record(ledger, earned(first), earned(second, 7))
    past = PastDays(ledger, zone)
    assert past.read(first - DAY)
    assert [past.of(dt.date(2010, 11, day), None).tier for day in (6, 7)] == [1, 7]
