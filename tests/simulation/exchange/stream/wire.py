"""The way from the adapter's streams to the stand-in's without a socket, for worlds whose time is not the world's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.simulation.exchange.stream.peer import Ending, Peer
from tests.simulation.exchange.stream.server import StreamServer
from tgtp.adapters.okx.stream.dial import Dialer, Socket
from tgtp.adapters.okx.stream.lost import Lost, hung_up
from tgtp.errors import Problem


class StreamWire(Dialer):
    """Stands in for the sockets of a process. ``refusing``: nobody listens at the other end."""

    def __init__(self, server: StreamServer) -> None:
        self.refusing = False
        self._server = server

    @asynccontextmanager
    async def open(self, kind: str) -> AsyncIterator[Socket]:
        if self.refusing:
            raise Lost(Problem("problem.network"))
        if self._server.turns_away(kind, "") is not None:
            raise Lost(Problem("problem.flood"))
        peer = self._server.open(kind)
        try:
            yield _Wired(self._server, peer)
        finally:
            self._server.gone(peer)


class _Wired(Socket):
    def __init__(self, server: StreamServer, peer: Peer) -> None:
        self._server, self._peer = server, peer

    async def receive(self) -> bytes:
        frame = await self._peer.outbox.get()
        if isinstance(frame, Ending):
            raise hung_up(frame.code)
        return frame if isinstance(frame, bytes) else frame.encode()

    async def send(self, text: str) -> None:
        if not self._peer.is_open:
            raise hung_up(None)
        self._server.hear(self._peer, text)
