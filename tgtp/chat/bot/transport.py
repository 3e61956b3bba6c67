"""HTTP towards Telegram: by one given way, with replies read up to a bound, whatever the environment holds."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from typing import Any

import certifi
import httpx

from tgtp.settings.network import Network

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

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on. Raises httpx's own errors."""
        response = await super().handle_async_request(request)
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            await response.aclose()
            raise httpx.ReadError("a packed reply that was not asked for was not read", request=request)
        if isinstance(response.stream, httpx.AsyncByteStream):
            response.stream = BoundedBody(response.stream)
        return response


def http_options(network: Network, connections: int) -> dict[str, Any]:
    """Give what httpx's client is built with, so that it reads nothing from the environment by itself."""
    trust = network.trust or ssl.create_default_context(cafile=certifi.where())
    transport = BoundedTransport(
        verify=trust,
        trust_env=False,
        limits=httpx.Limits(max_connections=connections),
        proxy=network.telegram.proxy or None,
    )
    return {"transport": transport, "trust_env": False, "headers": {"Accept-Encoding": "identity"}}
