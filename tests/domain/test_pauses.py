"""Pauses: rules.md §3."""

from __future__ import annotations

import datetime as dt

from tests.fixtures.snapshots import NOW
from tgtp.domain.pauses import Pause, Pauses

MINE = Pause(scope="*", cause="person", since=NOW, by=7)
TIMED = Pause(scope="STX-USDT-SWAP", cause="time", since=NOW, by=7, until=NOW + dt.timedelta(hours=1))
LOST = Pause(scope="*", cause="new_ledger", since=NOW)
FOREIGN = Pause(scope="CRV-USDT-SWAP", cause="foreign_order", since=NOW)
EVERY = Pauses(entries=(TIMED, FOREIGN, MINE, LOST))


def test_resume_lifts_what_people_paused_and_leaves_each_other_cause() -> None:
    assert EVERY.lifted_by("*") == (TIMED, MINE)
    assert EVERY.asked_for_by("*") == (FOREIGN, LOST)
    assert EVERY.lifted_by("STX-USDT-SWAP") == (TIMED,)
    assert EVERY.asked_for_by("CRV-USDT-SWAP") == (FOREIGN,)
    left = EVERY.without(EVERY.lifted_by("*"))
    assert left.scopes == {"*", "CRV-USDT-SWAP"}
    assert left.holds("ANY-USDT-SWAP")


def test_a_timed_pause_ends_only_itself() -> None:
    assert EVERY.over(NOW) == ()
    assert EVERY.over(NOW + dt.timedelta(hours=1)) == (TIMED,)
    assert EVERY.over(NOW + dt.timedelta(days=1000)) == (TIMED,)


def test_the_strictest_is_of_the_widest_scope_and_asks_most_of_a_person() -> None:
    assert EVERY.strictest == LOST
    assert Pauses(entries=(TIMED, FOREIGN, MINE)).strictest == MINE
    assert Pauses(entries=(TIMED, FOREIGN)).strictest == FOREIGN
    assert Pauses().strictest is None
    assert not Pauses()


def test_one_pause_for_each_scope_and_cause() -> None:
    later = MINE.replaced(since=NOW + dt.timedelta(hours=1))
    pauses = EVERY.with_pause(later)
    assert [pause for pause in pauses.entries if pause.scope == "*"] == [LOST, later]
    assert pauses.has("*", "person")
    assert not pauses.has("*", "guard")


def test_names_of_before_are_read_as_pauses_of_a_person() -> None:
    read = Pauses.model_validate(["*", "STX-USDT-SWAP"])
    assert read.lifted_by("*") == read.entries
    assert read.scopes == {"*", "STX-USDT-SWAP"}
    rows = [pause.model_dump(mode="json", exclude_defaults=True) for pause in EVERY.entries]
    assert Pauses.model_validate(rows) == EVERY
