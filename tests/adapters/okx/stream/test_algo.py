"""The stream of an account's conditional orders, over a WebSocket on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from tests.fixtures.streams import Studio, studio
from tests.simulation.exchange.account import Account

STX, CRV = "STX-USDT-SWAP", "CRV-USDT-SWAP"


@pytest.fixture
async def room() -> AsyncIterator[Studio]:
    account = Account()
    account.open_leg(STX, "long", 20, "0.3")
    async with studio(account) as made:
        made.algo()
        await made.until(lambda: made.heard.orders)
        yield made


async def heard_more(room: Studio, than: int) -> None:
    await room.until(lambda: len(room.heard.orders) > than)


def heard(room: Studio) -> list[str]:
    return [order.instrument_id for order in room.heard.orders]


async def test_it_subscribes_logged_in_and_has_everything_looked_at(room: Studio) -> None:
    (peer,) = room.stream.of("business")
    assert peer.channels == {"orders-algo": {"channel": "orders-algo", "instType": "SWAP"}}
    # What happened before is not pushed: any leg may have changed.
    assert heard(room) == [""]
    await room.clock.forward(60)
    assert (heard(room), peer.is_open) == ([""], True)


async def test_what_happens_to_one_is_heard_of_its_instrument(room: Studio) -> None:
    book = room.account.algo
    order = book.rest(STX, "long", 6, "0.31", tpTriggerPxType="mark")
    other = book.rest(STX, "long", 6, "0.35")
    steps: list[Callable[[], object]] = [
        lambda: None,
        lambda: book.amend({"instId": STX, "algoId": order.algo_id, "newSz": "7"}),
        lambda: room.account.set_mark(STX, "0.31"),
        lambda: book.end(other),
    ]
    for step in steps:
        before = len(room.heard.orders)
        step()
        await room.clock.forward(0.25)
        await heard_more(room, before)
    assert heard(room)[1:] == [STX] * 5
    assert room.heard.positions == []


async def test_that_it_is_lost_is_no_news_and_what_was_missed_is_looked_for(room: Studio) -> None:
    room.stream.cut("business")
    await room.until(lambda: not room.stream.peers and room.clock.naps())
    room.account.algo.rest(STX, "long", 6, "0.31")
    await room.clock.forward(1)
    await room.until(lambda: len(room.heard.orders) == 2)
    assert heard(room) == ["", ""]
    assert room.heard.story == []


@pytest.mark.parametrize(
    "frame", ["", "7", '{"arg":{"channel":"orders-algo"},"data":{}}', '{"arg":{"channel":"positions"},"data":[]}']
)
async def test_what_makes_no_sense_may_be_of_any_leg(room: Studio, frame: str) -> None:
    room.stream.say("business", frame)
    await room.until(lambda: len(room.heard.orders) == 2)
    assert (heard(room), room.heard.positions) == (["", ""], [])


async def test_others_are_passed_over(room: Studio) -> None:
    rows = '[{"instId":"BTC-USD-SWAP"},{"instId":7},{"instId":"CRV-USDT-SWAP"}]'
    room.stream.say("business", f'{{"arg":{{"channel":"orders-algo"}},"data":{rows}}}')
    await room.until(lambda: len(room.heard.orders) == 3)
    assert heard(room) == ["", "", CRV]


async def test_each_channel_has_its_own_address(room: Studio) -> None:
    peer = room.stream.of("business")[0]
    room.stream.hear(peer, '{"op":"subscribe","args":[{"channel":"orders","instType":"SWAP"}]}')
    # It is refused, which is a loss; a minute later all is well again.
    await room.until(lambda: not peer.is_open)
    await room.clock.forward(30)
    await room.until(lambda: len(room.heard.orders) == 2)
