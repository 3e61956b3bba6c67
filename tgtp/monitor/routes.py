"""What the monitoring page asks for. Nothing here changes anything."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import re
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

from aiohttp import web

from tgtp.chat.texts import LANGUAGES, Language
from tgtp.monitor.assets import Assets
from tgtp.monitor.feed import FeedBroken, Feeds
from tgtp.monitor.sources import Details, Metrics, Range
from tgtp.web.events import send_events
from tgtp.web.packing import packing_for
from tgtp.web.requests import Route, Who

Answer = TypeVar("Answer")

SIGN_OF_LIFE: Final = 10.0
MOST_EVENTS: Final = 200
MOST_DAYS: Final = 366
# Answers that are read at once, so that the engine finds a thread of its own; and questions that may wait for their turn.
AT_ONCE: Final = 2
MOST_WAITING: Final = 32
_NUMBER: Final = re.compile(r"[0-9]{1,12}")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORD: Final = re.compile(r"[A-Za-z0-9_.-]{1,40}")
_LONGEST_KEY: Final = 200


class MonitorPage:
    """Serves the page, its stream and what it asks for one by one. ``closing`` is set when the server ends.

    ``is_front``: there is no other page at ``/``.
    """

    def __init__(
        self,
        feeds: Feeds,
        details: Details,
        metrics: Metrics,
        closing: asyncio.Event,
        *,
        is_front: bool,
        assets: Assets | None = None,
    ) -> None:
        self._feeds = feeds
        self._details = details
        self._metrics = metrics
        self._closing = closing
        self._is_front = is_front
        self._assets = assets or Assets()
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    @property
    def routes(self) -> tuple[Route, ...]:
        """What it answers to."""
        front = (Route("GET", "/", self._front, Who.ANYBODY),) if self._is_front else ()
        return (
            *front,
            Route("GET", "/monitor", self._page, Who.ANYBODY),
            Route("GET", "/monitor/{path:.+}", self._asset, Who.ANYBODY),
            Route("GET", "/api/monitor/stream", self._stream, Who.READER),
            Route("GET", "/api/monitor/leg", self._leg, Who.READER),
            Route("GET", "/api/monitor/money", self._money, Who.READER),
            Route("GET", "/api/monitor/events", self._events, Who.READER),
            Route("GET", "/api/monitor/why", self._why, Who.READER),
            Route("GET", "/metrics", self._scrape, Who.SCRAPER),
        )

    # Open to anybody: it holds nothing

    async def _front(self, request: web.Request) -> web.Response:
        query = f"?{request.query_string}" if request.query_string else ""
        return web.Response(status=307, headers={"Location": f"/monitor{query}"})

    async def _page(self, request: web.Request) -> web.Response:
        return self._assets.answer("index.html", request)

    async def _asset(self, request: web.Request) -> web.Response:
        return self._assets.answer(request.match_info["path"], request)

    # What is shown

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        def cut() -> None:
            if request.transport is not None:
                request.transport.abort()

        feed, packing = self._feeds.of(_language(request)), packing_for(request)
        try:
            reader = feed.join(request.headers.get("Last-Event-ID", ""), cut, packing.pack)
        except FeedBroken:
            raise web.HTTPServiceUnavailable(reason="The page cannot be made now") from None
        try:
            return await send_events(request, self._closing, reader.following, sign_of_life=SIGN_OF_LIFE, packing=packing)
        finally:
            reader.leave()

    async def _leg(self, request: web.Request) -> web.Response:
        key = request.query.get("key", "")
        if not 0 < len(key) <= _LONGEST_KEY:
            raise web.HTTPBadRequest(reason="A key is needed")
        asked = request.query.get("range", "life")
        if asked not in ("day", "life"):
            raise web.HTTPBadRequest(reason="The range is day or life")
        span: Range = "day" if asked == "day" else "life"
        return _json(await self._in_turn(self._details.leg(key, _language(request), span)))

    async def _money(self, request: web.Request) -> web.Response:
        since, until = _day(request, "from"), _day(request, "to")
        if not 0 <= (until - since).days < MOST_DAYS:
            raise web.HTTPBadRequest(reason=f"A range of 1 to {MOST_DAYS} days is needed")
        return _json(await self._in_turn(self._details.money(since, until, _word(request, "account"))))

    async def _events(self, request: web.Request) -> web.Response:
        count = _number(request, "count")
        found = self._details.events(
            _language(request),
            before=_number(request, "before"),
            count=min(MOST_EVENTS, 50 if count is None else max(1, count)),
            kind=_word(request, "kind"),
            account=_word(request, "account"),
            coin=_word(request, "coin"),
        )
        return _json(await self._in_turn(found))

    async def _why(self, request: web.Request) -> web.Response:
        number = _number(request, "number")
        if number is None:
            raise web.HTTPBadRequest(reason="A number is needed")
        text = await self._in_turn(self._details.why(number, _language(request)))
        return _json(None if text is None else {"text": text})

    async def _in_turn(self, found: Coroutine[Any, Any, Answer]) -> Answer:
        """Wait for an answer, when it is its turn. Raises HTTPServiceUnavailable where too many wait."""
        if self._waiting >= MOST_WAITING:
            found.close()
            raise web.HTTPServiceUnavailable(reason="Too much is asked at once")
        self._waiting += 1
        try:
            async with self._turns:
                return await found
        finally:
            self._waiting -= 1
            found.close()

    async def _scrape(self, _: web.Request) -> web.Response:
        # That takes a tenth of a second once: not in the loop, where orders go out.
        await asyncio.to_thread(self._metrics.prepare)
        return web.Response(body=self._metrics.expose(), headers={"Content-Type": self._metrics.content_type})


def _language(request: web.Request) -> Language:
    asked = request.query.get("language", "en")
    for language in LANGUAGES:
        if asked == language:
            return language
    raise web.HTTPBadRequest(reason="The language is en or zh")


def _number(request: web.Request, name: str) -> int | None:
    text = request.query.get(name, "")
    if text and not _NUMBER.fullmatch(text):
        raise web.HTTPBadRequest(reason="A number is wrong")
    return int(text) if text else None


def _day(request: web.Request, name: str) -> dt.date:
    text = request.query.get(name, "")
    try:
        if _DAY.fullmatch(text):
            return dt.date.fromisoformat(text)
    except ValueError:
        pass
    raise web.HTTPBadRequest(reason="A day is needed, as 2026-11-30")


def _word(request: web.Request, name: str) -> str | None:
    text = request.query.get(name, "")
    if text and not _WORD.fullmatch(text):
        raise web.HTTPBadRequest(reason="A word is wrong")
    return text or None


def _json(found: Any) -> web.Response:
    if found is None:
        raise web.HTTPNotFound
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return web.Response(body=text.encode("utf-8", "replace"), content_type="application/json", charset="utf-8")
