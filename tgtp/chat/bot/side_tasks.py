"""What runs beside the checks: a task that breaks is told of on the phone, and begun anew after a while."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from functools import partial

from tgtp.chat.outbox.urgent import What
from tgtp.chat.texts import Language, plain
from tgtp.engine.tasks import until_ended

log = logging.getLogger("tgtp")

# Seconds: until what broke is begun anew, and for how long it must have gone well to be told of again.
AGAIN_AFTER = 60.0
TOLD_AGAIN_AFTER = 3600.0


def begin_beside(name: str, run: Callable[[], Awaitable[None]], send_urgent: Callable[[str, What], None]) -> asyncio.Task[None]:
    """Begin a task, named by the text ``task.<name>``: nobody awaits it while the program runs, so it is kept running."""
    return asyncio.create_task(_keep(name, run, send_urgent), name=name)


async def _keep(name: str, run: Callable[[], Awaitable[None]], send_urgent: Callable[[str, What], None]) -> None:
    told = False
    while True:
        begun_at = time.monotonic()
        exc = await until_ended(run)
        if exc is None:
            return
        log.critical("the %s task broke; checks go on, and it is begun anew in %.0f s", name, AGAIN_AFTER, exc_info=exc)
        if not told or time.monotonic() - begun_at >= TOLD_AGAIN_AFTER:
            send_urgent("alarm.task", partial(_name, name=name))
            told = True
        await asyncio.sleep(AGAIN_AFTER)


def _name(language: Language, name: str) -> str:
    return plain(language, f"task.{name}")
