"""Checks that fail: when that is told, and when it is over."""

from __future__ import annotations

import datetime as dt

from tgtp.domain.events import Cause, ExchangeFound, ExchangeLost
from tgtp.engine.journal import Journal
from tgtp.engine.ports import Clock, Listener
from tgtp.errors import AccessRefused, ExchangeProblem, LedgerWriteFailed, TgtpError

# So many failed checks in a row that have taken so many seconds are told; or failing for longer, however few they are.
FAILURES_TOLD = 3
FAILURES_TAKE = 20
FAILING_TOLD_AFTER = 60
# Told again while it lasts: what was read on a phone is forgotten, and nothing is guarded.
TOLD_AGAIN_AFTER = 24 * 3600
# Letters of what fills a problem.
LONGEST_PART = 300


class Outage:
    """Counts the checks of one account that fail in a row; tells each cause once a day, and once that it is over."""

    def __init__(self, journal: Journal, listener: Listener, clock: Clock) -> None:
        self.failed_in_a_row = 0
        self._journal = journal
        self._listener = listener
        self._clock = clock
        # When the first of them failed, by the clock that people read; when it began, by the one that never jumps.
        self._since: tuple[dt.datetime, float] | None = None
        self._told: ExchangeLost | None = None
        # By the clock that never jumps; None where it could not be written yet.
        self._told_at: float | None = None
        self._alarmed = False

    @property
    def cause(self) -> Cause | None:
        """Return the cause that was told and is not over."""
        return self._told.cause if self._told else None

    def failed(self, exc: TgtpError, begun: float) -> None:
        """Take in a failed check that had ``begun`` then, by the clock that never jumps."""
        self.failed_in_a_row += 1
        if self._since is None:
            self._since = self._clock.now(), begun
        since, first_begun = self._since
        if isinstance(exc, LedgerWriteFailed):
            self._alarm(exc)
        cause: Cause = "broken"
        if isinstance(exc, AccessRefused):
            cause = "refused"
        elif isinstance(exc, ExchangeProblem):
            cause = "down"
        # A failure or two pass by themselves; refused keys do not.
        now = self._clock.monotonic()
        lasting = now - first_begun
        lasts = lasting >= (FAILURES_TAKE if self.failed_in_a_row >= FAILURES_TOLD else FAILING_TOLD_AFTER)
        is_told = self.cause == cause and self._told_at is not None and now - self._told_at < TOLD_AGAIN_AFTER
        if is_told or not (lasts or cause == "refused"):
            return
        lost = ExchangeLost(at=self._clock.now(), cause=cause, detail=exc.problem.with_parts(lambda part: part[:LONGEST_PART]))
        # Its end is told in any case: past the ledger the phone has rung.
        self._told, self._told_at = lost.replaced(at=since), None
        try:
            with self._journal.step():
                self._journal.record(lost)
                self._journal.when_written(self._has_told)
        except LedgerWriteFailed as failure:
            self._alarm(failure)

    def passed(self, *, proves: bool = True) -> None:
        """Take in a check that went well to its end; ``proves`` says whether that shows that what was told is over."""
        self.failed_in_a_row, self._since, self._alarmed = 0, None, False
        if self._told is None or not proves:
            return
        with self._journal.step():
            self._journal.record(ExchangeFound(at=self._clock.now(), cause=self._told.cause, lost_at=self._told.at))
            self._journal.when_written(self._has_ended)

    def _has_told(self) -> None:
        self._told_at = self._clock.monotonic()

    def _has_ended(self) -> None:
        self._told = None

    def _alarm(self, failure: LedgerWriteFailed) -> None:
        """Ring past the ledger, once until a check succeeds again: it is the way through the ledger that is broken."""
        if not self._alarmed:
            self._alarmed = True
            self._listener.alarm(failure.problem)
