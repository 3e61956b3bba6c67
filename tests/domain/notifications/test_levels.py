"""Groups, levels and quiet hours: what is told how loudly, and what nobody can silence."""

from __future__ import annotations

import datetime as dt
from itertools import product
from typing import Any

import pytest

from tests.fixtures.every_event import EVENTS
from tgtp.domain.events import Event
from tgtp.domain.notifications.levels import DANGER, GROUPS, KINDS, LEVELS, NotificationPreferences, QuietHours, group_of

ME, OTHER = 7, 8
NOON, NIGHT = dt.time(12), dt.time(2)
NIGHTLY = QuietHours.parse("23:00-08:00")
HUSHED = NotificationPreferences(dict.fromkeys(GROUPS, "off"), NIGHTLY)


def of(kind: str, **changes: Any) -> Any:
    return next(event for event in EVENTS if event.kind == kind).replaced(**changes)


def test_every_kind_has_one_place() -> None:
    placed = [kind for kinds in KINDS.values() for kind in kinds] + sorted(DANGER)
    # Somebody's close by hand is their own outcome, and news of a person to everybody else.
    placed.remove("hand_filled")
    assert sorted(placed) == sorted({event.kind for event in EVENTS})


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.kind)
def test_danger_rings_whatever_was_set_and_all_else_can_be_off(event: Event) -> None:
    rings = event.kind in DANGER or event.kind == "started"  # this one tells of the key's risks
    assert HUSHED.loudness(event, ME, NIGHT) == ("on" if rings else "off")


@pytest.mark.parametrize(
    "kind", ["liquidation_near", "exchange_lost", "trading_forbidden", "order_rejected", "order_unresolved", "key_risk"]
)
def test_what_is_danger(kind: str) -> None:
    assert group_of(of(kind), ME) is None


@pytest.mark.parametrize(
    ("changes", "rings"),
    [
        ({"key_risks": (), "readable_secrets": ""}, False),
        ({"key_risks": ("withdraw",), "readable_secrets": ""}, True),
        ({"key_risks": (), "readable_secrets": ".env"}, True),
    ],
)
def test_a_start_that_tells_of_a_risk_is_danger(changes: dict[str, Any], rings: bool) -> None:
    assert (HUSHED.loudness(of("started", **changes), ME, NIGHT) == "on") is rings


def test_a_close_by_hand_is_news_of_a_person_to_the_others() -> None:
    event = of("hand_filled")
    assert (event.kind, event.intent.by) == ("hand_filled", ME)
    assert group_of(event, ME) == "hand"
    assert group_of(event, OTHER) == "people"


@pytest.mark.parametrize(
    ("level", "at_noon", "at_night"), [("on", "on", "silent"), ("silent", "silent", "silent"), ("off", "off", "off")]
)
def test_quiet_hours_only_take_the_sound(level: Any, at_noon: str, at_night: str) -> None:
    wish, event = NotificationPreferences({"tier": level} if level != "on" else {}, NIGHTLY), of("tier_filled")
    assert wish.loudness(event, ME, NOON) == at_noon
    assert wish.loudness(event, ME, NIGHT) == at_night


@pytest.mark.parametrize(
    ("hours", "quiet", "loud"),
    [
        ("23:00-08:00", ["23:00", "23:59", "00:00", "07:59"], ["08:00", "12:00", "22:59"]),
        ("13:30-14:00", ["13:30", "13:59"], ["14:00", "13:29", "00:00"]),
        ("00:00-09:00", ["00:00", "08:59"], ["09:00", "23:59"]),
        ("18:00-24:00", ["18:00", "23:59"], ["00:00", "17:59"]),
    ],
)
def test_when_it_is_quiet(hours: str, quiet: list[str], loud: list[str]) -> None:
    read = QuietHours.parse(hours)
    assert all(read.cover(dt.time.fromisoformat(time)) for time in quiet)
    assert not any(read.cover(dt.time.fromisoformat(time)) for time in loud)


@pytest.mark.parametrize(
    "text", ["23:00-08:00", "23-8", " 23:00 – 08:00 ", "23：00－8：00", "23:00 08:00", "23:00到8:00", "23~8"]
)
def test_hours_are_read_as_people_type_them(text: str) -> None:
    assert str(QuietHours.parse(text)) == "23:00-08:00"


@pytest.mark.parametrize(
    "text", ["", "23:00", "8", "25:00-08:00", "23:60-8", "23:00-08:00-09:00", "8:00-8:00", "24:00-8", "off", "x-y"]
)
def test_no_hours(text: str) -> None:
    with pytest.raises(ValueError):
        QuietHours.parse(text)


@pytest.mark.parametrize(("first", "second"), list(product(LEVELS, LEVELS)))
def test_what_is_remembered_is_read_back(first: Any, second: Any) -> None:
    wish = NotificationPreferences().changed(("tier", "people"), first).changed(("people",), second)
    assert NotificationPreferences.parse(wish.levels_text, str(NIGHTLY)) == wish._replace(quiet=NIGHTLY)
    assert (wish.level("tier"), wish.level("people"), wish.level("hedge")) == (first, second, "on")


@pytest.mark.parametrize("levels", ["", "all on", "tier loud, x off, off", "tier, silent", "tier off off"])
def test_what_makes_no_sense_rings(levels: str) -> None:
    assert NotificationPreferences.parse(levels, "sometime") == NotificationPreferences()


def test_only_kinds_that_may_be_off_need_a_look() -> None:
    wish = NotificationPreferences({"tier": "off", "hedge": "silent"})
    assert [wish.may_leave_out(kind) for kind in ("tier_filled", "hedge_filled", "exchange_lost", "")] == [
        True,
        False,
        False,
        True,
    ]
    assert NotificationPreferences({"people": "off"}).may_leave_out("hand_filled")
    assert not NotificationPreferences().may_leave_out("")
