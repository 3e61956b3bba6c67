"""What the legs of a sub-account should hold: the plan of their maintenances, and the targets that come of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field

from tgtp.domain.doubts.sizes import LARGEST_FACTOR, LEAST_FACTOR
from tgtp.domain.model import Leg, Number, Positive, Value
from tgtp.domain.sizing import cents_up, entry_margin, is_orderable, whole_lots
from tgtp.errors import Invalid, Problem

# The table of the rules is for 10x: 10 U of margin stand for 100 U of notional, whatever the leg's own leverage is.
TABLE_LEVERAGE = Decimal(10)
# How far the margin may be from its target, a fraction of it: 9.5 to 10.5 of 10 U.
BAND = Decimal("0.05")


class Round(Value):
    """One maintenance: how much margin (USDT) to buy for, and for how much to keep."""

    buy: Annotated[Positive, Field(le=100_000)]
    keep: Annotated[Positive, Field(le=100_000)]


class MaintenancePlan(Value):
    """The rounds of one life of a leg, first to last."""

    rounds: Annotated[tuple[Round, ...], Field(min_length=1, max_length=20)]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``100:10,100:10,200:20``. Raises ValueError.

        >>> [str(each.keep) for each in MaintenancePlan.parse("100:10,100:10,200:20").rounds]
        ['10', '10', '20']
        """
        rounds = []
        for word in text.split(","):
            buy, colon, keep = (part.strip() for part in word.partition(":"))
            if not (colon and _is_plain(buy) and _is_plain(keep)):
                raise Invalid(Problem("setting.round", word=repr(word.strip())))
            rounds.append({"buy": buy, "keep": keep})
        return cls(rounds=rounds)

    def __str__(self) -> str:
        """Write it as ``parse`` reads it."""
        return ",".join(f"{each.buy:f}:{each.keep:f}" for each in self.rounds)


def _is_plain(word: str) -> bool:
    return word.isascii() and word.replace(".", "", 1).isdigit() and Decimal(word) > 0


class UpkeepRules(Value):
    """The dials; ``maintain_at`` is a ROI (a fraction, below 0) for the maintenance that begins by itself."""

    plan: MaintenancePlan = MaintenancePlan.parse("100:10,100:10,200:20")
    maintain_at: Annotated[Number, Field(ge=-1, lt=0)] = Decimal("-0.1")

    def target(self, count: int) -> Target:
        """Return what a leg should hold that has had so many maintenances; after the last it is what the last one left.

        >>> [str(UpkeepRules().target(count).notional) for count in (0, 1, 2, 3)]
        ['100', '100', '200', '200']
        """
        return Target(margin=self.plan.rounds[min(count, len(self.plan.rounds) - 1)].keep)


class Target(Value):
    """What a leg of a sub-account should hold: ``margin`` (USDT), and the notional that it stands for."""

    margin: Positive

    @property
    def notional(self) -> Decimal:
        """USDT at the mark price."""
        return self.margin * TABLE_LEVERAGE

    @property
    def lowest(self) -> Decimal:
        """The lower end of the band."""
        return self.margin * (1 - BAND)

    @property
    def highest(self) -> Decimal:
        """The upper end of the band."""
        return self.margin * (1 + BAND)


def excess_contracts(leg: Leg, target: Target, contracts: Decimal | None = None) -> Decimal:
    """Return what is to be closed to come down to a target, rounded down to a lot; 0 within one lot of it.

    ``contracts`` is what is held, by default what the leg shows.

    >>> from tgtp.domain.examples import leg
    >>> ten = Target(margin=10)
    >>> excess_contracts(leg(contracts=35, mark_price=5), ten)
    Decimal('15')
    >>> excess_contracts(leg(contracts=21, mark_price=5), ten)  # 105 U: one lot above
    Decimal('0')
    """
    held = leg.contracts if contracts is None else contracts
    exact = held - target.notional / (leg.mark_price * leg.instrument.contract_size)
    if exact <= leg.instrument.lot_size:
        return Decimal(0)
    closable = whole_lots(exact, leg.instrument.lot_size)
    return closable if is_orderable(closable, leg.instrument) else Decimal(0)


def is_near(leg: Leg, target: Target) -> bool:
    """Return whether a leg is at its target, within a lot or 5 % of it, or below: the price moves on."""
    return excess_contracts(leg, target) == 0 or leg.notional <= target.notional * (1 + BAND)


def is_borne_out(leg: Leg) -> bool:
    """Return whether the margin that a leg's row shows fits the notional that is worked out for it, but for a factor.

    >>> from tgtp.domain.examples import leg
    >>> def held(margin: str) -> Leg:
    ...     return leg(contracts=20, mark_price="5.015", roi=-12, margin_mode="isolated", initial_margin=margin)
    >>> [is_borne_out(held(margin)) for margin in ("10.03", "11.3", "100.3", "1.003")]  # 100.3 U at 10x
    [True, True, False, False]
    """
    needed = leg.notional / leg.leverage
    # What it has lost lies in its margin as well.
    return LEAST_FACTOR * needed <= leg.initial_margin <= LARGEST_FACTOR * max(needed, least_margin(leg), entry_margin(leg))


def trim_contracts(leg: Leg, target: Target) -> Decimal:
    """Return what a correction closes to come down to a target; 0 within 5 % of it: a rising leg is not trimmed for fees.

    >>> from tgtp.domain.examples import leg
    >>> ten = Target(margin=10)
    >>> [trim_contracts(leg(contracts=held, mark_price=5, lot_size="0.1"), ten) for held in (21, "21.5")]
    [Decimal('0'), Decimal('1.5')]
    """
    return Decimal(0) if is_near(leg, target) else excess_contracts(leg, target)


def least_margin(leg: Leg) -> Decimal:
    """Return the margin (USDT) below which an isolated leg cannot come: notional / leverage, and what it has lost.

    >>> from tgtp.domain.examples import leg
    >>> least_margin(leg(contracts=2, contract_size="0.1", mark_price="597.5", leverage=10))  # the BCH leg of 119.5 U
    Decimal('11.95')
    """
    return cents_up(leg.notional / leg.leverage + max(-leg.unrealised_pnl, Decimal(0)))
