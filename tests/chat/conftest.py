from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.engine import House
from tests.simulation.phone.outbox import Post
from tests.simulation.phone.phone import Phone
from tgtp.adapters.paper.account_file import PaperLeg

Dial = Callable[..., Awaitable[Phone]]


@pytest.fixture
async def dial(tmp_path: Path) -> AsyncIterator[Dial]:
    """Build a house with these legs and a connected phone beside it; both are put away after the test."""
    phones: list[Phone] = []

    async def build(*legs: PaperLeg, house: House | None = None, checks: int = 1, **options: Any) -> Phone:
        phone = Phone(house or House(tmp_path / f"data{len(phones)}", *legs), **options)
        phones.append(phone)
        if checks:
            await phone.house.check(checks)
        await phone.start()
        return phone

    yield build
    for phone in phones:
        await phone.stop()


@pytest.fixture(autouse=True)
def _no_gathering(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Messages go out at once, unless a test is about the moment that the outbox waits for more."""
    if "gathering" not in request.keywords:
        monkeypatch.setattr("tgtp.chat.outbox.delivery.LONGEST_GATHERING", 0.0)


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    """An outbox by itself."""
    post = Post(tmp_path / "data")
    yield post
    post.house.ledger.close()
