"""No secret is printed: not in a line of the log, not in a traceback, not by an exception that nobody caught."""

from __future__ import annotations

import base64
import datetime as dt
import logging
import re
import sys
import threading
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Final

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
# However often a text was put into quotes, there are no more backslashes before a sign.
QUOTED = r"\\{0,15}"
# Bits of a sign in base64.
BITS = 6
AROUND = "[A-Za-z0-9+/_-]?"
# How a page writes what would be taken for its own.
NAMED: Final = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}


class Redaction:
    """Knows the secrets, in every form in which they turn up."""

    def __init__(self, secrets: Iterable[str]) -> None:
        # The longest first, so that a secret that holds another one goes as a whole.
        known = sorted({secret for secret in secrets if secret}, key=len, reverse=True)
        long = [secret for secret in known if len(secret) >= SHORTEST_BROKEN]
        whole = [form for secret in long for form in _as_bytes(secret)]
        self._written = _any_of([*map(_written, known), *whole])
        self._broken = _any_of([_written(secret, BREAK) for secret in long])

    def strike(self, text: str) -> str:
        """Strike every secret out of a text."""
        if self._written is not None:
            text = self._written.sub("•••", text)
        if self._broken is not None and LINE_END.search(text):
            text = self._broken.sub("•••", text)
        return TOKEN.sub("•••", text)


def _any_of(patterns: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(patterns)) if patterns else None


def _written(secret: str, between: str = "") -> str:
    """Return the pattern of a secret, each sign as it is or as it looks in an address, in code, in JSON or on a page."""
    return between.join(map(_sign, secret))


def _sign(sign: str) -> str:
    if sign.isascii() and sign.isalnum():
        return sign
    units = sign.encode("utf-16-be", "surrogatepass")
    in_json = "".join(rf"\\{{1,15}}u(?i:{units[at : at + 2].hex()})" for at in range(0, len(units), 2))
    in_code = rf"\\{{1,15}}(?i:x{ord(sign):02x}|u{ord(sign):04x}|u{ord(sign):08x})"
    octets = sign.encode("utf-8", "surrogatepass")
    in_bytes = "".join(rf"\\{{1,15}}x(?i:{octet:02x})" for octet in octets)
    in_address = "".join(rf"%(?:25)*(?i:{octet:02x})" for octet in octets)
    forms = [QUOTED + re.escape(sign), in_json, in_code, in_bytes, in_address]
    if sign in NAMED:
        # Before the sign itself: of "&amp;" nothing may be left.
        forms.insert(0, rf"&(?:amp;)*(?:{NAMED[sign]}|#0*{ord(sign)}|#(?i:x0*{ord(sign):x}));")
    if sign == " ":
        forms.append("[+]")
    return f"(?:{'|'.join(forms)})"


def _as_bytes(secret: str) -> list[str]:
    """Return the patterns of a secret among bytes that were written in hex, or in base64 with others around it."""
    octets = secret.encode("utf-8", "surrogatepass")
    found = [f"(?i:{octets.hex()})"]
    for before in range(3):
        whole = base64.b64encode(bytes(before) + octets).decode().rstrip("=")
        # The first and the last sign hold bits of what stands around it, too.
        core = whole[-(-before * 8 // BITS) : (before + len(octets)) * 8 // BITS]
        signs = "".join({"+": "[+-]", "/": "[/_]"}.get(sign, sign) for sign in core)
        found.append(f"{AROUND if before else ''}{signs}{AROUND}")
    return found


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
