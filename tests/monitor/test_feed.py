"""What readers of the page are sent: everything once, then the changes; and what becomes of who is slow or was away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.fixtures.waiting import until
from tests.monitor.fakes import Monitor
from tests.web.visitor import Told, Visitor
from tgtp.monitor import feed, routes
from tgtp.monitor.changes import changes
from tgtp.monitor.feed import KEPT, FeedBroken
from tgtp.web.packing import packed


@pytest.fixture
async def monitor(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Monitor]:
    monkeypatch.setattr(feed, "APART", 0.005)
    one = Monitor()
    await one.server.start()
    yield one
    await one.server.stop()


def merged(document: dict[str, dict[str, object]], told: Told) -> dict[str, dict[str, object]]:
    """What a page makes of a message, as the agreement says."""
    if told.event == "state":
        return told.data  # type: ignore[no-any-return]
    for section, records in told.data.items():
        known = document.setdefault(section, {})
        for key, value in records.items():
            before = known.get(key)
            if value is None:
                known.pop(key, None)
            elif isinstance(value, dict) and isinstance(before, dict):
                known[key] = {name: field for name, field in (before | value).items() if field is not None}
            else:
                known[key] = value
    return document


async def test_all_of_it_once_and_then_only_what_changes(monitor: Monitor, visitor: Visitor) -> None:
    now = monitor.documents.now
    now["legs"]["main|STX"] = {"side": "long", "fees": "0.1", "tiers": [1, 2]}
    async with visitor.stream() as stream:
        first = await stream.next()
        assert first.event == "state"
        assert first.data == {**now, "language": {"one": "en"}}
        now["legs"] = {"main|STX": {"side": "long", "fees": "0.2", "tiers": [1, 2], "note": "x"}, "main|CRV": {"side": "short"}}
        monitor.feeds.moved()
        second = await stream.next()
        assert second.event == "change"
        assert second.data == {"legs": {"main|STX": {"fees": "0.2", "note": "x"}, "main|CRV": {"side": "short"}}}
        now["legs"] = {"main|CRV": {}}
        monitor.feeds.moved()
        third = await stream.next()
        assert third.data == {"legs": {"main|STX": None, "main|CRV": {"side": None}}}
        of = first.id.rpartition("-")[0]
        assert [each.id for each in (first, second, third)] == [f"{of}-0", f"{of}-1", f"{of}-2"]
        # Nothing that changed is nothing to say.
        built = monitor.documents.built
        monitor.feeds.moved()
        await until(lambda: monitor.documents.built > built)
        now["marks"]["STX-USDT-SWAP"] = "2"
        monitor.feeds.marked()
        assert (await stream.next()).data == {"marks": {"STX-USDT-SWAP": "2"}}
        assert monitor.documents.built == built + 1, "a mark price is no reason to make all of it anew"


async def test_where_nobody_reads_nothing_is_built(monitor: Monitor, visitor: Visitor) -> None:
    for _ in range(3):
        monitor.feeds.moved()
        monitor.feeds.marked()
        await asyncio.sleep(0)
    assert (monitor.documents.built, monitor.documents.marked) == (0, 0)
    async with visitor.stream() as stream:
        await stream.next()
    monitor.documents.now["marks"]["STX-USDT-SWAP"] = "5"
    monitor.feeds.moved()
    one = monitor.feeds.of("en")
    # It is found out with the next message that one has left.
    await until(lambda: not one.readers)
    built = monitor.documents.built
    monitor.feeds.moved()
    await asyncio.sleep(0.02)
    assert monitor.documents.built == built
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("feed")]


async def test_a_document_is_built_once_for_all_readers_of_a_language(monitor: Monitor, visitor: Visitor) -> None:
    async with visitor.stream() as one, visitor.stream() as two, visitor.stream("zh") as other:
        assert (await one.next()) == (await two.next())
        assert (await other.next()).data["language"] == {"one": "zh"}
        assert monitor.documents.built == 2
        monitor.documents.now["legs"]["main|STX"] = {"side": "long"}
        monitor.feeds.moved()
        assert (await one.next()) == (await two.next())
        assert (await other.next()).data == {"legs": {"main|STX": {"side": "long"}}}
        assert monitor.documents.built == 4


@pytest.mark.parametrize("missed", [0, 1, 5, KEPT, KEPT + 1])
async def test_a_lost_connection_neither_doubles_nor_drops_anything(monitor: Monitor, visitor: Visitor, missed: int) -> None:
    now = monitor.documents.now
    async with visitor.stream() as staying:
        async with visitor.stream() as stream:
            last = await stream.next()
            document = merged({}, last)
        await staying.next()
        for number in range(missed):
            now["legs"][f"main|{number}"] = {"side": "long"}
            now["legs"].pop(f"main|{number - 3}", None)
            monitor.feeds.moved()
            await staying.next()
        async with visitor.stream(last_id=last.id) as again:
            if missed > KEPT:
                last = await again.next()
                assert last.event == "state"
                document = merged(document, last)
            for _ in range(missed if missed <= KEPT else 0):
                told = await again.next()
                assert told.event == "change"
                assert int(told.id.rpartition("-")[2]) == int(last.id.rpartition("-")[2]) + 1
                last, document = told, merged(document, told)
            now["legs"]["main|after"] = {"side": "short"}
            monitor.feeds.moved()
            document = merged(document, await again.next())
            assert document == {**now, "language": {"one": "en"}}


@pytest.mark.parametrize("last_id", ["x", "-1", "0-0", "{of}-1", "{of}--1", "{of}-²", "{of}-" + "9" * 30, "{of}-0-0"])
async def test_an_id_that_was_never_given_gets_everything(monitor: Monitor, visitor: Visitor, last_id: str) -> None:
    async with visitor.stream() as stream:
        of = (await stream.next()).id.rpartition("-")[0]
        async with visitor.stream(last_id=last_id.format(of=of)) as other:
            assert (await other.next()).event == "state"
        # Nor is that of another language worth anything.
        async with visitor.stream("zh", last_id=f"{of}-0") as other:
            assert (await other.next()).event == "state"


async def test_one_who_comes_back_when_nobody_reads_gets_what_changed_meanwhile(monitor: Monitor, visitor: Visitor) -> None:
    async with visitor.stream() as stream:
        last = await stream.next()
    await _left(monitor)
    monitor.documents.now["marks"]["STX-USDT-SWAP"] = "7"
    await asyncio.sleep(0.01)
    document = merged({}, last)
    async with visitor.stream(last_id=last.id) as stream:
        while document["marks"]["STX-USDT-SWAP"] != "7":
            told = await stream.next()
            assert told.event == "change"
            document = merged(document, told)


async def test_after_a_while_without_readers_all_is_forgotten(
    monitor: Monitor, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "FORGOTTEN_AFTER", 0)
    async with visitor.stream() as stream:
        last = await stream.next()
    await _left(monitor)
    await until(lambda: monitor.feeds.of("en")._document is None)
    async with visitor.stream(last_id=last.id) as stream:
        told = await stream.next()
        assert (told.event, told.id != last.id) == ("state", True)


async def _left(monitor: Monitor) -> None:
    one = monitor.feeds.of("en")
    while one.readers:
        monitor.documents.now["marks"]["left"] = str(monitor.documents.built)
        monitor.feeds.moved()
        await asyncio.sleep(0.002)


async def test_a_reader_that_takes_nothing_is_cut_and_holds_up_nobody(monitor: Monitor, visitor: Visitor) -> None:
    """What one holds that reads no more: what its connection takes by itself, and one message."""
    host = f"127.0.0.1:{monitor.server.port}"
    asleep_from, asleep = await asyncio.open_connection("127.0.0.1", monitor.server.port, limit=1024)
    lines = ["GET /api/monitor/stream HTTP/1.1", f"Host: {host}", f"Authorization: Bearer {visitor.word}", "", ""]
    asleep.write("\r\n".join(lines).encode())
    await asleep_from.readline()
    one = monitor.feeds.of("en")
    async with visitor.stream() as stream:
        await stream.next()
        assert one.readers == 2
        for number in range(400):
            # More than any connection takes by itself.
            monitor.documents.now["legs"]["main|STX"] = {"words": f"{number}" + "x" * 100_000}
            monitor.feeds.moved()
            await stream.next()
            if one.readers == 1:
                break
        assert one.readers == 1
        monitor.documents.now["legs"]["main|STX"] = {"words": "still told"}
        monitor.feeds.moved()
        assert (await stream.next()).data == {"legs": {"main|STX": {"words": "still told"}}}
    asleep.close()


async def test_a_sign_of_life_comes_where_nothing_changes(
    monitor: Monitor, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "SIGN_OF_LIFE", 0.01)
    for encoding in ("gzip", "identity"):
        async with visitor.stream(encoding=encoding) as stream:
            await stream.next()
            assert await stream.answer.content.readline() == b": still here\n"


async def test_streams_end_with_the_server(monitor: Monitor, visitor: Visitor) -> None:
    async with visitor.stream() as stream:
        await stream.next()
        async with asyncio.timeout(30):
            await monitor.server.stop()
        with pytest.raises((ConnectionResetError, aiohttp.ClientError)):
            await stream.next()


async def test_a_message_is_packed_once_for_all_and_follows_whatever_went_before(monitor: Monitor, visitor: Visitor) -> None:
    words = "the same few words over and over, " * 1000
    monitor.documents.now["legs"]["main|STX"] = {"words": words}
    async with visitor.stream() as early, visitor.stream(encoding="identity") as plain:
        assert early.answer.headers["Content-Encoding"] == "gzip"
        assert "Content-Encoding" not in plain.answer.headers
        first = await early.next()
        for number in range(5):
            monitor.documents.now["legs"]["main|STX"] = {"words": f"{number} {words}"}
            monitor.feeds.moved()
            told = await early.next()
            async with visitor.stream(last_id=first.id) as late:
                found = [await late.next() for _ in range(number + 1)]
            assert found[-1] == told
        state, *changes_ = [await plain.next() for _ in range(6)]
        assert (state, changes_[-1]) == (first, told)
    [sent] = [each for each in monitor.feeds.of("en")._kept if str(told.id).encode() in each._text]
    assert len(sent._forms) == 2
    assert len(sent.form(packed)) * 20 < len(sent._text)


async def test_what_is_behind_is_built_again_soon(monitor: Monitor, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "APART", 600)
    monkeypatch.setattr(feed, "SOON", 0.001)
    monitor.documents.behind = True
    async with visitor.stream() as stream:
        await stream.next()
        monitor.feeds.moved()
        await until(lambda: monitor.documents.built > 4)
        monitor.documents.behind = False


async def test_a_document_that_cannot_be_made_is_told_once_and_tried_again_later(
    monitor: Monitor, visitor: Visitor, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with visitor.stream() as stream:
        await stream.next()
        monitor.documents.fault = ZeroDivisionError("a fault of the builder")
        monitor.feeds.moved()
        with pytest.raises((ConnectionResetError, aiohttp.ClientError)):
            await stream.next()
    for _ in range(3):
        assert (await visitor.get("/api/monitor/stream")).status == 503
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    monkeypatch.setattr(feed, "AGAIN_AFTER", 0)
    assert (await visitor.get("/api/monitor/stream")).status == 500
    monitor.documents.fault = None
    async with visitor.stream() as stream:
        assert (await stream.next()).event == "state"


async def test_broken_text_of_others_breaks_nothing(monitor: Monitor, visitor: Visitor) -> None:
    monitor.documents.now["legs"]["main|STX"] = {"words": "half \ud83d\n\ndata: of it\r 好"}
    async with visitor.stream() as stream:
        assert (await stream.next()).data["legs"]["main|STX"]["words"] == "half ?\n\ndata: of it\r 好"


def test_a_feed_that_broke_lets_nobody_in_for_a_while() -> None:
    async def broken() -> None:
        monitor = Monitor()
        monitor.documents.fault = ZeroDivisionError()
        with pytest.raises(ZeroDivisionError):
            monitor.feeds.of("en").join("", lambda: None, bytes)
        with pytest.raises(FeedBroken):
            monitor.feeds.of("en").join("", lambda: None, bytes)
        monitor.feeds.of("zh").moved()

    asyncio.run(broken())


def test_changes_of_scalars_and_of_what_was_none() -> None:
    assert changes({"a": {"x": {"p": None}}}, {"a": {"x": {"p": None}}}) == {}
    assert changes({"a": {"x": "1"}}, {"a": {"x": {"p": 1}}}) == {"a": {"x": {"p": 1}}}
    assert changes({"a": {"x": "1"}}, {}) == {"a": {"x": None}}
