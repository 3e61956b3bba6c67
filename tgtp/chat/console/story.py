"""The story on the console: the start with its rules, every check, every trigger with its numbers. Never a secret."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from tgtp.chat.console.recent_lines import STORY
from tgtp.chat.events import first_start_lines
from tgtp.chat.events.one_line import line, margin_of, what
from tgtp.chat.formatting.leg_state import explain
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.unguarded import blind_name
from tgtp.chat.messages.message import bare
from tgtp.chat.texts import Language, plain
from tgtp.chat.texts.formats.numbers import names
from tgtp.domain.events import Event
from tgtp.domain.ladder import Ladder
from tgtp.domain.order import Intent
from tgtp.domain.plan import Note, Rules
from tgtp.engine.check_report import CheckReport
from tgtp.engine.ports import Listener
from tgtp.errors import Problem

log = logging.getLogger(STORY)

NEAREST = 3
MOST_PAIRS = 6


class ConsoleListener(Listener):
    """Tells the console what the engine does."""

    def __init__(self, reader: Reader, account: str = "") -> None:
        """``account`` stands in front of every line where there are several."""
        self._reader = reader
        self._of = f"[{account}] " if account else ""

    def happened(self, number: int, event: Event) -> None:
        """Tell an event in one line; what a first start would do, leg by leg."""
        self._tell("log.event", number=number, line=bare(line(self._reader, event)))
        for row in first_start_lines.rows(self._reader.language, event) if event.kind == "first_start" else ():
            log.info("%s  %s", self._of, bare(row))

    def alarm(self, what: Problem) -> None:
        """Tell it as critical."""
        self._tell("alarm", logging.CRITICAL, what=what)

    def sending(self, intents: Iterable[Intent]) -> None:
        """Tell every trigger with its numbers."""
        for intent in intents:
            words, margin = what(self._reader.language, intent), margin_of(intent.basis)
            self._tell(f"log.trigger.{intent.rule}", intent=intent, what=words, margin=margin)

    def checked(self, report: CheckReport) -> None:
        """Tell a check: a handful of lines when it was quiet, every leg at DEBUG."""
        language = self._reader.language
        if report.error is not None:
            self._tell("log.check.failed", logging.WARNING, number=report.number, why=report.error.problem)
        if report.snapshot is None or report.error is not None:
            return
        if not log.isEnabledFor(logging.INFO):
            return
        rules, legs = self._reader.rules, report.snapshot.legs
        self._tell(
            "log.check",
            report=report,
            legs=len(legs) + len(report.snapshot.unreadable),
            small=sum(leg.initial_margin <= rules.min_margin for leg in legs),
            min_margin=rules.min_margin,
            ms=round(report.duration * 1000),
        )
        if report.snapshot.unreadable:
            blind = sorted(blind_name(language, leg) for leg in report.snapshot.unreadable)
            self._tell("log.unguarded", names=names(blind))
        self._nearest(report.ladder_notes)
        self._pairs(report.hedge_notes)
        if log.isEnabledFor(logging.DEBUG):
            for note in report.ladder_notes:
                self._leg(note)

    def _nearest(self, notes: Sequence[Note]) -> None:
        waiting = [
            (note.tier.threshold - note.leg.roi, note, note.tier)
            for note in notes
            if note.tier and note.why == "waiting" and note.leg.roi > 0
        ]
        waiting.sort(key=lambda row: row[0])
        if waiting:
            rows = [
                self._reader.plain("log.nearest.row", note=note, threshold=tier.threshold)
                for _, note, tier in waiting[:NEAREST]
            ]
            self._tell("log.nearest", rows=" · ".join(rows))

    def _pairs(self, notes: Sequence[Note]) -> None:
        if not notes:
            self._tell("log.pairs.none")
            return
        rows = [
            self._reader.plain(
                "log.pair", note=note, other=note.other_roi or Decimal(0), why=self._reader.plain(f"log.pair.{note.why}")
            )
            for note in notes[:MOST_PAIRS]
        ]
        more = f" +{len(notes) - MOST_PAIRS}" if len(notes) > MOST_PAIRS else ""
        self._tell("log.pairs", rows=" · ".join(rows) + more)

    def _leg(self, note: Note) -> None:
        self._tell("log.leg", logging.DEBUG, note=note, what=explain(self._reader, note))

    def _tell(self, key: str, level: int = logging.INFO, /, **values: Any) -> None:
        log.log(level, "%s%s", self._of, self._reader.plain(key, **values))


def status_line(language: Language, report: CheckReport) -> str:
    """Write in a few words how a check went, for a place that others can read: no reasons, no sums."""
    if report.error is not None or report.snapshot is None:
        return plain(language, "log.status.failed", number=report.number)
    ms = round(report.duration * 1000)
    legs = len(report.snapshot.legs) + len(report.snapshot.unreadable)
    return plain(language, "log.status", number=report.number, legs=legs, ms=ms)


def tell_rules(language: Language, rules: Rules, interval: int) -> None:
    """Tell the rules in force, as the start of the story."""

    def rows(ladder: Ladder) -> str:
        told = [plain(language, "log.tier", one=one) for one in ladder.tiers]
        return plain(language, "log.and").join(told)

    log.info(plain(language, "log.interval", interval=interval, min_margin=rules.min_margin))
    log.info(plain(language, "log.long", rows=rows(rules.long)))
    log.info(plain(language, "log.short", rows=rows(rules.short)))
    for name, ladder in rules.own.items():
        log.info(plain(language, "log.own", name=name, rows=rows(ladder)))
    log.info(plain(language, "log.hedge", keep_margin=rules.keep_margin))
