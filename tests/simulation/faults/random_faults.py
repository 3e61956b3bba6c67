"""Misfortunes for both servers, by chance and by seed."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

from aiohttp import web
from lo_bot_api_emulator import ApiRefusal

from tests.fixtures.waiting import until
from tests.simulation.exchange.server import Fault, OkxServer
from tests.simulation.phone.bot_api import BotApi

ORDER = "POST /trade/order"
Choice = tuple[str, dict[str, Any]]

_BODIES: tuple[Any, ...] = ({}, [], {"code": "0"}, {"code": "0", "data": None}, {"code": 0, "data": [1]})
_VALUES: tuple[Any, ...] = (7, None, [], "x")


def _codes(*codes: str, **more: Any) -> list[Choice]:
    return [("code", {"code": code, **more}) for code in codes]


_BROKEN: list[Choice] = [
    *((f"http_{status}", {}) for status in (403, 429, 500, 502, 503, 504)),
    ("html_200", {}),
    ("drop", {}),
    ("hang", {}),
    *(("json", {"body": body}) for body in _BODIES),
]
READING: list[Choice] = [
    *_BROKEN,
    *_codes("50001", "50004", "50011", "50013", "50026", "50102"),
    ("unauthorized", {}),
    ("cut_json", {}),
    ("wrong_types", {}),
    ("empty_list", {}),
]
# What a list of positions suffers besides.
POSITIONS: list[Choice] = [
    ("half_list", {}),
    *(("empty_row_field", {"field": name}) for name in ("pos", "avgPx", "markPx", "lever", "cTime", "uTime", "posSide", "imr")),
    *(("wrong_types", {"field": name, "value": value}) for name in ("pos", "markPx", "cTime") for value in _VALUES),
]
# Whatever these say, nobody can know whether the order has happened: it has, or it has not.
AMBIGUOUS: list[Choice] = [
    *_BROKEN,
    ("cut_json", {}),
    ("wrong_types", {}),
    ("empty_list", {}),
    *_codes("50004", "51149", "51016", "50061"),
    *_codes("50001", "50013", "50026", outer=True),
]
# Definite: the order has not happened.
REFUSALS: list[Choice] = [
    *_codes("51008", "51022", "51112", "51121", "51169", "51170", "51202"),
    *_codes("50011", "50102", outer=True),
    ("unauthorized", {}),
]

TELEGRAM: dict[str, tuple[str, int, dict[str, Any]]] = {
    "429": ("Too Many Requests: retry after {wait}", 429, {}),
    "400 markup": ("Bad Request: can't parse entities: unsupported start tag", 400, {}),
    "400 chat": ("Bad Request: chat not found", 400, {}),
    "401": ("Unauthorized", 401, {}),
    "403": ("Forbidden: bot was blocked by the user", 403, {}),
    "404": ("Not Found", 404, {}),
    "409": ("Conflict: terminated by other getUpdates request; make sure that only one bot instance is running", 409, {}),
    "500": ("Internal Server Error", 500, {}),
    "502": ("Bad Gateway", 502, {}),
}
# Named apart: the message is taken, and only then is the reply lost.
LOST = ("reply lost", "silent after", "dropped after")


class Phone(BotApi):
    """The Bot API server that can also fall silent, hang up, or lose its reply after the message was taken.

    ``trouble`` names what befalls the methods of ``troubled`` (every one when empty). ``ambiguous`` counts the messages of
    which the program cannot know whether they have arrived.
    """

    def __init__(self) -> None:
        super().__init__()
        self.trouble = ""
        self.troubled = ""
        self.ambiguous = 0
        self.struck: Counter[str] = Counter()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve a call, or let it suffer."""
        trouble = self.trouble
        if not trouble or self.troubled not in ("", request.match_info["method"]):
            reply: web.StreamResponse = await super().handle(request)
            return reply
        self.struck[trouble] += 1
        if trouble in LOST:
            taken = len(self.sent)
            await super().handle(request)
            self.ambiguous += len(self.sent) - taken
        if trouble.startswith("silent"):
            await until(lambda: self.trouble != trouble or request.transport is None)
        elif trouble.startswith("dropped") and request.transport is not None:
            request.transport.close()
        return web.Response(status=502, text="<html>Bad Gateway</html>", content_type="text/html")

    def refusing(self, what: str, wait: int) -> Callable[[str], ApiRefusal | None]:
        """Refuse the troubled methods in Telegram's own words."""
        words, status, _ = TELEGRAM[what]
        parameters = {"retry_after": wait} if what == "429" else None

        def refuse(method: str) -> ApiRefusal | None:
            if self.troubled not in ("", method):
                return None
            self.struck[what] += 1
            return ApiRefusal(words.format(wait=wait), status, parameters)

        return refuse

    def clear(self) -> None:
        """Be well again."""
        self.trouble = self.troubled = ""
        self.refuse = lambda _: None


class OkxWeather:
    """Strikes the exchange again and again until cancelled; ``faults`` is everything that was scheduled."""

    def __init__(self, server: OkxServer, rng: Random) -> None:
        self._server = server
        self._rng = rng
        self.faults: list[Fault] = []
        self.others: Counter[str] = Counter()

    async def run(self) -> None:
        """Never a quiet minute."""
        kinds = (self._read, self._order, self._fate, self._outage, self._slow)
        while True:
            await asyncio.sleep(self._rng.uniform(0.5, 4))
            await self._rng.choices(kinds, weights=(40, 30, 15, 3, 5))[0]()

    def clear(self) -> None:
        """Be well again."""
        self._server.clear_faults()
        self._server.latency = 0.0
        self._server.account.fill_live()

    def struck(self) -> Counter[str]:
        """Count what has befallen requests, by kind."""
        found = Counter(self.others)
        for fault in self.faults:
            name = f"code {fault.options['code']}" if fault.kind == "code" else fault.kind
            found[f"{name} after" if fault.after_effect and fault.where == ORDER else name] += fault.used
        return found

    async def _read(self) -> None:
        where = self._rng.choices(
            (
                "/account/positions",
                "/account/balance",
                "/account/config",
                "/public/instruments",
                "/public/time",
                "GET /trade/order",
            ),
            weights=(10, 2, 2, 1, 1, 4),
        )[0]
        choices = READING + (POSITIONS if where == "/account/positions" else [])
        if where == "/account/config":
            forbidden = {"code": "0", "data": [{"perm": "read_only", "posMode": "long_short_mode", "ip": ""}]}
            choices = [*choices, ("json", {"body": forbidden})]
        if where == "GET /trade/order" and self._rng.random() < 0.2:
            # Not there yet: OKX may need a moment to know an order, but never five seconds.
            self._strike(where, ("code", {"code": "51603"}), times=1)
            return
        await self._lasting(where, self._rng.choice(choices))

    async def _order(self) -> None:
        if self._rng.random() < 0.4:
            await self._lasting(ORDER, self._rng.choice(REFUSALS))
        else:
            await self._lasting(ORDER, self._rng.choice(AMBIGUOUS), after_effect=self._rng.random() < 0.6)

    async def _fate(self) -> None:
        if self._rng.random() < 0.5:
            self._strike(ORDER, ("partial_fill", {"share": str(self._rng.choice((0, 0.1, 0.5, 0.9)))}))
        else:
            self._strike(ORDER, ("fill_later", {"seconds": self._rng.uniform(0.5, 12)}))

    async def _lasting(self, where: str, choice: Choice, *, after_effect: bool = False) -> None:
        """Strike a few requests, or every one for some seconds."""
        if self._rng.random() < 0.75:
            self._strike(where, choice, times=self._rng.choice((1, 1, 1, 2, 3)), after_effect=after_effect)
            return
        fault = self._strike(where, choice, times=None, after_effect=after_effect)
        await asyncio.sleep(self._rng.uniform(2, 15))
        fault.left = 0
        fault.release()

    def _strike(self, where: str, choice: Choice, *, times: int | None = 1, after_effect: bool = False) -> Fault:
        kind, options = choice
        fault = self._server.fault(where, kind, times=times, after_effect=after_effect, **options)
        if kind == "hang" and times is not None:
            # A client gives up after five seconds; one that was killed while it waited never does.
            asyncio.get_running_loop().call_later(self._rng.uniform(1, 8), fault.release)
        self.faults.append(fault)
        return fault

    async def _outage(self) -> None:
        self.others["exchange away"] += 1
        await self._server.stop()
        try:
            await asyncio.sleep(self._rng.uniform(2, 20))
        finally:
            await self._server.start()
        # The clockwork of what was to fill later stopped with the server.
        self._server.account.fill_live()

    async def _slow(self) -> None:
        self.others["slow"] += 1
        self._server.latency = self._rng.uniform(0.1, 1.0)
        await asyncio.sleep(self._rng.uniform(5, 20))
        self._server.latency = 0.0


class TelegramWeather:
    """Strikes the phone's server; ``longest`` is how long (seconds) it may be away."""

    def __init__(self, phone: Phone, rng: Random, longest: float) -> None:
        self._phone = phone
        self._rng = rng
        self._longest = longest
        self.outages = 0

    async def run(self) -> None:
        """Trouble, then a pause, again and again until cancelled."""
        while True:
            await asyncio.sleep(self._rng.uniform(5, 30))
            self._phone.troubled = self._rng.choices(("", "sendMessage", "getUpdates"), weights=(2, 3, 1))[0]
            what = self._rng.choice((*TELEGRAM, "silent", "dropped", *LOST, "away"))
            if what == "409":
                self._phone.troubled = "getUpdates"
            try:
                if what == "away":
                    await self._away()
                elif what in TELEGRAM:
                    self._phone.refuse = self._phone.refusing(what, self._rng.randint(2, 20))
                    await asyncio.sleep(self._rng.uniform(1, 20))
                else:
                    self._phone.trouble = what
                    await asyncio.sleep(self._rng.uniform(1, 20))
            finally:
                self._phone.clear()

    async def _away(self) -> None:
        self.outages += 1
        await self._phone.stop()
        try:
            await asyncio.sleep(self._rng.uniform(10, max(11, self._longest)))
        finally:
            with contextlib.suppress(OSError):
                await self._phone.start()
