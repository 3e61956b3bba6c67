"""What an older daemon had fired must not fire again."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from pydantic import ValidationError

from tests.fixtures.snapshots import LONG, SHORT, D
from tgtp.domain.examples import leg
from tgtp.domain.legacy import LegacyState, legacy_tiers

DAY = dt.date(2025, 12, 31)
# The last moment of that day in Beijing.
END = dt.datetime(2025, 12, 31, 16, tzinfo=dt.UTC)


def state(*levels: Any, day: dt.date = DAY) -> LegacyState:
    return LegacyState(triggered_levels=levels, last_update=day)


def numbers(found: LegacyState | None, side: str = "long", opened_at: dt.datetime = END - dt.timedelta(hours=1)) -> list[int]:
    ladder = LONG if side == "long" else SHORT
    return [tier.tier for tier in legacy_tiers(found, leg(side=side, opened_at=opened_at), ladder)]


def test_the_example_of_the_description() -> None:
    assert numbers(state(25, 35)) == [1, 2]
    assert numbers(state(35), "short") == [1]


def test_nothing_left_behind_is_nothing_fired() -> None:
    assert numbers(None) == []
    assert numbers(state()) == []


def test_the_order_and_repetition_of_levels_do_not_matter() -> None:
    assert numbers(state(50, 25, 35, 25)) == [1, 2, 3]


@pytest.mark.parametrize(("level", "tiers"), [("24.9", []), ("25", [1]), ("34.9", [1]), ("36", [2]), ("49", [2]), ("80", [3])])
def test_another_daemons_level_stands_for_the_highest_tier_at_or_below(level: str, tiers: list[int]) -> None:
    assert numbers(state(level)) == tiers


def test_the_day_ends_at_midnight_in_beijing() -> None:
    assert state(25).last_moment == END
    assert numbers(state(25), opened_at=END - dt.timedelta(milliseconds=1)) == [1]
    assert numbers(state(25), opened_at=END) == []


def test_the_fired_tier_keeps_what_is_known() -> None:
    (tier,) = legacy_tiers(state(36), leg(opened_at=END - dt.timedelta(days=1)), LONG)
    assert (tier.threshold, tier.contracts, tier.fired_at) == (D("0.36"), D(0), END)


@pytest.mark.parametrize(
    "wrong", [{"triggered_levels": [25.5]}, {"triggered_levels": ["x"]}, {"last_update": "yesterday"}, {"more": 1}]
)
def test_a_state_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        LegacyState(**{"triggered_levels": [25], "last_update": "2025-12-31", **wrong})
