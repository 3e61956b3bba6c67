"""A secret that an owner pastes into the chat is taken away at once, and they hear what to do about it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from typing import Literal

from telegram import Bot
from telegram import Message as TelegramMessage
from telegram.error import TelegramError

from tgtp.chat.messages.message import Message
from tgtp.chat.messages.send import send, surely
from tgtp.chat.texts import Html, Language, say
from tgtp.settings.reading.secret_shapes import OKX_KEY, OKX_SECRET, TOKEN

log = logging.getLogger(__name__)

Kind = Literal["token", "okx", "totp"]
# A shorter one of ours may be part of a common word.
SHORTEST_WITHIN = 8
# Half of one that is at least so long is no word either.
SHORTEST_HALVED = 16
LINE_END = re.compile(r"\s*[\r\n]\s*")
BLANKS = re.compile(r"\s+")


class LeakedSecrets:
    """Recognises bot tokens, what looks like a key of OKX, and what is ours: whole, in halves, and broken over lines."""

    def __init__(self, token: str = "", okx_keys: Iterable[str] = (), totp: str = "") -> None:
        self._ours: dict[Kind, list[str]] = {"token": [token], "okx": list(okx_keys), "totp": [totp]}

    def kind(self, message: TelegramMessage) -> Kind | None:
        """Return what secret a message holds."""
        text = message.text or message.caption or ""
        for written in (text, LINE_END.sub("", text)):
            if TOKEN.search(written):
                return "token"
            if OKX_KEY.search(written) or OKX_SECRET.search(written):
                return "okx"
        # Authenticator apps show their secrets in groups, and in small letters.
        letters = BLANKS.sub("", text).casefold()
        for kind, secrets in self._ours.items():
            if any(_holds(letters, BLANKS.sub("", secret).casefold()) for secret in secrets):
                return kind
        return None


def _holds(text: str, secret: str) -> bool:
    if len(secret) < SHORTEST_WITHIN:
        return bool(secret) and secret == text
    if len(secret) < SHORTEST_HALVED:
        return secret in text
    half = len(secret) // 2
    return any(secret[start : start + half] in text for start in range(len(secret) - half + 1))


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
