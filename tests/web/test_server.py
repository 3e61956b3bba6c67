"""Who may come in, on this machine and from elsewhere: every route, tried by everybody who might."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import make_mocked_request

from tests.fixtures.waiting import until
from tests.monitor.fakes import PASSWORD, TOKEN, Monitor
from tests.web.visitor import NONCE, Visitor, signed
from tgtp.web.access import IDLE, MOST_SESSIONS, Access, TooManyTries
from tgtp.web.refusals import CLOSED, HEADERS
from tgtp.web.requests import Route, Who, is_from_here, peer_of
from tgtp.web.server import HostUnusable, WebServer
from tgtp.web.tries import MOST_NETWORKS

# What holds nothing of any account.
OPEN = {"/", "/monitor", "/monitor/{path:.+}", "/api/hello", "/api/enter"}
CHAT = {"/", "/api/state", "/api/events", "/api/text", "/api/press", "/api/language", "/api/file/{path:.+}"}
# An address of this machine that is not what a proxy or another machine is taken for.
ELSEWHERE = "127.0.0.2"


@asynccontextmanager
async def opened(**more: object) -> AsyncIterator[tuple[Monitor, Visitor]]:
    monitor = Monitor(**more)  # type: ignore[arg-type]
    await monitor.server.start()
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield monitor, Visitor(session, monitor.server)
    await monitor.server.stop()


def path_of(route: Route) -> str:
    return route.path.replace("{path:.+}", "photos/x.png")


@pytest.mark.parametrize("chat", [True, False])
@pytest.mark.parametrize("password", [None, PASSWORD])
@pytest.mark.parametrize("word", ["", "wrong", TOKEN, PASSWORD])
async def test_every_route_but_the_empty_ones_is_shut_to_a_stranger(chat: bool, password: str | None, word: str) -> None:
    """``TOKEN`` and ``PASSWORD`` themselves open ``/metrics`` alone: all else needs a word that is made of them."""
    async with opened(chat=chat, password=password) as (monitor, visitor):
        visitor.word = word
        served = {(route.method, route.path) for route in monitor.server.routes}
        assert {(each.method, each.resource.canonical) for each in _router(monitor.server) if each.resource} == {
            (method, path.replace(":.+", "")) for method, path in served
        }
        assert {path for _, path in served if path in OPEN} == OPEN
        for route in (*monitor.server.routes, Route("GET", "/nowhere", monitor.server.routes[0].handler, Who.READER)):
            for method in {route.method, "GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"}:
                answer = await visitor.ask(method, path_of(route), {})
                if route.path in OPEN and method == route.method:
                    assert answer.status in (200, 307, 400, 401, 404)
                    assert route.path in OPEN
                elif route.path == "/metrics" and method == "GET" and word in (TOKEN, password):
                    assert answer.status == 200
                else:
                    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer"), (method, route.path)
                    assert answer.text == "" or answer.text.startswith("This page needs the address")
        assert monitor.documents.built == 0
        assert monitor.telegram.messages() == []


def _router(server: WebServer) -> list[aiohttp.web.AbstractRoute]:
    assert server._runner is not None
    return list(server._runner.app.router.routes())


async def test_what_is_open_holds_nothing() -> None:
    async with opened(password=PASSWORD) as (_, visitor):
        hello = (await visitor.get(f"/api/hello?nonce={NONCE}")).json
        assert set(hello) == {"run", "proof", "password"}
        for path in ("/", f"/monitor?token={TOKEN}", "/monitor/words-en.json", "/monitor/words-zh.json"):
            answer = await visitor.get(path)
            for secret in (TOKEN, PASSWORD, hello["run"], "STX-USDT-SWAP", signed(TOKEN, "tab", hello["run"])):
                assert secret not in answer.text
            assert "Set-Cookie" not in answer.headers


async def test_the_word_of_the_token_opens_everything_on_this_machine() -> None:
    async with opened() as (monitor, visitor):
        await visitor.show_the_token()
        for route in monitor.server.routes:
            if (
                route.path != "/metrics"
                and route.method == "GET"
                and "stream" not in route.path
                and route.path != "/api/events"
            ):
                assert (await visitor.get(path_of(route))).status in (200, 400, 404), route.path
        assert (await visitor.ask("POST", "/api/text", {"text": "/status"})).status == 200
        assert (await visitor.get("/api/monitor/leg?key=main|STX")).status == 200
        assert (await visitor.get("/nowhere")).status == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "203.0.113.9"},
        {"X_Real_IP": "203.0.113.9"},
        {"Via": "1.1 proxy"},
        {"Forwarded": "for=203.0.113.9"},
        {"X_Forwarded_Proto": "https"},
        {"Host": "tgtp.example"},
        {"Host": "127.0.0.1"},
        {"Host": ""},
    ],
)
async def test_by_way_of_a_proxy_there_is_no_chat_and_no_token(headers: dict[str, str]) -> None:
    async with opened(password=PASSWORD) as (monitor, visitor):
        await visitor.show_the_token()
        for route in monitor.server.routes:
            if route.path in CHAT:
                assert (await visitor.ask(route.method, path_of(route), {"text": "x"}, **headers)).status == 404, route.path
        assert (await visitor.get("/api/monitor/leg?key=main|STX", **headers)).status == 401
        assert (await visitor.get("/metrics", Authorization=f"Bearer {TOKEN}", **headers)).status == 401
        assert (await visitor.get(f"/api/hello?nonce={NONCE}", **headers)).json == {"password": True}
        visitor.word = (await visitor.enter(PASSWORD, **headers)).json["word"]
        assert (await visitor.get("/api/monitor/leg?key=main|STX", **headers)).status == 200
        # What a password opens shows, and commands nothing: on this machine neither.
        assert (await visitor.get("/api/monitor/leg?key=main|STX")).status == 200
        assert (await visitor.get("/api/state")).status == 401
        assert (await visitor.ask("POST", "/api/text", {"text": "/close all"})).status == 401
        assert monitor.telegram.messages() == []


@pytest.mark.parametrize(
    ("peer", "own", "is_here"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("::1", "::1", True),
        ("::ffff:127.0.0.1", "::ffff:127.0.0.1", True),
        ("192.0.2.7", "127.0.0.1", False),
        ("192.0.2.7", "192.0.2.1", False),
        # Of this machine, by its other address: who is there may be told by it, and is not.
        ("192.0.2.1", "192.0.2.1", False),
        ("127.0.0.1", "192.0.2.1", False),
        ("::ffff:192.0.2.7", "::1", False),
        ("", "", False),
    ],
)
async def test_only_who_is_connected_to_this_machine_s_own_address_is_here(peer: str, own: str, is_here: bool) -> None:
    request = make_mocked_request("GET", "/", {"Host": "127.0.0.1:8765"}, transport=FakeTransport(peer, own))
    assert is_from_here(request, 8765) is is_here


class FakeTransport(asyncio.Transport):
    """Of a connection between two addresses; "" where they are not known any more."""

    def __init__(self, peer: str, own: str) -> None:
        names = {"peername": (peer, 50_000) if peer else None, "sockname": (own, 8765) if own else None}
        super().__init__(names)

    def is_closing(self) -> bool:
        return False


async def test_another_address_is_bound_beside_this_machine_s_own_and_under_the_same_port() -> None:
    async with opened(password=PASSWORD, host=ELSEWHERE) as (monitor, here):
        there = Visitor(here.session, monitor.server, to=ELSEWHERE)
        assert (await there.get("/monitor/words-en.json")).status == 200
        assert (await here.get("/api/hello?nonce=" + NONCE)).status == 200
        assert (await there.get("/api/state")).status == 404


async def test_an_address_that_is_not_this_machine_s_is_refused_and_nothing_stays_open() -> None:
    server = WebServer(Access(TOKEN, PASSWORD), port=0, host="192.0.2.1")
    with pytest.raises(HostUnusable):
        await server.start()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", server.port)


async def test_without_a_password_the_page_answers_under_the_names_of_this_machine_alone() -> None:
    async with opened() as (_, visitor):
        await visitor.show_the_token()
        for path in ("/monitor", "/api/monitor/leg?key=main|STX", "/metrics", f"/api/hello?nonce={NONCE}"):
            assert (await visitor.get(path, Host="tgtp.example")).status == 403
        assert (await visitor.enter("")).status == 404
        assert (await visitor.enter("x" * 20)).status == 404
        assert (await visitor.get(f"/api/hello?nonce={NONCE}")).json["password"] is False


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://tgtp.example", 200),
        ("http://tgtp.example", 200),
        ("https://shown.example:8443", 200),
        ("https://evil.example", 403),
        ("null", 403),
        ("https://tgtp.example.evil", 403),
        ("", 403),
    ],
)
async def test_a_password_is_taken_from_the_page_alone(origin: str, status: int) -> None:
    async with opened(password=PASSWORD, origin="https://shown.example:8443") as (_, visitor):
        assert (await visitor.enter(PASSWORD, Host="tgtp.example", Origin=origin)).status == status


async def test_a_password_is_tried_five_times_a_minute_the_right_one_too() -> None:
    async with opened(password=PASSWORD) as (_, visitor):
        for word in ("wrong", "", PASSWORD + "x", PASSWORD[:-1]):
            answer = await visitor.enter(word)
            assert (answer.status, answer.text) == (401, "Wrong password.\n")
        # The tries are counted together, wherever they are made.
        assert (await visitor.get("/metrics", Authorization="Bearer wrong")).status == 401
        for answer in (
            await visitor.enter(PASSWORD),
            await visitor.enter("wrong"),
            await visitor.get("/metrics", Authorization=f"Bearer {PASSWORD}"),
        ):
            assert answer.status == 429
            assert 0 < int(answer.headers["Retry-After"]) <= 60
        # The token is no password: nobody can keep out who has it.
        assert (await visitor.get("/metrics", Authorization=f"Bearer {TOKEN}")).status == 200
        body: Any
        for body in ({}, [], {"password": 5}, {"password": None}, {"word": PASSWORD}):
            assert (await visitor.ask("POST", "/api/enter", body)).status == 400


def test_tries_are_counted_by_network_and_end_with_the_minute() -> None:
    now = [1000.0]
    access = Access(TOKEN, PASSWORD, lambda: now[0])
    for _ in range(5):
        assert access.enter("wrong", "2001:db8::1") is None
    for peer in ("2001:db8::1", "2001:db8::ffff:1"):
        with pytest.raises(TooManyTries) as caught:
            access.enter(PASSWORD, peer)
        assert caught.value.seconds == 60
    assert access.enter(PASSWORD, "2001:db8:0:1::1")
    now[0] += 59
    with pytest.raises(TooManyTries):
        access.enter(PASSWORD, "2001:db8::1")
    now[0] += 1
    assert access.enter(PASSWORD, "2001:db8::1")
    assert not access.may_scrape("", "192.0.2.1", is_here=True)
    assert not Access(TOKEN).may_scrape(PASSWORD, "192.0.2.1", is_here=True)


def test_guesses_from_elsewhere_keep_nobody_out() -> None:
    access = Access(TOKEN, PASSWORD, lambda: 1000.0)
    for number in range(MOST_NETWORKS):
        assert access.enter("wrong", f"198.18.{number // 256}.{number % 256}") is None
    assert access.enter(PASSWORD, "198.51.100.1")


async def test_readers_behind_a_proxy_on_this_machine_are_told_apart() -> None:
    async with opened(password=PASSWORD) as (_, visitor):
        guesser, owner = {"X_Forwarded_For": "198.51.100.1, 203.0.113.9"}, {"X_Forwarded_For": "203.0.113.9, 198.51.100.1"}
        for _ in range(5):
            assert (await visitor.enter("wrong", **guesser)).status == 401
        assert (await visitor.enter(PASSWORD, **guesser)).status == 429
        assert (await visitor.enter(PASSWORD, **owner)).status == 200
        # What is no address counts as this machine, with all others who name none.
        for name in ("", "unknown", "198.51.100.1:443", "x" * 5000, "198.51.100.1, "):
            assert (await visitor.enter("wrong", X_Forwarded_For=name)).status == 401
        assert (await visitor.enter(PASSWORD)).status == 429
        assert (await visitor.enter(PASSWORD, **owner)).status == 200


def test_only_a_proxy_on_this_machine_is_asked_who_comes() -> None:
    headers = {"Host": "127.0.0.1:8765", "X-Forwarded-For": "203.0.113.9"}
    for peer, asker in {"127.0.0.1": "203.0.113.9", "::1": "203.0.113.9", "192.0.2.7": "192.0.2.7", "": ""}.items():
        assert peer_of(make_mocked_request("GET", "/", headers, transport=FakeTransport(peer, "127.0.0.1"))) == asker


def test_all_addresses_of_this_machine_count_as_one() -> None:
    access = Access(TOKEN, PASSWORD, lambda: 1000.0)
    for number in range(5):
        assert access.enter("wrong", f"127.0.{number}.1") is None
    with pytest.raises(TooManyTries):
        access.enter("wrong", "127.9.9.9")
    assert access.enter(PASSWORD, "198.51.100.1")


def test_sessions_are_bounded_and_the_one_that_is_not_used_gives_way() -> None:
    access = Access(TOKEN, PASSWORD)
    words = [access.enter(PASSWORD, "192.0.2.1") or "" for _ in range(MOST_SESSIONS)]
    assert len(set(words)) == MOST_SESSIONS
    assert all(len(word) >= 43 for word in words)
    assert access.is_of_a_session(words[0])
    access.enter(PASSWORD, "192.0.2.1")
    assert [access.is_of_a_session(word) for word in words[:3]] == [True, False, True]
    assert not access.is_of_a_session("")
    assert not access.is_of_a_session("\udcff")
    assert not Access(TOKEN, PASSWORD).is_of_a_session(words[0]), "of another run"


def test_a_session_ends_when_it_is_not_used_for_long() -> None:
    now = [0.0]
    access = Access(TOKEN, PASSWORD, lambda: now[0])
    word = access.enter(PASSWORD, "192.0.2.1") or ""
    now[0] += IDLE - 1
    assert access.is_of_a_session(word)
    now[0] += IDLE - 1
    assert access.is_of_a_session(word)
    with access.in_use(word):
        now[0] += 3 * IDLE
        assert access.is_of_a_session(word), "a stream is open"
        now[0] += IDLE
    now[0] += IDLE - 1
    assert access.is_of_a_session(word)
    now[0] += IDLE
    assert not access.is_of_a_session(word)
    with access.in_use(word):
        assert not access.is_of_a_session(word)


async def test_an_open_stream_keeps_its_session(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    async with opened(password=PASSWORD, chat=False) as (monitor, visitor):
        monkeypatch.setattr(monitor.server.access, "_now", lambda: now[0])
        visitor.word = (await visitor.enter(PASSWORD)).json["word"]
        async with visitor.stream() as stream:
            await stream.next()
            now[0] += 2 * IDLE
            assert (await visitor.get("/api/monitor/events")).status == 200
        await until(lambda: not any(session.open for session in monitor.server.access._sessions.values()))
        now[0] += IDLE
        assert (await visitor.get("/api/monitor/events")).status == 401


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"MARKER\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00MARKER\r\n\r\n", 400),
        (b"GET /MARKER HTTP/9.9\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nMARKER<script>\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: MARKER\r\n\r\n", 400),
        (b"GET /MARKER" + b"x" * 9000 + b" HTTP/1.1\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nX-Long: MARKER" + b"x" * 9000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + b"X: MARKER\r\n" * 999 + b"\r\n", 400),
        (b"PRI * HTTP/2.0\r\n\r\nMARKER\r\n\r\n", 400),
        (b"GET /MARKER HTTP/1.1\r\nHost: HERE\r\n\r\n", 401),
        (b"GET /MARKER HTTP/1.1\r\nHost: HERE\r\nAuthorization: Bearer WORD\r\n\r\n", 404),
        (b"PUT /monitor HTTP/1.1\r\nHost: HERE\r\nAuthorization: Bearer WORD\r\n\r\n", 405),
        (b"GET /monitor HTTP/1.1\r\nHost: HERE\r\nExpect: MARKER\r\n\r\n", 417),
        (b"GET /MARKER HTTP/1.1\r\nHost: MARKER\r\nExpect: MARKER\r\n\r\n", 417),
        (b"POST /api/enter HTTP/1.1\r\nHost: HERE\r\nOrigin: http://HERE\r\nContent-Type: application/json\r\n"
         b"Content-Length: 72000\r\n\r\n" + b"MARKER" * 12_000, 413),
    ],
)  # fmt: skip
async def test_whatever_is_sent_the_answer_is_this_program_s(
    sent: bytes, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(password=PASSWORD) as (monitor, visitor):
        await visitor.show_the_token()
        here = f"127.0.0.1:{monitor.server.port}".encode()
        reader, writer = await asyncio.open_connection("127.0.0.1", monitor.server.port)
        writer.write(sent.replace(b"HERE", here).replace(b"WORD", visitor.word.encode()))
        answer = (await asyncio.wait_for(reader.read(), 30)).decode()
        writer.close()
    head, _, body = answer.partition("\r\n\r\n")
    lines = head.lower().splitlines()
    assert lines[0].split()[1] == str(status)
    assert "server: tgtp" in lines
    assert {name.lower() + ": " + text.lower() for name, text in (HEADERS | CLOSED).items()} <= set(lines)
    assert not re.search("marker|aiohttp|python", answer, re.IGNORECASE)
    assert "<" not in body
    assert caplog.records == []


async def test_no_secret_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with opened(password=PASSWORD, chat=False) as (_, visitor):
        answer = await visitor.get(f"/?token={TOKEN}")
        assert (answer.status, answer.headers["Location"]) == (307, f"/monitor?token={TOKEN}")
        visitor.word = (await visitor.enter(PASSWORD)).json["word"]
        await visitor.enter(PASSWORD + "x")
        await visitor.get(f"/nowhere?token={TOKEN}")
        await visitor.get("/metrics", Authorization=f"Bearer {PASSWORD}")
        await visitor.ask("POST", "/api/enter", {"password": [PASSWORD]})
    for secret in (TOKEN, PASSWORD, visitor.word):
        assert secret not in caplog.text


async def test_every_answer_of_the_page_carries_the_headers() -> None:
    async with opened(password=PASSWORD) as (_, visitor):
        await visitor.show_the_token()
        for path in ("/monitor", "/monitor/words-en.json", "/api/monitor/leg?key=main|x", "/metrics", "/nowhere", "/api/hello"):
            headers = (await visitor.get(path)).headers
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "no-referrer"
            assert headers["X-Frame-Options"] == "DENY"
            assert headers["Cache-Control"] in ("no-store", "no-cache")
            assert headers["Content-Security-Policy"].startswith("default-src 'none'")
            assert "unsafe" not in headers["Content-Security-Policy"]
