"""Opens WebSockets, by the way that the REST client takes."""

from __future__ import annotations

import asyncio
import ssl
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final

import aiohttp

from tgtp.adapters.okx.client import MEGABYTE, BoundedResponse
from tgtp.adapters.okx.stream.address import stream_address
from tgtp.adapters.okx.stream.lost import NOT_CONNECTED, Lost, hung_up, not_connected
from tgtp.adapters.proxied import connector, http_proxy
from tgtp.errors import Problem
from tgtp.settings.network import Network, trusted

# Seconds.
CONNECT_WITHIN = 5.0
GOODBYE_WITHIN = 1.0
# A page of positions has 100 rows of some 2 kB.
LONGEST_FRAME: Final = 4 * MEGABYTE
DATA: Final = (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY)


class Socket(ABC):
    """A connection that is open."""

    @abstractmethod
    async def receive(self) -> bytes:
        """Wait for the next frame. Raises Lost where there will be none."""

    @abstractmethod
    async def send(self, text: str) -> None:
        """Send a text frame. Raises Lost."""


class Dialer(ABC):
    """Opens connections."""

    @abstractmethod
    def open(self, kind: str) -> AbstractAsyncContextManager[Socket]:
        """Open one to the streams of a ``kind``, and close it in the end. Raises Lost where it cannot be made."""


class OkxDialer(Dialer):
    """Opens connections to OKX; ``network`` says by which way."""

    def __init__(self, network: Network, *, url: str = "", ws_url: str = "", demo: bool = False) -> None:
        self._network = network
        self._url, self._ws_url, self._demo = url, ws_url, demo
        self._trust: ssl.SSLContext | None = network.trust

    @asynccontextmanager
    async def open(self, kind: str) -> AsyncIterator[Socket]:
        """Open a connection."""
        address = stream_address(kind, url=self._url, ws_url=self._ws_url, demo=self._demo)
        way = self._network.okx
        # The environment was read before (tgtp.settings.network). A reply that leads elsewhere is not followed: keys would be.
        async with aiohttp.ClientSession(
            connector=connector(way, self._trust_for(address)), trust_env=False, response_class=BoundedResponse
        ) as session:
            try:
                async with asyncio.timeout(CONNECT_WITHIN):
                    opened = await session.ws_connect(
                        address,
                        proxy=http_proxy(way),
                        timeout=aiohttp.ClientWSTimeout(ws_close=GOODBYE_WITHIN),
                        max_msg_size=LONGEST_FRAME,
                        decode_text=False,
                    )
            except NOT_CONNECTED as exc:
                raise not_connected(exc) from exc
            try:
                yield _WebSocket(opened)
            finally:
                await opened.close()

    def _trust_for(self, address: str) -> ssl.SSLContext | bool:
        if address.startswith("ws:"):
            return True
        if self._trust is None:
            # Certificates take 30 ms to be read: once for all connections.
            self._trust = trusted({})
        return self._trust


class _WebSocket(Socket):
    def __init__(self, opened: aiohttp.ClientWebSocketResponse[bool]) -> None:
        self._opened = opened
        self._receive = opened.receive

    async def receive(self) -> bytes:
        message = await self._receive()
        if message.type in DATA:
            data: bytes = message.data
            return data
        # Closed, by either side, or what came was no frame.
        raise hung_up(self._opened.close_code)

    async def send(self, text: str) -> None:
        try:
            await self._opened.send_str(text)
        except (aiohttp.ClientError, ConnectionError) as exc:
            raise Lost(Problem("problem.network")) from exc
