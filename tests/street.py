"""Several houses on one ledger: the accounts of one process, as the tests of what concerns all of them use it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.fakes import FaultyExchange, mark_at, paper_exchange
from tests.house import House
from tgtp.adapters.paper.account import PaperLeg
from tgtp.adapters.paper.exchange import FixedPrices, PaperExchange
from tgtp.domain.model import MAIN, LegKey
from tgtp.engine.accounts import Account, Accounts
from tgtp.engine.check_report import CheckReport
from tgtp.engine.cycle import Checker
from tgtp.engine.manual.actions import Desk
from tgtp.engine.upkeep.scheduler import Upkeep


class Street(House):
    """A house for the main account, and beside it a checker and an exchange for each other one.

    ``names`` are the accounts that the next ``restart`` builds, as ACCOUNTS would name them.
    """

    def __init__(self, folder: Path, legs: Mapping[str, Sequence[PaperLeg]], **how: Any) -> None:
        self.names = tuple(legs)
        self._legs = legs
        self.papers: dict[str, PaperExchange] = {}
        self.exchanges: dict[str, FaultyExchange] = {}
        self.marks: dict[str, FixedPrices] = {}
        super().__init__(folder, *legs[MAIN], **how)

    def _open(self) -> None:
        super()._open()
        self.papers[MAIN], self.exchanges[MAIN], self.marks[MAIN] = self.paper, self.exchange, self.prices
        found: list[tuple[str, Checker]] = [(MAIN, self.checker)]
        for name in self.names:
            if name == MAIN:
                continue
            if name not in self.papers:
                self.papers[name], self.marks[name] = paper_exchange(self.clock, *self._legs[name])
                self.exchanges[name] = FaultyExchange(self.papers[name])
            checker = Checker(
                self.exchanges[name],
                self.ledger.of(name),
                self.ears,
                self.clock,
                self.rules,
                rulebook=self.checker.rulebook,
                upkeep=Upkeep(is_sub=True),
            )
            found.append((name, checker))
        beside = [checker.journal.ledger for name, checker in found if name != MAIN]
        self.accounts = Accounts(
            Account(name, "main" if name == MAIN else "sub", checker, Desk(checker, beside if name == MAIN else ()))
            for name, checker in found
        )
        self.desk = self.accounts.main.desk

    async def check(self, times: int = 1, *, every: float = 10) -> CheckReport:
        """Check every account, side by side; gives what became of the main one's last check."""
        for _ in range(times):
            report, *_ = await asyncio.gather(*(account.checker.check() for account in self.accounts))
            self.clock.forward(every)
        return report

    def of(self, name: str) -> Account:
        account = self.accounts.of(name)
        assert account is not None
        return account

    def held_in(self, name: str, key: LegKey) -> Decimal:
        leg = self.papers[name].leg(key)
        return leg.contracts if leg else Decimal(0)

    def set_roi_in(self, name: str, key: LegKey, roi: Any) -> None:
        leg = self.papers[name].leg(key)
        assert leg is not None
        mark = mark_at(leg.entry_price, roi, key.position_side.value, leg.leverage)
        self.marks[name].marks[key.instrument_id] = mark

    def fired_in(self, name: str, key: LegKey) -> list[int]:
        return sorted(self.of(name).checker.journal.ledger.lives()[key].fired_numbers)

    def paused_in(self) -> dict[str, frozenset[str]]:
        return {account.name: account.checker.journal.ledger.paused() for account in self.accounts}
