"""What a connection may send before it is hung up, and who gives way to whom."""

from __future__ import annotations

import asyncio

import pytest

from tgtp.web.connections import MOST_BYTES, MOST_CONNECTIONS, MOST_READERS, Connection, Door, Standing


class Line(asyncio.Transport):
    def __init__(self) -> None:
        super().__init__()
        self.is_open = True

    def abort(self) -> None:
        self.is_open = False


class Server(asyncio.Protocol):
    def __init__(self) -> None:
        self.came = b""

    def data_received(self, data: bytes) -> None:
        self.came += data


def connected(door: Door) -> tuple[Connection, Server, Line]:
    server, line = Server(), Line()
    connection = Connection(server, door)
    connection.connection_made(line)
    return connection, server, line


@pytest.mark.parametrize("sent", [b"GET / HTTP/1.1\r\n\r\n" * 5, b"x" * (MOST_BYTES + 1)])
async def test_more_than_a_request_in_one_go_is_not_even_read(sent: bytes) -> None:
    connection, server, line = connected(Door())
    connection.data_received(sent)
    assert not line.is_open
    assert server.came == b""
    connection.connection_lost(None)


async def test_what_comes_is_counted_anew_with_every_request() -> None:
    door = Door()
    connection, _, line = connected(door)
    for _ in range(3):
        connection.data_received(b"x" * MOST_BYTES)
        door.asked(line, Standing.STRANGER)
        assert line.is_open
    for _ in range(2):
        connection.data_received(b"x" * (MOST_BYTES // 2 + 1))
    assert not line.is_open
    connection.connection_lost(None)


async def test_readers_leave_room_for_the_owner() -> None:
    door = Door()
    lines = []
    for _ in range(MOST_CONNECTIONS):
        connection, _, line = connected(door)
        lines.append(line)
        connection.data_received(b"GET / HTTP/1.1\r\n\r\n")
        door.asked(line, Standing.READER)
    assert sum(line.is_open for line in lines) == MOST_READERS
    assert lines[-1].is_open
    _, _, owner = connected(door)
    door.asked(owner, Standing.OWNER)
    for _ in range(MOST_CONNECTIONS):
        connected(door)
    assert owner.is_open
    assert sum(line.is_open for line in lines) == MOST_READERS
