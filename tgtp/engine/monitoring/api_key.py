"""Watches the key itself: a risk is told at once, then once a day until somebody has acknowledged it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from tgtp.domain.api_key_risks import KeyMemory, Risk
from tgtp.domain.events import KeyRisk, KeyRiskAcknowledged
from tgtp.domain.model import AccountProfile
from tgtp.engine.journal import Journal

NOTE = "key_risks"


class KeyWatch:
    """What people know of the key's risks, in the ledger."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    @property
    def memory(self) -> KeyMemory:
        """What was told and acknowledged."""
        return KeyMemory(**(self._journal.ledger.note(NOTE) or {}))

    def open_risks(self, profile: AccountProfile) -> tuple[Risk, ...]:
        """Return the risks that nobody has acknowledged."""
        return self.memory.of(profile).open_risks(profile)

    def told(self, profile: AccountProfile, at: dt.datetime) -> None:
        """Remember, inside a step, that people were told of the key's risks by other words."""
        memory = self.memory.of(profile)
        self._keep(memory.after_told(memory.open_risks(profile), at))

    def look(self, profile: AccountProfile) -> None:
        """Tell of the key's risks when that is due; all of them in one message."""
        now = self._journal.now()
        before = self.memory
        memory = before.of(profile)
        risks = memory.open_risks(profile)
        due = any(memory.is_due(risk, now) for risk in risks)
        if due:
            memory = memory.after_told(risks, now)
        if memory == before:
            return
        with self._journal.step():
            self._keep(memory)
            if due:
                self._journal.record(KeyRisk(at=now, label=profile.label, risks=risks))

    def acknowledge(self, by: int, shown: Collection[Risk] | None = None) -> tuple[Risk, ...]:
        """Repeat no more what people were told, or what of it was ``shown``; return what that is."""
        memory = self.memory
        risks = tuple(risk for risk in memory.waiting if shown is None or risk in shown)
        if risks:
            with self._journal.step():
                self._keep(memory.after_acknowledged(risks))
                event = KeyRiskAcknowledged(at=self._journal.now(), label=memory.label, risks=risks, by=by)
                self._journal.record(event, except_for=by)
        return risks

    def _keep(self, memory: KeyMemory) -> None:
        self._journal.ledger.keep_note(NOTE, memory.model_dump(mode="json"))
