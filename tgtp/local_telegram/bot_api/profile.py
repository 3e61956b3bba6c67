"""What surrounds the chat: the bot's command menu and descriptions, by scope and language."""

from __future__ import annotations

import copy
import re

from tgtp.local_telegram.bot_api.calls import ApiError, Json, decoded
from tgtp.local_telegram.bot_api.chats import Chats
from tgtp.local_telegram.bot_api.events import Events
from tgtp.local_telegram.bot_api.markup import utf16_length

_SCOPES = {
    "default", "all_private_chats", "all_group_chats", "all_chat_administrators", "chat", "chat_administrators",
    "chat_member",
}  # fmt: skip
DESCRIPTIONS = {"description": 512, "short_description": 120}


class BotProfile:
    """The bot as one person sees it, in the language of that person's Telegram."""

    def __init__(self, bot: Json, user: Json, chats: Chats, events: Events) -> None:
        self._bot = bot
        self._user = user
        self._chats = chats
        self._events = events
        self._commands: dict[tuple[str, int, str], list[Json]] = {}
        self._descriptions: dict[tuple[str, str], str] = {}

    def commands(self, p: Json) -> list[Json]:
        """Answer ``getMyCommands``."""
        return self._commands.get(self._scope(p), [])

    def set_commands(self, p: Json) -> bool:
        """Answer ``setMyCommands``."""
        scope, commands = self._scope(p), p.get("commands") or []
        if len(commands) > 100:
            raise ApiError("BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command.get("command", "").removeprefix("/")):
                raise ApiError("BOT_COMMAND_INVALID")
            if not 1 <= utf16_length(command.get("description", "")) <= 256:
                raise ApiError("BOT_COMMAND_DESCRIPTION_INVALID")
        self._commands[scope] = [c | {"command": c["command"].removeprefix("/")} for c in commands]
        self._tell()
        return True

    def description(self, kind: str, p: Json) -> Json:
        """Answer ``getMyDescription`` and ``getMyShortDescription``."""
        return {kind: self._described(kind, str(p.get("language_code", "")))}

    def set_description(self, kind: str, p: Json) -> bool:
        """Answer ``setMyDescription`` and ``setMyShortDescription``."""
        text = str(p.get(kind, ""))
        if utf16_length(text) > DESCRIPTIONS[kind]:
            raise ApiError(f"bot {kind.replace('_', ' ')} is too long")
        self._descriptions[kind, str(p.get("language_code", ""))] = text
        self._tell()
        return True

    def set_language(self, code: str) -> None:
        """Change the language of the person's Telegram."""
        self._user["language_code"] = code
        self._tell()

    def menu(self) -> list[Json]:
        """Return the commands that apply now: the first scope and language that Telegram finds."""
        for scope in (("chat", self._user["id"]), ("all_private_chats", 0), ("default", 0)):
            for code in (self._language, ""):
                if commands := self._commands.get((*scope, code)):
                    return copy.deepcopy(commands)
        return []

    def state(self) -> Json:
        """Return everything that stands around the messages."""
        return {
            "menu": self.menu(),
            "language": self._user["language_code"],
            "bot": {"name": self._bot["first_name"], "username": self._bot["username"]},
            "description": self._described("description", self._language),
        }

    def _tell(self) -> None:
        self._events.emit({"kind": "menu", **self.state()})

    @property
    def _language(self) -> str:
        return str(self._user["language_code"]).partition("-")[0]

    def _described(self, kind: str, language: str) -> str:
        return self._descriptions.get((kind, language)) or self._descriptions.get((kind, ""), "")

    def _scope(self, p: Json) -> tuple[str, int, str]:
        scope = p.get("scope") or {"type": "default"}
        kind, language = scope.get("type"), str(p.get("language_code", ""))
        if kind not in _SCOPES:
            raise ApiError("can't parse BotCommandScope: unsupported type specified")
        if language and not re.fullmatch(r"[a-z]{2}", language):
            raise ApiError("invalid language code specified")
        chat_id = decoded("chat_id", scope.get("chat_id", 0))
        if "chat_id" in scope:
            self._chats.of({"chat_id": chat_id})
        return kind, chat_id, language
