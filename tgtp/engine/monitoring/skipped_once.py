"""What a rule did not do, and that it is told once: too small, held back by a pause, numbers beyond all reason."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from tgtp.domain.events import LegUnreadable, TierIsDust, WouldHaveClosed
from tgtp.domain.plan import Note, Plan, basis_of
from tgtp.engine.journal import Journal

log = logging.getLogger(__name__)


class SkippedOnce:
    """Remembers in each life what was told of it."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def tell(self, plan: Plan) -> None:
        """Tell what a rule did not do, once: dust and absurd numbers per life of the leg, what a pause held back per pause."""
        lives = self._journal.ledger.lives()
        broken = {
            note.leg.key: note for note in plan.notes if note.why == "broken" and "broken" not in lives[note.leg.key].told
        }
        dust = [
            (note, tier) for note in plan.notes for tier in note.dust if f"dust:{tier.number}" not in lives[note.leg.key].told
        ]
        held = [intent for intent in plan.held_back if f"held:{intent.tag}" not in lives[intent.leg].told]
        if not (dust or held or broken):
            return
        now = self._journal.now()
        with self._journal.step():
            for note, tier in dust:
                self._journal.ledger.keep_life(self._journal.ledger.lives()[note.leg.key].with_told(f"dust:{tier.number}"))
                self._journal.record(_dust_event(note, tier, now))
            for key, note in broken.items():
                log.warning("%s cannot be judged: %s", key, note.detail)
                self._journal.ledger.keep_life(self._journal.ledger.lives()[key].with_told("broken"))
                self._journal.record(LegUnreadable(at=now, leg=key, detail=note.detail))
            for intent in held:
                self._journal.ledger.keep_life(self._journal.ledger.lives()[intent.leg].with_told(f"held:{intent.tag}"))
                self._journal.record(WouldHaveClosed(at=now, intent=intent))


def _dust_event(note: Note, tier: Any, now: dt.datetime) -> TierIsDust:
    exact = note.leg.contracts * tier.share
    return TierIsDust(
        at=now,
        leg=note.leg.key,
        tier=tier.number,
        threshold=tier.threshold,
        share=tier.share,
        basis=basis_of(note.leg, exact, threshold=tier.threshold, share=tier.share),
    )
