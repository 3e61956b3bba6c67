"""The first start of an account with real money: paused, with a list of what the rules would do, until somebody starts it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from tgtp.domain.events import AccountLeftOut, Paused
from tgtp.domain.events import FirstStart as Shown
from tgtp.domain.model import LegKey, Snapshot
from tgtp.domain.pauses import Pause
from tgtp.domain.plan import ALL, Situation
from tgtp.domain.retries import has_passed
from tgtp.domain.upkeep.foreseen import all_foreseen
from tgtp.engine.identity import Identities
from tgtp.engine.journal import Journal
from tgtp.engine.upkeep.scheduler import UpkeepScheduler
from tgtp.errors import Problem

NOTE = "first_start"
FIRST_REMINDER = dt.timedelta(hours=1)
REMINDER = dt.timedelta(days=1)


class FirstStartGate:
    """Begins an account that this folder has never noted. With ``pauses`` nothing is sent there until the pause is lifted."""

    def __init__(self, journal: Journal, identities: Identities, *, pauses: bool) -> None:
        self._journal = journal
        self._ledger = journal.ledger
        self._identities = identities
        self._pauses = pauses

    def begin(self) -> None:
        """Pause an account that is new, before anything can be sent there. Raises LedgerWriteFailed."""
        if not self._identities.is_new(self._ledger.account):
            return
        now = self._journal.now()
        # One write: an account that is known and not paused would be traded after a crash in between.
        with self._journal.step():
            self._identities.begun(self._ledger.account)
            if self._pauses:
                pause = Pause(scope=ALL, cause="first_start", since=now)
                self._ledger.keep_pauses(self._ledger.pauses().with_pause(pause))
                self._journal.record(Paused(at=now, name=ALL, by=None, cause="first_start"), tell=False)

    def tell(self, snapshot: Snapshot, situation: Situation, upkeep_scheduler: UpkeepScheduler) -> None:
        """Show what the rules would do: at once, after an hour, then daily while it stands. Raises LedgerWriteFailed."""
        pause = next((one for one in self._ledger.pauses().entries if one.cause == "first_start"), None)
        if pause is None or not self._is_due(pause):
            return
        now, times = self._journal.now(), self._times(pause)
        with self._journal.step():
            shown = [str(leg.key) for leg in snapshot.legs]
            note = {"since": _stamp(pause), "told": now.isoformat(), "times": times + 1, "legs": shown}
            self._ledger.keep_note(NOTE, note)
            self._journal.record(
                Shown(
                    at=now,
                    pause=pause,
                    uid=self._identities.uid(self._ledger.account),
                    legs=len(snapshot.legs),
                    unreadable=snapshot.blind_count,
                    rows=all_foreseen(snapshot, situation, upkeep_scheduler.rules if upkeep_scheduler.is_sub else None),
                    times=times,
                )
            )

    def came_since(self, snapshot: Snapshot) -> tuple[LegKey, ...]:
        """Return the legs that no list has shown: whoever starts has not seen what the rules would do there."""
        # Notes of before name no legs.
        shown = self._note.get("legs")
        return tuple(leg.key for leg in snapshot.legs if str(leg.key) not in shown) if shown is not None else ()

    def show_anew(self) -> None:
        """Have the next check show the list again. Raises LedgerWriteFailed."""
        with self._journal.step():
            self._ledger.keep_note(NOTE, {**self._note, "told": None})

    def _is_due(self, pause: Pause) -> bool:
        times = self._times(pause)
        if not times or self._note["told"] is None:
            return True
        told_at = dt.datetime.fromisoformat(self._note["told"])
        return has_passed(FIRST_REMINDER if times == 1 else REMINDER, told_at, self._journal.now())

    def _times(self, pause: Pause) -> int:
        """Return how often this pause was told."""
        return int(self._note.get("times", 0)) if self._note.get("since") == _stamp(pause) else 0

    @property
    def _note(self) -> dict[str, Any]:
        return self._ledger.note(NOTE) or {}


def tell_left_out(journal: Journal, left_out: Mapping[str, Sequence[Problem]]) -> None:
    """Tell of accounts that are not started, and why, by name: nobody guards them. Raises LedgerWriteFailed."""
    if left_out:
        with journal.step():
            for name, why in left_out.items():
                journal.record(AccountLeftOut(at=journal.now(), name=name, why=tuple(why)))


def _stamp(pause: Pause) -> str:
    return pause.since.isoformat() if pause.since is not None else ""
