"""The dials of the rules, and which of them act."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from tgtp.domain.guards.rules import GuardRules
from tgtp.domain.ladder import Ladder
from tgtp.domain.model import LegKey, NotNegative, PositionSide, Positive, Value
from tgtp.domain.volatility.scaling import UNSCALED, scaled


class Switches(Value):
    """Which rules act by themselves in an account."""

    ladder: bool = True
    hedge: bool = True
    maintenance: bool = False
    correction: bool = False


class Rules(Value):
    """The dials of the main rules; margins in USDT. ``own`` are ladders of single legs, by ``ladder_name``.

    ``max_slippage`` (a fraction of the mark price) is how much worse than the mark an order of theirs may fill; 0 for any.
    ``factors`` are those that thresholds are multiplied by, by instrument; none where they stay as they are. ``effective`` are
    the ladders that come of that, by ``ladder_name``: ``scaled_by`` makes them, once for many checks.
    """

    long: Ladder
    short: Ladder
    own: dict[str, Ladder] = {}
    min_margin: NotNegative = Decimal(1)
    keep_margin: NotNegative = Decimal(1)
    rearm: Literal["on_close", "on_add"] = "on_close"
    max_slippage: NotNegative = Decimal(0)
    factors: dict[str, Positive] = {}
    effective: dict[str, Ladder] = {}
    guards: GuardRules = GuardRules()

    def ladder(self, side: PositionSide) -> Ladder:
        """Return the ladder of a side."""
        return self.long if side is PositionSide.LONG else self.short

    def ladder_of(self, leg: LegKey) -> Ladder:
        """Return the ladder of a leg as it acts: times the coin's factor, where there is one."""
        name = ladder_name(leg.instrument_id, leg.position_side)
        return self.effective.get(name) or self.own.get(name) or self.ladder(leg.position_side)

    def base_ladder_of(self, leg: LegKey) -> Ladder:
        """Return the ladder of a leg as people have written it: its own where it has one, else that of its side."""
        return self.own.get(ladder_name(leg.instrument_id, leg.position_side)) or self.ladder(leg.position_side)

    def factor_of(self, instrument_id: str) -> Decimal:
        """Return what the thresholds of a coin are multiplied by; 1 where they stay as they are."""
        return self.factors.get(instrument_id, UNSCALED)

    def base_of(self, leg: LegKey, number: int, threshold: Decimal) -> Decimal | None:
        """Return what a tier's threshold is without the coin's factor; None where it is the same, or no longer acts."""
        if not any((tier.number, tier.threshold) == (number, threshold) for tier in self.ladder_of(leg).tiers):
            return None
        base = next((tier.threshold for tier in self.base_ladder_of(leg).tiers if tier.number == number), threshold)
        return base if base != threshold else None

    def scaled_by(self, factors: Mapping[str, Decimal]) -> Rules:
        """Return these rules with these factors in force, and no others.

        >>> from tgtp.domain.examples import leg
        >>> rules = Rules(long=Ladder.parse("25:30,35:50"), short=Ladder.parse("35:30"))
        >>> wild = rules.scaled_by({"CRV-USDT-SWAP": Decimal("1.14")})
        >>> str(wild.ladder_of(leg().key)), str(wild.base_ladder_of(leg().key)), wild.scaled_by({}) == rules
        ('28.5:30,39.9:50', '25:30,35:50', True)
        """
        effective = {}
        for instrument_id, factor in factors.items():
            for side in PositionSide:
                name = ladder_name(instrument_id, side)
                effective[name] = scaled(self.own.get(name) or self.ladder(side), factor)
        return self.replaced(factors=dict(factors), effective=effective)


def ladder_name(instrument_id: str, side: PositionSide) -> str:
    """Name the ladder of one side of one instrument.

    >>> ladder_name("STX-USDT-SWAP", PositionSide.LONG)
    'STX-USDT-SWAP long'
    """
    return f"{instrument_id} {side.value}"
