"""Stands in for the program behind the monitoring page: its assets, who may come in, a stream that can be cut and killed.

``python -m tests.monitor.fake_server --legs 60`` prints an address to open; its marks move each second.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import hmac
import json
import secrets
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

import tgtp.monitor
from tests.monitor import made_details
from tests.monitor.made_document import Document, MadeDocument
from tgtp.monitor.words import words

STATIC = Path(tgtp.monitor.__file__).with_name("static")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
KEPT = 64
OPEN = ("/monitor", "/api/hello", "/api/enter")
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class FakeServer:
    """Serves one made document to any number of pages.

    ``made`` is the document in each language that is asked for; what happens goes through ``tell``. ``delay`` is how many
    seconds each answer waits; ``refuses`` has every word refused. ``asked`` are the requests, each with its place.
    """

    def __init__(
        self, made: Callable[[str], MadeDocument], *, token: str = "a-token-of-this-run", password: str | None = None
    ) -> None:
        self._make = made
        self.token = token
        self.password = password
        self.port = 0
        self.delay = 0.0
        self.refuses = False
        self.asked: list[str] = []
        self._tries = 0
        self._begin()

    def _begin(self) -> None:
        """Forget what a process forgets when it ends."""
        self.run = secrets.token_urlsafe(8)
        self._made: dict[str, MadeDocument] = {}
        self._count = 0
        self._changes: dict[str, deque[tuple[int, Document]]] = {}
        self._readers: dict[asyncio.Queue[tuple[int, Document] | None], str] = {}
        self._words: set[str] = set()
        self._runner: web.AppRunner | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/monitor?token={self.token}"

    @property
    def readers(self) -> int:
        return len(self._readers)

    def made(self, language: str) -> MadeDocument:
        if language not in self._made:
            self._made[language] = self._make(language)
        return self._made[language]

    async def start(self) -> None:
        """Open the port, the one from before after a ``kill``."""
        app = web.Application(middlewares=[self._guard])
        app.add_routes(
            [
                web.get("/monitor", self._asset),
                web.get("/monitor/{path:.+}", self._asset),
                web.get("/api/hello", self._hello),
                web.post("/api/enter", self._enter),
                web.get("/api/monitor/stream", self._stream),
                web.get("/api/monitor/{what}", self._detail),
            ]
        )
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        self._runner = runner
        self.port = runner.addresses[0][1]

    def cut(self) -> None:
        """Break every stream off; whoever comes back with its place misses nothing."""
        for queue in list(self._readers):
            queue.put_nowait(None)

    async def kill(self) -> None:
        """End, as a process does: the port is closed, and everything of this run is forgotten."""
        self.cut()
        if self._runner is not None:
            await self._runner.cleanup()
        self._begin()

    def tell(self, happens: Callable[[MadeDocument], Document]) -> None:
        """Have something happen to the document in every language, and send what changed."""
        self._count += 1
        for language, made in self._made.items():
            change = (self._count, happens(made))
            self._changes.setdefault(language, deque(maxlen=KEPT)).append(change)
            for queue, of in self._readers.items():
                if of == language:
                    queue.put_nowait(change)

    @web.middleware
    async def _guard(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path_qs} {request.headers.get('Last-Event-ID', '')}".rstrip())
        if self.delay:
            await asyncio.sleep(self.delay)
        kind, _, word = request.headers.get("Authorization", "").partition(" ")
        is_known = kind == "Bearer" and word in {self.signed("tab", self.run), *self._words} and not self.refuses
        if not is_known and not (request.path in OPEN or request.path.startswith("/monitor/")):
            return web.Response(status=401, text="Who are you?\n")
        return await handler(request)

    def signed(self, *words: str) -> str:
        return hmac.new(self.token.encode(), "\n".join(words).encode(), hashlib.sha256).hexdigest()

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info.get("path", "index.html")
        headers = {"Cache-Control": "no-cache", "Content-Security-Policy": POLICY}
        if path.startswith("words-"):
            return web.json_response(words("zh" if path == "words-zh.json" else "en"), headers=headers)
        found = (STATIC / path).resolve()
        if not found.is_relative_to(STATIC) or not found.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(found, headers=headers)

    async def _hello(self, request: web.Request) -> web.Response:
        proof = self.signed("page", request.query["nonce"], self.run, request.headers["Host"])
        return web.json_response({"run": self.run, "proof": proof, "password": self.password is not None})

    async def _enter(self, request: web.Request) -> web.Response:
        if self.password is None:
            raise web.HTTPNotFound
        self._tries += 1
        if self._tries > 5:
            return web.Response(status=429, headers={"Retry-After": "60"})
        if (await request.json())["password"] != self.password:
            return web.Response(status=401)
        self._tries = 0
        word = secrets.token_urlsafe(24)
        self._words.add(word)
        return web.json_response({"word": word})

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        language = request.query.get("language", "en")
        made = self.made(language)
        queue: asyncio.Queue[tuple[int, Document] | None] = asyncio.Queue()
        run, _, place = request.headers.get("Last-Event-ID", "").rpartition("-")
        changes = self._changes.get(language, deque())
        since = [change for change in changes if place.isdigit() and change[0] > int(place)]
        is_whole = run != self.run or len(since) != self._count - int(place)
        self._readers[queue] = language
        try:
            if is_whole:
                await self._write(stream, self._count, "state", made.document)
            for count, patch in () if is_whole else since:
                await self._write(stream, count, "change", patch)
            while (change := await queue.get()) is not None:
                await self._write(stream, change[0], "change", change[1])
        except ConnectionResetError:
            # The browser left.
            pass
        finally:
            self._readers.pop(queue, None)
        return stream

    async def _write(self, stream: web.StreamResponse, count: int, kind: str, data: Document) -> None:
        await stream.write(f"id: {self.run}-{count}\nevent: {kind}\ndata: {json.dumps(data)}\n\n".encode())

    async def _detail(self, request: web.Request) -> web.Response:
        made = self.made(request.query.get("language", "en"))
        answer: dict[str, Any] | None = made_details.answer(made, request.match_info["what"], request.query)
        if answer is None:
            raise web.HTTPNotFound
        return web.json_response(answer)


async def serve(legs: int, port: int, password: str | None) -> None:
    fake = FakeServer(lambda language: MadeDocument(legs, language=language), password=password)
    fake.port = port
    await fake.start()
    print(fake.address, flush=True)
    while True:
        await asyncio.sleep(1)
        fake.tell(MadeDocument.move)


if __name__ == "__main__":
    asking = argparse.ArgumentParser()
    asking.add_argument("--legs", type=int, default=60)
    asking.add_argument("--port", type=int, default=8799)
    asking.add_argument("--password", default=None)
    given = asking.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(given.legs, given.port, given.password))
