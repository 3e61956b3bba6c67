"""The rules in force: those of the settings, with the ladders that people have changed since."""

from __future__ import annotations

from tgtp.domain.ladder import Ladder
from tgtp.domain.plan import Rules
from tgtp.engine.ports import Ledger
from tgtp.errors import LedgerUnreadable

LADDERS = "ladders"


class RuleBook:
    """Reads what people have changed from the ledger, where it survives a restart.

    Ladders are kept by name: ``long``, ``short``, or ``STX-USDT-SWAP long`` for one side of one instrument. Raises
    LedgerUnreadable when one of them makes no sense.
    """

    def __init__(self, ledger: Ledger, settings: Rules) -> None:
        self._ledger = ledger
        self.settings = settings
        self._read: dict[str, str] | None = None
        self._in_force = settings
        self.in_force  # noqa: B018 - a ladder that cannot be read must refuse the start, not a check

    @property
    def changed(self) -> dict[str, str]:
        """The ladders that people have changed, by name."""
        return dict(self._ledger.note(LADDERS) or {})

    @property
    def in_force(self) -> Rules:
        """The rules that hold now."""
        changed = self.changed
        if changed != self._read:
            try:
                own = {name: Ladder.parse(text) for name, text in changed.items()}
            except ValueError as exc:
                raise LedgerUnreadable(f"a changed ladder in the ledger makes no sense: {exc}") from exc
            long, short = own.pop("long", self.settings.long), own.pop("short", self.settings.short)
            self._in_force = self.settings.replaced(long=long, short=short, own=own)
            self._read = changed
        return self._in_force

    def change(self, name: str, ladder: Ladder | None) -> None:
        """Give a ladder to a name, inside a step; None puts it back to what holds without it."""
        kept = {other: text for other, text in self.changed.items() if other != name}
        self._ledger.keep_note(LADDERS, kept if ladder is None else {**kept, name: str(ladder)})
