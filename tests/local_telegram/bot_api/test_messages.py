"""What the bot writes and edits, as Telegram would keep or refuse it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local_telegram.bot_api.test_calls import ask, keys, refusal
from tgtp.local_telegram.bot_api.server import LocalTelegram


@pytest.fixture
def tg() -> LocalTelegram:
    return LocalTelegram()


async def test_a_message_is_kept_as_telegram_would(tg: LocalTelegram) -> None:
    tg.user_text("/status now")
    sent = await ask(
        tg, "sendMessage", text="<b>Hi</b>", parse_mode="HTML", reply_markup='{"inline_keyboard":[]}', disable_notification=True
    )
    assert sent["text"] == "Hi"
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 2}]
    assert "reply_markup" not in sent
    mine, shown = tg.messages()
    assert mine["entities"] == [{"type": "bot_command", "offset": 0, "length": 7}]
    assert shown["silent"]


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"chat_id": 99}, "chat not found"),
        ({"chat_id": "@somebody"}, "chat not found"),
        ({"chat_id": ""}, "chat_id is empty"),
        ({"text": ""}, "message text is empty"),
        ({"text": "<b> </b>", "parse_mode": "HTML"}, "message text is empty"),
        ({"text": "<b>x", "parse_mode": "html"}, "can't parse entities: Can't find end tag"),
        ({"text": "*x*", "parse_mode": "MarkdownV2"}, "unsupported parse_mode"),
        ({"text": "🔥" * 2049}, "message is too long"),
        ({"reply_markup": keys("x" * 65)}, "BUTTON_DATA_INVALID"),
        ({"reply_markup": "{broken"}, "can't parse reply markup JSON object"),
    ],
)
async def test_a_bad_message_is_refused(tg: LocalTelegram, params: dict[str, Any], words: str) -> None:
    status, description = await refusal(tg, "sendMessage", **{"text": "x", **params})
    assert status == 400
    assert description.startswith(f"Bad Request: {words}")
    assert tg.messages() == []


async def test_limits_count_after_parsing(tg: LocalTelegram) -> None:
    await ask(tg, "sendMessage", text=f"<b>{'&lt;' * 4096}</b>", parse_mode="HTML")


async def test_edits(tg: LocalTelegram) -> None:
    sent = await ask(tg, "sendMessage", text="<b>a</b>", parse_mode="HTML", reply_markup=keys("k"))
    here = {"message_id": sent["message_id"]}
    same = await refusal(tg, "editMessageText", **here, text="<strong>a</strong> ", parse_mode="HTML", reply_markup=keys("k"))
    assert same[1].startswith("Bad Request: message is not modified: ")
    assert "edit_date" not in tg.messages()[0]
    without = await ask(tg, "editMessageText", **here, text="<b>a</b>", parse_mode="HTML")
    assert "reply_markup" not in without
    assert without["edit_date"]
    again = await ask(tg, "editMessageReplyMarkup", **here, reply_markup=keys("n"))
    assert again["reply_markup"] == keys("n")
    assert (await refusal(tg, "editMessageReplyMarkup", **here, reply_markup=keys("n")))[1].startswith(
        "Bad Request: message is not modified"
    )
    assert (await refusal(tg, "editMessageText", message_id=99, text="x"))[1] == "Bad Request: message to edit not found"
    mine = tg.user_text("hello")
    assert (await refusal(tg, "editMessageText", message_id=mine, text="x"))[1] == "Bad Request: message can't be edited"


async def test_an_answer_keeps_what_it_answers(tg: LocalTelegram) -> None:
    first = await ask(tg, "sendMessage", text="one")
    second = await ask(tg, "sendMessage", text="two", reply_parameters=f'{{"message_id":{first["message_id"]}}}')
    third = await ask(tg, "sendMessage", text="three", reply_parameters={"message_id": second["message_id"]})
    assert second["reply_to_message"] == first
    # What is answered does not tell in turn what it answers.
    assert third["reply_to_message"] == {name: value for name, value in second.items() if name != "reply_to_message"}
    edited = await ask(tg, "editMessageText", message_id=third["message_id"], text="3")
    assert edited["reply_to_message"]["text"] == "two"
    assert tg.messages()[2]["reply_to_message"]["text"] == "two"


async def test_an_answer_to_nothing_is_refused_unless_it_may_go_without(tg: LocalTelegram) -> None:
    gone = {"message_id": 99}
    refused = await refusal(tg, "sendMessage", text="x", reply_parameters=gone)
    assert refused == (400, "Bad Request: message to be replied not found")
    assert tg.messages() == []
    sent = await ask(tg, "sendMessage", text="x", reply_parameters={**gone, "allow_sending_without_reply": True})
    assert "reply_to_message" not in sent
    assert "can't parse reply parameters" in (await refusal(tg, "sendMessage", text="x", reply_parameters="{broken"))[1]
