"""Tells a watcher elsewhere (healthchecks.io and its like) that checks go well; when this falls silent, the watcher calls."""

from __future__ import annotations

import asyncio
import logging

import aiohttp

from tgtp import __version__
from tgtp.adapters.proxied import SOCKS_PROBLEMS, connector, http_proxy
from tgtp.engine.check_report import CheckReport
from tgtp.engine.ports import Listener
from tgtp.settings.network import Network

log = logging.getLogger(__name__)

# Seconds for a whole call.
PATIENCE = 5.0


class Heartbeat(Listener):
    """Gets an address after every good check: one call at a time, and the checks that end meanwhile share the next one.

    Two calls begin at least ``every`` seconds apart: checks that are woken are no reason to ring more often.
    A call that fails is not repeated and nobody is told: the silence is the message.
    """

    def __init__(self, url: str, *, patience: float = PATIENCE, every: float = 0.0, network: Network | None = None) -> None:
        self._url = url
        self._every = every
        self._network = network or Network()
        self._patience = aiohttp.ClientTimeout(total=patience)
        self._due = asyncio.Event()

    def checked(self, report: CheckReport) -> None:
        """Ask for a call when the check was good."""
        if report.error is None:
            self._due.set()

    async def run(self) -> None:
        """Call until cancelled."""
        # One session for good: a name that resolves slowly is then looked up once at a time, and takes no threads from others.
        async with self._session() as session:
            while True:
                await self._due.wait()
                self._due.clear()
                next_at = asyncio.get_running_loop().time() + self._every
                await self._call(session)
                await asyncio.sleep(next_at - asyncio.get_running_loop().time())

    async def try_once(self) -> bool:
        """Call now, for a drill; say whether that was answered well."""
        async with self._session() as session:
            return await self._call(session)

    def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=connector(self._network.heartbeat, True if self._network.trust is None else self._network.trust),
            timeout=self._patience,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": f"tgtp/{__version__}"},
            trust_env=False,
        )

    async def _call(self, session: aiohttp.ClientSession) -> bool:
        try:
            proxy = http_proxy(self._network.heartbeat)
            async with session.get(self._url, allow_redirects=False, proxy=proxy) as response:
                log.debug("the heartbeat was answered with %s", response.status)
                return response.status < 300
        except (aiohttp.ClientError, OSError, ValueError, *SOCKS_PROBLEMS) as exc:
            # Only what kind of failure it was: its text may quote the address, whose path is a secret.
            log.debug("the heartbeat failed: %s", type(exc).__name__)
            return False
