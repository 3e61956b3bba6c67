"""What a poll for updates brings: each update read for itself, what had waited known, an alarm after failures in a row."""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from telegram import Update
from telegram.error import NetworkError, TelegramError
from telegram.request import BaseRequest

from tgtp.chat.outbox.urgent import What
from tgtp.chat.texts import Language, plain
from tgtp.chat.texts.formats.numbers import brief
from tgtp.engine.ports import Clock
from tgtp.errors import Problem

log = logging.getLogger("tgtp.telegram")

FAILED_IN_A_ROW = 5
# Seconds. A way that comes and goes raises no more alarms.
ALARM_EVERY = 3600.0
# Seconds without a reply after which the next one may bring what is old: a poll ends after half a minute.
SILENT = 120.0
# Updates in a full reply: more may wait behind them.
FULL = 100
MOST_KEPT = 1000
# What the library trips over in an update.
CANNOT_BE_READ = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, OSError, RuntimeError, TelegramError)


class Polls:
    """Hears of every poll. ``on_alarm`` are called when too many have failed in a row.

    A press has no date: that it was made while nobody listened shows only by the poll that brings it.
    """

    def __init__(self, clock: Clock, console: Language, on_alarm: Sequence[Callable[[str, What], None]] = ()) -> None:
        self._on_alarm = on_alarm
        self.unreadable = 0
        self._clock = clock
        self._console = console
        self._failed = 0
        self._alarmed_at: float | None = None
        self._behind = True
        self._heard = clock.monotonic(), clock.now()
        self._waited: deque[int] = deque(maxlen=MOST_KEPT)
        # What is not acknowledged yet comes again.
        self._left_out: deque[int] = deque(maxlen=MOST_KEPT)

    def waited(self, update_id: int) -> bool:
        """Return whether an update had waited: it came while the program was down, or Telegram out of reach."""
        return update_id in self._waited

    def failed(self, why: object) -> None:
        """Take in a poll that brought nothing."""
        self._failed += 1
        if self._failed != FAILED_IN_A_ROW:
            return
        what = brief(str(why))
        log.critical(plain(self._console, "log.telegram.deaf", failed=self._failed, what=what))
        now = self._clock.monotonic()
        if self._alarmed_at is None or now - self._alarmed_at >= ALARM_EVERY:
            self._alarmed_at = now
            for raise_alarm in self._on_alarm:
                raise_alarm("alarm.deaf", Problem.of_words(what))

    def took(self, payload: bytes) -> bytes:
        """Take in a reply; return it with every update that cannot be read emptied, so that it is acknowledged.

        Raises NetworkError where nothing of the reply can be.
        """
        try:
            envelope = json.loads(payload)
            rows = envelope["result"]
            ids = [row["update_id"] for row in rows]
            if not all(type(number) is int for number in ids):
                raise TypeError("an update has no number")
        except (ValueError, LookupError, TypeError, RecursionError) as exc:
            why = f"getUpdates brought no updates ({type(exc).__name__}: {exc})"
            self.failed(why)
            raise NetworkError(why) from exc
        self._works(ids)
        unreadable = [self._leave_out(row) for row in rows if not self._is_readable(row)]
        return json.dumps(envelope).encode() if unreadable else payload

    def _works(self, ids: list[int]) -> None:
        if self._failed >= FAILED_IN_A_ROW:
            log.info(plain(self._console, "log.telegram.hears"))
        self._failed = 0
        (before, day), self._heard = self._heard, (self._clock.monotonic(), self._clock.now())
        # Both: a machine that sleeps stops the one, and the other may be set.
        silent = max(self._heard[0] - before, (self._heard[1] - day).total_seconds())
        if self._behind or silent > SILENT:
            self._waited.extend(ids)
            self._behind = len(ids) >= FULL

    def _is_readable(self, row: Any) -> bool:
        try:
            Update.de_json(row, None)
        except CANNOT_BE_READ as exc:
            number = row["update_id"]
            if number not in self._left_out:
                self._left_out.append(number)
                self.unreadable += 1
                values = {"id": number, "what": f"{type(exc).__name__}: {brief(str(exc))}", "count": self.unreadable}
                log.warning(plain(self._console, "log.telegram.unreadable", **values))
            return False
        return True

    @staticmethod
    def _leave_out(row: dict[str, Any]) -> int:
        number: int = row["update_id"]
        row.clear()
        row["update_id"] = number
        return number


class UpdatesRequest(BaseRequest):
    """Polls by another request, and has ``polls`` hear how that goes."""

    def __init__(self, inner: BaseRequest, polls: Polls) -> None:
        self._inner = inner
        self._polls = polls

    @property
    def read_timeout(self) -> float | None:
        """Return the other one's."""
        return self._inner.read_timeout

    async def initialize(self) -> None:
        """Open the other one."""
        await self._inner.initialize()

    async def shutdown(self) -> None:
        """Close the other one."""
        await self._inner.shutdown()

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Pass the request on."""
        try:
            code, payload = await self._inner.do_request(*args, **kwargs)
        except TelegramError as exc:
            self._polls.failed(exc)
            raise
        if code != 200:
            self._polls.failed(f"HTTP {code}")
            return code, payload
        return code, self._polls.took(payload)
