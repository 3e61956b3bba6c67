"""Writes pauses down and takes them away, with what was told while they stood."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection, Sequence
from functools import partial
from typing import Final

from tgtp.domain.events import Paused, Resumed
from tgtp.domain.life import Life
from tgtp.domain.pauses import Cause, PausableRule, Pause, Scope
from tgtp.engine.journal import Journal, together
from tgtp.errors import LedgerWriteFailed, PauseUnwritten

log = logging.getLogger(__name__)

# What a life remembers of having been told that a pause held something back; a tier's word goes on with its number.
HELD: Final = "held:"
RULES: Final[tuple[PausableRule, ...]] = ("tier", "hedge", "guard", "maintenance", "correction")


class PauseBook:
    """The pauses of one account."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._ledger = journal.ledger

    @property
    def journal(self) -> Journal:
        """Where it is written."""
        return self._journal

    def of_person(self, scope: str, by: int, until: dt.datetime | None) -> Pause | None:
        """Return the pause that a person asks for; None where it stands already, and is on disk."""
        if until is None and self._ledger.pauses().has(scope, "person"):
            # Who asks again for one that could not be written has it tried again.
            return next((one for one in self._ledger.unwritten_pauses() if (one.scope, one.cause) == (scope, "person")), None)
        cause: Cause = "person" if until is None else "time"
        return Pause(scope=scope, cause=cause, since=self._journal.now(), by=by, until=until)

    def write(self, pause: Pause) -> None:
        """Write a person's pause down, inside a step."""
        self._ledger.keep_pauses(self._ledger.pauses().with_pause(pause))
        # The giver hears of it too unless the answer is in the chat: with one owner, a thief's pause would leave no trace.
        paused = Paused(at=self._journal.now(), name=pause.scope, by=pause.by, cause=pause.cause, until=pause.until)
        self._journal.record(paused, on_card=pause.by)
        self._journal.when_written(partial(self._let_go, pause))

    def hold(self, pause: Pause) -> None:
        """Have a pause in force that could not be written."""
        self._ledger.hold(pause)

    def write_held(self) -> None:
        """Write down what could not be; what still cannot stays in force, and waits for the next check."""
        if not (held := self._ledger.unwritten_pauses()):
            return
        try:
            with self._journal.step():
                for pause in held:
                    self.write(pause)
        except LedgerWriteFailed as exc:
            log.error("a pause is in force, but cannot be written down yet (%s): it would not survive a restart", exc)

    def _let_go(self, pause: Pause) -> None:
        # Also one of the same scope and cause that this one has taken the place of.
        same = [one for one in self._ledger.unwritten_pauses() if (one.scope, one.cause) == (pause.scope, pause.cause)]
        self._ledger.let_go(same)

    def lift(self, pauses: Collection[Pause]) -> None:
        """Take pauses away, inside a step. What they held back is told anew should another pause do so."""
        self._ledger.keep_pauses(self._ledger.pauses().without(pauses))
        self._journal.when_written(partial(self._ledger.let_go, tuple(pauses)))
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


def pause_at_once(wanted: Sequence[tuple[PauseBook, str]], by: int, until: dt.datetime | None) -> list[bool]:
    """Pause a scope for a person in each of these books, all in one write; return of which it was not paused already.

    ``until`` is when it ends by itself, and replaces the end of an earlier one; None for not at all. A stop does not wait for a
    disk: what cannot be written down is in force all the same. Raises PauseUnwritten then.
    """
    asked = [book.of_person(scope, by, until) for book, scope in wanted]
    left = [(book, pause) for (book, _), pause in zip(wanted, asked, strict=True) if pause is not None]
    try:
        if left:
            with together(list(dict.fromkeys(book.journal for book, _ in left))):
                for book, pause in left:
                    book.write(pause)
    except LedgerWriteFailed as exc:
        for book, pause in left:
            book.hold(pause)
        raise PauseUnwritten(exc.problem) from exc
    return [pause is not None for pause in asked]


def _forgetting(life: Life, reaches: Collection[Scope]) -> Life:
    for rule in RULES:
        held = f"{HELD}{rule}"
        if any(word.startswith(held) for word in life.told) and any(reach.covers(life.key, rule) for reach in reaches):
            life = life.without_told(held)
    return life
