"""The newest events of all accounts, a line each."""

from __future__ import annotations

from collections import deque
from typing import Final

from tgtp.chat.events.explanation import why
from tgtp.chat.events.one_line import OF_ALL, line
from tgtp.chat.formatting.reader import Reader
from tgtp.chat.texts.formats.numbers import brief
from tgtp.domain.events import Event, OrderNotArrived, OrderRejected
from tgtp.domain.model import LegKey
from tgtp.domain.notifications.levels import DANGER, group_of
from tgtp.engine.ports import Ledger
from tgtp.monitor.document.seen import leg_name
from tgtp.monitor.plain import Record, milliseconds, moment, number, text_of

MOST_EVENTS: Final = 100
# So many that came since the last build are taken in one by one; after more the newest are read anew.
MOST_AT_ONCE: Final = 40
# A number beyond all reason would fill the page.
LONGEST_LINE: Final = 600
LONGEST_WHY: Final = 4096
# They ring like danger, and are none.
PAUSES: Final = frozenset({"paused", "resumed", "pause_stands", "resting_changed"})


def event_row(reader: Reader, event: Event) -> Record:
    """Return the record of an event: whose it is, and its line in the history."""
    key, group = leg_of(event), group_of_repeats(event)
    record = {
        "at": moment(event.at),
        "account": event.account,
        "of_all": event.kind in OF_ALL,
        "kind": event.kind,
        "leg": leg_name(event.account, key) if key is not None else None,
        "coin": coin_of(event),
        "line": line_of(reader, event),
        "level": _level(event),
    }
    return record if group is None else record | {"group": group}


def group_of_repeats(event: Event) -> str | None:
    """Return what is alike in events that say the same of one order again and again; None where each is news."""
    if not isinstance(event, OrderRejected | OrderNotArrived):
        return None
    intent, code = event.intent, event.code if isinstance(event, OrderRejected) else ""
    # An order that fills in between changes what is held: refusals before and after it are two stories.
    held = number(intent.basis.contracts)
    return f"{event.kind} {event.account} {intent.leg} {milliseconds(intent.opened_at)} {intent.tag} {held} {code}"


def line_of(reader: Reader, event: Event) -> str:
    """Return an event's line in the history."""
    return brief(text_of(line(reader, event), reader.zone), LONGEST_LINE)


def why_of(reader: Reader, number: int, event: Event) -> str:
    """Return the numbers behind an event."""
    return text_of(why(reader, number, event), reader.zone)[:LONGEST_WHY]


def _level(event: Event) -> str:
    """Return the group that an event is in; those that ring whatever anybody has set are in danger, but for pauses."""
    if event.kind in PAUSES:
        return "people"
    return "danger" if event.kind in DANGER else group_of(event, 0) or "system"


def leg_of(event: Event) -> LegKey | None:
    """Return the leg that an event is about; None where it is about none, or several."""
    intent = getattr(event, "intent", None)
    found = intent.leg if intent is not None else getattr(event, "leg", None)
    return found if isinstance(found, LegKey) else None


def coin_of(event: Event) -> str | None:
    """Return the coin that an event is about; None where it is about none."""
    key = leg_of(event)
    if key is not None:
        return key.coin
    name = getattr(event, "instrument_id", None)
    return name.partition("-")[0] if isinstance(name, str) and name else None


class EventTail:
    """The newest events, as they come: their records are kept, one set for each language."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._number: int | None = None
        self._events: deque[tuple[int, Event]] = deque(maxlen=MOST_EVENTS)
        self._records: dict[str, dict[str, Record]] = {}

    def read(self) -> tuple[int, list[tuple[int, Event]]]:
        """Read the newest from disk, beside the event loop; what it gives is taken in by ``begin``."""
        found = self._ledger.history(MOST_EVENTS)
        return (found[0][0] if found else 0), found[::-1]

    def begin(self, found: tuple[int, list[tuple[int, Event]]]) -> None:
        """Take in what was read."""
        self._number = found[0]
        self._events = deque(found[1], maxlen=MOST_EVENTS)

    def follow(self, newest: int) -> bool:
        """Take in what came since; False where there is too much of it, and ``read`` must come first."""
        if self._number is None or not 0 <= newest - self._number <= MOST_AT_ONCE:
            return False
        while self._number < newest:
            self._number += 1
            if (found := self._ledger.event(self._number)) is not None:
                self._events.append(found)
        return True

    def rows(self, reader: Reader) -> dict[str, Record]:
        """Return the records by number."""
        known = self._records.get(reader.language, {})
        found = {str(number): known.get(str(number)) or event_row(reader, event) for number, event in self._events}
        self._records[reader.language] = found
        return found
