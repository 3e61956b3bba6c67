"""The story on the console: the start with its rules, every check, every trigger with its numbers. Never a secret."""

from __future__ import annotations

import atexit
import contextlib
import logging
import queue
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from logging.handlers import QueueHandler, QueueListener
from typing import Any, TextIO

from tgtp.chat.commands.positions.status_view import explain
from tgtp.chat.console.redaction import Redacted, Redaction
from tgtp.chat.events.one_line import Setting, line, margin_of, what
from tgtp.chat.formatting.error_text import problem
from tgtp.chat.formatting.numbers import digits, leg_name, money, percent
from tgtp.chat.messages.message import bare
from tgtp.chat.texts import Language, plain
from tgtp.domain.events import Event
from tgtp.domain.ladder import Ladder
from tgtp.domain.model import Intent
from tgtp.domain.plan import Note, Rules
from tgtp.engine.check_report import CheckReport
from tgtp.engine.ports import Notifier

log = logging.getLogger("tgtp")

NEAREST = 3
MOST_PAIRS = 6
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


class Herald(Notifier):
    """Hears the engine: wakes the outbox, and tells the console."""

    def __init__(
        self,
        setting: Setting,
        wake_outbox: Callable[[], None],
        ring: Callable[[str, str], None] = lambda _key, _what: None,
        account: str = "",
    ) -> None:
        """``account`` stands in front of every line where there are several."""
        self._setting = setting
        self._of = f"[{account}] " if account else ""
        self._ring = ring
        self._wake_outbox = wake_outbox

    def wake(self) -> None:
        """Wake the outbox."""
        self._wake_outbox()

    def happened(self, number: int, event: Event) -> None:
        """Tell an event in one line."""
        self._tell("log.event", number=number, line=bare(line(self._setting, event)))

    def alarm(self, what: str) -> None:
        """Tell it here, and straight to the phone: the way through the ledger is broken."""
        language = self._setting.language
        self._tell("alarm", logging.CRITICAL, what=problem(language, what))
        self._ring("alarm", what)

    def sending(self, intents: Iterable[Intent]) -> None:
        """Tell every trigger with its numbers."""
        language = self._setting.language
        for intent in intents:
            self._tell(
                f"log.trigger.{intent.rule}",
                leg=leg_name(language, intent.leg),
                what=what(language, intent),
                roi=percent(intent.basis.roi, signed=True),
                margin=margin_of(intent.basis),
                before=digits(intent.basis.contracts),
                contracts=digits(intent.contracts),
                client=intent.client_order_id,
            )

    def checked(self, report: CheckReport) -> None:
        """Tell a check: a handful of lines when it was quiet, every leg at DEBUG."""
        language = self._setting.language
        if report.error is not None:
            self._tell("log.check.failed", logging.WARNING, number=report.number, why=problem(language, report.error))
        if report.snapshot is None or report.error is not None:
            return
        if not log.isEnabledFor(logging.INFO):
            return
        rules, legs = self._setting.rules, report.snapshot.legs
        self._tell(
            "log.check",
            number=report.number,
            legs=len(legs),
            small=sum(leg.initial_margin <= rules.min_margin for leg in legs),
            min_margin=digits(rules.min_margin),
            equity=money(report.snapshot.equity),
            ms=round(report.duration * 1000),
        )
        self._nearest(report.ladder_notes)
        self._pairs(report.hedge_notes)
        if log.isEnabledFor(logging.DEBUG):
            for note in report.ladder_notes:
                self._leg(note)

    def _nearest(self, notes: Sequence[Note]) -> None:
        language = self._setting.language
        waiting = [
            (note.tier.threshold - note.leg.roi, note, note.tier)
            for note in notes
            if note.tier and note.why == "waiting" and note.leg.roi > 0
        ]
        waiting.sort(key=lambda row: row[0])
        if waiting:
            rows = [
                plain(
                    language,
                    "log.nearest.row",
                    leg=leg_name(language, note.leg.key),
                    roi=percent(note.leg.roi, signed=True),
                    threshold=percent(tier.threshold),
                )
                for _, note, tier in waiting[:NEAREST]
            ]
            self._tell("log.nearest", rows=" · ".join(rows))

    def _pairs(self, notes: Sequence[Note]) -> None:
        language = self._setting.language
        if not notes:
            self._tell("log.pairs.none")
            return
        rows = [
            plain(
                language,
                "log.pair",
                leg=leg_name(language, note.leg.key),
                roi=percent(note.leg.roi, signed=True),
                other=percent(note.other_roi or Decimal(0), signed=True),
                why=plain(language, f"log.pair.{note.why}"),
            )
            for note in notes[:MOST_PAIRS]
        ]
        more = f" +{len(notes) - MOST_PAIRS}" if len(notes) > MOST_PAIRS else ""
        self._tell("log.pairs", rows=" · ".join(rows) + more)

    def _leg(self, note: Note) -> None:
        language = self._setting.language
        self._tell(
            "log.leg",
            logging.DEBUG,
            leg=leg_name(language, note.leg.key),
            roi=percent(note.leg.roi, signed=True),
            margin=money(note.leg.initial_margin),
            what=explain(self._setting, note),
        )

    def _tell(self, key: str, level: int = logging.INFO, **values: Any) -> None:
        log.log(level, "%s%s", self._of, plain(self._setting.language, key, **values))


def status_line(language: Language, report: CheckReport) -> str:
    """Say in a few words how a check went, for a place that others can read: no reasons, no sums."""
    if report.error is not None or report.snapshot is None:
        return plain(language, "log.status.failed", number=report.number)
    ms = round(report.duration * 1000)
    return plain(language, "log.status", number=report.number, legs=len(report.snapshot.legs), ms=ms)


def tell_rules(language: Language, rules: Rules, interval: int) -> None:
    """Tell the rules in force, as the start of the story."""

    def rows(ladder: Ladder) -> str:
        return "; ".join(
            plain(language, "log.tier", threshold=percent(tier.threshold), share=percent(tier.share)) for tier in ladder.tiers
        )

    log.info(plain(language, "log.interval", interval=interval, min_margin=digits(rules.min_margin)))
    log.info(plain(language, "log.long", rows=rows(rules.long)))
    log.info(plain(language, "log.short", rows=rows(rules.short)))
    for name, ladder in rules.own.items():
        log.info(plain(language, "log.own", name=name, rows=rows(ladder)))
    log.info(plain(language, "log.hedge", keep_margin=digits(rules.keep_margin)))


class Waiting(QueueHandler):
    """Hands lines to the printer; when too many wait, new ones are dropped rather than waited for."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - so it is called
        """Say that a line was malformed; the library would print what was to go into it, secrets and all."""
        record.msg, record.args, record.exc_info = f"a malformed line of the log, {record.pathname}:{record.lineno}", None, None
        self.enqueue(record)

    def enqueue(self, record: logging.LogRecord) -> None:
        """Take a line if there is room."""
        with contextlib.suppress(queue.Full):
            self.queue.put_nowait(record)


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


def set_up_log(level: str, secrets: Sequence[str]) -> Printer:
    """Send the log to the console at a level; the libraries' own chatter only when it is a warning.

    The printer prints what is waiting when the program ends; call its ``finish`` to have that earlier.
    """
    console = Console()
    console.setFormatter(Redacted(Redaction(secrets)))
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
    # "skipped: maximum number of running instances reached" is how a slow check does not overlap; it is meant.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    # The library would print a traceback for each flood, for each page of a proxy, and at an end without Telegram.
    for name in ("telegram.ext.AIORateLimiter", "telegram.ext.Updater", "telegram.request.BaseRequest"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return printer
