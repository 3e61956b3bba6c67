"""Whose account a key belongs to: names are people's, and keys can be swapped; the exchange's own id of the account cannot.

What is remembered of an account is kept under its first name, for good. When the exchange's id shows that only the name has
changed, it follows; orders go on being named by the first name, so that open ones stay ours.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple, Self

from pydantic import ValidationError

from tgtp.domain.events import AccountConfirmed, AccountHeld, AccountRenamed
from tgtp.domain.model import Value
from tgtp.domain.pauses import Pauses
from tgtp.domain.plan import ALL
from tgtp.engine.journal import Journal
from tgtp.engine.ports import Clock, Ledger
from tgtp.errors import LedgerUnreadable, Problem

# The note that all accounts share.
ACCOUNTS = "accounts"
# Seconds that it may take to learn whose keys the other names have, before people are told.
WAITS_SILENTLY = 60
# Seconds from the start on for which an account that was never seen waits for them.
WAITS_FOR_OTHERS = 8

Why = Literal["shared", "changed", "waits"]
# What a key is that is held, for those who ask for something by hand.
HELD: dict[Why, Problem] = {
    "shared": Problem("problem.held_shared"),
    "changed": Problem("problem.held_changed"),
    "waits": Problem("problem.held_waits"),
}


class Record(Value):
    """An account that was seen under ``uid``, the exchange's id.

    ``name`` is what it is called now, "" where nobody does; ``former`` are the names that it had before. ``is_new``: it was
    never noted before, and what that asks for has not been done yet.
    """

    uid: str
    name: str
    former: tuple[str, ...] = ()
    is_new: bool = False

    def called(self, name: str) -> Self:
        """Return it another name, or none."""
        return self.replaced(name=name, former=tuple(sorted({*self.former, self.name} - {name, ""})))


class Hold(NamedTuple):
    """Why an account does nothing: its key is of the same account as that of ``other``, of another account than before, or
    of the one that was ``other`` so far, whose own key has not been seen yet.
    """

    why: Why
    other: str = ""


class Judgement(NamedTuple):
    """Records by first name, the names that are held and why, and the names that were only renamed, with the former ones."""

    records: Mapping[str, Record]
    holds: Mapping[str, Hold]
    renamed: Mapping[str, str]


def judge(
    names: Sequence[str], seen: Mapping[str, str], records: Mapping[str, Record], *, awaited: Collection[str] = ()
) -> Judgement:
    """Judge the keys of these names, the main one first; ``seen`` are the ids of those that have been read.

    An account that was never seen waits for the ``awaited`` names before it, which may have a key of the same account.
    """
    by_uid = {record.uid: (first, record.name) for first, record in records.items()}
    taken = {name for record in records.values() for name in (record.name, *record.former)}
    holds: dict[str, Hold] = {}
    renamed: dict[str, str] = {}
    found = dict(records)
    keepers: dict[str, str] = {}
    for name in names:
        if uid := seen.get(name):
            known = by_uid.get(uid, ("", ""))[1]
            keepers.setdefault(uid, known if seen.get(known) == uid else name)
    for name in names:
        uid = seen.get(name)
        if not uid:
            continue
        if keepers[uid] != name:
            holds[name] = Hold("shared", keepers[uid])
        elif uid not in by_uid:
            before = next((other for other in names[: names.index(name)] if other in awaited and other not in seen), "")
            if name in taken:
                holds[name] = Hold("changed")
            elif before:
                holds[name] = Hold("waits", before)
            else:
                found[_free(name, found)] = Record(uid=uid, name=name)
        else:
            first, before = by_uid[uid]
            if before == name:
                continue
            if before in names and before not in seen:
                holds[name] = Hold("waits", before)
            else:
                renamed[name] = before
                found[first] = records[first].called(name)
    for name in renamed:
        # What this name stood for so far is called by another name now, or by none.
        for first, record in list(found.items()):
            if record.name == name and record.uid != seen[name]:
                found[first] = record.called("")
    return Judgement(found, holds, renamed)


def first_name(name: str, records: Mapping[str, Record]) -> str:
    """Return the name under which an account's state is kept."""
    return next((first for first, record in records.items() if record.name == name), None) or _free(name, records)


def read_records(note: object) -> dict[str, Record]:
    """Read the note of the accounts. Raises LedgerUnreadable."""
    try:
        return {first: Record(**row) for first, row in (note or {}).items()}  # type: ignore[attr-defined]
    except (ValidationError, TypeError, AttributeError) as exc:
        raise LedgerUnreadable(Problem("setting.note", note=ACCOUNTS, what=str(exc).splitlines()[0])) from exc


def is_unseen(name: str, ledger: Ledger, records: Mapping[str, Record]) -> bool:
    """Return whether the next start with an account will be its first, by its own ledger and the ``records`` there."""
    noted = [record for record in records.values() if record.name == name]
    return all(record.is_new for record in noted) if noted else _is_blank(ledger)


def _is_blank(ledger: Ledger) -> bool:
    return not (ledger.note("baseline") or ledger.note("legacy") or ledger.lives())


def _last_name(first: str, record: Record | None) -> str:
    return first if record is None else record.name or next(iter(record.former), first)


def _row(record: Record) -> dict[str, object]:
    return record.model_dump(mode="json", exclude=None if record.is_new else {"is_new"})


def _free(name: str, records: Mapping[str, Record]) -> str:
    number = 1
    first = name
    while first in records:
        number += 1
        first = f"{name} {number}"
    return first


class Identities:
    """The accounts of a process by the exchange's ids; the first of ``ledgers`` is the main account's."""

    def __init__(self, ledgers: Sequence[Ledger], clock: Clock) -> None:
        self._common = ledgers[0]
        self._ledgers = {ledger.account: ledger for ledger in ledgers}
        self._clock = clock
        self._seen: dict[str, str] = {}
        self._holds: Mapping[str, Hold] = {}
        # Since when each name is held, and for what people have been told that it is.
        self._held_since: dict[str, float] = {}
        self._told: dict[str, Hold] = {}
        self._begun_at = clock.monotonic()
        self._turn()

    def held(self, account: str) -> Hold | None:
        """Return why an account does nothing; None when its key is what it was."""
        return self._holds.get(account)

    def settle(self, journal: Journal, uid: str) -> Hold | None:
        """Take in the id that an account's key was seen under, "" where the exchange has none; return why it is held.

        Raises LedgerWriteFailed.
        """
        name = journal.ledger.account
        if uid and (self._seen.get(name) != uid or name in self._holds):
            self._seen[name] = uid
            self._judge(journal)
        hold = self._holds.get(name)
        self._tell(journal, hold, uid)
        return hold

    def confirm(self, journal: Journal, by: int) -> bool:
        """Take another account's key for what a person wants under this name; False when it is not held for that.

        What is remembered of the former account stays, for the day its key comes back.
        """
        name = journal.ledger.account
        if self._holds.get(name) != Hold("changed"):
            return False
        records = {first: record.called("") if record.name == name else record for first, record in self._records().items()}
        records[_free(name, records)] = Record(uid=self._seen[name], name=name, is_new=True)
        with self._turning(journal):
            self._keep(records)
            journal.record(AccountConfirmed(at=self._clock.now(), uid=self._seen[name], by=by), except_for=by)
        self._holds = {other: hold for other, hold in self._holds.items() if other != name}
        return True

    def is_new(self, account: str) -> bool:
        """Return whether the account was never noted in this folder, and is still to be begun."""
        return any(record.is_new for record in self._records().values() if record.name == account)

    def uid(self, account: str) -> str:
        """Return the exchange's id of an account, "" where it is not known."""
        return self._seen.get(account, "")

    def abandoned(self, note: str) -> dict[str, Any] | None:
        """Return a note of each account that nobody has here, by the name that it had last.

        None until it is known whose account each key is, for a minute at most.
        """
        if len(self._seen) < len(self._ledgers) and self._clock.monotonic() - self._begun_at < WAITS_SILENTLY:
            return None
        here, records = {ledger.first_name for ledger in self._ledgers.values()}, self._records()
        found = {first: value for first, value in self._common.note_of_all(note).items() if first not in here}
        return {_last_name(first, records.get(first)): value for first, value in found.items()}

    def begun(self, account: str) -> None:
        """Write down, inside a step, that a new account has been begun."""
        records = self._records().items()
        self._keep({first: record.replaced(is_new=record.is_new and record.name != account) for first, record in records})

    def _judge(self, journal: Journal) -> None:
        records = self._records()
        judged = judge(tuple(self._ledgers), self._seen, records, awaited=self._awaited(records))
        if judged.records != records:
            now = self._clock.now()
            with self._turning(journal):
                self._keep({first: self._marked(first, record, records) for first, record in judged.records.items()})
                for name, before in judged.renamed.items():
                    self._ledgers[name].record(AccountRenamed(at=now, before=before), tell=True)
        self._holds = judged.holds

    def _awaited(self, records: Mapping[str, Record]) -> Collection[str]:
        """Name the accounts that one never seen waits for: all at first; for good those whose state is of an unknown account.

        What has fired there would fire again where a second key of that account was read first.
        """
        if self._clock.monotonic() - self._begun_at < WAITS_FOR_OTHERS:
            return self._ledgers.keys()
        known = {record.name for record in records.values()}
        return {name for name, ledger in self._ledgers.items() if name not in known and ledger.lives()}

    def _marked(self, first: str, record: Record, before: Mapping[str, Record]) -> Record:
        """Mark an account that is noted for the first time; what an upgrade finds in the ledger already is none."""
        ledger = self._ledgers.get(record.name)
        if first in before or ledger is None:
            return record
        return record.replaced(is_new=_is_blank(ledger))

    def _keep(self, records: Mapping[str, Record]) -> None:
        """Write the records, inside a step."""
        self._common.keep_note(ACCOUNTS, {first: _row(record) for first, record in records.items()})

    @contextmanager
    def _turning(self, journal: Journal) -> Iterator[None]:
        """Change the records in one step, and turn every ledger with them.

        What persons have paused under a name stays paused, whichever account it stands for: they were told so.
        """
        before = {name: (ledger.first_name, ledger.pauses().lifted_by(ALL)) for name, ledger in self._ledgers.items()}
        try:
            with journal.step():
                yield
                self._turn()
                for name, (first, paused) in before.items():
                    ledger = self._ledgers[name]
                    pauses = functools.reduce(Pauses.with_pause, paused, ledger.pauses())
                    if ledger.first_name != first and pauses != ledger.pauses():
                        ledger.keep_pauses(pauses)
        except BaseException:
            self._turn()
            raise

    def _turn(self) -> None:
        """Turn every ledger to the state of its own account."""
        records = self._records()
        for name, ledger in self._ledgers.items():
            ledger.belong_to(first_name(name, records))

    def _tell(self, journal: Journal, hold: Hold | None, uid: str) -> None:
        name = journal.ledger.account
        if hold is None:
            self._held_since.pop(name, None)
            self._told.pop(name, None)
            return
        now = self._clock.monotonic()
        since = self._held_since.setdefault(name, now)
        if self._told.get(name) == hold or (hold.why == "waits" and now - since < WAITS_SILENTLY):
            return
        with journal.step():
            journal.record(AccountHeld(at=self._clock.now(), why=hold.why, other=hold.other, uid=uid))
        self._told[name] = hold

    def _records(self) -> dict[str, Record]:
        return read_records(self._common.note(ACCOUNTS))
