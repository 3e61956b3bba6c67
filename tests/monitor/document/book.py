"""Two accounts with all that the page must show: pairs, resting tiers, guards, a pause, a leg that cannot be read, upkeep."""

from __future__ import annotations

import asyncio
import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.fixtures.fakes import key, paper_leg
from tests.fixtures.resting import AlgoOrders
from tests.fixtures.several_accounts import Street
from tests.fixtures.snapshots import NOW, SEED, blind
from tgtp.chat.texts import Language
from tgtp.domain.guards.drawdown import DrawdownRules
from tgtp.domain.guards.rules import GuardRules
from tgtp.domain.model import LegKey
from tgtp.domain.resting.rules import RestingRules
from tgtp.monitor.document.documents import About, Documents
from tgtp.monitor.document.health_rows import ProcessFacts
from tgtp.monitor.hourly import Hourly

CRV, CRV_SHORT = key(), key(side="short")
STX, CRO, APT = key("STX-USDT-SWAP"), key("CRO-USDT-SWAP"), key("APT-USDT-SWAP")
UNI = key("UNI-USDT-SWAP", mode="isolated")
ABOUT = About("run1", "9.9.9", "okx", 10, "UTC", True, NOW, ProcessFacts(lambda: 123_456_789, {"tgtp": "9.9.9"}))


class Book(Street):
    """The main account holds CRV on both sides, STX whose tiers rest, CRO (small) and UNI (isolated); alpha APT and CRV."""

    def __init__(self, folder: Path, **how: Any) -> None:
        self.rests: AlgoOrders | None = None
        legs = {
            "main": (
                paper_leg(),
                paper_leg(side="short", entry_price="5.5"),
                paper_leg(STX.instrument_id, contracts=1000, entry_price="0.5"),
                paper_leg(CRO.instrument_id, contracts=60, entry_price="0.1"),
                paper_leg(UNI.instrument_id, mode="isolated", entry_price="8", contracts=3),
            ),
            "alpha": (paper_leg(APT.instrument_id, contracts=20), paper_leg(contracts=50)),
        }
        how = {
            "rules": SEED.replaced(guards=GuardRules(give_back=Decimal("0.4"), break_even=1)),
            "resting": RestingRules(own={STX.instrument_id: "all"}),
            "drawdown": DrawdownRules(warn="0.1", limit="0.2"),
        } | how
        super().__init__(folder, legs, **how)
        self.prices.marks[CRV.instrument_id] = Decimal("5.4")

    def _open(self) -> None:
        self.exchange.rests = self.rests = self.rests or AlgoOrders(self.paper, self.prices, self.clock)
        super()._open()
        self.hourly = Hourly(self.accounts, self.clock)
        self.documents = Documents(self.accounts, self.clock, dt.UTC, ABOUT, self.hourly)

    def hide(self, *legs: LegKey) -> None:
        """Have the exchange show rows of legs that cannot be read."""
        self.exchange.view = lambda shot: shot.replaced(
            legs=tuple(leg for leg in shot.legs if leg.key not in legs), unreadable=tuple(blind(leg, 7) for leg in legs)
        )

    async def built(self, language: Language = "en") -> dict[str, Any]:
        """The document, with what is read from disk in it."""
        self.documents.build(language)
        await worked_out()
        return dict(self.documents.build(language))


async def worked_out() -> None:
    """Wait for what is done beside a document: what is read from disk, and what the tiers will close."""
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        await task
