"""Whether Telegram can be reached, told on the console once when it cannot for a while, and once when it can again."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import HTTPXRequest, RequestData

from tgtp.chat.bot.flood import FETCHING, flood_of
from tgtp.chat.bot.replies import keep_to_telegram
from tgtp.chat.bot.transport import http_options
from tgtp.chat.formatting.values import age
from tgtp.chat.outbox.urgent import What
from tgtp.chat.texts import Language, plain
from tgtp.settings.network import Network
from tgtp.settings.proxies import DIRECTLY, Way

log = logging.getLogger("tgtp.telegram")

# Seconds; shorter gaps are nothing to tell.
SILENT_AFTER = 30.0
# For one call from its beginning to the end of its reply: the library bounds only the time between two pieces of it, and a
# reply that drips would hold up everything behind it. A poll takes half a minute.
LONGEST_CALL = 60.0
LONGEST_UPLOAD = 300.0


class ConnectionMonitor:
    """Hears of every request; ``waiting`` gives how many messages wait."""

    def __init__(
        self,
        console: Language,
        waiting: Callable[[], int],
        now: Callable[[], float] = time.monotonic,
        way: Way = DIRECTLY,
    ) -> None:
        self._console = console
        self._way = way
        # Rings the phone, and the second way while Telegram takes nothing.
        self.send_urgent: Callable[[str, What], None] = lambda _key, _what: None
        self._waiting = waiting
        self._now = now
        self._since: float | None = None
        self._told = self._flooded = False

    def failed(self, why: object) -> None:
        """Take in a request that Telegram did not answer as it should."""
        if self._since is None:
            self._since = self._now()
        silent = self._now() - self._since
        if silent >= SILENT_AFTER and not self._told:
            self._told = True
            words = {"age": age(self._console, silent), "why": self.why(self._console, why), "waiting": self._waiting()}
            log.warning(plain(self._console, "log.telegram.silent", **words))

    def works(self) -> None:
        """Take in a request that Telegram has answered."""
        if self._told:
            log.info(plain(self._console, "log.telegram.back"))
        self._since, self._told = None, False

    def fetched(self) -> None:
        """Take in that commands could be asked for: a flood is over. That something could be sent does not say so."""
        self._flooded = False

    @property
    def is_through_a_proxy(self) -> bool:
        """Return whether Telegram is reached through a proxy."""
        return bool(self._way.proxy)

    def why(self, language: Language, why: object) -> str:
        """Write a failure, and by which proxy it went, with the variable that names it."""
        if not self._way.proxy:
            return str(why)
        return plain(language, "problem.through", why=why, proxy=self._way.shown, setting=self._way.setting)

    def flooded(self, seconds: float) -> None:
        """Take in that Telegram wants no question for longer than it is left alone; told once until it answers one again."""
        if self._flooded:
            return
        self._flooded = True

        def what(language: Language) -> str:
            return age(language, seconds)

        log.warning(plain(self._console, "alarm.flood", what=what(self._console)))
        self.send_urgent("alarm.flood", what)


class WatchedRequest(HTTPXRequest):
    """Tells how its requests go."""

    def __init__(self, contact: ConnectionMonitor, network: Network, connections: int) -> None:
        super().__init__(connection_pool_size=connections, httpx_kwargs=http_options(network, connections))
        self._contact = contact

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *args: Any, **kwargs: Any
    ) -> tuple[int, bytes]:
        """Pass the request on."""
        call = url.rpartition("/")[2]
        longest = LONGEST_UPLOAD if request_data is not None and request_data.contains_files else LONGEST_CALL
        try:
            async with asyncio.timeout(longest):
                code, payload = await super().do_request(url, method, request_data, *args, **kwargs)
            keep_to_telegram(call, code, payload)
        except TimeoutError:
            late = TimedOut(f"the reply was not whole after {longest:.0f} s")
            self._contact.failed(late)
            raise late from None
        except TelegramError as exc:
            self._contact.failed(exc)
            raise
        if code == 429 and (flood := flood_of(call, payload)) is not None:
            if call in FETCHING:
                self._contact.flooded(flood.seconds)
            return code, flood.payload
        if code == 200 and call in FETCHING:
            self._contact.fetched()
        if code in (401, 404) or code >= 500:
            self._contact.failed(f"HTTP {code}")
        else:
            self._contact.works()
        return code, payload


class PollRequest(WatchedRequest):
    """Takes a refusal of getUpdates for an outage.

    One 401 or 404, from a proxy say, would otherwise end the polling for ever, without a word, while everything else goes on.
    """

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *args: Any, **kwargs: Any
    ) -> tuple[int, bytes]:
        """Pass the request on."""
        code, payload = await super().do_request(url, method, request_data, *args, **kwargs)
        if code in (401, 404):
            raise NetworkError(f"getUpdates was answered with {code}")
        return code, payload
