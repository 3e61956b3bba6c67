"""The accounts: whether anything is closed by itself there, what they are worth, and what the day has brought."""

from __future__ import annotations

import datetime as dt

from tgtp.chat.formatting import leg_state
from tgtp.chat.formatting.error_text import problem
from tgtp.chat.formatting.pause_text import row as pause_row
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.formatting.unguarded import unguarded_now
from tgtp.chat.state.account_overview import seen_now
from tgtp.chat.state.today_totals import SoFar
from tgtp.engine.accounts import Account
from tgtp.monitor.document.seen import Seen
from tgtp.monitor.plain import Record, moment, number, seconds, text_of, without_sign

# The states of the chat's overview that go by another name here.
CODES = {"some": "some_paused"}


def account_row(account: Account, seen: Seen | None, today: SoFar | None, reader: Reader, now: dt.datetime) -> Record:
    """Return the record of an account; ``seen`` is None before it was."""
    overview, checker = seen_now(account, now, today=today), account.checker
    language, code = reader.language, overview.state(checker.interval)
    report, outlook = checker.last_report, seen.outlook if seen is not None else None
    snapshot = outlook.snapshot if outlook is not None else None
    profile = checker.profile
    lines = unguarded_now(language, snapshot, profile.account_mode if profile is not None else None) if snapshot else []
    pauses = checker.journal.ledger.pauses().ordered
    return {
        "state": _state(reader, code, outlook),
        "code": CODES.get(code, code),
        "sub": account.role == "sub",
        "equity": number(snapshot.equity) if snapshot is not None else None,
        "available": number(snapshot.available) if snapshot is not None else None,
        "today": _today(today),
        "drawdown": _drawdown(reader, outlook),
        "pauses": [text_of(pause_row(language, pause), reader.zone) for pause in pauses],
        "unguarded": [without_sign(text_of(line, reader.zone)) for line in lines],
        "unreadable": overview.blind,
        "at": moment(snapshot.taken_at) if snapshot is not None else None,
        "checked_at": moment(report.started_at) if report is not None else None,
        "duration": seconds(report.duration) if report is not None else None,
        "failed": checker.outage.failed_in_a_row,
        "failure": problem(language, report.error.problem) if report is not None and report.error is not None else None,
    }


def _state(reader: Reader, code: str, outlook: leg_state.Outlook | None) -> str:
    if outlook is not None and code != "unseen":
        return without_sign(text_of(leg_state.state(reader.language, outlook), reader.zone))
    key = "status.refused" if code == "refused" else "panel.starting" if code == "starting" else "status.unseen"
    return without_sign(text_of(reader.say(key), reader.zone))


def _today(today: SoFar | None) -> Record | None:
    if today is None:
        return None
    takings = today.takings
    return {
        "realised": number(takings.realised),
        "fees": number(takings.fees),
        "orders": takings.orders,
        "equity_before": number(today.equity_before),
        "since": moment(today.seen_since),
    }


def _drawdown(reader: Reader, outlook: leg_state.Outlook | None) -> Record:
    drawdown = outlook.drawdown if outlook is not None else leg_state.DrawdownState()
    fall, rules = drawdown.fall, drawdown.rules
    rows = leg_state.drawdown_rows(reader.language, outlook) if outlook is not None else []
    return {
        "fraction": number(round(fall.fraction, 4)) if fall is not None else None,
        "peak": number(fall.peak_equity) if fall is not None else None,
        "warn": number(rules.warn),
        "limit": number(rules.limit),
        "red": drawdown.is_red,
        "text": " ".join(text_of(row, reader.zone) for row in rows) or None,
    }
