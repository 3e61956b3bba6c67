"""The chat page: one small server on this computer that shows the local chat in a browser.

Any web page the person visits could try to talk to a port on their own computer, and so could any other user of it. So all
but the empty page needs a word in a header, which no browser sends by itself: cookies of 127.0.0.1 go to every port of it, and
addresses are remembered. The word is made from the token for this run alone, and the tab sends it only to whoever has proved to
know the token too: another program may have taken the port while this one was down. Every request needs a ``Host`` that is this
server (else DNS rebinding could read), and every POST a matching ``Origin`` and the JSON content type (which a foreign page
cannot send without a preflight that is never granted).
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from tgtp.local_telegram.bot_api.markup import clean
from tgtp.local_telegram.bot_api.server import LocalTelegram
from tgtp.local_telegram.connections import MOST_AT_ONCE, REQUEST_SECONDS, Door, log

_HTML = Path(__file__).with_name("page.html")
_HEARTBEAT_SECONDS = 15.0
_MAX_BODY = 64 * 1024
# Seconds that a connection may stand idle between two requests.
_IDLE = 15.0
_NONCE = re.compile(r"[0-9a-zA-Z-]{16,64}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})?")
_IMAGES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}
_NO_TOKEN = "This page needs the address that the program printed when it started, token and all.\n"  # noqa: S105
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class LocalPage:
    """Serve the chat of a ``LocalTelegram`` to the person at this computer.

    ``port`` 0 takes any free one. ``token`` opens it; a new one in every run where none is given. ``host`` is what the
    socket binds; requests must name this machine all the same.
    """

    def __init__(self, telegram: LocalTelegram, *, port: int, host: str = "127.0.0.1", token: str | None = None) -> None:
        self._telegram = telegram
        self._host = host
        self._port = port
        self._token = token or secrets.token_urlsafe(24)
        # Another in every run, so that what a tab sends is worth nothing in the next.
        self._run = secrets.token_urlsafe(24)
        self._html = _HTML.read_text(encoding="utf-8")
        self._policy = _content_policy(self._html)
        self._runner: web.AppRunner | None = None
        self._server: asyncio.Server | None = None
        self._door = Door()
        self._closing = asyncio.Event()

    @property
    def address(self) -> str:
        """The address to open, token included: show it to the owner only."""
        return f"http://127.0.0.1:{self._port}/?token={self._token}"

    async def start(self) -> None:
        """Open the port; ``OSError`` when it is taken."""
        app = web.Application(client_max_size=_MAX_BODY, middlewares=[self._guard])
        app.on_response_prepare.append(self._harden)
        app.add_routes(
            [
                web.get("/", self._page),
                web.get("/api/hello", self._hello),
                web.get("/api/state", self._state),
                web.get("/api/events", self._events),
                web.post("/api/text", self._text),
                web.post("/api/press", self._press),
                web.post("/api/language", self._language),
                web.get("/api/file/{path:.+}", self._file),
            ]
        )
        self._closing.clear()
        # No access log: it would print the token. No page packs what it sends, and packed nonsense would end in a traceback.
        options: dict[str, Any] = {"keepalive_timeout": _IDLE, "auto_decompress": False, "logger": log}
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.3, **options)
        await runner.setup()
        try:
            if runner.server is None:
                raise OSError("the server was not made")
            factory = self._door.factory(runner.server)
            loop = asyncio.get_running_loop()
            self._server = await loop.create_server(factory, self._host, self._port, backlog=MOST_AT_ONCE)
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        self._port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """End the open event streams and close the port; harmless when not started."""
        self._closing.set()
        if self._server:
            self._server.close()
            self._server = None
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    # Who may come in

    @web.middleware
    async def _guard(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        hosts = {f"{name}:{self._port}" for name in ("127.0.0.1", "localhost", "[::1]")}
        if request.headers.get("Host", "") not in hosts:
            return _refuse(403, "This page answers on this computer only.\n")
        is_known = self._knows_token(request)
        if request.method != "POST":
            self._door.asked(request.transport, is_known=is_known)
        # The page itself holds nothing, and neither tells the proof anything to who does not know the token.
        if not is_known and request.path not in ("/", "/api/hello"):
            return _refuse(403, _NO_TOKEN)
        origin = request.headers.get("Origin")
        if (origin or request.method == "POST") and origin != f"http://{request.headers['Host']}":
            return _refuse(403, "This request came from another page.\n")
        if request.method == "POST" and request.content_type != "application/json":
            return _refuse(415, "Only application/json is understood here.\n")
        try:
            if request.method == "POST":
                async with asyncio.timeout(REQUEST_SECONDS):
                    await request.read()
                self._door.asked(request.transport, is_known=is_known)
            return await handler(request)
        except TimeoutError:
            return _refuse(408, "The request took too long.\n")
        except web.HTTPException as exc:
            return _refuse(exc.status, f"{exc.reason}.\n")

    def _knows_token(self, request: web.Request) -> bool:
        kind, _, offered = request.headers.get("Authorization", "").partition(" ")
        return kind == "Bearer" and hmac.compare_digest(
            self._signed("tab", self._run).encode(), offered.encode("utf-8", "replace")
        )

    def _signed(self, *words: str) -> str:
        return hmac.new(self._token.encode(), "\n".join(words).encode(), hashlib.sha256).hexdigest()

    async def _harden(self, _: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(
            {
                "X-Content-Type-Options": "nosniff",
                "Referrer-Policy": "no-referrer",
                "X-Frame-Options": "DENY",
                "Cache-Control": "no-store",
                "Cross-Origin-Resource-Policy": "same-origin",
                "Cross-Origin-Opener-Policy": "same-origin",
                "Server": "tgtp",
            }
        )
        response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")

    # What is served

    async def _page(self, _: web.Request) -> web.Response:
        response = web.Response(text=self._html, content_type="text/html")
        response.headers["Content-Security-Policy"] = self._policy
        return response

    async def _hello(self, request: web.Request) -> web.Response:
        """Prove to a tab that this server knows the token: for its nonce, and this address, so that nobody can pass it on."""
        nonce = request.query.get("nonce", "")
        if not _NONCE.fullmatch(nonce):
            raise web.HTTPBadRequest(reason="A nonce is needed")
        proof = self._signed("page", nonce, self._run, request.headers["Host"])
        return web.json_response({"run": self._run, "proof": proof})

    async def _state(self, _: web.Request) -> web.Response:
        return web.json_response(self._telegram.state())

    async def _events(self, request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        queue = self._telegram.subscribe()
        closing = asyncio.create_task(self._closing.wait())
        event = asyncio.create_task(queue.get())
        try:
            # Subscribed and read without a pause in between: nothing is missed, nothing comes twice.
            await _write(stream, {"kind": "state", **self._telegram.state()})
            while not closing.done():
                await asyncio.wait({event, closing}, timeout=_HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                if not event.done():
                    await stream.write(b": still here\n\n")
                    continue
                happened = event.result()
                event = asyncio.create_task(queue.get())
                await _write(stream, happened)
                if happened["kind"] == "dropped":
                    break
        except ConnectionResetError:
            # The browser left; there is nobody to tell.
            pass
        finally:
            closing.cancel()
            event.cancel()
            self._telegram.unsubscribe(queue)
        return stream

    async def _text(self, request: web.Request) -> web.Response:
        text = (await _body(request)).get("text")
        if not isinstance(text, str):
            raise web.HTTPBadRequest(reason="A text is needed")
        try:
            message_id = self._telegram.user_text(clean(text))
        except ValueError as exc:
            raise web.HTTPBadRequest(reason=str(exc)) from None
        return web.json_response({"message_id": message_id})

    async def _press(self, request: web.Request) -> web.Response:
        body = await _body(request)
        message_id, data = body.get("message_id"), body.get("data")
        shown = next((message for message in self._telegram.messages() if message["message_id"] == message_id), {})
        rows = shown.get("reply_markup", {}).get("inline_keyboard", [])
        # The keyboard may have changed since it was drawn; a button that is gone cannot be pressed.
        if not isinstance(data, str) or not any(button.get("callback_data") == data for row in rows for button in row):
            raise web.HTTPConflict(reason="That button is gone")
        return web.json_response({"query_id": self._telegram.user_press(shown["message_id"], data)})

    async def _language(self, request: web.Request) -> web.Response:
        code = (await _body(request)).get("code")
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


def _refuse(status: int, sentence: str) -> web.Response:
    response = web.Response(status=status, text=sentence)
    response.force_close()
    return response


async def _write(stream: web.StreamResponse, event: dict[str, Any]) -> None:
    await stream.write(f"data: {json.dumps(event)}\n\n".encode())


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except (ValueError, LookupError, RecursionError):
        raise web.HTTPBadRequest(reason="This is not JSON") from None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(reason="A JSON object is needed")
    return body


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
