"""Three short days of storms; ``make chaos`` lives through a thousand whole ones."""

from __future__ import annotations

import pytest

from tests.chaos import day
from tests.chaos.day import live_through

HOURS = 3600.0


@pytest.mark.parametrize("wakes", [False, True], ids=["by the beat", "woken"])
@pytest.mark.parametrize("number", range(3))
def test_a_short_day_of_storms(number: int, monkeypatch: pytest.MonkeyPatch, *, wakes: bool) -> None:
    monkeypatch.setattr(day, "TROUBLES_EVERY", (120,))
    tally = live_through(3, number, interval=30, seconds=4 * HOURS, wakes=wakes)
    assert tally.violation == ""
    assert tally.checks > 480
    assert tally.orders["filled"] > 3
    assert sum(tally.faults.values()) > 50
    assert tally.alerts["meant"] == tally.alerts["delivered"]


def test_the_same_day_is_the_same_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(day, "TROUBLES_EVERY", (120,))
    first, second = (live_through(4, 0, interval=60, seconds=2 * HOURS) for _ in range(2))
    first.seconds = second.seconds = 0
    assert first == second
