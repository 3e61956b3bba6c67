"""The dials of the rules, and which of them act."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from tgtp.domain.guards.rules import GuardRules
from tgtp.domain.ladder import Ladder
from tgtp.domain.model import LegKey, NotNegative, PositionSide, Value


class Switches(Value):
    """Which rules act by themselves in an account."""

    ladder: bool = True
    hedge: bool = True
    maintenance: bool = False
    correction: bool = False


class Rules(Value):
    """The dials of the main rules; margins in USDT. ``own`` are ladders of single legs, by ``ladder_name``.

    ``max_slippage`` (a fraction of the mark price) is how much worse than the mark an order of theirs may fill; 0 for any.
    """

    long: Ladder
    short: Ladder
    own: dict[str, Ladder] = {}
    min_margin: NotNegative = Decimal(1)
    keep_margin: NotNegative = Decimal(1)
    rearm: Literal["on_close", "on_add"] = "on_close"
    max_slippage: NotNegative = Decimal(0)
    guards: GuardRules = GuardRules()

    def ladder(self, side: PositionSide) -> Ladder:
        """Return the ladder of a side."""
        return self.long if side is PositionSide.LONG else self.short

    def ladder_of(self, leg: LegKey) -> Ladder:
        """Return the ladder of a leg: its own where it has one, else that of its side."""
        return self.own.get(ladder_name(leg.instrument_id, leg.position_side)) or self.ladder(leg.position_side)


def ladder_name(instrument_id: str, side: PositionSide) -> str:
    """Name the ladder of one side of one instrument.

    >>> ladder_name("STX-USDT-SWAP", PositionSide.LONG)
    'STX-USDT-SWAP long'
    """
    return f"{instrument_id} {side.value}"
