"""A check that is woken begins at once or right after the one in hand; the beat goes on, and there are never two at once."""

from __future__ import annotations

import asyncio
import logging

import pytest

from tests.chat.conftest import Dial
from tests.fixtures.fakes import paper_leg
from tests.fixtures.waiting import until


class Checks:
    """Checks that take as long as the test wants."""

    def __init__(self) -> None:
        self.begun: list[float] = []
        self.ended = self.at_once = self.most_at_once = 0
        self.may_end = asyncio.Event()
        self.may_end.set()

    async def check(self) -> None:
        self.begun.append(asyncio.get_running_loop().time())
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.may_end.wait()
        finally:
            self.at_once -= 1
            self.ended += 1


async def test_a_woken_check_begins_long_before_the_beat(dial: Dial) -> None:
    phone, checks = await dial(paper_leg()), Checks()
    wake = await phone.side.start_checks(checks.check, 3600)
    await until(lambda: checks.ended == 1)
    wake()
    await until(lambda: checks.ended == 2)


async def test_many_wakes_within_a_check_make_one_more(dial: Dial) -> None:
    phone, checks = await dial(paper_leg()), Checks()
    checks.may_end.clear()
    wake = await phone.side.start_checks(checks.check, 3600)
    await until(lambda: len(checks.begun) == 1)
    for _ in range(100):
        wake()
        await asyncio.sleep(0)
    assert len(checks.begun) == 1
    checks.may_end.set()
    await until(lambda: checks.ended == 2)
    await asyncio.sleep(0.1)
    assert (len(checks.begun), checks.most_at_once) == (2, 1)
    # Of what was asked before nothing is left over.
    wake()
    await until(lambda: checks.ended == 3)
    await asyncio.sleep(0.1)
    assert len(checks.begun) == 3


async def test_a_wake_as_a_check_ends_is_neither_lost_nor_doubled(dial: Dial) -> None:
    phone, checks = await dial(paper_leg()), Checks()
    checks.may_end.clear()
    wake = await phone.side.start_checks(checks.check, 3600)
    await until(lambda: len(checks.begun) == 1)
    wake()
    checks.may_end.set()
    # At every turn of the loop around the end of the check.
    for _ in range(10):
        await asyncio.sleep(0)
        wake()
    await until(lambda: checks.at_once == 0 and checks.ended >= 2)
    await asyncio.sleep(0.1)
    assert checks.most_at_once == 1
    assert checks.ended == len(checks.begun)
    assert len(checks.begun) <= 12


async def test_the_beat_goes_on_from_its_own_schedule(dial: Dial) -> None:
    phone, checks = await dial(paper_leg()), Checks()
    wake = await phone.side.start_checks(checks.check, 1)
    await until(lambda: len(checks.begun) == 1)
    first, woken = checks.begun[0], 0
    # Woken ones never lie a second apart: a beat that was put off by each of them would never come.
    while checks.begun[-1] - first < 4:
        wake()
        woken += 1
        await asyncio.sleep(0.13)
    beats = len(checks.begun) - woken
    assert 4 <= beats <= checks.begun[-1] - first + 2
    assert checks.most_at_once == 1


async def test_a_beat_that_comes_into_a_check_follows_it(dial: Dial) -> None:
    phone, checks = await dial(paper_leg()), Checks()
    checks.may_end.clear()
    await phone.side.start_checks(checks.check, 1)
    await until(lambda: len(checks.begun) == 1)
    await asyncio.sleep(1.5)
    checks.may_end.set()
    ended = asyncio.get_running_loop().time()
    await until(lambda: len(checks.begun) == 2)
    # Not half a second later, with the next beat.
    assert checks.begun[1] - ended < 0.4
    assert checks.most_at_once == 1


async def test_a_check_that_breaks_stops_neither_the_beat_nor_who_wakes(dial: Dial, caplog: pytest.LogCaptureFixture) -> None:
    phone, count = await dial(paper_leg()), 0

    async def broken() -> None:
        nonlocal count
        count += 1
        raise ZeroDivisionError

    with caplog.at_level(logging.ERROR):
        wake = await phone.side.start_checks(broken, 1)
        await until(lambda: count == 1)
        wake()
        await until(lambda: count >= 3)
    assert "a check broke" in caplog.messages


async def test_after_the_end_nothing_is_woken(dial: Dial) -> None:
    phone, checks = await dial(paper_leg()), Checks()
    checks.may_end.clear()
    wake = await phone.side.start_checks(checks.check, 3600)
    await until(lambda: len(checks.begun) == 1)
    wake()
    await phone.side.stop()
    wake()
    await asyncio.sleep(0.1)
    assert len(checks.begun) == checks.ended == 1
