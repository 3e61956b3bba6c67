"""The accounts of this process: each with its own checks, lives, pauses and health, side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from tgtp.domain.pauses import Pause
from tgtp.domain.plan import ALL
from tgtp.engine.cycle import Checker
from tgtp.engine.journal import together
from tgtp.engine.manual.actions import ManualActions
from tgtp.engine.pausing.book import pause_at_once


class Account(NamedTuple):
    """One account: the engine that guards it, and the hand's way into it."""

    name: str
    role: Literal["main", "sub"]
    checker: Checker
    actions: ManualActions


class Accounts:
    """All accounts, the main one first. Their ledgers share a file, so that what concerns all of them is one write."""

    def __init__(self, accounts: Iterable[Account]) -> None:
        self._all = tuple(accounts)
        self._by_name = {account.name: account for account in self._all}

    @classmethod
    def of_one(cls, checker: Checker, actions: ManualActions) -> Accounts:
        """Return the accounts of a process that has but one."""
        return cls([Account(checker.account, "main", checker, actions)])

    def __iter__(self) -> Iterator[Account]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    @property
    def main(self) -> Account:
        """The first one, whose ledger holds what concerns the program and its people."""
        return self._all[0]

    @property
    def several(self) -> bool:
        """Return whether people must be told which account is meant."""
        return len(self._all) > 1

    @property
    def names(self) -> tuple[str, ...]:
        """Their names, main first."""
        return tuple(self._by_name)

    def of(self, name: str) -> Account | None:
        """Return an account by its name, in any case."""
        return self._by_name.get(name.lower())

    def beside(self, name: str) -> tuple[str, ...]:
        """Name the others."""
        return tuple(other for other in self._by_name if other != name)

    def pause_all(self, by: int, scope: str = ALL, until: dt.datetime | None = None) -> tuple[str, ...]:
        """Pause a scope in every account, all at once or not at all; names those where it was not paused already.

        ``until`` is when it ends by itself, None for not at all. Raises PauseUnwritten when all are paused, and not on disk.
        """
        return self.pause_in([(account, scope) for account in self._all], by, until)

    def pause_in(self, scopes: Sequence[tuple[Account, str]], by: int, until: dt.datetime | None = None) -> tuple[str, ...]:
        """Pause a scope in each of these accounts, all at once or not at all.

        Names the accounts where it was not paused already. Raises PauseUnwritten when all are paused, and it is not on disk.
        """
        done = pause_at_once([(account.actions.pauses, scope) for account, scope in scopes], by, until)
        return tuple(account.name for (account, _), is_new in zip(scopes, done, strict=True) if is_new)

    def stay_paused(self, scope: str = ALL) -> tuple[tuple[str, tuple[Pause, ...]], ...]:
        """Return what /resume does not lift in a scope, by account; the name is "" where there is but one."""
        found = ((account, account.checker.journal.ledger.pauses().asked_for_by(scope)) for account in self._all)
        return tuple((account.name if self.several else "", left) for account, left in found if left)

    def resume_all(self, by: int, scope: str = ALL) -> tuple[tuple[str, tuple[Pause, ...]], ...]:
        """Lift what persons have paused in every account, everywhere (``*``) or of just this scope; return what, by account.

        Raises LedgerWriteFailed.
        """
        held = [account for account in self._all if account.checker.journal.ledger.pauses().lifted_by(scope)]
        if not held:
            return ()
        with together([account.checker.journal for account in held]):
            return tuple((account.name, account.actions.write_resume(scope, by)) for account in held)
