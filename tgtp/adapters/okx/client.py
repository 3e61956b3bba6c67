"""ccxt's client, with connections of ours: by one given way, and replies read up to a bound."""

from __future__ import annotations

import asyncio
import ssl
from typing import Any, Final

import aiohttp
import ccxt.async_support as ccxt
from aiohttp.connector import Connection

from tgtp.adapters.okx.pace import RequestCounter
from tgtp.adapters.proxied import SOCKS_PROBLEMS, connector, http_proxy
from tgtp.settings.network import Network

MEGABYTE = 2**20
# Bytes: 16 MB hold 15,000 positions. What is longer is no reply of OKX's, and would cost three times its size.
LONGEST_POSITIONS: Final = 16 * MEGABYTE
LONGEST_REPLY: Final = 4 * MEGABYTE


class ReplyTooLong(aiohttp.ClientPayloadError):
    """A reply was longer than its bound of ``megabytes``; the rest was not read."""

    def __init__(self, bound: int) -> None:
        super().__init__(f"longer than {bound} bytes")
        self.megabytes = bound // MEGABYTE


class LedElsewhere(aiohttp.ClientPayloadError):
    """A reply named another address. What is asked goes nowhere else: the key and its passphrase stand in every request."""


class BoundedResponse(aiohttp.ClientResponse):
    """A reply whose body is read up to a bound, and which leads nowhere."""

    async def start(self, connection: Connection) -> BoundedResponse:
        """Read the head. Raises LedElsewhere."""
        await super().start(connection)
        # aiohttp follows these by itself, with all that was to be sent.
        if 300 <= self.status <= 399:
            raise LedElsewhere(f"a reply with {self.status}")
        return self

    async def read(self) -> bytes:
        """Read the body, unpacked. Raises ReplyTooLong."""
        if self._body is None:
            bound = LONGEST_POSITIONS if self.url.path.endswith("/account/positions") else LONGEST_REPLY
            try:
                self._body = await self._read_up_to(bound)
            except BaseException:
                # Whatever follows of it must not be taken for the next reply.
                self.close()
                raise
        return await super().read()

    async def _read_up_to(self, bound: int) -> bytes:
        if (self.content_length or 0) > bound:
            raise ReplyTooLong(bound)
        body = bytearray()
        async for piece in self.content.iter_any():
            body += piece
            if len(body) > bound:
                raise ReplyTooLong(bound)
        return bytes(body)


class OkxClient(ccxt.okx):  # type: ignore[misc] # it is not typed
    """ccxt's client for one address, on one way.

    ccxt's throttle is off: it is one queue for all endpoints, 0.2 s per positions call, and holds orders back behind reads.
    OKX limits per endpoint (reads 10 in 2 s, orders 60 in 2 s per instrument), which one check every second stays far below.
    """

    def __init__(
        self, url: str, ws_url: str, keys: tuple[str, str, str] | None, timeout: float, network: Network, *, demo: bool
    ) -> None:
        config: dict[str, Any] = {
            "timeout": int(timeout * 1000),
            "enableRateLimit": False,
            "options": {"defaultType": "swap", "fetchMarkets": {"types": ["swap"]}},
        }
        if keys is not None:
            config.update(apiKey=keys[0], secret=keys[1], password=keys[2])
        super().__init__(config)
        for place in ("api", "test"):
            if url:
                self.urls[place]["rest"] = url.rstrip("/")
            if ws_url:
                self.urls[place]["ws"] = ws_url.rstrip("/")
        if demo:
            self.set_sandbox_mode(True)
        self.asked = RequestCounter()
        self._way = network.okx
        # None trusts what certifi brings.
        self.ssl_context = network.trust
        # Said with each request; a SOCKS proxy is the connector's.
        self.https_proxy = http_proxy(network.okx)

    session: aiohttp.ClientSession | None

    def open(self, lazy: bool = False) -> None:
        """Open the session where there is none."""
        if self.session is None and not (lazy and self.closed_by_user):
            if self.ssl_context is None:
                self.ssl_context = ssl.create_default_context(cafile=self.cafile)
            self.tcp_connector = connector(self._way, self.ssl_context)
            # The environment was read before (tgtp.settings.network): no library reads it again.
            self.session = aiohttp.ClientSession(connector=self.tcp_connector, trust_env=False, response_class=BoundedResponse)
        super().open(lazy)

    async def fetch(self, url: str, method: str = "GET", headers: Any = None, body: Any = None) -> Any:
        """Do what ccxt does, count it, and class what SOCKS raises as ccxt classes any connection that was not made."""
        self.asked.count(method, url, asyncio.get_running_loop().time())
        try:
            return await super().fetch(url, method, headers, body)
        except SOCKS_PROBLEMS as exc:
            raise ccxt.ExchangeNotAvailable(f"{self.id} {method} {url}") from exc
