"""What goes out by the second way at once, beside Telegram: whoever holds a phone must not be the only one to hear."""

from __future__ import annotations

import asyncio
import logging

from tgtp.chat.formatting.reader import Reader
from tgtp.chat.outbox.writing import plain_alert
from tgtp.domain.events import Event
from tgtp.domain.notifications.outbox_entry import BOTH_WAYS
from tgtp.engine.ports import Clock, FallbackNotifier, Listener

log = logging.getLogger(__name__)

TRIES = 5
FIRST_PAUSE = 30


class BothWays(Listener):
    """Sends by the second way too what Telegram alone must not carry. What no service takes in the end is logged."""

    def __init__(self, fallback: FallbackNotifier | None, reader: Reader, clock: Clock) -> None:
        self._fallback = fallback
        self._reader = reader
        self._clock = clock
        self._sounding: set[asyncio.Task[None]] = set()

    def happened(self, number: int, event: Event) -> None:
        """Sound for an event that asks for it; returns at once."""
        if self._fallback is None or event.kind not in BOTH_WAYS:
            return
        text = plain_alert(self._reader, number, event)
        task = asyncio.create_task(self._sound(self._fallback, text), name="both ways")
        self._sounding.add(task)
        task.add_done_callback(self._sounding.discard)

    async def _sound(self, fallback: FallbackNotifier, text: str) -> None:
        for number in range(TRIES):
            if await fallback.sound(text):
                return
            await self._clock.sleep(FIRST_PAUSE * 2**number)
        log.error("the second way out (ALERT_URLS) took none of %d tries", TRIES)
