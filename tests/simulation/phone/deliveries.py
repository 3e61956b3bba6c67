"""Telegram on its bad days, and an account of every message: meant, arrived, struck.

The account is kept at Telegram's end: what the bot or the ledger believes to have been delivered does not count.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from telegram.error import NetworkError, TimedOut
from telegram.request import RequestData

from tests.simulation.faults.disk import Killer
from tests.simulation.phone.telegram import SimulatedTelegram
from tgtp.local_telegram.transport import LocalRequest

PhoneFault = Literal["429", "400", "400_markup", "401", "403", "409", "500", "offline", "timeout", "timeout_after", "502_after"]
_REFUSALS: dict[str, tuple[int, str]] = {
    "400": (400, "Bad Request: message text is empty"),
    "400_markup": (400, "Bad Request: can't parse entities"),
    "401": (401, "Unauthorized"),
    "403": (403, "Forbidden: bot was blocked by the user"),
    "409": (409, "Conflict: terminated by other getUpdates request"),
    "500": (500, "Internal Server Error"),
}
_NUMBER = re.compile(r"#(\d+)")
PATIENCE = 5.0


@dataclass(frozen=True)
class Arrival:
    """A message on the phone. ``lost``: the bot was not told that it arrived; ``life`` counts the bot's processes."""

    at: float
    life: int
    lost: bool


class Mail:
    """Who was told what, by the numbers of the events. Faults are appended to ``found``."""

    def __init__(self, found: list[str]) -> None:
        self.found = found
        self.life = 0
        self.meant: set[int] = set()
        self.arrived: dict[int, list[Arrival]] = {}
        self.struck: set[int] = set()
        self.resync: Callable[[], None] = lambda: None

    def arrive(self, text: str, at: float, *, lost: bool) -> None:
        """Take in a message that stands on the phone."""
        for number in sorted({int(digits) for digits in _NUMBER.findall(text)}):
            if number not in self.meant:
                self.resync()
            if number not in self.meant:
                self.found.append(f"alert #{number} arrived, but was never meant for the phone")
            if number in self.struck:
                self.found.append(f"alert #{number} arrived again after it had been struck")
            earlier = self.arrived.setdefault(number, [])
            if any(not one.lost and one.life == self.life for one in earlier):
                self.found.append(f"alert #{number} arrived twice although its first arrival was known")
            earlier.append(Arrival(at, self.life, lost))

    def look(self, waiting: Iterable[int]) -> None:
        """Compare with what the ledger still holds for delivery."""
        gone = self.meant - self.struck - set(waiting)
        for number in sorted(gone - self.arrived.keys()):
            self.found.append(f"alert #{number} was struck, but never arrived")
        self.struck |= gone

    def end(self) -> None:
        """Demand that everything has arrived."""
        for number in sorted(self.meant - self.arrived.keys()):
            self.found.append(f"alert #{number} never arrived")
        for number in sorted(self.meant - self.struck):
            self.found.append(f"alert #{number} still waits although nothing is in the way")

    @property
    def doubled(self) -> int:
        """Arrivals beyond the first; all of them after a lost reply or a kill, or they are in ``found``."""
        return sum(len(arrivals) - 1 for arrivals in self.arrived.values())


class PhoneWire(LocalRequest):
    """The wire to the local Telegram. ``fault`` is in force until it is taken away."""

    def __init__(self, telegram: SimulatedTelegram, mail: Mail, killer: Killer) -> None:
        super().__init__(telegram)
        self.fault: PhoneFault | None = None
        self.flood_ends = 0.0
        self.struck: Counter[str] = Counter()
        self._tg = telegram
        self._mail = mail
        self._killer = killer

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *times: Any, **more: Any
    ) -> tuple[int, bytes]:
        """Carry a call, or fail it as the fault in force says."""
        self._killer.pass_by()
        await asyncio.sleep(0)
        fault = self.fault
        name = url.rsplit("/", 1)[-1]
        parameters = request_data.parameters if request_data else {}
        if fault == "400_markup" and not parameters.get("parse_mode"):
            fault = None
        if fault is not None:
            self.struck[fault] += 1
        now = asyncio.get_running_loop().time()
        if fault == "offline":
            raise NetworkError("connection refused")
        if fault == "timeout":
            await asyncio.sleep(PATIENCE)
            raise TimedOut
        if fault == "429":
            wait = max(1, int(self.flood_ends - now))
            self._tg.fail_next(name, 429, f"Too Many Requests: retry after {wait}", parameters={"retry_after": wait})
        elif fault in _REFUSALS:
            self._tg.fail_next(name, *_REFUSALS[fault])
        status, payload = await super().do_request(url, method, request_data, *times, **more)
        lost = fault in ("timeout_after", "502_after")
        # A fill that goes on changes the message that told of its beginning: that is how its later numbers arrive.
        if status == 200 and name in ("sendMessage", "editMessageText"):
            self._mail.arrive(json.loads(payload)["result"]["text"], now, lost=lost)
        self._killer.pass_by()
        if fault == "timeout_after":
            await asyncio.sleep(PATIENCE)
            raise TimedOut
        if fault == "502_after":
            return 502, b'{"ok": false, "error_code": 502, "description": "Bad Gateway"}'
        return status, payload
