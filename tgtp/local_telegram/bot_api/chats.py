"""Who talks with the bot, and the messages of each chat: kept, pinned, deleted, shown."""

from __future__ import annotations

import copy
import itertools
import time
from dataclasses import dataclass, field

from telegram.constants import ReactionEmoji

from tgtp.local_telegram.bot_api.calls import ApiError, Json
from tgtp.local_telegram.bot_api.events import Events
from tgtp.local_telegram.bot_api.files import Files

MAX_MESSAGES = 500
MAX_PINS = 50
DELETABLE_SECONDS = 48 * 3600

_REACTIONS = frozenset(map(str, ReactionEmoji))

_GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
# The library does not take an answer without them.
_FULL: Json = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": dict.fromkeys(_GIFTS, False)}


@dataclass
class Post:
    """A message, and what Telegram knows of it but does not send to bots."""

    message: Json
    silent: bool = False
    reaction: str = ""

    @property
    def chat_id(self) -> int:
        """The chat that it stands in."""
        return int(self.message["chat"]["id"])

    @property
    def file_id(self) -> str:
        """The file that it shows, or nothing."""
        media = self.message.get("document") or self.message.get("photo", [{}])[-1]
        return str(media.get("file_id", ""))


@dataclass
class Chat:
    """One chat: its posts by message id, oldest first, its pins, newest last, and the words on the keys below it, by row."""

    about: Json
    posts: dict[int, Post] = field(default_factory=dict)
    pins: list[int] = field(default_factory=list)
    keys: list[list[str]] = field(default_factory=list)

    @property
    def pinned(self) -> int | None:
        """The newest pin."""
        return self.pins[-1] if self.pins else None

    def trim(self) -> None:
        """Forget the oldest posts; a pinned dashboard outlives any number of messages after it."""
        for message_id in [known for known in self.posts if known not in self.pins][: max(0, len(self.posts) - MAX_MESSAGES)]:
            del self.posts[message_id]


class Chats:
    """Every chat that the bot may write to, ``by_id``; the owner's is the only one here. All memory is bounded."""

    def __init__(self, owner: Json, events: Events, first_id: int = 1) -> None:
        self.owner = Chat(private_chat(owner))
        self.files = Files(self._files_in_use)
        self._events = events
        self.by_id: dict[int, Chat] = {owner["id"]: self.owner}
        self._message_ids = itertools.count(first_id)

    def of(self, p: Json) -> Chat:
        """Return the chat that a call names."""
        if p.get("chat_id", "") == "":
            raise ApiError("chat_id is empty")
        if p["chat_id"] not in self.by_id:
            raise ApiError("chat not found")
        return self.by_id[p["chat_id"]]

    def post(self, p: Json, otherwise: str) -> Post:
        """Return the message that a call names, or refuse it in the words of ``otherwise``."""
        post = self.of(p).posts.get(p.get("message_id", 0))
        if post is None:
            raise ApiError(otherwise)
        return post

    def anywhere(self, message_id: int) -> Post | None:
        """Return a message of any chat: no two chats have one with the same id."""
        return next((chat.posts[message_id] for chat in self.by_id.values() if message_id in chat.posts), None)

    def add(self, post: Post) -> Json:
        """Keep a new message under a new id, and return it."""
        post.message = {"message_id": next(self._message_ids), **post.message}
        chat = self.by_id[post.chat_id]
        chat.posts[post.message["message_id"]] = post
        chat.trim()
        self._emit("message", post)
        return post.message

    def changed(self, post: Post) -> None:
        """Tell the listeners that a message is not what it was."""
        self._emit("edit", post)

    def shown(self, post: Post) -> Json:
        """Return a message with ``silent``, ``file`` (path, name and size of what is attached, or None) maybe ``reaction``."""
        file = self.files.get(post.file_id)
        attachment = {"path": file.path, "name": file.name, "size": len(file.content)} if file else None
        reaction = {"reaction": post.reaction} if post.reaction else {}
        return {**copy.deepcopy(post.message), "silent": post.silent, "file": attachment, **reaction}

    def get_chat(self, p: Json) -> Json:
        """Answer ``getChat``."""
        chat = self.of(p)
        pinned = {"pinned_message": chat.posts[chat.pinned].message} if chat.pinned else {}
        return {**chat.about, **_FULL, **pinned}

    def delete(self, p: Json) -> bool:
        """Answer ``deleteMessage``."""
        post = self.post(p, "message to delete not found")
        if post.message["date"] < time.time() - DELETABLE_SECONDS:
            raise ApiError("message can't be deleted for everyone")
        chat, message_id = self.of(p), p["message_id"]
        del chat.posts[message_id]
        self._events.emit({"kind": "delete", "message_id": message_id}, post.chat_id)
        self._set_pins(chat, [pin for pin in chat.pins if pin != message_id])
        return True

    def react(self, p: Json) -> bool:
        """Answer ``setMessageReaction``: one of Telegram's own emojis, or none."""
        post = self.post(p, "message to react not found")
        wanted = p.get("reaction") or []
        if not isinstance(wanted, list) or not all(isinstance(kind, dict) for kind in wanted):
            raise ApiError("can't parse reaction: expected an Array of ReactionType")
        if len(wanted) > 1:
            raise ApiError("REACTIONS_TOO_MANY")
        emoji = wanted[0].get("emoji") if wanted and wanted[0].get("type") == "emoji" else None
        if wanted and emoji not in _REACTIONS:
            raise ApiError("REACTION_INVALID")
        post.reaction = str(emoji or "")
        self.changed(post)
        return True

    def pin(self, p: Json) -> bool:
        """Answer ``pinChatMessage``."""
        self.post(p, "message to pin not found")
        chat, message_id = self.of(p), p["message_id"]
        self._set_pins(chat, [*(pin for pin in chat.pins if pin != message_id), message_id][-MAX_PINS:])
        return True

    def unpin(self, p: Json) -> bool:
        """Answer ``unpinChatMessage``: a given message, or the newest pin."""
        chat = self.of(p)
        message_id = p.get("message_id", chat.pinned)
        if message_id not in chat.pins:
            raise ApiError("message to unpin not found")
        self._set_pins(chat, [pin for pin in chat.pins if pin != message_id])
        return True

    def set_keys(self, chat: Chat, keys: list[list[str]]) -> None:
        """Put other keys below a chat; none to take them away."""
        chat.keys = keys
        self._events.emit({"kind": "keys", "keys": keys}, chat.about["id"])

    def _set_pins(self, chat: Chat, pins: list[int]) -> None:
        if pins != chat.pins:
            chat.pins = pins
            self._events.emit({"kind": "pin", "pinned": chat.pinned}, chat.about["id"])

    def _emit(self, kind: str, post: Post) -> None:
        if post.chat_id == self.owner.about["id"]:
            self._events.emit({"kind": kind, "message": self.shown(post)})

    def _files_in_use(self) -> set[str]:
        return {post.file_id for chat in self.by_id.values() for post in chat.posts.values()}


def private_chat(person: Json) -> Json:
    """Return the chat of one person with the bot."""
    return {"id": person["id"], "type": "private", "first_name": person["first_name"]}
