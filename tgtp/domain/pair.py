"""The numbers of a pair: what it comes to together, and where each leg stands against its base."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from tgtp.domain.hedge import pairs
from tgtp.domain.model import Leg, Number, Positive, Value
from tgtp.domain.sizing import base_contracts, closable_contracts, is_orderable, realised_estimate


class Base(Value):
    """One leg against the base of the hedge rule, at its leverage and mark price.

    ``exact`` contracts would carry the base's margin to the cent; ``contracts`` is that in whole lots, rounded up: the nearest
    base that can be had, of ``margin`` USDT. ``lot_margin`` is the margin of one lot. ``above`` is what the leg holds above its
    base, in whole lots; ``can_close`` says whether the exchange takes an order of that much.
    """

    leg: Leg
    exact: Positive
    contracts: Positive
    margin: Positive
    lot_margin: Positive
    above: Number
    can_close: bool

    @classmethod
    def of(cls, leg: Leg, keep_margin: Decimal) -> Base:
        """Work out the base of ``keep_margin`` USDT of one leg.

        >>> from tgtp.domain.examples import leg
        >>> base = Base.of(leg(mark_price="1.1", contracts=50, lot_size="0.1"), Decimal(1))
        >>> f"{base.exact:.2f}", str(base.contracts), f"{base.margin:f}", f"{base.lot_margin:f}", str(base.above)
        ('9.09', '9.1', '1.001', '0.011', '40.9')
        """
        each = leg.instrument.contract_size * leg.mark_price / leg.leverage
        contracts, above = base_contracts(leg, keep_margin), closable_contracts(leg, keep_margin)
        return cls(
            leg=leg,
            exact=keep_margin / each,
            contracts=contracts,
            margin=contracts * each,
            lot_margin=leg.instrument.lot_size * each,
            above=above,
            can_close=is_orderable(above, leg.instrument),
        )


class Pair(Value):
    """Legs of one instrument on both sides, two or more.

    ``net_contracts``, ``net_quantity`` (coins) and ``net_notional`` (USDT) are positive when long. ``unrealised_pnl`` and
    ``realised_pnl`` (USDT) are those of all legs. ``break_even`` is the mark price at which the two together are 0, fees of
    closing not counted; None where there is no such price.
    """

    legs: tuple[Leg, ...]
    net_contracts: Number
    net_quantity: Number
    net_notional: Number
    unrealised_pnl: Number
    realised_pnl: Number
    break_even: Positive | None
    bases: tuple[Base, ...]

    @property
    def total_pnl(self) -> Decimal:
        """What the pair has come to, in USDT: the same at every price where the sizes are equal."""
        return self.unrealised_pnl + self.realised_pnl

    @property
    def worst(self) -> Leg:
        """The leg that loses most, in USDT."""
        return min(self.legs, key=lambda leg: realised_estimate(leg, leg.contracts))


def pair_of(legs: Sequence[Leg], keep_margin: Decimal) -> Pair:
    """Work out the numbers of a pair; ``legs`` of one instrument, at least one.

    Long 100 from 4 and short 50 from 6, at 5: 50 are net long, and at 2 what the short wins pays for what the long loses.

    >>> from tgtp.domain.examples import leg
    >>> pair = pair_of([leg(entry_price=4), leg(side="short", contracts=50, entry_price=6)], Decimal(1))
    >>> f"{pair.net_contracts:f}", f"{pair.net_notional:f}", f"{pair.total_pnl:f}", f"{pair.break_even:f}"
    ('50', '250', '150', '2')

    With equal sizes every price gives the same:

    >>> pair = pair_of([leg(entry_price=4), leg(side="short", entry_price="4.5")], Decimal(1))
    >>> f"{pair.net_contracts:f}", f"{pair.total_pnl:f}", pair.break_even
    ('0', '50.0', None)
    """
    net_contracts = net_quantity = net_notional = unrealised = realised = paid = Decimal(0)
    for leg in legs:
        contracts = leg.position_side.sign * leg.contracts
        quantity = contracts * leg.instrument.contract_size
        net_contracts += contracts
        net_quantity += quantity
        net_notional += quantity * leg.mark_price
        paid += quantity * leg.entry_price
        unrealised += realised_estimate(leg, leg.contracts)
        realised += leg.realised_pnl
    break_even = (paid - realised) / net_quantity if net_quantity else Decimal(0)
    return Pair(
        legs=tuple(legs),
        net_contracts=net_contracts,
        net_quantity=net_quantity,
        net_notional=net_notional,
        unrealised_pnl=unrealised,
        realised_pnl=realised,
        break_even=break_even if break_even > 0 else None,
        bases=tuple(Base.of(leg, keep_margin) for leg in legs),
    )


def two_sided(legs: Iterable[Leg]) -> list[list[Leg]]:
    """Group the legs of every instrument that is held on both sides: two of one side are no pair.

    >>> from tgtp.domain.examples import leg
    >>> held = [leg(), leg(side="short"), leg("STX-USDT-SWAP"), leg("STX-USDT-SWAP", margin_mode="isolated")]
    >>> [[leg.position_side.value for leg in pair] for pair in two_sided(held)]
    [['long', 'short']]
    """
    return [held for held in pairs(legs) if len({leg.position_side for leg in held}) > 1]
