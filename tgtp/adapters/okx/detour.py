"""The proxy before OKX: named where OKX cannot be reached through it, and what to write where it is reached without."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiohttp

from tgtp.adapters.okx.client import ReplyTooLong
from tgtp.adapters.okx.errors import NOT_OF_OKX, WRONG_ADDRESS, code_of
from tgtp.errors import AccessRefused, ExchangeProblem, Problem, TemporarilyDown
from tgtp.settings.network import OKX_URL, Network, trusted

# Seconds for the whole try, and between two of them.
LONGEST_TRY = 2.0
TRY_EVERY = 300.0
LONGEST_TIME = 4096


class Detour:
    """Explains what fails on the way through a proxy; one for all accounts. Without a proxy it adds nothing."""

    def __init__(self, network: Network | None = None, url: str = "", now: Callable[[], float] = time.monotonic) -> None:
        network = network or Network()
        self._way = network.okx
        self._trust = network.trust
        self._url = f"{(url or OKX_URL).rstrip('/')}/api/v5/public/time"
        self._now = now
        self._is_open_directly = False
        self._due = now()

    @asynccontextmanager
    async def explained(self) -> AsyncIterator[None]:
        """Say of a read that fails within, by which proxy it went, and whether OKX can be reached without it."""
        try:
            yield
        except (AccessRefused, TemporarilyDown) as exc:
            if not self._way.proxy or not _is_about_the_way(exc):
                raise
            raise type(exc)(await self._problem(exc.problem)) from exc.__cause__

    async def _problem(self, why: Problem) -> Problem:
        proxy, setting = self._way.shown, self._way.setting
        if await self._goes_directly():
            return Problem("problem.direct", why=why, proxy=proxy, setting=setting)
        return Problem("problem.through", why=why, proxy=proxy, setting=setting)

    async def _goes_directly(self) -> bool:
        """Try the direct way, by a public read that needs no key; once in a while."""
        if self._now() >= self._due:
            self._due = self._now() + TRY_EVERY
            self._is_open_directly = await self._tried()
        return self._is_open_directly

    async def _tried(self) -> bool:
        patience = aiohttp.ClientTimeout(total=LONGEST_TRY)
        trust = self._trust or trusted({})
        try:
            async with aiohttp.ClientSession(timeout=patience, trust_env=False) as session:
                async with session.get(self._url, ssl=trust, allow_redirects=False) as reply:
                    return b'"code":"0"' in b"".join((await reply.content.read(LONGEST_TIME)).split())
        except (aiohttp.ClientError, OSError, ValueError):
            return False


def _is_about_the_way(exc: ExchangeProblem) -> bool:
    """Return whether a failure may be the proxy's: no word of OKX's came back, or one about the address it saw."""
    if exc.__cause__ is None:
        return exc.problem == NOT_OF_OKX
    if isinstance(exc.__cause__.__cause__, ReplyTooLong):
        return False
    code, _ = code_of(exc.__cause__)
    return code in ("", "0", WRONG_ADDRESS)
