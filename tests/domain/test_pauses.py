"""Pauses: rules.md §3."""

from __future__ import annotations

import datetime as dt

import pytest
from pydantic import ValidationError

from tests.fixtures.fakes import key
from tests.fixtures.snapshots import NOW
from tgtp.domain.order import Rule
from tgtp.domain.pauses import Pause, Pauses, Scope

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
    assert left.holds(key("ANY-USDT-SWAP"), "tier")


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


@pytest.mark.parametrize(
    ("scope", "held"),
    [
        ("*", {"STX long tier", "STX long hedge", "STX short hedge", "CRV long tier", "CRV long buy", "CRV long trim"}),
        ("STX-USDT-SWAP", {"STX long tier", "STX long hedge", "STX short hedge"}),
        ("* long", {"STX long tier", "STX long hedge", "CRV long tier", "CRV long buy", "CRV long trim"}),
        ("* hedge", {"STX long hedge", "STX short hedge"}),
        ("STX-USDT-SWAP long", {"STX long tier", "STX long hedge"}),
        ("STX-USDT-SWAP hedge", {"STX long hedge", "STX short hedge"}),
        ("* long tier", {"STX long tier", "CRV long tier"}),
        ("STX-USDT-SWAP short hedge", {"STX short hedge"}),
        ("* maintenance", {"CRV long buy"}),
        ("* correction", {"CRV long trim"}),
    ],
)
def test_a_pause_holds_back_just_what_its_scope_names(scope: str, held: set[str]) -> None:
    pauses = Pauses(entries=(MINE.replaced(scope=scope),))
    orders: list[tuple[str, str, Rule]] = [
        *(("STX", "long", "tier"), ("STX", "long", "hedge"), ("STX", "short", "hedge"), ("CRV", "long", "tier")),
        *(("CRV", "long", "buy"), ("CRV", "long", "trim"), ("CRV", "long", "cut"), ("CRV", "long", "hand")),
    ]
    found = {f"{coin} {side} {rule}" for coin, side, rule in orders if pauses.holds(key(f"{coin}-USDT-SWAP", side), rule)}
    assert found == held


@pytest.mark.parametrize(
    "scope", ["", "STX-USDT-SWAP hedge long", "* long short", "STX-USDT-SWAP  long", "* tiers", " *", "* *"]
)
def test_what_names_no_scope_is_no_pause(scope: str) -> None:
    """An entry that this program does not understand must refuse the ledger, not be overlooked."""
    with pytest.raises(ValidationError):
        Pauses.model_validate([{"scope": scope, "cause": "person"}])


def test_a_scope_is_lifted_by_its_own_words_alone() -> None:
    hedge, coin, leg = (MINE.replaced(scope=f"STX-USDT-SWAP{more}") for more in (" hedge", "", " long hedge"))
    pauses = Pauses(entries=(hedge, coin, leg, MINE))
    assert pauses.lifted_by("STX-USDT-SWAP hedge") == (hedge,)
    assert pauses.lifted_by("STX-USDT-SWAP") == (coin,)
    assert pauses.lifted_by("*") == (hedge, coin, leg, MINE)
    assert pauses.within(Scope.of("STX-USDT-SWAP")) == (hedge, leg)
    assert pauses.around(Scope.of("STX-USDT-SWAP long hedge")) == (MINE, coin, hedge)
    assert pauses.touching(key("STX-USDT-SWAP", "short")) == (MINE, coin, hedge)
    assert pauses.strictest == MINE
