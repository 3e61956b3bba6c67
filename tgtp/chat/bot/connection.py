"""Whether Telegram can be reached, told on the console once when it cannot for a while, and once when it can again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from telegram.error import NetworkError, TelegramError
from telegram.request import HTTPXRequest

from tgtp.chat.formatting.numbers import age
from tgtp.chat.texts import Language, plain

log = logging.getLogger("tgtp.telegram")

# Seconds; shorter gaps are nothing to tell.
SILENT_AFTER = 30.0


class Contact:
    """Hears of every request; ``waiting`` gives how many messages wait."""

    def __init__(self, console: Language, waiting: Callable[[], int], now: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._waiting = waiting
        self._now = now
        self._since: float | None = None
        self._told = False

    def failed(self, why: object) -> None:
        """Take in a request that Telegram did not answer as it should."""
        if self._since is None:
            self._since = self._now()
        silent = self._now() - self._since
        if silent >= SILENT_AFTER and not self._told:
            self._told = True
            words = {"age": age(self._console, silent), "why": why, "waiting": self._waiting()}
            log.warning(plain(self._console, "log.telegram.silent", **words))

    def works(self) -> None:
        """Take in a request that Telegram has answered."""
        if self._told:
            log.info(plain(self._console, "log.telegram.back"))
        self._since, self._told = None, False


class WatchedRequest(HTTPXRequest):
    """Tells how its requests go."""

    def __init__(self, contact: Contact, **options: Any) -> None:
        super().__init__(**options)
        self._contact = contact

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Pass the request on."""
        try:
            code, payload = await super().do_request(*args, **kwargs)
        except TelegramError as exc:
            self._contact.failed(exc)
            raise
        if code in (401, 404) or code >= 500:
            self._contact.failed(f"HTTP {code}")
        else:
            self._contact.works()
        return code, payload


class PollRequest(WatchedRequest):
    """Takes a refusal of getUpdates for an outage.

    One 401 or 404, from a proxy say, would otherwise end the polling for ever, without a word, while everything else goes on.
    """

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Pass the request on."""
        code, payload = await super().do_request(*args, **kwargs)
        if code in (401, 404):
            raise NetworkError(f"getUpdates was answered with {code}")
        return code, payload
