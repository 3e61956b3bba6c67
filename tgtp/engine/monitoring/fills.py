"""Tells of orders that fill bit by bit as of one: when all of it is done, or after a minute."""

from __future__ import annotations

import datetime as dt

from tgtp.domain.events import GuardFilled, HandFilled, HedgeFilled, InAll, TierFilled
from tgtp.domain.model import Moment, Value
from tgtp.domain.notifications.outbox_entry import OutboxEntry
from tgtp.domain.retries import has_passed
from tgtp.engine.journal import Journal

Filled = TierFilled | HedgeFilled | GuardFilled | HandFilled

NOTE = "fills_under_way"
# Less than a minute, after which a message would say that it comes late.
FIRST_WAIT = dt.timedelta(seconds=50)
NEXT_WAIT = dt.timedelta(minutes=10)
FORGOTTEN_AFTER = dt.timedelta(hours=1)


class UnderWay(Value):
    """Fills of one purpose, ``in_all`` so far. ``number`` is the newest untold one, ``since`` when the first of them came.

    ``told``: some were told before, at ``since`` where none waits. ``on_card`` is who reads them elsewhere.
    """

    name: str
    in_all: InAll
    number: int | None
    kind: str
    since: Moment
    told: bool = False
    on_card: int | None = None


class FillBook:
    """Keeps the fills that are not told yet, on disk: each step that records one says whether it is told now."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def record(self, event: Filled, *, is_over: bool = False, on_card: int | None = None) -> None:
        """Record a fill inside a step: told when it is the last of its purpose, or ``is_over``; else kept back for a while."""
        now, name, book = self._journal.now(), purpose_of(event), self._book()
        before = book.pop(name, None)
        in_all = InAll.of(event.intent, event.order)
        if before is not None:
            in_all = before.in_all.plus(in_all)
            event = event.replaced(in_all=in_all)
        if is_over or is_done(event, in_all):
            self._journal.record(event, on_card=on_card)
        else:
            number = self._journal.record(event, tell=False)
            waits = before is not None and before.number is not None
            book[name] = UnderWay(
                name=name,
                in_all=in_all,
                number=number,
                kind=event.kind,
                since=before.since if before is not None and waits else now,
                told=before is not None and before.told,
                on_card=on_card,
            )
        self._keep(book)

    def tell_waiting(self) -> None:
        """Tell what has waited for long enough. Raises LedgerWriteFailed: it is told at the next check."""
        now, book = self._journal.now(), self._book()
        waiting = [one for one in book.values() if one.number is not None]
        due = [one for one in waiting if has_passed(NEXT_WAIT if one.told else FIRST_WAIT, one.since, now)]
        stale = [one for one in book.values() if one.number is None and has_passed(FORGOTTEN_AFTER, one.since, now)]
        if due or stale:
            self._tell(due, {name: one for name, one in book.items() if one not in stale}, now)

    def tell_purpose(self, tag: str) -> None:
        """Tell what waits of orders under this tag: no more of them will come. Raises LedgerWriteFailed."""
        book = self._book()
        due = [one for name, one in book.items() if one.number is not None and name.split()[-1] == tag]
        if due:
            self._tell(due, {name: one for name, one in book.items() if one not in due}, self._journal.now())

    def _tell(self, due: list[UnderWay], kept: dict[str, UnderWay], now: dt.datetime) -> None:
        with self._journal.step():
            for one in due:
                if one.number is not None:
                    told = OutboxEntry(number=one.number, kind=one.kind, on_card=one.on_card)
                    self._journal.ledger.keep_told(told)
                if one.name in kept:
                    kept[one.name] = one.replaced(number=None, told=True, since=now)
            self._keep(kept)
        self._journal.wake()

    def _book(self) -> dict[str, UnderWay]:
        return {one["name"]: UnderWay(**one) for one in self._journal.ledger.note(NOTE) or ()}

    def _keep(self, book: dict[str, UnderWay]) -> None:
        rows = [one.model_dump(mode="json") for one in book.values()] or None
        if rows or self._journal.ledger.note(NOTE):
            self._journal.ledger.keep_note(NOTE, rows)


def purpose_of(event: Filled) -> str:
    """Name what an order is for: a tier of a life with its own size, the hedge or a guard of a life, a close by hand."""
    intent = event.intent
    # A tier that was re-armed has another size, and is another one.
    size = f"{intent.basis.target_contracts:f}" if isinstance(event, TierFilled) else ""
    return f"{intent.leg} {intent.opened_at.isoformat()} {size} {intent.tag}"


def is_done(event: Filled, in_all: InAll | None) -> bool:
    """Return whether a fill is the last of its purpose; ``in_all`` is what it came to with those before it."""
    if isinstance(event, TierFilled | GuardFilled):
        return event.finished
    target = event.intent.basis.target_contracts
    # The hedge is reckoned anew at every check, for what is still above the base.
    filled = event.order.filled_contracts
    return (filled if isinstance(event, HedgeFilled) or in_all is None else in_all.contracts) >= target
