"""The stream of mark prices, over a WebSocket on loopback."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from tests.fixtures.streams import Studio, studio
from tgtp.adapters.okx.stream.link import ANSWER_WITHIN
from tgtp.adapters.okx.stream.marks import QUIET_AFTER

STX, CRV, ETH = "STX-USDT-SWAP", "CRV-USDT-SWAP", "ETH-USDT-SWAP"


@pytest.fixture
async def room() -> AsyncIterator[Studio]:
    async with studio() as made:
        yield made


async def asked(room: Studio, operation: str, *, times: int = 1) -> list[list[str]]:
    """The instruments of each request of this kind, once there are so many."""

    def found() -> list[list[str]]:
        frames = [frame for peer in room.stream.past for frame in peer.frames if frame["op"] == operation]
        return [sorted(argument["instId"] for argument in frame["args"]) for frame in frames]

    await room.until(lambda: len(found()) >= times)
    return found()


async def test_a_price_arrives_with_its_own_time(room: Studio) -> None:
    room.stream.marks_late_ms = 150
    await room.marks_of({STX})
    room.account.set_mark(STX, "0.3125")
    await room.clock.forward(0.25)
    await room.until(lambda: len(room.heard.prices(STX)) == 2)
    first, second = room.heard.marks
    assert (first.price, first.is_first, second.price, second.is_first) == (Decimal("0.3"), True, Decimal("0.3125"), False)
    assert second.at == room.clock.now() - dt.timedelta(milliseconds=150)
    assert second.received_at == room.clock.monotonic()
    assert room.heard.story == ["public"]


async def test_all_of_a_thousand_frames_at_once_are_passed_on_in_order(room: Studio) -> None:
    await room.marks_of({STX, CRV})
    before = len(room.heard.prices(STX))
    for number in range(1000):
        room.stream.push_mark(STX, f"0.{300_000 + number}")
    await room.until(lambda: len(room.heard.prices(STX)) == before + 1000)
    assert [str(price) for price in room.heard.prices(STX)[before:]] == [f"0.{300_000 + number}" for number in range(1000)]


async def test_sixty_coins_that_move_five_times_a_second_are_heard_whole(room: Studio) -> None:
    coins = [f"C{number}-USDT-SWAP" for number in range(60)]
    for coin in coins:
        room.account.add_instrument(coin, mark="100")
    await room.marks_of(coins)
    for number in range(1, 26):
        for coin in coins:
            room.account.set_mark(coin, str(100 + number))
        await room.clock.forward(0.25)
    await room.until(lambda: len(room.heard.marks) == 60 * 26)
    assert all(room.heard.prices(coin) == list(range(100, 126)) for coin in coins)
    assert [len(names) for names in await asked(room, "subscribe")] == [60]


async def test_nothing_is_connected_while_there_is_nothing_to_follow(room: Studio) -> None:
    stream = room.marks()
    await room.clock.forward(5)
    assert room.stream.tries == []
    stream.follow({STX})
    await room.until_up()
    stream.follow(())
    await room.clock.forward(1)
    await room.until(lambda: room.stream.peers == [])
    stream.follow({CRV})
    await room.until(lambda: room.heard.prices(CRV))
    # It was never lost: nobody needed it.
    assert room.heard.story == ["public", "public"]


async def test_what_is_followed_is_asked_for_together_and_what_is_not_is_left(room: Studio) -> None:
    stream = await room.marks_of({STX, CRV})
    stream.follow({CRV, ETH})
    await room.clock.forward(1)
    await room.until(lambda: room.heard.prices(ETH))
    assert await asked(room, "subscribe", times=2) == [[CRV, STX], [ETH]]
    assert await asked(room, "unsubscribe") == [[STX]]
    (peer,) = room.stream.peers
    assert set(peer.marks) == {CRV, ETH}


async def test_a_price_of_what_was_left_is_not_passed_on(room: Studio) -> None:
    stream = await room.marks_of({STX, CRV})
    stream.follow({CRV})
    await room.clock.forward(0.5)
    await asked(room, "unsubscribe")
    heard = len(room.heard.prices(STX))
    room.stream.say("public", room.stream.mark_frame(STX, "0.9"))
    room.stream.say("public", room.stream.mark_frame(CRV, "0.9"))
    await room.until(lambda: Decimal("0.9") in room.heard.prices(CRV))
    assert len(room.heard.prices(STX)) == heard
    assert stream.dropped == 0


async def test_a_new_subscription_begins_with_a_first_price(room: Studio) -> None:
    stream = await room.marks_of({STX, CRV})
    stream.follow({CRV})
    await room.clock.forward(0.5)
    await asked(room, "unsubscribe")
    stream.follow({CRV, STX})
    await room.clock.forward(0.5)
    await room.until(lambda: len(room.heard.prices(STX)) == 2)
    assert [push.is_first for push in room.heard.marks if push.instrument_id == STX] == [True, True]
    assert [push.is_first for push in room.heard.marks if push.instrument_id == CRV] == [True]


async def test_prices_before_the_answer_do_not_count_as_the_first_after_it(room: Studio) -> None:
    room.stream.acknowledges = False
    stream = room.marks()
    stream.follow({STX})
    await room.until(lambda: room.heard.prices(STX))
    room.stream.push_mark(STX, "0.31")
    room.stream.say("public", {"event": "subscribe", "arg": {"channel": "mark-price", "instId": STX}})
    room.stream.push_mark(STX, "0.32")
    room.stream.push_mark(STX, "0.33")
    await room.until(lambda: len(room.heard.prices(STX)) == 4)
    assert [push.is_first for push in room.heard.marks] == [True, True, True, False]


@pytest.mark.parametrize("price", ["0", "-1", "NaN", "Infinity", "1e400", "", "0.3x", None, 0.3, 3, True, [], {}])
async def test_a_price_that_makes_no_sense_is_dropped_and_counted(room: Studio, price: Any) -> None:
    stream = await room.marks_of({STX})
    heard = len(room.heard.marks)
    frame = room.stream.mark_frame(STX, "1")
    frame["data"][0]["markPx"] = price
    room.stream.say("public", frame)
    room.stream.push_mark(STX, "0.31")
    await room.until(lambda: len(room.heard.marks) == heard + 1)
    assert room.heard.marks[-1].price == Decimal("0.31")
    assert stream.dropped == 1
    assert room.heard.is_up


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "{",
        "pon",
        "[]",
        "7",
        "null",
        '"mark"',
        b"\xff\xfe",
        '{"arg":{"channel":"mark-price","instId":"STX-USDT-SWAP"}}',
        '{"arg":{"channel":"mark-price","instId":"STX-USDT-SWAP"},"data":{}}',
        '{"arg":{"channel":"mark-price","instId":"STX-USDT-SWAP"},"data":[7]}',
        '{"arg":{"channel":"mark-price","instId":"STX-USDT-SWAP"},"data":[{"instId":"CRV-USDT-SWAP","markPx":"1","ts":"1"}]}',
        '{"arg":{"channel":"mark-price","instId":["STX-USDT-SWAP"]},"data":[{"instId":["STX-USDT-SWAP"]}]}',
        '{"arg":{"channel":"mark-price","instId":"STX-USDT-SWAP"},"data":[{"instId":"STX-USDT-SWAP","markPx":"1","ts":"x"}]}',
        '{"arg":{"channel":"tickers","instId":"STX-USDT-SWAP"},"data":[{"instId":"STX-USDT-SWAP","markPx":"1","ts":"1"}]}',
        '{"arg":"mark-price","data":[]}',
        "{}",
    ],
)
async def test_a_frame_that_makes_no_sense_is_dropped_and_counted(room: Studio, frame: str | bytes) -> None:
    stream = await room.marks_of({STX, CRV})
    heard = len(room.heard.marks)
    room.stream.say("public", frame)
    room.stream.push_mark(STX, "0.31")
    await room.until(lambda: len(room.heard.marks) > heard)
    assert [push.price for push in room.heard.marks[heard:]] == [Decimal("0.31")]
    assert stream.dropped == 1
    assert room.heard.is_up


@pytest.mark.parametrize(
    "frame",
    [
        {"event": "subscribe"},
        {"event": "subscribe", "arg": {"channel": "mark-price", "instId": {}}},
        {"event": ["x"]},
        {"event": None},
        {"event": "error", "code": 7, "msg": None},
        {"event": "notice", "code": "1", "msg": "something new"},
        {"event": "channel-conn-count", "channel": "mark-price", "connCount": "2"},
        {"event": "welcome"},
    ],
)
async def test_an_event_that_says_nothing_ends_nothing(room: Studio, frame: dict[str, Any]) -> None:
    await room.marks_of({STX})
    heard = len(room.heard.marks)
    room.stream.say("public", frame)
    room.stream.push_mark(STX, "0.31")
    await room.until(lambda: len(room.heard.marks) > heard)
    assert room.heard.story == ["public"]


async def test_times_that_go_backwards_are_passed_on_as_they_are(room: Studio) -> None:
    """What is believed is decided by who hears it."""
    await room.marks_of({STX})
    heard = len(room.heard.marks)
    room.stream.push_mark(STX, "0.31", at_ms=1_760_000_000_500)
    room.stream.push_mark(STX, "0.32", at_ms=1_760_000_000_100)
    await room.until(lambda: len(room.heard.marks) == heard + 2)
    later, earlier = room.heard.marks[heard:]
    assert later.at - earlier.at == dt.timedelta(milliseconds=400)


async def test_an_instrument_that_is_not_there_spoils_no_other(room: Studio) -> None:
    stream = room.marks()
    stream.follow({STX, "GONE-USDT-SWAP"})
    await room.until_up()
    await room.until(lambda: room.heard.prices(STX))
    assert room.heard.prices("GONE-USDT-SWAP") == []
    # It is asked for again, alone and ever more rarely.
    await room.clock.forward(1)
    assert await asked(room, "subscribe") == [["GONE-USDT-SWAP", STX]]
    await room.clock.forward(2 * ANSWER_WITHIN)
    assert await asked(room, "subscribe", times=2) == [["GONE-USDT-SWAP", STX], ["GONE-USDT-SWAP"]]
    room.account.add_instrument("GONE-USDT-SWAP", mark="7")
    await room.clock.forward(8 * ANSWER_WITHIN)
    await room.until(lambda: room.heard.prices("GONE-USDT-SWAP") == [Decimal(7)])


async def test_a_batch_that_is_refused_as_a_whole_is_asked_for_one_by_one(room: Studio) -> None:
    room.stream.rejects_batches = True
    stream = room.marks()
    stream.follow({STX, CRV, "GONE-USDT-SWAP"})
    await asked(room, "subscribe")
    await room.clock.forward(ANSWER_WITHIN + 2)
    await room.until(lambda: room.heard.prices(STX) and room.heard.prices(CRV))
    await room.until_up()
    assert (await asked(room, "subscribe"))[1:] == [[CRV], [STX]]


async def test_what_is_not_answered_is_asked_for_again(room: Studio) -> None:
    room.stream.acknowledges = False
    stream = room.marks()
    stream.follow({STX})
    await asked(room, "subscribe")
    room.stream.acknowledges = True
    assert not room.heard.is_up
    await room.clock.forward(ANSWER_WITHIN + 0.5)
    await room.until_up()
    assert await asked(room, "subscribe", times=2) == [[STX], [STX]]


async def test_one_that_goes_quiet_is_subscribed_anew(room: Studio) -> None:
    await room.marks_of({STX, CRV})
    (peer,) = room.stream.peers
    del peer.marks[STX]
    await room.clock.forward(QUIET_AFTER - 1)
    room.stream.push_mark(CRV, "0.5")
    await room.until(lambda: Decimal("0.5") in room.heard.prices(CRV))
    await room.clock.forward(2)
    await room.until(lambda: len(room.heard.prices(STX)) == 2)
    assert room.heard.marks[-1].is_first
    assert await asked(room, "unsubscribe") == [[STX]]
    assert room.heard.story == ["public"]


async def test_one_that_brings_no_price_at_all_is_stuck_and_is_built_anew(room: Studio) -> None:
    await room.marks_of({STX, CRV})
    (peer,) = room.stream.peers
    peer.marks.clear()
    await room.clock.forward(QUIET_AFTER + 1)
    await room.until_lost()
    assert room.heard.losses == ["problem.stream.stuck"]
    await room.clock.forward(2)
    await room.until_up(2)
    await room.until(lambda: len(room.heard.prices(STX)) == 2)
    assert room.heard.marks[-1].is_first


async def test_a_stream_that_is_not_believed_is_built_anew(room: Studio) -> None:
    stream = await room.marks_of({STX})
    stream.rebuild()
    await room.until_lost()
    await room.clock.forward(2)
    await room.until_up(2)
    assert room.heard.losses == ["problem.stream.doubted"]
    assert len(room.stream.past) == 2


async def test_many_changes_stay_below_what_okx_takes_in_an_hour(room: Studio) -> None:
    stream = await room.marks_of({STX})
    coins = list(room.account.instruments)
    for number in range(1200):
        stream.follow({STX, coins[number % 7 + 3]})
        await room.clock.forward(0.5)
    (peer,) = room.stream.past
    assert 240 <= len(peer.requests) < 480
    assert not any(frame.get("code") == "60014" for frame in peer.frames)
