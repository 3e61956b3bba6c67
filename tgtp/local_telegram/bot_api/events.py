"""What happens in the owner's chat, for everybody who looks at it."""

from __future__ import annotations

import asyncio

from tgtp.local_telegram.bot_api.calls import Json

MAX_EVENTS = 500


class Events:
    """The listeners of one chat; one that falls far behind is dropped, and told so as the last thing."""

    def __init__(self, owner: int) -> None:
        self._owner = owner
        self._listeners: set[asyncio.Queue[Json]] = set()

    def subscribe(self) -> asyncio.Queue[Json]:
        """Return a queue of what happens from now on."""
        queue: asyncio.Queue[Json] = asyncio.Queue(MAX_EVENTS)
        self._listeners.add(queue)
        return queue

    def unsubscribe(self, queue: asyncio.Queue[Json]) -> None:
        """Forget a listener; unknown ones are ignored."""
        self._listeners.discard(queue)

    def emit(self, event: Json, chat_id: int | None = None) -> None:
        """Tell every listener, unless the event belongs to the chat of somebody else."""
        if chat_id not in (None, self._owner):
            return
        for queue in list(self._listeners):
            if not queue.full():
                queue.put_nowait(event)
                continue
            self._listeners.discard(queue)
            while not queue.empty():
                queue.get_nowait()
            queue.put_nowait({"kind": "dropped"})
