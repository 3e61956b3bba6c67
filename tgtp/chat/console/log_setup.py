"""Sets the log up: a thread prints it, so that a stalled reader of it holds up no check."""

from __future__ import annotations

import atexit
import contextlib
import copy
import datetime as dt
import logging
import queue
import time
from collections.abc import Sequence
from logging.handlers import QueueHandler, QueueListener
from typing import Any, TextIO

from tgtp.chat.console.recent_lines import keep_story
from tgtp.chat.console.redaction import Redacted, Redaction
from tgtp.chat.formatting.error_text import problem
from tgtp.errors import TgtpError

MOST_LINES_WAITING = 10_000
# Libraries that are heard only when they warn.
QUIET = (
    "httpx",
    "httpcore",
    "apscheduler",
    "telegram",
    "aiohttp",
    "ccxt",
    "asyncio",
    "filelock",
    "apprise",
    "requests",
    "urllib3",
)


class Waiting(QueueHandler):
    """Hands lines to the printer; when too many wait, new ones are dropped rather than waited for."""

    def prepare(self, record: logging.LogRecord) -> Any:
        """Put the problems in it into sentences, in the language of the rest of such a line."""
        record = copy.copy(record)
        if isinstance(record.args, tuple):
            record.args = tuple(problem("en", part.problem) if isinstance(part, TgtpError) else part for part in record.args)
        return super().prepare(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - so it is called
        """Say that a line was malformed; the library would print what was to go into it, secrets and all."""
        record.msg, record.args, record.exc_info = f"a malformed line of the log, {record.pathname}:{record.lineno}", None, None
        self.enqueue(record)

    def enqueue(self, record: logging.LogRecord) -> None:
        """Take a line if there is room."""
        with contextlib.suppress(queue.Full):
            self.queue.put_nowait(record)


class OnceAMinute(logging.Filter):
    """Lets one line a minute pass of those that begin with ``words``: a loop says them for every connection it cannot take."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words
        self._not_before = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a record passes, without the traceback that says nothing more."""
        if not str(record.msg).startswith(self._words):
            return True
        if (now := time.monotonic()) < self._not_before:
            return False
        self._not_before = now + 60
        record.exc_info = None
        return True


class Console(logging.StreamHandler[TextIO]):
    """Writes to the console, or not."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - so it is called
        """Leave it: the library would write what was not written, unredacted, to the very place that failed."""


class Printer(QueueListener):
    """Prints in a thread of its own."""

    def finish(self) -> None:
        """Print what is waiting, for a second at most."""
        thread = self._thread
        if thread is not None:
            with contextlib.suppress(queue.Full):
                self.queue.put_nowait(None)
            thread.join(1)


def set_up_log(level: str, secrets: Sequence[str], zone: dt.tzinfo = dt.UTC) -> Printer:
    """Send the log to the console at a level, with its times in a zone; the libraries' own chatter only when it is a warning.

    The printer prints what is waiting when the program ends; call its ``finish`` to have that earlier.
    """
    console = Console()
    formatter = Redacted(Redaction(secrets), zone)
    console.setFormatter(formatter)
    keep_story(formatter)
    lines: queue.Queue[logging.LogRecord] = queue.Queue(MOST_LINES_WAITING)
    root = logging.getLogger()
    root.handlers[:] = [Waiting(lines)]
    # A reader that stalls (a stopped terminal, a full pipe) must stop the printing only, never the checks.
    printer = Printer(lines, console)
    printer.start()
    atexit.register(printer.finish)
    root.setLevel(level)
    # At INFO httpx prints addresses, and the address of a Bot API call holds the token.
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    logging.getLogger("asyncio").addFilter(OnceAMinute("socket.accept() out of system resource"))
    # "skipped: maximum number of running instances reached" is how a slow check does not overlap; it is meant.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    # The library would print a traceback for each flood, for each page of a proxy, and at an end without Telegram.
    for name in ("telegram.ext.AIORateLimiter", "telegram.ext.Updater", "telegram.request.BaseRequest"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return printer
