"""What the ledger keeps of the drawdown guard: what people have set, and what it knows."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from tgtp.domain.guards.drawdown import DrawdownRules, Watch
from tgtp.engine.ports import Notes
from tgtp.errors import LedgerUnreadable, Problem

RULES = "drawdown_rules"
WATCH = "drawdown"


class DrawdownNotes:
    """Reads and writes both. Raises LedgerUnreadable when one of them makes no sense."""

    def __init__(self, notes: Notes, settings: DrawdownRules) -> None:
        self.settings = settings
        self._notes = notes
        self._read: tuple[object, DrawdownRules] = (None, settings)
        self._watch: tuple[object, Watch | None] = (None, None)
        # What cannot be read must refuse the start, not a check.
        self.rules, self.watch  # noqa: B018

    @property
    def is_changed(self) -> bool:
        """Return whether somebody has set it, in place of what the settings say."""
        return self._notes.note(RULES) is not None

    @property
    def rules(self) -> DrawdownRules:
        """The rules in force."""
        note = self._notes.note(RULES)
        # Every change writes a new note.
        if note is not self._read[0]:
            self._read = note, self.settings if note is None else _value(RULES, DrawdownRules, note)
        return self._read[1]

    def change(self, rules: DrawdownRules) -> None:
        """Keep these rules, inside a step."""
        self._notes.keep_note(RULES, rules.model_dump(mode="json"))

    @property
    def watch(self) -> Watch | None:
        """What it knew when that was written last."""
        note = self._notes.note(WATCH)
        if note is not self._watch[0]:
            self._watch = note, None if note is None else _value(WATCH, Watch, note)
        return self._watch[1]

    def keep(self, watch: Watch | None) -> None:
        """Keep what it knows, inside a step."""
        self._notes.keep_note(WATCH, None if watch is None else watch.model_dump(mode="json"))


def _value(name: str, kind: Any, note: Any) -> Any:
    try:
        return kind(**note)
    except (ValidationError, TypeError) as exc:
        raise LedgerUnreadable(Problem("setting.note.drawdown", note=name, why=str(exc).splitlines()[0])) from exc
