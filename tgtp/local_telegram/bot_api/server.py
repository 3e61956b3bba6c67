"""A Telegram of our own: the Bot API as a state machine in this process, without a token, a socket or a network."""

from __future__ import annotations

import asyncio
import copy
import datetime as dt
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from tgtp.local_telegram.bot_api.calls import ApiError, Json, Uploads, decoded, refused
from tgtp.local_telegram.bot_api.chats import Chats, Post
from tgtp.local_telegram.bot_api.events import Events
from tgtp.local_telegram.bot_api.get_updates import Updates
from tgtp.local_telegram.bot_api.markup import MarkupError, plain_text, utf16_length
from tgtp.local_telegram.bot_api.messages import MAX_TEXT, Messages
from tgtp.local_telegram.bot_api.profile import DESCRIPTIONS, BotProfile
from tgtp.local_telegram.bot_api.queries import Queries


class LocalTelegram:
    """One bot, its owner's private chat, and the Bot API between them; all memory is bounded.

    Use it from one event loop. The user's side is synchronous, the bot's side is ``call``.
    """

    def __init__(
        self,
        *,
        user_id: int = 1,
        first_name: str = "You",
        language_code: str = "en",
        first_id: int = 1,
    ) -> None:
        """``first_id`` is that of the first message: what remembers messages of an earlier run must not meet them in others."""
        self.owner = user_id
        self.user: Json = {"id": user_id, "is_bot": False, "first_name": first_name, "language_code": language_code}
        author = {"id": 2_000_000_000, "is_bot": True, "first_name": "tgtp", "username": "tgtp_local_bot"}
        able = ("can_join_groups", "can_read_all_group_messages", "supports_inline_queries")
        self.bot: Json = author | dict.fromkeys(able, False)
        self._read = 0
        self._events = Events(user_id)
        self._updates = Updates()
        self._queries = Queries(self._events)
        self._chats = Chats(self.user, self._events, first_id)
        self._messages = Messages(self._chats, author)
        self._profile = BotProfile(self.bot, self.user, self._chats, self._events)
        self._methods = self._offer()

    def _offer(self) -> dict[str, Callable[[Json], Any]]:
        offered: dict[str, Callable[[Json], Any]] = {
            "getMe": lambda _: self.bot,
            "deleteWebhook": self._updates.delete_webhook,
            "setMyCommands": self._profile.set_commands,
            "getMyCommands": self._profile.commands,
            "sendMessage": self._messages.send_text,
            "sendPhoto": partial(self._messages.send_media, "photo"),
            "sendDocument": partial(self._messages.send_media, "document"),
            "sendMediaGroup": self._messages.send_group,
            "editMessageText": self._messages.edit_text,
            "editMessageCaption": self._messages.edit_caption,
            "editMessageMedia": self._messages.edit_media,
            "editMessageReplyMarkup": self._messages.edit_keyboard,
            "deleteMessage": self._chats.delete,
            "pinChatMessage": self._chats.pin,
            "unpinChatMessage": self._chats.unpin,
            "setMessageReaction": self._chats.react,
            "getChat": self._chats.get_chat,
            "getFile": self._chats.files.get_file,
            "answerCallbackQuery": self._queries.answer,
        }
        for kind in DESCRIPTIONS:
            what = kind.title().replace("_", "")
            offered[f"setMy{what}"] = partial(self._profile.set_description, kind)
            offered[f"getMy{what}"] = partial(self._profile.description, kind)
        return {name.lower(): method for name, method in offered.items()}

    # The bot's side

    async def call(self, method: str, params: Mapping[str, Any], files: Uploads) -> tuple[int, Json]:
        """Answer one Bot API call with the HTTP status and Telegram's envelope.

        Values may be native or, as on the wire, JSON in strings.
        """
        name = method.lower()
        try:
            p = {key: decoded(key, value) for key, value in params.items()}
            if name == "getupdates":
                result: Any = await self._get_updates(p)
            elif name in self._methods:
                result = self._methods[name](p | {"files": files})
            else:
                raise ApiError("Not Found", 404)
        except MarkupError as exc:
            return refused(400, f"Bad Request: {exc}")
        except ApiError as exc:
            return refused(exc.status, str(exc))
        return 200, {"ok": True, "result": copy.deepcopy(result)}

    async def _get_updates(self, p: Json) -> list[Json]:
        taken = await self._updates.take(p)
        mine = [u["message"]["message_id"] for u in taken if u.get("message", {}).get("from", {}).get("id") == self.owner]
        if mine and max(mine) > self._read:
            self._read = max(mine)
            self._events.emit({"kind": "read", "read": self._read})
        return taken

    def file(self, path: str) -> bytes | None:
        """Return the bytes of a sent photo or document, by ``file_path``."""
        file = self._chats.files.at(path)
        return file.content if file else None

    # The user's side

    def user_text(self, text: str) -> int:
        """Say something to the bot and return the message id; ``ValueError`` when it is empty or too long."""
        return self._say(text, {"from": dict(self.user), "chat": self._chats.owner.about, "date": int(time.time())})

    def user_press(self, message_id: int, data: str) -> str:
        """Press an inline button and return the query id; ``LookupError`` when the message is gone.

        The data is not checked against the keyboard: a press may cross an edit on its way.
        """
        return self._press(message_id, data, dict(self.user))

    def _say(self, text: str, message: Json, kind: str = "message") -> int:
        words, entities = plain_text(text)
        if not words or utf16_length(words) > MAX_TEXT:
            raise ValueError(f"a message has 1 to {MAX_TEXT} characters")
        kept = self._chats.add(Post({**message, "text": words} | ({"entities": entities} if entities else {})))
        self._updates.add(kind, kept)
        return int(kept["message_id"])

    def _press(self, message_id: int, data: str, person: Json) -> str:
        post = self._chats.anywhere(message_id)
        if post is None:
            raise LookupError(f"there is no message {message_id}")
        query_id = self._queries.open(person["id"])
        query = {"id": query_id, "from": person, "message": post.message, "chat_instance": "1", "data": data}
        self._updates.add("callback_query", query)
        return query_id

    def remember(self, html: str, at: dt.datetime) -> None:
        """Put a message of the bot into the owner's chat as of an earlier run."""
        self._messages.remember({"chat_id": self.owner, "text": html, "parse_mode": "HTML"}, int(at.timestamp()))

    def set_language(self, code: str) -> None:
        """Change the language of the user's Telegram, e.g. ``en`` or ``zh-hans``."""
        self._profile.set_language(code)

    # What is there to see

    def messages(self) -> list[Json]:
        """Return the owner's chat as Bot API messages, oldest first.

        Each also has ``silent``, ``file`` (path, name and size of the attachment, or None) and, if any, ``reaction``.
        """
        return [self._chats.shown(post) for post in self._chats.owner.posts.values()]

    def menu(self) -> list[Json]:
        """Return the commands that apply now: the first scope and language that Telegram finds."""
        return self._profile.menu()

    @property
    def pinned(self) -> int | None:
        """The newest pinned message of the owner's chat."""
        return self._chats.owner.pinned

    @property
    def keys(self) -> list[list[str]]:
        """The words on the keys below the owner's chat, row by row."""
        return self._chats.owner.keys

    def keep_keys(self, keys: list[list[str]]) -> None:
        """Put the keys of an earlier run below the owner's chat: a real Telegram keeps them."""
        self._chats.set_keys(self._chats.owner, keys)

    def state(self) -> Json:
        """Return everything a freshly opened chat shows."""
        shown = {"messages": self.messages(), "pinned": self.pinned, "keys": self.keys, "read": self._read}
        return {**shown, **self._profile.state()}

    def subscribe(self) -> asyncio.Queue[Json]:
        """Return a queue of what happens in the owner's chat from now on.

        A listener that falls far behind is dropped; the last thing it gets is ``{"kind": "dropped"}``.
        """
        return self._events.subscribe()

    def unsubscribe(self, q: asyncio.Queue[Json]) -> None:
        """Forget a listener; unknown ones are ignored."""
        self._events.unsubscribe(q)
