"""The last hour, and no more of it."""

from __future__ import annotations

from tests.fixtures.fakes import NOW, FakeClock
from tgtp.engine.check_report import CheckReport
from tgtp.engine.monitoring.metrics import HealthBook
from tgtp.errors import TemporarilyDown


def test_percentiles_of_the_last_hour() -> None:
    clock = FakeClock()
    book = HealthBook(clock)
    assert book.reading().median is None
    for number in range(1, 101):
        error = TemporarilyDown("x") if number % 10 == 0 else None
        book.checked(CheckReport(number=number, started_at=clock.now(), duration=number / 100, error=error))
        clock.forward(10)
    reading = book.reading()
    assert (reading.checks, reading.failed_checks) == (100, 10)
    assert (reading.median, reading.p95, reading.longest) == (0.5, 0.95, 1.0)
    assert reading.running_for == 1000
    assert reading.last_at is not None
    assert (reading.last_at - NOW).total_seconds() == 990


def test_what_is_an_hour_old_is_forgotten() -> None:
    clock = FakeClock()
    book = HealthBook(clock)
    for number in range(1000):
        book.checked(CheckReport(number=number, started_at=clock.now(), duration=1))
        book.read_failed()
        clock.forward(10)
    reading = book.reading()
    assert (reading.checks, reading.failed_reads) == (360, 360)


def test_checks_that_are_woken_hide_no_slow_one_and_are_no_failures_of_their_own() -> None:
    clock = FakeClock()
    book = HealthBook(clock)
    for number in range(100):
        slow = 2 if number % 10 == 0 else 0.5
        book.checked(CheckReport(number=number, started_at=clock.now(), duration=slow))
        for _ in range(50):
            clock.forward(0.1)
            error = TemporarilyDown("x") if number == 7 else None
            book.checked(CheckReport(number=number, started_at=clock.now(), duration=0.01, error=error))
        clock.forward(5)
    reading = book.reading()
    assert (reading.checks, reading.failed_checks) == (100, 1)
    assert (reading.median, reading.p95) == (0.5, 2)
