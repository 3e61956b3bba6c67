"""Legs of the past, walked under each of some rules from their opening to their own end; both sides of a coin together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from tgtp.adapters.okx.archive.pages import MILLISECOND
from tgtp.backtest.bars import Bars
from tgtp.backtest.job import BacktestJob, Execution, Fill, Rates
from tgtp.backtest.walk.account import Terms, WalkedAccount
from tgtp.backtest.walk.bar_search import BarSearch
from tgtp.backtest.walk.factors import Factors
from tgtp.backtest.walk.track import Track
from tgtp.backtest.walk.walking import Turn, Walk
from tgtp.backtest.what_if.minutes import MINUTE_MS
from tgtp.domain.guards.rules import GuardRules
from tgtp.domain.ladder import Ladder, Tier
from tgtp.domain.model import EPOCH, Instrument, LegKey, MarginMode, PositionSide
from tgtp.domain.plan import Rules
from tgtp.domain.sizing import TAKER_FEE
from tgtp.engine.ports import PastLeg
from tgtp.engine.volatility.scaled_rules import VolatilityBook
from tgtp.errors import CannotStart, Problem, TgtpError

# Of its minutes so many may be missing: a hundredth each.
MOST_MISSING: Final = 10
# By so much the traded price of an end may lie outside the mark prices of its minute.
APART: Final = Decimal("0.005")
IN_FORCE: Final = "ladder"
SCALED: Final = "scaled"
RESTING: Final = "resting"
UNGUARDED: Final = "unguarded"
HOLD: Final = "hold"
AT_TIER: Final = "tier-"


class Held(NamedTuple):
    """A leg with what is known of it: ``bars`` are those of its own minutes, ``rates`` what was settled in them."""

    leg: PastLeg
    instrument: Instrument
    bars: Bars
    maintenance_rate: Decimal
    rates: Rates

    @property
    def first_ms(self) -> int:
        """When its first bar opens (unix ms)."""
        return int(self.bars.opened_ms[0])

    @property
    def end_ms(self) -> int:
        """When its last bar is over (unix ms)."""
        return int(self.bars.opened_ms[-1]) + MINUTE_MS


class Coin(NamedTuple):
    """The legs of one coin, the earliest first, with what is known of all their time; no ``hours`` where nobody needs them."""

    held: tuple[Held, ...]
    bars: Bars
    rates: Rates
    hours: Bars | None = None

    def groups(self) -> list[Coin]:
        """Return the legs that are held at the same time in groups: no group knows anything of another."""
        found = list[list[Held]]()
        end_ms = 0
        for one in sorted(self.held, key=lambda one: one.first_ms):
            if one.first_ms >= end_ms:
                found.append([])
            found[-1].append(one)
            end_ms = max(end_ms, one.end_ms)
        return [self._part(group) for group in found]

    def bar(self, at_ms: int) -> int:
        """Return the first bar that opens at a moment (unix ms) or later."""
        return int(self.bars.opened_ms.searchsorted(at_ms))

    def _part(self, group: Sequence[Held]) -> Coin:
        bars = self.bars.between(group[0].first_ms, max(one.end_ms for one in group))
        return self._replace(held=tuple(group), bars=bars)


class Come(NamedTuple):
    """What a leg has come to (USDT): ``fees`` above 0 when paid, ``funding`` below 0 when paid, both in ``net``."""

    net: Decimal
    fees: Decimal
    funding: Decimal
    fills: tuple[Fill, ...]

    def count(self, rule: str) -> int:
        """Return how many of its fills are of a rule."""
        return sum(fill.rule == rule for fill in self.fills)


class Variant(NamedTuple):
    """Rules under a name; unless they ``decide``, nothing is sold, and ``scales``: thresholds follow the volatility."""

    name: str
    rules: Rules
    decides: bool = True
    scales: bool = False
    execution: Execution = "polled"


def variants(rules: Rules, other: str) -> tuple[Variant, ...]:
    """Return what is walked: the ladder in force beside another one, or beside all that could be set otherwise."""
    in_force = Variant(IN_FORCE, rules)
    if other:
        ladder = Ladder.parse(other)
        return in_force, Variant(other, rules.replaced(long=ladder, short=ladder, own={}))
    found = [in_force, Variant(SCALED, rules, scales=True), Variant(RESTING, rules, execution="resting")]
    if rules.guards != GuardRules():
        found.append(Variant(UNGUARDED, rules.replaced(guards=GuardRules())))
    most = max(len(ladder.tiers) for ladder in (rules.long, rules.short, *rules.own.values()))
    singles = (Variant(f"{AT_TIER}{number}", _all_at(rules, number)) for number in range(1, most + 1))
    return *found, Variant(HOLD, rules, decides=False), *singles


def _all_at(rules: Rules, number: int) -> Rules:
    """Return rules that sell all of a leg at one tier, or at the last of a ladder that has fewer."""

    def single(ladder: Ladder) -> Ladder:
        threshold = ladder.tiers[min(number, len(ladder.tiers)) - 1].threshold
        return Ladder(tiers=(Tier(number=1, threshold=threshold, share=Decimal(1)),))

    own = {name: single(ladder) for name, ladder in rules.own.items()}
    return rules.replaced(long=single(rules.long), short=single(rules.short), own=own)


def walked(group: Coin, variant: Variant, interval: int, *, hedges: bool = True, skips: bool = True) -> list[Come]:
    """Walk a group of legs; what is left of each at its end is closed as it was closed then. Raises CannotStart."""
    try:
        fills = asyncio.run(_fills(group, variant, interval, hedges=hedges, skips=skips))
    except CannotStart:
        raise
    except TgtpError as exc:
        raise CannotStart(Problem("backtest.failed", why=exc.problem)) from exc
    return [_come(one, own) for one, own in zip(group.held, _shared_out(group, fills), strict=True)]


async def _fills(group: Coin, variant: Variant, interval: int, *, hedges: bool, skips: bool) -> list[Fill]:
    """Return the fills of all legs, also of their ends, each leg's in the order of time."""
    first, bars = group.held[0], group.bars
    job = BacktestJob(
        instrument=first.instrument,
        # They open one by one.
        sides=(),
        rules=variant.rules,
        execution=variant.execution,
        interval_ms=interval * 1000,
        funding=group.rates or None,
    )
    account = WalkedAccount(
        job,
        variant.rules,
        EPOCH + first.first_ms * MILLISECOND,
        first.leg.entry_price,
        hedges=hedges and variant.decides,
        volatility=VolatilityBook() if variant.scales else None,
    )
    turns = _turns(group)
    for terms in _begins(group, bar=0):
        account.open(*terms, EPOCH + first.first_ms * MILLISECOND)
    walk = Walk(
        account,
        Track(bars, "low-first", job.funding),
        BarSearch(bars.high, bars.low),
        0,
        factors=Factors(bars, group.hours) if variant.scales and group.hours is not None else None,
        decides=variant.decides,
        skips=skips,
    )
    await walk.run(variant.name, turns)
    return account.exchange.fills


def _turns(group: Coin) -> list[Turn]:
    ends: dict[int, list[tuple[LegKey, Decimal]]] = {group.bar(one.end_ms): [] for one in group.held}
    for one in group.held:
        if not one.leg.is_open:
            ends[group.bar(one.end_ms)].append((one.leg.leg, end_price(one)))
    moments = {group.bar(one.first_ms) for one in group.held} | ends.keys()
    return [Turn(bar, ends.get(bar, []), _begins(group, bar)) for bar in sorted(moments - {0})]


def _begins(group: Coin, bar: int) -> list[tuple[PositionSide, MarginMode, Terms]]:
    return [
        (
            one.leg.leg.position_side,
            one.leg.leg.margin_mode,
            Terms(one.leg.contracts, one.leg.entry_price, one.leg.leverage, one.maintenance_rate),
        )
        for one in group.held
        if group.bar(one.first_ms) == bar
    ]


def _shared_out(group: Coin, fills: Sequence[Fill]) -> list[list[Fill]]:
    """Return each leg's own fills: a life ends with nothing left, and the next one of its name comes after it."""
    of_name: dict[tuple[PositionSide, MarginMode], list[Fill]] = {}
    for fill in reversed(fills):
        of_name.setdefault((fill.position_side, fill.margin_mode), []).append(fill)
    found = []
    for one in group.held:
        waiting, own = of_name.get((one.leg.leg.position_side, one.leg.leg.margin_mode), []), list[Fill]()
        while waiting and (not own or own[-1].contracts_left):
            own.append(waiting.pop())
        found.append(own)
    return found


def _come(held: Held, fills: Sequence[Fill]) -> Come:
    leg, size = held.leg, held.instrument.contract_size
    left = fills[-1].contracts_left if fills else leg.contracts
    still_open = leg.leg.position_side.sign * (end_price(held) - leg.entry_price) * left * size
    fees = leg.contracts * size * leg.entry_price * TAKER_FEE + sum((fill.fee for fill in fills), Decimal(0))
    funding = _funding(held, fills)
    net = sum((fill.pnl for fill in fills), Decimal(0)) + still_open - fees + funding
    return Come(net, fees, funding, tuple(fill for fill in fills if fill.rule != "end"))


def _funding(held: Held, fills: Sequence[Fill]) -> Decimal:
    """Return what was settled of a leg while its fills made it smaller; what is settled just then comes before."""
    opened, track = held.bars.opened_ms, Track(held.bars, "low-first", held.rates or None)
    contracts, before, funding = held.leg.contracts, Decimal(0), Decimal(0)
    for at_ms, left in [
        *(((fill.at - EPOCH) // MILLISECOND, fill.contracts_left) for fill in fills),
        (held.end_ms, Decimal(0)),
    ]:
        bar = int(opened.searchsorted(at_ms, "right")) - 1
        paid = track.paid(bar, at_ms - int(opened[bar]))
        funding -= held.leg.leg.position_side.sign * contracts * held.instrument.contract_size * (paid - before)
        contracts, before = left, paid
    return funding


def end_price(held: Held) -> Decimal:
    """Return what the rest of a leg is closed at: what it was closed at, or its last mark price.

    What it was closed at in the mean may be of several closes, long before its end: it counts only where it can have been paid
    in its last minute.
    """
    _, high, low, close = held.bars.exact(len(held.bars.opened_ms) - 1)
    paid = held.leg.close_price
    return paid if paid is not None and low * (1 - APART) <= paid <= high * (1 + APART) else close
