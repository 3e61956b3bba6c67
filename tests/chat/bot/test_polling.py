"""What a poll brings: what cannot be read, what had waited, and what rings when no poll comes through."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from telegram import Update
from telegram.error import NetworkError, TelegramError
from telegram.request import BaseRequest

from tests.fixtures.fakes import FakeClock
from tests.simulation.phone.bot_api import UNREADABLE
from tgtp.chat.bot.polling import ALARM_EVERY, FAILED_IN_A_ROW, FULL, SILENT, Polls, UpdatesRequest

GOOD: dict[str, Any] = {
    "message": {
        "message_id": 1,
        "date": 1700000000,
        "chat": {"id": 42, "type": "private"},
        "from": {"id": 42, "is_bot": False, "first_name": "Ann"},
        "text": "/pause",
    }
}


def reply(*rows: dict[str, Any], first: int = 1) -> bytes:
    return json.dumps(
        {"ok": True, "result": [{"update_id": first + number, **row} for number, row in enumerate(rows)]}
    ).encode()


def read(payload: bytes) -> list[Update]:
    return list(Update.de_list(json.loads(payload)["result"], None))


@pytest.fixture
def rung() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def polls(clock: FakeClock, rung: list[tuple[str, str]]) -> Polls:
    return Polls(clock, "en", [lambda key, what: rung.append((key, str(what)))])


def test_what_can_be_read_goes_on_as_it_came(polls: Polls) -> None:
    payload = reply(GOOD, GOOD)
    assert polls.took(payload) is payload
    assert polls.unreadable == 0


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_emptied_counted_and_said_once(
    polls: Polls, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Exception):  # noqa: B017 - whatever the library trips over
        read(reply(UNREADABLE[name]))
    with caplog.at_level(logging.WARNING):
        first, second, third = read(polls.took(reply(GOOD, UNREADABLE[name], GOOD)))
        polls.took(reply(GOOD, UNREADABLE[name], GOOD))
    assert (first.message is not None, second.message, third.message is not None) == (True, None, True)
    # Its number stays: the next poll acknowledges it.
    assert [first.update_id, second.update_id, third.update_id] == [1, 2, 3]
    assert polls.unreadable == 1
    assert len(caplog.records) == 1
    assert "update 2 could not be read" in caplog.text
    assert caplog.records[0].exc_info is None


@pytest.mark.parametrize(
    "payload",
    [
        b"<html>",
        b'{"ok": true}',
        b'{"ok": true, "result": 1}',
        b'{"ok": true, "result": [1]}',
        b'{"ok": true, "result": [{"message": {}}]}',
        b'{"ok": true, "result": [{"update_id": "7"}]}',
        b'{"ok": true, "result": ' + b"[" * 100_000,
    ],
)
def test_a_reply_that_is_none_is_a_failed_poll_and_no_hot_loop(
    polls: Polls, payload: bytes, rung: list[tuple[str, str]]
) -> None:
    for _ in range(FAILED_IN_A_ROW):
        # The library waits after this error, and after no other.
        with pytest.raises(NetworkError):
            polls.took(payload)
    assert [key for key, _ in rung] == ["alarm.deaf"]


def test_five_failed_polls_in_a_row_ring_once(
    polls: Polls, clock: FakeClock, rung: list[tuple[str, str]], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        for _ in range(FAILED_IN_A_ROW - 1):
            polls.failed("no route")
        polls.took(reply())
        for _ in range(FAILED_IN_A_ROW - 1):
            polls.failed("no route")
        assert rung == []
        for _ in range(20):
            polls.failed("no route")
        assert rung == [("alarm.deaf", "no route")]
        polls.took(reply())
        for _ in range(FAILED_IN_A_ROW):
            polls.failed("no route")
    # The console says it each time, the phones at most once an hour.
    assert len(rung) == 1
    assert [record.levelname for record in caplog.records] == ["CRITICAL", "INFO", "CRITICAL"]
    polls.took(reply())
    clock.forward(ALARM_EVERY)
    for _ in range(FAILED_IN_A_ROW):
        polls.failed("no route")
    assert len(rung) == 2


def test_what_the_first_reply_brings_had_waited(polls: Polls) -> None:
    polls.took(reply(GOOD, first=1))
    polls.took(reply(GOOD, first=1))
    polls.took(reply(GOOD, first=2))
    assert [polls.waited(number) for number in (1, 2)] == [True, False]


def test_a_full_reply_has_more_behind_it(polls: Polls) -> None:
    polls.took(reply(*[GOOD] * FULL))
    polls.took(reply(GOOD, first=FULL + 1))
    polls.took(reply(GOOD, first=FULL + 2))
    assert [polls.waited(number) for number in (1, FULL, FULL + 1, FULL + 2)] == [True, True, True, False]


def test_what_comes_after_a_silence_had_waited(polls: Polls, clock: FakeClock) -> None:
    polls.took(reply())
    clock.forward(SILENT)
    polls.took(reply(GOOD, first=1))
    clock.forward(SILENT + 1)
    polls.failed("no route")
    polls.took(reply(GOOD, first=2))
    polls.took(reply(GOOD, first=3))
    assert [polls.waited(number) for number in (1, 2, 3)] == [False, True, False]


class Scripted(BaseRequest):
    def __init__(self, *outcomes: Any) -> None:
        self.outcomes = list(outcomes)

    @property
    def read_timeout(self) -> float:
        return 7.0

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def do_request(self, *_: Any, **__: Any) -> tuple[int, bytes]:
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        code, payload = outcome
        return int(code), payload


async def test_every_kind_of_failed_poll_counts(polls: Polls, rung: list[tuple[str, str]]) -> None:
    outcomes: list[Any] = [NetworkError("down"), (409, b"{}"), (502, b""), TelegramError("odd"), (429, b"{}")]
    request = UpdatesRequest(Scripted(*outcomes, (200, reply())), polls)
    assert request.read_timeout == 7.0
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            with pytest.raises(TelegramError):
                await request.do_request("…/getUpdates", "POST")
        else:
            assert (await request.do_request("…/getUpdates", "POST"))[0] == outcome[0]
    assert rung == [("alarm.deaf", "HTTP 429")]
    assert await request.do_request("…/getUpdates", "POST") == (200, reply())
