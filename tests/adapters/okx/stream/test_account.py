"""The stream of an account, over a WebSocket on loopback."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from tests.fixtures.okx_engine import leg_key
from tests.fixtures.streams import KEYS, Hearing, Studio, TrueTime, studio
from tests.simulation.exchange.account import Account
from tgtp.adapters.okx.stream.link import ANSWER_WITHIN, TICK
from tgtp.adapters.okx.stream.login import Keys
from tgtp.engine.ports import PushedOrder, PushedPosition
from tgtp.errors import Problem

STX, CRV = "STX-USDT-SWAP", "CRV-USDT-SWAP"


@pytest.fixture
async def room() -> AsyncIterator[Studio]:
    account = Account()
    account.open_leg(STX, "long", 20, "0.3")
    account.open_leg(CRV, "short", 50, "0.4", margin_mode="isolated", added_margin="1.5")
    async with studio(account) as made:
        yield made


async def up(room: Studio) -> None:
    room.private()
    await room.until_up()
    await room.until(lambda: len(room.heard.positions) == len(room.account.legs) and room.heard.account_changes)
    room.heard.positions.clear()
    room.heard.account_changes = 0


def sell(contracts: str, inst_id: str = STX) -> dict[str, str]:
    return {"instId": inst_id, "tdMode": "cross", "side": "sell", "posSide": "long", "ordType": "market", "sz": contracts}


async def test_it_logs_in_subscribes_to_events_alone_and_hears_how_things_stand(room: Studio) -> None:
    room.private()
    await room.until_up()
    await room.until(lambda: len(room.heard.positions) == 2)
    by_leg = {position.leg: position for position in room.heard.positions}
    stx, crv = by_leg[leg_key(STX)], by_leg[leg_key(CRV, "short", "isolated")]
    assert (stx.contracts, stx.entry_price, stx.leverage, stx.margin) == (Decimal(20), Decimal("0.3"), Decimal(10), Decimal(6))
    assert (crv.contracts, crv.margin) == (Decimal(50), Decimal("3.5"))
    assert crv.at == dt.datetime.fromtimestamp(room.account.leg(CRV, "short").adjusted_at_ms / 1000, dt.UTC)
    assert crv.received_at == room.clock.monotonic()
    (peer,) = room.stream.peers
    login, subscribe = peer.frames
    assert (login["op"], subscribe["op"]) == ("login", "subscribe")
    assert peer.channels.keys() == {"positions", "orders", "account", "balance_and_position"}
    # Nothing happens: nothing comes.
    await room.clock.forward(15)
    assert len(room.heard.positions) == 2
    assert room.heard.account_changes == 1


async def test_a_snapshot_of_many_pages_is_heard_whole() -> None:
    account = Account()
    for number in range(7):
        account.add_instrument(f"C{number}-USDT-SWAP")
        account.open_leg(f"C{number}-USDT-SWAP", "long", 3, "1")
    async with studio(account) as room:
        room.stream.page = 3
        room.private()
        await room.until(lambda: len(room.heard.positions) == 7)
        assert {position.instrument_id for position in room.heard.positions} == {f"C{number}-USDT-SWAP" for number in range(7)}


async def test_an_order_is_heard_with_what_it_did_to_leg_and_money(room: Studio) -> None:
    await up(room)
    room.account.place(sell("5"))
    await room.clock.forward(0.25)
    await room.until(lambda: room.heard.orders and room.heard.positions and room.heard.account_changes)
    assert room.heard.orders == [PushedOrder(STX, room.clock.monotonic())]
    (position,) = room.heard.positions
    assert (position.leg, position.contracts) == (leg_key(STX), Decimal(15))


async def test_an_order_that_rests_is_heard_when_it_comes_fills_and_goes(room: Studio) -> None:
    await up(room)
    for step in (
        lambda: room.account.place(sell("5"), live=True),
        lambda: room.account.fill_live(share="0.4"),
        room.account.cancel_live,
    ):
        heard = len(room.heard.orders)
        step()
        await room.clock.forward(0.25)
        await room.until(lambda before=heard: len(room.heard.orders) == before + 1)
    assert {order.instrument_id for order in room.heard.orders} == {STX}


async def test_what_a_hand_does_is_heard(room: Studio) -> None:
    await up(room)
    room.account.grow_leg(STX, "long", 10, "0.33")
    await room.clock.forward(0.25)
    await room.until(lambda: room.heard.positions)
    room.account.set_leverage(STX, "cross", 20)
    await room.clock.forward(0.25)
    await room.until(lambda: len(room.heard.positions) == 3)
    room.account.move_margin(CRV, "short", "2")
    await room.clock.forward(0.25)
    await room.until(lambda: len(room.heard.positions) == 4)
    room.account.close_leg(STX, "long")
    await room.clock.forward(0.25)
    await room.until(lambda: len(room.heard.positions) == 5)
    grown, levered, any_leg, moved, closed = room.heard.positions
    assert (grown.contracts, grown.entry_price) == (Decimal(30), Decimal("0.31"))
    assert levered.leverage == 20
    assert any_leg.instrument_id == ""
    assert (moved.leg, moved.margin) == (leg_key(CRV, "short", "isolated"), Decimal("5.5"))
    assert (closed.leg, closed.contracts, closed.entry_price) == (leg_key(STX), Decimal(0), None)


async def test_another_leverage_is_heard_though_no_position_is_pushed_for_it(room: Studio) -> None:
    await up(room)
    room.stream.hides_positions = True
    room.account.set_leverage(STX, "cross", 5)
    await room.clock.forward(0.25)
    await room.until(lambda: room.heard.positions)
    assert room.heard.positions == [unknown(room)], "it may be that of any leg"
    room.account.grow_leg(STX, "long", 10, "0.33")
    await room.clock.forward(0.25)
    room.stream.say("private", {"arg": {"channel": "account"}, "data": []})
    await room.until(lambda: room.heard.account_changes)
    assert len(room.heard.positions) == 1, "its other events say nothing that the channel of positions does not"
    assert room.heard.is_up


async def test_cross_and_isolated_of_one_coin_are_told_apart(room: Studio) -> None:
    room.account.open_leg(STX, "long", 7, "0.3", margin_mode="isolated")
    await up(room)
    room.account.grow_leg(STX, "long", 1, margin_mode="isolated")
    await room.clock.forward(0.25)
    await room.until(lambda: room.heard.positions)
    assert [position.leg for position in room.heard.positions] == [leg_key(STX, "long", "isolated")]


async def test_in_net_mode_the_sign_is_the_side_and_a_closed_one_has_none() -> None:
    account = Account(position_mode="net_mode")
    account.open_leg(STX, "short", 20, "0.3")
    async with studio(account) as room:
        room.private()
        await room.until(lambda: room.heard.positions)
        room.account.close_leg(STX, "short")
        await room.clock.forward(0.25)
        await room.until(lambda: len(room.heard.positions) == 2)
        held, closed = room.heard.positions
        assert (held.leg, held.contracts) == (leg_key(STX, "short"), Decimal(20))
        assert (closed.instrument_id, closed.leg, closed.contracts) == (STX, None, Decimal(0))


def unknown(room: Studio, inst_id: str = "") -> PushedPosition:
    return PushedPosition(inst_id, None, None, None, None, None, None, room.clock.monotonic())


def row(**fields: Any) -> dict[str, Any]:
    whole = {
        "instType": "SWAP",
        "instId": STX,
        "mgnMode": "cross",
        "posSide": "long",
        "pos": "20",
        "avgPx": "0.3",
        "lever": "10",
        "imr": "6",
        "margin": "",
        "uTime": "1767355200000",
    }
    return {name: value for name, value in (whole | fields).items() if value is not ...}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"pos": ""}, {"contracts": None}),
        ({"pos": "many"}, {"contracts": None}),
        ({"pos": 20}, {"contracts": None}),
        ({"pos": "NaN"}, {"contracts": None}),
        ({"avgPx": "Infinity"}, {"entry_price": None}),
        ({"avgPx": ...}, {"entry_price": None}),
        ({"lever": ""}, {"leverage": None}),
        ({"imr": "x"}, {"margin": None}),
        ({"uTime": "yesterday"}, {"at": None}),
        ({"uTime": "-5"}, {"at": None}),
        ({"posSide": "up"}, {"leg": None}),
        ({"posSide": ["long"]}, {"leg": None}),
        ({"mgnMode": "cash"}, {"leg": None}),
        ({"mgnMode": ...}, {"leg": None}),
    ],
)
async def test_a_field_that_cannot_be_read_is_none_and_the_others_are_there(
    room: Studio, fields: dict[str, Any], expected: dict[str, Any]
) -> None:
    await up(room)
    room.stream.say("private", {"arg": {"channel": "positions"}, "eventType": "event_update", "data": [row(**fields)]})
    await room.until(lambda: room.heard.positions)
    whole = PushedPosition(
        STX, leg_key(STX), Decimal(20), Decimal("0.3"), Decimal(10), Decimal(6), dt.datetime(2026, 1, 2, 12, tzinfo=dt.UTC), 0.0
    )
    assert room.heard.positions == [whole._replace(received_at=room.clock.monotonic(), **expected)]
    assert room.heard.is_up


@pytest.mark.parametrize(
    "frame",
    [
        "",
        '{"arg":{"channel":"positions"},"da',
        "7",
        b"\x00\x01",
        '{"arg":{"channel":"positions"}}',
        '{"arg":{"channel":"positions"},"data":{}}',
        '{"arg":{"channel":"positions"},"data":[7]}',
        '{"arg":{"channel":"positions"},"data":[{}]}',
        '{"arg":{"channel":"positions"},"data":[{"instId":["STX-USDT-SWAP"],"pos":"1"}]}',
        '{"arg":{"channel":"orders"},"data":"x"}',
        '{"arg":{"channel":["positions"]},"data":[]}',
        '{"arg":7,"data":[]}',
        '{"data":[]}',
    ],
)
async def test_what_names_no_instrument_may_have_been_any_position(room: Studio, frame: str | bytes) -> None:
    await up(room)
    room.stream.say("private", frame)
    await room.until(lambda: room.heard.positions)
    assert room.heard.positions == [unknown(room)]
    assert room.heard.is_up


async def test_an_order_that_cannot_be_read_may_be_of_any_leg(room: Studio) -> None:
    await up(room)
    room.stream.say("private", {"arg": {"channel": "orders"}, "data": [{"instId": None}, "order", {"instId": CRV}]})
    await room.until(lambda: len(room.heard.orders) == 3)
    assert [order.instrument_id for order in room.heard.orders] == ["", "", CRV]


async def test_what_is_none_of_ours_is_passed_over(room: Studio) -> None:
    await up(room)
    others = [
        row(instId="BTC-USD-SWAP"),
        row(instId="BTC-USDC-SWAP"),
        row(instId="BTC-USDT-261225", instType="FUTURES"),
        row(instId="", instType="OPTION"),
    ]
    room.stream.say("private", {"arg": {"channel": "positions"}, "data": others})
    room.stream.say("private", {"arg": {"channel": "orders"}, "data": others})
    room.stream.say("private", {"arg": {"channel": "account"}, "data": []})
    await room.until(lambda: room.heard.account_changes)
    assert (room.heard.positions, room.heard.orders) == ([], [])


# -- logging in --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        (KEYS._replace(key="wrong"), "60005"),
        (KEYS._replace(secret="wrong"), "60007"),
        (KEYS._replace(passphrase="wrong"), "60024"),
    ],
)
async def test_a_login_that_is_refused_is_said_and_tried_ever_more_rarely(room: Studio, keys: Keys, code: str) -> None:
    room.private(keys)
    await room.until_lost()
    (why,) = room.heard.story
    assert isinstance(why, Problem)
    assert why.key == "problem.says"
    assert dict(why.values)["code"] == code
    naps = []
    for tries in range(2, 8):
        # What watches the connection of before may still sleep for a moment.
        await room.until(lambda: room.clock.naps() and min(room.clock.naps()) > TICK)
        (nap,) = room.clock.naps()
        naps.append(nap)
        await room.clock.forward(nap, step=nap)
        await room.until(lambda before=tries: len(room.stream.tries) == before and not room.stream.peers)
    assert naps == [15, 30, 60, 120, 240, 300]
    # It is the same reason: said once.
    assert room.heard.story == [why]


@pytest.mark.parametrize("code", ["60009", "60032", "63999"])
async def test_whatever_a_login_is_refused_with_it_goes_on_trying(room: Studio, code: str) -> None:
    room.stream.login_code = code
    room.private()
    await room.until_lost()
    room.stream.login_code = ""
    await room.clock.forward(15)
    await room.until_up()


async def test_a_login_goes_by_the_clock_of_the_exchange(room: Studio) -> None:
    room.server.clock_offset = 40
    room.private()
    await room.until_up()
    assert room.heard.losses == []


async def test_a_clock_that_is_off_is_compared_and_the_login_tried_again_at_once(room: Studio) -> None:
    room.server.clock_offset = -40
    time = TrueTime(room.server, room.clock, knows=False)
    room.private(time=time)
    await room.until_lost()
    assert time.doubts == 1
    await room.clock.forward(1)
    await room.until_up()


async def test_a_login_that_is_not_answered_is_given_up(room: Studio) -> None:
    room.stream.mutes_new = True
    room.private()
    await room.peer("private")
    await room.clock.forward(ANSWER_WITHIN)
    await room.until_lost()
    assert room.heard.losses == ["problem.slow"]
    room.stream.mutes_new = False
    await room.clock.forward(1)
    await room.until_up()


async def test_keys_are_in_no_log_and_in_no_problem(room: Studio, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    keys = Keys("AKEYOFMINE", "ASECRETOFMINE", "APASSPHRASEOFMINE")
    heard = Hearing()
    room.private(keys, heard=heard)
    await room.until(lambda: heard.losses)
    for words in (f"Invalid request: {keys.passphrase}", f"Invalid OK-ACCESS-KEY {keys.key}", f"{keys.secret}"):
        for code in ("60012", "60013", "60005"):
            losses = len(heard.losses)
            await room.until(room.clock.naps)
            room.stream.mutes_new = True
            await room.clock.forward(300, step=300)
            peer = await room.peer("private")
            peer.muted = False
            peer.refuse(code, words)
            # Every second code is another reason.
            await room.until(lambda before=losses: len(heard.losses) >= before and not room.stream.peers)
    said = caplog.text + repr(heard.story) + repr(keys)
    assert "60012" in repr(heard.story)
    assert not [secret for secret in keys if secret in said]


async def test_a_channel_with_too_many_connections_is_said_after_a_normal_answer(room: Studio) -> None:
    room.stream.too_many = "orders"
    room.private()
    await room.until_lost()
    assert room.heard.story[-1] == Problem("problem.stream.crowded", channel="orders")
    room.stream.too_many = ""
    tries = len(room.stream.tries)
    await room.clock.forward(29)
    assert len(room.stream.tries) == tries
    await room.clock.forward(1)
    await room.until(lambda: room.heard.is_up)


@pytest.mark.parametrize("code", ["60012", "60018", "60014", "64007"])
async def test_a_subscription_that_is_refused_is_a_loss(room: Studio, code: str) -> None:
    await up(room)
    room.stream.say("private", {"event": "error", "code": code, "msg": "Wrong URL or channel:orders doesn't exist."})
    await room.until_lost()
    assert code in str(room.heard.story[-1])
    await room.clock.forward(15)
    await room.until_up(2)


async def test_a_subscription_that_is_taken_away_is_a_loss(room: Studio) -> None:
    await up(room)
    room.stream.say("private", {"event": "unsubscribe", "arg": {"channel": "positions", "instType": "SWAP"}})
    await room.until_lost()
    assert room.heard.losses == ["problem.stream.crowded"]


async def test_each_account_hears_its_own(room: Studio) -> None:
    other = Account(beside=room.account)
    other.open_leg(CRV, "long", 9, "0.4")
    room.server.others["other"] = other
    first, second = Hearing(), Hearing()
    room.private(heard=first)
    room.private(KEYS._replace(key="other"), heard=second)
    await room.until(lambda: first.is_up and second.is_up and first.positions and second.positions)
    other.grow_leg(CRV, "long", 1)
    await room.clock.forward(0.25)
    await room.until(lambda: len(second.positions) == 2)
    assert [position.contracts for position in second.positions] == [9, 10]
    assert {position.leg for position in first.positions} == {leg_key(STX), leg_key(CRV, "short", "isolated")}
