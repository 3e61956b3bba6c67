"""What waits for the bot: messages and presses, taken by one long poll at a time."""

from __future__ import annotations

import asyncio
import copy
import itertools
from collections import deque

from tgtp.local_telegram.bot_api.calls import ApiError, Json

MAX_UPDATES = 1000

_CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


class Updates:
    """The updates that are not acknowledged yet, and the one poll that may wait for more."""

    def __init__(self) -> None:
        self._pending: deque[Json] = deque(maxlen=MAX_UPDATES)
        self._allowed: set[str] = set()
        self._poll: asyncio.Future[None] | None = None
        self._numbers = itertools.count(1)

    def add(self, kind: str, content: Json) -> None:
        """Let something wait for the bot, if it takes this kind at all."""
        if not self._allowed or kind in self._allowed:
            self._pending.append({"update_id": next(self._numbers), kind: copy.deepcopy(content)})
            if self._poll and not self._poll.done():
                self._poll.set_result(None)

    def end(self, error: Exception) -> None:
        """End the waiting poll, if there is one, with an error."""
        if self._poll and not self._poll.done():
            self._poll.set_exception(error)

    async def take(self, p: Json) -> list[Json]:
        """Answer ``getUpdates``: an offset acknowledges, a newer poll ends the older one."""
        self.end(ApiError(_CONFLICT, 409))
        offset = p.get("offset", 0)
        while self._pending and (self._pending[0]["update_id"] < offset or len(self._pending) > -offset > 0):
            self._pending.popleft()
        if "allowed_updates" in p:
            self._allowed = set(p["allowed_updates"])
        if not self._pending and p.get("timeout", 0) > 0:
            await self._wait(p["timeout"])
        return list(itertools.islice(self._pending, min(max(p.get("limit", 100), 1), 100)))

    def delete_webhook(self, p: Json) -> bool:
        """Answer ``deleteWebhook``, which may throw away what waits."""
        if p.get("drop_pending_updates"):
            self._pending.clear()
        return True

    async def _wait(self, seconds: float) -> None:
        poll = self._poll = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                await poll
        except TimeoutError:
            pass
        finally:
            if self._poll is poll:
                self._poll = None
