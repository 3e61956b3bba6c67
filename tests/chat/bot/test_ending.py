"""The end of the program: whatever Telegram does meanwhile, the tasks end."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

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
