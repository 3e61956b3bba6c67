"""The end of the program: whatever Telegram does meanwhile, the tasks end."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from telegram.ext import Updater

from tests.chat.conftest import Dial
from tests.fixtures.fakes import paper_leg
from tests.fixtures.waiting import DEADLINE, until
from tests.simulation.phone.outbox import Post


@pytest.mark.parametrize("rounds", range(4))
async def test_the_outbox_ends_although_news_comes_with_the_end(tmp_path: Path, rounds: int) -> None:
    post = Post(tmp_path)
    post.tg.fail_next("sendMessage", 429, "Too Many Requests", parameters={"retry_after": 20})
    post.put()
    task = asyncio.create_task(post.outbox.run(post.bot))
    await until(lambda: post.outbox._not_before)
    for _ in range(rounds):
        await asyncio.sleep(0)
    # The goodbye goes into the outbox, and nothing is waited for between that and the end.
    post.news.set()
    task.cancel()
    await asyncio.wait({task}, timeout=DEADLINE)
    assert task.cancelled()
    post.house.ledger.close()


async def test_the_end_waits_for_no_farewell_that_swallows_its_cancellation(
    dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, swallowed, over = await dial(paper_leg()), asyncio.Event(), asyncio.Event()
    stop = Updater.stop

    async def sleepy(updater: Updater) -> None:
        try:
            await over.wait()
        except asyncio.CancelledError:
            swallowed.set()
            await over.wait()
        await stop(updater)

    monkeypatch.setattr(Updater, "stop", sleepy)
    ending = asyncio.create_task(phone.side.stop())
    await asyncio.wait({ending}, timeout=DEADLINE)
    ended = ending.done()
    over.set()
    await ending
    assert ended
    # And it was let go of, not left alone.
    await asyncio.wait_for(swallowed.wait(), DEADLINE)
    await until(lambda: not phone.app.running)
