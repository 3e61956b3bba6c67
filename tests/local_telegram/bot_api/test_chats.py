"""Whom the bot talks with, what is deleted and pinned, and what is forgotten."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local_telegram.bot_api.test_calls import ask, refusal
from tests.simulation.phone.telegram import MAX_CHATS, SimulatedTelegram
from tgtp.local_telegram.bot_api.chats import MAX_MESSAGES
from tgtp.local_telegram.bot_api.events import MAX_EVENTS


@pytest.fixture
def tg() -> SimulatedTelegram:
    return SimulatedTelegram()


async def test_deleting(tg: SimulatedTelegram) -> None:
    sent = await ask(tg, "sendMessage", text="x")
    await ask(tg, "pinChatMessage", message_id=sent["message_id"])
    await ask(tg, "deleteMessage", message_id=sent["message_id"])
    assert (tg.messages(), tg.pinned) == ([], None)
    gone = await refusal(tg, "deleteMessage", message_id=sent["message_id"])
    assert gone == (400, "Bad Request: message to delete not found")
    old = tg.user_text("old", date=1_000_000)
    assert "can't be deleted" in (await refusal(tg, "deleteMessage", message_id=old))[1]


async def test_pins(tg: SimulatedTelegram) -> None:
    one, two = [(await ask(tg, "sendMessage", text=t))["message_id"] for t in "ab"]
    for message_id in (one, two):
        await ask(tg, "pinChatMessage", message_id=message_id, disable_notification=True)
    assert tg.pinned == two
    await ask(tg, "unpinChatMessage")
    assert tg.pinned == one
    assert (await ask(tg, "getChat"))["pinned_message"]["message_id"] == one
    assert (await refusal(tg, "unpinChatMessage", message_id=two))[1] == "Bad Request: message to unpin not found"
    assert (await refusal(tg, "pinChatMessage", message_id=99))[1] == "Bad Request: message to pin not found"
    await ask(tg, "unpinChatMessage", message_id=one)
    assert tg.pinned is None


async def test_memory_is_bounded(tg: SimulatedTelegram) -> None:
    pinned = (await ask(tg, "sendMessage", text="dashboard"))["message_id"]
    await ask(tg, "pinChatMessage", message_id=pinned)
    events = tg.subscribe()
    for i in range(MAX_MESSAGES + 20):
        await ask(tg, "sendMessage", text=str(i))
    assert len(tg.messages()) == MAX_MESSAGES
    assert tg.messages()[0]["message_id"] == pinned, "the dashboard outlives its followers"
    assert events.get_nowait() == {"kind": "dropped"}
    for user_id in range(100, 101 + MAX_CHATS):
        tg.user_text("spam", user_id=user_id)
    assert (await refusal(tg, "sendMessage", chat_id=100, text="x"))[1] == "Bad Request: chat not found"


async def test_a_slow_listener_is_dropped_and_a_quick_one_is_not(tg: SimulatedTelegram) -> None:
    slow, quick = tg.subscribe(), tg.subscribe()
    for _ in range(MAX_EVENTS + 1):
        await ask(tg, "sendMessage", text="x")
        quick.get_nowait()
    assert slow.get_nowait() == {"kind": "dropped"}
    assert slow.empty()
    await ask(tg, "sendMessage", text="x")
    assert (slow.qsize(), quick.qsize()) == (0, 1)
    tg.unsubscribe(quick)
    tg.unsubscribe(quick)


async def test_reactions(tg: SimulatedTelegram) -> None:
    mine = tg.user_text("/quiet off")
    heard = tg.subscribe()
    assert await ask(tg, "setMessageReaction", message_id=mine, reaction='[{"type":"emoji","emoji":"👌"}]') is True
    (shown,) = tg.messages()
    assert (shown["reaction"], shown["text"]) == ("👌", "/quiet off")
    assert heard.get_nowait() == {"kind": "edit", "message": shown}
    await ask(tg, "setMessageReaction", message_id=mine)
    assert "reaction" not in tg.messages()[0]


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"message_id": 99}, "message to react not found"),
        ({"reaction": '[{"type":"emoji","emoji":"🪜"}]'}, "REACTION_INVALID"),
        ({"reaction": '[{"type":"custom_emoji","custom_emoji_id":"1"}]'}, "REACTION_INVALID"),
        ({"reaction": '[{"type":"emoji","emoji":"👌"},{"type":"emoji","emoji":"👍"}]'}, "REACTIONS_TOO_MANY"),
        ({"reaction": '["👌"]'}, "can't parse reaction"),
        ({"reaction": "👌"}, "can't parse reaction JSON object"),
    ],
)
async def test_a_bad_reaction_is_refused(tg: SimulatedTelegram, params: dict[str, Any], words: str) -> None:
    mine = tg.user_text("x")
    status, description = await refusal(tg, "setMessageReaction", **{"message_id": mine, **params})
    assert (status, description.startswith(f"Bad Request: {words}")) == (400, True)
    assert "reaction" not in tg.messages()[0]
