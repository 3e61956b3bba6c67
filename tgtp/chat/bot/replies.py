"""What counts as a reply of the Bot API: a page of a proxy's, or of whoever else answered in its place, does not.

The library trips over such a reply with errors of any kind, beside its own; and quotes it whole where it is no JSON.
"""

from __future__ import annotations

import json
from typing import Any

from telegram import ChatFullInfo, TelegramObject, User
from telegram import Message as TelegramMessage
from telegram.error import NetworkError

from tgtp.chat.bot.polling import CANNOT_BE_READ

# What a call gives; an edit may give True as well. Each update of a poll is read for itself.
GIVEN: dict[str, type[TelegramObject]] = {
    "getMe": User,
    "getChat": ChatFullInfo,
    **dict.fromkeys(("sendMessage", "sendPhoto", "sendDocument", "editMessageText", "editMessageMedia"), TelegramMessage),
}


def keep_to_telegram(call: str, code: int, payload: bytes) -> None:
    """Check that a reply to a call is one of Telegram's, which the library can read. Raises NetworkError."""
    try:
        is_one = _is_one(call, code, json.loads(payload))
    except CANNOT_BE_READ:
        is_one = False
    if not is_one:
        raise NetworkError(f"HTTP {code}, and the reply is not Telegram's (a proxy's page, perhaps)")


def _is_one(call: str, code: int, reply: Any) -> bool:
    if not isinstance(reply, dict):
        return False
    if not 200 <= code <= 299:
        return isinstance(reply.get("parameters", {}), dict) and isinstance(reply.get("description", ""), str)
    if reply.get("ok") is not True or "result" not in reply:
        return False
    given, result = GIVEN.get(call), reply["result"]
    return given is None or (result is True and call.startswith("edit")) or given.de_json(result, None) is not None
