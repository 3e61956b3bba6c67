"""The first look of a process, and its ordered end."""

from __future__ import annotations

from pathlib import Path

from tests.fixtures.engine import House
from tests.fixtures.fakes import paper_leg


async def test_a_start_says_how_long_nobody_looked_where_the_end_was_in_order(tmp_path: Path) -> None:
    house = House(tmp_path, paper_leg())
    await house.check()
    house.checker.say_goodbye()
    house.clock.forward(3600)
    house.restart()
    await house.check(2)
    house.restart()
    await house.check()
    starts = house.listener.of("started")
    missed = [event.missed_seconds for event in starts]
    assert len(missed) == 3
    assert missed[0] is None
    assert 3600 <= (missed[1] or 0) < 3700
    # Nobody knows when a process that was killed looked last.
    assert missed[2] is None
    assert [event.was_cut_short for event in starts] == [False, False, True]
