"""A close that fills bit by bit is one message in the chat, whatever happens meanwhile."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.chat.conftest import Dial
from tests.fixtures.engine import House
from tests.fixtures.every_event import EVENTS, IN_ALL
from tests.fixtures.fakes import key, paper_leg
from tests.simulation.phone.outbox import SECOND, Post
from tests.simulation.phone.phone import ME
from tgtp.chat.outbox.delivery import LONGEST_PAUSE
from tgtp.chat.outbox.progress import ProgressMessages
from tgtp.domain.events import Event
from tgtp.domain.examples import instrument


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return Post(tmp_path)


def drip(closed: str, *, finished: bool = False, **changes: Any) -> Event:
    (event,) = [event for event in EVENTS if event.kind == "tier_filled"]
    sums = IN_ALL.replaced(contracts=Decimal(closed), before=Decimal(100))
    return event.replaced(finished=finished, closed=Decimal(closed), in_all=sums, **changes)


async def told(post: Post, event: Event) -> list[str]:
    post.record(event)
    post.time += LONGEST_PAUSE
    await post.deliver()
    assert post.waiting() == []
    return post.texts()


async def test_what_comes_later_changes_the_message(post: Post) -> None:
    await told(post, drip("5.4"))
    (words,) = await told(post, drip("16"))
    assert "So far 16" in words
    (words,) = await told(post, drip("30", finished=True))
    assert "So far" not in words
    assert "Closed" in words
    # The next tier is news.
    assert len(await told(post, drip("5"))) == 2


async def test_it_is_changed_after_a_restart_too(post: Post) -> None:
    await told(post, drip("5.4"))
    post.begin()
    (words,) = await told(post, drip("16"))
    assert "16" in words


async def test_a_message_that_is_gone_comes_anew(post: Post) -> None:
    await told(post, drip("5.4"))
    post.tg.fail_next("editMessageText", 400, "Bad Request: message to edit not found")
    assert len(await told(post, drip("16"))) == 2


async def test_an_outage_loses_nothing_and_tells_nothing_twice(post: Post) -> None:
    await told(post, drip("5.4"))
    post.tg.fail_next("editMessageText", 502, "Bad Gateway", after_effect=True)
    post.record(drip("16"))
    await post.deliver()
    assert post.waiting()
    post.time += LONGEST_PAUSE
    await post.deliver()
    # The second change found nothing to change.
    assert len(post.texts()) == 1
    assert post.waiting() == []


def test_another_account_and_another_person_have_their_own(post: Post) -> None:
    standing = ProgressMessages(post.house.ledger)
    standing.go_on(ME, [drip("5.4")], 7)
    assert standing.of(ME, [drip("16")]) == 7
    assert standing.of(ME, [drip("16", account="alpha")]) is None
    assert standing.of(SECOND, [drip("16")]) is None
    assert standing.of(ME, [drip("16"), drip("17")]) is None
    standing.go_on(ME, [drip("30", finished=True)], 7)
    assert standing.of(ME, [drip("5")]) is None


async def test_what_goes_on_long_after_is_a_message_of_its_own(dial: Dial, tmp_path: Path) -> None:
    """It changed the message of hours ago, without a sound: nobody heard of the order."""
    house = House(tmp_path / "drips", paper_leg(contracts=100), instruments=[instrument(max_market_contracts="1")])
    phone = await dial(house=house)
    house.set_roi(key(), 26)
    await house.check(8)
    await phone.until(lambda: any("So far" in text for text in phone.alerts()))
    house.set_roi(key(), -1)
    await house.check(20, every=600)
    begun = [post for post, message in phone.wire.posts.items() if "So far" in message["text"]]
    house.set_roi(key(), 26)
    await house.check(30)
    assert house.fired(key()) == [1]
    await phone.until(lambda: not house.ledger.outbox())
    await phone.settle()
    told = [post for post, message in phone.wire.posts.items() if "tier 1" in message["text"]]
    assert max(told) > max(begun)
    assert all("So far" in phone.wire.posts[post]["text"] for post in begun)
