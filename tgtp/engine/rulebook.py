"""The rules in force: those of the settings, with the ladders and guards that people have changed since."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol, Self

from tgtp.domain.guards.rules import GuardRules
from tgtp.domain.ladder import Ladder
from tgtp.domain.model import PositionSide
from tgtp.domain.plan import Rules, ladder_name
from tgtp.engine.guards.guard_notes import GUARD_NOTE, GuardChange, WantedGuards, with_notes
from tgtp.engine.ports import Notes
from tgtp.errors import Invalid, LedgerUnreadable, Problem

LADDERS = "ladders"
# As much of a ladder that makes no sense as one line can show.
LONGEST_SHOWN = 80


class Whose(NamedTuple):
    """Whose ladder it is: that of a side (``instrument_id`` is ""), or of that side of one instrument alone."""

    instrument_id: str
    position_side: PositionSide

    @classmethod
    def parse(cls, name: str) -> Self:
        """Read what ``name`` wrote. Raises ValueError.

        >>> Whose.parse("STX-USDT-SWAP long").name, Whose.parse("short").name
        ('STX-USDT-SWAP long', 'short')
        """
        instrument_id, _, side = name.rpartition(" ")
        return cls(instrument_id, PositionSide(side))

    @property
    def name(self) -> str:
        """Return the name that the ledger keeps it under."""
        return ladder_name(self.instrument_id, self.position_side) if self.instrument_id else self.position_side.value

    def ladder(self, rules: Rules) -> Ladder:
        """Return the ladder that holds for it."""
        return rules.own.get(self.name) or rules.ladder(self.position_side)


Wanted = Mapping[Whose, Ladder | None]


class LadderChange(NamedTuple):
    """Ladders to give, None to put one back to what holds without it, and the ladders before and after as a person saw them."""

    wanted: Wanted
    before: Mapping[Whose, Ladder]
    after: Mapping[Whose, Ladder]


class InForce(Protocol):
    """Whatever knows the rules that hold."""

    @property
    def in_force(self) -> Rules:
        """The rules that hold now."""


class RuleBook:
    """Reads what people have changed from the ledger, where it survives a restart.

    Ladders are kept by name: ``long``, ``short``, or ``STX-USDT-SWAP long`` for one side of one instrument. Raises
    LedgerUnreadable when one of them makes no sense.
    """

    def __init__(self, notes: Notes, settings: Rules) -> None:
        self._notes = notes
        self.settings = settings
        self._read: tuple[object, object] = (None, None)
        self._in_force = settings
        self._followers: list[Callable[[], None]] = []
        self.in_force  # noqa: B018 - a ladder that cannot be read must refuse the start, not a check

    def follow(self, changed: Callable[[], None]) -> None:
        """Have this called whenever somebody changes something, inside the step that keeps it."""
        self._followers.append(changed)

    @property
    def changed(self) -> dict[str, str]:
        """The ladders that people have changed, by name."""
        return dict(self._note())

    @property
    def in_force(self) -> Rules:
        """The rules that hold now."""
        note, guards = self._note(), self._guard_note()
        # Every change writes a new note; one that was taken back is read anew from the disk.
        if note is not self._read[0] or guards is not self._read[1]:
            self._in_force = self._rules({name: _readable(name, text) for name, text in note.items()})
            self._read = note, guards
        return self._in_force

    @property
    def changed_guards(self) -> dict[str, str]:
        """The guards that people have set, by name."""
        return dict(self._guard_note())

    def with_guards(self, wanted: WantedGuards) -> GuardChange:
        """Return a change of guards as a person is to see it."""
        return GuardChange(wanted, self.in_force.guards, self._guards(self._kept_guards(wanted)))

    def change_guards(self, wanted: WantedGuards) -> None:
        """Keep these guards, inside a step."""
        self._keep(GUARD_NOTE, self._kept_guards(wanted))

    def as_if(self, wanted: Wanted) -> Rules:
        """Return the rules as they would be with these ladders."""
        ladders = {name: Ladder.parse(text) for name, text in self.changed.items()}
        for whose, ladder in wanted.items():
            ladders.pop(whose.name, None)
            if ladder is not None:
                ladders[whose.name] = ladder
        return self._rules(ladders)

    def proposal(self, wanted: Wanted) -> LadderChange:
        """Return a change as a person is to see it."""
        before, after = self.in_force, self.as_if(wanted)
        return LadderChange(
            wanted, {whose: whose.ladder(before) for whose in wanted}, {whose: whose.ladder(after) for whose in wanted}
        )

    def change(self, wanted: Wanted) -> None:
        """Keep these ladders, inside a step."""
        kept = {name: text for name, text in self.changed.items() if Whose.parse(name) not in wanted}
        given = {whose.name: str(ladder) for whose, ladder in wanted.items() if ladder is not None}
        self._keep(LADDERS, kept | given)

    def _keep(self, note: str, value: dict[str, str]) -> None:
        self._notes.keep_note(note, value)
        for changed in self._followers:
            changed()

    def _kept_guards(self, wanted: WantedGuards) -> dict[str, str]:
        given = {of.name: text for of, text in wanted.items()}
        kept = {name: text for name, text in self.changed_guards.items() if name not in given}
        return kept | {name: text for name, text in given.items() if text is not None}

    def _guards(self, notes: dict[str, str]) -> GuardRules:
        try:
            return with_notes(self.settings.guards, {name: str(text) for name, text in notes.items()})
        except ValueError as exc:
            why = exc.problem if isinstance(exc, Invalid) else Problem.of_words(_brief(exc))
            raise LedgerUnreadable(Problem("setting.note.guards", note=GUARD_NOTE, found=_brief(notes), why=why)) from exc

    def _guard_note(self) -> dict[str, str]:
        note = self._notes.note(GUARD_NOTE)
        if note is None:
            return _NOTHING
        if not isinstance(note, dict):
            why = Problem("setting.note.no_list")
            raise LedgerUnreadable(Problem("setting.note.guards", note=GUARD_NOTE, found=_brief(note), why=why))
        return note

    def _note(self) -> dict[str, str]:
        note = self._notes.note(LADDERS)
        if note is None:
            return _NOTHING
        if not isinstance(note, dict):
            raise LedgerUnreadable(Problem("setting.note.ladders", note=LADDERS, found=_brief(note)))
        return note

    def _rules(self, ladders: dict[str, Ladder]) -> Rules:
        own = dict(ladders)
        long, short = own.pop("long", self.settings.long), own.pop("short", self.settings.short)
        guards = self._guards(self._guard_note())
        return self.settings.replaced(long=long, short=short, own=own, guards=guards)


_NOTHING: dict[str, str] = {}


def _readable(name: str, text: object) -> Ladder:
    """Read a ladder of the ledger, which people may have edited. Raises LedgerUnreadable."""
    try:
        Whose.parse(name)
        return Ladder.parse(str(text))
    except ValueError as exc:
        why = exc.problem.with_parts(_brief) if isinstance(exc, Invalid) else Problem.of_words(_brief(exc))
        raise LedgerUnreadable(
            Problem("setting.note.ladder", name=_brief(name), ladder=_brief(text), why=why, note=LADDERS)
        ) from exc


def _brief(thing: object) -> str:
    text = " ".join(str(thing).split())
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
