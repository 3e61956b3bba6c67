"""Runs the stream beside the checks: whatever becomes of it, they go on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, NamedTuple

from tgtp.engine.ports import AccountStream, Clock, MarkStream
from tgtp.engine.stream.decider import Decider
from tgtp.engine.stream.mark_book import MarkBook
from tgtp.engine.stream.watch import StreamWatch
from tgtp.engine.tasks import until_ended
from tgtp.errors import Problem

log = logging.getLogger(__name__)

# Seconds: between two looks whether the first check is over, and until what broke is begun anew.
LOOKS_EVERY: Final = 1
AGAIN_AFTER: Final = 60


class Streamed(NamedTuple):
    """An account: its own connection, and who decides between its checks."""

    stream: AccountStream
    decider: Decider


class Streaming:
    """Runs the stream of all accounts. What breaks of it is logged, and begun anew after a while."""

    def __init__(
        self, marks: MarkStream, accounts: Sequence[Streamed], book: MarkBook, watch: StreamWatch, clock: Clock
    ) -> None:
        self.book = book
        self.watch = watch
        self.accounts = accounts
        self._marks = marks
        self._clock = clock

    async def run(self) -> None:
        """Run until cancelled: connections are closed then."""
        async with asyncio.TaskGroup() as parts:
            parts.create_task(self._keep(self._marks.run, lambda why: self.book.lost("public", why)))
            parts.create_task(self._keep(self.watch.run, lambda why: self.book.lost("public", why)))
            for account in self.accounts:
                parts.create_task(self._keep_account(account))
                parts.create_task(self._keep(account.decider.run, _lost(account)))

    async def _keep_account(self, account: Streamed) -> None:
        # Nothing stands before the first check, no connection either.
        while account.decider.checker.last_report is None:
            await self._clock.sleep(LOOKS_EVERY)
        await self._keep(account.stream.run, _lost(account))

    async def _keep(self, run: Callable[[], Awaitable[None]], lost: Callable[[Problem], None]) -> None:
        while True:
            exc = await until_ended(run)
            log.error("a part of the stream broke; checks go on, and it is begun anew in %s s", AGAIN_AFTER, exc_info=exc)
            lost(Problem("problem.unforeseen", what=type(exc).__name__))
            await self._clock.sleep(AGAIN_AFTER)


def _lost(account: Streamed) -> Callable[[Problem], None]:
    return lambda why: account.decider.lost("private", why)
