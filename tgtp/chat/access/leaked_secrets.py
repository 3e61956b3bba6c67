"""A secret that an owner pastes into the chat is taken away at once, and they hear what to do about it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from typing import Literal

from telegram import Bot
from telegram import Message as TelegramMessage
from telegram.error import TelegramError

from tgtp.chat.console.redaction import TOKEN
from tgtp.chat.messages.message import Message
from tgtp.chat.messages.send import send, surely
from tgtp.chat.texts import Html, Language, say

log = logging.getLogger(__name__)

Kind = Literal["token", "okx"]
# A key of OKX, and its secret.
OKX_KEY = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)
OKX_SECRET = re.compile(r"\b[0-9A-F]{32}\b")
# A shorter one of ours may be part of a common word.
SHORTEST_WITHIN = 8


class Pasted:
    """Recognises bot tokens, what looks like a key of OKX, and what is ours."""

    def __init__(self, token: str = "", okx_keys: Iterable[str] = ()) -> None:
        self._token = token
        self._okx_keys = tuple(okx_keys)

    def kind(self, message: TelegramMessage) -> Kind | None:
        """Say what secret a message holds."""
        text = message.text or message.caption or ""
        if TOKEN.search(text) or _holds(text, self._token):
            return "token"
        if OKX_KEY.search(text) or OKX_SECRET.search(text) or any(_holds(text, key) for key in self._okx_keys):
            return "okx"
        return None


def _holds(text: str, secret: str) -> bool:
    return bool(secret) and (secret in text if len(secret) >= SHORTEST_WITHIN else secret == text.strip())


async def take_away(bot: Bot, chat_id: int, message_id: int, kind: Kind, language: Language) -> None:
    """Delete the message and say what to do, trying for a minute each.

    Raises TelegramError when it could not be said.
    """
    deleted = True
    try:
        await surely(lambda: bot.delete_message(chat_id, message_id))
    except TelegramError as exc:
        log.warning("a secret was pasted into the chat, and the message could not be deleted: %s", exc)
        deleted = False
    head = say(language, "pasted.deleted" if deleted else "pasted.kept")
    words = Message(Html(f"{head}\n{say(language, f'pasted.{kind}')}"))
    await surely(lambda: send(bot, chat_id, words))
