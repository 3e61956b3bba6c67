"""A close that fills bit by bit is one message: what comes later changes it, so that nothing of it can be counted twice."""

from __future__ import annotations

from collections.abc import Sequence

from tgtp.domain.events import Event, InAll
from tgtp.engine.monitoring.fills import Filled, is_done, purpose_of
from tgtp.engine.ports import Ledger

MOST_UNDER_WAY = 100


class ProgressMessages:
    """Knows the message of every fill that is under way, person by person; kept in memory first, as threads are."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._standing: dict[int, dict[str, int]] = {}

    def of(self, user_id: int, events: Sequence[Event]) -> int | None:
        """Return the message that the news of a fill goes into; None where there is none, and for more than one event.

        What goes on so late that it is added up anew is news: a change makes no sound.
        """
        name = _name(events)
        return None if name is None else self._of(user_id).get(name)

    def go_on(self, user_id: int, events: Sequence[Event], message_id: int) -> None:
        """Take in the message that tells of a fill now; one that is done changes no more."""
        name = _name(events)
        if name is None:
            return
        standing = {known: number for known, number in self._of(user_id).items() if known != name}
        (event,) = events
        if isinstance(event, Filled) and not is_done(event, event.in_all):
            standing[name] = message_id
        self._standing[user_id] = dict(list(standing.items())[-MOST_UNDER_WAY:])

    def keep(self, user_id: int) -> None:
        """Write it down, inside a step."""
        note, standing = f"progress:{user_id}", self._of(user_id)
        if standing != (self._ledger.note(note) or {}):
            self._ledger.keep_note(note, standing or None)

    def _of(self, user_id: int) -> dict[str, int]:
        if user_id not in self._standing:
            self._standing[user_id] = dict(self._ledger.note(f"progress:{user_id}") or {})
        return self._standing[user_id]


def _name(events: Sequence[Event]) -> str | None:
    event = events[0] if len(events) == 1 else None
    if not isinstance(event, Filled):
        return None
    begun_with = (event.in_all or InAll.of(event.intent, event.order)).before
    return f"{event.account} {purpose_of(event)} {begun_with:f}"
