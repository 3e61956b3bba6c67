"""A browser that does as told: it keeps no cookies and sends no header on its own."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import aiohttp

from tgtp.web.server import WebServer

NONCE = "a-nonce-of-the-tab"


def signed(token: str, *words: str) -> str:
    return hmac.new(token.encode(), "\n".join(words).encode(), hashlib.sha256).hexdigest()


class Answer(NamedTuple):
    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Visitor:
    """Asks one server. ``word`` is what it shows of itself; ``host`` and ``peer`` are how it comes."""

    def __init__(self, session: aiohttp.ClientSession, server: WebServer, to: str = "127.0.0.1") -> None:
        self.session = session
        self.server = server
        self.root = f"http://{to}:{server.port}"
        self.word = ""

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        sent = {name.replace("_", "-"): text for name, text in headers.items()}
        if self.word:
            sent.setdefault("Authorization", f"Bearer {self.word}")
        data = None
        if method == "POST":
            sent.setdefault("Origin", f"http://{sent.get('Host', self.root.removeprefix('http://'))}")
            sent.setdefault("Content-Type", "application/json")
            data = json.dumps(body).encode()
        async with self.session.request(method, self.root + path, data=data, headers=sent, allow_redirects=False) as answer:
            return Answer(answer.status, await answer.text(), answer.headers)

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.ask("GET", path, **headers)

    async def enter(self, password: str, **headers: str) -> Answer:
        return await self.ask("POST", "/api/enter", {"password": password}, **headers)

    async def show_the_token(self) -> None:
        """Take the word of the token, from a server that proves to know it."""
        token, hello = self.server.access.token, (await self.get(f"/api/hello?nonce={NONCE}")).json
        assert hello["proof"] == signed(token, "page", NONCE, hello["run"], self.root.removeprefix("http://"))
        self.word = signed(token, "tab", hello["run"])

    @asynccontextmanager
    async def stream(
        self, language: str = "en", last_id: str = "", encoding: str = "gzip, deflate, br"
    ) -> AsyncIterator[Stream]:
        headers = {"Authorization": f"Bearer {self.word}", "Accept-Encoding": encoding}
        headers |= {"Last-Event-ID": last_id} if last_id else {}
        path = f"{self.root}/api/monitor/stream?language={language}"
        async with self.session.get(path, headers=headers) as answer:
            assert answer.status == 200
            assert answer.content_type == "text/event-stream"
            yield Stream(answer)


class Told(NamedTuple):
    id: str
    event: str
    data: Any


class Stream:
    """What a stream tells, message by message."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self.answer = answer
        self.signs_of_life = 0

    async def next(self, seconds: float = 90) -> Told:
        found: dict[str, str] = {}
        async with asyncio.timeout(seconds):
            while True:
                line = (await self.answer.content.readline()).decode()
                if not line:
                    raise ConnectionResetError("the stream has ended")
                name, _, text = line.rstrip("\n").partition(": ")
                if name:
                    found[name] = text
                elif line == "\n" and "data" in found:
                    return Told(found["id"], found["event"], json.loads(found["data"]))
                else:
                    self.signs_of_life += 1
