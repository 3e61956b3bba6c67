"""What the bot writes: texts, photos, documents and their edits, checked as Telegram checks them."""

from __future__ import annotations

import copy
import itertools
import time

from tgtp.local_telegram.bot_api.calls import ApiError, Json
from tgtp.local_telegram.bot_api.chats import Chats, Post
from tgtp.local_telegram.bot_api.markup import Entity, inline_keyboard, parse_html, plain_text, reply_keyboard, utf16_length

MAX_TEXT = 4096
MAX_CAPTION = 1024

_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)


class Messages:
    """The bot's pen: it puts messages into chats and changes its own."""

    def __init__(self, chats: Chats, author: Json) -> None:
        self._chats = chats
        self._author = author
        self._groups = itertools.count(1)

    def send_text(self, p: Json) -> Json:
        """Answer ``sendMessage``."""
        self._chats.of(p)
        return self._send(p, _text(p))

    def remember(self, p: Json, date: int) -> None:
        """Put a text into its chat that was sent at ``date``."""
        self._chats.add(Post({"from": self._author, "chat": self._chats.of(p).about, "date": date, **_text(p)}, silent=True))

    def send_media(self, kind: str, p: Json) -> Json:
        """Answer ``sendPhoto`` and ``sendDocument``."""
        return self._send(p, self._media(p | {"media": {"type": kind, "media": p.get(kind)}}))

    def send_group(self, p: Json) -> list[Json]:
        """Answer ``sendMediaGroup``."""
        self._chats.of(p)
        if not 2 <= len(p.get("media", [])) <= 10:
            raise ApiError("group send failed: a media group has 2 to 10 items")
        contents = [self._media(p | {"media": item}) for item in p["media"]]
        together = {"media_group_id": str(next(self._groups))}
        return [self._send(p, content | together) for content in contents]

    def edit_text(self, p: Json) -> Json:
        """Answer ``editMessageText``."""
        post = self._own(p)
        content = _text(p)
        if "text" not in post.message:
            raise ApiError("there is no text in the message to edit")
        return self._edit(p, content, {"text", "entities", "link_preview_options"})

    def edit_caption(self, p: Json) -> Json:
        """Answer ``editMessageCaption``."""
        if "text" in self._own(p).message:
            raise ApiError("there is no caption in the message to edit")
        return self._edit(p, _caption(p), {"caption", "caption_entities"})

    def edit_media(self, p: Json) -> Json:
        """Answer ``editMessageMedia``: a photo may become a document and the other way round."""
        self._own(p)
        replaced = {"text", "entities", "photo", "document", "caption", "caption_entities"}
        return self._edit(p, self._media(p), replaced)

    def edit_keyboard(self, p: Json) -> Json:
        """Answer ``editMessageReplyMarkup``."""
        return self._edit(p, {}, set())

    def _media(self, p: Json) -> Json:
        self._chats.of(p)
        item = p.get("media") or {}
        return self._chats.files.attach(p["files"], item.get("type", ""), item.get("media")) | _caption(p | item)

    def _send(self, p: Json, content: Json) -> Json:
        message: Json = {"from": self._author, "chat": self._chats.of(p).about, "date": int(time.time()), **content}
        keys = reply_keyboard(p.get("reply_markup"))
        if keys is None and (keyboard := inline_keyboard(p.get("reply_markup"))):
            message["reply_markup"] = keyboard
        if (replied := self._replied(p)) is not None:
            message["reply_to_message"] = replied
        sent = self._chats.add(Post(message, silent=bool(p.get("disable_notification"))))
        if keys is not None:
            self._chats.set_keys(self._chats.of(p), keys)
        return sent

    def _replied(self, p: Json) -> Json | None:
        """Return the message that a new one answers, without what that one answers itself."""
        wanted = p.get("reply_parameters")
        if wanted is None:
            return None
        if not isinstance(wanted, dict) or not isinstance(wanted.get("message_id"), int):
            raise ApiError("can't parse reply parameters JSON object")
        post = self._chats.of(p).posts.get(wanted["message_id"])
        if post is None and not wanted.get("allow_sending_without_reply"):
            raise ApiError("message to be replied not found")
        return {k: v for k, v in copy.deepcopy(post.message).items() if k != "reply_to_message"} if post else None

    def _own(self, p: Json) -> Post:
        post = self._chats.post(p, "message to edit not found")
        if not post.message["from"]["is_bot"]:
            raise ApiError("message can't be edited")
        return post

    def _edit(self, p: Json, content: Json, replaced: set[str]) -> Json:
        post = self._own(p)
        # Telegram takes an edit without a keyboard as the wish to remove it.
        keyboard = inline_keyboard(p.get("reply_markup"))
        kept = {k: v for k, v in post.message.items() if k not in replaced | {"reply_markup", "edit_date"}}
        edited = kept | content | ({"reply_markup": keyboard} if keyboard else {})
        if edited == {k: v for k, v in post.message.items() if k != "edit_date"}:
            raise ApiError(_NOT_MODIFIED)
        if replaced:
            edited["edit_date"] = int(time.time())
        elif "edit_date" in post.message:
            edited["edit_date"] = post.message["edit_date"]
        post.message = edited
        self._chats.changed(post)
        return edited


def _text(p: Json) -> Json:
    text, entities = _parsed(p, "text")
    if not text:
        raise ApiError("message text is empty")
    if utf16_length(text) > MAX_TEXT:
        raise ApiError("message is too long")
    content: Json = {"text": text}
    if entities:
        content["entities"] = entities
    if "link_preview_options" in p:
        content["link_preview_options"] = p["link_preview_options"]
    return content


def _caption(p: Json) -> Json:
    caption, entities = _parsed(p, "caption")
    if utf16_length(caption) > MAX_CAPTION:
        raise ApiError("message caption is too long")
    return ({"caption": caption} if caption else {}) | ({"caption_entities": entities} if entities else {})


def _parsed(p: Json, key: str) -> tuple[str, list[Entity]]:
    raw, mode = str(p.get(key, "")), str(p.get("parse_mode", "")).lower()
    if mode not in ("", "html"):
        raise ApiError("unsupported parse_mode")
    return parse_html(raw) if mode else plain_text(raw)
