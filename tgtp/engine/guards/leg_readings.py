"""The readings of the guards of legs: the best ROI of each life, and what two looks agree on."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from tgtp.domain.guards.best_roi import AGREE_AFTER, BestRoi
from tgtp.domain.guards.leg_guards import reached_guards
from tgtp.domain.guards.rules import GuardRules
from tgtp.domain.model import Leg, LegKey, Snapshot
from tgtp.domain.model.repriced import repriced
from tgtp.domain.order import GuardRule
from tgtp.domain.plan import GuardReadings, Situation
from tgtp.engine.journal import Journal
from tgtp.errors import LedgerWriteFailed

log = logging.getLogger(__name__)

# Under this note the best ROI of each life, with the entry price and the leverage that it is counted on.
BEST = "best_roi"
# Written at once when that of a leg with a give-back guard has risen by so much; everything else after so many seconds.
STEP: Final = Decimal("0.01")
SAVE_EVERY: Final = 300

Reading = tuple[LegKey, dt.datetime, GuardRule]


class LegReadings:
    """Looks at every leg once in a check. What a guard acts on is in memory: a restart begins with the first reading anew."""

    def __init__(self, journal: Journal) -> None:
        # The best price that was pushed and held between looks; set by who hears them.
        self.pushed_best: Callable[[Leg], Decimal | None] = lambda _: None
        self._journal = journal
        self._since: dict[Reading, float] = {}
        self._agreed: dict[LegKey, tuple[GuardRule, ...]] = {}
        self._found: GuardReadings | None = None
        self._saved_at = journal.monotonic()
        self._best: dict[LegKey, BestRoi] = {}
        self._kept: dict[LegKey, BestRoi] = {}
        self._begin()

    @property
    def found(self) -> GuardReadings:
        """What planning needs of them."""
        if self._found is None:
            best = {key: one.roi for key, one in self._best.items() if one.roi is not None}
            self._found = GuardReadings(best, self._agreed)
        return self._found

    def carry_on(self, best: Mapping[LegKey, BestRoi], *, reached: bool) -> None:
        """Go on from readings that somebody else has taken since the last look; unless ``reached``, no guard was in them."""
        self._best, self._found = dict(best), None
        if not reached:
            self._since = {}

    def look(self, snapshot: Snapshot, situation: Situation) -> None:
        """Take in a look. A leg that must be left alone now says nothing, and its guards begin with a first reading again."""
        if self._of != self._journal.ledger.first_name:
            self._begin()
        ticks, guards = self._journal.monotonic(), situation.rules.guards
        since: dict[Reading, float] = {}
        agreed: dict[LegKey, tuple[GuardRule, ...]] = {}
        for leg in snapshot.legs:
            if not leg.leverage_known or situation.holds(leg, None) is not None:
                continue
            known = self._best.get(leg.key)
            best = BestRoi.begun(leg, ticks) if known is None else known.followed_by(leg, ticks)
            if (price := self.pushed_best(leg)) is not None:
                best = best.raised_to(repriced(leg, price).roi)
            self._best[leg.key] = best
            if guards.is_on:
                reached = self._reached(leg, situation, best)
                since |= {name: self._since.get(name, ticks) for name in reached}
                agreed[leg.key] = tuple(name[2] for name in reached if ticks - since[name] >= AGREE_AFTER)
        self._since, self._agreed, self._found = since, agreed, None
        if ticks - self._saved_at >= SAVE_EVERY or self._has_risen(guards):
            self.save()

    def save(self) -> None:
        """Write down the best of each life. Where that fails, it is tried again at the next step, or minutes later."""
        self._saved_at = self._journal.monotonic()
        lives, self._found = self._journal.ledger.lives(), None
        # One that is missing just now keeps what it had for as long as it is not known to be gone.
        self._best = {
            key: one for key, one in self._best.items() if (life := lives.get(key)) is not None and life.gone_at is None
        }
        rows = {str(key): _row(one) for key, one in self._best.items() if one.roi is not None}
        if rows == (self._journal.ledger.note(BEST) or {}):
            return
        try:
            with self._journal.step():
                self._journal.ledger.keep_note(BEST, rows)
        except LedgerWriteFailed as exc:
            log.warning("the best ROI of the legs could not be written: %s", exc)
            return
        self._kept = dict(self._best)

    def _begin(self) -> None:
        self._of, self._found = self._journal.ledger.first_name, None
        self._best = read_best(self._journal.ledger.note(BEST))
        self._kept = dict(self._best)

    def _reached(self, leg: Leg, situation: Situation, best: BestRoi) -> list[Reading]:
        try:
            rules = reached_guards(leg, situation.lives[leg.key], best.roi, situation.rules.guards)
        except (ArithmeticError, ValueError):
            # Told by the plan, which cannot work with it either.
            return []
        return [(leg.key, leg.opened_at, rule) for rule in rules]

    def _has_risen(self, guards: GuardRules) -> bool:
        """Return whether a restart would lose too much of what a give-back guard rests on."""
        for key, one in self._best.items():
            kept = self._kept.get(key)
            if one is kept or one.roi is None or one.roi <= 0 or not guards.give_back_of(key.instrument_id):
                continue
            if kept is None or kept.roi is None or kept[:3] != one[:3] or one.roi - kept.roi >= STEP:
                return True
        return False


def read_best(note: Any) -> dict[LegKey, BestRoi]:
    """Read what ``LegReadings.save`` wrote; what makes no sense there is begun anew."""
    found: dict[LegKey, BestRoi] = {}
    for name, row in note.items() if isinstance(note, Mapping) else ():
        try:
            opened_at, entry_price, leverage, roi = row
            best = BestRoi(dt.datetime.fromisoformat(opened_at), Decimal(entry_price), Decimal(leverage), Decimal(roi))
            if best.entry_price > 0 and best.leverage > 0 and best.opened_at.tzinfo is not None and Decimal(roi).is_finite():
                found[LegKey.parse(name)] = best
        except (ValueError, TypeError, ArithmeticError):
            log.warning("%s has no readable record of its best ROI", name)
    return found


def _row(best: BestRoi) -> list[str]:
    return [best.opened_at.isoformat(), f"{best.entry_price:f}", f"{best.leverage:f}", f"{best.roi:.6f}"]
