"""The chat page: what shows the local chat in a browser on this computer.

All but the empty page is the owner's: it needs the word that is made from the token in the page's address, and answers on this
machine alone.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

from aiohttp import web

from tgtp.local_telegram.bot_api.markup import clean
from tgtp.local_telegram.bot_api.server import LocalTelegram
from tgtp.web.events import send_events
from tgtp.web.requests import Route, Who, body_of

_HTML = Path(__file__).with_name("page.html")
_HEARTBEAT_SECONDS = 15.0
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})?")
_IMAGES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}


class ChatPage:
    """Serves the chat of a ``LocalTelegram`` to the person at this computer. ``closing`` is set when the server ends."""

    def __init__(self, telegram: LocalTelegram, closing: asyncio.Event) -> None:
        self._telegram = telegram
        self._closing = closing
        self._html = _HTML.read_text(encoding="utf-8")
        self._policy = _content_policy(self._html)

    @property
    def routes(self) -> tuple[Route, ...]:
        """What it answers to."""
        return (
            Route("GET", "/", self._page, Who.ANYBODY, only_here=True),
            Route("GET", "/api/state", self._state, Who.OWNER),
            Route("GET", "/api/events", self._events, Who.OWNER),
            Route("POST", "/api/text", self._text, Who.OWNER),
            Route("POST", "/api/press", self._press, Who.OWNER),
            Route("POST", "/api/language", self._language, Who.OWNER),
            Route("GET", "/api/file/{path:.+}", self._file, Who.OWNER),
        )

    async def _page(self, _: web.Request) -> web.Response:
        response = web.Response(text=self._html, content_type="text/html")
        response.headers["Content-Security-Policy"] = self._policy
        return response

    async def _state(self, _: web.Request) -> web.Response:
        return web.json_response(self._telegram.state())

    async def _events(self, request: web.Request) -> web.StreamResponse:
        queue = self._telegram.subscribe()
        # Subscribed and read without a pause in between: nothing is missed, nothing comes twice.
        waiting: list[dict[str, Any] | None] = [{"kind": "state", **self._telegram.state()}]

        async def following() -> bytes | None:
            event = waiting.pop() if waiting else await queue.get()
            if event is None:
                return None
            if event["kind"] == "dropped":
                waiting.append(None)
            return f"data: {json.dumps(event)}\n\n".encode()

        try:
            return await send_events(request, self._closing, following, sign_of_life=_HEARTBEAT_SECONDS)
        finally:
            self._telegram.unsubscribe(queue)

    async def _text(self, request: web.Request) -> web.Response:
        text = (await body_of(request)).get("text")
        if not isinstance(text, str):
            raise web.HTTPBadRequest(reason="A text is needed")
        try:
            message_id = self._telegram.user_text(clean(text))
        except ValueError as exc:
            raise web.HTTPBadRequest(reason=str(exc)) from None
        return web.json_response({"message_id": message_id})

    async def _press(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        message_id, data = body.get("message_id"), body.get("data")
        shown = next((message for message in self._telegram.messages() if message["message_id"] == message_id), {})
        rows = shown.get("reply_markup", {}).get("inline_keyboard", [])
        # The keyboard may have changed since it was drawn; a button that is gone cannot be pressed.
        if not isinstance(data, str) or not any(button.get("callback_data") == data for row in rows for button in row):
            raise web.HTTPConflict(reason="That button is gone")
        return web.json_response({"query_id": self._telegram.user_press(shown["message_id"], data)})

    async def _language(self, request: web.Request) -> web.Response:
        code = (await body_of(request)).get("code")
        if not isinstance(code, str) or not _LANGUAGE.fullmatch(code):
            raise web.HTTPBadRequest(reason="A language code is needed")
        self._telegram.set_language(code)
        return web.json_response({"language": code})

    async def _file(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        content = self._telegram.file(path)
        if content is None:
            raise web.HTTPNotFound
        image = _IMAGES.get(path.rpartition(".")[2]) if path.startswith("photos/") else None
        response = web.Response(body=content, content_type=image or "application/octet-stream")
        if not image:
            response.headers["Content-Disposition"] = "attachment"
        return response


def _content_policy(html: str) -> str:
    """Allow exactly the script and the style that stand in the page, by their hashes."""
    allowed = {
        tag: " ".join(
            f"'sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}'"
            for inline in re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        )
        for tag in ("script", "style")
    }
    return (
        f"default-src 'none'; script-src {allowed['script']}; style-src {allowed['style']}; img-src blob: data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
