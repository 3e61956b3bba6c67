"""Short days of storms; ``make chaos`` lives through a thousand whole ones."""

from __future__ import annotations

import pytest

from tests.chaos import day
from tests.chaos.day import live_through
from tests.fixtures.thoroughness import FULL

HOURS = 3600.0


# In turns: a day costs ten seconds, and two of one number differ by their checks alone.
@pytest.mark.parametrize(
    ("number", "wakes"),
    [(number, wakes) for number in range(3) for wakes in (False, True) if FULL or wakes == bool(number % 2)],
)
def test_a_short_day_of_storms(number: int, monkeypatch: pytest.MonkeyPatch, *, wakes: bool) -> None:
    monkeypatch.setattr(day, "TROUBLES_EVERY", (120,))
    tally = live_through(3, number, interval=30, seconds=4 * HOURS, wakes=wakes)
    assert tally.violation == ""
    assert tally.checks > 480
    assert tally.orders["filled"] > 3
    assert sum(tally.faults.values()) > 50
    assert tally.alerts["meant"] == tally.alerts["delivered"]


def test_a_short_day_with_a_stream_that_does_what_it_should_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(day, "TROUBLES_EVERY", (300,))
    tally = live_through(5, 3, interval=30, seconds=(12 if FULL else 0.5) * HOURS, pushes=True)
    assert tally.violation == ""
    assert tally.pushes["fired"] > 0
    assert tally.pushes.total() > tally.pushes["fired"] + tally.pushes["good"] + 1


def test_a_short_day_with_tiers_at_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(day, "TROUBLES_EVERY", (300,))
    tally = live_through(1, 13, interval=60, seconds=(6 if FULL else 0.5) * HOURS, rests=True)
    assert tally.violation == ""
    assert tally.resting["fired"] > 3
    assert tally.resting["order-algo"] > tally.resting["fired"]


def test_the_same_day_is_the_same_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(day, "TROUBLES_EVERY", (120,))
    first, second = (live_through(4, 0, interval=60, seconds=2 * HOURS) for _ in range(2))
    first.seconds = second.seconds = 0
    assert first == second
