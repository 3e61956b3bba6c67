"""Somebody else's Bot API server on loopback, taught the fields that it does not know yet; with faults."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler
from lo_bot_api_emulator import ApiRefusal, LoBotApiEmulator

from tests.fixtures.waiting import until

TOKEN = "7654321:AAExampleExampleExampleExampleExample01"
# Calls of Telegram that the server does not know; it takes them all the same.
NEWER_CALLS = ("pinChatMessage", "unpinChatMessage", "setMessageReaction")
NEWER_FIELDS = ("link_preview_options", "protect_content", "message_effect_id")
_ANN = {"id": 42, "is_bot": False, "first_name": "Ann", "language_code": "en"}
_MESSAGE = {"message_id": 900, "from": _ANN, "chat": {"id": 42, "type": "private"}, "text": "/status"}
# Updates that the library cannot read: home-made and older servers write them.
UNREADABLE: dict[str, dict[str, Any]] = {
    "no date": {"message": _MESSAGE},
    "an absurd date": {"message": {**_MESSAGE, "date": 1e14}},
    "an older poll": {
        "message": {
            **_MESSAGE,
            "date": 1700000000,
            "poll": {
                "id": "1",
                "question": "?",
                "options": [],
                "total_voter_count": 0,
                "is_closed": False,
                "is_anonymous": True,
                "type": "regular",
                "allows_multiple_answers": False,
            },
        }
    },
    "a word for a person": {"message": {**_MESSAGE, "date": 1700000000, "from": "Ann"}},
}


class BotApi(LoBotApiEmulator):  # type: ignore[misc] # it is not typed
    """The server; ``sent`` are the messages that the bot has sent, ``edits`` its edits, ``pictures`` its photos."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[dict[str, Any]] = []
        self.edits: list[dict[str, Any]] = []
        self.pictures: list[dict[str, Any]] = []
        self.menus: list[dict[str, Any]] = []
        self.refuse: Callable[[str], ApiRefusal | None] = lambda _: None
        # Where requests came from.
        self.remotes: set[str] = set()
        # A method whose reply is 100 MB long, once.
        self.huge = ""
        self._runner: web.AppRunner | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        app = self.app()
        app.middlewares.append(self._seen)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    @web.middleware
    async def _seen(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.remotes.add(request.remote or "")
        if not self.huge or not request.path.endswith(self.huge):
            return await handler(request)
        self.huge = ""
        response = web.StreamResponse()
        with contextlib.suppress(ConnectionError):
            await response.prepare(request)
            for _ in range(100):
                await response.write(b"x" * 2**20)
            await response.write_eof()
        return response

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> BotApi:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def validate(self, method: str, fields: dict[str, Any], uploads: dict[str, Any]) -> Any:
        refusal = self.refuse(method)
        if refusal is not None:
            raise refusal
        if method in NEWER_CALLS:
            return True
        if method == "getChat":
            return {"id": int(fields["chat_id"]), "type": "private", "first_name": "Ann"}
        for name in NEWER_FIELDS:
            fields.pop(name, None)
        if "reply_markup" in fields:
            markup = self.decoded(fields["reply_markup"])
            for row in markup.get("inline_keyboard", []):
                for button in row:
                    button.pop("style", None)
            fields["reply_markup"] = json.dumps(markup)
        kept = dict(fields)
        result = super().validate(method, fields, uploads)
        if method == "getMe":
            result = {**result, "username": "guard_test_bot"}
        if isinstance(result, dict) and "date" in result:
            result["date"] = int(time.time())
        if method == "sendMessage":
            self.sent.append(kept)
            kept["message_id"] = result["message_id"]
        if method == "sendPhoto":
            self.pictures.append({**kept, "photos": [upload["data"] for upload in uploads.values()]})
        if method == "editMessageText":
            self.edits.append(kept)
        if method == "setMyCommands":
            self.menus.append(kept)
        return result

    async def says(self, text: str, *, user_id: int = 42, code: str = "en", age: float = 0) -> None:
        """A person writes to the bot."""
        user = {"id": user_id, "is_bot": False, "first_name": "Ann", "language_code": code}
        message: dict[str, Any] = {
            "message_id": len(self.requests) + 1000,
            "date": int(time.time() - age),
            "chat": {"id": user_id, "type": "private"},
            "from": user,
            "text": text,
        }
        if text.startswith("/"):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
        await self.enqueue_update({"message": message}, token=TOKEN)

    async def sends(self, update: dict[str, Any]) -> None:
        """Let an update wait for the bot, exactly as it is."""
        await self.enqueue_update(update, token=TOKEN)

    async def presses(self, data: str, *, user_id: int = 42) -> None:
        """A person presses the newest button that has this in its data."""
        message, found = next(
            (message, button["callback_data"])
            for message in reversed(self.sent)
            for row in json.loads(message.get("reply_markup") or "{}").get("inline_keyboard", [])
            for button in row
            if data in button.get("callback_data", "")
        )
        shown = {
            "message_id": message["message_id"],
            "date": int(time.time()),
            "chat": {"id": user_id, "type": "private"},
            "text": message["text"],
        }
        user = {"id": user_id, "is_bot": False, "first_name": "Ann", "language_code": "en"}
        query = {"id": str(time.monotonic_ns()), "from": user, "message": shown, "chat_instance": "1", "data": found}
        await self.enqueue_update({"callback_query": query}, token=TOKEN)

    def texts(self, chat_id: int = 42) -> list[str]:
        return [message["text"] for message in self.sent if int(message["chat_id"]) == chat_id]

    async def until(self, condition: Callable[[], Any]) -> None:
        await until(condition)
