"""No secret is printed: not in a line of the log, not in a traceback, not by an exception that nobody caught."""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import sys
import threading
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from tgtp.chat.texts import visible
from tgtp.settings.reading.secret_shapes import TOKEN

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

log = logging.getLogger("tgtp")

# Where a long text is broken: what it is indented with may come after, and the break may be written as it is in code.
BREAK = r"(?:\s|\\[nrt])*"
LINE_END = re.compile(r"[\n\r]|\\[nr]")
# A shorter secret could be met by chance, a letter here and a letter there.
SHORTEST_BROKEN = 8


class Redaction:
    """Knows the secrets, in every form in which they turn up."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets if secret for form in _forms(secret)}
        # The longest first, so that a secret that holds another one goes as a whole.
        self._secrets = sorted(forms, key=len, reverse=True)
        broken = [BREAK.join(map(re.escape, secret)) for secret in self._secrets if len(secret) >= SHORTEST_BROKEN]
        self._broken = re.compile("|".join(broken)) if broken else None

    def strike(self, text: str) -> str:
        """Strike every secret out of a text."""
        for secret in self._secrets:
            text = text.replace(secret, "•••")
        if self._broken is not None and LINE_END.search(text):
            text = self._broken.sub("•••", text)
        return TOKEN.sub("•••", text)


def _forms(secret: str) -> tuple[str, ...]:
    """A secret as it is, and as it looks within an address, a header's repr, or JSON."""
    return secret, quote(secret), quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1], json.dumps(secret)[1:-1]


class Redacted(logging.Formatter):
    """Writes lines, tracebacks included, with every secret struck out."""

    def __init__(self, redaction: Redaction, zone: dt.tzinfo = dt.UTC) -> None:
        super().__init__("[%(asctime)s] %(message)s", "%Y-%m-%d %H:%M:%S")
        self._redaction, self._zone = redaction, zone

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - so it is called
        """Write when a record was made, in the zone."""
        return f"{dt.datetime.fromtimestamp(record.created, self._zone):{datefmt}}"

    def format(self, record: logging.LogRecord) -> str:
        """Write one record; lines after its first are indented, so that none of them passes for a record."""
        return visible(self._redaction.strike(super().format(record))).replace("\n", "\n  ")


def catch_the_uncaught() -> None:
    """Send what nobody caught, in any thread, to the log, which redacts it; Python would print it as it is.

    What an event loop's callbacks and forgotten tasks let fall goes there already.
    """
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    sys.unraisablehook = _unraisable


def _uncaught(kind: type[BaseException], exc: BaseException, trace: TracebackType | None) -> None:
    log.critical("the program broke", exc_info=(kind, exc, trace))


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_type is not SystemExit:
        exc = args.exc_value or args.exc_type()
        log.error(
            "a thread broke: %s", args.thread.name if args.thread else "?", exc_info=(args.exc_type, exc, args.exc_traceback)
        )


def _unraisable(args: UnraisableHookArgs) -> None:
    exc = args.exc_value or args.exc_type()
    where = getattr(args.object, "__qualname__", type(args.object).__name__)
    log.error("%s %s", args.err_msg or "ignored in", where, exc_info=(args.exc_type, exc, args.exc_traceback))
