"""What the page asks for one by one, and its files."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fixtures.waiting import until
from tests.monitor.fakes import TOKEN, FakeDetails, Monitor
from tests.web.visitor import Visitor
from tgtp.chat.texts import TEXTS
from tgtp.monitor import routes
from tgtp.monitor.assets import POLICY, STATIC, Assets
from tgtp.monitor.routes import MOST_EVENTS


@pytest.fixture
async def monitor(tmp_path: Path) -> AsyncIterator[Monitor]:
    (tmp_path / "secret.env").write_text("OKX_API_KEY=k3y", encoding="utf-8")
    static = tmp_path / "static"
    (static / "js").mkdir(parents=True)
    (static / "index.html").write_text("<title>tgtp</title>", encoding="utf-8")
    (static / "js" / "main.js").write_text("export {};", encoding="utf-8")
    (static / "LICENSE").write_text("MIT", encoding="utf-8")
    (static / "notes.py").write_text("no", encoding="utf-8")
    one = Monitor(static=static)
    await one.server.start()
    yield one
    await one.server.stop()


async def test_the_files_of_the_page(visitor: Visitor) -> None:
    visitor.word = ""
    for path, kind, text in (
        ("/monitor", "text/html; charset=utf-8", "<title>tgtp</title>"),
        (f"/monitor?token={TOKEN}", "text/html; charset=utf-8", "<title>tgtp</title>"),
        ("/monitor/js/main.js", "text/javascript; charset=utf-8", "export {};"),
        ("/monitor/LICENSE", "text/plain; charset=utf-8", "MIT"),
    ):
        answer = await visitor.get(path)
        assert (answer.status, answer.headers["Content-Type"], answer.text) == (200, kind, text)
        assert (answer.headers["Content-Security-Policy"], answer.headers["Cache-Control"]) == (POLICY, "no-cache")
        again = await visitor.get(path, If_None_Match=answer.headers["ETag"])
        assert (again.status, again.text, again.headers["ETag"]) == (304, "", answer.headers["ETag"])
        assert (await visitor.get(path, If_None_Match='"other"')).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "../secret.env",
        "%2e%2e/secret.env",
        "..%2fsecret.env",
        "js/../../secret.env",
        "js/",
        "js",
        "notes.py",
        "nothing.js",
        "/etc/passwd",
        "%00",
        "js\\main.js",
    ],
)
async def test_nothing_else_is_a_file_of_the_page(monitor: Monitor, path: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", monitor.server.port)
    writer.write(f"GET /monitor/{path} HTTP/1.1\r\nHost: 127.0.0.1:{monitor.server.port}\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    assert answer.split(b" ")[1] in (b"404", b"401", b"400")
    assert b"k3y" not in answer
    writer.close()


async def test_words_of_both_languages_are_files(visitor: Visitor) -> None:
    keys = {key for key in TEXTS if key.startswith("page.")}
    for language in ("en", "zh"):
        words = (await visitor.get(f"/monitor/words-{language}.json")).json
        assert words == {key: getattr(TEXTS[key], language) for key in keys}
    assert len(keys) > 3


def test_every_file_of_the_page_can_be_sent() -> None:
    names = {path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.is_file()}
    assert names | {"words-en.json", "words-zh.json"} == set(Assets().names)


async def test_what_is_asked_for_one_by_one(visitor: Visitor) -> None:
    leg = await visitor.get("/api/monitor/leg?key=main|STX-USDT-SWAP_long&language=zh&range=day")
    assert leg.json == {"key": "main|STX-USDT-SWAP_long", "language": "zh", "span": "day"}
    assert leg.headers["Content-Type"] == "application/json; charset=utf-8"
    money = await visitor.get("/api/monitor/money?from=2025-11-30&to=2026-11-30&account=alpha")
    assert money.json == {"since": "2025-11-30", "until": "2026-11-30", "account": "alpha"}
    assert (await visitor.get("/api/monitor/events")).json == {
        "language": "en",
        "before": None,
        "count": 50,
        "kind": None,
        "account": None,
        "coin": None,
    }
    events = await visitor.get("/api/monitor/events?before=10&count=9999&kind=tier_filled&account=alpha&coin=STX&language=zh")
    assert events.json == {
        "language": "zh",
        "before": 10,
        "count": MOST_EVENTS,
        "kind": "tier_filled",
        "account": "alpha",
        "coin": "STX",
    }
    assert (await visitor.get("/api/monitor/why?number=7")).json == {"text": "why 7"}
    assert (await visitor.get("/metrics", Authorization=f"Bearer {TOKEN}")).text == "tgtp_checks_total 1\n"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("leg", 400),
        ("leg?key=", 400),
        ("leg?key=" + "x" * 201, 400),
        ("leg?key=gone", 404),
        ("leg?key=main|x&language=fr", 400),
        ("leg?key=main|x&range=year", 400),
        ("money", 400),
        ("money?from=2026-11-30&to=2026-11-01", 400),
        ("money?from=2026-02-30&to=2026-03-01", 400),
        ("money?from=20261101&to=2026-11-30", 400),
        ("money?from=0001-01-01&to=9999-12-31", 400),
        ("money?from=2025-11-29&to=2026-11-30", 400),
        ("money?from=2026-11-01&to=2026-11-30&account=../x", 400),
        ("events?count=many", 400),
        ("events?before=-1", 400),
        ("events?before=" + "9" * 13, 400),
        ("events?before=²", 400),
        ("events?kind=<script>", 400),
        ("events?coin=%00", 400),
        ("why", 400),
        ("why?number=1e3", 400),
        ("why?number=5000", 404),
        ("stream?language=", 400),
        ("stream?language=en-GB", 400),
        ("nowhere", 404),
    ],
)
async def test_what_makes_no_sense_is_refused_in_a_word(
    visitor: Visitor, path: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await visitor.get(f"/api/monitor/{path}")
    assert (answer.status, answer.headers["Content-Type"]) == (status, "text/plain; charset=utf-8")
    assert "script" not in answer.text
    assert caplog.records == []


async def test_broken_text_of_others_is_answered_too(visitor: Visitor, monitor: Monitor) -> None:
    answer = await visitor.get("/api/monitor/leg?key=main|%F0%9F%98%80好")
    assert json.loads(answer.text)["key"] == "main|😀好"


async def test_what_is_streamed_cannot_be_asked_for_from_another_page(visitor: Visitor) -> None:
    for path in ("/api/monitor/stream", "/api/monitor/leg?key=main|x", "/metrics"):
        answer = await visitor.get(path, Origin="https://evil.example", Authorization=f"Bearer {TOKEN}")
        assert answer.status in (401, 403)
        assert "Access-Control-Allow-Origin" not in answer.headers


async def test_many_questions_at_once_are_answered_in_turn_and_too_many_are_refused(
    monitor: Monitor, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, asked, most = asyncio.Event(), 0, 0

    async def why(self: FakeDetails, number: int, language: str) -> str:
        nonlocal asked, most
        asked += 1
        most = max(most, asked)
        await go.wait()
        asked -= 1
        return "why"

    monkeypatch.setattr(FakeDetails, "why", why)
    monkeypatch.setattr(routes, "MOST_WAITING", 5)
    questions = [asyncio.create_task(visitor.get(f"/api/monitor/why?number={number}")) for number in range(9)]
    await until(lambda: sum(each.done() for each in questions) == 4)
    go.set()
    answers = [answer.status for answer in await asyncio.gather(*questions)]
    assert (sorted(answers), most) == ([200] * 5 + [503] * 4, routes.AT_ONCE)
    assert (await visitor.get("/api/monitor/why?number=1")).status == 200
