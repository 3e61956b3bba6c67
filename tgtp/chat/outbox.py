"""Delivers what the ledger's outbox holds: in order, each once, whenever Telegram is there.

Trading never waits for this. A message is struck only when it was taken by Telegram for every owner; what an outage or a crash
leaves is delivered later. Telegram has no way to send a message exactly once when a reply is lost: a message may then come
twice, recognisable by its number.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable

from telegram import Bot
from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter, TelegramError

from tgtp.chat.alerts import Setting, alert
from tgtp.chat.message import flood_wait, send
from tgtp.engine.journal import Journal
from tgtp.errors import LedgerWriteFailed

log = logging.getLogger(__name__)

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
# A person who has never written to the bot, or has blocked it, may do so later.
DEAF_PAUSE = 60.0


class Outbox:
    """One task that sends; set ``news`` when there is something new."""

    def __init__(
        self,
        journal: Journal,
        owners: Callable[[], frozenset[int]],
        setting: Callable[[int], Setting],
        news: asyncio.Event,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._journal = journal
        self._ledger = journal.ledger
        self._owners = owners
        self._setting = setting
        self._news = news
        self._sent: set[tuple[int, int]] = set()
        self._now = now
        self._one_at_a_time = asyncio.Lock()
        self._pauses: dict[int, float] = {}
        # Before these moments nothing is sent to a person, whatever happens meanwhile.
        self._not_before: dict[int, float] = {}
        self._told_deaf: set[int] = set()

    async def run(self, bot: Bot) -> None:
        """Deliver until cancelled."""
        while True:
            self._news.clear()
            try:
                pause = await self.deliver(bot)
            except Exception:
                # One message that cannot be read or written out must not silence all that follow.
                log.exception("the outbox stumbled; it tries again")
                pause = LONGEST_PAUSE
            # Not ``wait_for``: in Python 3.11 it loses a cancellation that comes together with the news.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._news.wait()

    async def deliver(self, bot: Bot) -> float | None:
        """Send what can be sent now; gives the seconds to wait before the next try, None when nothing is left."""
        # Two deliveries at once would send everything twice.
        async with self._one_at_a_time:
            waits: list[float] = []
            for user_id in sorted(self._owners()):
                wait = self._not_before.get(user_id, 0) - self._now()
                if wait <= 0:
                    wait = await self._deliver_to(bot, user_id)
                if wait:
                    waits.append(wait)
            if not self._strike_delivered():
                waits.append(LONGEST_PAUSE)
            return min(waits) if waits else None

    async def _deliver_to(self, bot: Bot, user_id: int) -> float:
        """Send one person what waits for them, in order; gives the seconds to wait, 0 when nothing is left."""
        for told in self._ledger.outbox():
            if user_id in told.delivered_to or (told.number, user_id) in self._sent:
                continue
            found = self._ledger.event(told.number)
            if found is None:
                log.error("event %s is in the outbox but not in the history", told.number)
                self._sent.add((told.number, user_id))
                continue
            message = alert(self._setting(user_id), *found)
            try:
                await send(bot, user_id, message)
            except RetryAfter as exc:
                return self._leave_alone(user_id, flood_wait(exc))
            except (Forbidden, BadRequest) as exc:
                if user_id not in self._told_deaf:
                    self._told_deaf.add(user_id)
                    log.warning("user %s cannot be reached (%s): has this person started the bot, or blocked it?", user_id, exc)
                return self._leave_alone(user_id, DEAF_PAUSE)
            except InvalidToken:
                return self._leave_alone(user_id, LONGEST_PAUSE)
            except TelegramError as exc:
                pause = self._pauses.get(user_id, FIRST_PAUSE)
                self._pauses[user_id] = min(pause * 2, LONGEST_PAUSE)
                log.debug("message #%s waits: %s", told.number, exc)
                # News may try sooner: the outage may be over. But not with every one of a burst.
                self._leave_alone(user_id, FIRST_PAUSE)
                return pause
            self._pauses.pop(user_id, None)
            self._told_deaf.discard(user_id)
            self._mark(told.number, user_id)
        return 0

    def _leave_alone(self, user_id: int, seconds: float) -> float:
        self._not_before[user_id] = self._now() + seconds
        return seconds

    def _mark(self, number: int, user_id: int) -> None:
        # Remembered in memory first: with a full disk a message must not be sent again and again.
        self._sent.add((number, user_id))
        try:
            with self._journal.step():
                self._write_down(number)
        except LedgerWriteFailed as exc:
            log.error("message #%s was sent, but that could not be written: %s", number, exc)
            return
        self._sent.discard((number, user_id))

    def _write_down(self, number: int) -> None:
        told = next((told for told in self._ledger.outbox() if told.number == number), None)
        if told is None:
            return
        delivered = {*told.delivered_to, *(user_id for sent, user_id in self._sent if sent == number)}
        if self._owners() <= delivered:
            self._ledger.strike_told(number)
        else:
            self._ledger.keep_told(told.replaced(delivered_to=tuple(sorted(delivered))))

    def _strike_delivered(self) -> bool:
        """Strike what nobody waits for: its only reader wrote it, the others own no more, or it could not be struck before.

        False when that cannot be written now.
        """
        owners = self._owners()
        if not owners:
            return True
        late = {number for number, _ in self._sent}
        done = [told.number for told in self._ledger.outbox() if told.number in late or owners <= set(told.delivered_to)]
        try:
            if done:
                with self._journal.step():
                    for number in done:
                        self._write_down(number)
        except LedgerWriteFailed as exc:
            log.error("delivered messages could not be struck: %s", exc)
            return False
        self._sent.clear()
        return True
