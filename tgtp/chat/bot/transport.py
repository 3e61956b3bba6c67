"""HTTP towards Telegram: by one given way, with replies read up to a bound, whatever the environment holds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx

from tgtp.settings.network import Network, trusted
from tgtp.settings.proxies import Way
from tgtp.settings.urls import may_be_told_the_token

# Bytes: a hundred updates of the longest messages are a fourth of it.
LONGEST_REPLY = 4 * 2**20


class BoundedBody(httpx.AsyncByteStream):
    """A body that breaks off when it grows too long."""

    def __init__(self, body: httpx.AsyncByteStream) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        length = 0
        async for piece in self._body:
            length += len(piece)
            if length > LONGEST_REPLY:
                raise httpx.ReadError(f"a reply of more than {LONGEST_REPLY} bytes was not read")
            yield piece

    async def aclose(self) -> None:
        """Let go of the connection."""
        await self._body.aclose()


class BoundedTransport(httpx.AsyncHTTPTransport):
    """Reads no reply without end. A packed one counts as too long: it was not asked for, and its size is not known."""

    def __init__(self, way: Way, **options: Any) -> None:
        super().__init__(proxy=way.proxy or None, trust_env=False, **options)
        self._is_proxied = bool(way.proxy)
        # Hosts that may be written to in clear.
        self._at_home: set[str] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on. Raises httpx's own errors."""
        if request.url.scheme == "http":
            await self._keep_at_home(request)
        response = await super().handle_async_request(request)
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            await response.aclose()
            raise httpx.ReadError("a packed reply that was not asked for was not read", request=request)
        if isinstance(response.stream, httpx.AsyncByteStream):
            response.stream = BoundedBody(response.stream)
        return response

    async def _keep_at_home(self, request: httpx.Request) -> None:
        """Raise ConnectError where the bot's token would leave one's own network in clear."""
        host = request.url.host
        if host in self._at_home:
            return
        if not await asyncio.to_thread(may_be_told_the_token, request.url.scheme, host, proxied=self._is_proxied):
            raise httpx.ConnectError(f"the bot's token is not sent unencrypted to {host}", request=request)
        self._at_home.add(host)


def http_options(network: Network, connections: int) -> dict[str, Any]:
    """Return what httpx's client is built with, so that it reads nothing from the environment by itself."""
    trust = network.trust or trusted({})
    transport = BoundedTransport(
        network.telegram,
        verify=trust,
        limits=httpx.Limits(max_connections=connections),
    )
    return {"transport": transport, "trust_env": False, "headers": {"Accept-Encoding": "identity"}}
