"""One leg of the past, walked under each of some rules from its opening to its own end."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NamedTuple

from tgtp.backtest.bars import Bars
from tgtp.backtest.job import Alternative, BacktestJob, Fill, Rates
from tgtp.backtest.run import run
from tgtp.domain.ladder import Ladder, Tier
from tgtp.domain.model import Instrument
from tgtp.domain.plan import Rules
from tgtp.engine.ports import PastLeg

# Of its minutes so many may be missing: a hundredth each.
MOST_MISSING: Final = 10
# By so much the traded price of an end may lie outside the mark prices of its minute.
APART: Final = Decimal("0.005")
IN_FORCE: Final = "ladder"
HOLD: Final = "hold"
AT_TIER: Final = "tier-"


class Held(NamedTuple):
    """A leg with what is known of it: ``bars`` are those of its own minutes, ``rates`` what was settled in them."""

    leg: PastLeg
    instrument: Instrument
    bars: Bars
    maintenance_rate: Decimal
    rates: Rates


class Come(NamedTuple):
    """What a leg has come to (USDT): ``fees`` above 0 when paid, ``funding`` below 0 when paid, both in ``net``."""

    net: Decimal
    fees: Decimal
    funding: Decimal
    tiers: int
    liquidated: bool
    fills: tuple[Fill, ...]


class Variant(NamedTuple):
    """Rules under a name: the ladder in force, nothing sold, all at once at the tier of a number, or another ladder."""

    name: str
    ladder: Ladder | None = None
    tier: int | None = None


def variants(rules: Rules, other: str) -> tuple[Variant, ...]:
    """Return what is walked: the ladder in force beside another one, or beside holding and each tier alone."""
    in_force = Variant(IN_FORCE)
    if other:
        return in_force, Variant(other, Ladder.parse(other))
    most = max(len(ladder.tiers) for ladder in (rules.long, rules.short, *rules.own.values()))
    return in_force, Variant(HOLD), *(Variant(f"{AT_TIER}{number}", tier=number) for number in range(1, most + 1))


def walked(held: Held, rules: Rules, variant: Variant, interval: int) -> Come:
    """Walk a leg; what is left at its end is closed as it was closed then. Raises CannotStart."""
    leg, ladder = held.leg, variant.ladder
    if variant.tier is not None:
        tiers = rules.ladder_of(leg.leg).tiers
        threshold = tiers[min(variant.tier, len(tiers)) - 1].threshold
        ladder = Ladder(tiers=(Tier(number=1, threshold=threshold, share=Decimal(1)),))
    job = BacktestJob(
        instrument=held.instrument,
        sides=(leg.leg.position_side,),
        rules=rules,
        contracts=leg.contracts,
        leverage=leg.leverage,
        margin_mode=leg.leg.margin_mode,
        entry_price=leg.entry_price,
        ladders=(ladder,) if ladder is not None else (),
        interval_ms=interval * 1000,
        funding=held.rates or None,
        maintenance_rate=held.maintenance_rate,
        only=(HOLD,) if variant.name == HOLD else (IN_FORCE,),
    )
    return _come(held, job, run(job, held.bars).alternatives[0])


def _come(held: Held, job: BacktestJob, found: Alternative) -> Come:
    leg, fills = held.leg, found.fills
    left = fills[-1].contracts_left if fills else leg.contracts
    quantity, price = left * held.instrument.contract_size, end_price(held)
    rest = leg.leg.position_side.sign * (price - leg.entry_price) * quantity
    fees = found.opening_fee + found.fees + (0 if leg.is_open else quantity * price * job.taker_fee)
    return Come(
        net=found.realised + rest - fees + found.funding,
        fees=fees,
        funding=found.funding,
        tiers=sum(fill.rule == "tier" for fill in fills),
        liquidated=any(fill.rule == "liquidation" for fill in fills),
        fills=fills,
    )


def end_price(held: Held) -> Decimal:
    """Return what the rest of a leg is closed at: what it was closed at, or its last mark price.

    What it was closed at in the mean may be of several closes, long before its end: it counts only where it can have been paid
    in its last minute.
    """
    _, high, low, close = held.bars.exact(len(held.bars.opened_ms) - 1)
    paid = held.leg.close_price
    return paid if paid is not None and low * (1 - APART) <= paid <= high * (1 + APART) else close
