"""That the program looks at an account from now on, and that it does no more."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tgtp import __version__
from tgtp.domain.events import Around, Started, Stopped
from tgtp.domain.model import AccountProfile, Snapshot
from tgtp.domain.plan import Rules
from tgtp.engine.journal import Journal
from tgtp.engine.monitoring.api_key import KeyWatch

# When the account was looked at last, written at an ordered end only; and that it is looked at, until that end.
NOTE = "seen_at"
RUNNING = "is_running"


class Greeting:
    """Tells with its first look that an account is guarded, and what had come before; and at the end that it is not."""

    def __init__(self, journal: Journal, keys: KeyWatch, exchange_name: str, interval: int, around: Around) -> None:
        self.is_said = False
        self._journal = journal
        self._ledger = journal.ledger
        self._keys = keys
        self._exchange_name = exchange_name
        self._interval = interval
        self._around = around

    def say(self, snapshot: Snapshot, profile: AccountProfile | None, rules: Rules, *, yields_to_hedge: bool) -> None:
        """Tell of the start, once, when it is known whose account it is. Raises LedgerWriteFailed."""
        if self.is_said or profile is None:
            return
        seen: Any = self._ledger.note(NOTE)
        missed = snapshot.taken_at - dt.datetime.fromisoformat(seen) if seen else None
        with self._journal.step():
            self._journal.record(
                Started(
                    at=snapshot.taken_at,
                    version=__version__,
                    exchange=self._exchange_name,
                    profile=profile,
                    legs=len(snapshot.legs),
                    small_legs=sum(leg.initial_margin <= rules.min_margin for leg in snapshot.legs),
                    min_margin=rules.min_margin,
                    unwatched=snapshot.unwatched,
                    paused=tuple(sorted(self._ledger.paused())),
                    pauses=self._ledger.pauses(),
                    long_tiers=str(rules.long),
                    short_tiers=str(rules.short),
                    interval=self._interval,
                    missed_seconds=max(0, int(missed.total_seconds())) if missed is not None else None,
                    was_cut_short=bool(self._ledger.note(RUNNING)),
                    key_risks=self._keys.open_risks(profile),
                    unreadable=snapshot.unreadable,
                    nameless=snapshot.nameless,
                    yields_to_hedge=yields_to_hedge,
                    **dict(self._around),
                )
            )
            self._keys.told(profile, snapshot.taken_at)
            # After any other end than an ordered one it is not known since when nobody looked.
            self._ledger.keep_note(NOTE, None)
            self._ledger.keep_note(RUNNING, True)
        self.is_said = True

    def say_goodbye(self, *, tell: bool, rest: int) -> None:
        """Write down that nobody looks any more; ``tell``: and that the program has ended, while so many tiers ``rest``.

        Raises LedgerWriteFailed.
        """
        now = self._journal.now()
        with self._journal.step():
            self._ledger.keep_note(NOTE, now.isoformat())
            self._ledger.keep_note(RUNNING, None)
            if tell:
                self._journal.record(Stopped(at=now, rest=rest))
