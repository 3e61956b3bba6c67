"""An outage of Telegram stands on the console, once, and so does its end."""

from __future__ import annotations

import logging

import pytest
from telegram.error import NetworkError

from tests.simulation.phone.bot_api import BotApi
from tgtp.chat.bot.application import build_application
from tgtp.chat.bot.connection import SILENT_AFTER, Contact


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "tgtp.telegram"]


def test_a_silence_is_told_once_when_it_lasts(caplog: pytest.LogCaptureFixture) -> None:
    time = [0.0]
    contact = Contact("en", lambda: 4, lambda: time[0])
    with caplog.at_level(logging.INFO):
        contact.failed("connection refused")
        time[0] = SILENT_AFTER - 1
        contact.failed("connection refused")
        contact.works()
        assert said(caplog) == []
        for _ in range(5):
            contact.failed("connection refused")
            time[0] += 15
        contact.works()
        contact.works()
    first, second = said(caplog)
    assert "has not answered for 30 s (connection refused); checks go on, 4 messages wait" in first
    assert "answers again" in second


async def test_requests_tell_how_they_go(caplog: pytest.LogCaptureFixture) -> None:
    time = [0.0]
    contact = Contact("en", lambda: 0, lambda: time[0])
    async with BotApi() as api:
        app = build_application("7654321:AAExample", api.url, contact=contact)
        with caplog.at_level(logging.INFO):
            await app.bot.initialize()
            await api.stop()
            for _ in range(3):
                with pytest.raises(NetworkError):
                    await app.bot.get_me()
                time[0] += 20
            await api.start()
            await app.bot.get_me()
            await app.bot.shutdown()
    assert ["has not answered" in line for line in said(caplog)] == [True, False]
