"""How connections are lost, and made again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from tests.fixtures.local_web import closed_port
from tests.fixtures.streams import KEYS, Hearing, Studio, studio
from tests.fixtures.waiting import until
from tests.simulation.exchange.account import Account
from tests.simulation.exchange.stream.server import half_of
from tgtp.adapters.okx.stream.link import PING_AFTER, PONG_WITHIN, Link
from tgtp.errors import Problem

STX, CRV = "STX-USDT-SWAP", "CRV-USDT-SWAP"
KINDS = ["public", "private"]


@pytest.fixture
async def room() -> AsyncIterator[Studio]:
    account = Account()
    account.open_leg(STX, "long", 20, "0.3")
    async with studio(account) as made:
        yield made


async def opened(room: Studio, kind: str) -> Link:
    """A stream of this kind, up."""
    if kind == "private":
        stream: Link = room.private()
        await room.until_up()
        await room.until(lambda: room.heard.account_changes)
        return stream
    return await room.marks_of({STX})


async def begin_anew(room: Studio, kind: str) -> None:
    """Wait for the next connection, and that everything is as it was."""
    prices, positions = len(room.heard.prices(STX)), len(room.heard.positions)
    ups = sum(isinstance(one, str) for one in room.heard.story)
    await room.clock.forward(2)
    await room.until_up(ups + 1)
    if kind == "public":
        await room.until(lambda: len(room.heard.prices(STX)) > prices)
        assert room.heard.marks[prices].is_first
    else:
        await room.until(lambda: len(room.heard.positions) > positions)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("how", ["cut", "closed", "half a frame", "no data", "nonsense", "binary rubbish"])
async def test_however_it_ends_it_is_said_and_made_again(room: Studio, kind: str, how: str) -> None:
    await opened(room, kind)
    before = {
        "half a frame": half_of('{"arg":{"channel":"mark-price","instId":"STX-USDT-SWAP"},"data":[]}'),
        # No frame: a reserved operation, and one that is longer than anything.
        "nonsense": b"\x83\x05hello",
        "binary rubbish": b"\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff",
    }.get(how, b"")
    code = {"closed": 1001, "no data": 4004}.get(how)
    if how in ("nonsense", "binary rubbish"):
        # It stays open: that it is rubbish must be noticed.
        room.stream.rubbish(kind, before)
    else:
        room.stream.cut(kind, code=code, before=before)
    await room.until_lost()
    assert room.heard.losses == ["problem.stream.closed"]
    if code is not None:
        assert room.heard.story[-1] == Problem("problem.stream.closed", code=code)
    await begin_anew(room, kind)
    assert len(room.stream.past) == 2


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("turns", range(6))
async def test_one_that_is_lost_while_the_program_ends_does_not_outlive_it(room: Studio, kind: str, turns: int) -> None:
    stream = await opened(room, kind)
    stream.rebuild()
    for _ in range(turns):
        await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await room.close()


async def test_an_idle_connection_is_kept_by_a_ping(room: Studio) -> None:
    stream = await opened(room, "private")
    peer = await room.peer("private")
    for number in range(1, 4):
        await room.clock.forward(PING_AFTER - 1)
        assert peer.pings == number - 1
        await room.clock.forward(1.25)
        await room.until(lambda pings=number: peer.pings == pings)
        await room.until(lambda: room.clock.monotonic() - (stream.heard_at or 0) < 2)
    assert room.heard.losses == []
    assert len(room.stream.past) == 1


@pytest.mark.parametrize(
    ("kind", "key", "seconds"),
    [
        # A mark price is due every ten seconds: no ping is needed to see that none comes.
        ("public", "problem.stream.stuck", 15),
        ("private", "problem.stream.silent", 25),
    ],
)
async def test_one_that_is_silent_without_closing_is_noticed_and_left(room: Studio, kind: str, key: str, seconds: int) -> None:
    await opened(room, kind)
    peer = await room.peer(kind)
    room.stream.mute()
    await room.clock.forward(seconds - 1)
    assert room.heard.losses == []
    await room.clock.forward(1.5)
    await room.until_lost()
    assert room.heard.story == [kind, Problem(key, seconds=seconds)]
    assert peer.pings == (kind == "private")
    await room.until(lambda: not peer.is_open)
    await begin_anew(room, kind)


async def test_one_that_never_answers_to_anything_is_silent(room: Studio) -> None:
    room.stream.mutes_new = True
    room.marks().follow({STX})
    await room.peer("public")
    await room.clock.forward(PING_AFTER + PONG_WITHIN + 1)
    await room.until_lost()
    assert room.heard.losses == ["problem.stream.silent"]


async def test_after_a_standstill_of_this_machine_it_is_asked_first(room: Studio) -> None:
    """Seconds had passed, and nothing was read: that nothing came is not known."""
    stream = await opened(room, "private")
    await room.clock.forward(28, step=28)
    peer = await room.peer("private")
    await room.until(lambda: peer.pings == 1)
    await room.until(lambda: stream.heard_at == room.clock.monotonic())
    await room.clock.forward(PONG_WITHIN + 1)
    assert room.heard.losses == []


@pytest.mark.parametrize("kind", KINDS)
async def test_before_an_upgrade_it_moves_at_once(room: Studio, kind: str) -> None:
    await opened(room, kind)
    room.stream.announce_upgrade(kind)
    await room.until_lost()
    assert room.heard.losses == ["problem.stream.upgrade"]
    await begin_anew(room, kind)


@pytest.mark.parametrize("kind", KINDS)
async def test_nothing_of_a_lost_connection_is_passed_on(room: Studio, kind: str) -> None:
    await opened(room, kind)
    heard = len(room.heard.marks), len(room.heard.positions)
    room.stream.announce_upgrade(kind)
    for number in range(50):
        room.stream.push_mark(STX, f"0.{400 + number}")
        room.stream.say("private", {"arg": {"channel": "positions"}, "data": [{"instId": STX, "instType": "SWAP"}]})
    await room.until_lost()
    await begin_anew(room, kind)
    assert not [push for push in room.heard.marks[heard[0] :] if push.price >= Decimal("0.4")]
    assert all(position.contracts is not None for position in room.heard.positions[heard[1] :])


async def test_old_rows_after_a_reconnect_are_marked_as_the_first(room: Studio) -> None:
    await room.marks_of({STX})
    at = room.heard.marks[-1].at
    room.stream.marks_late_ms = 60_000
    room.stream.cut("public")
    await room.until_lost()
    await begin_anew(room, "public")
    again = room.heard.marks[-1]
    assert again.at < at
    assert again.is_first


@pytest.mark.parametrize("kind", KINDS)
async def test_a_stream_that_is_down_at_the_start_is_said_once_and_tried_again(room: Studio, kind: str) -> None:
    await room.server.stop()
    if kind == "private":
        room.private()
    else:
        room.marks().follow({STX})
    await room.until_lost()
    assert room.heard.story == [Problem("problem.network")]
    for _ in range(8):
        await room.until(room.clock.naps)
        await room.clock.forward(60, step=60)
    assert room.heard.story == [Problem("problem.network")]
    await room.server.start()
    await room.until(room.clock.naps)
    await room.clock.forward(60, step=60)
    await room.until_up()


@pytest.mark.parametrize(
    ("status", "key"),
    [(429, "problem.flood"), (503, "problem.away"), (401, "problem.proxy"), (403, "problem.proxy"), (200, "problem.proxy")],
)
async def test_a_connection_that_is_turned_away_is_said(room: Studio, status: int, key: str) -> None:
    room.stream.refuses_with = status
    room.private()
    await room.until_lost()
    assert room.heard.losses == [key]
    room.stream.refuses_with = None
    await room.until(room.clock.naps)
    await room.clock.forward(16)
    await room.until_up()


async def test_pauses_grow_to_a_minute_and_begin_anew_after_one_that_held(room: Studio) -> None:
    await opened(room, "private")
    naps = []

    async def lose() -> None:
        losses = len(room.heard.losses)
        room.stream.cut("private")
        await room.until(lambda: len(room.heard.losses) == losses + 1 and room.clock.naps() != [])
        (nap,) = room.clock.naps()
        naps.append(round(nap, 3))
        await room.clock.forward(nap, step=nap)
        await room.until(lambda: room.heard.is_up)

    for _ in range(10):
        await lose()
    assert naps == [0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 60, 60]
    await room.clock.forward(61)
    await lose()
    assert naps[-1] == 0.4


async def test_many_accounts_come_at_most_three_in_a_second(room: Studio) -> None:
    heard = [Hearing() for _ in range(12)]
    for number, one in enumerate(heard):
        room.server.others[f"key{number}"] = Account(beside=room.account)
        room.private(KEYS._replace(key=f"key{number}"), heard=one)
    for _ in range(40):
        await room.clock.forward(0.25)
        await asyncio.sleep(0.01)
    assert room.stream.turned_away == 0
    await until(lambda: all(one.is_up for one in heard))
    tries = room.stream.tries
    assert all(later - earlier > 1 for earlier, later in zip(tries, tries[3:], strict=False))
    # After the exchange was away, too.
    room.stream.cut()
    for _ in range(60):
        await room.clock.forward(0.25)
        await asyncio.sleep(0.01)
    await until(lambda: all(one.is_up for one in heard))
    assert room.stream.turned_away == 0


async def test_it_ends_when_it_is_cancelled(room: Studio) -> None:
    await opened(room, "private")
    await opened(room, "public")
    await room.close()
    await until(lambda: room.stream.peers == [])


async def test_a_reply_that_leads_elsewhere_is_not_followed(room: Studio) -> None:
    from aiohttp import web

    from tests.fixtures.local_web import served

    async def away(request: web.Request) -> web.Response:
        raise web.HTTPFound(f"{room.server.url}{request.path}")

    async with served(away) as port:
        room.private(ws_url=f"ws://127.0.0.1:{port}/ws/v5")
        await room.until_lost()
        assert room.heard.losses == ["problem.proxy"]
        assert room.stream.tries == []


async def test_a_host_that_is_not_there_is_said(room: Studio) -> None:
    room.private(ws_url=f"ws://127.0.0.1:{closed_port()}/ws/v5")
    await room.until_lost()
    assert room.heard.losses == ["problem.network"]
