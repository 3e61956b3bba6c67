"""The command menu and the descriptions, by scope and language."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local_telegram.bot_api.test_calls import ME, ask, refusal
from tgtp.local_telegram.bot_api.server import LocalTelegram


@pytest.fixture
def tg() -> LocalTelegram:
    return LocalTelegram()


async def test_the_menu_follows_scope_and_language(tg: LocalTelegram) -> None:
    async def put(name: str, **where: Any) -> None:
        await ask(tg, "setMyCommands", commands=[{"command": name, "description": name}], **where)

    def now(code: str) -> str:
        tg.set_language(code)
        return str(tg.menu()[0]["command"]) if tg.menu() else ""

    private, chat = {"scope": {"type": "all_private_chats"}}, {"scope": {"type": "chat", "chat_id": ME}}
    assert now("en") == ""
    await put("default")
    await put("default_zh", language_code="zh")
    assert (now("zh-hans"), now("en")) == ("default_zh", "default")
    await put("private", **private)
    assert (now("zh-hant"), now("en")) == ("private", "private"), "a nearer scope beats the language"
    await put("private_zh", **private, language_code="zh")
    assert now("zh") == "private_zh"
    await put("chat", **chat)
    assert now("zh") == "chat"
    await ask(tg, "setMyCommands", commands=[], **chat)
    assert now("zh") == "private_zh"
    assert (await ask(tg, "getMyCommands", language_code="zh"))[0]["command"] == "default_zh"


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"commands": [{"command": "Close", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "close", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": [{"command": f"c{i}", "description": "x"} for i in range(101)]}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": [], "language_code": "zh-hans"}, "invalid language code specified"),
        ({"commands": [], "scope": {"type": "moon"}}, "can't parse BotCommandScope"),
        ({"commands": [], "scope": {"type": "chat", "chat_id": 99}}, "chat not found"),
    ],
)
async def test_a_bad_menu_is_refused(tg: LocalTelegram, params: dict[str, Any], words: str) -> None:
    assert words in (await refusal(tg, "setMyCommands", **params))[1]
