"""An outbox by itself."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

from tests.fixtures.engine import House
from tests.fixtures.fakes import paper_leg
from tests.simulation.phone.phone import ME, Phone
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.outbox.delivery import Outbox
from tgtp.chat.texts import Language
from tgtp.domain.events import Event, TradingAllowed
from tgtp.engine.ports import FallbackNotifier

SECOND = 22


class Post:
    """An outbox, its owners and its clock, without the rest of the house running."""

    def __init__(self, folder: Path) -> None:
        self.house = House(folder, paper_leg())
        self.phone = Phone(self.house)
        self.tg, self.wire, self.bot = self.phone.tg, self.phone.wire, self.phone.app.bot
        self.owners: frozenset[int] = frozenset({ME})
        self.language: Language = "en"
        self.time = 1000.0
        self.fallback: FallbackNotifier | None = None
        self.begin()

    def begin(self) -> None:
        self.news = asyncio.Event()
        self.outbox = Outbox(
            self.house.checker.journal,
            lambda: self.owners,
            lambda _: Reader(self.language, self.house.rules, 10),
            self.news,
            lambda: self.time,
            self.fallback,
        )

    def put(self, count: int = 1, **how: Any) -> None:
        """Put small alerts into the outbox."""
        journal = self.house.checker.journal
        for _ in range(count):
            with journal.step():
                journal.record(TradingAllowed(at=self.house.clock.now()), **how)

    def record(self, *events: Event) -> None:
        """Put these into the outbox, in one step."""
        journal = self.house.checker.journal
        with journal.step():
            for event in events:
                journal.record(event)

    async def deliver(self) -> float | None:
        return await self.outbox.deliver(self.bot)

    def got(self, user_id: int = ME) -> list[int]:
        """The numbers of the messages that a person has, as they came."""
        return [int(number) for text in self.texts(user_id) for number in re.findall(r"#(\d+)", text)]

    def texts(self, user_id: int = ME) -> list[str]:
        return [post["text"] for post in self.wire.posts.values() if post["chat"]["id"] == user_id]

    def waiting(self) -> list[int]:
        return [told.number for told in self.house.ledger.outbox()]
