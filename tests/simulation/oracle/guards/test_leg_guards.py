"""The judge of the guards of legs: an act begins with its first fill, and closes no more than was above the base then."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.simulation.exchange.account import Account
from tests.simulation.exchange.account import LegKey as Where
from tests.simulation.oracle.guards.leg_guards import GIVE_BACK, LegGuardAudit, Settings
from tests.simulation.oracle.shown_legs import Shown

STX: Where = ("STX-USDT-SWAP", "short", "isolated")


@pytest.mark.parametrize(
    ("filled", "mark", "contracts", "found"),
    [
        # At a higher price fewer contracts carry the margin of the base: 1.7, no longer 1.8.
        ("0", "0.2995", "0.7", "right"),
        ("0", "0.2995", "0.6", "was to close 0.7 down to the base"),
        ("0", "0.2793", "0.6", "nothing is the cause"),
        ("0.1", "0.2995", "0.5", "right"),
        ("0.1", "0.2995", "0.6", "had 0.5 left to close"),
        ("0.6", "0.2995", "0.1", "acts again"),
    ],
)
def test_an_act_begins_with_its_first_fill(filled: str, mark: str, contracts: str, found: str) -> None:
    account, replies = Account(), list[Shown]()
    leg = account.open_leg("STX-USDT-SWAP", "short", "2.4", "0.3004", margin_mode="isolated", leverage=5)
    life, judge = (STX, leg.opened_at_ms, 0), LegGuardAudit(account, Decimal(1), [], Settings(give_back=Decimal("0.4")))

    def shown(mark: str, held: Decimal) -> None:
        for _ in range(2):
            row = {"instId": STX[0], "posSide": STX[1], "mgnMode": STX[2], "pos": f"{held}", "avgPx": "0.3004", "markPx": mark}
            row |= {"lever": "5", "margin": "1.44", "cTime": f"{leg.opened_at_ms}"}
            at = 60.0 * len(replies)
            replies.append(Shown(at, [row], at))
            judge.read(replies[-1])

    def asked(contracts: str) -> str | None:
        return judge.accepted(life, GIVE_BACK, Decimal(contracts), replies, 60.0 * len(replies), {1: Decimal("0.9")})

    shown("0.2793", leg.contracts)
    shown("0.2935", leg.contracts)
    assert asked("0.6") is None
    assert judge.filled(life, Decimal(filled)) is None
    shown(mark, leg.contracts - Decimal(filled))
    assert found in (asked(contracts) or "right")
