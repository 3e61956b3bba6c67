"""What is wrong with the stream is told once, and once that it is over; and it is connected anew, not too often."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from tests.engine.stream.test_watch import NAME, WatchedHouse, house_of
from tests.fixtures.fakes import key
from tgtp.domain.stream.state import StreamState
from tgtp.errors import Problem, TemporarilyDown

CRV = key()
LOST = Problem("problem.network")


def told(house: WatchedHouse) -> list[str]:
    """The causes that were told, and "over" for each end."""
    return [
        event.trouble.cause if event.kind == "stream_troubled" else "over"
        for _, event in house.listener.events
        if event.kind in ("stream_troubled", "stream_recovered")
    ]


def state(house: WatchedHouse) -> StreamState:
    found = house.checker.stream_state()
    assert found is not None
    return found


async def pass_by(house: WatchedHouse, seconds: int, roi: int | None = 0, *, late: float = 0, heard: bool = True) -> None:
    """Let seconds go by, a check every ten of them."""
    for second in range(seconds):
        if heard:
            house.heard()
        house.pass_by(1, roi, late=late)
        if second % 10 == 9:
            await house.check(every=0)


def _down(house: WatchedHouse) -> None:
    house.book.lost("public", LOST)


def _down_and_back(house: WatchedHouse) -> None:
    house.book.regained("public")


def _logged_out(house: WatchedHouse) -> None:
    house.lose()


def _logged_in(house: WatchedHouse) -> None:
    house.decider.regained("private")


async def test_a_decision_that_broke_is_told_once_with_what_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = await house_of(tmp_path)
    await pass_by(house, 40)

    async def fire(_: object) -> tuple[()]:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(house.checker, "fire", fire)
        house.push_roi(CRV, 26)
        await house.decider.act()
    house.set_roi(CRV, 0)
    await pass_by(house, 300)
    (event,) = house.listener.of("stream_troubled")
    assert (event.trouble.cause, event.trouble.instruments) == ("broken", (NAME,))
    assert "ZeroDivisionError" in str(event.trouble.why)
    await pass_by(house, 500)
    assert told(house) == ["broken", "over"]


@pytest.mark.parametrize(
    ("cause", "begin", "end", "how"),
    [
        ("down", _down, _down_and_back, {}),
        ("account", _logged_out, _logged_in, {}),
        ("account", lambda _: None, lambda _: None, {"heard": False}),
        ("silent", lambda _: None, lambda _: None, {"roi": None}),
        ("late", lambda _: None, lambda _: None, {"late": 0.7}),
    ],
    ids=["down", "logged_out", "unheard", "silent", "late"],
)
async def test_it_is_told_once_when_it_lasts_and_once_when_it_is_over(
    tmp_path: Path,
    cause: str,
    begin: Callable[[WatchedHouse], None],
    end: Callable[[WatchedHouse], None],
    how: dict[str, object],
) -> None:
    house = await house_of(tmp_path)
    await pass_by(house, 40)
    assert state(house).trouble is None
    begin(house)
    await pass_by(house, 40, **how)  # type: ignore[arg-type]
    assert told(house) == [], "it may pass by itself"
    await pass_by(house, 260, **how)  # type: ignore[arg-type]
    assert told(house) == [cause]
    shown = state(house)
    assert shown.trouble is not None
    assert shown.told is not None
    assert (shown.trouble.cause, shown.told.cause) == (cause, cause)
    end(house)
    await pass_by(house, 200)
    assert told(house) == [cause, "over"]
    assert (state(house).trouble, state(house).told) == (None, None)
    (over,) = house.listener.of("stream_recovered")
    assert 200 < (over.at - over.lost_at).total_seconds() < 500


async def test_prices_that_looks_contradict_are_told_and_connected_anew(tmp_path: Path) -> None:
    house = await house_of(tmp_path)
    house.set_roi(CRV, 12)
    await pass_by(house, 150)
    assert told(house) == ["lying"]
    assert house.marks.rebuilt == 2, "at once, a minute later, and then ever more rarely"
    await pass_by(house, 3000)
    assert 5 <= house.marks.rebuilt <= 9


async def test_what_comes_and_goes_is_no_flood(tmp_path: Path) -> None:
    house = await house_of(tmp_path)
    for _ in range(60):
        house.book.lost("public", LOST)
        await pass_by(house, 70)
        house.book.regained("public")
        await pass_by(house, 130)
    # Three hours and a half.
    assert told(house) == ["down", "over", "down"]


async def test_a_moment_now_and_then_is_nothing(tmp_path: Path) -> None:
    house = await house_of(tmp_path)
    for _ in range(20):
        house.book.lost("public", LOST)
        await pass_by(house, 3)
        house.book.regained("public")
        await pass_by(house, 37)
    assert told(house) == []


async def test_it_is_not_told_of_a_stream_while_nothing_can_be_seen_at_all(tmp_path: Path) -> None:
    house = await house_of(tmp_path)
    house.exchange.before = lambda _: TemporarilyDown(LOST)
    house.book.lost("public", LOST)
    house.lose()
    await pass_by(house, 200, None)
    assert told(house) == []
    house.exchange.before = lambda _: None
    await pass_by(house, 50, None)
    assert told(house) == []
    await pass_by(house, 30, None)
    assert told(house) == ["down"]


async def test_nothing_is_wrong_with_a_stream_that_nobody_needs(tmp_path: Path) -> None:
    house = await house_of(tmp_path)
    house.paper.drop_leg(CRV)
    await pass_by(house, 100, None)
    assert house.marks.asked[-1] == frozenset()
    assert (told(house), house.marks.rebuilt) == ([], 0)


async def test_what_is_silent_for_long_is_connected_anew(tmp_path: Path) -> None:
    house = await house_of(tmp_path)
    await pass_by(house, 60, None, heard=False)
    assert (house.marks.rebuilt, house.stream.rebuilt) == (0, 0), "it notices by itself, as a rule"
    await pass_by(house, 60, None, heard=False)
    assert (house.marks.rebuilt, house.stream.rebuilt) == (1, 1)
    await pass_by(house, 3000, None, heard=False)
    assert 5 <= house.marks.rebuilt <= 9
    assert 5 <= house.stream.rebuilt <= 9


async def test_the_state_counts_what_was_done_and_what_was_not(tmp_path: Path) -> None:
    house = await house_of(tmp_path)
    house.pass_by(2)
    house.clock.forward(1)
    house.heard()
    house.push(NAME, "5.13", late=0.5)
    await house.decider.act()
    await pass_by(house, 11)
    assert (state(house).fired, state(house).missed, state(house).missed_ages) == (0, 1, (0.5,))
    assert state(house).obstacles == {"old_mark": 1}
    house.heard()
    house.push(NAME, "5.13")
    await house.decider.act()
    assert state(house).fired == 1
    assert house.closed() == [Decimal(30)]


async def test_a_connection_that_is_thought_to_be_lost_is_made_anew(tmp_path: Path) -> None:
    # What decides has broken, and was begun anew; the connections themselves have noticed nothing.
    house = await house_of(tmp_path)
    house.book.lost("public", LOST)
    house.lose()
    await pass_by(house, 61)
    assert (house.marks.rebuilt, house.stream.rebuilt) == (1, 1)


async def test_an_account_whose_changes_are_not_pushed_is_told_of_and_connected_anew(tmp_path: Path) -> None:
    house = await house_of(tmp_path)
    held = house.leg(CRV)
    house.paper.put_leg(held.smaller(Decimal(90), house.clock.now(), Decimal(0), Decimal(0)))
    await pass_by(house, 100)
    assert (told(house), house.stream.rebuilt) == (["account"], 1)
    house.decider.regained("private")
    await pass_by(house, 130)
    assert told(house) == ["account", "over"]
