"""The judge of upkeep: what a person asked for stays asked for until it has come to its end."""

from __future__ import annotations

from decimal import Decimal

from tests.simulation.exchange.account import Account
from tests.simulation.exchange.account import LegKey as Where
from tests.simulation.oracle.order_names import Meaning, key_of
from tests.simulation.oracle.shown_legs import ShownLeg
from tests.simulation.oracle.upkeep import BUYS_FOR, UpkeepAudit
from tgtp.domain.events import UpkeepAsked
from tgtp.domain.model import EPOCH
from tgtp.domain.plan import Switches

CRV: Where = ("CRV-USDT-SWAP", "long", "cross")


def found_of_a_trim(*, was_asked: bool) -> list[str]:
    account, found = Account(), list[str]()
    leg = account.open_leg("CRV-USDT-SWAP", "long", 100000, "0.4")
    judge = UpkeepAudit(account, Switches(correction=False), Decimal(10), found)
    if was_asked:
        judge.asked[CRV] = 0.0
        judge.written(UpkeepAsked(at=EPOCH, what="correction", legs=(key_of(CRV),), by=1), frozenset())
    mark = leg.instrument.mark
    row = ShownLeg(leg.instrument, 1, leg.contracts, mark, mark, Decimal(10), Decimal(100), leg.opened_at_ms)
    judge.accepted(CRV, Meaning(leg, 0, "c1trim", 0), Decimal(1), row, (), BUYS_FOR + 40, BUYS_FOR + 39)
    return [one for one in found if "by nobody" in one]


def test_a_correction_goes_on_after_refusals() -> None:
    assert found_of_a_trim(was_asked=True) == []


def test_a_correction_for_which_nobody_asked_is_found() -> None:
    assert len(found_of_a_trim(was_asked=False)) == 1
