"""What waits for the bot: messages, doubtful ones too, and presses; and the poll that takes them."""

from __future__ import annotations

import asyncio

import pytest

from tests.fixtures.waiting import DEADLINE, until
from tests.local_telegram.bot_api.test_calls import ask, keys, refusal
from tests.simulation.phone.telegram import SimulatedTelegram


@pytest.fixture
def tg() -> SimulatedTelegram:
    return SimulatedTelegram()


async def test_the_offset_acknowledges(tg: SimulatedTelegram) -> None:
    for text in "abc":
        tg.user_text(text)
    first = await ask(tg, "getUpdates", limit=2)
    assert [u["message"]["text"] for u in first] == ["a", "b"]
    assert await ask(tg, "getUpdates", limit=2) == first, "what is not acknowledged comes again"
    rest = await ask(tg, "getUpdates", offset=first[-1]["update_id"] + 1)
    assert [u["message"]["text"] for u in rest] == ["c"]
    tg.user_text("d")
    assert [u["message"]["text"] for u in await ask(tg, "getUpdates", offset=-1)] == ["d"]
    await ask(tg, "deleteWebhook", drop_pending_updates=True)
    assert await ask(tg, "getUpdates") == []


async def test_a_waiting_poll_wakes_at_once_and_a_newer_one_ends_it(tg: SimulatedTelegram) -> None:
    older = asyncio.create_task(tg.call("getUpdates", {"timeout": 30}, {}))
    await until(lambda: len(tg.calls) == 1)
    newer = asyncio.create_task(tg.call("getUpdates", {"timeout": "30"}, {}))
    async with asyncio.timeout(DEADLINE):
        status, envelope = await older
        assert status == 409
        assert envelope["description"].startswith("Conflict: terminated by other getUpdates request")
        tg.user_text("hello")
        status, envelope = await newer
    assert [u["message"]["text"] for u in envelope["result"]] == ["hello"]
    assert await ask(tg, "getUpdates", offset=99, timeout=0.01) == []


async def test_only_allowed_updates_come(tg: SimulatedTelegram) -> None:
    await ask(tg, "getUpdates", allowed_updates='["message"]')
    tg.user_text("edited", edited=True)
    tg.user_text("plain")
    assert [u["message"]["text"] for u in await ask(tg, "getUpdates")] == ["plain"]


async def test_strangers_and_doubtful_messages(tg: SimulatedTelegram) -> None:
    tg.user_text("/close", user_id=5)
    tg.user_text("/close", edited=True)
    tg.user_text("/close", forwarded=True, date=1_700_000_000)
    tg.user_text("/close", via_bot=True)
    tg.user_text("/close", chat_type="group")
    stranger, edited, forwarded, via, group = await ask(tg, "getUpdates")
    assert stranger["message"]["from"]["id"] == stranger["message"]["chat"]["id"] == 5
    assert edited["edited_message"]["edit_date"]
    assert forwarded["message"]["forward_origin"]["type"] == "user"
    assert forwarded["message"]["date"] == 1_700_000_000
    assert via["message"]["via_bot"]["is_bot"]
    assert group["message"]["chat"]["type"] == "group"
    assert len(tg.messages()) == 3, "the owner's chat shows neither the stranger nor the group"
    await ask(tg, "sendMessage", chat_id=5, text="who are you?")
    with pytest.raises(ValueError, match="4096"):
        tg.user_text("x" * 4097)


async def test_presses_are_answered_once(tg: SimulatedTelegram) -> None:
    events = tg.subscribe()
    sent = await ask(tg, "sendMessage", text="x", reply_markup=keys("go"))
    query = tg.user_press(sent["message_id"], "go")
    [update] = await ask(tg, "getUpdates")
    assert update["callback_query"]["id"] == query
    assert update["callback_query"]["message"]["text"] == "x"
    assert "MESSAGE_TOO_LONG" in (await refusal(tg, "answerCallbackQuery", callback_query_id=query, text="x" * 201))[1]
    await ask(tg, "answerCallbackQuery", callback_query_id=query, text="Done", show_alert="true")
    seen = [events.get_nowait() for _ in range(events.qsize())]
    assert seen[-1] == {"kind": "toast", "text": "Done", "alert": True, "query_id": query}
    again = await refusal(tg, "answerCallbackQuery", callback_query_id=query)
    assert again[1] == "Bad Request: query is too old and response timeout expired or query ID is invalid"
    with pytest.raises(LookupError):
        tg.user_press(99, "go")
