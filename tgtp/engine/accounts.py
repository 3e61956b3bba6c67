"""The accounts of this process: each with its own checks, lock, lives, pauses and health, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from tgtp.domain.plan import ALL
from tgtp.engine.cycle import Checker
from tgtp.engine.journal import together
from tgtp.engine.manual.actions import Desk


class Account(NamedTuple):
    """One account: the engine that guards it, and the hand's way into it."""

    name: str
    role: Literal["main", "sub"]
    checker: Checker
    desk: Desk


class Accounts:
    """All accounts, the main one first. Their ledgers share a file, so that what concerns all of them is one write."""

    def __init__(self, accounts: Iterable[Account]) -> None:
        self._all = tuple(accounts)
        self._by_name = {account.name: account for account in self._all}

    @classmethod
    def of_one(cls, checker: Checker, desk: Desk) -> Accounts:
        """Give the accounts of a process that has but one."""
        return cls([Account(checker.account, "main", checker, desk)])

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
        """Say whether people must be told which account is meant."""
        return len(self._all) > 1

    @property
    def names(self) -> tuple[str, ...]:
        """Their names, main first."""
        return tuple(self._by_name)

    def of(self, name: str) -> Account | None:
        """Give an account by its name, in any case."""
        return self._by_name.get(name.lower())

    def beside(self, name: str) -> tuple[str, ...]:
        """Name the others."""
        return tuple(other for other in self._by_name if other != name)

    def pause_all(self, by: int) -> tuple[str, ...]:
        """Pause everything in every account, all at once or not at all; names those that were not paused already.

        Raises LedgerWriteFailed.
        """
        left = [account for account in self._all if ALL not in account.checker.journal.ledger.paused()]
        if left:
            with together([account.checker.journal for account in left]):
                for account in left:
                    account.desk.write_pause(ALL, by)
        return tuple(account.name for account in left)

    def resume_all(self, by: int) -> tuple[str, ...]:
        """End every pause in every account; names those that had one. Raises LedgerWriteFailed."""
        held = [account for account in self._all if account.checker.journal.ledger.paused()]
        if held:
            with together([account.checker.journal for account in held]):
                for account in held:
                    account.desk.write_resume(ALL, by)
        return tuple(account.name for account in held)
