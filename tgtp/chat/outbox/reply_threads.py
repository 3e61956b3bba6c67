"""The story of a leg in a person's chat: each alert of a life answers the one before it."""

from __future__ import annotations

from collections.abc import Iterable

from tgtp.chat.formatting.callback_ids import life_mark
from tgtp.domain.events import Event
from tgtp.engine.ports import Ledger

MOST_THREADS = 500


class ReplyThreads:
    """Knows the newest message of every life, person by person.

    A message that lists several alerts becomes the newest of each life in it. Kept in memory first: what the disk cannot take
    now goes with the next step.
    """

    def __init__(self, ledger: Ledger, beside: Iterable[Ledger] = ()) -> None:
        self._ledger = ledger
        # The same leg may be held in several accounts, and be opened in them at the same moment.
        self._ledgers = {each.account: each for each in (ledger, *beside)}
        self._newest: dict[int, dict[str, int]] = {}

    def before(self, user_id: int, events: Iterable[Event]) -> int | None:
        """Return the message that an alert goes on from; None for the first of its life, and for more than one life."""
        marks = {self._mark(event) for event in events}
        mark = marks.pop() if len(marks) == 1 else None
        return self._of(user_id).get(mark) if mark is not None else None

    def go_on(self, user_id: int, events: Iterable[Event], message_id: int) -> None:
        """Take in the message that has told of these events; lives that are no more are forgotten."""
        told = {mark: message_id for event in events if (mark := self._mark(event)) is not None}
        if not told:
            return
        alive = {
            life_mark(life.key, life.opened_at, 0, account)
            for account, ledger in self._ledgers.items()
            for life in ledger.lives().values()
        }
        kept = {mark: known for mark, known in self._of(user_id).items() if mark not in told}
        rows = [(mark, known) for mark, known in {**kept, **told}.items() if mark in alive]
        self._newest[user_id] = dict(rows[-MOST_THREADS:])

    def keep(self, user_id: int) -> None:
        """Write it down, inside a step."""
        name = f"threads:{user_id}"
        newest = self._of(user_id)
        if newest != (self._ledger.note(name) or {}):
            self._ledger.keep_note(name, newest)

    def _of(self, user_id: int) -> dict[str, int]:
        if user_id not in self._newest:
            self._newest[user_id] = dict(self._ledger.note(f"threads:{user_id}") or {})
        return self._newest[user_id]

    def _mark(self, event: Event) -> str | None:
        """Name the life that an event belongs to; where it names a leg alone, the one that is remembered of it."""
        of = getattr(event, "intent", event)
        key = getattr(of, "leg", None)
        if key is None:
            return None
        ledger = self._ledgers.get(event.account)
        life = ledger.lives().get(key) if ledger is not None else None
        opened_at = getattr(of, "opened_at", None) or (life.opened_at if life is not None else None)
        return life_mark(key, opened_at, 0, event.account) if opened_at is not None else None
