"""The second way out, over any of the services that apprise knows: mail, ntfy, Discord …"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Sequence

from apprise import Apprise, NotifyFormat, NotifyType, OverflowMode

from tgtp.engine.ports import FallbackNotifier
from tgtp.errors import Problem, SettingsInvalid

# Seconds; most services give up by themselves after four.
LONGEST_SOUND = 25.0


class AppriseFallback(FallbackNotifier):
    """Sends to all addresses side by side. ``strike`` takes secrets out of a text; ``also`` as in the port.

    Raises SettingsInvalid when apprise does not know one of them.
    """

    def __init__(self, addresses: Sequence[str], strike: Callable[[str], str], also: frozenset[str] = frozenset()) -> None:
        self.also = also
        self._strike = strike
        self._services = [_service(number, address) for number, address in enumerate(addresses, 1)]

    async def sound(self, text: str) -> bool:
        """Send a text; False when surely nobody has taken it."""
        # One that hangs may have taken it: to send it again would be to send it twice.
        return await self.heard(text) is not False

    async def heard(self, text: str) -> bool | None:
        """Send a text: True when somebody has taken it, False when surely nobody has, None when that is unclear."""
        loop = asyncio.get_running_loop()
        clean = self._strike(text)
        ends: list[asyncio.Future[bool]] = []
        for service in self._services:
            ends.append(end := loop.create_future())
            # A thread that nobody waits for at the end: a service that hangs must not hold up the program. Those of apprise,
            # and of the loop, are waited for.
            threading.Thread(target=_send, args=(service, clean, loop, end), name="fallback", daemon=True).start()
        _, hanging = await asyncio.wait(ends, timeout=LONGEST_SOUND)
        taken = any(end.result() for end in ends if end.done())
        return taken or (None if hanging else False)


def _send(service: Apprise, text: str, loop: asyncio.AbstractEventLoop, end: asyncio.Future[bool]) -> None:
    taken = False
    try:
        taken = bool(service.notify(body=text, title="tgtp", notify_type=NotifyType.FAILURE, body_format=NotifyFormat.TEXT))
    finally:
        # The loop may be gone by now.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_settle, end, taken)


def _settle(end: asyncio.Future[bool], taken: bool) -> None:
    if not end.done():
        end.set_result(taken)


def _service(number: int, address: str) -> Apprise:
    """Make one service by itself: several in one Apprise would be sent to by a pool of threads."""
    logger = logging.getLogger("apprise")
    level = logger.level
    # One line is said about it, by us.
    logger.setLevel(logging.CRITICAL + 1)
    try:
        service = Apprise.instantiate(address)
    finally:
        logger.setLevel(level)
    if service is None:
        kind = address.partition("://")[0] + "://…" if "://" in address else "(hidden)"
        raise SettingsInvalid(Problem("setting.alert", number=number, kind=kind, where="https://github.com/caronc/apprise"))
    if "overflow=" not in address:
        # As it comes, a long text would be refused by the service, each time anew.
        service.overflow_mode = OverflowMode.SPLIT
    alone = Apprise()
    alone.add(service)
    return alone
