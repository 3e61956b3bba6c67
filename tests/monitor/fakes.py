"""A server of the monitoring page over documents and details that the test makes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tgtp.chat.texts import Language
from tgtp.local_telegram.bot_api.server import LocalTelegram
from tgtp.local_telegram.page import ChatPage
from tgtp.monitor.assets import STATIC, Assets
from tgtp.monitor.feed import Feeds
from tgtp.monitor.routes import MonitorPage
from tgtp.monitor.sources import Document, Range, Record
from tgtp.web.access import Access
from tgtp.web.server import WebServer

TOKEN = "a-token-of-this-run"
PASSWORD = "correct horse battery"


class FakeDocuments:
    """Gives the document that the test has put there, and counts what it is asked for."""

    def __init__(self) -> None:
        self.now: dict[str, dict[str, Any]] = {"meta": {"one": {"run": "r"}}, "marks": {"STX-USDT-SWAP": "1"}, "legs": {}}
        self.built = 0
        self.marked = 0
        self.behind = False
        self.fault: Exception | None = None

    def build(self, language: Language) -> Document:
        self.built += 1
        if self.fault is not None:
            raise self.fault
        return {**{section: dict(records) for section, records in self.now.items()}, "language": {"one": language}}

    def is_behind(self, language: Language) -> bool:
        return self.behind

    def marks(self) -> Mapping[str, str]:
        self.marked += 1
        return dict(self.now["marks"])


class FakeDetails:
    """Answers with what it was asked."""

    async def leg(self, key: str, language: Language, span: Range) -> Record | None:
        return {"key": key, "language": language, "span": span} if key.startswith("main|") else None

    async def money(self, since: dt.date, until: dt.date, account: str | None) -> Record:
        return {"since": since.isoformat(), "until": until.isoformat(), "account": account}

    async def events(self, language: Language, **asked: Any) -> Record:
        return {"language": language, **asked}

    async def why(self, number: int, language: Language) -> str | None:
        return f"why {number}" if number < 100 else None


class FakeMetrics:
    content_type = "text/plain; version=0.0.4; charset=utf-8"

    def prepare(self) -> None:
        pass

    def expose(self) -> bytes:
        return b"tgtp_checks_total 1\n"


class Monitor:
    """The page and its server, and what is behind them. ``chat``: the local chat is served too."""

    def __init__(
        self,
        *,
        chat: bool = True,
        password: str | None = None,
        host: str = "127.0.0.1",
        origin: str = "",
        static: Path = STATIC,
    ) -> None:
        self.documents = FakeDocuments()
        self.feeds = Feeds(self.documents)
        self.server = WebServer(Access(TOKEN, password), port=0, host=host, origin=origin)
        self.telegram = LocalTelegram()
        if chat:
            self.server.add(ChatPage(self.telegram, self.server.closing).routes)
        page = MonitorPage(
            self.feeds, FakeDetails(), FakeMetrics(), self.server.closing, is_front=not chat, assets=Assets(static)
        )
        self.server.add(page.routes)
