"""The story on the console: the start with its rules, every check, every trigger with its numbers. Never a secret."""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from tgtp.chat.console.changes import Changes, rows_of
from tgtp.chat.console.recent_lines import STORY
from tgtp.chat.events import first_start_lines
from tgtp.chat.events.one_line import line, margin_of, what
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.unguarded import blind_name
from tgtp.chat.formatting.values import guard_value
from tgtp.chat.messages.message import bare
from tgtp.chat.texts import Language, plain
from tgtp.chat.texts.formats.numbers import names
from tgtp.domain.events import Event
from tgtp.domain.ladder import Ladder, Tier
from tgtp.domain.ladder_preview import next_order
from tgtp.domain.model import Leg, coin_of_instrument
from tgtp.domain.order import GUARDS, Intent
from tgtp.domain.plan import Note, Rules
from tgtp.engine.check_report import CheckReport
from tgtp.engine.ports import Listener
from tgtp.errors import Problem

log = logging.getLogger(STORY)

LEGS_EVERY = dt.timedelta(minutes=10)
# A moment in a sentence for the chat, which Telegram would show in the reader's own zone.
MOMENT = re.compile(r'<tg-time unix="(\d+)" format="(\w+)">.*?</tg-time>')


class ConsoleListener(Listener):
    """Tells the console what the engine does."""

    def __init__(self, reader: Reader, account: str = "", legs_every: dt.timedelta = LEGS_EVERY) -> None:
        """``account`` stands in front of every line where there are several. All legs are told after so long; 0 for never."""
        # Whoever searches the log for an instrument finds it under the exchange's name.
        self._reader = reader._replace(whole=True)
        self._of = f"[{account}] " if account else ""
        self._changes = Changes(legs_every)
        # When a check was told last, and of what kind its problem was; "" for none.
        self._told: tuple[dt.datetime, str] | None = None

    def happened(self, number: int, event: Event) -> None:
        """Tell an event in one line; what a first start would do, leg by leg."""
        text = bare(in_zone(line(self._reader, event), self._reader.zone))
        self._tell("log.event", number=number, line=f"{text}{self._fill(event)}")
        for row in first_start_lines.rows(self._reader, event) if event.kind == "first_start" else ():
            log.info("%s  %s", self._of, bare(row))

    def alarm(self, what: Problem) -> None:
        """Tell it as critical."""
        self._tell("alarm", logging.CRITICAL, what=what)

    def sending(self, intents: Iterable[Intent]) -> None:
        """Tell every trigger with its numbers."""
        for intent in intents:
            basis = intent.basis
            self._tell(
                f"log.trigger.{intent.rule}",
                intent=intent,
                what=what(self._reader.language, intent),
                margin=margin_of(basis),
                share=intent.contracts / basis.contracts,
                winner=intent.leg.position_side.opposite,
            )

    def checked(self, report: CheckReport) -> None:
        """Tell a check in one line, and each leg and pair that has changed; all of them now and then, and always at DEBUG.

        One that was woken soon after another gets its line at DEBUG, unless it sent an order or went otherwise.
        """
        language, is_news = self._reader.language, self._is_news(report)
        if report.error is not None:
            level = logging.WARNING if is_news else logging.DEBUG
            self._tell("log.check.failed", level, number=report.number, why=report.error.problem)
        if report.snapshot is None or report.error is not None:
            return
        if not log.isEnabledFor(logging.INFO):
            return
        rules, legs = self._reader.rules, report.snapshot.legs
        self._tell(
            "log.check",
            logging.INFO if is_news else logging.DEBUG,
            report=report,
            legs=len(legs) + len(report.snapshot.unreadable),
            small=sum(leg.initial_margin <= rules.min_margin for leg in legs),
            min_margin=rules.min_margin,
            nearest=self._nearest(report.ladder_notes),
            ms=round(report.duration * 1000),
        )
        if report.snapshot.unreadable and is_news:
            blind = sorted(blind_name(language, leg, whole=True) for leg in report.snapshot.unreadable)
            self._tell("log.unguarded", names=names(blind))
        self._rows(report)

    def _is_news(self, report: CheckReport) -> bool:
        """Return whether a check is told aloud, and remember it then."""
        kind = report.error.problem.key if report.error is not None else ""
        if self._told is not None and kind == self._told[1] and not report.sent:
            # Either way: a clock that was put back must not keep the story silent. The beat may be a little early.
            since = abs(report.started_at - self._told[0])
            if since * 5 < dt.timedelta(seconds=self._reader.interval) * 4:
                return False
        self._told = report.started_at, kind
        return True

    def _rows(self, report: CheckReport) -> None:
        now, rows = report.started_at, rows_of(self._reader, report)
        news = self._changes.new(rows, now)
        # Nothing is known yet of legs while an account is only looked at.
        shown = rows if rows and self._changes.due(now) else news
        for row in rows if log.isEnabledFor(logging.DEBUG) else shown:
            log.log(logging.INFO if row in shown else logging.DEBUG, "%s%s", self._of, row.text())

    def _nearest(self, notes: Iterable[Note]) -> str:
        """Name the leg that is nearest to its next tier; nothing where none is on its way."""
        waiting = [(note.tier.threshold - note.leg.roi, note) for note in notes if note.tier and note.why == "waiting"]
        found: tuple[Decimal, Leg, Tier] | None = None
        for least, note in sorted(waiting, key=lambda row: row[0]):
            if found is not None and found[0] <= least:
                break
            # The tier that comes to an order may be farther away than the one that is reached first.
            tier = next_order(note, self._reader.rules).tier if note.leg.roi > 0 else None
            if tier is not None and (found is None or tier.threshold - note.leg.roi < found[0]):
                found = tier.threshold - note.leg.roi, note.leg, tier
        if found is None:
            return ""
        _, leg, tier = found
        return self._reader.plain("log.nearest", leg=leg, threshold=tier.threshold)

    def _fill(self, event: Event) -> str:
        """Name what the exchange has done, behind the line of an order that has filled."""
        if event.kind not in ("tier_filled", "hedge_filled", "guard_filled", "hand_filled", "upkeep_filled"):
            return ""
        words = self._reader.plain("log.fill", **{**dict(event), "id": event.order.order_id or None})
        if event.kind == "tier_filled":
            words += self._reader.plain("log.fill.tiers", fired=event.fired)
        return words

    def _tell(self, key: str, level: int = logging.INFO, /, **values: Any) -> None:
        log.log(level, "%s%s", self._of, self._reader.plain(key, **values))


def in_zone(text: str, zone: dt.tzinfo) -> str:
    """Write the moments in a sentence for the chat as the log writes its own.

    >>> in_zone('at <tg-time unix="0" format="dt">01-01 00:00:00 UTC</tg-time>', dt.timezone(dt.timedelta(hours=8)))
    'at 01-01 08:00:00'
    """

    def local(found: re.Match[str]) -> str:
        return f"{dt.datetime.fromtimestamp(int(found[1]), zone):{'%H:%M' if found[2] == 't' else '%m-%d %H:%M:%S'}}"

    return MOMENT.sub(local, text)


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
    guards = rules.guards
    for coin, one in (("", guards), *((coin_of_instrument(name), guards.of(name)) for name in guards.own)):
        if one.is_on or coin:
            words = {rule: guard_value(language, rule, one.written(rule)) for rule in GUARDS}
            log.info(plain(language, "log.guards.own" if coin else "log.guards", coin=coin, **words))
