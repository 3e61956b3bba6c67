"""One account as it was seen last, and when: in the overview of the chat, and on the page."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from tgtp.chat.formatting import leg_state
from tgtp.chat.formatting.leg_state import Outlook
from tgtp.chat.state.today_totals import SoFar
from tgtp.domain.model import Leg
from tgtp.domain.plan import ALL
from tgtp.engine.accounts import Account
from tgtp.engine.cycle import Checker
from tgtp.errors import Problem

# Seconds after which data is called old, and as many checks where those are rarer.
OLD_AFTER = 30
OLD_AFTER_CHECKS = 2


def is_old(old: float, interval: int) -> bool:
    """Return whether data of this age (seconds) is to be called old."""
    return old > max(OLD_AFTER, OLD_AFTER_CHECKS * interval)


class AccountOverview(NamedTuple):
    """An account as it was seen last.

    ``old`` is the age of that look in seconds, ``outlook`` None before there was any. ``tried_at`` is when its last check began
    and ``why`` what that one failed by (None where it did not). ``today`` is None where it could not be read.
    """

    account: str
    outlook: Outlook | None
    old: float
    paused: frozenset[str]
    tried_at: dt.datetime | None
    why: Problem | None = None
    refused: bool = False
    today: SoFar | None = None

    @property
    def legs(self) -> tuple[Leg, ...]:
        """Its legs, none before it was seen."""
        return self.outlook.snapshot.legs if self.outlook is not None else ()

    @property
    def blind(self) -> int:
        """How many of its legs are open and cannot be read."""
        return self.outlook.snapshot.blind_count if self.outlook is not None else 0

    def is_blind(self, interval: int) -> bool:
        """Return whether what is shown of it is old."""
        return self.outlook is not None and (self.outlook.failed > 0 or is_old(self.old, interval))

    def state(self, interval: int) -> str:
        """Name its state: what hinders most counts."""
        if self.refused:
            return "refused"
        if self.outlook is None:
            return "unseen" if self.tried_at is not None else "starting"
        if self.is_blind(interval):
            return "unseen"
        if self.outlook.held:
            return "held"
        if not self.outlook.situation.may_trade:
            return "forbidden"
        if ALL in self.paused:
            return "paused"
        return "unguarded" if self.blind else "some" if self.paused else "running"


def seen_now(account: Account, now: dt.datetime, old: float | None = None, today: SoFar | None = None) -> AccountOverview:
    """Return an account as it was seen last; ``old`` where the age of that is known better than from the wall clock."""
    checker = account.checker
    outlook, report = outlook_of(checker, now), checker.last_report
    if outlook is not None and old is None:
        old = (now - outlook.snapshot.taken_at).total_seconds()
    return AccountOverview(
        account=account.name,
        outlook=outlook,
        old=old or 0.0,
        paused=checker.journal.ledger.paused(),
        tried_at=report.started_at if report is not None else None,
        why=report.error.problem if report is not None and report.error is not None else None,
        refused=checker.refused,
        today=today,
    )


def outlook_of(checker: Checker, now: dt.datetime) -> Outlook | None:
    """Return what a checker saw last, or None before it saw anything."""
    if checker.last_good is None:
        return None
    error = checker.last_report.error if checker.last_report else None
    return Outlook(
        snapshot=checker.last_good,
        situation=checker.situation(now),
        exchange=checker.exchange_name,
        refused=checker.refused,
        failed=checker.outage.failed_in_a_row,
        failure=error.problem if error is not None else None,
        now=now,
        pauses=checker.journal.ledger.pauses(),
        held=checker.held is not None,
        account_mode=checker.profile.account_mode if checker.profile is not None else None,
        funding=checker.funding_rates,
        funding_tried=checker.funding_tried,
        drawdown=leg_state.DrawdownState(checker.drawdown.rules, checker.drawdown.watch, checker.drawdown.fall),
        stream=checker.stream_state(),
        at_rest=checker.resting.at_rest,
        lifted=checker.resting.lifted,
        others=checker.resting.others,
    )
