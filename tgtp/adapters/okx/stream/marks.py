"""The public mark prices."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from tgtp.adapters.okx.pace import Pace
from tgtp.adapters.okx.rows.fields import Malformed
from tgtp.adapters.okx.stream.dial import Dialer
from tgtp.adapters.okx.stream.link import ANSWER_WITHIN, Frame, Line, Link
from tgtp.adapters.okx.stream.lost import Ended, Lost, refusal
from tgtp.adapters.okx.stream.pacing import Pauses
from tgtp.adapters.okx.stream.rows import pushed_mark
from tgtp.engine.ports import Clock, MarkStream, StreamListener
from tgtp.engine.ports.stream import Connection
from tgtp.errors import Problem

log = logging.getLogger(__name__)

CHANNEL = "mark-price"
# Instruments in one request: some 6 kB, OKX takes 64.
MOST_AT_ONCE = 100
# Seconds. OKX pushes a price that stands still every 10.
QUIET_AFTER = 15.0
LONGEST_RETRY = 600.0
NAMED = re.compile(r"instId:([\w-]+)")


@dataclass(slots=True)
class Subscription:
    """One instrument on one connection. ``tries`` were in vain; ``is_first`` until a price was passed on after the answer."""

    asked_at: float | None = None
    is_granted: bool = False
    is_first: bool = True
    heard_at: float = 0.0
    tries: int = 0

    @property
    def is_fresh(self) -> bool:
        """Return whether nothing was asked, or waited for, in vain."""
        return self.asked_at is None and not self.tries

    def retry_after(self, seconds: float) -> float:
        """Return how long the next answer, or price, is waited for."""
        return min(seconds * 2.0**self.tries, LONGEST_RETRY)

    def is_due(self, now: float) -> bool:
        """Return whether it is to be asked for."""
        if self.is_granted:
            return False
        return self.asked_at is None or now - self.asked_at >= self.retry_after(ANSWER_WITHIN)

    def is_quiet(self, now: float) -> bool:
        """Return whether its prices have stopped."""
        return self.is_granted and now - self.heard_at >= self.retry_after(QUIET_AFTER)


class OkxMarkStream(Link, MarkStream):
    """The mark prices of the instruments that are followed, on one connection; none while there is nothing to follow."""

    connection: ClassVar[Connection] = "public"

    def __init__(
        self, dialer: Dialer, clock: Clock, connects: Pace, listener: StreamListener, pauses: Pauses | None = None
    ) -> None:
        super().__init__(dialer, clock, connects, listener, pauses)
        self._wanted: frozenset[str] = frozenset()
        self._needed = asyncio.Event()
        self._asked: dict[str, Subscription] = {}
        self._line: Line | None = None
        # When this connection has brought a price last.
        self._priced_at = 0.0

    def follow(self, instrument_ids: Collection[str]) -> None:
        """Replace the instruments that are followed."""
        self._wanted = frozenset(instrument_ids)
        if self._wanted:
            self._needed.set()
        else:
            self._needed.clear()

    async def _prepare(self) -> None:
        await self._needed.wait()
        self._asked.clear()

    async def _greet(self, line: Line) -> None:
        """Nothing is said to begin with: what is due is asked for at once."""
        self._line = line

    async def _tend(self, line: Line) -> None:
        if not self._wanted:
            raise Ended
        now = self._clock.monotonic()
        await self._leave(line, [name for name in self._asked if name not in self._wanted])
        await self._wake_quiet(line, now)
        for name in self._wanted - self._asked.keys():
            self._asked[name] = Subscription()
        due = sorted(name for name, one in self._asked.items() if one.is_due(now))
        fresh = [name for name in due if self._asked[name].is_fresh]
        # What was asked for in vain is asked for alone: it may have spoiled the request for others.
        for names in (fresh[:MOST_AT_ONCE], [name for name in due if not self._asked[name].is_fresh][:1]):
            await self._ask(line, names, now)
        self._look_whether_ready(line)

    async def _ask(self, line: Line, names: list[str], now: float) -> None:
        if not names or not line.may_ask():
            return
        for name in names:
            one = self._asked[name]
            one.tries += one.asked_at is not None
            one.asked_at, one.is_first = now, True
        await line.ask("subscribe", _arguments(names))

    async def _leave(self, line: Line, names: list[str]) -> None:
        if not names or not line.may_ask():
            return
        for name in names:
            del self._asked[name]
        await line.ask("unsubscribe", _arguments(names))

    async def _wake_quiet(self, line: Line, now: float) -> None:
        """Ask anew for what has gone quiet, or connect anew where everything has. Raises Lost."""
        granted = [name for name, one in self._asked.items() if one.is_granted]
        if granted and now - self._priced_at >= QUIET_AFTER:
            raise Lost(Problem("problem.stream.stuck", seconds=int(now - self._priced_at)))
        quiet = [name for name in granted if self._asked[name].is_quiet(now)][:1]
        tries = [self._asked[name].tries for name in quiet]
        await self._leave(line, quiet)
        for name, before in zip(quiet, tries, strict=True):
            if name not in self._asked:
                self._asked[name] = Subscription(tries=before + 1)

    def _look_whether_ready(self, line: Line) -> None:
        found = [self._asked.get(name, NOT_ASKED) for name in self._wanted]
        granted = any(one.is_granted for one in found)
        if not line.is_ready and granted and all(one.is_granted or one.tries for one in found):
            self._is_ready(line)

    def _answered(self, frame: Frame) -> None:
        argument = frame.get("arg")
        name = argument.get("instId") if isinstance(argument, dict) else None
        if frame["event"] == "error":
            log.warning("OKX refuses a subscription: %s", refusal(frame))
            named = NAMED.search(str(frame.get("msg", "")))
            name = named[1] if named else None
        one = self._asked.get(name) if isinstance(name, str) else None
        if one is None or self._line is None:
            return
        if frame["event"] == "subscribe":
            now = self._clock.monotonic()
            if not any(other.is_granted for other in self._asked.values()):
                self._priced_at = now
            one.is_granted, one.heard_at = True, now
        elif frame["event"] == "error":
            one.tries += 1
        self._look_whether_ready(self._line)

    def _pushed(self, frame: Frame, at: float) -> None:
        argument, rows = frame.get("arg"), frame.get("data")
        if not isinstance(argument, dict) or argument.get("channel") != CHANNEL or not isinstance(rows, list):
            self._unreadable()
            return
        for row in rows:
            self._priced(row, argument.get("instId"), at)

    def _priced(self, row: Any, name: Any, at: float) -> None:
        if not isinstance(row, dict) or not isinstance(name, str) or row.get("instId") != name:
            self._unreadable()
            return
        one = self._asked.get(name)
        if one is None:
            # It was on its way when it was left.
            return
        try:
            push = pushed_mark(row, at, is_first=one.is_first)
        except Malformed:
            self._unreadable()
            return
        one.heard_at = self._priced_at = at
        one.tries = 0
        # What comes before the answer may be of an earlier subscription.
        one.is_first = not one.is_granted
        self._listener.mark(push)


NOT_ASKED = Subscription()


def _arguments(names: Iterable[str]) -> list[dict[str, str]]:
    return [{"channel": CHANNEL, "instId": name} for name in names]
