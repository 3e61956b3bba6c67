"""A task beside the checks that breaks is told of on the phone, once, and begun anew."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import get_args

import pytest

from tests.chat.conftest import Dial
from tests.fixtures.fakes import paper_leg
from tests.fixtures.waiting import until
from tgtp.app import Part
from tgtp.chat.bot import side_tasks
from tgtp.chat.bot.side_tasks import begin_beside
from tgtp.chat.outbox.urgent import What
from tgtp.chat.texts import LANGUAGES, Language, plain

Begin = Callable[[Callable[[], Awaitable[None]]], asyncio.Task[None]]


class Breaking:
    """Breaks the first ``times`` that it is begun."""

    def __init__(self, times: int) -> None:
        self.begun = self.cancelled = 0
        self.times = times

    async def run(self) -> None:
        self.begun += 1
        if self.begun <= self.times:
            raise ValueError("planted")
        try:
            await asyncio.Event().wait()
        finally:
            self.cancelled += 1


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_tasks, "AGAIN_AFTER", 0.0)


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
async def begin(told: list[str]) -> AsyncIterator[Begin]:
    tasks: list[asyncio.Task[None]] = []

    def send_urgent(key: str, what: What) -> None:
        assert callable(what)
        told.extend(plain(language, key, what=what(language)) for language in LANGUAGES)

    def begin(run: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
        tasks.append(begin_beside("AheadWatch", run, send_urgent))
        return tasks[-1]

    yield begin
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


async def test_one_that_breaks_is_told_once_in_both_languages_and_begun_anew(begin: Begin, told: list[str]) -> None:
    part = Breaking(times=3)
    task = begin(part.run)
    await until(lambda: part.begun == 4)
    assert len(told) == len(LANGUAGES)
    assert any("the notices of OKX's maintenance" in text for text in told)
    assert any("OKX 维护预告" in text for text in told)
    task.cancel()
    await asyncio.wait({task})
    assert part.cancelled == 1


async def test_one_that_went_well_in_between_is_told_again(
    begin: Begin, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(side_tasks, "TOLD_AGAIN_AFTER", 0.0)
    part = Breaking(times=2)
    begin(part.run)
    await until(lambda: part.begun == 3)
    assert len(told) == 2 * len(LANGUAGES)


async def test_one_that_is_done_is_not_begun_anew(begin: Begin, told: list[str]) -> None:
    begun = []

    async def run() -> None:
        begun.append(1)

    await begin(run)
    assert (begun, told) == ([1], [])


async def test_the_delivery_of_messages_survives_what_it_does_not_catch(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = await dial(paper_leg())
    hear = phone.news.wait
    broken: list[int] = []

    async def wait() -> bool:
        if not broken:
            broken.append(1)
            raise ValueError("planted")
        return await hear()

    monkeypatch.setattr(phone.news, "wait", wait)
    phone.news.set()
    await phone.until(lambda: any("stopped the sending of messages" in text for text in phone.texts()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_has_a_name(language: Language) -> None:
    for part in get_args(Part):
        plain(language, f"task.{part.__name__}")
