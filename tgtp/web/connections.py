"""How many may be connected to the page, and for how long without saying what they want.

Anybody on this machine can connect to a port of it. Whoever has not shown the token gives way to the next who comes, so that
nobody can keep the owner out, and all of them together can hold few descriptors: the ledger needs some too.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from enum import IntEnum
from typing import Any

from aiohttp.http_exceptions import HttpProcessingError

MOST_CONNECTIONS = 64
# Accepted in one go, before any of them can be turned away.
MOST_AT_ONCE = 16
REQUEST_SECONDS = 10.0
# Of those that a password has let in: they may look, and not keep the owner from the chat.
MOST_READERS = 48
# What may come before a whole request has: the longest body, and more headers than any browser sends.
MOST_BYTES = 80 * 1024
# Requests in one go; no browser sends a second before it has the first one's answer.
MOST_REQUESTS = 4
_END_OF_HEAD = b"\r\n\r\n"


class Standing(IntEnum):
    """Who is at the other end, as far as is known: nobody, who may look, or who may command."""

    STRANGER = 0
    READER = 1
    OWNER = 2


def is_of_this_program(record: logging.LogRecord) -> bool:
    """Return whether something is worth a line, rather than somebody's broken request, or one that was hung up in the middle.

    Anybody on this machine can send those, token or not, and ten lines for each would fill the disk that the ledger needs.
    """
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError | ConnectionError))


# What the server says of requests.
log = logging.getLogger("tgtp.page")
log.addFilter(is_of_this_program)


class Connection(asyncio.Protocol):
    """One connection, handed through to the server's own protocol; hung up when a request is not whole in time."""

    def __init__(self, inner: asyncio.Protocol, door: Door) -> None:
        self._inner = inner
        self._door = door
        self._timer: asyncio.TimerHandle | None = None
        self.transport: asyncio.BaseTransport | None = None
        self.standing = Standing.STRANGER
        self._came = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let the connection in, if there is room, and wait for its first request."""
        self.transport = transport
        self._inner.connection_made(transport)
        self._door.enter(self)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Hand on what came, unless it is more than a request: all that is read is read in one go, and orders wait for it."""
        self._came += len(data)
        if self._came > MOST_BYTES or data.count(_END_OF_HEAD) > MOST_REQUESTS:
            self.hang_up()
            return
        self._wait()
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        """Hand on that no more comes."""
        return self._inner.eof_received()

    def pause_writing(self) -> None:
        """Hand on that the other side is slow."""
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        """Hand on that it reads again."""
        self._inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Make room."""
        self.asked(Standing.STRANGER)
        self._door.leave(self)
        self._inner.connection_lost(exc)

    def asked(self, standing: Standing) -> None:
        """Take note that a request has come, from whom."""
        self.standing = max(self.standing, standing)
        self._came = 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def hang_up(self) -> None:
        """Let go of it at once."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()

    def _wait(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(REQUEST_SECONDS, self.hang_up)


class Door:
    """Knows who is connected."""

    def __init__(self) -> None:
        self._inside: dict[int, Connection] = {}

    def factory(self, inner: Callable[[], Any]) -> Callable[[], Connection]:
        """Return what makes a connection around each protocol of the server."""
        return lambda: Connection(inner(), self)

    def enter(self, connection: Connection) -> None:
        """Let one in; beyond the limit the oldest that nobody knows goes, or else this one."""
        if len(self._inside) >= MOST_CONNECTIONS:
            unknown = self._oldest(Standing.STRANGER) or connection
            self.leave(unknown)
            unknown.hang_up()
            if unknown is connection:
                return
        self._inside[id(connection.transport)] = connection

    def leave(self, connection: Connection) -> None:
        """Forget one."""
        self._inside.pop(id(connection.transport), None)

    def asked(self, transport: asyncio.BaseTransport | None, standing: Standing) -> None:
        """Take note that a whole request came over this transport, from whom; of too many readers the oldest goes."""
        if transport is None or (connection := self._inside.get(id(transport))) is None:
            return
        connection.asked(standing)
        readers = sum(one.standing is Standing.READER for one in self._inside.values())
        if readers > MOST_READERS and (oldest := self._oldest(Standing.READER)) is not None:
            self.leave(oldest)
            oldest.hang_up()

    def _oldest(self, standing: Standing) -> Connection | None:
        return next((one for one in self._inside.values() if one.standing is standing), None)
