"""The chat page: who may come in, what it answers, and that it stops at once."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import hashlib
import hmac
import json
import logging
import re
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.fixtures.pages import chat_server
from tests.fixtures.waiting import DEADLINE, until
from tests.local_telegram.bot_api.test_calls import ask, keys
from tgtp.local_telegram import page as page_module
from tgtp.local_telegram.bot_api.server import LocalTelegram
from tgtp.web import connections
from tgtp.web import server as server_module
from tgtp.web.connections import MOST_CONNECTIONS
from tgtp.web.server import WebServer

HTML = Path(page_module.__file__).with_name("page.html").read_text(encoding="utf-8")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(8) + (4).to_bytes(4, "big") * 2
TOKEN = "a-token-of-this-run"


NONCE = "a-nonce-of-the-tab"


def signed(token: str, *words: str) -> str:
    return hmac.new(token.encode(), "\n".join(words).encode(), hashlib.sha256).hexdigest()


class Visitor:
    """A browser that does as told: it keeps no cookies and sends no header on its own."""

    def events(self) -> Any:
        return self.session.get(f"{self.root}/api/events", headers={"Authorization": self.key})

    def __init__(self, session: aiohttp.ClientSession, page: WebServer) -> None:
        self.session = session
        self.root, _, self.token = page.address().partition("/?token=")
        self.key = ""

    async def enter(self) -> Visitor:
        """Take what opens the page, from a server that proves to know the token."""
        host = self.root.removeprefix("http://")
        hello = json.loads((await self.get(f"/api/hello?nonce={NONCE}"))[1])
        assert hello["proof"] == signed(self.token, "page", NONCE, hello["run"], host)
        self.key = f"Bearer {signed(self.token, 'tab', hello['run'])}"
        return self

    async def get(self, path: str, **headers: str) -> tuple[int, str, dict[str, str]]:
        async with self.session.get(self.root + path, headers=headers) as answer:
            return answer.status, await answer.text(), dict(answer.headers)

    async def post(self, path: str, body: Any, **headers: str | None) -> tuple[int, str]:
        default = {"Authorization": self.key, "Origin": self.root, "Content-Type": "application/json"}
        sent = {key: value for key, value in {**default, **headers}.items() if value is not None}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        skip = ["Content-Type"]
        async with self.session.post(self.root + path, data=data, headers=sent, skip_auto_headers=skip) as answer:
            return answer.status, await answer.text()


@pytest.fixture
def tg() -> LocalTelegram:
    return LocalTelegram()


@pytest.fixture
async def page(tg: LocalTelegram) -> AsyncIterator[WebServer]:
    page = chat_server(tg, token=TOKEN)
    await page.start()
    yield page
    await page.stop()


@pytest.fixture
async def visitor(page: WebServer) -> AsyncIterator[Visitor]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield await Visitor(session, page).enter()


# Who may come in


async def test_only_this_computer_is_bound(page: WebServer, visitor: Visitor) -> None:
    port = int(visitor.root.rpartition(":")[2])
    assert visitor.root.startswith("http://127.0.0.1:")
    with socket.create_connection(("127.0.0.1", port), timeout=2):
        pass
    with pytest.raises(OSError, match=r"127\.0\.0\.1"):
        await chat_server(LocalTelegram(), port=port).start()


def test_each_run_has_its_own_token(tg: LocalTelegram) -> None:
    tokens = {chat_server(tg, port=1).address().partition("token=")[2] for _ in range(20)}
    assert len(tokens) == 20
    assert all(len(token) >= 32 for token in tokens)


async def test_the_page_gives_nothing_that_a_browser_would_send_by_itself(visitor: Visitor) -> None:
    for path in (f"/?token={TOKEN}", "/", "/?token=wrong"):
        status, body, headers = await visitor.get(path)
        assert (status, body) == (200, HTML)
        assert "Set-Cookie" not in headers
    assert TOKEN not in HTML
    assert (await visitor.get("/api/state", Authorization=visitor.key))[0] == 200


@pytest.mark.parametrize("path", ["/api/state", "/api/events", "/api/file/photos/x.png", "/nowhere"])
async def test_a_cookie_or_an_address_opens_nothing(visitor: Visitor, path: str) -> None:
    # Cookies of 127.0.0.1 go to every port of it; addresses stand in histories.
    port = visitor.root.rpartition(":")[2]
    for headers in ({"Cookie": f"tgtp_{port}={TOKEN}"}, {"Cookie": f"token={TOKEN}"}, {"Referer": f"/?token={TOKEN}"}):
        assert (await visitor.get(f"{path}?token={TOKEN}", **headers))[0] == 401
    body = {"text": "x"}
    assert (await visitor.post(f"/api/text?token={TOKEN}", body, Authorization=None, Cookie=f"tgtp_{port}={TOKEN}"))[0] == 401


@pytest.mark.parametrize("path", ["/api/state", "/api/events", "/api/file/photos/x.png", "/nowhere"])
@pytest.mark.parametrize("key", ["", "Bearer", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", TOKEN])
async def test_no_token_no_entry(visitor: Visitor, path: str, key: str) -> None:
    status, body, headers = await visitor.get(path, Authorization=key)
    assert (status, headers["WWW-Authenticate"]) == (401, "Bearer")
    assert body == "This page needs the address that the program printed when it started, token and all.\n"


async def test_the_token_is_compared_in_constant_time(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return one == other

    monkeypatch.setattr("tgtp.web.access.hmac.compare_digest", compare)
    assert (await visitor.get("/api/state", Authorization="Bearer guess"))[0] == 401
    assert (visitor.key.removeprefix("Bearer ").encode(), b"guess") in compared


async def test_the_token_opens_nothing_and_what_opens_one_run_opens_no_other(visitor: Visitor, tg: LocalTelegram) -> None:
    assert (await visitor.get("/api/state", Authorization=f"Bearer {TOKEN}"))[0] == 401
    other = chat_server(tg, token=TOKEN)
    await other.start()
    again = Visitor(visitor.session, other)
    assert (await again.get("/api/state", Authorization=visitor.key))[0] == 401
    await again.enter()
    assert (await again.get("/api/state", Authorization=again.key))[0] == 200
    await other.stop()


async def test_the_proof_is_for_one_nonce_and_one_address(visitor: Visitor) -> None:
    port = visitor.root.rpartition(":")[2]
    proofs = set()
    for host, nonce in ((f"127.0.0.1:{port}", NONCE), (f"localhost:{port}", NONCE), (f"127.0.0.1:{port}", f"{NONCE}-2")):
        status, body, _ = await visitor.get(f"/api/hello?nonce={nonce}", Host=host)
        assert status == 200
        proofs.add(json.loads(body)["proof"])
    assert len(proofs) == 3
    # Of a server that passes on what another one proves.
    assert (await visitor.get(f"/api/hello?nonce={NONCE}", Host="127.0.0.1:1"))[0] == 403
    for nonce in ("", "short", "x" * 65, "a nonce with blanks in it"):
        assert (await visitor.get(f"/api/hello?nonce={nonce}"))[0] == 400


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "192.168.1.2:{port}"])
async def test_another_host_name_is_refused(visitor: Visitor, host: str) -> None:
    name = host.format(port=visitor.root.rpartition(":")[2])
    assert (await visitor.get("/api/state", Host=name, Authorization=visitor.key))[0] == 403
    assert (await visitor.get("/", Host=name))[0] == 403


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "[::1]:{port}"])
async def test_the_names_of_this_computer_are_known(visitor: Visitor, host: str) -> None:
    name = host.format(port=visitor.root.rpartition(":")[2])
    assert (await visitor.get("/api/state", Host=name, Authorization=visitor.key))[0] == 200
    body = {"text": "hello"}
    assert (await visitor.post("/api/text", body, Host=name, Origin=f"http://{name}"))[0] == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://{host}", "http://localhost:{port}"]
)
async def test_another_origin_is_refused(visitor: Visitor, tg: LocalTelegram, origin: str) -> None:
    host = visitor.root.partition("//")[2]
    foreign = origin.format(host=host, port=host.rpartition(":")[2])
    assert (await visitor.post("/api/text", {"text": "x"}, Origin=foreign))[0] == 403
    assert (await visitor.get("/api/state", Authorization=visitor.key, Origin=foreign))[0] == 403
    assert tg.messages() == []


async def test_a_post_needs_origin_type_and_token(visitor: Visitor, tg: LocalTelegram) -> None:
    assert (await visitor.post("/api/text", {"text": "x"}, Origin=None))[0] == 403
    assert (await visitor.post("/api/text", {"text": "x"}, Authorization=None))[0] == 401
    for kind in ("text/plain", "application/x-www-form-urlencoded", None):
        assert (await visitor.post("/api/text", {"text": "x"}, **{"Content-Type": kind}))[0] == 415
    assert tg.messages() == []


@pytest.mark.parametrize("path", ["/", "/api/state", "/api/events", "/nowhere"])
@pytest.mark.parametrize("key", ["right", "wrong"])
async def test_every_answer_carries_the_headers(visitor: Visitor, path: str, key: str) -> None:
    sent = {"Authorization": visitor.key if key == "right" else "x"}
    async with visitor.session.get(visitor.root + path, headers=sent) as answer:
        headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Cache-Control"] == "no-store"
        policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


async def test_the_policy_allows_the_inline_script_by_its_hash(visitor: Visitor) -> None:
    _, body, headers = await visitor.get(f"/?token={TOKEN}")
    for tag in ("script", "style"):
        [inline] = re.findall(rf"<{tag}>(.*?)</{tag}>", body, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in headers["Content-Security-Policy"]


async def test_the_token_is_never_logged(visitor: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await visitor.get(f"/?token={TOKEN}")
    await visitor.get(f"/nowhere?token={TOKEN}")
    await visitor.post("/api/text", b"{", Authorization=visitor.key)
    assert TOKEN not in caplog.text


def test_the_page_needs_nothing_from_outside_and_parses_no_markup() -> None:
    assert not re.findall(r"(?:src|href)=[\"'](?!data:)", HTML)
    assert not re.findall(r"@import|url\((?!data:)", HTML)
    assert not re.findall(r"innerHTML|outerHTML|insertAdjacent|document\.write|DOMParser|\beval\(", HTML)
    assert not re.findall(r"\son\w+=[\"']|\sstyle=[\"']", HTML), "the policy forbids inline handlers and styles"
    words = re.search(r"const WORDS = \{(.*?)\n\};", HTML, re.DOTALL)
    assert words
    english, chinese = (re.findall(r"(\w+): \"", part) for part in words.group(1).split("zh: {"))
    assert sorted(english) == sorted(chinese)


# What it answers


async def test_state(visitor: Visitor, tg: LocalTelegram) -> None:
    await ask(tg, "setMyCommands", commands=[{"command": "status", "description": "Positions"}])
    sent = await ask(tg, "sendMessage", text="<b>好</b>", parse_mode="HTML", reply_markup=keys("go"))
    await ask(tg, "pinChatMessage", message_id=sent["message_id"])
    state = json.loads((await visitor.get("/api/state", Authorization=visitor.key))[1])
    assert state["messages"] == tg.messages()
    assert state["pinned"] == sent["message_id"]
    assert state["menu"] == [{"command": "status", "description": "Positions"}]
    assert (state["language"], state["bot"]["name"]) == ("en", "tgtp")


async def test_texts(visitor: Visitor, tg: LocalTelegram) -> None:
    status, body = await visitor.post("/api/text", {"text": "/start 好\ud83d"})
    assert (status, json.loads(body)) == (200, {"message_id": 1})
    assert tg.messages()[0]["text"] == "/start 好\ufffd"
    bad: Any
    for bad in ({"text": "x" * 4097}, {"text": " "}, {"text": 5}, {}, [], b"{", b"\xff", b"[" * 60_000):
        assert (await visitor.post("/api/text", bad))[0] == 400
    assert (await visitor.post("/api/text", {"text": "x" * 70_000}))[0] == 413
    assert len(tg.messages()) == 1


async def test_presses(visitor: Visitor, tg: LocalTelegram) -> None:
    sent = await ask(tg, "sendMessage", text="x", reply_markup=keys("go", "stop"))
    here = {"message_id": sent["message_id"]}
    assert (await visitor.post("/api/press", here | {"data": "stop"}))[0] == 200
    [update] = await ask(tg, "getUpdates")
    assert update["callback_query"]["data"] == "stop"
    await ask(tg, "editMessageReplyMarkup", **here, reply_markup=keys("other"))
    for gone in (here | {"data": "stop"}, {"message_id": 99, "data": "go"}, here | {"data": ["go"]}, {}):
        assert (await visitor.post("/api/press", gone)) == (409, "That button is gone.\n")
    assert len(await ask(tg, "getUpdates")) == 1


async def test_language(visitor: Visitor, tg: LocalTelegram) -> None:
    assert (await visitor.post("/api/language", {"code": "zh-hans"}))[0] == 200
    assert tg.user["language_code"] == "zh-hans"
    bad: dict[str, Any]
    for bad in ({"code": "english please"}, {"code": 1}, {}):
        assert (await visitor.post("/api/language", bad))[0] == 400


async def test_files_come_as_pictures_or_downloads_only(visitor: Visitor, tg: LocalTelegram) -> None:
    await ask(tg, "sendPhoto", {"photo": ("a.html", PNG, "text/html")})
    await ask(tg, "sendDocument", {"document": ("evil.html", b"<script>", "text/html")})
    photo, document = (message["file"]["path"] for message in tg.messages())
    async with visitor.session.get(f"{visitor.root}/api/file/{photo}", headers={"Authorization": visitor.key}) as answer:
        assert (await answer.read(), answer.content_type) == (PNG, "image/png")
    async with visitor.session.get(f"{visitor.root}/api/file/{document}", headers={"Authorization": visitor.key}) as answer:
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == "attachment"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    for path in ("photos/none.png", "../page.py", "%2e%2e/page.py"):
        assert (await visitor.get(f"/api/file/{path}", Authorization=visitor.key))[0] == 404


# Events


async def events(answer: aiohttp.ClientResponse) -> AsyncIterator[dict[str, Any]]:
    async for line in answer.content:
        if line.startswith(b"data: "):
            yield json.loads(line[6:])


async def test_events_begin_with_the_state_and_follow_the_chat(visitor: Visitor, tg: LocalTelegram) -> None:
    tg.user_text("before")
    async with (
        asyncio.timeout(DEADLINE),
        visitor.events() as answer,
    ):
        assert answer.content_type == "text/event-stream"
        stream = events(answer)
        first = await anext(stream)
        assert (first["kind"], [m["text"] for m in first["messages"]]) == ("state", ["before"])
        sent = await ask(tg, "sendMessage", text="one\n\ndata: two", reply_markup=keys("go"))
        query = tg.user_press(sent["message_id"], "go")
        await ask(tg, "answerCallbackQuery", callback_query_id=query, text="Done")
        await ask(tg, "editMessageText", message_id=sent["message_id"], text="edited")
        await ask(tg, "pinChatMessage", message_id=sent["message_id"])
        tg.user_text("thanks")
        await ask(tg, "getUpdates")
        tg.set_language("zh")
        await ask(tg, "deleteMessage", message_id=sent["message_id"])
        kinds = ["message", "toast", "edit", "pin", "message", "read", "menu", "delete", "pin"]
        seen = [await anext(stream) for _ in kinds]
    assert [event["kind"] for event in seen] == kinds
    assert seen[0]["message"]["text"] == "one\n\ndata: two"
    assert seen[2]["message"]["text"] == "edited"


async def test_a_dropped_listener_is_hung_up(visitor: Visitor, tg: LocalTelegram) -> None:
    async with (
        asyncio.timeout(DEADLINE),
        visitor.events() as answer,
    ):
        stream = events(answer)
        await anext(stream)
        for _ in range(600):
            await ask(tg, "sendMessage", text="x")
        kinds = [event["kind"] async for event in stream]
    assert kinds[-1] == "dropped", "the stream ends, so the browser comes back and gets the whole state"


async def test_a_listener_that_leaves_is_forgotten(
    visitor: Visitor, tg: LocalTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_module, "_HEARTBEAT_SECONDS", 0.01)
    gone: list[Any] = []
    monkeypatch.setattr(tg, "unsubscribe", gone.append)
    async with visitor.events() as answer:
        assert b"data: " in await answer.content.readline()
        assert await answer.content.readline() == b"\n"
        assert await answer.content.readline() == b": still here\n"
    await until(lambda: gone)


async def test_it_stops_at_once_with_streams_open_and_starts_again(visitor: Visitor, page: WebServer) -> None:
    streams = [await visitor.events() for _ in range(3)]
    for stream in streams:
        await stream.content.readline()
    # aiohttp by itself would wait a minute for them.
    async with asyncio.timeout(30):
        await page.stop()
    for stream in streams:
        stream.close()
    await page.stop()
    await page.start()
    assert page.address().startswith(visitor.root)
    assert (await visitor.get("/", Authorization=visitor.key))[0] == 200


NO_JSON = (b"{", b"[" * 60_000, b'{"text":' * 7_000, b"\xff\xfe", b"", b"null", b'{"text": ' + b"1" * 5_000 + b"}")


@pytest.mark.parametrize("path", ["text", "press", "language"])
@pytest.mark.parametrize("more", [{}, {"Content-Encoding": "gzip"}, {"Content-Type": "application/json; charset=nope"}])
async def test_broken_and_deeply_nested_json_is_a_400_without_a_traceback(
    visitor: Visitor, path: str, more: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    for body in NO_JSON:
        status, _ = await visitor.post(f"/api/{path}", body, **more)
        assert status == 400, body[:20]
    assert caplog.records == []


# Who stays connected


BODY = b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"
BROKEN = {
    "no HTTP": b"\x16\x03\x01\x00\xa5\x01\x00\x00",
    "another version": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: HERE\r\nHost: evil\r\n\r\n",
    "no address": b"GET http://h:99999999/ HTTP/1.1\r\nHost: HERE\r\n\r\n",
    "a long line": b"GET / HTTP/1.1\r\nHost: HERE\r\nCookie: " + b"a=b; " * 9000 + b"\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\nHost: HERE\r\n" + b"X: y\r\n" * 500 + b"\r\n",
    "a length below nothing": b"GET / HTTP/1.1\r\nHost: HERE\r\nContent-Length: -1\r\n\r\n",
    "a broken body": b"POST /api/text HTTP/1.1\r\nHost: HERE\r\n" + BODY,
    "a broken body with the token": b"POST /api/text HTTP/1.1\r\nHost: HERE\r\nAUTH\r\n" + BODY,
    "half a body": b"POST /api/text HTTP/1.1\r\nHost: HERE\r\nAUTH\r\nContent-Length: 9\r\n\r\n{",
}


@pytest.mark.parametrize("sent", BROKEN.values(), ids=BROKEN.keys())
async def test_a_broken_request_writes_nothing_into_the_log(
    visitor: Visitor, sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Each was a traceback of ten lines: a stranger on this machine could fill the disk with them, without the token."""
    here = visitor.root.removeprefix("http://")
    auth = f"Authorization: {visitor.key}\r\nOrigin: {visitor.root}\r\nContent-Type: application/json"
    sent = sent.replace(b"HERE", here.encode()).replace(b"AUTH", auth.encode())
    for _ in range(3):
        reader, writer = await asyncio.open_connection(*here.split(":"))
        writer.write(sent)
        await writer.drain()
        if not sent.endswith(b"{"):
            await asyncio.wait_for(reader.read(1), DEADLINE)
        writer.close()
        await writer.wait_closed()
    assert (await visitor.get("/api/state", Authorization=visitor.key))[0] == 200
    assert caplog.records == []


async def test_a_fault_of_the_page_s_own_is_told(
    visitor: Visitor, tg: LocalTelegram, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tg, "set_language", lambda _: 1 / 0)
    assert (await visitor.post("/api/language", {"code": "zh"}))[0] == 500
    assert "ZeroDivisionError" in caplog.text


def idle(port: int) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), timeout=5)
    made.setblocking(False)
    return made


def is_open(made: socket.socket) -> bool:
    try:
        return made.recv(1) != b""
    except BlockingIOError:
        return True
    except ConnectionResetError:
        return False


async def test_idle_connections_are_bounded_and_never_keep_the_owner_out(
    visitor: Visitor, tg: LocalTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Not by their time: by their number.
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 600)
    port = int(visitor.root.rpartition(":")[2])
    async with visitor.events() as mine:
        await mine.content.readline()
        crowd = []
        for _ in range(300):
            crowd.append(idle(port))
            await asyncio.sleep(0)
        async with asyncio.timeout(12):
            await until(lambda: sum(map(is_open, crowd)) <= MOST_CONNECTIONS)
        assert (await visitor.get("/api/state", Authorization=visitor.key))[0] == 200
        tg.user_text("still here")
        lines = [await mine.content.readline() for _ in range(2)]
        assert b"still here" in lines[-1]
        assert is_open(crowd[-1]), "the newest of them is let in"
        for each in crowd:
            each.close()


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"POST /api/text HTTP/1.1\r\nContent-Length: 9\r\n"])
async def test_a_request_that_is_never_whole_is_hung_up(visitor: Visitor, monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 0.2)
    made = idle(int(visitor.root.rpartition(":")[2]))
    made.send(sent)
    # Sooner than the server would by itself.
    async with asyncio.timeout(12):
        await until(lambda: not is_open(made))
    made.close()


async def test_a_body_that_never_ends_is_hung_up(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "REQUEST_SECONDS", 0.2)
    host = visitor.root.partition("//")[2]
    made = idle(int(host.rpartition(":")[2]))
    lines = ["POST /api/text HTTP/1.1", f"Host: {host}", f"Origin: {visitor.root}", f"Authorization: {visitor.key}"]
    made.send("\r\n".join([*lines, "Content-Type: application/json", "Content-Length: 9", "", "{"]).encode())
    got: list[bytes] = []

    def answered() -> bool:
        try:
            got.append(made.recv(1000))
        except BlockingIOError:
            return False
        return b"408" in got[0]

    await until(answered)
    made.close()


async def test_an_open_stream_is_not_cut_by_the_time_for_requests(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 0.05)
    monkeypatch.setattr(page_module, "_HEARTBEAT_SECONDS", 0.05)
    async with visitor.events() as answer:
        for _ in range(20):
            assert await answer.content.readline() != b""


# Over a restart


def test_a_message_of_an_earlier_run_is_shown_as_of_then(tg: LocalTelegram) -> None:
    at = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)
    tg.remember("<b>🎯 STX</b>", at)
    [message] = tg.messages()
    assert (message["text"], message["date"], message["silent"]) == ("🎯 STX", int(at.timestamp()), True)


async def test_messages_of_another_run_are_not_met_under_its_numbers() -> None:
    later = LocalTelegram(first_id=1000)
    assert (await ask(later, "sendMessage", text="x"))["message_id"] == 1000
