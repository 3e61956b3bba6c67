"""A whole engine on a paper account, as the tests of the rooms above the domain use it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.fakes import Ears, FakeClock, FaultyExchange, mark_at, paper_exchange
from tgtp.adapters.paper.account import PaperLeg
from tgtp.adapters.paper.exchange import PaperExchange
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.domain.ladder import Ladder
from tgtp.domain.model import Instrument, LegKey
from tgtp.domain.plan import Rules
from tgtp.engine.check_report import CheckReport
from tgtp.engine.cycle import Checker
from tgtp.engine.manual.actions import Desk
from tgtp.engine.manual.upkeep import UpkeepDesk
from tgtp.engine.upkeep.scheduler import Upkeep

SEED_RULES = Rules(long=Ladder.parse("25:30,35:50,50:50"), short=Ladder.parse("35:30,45:50,55:50"))


class House:
    """Exchange, ledger, engine; ``restart`` builds ledger and engine anew from disk, as a new process would."""

    def __init__(
        self,
        folder: Path,
        *legs: PaperLeg,
        rules: Rules = SEED_RULES,
        instruments: list[Instrument] | None = None,
        liquidation_warn: Decimal = Decimal(0),
        upkeep: Upkeep | None = None,
    ) -> None:
        self.folder = folder
        self.upkeep = upkeep
        self.rules = rules
        self.liquidation_warn = liquidation_warn
        self.clock = FakeClock()
        self.paper, self.prices = paper_exchange(self.clock, *legs, instruments=instruments)
        self.exchange = FaultyExchange(self.paper)
        self.ears = Ears()
        self._open()

    def _open(self) -> None:
        self.ledger = TinyLedger(self.folder)
        self.checker = Checker(
            self.exchange,
            self.ledger,
            self.ears,
            self.clock,
            self.rules,
            liquidation_warn=self.liquidation_warn,
            upkeep=self.upkeep,
        )
        self.desk = Desk(self.checker)
        self.upkeep_desk = UpkeepDesk(self.checker)

    def restart(self) -> None:
        self.ledger.close()
        self._open()

    async def check(self, times: int = 1, *, every: float = 10) -> CheckReport:
        """Run checks, ten seconds apart."""
        for _ in range(times):
            report = await self.checker.check()
            self.clock.forward(every)
        return report

    def set_roi(self, key: LegKey, roi: Any) -> None:
        """Move the mark so that this leg shows this ROI (percent)."""
        leg = self.leg(key)
        self.prices.marks[key.instrument_id] = mark_at(leg.entry_price, roi, key.position_side.value, leg.leverage)

    def leg(self, key: LegKey) -> PaperLeg:
        leg = self.paper.leg(key)
        assert leg is not None, f"{key} is not open"
        return leg

    def held(self, key: LegKey) -> Decimal:
        leg = self.paper.leg(key)
        return leg.contracts if leg else Decimal(0)

    def closed(self) -> list[Decimal]:
        """What every order of the account has closed, in order."""
        return [order.filled_contracts for order in self.paper.orders.values()]

    def fired(self, key: LegKey) -> list[int]:
        return sorted(self.ledger.lives()[key].fired_numbers)


__all__ = ["SEED_RULES", "House", "PaperExchange"]
