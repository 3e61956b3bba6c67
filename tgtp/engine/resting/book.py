"""What rests at the exchange, or may, as the ledger keeps it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from tgtp.domain.life import Life
from tgtp.domain.model import AccountMode, LegKey, Snapshot
from tgtp.domain.resting.audit import Rested
from tgtp.domain.resting.conditional import tag_of
from tgtp.domain.resting.rules import RestingRules
from tgtp.domain.resting.wanted import name_of
from tgtp.engine.ports import Ledger
from tgtp.errors import LedgerUnreadable, Problem

NOTE = "resting"
RULES = "resting_rules"
LIFTED = "resting_lifted"
MODE = "resting_account_mode"
# For how long what rests of a leg is lifted.
LIFTED_FOR: Final = dt.timedelta(minutes=10)


class Shown(NamedTuple):
    """What a look shows of a leg: when it was opened, and how many contracts; both None where it is missing."""

    opened_at: dt.datetime | None = None
    contracts: Decimal | None = None


class RestingBook:
    """Reads and writes it. Raises LedgerUnreadable when it makes no sense.

    ``believed`` is what looks show of legs that is not what our orders have left, and is known not to come of what rests.
    ``watched`` are legs whose size is looked into though nothing is remembered to rest of them.
    """

    def __init__(self, ledger: Ledger, settings: RestingRules) -> None:
        self.settings = settings
        self.believed: dict[LegKey, Shown] = {}
        self.watched: set[LegKey] = set()
        self._ledger = ledger
        self._read: tuple[object, dict[str, Rested]] = (None, {})
        self._rules: tuple[object, RestingRules] = (None, settings)
        # What cannot be read must refuse the start, not a check.
        self.rested, self.rules, self._lifts  # noqa: B018

    @property
    def rules(self) -> RestingRules:
        """The dials in force: what people have changed, else those of the settings."""
        note = self._ledger.note(RULES)
        if note is not self._rules[0]:
            changed = {} if note is None else _value(RULES, lambda: {"mode": note["mode"], "own": note["own"]})
            self._rules = note, _value(RULES, lambda: self.settings.replaced(**changed))
        return self._rules[1]

    @property
    def is_changed(self) -> bool:
        """Return whether somebody has set them, in place of what the settings say."""
        return self._ledger.note(RULES) is not None

    def change(self, rules: RestingRules) -> None:
        """Keep what people may change of the dials, inside a step."""
        self._ledger.keep_note(RULES, {"mode": rules.mode, "own": rules.own})

    def take_mode(self, mode: AccountMode) -> bool:
        """Take down the account's mode, inside a step; return whether tiers were to rest in another one until now."""
        before = self._ledger.note(MODE)
        self._ledger.keep_note(MODE, mode.value)
        return before is not None

    def is_in(self, mode: AccountMode | None) -> bool:
        """Return whether this mode, None where it is not known, is the one that was taken down last."""
        return mode is None or self._ledger.note(MODE) == mode.value

    @property
    def _lifts(self) -> dict[LegKey, dt.datetime]:
        note = self._ledger.note(LIFTED) or {}
        lifts: dict[LegKey, dt.datetime] = _value(
            LIFTED, lambda: {LegKey.parse(leg): dt.datetime.fromisoformat(at) for leg, at in note.items()}
        )
        return lifts

    def lifted(self, now: dt.datetime) -> dict[LegKey, dt.datetime]:
        """Return the legs of which nothing may rest for a while, and until when."""
        # What would last longer was written by a clock that has since been put back.
        return {leg: until for leg, until in self._lifts.items() if now < until <= now + LIFTED_FOR}

    def lift(self, leg: LegKey, now: dt.datetime) -> dt.datetime:
        """Let nothing of a leg rest for a while, inside a step; return until when."""
        lifts = {**self.lifted(now), leg: now + LIFTED_FOR}
        self._ledger.keep_note(LIFTED, {str(each): until.isoformat() for each, until in lifts.items()})
        return lifts[leg]

    @property
    def rested(self) -> Mapping[str, Rested]:
        """What rests, or may, by name."""
        note = self._ledger.note(NOTE)
        # Every change writes a new note.
        if note is not self._read[0]:
            rows = [_value(NOTE, lambda row=row: Rested(**row)) for row in note or ()]
            self._read = note, {one.order.name: one for one in rows}
        return self._read[1]

    def keep(self, *changed: Rested) -> None:
        """Write down what is to rest, or what became of it, inside a step."""
        self._write({**self.rested, **{one.order.name: one for one in changed}})

    def strike(self, one: Rested, *, ended: bool = True) -> None:
        """Strike what does not rest any more, inside a step. Its name is used up, where it is known to have ``ended``."""
        self._write({name: other for name, other in self.rested.items() if name != one.order.name})
        life = self.life_of(one)
        if ended and life is not None and one.order.name == name_of(self._ledger.first_name, life, one.order.tier):
            self._ledger.keep_life(life.replaced(attempts=life.counted(tag_of(one.order.tier))))

    def life_of(self, one: Rested) -> Life | None:
        """Return the life that a tier rests for, while the leg lives it."""
        life = self._ledger.lives().get(one.order.leg)
        return life if life is not None and life.opened_at == one.order.opened_at else None

    @property
    def tiers(self) -> dict[LegKey, frozenset[int]]:
        """The tiers of each living leg that rest, or may; not those that never came there, as far as looks show."""
        found: dict[LegKey, frozenset[int]] = {}
        for one in self.rested.values():
            if self.life_of(one) is not None and not one.absent:
                key = one.order.leg
                found[key] = found.get(key, frozenset()) | {one.order.tier}
        return found

    def suspects(self, snapshot: Snapshot) -> dict[LegKey, Shown]:
        """Return the legs that show what our orders have not left: a tier that rests may have fired."""
        found: dict[LegKey, Shown] = {}
        lives = self._ledger.lives()
        for key in {*self.watched, *(one.order.leg for one in self.rested.values())}:
            life, leg = lives.get(key), snapshot.held(key)
            if life is None or life.gone_at is not None or (leg is None and key in snapshot.unreadable_keys):
                continue
            if leg is not None and life.is_of(leg) and (leg.contracts is None or life.is_stale(leg, snapshot.taken_at)):
                continue
            shown = Shown(leg.opened_at, leg.contracts) if leg is not None else Shown()
            is_as_left = life.contracts == (shown.contracts or 0) and shown.opened_at in (None, life.opened_at)
            if not is_as_left:
                found[key] = shown
        return found

    def unexplained(self, snapshot: Snapshot) -> Collection[LegKey]:
        """Return those of them of which it is not known yet that no tier has fired: they are left as they are."""
        return {key for key, shown in self.suspects(snapshot).items() if self.believed.get(key) != shown}

    def _write(self, rested: Mapping[str, Rested]) -> None:
        self._ledger.keep_note(NOTE, [one.model_dump(mode="json") for one in rested.values()] or None)


def _value(name: str, make: Any) -> Any:
    try:
        return make()
    except (ValidationError, TypeError, KeyError, ValueError) as exc:
        raise LedgerUnreadable(Problem("setting.note.resting", note=name, why=str(exc).splitlines()[0])) from exc
