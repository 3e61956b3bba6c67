"""Writes pauses down and takes them away, with what was told while they stood."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Final

from tgtp.domain.events import Paused, Resumed
from tgtp.domain.life import Life
from tgtp.domain.pauses import PausableRule, Pause, Scope
from tgtp.engine.journal import Journal

# What a life remembers of having been told that a pause held something back; a tier's word goes on with its number.
HELD: Final = "held:"
RULES: Final[tuple[PausableRule, ...]] = ("tier", "hedge", "maintenance", "correction")


class PauseBook:
    """The pauses of one account."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._ledger = journal.ledger

    def write(self, scope: str, by: int, until: dt.datetime | None = None) -> Pause:
        """Pause a scope for a person, inside a step; ``until`` is when it ends by itself, None for not at all."""
        now = self._journal.now()
        pause = Pause(scope=scope, cause="person" if until is None else "time", since=now, by=by, until=until)
        self._ledger.keep_pauses(self._ledger.pauses().with_pause(pause))
        # The giver hears of it too: with one owner, a thief's pause would leave no trace.
        self._journal.record(Paused(at=now, name=scope, by=by, cause=pause.cause, until=until))
        return pause

    def lift(self, pauses: Collection[Pause]) -> None:
        """Take pauses away, inside a step. What they held back is told anew should another pause do so."""
        self._ledger.keep_pauses(self._ledger.pauses().without(pauses))
        reaches = [pause.reach for pause in pauses]
        for life in list(self._ledger.lives().values()):
            after = _forgetting(life, reaches)
            if after is not life:
                self._ledger.keep_life(after)

    def end_over(self) -> None:
        """End the pauses whose time has run out; each ends only itself. Raises LedgerWriteFailed."""
        now, pauses = self._journal.now(), self._ledger.pauses()
        over = pauses.over(now)
        if not over:
            return
        left = pauses.without(over)
        with self._journal.step():
            self.lift(over)
            for pause in over:
                stays = any(other.reach.includes(pause.reach) for other in left.entries)
                self._journal.record(
                    Resumed(at=now, name=pause.scope, by=None, cause=pause.cause, until=pause.until, stays=stays)
                )


def _forgetting(life: Life, reaches: Collection[Scope]) -> Life:
    for rule in RULES:
        held = f"{HELD}{rule}"
        if any(word.startswith(held) for word in life.told) and any(reach.covers(life.key, rule) for reach in reaches):
            life = life.without_told(held)
    return life
